package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/problem"
	"depositary/eventstore"
)

// Readiness reports what the node can do now, and how far it is.
type Readiness struct {
	Ready    bool    `json:"ready" doc:"Whether it serves what was asked for: reading, writing, or both"`
	Why      string  `json:"why,omitempty"`
	Reading  Ability `json:"reading"`
	Writing  Ability `json:"writing"`
	Warnings []Fault `json:"warnings,omitempty" doc:"What keeps it from neither, and an operator should look at"`
	Position uint64  `json:"position" doc:"Position of the views"`
	Lag      uint64  `json:"lag" doc:"Commits that the views are behind what the ledger delivered"`
	Version  string  `json:"version"`
}

// Ability reports whether the node can do something, and what keeps it from it.
type Ability struct {
	Ready  bool    `json:"ready"`
	Faults []Fault `json:"faults,omitempty" doc:"What keeps the node from it, the oldest first"`
}

// Fault is a part of the node that does not do what it should.
type Fault struct {
	Part   string    `json:"part" doc:"node, disk, stream, store, views, ledger or calendar"`
	Since  time.Time `json:"since"`
	Why    string    `json:"why"`
	Action string    `json:"action" doc:"What the operator does"`

	Reading bool `json:"-"` // it keeps the node from reading
	Writing bool `json:"-"` // it keeps the node from writing
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

type readinessInput struct {
	For string `query:"for" enum:"reading,writing" doc:"What the node is to be ready for; both where it is not given"`
}

type readinessOutput struct {
	Status int
	Body   Readiness
}

func (s *API) readiness(_ context.Context, in *readinessInput) (*readinessOutput, error) {
	var faults []Fault
	if s.Faults != nil {
		faults = s.Faults()
	}
	r := Readiness{Position: uint64(s.Projection.Current().Position), Lag: s.Lag(), Version: s.Version,
		Reading: ability(faults, func(f Fault) bool { return f.Reading }), Writing: ability(faults, func(f Fault) bool { return f.Writing })}
	for _, f := range faults {
		if !f.Reading && !f.Writing {
			r.Warnings = append(r.Warnings, f)
		}
	}
	r.Ready = (r.Reading.Ready || in.For == "writing") && (r.Writing.Ready || in.For == "reading")
	if r.Ready {
		return &readinessOutput{http.StatusOK, r}, nil
	}
	missing := r.Reading.Faults
	if len(missing) == 0 || in.For == "writing" {
		missing = r.Writing.Faults
	}
	r.Why = missing[0].Why
	return &readinessOutput{http.StatusServiceUnavailable, r}, nil
}

func ability(all []Fault, of func(Fault) bool) Ability {
	a := Ability{Ready: true}
	for _, f := range all {
		if of(f) {
			a.Ready, a.Faults = false, append(a.Faults, f)
		}
	}
	return a
}
