package v1

import (
	"context"
	"fmt"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

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
	Following
}

func (s *API) listWeights(_ context.Context, in *struct {
	QuestionInput
	PartInput
}) (body weightsListBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var all []weightsHead
	for _, w := range s.Projection.Current().State.Weights(on.Known()) {
		all = append(all, weightsHead{w.ID, w.Edition, w.Name, w.Unit, w.Years(), w.Licence, model.Attestation(w.Attestation)})
	}
	body.Weights, body.Following, err = paged(all, in.Cursor, in.Limit, func(w weightsHead) string { return string(w.ID) + "/" + w.Edition })
	return body, err
}

func (s *API) getWeights(_ context.Context, in *struct {
	Weights string `path:"weights" example:"migrant-stock"`
	Edition string `path:"edition" example:"2020"`
	QuestionInput
}) (body weightsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	w, ok := s.Projection.Current().State.WeightsEdition(domain.WeightsID(in.Weights), in.Edition, on.Known())
	if !ok {
		return body, problem.NotFound("weights", "weight table", in.Weights+"/"+in.Edition, "an id and edition listed at /v1/weights")
	}
	return weightsBody{model.FromWeights(*w)}, nil
}

type weightsBody struct{ model.Weights }

func (b weightsBody) table() table {
	t := table{header: []string{"table", "edition", "area", "name", "year", "value", "unit", "source", "licence"}}
	for _, r := range b.Rows {
		t.rows = append(t.rows, []string{string(b.ID), b.Edition, r.Area, b.Areas[r.Area], fmt.Sprint(r.Year), number(r.Value), b.Unit, b.Source, b.Licence})
	}
	return t
}
