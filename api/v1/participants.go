package v1

import (
	"context"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

type ParticipantInput struct {
	Participant string `path:"participant" names:"participants" doc:"Id, code or name of the participant" example:"DEU"`
	AxesInput
	FormatInput
}

func (s *API) onParticipant(in *ParticipantInput) (projections.Query, domain.ParticipantID, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return on, "", err
	}
	id, err := s.participant(in.Participant, on.AsOf)
	return on, id, err
}

func (s *API) listParticipants(_ context.Context, in *struct {
	QuestionInput
	PageInput
}) (body participantsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var all []participantOnADay
	for _, p := range s.Projection.Current().State.Participants(on.Known()) {
		all = append(all, participantOnADay{p.Name(on.AsOf), model.FromParticipant(*p)})
	}
	page, next, err := paged(all, in.Cursor, in.Limit, func(p participantOnADay) string { return string(p.ID) })
	return participantsBody{on.Axes, page, next}, err
}

type participantsBody struct {
	Axes         projections.Axes    `json:"axes"`
	Participants []participantOnADay `json:"participants"`
	Following
}

type participantOnADay struct {
	Name string `json:"name" doc:"Its name on the day"`
	model.Participant
}

func (b participantsBody) table() table {
	t := table{header: append([]string{"id", "name", "kind", "iso3", "exists_from", "exists_until", "source", "verification"}, axesColumns...)}
	for _, p := range b.Participants {
		t.rows = append(t.rows, append([]string{string(p.ID), p.Name, string(p.Kind), p.ISO3, p.Exists.From.String(), p.Exists.Until.String(), p.Source, p.Verification}, axesCells(b.Axes)...))
	}
	return t
}

func (s *API) getParticipant(_ context.Context, in *ParticipantInput) (p model.Participant, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return p, err
	}
	held, ok := s.Projection.Current().State.Participant(id, on.Known())
	if !ok {
		return p, notKnownThen("participant", in.Participant, on)
	}
	return model.FromParticipant(*held), nil
}

func (s *API) participantStatus(_ context.Context, in *struct {
	ParticipantInput
	Status []string `query:"status" doc:"Only these statuses, with commas: signatory, contracting, party, party withdrawal notified, former party, extinct" example:"party"`
}) (body participantStatusBody, err error) {
	on, id, err := s.onParticipant(&in.ParticipantInput)
	if err != nil {
		return body, err
	}
	var q projections.Selection
	if q.Statuses, err = statusesOf(in.Status); err != nil {
		return body, err
	}
	status, ok := projections.OfParticipant(on, id)
	if !ok {
		return body, notKnownThen("participant", in.Participant, on)
	}
	status.Rows = on.Select(status.Rows, q)
	return participantStatusBody{status}, nil
}

type participantStatusBody struct{ projections.ParticipantStatus }

func (b participantStatusBody) table() table { return statusTable(b.Axes, b.Rows) }

func (s *API) participantTimeline(_ context.Context, in *ParticipantInput) (body timelineBody, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return body, err
	}
	timeline, ok := projections.ParticipantTimeline(on, id)
	if !ok {
		return body, notKnownThen("participant", in.Participant, on)
	}
	return timelineBody{timeline}, nil
}
