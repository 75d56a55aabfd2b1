package v1

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/gate"
	"depositary/api/problem"
	"depositary/domain"
)

// register makes an operation of every route of the table.
func (s *API) register() {
	for _, r := range all {
		o := huma.Operation{
			Method: r.Method, Path: r.Path, OperationID: r.ID, Summary: r.Summary, Description: r.about(), Tags: []string{r.Tag},
			Errors: r.failures(), DefaultStatus: r.Status, MaxBodyBytes: r.maxBody, Middlewares: s.middlewares(r),
		}
		if o.MaxBodyBytes == 0 && r.Method != http.MethodGet {
			o.MaxBodyBytes = s.MaxBody
		}
		if r.maxBody > s.MaxBody {
			o.BodyReadTimeout = time.Minute
		}
		r.secure(&o)
		r.handling.register(s, o)
		described := operationOf(s.api.OpenAPI().Paths[r.Path], r.Method)
		for _, a := range r.also {
			alsoAnswers(described, a.of, a.status, a.description)
		}
		if r.Kept {
			described.Responses["304"] = &huma.Response{Description: "What If-None-Match names is still the answer"}
		}
	}
}

// failures adds to the statuses with which a route may fail that of a parameter
// that it does not take.
func (r *Route) failures() []int {
	if slices.Contains(r.Errors, http.StatusUnprocessableEntity) {
		return r.Errors
	}
	return append(slices.Clone(r.Errors), http.StatusUnprocessableEntity)
}

func operationOf(item *huma.PathItem, method string) *huma.Operation {
	return map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete}[method]
}

// middlewares keeps to what a route declares: who may, and how long it may take.
func (s *API) middlewares(r *Route) (chain huma.Middlewares) {
	if len(r.Roles) > 0 {
		require := s.require(r.Roles...)
		if r.Trial {
			require = unlessTrial(require)
		}
		chain = append(chain, require)
	}
	if r.before != nil {
		chain = append(chain, r.before(s)...)
	}
	switch r.Cost {
	case CostBulk:
		chain = append(chain, boundedWork)
	case CostOpen:
		chain = append(chain, s.opened)
	case CostFollow:
		chain = append(chain, followed)
	}
	return chain
}

// unlessTrial lets a dry run pass that comes without a token; one that comes
// with a token needs the role, as the real run would.
func unlessTrial(require func(huma.Context, func(huma.Context))) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if ctx.Query("dryRun") == "true" && ctx.Header("Authorization") == "" && identityOf(ctx.Context()).Actor == "" {
			next(huma.WithContext(ctx, WithIdentity(ctx.Context(), auth.Identity{Actor: trialActor})))
			return
		}
		require(ctx, next)
	}
}

// trialActor stands for anyone who tries a command without a token. It never
// stands in the ledger.
const trialActor = "anyone"

// bulkTime ends work of CostBulk.
const bulkTime = 5 * time.Minute

// boundedWork returns a request more time than others, and an end.
func boundedWork(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(bulkTime)) // a caller in this process has none
	bounded, cancel := context.WithTimeout(ctx.Context(), bulkTime)
	defer cancel()
	next(huma.WithContext(ctx, bounded))
}

// followed lifts the limit of time of what lasts as long as its reader stays, which
// is bounded write by write.
func followed(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a caller in this process has none
	next(ctx)
}

const (
	openAtOnce = 8 // answers of CostOpen
	openEach   = 2 // of one address

	// pieceTime is how long a reader of CostOpen may take for one piece: the limit
	// of time moves with what it has read.
	pieceTime = 30 * time.Second
	pieceSize = 64 << 10
)

// opened bounds how many long answers are written at once, and cuts off a reader
// that does not read.
func (s *API) opened(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	leave, err := s.open.Enter(r.Context(), r.RemoteAddr, gate.View)
	if err != nil {
		p := problem.Unavailable("as many long answers as may be are being written, in all or to this address")
		p.RetryAfter = "10"
		problem.Write(w, p)
		return
	}
	defer leave()
	next(humago.NewContext(ctx.Operation(), r.WithContext(ctx.Context()), &moving{ResponseWriter: w, conn: http.NewResponseController(w)}))
}

// moving is an answer whose limit of time moves with its reader.
type moving struct {
	http.ResponseWriter
	conn *http.ResponseController
}

func (m *moving) Write(p []byte) (written int, err error) {
	for len(p) > 0 && err == nil {
		var n int
		_ = m.conn.SetWriteDeadline(time.Now().Add(pieceTime)) // a caller in this process has none
		n, err = m.ResponseWriter.Write(p[:min(len(p), pieceSize)])
		written, p = written+n, p[n:]
	}
	return written, err
}

