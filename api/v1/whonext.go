package v1

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"depositary/projections/whatif"
)

func (s *API) whoNext(_ context.Context, in *struct {
	TreatyInput
	Receiving string   `query:"receiving" default:"top20" doc:"What a receiving country is" example:"top20"`
	Edition   string   `query:"edition" doc:"Edition of the migrant stock; the newest where absent" example:"2020"`
	Limit     int      `query:"limit" minimum:"1" maximum:"300" default:"10" doc:"How many rows of gains at most"`
	Related   []string `query:"related" maxItems:"200" doc:"Treaties to judge candidates by; the parent and sibling treaties where absent" example:"C97,C143"`
}) (body whoNextBody, err error) {
	on, treaty, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return body, err
	}
	q := whatif.WhoNextQuestion{Treaty: treaty, Receiving: in.Receiving, Edition: in.Edition, Limit: min(in.Limit, mostRowsAsked)}
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

type whoNextBody struct{ whatif.WhoNext }

func (b whoNextBody) table() table {
	t := table{header: append([]string{"set", "threshold", "article", "participant", "name", "status", "action", "signed", "related_have", "related_of", "region", "region_have", "region_of",
		"adds", "gain_points", "stock", "receiving", "stock_edition", "stock_year", "source", "treaty", "coverage", "acts_as_at"}, axesColumns...)}
	add := func(set, threshold, article string, c whatif.Candidate, adds string, more ...string) {
		row := []string{set, threshold, article, string(c.Participant), c.Name, string(c.Status), string(c.Action), c.Signed.String(), fmt.Sprint(c.Related.Have), fmt.Sprint(c.Related.Of),
			c.RegionName, fmt.Sprint(c.Region.Have), fmt.Sprint(c.Region.Of), adds}
		row = slices.Concat(row, more, []string{string(b.Treaty.ID)}, coverageCells(b.Treaty.Coverage))
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
