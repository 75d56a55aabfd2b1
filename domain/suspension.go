package domain

import (
	"fmt"
	"slices"
)

// This file suspends the operation of treaties: for one party by its own act,
// or for all (VCLT 57, 58, 60, 62). A party whose operation is suspended stays a
// party; it is released from performance while the suspension lasts (VCLT 72).

// suspendedSince returns the day since which the operation of the treaty has been
// suspended on a day for a participant, or no date, with the act or the reason.
func (h *History) suspendedSince(c *Course, day Date) (since Date, cause RecordID, why string) {
	for _, s := range h.Treaty.Suspended {
		if !s.From.After(day) && (s.Until.IsZero() || day.Before(s.Until)) && h.receivedBy(s.From) {
			return s.From, RecordID{}, s.Why
		}
	}
	ended := func(from Date) bool {
		return slices.ContainsFunc(c.Acts, func(a Act) bool {
			on := a.Action().TakesEffect()
			return a.Action().Kind == EndOfSuspension && h.capable(a) && !on.Before(from) && !on.After(day)
		})
	}
	period, consents := c.PeriodOn(day)
	for _, a := range c.Acts {
		on := a.Action().TakesEffect()
		if consents && a.Action().Date.Before(period.Deposited) {
			continue // of an earlier participation, which has ended
		}
		if a.Action().Kind == Suspension && h.capable(a) && !on.After(day) && !ended(on) && (since.IsZero() || on.Before(since)) {
			since, cause, why = on, a.ID, "notified on "+a.Action().Date.Long()
		}
	}
	return since, cause, why
}

// receivedBy reports whether what happened on a day could be known on the axes.
func (h *History) receivedBy(day Date) bool {
	return h.axes.ReceivedBy.IsZero() || !h.axes.ReceivedBy.Before(day)
}

// suspend overlays a suspension on the status of a party.
func (h *History) suspend(s *Standing, c *Course, day Date) {
	if !s.Status.Bound() {
		return
	}
	since, cause, why := h.suspendedSince(c, day)
	if since.IsZero() {
		return
	}
	s.Suspended = true
	if !cause.IsZero() {
		s.Cause = cause
	}
	s.Why += "; its operation is suspended from " + since.Long()
	if why != "" {
		s.Why += " (" + why + ")"
	}
}

// suspensionByWhom: a party suspends the operation of a treaty (VCLT 57, 60, 62).
func suspensionByWhom(r *ruling) []Finding {
	if r.act.Kind != Suspension {
		return nil
	}
	if !r.status().Bound() {
		return r.notBound("suspend its operation", "a party")
	}
	if since, _, _ := r.history().suspendedSince(r.course, r.act.TakesEffect()); !since.IsZero() {
		return one(reject(CodeNothingToAnswer, "action", fmt.Sprintf("its operation is suspended from %s already", since.Long())).
			citing("VCLT 72").accepting("the end of the suspension first"))
	}
	return nil
}
