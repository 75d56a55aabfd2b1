package domain

import (
	"fmt"
	"slices"
)

// This file computes the life of statements: a reservation, declaration, objection,
// notification or derogation is made, waits, holds, is narrowed, is answered by
// others, and ends (VCLT 19-23). What it does between two participants is computed
// by their relation.

// StatementState is where a statement stands on a day.
type StatementState string

// The states of statements.
const (
	StatementInert     StatementState = "inert"     // a reservation at signature that was not confirmed (VCLT 23(2))
	StatementPending   StatementState = "pending"   // a late reservation until silence accepts it
	StatementActive    StatementState = "active"    // it has the effect that its kind has
	StatementBlocked   StatementState = "blocked"   // a late reservation that was objected to in time
	StatementLate      StatementState = "late"      // an objection after its time: a communication (VCLT 20(5))
	StatementWithdrawn StatementState = "withdrawn" // VCLT 22
	StatementEnded     StatementState = "ended"     // its day has come, or its author is not bound any more
)

// StatementStanding is how a statement stands from a day on.
type StatementStanding struct {
	From      Date
	State     StatementState
	Until     Date
	Text      string
	Articles  []string
	GivenUp   []string
	Modified  bool
	Cause     RecordID
	Why       string
	Rule      string
	Confirmed bool
}

// StatementCourse is one statement of one participant with its life.
type StatementCourse struct {
	Author    ParticipantID
	Act       Act
	From      ParticipantID // the predecessor who made it, where it is maintained by succession (VCST 20)
	Standings []StatementStanding
	Answers   []Answer // of others: objections to it and acceptances of it
}

// Answer is another participant's objection to, or acceptance of, a reservation.
type Answer struct {
	By  ParticipantID
	Act Act
}

// On returns how the statement stands on a day; false before it was made.
func (s *StatementCourse) On(day Date) (StatementStanding, bool) {
	for _, standing := range slices.Backward(s.Standings) {
		if !standing.From.After(day) {
			return standing, true
		}
	}
	return StatementStanding{}, false
}

// activeOn reports whether the statement has its effect on the day.
func (s *StatementCourse) activeOn(day Date) bool {
	standing, made := s.On(day)
	return made && standing.State == StatementActive
}

// answersTo collects, once, what answers each record of a statement.
func (h *History) answersTo(id RecordID) []Answer {
	if h.answers == nil {
		h.answers = make(map[RecordID][]Answer)
		for _, c := range h.Courses {
			for _, a := range c.Acts {
				if s := a.Action().Statement; s != nil && !s.Target.IsZero() {
					h.answers[s.Target] = append(h.answers[s.Target], Answer{c.Participant, a})
				}
			}
		}
	}
	return h.answers[id]
}

// statementsOf returns the life of each statement of a participant, and of those
// that it maintains from a predecessor. The periods of all are settled before.
func (h *History) statementsOf(c *Course) []*StatementCourse {
	return h.statementsBut(c, nil)
}

// statementsBut does so without those of participants that were asked before,
// so that a circle of successions in the registry has an end.
func (h *History) statementsBut(c *Course, asked []ParticipantID) []*StatementCourse {
	var all []*StatementCourse
	for _, a := range c.Acts {
		if a.Action().Statement != nil && a.Action().Kind.begins() {
			all = append(all, h.live(c, a, c.Participant))
		}
	}
	return append(all, h.maintained(c, append(asked, c.Participant))...)
}

// maintained returns the reservations and objections of a predecessor that a
// successor keeps: a notification of succession maintains them, unless the
// successor says the contrary or makes a reservation of its own on the same
// subject (VCST 20(1); for objections Guide to Practice on Reservations, 5.2).
func (h *History) maintained(c *Course, asked []ParticipantID) (all []*StatementCourse) {
	for _, p := range c.Periods {
		if p.Consent.Action().Kind != SuccessionOfState {
			continue
		}
		for _, s := range h.participant(c.Participant).Succeeds {
			if slices.Contains(asked, s.Participant) {
				continue
			}
			predecessor := h.Course(s.Participant)
			eve := p.From.AddDays(-1) // the predecessor may have ended on the day itself
			for _, before := range h.statementsBut(predecessor, asked) {
				kind := before.Act.Action().Kind
				if (kind != Reservation && kind != Objection) || !before.activeOn(eve) || c.replaces(before, p, eve) {
					continue
				}
				own := h.live(c, before.Act, before.Author)
				own.From = predecessor.Participant
				all = append(all, own)
			}
		}
	}
	return all
}

