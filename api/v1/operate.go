package v1

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/auth"
	"depositary/api/problem"
	"depositary/eventstore"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// Readiness reports whether the node serves, and how far it is.
type Readiness struct {
	Ready    bool   `json:"ready"`
	Why      string `json:"why,omitempty"`
	Position uint64 `json:"position" doc:"Position of the views"`
	Lag      uint64 `json:"lag" doc:"Commits that the views are behind what the ledger delivered"`
	Version  string `json:"version"`
}

func (s *API) routesOperate() {
	operation := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{"Operation"}}
	}
	huma.Register(s.api, operation(http.MethodGet, "/healthz", "health", "Whether the process is alive"),
		func(context.Context, *struct{}) (*struct {
			Body struct {
				Alive bool `json:"alive"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Alive bool `json:"alive"`
				}
			}{}
			out.Body.Alive = true
			return out, nil
		})
	huma.Register(s.api, operation(http.MethodGet, "/readyz", "readiness", "Whether the node serves reads and writes, its position and lag"),
		func(context.Context, *struct{}) (*struct {
			Status int
			Body   Readiness
		}, error) {
			out := &struct {
				Status int
				Body   Readiness
			}{Status: http.StatusOK, Body: Readiness{Ready: true, Position: uint64(s.Projection.Current().Position), Lag: s.Lag(), Version: s.Version}}
			if s.Ready() != nil {
				out.Status, out.Body.Ready, out.Body.Why = http.StatusServiceUnavailable, false, "the node has failed and cannot go on; its log tells why"
			}
			return out, nil
		})
	alsoAnswers(s.api.OpenAPI().Paths["/readyz"].Get, "200", "503", "The node is not ready")

	verification := operation(http.MethodPost, "/v1/operate/verification", "verify", "Check chain, indexes, views and stream")
	verification.Errors = []int{401, 403, 406, 409, 429, 503}
	verification.Security = []map[string][]string{{"token": {string(auth.Operate)}}}
	verification.Middlewares = huma.Middlewares{s.require(auth.Operate), withoutDeadline}
	huma.Register(s.api, verification, s.verify)

	backup := operation(http.MethodGet, "/v1/operate/backup", "backup", "A consistent copy of the store")
	backup.Errors = []int{401, 403, 406, 429}
	backup.Security, backup.Middlewares = verification.Security, verification.Middlewares
	backup.Responses = map[string]*huma.Response{"200": {Description: "The copy", Content: map[string]*huma.MediaType{"application/octet-stream": {}}}}
	huma.Register(s.api, backup, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: s.backup}, nil
	})

}

// withoutDeadline lifts the limit of time of what takes as long as the ledger is.
func withoutDeadline(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a caller in this process has none
	next(ctx)
}

func (s *API) verify(ctx context.Context, _ *struct{}) (*output[eventstore.Verification], error) {
	v, err := s.Verify(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, s.failed("verify", ctx.Err())
		}
		s.Logger.Error("verification failed", "cause", err)
		return nil, problem.New(http.StatusConflict, "verification", err.Error())
	}
	return &output[eventstore.Verification]{v}, nil
}

func (s *API) backup(ctx huma.Context) {
	r, w := humago.Unwrap(ctx)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="depositary-%d.bolt"`, s.Projection.Current().Position))
	if r.Method == http.MethodHead {
		return // a copy of everything would be made in vain
	}
	if _, err := s.Backup(w); err != nil {
		s.Logger.Error("backup failed", "cause", err)
		panic(http.ErrAbortHandler) // the client must not take half a copy for a whole one
	}
}
