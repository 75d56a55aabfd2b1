package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// This file computes entry into force from the clause and the deposits
// (VCLT 24), and explains it. Days are looked at in their order, so that what
// happened later never changes what was met before: entry into force is not
// undone when the number falls again (VCLT 55).

// instrument is a deposited consent as the engine counts it.
type instrument struct {
	participant ParticipantID
	kind        ParticipantKind
	act         Act
	deposited   Date
	day         Date // from which it counts: of deposit, or later where an earlier consent ends first
	until       Date // end of consent, exclusive
}

func (i instrument) liveOn(day Date) bool {
	return !i.day.After(day) && (i.until.IsZero() || i.until.After(day))
}

func (h *History) instruments() []instrument {
	var all []instrument
	for _, c := range h.Courses {
		kind := h.participant(c.Participant).Kind
		for _, p := range c.Periods {
			all = append(all, instrument{c.Participant, kind, p.Consent, p.Deposited, later(p.Deposited, p.From), countsUntil(&p)})
		}
	}
	return sortInstruments(all)
}

// declarations returns the optional declarations under an article, in the shape
// in which the engine counts. They are those of States Parties (ICMW 76, 77):
// one made before counts from the day on which its State is bound.
func (h *History) declarations(article string) []instrument {
	var all []instrument
	for _, c := range h.Courses {
		kind := h.participant(c.Participant).Kind
		var until Date // of the declaration before: a second one adds nothing while it stands
		for _, a := range c.Acts {
			s := a.Action().Statement
			if a.Action().Kind != OptionalDeclaration || !slices.Contains(s.Articles, article) {
				continue
			}
			day := a.Action().TakesEffect()
			i := slices.IndexFunc(c.Periods, func(p Period) bool {
				return !p.Bound.IsZero() && (!p.Deposited.Before(day) || p.Until.IsZero() || p.Until.After(day))
			})
			if n := len(all); i < 0 || n > 0 && all[n-1].participant == c.Participant && (until.IsZero() || day.Before(until)) {
				continue
			}
			until = c.Periods[i].Until
			if withdrawal, ok := h.endedBy(c, a, c.Participant, LastDay); ok {
				until = earlierOf(withdrawal.Action().TakesEffect(), until)
			}
			if !s.Until.IsZero() {
				until = earlierOf(s.Until.AddDays(1), until)
			}
			all = append(all, instrument{c.Participant, kind, a, day, later(day, c.Periods[i].Bound), until})
		}
	}
	return sortInstruments(all)
}

// notifications returns the notifications under an article, or all of them, in
// the shape in which the engine counts: the first of each participant.
func (h *History) notifications(article string) []instrument {
	return h.firstActs(Notification, func(a *Action) bool {
		return article == "" || slices.ContainsFunc(a.Statement.Articles, func(x string) bool { return strings.EqualFold(x, article) })
	})
}

// nonAcceptances returns the non-acceptances of an amendment by parties to its
// parent, until they are withdrawn.
func (h *History) nonAcceptances() []instrument {
	var all []instrument
	for _, c := range h.Courses {
		open := false
		for _, a := range c.Acts {
			act := a.Action()
			switch {
			case !h.capable(a):
			case act.Kind == NonAcceptance && !open:
				all = append(all, instrument{c.Participant, h.participant(c.Participant).Kind, a, act.Date, act.Date, Date{}})
				open = true
			case act.Kind == WithdrawalOfNonAcceptance && open:
				all[len(all)-1].until = act.TakesEffect()
				open = false
			}
		}
	}
	return sortInstruments(all)
}

// capable reports whether the participant existed when it acted (VCLT 6).
func (h *History) capable(a Act) bool {
	return h.participant(a.Action().Participant).Exists.Contains(a.Action().Date)
}

func (h *History) firstActs(kind ActionKind, counts func(*Action) bool) (all []instrument) {
	for _, c := range h.Courses {
		for _, a := range c.Acts {
			if act := a.Action(); act.Kind == kind && h.capable(a) && counts(act) {
				all = append(all, instrument{c.Participant, h.participant(c.Participant).Kind, a, act.Date, act.TakesEffect(), Date{}})
				break
			}
		}
	}
	return sortInstruments(all)
}

func sortInstruments(all []instrument) []instrument {
	slices.SortFunc(all, func(a, b instrument) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.participant, b.participant))
	})
	return all
}

// enterIntoForce finds the first day on which the condition is met and the day
// that the clause makes of it.
func (h *History) enterIntoForce() {
	if rule := h.Treaty.EntryIntoForce; rule != nil {
		counter := h.counter(h.instruments())
		h.MetOn = counter.firstMet(&rule.When)
		if !h.MetOn.IsZero() {
			h.computed, _ = h.dayFrom(rule, h.MetOn, LastDay)
		}
	}
	h.InForce = h.computed
	// The depositary establishes the day (VCLT 77(1)(f)). Where the recorded
	// deposits lead to another day or none, some are missing, and the published day
	// holds for all that follows. It could not be known before it came.
	if stated := h.Treaty.Stated; stated != nil && stated.InForce != h.computed && (h.axes.ReceivedBy.IsZero() || !h.axes.ReceivedBy.Before(stated.InForce)) {
		h.InForce, h.Stated = stated.InForce, true
	}
}

// metBefore reports whether the deposits held met the condition in time for
// the day of entry into force; else some of those that met it are missing.
func (h *History) metBefore(day Date) bool { return !h.MetOn.IsZero() && !h.MetOn.After(day) }

