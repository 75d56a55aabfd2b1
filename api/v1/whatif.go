package v1

import (
	"context"
	"fmt"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/model"
	"depositary/projections/whatif"
)

const (
	mostSupposed  = 500 // acts of one hypothesis
	mostTreaties  = 20  // treaties of one hypothesis
	mostConsents  = 200 // participants of the short form
	mostRelated   = 200 // treaties to judge candidates by
	mostRowsAsked = 300 // rows of gains
)

type supposedAct struct {
	Treaty string       `json:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	Action model.Action `json:"action" doc:"The act, in the form in which it is recorded; its day may lie ahead"`
}

type whatIfInput struct {
	Body struct {
		Actions    []supposedAct `json:"actions" minItems:"1" maxItems:"500" doc:"The acts that are supposed, each decided on what the ones before it leave"`
		Receiving  string        `json:"receiving,omitempty" doc:"What a receiving country is; top20 where absent" example:"top20"`
		Edition    string        `json:"edition,omitempty" doc:"Edition of the migrant stock; the newest where absent" example:"2020"`
		AsOf       string        `json:"asOf,omitempty" doc:"The legal day for which to answer; today at the depositary where absent"`
		ReceivedBy string        `json:"receivedBy,omitempty" doc:"Suppose on what the depositary had received by this day; by the as-of day where absent"`
		KnownAt    string        `json:"knownAt,omitempty" doc:"Suppose on what the ledger held by then: a position, an instant or a day"`
	}
}

func (s *API) whatIf(_ context.Context, in *whatIfInput) (body whatif.WhatIf, err error) {
	on, err := s.on(AxesInput{AsOf: in.Body.AsOf, ReceivedBy: in.Body.ReceivedBy, KnownAt: in.Body.KnownAt})
	if err != nil {
		return body, err
	}
	q := whatif.WhatIfQuestion{Receiving: in.Body.Receiving, Edition: in.Body.Edition}
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

func (s *API) whatIfConsented(_ context.Context, in *struct {
	TreatyInput
	Ratify    []string `query:"ratify" names:"participants" required:"true" minItems:"1" maxItems:"200" doc:"Ids, codes or names of those that consent: by ratification, where they have signed, otherwise by accession" example:"DEU,USA"`
	Receiving string   `query:"receiving" default:"top20" doc:"What a receiving country is" example:"top20"`
	Edition   string   `query:"edition" doc:"Edition of the migrant stock; the newest where absent" example:"2020"`
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
	answer, err := whatif.WhatIfOf(on, whatif.WhatIfQuestion{Acts: acts, Receiving: in.Receiving, Edition: in.Edition})
	return whatIfBody{answer}, err
}

type whatIfBody struct{ whatif.WhatIf }

func (b whatIfBody) table() table {
	settled := b.Axes
	settled.AsOf = b.Settled
	var treaties []projections.MatrixHead
	for _, t := range b.Treaties {
		treaties = append(treaties, projections.MatrixHead{ID: t.Treaty.ID, Short: t.Treaty.Short, Coverage: t.Treaty.Coverage})
	}
	return changesTable(settled, settled, b.Changes, treaties, []string{"hypothetical"}, []string{"yes"})
}
