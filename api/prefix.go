package api

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// A public address may have a path, such as https://example.org/treaties, below which a
// proxy serves. Everything inside writes addresses from the root; here, in one place,
// requests lose that path and answers get it.

// prefixOf returns the path of the public address without a slash at its end, empty
// where it has none.
func prefixOf(public string) string {
	u, err := url.Parse(public)
	if err != nil { // the address was checked at the start
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}

// below takes the prefix from the paths of requests. A proxy may have taken it away
// already.
func below(prefix string, next http.Handler) http.Handler {
	if prefix == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, under := strings.CutPrefix(r.URL.EscapedPath(), prefix)
		if !under || rest != "" && rest[0] != '/' {
			next.ServeHTTP(w, r)
			return
		}
		if rest == "" {
			rest = "/"
		}
		inner := r.Clone(r.Context())
		inner.URL.RawPath = rest
		inner.URL.Path, _ = url.PathUnescape(rest) // it was escaped
		next.ServeHTTP(w, inner)
	})
}

// prefixed puts the prefix before every address that an answer leads to: links, forms,
// pictures and scripts of pages, redirections, and the path of cookies.
func prefixed(prefix string, next http.Handler) http.Handler {
	if prefix == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &prefixing{ResponseWriter: w, prefix: prefix}
		next.ServeHTTP(p, r)
		p.finish()
	})
}

// prefixing is an answer that is given the prefix. Of pages and drawings it keeps the
// whole until the end.
type prefixing struct {
	http.ResponseWriter
	prefix string
	begun  bool
	status int
	page   *bytes.Buffer // nil: the answer has no addresses in its body
}

func (p *prefixing) WriteHeader(status int) {
	if p.begun {
		return
	}
	p.begun, p.status = true, status
	h := p.Header()
	if to := h.Get("Location"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		h.Set("Location", p.prefix+to)
	}
	for i, cookie := range h["Set-Cookie"] {
		h["Set-Cookie"][i] = strings.Replace(cookie, "Path=/;", "Path="+p.prefix+"/;", 1)
	}
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	if media == "text/html" || media == "image/svg+xml" {
		p.page = new(bytes.Buffer)
		return
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *prefixing) Write(b []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	if p.page != nil {
		return p.page.Write(b)
	}
	return p.ResponseWriter.Write(b)
}

// rooted are the attributes by which our pages and drawings lead on, with an address
// from the root. The templates write all attributes in double quotes.
var rooted = regexp.MustCompile(`(\s(?:href|src|action|formaction|data-[a-z]+)=")(/(?:[^/"][^"]*)?")`)

func (p *prefixing) finish() {
	if p.page == nil {
		return
	}
	body := rooted.ReplaceAll(p.page.Bytes(), []byte("${1}"+p.prefix+"${2}"))
	p.Header().Del("Content-Length")
	p.ResponseWriter.WriteHeader(p.status)
	_, _ = p.ResponseWriter.Write(body) // the reader may be gone; no one is left to tell
}

// Unwrap lets http.ResponseController reach the connection.
func (p *prefixing) Unwrap() http.ResponseWriter { return p.ResponseWriter }