// replaces reports whether a successor's own reservation, made with its
// succession, is on the same subject as a predecessor's.
func (c *Course) replaces(before *StatementCourse, p Period, eve Date) bool {
	standing, _ := before.On(eve)
	return slices.ContainsFunc(c.Acts, func(a Act) bool {
		s := a.Action().Statement
		if a.Action().Kind != Reservation || a.Action().Date != p.Deposited || s == nil {
			return false
		}
		return len(s.Articles) == 0 || len(standing.Articles) == 0 ||
			slices.ContainsFunc(s.Articles, func(article string) bool { return slices.Contains(standing.Articles, article) })
	})
}

// live evaluates a statement on every day on which it can change. The author
// is the one who made it, the course that of the one whose statement it is.
func (h *History) live(c *Course, a Act, author ParticipantID) *StatementCourse {
	s := &StatementCourse{Author: c.Participant, Act: a}
	days := []Date{h.beginning(c, a, author)}
	mark := func(d Date) {
		if !d.IsZero() && d.After(days[0]) {
			days = append(days, d)
		}
	}
	for _, answer := range h.answersTo(a.ID) {
		mark(answer.Act.Action().Date)
		mark(answer.Act.Action().TakesEffect())
		switch kind := answer.Act.Action().Kind; kind {
		case Objection, AcceptanceOfReservation:
			s.Answers = append(s.Answers, answer)
			mark(h.objectionWithdrawn(answer))
		case ModificationOfReservation, ConfirmationOfReservation:
			mark(lateReservationEnds(answer.Act.Action()))
			for _, objection := range h.answersTo(answer.Act.ID) {
				mark(h.objectionWithdrawn(objection))
			}
		}
	}
	mark(lateReservationEnds(a.Action()))
	if until := a.Action().Statement.Until; !until.IsZero() {
		mark(until.AddDays(1))
	}
	for _, p := range c.Periods {
		mark(p.From)
		mark(p.Deposited)
		mark(p.Until)
	}
	mark(h.participant(c.Participant).Exists.Until)
	if a.Action().Kind == Objection {
		h.markTarget(a, mark)
	}
	slices.SortFunc(days, Date.Compare)
	for _, day := range slices.Compact(days) {
		standing := h.statementOn(c, a, author, day)
		if n := len(s.Standings); n == 0 || !sameStatement(s.Standings[n-1], standing) {
			standing.From = day
			s.Standings = append(s.Standings, standing)
		}
	}
	return s
}

func sameStatement(a, b StatementStanding) bool {
	return a.State == b.State && a.Until == b.Until && a.Text == b.Text && a.Cause == b.Cause && a.Modified == b.Modified &&
		slices.Equal(a.Articles, b.Articles) && slices.Equal(a.GivenUp, b.GivenUp)
}

// beginning returns the first day of a statement's life: when it was made, or
// for one that is maintained, the date of the succession of States.
func (h *History) beginning(c *Course, a Act, author ParticipantID) Date {
	made := a.Action().Date
	if kind := a.Action().Kind; kind == Derogation || kind == Notification || kind == OptionalDeclaration {
		made = a.Action().TakesEffect()
	}
	if author == c.Participant {
		return made
	}
	for _, p := range c.Periods {
		if p.Consent.Action().Kind == SuccessionOfState {
			return p.From
		}
	}
	return made
}

// statementOn evaluates a statement on one day.
func (h *History) statementOn(c *Course, a Act, author ParticipantID, day Date) StatementStanding {
	act := a.Action()
	s := StatementStanding{From: day, State: StatementActive, Text: act.Statement.Text, Articles: act.Statement.Articles, Cause: a.ID,
		Why: string(act.Kind) + " of " + act.Date.Long()}
	if ending, ok := h.endedBy(c, a, author, day); ok {
		s.State, s.Cause, s.Why = StatementWithdrawn, ending.ID, string(ending.Action().Kind)+" of "+ending.Action().Date.Long()
		s.Rule = "VCLT 22"
		if act.Kind == Derogation || act.Kind == Notification {
			s.State, s.Rule = StatementEnded, ""
		}
		return s
	}
	if until := act.Statement.Until; !until.IsZero() && day.After(until) {
		s.State, s.Why = StatementEnded, "its last day was "+until.Long()
		return s
	}
	switch act.Kind {
	case Reservation:
		h.reservationOn(&s, c, a, author, day)
	case Objection:
		h.objectionOn(&s, c, a, day)
	case OptionalDeclaration:
		h.endsWithConsent(&s, c, act.Date, day)
	case Derogation:
		h.endsWithConsent(&s, c, act.Date, day)
	}
	return s
}

