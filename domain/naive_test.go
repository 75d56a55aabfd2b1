package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
)

// This file reads the law a second time, slowly and simply: it takes the
// clauses in their own words, goes through the days on which anything happens,
// one after the other, and does with the acts of each day what the articles
// say. It shares no code with the engine, and keeps nothing that it could look
// up again.
//
// Where an act runs against the law and was recorded all the same, three rules
// decide, as the articles do not:
//   - what the admission of acts examines (who may act, forms, minimum periods,
//     windows) is not examined again here: the record holds;
//   - consent of one who has consented adds nothing;
//   - of two consents of one day the one whose name sorts first is taken, so
//     that the order of recording does not matter.

// doubt names a situation in which the law is easily read in another way; those
// in passedOver the engine does read differently.
type doubt int

const (
	secondNotice           doubt = iota // notice of withdrawal while an effective one is pending
	revokedOfSeveral                    // revocation while several notices are pending
	revokedAndRenewed                   // a pending withdrawal is revoked, and a new one notified, on one day
	takenBackAndRenewed                 // a pending consent is taken back, and given anew, on one day
	leftAndJoinedAtOnce                 // a withdrawal of immediate effect, and consent anew, on one day
	revokedAfterJoining                 // a withdrawal is revoked when consent was given anew already
	takenBackByParty                    // consent is taken back after it has taken effect
	takenBackWhileWaiting               // consent is taken back while another one waits for a withdrawal's effect
	afterLeavingTerms                   // an act of one that has left, or is leaving, a treaty that runs in periods
	laterDayUnforeseen                  // the notice names a later day, and the clause does not admit that
	outsideLife                         // an act of a participant that does not exist
	noticeAtExtinction                  // a State ceases to exist, with successors, while its withdrawal is pending
	majorityWithoutDeposit              // a majority of signatories is reached on a day without a deposit
	signatureReachingBack               // a succession to signature holds from before an older signature
	shareWithoutRemainder               // a share is reached exactly
	boundBeforeConsent                  // the day of being bound lies before the consent anew stands
	entryWithoutConsent                 // the condition is met although nobody has consented
	joinedTwiceAndLeft                  // two consents and a notice of withdrawal on one day
	takenBackOnEntry                    // consent is taken back on the day on which the treaty enters into force
	noticeBeforeTerms                   // a notice of withdrawal before the first day on which the terms run
	doubts
)

func (d doubt) String() string {
	return [...]string{"second notice", "revocation of several notices", "revoked and renewed on one day", "taken back and renewed on one day",
		"left and joined on one day", "revoked after joining anew", "consent taken back by a party", "consent taken back while another waits",
		"act after leaving a treaty of periods", "later day not foreseen", "act outside life", "notice pending at extinction",
		"majority without a deposit", "signature reaching back", "share reached exactly", "bound before the consent stands",
		"entry into force without consent", "two consents and a withdrawal on one day", "taken back on the day of entry into force", "notice before the terms run"}[d]
}

// reading is what the interpreter makes of one treaty.
type reading struct {
	file   *file
	axes   axes
	groups []*domain.Group
	treaty *domain.Treaty
	parent *reading

	people     []*person
	metOn      day
	inForce    day
	published  bool // inForce is the published day
	runsInto   [doubts]bool
	condition  test
	mattersToo []day // besides the days of acts and of ends of consent
}

// axes say what the interpreter may look at: the first acts recorded (0: all),
// and of them those received by a day (0: all).
type axes struct {
	recorded   int
	receivedBy day
}

// person is one participant with its acts and its stays in the treaty.
type person struct {
	who   *domain.Participant
	acts  []*standingAct
	stays []*stay
}

// standingAct is an act as it stands.
type standingAct struct {
	domain.Action
	day    day
	effect day
	serial int
}

// stay is one time of consent of a participant.
type stay struct {
	consent   *standingAct
	from      day
	deposited day
	takenBack day
	notices   []*notice
}

type notice struct {
	act     *standingAct
	revoked day
}

