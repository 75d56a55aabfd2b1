package domain

import (
	"fmt"
	"slices"
)

// This file carries out amendments that bind without an act of their own: those
// that bind all parties to the parent once they are in force (UN Charter 108,
// ILO Constitution 36, WHO Constitution 73), and those that bind all but the
// parties that have notified in time that they do not accept them (Stockholm
// Convention 22, SOLAS VIII(b), International Health Regulations 61).

// amendmentBinds reports whether the treaty, an amendment, binds a participant on a
// day as a party to the parent, with the day since which it does.
func (h *History) amendmentBinds(c *Course, day Date) (since Date, binds bool) {
	clause := h.Treaty.Amendment
	if clause == nil || h.parent == nil || h.InForce.IsZero() || day.Before(h.InForce) || h.terminatedBy(day) {
		return Date{}, false
	}
	parent := h.parent.Course(c.Participant)
	if !parent.On(day).Status.Bound() {
		return Date{}, false
	}
	since = later(h.InForce, boundSince(parent, day))
	if clause.Binds == BindsUnlessOptOut {
		accepted, out := h.optedOut(c, day)
		if out {
			return Date{}, false
		}
		since = later(since, accepted)
	}
	return since, true
}

// boundSince returns the day since which a participant has been bound without a
// break on a day.
func boundSince(c *Course, day Date) (since Date) {
	for _, s := range c.Standings {
		switch {
		case s.From.After(day):
			return since
		case !s.Status.Bound():
			since = Date{}
		case since.IsZero():
			since = s.From
		}
	}
	return since
}

// optedOut reports whether a non-acceptance stands on a day: one that was notified
// before the amendment was accepted in silence or entered into force, and not
// withdrawn since. Where it was withdrawn it returns from when.
func (h *History) optedOut(c *Course, day Date) (accepted Date, out bool) {
	for _, a := range c.Acts {
		on := a.Action().TakesEffect()
		switch kind := a.Action().Kind; {
		case on.After(day) || !h.capable(a):
		case kind == NonAcceptance && on.Before(h.optOutEnds(c)):
			accepted, out = Date{}, true
		case kind == WithdrawalOfNonAcceptance && out:
			accepted, out = on, false
		}
	}
	return accepted, out
}

// optOutEnds returns the first day on which it is too late for a participant not
// to accept an amendment: the day of acceptance in silence, or of entry into
// force. Who joins the parent later may say so with its consent to the parent.
func (h *History) optOutEnds(c *Course) Date {
	ends := h.InForce.Or(LastDay)
	if rule := h.Treaty.EntryIntoForce; rule != nil {
		rule.When.leaves(func(leaf *Condition) {
			if leaf.op == opTacit {
				ends = earlierOf(ends, leaf.on)
			}
		})
	}
	if h.parent != nil {
		for _, p := range h.parent.Course(c.Participant).Periods {
			if !p.Deposited.Before(ends) {
				return p.Deposited.AddDays(1)
			}
		}
	}
	return ends
}

// amended overlays what an amendment makes of the status of a party to its parent.
func (h *History) amended(s *Standing, c *Course, day Date) {
	if h.Treaty.Amendment == nil || s.Status.Bound() {
		return
	}
	since, binds := h.amendmentBinds(c, day)
	if binds {
		s.Status, s.IntendsNot, s.Provisional = Party, false, false
		s.Why = fmt.Sprintf("bound from %s as a party to %s%s", since.Long(), h.parent.Treaty.Short, citedBeside(h.Treaty.Amendment.Article))
		return
	}
	// Who leaves the parent is no party to its amendment any more.
	for _, before := range slices.Backward(h.parentDays(c)) {
		if before.After(day) || !h.boundOn(c, before) {
			continue
		}
		s.Status, s.Why = FormerParty, "not bound by "+h.parent.Treaty.Short+" any more"
		return
	}
}

func (h *History) boundOn(c *Course, day Date) bool {
	_, binds := h.amendmentBinds(c, day)
	return binds
}

