package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/imports"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/model"
)

// Two persons. What one proposes lies in a bucket that the nodes share until
// another approves or rejects it, and stays there as it was decided. The command
// that is recorded has an id made of the proposal's: approving again, after a
// crash or by a third person, records nothing twice.

// ProposalKind says what is proposed.
type ProposalKind string

// The kinds of proposals.
const (
	RecordProposal     ProposalKind = "record"
	CorrectionProposal ProposalKind = "correction"
	AnnulmentProposal  ProposalKind = "annulment"
	CoverageProposal   ProposalKind = "coverage"
	DefinitionProposal ProposalKind = "definition"
	ImportProposal     ProposalKind = "import"
	CatalogueProposal  ProposalKind = "catalogue"
	TokenProposal      ProposalKind = "token"
	NodeProposal       ProposalKind = "node"
	WithdrawalProposal ProposalKind = "withdrawal" // of a document's bytes

	ArrivalProposal      ProposalKind = "arrival"
	OutcomeProposal      ProposalKind = "arrival decision"
	NotificationProposal ProposalKind = "notification"
	TemplateProposal     ProposalKind = "template"
)

// ProposalState says where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	Open      ProposalState = "open"
	Approving ProposalState = "approving" // approved, and being recorded
	Approved  ProposalState = "approved"
	Rejected  ProposalState = "rejected"
)

