package v1

import (
	"fmt"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/model"
)

// Reading what the law is decided on: groups, weight tables, and the ledger.

type groupsBody struct {
	Groups []model.Group `json:"groups"`
}

func (s *API) listGroups(in *QuestionInput) (body groupsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	body.Groups = []model.Group{}
	for _, g := range s.Projection.Current().State.Groups(uint64(on.KnownAt)) {
		body.Groups = append(body.Groups, model.FromGroup(*g))
	}
	return body, nil
}

func (s *API) getGroup(in *struct {
	Group string `path:"group" example:"OECD"`
	QuestionInput
}) (body groupBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	g, ok := s.Projection.Current().State.Group(domain.GroupID(strings.ToUpper(in.Group)), uint64(on.KnownAt))
	if !ok {
		return body, problem.NotFound("group", "group", in.Group, "an id listed at /v1/groups")
	}
	return groupBody{model.FromGroup(*g)}, nil
}

type weightsHead struct {
	ID      domain.WeightsID `json:"id"`
	Edition string           `json:"edition"`
	Name    string           `json:"name"`
	Unit    string           `json:"unit"`
	Years   []int            `json:"years"`
	Licence string           `json:"licence,omitempty"`
	model.Attestation
}

type weightsListBody struct {
	Weights []weightsHead `json:"weights"`
}

func (s *API) listWeights(in *QuestionInput) (body weightsListBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	body.Weights = []weightsHead{}
	for _, w := range s.Projection.Current().State.Weights(uint64(on.KnownAt)) {
		body.Weights = append(body.Weights, weightsHead{w.ID, w.Edition, w.Name, w.Unit, w.Years(), w.Licence, model.Attestation(w.Attestation)})
	}
	return body, nil
}

func (s *API) getWeights(in *struct {
	Weights string `path:"weights" example:"migrant-stock"`
	Edition string `path:"edition" example:"2020"`
	QuestionInput
}) (body weightsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	w, ok := s.Projection.Current().State.WeightsEdition(domain.WeightsID(in.Weights), in.Edition, uint64(on.KnownAt))
	if !ok {
		return body, problem.NotFound("weights", "weight table", in.Weights+"/"+in.Edition, "an id and edition listed at /v1/weights")
	}
	return weightsBody{model.FromWeights(*w)}, nil
}

func (s *API) listLedger(in *struct {
	FormatInput
	Treaty      string `query:"treaty" doc:"Only commits about this treaty"`
	Participant string `query:"participant" doc:"Only commits about this participant"`
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

func (s *API) getCommit(in *struct {
	Position uint64 `path:"position" minimum:"1" example:"1"`
}) (projections.CommitView, error) {
	c, ok, err := s.Ledger.Commit(eventstore.Position(in.Position))
	if err == nil && !ok {
		err = problem.NotFound("position", "commit", fmt.Sprint(in.Position), fmt.Sprintf("a position up to %d", s.Projection.Current().Position))
	}
	return c, err
}

func (s *API) getAction(in *struct {
	Record domain.RecordID `path:"record" doc:"Id of any record of the act" example:"812.1"`
	AxesInput
}) (projections.RecordDetail, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return projections.RecordDetail{}, err
	}
	detail, ok, err := s.Ledger.Record(on, in.Record)
	if err != nil {
		return detail, err
	}
	if !ok {
		return detail, problem.NotFound("record", "record", in.Record.String(), "the id of a record of an act, as the ledger and the answers to writes show it")
	}
	return detail, nil
}
