package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	Kind        ProposalKind         `json:"kind" enum:"record,correction,annulment,coverage,definition,import,catalogue,token,node"`
	Role        auth.Role            `json:"role" doc:"The role that it takes to approve it"`
	Treaty      domain.TreatyID      `json:"treaty,omitempty"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Proposer    string               `json:"proposer"`
	Proposed    time.Time            `json:"proposed"`
	State       ProposalState        `json:"state" enum:"open,approving,approved,rejected"`
	Decider     string               `json:"decider,omitempty"`
	Decided     time.Time            `json:"decided,omitzero"`
	Why         string               `json:"why,omitempty" doc:"Why it was rejected"`
	Positions   []uint64             `json:"positions,omitempty" doc:"The commits made of it"`

	Actions    []model.Action           `json:"actions,omitempty" doc:"Of a record: the acts. Of a correction: the act as it is right"`
	Record     domain.RecordID          `json:"record,omitzero" doc:"Of a correction and an annulment"`
	Coverage   *model.CoverageStatement `json:"coverage,omitempty" doc:"Of a statement of coverage; record names the one that it corrects"`
	Definition *model.Define            `json:"definition,omitempty"`
	File       *File                    `json:"file,omitempty" doc:"Of an import"`
	Document   string                   `json:"document,omitempty" doc:"Of an import: digest of the file. Of the catalogue: digest of what its tables would change"`
	Token      *TokenView               `json:"token,omitempty" doc:"Of a token: the token that would be valid"`
	Node       *NodeChange              `json:"node,omitempty" doc:"Of a node: which may record, or may no more"`
	Reason     string                   `json:"reason,omitempty"`
	Seen       uint64                   `json:"seen,omitempty" doc:"Revision of the treaty that the proposer had seen"`

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
		return &domain.RecordActions{Treaty: p.Treaty, Actions: model.ToActions(p.Actions), Reason: p.Reason, Seen: p.Seen}
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
	p.Proposer, p.Makers, p.Proposed, p.State = who.Actor, who.Makers, s.Now().UTC().Truncate(time.Second), Open
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

// Approval says what came of approving: the receipt of a command, the report of
// a file, or that of the catalogue.
type Approval struct {
	Proposal  Proposal          `json:"proposal"`
	Fields    []Field           `json:"fields,omitempty" doc:"Of a preview: every field that would be recorded, beside what stands now"`
	Receipt   *Receipt          `json:"receipt,omitempty"`
	Report    *imports.Report   `json:"report,omitempty"`
	Catalogue *CatalogueReceipt `json:"catalogue,omitempty"`
}

// PreviewProposal says what approving would do now.
func (s *Secretariat) PreviewProposal(ctx context.Context, p Proposal, seen uint64) (Approval, error) {
	fields, err := s.Fields(p)
	if err != nil {
		return Approval{}, err
	}
	shown := p
	p.seen(seen)
	a, err := s.run(ctx, p, Actor{Identity: auth.Identity{Actor: p.Proposer, Roles: auth.Roles()}, approver: "nobody"}, true)
	a.Proposal, a.Fields = shown, fields
	return a, err
}

// seen replaces what the proposer had seen by what the approver sees: it is the
// approver who decides on the law as it stands.
func (p *Proposal) seen(revision uint64) {
	if revision > 0 {
		p.Seen = revision
	}
}

// Shown is what an approver had seen when approving.
type Shown struct {
	Digest   string // of the proposal
	Revision uint64 // of the treaty; 0 leaves the proposer's
}

// Approve records what was proposed, in the name of both. It returns
// ErrNoProposal, ErrDecided, ErrNotShown, *auth.RelatedError, *RoleError and the
// errors of recorder.Record, after which the proposal waits as before.
func (s *Secretariat) Approve(ctx context.Context, by auth.Identity, id string, seen Shown) (Approval, error) {
	p, err := s.toDecide(ctx, by, id)
	if err != nil {
		return Approval{}, err
	}
	if err := auth.Independent(p.proposerIdentity(), by); err != nil {
		return Approval{}, err
	}
	if seen.Digest == "" {
		return Approval{}, &projections.InputError{Field: "digest", Reason: "nothing says what was shown", Accepted: "the digest of the proposal, which its preview shows"}
	}
	if seen.Digest != p.Digest {
		return Approval{}, ErrNotShown
	}
	if err := s.unchangedTables(p); err != nil {
		return Approval{}, err
	}
	p.seen(seen.Revision)
	if p.State == Open { // from now on it cannot be rejected
		p.State, p.Decider, p.Decided = Approving, by.Actor, s.Now().UTC().Truncate(time.Second)
		if err := s.putProposal(ctx, &p); err != nil {
			return Approval{}, decidedMeanwhile(err)
		}
	}
	// Who approved first stands in the ledger, also where another goes on after a crash.
	// It takes the roles of who approves now: a file may ask for more than its proposal said.
	w := Actor{Identity: auth.Identity{Actor: p.Proposer, Roles: by.Roles}, approver: p.Decider}
	a, err := s.run(ctx, p, w, false)
	if err != nil {
		if known(err) { // nothing was recorded
			p.State, p.Decider, p.Decided = Open, "", time.Time{}
			err = errors.Join(err, s.putProposal(ctx, &p))
		}
		return Approval{}, err
	}
	p.State, p.Positions = Approved, a.positions()
	a.Proposal = p
	if err := s.putProposal(ctx, &p); err != nil && !errors.Is(err, eventstore.ErrRevision) {
		return a, err
	}
	return a, s.Audit.Write(ctx, audit.Entry{Actor: by.Actor, Kind: audit.Approved, Subject: p.ID, Token: by.Token, Detail: p.describe() + ", proposed by " + p.Proposer})
}

// proposerIdentity returns who proposed it, as far as it decides who may approve.
func (p *Proposal) proposerIdentity() auth.Identity {
	return auth.Identity{Actor: p.Proposer, Makers: p.Makers}
}

// unchangedTables refuses to adopt tables that would change something else than
// when it was proposed: with another release, or on another ledger.
func (s *Secretariat) unchangedTables(p Proposal) error {
	if p.Kind != CatalogueProposal || p.Document == "" || p.State != Open {
		return nil
	}
	r, err := s.foreseeCatalogue(p.Reason, true)
	if err != nil {
		return err
	}
	if digestOf(r.Changes) != p.Document {
		return &projections.InputError{Field: "proposal", Reason: "the bundled tables would change something else by now than what was proposed", Accepted: "rejecting it, and proposing it anew"}
	}
	return nil
}

func digestOf(value any) string {
	data, _ := json.Marshal(value) // of this program's own types
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// run carries out, or previews, what was proposed: here it has its second person.
func (s *Secretariat) run(ctx context.Context, p Proposal, who Actor, dryRun bool) (a Approval, err error) {
	a.Proposal = p
	who.ID = proposalPrefix + p.ID
	if !eventstore.Plain(who.ID) {
		return a, ErrNoProposal
	}
	switch p.Kind {
	case ImportProposal:
		a.Report, err = s.runImport(ctx, p, who, dryRun)
	case CatalogueProposal:
		a.Catalogue = new(CatalogueReceipt)
		if dryRun {
			*a.Catalogue, err = s.foreseeCatalogue(p.Reason, true)
		} else {
			*a.Catalogue, err = s.recordCatalogue(ctx, who, p.Reason)
		}
	case TokenProposal:
		if !dryRun {
			err = s.addToken(ctx, auth.Identity{Actor: p.Proposer}, p.authToken())
		}
	default:
		a.Receipt = new(Receipt)
		if dryRun {
			*a.Receipt, err = s.Preview(who, p.Command())
		} else {
			*a.Receipt, err = s.record(ctx, who, p.Command())
		}
	}
	return a, err
}

func (s *Secretariat) runImport(ctx context.Context, p Proposal, who Actor, dryRun bool) (*imports.Report, error) {
	_, data, err := s.Document(ctx, p.Document, true)
	if err != nil {
		return nil, err
	}
	t, err := s.taking(ctx, who, *p.File, data)
	if err != nil {
		return nil, err
	}
	if dryRun {
		return t.foresee()
	}
	return t.take()
}

func (a *Approval) positions() (all []uint64) {
	switch {
	case a.Report != nil:
		return a.Report.Positions
	case a.Catalogue != nil:
		for _, p := range a.Catalogue.Positions {
			all = append(all, uint64(p))
		}
		return all
	case a.Receipt != nil:
		return []uint64{uint64(a.Receipt.Position)}
	}
	return nil
}

// Reject decides that a proposal is not recorded. Its proposer may take it back so.
func (s *Secretariat) Reject(ctx context.Context, by auth.Identity, id, why string) (Proposal, error) {
	p, err := s.toDecide(ctx, by, id)
	if err != nil {
		return p, err
	}
	if why = strings.TrimSpace(why); why == "" || len(why) > 2000 {
		return p, &projections.InputError{Field: "why", Reason: "nothing says why it is rejected, or too much does", Accepted: "a reason in words, up to 2,000 bytes"}
	}
	if p.State != Open {
		return p, ErrDecided
	}
	p.State, p.Decider, p.Decided, p.Why = Rejected, by.Actor, s.Now().UTC().Truncate(time.Second), why
	if err := s.putProposal(ctx, &p); err != nil {
		return p, decidedMeanwhile(err)
	}
	return p, s.Audit.Write(ctx, audit.Entry{Actor: by.Actor, Kind: audit.Rejected, Subject: p.ID, Token: by.Token, Detail: p.describe() + ", proposed by " + p.Proposer})
}

// toDecide returns a proposal that waits, to somebody who may decide on it.
func (s *Secretariat) toDecide(ctx context.Context, by auth.Identity, id string) (Proposal, error) {
	p, err := s.Proposal(ctx, id)
	if err != nil {
		return p, err
	}
	if !by.May(p.Role) {
		return p, &RoleError{by.Actor, "to decide on this proposal takes the role " + string(p.Role), fmt.Sprintf("a token with the role %s", p.Role)}
	}
	if !p.waits() {
		return p, ErrDecided
	}
	return p, nil
}

func decidedMeanwhile(err error) error {
	if errors.Is(err, eventstore.ErrRevision) {
		return ErrDecided
	}
	return err
}

// known reports whether an error leaves no doubt that nothing was recorded.
func known(err error) bool {
	var decision *recorder.DecisionError
	var input *projections.InputError
	var file *imports.FileError
	var role *RoleError
	var not *recorder.NotRecordedError
	return errors.As(err, &not) || errors.As(err, &role) || errors.As(err, &decision) || errors.As(err, &input) || errors.As(err, &file) || errors.Is(err, recorder.ErrClosed) || errors.Is(err, ErrNoDocument)
}
