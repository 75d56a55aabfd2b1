package domain_test

import (
	"slices"
	"strings"

	"depositary/domain"
)

// This file reads conditions, and the doubts about days.

// test reports whether a condition holds on a day.
type test func(day) bool

// read takes a condition apart at its words: "or" binds less than "and", and
// parentheses hold together.
func (r *reading) read(phrase string) test {
	if parts := apart(phrase, " or "); len(parts) > 1 {
		return r.some(parts)
	}
	if parts := apart(phrase, " and "); len(parts) > 1 {
		return r.every(parts)
	}
	if strings.HasPrefix(phrase, "(") {
		return r.read(phrase[1 : len(phrase)-1])
	}
	return r.term(phrase)
}

// apart cuts at a word wherever no parenthesis is open.
func apart(phrase, word string) (parts []string) {
	open, begin := 0, 0
	for i := range len(phrase) {
		switch {
		case phrase[i] == '(':
			open++
		case phrase[i] == ')':
			open--
		case open == 0 && i >= begin && strings.HasPrefix(phrase[i:], word):
			parts = append(parts, phrase[begin:i])
			begin = i + len(word)
		}
	}
	return append(parts, phrase[begin:])
}

func (r *reading) some(phrases []string) test {
	var tests []test
	for _, p := range phrases {
		tests = append(tests, r.read(p))
	}
	return func(d day) bool { return slices.ContainsFunc(tests, func(t test) bool { return t(d) }) }
}

func (r *reading) every(phrases []string) test {
	var tests []test
	for _, p := range phrases {
		tests = append(tests, r.read(p))
	}
	return func(d day) bool { return !slices.ContainsFunc(tests, func(t test) bool { return !t(d) }) }
}

func (r *reading) term(phrase string) test {
	words := strings.Fields(strings.ReplaceAll(phrase, ",", " ,"))
	switch {
	case strings.HasPrefix(phrase, "tacit acceptance"):
		return r.silence(phrase)
	case words[1] == "notifications":
		return r.notified(number(words[0]))
	case phrase == "parent in force":
		return func(d day) bool {
			return r.parent != nil && r.parent.inForce != 0 && r.parent.inForce <= d && r.someConsent(d)
		}
	case strings.Contains(phrase, " of the parties to the parent"):
		return r.ofTheParent(words)
	case strings.HasPrefix(phrase, "all signatories"):
		return r.majority(following(words, "outside"), true)
	case words[1] == "consents":
		return r.number(words)
	case strings.HasPrefix(phrase, "all of "):
		return r.fraction(1, 1, words[2], 0, strings.HasSuffix(phrase, ", organizations counted"))
	case strings.HasPrefix(phrase, "majority of signatories"):
		return r.majority(following(words, "outside"), false)
	case strings.Contains(words[0], "%"):
		return r.share(strings.TrimSuffix(words[0], "%"), domain.WeightsID(words[2]), strings.HasSuffix(phrase, ", organizations counted"))
	}
	num, den, _ := strings.Cut(words[0], "/")
	var fixed day
	if date := following(words, "on"); date != "" {
		fixed = dayOfText(date)
	}
	return r.fraction(number(num), number(den), words[2], fixed, strings.HasSuffix(phrase, ", organizations counted"))
}

// following returns the word after a word, or nothing.
func following(words []string, word string) string {
	if i := slices.Index(words, word); i >= 0 {
		return words[i+1]
	}
	return ""
}

// number: so many consents, perhaps from a group, perhaps some of them from another.
func (r *reading) number(words []string) test {
	need := number(words[0])
	all := strings.Join(words, " ")
	before, which, ofWhich := strings.Cut(all, " of which ")
	from := following(strings.Fields(before), "from")
	needWhich, fromWhich := 0, ""
	if ofWhich {
		needWhich, fromWhich = number(strings.Fields(which)[0]), following(strings.Fields(which), "from")
	}
	organizations := strings.Contains(all, "organizations counted")
	successions := !strings.Contains(all, "successions not counted")
	return func(d day) bool {
		counted, inner := 0, 0
		for _, p := range r.people {
			s := r.counting(p, d)
			switch {
			case s == nil,
				p.who.Kind != domain.KindState && !organizations,
				s.consent.Kind == domain.SuccessionOfState && !successions,
				from != "" && !r.member(from, p.who.ID, d):
				continue
			}
			counted++
			if fromWhich != "" && r.member(fromWhich, p.who.ID, d) {
				inner++
			}
		}
		return counted >= need && inner >= needWhich
	}
}