// endings tells by which act a statement of each kind is ended.
var endings = map[ActionKind]ActionKind{
	Reservation:         WithdrawalOfReservation,
	Objection:           WithdrawalOfObjection,
	OptionalDeclaration: WithdrawalOfDeclaration,
	InterpretativeDecl:  WithdrawalOfDeclaration,
	Derogation:          EndOfDerogation,
}

// endedBy finds the act of the statement's owner that ended it by the day: on
// receipt, unless it states a later day (VCLT 22(3)).
func (h *History) endedBy(c *Course, a Act, author ParticipantID, day Date) (Act, bool) {
	kind, ends := endings[a.Action().Kind]
	if !ends {
		return Act{}, false
	}
	for _, answer := range h.answersTo(a.ID) {
		on := answer.Act.Action().TakesEffect()
		owner := answer.By == c.Participant || answer.By == author && on.Before(h.beginning(c, a, author))
		if owner && answer.Act.Action().Kind == kind && !on.After(day) {
			return answer.Act, true
		}
	}
	return Act{}, false
}

// endsWithConsent ends what cannot outlive its author's consent: the one it was
// made with, or the next one where it was made before.
func (h *History) endsWithConsent(s *StatementStanding, c *Course, made, day Date) {
	own, _ := c.PeriodOf(made)
	for i := range c.Periods {
		p := &c.Periods[i]
		if own != nil && own.Deposited == made && p != own || !p.Until.IsZero() && !made.Before(p.Until) {
			continue
		}
		if !p.Until.IsZero() && !day.Before(p.Until) {
			s.State, s.Cause, s.Why, s.Rule = StatementEnded, p.Ending.ID, "the consent of its author ended on "+p.Until.Long(), "VCLT 70(1)"
		}
		return
	}
}

// reservationOn evaluates a reservation: inert until the consent, and without
// confirmation after it (VCLT 23(2)); pending where it is late; then active.
func (h *History) reservationOn(s *StatementStanding, c *Course, a Act, author ParticipantID, day Date) {
	if author == c.Participant {
		made, confirmed := a.Action(), false
		if confirmation, ok := h.confirmation(c, a, day); ok {
			made, confirmed = confirmation.Action(), true
		}
		period, consented := c.PeriodOf(made.Date)
		s.Confirmed = confirmed
		switch {
		case consented && period.Deposited == made.Date && day.Before(period.From) && period.From.After(made.Date):
			s.State, s.Cause, s.Why = StatementInert, period.Consent.ID, "made with the consent anew, which stands from "+period.From.Long()
			return
		case !consented || period.Deposited.After(made.Date):
			s.State, s.Rule, s.Why = StatementInert, "VCLT 23(2)", "made on "+made.Date.Long()+", before consent, and not confirmed with it"
			return
		case !period.Until.IsZero() && !day.Before(period.Until):
			s.State, s.Cause, s.Why, s.Rule = StatementEnded, period.Ending.ID, "the consent of its author ended on "+period.Until.Long(), "VCLT 70(1)"
			return
		case made.Date.After(period.Deposited):
			if !h.accepted(s, a, made, "made", day) {
				return
			}
		}
	} else {
		h.endsWithConsent(s, c, h.beginning(c, a, author), day)
		s.Rule = "VCST 20(1)"
		if s.State != StatementActive {
			return
		}
	}
	h.narrow(s, c, a, author, day)
}

// confirmation finds the act that confirmed a reservation by the day.
func (h *History) confirmation(c *Course, a Act, day Date) (Act, bool) {
	for _, answer := range h.answersTo(a.ID) {
		if answer.By == c.Participant && answer.Act.Action().Kind == ConfirmationOfReservation && !answer.Act.Action().Date.After(day) {
			return answer.Act, true
		}
	}
	return Act{}, false
}

