package gap

import (
	"slices"

	"depositary/domain"
	"depositary/projections"
)

// Share is how the share of the world's migrants who live in a State that is
// bound has grown, from the treaty's entry into force to the as-of day.
type Share struct {
	Axes   projections.Axes       `json:"axes"`
	Treaty projections.TreatyHead `json:"treaty"`
	Points []SharePoint           `json:"points" doc:"Each day on which the share changed, because somebody became or ceased to be bound or because a new estimate began"`
}

// SharePoint is the share from a day on.
type SharePoint struct {
	Date    domain.Date `json:"date" format:"date"`
	Covered float64     `json:"covered" doc:"Migrants who live in a State that is bound"`
	Share   float64     `json:"share" doc:"The same in percent of the world total"`
	Parties int         `json:"parties"`
	Year    int         `json:"year" doc:"Year of the estimate"`
	Edition string      `json:"edition" doc:"Edition of the stock"`
}

// ShareOf returns the growth of the share; on every day it is the share that
// GapOf returns for it. Days before the first estimate have none. Its error is an
// *InputError, or nil with false where the treaty is not known.
func ShareOf(on projections.Query, treaty domain.TreatyID, edition string) (Share, bool, error) {
	h := on.History(treaty)
	if h == nil {
		return Share{}, false, nil
	}
	if err := projections.RequireActs(on, h, "what share of the world's migrants lives in a State that is bound"); err != nil {
		return Share{}, true, err
	}
	c := Share{Axes: on.Axes, Treaty: on.Head(h), Points: []SharePoint{}}
	stock, ok := on.State().WeightsEdition(MigrantStock, edition, on.Known())
	if !ok {
		return c, true, &projections.InputError{Field: "edition", Reason: "no migrant stock of this edition is recorded", Accepted: "an edition listed at /v1/weights"}
	}
	for _, day := range shareDays(on, h, stock) {
		g := NewReader(on.OnDay(day), h)
		used, err := g.UseStock(Question{Edition: edition})
		if err != nil {
			continue // before the first estimate
		}
		covered := g.Covered()
		if n := len(c.Points); n > 0 && c.Points[n-1].Covered == covered && c.Points[n-1].Year == used.Year && c.Points[n-1].Parties == h.CountsOn(day).Parties {
			continue
		}
		c.Points = append(c.Points, SharePoint{day, covered, g.Percent(covered), h.CountsOn(day).Parties, used.Year, used.Edition})
	}
	return c, true, nil
}

// shareDays lists the days from which the share can be another: those on
// which a standing changed, and from the first of them the first day of each
// year of an estimate and the days on which a successor took over its area.
func shareDays(on projections.Query, h *domain.History, stock *domain.Weights) (days []domain.Date) {
	last := on.AsOf
	for _, c := range h.Courses {
		before := false
		for _, a := range c.Acts {
			if a.Action().Kind.IsTerritorial() {
				days = append(days, a.Action().TakesEffect())
			}
		}
		for _, s := range c.Standings {
			if now := s.Status.Bound(); now != before {
				days, before = append(days, s.From), now
			}
		}
	}
	if len(days) == 0 {
		return nil
	}
	first := slices.MinFunc(days, domain.Date.Compare)
	for _, year := range stock.Years() {
		if day, err := domain.NewDate(year, 1, 1); err == nil && day.After(first) {
			days = append(days, day)
		}
	}
	for _, p := range on.State().Participants(on.Known()) {
		if len(p.Succeeds) > 0 && p.Exists.From.After(first) {
			days = append(days, p.Exists.From)
		}
	}
	days = slices.DeleteFunc(days, func(d domain.Date) bool { return d.After(last) })
	slices.SortFunc(days, domain.Date.Compare)
	return slices.Compact(days)
}
