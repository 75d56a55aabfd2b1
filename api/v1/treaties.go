package v1

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

type TreatyInput struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	AxesInput
	FormatInput
}

func (s *API) onTreaty(in *TreatyInput) (projections.Query, domain.TreatyID, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return on, "", err
	}
	id, err := s.treaty(in.Treaty)
	return on, id, err
}

func notKnownThen(what, text string, on projections.Query) error {
	return problem.NotFound("knownAt", what, text, fmt.Sprintf("a later knownAt: nothing was recorded of it up to position %d", on.KnownAt))
}

func (s *API) listTreaties(_ context.Context, in *struct {
	QuestionInput
	PageInput
}) (body treatiesBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	all := projections.Treaties(on)
	page, next, err := paged(all, in.Cursor, in.Limit, func(t projections.TreatySummary) string { return string(t.ID) })
	return treatiesBody{on.Axes, page, next}, err
}

// count writes a count, nothing where it is not known.
func count(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

type treatiesBody struct {
	Axes     projections.Axes            `json:"axes"`
	Treaties []projections.TreatySummary `json:"treaties"`
	Following
}

func (b treatiesBody) table() table {
	t := table{header: append([]string{"id", "short", "title", "adopted", "place", "depositary", "parent", "entry_status", "in_force", "signatories", "consents", "parties", "coverage", "acts_as_at", "revision"}, axesColumns...)}
	for _, r := range b.Treaties {
		t.rows = append(t.rows, append([]string{string(r.ID), r.Short, r.Title, r.Adopted.String(), r.Place, r.Depositary, string(r.Parent), string(r.Entry), r.InForce.String(),
			count(r.Signatories), count(r.Consents), count(r.Parties), string(r.Coverage.Extent), r.Coverage.AsAt.String(), fmt.Sprint(r.Revision)}, axesCells(b.Axes)...))
	}
	return t
}

func (s *API) getTreaty(_ context.Context, in *TreatyInput) (t model.Treaty, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return t, err
	}
	held, ok := s.Projection.Current().State.Treaty(id, on.Known())
	if !ok {
		return t, notKnownThen("treaty", in.Treaty, on)
	}
	return model.FromTreaty(*held), nil
}

func (s *API) treatyStatus(_ context.Context, in *struct {
	TreatyInput
	StatusFilter
}) (body treatyStatusBody, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	q, err := s.selection(TreatyFilter{}, in.WhoFilter)
	if err != nil {
		return body, err
	}
	if q.Statuses, err = statusesOf(in.Status); err != nil {
		return body, err
	}
	status, ok := projections.Status(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	status.Rows = on.Select(status.Rows, q)
	return treatyStatusBody{status}, nil
}

type treatyStatusBody struct{ projections.TreatyStatus }

func (b treatyStatusBody) table() table { return statusTable(b.Axes, b.Rows) }

func statusTable(axes projections.Axes, rows []projections.StatusRow) table {
	t := table{header: append([]string{"treaty", "treaty_short", "participant", "name", "status", "since", "signed", "consent", "consent_date", "bound", "until",
		"with_reservations", "intends_not", "provisional", "excludes", "territories", "territories_excluded", "why", "record", "source", "verification", "coverage", "acts_as_at", "suspended", "accepts"}, axesColumns...)}
	for _, r := range rows {
		var signed, consent, date, record, source, verification string
		if r.Signature != nil {
			signed, record, source, verification = r.Signature.Date.String(), r.Signature.Record.String(), r.Signature.Source, r.Signature.Verification
		}
		if c := r.Consent; c != nil {
			consent, date, record, source, verification = string(c.Action), c.Date.String(), c.Record.String(), c.Source, c.Verification
		}
		t.rows = append(t.rows, slices.Concat([]string{string(r.Treaty), r.TreatyShort, string(r.Participant), r.Name, string(r.Status), r.Since.String(), signed, consent, date,
			r.Bound.String(), r.Until.String(), yes(r.WithReservations), yes(r.IntendsNot), yes(r.Provisional), strings.Join(r.Excludes, "; "),
			strings.Join(r.Territories, "; "), strings.Join(r.TerritoriesNot, "; "), r.Why, record, source, verification}, coverageOf(r.RowCoverage), []string{yes(r.Suspended), strings.Join(r.Accepts, "; ")}, axesCells(axes)))
	}
	return t
}

func (s *API) entryIntoForce(_ context.Context, in *TreatyInput) (body entryBody, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return body, err
	}
	entry, ok := projections.Entry(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return entryBody{entry}, nil
}

type entryBody struct{ projections.EntryIntoForce }

func (b entryBody) table() table {
	t := table{header: slices.Concat([]string{"number", "participant", "action", "date", "counted", "reason", "record"}, coverageColumns, axesColumns)}
	of := slices.Concat(coverageCells(b.Treaty.Coverage), axesCells(b.Axes))
	for _, c := range b.Entry.Counted {
		t.rows = append(t.rows, append([]string{fmt.Sprint(c.Number), string(c.Participant), string(c.Action), c.Date.String(), "yes", "", c.Record.String()}, of...))
	}
	for _, c := range b.Entry.NotCounted {
		t.rows = append(t.rows, append([]string{"", string(c.Participant), string(c.Action), c.Date.String(), "no", c.Reason, c.Record.String()}, of...))
	}
	return t
}

func (s *API) treatyTimeline(_ context.Context, in *TreatyInput) (body timelineBody, err error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return body, err
	}
	timeline, ok := projections.TreatyTimeline(on, id)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	return timelineBody{timeline}, nil
}

type timelineBody struct{ projections.Timeline }

func (b timelineBody) table() table {
	t := table{header: append([]string{"date", "treaty", "participant", "name", "kind", "what", "record", "signatories", "consents", "parties", "coverage", "acts_as_at"}, axesColumns...)}
	for _, e := range b.Entries {
		n := e.Counts
		t.rows = append(t.rows, slices.Concat([]string{e.Date.String(), string(e.Treaty), string(e.Participant), e.Name, e.Kind, e.What, e.Record.String(),
			n.Figure(n.Signatories), n.Figure(n.Consents), n.Figure(n.Parties)}, coverageOf(e.RowCoverage), axesCells(b.Axes)))
	}
	return t
}

func (s *API) participation(_ context.Context, in *struct {
	Treaty      string `path:"treaty" example:"ICMW"`
	Participant string `path:"participant" names:"participants" example:"MLI"`
	AxesInput
}) (body projections.Participation, err error) {
	on, treaty, err := s.onTreaty(&TreatyInput{Treaty: in.Treaty, AxesInput: in.AxesInput})
	if err != nil {
		return body, err
	}
	participant, err := s.participant(in.Participant, on.AsOf)
	if err != nil {
		return body, err
	}
	body, ok := projections.OfParticipation(on, treaty, participant)
	if !ok {
		return body, notKnownThen("participation", in.Treaty+"/"+in.Participant, on)
	}
	return body, nil
}
