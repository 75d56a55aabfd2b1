package domain

import "fmt"

// This file ends treaties: from the day of its termination a treaty binds
// nobody (VCLT 54, 59, 70). What it was before stays.

// terminatedOn returns the day from which the treaty binds nobody any more, or
// no date. Nobody could have received it before it came.
func (h *History) terminatedOn() Date {
	t := h.Treaty.Terminated
	if t == nil || (!h.axes.ReceivedBy.IsZero() && h.axes.ReceivedBy.Before(t.On)) {
		return Date{}
	}
	return t.On
}

// terminatedBy reports whether the treaty has been terminated by a day.
func (h *History) terminatedBy(day Date) bool {
	on := h.terminatedOn()
	return !on.IsZero() && !on.After(day)
}

// stillInBeing: nobody signs or joins a treaty that was terminated (VCLT 70(1)(a)).
func stillInBeing(r *ruling) []Finding {
	t := r.treaty.Terminated
	if t == nil || r.act.Date.Before(t.On) || (!r.act.Kind.IsConsent() && !r.act.Kind.IsSignature()) || r.act.Kind == SuccessionOfState {
		return nil
	}
	return one(query(CodeConsentNotForeseen, "date", fmt.Sprintf("%s was terminated on %s", r.treaty.Short, t.On.Long())).
		citing("VCLT 70(1)(a)").accepting("a day before " + t.On.String()))
}
