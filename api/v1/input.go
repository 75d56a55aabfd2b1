package v1

import (
	"depositary/api/problem"
	"depositary/domain"
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
func (s *API) on(in AxesInput) (projections.On, error) {
	on, err := s.Projection.Current().Ask(in.AsOf, in.ReceivedBy, in.KnownAt, s.Today())
	if err != nil {
		return on, problem.Of(err)
	}
	return on, nil
}

// treaty finds a treaty by id or short name.
func (s *API) treaty(text string) (domain.TreatyID, error) {
	id, ok := s.Projection.Current().State.FindTreaty(text)
	if !ok {
		return "", problem.NotFound("treaty", "treaty", text, "an id or short name listed at /v1/treaties")
	}
	return id, nil
}

// participant finds a participant by id, code or name.
func (s *API) participant(text string, on domain.Date) (domain.ParticipantID, error) {
	found, err := s.Projection.Current().State.FindParticipant(text, on)
	if err != nil {
		p := problem.NotFound("participant", "participant", text, "an id, code or name listed at /v1/participants")
		p.Findings[0].Message = err.Error()
		return "", p
	}
	return found.ID, nil
}
