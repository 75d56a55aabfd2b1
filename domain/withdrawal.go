package domain

import (
	"fmt"
	"slices"
)

// This file carries out the clauses on withdrawal and denunciation (VCLT 54, 56).

// notifyWithdrawal notes a withdrawal in the period that it ends.
func (h *History) notifyWithdrawal(c *Course, a Act, end Date) {
	open := c.open(a.Action().Date)
	if open == nil || slices.ContainsFunc(open.Withdrawals, func(w Notice) bool { return w.Act.ID == a.ID }) {
		return
	}
	notice := Notice{Act: a, Effect: h.withdrawalEffect(a.Action())}
	open.Withdrawals = append(open.Withdrawals, notice)
	if !notice.Effect.IsZero() {
		open.Until = earlierOf(notice.Effect, end)
		open.Ending = a
	}
}

// withdrawalEffect gives the day on which a notification takes effect: what
// the clause says of its receipt, or the later day that it names. It gives no
// date where the treaty cannot be left (VCLT 56; ICCPR, DPRK 1997), where the
// clause is not known and no day is stated, and for treaties that run in
// periods, whose ends are known only after entry into force.
func (h *History) withdrawalEffect(a *Action) Date {
	clause := h.Treaty.Withdrawal
	switch {
	case clause == nil:
		return a.Effect
	case clause.Rule == "none", clause.Periods != nil:
		return Date{}
	}
	return later(clause.Then.span().from(a.Date), a.Effect)
}

// endPeriodsByTerm ends consent to a treaty that runs in periods: a
// denunciation given in time takes effect at the end of the current one.
func (h *History) endPeriodsByTerm(c *Course) {
	clause := h.Treaty.Withdrawal
	if clause == nil || clause.Periods == nil || h.InForce.IsZero() {
		return
	}
	for i := range c.Periods {
		p := &c.Periods[i]
		for j := range p.Withdrawals {
			w := &p.Withdrawals[j]
			if w.Revoked.IsZero() {
				w.Effect = clause.Periods.endFor(w.Act.Action().Date, h.InForce)
				p.Until, p.Ending = earlierOf(w.Effect, p.Until), w.Act
			}
		}
	}
}

// endFor gives the end of the period for which a denunciation of that day is in time.
func (t Periods) endFor(notified, inForce Date) Date {
	end := t.First.span().from(inForce)
	for t.Notice.span().from(notified).After(end) && end.Before(LastDay) {
		end = t.Next.span().from(end)
	}
	return end
}

// withdrawalNotBefore gives the first day on which the clause lets a party
// give notice, or no date where it sets none.
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
