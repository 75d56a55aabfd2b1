package v1

import (
	"context"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
)

func (s *API) matrix(_ context.Context, in *struct {
	QuestionInput
	Treaties  []string `query:"treaties" doc:"Ids, short names or aliases; all where absent" example:"ICMW,C97"`
	Group     []string `query:"group" doc:"Only who belongs to one of these groups on the day, with commas; then all of them are shown, also those that have done nothing" example:"OECD"`
	Receiving string   `query:"receiving" doc:"Only the receiving countries of this definition, as in the gap: all of them, also those that have done nothing" example:"top20"`
	Edition   string   `query:"edition" doc:"Edition of the migrant stock by which receiving countries are found; the newest where absent" example:"2020"`
	Show      string   `query:"show" enum:"gaps,signed" doc:"gaps: who could consent to one of the treaties and has not, whether or not it has done anything; signed: who has signed one of them and not consented to it" example:"gaps"`
}) (body matrixBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	q := projections.MatrixQuestion{Show: in.Show}
	for _, text := range in.Treaties {
		id, err := s.treaty(strings.TrimSpace(text))
		if err != nil {
			return body, err
		}
		q.Treaties = append(q.Treaties, id)
	}
	for _, text := range in.Group {
		q.Groups = append(q.Groups, domain.GroupID(strings.ToUpper(strings.TrimSpace(text))))
	}
	if in.Receiving != "" {
		receiving, err := gap.ReceivingOf(on, gap.Question{Receiving: in.Receiving, Edition: in.Edition})
		if err != nil {
			return body, err
		}
		body.Receiving, q.Among = &receiving, receiving.Participants
	}
	body.Matrix, err = projections.MatrixOf(on, q)
	return body, err
}

type matrixBody struct {
	projections.Matrix
	Receiving *gap.Receiving `json:"receiving,omitempty" doc:"Who the receiving countries are, where the question asks for them"`
}

func (b matrixBody) table() table {
	t := table{header: []string{"participant", "name"}}
	var until []string // of each treaty
	for _, treaty := range b.Treaties {
		t.header = append(t.header, treaty.Short)
	}
	for _, treaty := range b.Treaties {
		t.header = append(t.header, treaty.Short+"_coverage", treaty.Short+"_acts_as_at")
		until = append(until, coverageCells(treaty.Coverage)...)
	}
	t.header = append(t.header, axesColumns...)
	for _, r := range b.Rows {
		row := []string{string(r.Participant), r.Name}
		for _, cell := range r.Cells {
			row = append(row, string(projections.MatrixStatuses[cell]))
		}
		t.rows = append(t.rows, slices.Concat(row, until, axesCells(b.Axes)))
	}
	return t
}
