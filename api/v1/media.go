package v1

// The representations of answers.
const (
	MediaJSON   = "application/json"
	MediaCSV    = "text/csv"
	MediaText   = "text/plain"
	MediaHTML   = "text/html"
	MediaNDJSON = "application/x-ndjson"
	MediaAtom   = "application/atom+xml"
	MediaFeed   = "application/feed+json"
	MediaICal   = "text/calendar"
	MediaEvents = "text/event-stream"
	MediaBytes  = "application/octet-stream"
	MediaAny    = "*/*" // whatever was brought
	csvType     = MediaCSV + "; charset=utf-8; header=present"
)