// dayFrom applies delay and floors to the day on which the condition was met.
// It returns no date while a floor is not known as of the day asked for.
func (h *History) dayFrom(rule *EntryClause, met, asOf Date) (Date, []Step) {
	s := rule.Then.span()
	for _, f := range rule.Then.floors {
		if f.elseDelay != nil && met.After(f.elseAfter) {
			s = *f.elseDelay
		}
	}
	day := s.from(met)
	steps := []Step{{Date: day, Article: rule.Article, Words: rule.Words,
		Text: fmt.Sprintf("%s, counted from %s, gives %s", spanText(s, rule.Then), met.Long(), day.Long())}}
	for _, f := range rule.Then.floors {
		if f.elseDelay != nil {
			continue
		}
		floorDay, text := h.floorDay(f, asOf)
		if floorDay.IsZero() {
			return Date{}, append(steps, Step{Text: text, Article: rule.Article})
		}
		if floorDay.After(day) {
			day = floorDay
			steps = append(steps, Step{Date: day, Text: text, Article: rule.Article})
		}
	}
	return day, steps
}

func spanText(s span, d Delay) string {
	if s == d.span() {
		text, _, _ := strings.Cut(d.text, "; ")
		return `"` + text + `"`
	}
	return `"` + d.text + `"`
}

// floorDay returns the day before which entry into force cannot fall.
func (h *History) floorDay(f floor, asOf Date) (Date, string) {
	switch {
	case f.parent:
		if h.parent == nil {
			return Date{}, "waits for the parent treaty, which is not recorded"
		}
		name := h.parent.Treaty.Short
		if day := h.parent.inForceAsOf(asOf); !day.IsZero() {
			return day, fmt.Sprintf("not before %s is in force: %s", name, day.Long())
		}
		return Date{}, "waits for " + name + ", whose entry into force is not known yet"
	case f.afterOpening > 0:
		if s := h.Treaty.Signature; s != nil && !s.Opens.IsZero() {
			day := s.Opens.AddYears(f.afterOpening)
			return day, fmt.Sprintf("not before %d years after opening for signature: %s", f.afterOpening, day.Long())
		}
		return Date{}, "the day of opening for signature is not known"
	}
	return f.date, "not before " + f.date.Long()
}

// inForceAsOf returns the day of entry into force as far as it followed from
// what was deposited by the day asked for.
func (h *History) inForceAsOf(asOf Date) Date {
	if h.Stated {
		if asOf.Before(h.InForce) && !(h.metBefore(h.InForce) && h.metBefore(asOf)) {
			return Date{}
		}
		return h.InForce
	}
	if h.MetOn.IsZero() || h.MetOn.After(asOf) {
		return Date{}
	}
	day, _ := h.dayFrom(h.Treaty.EntryIntoForce, h.MetOn, asOf)
	return day
}

// bind finds the day from which each period of consent binds.
func (h *History) bind(c *Course) {
	for i := range c.Periods {
		p := &c.Periods[i]
		p.Bound, p.BoundBy = h.boundFrom(p)
		if p.Bound.Before(p.From) && !p.Bound.IsZero() { // given while an earlier consent lasted
			p.Bound, p.BoundBy = p.From, "bound from "+p.From.Long()+", when the earlier consent ended"
		}
		if on := h.terminatedOn(); !on.IsZero() && (p.Until.IsZero() || p.Until.After(on)) {
			p.Until, p.Ending = later(p.From, on), Act{}
		}
		if !p.Until.IsZero() && !p.Bound.Before(p.Until) {
			p.Bound, p.BoundBy = Date{}, ""
		}
	}
}

func (h *History) boundFrom(p *Period) (Date, string) {
	if h.InForce.IsZero() {
		return Date{}, ""
	}
	act := p.Consent.Action()
	switch {
	case act.Kind == SuccessionOfState:
		// A successor is bound from the date of the succession of States, or
		// from a later entry into force of the treaty (VCST 23(1)).
		day := later(act.Effect.Or(p.From), h.InForce)
		return day, "bound from " + day.Long() + " by succession"
	case !act.Effect.IsZero():
		day := later(act.Effect, h.InForce)
		return day, "bound from " + day.Long() + ", as the record states"
	case !h.MetOn.IsZero() && !h.Stated && !p.Deposited.After(h.MetOn):
		return h.InForce, fmt.Sprintf("bound from the treaty's entry into force on %s%s", h.InForce.Long(), articleOf(h.Treaty.EntryIntoForce))
	}
	rule := h.Treaty.LaterParties
	if rule == nil {
		return Date{}, ""
	}
	day := rule.Then.span().from(p.Deposited)
	if !day.After(h.InForce) {
		return h.InForce, fmt.Sprintf("bound from the treaty's entry into force on %s%s%s", h.InForce.Long(), articleOf(h.Treaty.EntryIntoForce), h.published())
	}
	return day, fmt.Sprintf("bound from %s%s: %s", day.Long(), articleOf(rule), rule.Then)
}

// published marks a day that rests on the published one.
func (h *History) published() string {
	if differs := h.differs(); differs != "" {
		return " (" + differs + ")"
	}
	return ""
}

func articleOf(rule *EntryClause) string {
	if rule == nil || rule.Article == "" {
		return ""
	}
	return ", article " + rule.Article
}