// interpret reads the acts of a treaty as far as the axes let it.
func interpret(f *file, id domain.TreatyID, a axes) *reading {
	treaty := f.treaty(id, a.recorded)
	var parent *reading
	if treaty.Parent != "" {
		parent = interpret(f, treaty.Parent, a)
	}
	read := func(published day) *reading {
		r := &reading{file: f, axes: a, groups: f.groupsKnown(a.recorded), treaty: treaty, parent: parent, inForce: published, published: published != 0}
		r.meetPeople(f.standing(id, a))
		r.walk()
		return r
	}
	r := read(0)
	if stated := treaty.Stated; stated != nil && leafOf(stated.InForce) != r.inForce && (a.receivedBy == 0 || leafOf(stated.InForce) <= a.receivedBy) {
		// The published day holds where the deposits lead to another one or none,
		// and from the beginning; it could not be known before it came.
		metOn := r.metOn
		r = read(leafOf(treaty.Stated.InForce))
		r.metOn = metOn
	}
	r.lookBack()
	return r
}

func (r *reading) note(d doubt) { r.runsInto[d] = true }

func (r *reading) meetPeople(acts []*standingAct) {
	for _, who := range r.file.participants {
		p := &person{who: who}
		for _, a := range acts {
			if a.Participant == who.ID {
				p.acts = append(p.acts, a)
			}
		}
		slices.SortStableFunc(p.acts, func(a, b *standingAct) int { return cmp.Compare(a.Kind, b.Kind) })
		r.people = append(r.people, p)
	}
}

func (r *reading) person(id domain.ParticipantID) *person {
	for _, p := range r.people {
		if p.who.ID == id {
			return p
		}
	}
	return nil
}

// walk goes from day to day; the days in between change nothing.
func (r *reading) walk() {
	if rule := r.treaty.EntryIntoForce; rule != nil && !r.published {
		r.condition = r.read(rule.When.String())
	}
	r.gatherDays()
	for d := r.dayAfter(0); d != 0; d = r.dayAfter(d) {
		for _, p := range r.people {
			r.actsOf(p, d)
		}
		if r.condition != nil && r.metOn == 0 && r.condition(d) {
			r.metOn = d
			r.inForce = r.entryFrom(d)
			r.doubtTheMajority(d)
		}
	}
}

// gatherDays notes the days on which something changes without an act.
func (r *reading) gatherDays() {
	add := func(d domain.Date) {
		if !d.IsZero() {
			r.mattersToo = append(r.mattersToo, leafOf(d))
		}
	}
	for _, p := range r.people {
		add(p.who.Exists.Until)
	}
	for _, g := range r.groups {
		for _, m := range g.Members {
			add(m.From)
			add(m.Until)
		}
	}
	for _, w := range r.file.weights {
		for _, row := range w.Rows {
			r.mattersToo = append(r.mattersToo, firstOfYear(row.Year))
		}
	}
	if _, tacit, found := strings.Cut(r.treaty.EntryIntoForce.When.String(), "tacit acceptance on "); found {
		r.mattersToo = append(r.mattersToo, dayOfText(tacit[:10]))
	}
	if r.parent == nil {
		return
	}
	if r.parent.inForce != 0 {
		r.mattersToo = append(r.mattersToo, r.parent.inForce)
	}
	for _, p := range r.parent.people {
		for _, told := range r.parent.periods(p) {
			r.mattersToo = append(r.mattersToo, told.bound, told.until)
		}
	}
}

// dayAfter returns the next day on which anything happens, or none.
func (r *reading) dayAfter(today day) (next day) {
	consider := func(d day) {
		if d > today && (next == 0 || d < next) {
			next = d
		}
	}
	for _, d := range r.mattersToo {
		consider(d)
	}
	for _, p := range r.people {
		for _, a := range p.acts {
			consider(a.day)
			if a.Kind == domain.SuccessionToSignature {
				consider(p.holdsFrom(a))
			}
		}
		for _, s := range p.stays {
			consider(s.from)
			consider(r.until(p, s))
			for _, n := range s.notices {
				consider(r.effectOf(n.act))
			}
		}
	}
	return next
}

// life

func (p *person) livesOn(d day) bool {
	from, until := leafOf(p.who.Exists.From), leafOf(p.who.Exists.Until)
	return d >= from && (until == 0 || d < until)
}

// dayOfSuccession is the date of the succession of States, as far as it is known.
func (p *person) dayOfSuccession() day {
	for _, s := range p.who.Succeeds {
		if !s.On.IsZero() {
			return leafOf(s.On)
		}
	}
	if len(p.who.Succeeds) > 0 {
		return leafOf(p.who.Exists.From)
	}
	return 0
}

