package api

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	v1 "depositary/api/v1"
)

// byteOrderMark begins a table for a spreadsheet that would otherwise not take
// it for UTF-8.
const byteOrderMark = "\ufeff"

// asDownload names the file of a table after what it answers, such as
// icmw-status-2026-11-29.csv, and puts a byte order mark in front of it where
// the parameter bom asks for one. It returns the writer and the request to
// answer with.
func (s *server) asDownload(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	query := r.URL.Query()
	marked := query.Get("bom") == "true"
	if query.Has("bom") && (marked || query.Get("bom") == "false") {
		r = withoutMark(r, query)
	}
	name := s.fileName(r.URL.Path, query)
	w = &download{ResponseWriter: w, disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}), marked: marked}
	return w, r
}

// withoutMark returns the request without the parameter bom, for an answer
// that is not compressed: the mark stands before its first byte.
func withoutMark(r *http.Request, query url.Values) *http.Request {
	inner := r.Clone(r.Context())
	rest := url.Values{}
	for name, values := range query {
		if name != "bom" {
			rest[name] = values
		}
	}
	inner.URL.RawQuery = rest.Encode()
	if query.Get("bom") == "true" {
		inner.Header.Del("Accept-Encoding")
		inner.Header.Del("If-None-Match")
	}
	return inner
}

// fileName returns the name of a table's file: its path below /v1, without the
// words for lists, and the day for which it answers.
func (s *server) fileName(address string, query url.Values) string {
	words := strings.Split(strings.Trim(strings.TrimPrefix(strings.TrimSuffix(path.Clean(address), ".csv"), "/v1"), "/"), "/")
	if len(words) > 1 {
		words = slices.DeleteFunc(words, func(word string) bool { return word == "treaties" || word == "participants" })
	}
	day := query.Get("asOf")
	if day == "" {
		day = s.Today().String()
	}
	name := strings.Join(append(words, day), "-")
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)) + ".csv"
}

// download is the answer to a request for a table.
type download struct {
	http.ResponseWriter
	disposition string
	marked      bool
	begun       bool
}

func (d *download) WriteHeader(status int) {
	d.begun = true
	h := d.Header()
	if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), v1.MediaCSV) {
		d.marked = false
		d.ResponseWriter.WriteHeader(status)
		return
	}
	h.Set("Content-Disposition", d.disposition)
	if d.marked {
		h.Del("ETag")
		if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil {
			h.Set("Content-Length", strconv.Itoa(n+len(byteOrderMark)))
		}
	}
	d.ResponseWriter.WriteHeader(status)
}

func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.WriteHeader(http.StatusOK)
	}
	if d.marked {
		d.marked = false
		if _, err := d.ResponseWriter.Write([]byte(byteOrderMark)); err != nil {
			return 0, err
		}
	}
	return d.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (d *download) Unwrap() http.ResponseWriter { return d.ResponseWriter }
