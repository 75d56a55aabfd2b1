package domain

import (
	"slices"
	"strings"
)

// TerritoriesOn returns the territories of a participant on a day: those to which
// its consent was limited and those to which it was extended since, and those
// that were excluded (VCLT 29). No territory means the whole.
func (c *Course) TerritoriesOn(day Date) (applied, excluded []string) {
	p, ok := c.PeriodOn(day)
	if !ok {
		return nil, nil
	}
	applied = slices.DeleteFunc(slices.Clone(p.Consent.Action().Territories), func(t string) bool { return c.independentBy(t, day) })
	without := func(list, names []string) []string {
		return slices.DeleteFunc(list, func(t string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, t) })
		})
	}
	for _, a := range c.Acts {
		names, on := a.Action().Territories, a.Action().Effect.Or(a.Action().Date)
		if on.After(day) || a.Action().Date.Before(p.From) && a.Action().Date.Before(p.Deposited) {
			continue
		}
		switch a.Action().Kind {
		case TerritorialApplication:
			applied, excluded = append(without(applied, names), names...), without(excluded, names)
		case TerritorialExclusion:
			applied, excluded = without(applied, names), append(without(excluded, names), names...)
		}
	}
	own := func(t string) bool { return c.independentBy(t, day) }
	return slices.DeleteFunc(applied, own), slices.DeleteFunc(excluded, own)
}

// independentBy reports whether a territory had become a State by the day: from
// then on it is no territory of another (VCST 15, 16).
func (c *Course) independentBy(territory string, day Date) bool {
	on, became := c.independence[strings.ToLower(territory)]
	return became && !on.After(day)
}

// noteIndependence finds the States that the territories of a participant's acts
// became, under the name or an alias that the registry has.
func (h *History) noteIndependence(c *Course) {
	for _, a := range c.Acts {
		for _, name := range a.Action().Territories {
			for _, id := range h.state.registry.find(name) {
				p, held := h.state.Participant(id, h.axes.KnownAt)
				if !held || p.Kind != KindState || !p.Exists.From.After(a.Action().Date) {
					continue
				}
				if c.independence == nil {
					c.independence = make(map[string]Date)
				}
				c.independence[strings.ToLower(name)] = p.Exists.From
			}
		}
	}
}

// LimitedTo returns the territories to which a participant's consent is limited
// on a day, with those to which it was extended since; none means the whole
// (VCLT 29).
func (c *Course) LimitedTo(day Date) []string {
	if p, ok := c.PeriodOn(day); !ok || len(p.Consent.Action().Territories) == 0 {
		return nil
	}
	applied, _ := c.TerritoriesOn(day)
	return applied
}