// parentDays returns the days on which what an amendment makes of the parent's
// parties can change.
func (h *History) parentDays(c *Course) (days []Date) {
	if h.Treaty.Amendment == nil || h.parent == nil || h.InForce.IsZero() {
		return nil
	}
	days = append(days, h.InForce)
	for _, s := range h.parent.Course(c.Participant).Standings {
		days = append(days, s.From)
	}
	for _, a := range c.Acts {
		if kind := a.Action().Kind; kind == NonAcceptance || kind == WithdrawalOfNonAcceptance {
			days = append(days, a.Action().TakesEffect())
		}
	}
	slices.SortFunc(days, Date.Compare)
	return slices.Compact(days)
}

func (h *History) amendmentDays(c *Course, mark func(Date)) {
	for _, day := range h.parentDays(c) {
		mark(day)
	}
}

// partiesOfParent adds a course for every party to the parent that an amendment
// can bind, though it has done nothing.
func (h *History) partiesOfParent() {
	if h.Treaty.Amendment == nil || h.parent == nil {
		return
	}
	for _, c := range h.parent.Courses {
		i, held := slices.BinarySearchFunc(h.Courses, c.Participant, byParticipant)
		bound := slices.ContainsFunc(c.Standings, func(s Standing) bool { return s.Status.Bound() })
		if !held && bound {
			h.Courses = slices.Insert(h.Courses, i, &Course{Participant: c.Participant})
		}
	}
}

// nonAcceptanceInTime: a party to the parent may say that it does not accept an
// amendment where that keeps it from being bound, and in time.
func nonAcceptanceInTime(r *ruling) []Finding {
	if r.act.Kind != NonAcceptance {
		return nil
	}
	clause := r.treaty.Amendment
	tacit := r.treaty.acceptedInSilence()
	if r.treaty.ClausesKnown() || r.treaty.EntryIntoForce != nil {
		switch {
		case clause == nil && !tacit:
			return one(reject(CodeFieldUnexpected, "action", fmt.Sprintf("%s binds nobody that does not consent to it: not to accept it needs no act", r.treaty.Short)).
				citing("VCLT 34, 40(4)").accepting("a communication, or the clause (amendment) in the definition of the treaty first"))
		case clause != nil && clause.Binds == BindsAllParties && !tacit:
			return one(reject(CodeFieldUnexpected, "action", fmt.Sprintf("%s binds all parties to its parent: a non-acceptance would change nothing", r.treaty.Short)).
				citing(cite(clause.Article)).accepting("a communication"))
		}
	}
	h := r.history()
	if h.parent != nil && !h.parent.Course(r.participant.ID).On(r.act.Date).Status.Consenting() {
		return one(reject(CodeNotBound, "participant", fmt.Sprintf("%s has not consented to %s on %s", r.participant.CurrentName(), h.parent.Treaty.Short, r.act.Date.Long())).
			citing("VCLT 40(2)").accepting("a party to " + h.parent.Treaty.Short))
	}
	if ends := h.optOutEnds(r.course); !r.act.Date.Before(ends) {
		return one(query(CodeObjectionLate, "date", fmt.Sprintf("it was possible until %s: it is kept as a communication, and changes nothing", ends.AddDays(-1).Long())).
			citing(cite(amendmentArticle(r.treaty))))
	}
	return nil
}

// bindsWithoutAct reports whether the treaty can be in force although nobody has
// consented to it: an amendment that binds the parties to its parent.
func (h *History) bindsWithoutAct() bool { return h.Treaty.Amendment != nil && h.parent != nil }

func amendmentArticle(t *Treaty) string {
	if t.Amendment == nil {
		return ""
	}
	return t.Amendment.Article
}

// acceptedInSilence reports whether the treaty enters into force unless enough of
// the parties to its parent do not accept it.
func (t *Treaty) acceptedInSilence() (tacit bool) {
	if t.EntryIntoForce != nil {
		t.EntryIntoForce.When.leaves(func(c *Condition) { tacit = tacit || c.op == opTacit })
	}
	return tacit
}
