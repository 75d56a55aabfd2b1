package v1

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/model"
	"depositary/projections/notices"
	"depositary/projections/whatif"
)

// This file asks what differs between two views, what would follow from acts
// that are assumed, and whose consent would make a difference.

const (
	ChangesPath   = "/v1/changes"
	tagSuppose    = "Differences and hypotheses"
	mostSupposed  = 500 // acts of one hypothesis
	mostTreaties  = 20  // treaties of one hypothesis
	mostConsents  = 200 // participants of the short form
	mostRelated   = 200 // treaties to judge candidates by
	mostRowsAsked = 300 // rows of gains
)

func (s *API) routesSuppose() {
	read(s, ChangesPath, "changes", "What differs between two days, or between two moments of knowledge", tagSuppose, s.changes)
	read(s, "/v1/treaties/{treaty}/what-if", "whatIfConsented", "What would follow, if participants consented on the as-of day", tagSuppose, s.whatIfConsented)
	read(s, "/v1/treaties/{treaty}/who-next", "whoNext", "Whose consent would meet the next threshold, or raise the share of migrants most", tagSuppose, s.whoNext)
	operation := huma.Operation{
		Method: http.MethodPost, Path: "/v1/what-if", OperationID: "whatIf", Summary: "What would follow from assumed acts; nothing is recorded, and no token is needed",
		Tags: []string{tagSuppose}, Errors: []int{400, 406, 408, 413, 415, 422, 429}, MaxBodyBytes: s.MaxBody,
	}
	huma.Register(s.api, operation, func(_ context.Context, in *whatIfInput) (*output[whatif.WhatIf], error) {
		body, err := s.whatIf(in)
		if err != nil {
			return nil, s.failed(operation.OperationID, err)
		}
		return &output[whatif.WhatIf]{Body: body}, nil
	})
}

type ChangesInput struct {
	Treaty         string `query:"treaty" doc:"Id or short name of the treaty; all where absent" example:"ICMW"`
	Participant    string `query:"participant" doc:"Id, code or name of the participant; the treaties themselves and all participants where absent" example:"MLI"`
	From           string `query:"from" doc:"The legal day of the first side; where absent that of the second, or the day before it where nothing else tells the sides apart" example:"2003-06-30"`
	To             string `query:"to" doc:"The legal day of the second side; today at the depositary where absent" example:"2003-07-01"`
	ReceivedBy     string `query:"receivedBy" doc:"Both sides of what the depositary had received by this day" example:"2006-12-31"`
	KnownAt        string `query:"knownAt" doc:"Both sides of what the ledger held by then: a position, an instant or a day" example:"812"`
	FromReceivedBy string `query:"fromReceivedBy" doc:"The same for the first side alone" example:"2006-07-01"`
	ToReceivedBy   string `query:"toReceivedBy" doc:"The same for the second side alone" example:"2006-12-31"`
	FromKnownAt    string `query:"fromKnownAt" doc:"The same for the first side alone" example:"812"`
	ToKnownAt      string `query:"toKnownAt" doc:"The same for the second side alone" example:"813"`
	FormatInput
}

func (s *API) changes(in *ChangesInput) (body changesBody, err error) {
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
	return changesBody{notices.ChangesOf(from, to, treaty, participant)}, nil
}

// side puts one side of a comparison on its axes, and names what is wrong as
// the question does.
func (s *API) side(name, day, receivedBy, knownAt string) (projections.Query, error) {
	on, err := s.on(AxesInput{AsOf: day, ReceivedBy: receivedBy, KnownAt: knownAt})
	if p, isProblem := err.(*problem.Problem); isProblem {
		for i, f := range p.Findings {
			p.Findings[i].Field = map[string]string{"asOf": name, "receivedBy": name + "ReceivedBy", "knownAt": name + "KnownAt"}[f.Field]
		}
	}
	return on, err
}

