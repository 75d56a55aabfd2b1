package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/publiclog"
	"depositary/projections"
)

func (s *API) listLedger(_ context.Context, in *struct {
	FormatInput
	Treaty      string `query:"treaty" doc:"Only commits about this treaty"`
	Participant string `query:"participant" names:"participants" doc:"Only commits about this participant"`
	Order       string `query:"order" enum:"asc,desc" default:"asc"`
	Cursor      uint64 `query:"cursor" doc:"Position after which, or with order=desc before which, the page begins"`
	Limit       int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (body ledgerBody, err error) {
	q := projections.LedgerQuestion{After: eventstore.Position(in.Cursor), Limit: in.Limit, Descending: in.Order == "desc"}
	if in.Treaty == eventstore.Many {
		q.Treaty = eventstore.Many
	} else if in.Treaty != "" {
		if q.Treaty, err = s.treaty(in.Treaty); err != nil {
			return body, err
		}
	}
	if in.Participant != "" {
		if q.Participant, err = s.participant(in.Participant, s.Today()); err != nil {
			return body, err
		}
	}
	page, err := s.Ledger.Page(q)
	return ledgerBody{page}, err
}

type ledgerBody struct{ projections.LedgerPage }

func (b ledgerBody) nextCursor() string { return b.Next }

func (b ledgerBody) table() table {
	t := table{header: []string{"position", "recorded", "hash", "previous", "command", "actor", "treaty", "participant", "record", "event"}}
	for _, c := range b.Commits {
		events := c.Events
		for _, command := range c.Commands {
			for _, e := range events[:command.Events] {
				t.rows = append(t.rows, []string{fmt.Sprint(c.Position), instant(c.Recorded), c.Hash.String(), c.Previous.String(), command.ID, command.Actor,
					command.Treaty, command.Participant, e.ID.String(), string(e.Event)})
			}
			events = events[command.Events:]
		}
	}
	return t
}

func (s *API) getCommit(_ context.Context, in *struct {
	Position uint64 `path:"position" minimum:"1" example:"1"`
}) (projections.CommitView, error) {
	c, ok, err := s.Ledger.Commit(eventstore.Position(in.Position))
	if err == nil && !ok {
		err = problem.NotFound("position", "commit", fmt.Sprint(in.Position), fmt.Sprintf("a position up to %d", s.Projection.Current().Position))
	}
	return c, err
}

func (s *API) getProof(_ context.Context, in *struct {
	Record domain.RecordID `path:"record" doc:"Id of a record" example:"812.1"`
}) (publiclog.Proof, error) {
	proof, err := s.Log.Prove(eventstore.Position(in.Record.Position), int(in.Record.N))
	if errors.Is(err, eventstore.ErrNotFound) {
		err = problem.NotFound("record", "record", in.Record.String(), "the id of a record, as the ledger and the answers to writes show it")
	}
	return proof, err
}

func (s *API) exportLedger(context.Context, *struct{}) (func(huma.Context), error) {
	return s.export, nil
}

// export writes every commit up to the ledger's end as it is when the request
// comes.
func (s *API) export(ctx huma.Context) {
	r, w := humago.Unwrap(ctx)
	last, hash := s.Ledger.Tip()
	w.Header().Set("Content-Type", MediaNDJSON)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="depositary-%d.ndjson"`, last))
	w.Header().Set("Etag", `"`+hash.String()+`"`)
	if r.Method == http.MethodHead || last == 0 {
		return
	}
	if err := s.Ledger.Export(r.Context(), w, last); err != nil {
		if r.Context().Err() == nil { // the client is there, and the ledger fails
			s.Logger.Error("export failed", "cause", err)
		}
		panic(http.ErrAbortHandler) // the client must not take a part of the ledger for the whole
	}
}
