package v1

import (
	"context"
	"strings"

	"depositary/domain"
	"depositary/projections"
)

func (s *API) matrix(_ context.Context, in *struct {
	QuestionInput
	Treaties []string `query:"treaties" doc:"Ids or short names; all where absent" example:"ICMW,C97"`
}) (body matrixBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var chosen []domain.TreatyID
	for _, text := range in.Treaties {
		id, err := s.treaty(strings.TrimSpace(text))
		if err != nil {
			return body, err
		}
		chosen = append(chosen, id)
	}
	return matrixBody{projections.MatrixOf(on, chosen)}, nil
}

type matrixBody struct{ projections.Matrix }

func (b matrixBody) table() table {
	t := table{header: []string{"participant", "name"}}
	for _, treaty := range b.Treaties {
		t.header = append(t.header, treaty.Short)
	}
	t.header = append(t.header, axesColumns...)
	for _, r := range b.Rows {
		row := []string{string(r.Participant), r.Name}
		for _, cell := range r.Cells {
			row = append(row, string(projections.MatrixStatuses[cell]))
		}
		t.rows = append(t.rows, append(row, axesCells(b.Axes)...))
	}
	return t
}
