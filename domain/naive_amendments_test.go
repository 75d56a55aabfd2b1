package domain_test

import (
	"strings"

	"depositary/domain"
)

// This file reads, from the articles, what binds without an act or keeps from
// being bound: amendments, non-acceptances, suspensions, provisional application.

// said returns the day since which one kind of act has stood on a day without
// another one that ends it, or none. Acts of one day follow from each other:
// what begins comes before what ends.
func (r *reading) said(p *person, d day, begins, ends domain.ActionKind, before func(*standingAct) bool) (since day) {
	for today := day(1); today <= d; today = r.nextAct(p, today) {
		for _, a := range p.doneOn(today, ofKind(begins)) {
			if since == 0 && p.livesOn(today) && before(a) {
				since = today
			}
		}
		if len(p.doneOn(today, ofKind(ends))) > 0 && p.livesOn(today) {
			since = 0
		}
	}
	return since
}

// nextAct is the next day on which a participant acts, or the day after all days.
func (r *reading) nextAct(p *person, today day) (next day) {
	for _, a := range p.acts {
		if a.day > today && (next == 0 || a.day < next) {
			next = a.day
		}
	}
	if next == 0 {
		return day(len(calendar))
	}
	return next
}

func always(*standingAct) bool { return true }

// optedOut reports whether a participant has notified in time that it does not
// accept an amendment, and not withdrawn that since: before the day of acceptance
// in silence, or of entry into force; who consents to the parent later, by then.
func (r *reading) optedOut(p *person, d day) bool {
	ends := r.inForce
	if _, tacit, found := strings.Cut(r.treaty.EntryIntoForce.When.String(), "tacit acceptance on "); found {
		ends = firstOf(ends, dayOfText(tacit[:10]))
	}
	for _, s := range r.parent.person(p.who.ID).stays {
		if s.deposited >= ends {
			ends = s.deposited + 1
			break
		}
	}
	return r.said(p, d, domain.NonAcceptance, domain.WithdrawalOfNonAcceptance, func(a *standingAct) bool { return a.day < ends }) != 0
}

// boundWithoutAct reports whether an amendment binds a party to the parent on a day.
func (r *reading) boundWithoutAct(p *person, d day) bool {
	clause := r.treaty.Amendment
	if clause == nil || r.inForce == 0 || d < r.inForce || !r.partyToParent(p, d) {
		return false
	}
	return clause.Binds == "all parties to the parent" || !r.optedOut(p, d)
}

func (r *reading) partyToParent(p *person, d day) bool {
	status := r.parent.status(r.parent.person(p.who.ID), d)
	return status == "party" || status == "party, withdrawal notified"
}

// wasBoundWithoutAct reports whether an amendment bound a participant before.
func (r *reading) wasBoundWithoutAct(p *person, d day) bool {
	if r.treaty.Amendment == nil || r.inForce == 0 {
		return false
	}
	turns := []day{r.inForce}
	for _, told := range r.parent.periods(r.parent.person(p.who.ID)) {
		turns = append(turns, told.bound)
	}
	for _, a := range p.acts {
		turns = append(turns, a.day)
	}
	for _, turn := range turns {
		if turn != 0 && turn <= d && r.boundWithoutAct(p, turn) {
			return true
		}
	}
	return false
}

// suspended reports whether the operation is suspended for a party on a day, by
// what it has said since it consented.
func (r *reading) suspended(p *person, d day) bool {
	status := r.status(p, d)
	since := day(0)
	if s := r.current(p, d); s != nil {
		since = s.deposited
	}
	return (status == "party" || status == "party, withdrawal notified") &&
		r.said(p, d, domain.Suspension, domain.EndOfSuspension, func(a *standingAct) bool { return a.day >= since }) != 0
}

// provisionally reports whether a participant applies the treaty provisionally on a
// day: since it said so, until it says that this ends or that it does not intend to
// become a party (VCLT 25(2)), or until the treaty is in force for it (VCLT 25(1)).
func (r *reading) provisionally(p *person, d day) bool {
	if status := r.status(p, d); status == "extinct" || r.bound(status) {
		return false
	}
	since := day(0)
	for today := day(1); today <= d; today = r.nextAct(p, today) {
		if !p.livesOn(today) {
			continue
		}
		if len(p.doneOn(today, ofKind(domain.ProvisionalApplication))) > 0 {
			since = today
		}
		if len(p.doneOn(today, ofKind(domain.EndOfProvisional)))+len(p.doneOn(today, ofKind(domain.IntentionNotToBecomeParty))) > 0 {
			since = 0
		}
	}
	for _, told := range r.periods(p) { // in force for it on some day since
		if told.bound != 0 && told.bound <= d && (told.until == 0 || told.until > since) {
			return false
		}
	}
	return since != 0
}

func (r *reading) bound(status domain.Status) bool {
	return status == "party" || status == "party, withdrawal notified"
}

// intendsNot reports whether a signatory has said that it does not intend to become
// a party (VCLT 18(a)), and has not consented since.
func (r *reading) intendsNot(p *person, d day) (says bool) {
	if r.status(p, d) != "signatory" {
		return false
	}
	for today := day(1); today <= d; today = r.nextAct(p, today) {
		if !p.livesOn(today) {
			continue
		}
		if len(p.doneOn(today, consents)) > 0 {
			says = false
		}
		says = says || len(p.doneOn(today, ofKind(domain.IntentionNotToBecomeParty))) > 0
	}
	return says
}

// silence: accepted on a day, unless so many had notified their non-acceptance.
func (r *reading) silence(phrase string) test {
	date, against, _ := strings.Cut(strings.TrimPrefix(phrase, "tacit acceptance on "), " unless ")
	accepted := dayOfText(date)
	words := strings.Fields(strings.Trim(against, "()"))
	more := words[0] == "more"
	if more {
		words = words[2:]
	}
	return func(d day) bool {
		if d < accepted {
			return false
		}
		eve := accepted - 1
		refused, of := 0, 0
		for _, p := range r.people {
			counts := p.who.Kind == domain.KindState
			if words[1] == "of" {
				counts = counts && r.partyToParent(p, eve)
			}
			if !counts {
				continue
			}
			of++
			if r.said(p, eve, domain.NonAcceptance, domain.WithdrawalOfNonAcceptance, always) != 0 {
				refused++
			}
		}
		if !r.someConsent(d) {
			return false
		}
		if words[1] != "of" {
			return refused < number(words[0])
		}
		num, den, _ := strings.Cut(words[0], "/")
		left, right := refused*number(den), of*number(num)
		return of > 0 && (left < right || more && left == right)
	}
}

// notified: so many have made a notification, the first of each counting.
func (r *reading) notified(need int) test {
	return func(d day) bool {
		n := 0
		for _, p := range r.people {
			if p.who.Kind == domain.KindState && r.said(p, d, domain.Notification, "", always) != 0 {
				n++
			}
		}
		return n >= need && r.someConsent(d)
	}
}
