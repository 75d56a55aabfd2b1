// Package api is the door: HTTP with JSON under /v1, described by OpenAPI 3.1
// at /openapi.json, CSV beside JSON for every table, and problem documents for
// everything that fails.
//
// Invariants:
//
//   - reading is open; nothing changes on GET; nobody writes without a token;
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
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/tokens"
	"depositary/domain"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// Options is what the door opens to. All are required but the limits.
type Options struct {
	Projection *projections.Projection
	Ledger     projections.Ledger
	Recorder   *recorder.Recorder
	Tokens     *tokens.File
	Today      func() domain.Date // the calendar day at the depositary
	Verify     func(context.Context) (projections.Verification, error)
	Backup     func(io.Writer) (int64, error)
	Ready      func() error  // why the node is not ready, nil when it is
	Lag        func() uint64 // commits that the views are behind
	Version    string
	Logger     *slog.Logger
	Metrics    *prometheus.Registry

	MaxBody       int64   // bytes of a request's body; 4 MiB by default
	RatePerSecond float64 // requests of one address; 0: not limited
	Burst         int
	CacheBytes    int64 // of kept answers; 64 MiB by default
}

type server struct {
	Options
	api     huma.API
	mux     *http.ServeMux
	answers *answers
	metrics *metrics
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
	s := &server{Options: o, mux: http.NewServeMux()}
	s.metrics = newMetrics(o)
	s.api = humago.New(s.mux, s.config())
	s.describe()
	s.routesRead()
	s.routesWrite()
	s.routesOperate()
	s.routesCatalogue()
	s.answers = newAnswers(s, s.unmatched(s.mux))
	return s.observed(s.recovered(s.limited(s.negotiated(s.answers))))
}

func (s *server) config() huma.Config {
	config := huma.DefaultConfig("Depositary", s.Version)
	config.CreateHooks = nil // no $schema members and links
	config.DocsPath = ""     // the bundled pages load scripts from other hosts
	config.SchemasPath = ""
	config.RejectUnknownQueryParameters = true
	jsonFormat := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalJSON}
	csvFormat := huma.Format{Marshal: writeCSV, Unmarshal: func([]byte, any) error { return errors.New("a request's body is application/json") }}
	config.Formats = map[string]huma.Format{mediaJSON: jsonFormat, "json": jsonFormat, mediaCSV: csvFormat}
	config.NoFormatFallback = true
	return config
}

func (s *server) describe() {
	huma.NewErrorWithContext = humaError
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return humaError(nil, status, message, errs...)
	}
	doc := s.api.OpenAPI()
	doc.Info.Description = "Who has signed, ratified and made reservations to which treaty, and what follows in law. " +
		"Every question can be asked as of a legal day (asOf), of what the depositary had received by a day (receivedBy) and of what the ledger held at a moment (knownAt)."
	doc.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token made with `depositary token create`; its roles are record, define and operate."},
	}
	doc.Tags = []*huma.Tag{{Name: "Treaties"}, {Name: "Participants"}, {Name: "Gap"}, {Name: "Groups and weights"}, {Name: "Ledger"},
		{Name: "Recording"}, {Name: "Definitions"}, {Name: "Operation"}}
	doc.Components.Schemas.RegisterTypeAlias(typeOf[domain.WeightRow](), typeOf[[]any]())
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
		return problem(http.StatusInternalServerError, "internal", "something failed here; the log of the server tells what")
	}
	return answer
}

func (s *server) writeProblem(ctx huma.Context, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = problem(http.StatusInternalServerError, "internal", "something failed here; the log of the server tells what")
	}
	r, w := humago.Unwrap(ctx)
	writeProblem(w, r, p)
}

func writeProblem(w http.ResponseWriter, _ *http.Request, p *Problem) {
	p.Instance = w.Header().Get("X-Request-Id")
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = huma.DefaultJSONFormat.Marshal(w, p)
}

// unmatched makes problem documents of what no route matches, which the
// multiplexer would answer in plain text.
func (s *server) unmatched(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		allow := ""
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "" {
				allow = strings.TrimPrefix(allow+", "+method, ", ")
			}
		}
		if allow != "" {
			w.Header().Set("Allow", allow)
			writeProblem(w, r, problem(http.StatusMethodNotAllowed, "method", r.Method+" is not possible here; accepted: "+allow))
			return
		}
		writeProblem(w, r, problem(http.StatusNotFound, "not-found", "nothing is served at this address; /openapi.json lists what is"))
	})
}

// recovered keeps a defect in one request from ending the node.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				s.Logger.Error("defect", "cause", cause, "path", r.URL.Path, "request", w.Header().Get("X-Request-Id"), "stack", string(debug.Stack()))
				writeProblem(w, r, problem(http.StatusInternalServerError, "internal", "something failed here; the log of the server tells what, under the id of this request"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// statusWriter remembers the status for log and metrics.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observed gives each request an id, counts it and logs it.
func (s *server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		header := w.Header()
		header.Set("X-Request-Id", requestID())
		header.Set("X-Content-Type-Options", "nosniff")
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(sw, r)
		took := time.Since(begun)
		s.metrics.request(r.Method, sw.status, took)
		if s.Logger.Enabled(r.Context(), slog.LevelDebug) || sw.status >= 500 || r.Method != http.MethodGet && r.Method != http.MethodHead {
			s.Logger.Info("request", "method", r.Method, "path", r.URL.Path, "status", sw.status, "ms", float64(took.Microseconds())/1000, "request", header.Get("X-Request-Id"))
		}
	})
}

func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
