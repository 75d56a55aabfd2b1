package v1

import (
	"cmp"
	"context"
	"errors"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

type ChangesInput struct {
	Treaty         string `query:"treaty" doc:"Id or short name of the treaty; all where absent" example:"ICMW"`
	Participant    string `query:"participant" names:"participants" doc:"Id, code or name of the participant; the treaties themselves and all participants where absent" example:"MLI"`
	From           string `query:"from" doc:"The legal day of the first side; where absent that of the second, or the day before it where nothing else distinguishes the sides" example:"2003-06-30"`
	To             string `query:"to" doc:"The legal day of the second side; today at the depositary where absent" example:"2003-07-01"`
	ReceivedBy     string `query:"receivedBy" doc:"Both sides of what the depositary had received by this day" example:"2006-12-31"`
	KnownAt        string `query:"knownAt" doc:"Both sides of what the ledger held by then: a position, an instant or a day" example:"812"`
	FromReceivedBy string `query:"fromReceivedBy" doc:"The same for the first side alone" example:"2006-07-01"`
	ToReceivedBy   string `query:"toReceivedBy" doc:"The same for the second side alone" example:"2006-12-31"`
	FromKnownAt    string `query:"fromKnownAt" doc:"The same for the first side alone" example:"812"`
	ToKnownAt      string `query:"toKnownAt" doc:"The same for the second side alone" example:"813"`
	PartInput
	FormatInput
}

func (s *API) changes(_ context.Context, in *ChangesInput) (body changesBody, err error) {
	to, err := s.side("to", cmp.Or(in.To, s.Today().String()), cmp.Or(in.ToReceivedBy, in.ReceivedBy), cmp.Or(in.ToKnownAt, in.KnownAt))
	if err != nil {
		return body, err
	}
	from, err := s.side("from", cmp.Or(in.From, to.AsOf.String()), cmp.Or(in.FromReceivedBy, in.ReceivedBy), cmp.Or(in.FromKnownAt, in.KnownAt))
	if err != nil {
		return body, err
	}
	if from.Axes == to.Axes && in.From == "" {
		from.AsOf = to.AsOf.AddDays(-1)
	}
	if from.Axes == to.Axes {
		return body, problem.Invalid("from", "the two sides are the same", "another day than to, or another fromReceivedBy or fromKnownAt than the second side's")
	}
	var treaty domain.TreatyID
	if in.Treaty != "" {
		if treaty, err = s.treaty(in.Treaty); err != nil {
			return body, err
		}
	}
	var participant domain.ParticipantID
	if in.Participant != "" {
		if participant, err = s.participant(in.Participant, to.AsOf); err != nil {
			return body, err
		}
	}
	body.Changes = notices.ChangesOf(from, to, treaty, participant)
	body.Changes.Changes, body.Following, err = pagedByPlace(body.Changes.Changes, in.Cursor, in.Limit)
	return body, err
}

// side puts one side of a comparison on its axes, and names what is wrong as
// the question does.
func (s *API) side(name, day, receivedBy, knownAt string) (projections.Query, error) {
	on, err := s.on(AxesInput{AsOf: day, ReceivedBy: receivedBy, KnownAt: knownAt})
	var p *problem.Problem
	if errors.As(err, &p) {
		for i, f := range p.Findings {
			p.Findings[i].Field = map[string]string{"asOf": name, "receivedBy": name + "ReceivedBy", "knownAt": name + "KnownAt"}[f.Field]
		}
	}
	return on, err
}

type changesBody struct {
	notices.Changes
	Following
}

func (b changesBody) table() table {
	return changesTable(b.From, b.To, b.Changes.Changes, b.Treaties, nil, nil)
}

// changesTable has the axes of both sides at its end, and then what else is
// to stand in every row.
func changesTable(from, to projections.Axes, changes []notices.LegalChange, treaties []projections.MatrixHead, header, cells []string) table {
	coverage := make(map[domain.TreatyID][]string)
	for _, t := range treaties {
		coverage[t.ID] = coverageCells(t.Coverage)
	}
	unknown := make([]string, len(coverageColumns)) // of a treaty that the second side does not know
	t := table{header: []string{"treaty", "treaty_short", "participant", "name", "what", "of", "before", "after", "why", "article", "record",
		"from_as_of", "from_received_by", "from_known_at", "to_as_of", "to_received_by", "to_known_at"}}
	t.header = append(t.header, coverageColumns...)
	t.header = append(t.header, header...)
	for _, c := range changes {
		row := []string{string(c.Treaty), c.TreatyShort, string(c.Participant), c.Name, string(c.What), c.Of, c.Before.Words, c.After.Words, c.Why, c.Article, c.Record.String()}
		row = append(append(row, axesCells(from)...), axesCells(to)...)
		if until, ok := coverage[c.Treaty]; ok {
			row = append(row, until...)
		} else {
			row = append(row, unknown...)
		}
		t.rows = append(t.rows, append(row, cells...))
	}
	return t
}
