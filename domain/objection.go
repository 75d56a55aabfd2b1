package domain

import "slices"

// This file tells how objections to reservations stand: in time or late, to
// the whole or to a part, until the reservation, or the consent of the one who
// objected, ends (VCLT 20(5), 22).

// objectionOn evaluates an objection: after its time it is a communication
// (VCLT 20(5)); it ends with the reservation and with its author's consent.
func (h *History) objectionOn(s *StatementStanding, c *Course, a Act, day Date) {
	author, reservation, ok := h.statementOf(a.Action().Statement.Target)
	if !ok {
		return
	}
	if last := objectionUntil(c, reservation); a.Action().Date.After(last) {
		s.State, s.Rule, s.Why = StatementLate, "VCLT 20(5)", "objections were possible until "+last.Long()
		return
	}
	if h.endsWithConsent(s, c, a.Action().Date, day); s.State != StatementActive {
		return
	}
	if ending, ended := h.reservationEnded(author, reservation, day); ended {
		s.State, s.Cause, s.Why, s.Rule = StatementEnded, ending.ID, "the reservation was withdrawn on "+ending.Action().Date.Long(), "VCLT 22"
		return
	}
	if until := reservation.Action().Statement.Until; !until.IsZero() && day.After(until) {
		s.State, s.Cause, s.Why, s.Rule = StatementEnded, reservation.ID, "the last day of the reservation was "+until.Long(), "VCLT 22"
		return
	}
	if ending, ended := h.partEnded(author, reservation, a.Action().Statement.Articles, day); ended {
		s.State, s.Cause, s.Why = StatementEnded, ending.ID, "the part objected to was given up on "+ending.Action().Date.Long()
		s.Rule = "Guide to Practice on Reservations, 2.5.12"
	}
}

// reservationEnded reports whether a reservation was withdrawn by its author and
// by every successor that maintains it: each withdraws for itself alone (VCST 20).
func (h *History) reservationEnded(author *Course, reservation Act, day Date) (last Act, ended bool) {
	last, ended = h.endedBy(author, reservation, author.Participant, day)
	if !ended {
		return last, false
	}
	own := last.Action().TakesEffect()
	for _, c := range h.Courses {
		from, succeeded := h.succeededTo(c, author.Participant)
		if !succeeded || !own.After(from) {
			continue
		}
		if last, ended = h.endedBy(c, reservation, author.Participant, day); !ended {
			return last, false
		}
	}
	return last, true
}

// succeededTo returns the day on which a participant took the place of another
// in respect of the treaty, if it notified that it did.
func (h *History) succeededTo(c *Course, predecessor ParticipantID) (Date, bool) {
	for _, p := range c.Periods {
		if p.Consent.Action().Kind == SuccessionOfState &&
			slices.ContainsFunc(h.participant(c.Participant).Succeeds, func(s Succession) bool { return s.Participant == predecessor }) {
			return p.From, true
		}
	}
	return Date{}, false
}

// partEnded reports whether the author has given up all the articles to which an
// objection is limited.
func (h *History) partEnded(author *Course, reservation Act, articles []string, day Date) (last Act, ended bool) {
	var givenUp []string
	for _, answer := range h.answersTo(reservation.ID) {
		if act := answer.Act.Action(); act.Kind == PartialWithdrawal && answer.By == author.Participant && !act.TakesEffect().After(day) {
			givenUp, last = append(givenUp, act.Statement.Articles...), answer.Act
		}
	}
	return last, len(articles) > 0 && len(givenUp) > 0 &&
		!slices.ContainsFunc(articles, func(article string) bool { return !slices.Contains(givenUp, article) })
}

// markTarget marks the days on which what is objected to ends, or a part of it.
func (h *History) markTarget(a Act, mark func(Date)) {
	if _, reservation, ok := h.statementOf(a.Action().Statement.Target); ok && !reservation.Action().Statement.Until.IsZero() {
		mark(reservation.Action().Statement.Until.AddDays(1))
	}
	for _, answer := range h.answersTo(a.Action().Statement.Target) {
		if kind := answer.Act.Action().Kind; kind == WithdrawalOfReservation || kind == PartialWithdrawal {
			mark(answer.Act.Action().TakesEffect())
		}
	}
}

// statementOf finds the act of a statement by its record, and its author.
func (h *History) statementOf(id RecordID) (*Course, Act, bool) {
	for _, c := range h.Courses {
		for _, a := range c.Acts {
			if a.ID == id && a.Action().Statement != nil {
				return c, a, true
			}
		}
	}
	return nil, Act{}, false
}

// objectionUntil returns the last day on which the participant of a course may
// object: twelve months after it was notified of the reservation, or the day
// of its own consent where that is later (VCLT 20(5)). A late reservation is
// open to objections for as long as it is pending.
func objectionUntil(c *Course, reservation Act) Date {
	made := reservation.Action()
	last := twelveMonthsToObject(made)
	for _, p := range c.Periods {
		if p.Consent.Action().Kind != SuccessionOfState && (p.Until.IsZero() || p.Until.After(made.Date)) {
			return later(last, p.Deposited)
		}
	}
	return last
}

// ObjectionsUntil returns the last day on which those that had consented when a
// reservation was notified may object to it, before their silence accepts it
// (VCLT 20(5)). It is false for what silence has not to accept: other
// statements, what a successor maintains, what the treaty expressly authorizes,
// and a reservation that is not active then; one that is pending says itself
// until when.
func (h *History) ObjectionsUntil(s *StatementCourse) (last Date, open bool) {
	if s.Act.Action().Kind != Reservation || s.From != "" {
		return Date{}, false
	}
	last = twelveMonthsToObject(s.Act.Action())
	standing, made := s.On(last.AddDays(-1))
	open = made && standing.State == StatementActive && !h.expresslyAuthorized(standing.Articles)
	return last, open
}

// twelveMonthsToObject returns the end of the twelve months after a reservation
// was notified.
func twelveMonthsToObject(made *Action) Date { return made.Notified.Or(made.Date).AddMonths(12) }
