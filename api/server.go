// Package api is the server: it opens the doors and mounts them. Below it stand
// the JSON API (v1), the pages (pages), and what both use.
//
// Invariants:
//
//   - an answer is computed once per version of the views and kept with its
//     compressed forms and their strong ETags (cache.go); one that can never change
//     says so to caches;
//   - sizes, times and rates are bounded; what is computed and not kept passes one
//     gate (package gate), so that kept answers and those who record do not wait
//     for it.
package api

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/gate"
	"depositary/api/pages"
	"depositary/api/problem"
	v1 "depositary/api/v1"
)

// Options is what the server opens to. All are required but the limits.
type Options struct {
	v1.Options

	RatePerSecond float64 // computed answers of one address, by their cost; 0: not limited
	Burst         int
	Proxies       []netip.Prefix // whose word on the address of a client is trusted
	Gate          gate.Options   // how much is computed at once
	CacheBytes    int64          // of kept answers; 64 MiB by default
}

type server struct {
	Options
	api     *v1.API
	answers *answers
	metrics *metrics
	pages   *pages.Site
	gate    *gate.Gate
	rate    *auth.Limiter // nil: not limited
}

// New returns the handler of everything that is served.
func New(o Options) http.Handler {
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	s := &server{Options: o, api: v1.New(o.Options), metrics: newMetrics(o), gate: gate.New(o.Gate)}
	if o.RatePerSecond > 0 {
		s.rate = auth.NewLimiter(o.RatePerSecond, o.Burst)
	}
	s.pages = pages.New(pages.Options{Projection: o.Projection, Secretariat: o.Secretariat, Ledger: o.Ledger, Notices: o.Notices, Tokens: o.Tokens, Audit: o.Audit, SignIn: o.SignIn, Webhooks: o.Webhooks, Today: o.Today, Now: o.Now, Base: s.api.Base, Described: s.api.Described, Version: o.Version, Logger: o.Logger})
	s.api.Mux().Handle("GET "+metricsPath, s.guarded(promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{})))
	s.api.Mux().HandleFunc("GET "+logPath, s.publicLog)
	prefix := prefixOf(o.Public)
	s.answers = newAnswers(s, prefixed(prefix, s.paged(s.unmatched(s.api.Mux()))))
	return below(prefix, s.located(s.observed(s.recovered(crossOrigin(s.negotiated(s.answers.answer))))))
}

// paged leads what belongs to the pages to them.
func (s *server) paged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.pages.Owns(r.URL.Path) {
			s.pages.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// unmatched makes problem documents of what no route matches, which the
// multiplexer would answer in plain text or with a redirection.
func (s *server) unmatched(mux *http.ServeMux) http.Handler {
	routed := func(r *http.Request) bool {
		_, pattern := mux.Handler(r)
		clean := path.Clean(r.URL.Path)
		return pattern != "" && (r.URL.Path == clean || r.URL.Path == clean+"/")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if routed(r) {
			mux.ServeHTTP(w, r)
			return
		}
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			other := r.Clone(r.Context())
			other.Method = method
			if routed(other) {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			allow := strings.Join(allowed, ", ")
			w.Header().Set("Allow", allow)
			problem.Write(w, problem.New(http.StatusMethodNotAllowed, "method", problem.Clip(r.Method)+" is not possible here; accepted: "+allow))
			return
		}
		problem.Write(w, problem.New(http.StatusNotFound, "not-found", "nothing is served at this address; /openapi.json lists what is"))
	})
}

// recovered keeps a defect in one request from ending the node. An answer that
// had begun is broken off: half of it must not pass for the whole.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			s.Logger.Error("defect", "cause", cause, "path", r.URL.Path, "request", w.Header().Get(problem.HeaderRequest), "stack", string(debug.Stack()))
			if sw, ok := w.(*statusWriter); ok && sw.begun {
				panic(http.ErrAbortHandler)
			}
			maps.DeleteFunc(w.Header(), func(name string, _ []string) bool { return !strings.HasPrefix(name, "X-") })
			problem.Write(w, problem.Defect())
		}()
		next.ServeHTTP(w, r)
	})
}

// statusWriter remembers the status for log and metrics.
type statusWriter struct {
	http.ResponseWriter
	status int
	begun  bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.begun = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observed returns each request an id, counts it and logs it. What nothing else
// is said of is not for caches.
func (s *server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		r = r.WithContext(audit.From(r.Context(), hostOf(r.RemoteAddr)))
		header := w.Header()
		header.Set(problem.HeaderRequest, requestID())
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cross-Origin-Resource-Policy", "cross-origin") // everybody may read, and show, what is public; pages say otherwise
		if strings.HasPrefix(s.api.Base(r), "https://") {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		who := new(string)
		r = r.WithContext(auth.Watched(r.Context(), who))
		header.Set("Cache-Control", "no-store")
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { // also when the answer is broken off
			took := time.Since(begun)
			s.metrics.request(r.Method, sw.status, took, r.URL.Path == v1.StreamPath)
			if s.Logger.Enabled(r.Context(), slog.LevelDebug) || sw.status >= 500 || r.Method != http.MethodGet && r.Method != http.MethodHead {
				s.Logger.Info("request", "method", r.Method, "path", r.URL.Path, "status", sw.status, "ms", float64(took.Microseconds())/1000, "actor", *who, "request", header.Get(problem.HeaderRequest))
			}
		}()
		next.ServeHTTP(sw, r)
	})
}

// hostOf returns an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
