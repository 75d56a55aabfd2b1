// Package api is the door: HTTP with JSON under /v1, described by OpenAPI 3.1
// at /openapi.json, CSV beside JSON for every table, and problem documents for
// everything that fails. Beside it stand the pages (package web).
//
// Invariants:
//
//   - reading is open; nothing changes on GET; nobody writes without a token
//     (what-if is a POST for its body alone: it is a question, and open);
//   - an answer is computed once per version of the views and kept with its
//     gzip form and its strong ETag (answers.go); one that can never change
//     says so to caches;
//   - sizes, times and rates are bounded;
//   - the cause of a failure that is nobody's input is logged, never sent.
package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/pages"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// Options is what the door opens to. All are required but the limits.
type Options struct {
	Projection  *projections.Projection
	Ledger      projections.Ledger
	Notices     *projections.Notices
	Webhooks    *webhooks.Service // nil: this program keeps no subscriptions
	Secretariat *commands.Secretariat
	Tokens      *auth.File
	Today       func() domain.Date // the calendar day at the depositary
	Now         func() time.Time   // the clock; connections and the durations that are logged follow the machine's
	Verify      func(context.Context) (projections.Verification, error)
	Backup      func(io.Writer) (int64, error)
	Ready       func() error  // why the node is not ready, nil when it is
	Lag         func() uint64 // commits that the views are behind
	Version     string
	Logger      *slog.Logger
	Metrics     *prometheus.Registry

	MaxBody       int64   // bytes of a request's body; 4 MiB by default
	RatePerSecond float64 // requests of one address; 0: not limited
	Burst         int
	CacheBytes    int64 // of kept answers; 64 MiB by default

	Public   string          // public base address, for links that are read elsewhere; that of the request where empty
	Streams  StreamOptions   // limits of those who follow notices as they come
	Stopping <-chan struct{} // closed when the node begins to stop: streams end; nil: never
}

type server struct {
	Options
	api     huma.API
	mux     *http.ServeMux
	answers *answers
	metrics *metrics
	streams *streams
	pages   *pages.Site
}

const defaultMaxBody = 4 << 20

// New gives the handler of everything that is served.
func New(o Options) http.Handler {
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	framework()
	s := &server{Options: o, mux: http.NewServeMux()}
	s.metrics, s.streams = newMetrics(o), newStreams(o)
	s.api = humago.New(s.mux, s.config())
	s.describe()
	s.routesRead()
	s.routesLaw()
	s.routesSuppose()
	s.routesNotices()
	s.routesComing()
	s.routesSearch()
	s.routesWebhooks()
	s.routesWrite()
	s.routesOperate()
	s.routesCatalogue()
	s.routesImports()
	s.routesProposals()
	s.routesDocuments()
	s.routesExport()
	s.pages = pages.New(pages.Options{Projection: o.Projection, Secretariat: o.Secretariat, Ledger: o.Ledger, Notices: o.Notices, Tokens: o.Tokens, Webhooks: o.Webhooks, Today: o.Today, Now: o.Now, Base: s.base, Described: s.api.OpenAPI, Version: o.Version, Logger: o.Logger})
	s.answers = newAnswers(s, s.paged(s.unmatched(s.mux)))
	return s.observed(s.recovered(s.limited(s.negotiated(s.answers))))
}

func (s *server) config() huma.Config {
	config := huma.DefaultConfig("Depositary", s.Version)
	config.CreateHooks = nil // no $schema members and links
	config.DocsPath = ""     // the bundled pages load scripts from other hosts
	config.SchemasPath = ""
	config.RejectUnknownQueryParameters = true
	jsonFormat := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalJSON}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	csvFormat := huma.Format{Marshal: writeCSV, Unmarshal: func([]byte, any) error { return huma.ErrUnknownContentType }}
	config.Formats = map[string]huma.Format{mediaJSON: jsonFormat, "json": jsonFormat, mediaCSV: csvFormat}
	config.NoFormatFallback = true
	config.Transformers = []huma.Transformer{finish}
	return config
}

