package problem

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// HeaderRequest names the id of a request, under which the log tells of it.
const HeaderRequest = "X-Request-Id"

// Complete returns a problem the id of its request, and the headers that its
// status asks for.
func Complete(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	p.Instance = h.Get(HeaderRequest)
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="depositary"`)
	}
	if p.RetryAfter != "" {
		h.Set("Retry-After", p.RetryAfter)
	}
}

// Write answers with a problem document.
func Write(w http.ResponseWriter, p *Problem) {
	Complete(w, p)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = huma.DefaultJSONFormat.Marshal(w, p) // the client may be gone; no one is left to tell
}
