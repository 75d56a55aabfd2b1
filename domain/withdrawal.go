package domain

import (
	"fmt"
	"slices"
)

// This file carries out the clauses on withdrawal and denunciation (VCLT 54, 56).

// notifyWithdrawal notes a withdrawal in the period that it ends.
func (h *History) notifyWithdrawal(c *Course, a Act, end Date) {
	noted := func(p Period) bool {
		return slices.ContainsFunc(p.Withdrawals, func(w WithdrawalNotification) bool { return w.Act.ID == a.ID })
	}
	open := c.open(a.Action().Date)
	if open == nil || slices.ContainsFunc(c.Periods, noted) {
		return
	}
	open.Withdrawals = append(open.Withdrawals, WithdrawalNotification{Act: a, Effect: h.withdrawalEffect(a.Action())})
	open.endByNotice(end)
}

// waitAgain moves consent that waits on a day for an earlier one to end to where
// that one ends after a notice was revoked.
func (c *Course) waitAgain(day Date) {
	for i := 1; i < len(c.Periods); i++ {
		if p := &c.Periods[i]; p.From.After(day) && p.Deposited.Before(p.From) {
			p.From = later(p.Deposited, c.Periods[i-1].Until)
		}
	}
}

// endByNotice ends a period by the first notice that stands and takes effect
// before the participant itself ends.
func (p *Period) endByNotice(end Date) {
	p.Until, p.Ending = end, Act{}
	for _, w := range p.Withdrawals {
		if w.Revoked.IsZero() && !w.Effect.IsZero() && (p.Until.IsZero() || w.Effect.Before(p.Until)) {
			p.Until, p.Ending = w.Effect, w.Act
		}
	}
}

// withdrawalEffect returns the day on which a notification takes effect: what
// the clause says of its receipt, the later day that it names where the clause
// lets it name one, or the end of the current term. It returns no date where the
// treaty cannot be left (VCLT 56; ICCPR, DPRK 1997), and where the clause on
// withdrawal is not known, others are, and no day is stated. Where no clause is
// held at all, the participant is not shown as consenting after its notice. What
// follows by law has the day that the depositary notified.
func (h *History) withdrawalEffect(a *Action) Date {
	clause := h.Treaty.Withdrawal
	switch {
	case a.ByLaw != "":
		return a.Effect
	case clause == nil && !h.Treaty.ClausesKnown():
		return a.Effect.Or(a.Date) // from when it has effect is not known: it was notified by then
	case clause == nil:
		return a.Effect
	case clause.Rule == "none":
		return Date{}
	case clause.Periods != nil && (h.InForce.IsZero() || a.Date.Before(h.InForce)):
		return Date{} // no term runs: a treaty that is not in force cannot be left (VCLT 54)
	case clause.Periods != nil:
		return clause.Periods.endFor(a.Date, h.InForce)
	}
	effect := clause.Then.span().from(a.Date)
	if clause.LaterDate {
		effect = later(effect, a.Effect)
	}
	return effect
}

// endFor returns the end of the period for which a denunciation of that day is in time.
func (t Periods) endFor(notified, inForce Date) Date {
	end := t.First.span().from(inForce)
	for t.Notice.span().from(notified).After(end) && end.Before(LastDay) {
		end = t.Next.span().from(end)
	}
	return end
}

// withdrawalNotBefore returns the first day on which the clause lets a party
// notify it, or no date where it sets none.
func (h *History) withdrawalNotBefore(p *Period) (Date, string) {
	clause := h.Treaty.Withdrawal
	m := reNotBefore.FindStringSubmatch(clause.NotBefore)
	if m == nil {
		return Date{}, ""
	}
	from := h.InForce
	if m[2] != "" {
		from = p.Bound
	}
	if from.IsZero() {
		return Date{}, ""
	}
	day := from.AddYears(atoi(m[1]))
	return day, fmt.Sprintf("%s, which was %s", clause.NotBefore, from.Long())
}

// withdrawalWindow finds the window in which the day lies, or else the next
// one: the year that follows each period of years since entry into force
// (ILO C97 16, C143 20).
func (h *History) withdrawalWindow(day Date) (window Interval, inside bool) {
	m := reWindow.FindStringSubmatch(h.Treaty.Withdrawal.Window)
	from := h.Treaty.Withdrawal.WindowFrom.Or(h.InForce)
	if m == nil || from.IsZero() {
		return Interval{}, true
	}
	open, every := atoi(m[1]), atoi(m[2])
	for start := from.AddYears(every); start.Before(LastDay); start = start.AddYears(every) {
		window = Interval{From: start, Until: start.AddYears(open)}
		if day.Before(window.Until) {
			break
		}
	}
	return window, window.Contains(day)
}
