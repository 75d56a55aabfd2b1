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
		mark(a.Action().TakesEffect())
		mark(h.SignatureDay(a))
	}
	for _, s := range c.Statements {
		if s.Act.Action().Kind == Reservation {
			for _, standing := range s.Standings {
				mark(standing.From)
			}
		}
	}
	for _, s := range h.Treaty.Suspended {
		mark(s.From)
		mark(s.Until)
	}
	h.amendmentDays(c, mark)
	for _, p := range c.Periods {
		mark(p.From)
		mark(p.Bound)
		mark(p.Until)
	}
	slices.SortFunc(days, Date.Compare)
	var standings []Standing
	for _, day := range slices.Compact(days) {
		s := h.standingOn(c, participant, day)
		if n := len(standings); n > 0 && sameStanding(standings[n-1], s) || n == 0 && s.Status == c.absent && !s.Provisional {
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

// signed returns the status of a participant that has signed, as far as its
// acts are recorded: that it has not ratified says a source only that would
// list its ratification.
func (c *Course) signed() Status {
	if c.absent == NotKnown {
		return SignedAtLeast
	}
	return Signatory
}

// SignatureDay returns the day from which a signature holds.
func (h *History) SignatureDay(a Act) Date {
	if a.Action().Kind != SuccessionToSignature {
		return a.Action().Date
	}
	return h.successionDate(a)
}

func (h *History) standingOn(c *Course, participant *Participant, day Date) Standing {
	s := Standing{From: day, Status: c.absent, Provisional: h.provisionalOn(c, day)}
	if until := participant.Exists.Until; !until.IsZero() && !day.Before(until) {
		s.Status, s.Provisional, s.Why = Extinct, false, "ceased to exist on "+until.Long()
		return s
	}
	for _, a := range c.Acts {
		if h.signs(a, c.Acts) && !h.SignatureDay(a).After(day) {
			s.Status, s.Cause, s.Why = c.signed(), a.ID, string(a.Action().Kind)+" of "+a.Action().Date.Long()
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
	h.amended(&s, c, day)
	h.suspend(&s, c, day)
	if a, ok := h.intendsNot(c, day); ok && s.Status.Signed() {
		s.IntendsNot, s.Cause = true, a.ID
		s.Why += "; on " + a.Action().Date.Long() + " it said that it does not intend to become a party"
	}
	return s
}

// whyEnded says by which act, or why, a period of being bound has ended.
func (h *History) whyEnded(p *Period) (cause RecordID, why string) {
	if p.Ending.Version == nil && h.terminatedBy(p.Until) {
		why = "the treaty was terminated on " + p.Until.Long()
		if t := h.Treaty.Terminated; t.Why != "" {
			why += ": " + t.Why
		}
		return p.Consent.ID, why
	}
	why = "withdrawal took effect on " + p.Until.Long()
	switch {
	case p.Ending.Version == nil:
	case h.EffectUnknown(p):
		why = "withdrawal notified on " + p.Until.Long() + "; from when it has effect is not known: " + clausesNotHeld
	case p.Ending.Action().ByLaw != "":
		why += ", following by law (" + string(p.Ending.Action().ByLaw) + ")"
	}
	return p.Ending.ID, why
}

// EffectUnknown reports whether consent ended by a notice of which it is not
// known from when it has effect, as no clauses are held.
func (h *History) EffectUnknown(p *Period) bool {
	return !h.Treaty.ClausesKnown() && h.Treaty.Withdrawal == nil &&
		p.Ending.Version != nil && p.Ending.Action().Kind == Withdrawal && p.Ending.Action().Effect.IsZero()
}

// standInPeriod overlays what a period of consent that has begun makes of the status.
func (h *History) standInPeriod(s *Standing, c *Course, p *Period, day Date) {
	bound := !p.Bound.IsZero() && !p.Bound.After(day)
	if !p.Until.IsZero() && !p.Until.After(day) {
		left := p.Ending.Version != nil && p.Ending.Action().Kind == Withdrawal
		believed := !h.Treaty.ClausesKnown() && (left || h.terminatedBy(p.Until))
		if !p.Bound.IsZero() && p.Bound.Before(p.Until) || believed {
			s.Status = FormerParty
			s.Cause, s.Why = h.whyEnded(p)
		}
		return
	}
	s.Cause = p.Consent.ID
	s.Why = string(p.Consent.Action().Kind) + " of " + p.Deposited.Long()
	s.WithReservations = c.hasReservations(day)
	if !bound {
		s.Status = Contracting
		if h.InForce.IsZero() && h.Treaty.EntryIntoForce == nil {
			s.Why += "; from when it is bound is not known: " + clausesNotHeld
		}
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

// provisionalOn reports whether the treaty is applied provisionally on a day:
// from the day that the notification names until the one that its end names, or
// until the State says that it does not intend to become a party (VCLT 25(2);
// where it notifies both, the end has its own day, as under the Energy
// Charter Treaty, 45(3)), or until the treaty enters into force for the participant
// (VCLT 25(1)), which ends it for good.
func (h *History) provisionalOn(c *Course, day Date) bool {
	var since, ended Date
	for _, a := range c.Acts {
		from := a.Action().TakesEffect()
		switch kind := a.Action().Kind; {
		case from.After(day) || !h.capable(a):
		case kind == ProvisionalApplication && !from.Before(since):
			since = from
		case kind == EndOfProvisional, kind == IntentionNotToBecomeParty && !c.endsProvisionalWith(a):
			ended = later(ended, from)
		}
	}
	overtaken := slices.ContainsFunc(c.Periods, func(p Period) bool {
		return !p.Bound.IsZero() && !p.Bound.After(day) && (p.Until.IsZero() || p.Until.After(since))
	})
	return !since.IsZero() && ended.Before(since) && !overtaken // one that ends on its own day is none
}

// endsProvisionalWith reports whether a participant gave notice of the end of a
// provisional application on the day of an act.
func (c *Course) endsProvisionalWith(a Act) bool {
	return slices.ContainsFunc(c.Acts, func(b Act) bool {
		return b.Action().Kind == EndOfProvisional && b.Action().Date == a.Action().Date
	})
}

// intendsNot returns the statement by which a signatory made clear that it does
// not intend to become a party (VCLT 18(a)). Consent takes it back.
func (h *History) intendsNot(c *Course, day Date) (Act, bool) {
	for _, a := range slices.Backward(c.Acts) {
		if a.Action().Date.After(day) || !h.capable(a) {
			continue
		}
		if a.Action().Kind.IsConsent() {
			return Act{}, false
		}
		if a.Action().Kind == IntentionNotToBecomeParty {
			return a, true
		}
	}
	return Act{}, false
}
