package api

import (
	"net/http"

	"github.com/rs/cors"

	"depositary/api/problem"
)

// crossOrigin lets pages of other sites read what everybody may read: their
// scripts may send GET and HEAD without a token or a cookie, ask whether an
// answer has changed, and follow a stream from where they left it. A request of
// theirs that would write is refused by the browser before it is sent.
func crossOrigin(next http.Handler) http.Handler {
	return cors.New(cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: []string{http.MethodGet, http.MethodHead},
		AllowedHeaders: []string{"Accept", "Accept-Language", "If-None-Match", "If-Modified-Since", "Last-Event-ID"},
		ExposedHeaders: []string{"Content-Disposition", "Content-Language", "Deprecation", "ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "Sunset", problem.HeaderRequest},
		MaxAge:         24 * 60 * 60,
	}).Handler(next)
}
