package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"depositary/api/auth"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

// CatalogueReceipt says what of the tables was recorded, and where.
type CatalogueReceipt struct {
	DryRun    bool                  `json:"dryRun,omitempty" doc:"Nothing was recorded"`
	Changes   []catalogue.Change    `json:"changes" doc:"In what the ledger differed"`
	Events    int                   `json:"events" doc:"How many events were recorded, or would be"`
	Proposal  string                `json:"proposal,omitempty" doc:"Id of the proposal that this is, for another to approve; nothing was recorded yet"`
	Positions []eventstore.Position `json:"positions,omitempty" doc:"The commits made"`
}

// CatalogueDifference says in what the ledger differs from the bundled tables,
// and returns the commands that would end the difference.
func (s *Secretariat) CatalogueDifference(reason string) ([]catalogue.Change, []domain.Command, error) {
	bundled, err := catalogue.Load()
	if err != nil {
		return nil, nil, err
	}
	changes, commands := bundled.Difference(s.Projection.Current().State, reason)
	if changes == nil {
		changes = []catalogue.Change{}
	}
	return changes, commands, nil
}

// AdoptCatalogue records what the bundled tables state and the ledger does not,
// or only says what that is, or proposes it where it takes two persons. It
// returns the errors of recorder.Record.
func (s *Secretariat) AdoptCatalogue(ctx context.Context, who Actor, reason string, dryRun bool) (CatalogueReceipt, error) {
	if dryRun {
		return s.foreseeCatalogue(reason, true)
	}
	return carry(ctx, s, who, task[CatalogueReceipt]{
		perform: func() (CatalogueReceipt, error) { return s.recordCatalogue(ctx, who, reason) },
		preview: func() (CatalogueReceipt, error) { return s.foreseeCatalogue(reason, false) },
		propose: func(r CatalogueReceipt) (*Proposal, error) {
			if r.Events == 0 {
				return nil, nil
			}
			return &Proposal{Kind: CatalogueProposal, Role: auth.Define, Reason: strings.TrimSpace(reason), Document: digestOf(r.Changes)}, nil
		},
		same: func(held *Proposal) bool {
			return held.Kind == CatalogueProposal && held.Reason == strings.TrimSpace(reason)
		},
		waiting: func(r CatalogueReceipt, id string) CatalogueReceipt {
			r.Proposal = id
			return r
		},
	})
}

// foreseeCatalogue tries everything on a draft, so that a refusal leaves nothing
// half recorded.
func (s *Secretariat) foreseeCatalogue(reason string, dryRun bool) (CatalogueReceipt, error) {
	r, _, err := s.tryCatalogue(reason)
	r.DryRun = dryRun
	return r, err
}

// recordCatalogue tries everything first, and then records command by command.
func (s *Secretariat) recordCatalogue(ctx context.Context, who Actor, reason string) (r CatalogueReceipt, err error) {
	r, commands, err := s.tryCatalogue(reason)
	if err == nil && commands > 0 {
		r.Positions, err = s.recordDifference(ctx, who, strings.TrimSpace(reason), commands)
	}
	return r, err
}

// tryCatalogue returns in what the ledger differs, and the number of commands
// that would end the difference.
func (s *Secretariat) tryCatalogue(reason string) (receipt CatalogueReceipt, count int, err error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return receipt, 0, &recorder.DecisionError{Refusals: []domain.Finding{{Code: domain.CodeReasonRequired, Kind: domain.Rejected, Field: "reason",
			Message: "the record says why it takes over what the tables state", Accepted: "a reason in words"}}}
	}
	changes, commands, err := s.CatalogueDifference(reason)
	receipt.Changes = changes
	if err != nil {
		return receipt, 0, err
	}
	receipt.Events, err = s.tryAll(commands)
	return receipt, len(commands), err
}

// tryAll decides the commands one after the other, each on what the ones
// before it leave, and returns the number of events.
func (s *Secretariat) tryAll(commands []domain.Command) (events int, err error) {
	draft, today := s.Projection.Current().State.Edit(), s.Recorder.Today()
	for i, command := range commands {
		decision, entries, err := draft.Do(command, today, domain.RecordID{Position: draft.Position() + 1})
		if err != nil {
			return 0, fmt.Errorf("command %d of the catalogue: %w", i+1, err)
		}
		if !decision.Accepted() {
			return 0, &recorder.DecisionError{Refusals: decision.Refusals, Queries: decision.Queries}
		}
		events += len(entries)
	}
	return events, nil
}

// recordDifference records one command at a time and compares anew after each:
// what another writer has recorded meanwhile is not recorded twice.
func (s *Secretariat) recordDifference(ctx context.Context, who Actor, reason string, most int) (positions []eventstore.Position, err error) {
	for range most {
		revision := s.Projection.Current().State
		_, commands, err := s.CatalogueDifference(reason)
		if err != nil || len(commands) == 0 {
			return positions, err
		}
		treaty, _ := domain.Subject(commands[0])
		Seen(commands[0], revision.Revision(treaty))
		id, err := catalogueCommandID(revision.Position(), commands[0])
		if err != nil {
			return positions, err
		}
		receipt, err := s.Recorder.Record(ctx, recorder.Request{ID: id, Actor: who.Named(), Approver: who.approver, Command: commands[0]})
		if err != nil {
			return positions, err
		}
		positions = append(positions, receipt.Commit.Position)
	}
	return positions, nil
}

// catalogueCommandID is the same on every node that compares the same ledger
// with the same tables, so that the command is recorded once.
func catalogueCommandID(position uint64, command domain.Command) (string, error) {
	p := proposalOf(command)
	content, err := json.Marshal(p.kept())
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(content)
	return fmt.Sprintf("catalogue:at-%d/%s", position, hex.EncodeToString(digest[:12])), nil
}
