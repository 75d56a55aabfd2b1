package api

import (
	"net/http"
	"strconv"
	"strings"
)

// The representations of answers.
const (
	mediaJSON = "application/json"
	mediaCSV  = "text/csv"
	csvType   = mediaCSV + "; charset=utf-8; header=present"
)

// negotiated settles which representation is asked for, by the parameter format
// or else by the Accept header, so that what follows finds exactly one there.
// Only what is read has another form than JSON.
func (s *server) negotiated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			next.ServeHTTP(w, r)
			return
		}
		accept := strings.Join(r.Header.Values("Accept"), ", ")
		media := mediaJSON
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			media = representation(r, accept)
		}
		if media == "" {
			p := problem(http.StatusNotAcceptable, "format", "no answer has the form "+clip(accept))
			p.Findings = finding(CodeInputInvalid, "Accept", p.Detail, mediaJSON+", and "+mediaCSV+" for tables that are read")
			writeProblem(w, p)
			return
		}
		if accept != media {
			r.Header.Set("Accept", media)
		}
		next.ServeHTTP(w, r)
	})
}

// representation gives the media type to answer in, or nothing.
func representation(r *http.Request, accept string) string {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reading && strings.Contains(r.URL.RawQuery, "format=") {
		switch r.URL.Query().Get("format") {
		case "csv":
			return mediaCSV
		case "json":
			return mediaJSON
		}
	}
	switch accept {
	case "", "*/*", mediaJSON:
		return mediaJSON
	}
	// A client that names the form of a failure or of a backup means JSON elsewhere.
	json := max(quality(accept, mediaJSON), quality(accept, "application/problem+json"), quality(accept, "application/octet-stream"))
	switch {
	case reading && quality(accept, mediaCSV) > json:
		return mediaCSV
	case json > 0:
		return mediaJSON
	}
	return ""
}

// quality gives the weight that an Accept header gives to a media type: that of
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