// holdsFrom is the day from which an act of succession holds: the day stated,
// or that of the succession of States (VCST 22, 23); never later than the act.
func (p *person) holdsFrom(a *standingAct) day {
	if a.effect != 0 {
		return min(a.effect, a.day)
	}
	if on := p.dayOfSuccession(); on != 0 {
		return min(on, a.day)
	}
	return a.day
}

// acts of a day

func (p *person) doneOn(d day, is func(*standingAct) bool) (done []*standingAct) {
	for _, a := range p.acts {
		if a.day == d && is(a) {
			done = append(done, a)
		}
	}
	return done
}

func ofKind(kind domain.ActionKind) func(*standingAct) bool {
	return func(a *standingAct) bool { return a.Kind == kind }
}

var consentWords = []string{"definitive signature", "ratification", "acceptance", "approval", "accession", "formal confirmation",
	"consent to be bound", "consent of unknown kind", "succession"}

func consents(a *standingAct) bool { return slices.Contains(consentWords, string(a.Kind)) }

// current is the stay that covers the day.
func (r *reading) current(p *person, d day) *stay {
	for _, s := range p.stays {
		if until := r.until(p, s); s.from <= d && (until == 0 || d < until) {
			return s
		}
	}
	return nil
}

// actsOf does what a participant did on a day. The acts of one day follow from
// each other in law: who is in the treaty leaves before he joins anew, who is
// not joins before he leaves; and a revocation answers the notice of an earlier
// day, if there is one, before that of the same day.
func (r *reading) actsOf(p *person, d day) {
	if len(p.doneOn(d, func(*standingAct) bool { return true })) == 0 {
		return
	}
	if !p.livesOn(d) {
		r.note(outsideLife) // who does not exist cannot act (VCLT 6)
		return
	}
	was := r.current(p, d)
	r.doubtTheDay(p, was, d)
	if was == nil {
		r.join(p, d)
		r.notify(p, d)
		r.takeBack(p, d)
		r.revoke(p, d, d)
		return
	}
	if was.pendingBefore(d) {
		r.revoke(p, d, d-1)
		r.notify(p, d)
		r.takeBack(p, d)
	} else {
		r.notify(p, d)
		r.takeBack(p, d)
		r.revoke(p, d, d)
	}
	r.join(p, d)
}

func (s *stay) pendingBefore(d day) bool {
	for _, n := range s.notices {
		if n.revoked == 0 && n.act.day < d {
			return true
		}
	}
	return false
}

func (s *stay) pending() (pending []*notice) {
	for _, n := range s.notices {
		if n.revoked == 0 {
			pending = append(pending, n)
		}
	}
	return pending
}

// join lets consent begin: on its day, from the succession of States, or, where
// a withdrawal is pending, when that takes effect.
func (r *reading) join(p *person, d day) {
	for _, a := range p.doneOn(d, consents) {
		from := d
		if a.Kind == domain.SuccessionOfState {
			from = p.holdsFrom(a)
		}
		if len(p.stays) > 0 {
			last := p.stays[len(p.stays)-1]
			leaves := r.until(p, last)
			if leaves == 0 {
				continue
			}
			from = max(from, leaves)
		}
		if end := leafOf(p.who.Exists.Until); end != 0 && from >= end {
			continue
		}
		p.stays = append(p.stays, &stay{consent: a, from: from, deposited: d})
	}
}

func (r *reading) notify(p *person, d day) {
	for _, a := range p.doneOn(d, ofKind(domain.Withdrawal)) {
		s := r.current(p, d)
		if s == nil {
			continue
		}
		for _, earlier := range s.pending() {
			if r.effectOf(earlier.act) != 0 && r.effectOf(a) != 0 && !r.runsInTerms() {
				r.note(secondNotice)
			}
		}
		s.notices = append(s.notices, &notice{act: a})
	}
}

// takeBack ends a consent that has not taken effect (ST/LEG/7/Rev.1, 157-158).
func (r *reading) takeBack(p *person, d day) {
	for range p.doneOn(d, ofKind(domain.WithdrawalOfConsent)) {
		r.takeOneBack(p, d)
	}
}

