package v1

import (
	"context"
	"fmt"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

func (s *API) listCoverage(_ context.Context, in *struct {
	QuestionInput
	PartInput
}) (body coverageTableBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	body.CoverageTable = projections.CoverageOfAll(on)
	body.Rows, body.Following, err = paged(body.Rows, in.Cursor, in.Limit, func(c projections.TreatyCoverage) string { return string(c.Treaty.ID) })
	return body, err
}

type coverageTableBody struct {
	projections.CoverageTable
	Following
}

func (b coverageTableBody) table() table {
	t := table{header: append([]string{"treaty", "treaty_short", "extent", "acts_as_at", "since", "newest", "complete", "acts", "statements", "recorded", "published", "missing",
		"sources", "verification"}, axesColumns...)}
	for _, r := range b.Rows {
		c := r.Treaty.Coverage
		var sources, verification []string
		for _, source := range r.Sources {
			sources, verification = append(sources, source.Source), append(verification, source.Verification)
		}
		t.rows = append(t.rows, append([]string{string(r.Treaty.ID), r.Treaty.Short, string(c.Extent), c.AsAt.String(), c.Since.String(), c.Newest.String(), yes(c.Complete),
			fmt.Sprint(r.Acts), fmt.Sprint(r.Statements), count(r.Recorded), count(r.Published), c.Missing, strings.Join(sources, "; "), strings.Join(verification, "; ")}, axesCells(b.Axes)...))
	}
	return t
}

func (s *API) treatyCoverage(_ context.Context, in *TreatyInput) (projections.TreatyCoverage, error) {
	on, id, err := s.onTreaty(in)
	if err != nil {
		return projections.TreatyCoverage{}, err
	}
	c, ok := projections.CoverageOfTreaty(on, id)
	if !ok {
		return c, notKnownThen("treaty", in.Treaty, on)
	}
	return c, nil
}

func (s *API) stateCoverage(in *struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	WriteInput
	Body struct {
		Coverage model.CoverageStatement `json:"coverage"`
		Corrects domain.RecordID         `json:"corrects,omitzero" doc:"First record of the statement that it takes the place of"`
		Reason   string                  `json:"reason,omitempty" doc:"Why; required for a correction"`
		Seen     uint64                  `json:"seen,omitempty" doc:"Revision of the treaty that the writer had seen; refused if it has changed since"`
	}
}) (order, error) {
	treaty, err := s.treaty(in.Treaty)
	return order{in.WriteInput, &domain.StateCoverage{Treaty: treaty, Coverage: in.Body.Coverage.ToDomain(), Corrects: in.Body.Corrects, Reason: in.Body.Reason, Seen: in.Body.Seen}}, err
}
