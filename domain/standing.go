package domain

import "slices"

// This file makes the statuses of a participation out of its acts and periods.

// standings evaluates the status on every day on which it can change.
func (h *History) standings(c *Course) []Standing {
	participant := h.participant(c.Participant)
	var days []Date
	mark := func(d Date) {
		if !d.IsZero() {
			days = append(days, d)
		}
	}
	mark(participant.Exists.Until)
	for _, a := range c.Acts {
		mark(a.Action().Date)
		mark(h.SignatureDay(a))
		if a.Action().Kind == Reservation {
			mark(h.reservationActive(c, a))
		}
	}
	for _, p := range c.Periods {
		mark(p.From)
		mark(p.Bound)
		mark(p.Until)
	}
	slices.SortFunc(days, Date.Compare)
	var standings []Standing
	for _, day := range slices.Compact(days) {
		s := h.standingOn(c, participant, day)
		if n := len(standings); n > 0 && sameStanding(standings[n-1], s) || n == 0 && s.Status == NoAction && !s.Provisional {
			continue
		}
		standings = append(standings, s)
	}
	return standings
}

func sameStanding(a, b Standing) bool {
	a.From = b.From
	return a == b
}

// SignatureDay gives the day from which a signature holds.
func (h *History) SignatureDay(a Act) Date {
	if a.Action().Kind != SuccessionToSignature {
		return a.Action().Date
	}
	return h.successionDate(a)
}

func (h *History) standingOn(c *Course, participant *Participant, day Date) Standing {
	s := Standing{From: day, Status: NoAction, Provisional: provisionalOn(c, day)}
	if until := participant.Exists.Until; !until.IsZero() && !day.Before(until) {
		s.Status, s.Why = Extinct, "ceased to exist on "+until.Long()
		return s
	}
	for _, a := range c.Acts {
		if signs(a, c.Acts) && !h.SignatureDay(a).After(day) {
			s.Status, s.Cause, s.Why = Signatory, a.ID, string(a.Action().Kind)+" of "+a.Action().Date.Long()
			if d := h.SignatureDay(a); d != a.Action().Date {
				s.Why += ", effective " + d.Long()
			}
		}
	}
	for i := range c.Periods {
		p := &c.Periods[i]
		if p.From.After(day) {
			break
		}
		h.standInPeriod(&s, c, p, day)
	}
	return s
}

// standInPeriod overlays what a period of consent that has begun makes of the status.
func (h *History) standInPeriod(s *Standing, c *Course, p *Period, day Date) {
	bound := !p.Bound.IsZero() && !p.Bound.After(day)
	if !p.Until.IsZero() && !p.Until.After(day) {
		if !p.Bound.IsZero() && p.Bound.Before(p.Until) {
			s.Status, s.Cause, s.Why = FormerParty, p.Ending.ID, "withdrawal took effect on "+p.Until.Long()
		}
		return
	}
	s.Cause = p.Consent.ID
	s.Why = string(p.Consent.Action().Kind) + " of " + p.Deposited.Long()
	s.WithReservations = h.hasReservations(c, p, day)
	if !bound {
		s.Status = Contracting
		return
	}
	s.Status, s.Why = Party, s.Why+"; "+p.BoundBy
	for _, w := range p.Withdrawals {
		if !w.Act.Action().Date.After(day) && (w.Revoked.IsZero() || w.Revoked.After(day)) {
			if w.Effect.IsZero() {
				continue // noted, without effect
			}
			s.Status, s.Cause = WithdrawalNotified, w.Act.ID
			s.Why = "withdrawal notified on " + w.Act.Action().Date.Long() + ", effective " + w.Effect.Long()
		}
	}
}

func provisionalOn(c *Course, day Date) bool {
	applied := false
	for _, a := range c.Acts {
		if a.Action().Date.After(day) {
			break
		}
		switch a.Action().Kind {
		case ProvisionalApplication:
			applied = true
		case EndOfProvisional:
			applied = false
		}
	}
	if p, ok := c.PeriodOn(day); ok && !p.Bound.IsZero() && !p.Bound.After(day) {
		return false // overtaken by entry into force for it (VCLT 25)
	}
	return applied
}

// hasReservations says whether a reservation of the participant is active in
// the period on that day.
func (h *History) hasReservations(c *Course, p *Period, day Date) bool {
	for _, a := range c.Acts {
		if a.Action().Kind != Reservation || a.Action().Date.Before(p.Deposited) {
			continue // before consent it is inert until confirmed with it (VCLT 23(2))
		}
		if active := h.reservationActive(c, a); !active.IsZero() && !active.After(day) {
			return true
		}
	}
	return false
}

// reservationActive gives the day from which a reservation has effect. One
// made with the consent has it at once. A late one waits for twelve months
// (90 days before 4 April 2000) in which any objection blocks it (practice of
// the Secretary-General: LA 41 TR/221 of 4 April 2000; ST/LEG/7/Rev.1, para. 206).
func (h *History) reservationActive(c *Course, a Act) Date {
	made := a.Action().Date
	period := c.open(made)
	if period == nil || !made.After(period.Deposited) {
		return made
	}
	silence := lateReservationEnds(a.Action())
	for _, other := range h.Courses {
		for _, o := range other.Acts {
			if o.Action().Kind == Objection && o.Action().Statement != nil && o.Action().Statement.Target == a.ID && !o.Action().Date.After(silence) {
				return Date{}
			}
		}
	}
	return silence
}

var lateReservationPractice = MustDate("2000-04-04")

// lateReservationEnds gives the day on which silence accepts a late reservation.
func lateReservationEnds(a *Action) Date {
	from := a.Notified.Or(a.Date)
	if from.Before(lateReservationPractice) {
		return from.AddDays(90)
	}
	return from.AddMonths(12)
}