// takeOneBack ends the consent that waits for an earlier one to end, or else the
// current one.
func (r *reading) takeOneBack(p *person, d day) {
	s := r.current(p, d)
	if len(p.stays) == 0 || s == nil && p.stays[len(p.stays)-1].from <= d {
		return
	}
	if waiting := p.stays[len(p.stays)-1]; waiting != s {
		r.note(takenBackWhileWaiting)
		p.stays = p.stays[:len(p.stays)-1]
		return
	}
	if bound := r.boundFrom(s); bound != 0 && bound <= d {
		r.note(takenBackByParty)
		return
	}
	s.takenBack = d
}

// revoke takes back every notice up to a day that has not taken effect (VCLT
// 68). Consent given anew in the meantime then adds nothing.
func (r *reading) revoke(p *person, d, noticesUpTo day) {
	if len(p.doneOn(d, ofKind(domain.RevocationOfWithdrawal))) == 0 {
		return
	}
	s := r.current(p, d)
	if s == nil {
		return
	}
	if len(s.pending()) > 1 {
		r.note(revokedOfSeveral)
	}
	for _, n := range s.pending() {
		if n.act.day <= noticesUpTo {
			n.revoked = d
		}
	}
	for i := range p.stays {
		if p.stays[i] == s && i+1 < len(p.stays) {
			r.note(revokedAfterJoining)
			p.stays = p.stays[:i+1]
			return
		}
	}
}

// ends of consent

// until is the day on which a stay ends, or none: it was taken back, its first
// notice that stands takes effect, or the participant ceased to exist.
func (r *reading) until(p *person, s *stay) day {
	return firstOf(r.untilLeft(s), leafOf(p.who.Exists.Until))
}

func (r *reading) untilLeft(s *stay) day {
	end := s.takenBack
	for _, n := range s.pending() {
		end = firstOf(end, r.effectOf(n.act))
	}
	return end
}

// effectOf is the day on which a notice of withdrawal takes effect, or none.
func (r *reading) effectOf(a *standingAct) day {
	clause := r.treaty.Withdrawal
	if clause == nil {
		return a.effect // what the notice says is all there is
	}
	if clause.Rule == "none" {
		return 0 // VCLT 56
	}
	if clause.Periods != nil {
		if r.inForce == 0 || a.day < r.inForce {
			return 0 // what is not in force cannot be left (VCLT 54)
		}
		return r.endOfTerm(clause.Periods, a.day)
	}
	effect := a.day.on(clause.Then.String())
	if a.effect > effect {
		if !clause.LaterDate {
			r.note(laterDayUnforeseen)
			return effect
		}
		return a.effect
	}
	return effect
}

// endOfTerm is the end of the first term for which the notice is in time.
func (r *reading) endOfTerm(terms *domain.Periods, notified day) day {
	if r.inForce == 0 {
		return 0
	}
	end := r.inForce.on(terms.First.String())
	for notified.on(terms.Notice.String()) > end {
		end = end.on(terms.Next.String())
	}
	return end
}

// entry into force

// entryFrom makes the day of entry into force out of the day on which the
// condition was met, or none while something it waits for is not known.
func (r *reading) entryFrom(met day) day { return r.entryAsOf(met, lastLeaf) }

const lastLeaf = day(1 << 30)

func (r *reading) entryAsOf(met, asOf day) day {
	phrases := strings.Split(r.treaty.EntryIntoForce.Then.String(), "; ")
	span, floors := phrases[0], phrases[1:]
	for _, f := range floors {
		if rest, found := strings.CutPrefix(f, "if met after "); found {
			if date, other, _ := strings.Cut(rest, ": "); met > dayOfText(date) {
				span = other
			}
		}
	}
	entry := met.on(span)
	for _, f := range floors {
		if strings.HasPrefix(f, "if met after ") {
			continue
		}
		floor := r.floor(strings.TrimPrefix(f, "not before "), asOf)
		if floor == 0 {
			return 0
		}
		entry = max(entry, floor)
	}
	return entry
}

func (r *reading) floor(words string, asOf day) day {
	if words == "the parent is in force" {
		if r.parent == nil {
			return 0
		}
		return r.parent.entryKnownOn(asOf)
	}
	if strings.HasSuffix(words, " after opening") {
		if r.treaty.Signature == nil || r.treaty.Signature.Opens.IsZero() {
			return 0
		}
		return leafOf(r.treaty.Signature.Opens).on(strings.TrimSuffix(words, " after opening"))
	}
	return dayOfText(words)
}

