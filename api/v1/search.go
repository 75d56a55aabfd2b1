package v1

import (
	"fmt"

	"depositary/projections"
	"depositary/projections/gap"
)

// Questions that the pages ask too: how coverage has grown, and search.

func (s *API) routesSearch() {
	read(s, "/v1/treaties/{treaty}/coverage", "coverage", "How the share of the world's migrants who live in a State that is bound has grown", "Gap", s.coverage)
	read(s, "/v1/search", "search", "Treaties, participants and statements that contain every word of a text", "Treaties", s.search)
}

type coverageBody struct{ gap.Coverage }

func (b coverageBody) table() table {
	t := table{header: append([]string{"date", "covered", "share_percent", "parties", "treaty", "stock_edition", "stock_year"}, axesColumns...)}
	for _, p := range b.Points {
		t.rows = append(t.rows, append([]string{p.Date.String(), number(p.Covered), number(p.Share), fmt.Sprint(p.Parties), string(b.Treaty.ID), p.Edition, fmt.Sprint(p.Year)}, axesCells(b.Axes)...))
	}
	return t
}

func (s *API) coverage(in *struct {
	TreatyInput
	Edition string `query:"edition" doc:"Edition of the migrant stock; the newest held where absent" example:"2020"`
}) (body coverageBody, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	coverage, ok, err := gap.CoverageOf(on, id, in.Edition)
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return coverageBody{coverage}, err
}

func (s *API) search(in *struct {
	AxesInput
	Text  string `query:"text" required:"true" doc:"Words, each of which must occur; case and accents do not matter" example:"migrant families"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many of each kind at most"`
}) (body projections.Found, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	return projections.Search(on, in.Text, in.Limit)
}
