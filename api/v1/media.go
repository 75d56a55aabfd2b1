package v1

import "depositary/api/feeds"

// The representations of answers.
const (
	MediaJSON   = "application/json"
	MediaCSV    = "text/csv"
	MediaText   = "text/plain"
	MediaHTML   = "text/html"
	MediaNDJSON = "application/x-ndjson"
	MediaAtom   = feeds.MediaAtom
	MediaFeed   = feeds.MediaFeed
	MediaICal   = feeds.MediaICal
	MediaEvents = feeds.MediaEvents
	MediaBytes  = "application/octet-stream"
	MediaAny    = "*/*" // whatever was brought
	csvType     = MediaCSV + "; charset=utf-8; header=present"
)
