package projections

import (
	"slices"

	"depositary/domain"
	"depositary/eventstore"
)

// Effects is what follows in law from a command: each figure before and after.
type Effects struct {
	AsOf         domain.Date         `json:"asOf" doc:"The day for which status and counts are given" format:"date"`
	Participants []ParticipantEffect `json:"participants"`
	Treaty       *TreatyEffect       `json:"treaty,omitempty"`
	Gap          *GapEffect          `json:"gap,omitempty"`
}

// ParticipantEffect is what changes for one participant.
type ParticipantEffect struct {
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Before      domain.Status        `json:"before"`
	After       domain.Status        `json:"after"`
	Bound       domain.Date          `json:"bound,omitzero" doc:"Day from which the treaty is in force for it" format:"date"`
	Until       domain.Date          `json:"until,omitzero" doc:"Day on which its consent ends" format:"date"`
	Why         string               `json:"why,omitempty"`
	Course      []Standing           `json:"course" doc:"Every status it has and, as far as follows, will have"`
}

// TreatyEffect is what changes for the treaty.
type TreatyEffect struct {
	Treaty        domain.TreatyID    `json:"treaty"`
	CountsBefore  domain.Counts      `json:"countsBefore"`
	CountsAfter   domain.Counts      `json:"countsAfter"`
	EntryBefore   domain.EntryStatus `json:"entryBefore"`
	EntryAfter    domain.EntryStatus `json:"entryAfter"`
	MetOn         domain.Date        `json:"metOn,omitzero" format:"date"`
	InForceBefore domain.Date        `json:"inForceBefore,omitzero" format:"date"`
	InForce       domain.Date        `json:"inForce,omitzero" format:"date"`
	Required      string             `json:"required,omitempty" doc:"What is still required after the command"`
}

// GapEffect is what changes in the share of the world's migrants who live in a
// State that is bound, on the day from which the last change of the command binds.
type GapEffect struct {
	On     domain.Date `json:"on" doc:"The day for which the shares are given" format:"date"`
	Before float64     `json:"before" doc:"Percent of the world total"`
	After  float64     `json:"after"`
	Points float64     `json:"points"`
	Stock  StockUsed   `json:"stock"`
}

// EffectsOf compares the law before and after the command about a treaty whose
// commit stands, or would stand, at the position; what was recorded later does
// not matter.
func EffectsOf(state *domain.State, position uint64, treaty domain.TreatyID, participants []domain.ParticipantID, today domain.Date) Effects {
	e := Effects{AsOf: today, Participants: []ParticipantEffect{}}
	before := On{Axes: Axes{AsOf: today, KnownAt: eventstore.Position(position - 1)}, state: state}
	if position == 1 {
		before.state = domain.NewState() // a position of 0 would mean everything
	}
	on := On{Axes: Axes{AsOf: today, KnownAt: eventstore.Position(position)}, state: state}
	was, is := before.history(treaty), on.history(treaty)
	if is == nil {
		return e
	}
	gapDay := today
	for _, id := range participants {
		c := is.Course(id)
		effect := ParticipantEffect{Participant: id, Name: on.name(id), Before: domain.NoAction, After: c.On(today).Status, Why: c.On(today).Why, Course: []Standing{}}
		if was != nil {
			effect.Before = was.Course(id).On(today).Status
		}
		if n := len(c.Periods); n > 0 {
			effect.Bound, effect.Until = c.Periods[n-1].Bound, c.Periods[n-1].Until
		}
		for _, s := range c.Standings {
			effect.Course = append(effect.Course, Standing{s.From, s.Status, s.WithReservations, s.Provisional, s.Cause, s.Why})
			if s.From.After(gapDay) && (s.Status == domain.Party || s.Status == domain.FormerParty) {
				gapDay = s.From
			}
		}
		e.Participants = append(e.Participants, effect)
	}
	slices.SortFunc(e.Participants, func(a, b ParticipantEffect) int { return compareNames(a.Name, b.Name) })
	e.Treaty = treatyEffect(was, is, treaty, today)
	e.Gap = gapEffect(before, on, treaty, gapDay)
	return e
}

func treatyEffect(was, is *domain.History, treaty domain.TreatyID, today domain.Date) *TreatyEffect {
	now := is.Explain(today)
	effect := &TreatyEffect{Treaty: treaty, CountsAfter: is.CountsOn(today), EntryBefore: domain.EntryUnknown, EntryAfter: now.Status,
		MetOn: now.MetOn, InForce: now.InForce, Required: now.Required}
	if was != nil {
		then := was.Explain(today)
		effect.CountsBefore, effect.EntryBefore, effect.InForceBefore = was.CountsOn(today), then.Status, then.InForce
	}
	return effect
}

func gapEffect(before, after On, treaty domain.TreatyID, day domain.Date) *GapEffect {
	share := func(on On) (percent float64, used StockUsed, ok bool) {
		on.AsOf = day
		h := on.history(treaty)
		if h == nil {
			return 0, StockUsed{}, false
		}
		g := gapReader{on: on, history: h}
		used, err := g.useStock(GapQuestion{})
		if err != nil || g.world <= 0 {
			return 0, StockUsed{}, false
		}
		return g.covered() / g.world * 100, used, true
	}
	was, _, ok1 := share(before)
	is, used, ok2 := share(after)
	if !ok1 || !ok2 {
		return nil
	}
	return &GapEffect{On: day, Before: roundPoints(was), After: roundPoints(is), Points: roundPoints(is - was), Stock: used}
}