type supposedAct struct {
	Treaty string       `json:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	Action model.Action `json:"action" doc:"The act, in the form in which it is recorded; its day may lie ahead"`
}

type whatIfInput struct {
	Body struct {
		Actions    []supposedAct `json:"actions" minItems:"1" maxItems:"500" doc:"The acts that are supposed, each decided on what the ones before it leave"`
		Receiving  string        `json:"receiving,omitempty" doc:"What a receiving country is; top20 where absent" example:"top20"`
		AsOf       string        `json:"asOf,omitempty" doc:"The legal day for which to answer; today at the depositary where absent"`
		ReceivedBy string        `json:"receivedBy,omitempty" doc:"Suppose on what the depositary had received by this day; by the as-of day where absent"`
		KnownAt    string        `json:"knownAt,omitempty" doc:"Suppose on what the ledger held by then: a position, an instant or a day"`
	}
}

func (s *API) whatIf(in *whatIfInput) (body whatif.WhatIf, err error) {
	on, err := s.on(AxesInput{AsOf: in.Body.AsOf, ReceivedBy: in.Body.ReceivedBy, KnownAt: in.Body.KnownAt})
	if err != nil {
		return body, err
	}
	q := whatif.WhatIfQuestion{Receiving: in.Body.Receiving}
	treaties := make(map[domain.TreatyID]bool)
	for i, a := range in.Body.Actions {
		id, err := find.Treaty(s.Projection.Current().State, a.Treaty)
		if err != nil {
			return body, problem.Invalid(fmt.Sprintf("actions[%d].treaty", i), problem.Clip(err.Error()), "an id, short name or alias listed at /v1/treaties")
		}
		treaties[id] = true
		q.Acts = append(q.Acts, whatif.AssumedAction{Treaty: id, Action: a.Action.ToDomain()})
	}
	if len(treaties) > mostTreaties {
		return body, problem.Invalid("actions", fmt.Sprintf("acts about %d treaties", len(treaties)), fmt.Sprintf("acts about up to %d treaties", mostTreaties))
	}
	return whatif.WhatIfOf(on, q)
}

func (s *API) whatIfConsented(in *struct {
	TreatyInput
	Ratify    []string `query:"ratify" required:"true" minItems:"1" maxItems:"200" doc:"Ids, codes or names of those that consent: by ratification, where they have signed, otherwise by accession" example:"DEU,USA"`
	Receiving string   `query:"receiving" default:"top20" doc:"What a receiving country is" example:"top20"`
}) (body whatIfBody, err error) {
	on, treaty, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	if len(in.Ratify) > mostConsents {
		return body, problem.Invalid("ratify", "too many participants", fmt.Sprintf("up to %d", mostConsents))
	}
	var participants []domain.ParticipantID
	for _, text := range in.Ratify {
		id, err := s.participant(strings.TrimSpace(text), on.AsOf)
		if err != nil {
			return body, err
		}
		participants = append(participants, id)
	}
	acts, ok := whatif.Consents(on, treaty, participants)
	if !ok {
		return body, notKnownThen("treaty", in.Treaty, on)
	}
	answer, err := whatif.WhatIfOf(on, whatif.WhatIfQuestion{Acts: acts, Receiving: in.Receiving})
	return whatIfBody{answer}, err
}

func (s *API) whoNext(in *struct {
	TreatyInput
	Receiving string   `query:"receiving" default:"top20" doc:"What a receiving country is" example:"top20"`
	Limit     int      `query:"limit" minimum:"1" maximum:"300" default:"10" doc:"How many rows of gains at most"`
	Related   []string `query:"related" maxItems:"200" doc:"Treaties to judge candidates by; the parent and sibling treaties where absent" example:"C97,C143"`
}) (body whoNextBody, err error) {
	on, treaty, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	q := whatif.WhoNextQuestion{Treaty: treaty, Receiving: in.Receiving, Limit: min(in.Limit, mostRowsAsked)}
	for _, text := range in.Related[:min(len(in.Related), mostRelated)] {
		id, err := s.treaty(strings.TrimSpace(text))
		if err != nil {
			return body, err
		}
		q.Related = append(q.Related, id)
	}
	answer, ok, err := whatif.WhoNextOf(on, q)
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return whoNextBody{answer}, err
}

type changesBody struct{ notices.Changes }

func (b changesBody) table() table { return changesTable(b.From, b.To, b.Changes.Changes, nil, nil) }

// changesTable has the axes of both sides at its end, and then what else is
// to stand in every row.
func changesTable(from, to projections.Axes, changes []notices.LegalChange, header, cells []string) table {
	t := table{header: []string{"treaty", "treaty_short", "participant", "name", "what", "of", "before", "after", "why", "article", "record",
		"from_as_of", "from_received_by", "from_known_at", "to_as_of", "to_received_by", "to_known_at"}}
	t.header = append(t.header, header...)
	for _, c := range changes {
		row := []string{string(c.Treaty), c.TreatyShort, string(c.Participant), c.Name, string(c.What), c.Of, c.Before.Words, c.After.Words, c.Why, c.Article, c.Record.String()}
		row = append(append(row, axesCells(from)...), axesCells(to)...)
		t.rows = append(t.rows, append(row, cells...))
	}
	return t
}

type whatIfBody struct{ whatif.WhatIf }

func (b whatIfBody) table() table {
	settled := b.Axes
	settled.AsOf = b.Settled
	return changesTable(settled, settled, b.Changes, []string{"hypothetical"}, []string{"yes"})
}

type whoNextBody struct{ whatif.WhoNext }

func (b whoNextBody) table() table {
	t := table{header: append([]string{"set", "threshold", "article", "participant", "name", "status", "action", "signed", "related_have", "related_of", "region", "region_have", "region_of",
		"adds", "gain_points", "stock", "receiving", "stock_edition", "stock_year", "source", "treaty"}, axesColumns...)}
	add := func(set, threshold, article string, c whatif.Candidate, adds string, more ...string) {
		row := []string{set, threshold, article, string(c.Participant), c.Name, string(c.Status), string(c.Action), c.Signed.String(), fmt.Sprint(c.Related.Have), fmt.Sprint(c.Related.Of),
			c.RegionName, fmt.Sprint(c.Region.Have), fmt.Sprint(c.Region.Of), adds}
		row = append(append(row, more...), string(b.Treaty.ID))
		t.rows = append(t.rows, append(row, axesCells(b.Axes)...))
	}
	for _, n := range b.Thresholds {
		for _, set := range []struct {
			name string
			set  *whatif.NextSet
		}{{"smallest", n.Smallest}, {"likeliest", n.Likeliest}} {
			if set.set == nil {
				continue
			}
			for _, c := range set.set.Participants {
				var adds []string
				for _, a := range c.Adds {
					adds = append(adds, number(a.Amount)+" "+a.Unit)
				}
				add(set.name, n.What, n.Article, c, strings.Join(adds, "; "), "", "", "", "", "", "")
			}
		}
	}
	if g := b.Gap; g != nil {
		for _, r := range g.Rows {
			add("gain", "", "", r.Candidate, "", number(r.Gain), number(r.Stock), yes(r.Receiving), g.Stock.Edition, fmt.Sprint(g.Stock.Year), g.Stock.Source)
		}
	}
	return t
}