// accepted reports whether silence has accepted what was formulated late, a
// reservation or a modification that may enlarge one. It waits for twelve
// months (90 days before 4 April 2000) in which any objection blocks it
// (practice of the Secretary-General: LA 41 TR/221 of 4 April 2000;
// ST/LEG/7/Rev.1, para. 206). Who withdraws its objection has accepted it (VCLT
// 22(2); Guide to Practice on Reservations, 2.7.4). The answers are those to the
// record it was made by.
func (h *History) accepted(s *StatementStanding, a Act, made *Action, what string, day Date) bool {
	silence := lateReservationEnds(made)
	s.Rule = "ST/LEG/7/Rev.1, 206"
	accepted, how := silence, "in silence"
	for _, answer := range h.answersTo(a.ID) {
		objection := answer.Act.Action()
		if objection.Kind == Objection && !objection.Date.After(silence) && !objection.Date.After(day) && !objection.Date.Before(made.Date) {
			if on := h.objectionWithdrawn(answer); !on.IsZero() && !on.After(day) {
				if on.After(accepted) {
					accepted, how = on, "by the withdrawal of the last objection"
				}
				continue
			}
			s.State, s.Cause = StatementBlocked, answer.Act.ID
			s.Why = fmt.Sprintf("%s late on %s; %s objected on %s", what, made.Date.Long(), h.participant(answer.By).Name(day), objection.Date.Long())
			return false
		}
	}
	if day.Before(silence) {
		s.State, s.Until = StatementPending, silence
		s.Why = fmt.Sprintf("%s late on %s; pending until %s, when silence accepts it", what, made.Date.Long(), silence.Long())
		return false
	}
	s.Why = fmt.Sprintf("%s late on %s; accepted %s on %s", what, made.Date.Long(), how, accepted.Long())
	return true
}

// objectionWithdrawn returns the day on which an objection was withdrawn, or no date.
func (h *History) objectionWithdrawn(objection Answer) (on Date) {
	for _, answer := range h.answersTo(objection.Act.ID) {
		if answer.By == objection.By && answer.Act.Action().Kind == WithdrawalOfObjection {
			on = earlierOf(on, answer.Act.Action().TakesEffect())
		}
	}
	return on
}

// narrow applies partial withdrawals, which take effect on receipt unless they
// state a later day (VCLT 22(3)), and modifications, which wait like a late reservation.
func (h *History) narrow(s *StatementStanding, c *Course, a Act, author ParticipantID, day Date) {
	for _, answer := range h.answersTo(a.ID) {
		act := answer.Act.Action()
		if answer.By != c.Participant && answer.By != author || act.TakesEffect().After(day) {
			continue
		}
		switch act.Kind {
		case PartialWithdrawal:
			s.Modified, s.Cause, s.Rule = true, answer.Act.ID, "VCLT 22(3)(a)"
			s.Why = "withdrawn in part on " + act.Date.Long()
			if act.Statement.Text != "" {
				s.Text = act.Statement.Text
			}
			if len(act.Statement.Articles) == 0 {
				continue
			}
			s.GivenUp = slices.Concat(s.GivenUp, act.Statement.Articles)
			s.Articles = slices.DeleteFunc(slices.Clone(s.Articles), func(article string) bool { return slices.Contains(s.GivenUp, article) })
			if len(s.Articles) == 0 {
				s.State, s.Why = StatementWithdrawn, "the last of its articles was given up on "+act.Date.Long()
				return
			}
		case ModificationOfReservation:
			var trial StatementStanding
			if h.accepted(&trial, answer.Act, act, "modified", day) {
				s.Modified, s.Cause, s.Rule, s.Why = true, answer.Act.ID, trial.Rule, trial.Why
				s.Text, s.Articles = act.Statement.Text, act.Statement.Articles
			}
		}
	}
}

var lateReservationPractice = MustDate("2000-04-04")

// lateReservationEnds returns the day on which silence accepts a late reservation.
func lateReservationEnds(a *Action) Date {
	from := a.Notified.Or(a.Date)
	if from.Before(lateReservationPractice) {
		return from.AddDays(90)
	}
	return from.AddMonths(12)
}

// hasReservations reports whether a reservation of the participant is active.
func (c *Course) hasReservations(day Date) bool {
	return slices.ContainsFunc(c.Statements, func(s *StatementCourse) bool {
		return s.Act.Action().Kind == Reservation && s.activeOn(day)
	})
}
