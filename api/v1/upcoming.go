package v1

import (
	"context"
	"fmt"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

// Reading what is to come: legal days that are known before they come.

// ComingInput chooses coming dates. What is absent chooses all.
type ComingInput struct {
	ChosenInput
	On    string `query:"on" doc:"The day after which to look, of what the depositary had received by then; today where absent" example:"2003-04-01"`
	Until string `query:"until" doc:"The last day to look at; however far where absent" example:"2004-12-31"`
}

// comingQuestion makes a question of the parameters; each is checked.
func (s *API) comingQuestion(in ComingInput) (on domain.Date, q notices.UpcomingQuestion, err error) {
	if on, err = projections.ParseDay("on", in.On); err != nil {
		return on, q, err
	}
	on = on.Or(s.Today())
	if q.Until, err = projections.ParseDay("until", in.Until); err != nil {
		return on, q, err
	}
	q.Treaties, q.Participants, q.Groups, err = s.chosen(in.ChosenInput)
	return on, q, err
}

type comingBody struct {
	On       domain.Date              `json:"on" doc:"The day after which it comes" format:"date"`
	Until    domain.Date              `json:"until,omitzero" format:"date"`
	KnownAt  uint64                   `json:"knownAt" doc:"Position of the ledger of which it follows"`
	Coming   []notices.UpcomingDate   `json:"coming" doc:"By day"`
	Treaties []projections.MatrixHead `json:"treaties,omitempty" doc:"The treaties of the question, with until when their acts are recorded"`
	Following
	Total int `json:"total" doc:"How many there are; a list that is limited may show fewer, the nearest"`
}

func (b comingBody) table() table {
	t := table{header: []string{"date", "what", "title", "treaty", "treaty_short", "participant", "name", "of", "why", "article", "record", "source", "verification", "key", "revision", "on", "known_at"}}
	for _, d := range b.Coming {
		var source, verification string
		if d.Source != nil {
			source, verification = d.Source.Source, d.Source.Verification
		}
		t.rows = append(t.rows, []string{d.Date.String(), string(d.What), d.Title, string(d.Treaty), d.TreatyShort, string(d.Participant), d.Name, d.Of, d.Why, d.Article,
			d.Record.String(), source, verification, d.Key, fmt.Sprint(d.Revision), b.On.String(), fmt.Sprint(b.KnownAt)})
	}
	return t
}

func (s *API) listComing(_ context.Context, in *struct {
	ComingInput
	KnownAt string `query:"knownAt" doc:"Answer of what the ledger held by then: a position, an instant or a day (to its end, UTC)" example:"812"`
	Cursor  string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" default:"1000" doc:"How many at most: the nearest"`
	FormatInput
}) (body comingBody, err error) {
	on, q, err := s.comingQuestion(in.ComingInput)
	if err != nil {
		return body, err
	}
	asked, err := s.on(AxesInput{KnownAt: in.KnownAt})
	if err != nil {
		return body, err
	}
	q.KnownAt = projections.UpTo(asked.KnownAt)
	all := notices.UpcomingOf(s.Projection.Current(), on, q)
	body = comingBody{On: on, Until: q.Until, KnownAt: uint64(asked.KnownAt), Total: len(all)}
	body.Coming, body.Following, err = paged(all, in.Cursor, in.Limit, func(d notices.UpcomingDate) string { return d.Key })
	if err != nil {
		return body, err
	}
	for _, id := range q.Treaties {
		if h := asked.History(id); h != nil {
			body.Treaties = append(body.Treaties, asked.OnDay(on).MatrixHead(h))
		}
	}
	return body, nil
}