// Proposal is a command that waits for a second person, or was decided by one.
type Proposal struct {
	ID          string               `json:"id"`
	Kind        ProposalKind         `json:"kind" enum:"record,correction,annulment,coverage,definition,import,catalogue,token,node,withdrawal,arrival,arrival decision,notification,template"`
	Role        auth.Role            `json:"role" doc:"The role that it takes to approve it"`
	Treaty      domain.TreatyID      `json:"treaty,omitempty"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Proposer    string               `json:"proposer"`
	Proposed    time.Time            `json:"proposed"`
	State       ProposalState        `json:"state" enum:"open,approving,approved,rejected"`
	Decider     string               `json:"decider,omitempty"`
	ProposerAs  string               `json:"proposerAs,omitempty" doc:"Name that stands in the ledger for the proposer, where it is another"`
	DeciderAs   string               `json:"deciderAs,omitempty" doc:"Name that stands in the ledger for the decider, where it is another"`
	Decided     time.Time            `json:"decided,omitzero"`
	Why         string               `json:"why,omitempty" doc:"Why it was rejected"`
	Positions   []uint64             `json:"positions,omitempty" doc:"The commits made of it"`

	Actions    []model.Action           `json:"actions,omitempty" doc:"Of a record: the acts. Of a correction: the act as it is right"`
	Record     domain.RecordID          `json:"record,omitzero" doc:"Of a correction and an annulment"`
	Coverage   *model.CoverageStatement `json:"coverage,omitempty" doc:"Of a statement of coverage; record names the one that it corrects"`
	Definition *model.Define            `json:"definition,omitempty"`
	File       *File                    `json:"file,omitempty" doc:"Of an import"`
	Document   string                   `json:"document,omitempty" doc:"Of an import: digest of the file. Of the catalogue: digest of what its tables would change. Of a withdrawal: digest of the document"`
	Token      *TokenView               `json:"token,omitempty" doc:"Of a token: the token that would be valid"`
	Node       *NodeChange              `json:"node,omitempty" doc:"Of a node: which may record, or may no more"`
	Arrival    *model.Arrival           `json:"arrival,omitempty" doc:"What arrived and would be registered"`
	Of         domain.RecordID          `json:"of,omitzero" doc:"Of a decision on an arrival, and of acts that are made of one: the arrival"`
	Outcome    domain.Outcome           `json:"outcome,omitempty" doc:"Of a decision on an arrival"`

	Notification *model.DepositaryNotification `json:"notification,omitempty" doc:"What would be issued"`
	Template     *model.NotificationTemplate   `json:"template,omitempty" doc:"From what notifications would be drafted"`

	Reason string `json:"reason,omitempty"`
	Seen   uint64 `json:"seen,omitempty" doc:"Revision of the treaty that the proposer had seen"`

	Makers []auth.Maker `json:"makers,omitempty" doc:"Who made the token of the proposer, directly and through others"`
	Digest string       `json:"digest" doc:"Of everything that is proposed; who approves names it, so that what is approved is what was shown"`

	Answer    string `json:"-"` // to who proposed it: the same id has the same answer
	tokenHash string // of a token
	revision  uint64
}

// NodeChange lets a node record, or record no more.
type NodeChange struct {
	Key     domain.NodeKey `json:"key"`
	Name    string         `json:"name,omitempty"`
	Revoked bool           `json:"revoked,omitempty"`
}

// command returns the change as it is recorded.
func (c NodeChange) command(reason string) domain.Command {
	if c.Revoked {
		return &domain.RevokeNode{Key: c.Key, Reason: reason}
	}
	return &domain.AddNode{Key: c.Key, Name: c.Name, Reason: reason}
}

const proposalPrefix = "proposal:"

// Errors of deciding on a proposal.
var (
	ErrNoProposal = errors.New("there is no such proposal")
	ErrDecided    = errors.New("the proposal was decided before")
	ErrNotShown   = errors.New("the proposal is not the one that was shown: its digest is another")
)

// Command returns what would be recorded; nil of an import and of the catalogue.
func (p *Proposal) Command() domain.Command {
	switch p.Kind {
	case RecordProposal:
		return &domain.RecordActions{Treaty: p.Treaty, Actions: model.ToActions(p.Actions), Reason: p.Reason, Seen: p.Seen, Arrival: p.Of}
	case CorrectionProposal:
		return &domain.CorrectAction{Treaty: p.Treaty, Record: p.Record, Action: p.Actions[0].ToDomain(), Reason: p.Reason, Seen: p.Seen}
	case AnnulmentProposal:
		return &domain.AnnulRecord{Treaty: p.Treaty, Record: p.Record, Reason: p.Reason, Seen: p.Seen}
	case CoverageProposal:
		return &domain.StateCoverage{Treaty: p.Treaty, Coverage: p.Coverage.ToDomain(), Corrects: p.Record, Reason: p.Reason, Seen: p.Seen}
	case DefinitionProposal:
		define := p.Definition.ToDomain()
		define.Seen = p.Seen
		return &define
	case NodeProposal:
		return p.Node.command(p.Reason)
	case ArrivalProposal:
		return &domain.RegisterArrival{Treaty: p.Treaty, Arrival: p.Arrival.ToDomain()}
	case OutcomeProposal:
		return &domain.DecideArrival{Treaty: p.Treaty, Arrival: p.Of, Outcome: p.Outcome, Reason: p.Reason}
	case NotificationProposal:
		return &domain.IssueNotification{Treaty: p.Treaty, Notification: p.Notification.ToDomain(), Seen: p.Seen}
	case TemplateProposal:
		return &domain.DefineTemplate{Template: p.Template.ToDomain(), Reason: p.Reason}
	}
	return nil
}

// proposalOf returns the proposal of a command.
func proposalOf(command domain.Command) (p Proposal) {
	p.Role = auth.Record
	p.Treaty, p.Participant = domain.Subject(command)
	switch c := command.(type) {
	case *domain.RecordActions:
		p.Kind, p.Actions, p.Reason, p.Seen = RecordProposal, model.FromActions(c.Actions), c.Reason, c.Seen
		p.Of = c.Arrival
	case *domain.CorrectAction:
		p.Kind, p.Actions, p.Record, p.Reason, p.Seen = CorrectionProposal, []model.Action{model.FromAction(c.Action)}, c.Record, c.Reason, c.Seen
	case *domain.AnnulRecord:
		p.Kind, p.Record, p.Reason, p.Seen = AnnulmentProposal, c.Record, c.Reason, c.Seen
	case *domain.RecordTable: // of the catalogue, which is proposed as a whole
		p.Kind, p.Actions, p.Reason, p.Seen = CatalogueProposal, model.FromActions(c.Actions), c.Reason, c.Seen
		if c.Coverage != nil {
			coverage := model.FromCoverage(*c.Coverage)
			p.Coverage = &coverage
		}
	case *domain.StateCoverage:
		coverage := model.FromCoverage(c.Coverage)
		p.Kind, p.Coverage, p.Record, p.Reason, p.Seen = CoverageProposal, &coverage, c.Corrects, c.Reason, c.Seen
	case *domain.Define:
		definition := model.FromDefine(*c)
		p.Kind, p.Role, p.Definition, p.Reason, p.Seen = DefinitionProposal, auth.Define, &definition, c.Reason, c.Seen
	case *domain.RegisterArrival:
		arrival := model.FromArrival(c.Arrival)
		p.Kind, p.Arrival = ArrivalProposal, &arrival
	case *domain.DecideArrival:
		p.Kind, p.Of, p.Outcome, p.Reason = OutcomeProposal, c.Arrival, c.Outcome, c.Reason
	case *domain.IssueNotification:
		notification := model.FromNotification(c.Notification)
		p.Kind, p.Notification, p.Seen = NotificationProposal, &notification, c.Seen
	case *domain.DefineTemplate:
		template := model.FromTemplate(c.Template)
		p.Kind, p.Template, p.Reason = TemplateProposal, &template, c.Reason
	case *domain.AddNode:
		p.Kind, p.Role, p.Node, p.Reason = NodeProposal, auth.Operate, &NodeChange{Key: c.Key, Name: c.Name}, c.Reason
	case *domain.RevokeNode:
		p.Kind, p.Role, p.Node, p.Reason = NodeProposal, auth.Operate, &NodeChange{Key: c.Key, Revoked: true}, c.Reason
	}
	return p
}

// keepProposal keeps a new proposal and returns its id. The same command under the
// same id is one proposal.
func (s *Secretariat) keepProposal(ctx context.Context, who Actor, p Proposal) (string, error) {
	p.Proposer, p.ProposerAs, p.Makers, p.Proposed, p.State = who.Actor, who.Public, who.Makers, s.Now().UTC().Truncate(time.Second), Open
	if p.ID == "" {
		p.ID = proposalID(who.ID)
	}
	err := s.putProposal(ctx, &p)
	if errors.Is(err, eventstore.ErrRevision) {
		_, err := s.sameProposal(ctx, p)
		return p.ID, err
	}
	if err != nil {
		return p.ID, err
	}
	return p.ID, s.Audit.Write(ctx, audit.Entry{Actor: who.Actor, Kind: audit.Proposed, Subject: p.ID, Token: who.Token, Detail: p.describe()})
}

// describe says in a few words what is proposed.
func (p *Proposal) describe() string {
	text := string(p.Kind)
	for _, part := range []string{string(p.Treaty), string(p.Participant)} {
		if part != "" {
			text += " " + part
		}
	}
	if p.Token != nil {
		text += " " + p.Token.describe()
	}
	return text
}

// proposalID makes of the id of a command one that can be a key of the bucket.
func proposalID(command string) string {
	if command != "" && eventstore.CheckKey(command) == nil && !strings.Contains(command, ".") {
		return command
	}
	return newID()
}

// sameProposal returns the proposal that has the id, if it is this one; false where
// there is none, and a *projections.InputError where it is another.
func (s *Secretariat) sameProposal(ctx context.Context, p Proposal) (bool, error) {
	held, err := s.Proposal(ctx, p.ID)
	if errors.Is(err, ErrNoProposal) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.Proposed = held.Proposed
	if p.digest() != held.Digest {
		return true, &projections.InputError{Field: "Idempotency-Key", Reason: "another proposal has this id", Accepted: "a new key"}
	}
	return true, nil
}

func (s *Secretariat) putProposal(ctx context.Context, p *Proposal) error {
	data, err := json.Marshal(p.kept())
	if err != nil {
		return err
	}
	p.revision, err = s.Proposals.Put(ctx, p.ID, data, p.revision)
	return err
}

// Proposal returns one; ErrNoProposal where there is none.
func (s *Secretariat) Proposal(ctx context.Context, id string) (p Proposal, err error) {
	if eventstore.CheckKey(id) != nil {
		return p, ErrNoProposal
	}
	value, err := s.Proposals.Get(ctx, id)
	if errors.Is(err, eventstore.ErrNoValue) {
		return p, ErrNoProposal
	}
	if err != nil {
		return p, err
	}
	return parseProposal(value)
}

func parseProposal(value eventstore.Value) (p Proposal, err error) {
	var kept keptProposal
	if err := json.Unmarshal(value.Data, &kept); err != nil {
		return p, fmt.Errorf("proposal %s: %w", value.Key, err)
	}
	p = kept.proposal()
	p.revision, p.Digest = value.Revision, p.digest()
	return p, nil
}

// ListProposals returns all proposals, those that wait first, and the latest first.
func (s *Secretariat) ListProposals(ctx context.Context) ([]Proposal, error) {
	values, err := s.Proposals.List(ctx, "")
	if err != nil {
		return nil, err
	}
	all := make([]Proposal, 0, len(values))
	for _, value := range values {
		p, err := parseProposal(value)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Proposal) int {
		if a.waits() != b.waits() {
			if a.waits() {
				return -1
			}
			return 1
		}
		return b.Proposed.Compare(a.Proposed)
	})
	return all, nil
}

func (p *Proposal) waits() bool { return p.State == Open || p.State == Approving }

// known reports whether an error leaves no doubt that nothing was recorded.
func known(err error) bool {
	var decision *recorder.DecisionError
	var input *projections.InputError
	var file *imports.FileError
	var role *RoleError
	var not *recorder.NotRecordedError
	return errors.As(err, &not) || errors.As(err, &role) || errors.As(err, &decision) || errors.As(err, &input) || errors.As(err, &file) || errors.Is(err, recorder.ErrClosed) || errors.Is(err, ErrNoDocument)
}
