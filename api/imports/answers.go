package imports

import (
	"errors"
	"fmt"
	"slices"

	"depositary/domain"
)

// This file finds what an objection of a file answers: reservations that are
// recorded, or that the same file brings. Where the file leaves open which of
// several is meant, nothing is recorded.

// Answered is what an objection answers, as the file tells it.
type Answered struct {
	Participant string            // who made the reservations, as it is written
	Upon        domain.ActionKind // the act with which they were made; empty: not told
	Articles    []string          // of the treaty; none: not told
	All         bool              // told of reservations, not of one
	Declared    bool              // the file calls it a declaration: it is answered where it is recorded as a reservation (VCLT 2(1)(d))
}

// reservation is one that an objection may answer.
type reservation struct {
	record   domain.RecordID // where it is recorded
	claim    *planned        // where the file brings it
	date     domain.Date
	articles []string
}

// answer settles the objections, after all else: each becomes one act for each
// reservation that it answers.
func (t *treatyPlan) answer() {
	for _, c := range t.objections {
		if c.outcome == "" {
			t.find(c)
		}
		if c.outcome == "" {
			t.answerOne(c)
		} else {
			t.claims = append(t.claims, c)
		}
	}
}

func (t *treatyPlan) answerOne(c *planned) {
	leave := func(why string) {
		t.leave(c, t.finding(c, TextKeptOut, "not recorded; it can be recorded as an act by hand, with the record that it answers", "%s: %s", c.Claim.Participant, why))
		t.claims = append(t.claims, c)
	}
	author, err := t.author(c)
	if err != nil {
		leave(fmt.Sprintf("whose reservation this objection answers is not clear: %v", err))
		return
	}
	all := t.reservationsOf(author.ID, c.action.Date)
	if t.holdsAnswers(c, all) {
		return
	}
	targets, why := t.answered(c.Answers, author, all)
	if why != "" {
		leave(why)
		return
	}
	for _, to := range targets {
		one, target := *c, to.record
		if to.claim != nil {
			target = to.claim.record
		}
		one.action, one.answers = answering(c.action, target), to.claim
		t.claims = append(t.claims, &one)
		one.outcome = Recorded
		if d := t.decide(&domain.RecordTable{Treaty: t.id, Reason: t.reason, Actions: []domain.Action{one.action}}); !d.Accepted() {
			t.leave(&one, t.unaccepted(one.Place, t.id, d)...)
		}
	}
}

// author finds whose reservations an objection answers. Where two States became
// one it is the one of the two that had made any.
func (t *treatyPlan) author(c *planned) (*domain.Participant, error) {
	found, err := t.participant(composed(c.Answers.Participant), c.action.Date)
	var ambiguous *domain.AmbiguousNameError
	if !errors.As(err, &ambiguous) {
		return found, err
	}
	for _, id := range ambiguous.Of {
		if len(t.reservationsOf(id, c.action.Date)) > 0 {
			if found != nil {
				return nil, err
			}
			found, _ = t.ledger.Participant(id, domain.Everything())
		}
	}
	if found == nil {
		return nil, err
	}
	return found, nil
}

// answered finds the reservations that an objection answers, of all that their
// author has made, or says why it is not known which.
func (t *treatyPlan) answered(to *Answered, author *domain.Participant, all []reservation) (targets []reservation, why string) {
	targets = all
	if day := t.madeUpon(author.ID, to.Upon); !day.IsZero() {
		targets = slices.DeleteFunc(slices.Clone(all), func(r reservation) bool { return r.date != day })
	}
	if len(to.Articles) > 0 && len(targets) > 1 {
		targets = slices.DeleteFunc(slices.Clone(targets), func(r reservation) bool { return !sameArticles(r.articles, to.Articles) })
	}
	switch {
	case len(targets) == 0:
		return nil, fmt.Sprintf("no reservation of %s is recorded that this objection answers", author.CurrentName())
	case len(targets) > 1 && (!to.All || to.Declared):
		return nil, fmt.Sprintf("which of %d reservations of %s this objection answers is not for the page to say", len(targets), author.CurrentName())
	}
	return targets, ""
}

// reservationsOf returns the reservations that a participant had made by a day.
func (t *treatyPlan) reservationsOf(id domain.ParticipantID, by domain.Date) (all []reservation) {
	if t.history != nil {
		for _, a := range t.history.Course(id).Acts {
			if act := a.Action(); act.Kind == domain.Reservation && !act.Date.After(by) {
				all = append(all, reservation{record: a.ID, date: act.Date, articles: act.Statement.Articles})
			}
		}
	}
	for _, c := range t.claims {
		if c.outcome == Recorded && c.action.Kind == domain.Reservation && c.action.Participant == id && !c.action.Date.After(by) {
			all = append(all, reservation{claim: c, date: c.action.Date, articles: c.action.Statement.Articles})
		}
	}
	return all
}

// madeUpon returns the day of the act with which a participant made its
// reservations: no day where none is told, or no such act is known.
func (t *treatyPlan) madeUpon(id domain.ParticipantID, upon domain.ActionKind) (day domain.Date) {
	fits := func(kind domain.ActionKind) bool {
		return kind == upon || upon.IsConsent() && kind.IsConsent()
	}
	if upon == "" {
		return day
	}
	for _, c := range t.claims {
		if c.action.Participant == id && c.outcome != NotRecorded && fits(c.action.Kind) {
			day = c.action.Date
		}
	}
	if day.IsZero() && t.history != nil {
		for _, a := range t.history.Course(id).Acts {
			if fits(a.Action().Kind) {
				day = a.Action().Date
			}
		}
	}
	return day
}

func sameArticles(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// holdsAnswers settles an objection that is recorded already: to some of these
// reservations, by the same participant and of the same day.
func (t *treatyPlan) holdsAnswers(c *planned, to []reservation) (held bool) {
	if t.history == nil {
		return false
	}
	for _, a := range t.history.Course(c.action.Participant).Acts {
		is := a.Action()
		if is.Kind == c.action.Kind && is.Date == c.action.Date && slices.ContainsFunc(to, func(r reservation) bool { return r.claim == nil && r.record == is.Statement.Target }) {
			one := *c
			one.action, one.outcome, one.target = answering(c.action, is.Statement.Target), Held, a.ID
			t.claims = append(t.claims, &one)
			held = true
		}
	}
	return held
}

// answering returns an objection to a record.
func answering(act domain.Action, target domain.RecordID) domain.Action {
	statement := *act.Statement
	statement.Target = target
	act.Statement = &statement
	return act
}

// placedIn is where a claim stands among the commands of a plan.
type placedIn struct {
	command *domain.RecordTable
	n       int // among its acts, from 1
}
