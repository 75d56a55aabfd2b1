package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"depositary/api/problem"
	v1 "depositary/api/v1"
)

// ownForms are the addresses that name a form themselves. Readers of feeds and
// calendars send whatever they like as Accept; they get the form all the same,
// and JSON where it fails.
var ownForms = map[string]string{v1.AtomPath: v1.MediaAtom, v1.JSONFeedPath: v1.MediaFeed, v1.CalendarPath: v1.MediaICal, v1.StreamPath: v1.MediaEvents}

// forms are the media types by their name in the parameter format.
var forms = map[string]string{"json": v1.MediaJSON, "csv": v1.MediaCSV, "html": v1.MediaHTML}

// negotiated settles which representation is asked for, by the parameter format
// or else by the Accept header, so that what follows finds exactly one there.
func (s *server) negotiated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.pages.Owns(r.URL.Path) {
			r.Header.Set("Accept", v1.MediaHTML)
		}
		if r.URL.Path == "/metrics" || s.pages.Owns(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		accept := strings.Join(r.Header.Values("Accept"), ", ")
		media := v1.MediaJSON
		if _, own := ownForms[r.URL.Path]; !own && strings.HasPrefix(r.URL.Path, "/v1/") {
			media = representation(r, accept)
		}
		if media == "" {
			p := problem.New(http.StatusNotAcceptable, "format", "no answer has the form "+problem.Clip(accept))
			p.Findings = problem.Finding(problem.CodeInputInvalid, "Accept", p.Detail, wordsOf(offered(r)))
			problem.Write(w, p)
			return
		}
		if accept != media {
			r.Header.Set("Accept", media)
		}
		next.ServeHTTP(w, r)
	})
}

// offered lists the media types in which an address may answer, the one that is
// given to whom any is right first.
func offered(r *http.Request) []string {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/imports/"):
		return []string{v1.MediaJSON, v1.MediaCSV, v1.MediaText}
	case r.URL.Path == "/v1/export":
		return []string{v1.MediaNDJSON}
	case reading && strings.HasPrefix(r.URL.Path, "/v1/treaties/") && strings.HasSuffix(r.URL.Path, "/table"):
		return []string{v1.MediaCSV, v1.MediaHTML}
	case reading:
		return []string{v1.MediaJSON, v1.MediaCSV}
	}
	return []string{v1.MediaJSON}
}

func wordsOf(media []string) string {
	if slices.Equal(media, []string{v1.MediaJSON, v1.MediaCSV}) || slices.Equal(media, []string{v1.MediaJSON}) {
		return v1.MediaJSON + ", and " + v1.MediaCSV + " for tables that are read"
	}
	return strings.Join(media, ", ")
}

// representation returns the media type to answer in, or nothing.
func representation(r *http.Request, accept string) (best string) {
	media := offered(r)
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reading && strings.Contains(r.URL.RawQuery, "format=") {
		if form := forms[r.URL.Query().Get("format")]; slices.Contains(media, form) {
			return form
		}
	}
	if accept == "" || accept == "*/*" || accept == media[0] {
		return media[0]
	}
	most := 0.0
	for i, m := range media {
		q := quality(accept, m)
		if i == 0 { // a client that names the form of a failure or of a backup means the usual one
			q = max(q, quality(accept, "application/problem+json"), quality(accept, "application/octet-stream"))
		}
		if q > most {
			best, most = m, q
		}
	}
	return best
}

// quality returns the weight that a media type has in an Accept header: that of
// the most specific range in which it falls (RFC 9110, 12.5.1); 0: not accepted.
func quality(accept, media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	best, q := 0, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		specific := 0
		switch strings.ToLower(strings.TrimSpace(name)) {
		case media:
			specific = 3
		case kind + "/*":
			specific = 2
		case "*/*":
			specific = 1
		}
		if specific > best {
			best, q = specific, weight(params)
		}
	}
	return q
}

// weight reads the parameter q: 1 where there is none, 0 where it is no weight.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}
