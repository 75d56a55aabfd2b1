// Package commands carries out what those ask for who may write: it says
// what a command would have as its effects and who would be notified, records it,
// takes in files, keeps the documents that prove an act, and, where it takes
// two persons, keeps what one proposes until another approves.
//
// Invariants:
//
//   - there is no other way from the door to the recorder: the API and the desk
//     ask for the same by the same functions;
//   - a preview decides by the law at that moment and leaves nothing behind;
//   - with FourEyes nothing is recorded but what another than its proposer has
//     approved, and the commit names both;
//   - a document that an act names is held, under its digest, before the act is
//     recorded.
package commands

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/effects"
	"depositary/projections/model"
	"depositary/projections/notices"
)

// Options of a secretariat. All are required but FourEyes.
type Options struct {
	Projection *projections.Projection
	Recorder   *recorder.Recorder
	Notices    *notices.Source   // for the notices that a dry run foresees
	Documents  eventstore.Bucket // shared by all nodes
	Proposals  eventstore.Bucket // shared by all nodes
	Tokens     *auth.File
	Audit      *audit.Log // who made, revoked and approved what
	FourEyes   bool       // record nothing that a second person has not approved
	Now        func() time.Time
	Logger     *slog.Logger
}

// Secretariat is the way to the recorder. It is safe for concurrent use.
type Secretariat struct {
	Options
	swept atomic.Int64 // when documents were, in seconds since 1970
}

// New returns a secretariat.
func New(o Options) *Secretariat { return &Secretariat{Options: o} }

// Actor is who sends a command, and under which id.
type Actor struct {
	auth.Identity
	ID       string // of the command; a new one where empty
	approver string // who approved it; set by Approve alone
}

// Receipt is the answer to a command: where it stands in the ledger, and what
// follows in law. The answer to a dry run is the same without the place.
type Receipt struct {
	DryRun   bool                `json:"dryRun,omitempty" doc:"Nothing was recorded"`
	Proposal string              `json:"proposal,omitempty" doc:"Id of the proposal that this is, for another to approve; nothing was recorded yet"`
	Repeated bool                `json:"repeated,omitempty" doc:"The command had been recorded before; this is its first place"`
	Position eventstore.Position `json:"position,omitempty"`
	Hash     *eventstore.Hash    `json:"hash,omitempty"`
	Command  string              `json:"command"`
	Recorded *time.Time          `json:"recorded,omitempty"`
	Records  []domain.RecordID   `json:"records,omitempty" doc:"Ids of the records made, in the order of the command"`
	Events   int                 `json:"events" doc:"How many events the command makes"`
	Queries  []model.Finding     `json:"queries,omitempty" doc:"What was unusual and passed with the reason"`
	Effects  effects.Effects     `json:"effects" doc:"What follows in law"`
	Notices  []notices.Notice    `json:"notices,omitempty" doc:"Of a dry run: the notices that would follow"`
}

// Preview decides the command as it would be recorded now, and records nothing.
// It returns a *recorder.DecisionError where the law does not let it pass.
func (s *Secretariat) Preview(who Actor, command domain.Command) (Receipt, error) {
	request, err := s.request(&who, command)
	if err != nil {
		return Receipt{}, err
	}
	views := s.Projection.Current()
	after, made, err := s.Recorder.Try(request)
	if err != nil {
		return Receipt{}, err
	}
	r := s.receipt(request, made, after)
	r.DryRun = true
	if !made.Repeated && made.Entries[0].ID.Position == uint64(views.Position)+1 {
		r.Notices = s.Notices.Foreseen(views, after, made.Entries, s.Now())
	}
	return r, nil
}

// Seen says in a command up to which revision of the treaty its writer has seen
// it: it is refused, if somebody has recorded about the treaty since.
func Seen(command domain.Command, revision uint64) {
	switch c := command.(type) {
	case *domain.RecordActions:
		c.Seen = revision
	case *domain.CorrectAction:
		c.Seen = revision
	case *domain.AnnulRecord:
		c.Seen = revision
	case *domain.RecordTable:
		c.Seen = revision
	case *domain.StateCoverage:
		c.Seen = revision
	case *domain.IssueNotification:
		c.Seen = revision
	case *domain.Define:
		if c.Treaty != nil { // what is registered for all treaties has no revision
			c.Seen = revision
		}
	}
}