// entryKnownOn is the day of entry into force as far as it was known on a day.
func (r *reading) entryKnownOn(asOf day) day {
	switch {
	case r.published && asOf < r.inForce && (r.metOn == 0 || r.metOn > r.inForce || r.metOn > asOf):
		return 0
	case r.published:
		return r.inForce
	case r.metOn == 0 || r.metOn > asOf:
		return 0
	}
	return r.entryAsOf(r.metOn, asOf)
}

// boundFrom is the day from which a stay binds, or none: nobody is bound
// before the treaty is in force, nor before his own consent stands.
func (r *reading) boundFrom(s *stay) day {
	bound := r.boundByClause(s)
	if bound != 0 && bound < s.from {
		r.note(boundBeforeConsent)
		return s.from
	}
	return bound
}

func (r *reading) boundByClause(s *stay) day {
	if r.inForce == 0 {
		return 0
	}
	if s.consent.Kind == domain.SuccessionOfState { // VCST 23(1)
		if s.consent.effect != 0 {
			return max(s.consent.effect, r.inForce)
		}
		return max(s.from, r.inForce)
	}
	if s.consent.effect != 0 { // as the record states
		return max(s.consent.effect, r.inForce)
	}
	if r.metOn != 0 && !r.published && s.deposited <= r.metOn {
		return r.inForce
	}
	if r.treaty.LaterParties == nil {
		return 0
	}
	return max(s.deposited.on(r.treaty.LaterParties.Then.String()), r.inForce)
}

// answers

// period is a stay as it is compared.
type period struct{ deposited, from, bound, until day }

func (p period) String() string {
	return fmt.Sprintf("deposited %s, from %s, bound from %s, until %s", p.deposited, p.from, p.bound, p.until)
}

func (r *reading) periods(p *person) (told []period) {
	for _, s := range p.stays {
		told = append(told, period{s.deposited, s.from, r.everBound(p, s), r.until(p, s)})
	}
	return told
}

// everBound is the day from which a stay has bound, or none where it ended first.
func (r *reading) everBound(p *person, s *stay) day {
	bound, until := r.boundFrom(s), r.until(p, s)
	if until != 0 && bound >= until {
		return 0
	}
	return bound
}

func (r *reading) status(p *person, d day) domain.Status {
	if end := leafOf(p.who.Exists.Until); end != 0 && d >= end {
		return "extinct"
	}
	status := domain.Status("no action")
	if signed := r.signed(p); signed != 0 && signed <= d {
		status = "signatory"
	}
	for _, s := range p.stays {
		if s.from <= d {
			status = r.statusWithin(p, s, d, status)
		}
	}
	switch {
	case status == "party" || status == "party, withdrawal notified":
	case r.boundWithoutAct(p, d):
		return "party"
	case r.wasBoundWithoutAct(p, d):
		return "former party"
	}
	return status
}

func (r *reading) statusWithin(p *person, s *stay, d day, otherwise domain.Status) domain.Status {
	until, bound := r.until(p, s), r.everBound(p, s)
	switch {
	case until != 0 && until <= d && bound != 0:
		return "former party"
	case until != 0 && until <= d:
		return otherwise
	case bound == 0 || bound > d:
		return "contracting"
	}
	for _, n := range s.notices {
		if n.act.day <= d && (n.revoked == 0 || n.revoked > d) && r.effectOf(n.act) != 0 {
			return "party, withdrawal notified"
		}
	}
	return "party"
}

// signed is the first day on which a participant is a signatory, or none.
func (r *reading) signed(p *person) (first day) {
	for _, a := range p.acts {
		if !p.livesOn(a.day) {
			continue // VCLT 6
		}
		switch a.Kind {
		case "signature", "definitive signature":
			first = firstOf(first, a.day)
		case "succession to signature":
			first = firstOf(first, p.holdsFrom(a))
		case "signature ad referendum":
			for _, b := range p.acts {
				if b.Kind == "confirmation of signature" && b.day >= a.day && p.livesOn(b.day) {
					first = firstOf(first, a.day)
				}
			}
		}
	}
	return first
}

func (r *reading) counts(d day) (n domain.Counts) {
	for _, p := range r.people {
		if signed := r.signed(p); signed != 0 && signed <= d {
			n.Signatories++
		}
		status := r.status(p, d)
		if s := r.current(p, d); s != nil && s.deposited <= d && status != "extinct" {
			n.Consents++
		}
		if status == "party" || status == "party, withdrawal notified" {
			n.Parties++
		}
	}
	return n
}
