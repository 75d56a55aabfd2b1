// Package v1 is the JSON API below /v1, described by OpenAPI 3.1 at
// /openapi.json, with CSV beside JSON for every table.
//
// Invariants:
//
//   - reading is open; nothing changes on GET; writing needs a token
//     (what-if is a POST for its body alone: it is a question, and open);
//   - everything that fails is a problem document (package problem).
package v1

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/feeds"
	"depositary/api/gate"
	"depositary/api/problem"
	"depositary/api/signin"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/publiclog"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options is what the API opens to. All are required but the limits.
type Options struct {
	Projection  *projections.Projection
	Ledger      projections.Ledger
	Log         *publiclog.Log
	Notices     *notices.Source
	Webhooks    *webhooks.Service // nil: this program keeps no subscriptions
	Secretariat *commands.Secretariat
	Tokens      *auth.File
	Audit       *audit.Log
	SignIn      *signin.Provider   // of the desk; nil: with tokens only
	Today       func() domain.Date // the calendar day at the depositary
	Now         func() time.Time   // the clock; connections and the durations that are logged follow the machine's
	Verify      func(context.Context) (eventstore.Verification, error)
	Backup      func(io.Writer) (int64, error)
	Ready       func() error   // why the node is not ready, nil when it is
	Faults      func() []Fault // what the node cannot do now
	Lag         func() uint64  // commits that the views are behind
	Version     string
	Logger      *slog.Logger
	Metrics     *prometheus.Registry

	MaxBody int64 // bytes of a request's body; 4 MiB by default

	Public   string             // public base address, for links that are read elsewhere; that of the request where empty
	Streams  feeds.StreamLimits // limits of those who follow notices as they come
	Stopping <-chan struct{}    // closed when the node begins to stop: streams end; nil: never
}

// API answers below /v1. It is safe for concurrent use.
type API struct {
	Options
	api     huma.API
	mux     *http.ServeMux
	streams *feeds.Streams
	open    *gate.Gate // for long answers
}

const defaultMaxBody = 4 << 20

// New registers the routes of the API.
func New(o Options) *API {
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	framework()
	s := &API{Options: o, open: gate.New(gate.Options{Room: openAtOnce, Each: openEach, PerAddress: openEach, Patience: time.Second}), mux: http.NewServeMux(), streams: feeds.NewStreams(feeds.StreamOptions{StreamLimits: o.Streams, Notices: o.Notices, Changed: o.Projection.Changed, Stopping: o.Stopping, HostOf: auth.HostOf, Logger: o.Logger, Metrics: o.Metrics})}
	s.api = humago.New(s.mux, s.config())
	s.describe()
	s.register()
	s.describeDeliveries()
	return s
}

// Mux has the routes, which are served where it is mounted.
func (s *API) Mux() *http.ServeMux { return s.mux }

// Described returns the description of the API.
func (s *API) Described() *huma.OpenAPI { return s.api.OpenAPI() }

func (s *API) config() huma.Config {
	config := huma.DefaultConfig("Depositary", s.Version)
	config.CreateHooks = nil // no $schema members and links
	config.DocsPath = ""     // the bundled pages load scripts from other hosts
	config.SchemasPath = ""
	config.RejectUnknownQueryParameters = true
	jsonFormat := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalJSON}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	csvFormat := huma.Format{Marshal: writeCSV, Unmarshal: func([]byte, any) error { return huma.ErrUnknownContentType }}
	config.Formats = map[string]huma.Format{MediaJSON: jsonFormat, "json": jsonFormat, MediaCSV: csvFormat}
	config.Transformers = []huma.Transformer{finish}
	return config
}

// failed makes an error an answer; an internal error is logged.
func (s *API) failed(operation string, err error) error {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p
	}
	answer := problem.Of(err)
	var internal *problem.Internal
	if errors.As(answer, &internal) {
		s.Logger.Error("request failed", "operation", operation, "cause", internal.Cause)
		return problem.Defect()
	}
	gone := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if errors.As(answer, &p) && p.Status == http.StatusServiceUnavailable && !gone {
		s.Logger.Warn("the ledger or shared storage does not answer", "operation", operation, "cause", err)
	}
	return answer
}

// finish completes what the framework sends.
func finish(ctx huma.Context, _ string, body any) (any, error) {
	_, w := humago.Unwrap(ctx)
	if list, ok := body.(inPages); ok {
		leadOn(w.Header(), ctx.URL(), list.nextCursor())
	}
	switch body := body.(type) {
	case *problem.Problem:
		problem.Complete(w, body)
	case tabular:
		if ctx.Header("Accept") == MediaCSV {
			w.Header().Set("Content-Type", csvType)
		}
	}
	return body, nil
}

func (s *API) writeProblem(ctx huma.Context, err error) {
	var p *problem.Problem
	if !errors.As(err, &p) {
		p = problem.Defect()
	}
	_, w := humago.Unwrap(ctx)
	problem.Write(w, p)
}
