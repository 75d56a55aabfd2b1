package domain

import "slices"

// This file follows the register of territories: participants of the kind
// territory, and States before their independence, each with the States that
// were responsible for its international relations, by days (VCLT 29; VCST 2(1)(b)).

// ResponsibleOn returns the State that is responsible for the international
// relations of a territory on a day: that of the register, or, of a State before
// its independence, the one that it became independent of. It is false where the
// register does not say.
func (p *Participant) ResponsibleOn(day Date) (ParticipantID, bool) {
	for _, r := range p.Responsible {
		if r.Contains(day) {
			return r.Participant, true
		}
	}
	for _, s := range p.Succeeds {
		if len(p.Responsible) == 0 && day.Before(s.On) && (s.How == "independence" || s.How == "separation" && p.Kind == KindState) {
			return s.Participant, true
		}
	}
	return "", false
}

// isStateOn reports whether it is a State on a day and known to be one.
func (p *Participant) isStateOn(day Date) bool {
	return p.Kind == KindState && !p.Exists.From.IsZero() && p.Exists.Contains(day)
}

// partOf reports whether it was a State that became a part of another by a day:
// Zanzibar of Tanzania (VCST 31).
func (p *Participant) partOf(state *Participant, day Date) bool {
	return !p.Exists.Until.IsZero() && slices.ContainsFunc(state.Succeeds, func(s Succession) bool { return s.Participant == p.ID && !s.On.After(day) })
}

// Territory finds a territory by a name or an alias, as known at a moment:
// of several that have it the one that exists on the day, and a territory before
// a State.
func (s *State) Territory(name string, on Date, known Moment) (*Participant, bool) {
	var found *Participant
	rank := 0
	for _, id := range s.registry.find(name) {
		p, held := s.Participant(id, known)
		if !held || p.Kind != KindTerritory && p.Kind != KindState {
			continue
		}
		r := 1
		if p.Exists.Contains(on) {
			r += 2
		}
		if p.Kind == KindTerritory {
			r++
		}
		if r > rank {
			found, rank = p, r
		}
	}
	return found, found != nil
}

// Territories lists the register of territories as known at a moment: the
// territories, and what was the territory of another before it was a State.
func (s *State) Territories(known Moment) []*Participant {
	return slices.DeleteFunc(s.Participants(known), func(p *Participant) bool {
		return p.Kind != KindTerritory && len(p.Responsible) == 0
	})
}

// territories is what the register has of the territories that a course names.
type territories struct {
	byName     map[string]*Participant // by the folded name that an act uses
	successors map[ParticipantID][]*Participant
}

// noteTerritories finds the territories of a participant's acts in the register,
// with those that took their place.
func (h *History) noteTerritories(c *Course) {
	for _, a := range c.Acts {
		for _, name := range a.Action().Territories {
			p, found := h.state.Territory(name, a.Action().Date, h.axes.KnownAt)
			if !found {
				continue
			}
			if c.territories.byName == nil {
				c.territories = territories{make(map[string]*Participant), make(map[ParticipantID][]*Participant)}
			}
			if c.territories.byName[foldSpelling(name)] == nil {
				c.territories.byName[foldSpelling(name)] = p
				h.noteSuccessors(c, p)
			}
		}
	}
}

func (h *History) noteSuccessors(c *Course, of *Participant) {
	for _, p := range h.state.Participants(h.axes.KnownAt) {
		if p.Kind == KindTerritory && slices.ContainsFunc(p.Succeeds, func(s Succession) bool { return s.Participant == of.ID }) {
			c.territories.successors[of.ID] = append(c.territories.successors[of.ID], p)
		}
	}
}

// scope is a set of territories that acts add to and take from, in their order.
type scope struct {
	of    *Course
	names []string
}

// key returns what two names of a territory have in common.
func (c *Course) territoryKey(name string) string {
	if p := c.territories.byName[foldSpelling(name)]; p != nil {
		return string(p.ID)
	}
	return foldSpelling(name)
}

func (s *scope) without(names []string) {
	s.names = slices.DeleteFunc(s.names, func(have string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return s.of.territoryKey(n) == s.of.territoryKey(have) })
	})
}

func (s *scope) with(names []string) {
	s.without(names)
	s.names = append(s.names, names...)
}

// on returns the names as they stand on a day: without the territories that
// became States or for which another State became responsible (VCST 15, 16), and
// with those that took the place of one, or were separated from it.
func (s *scope) on(day Date) (names []string) {
	have := map[string]bool{}
	for _, name := range s.names {
		have[s.of.territoryKey(name)] = true
	}
	add := func(p *Participant) {
		if !have[string(p.ID)] {
			have[string(p.ID)] = true
			names = append(names, p.Name(day))
		}
	}
	for _, name := range s.names {
		p := s.of.territories.byName[foldSpelling(name)]
		if p == nil || !s.of.lost(p, day) && (p.Kind == KindState || p.Exists.Until.IsZero() || p.Exists.Contains(day)) {
			names = append(names, name)
		}
		if p == nil || s.of.lost(p, day) && p.Exists.Until.IsZero() {
			continue
		}
		for _, next := range s.of.territories.successors[p.ID] {
			if next.tookPlace(p.ID, day) && !s.of.lost(next, day) {
				add(next)
			}
		}
	}
	return names
}

// tookPlace reports whether a territory took the place of another by a day.
func (p *Participant) tookPlace(of ParticipantID, day Date) bool {
	return slices.ContainsFunc(p.Succeeds, func(s Succession) bool { return s.Participant == of && !s.On.After(day) })
}

// lost reports whether a territory had become a State by a day, or another State
// had become responsible for it.
func (c *Course) lost(p *Participant, day Date) bool {
	responsible, known := p.ResponsibleOn(day)
	return p.isStateOn(day) || known && responsible != c.Participant
}

// TerritoriesOn returns the territories of a participant on a day: those to which
// its consent was limited and those to which it was extended since, and those
// that were excluded (VCLT 29). No territory means the whole.
func (c *Course) TerritoriesOn(day Date) (applied, excluded []string) {
	p, ok := c.PeriodOn(day)
	if !ok {
		return nil, nil
	}
	in, out := scope{of: c}, scope{of: c}
	in.with(p.Consent.Action().Territories)
	for _, a := range c.Acts {
		names, on := a.Action().Territories, a.Action().Effect.Or(a.Action().Date)
		if on.After(day) || a.Action().Date.Before(p.From) && a.Action().Date.Before(p.Deposited) {
			continue
		}
		switch a.Action().Kind {
		case TerritorialApplication:
			in.with(names)
			out.without(names)
		case TerritorialExclusion:
			in.without(names)
			out.with(names)
		}
	}
	return in.on(day), out.on(day)
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

// hasRegister reports whether some territory is recorded with its States: a
// ledger of an earlier release has none until its catalogue is brought up to date.
func (s *State) hasRegister() bool {
	return slices.ContainsFunc(s.Territories(Everything()), func(p *Participant) bool { return len(p.Responsible) > 0 })
}