// Unwrap lets http.ResponseController reach the connection.
func (m *moving) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// output is an answer with a body.
type output[T any] struct{ Body T }

// body answers with a body: in JSON, and in CSV if it has a form as a table.
func body[I, T any](handler func(*API, context.Context, *I) (T, error)) handling {
	h := whole(func(s *API, ctx context.Context, in *I) (*output[T], error) {
		answer, err := handler(s, ctx, in)
		return &output[T]{answer}, err
	})
	if _, ok := any(*new(T)).(tabular); ok {
		h.media = append(h.media, MediaCSV)
		inner := h.register
		h.register = func(s *API, o huma.Operation) {
			tabled(&o)
			inner(s, o)
		}
	}
	return h
}

// whole answers with headers and status beside the body.
func whole[I, O any](handler func(*API, context.Context, *I) (*O, error)) handling {
	return handling{reflect.TypeFor[I](), []string{MediaJSON}, func(s *API, o huma.Operation) {
		huma.Register(s.api, o, func(ctx context.Context, in *I) (*O, error) {
			out, err := handler(s, ctx, in)
			if err != nil {
				return nil, s.failed(o.OperationID, err)
			}
			return out, nil
		})
	}}
}

// streamed answers with what the handler returns to write the answer with, in
// forms of its own.
func streamed[I any](handler func(*API, context.Context, *I) (func(huma.Context), error), responses func(huma.Registry) map[string]*huma.Response, media ...string) handling {
	return handling{reflect.TypeFor[I](), media, func(s *API, o huma.Operation) {
		o.Responses = responses(s.api.OpenAPI().Components.Schemas)
		huma.Register(s.api, o, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			write, err := handler(s, ctx, in)
			if err != nil {
				return nil, s.failed(o.OperationID, err)
			}
			return &huma.StreamResponse{Body: write}, nil
		})
	}}
}

// inForm describes an answer in one form.
func inForm(description, media string, schema func(huma.Registry) *huma.Schema) func(huma.Registry) map[string]*huma.Response {
	return func(schemas huma.Registry) map[string]*huma.Response {
		content := &huma.MediaType{}
		if schema != nil {
			content.Schema = schema(schemas)
		}
		return map[string]*huma.Response{"200": {Description: description, Content: map[string]*huma.MediaType{media: content}}}
	}
}

// document is an answer that has one form of its own. It is written with the
// base of the links that it carries and with its own address.
type document struct {
	write func(base, self string) ([]byte, error)
	next  string // cursor of the page that follows; empty on the last one
}

// written answers with a document.
func written[I any](handler func(*API, context.Context, *I) (document, error), media string, schema func(huma.Registry) *huma.Schema) handling {
	return streamed(func(s *API, ctx context.Context, in *I) (func(huma.Context), error) {
		d, err := handler(s, ctx, in)
		return func(ctx huma.Context) { s.writeDocument(ctx, d, media) }, err
	}, inForm("OK", media, schema), media)
}

func (s *API) writeDocument(ctx huma.Context, d document, media string) {
	r, w := humago.Unwrap(ctx)
	base := s.Base(r)
	body, err := d.write(base, base+addressOf(r.URL))
	if err != nil {
		s.Logger.Error("request failed", "operation", ctx.Operation().OperationID, "cause", err)
		problem.Write(w, problem.Defect())
		return
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	leadOn(w.Header(), *r.URL, d.next)
	_, _ = w.Write(body) // into memory
}

// order is a command with how it is to be carried out.
type order struct {
	WriteInput
	command domain.Command
}

// command carries out the command that the handler makes of the input.
func command[I any](handler func(*API, *I) (order, error)) handling {
	return whole(func(s *API, ctx context.Context, in *I) (*writeOutput, error) {
		o, err := handler(s, in)
		if err != nil {
			return nil, err
		}
		return s.carryOut(ctx, o)
	})
}

func (s *API) carryOut(ctx context.Context, o order) (out *writeOutput, err error) {
	w := commands.Actor{Identity: identityOf(ctx), ID: o.Idempotency}
	out = &writeOutput{Status: http.StatusOK}
	if o.DryRun {
		out.Body, err = s.Secretariat.Preview(w, o.command)
		return out, err
	}
	out.Body, err = s.Secretariat.Carry(ctx, w, o.command)
	switch {
	case err != nil:
	case out.Body.Proposal != "":
		out.Status, out.Location = http.StatusAccepted, Address("getProposal", "proposal", out.Body.Proposal)
	default:
		out.Location = Address("getCommit", "position", fmt.Sprint(out.Body.Position))
		if !out.Body.Repeated {
			out.Status = http.StatusCreated
		}
	}
	return out, err
}

func anyOf(roles ...auth.Role) []auth.Role { return roles }