// fraction: so many of the members of a group, on the day or on a fixed one.
func (r *reading) fraction(num, den int, group string, fixed day, organizations bool) test {
	return func(d day) bool {
		on := d
		if fixed != 0 {
			on = fixed
		}
		members, consented := 0, 0
		for _, p := range r.people {
			if r.member(group, p.who.ID, on) && (p.who.Kind == domain.KindState || organizations) {
				members++
				if r.counting(p, d) != nil {
					consented++
				}
			}
		}
		return members > 0 && consented*den >= members*num
	}
}

// ofTheParent: so many of those that are bound by the parent, on the day or on a
// fixed one.
func (r *reading) ofTheParent(words []string) test {
	num, den, isFraction := strings.Cut(words[0], "/")
	if !isFraction {
		num, den = "1", "1"
	}
	var fixed day
	if date := following(words, "on"); date != "" {
		fixed = dayOfText(date)
	}
	organizations := slices.Contains(words, "organizations")
	return func(d day) bool {
		if r.parent == nil {
			return false
		}
		on := d
		if fixed != 0 {
			on = fixed
		}
		bound, consented := 0, 0
		for _, p := range r.people {
			of := r.parent.person(p.who.ID)
			if status := r.parent.status(of, on); (status != "party" && status != "party, withdrawal notified") || (p.who.Kind != domain.KindState && !organizations) {
				continue
			}
			bound++
			if r.counting(p, d) != nil {
				consented++
			}
		}
		return bound > 0 && consented*number(den) >= bound*number(num)
	}
}

// majority: more than half of those that have signed, without some.
func (r *reading) majority(outside string, all bool) test {
	return func(d day) bool {
		if outside != "" && !r.holds(outside) {
			return false // who is outside cannot be told
		}
		signatories, consented := 0, 0
		for _, p := range r.people {
			signed := r.signed(p)
			if p.who.Kind != domain.KindState || signed == 0 || signed > d || (outside != "" && r.member(outside, p.who.ID, d)) {
				continue
			}
			signatories++
			if r.counting(p, d) != nil {
				consented++
			}
		}
		if all {
			return signatories > 0 && consented == signatories
		}
		return 2*consented > signatories
	}
}

// share: States that make up so much of the total of a table, counted in whole
// numbers so that nothing is rounded. Percents have one digit after the point
// at most, weights none.
func (r *reading) share(percent string, id domain.WeightsID, organizations bool) test {
	whole, tenth, _ := strings.Cut(percent, ".")
	need := 10 * number(whole)
	if tenth != "" {
		need += number(tenth)
	}
	return func(d day) bool {
		table, year := r.file.table(id, calendar[d].year)
		if table == nil {
			return false
		}
		total, named, have := 0, false, 0
		for _, row := range table.Rows {
			if row.Year != year {
				continue
			}
			weight := int(row.Value)
			if row.Area == table.World {
				total, named = weight, true
			} else if !named && table.World == "" {
				total += weight
			}
			if p := r.person(domain.ParticipantID(row.Area)); p != nil && (p.who.Kind == domain.KindState || organizations) && r.counting(p, d) != nil {
				have += weight
			}
		}
		if total > 0 && have*1000 == need*total {
			r.note(shareWithoutRemainder)
		}
		return total > 0 && have*1000 >= need*total
	}
}

func (r *reading) holds(group string) bool {
	return slices.ContainsFunc(r.groups, func(g *domain.Group) bool { return string(g.ID) == group })
}

func (r *reading) member(group string, id domain.ParticipantID, d day) bool {
	for _, g := range r.groups {
		if string(g.ID) != group {
			continue
		}
		for _, m := range g.Members {
			if from, until := leafOf(m.From), leafOf(m.Until); m.Participant == id && d >= from && (until == 0 || d < until) {
				return true
			}
		}
	}
	return false
}