// Carry records the command, or proposes it where it takes two persons. It
// returns the errors of recorder.Record, and *projections.InputError for an id
// or a document that cannot be.
func (s *Secretariat) Carry(ctx context.Context, who Actor, command domain.Command) (Receipt, error) {
	return carry(ctx, s, who, task[Receipt]{
		perform: func() (Receipt, error) { return s.record(ctx, who, command) },
		preview: func() (Receipt, error) { return s.Preview(who, command) },
		propose: func(Receipt) (*Proposal, error) {
			p := proposalOf(command)
			return &p, s.keepDocuments(ctx, command)
		},
		same: func(held *Proposal) bool {
			p := proposalOf(command)
			return sameContent(&p, held)
		},
		waiting: func(r Receipt, id string) Receipt {
			r.DryRun, r.Proposal = false, id
			return r
		},
	})
}

// record records the command, whatever it takes.
func (s *Secretariat) record(ctx context.Context, who Actor, command domain.Command) (Receipt, error) {
	request, err := s.request(&who, command)
	if err != nil {
		return Receipt{}, err
	}
	if err := s.keepDocuments(ctx, command); err != nil {
		return Receipt{}, err
	}
	made, err := s.Recorder.Record(ctx, request)
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(request, made, s.Projection.Current().State), nil
}

// request completes who writes by an id and checks it.
func (s *Secretariat) request(who *Actor, command domain.Command) (recorder.Request, error) {
	who.ID = cmp.Or(who.ID, newID())
	if who.approver == "" {
		if err := CheckKey(who.ID); err != nil {
			return recorder.Request{}, err
		}
	}
	return recorder.Request{ID: who.ID, Actor: who.Named(), Approver: who.approver, Command: command}, nil
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// receipt answers with the effects of this command, whatever others have
// recorded meanwhile.
func (s *Secretariat) receipt(request recorder.Request, made recorder.Receipt, after *domain.State) Receipt {
	treaty, _ := domain.Subject(request.Command)
	r := Receipt{Repeated: made.Repeated, Command: request.ID, Events: len(made.Entries), Queries: model.FromFindings(made.Queries),
		Effects: effects.EffectsOf(after, treaty, made.Entries, s.Recorder.Today())}
	if made.Commit.Position == 0 {
		return r
	}
	hash, recorded := made.Commit.Hash(), made.Commit.Recorded
	for _, e := range made.Entries {
		r.Records = append(r.Records, e.ID)
	}
	r.Position, r.Hash, r.Recorded = made.Commit.Position, &hash, &recorded
	return r
}

// ownIDs begin the ids of the commands that nodes make themselves. A caller
// who took the id of a coming day would keep that day from beginning.
var ownIDs = []string{"day:", "catalogue:", recorder.NodePrefix, proposalPrefix}

// CheckKey says why a key cannot be the id of a command.
func CheckKey(key string) error {
	if !eventstore.Plain(key) {
		return &projections.InputError{Field: "Idempotency-Key", Reason: "the key cannot stand in the ledger", Accepted: "1 to 128 printable ASCII characters without blank, quote and backslash"}
	}
	for _, own := range ownIDs {
		if strings.HasPrefix(key, own) {
			return &projections.InputError{Field: "Idempotency-Key", Reason: fmt.Sprintf("ids that begin with %q are those of the depositary itself", own), Accepted: "another key"}
		}
	}
	return nil
}

// RoleError says that a token does not allow what is asked for.
type RoleError struct {
	Actor  string
	What   string // what is asked for, as the rest of a sentence that begins with it
	Wanted string // the token that would allow it
}

func (e *RoleError) Error() string {
	return fmt.Sprintf("%s, which the token of %s does not allow", e.What, e.Actor)
}