func (s *server) describe() {
	doc := s.api.OpenAPI()
	doc.Info.Description = "Who has signed, ratified and made reservations to which treaty, and what follows in law. " +
		"Every question can be asked as of a legal day (asOf), of what the depositary had received by a day (receivedBy) and of what the ledger held at a moment (knownAt)."
	doc.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token made with `depositary token create`; its roles are record, define, subscribe and operate."},
	}
	doc.Tags = []*huma.Tag{{Name: "Treaties"}, {Name: "Participants"}, {Name: "Gap"}, {Name: "Differences and hypotheses"}, {Name: "Notices"}, {Name: "Webhooks"}, {Name: "Groups and weights"}, {Name: "Ledger"},
		{Name: "Recording"}, {Name: "Definitions"}, {Name: "Operation"}}
	describeTypes(doc.Components.Schemas)
}

// failed makes an error an answer; what is nobody's input is logged.
func (s *server) failed(operation string, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	answer := problemOf(err)
	var internal *internalError
	if errors.As(answer, &internal) {
		s.Logger.Error("request failed", "operation", operation, "cause", internal.cause)
		return defect()
	}
	if errors.Is(err, recorder.ErrUnavailable) {
		s.Logger.Warn("the ledger does not answer", "operation", operation, "cause", err)
	}
	return answer
}

// finish completes what the framework sends.
func finish(ctx huma.Context, _ string, body any) (any, error) {
	_, w := humago.Unwrap(ctx)
	switch body := body.(type) {
	case *Problem:
		complete(w, body)
	case tabular:
		if ctx.Header("Accept") == mediaCSV {
			w.Header().Set("Content-Type", csvType)
		}
	}
	return body, nil
}

// complete gives a problem the id of its request, and the headers that its
// status asks for.
func complete(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	p.Instance = h.Get(headerRequest)
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="depositary"`)
	}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
}

func (s *server) writeProblem(ctx huma.Context, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = defect()
	}
	_, w := humago.Unwrap(ctx)
	writeProblem(w, p)
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	complete(w, p)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = huma.DefaultJSONFormat.Marshal(w, p) // the client may be gone; there is nobody to tell
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
			writeProblem(w, problem(http.StatusMethodNotAllowed, "method", clip(r.Method)+" is not possible here; accepted: "+allow))
			return
		}
		writeProblem(w, problem(http.StatusNotFound, "not-found", "nothing is served at this address; /openapi.json lists what is"))
	})
}

// recovered keeps a defect in one request from ending the node. An answer that
// had begun is broken off: nobody must take half of it for the whole.
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
			s.Logger.Error("defect", "cause", cause, "path", r.URL.Path, "request", w.Header().Get(headerRequest), "stack", string(debug.Stack()))
			if sw, ok := w.(*statusWriter); ok && sw.begun {
				panic(http.ErrAbortHandler)
			}
			maps.DeleteFunc(w.Header(), func(name string, _ []string) bool { return !strings.HasPrefix(name, "X-") })
			writeProblem(w, defect())
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

// headerRequest bears the id of a request, under which the log tells of it.
const headerRequest = "X-Request-Id"

// observed gives each request an id, counts it and logs it. What nothing else
// is said of is not for caches.
func (s *server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		header := w.Header()
		header.Set(headerRequest, requestID())
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "no-store")
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { // also when the answer is broken off
			took := time.Since(begun)
			s.metrics.request(r.Method, sw.status, took, r.URL.Path == streamPath)
			if s.Logger.Enabled(r.Context(), slog.LevelDebug) || sw.status >= 500 || r.Method != http.MethodGet && r.Method != http.MethodHead {
				s.Logger.Info("request", "method", r.Method, "path", r.URL.Path, "status", sw.status, "ms", float64(took.Microseconds())/1000, "request", header.Get(headerRequest))
			}
		}()
		next.ServeHTTP(sw, r)
	})
}

func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
