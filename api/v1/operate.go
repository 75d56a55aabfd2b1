package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/problem"
	"depositary/eventstore"
)

// Readiness reports whether the node serves, and how far it is.
type Readiness struct {
	Ready    bool   `json:"ready" doc:"Whether reads are served"`
	Writes   bool   `json:"writes" doc:"Whether anything can be recorded"`
	Why      string `json:"why,omitempty" doc:"Why one of the two is not"`
	Position uint64 `json:"position" doc:"Position of the views"`
	Lag      uint64 `json:"lag" doc:"Commits that the views are behind what the ledger delivered"`
	Version  string `json:"version"`
}

func (s *API) verify(ctx context.Context, _ *struct{}) (v eventstore.Verification, err error) {
	if v, err = s.Verify(ctx); err == nil || ctx.Err() != nil {
		return v, cmp.Or(ctx.Err(), err)
	}
	s.Logger.Error("verification failed", "cause", err)
	return v, problem.New(http.StatusConflict, "verification", err.Error())
}

func (s *API) backup(context.Context, *struct{}) (func(huma.Context), error) {
	return s.writeBackup, nil
}

func (s *API) writeBackup(ctx huma.Context) {
	r, w := humago.Unwrap(ctx)
	w.Header().Set("Content-Type", MediaBytes)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="depositary-%d.bolt"`, s.Projection.Current().Position))
	if r.Method == http.MethodHead {
		return // a copy of everything would be made in vain
	}
	if _, err := s.Backup(w); err != nil {
		s.Logger.Error("backup failed", "cause", err)
		panic(http.ErrAbortHandler) // the client must not take half a copy for a whole one
	}
}

type healthResponse struct {
	Alive bool `json:"alive"`
}

func (s *API) health(context.Context, *struct{}) (healthResponse, error) {
	return healthResponse{true}, nil
}

type readinessOutput struct {
	Status int
	Body   Readiness
}

func (s *API) readiness(context.Context, *struct{}) (*readinessOutput, error) {
	out := &readinessOutput{http.StatusOK, Readiness{Ready: true, Writes: true, Position: uint64(s.Projection.Current().Position), Lag: s.Lag(), Version: s.Version}}
	if s.ReadOnly != nil {
		if err := s.ReadOnly(); err != nil {
			out.Body.Writes, out.Body.Why = false, err.Error()
		}
	}
	if s.Ready() != nil {
		out.Status, out.Body.Ready, out.Body.Writes, out.Body.Why = http.StatusServiceUnavailable, false, false, "the node has failed and cannot go on; see its log"
	}
	return out, nil
}
