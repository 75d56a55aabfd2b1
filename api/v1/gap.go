package v1

import (
	"context"
	"fmt"
	"slices"

	"depositary/projections/gap"
)

type GapInput struct {
	TreatyInput
	Receiving string `query:"receiving" default:"top20" doc:"What a receiving country is: top20, million, share10, high-income, or a group" example:"top20"`
	StockYear int    `query:"stockYear" minimum:"0" maximum:"9999" doc:"Year of the migrant stock; the latest on or before the as-of day where absent" example:"2020"`
	Edition   string `query:"edition" doc:"Edition of the migrant stock; the newest where absent" example:"2020"`
}

func (s *API) gap(_ context.Context, in *GapInput) (body gapBody, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	gap, ok, err := gap.Of(on, gap.Question{Treaty: id, Receiving: in.Receiving, Edition: in.Edition, StockYear: in.StockYear})
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return gapBody{gap}, err
}

type gapBody struct{ gap.Gap }

func (b gapBody) table() table {
	t := table{header: append([]string{"rank", "participant", "name", "stock", "share_percent", "status", "bound", "since", "gain_points", "treaty", "definition",
		"stock_edition", "stock_year", "world", "source", "coverage", "acts_as_at"}, axesColumns...)}
	for _, r := range b.Rows {
		t.rows = append(t.rows, append([]string{fmt.Sprint(r.Rank), string(r.Participant), r.Name, number(r.Stock), number(r.Share), string(r.Status), yes(r.Bound), r.Since.String(),
			number(r.Gain), string(b.Treaty.ID), b.Definition.Name, b.Stock.Edition, fmt.Sprint(b.Stock.Year), number(b.Stock.World), b.Stock.Source,
			string(b.Treaty.Coverage.Extent), b.Treaty.Coverage.AsAt.String()}, axesCells(b.Axes)...))
	}
	return t
}

type shareBody struct{ gap.Share }

func (b shareBody) table() table {
	t := table{header: append([]string{"date", "covered", "share_percent", "parties", "treaty", "stock_edition", "stock_year", "coverage", "acts_as_at"}, axesColumns...)}
	for _, p := range b.Points {
		t.rows = append(t.rows, slices.Concat([]string{p.Date.String(), number(p.Covered), number(p.Share), fmt.Sprint(p.Parties), string(b.Treaty.ID), p.Edition, fmt.Sprint(p.Year)}, coverageCells(b.Treaty.Coverage), axesCells(b.Axes)))
	}
	return t
}

func (s *API) share(_ context.Context, in *struct {
	TreatyInput
	Edition string `query:"edition" doc:"Edition of the migrant stock; the newest where absent" example:"2020"`
}) (body shareBody, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	coverage, ok, err := gap.ShareOf(on, id, in.Edition)
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return shareBody{coverage}, err
}
