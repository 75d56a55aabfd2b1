package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2/negotiation"
)

// The representations of answers.
const (
	mediaJSON = "application/json"
	mediaCSV  = "text/csv"
)

// negotiated settles which representation is asked for, by the parameter format
// or else by the Accept header, so that what follows finds exactly one there.
func (s *server) negotiated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media, accept := "", r.Header.Get("Accept")
		switch {
		case strings.Contains(r.URL.RawQuery, "format=csv"):
			media = mediaCSV
		case accept == "" || accept == "*/*" || accept == mediaJSON || strings.Contains(r.URL.RawQuery, "format=json") || !strings.HasPrefix(r.URL.Path, "/v1/"):
			media = mediaJSON
		case accept == "application/octet-stream" || accept == "application/problem+json":
			media = mediaJSON // of a failure; a backup has one form only
		default:
			media = negotiation.SelectQValueFast(accept, []string{mediaJSON, mediaCSV})
		}
		if media == "" {
			writeProblem(w, r, problem(http.StatusNotAcceptable, "format", "no answer has the form "+accept+"; accepted: "+mediaJSON+", and "+mediaCSV+" for tables"))
			return
		}
		if accept != media {
			r.Header.Set("Accept", media)
		}
		next.ServeHTTP(w, r)
	})
}