// someConsent reports whether anybody has consented by the day: nothing enters
// into force among nobody (VCLT 24, 2(1)(g)).
func (r *reading) someConsent(d day) bool {
	for _, p := range r.people {
		for _, s := range p.stays {
			if s.deposited <= d {
				return true
			}
		}
	}
	if r.treaty.Amendment != nil {
		return true // it binds without an act
	}
	r.note(entryWithoutConsent)
	return false
}

// counting returns the stay whose instrument counts on a day, or nil.
func (r *reading) counting(p *person, d day) *stay {
	for _, s := range p.stays {
		if max(s.deposited, s.from) > d {
			continue
		}
		if until := r.until(p, s); until == 0 || d < until || r.outlives(p, s, d) {
			return s
		}
	}
	return nil
}

// outlives reports whether the instrument of a State that has ceased to exist
// counts on: it was deposited and not taken back, unless a withdrawal that was
// notified takes effect.
func (r *reading) outlives(p *person, s *stay, d day) bool {
	end, left := leafOf(p.who.Exists.Until), r.untilLeft(s)
	if end == 0 || end > d || (left != 0 && left <= end) {
		return false
	}
	if left != 0 {
		r.note(noticeAtExtinction)
	}
	return left == 0 || left > d
}

// doubts

func (r *reading) runsInTerms() bool {
	return r.treaty.Withdrawal != nil && r.treaty.Withdrawal.Periods != nil
}

// doubtTheDay notes what makes the acts of a day doubtful.
func (r *reading) doubtTheDay(p *person, was *stay, d day) {
	did := func(is func(*standingAct) bool) bool { return len(p.doneOn(d, is)) > 0 }
	leaves := did(ofKind(domain.Withdrawal))
	if leaves && len(p.doneOn(d, consents)) > 1 {
		r.note(joinedTwiceAndLeft)
	}
	if r.runsInTerms() && (did(consents) || did(ofKind(domain.RevocationOfWithdrawal))) {
		for _, s := range p.stays {
			if len(s.pending()) > 0 || leaves {
				r.note(afterLeavingTerms)
			}
		}
	}
	if was == nil {
		return
	}
	if was.pendingBefore(d) && leaves && did(ofKind(domain.RevocationOfWithdrawal)) {
		r.note(revokedAndRenewed)
	}
	if did(ofKind(domain.RevocationOfWithdrawal)) && did(consents) && (leaves || was.pendingBefore(d)) {
		r.note(revokedAfterJoining)
	}
	if did(ofKind(domain.WithdrawalOfConsent)) && did(consents) {
		r.note(takenBackAndRenewed)
	}
	if leaves && did(consents) {
		for _, a := range p.doneOn(d, ofKind(domain.Withdrawal)) {
			if r.effectOf(a) == d {
				r.note(leftAndJoinedAtOnce)
			}
		}
	}
}

// doubtTheMajority notes when a majority of signatories was reached without an
// instrument that begins or ends on the day.
func (r *reading) doubtTheMajority(d day) {
	if !strings.Contains(r.treaty.EntryIntoForce.When.String(), "majority") {
		return
	}
	for _, p := range r.people {
		for _, s := range p.stays {
			if max(s.deposited, s.from) == d || r.until(p, s) == d {
				return
			}
		}
	}
	r.note(majorityWithoutDeposit)
}

// lookBack notes what is doubtful in the whole.
func (r *reading) lookBack() {
	for _, p := range r.people {
		for _, s := range p.stays {
			if s.takenBack != 0 && s.takenBack == r.inForce {
				r.note(takenBackOnEntry)
			}
		}
	}
	for _, p := range r.people {
		for _, a := range p.acts {
			if a.Kind == domain.SuccessionToSignature && p.holdsFrom(a) < a.day && p.signedBesides(a) {
				r.note(signatureReachingBack)
			}
			if a.Kind == domain.Withdrawal && r.runsInTerms() && (r.inForce == 0 || a.day <= r.inForce) {
				r.note(noticeBeforeTerms)
			}
		}
	}
	if r.parent != nil {
		for d := range doubts {
			r.runsInto[d] = r.runsInto[d] || r.parent.runsInto[d]
		}
	}
}

func (p *person) signedBesides(succession *standingAct) bool {
	return slices.ContainsFunc(p.acts, func(a *standingAct) bool {
		return a != succession && a.day <= succession.day && strings.Contains(string(a.Kind), "signature")
	})
}
