package api

import (
	"fmt"
	"strconv"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
)

// AxesInput is how a question is put on the three axes.
type AxesInput struct {
	AsOf       string `query:"asOf" doc:"The legal day for which to answer; today at the depositary where absent" example:"2003-07-01"`
	ReceivedBy string `query:"receivedBy" doc:"Answer of what the depositary had received by this day; everything where absent" example:"2006-07-01"`
	KnownAt    string `query:"knownAt" doc:"Answer of what the ledger held by then: a position, an instant or a day (to its end, UTC)" example:"812"`
}

// FormatInput chooses the representation of a table.
type FormatInput struct {
	Format string `query:"format" enum:"json,csv" doc:"json, or csv for tables; otherwise as the Accept header says"`
}

// on puts a question on its axes.
func (s *server) on(in AxesInput) (projections.On, error) {
	views := s.Projection.Current()
	asOf, err := parseDay("asOf", in.AsOf)
	if err != nil {
		return projections.On{}, err
	}
	receivedBy, err := parseDay("receivedBy", in.ReceivedBy)
	if err != nil {
		return projections.On{}, err
	}
	knownAt, given, err := parseKnownAt(views, in.KnownAt)
	if err != nil {
		return projections.On{}, err
	}
	if given && knownAt == 0 {
		return projections.On{}, invalid("knownAt", "nothing was recorded by then", "an instant from the first commit on")
	}
	on, err := views.On(asOf.Or(s.Today()), receivedBy, knownAt)
	if err != nil {
		return on, invalid("knownAt", err.Error(), fmt.Sprintf("a position up to %d", views.Position))
	}
	return on, nil
}

func parseDay(field, text string) (domain.Date, error) {
	if text == "" {
		return domain.Date{}, nil
	}
	d, err := domain.ParseDate(text)
	if err != nil {
		return d, invalid(field, err.Error(), "a day such as 2003-07-01")
	}
	return d, nil
}

// parseKnownAt reads a position, an instant or a day.
func parseKnownAt(views *projections.Views, text string) (p eventstore.Position, given bool, err error) {
	if text == "" {
		return 0, false, nil
	}
	if n, err := strconv.ParseUint(text, 10, 63); err == nil {
		return eventstore.Position(n), true, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return views.PositionAt(t), true, nil
	}
	if d, err := domain.ParseDate(text); err == nil {
		end := time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, -1, time.UTC)
		return views.PositionAt(end), true, nil
	}
	return 0, true, invalid("knownAt", fmt.Sprintf("%q is no moment of the ledger", text), "a position such as 812, an instant such as 2026-11-23T18:00:00Z, or a day such as 2026-11-23")
}

// treaty finds a treaty by id or short name.
func (s *server) treaty(text string) (domain.TreatyID, error) {
	id, ok := s.Projection.Current().State.FindTreaty(text)
	if !ok {
		return "", notFound("treaty", "treaty", text, "an id or short name listed at /v1/treaties")
	}
	return id, nil
}

// participant finds a participant by id, code or name.
func (s *server) participant(text string, on domain.Date) (domain.ParticipantID, error) {
	p, err := s.Projection.Current().State.FindParticipant(text, on)
	if err != nil {
		problem := notFound("participant", "participant", text, "an id, code or name listed at /v1/participants")
		problem.Findings[0].Message = err.Error()
		return "", problem
	}
	return p.ID, nil
}
