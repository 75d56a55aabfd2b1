package commands

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/imports"
	"depositary/eventstore"
	"depositary/projections"
)

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
		p.State, p.Decider, p.DeciderAs, p.Decided = Approving, by.Actor, by.Public, s.Now().UTC().Truncate(time.Second)
		if err := s.putProposal(ctx, &p); err != nil {
			return Approval{}, decidedMeanwhile(err)
		}
	}
	// Who approved first stands in the ledger, also where another goes on after a crash.
	// It takes the roles of who approves now: a file may ask for more than its proposal said.
	w := Actor{Identity: auth.Identity{Actor: p.Proposer, Public: p.ProposerAs, Roles: by.Roles}, approver: cmp.Or(p.DeciderAs, p.Decider)}
	a, err := s.run(ctx, p, w, false)
	if err != nil {
		if known(err) { // nothing was recorded
			p.State, p.Decider, p.DeciderAs, p.Decided = Open, "", "", time.Time{}
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
	case WithdrawalProposal:
		if !dryRun {
			err = s.withdraw(ctx, auth.Identity{Actor: p.Proposer}, p.Document, p.Reason)
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
