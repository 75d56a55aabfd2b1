package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/tokens"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

// CatalogueChanges says in what the ledger differs from the tables that the
// program brings along.
type CatalogueChanges struct {
	Changes []catalogue.Change `json:"changes"`
}

// CatalogueReceipt says what of the tables was recorded, and where.
type CatalogueReceipt struct {
	DryRun    bool                  `json:"dryRun,omitempty" doc:"Nothing was recorded"`
	Changes   []catalogue.Change    `json:"changes" doc:"In what the ledger differed"`
	Events    int                   `json:"events" doc:"How many events were recorded, or would be"`
	Positions []eventstore.Position `json:"positions,omitempty" doc:"The commits made"`
}

type catalogueInput struct {
	DryRun bool `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
	Body   struct {
		Reason string `json:"reason" doc:"Why the ledger takes over what the tables state"`
	}
}

func (s *server) routesCatalogue() {
	const path, tag = "/v1/operate/catalogue", "Definitions"
	huma.Register(s.api, huma.Operation{Method: http.MethodGet, Path: path, OperationID: "catalogueDifference", Tags: []string{tag},
		Summary: "In what the ledger differs from the bundled tables"},
		func(context.Context, *struct{}) (*output[CatalogueChanges], error) {
			changes, _, err := s.catalogueDifference("")
			if err != nil {
				return nil, s.failed("catalogueDifference", err)
			}
			return &output[CatalogueChanges]{CatalogueChanges{changes}}, nil
		})
	huma.Register(s.api, huma.Operation{Method: http.MethodPost, Path: path, OperationID: "recordCatalogue", Tags: []string{tag},
		Summary: "Record what the bundled tables state and the ledger does not", Security: []map[string][]string{{"token": {string(tokens.Define)}}},
		Errors: []int{400, 401, 403, 406, 408, 412, 413, 415, 422, 429, 503}, Middlewares: huma.Middlewares{s.require(tokens.Define), withoutDeadline}},
		func(ctx context.Context, in *catalogueInput) (*output[CatalogueReceipt], error) {
			receipt, err := s.recordCatalogue(ctx, in)
			if err != nil {
				return nil, s.failed("recordCatalogue", err)
			}
			return &output[CatalogueReceipt]{receipt}, nil
		})
}

func (s *server) catalogueDifference(reason string) ([]catalogue.Change, []domain.Command, error) {
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

// recordCatalogue first tries everything on a draft, so that a refusal leaves
// nothing half recorded, and then records command by command.
func (s *server) recordCatalogue(ctx context.Context, in *catalogueInput) (receipt CatalogueReceipt, err error) {
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return receipt, &recorder.DecisionError{Refusals: []domain.Finding{{Code: domain.CodeReasonRequired, Kind: domain.Rejected, Field: "reason",
			Message: "the record says why it takes over what the tables state", Accepted: "a reason in words"}}}
	}
	changes, commands, err := s.catalogueDifference(reason)
	receipt = CatalogueReceipt{DryRun: in.DryRun, Changes: changes}
	if err != nil {
		return receipt, err
	}
	if receipt.Events, err = s.tryAll(commands); err != nil || in.DryRun {
		return receipt, err
	}
	receipt.Positions, err = s.recordDifference(ctx, reason, len(commands))
	return receipt, err
}

// tryAll decides the commands one after the other, each on what the ones
// before it leave, and gives the number of events.
func (s *server) tryAll(commands []domain.Command) (events int, err error) {
	state, today := s.Projection.Current().State, s.Today()
	for i, command := range commands {
		decision := state.Decide(command, today)
		if !decision.Accepted() {
			return 0, &recorder.DecisionError{Refusals: decision.Refusals, Queries: decision.Queries}
		}
		events += len(decision.Events)
		draft := state.Edit()
		treaty, _ := domain.Subject(command)
		for j, event := range decision.Events {
			id := domain.RecordID{Position: state.Position() + 1, N: uint32(j + 1)}
			if err := draft.Apply(domain.Entry{ID: id, Treaty: treaty, Event: event}); err != nil {
				return 0, fmt.Errorf("command %d of the catalogue: %w", i+1, err)
			}
		}
		state = draft.Freeze()
	}
	return events, nil
}

// recordDifference records one command at a time and compares anew after each:
// what another writer has recorded meanwhile is not recorded twice.
func (s *server) recordDifference(ctx context.Context, reason string, most int) (positions []eventstore.Position, err error) {
	for range most {
		revision := s.Projection.Current().State
		_, commands, err := s.catalogueDifference(reason)
		if err != nil || len(commands) == 0 {
			return positions, err
		}
		treaty, _ := domain.Subject(commands[0])
		seen(commands[0], revision.Revision(treaty))
		id, err := catalogueCommandID(revision.Position(), commands[0])
		if err != nil {
			return positions, err
		}
		receipt, err := s.Recorder.Record(ctx, recorder.Request{ID: id, Actor: identityOf(ctx).Actor, Command: commands[0]})
		if err != nil {
			return positions, err
		}
		positions = append(positions, receipt.Commit.Position)
	}
	return positions, nil
}

func seen(command domain.Command, revision uint64) {
	switch c := command.(type) {
	case *domain.RecordActions:
		c.Seen = revision
	case *domain.CorrectAction:
		c.Seen = revision
	case *domain.Define:
		if c.Treaty != nil {
			c.Seen = revision
		}
	}
}

// catalogueCommandID is the same on every node that compares the same ledger
// with the same tables, so that the command is recorded once.
func catalogueCommandID(position uint64, command domain.Command) (string, error) {
	content, err := json.Marshal(command)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(content)
	return fmt.Sprintf("catalogue:at-%d/%s", position, hex.EncodeToString(digest[:12])), nil
}
