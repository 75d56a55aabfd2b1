package imports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"depositary/domain"
)

// Reconciliation: of each claim, whether the ledger says the same, something
// else in its place, or nothing.
//
// The place of an act is its slot: the signature, or the consent of one period
// between two withdrawals. What the file's own source says of a slot is
// matched first, one claim to one assertion, so that a file that was taken in
// before is recognized claim by claim, also where its assertions lost against
// those of a higher source.

// assertion is what one source says of an act, as it stands in the ledger.
type assertion struct {
	act    domain.RecordID // the act's first record
	record *domain.Record
	bound  domain.Date // from when the consent binds, as the law has it
	slot   slot
	taken  bool // a claim of the file speaks of it

	overruled bool // another source's holds in its place
	holds     int  // rank of the source whose assertion holds
}

// slot is the place that an act takes in the course of a participation.
type slot struct {
	kind  domain.ActionKind // one kind for all that take each other's place
	round int               // which of several times
	day   domain.Date       // of statements, of which there may be any number
}

// reconcile settles what the ledger holds already, and what would be a
// correction, a contradiction or a new act. It returns the assertions
// that were taken from the file and of which it says nothing any more.
func (t *treatyPlan) reconcile() (remaining []*assertion) {
	of := make(map[domain.ParticipantID][]*planned)
	for _, c := range t.claims {
		if c.outcome == "" {
			of[c.action.Participant] = append(of[c.action.Participant], c)
		}
	}
	var courses []*domain.Course
	if t.history != nil {
		courses = t.history.Courses
	}
	for _, course := range courses {
		claims := of[course.Participant]
		delete(of, course.Participant)
		r := t.reconciliation(course, claims)
		r.recognize()
		for _, c := range claims {
			if c.outcome == "" {
				r.settle(c)
			}
		}
		for _, a := range r.assertions {
			if !a.taken && t.ofFile(a) {
				remaining = append(remaining, a)
			}
		}
	}
	for _, claims := range of { // of whom the ledger holds nothing
		for _, c := range claims {
			c.outcome = Recorded
		}
	}
	return remaining
}

// reconciliation is the claims about one participant beside what is held.
type reconciliation struct {
	*treatyPlan
	course     *domain.Course
	claims     []*planned
	ends       []domain.Date // notifications that ended a period, or would
	assertions []*assertion
	spoken     map[slot]bool // slots of which a claim has spoken
}

func (t *treatyPlan) reconciliation(course *domain.Course, claims []*planned) *reconciliation {
	r := &reconciliation{treatyPlan: t, course: course, claims: claims, spoken: make(map[slot]bool)}
	r.findEnds()
	bound := make(map[domain.RecordID]domain.Date)
	for _, p := range course.Periods {
		bound[p.Consent.ID] = p.Bound
	}
	for _, act := range course.Acts {
		for _, record := range append([]*domain.Record{act.Version}, act.Contested...) {
			r.assertions = append(r.assertions, &assertion{act: act.ID, record: record, bound: bound[act.ID], slot: r.slotOf(record.Action),
				overruled: record != act.Version, holds: act.Action().SourceRank()})
		}
	}
	return r
}

// wouldHold reports whether a claim that agrees with an overruled assertion comes
// from a source before which the one that holds has to yield: it is no news
// what it says, but that it says so.
func (a *assertion) wouldHold(c *planned) bool {
	return a.overruled && c.action.SourceRank() < a.holds
}

// own reports whether the source of a claim has made the assertion, under its name
// or under another that it is known by. What has no name has no owner.
func (r *reconciliation) own(a *assertion, c *planned) bool {
	held, name, source := a.record.Action.Provenance, c.action.Provenance.Source, r.table.Source
	if name == "" || held == nil {
		return false
	}
	return held.Source == name || name == source.Name && slices.ContainsFunc(source.Also, func(begins string) bool { return strings.HasPrefix(held.Source, begins) })
}

// ofFile reports whether the assertion was taken from the file, and not from a
// later edition of it than this.
func (t *treatyPlan) ofFile(a *assertion) bool {
	p := a.record.Action.Provenance
	return p != nil && p.Source != "" && p.File == t.table.Source.File && t.sources[p.Source] && !earlier(t.table.Source.Edition, p.Edition)
}

// findEnds finds the days from which consent would be consent given anew: the
// withdrawals that are held, and those that the file tells.
func (r *reconciliation) findEnds() {
	for _, p := range r.course.Periods {
		if !p.Until.IsZero() && p.Ending.Version != nil {
			r.ends = append(r.ends, p.Ending.Action().Date)
		}
	}
	var told []domain.Date
	for _, c := range r.claims {
		switch {
		case c.action.Kind == domain.WithdrawalOfConsent, c.action.Kind == domain.Withdrawal && r.ending(&c.action):
			told = append(told, c.action.Date)
		case c.action.Kind == domain.RevocationOfWithdrawal && len(told) > 0:
			told = told[:len(told)-1]
		}
	}
	r.ends = append(r.ends, told...)
}

// ending reports whether a withdrawal ends anything: without a clause and without
// a day of effect it is kept and does not.
func (r *reconciliation) ending(a *domain.Action) bool {
	clause := r.history.Treaty.Withdrawal
	return !a.Effect.IsZero() || (clause != nil && clause.Rule != "none")
}

func (r *reconciliation) slotOf(a *domain.Action) slot {
	switch kind := a.Kind; {
	case kind.IsConsent():
		return slot{kind: domain.ConsentToBeBound, round: before(r.ends, a.Date)}
	case kind.IsSignature():
		return slot{kind: domain.Signature}
	case kind.IsStatement():
		return slot{kind: kind, day: a.Date}
	default:
		var deposits []domain.Date
		for _, p := range r.course.Periods {
			deposits = append(deposits, p.Deposited)
		}
		return slot{kind: kind, round: before(deposits, a.Date)}
	}
}

// before counts the days that are not after the day.
func before(days []domain.Date, day domain.Date) (n int) {
	for _, d := range days {
		if !d.After(day) {
			n++
		}
	}
	return n
}

// recognize finds what the file's source has said before.
func (r *reconciliation) recognize() {
	for _, c := range r.claims {
		for _, a := range r.assertions {
			if r.own(a, c) && !a.taken && a.says(&c.action) {
				a.taken = true
				r.hold(c, a)
				break
			}
		}
	}
}

// says reports whether an assertion states what the claim states. What the claim
// leaves open does not matter; a day of effect that follows in law counts as stated.
func (a *assertion) says(claim *domain.Action) bool {
	held := a.record.Action
	if held.Kind != claim.Kind && (claim.Kind != domain.ConsentOfUnknownKind || !held.Kind.IsConsent()) {
		return false
	}
	same := func(held, told domain.Date) bool { return told.IsZero() || told == held }
	return held.Date == claim.Date && same(held.Effect.Or(a.bound), claim.Effect) && same(held.Document, claim.Document) &&
		same(held.Received, claim.Received) && same(held.Notified, claim.Notified) &&
		sameList(held.Excludes, claim.Excludes) && sameList(held.Territories, claim.Territories) && sameText(held.Statement, claim.Statement)
}

// refinedBy reports whether a claim says what the assertion leaves open: by
// which act a consent of the same day was expressed.
func (a *assertion) refinedBy(claim *domain.Action) bool {
	held := *a.record.Action
	if held.Kind != domain.ConsentOfUnknownKind || !claim.Kind.IsConsent() || claim.Kind == domain.ConsentOfUnknownKind || a.overruled {
		return false
	}
	held.Kind = claim.Kind
	as := *a
	record := *a.record
	record.Action, as.record = &held, &record
	return as.says(claim)
}

func sameList(held, told []string) bool { return len(told) == 0 || slices.Equal(held, told) }

func sameText(held, told *domain.Statement) bool {
	return told == nil || (held != nil && strings.TrimSpace(held.Text) == strings.TrimSpace(told.Text))
}

func (r *reconciliation) hold(c *planned, a *assertion) {
	c.outcome, c.target = Held, a.act
	r.spoken[a.slot] = true
	if held := a.record.Action.Kind; held != c.action.Kind {
		r.report.Findings = append(r.report.Findings, r.finding(c, LessExact, "held already, with its kind", "the table does not state the form of this consent; it is recorded as %s (record %s)", held, a.act))
	}
}

// settle settles what the file's source says for the first time, or otherwise
// than before. Where the file speaks of one slot twice, the law judges the
// second time.
func (r *reconciliation) settle(c *planned) {
	place := r.slotOf(&c.action)
	c.outcome = Recorded
	switch own, other, same := r.held(c, place); {
	case own == nil && same == nil && other != nil && other.refinedBy(&c.action):
		other.taken = true
		c.outcome, c.target = Corrected, other.record.ID
	case c.Beside && (own != nil || other != nil) && same == nil:
		t := own
		if t == nil {
			t = other
		}
		r.leave(c, r.finding(c, AnotherAct, "not recorded; accepted would be the act recorded by hand, or a correction of the record",
			"a note tells a %s of %s, and record %s has the %s of %s in its place", c.action.Kind, c.action.Date.Long(), t.record.ID, t.record.Action.Kind, t.record.Action.Date.Long()))
	case own != nil:
		own.taken = true
		r.correct(c, own)
	case r.spoken[place]:
	case same != nil:
		r.hold(c, same)
	case other != nil:
		c.outcome, c.target = Contested, other.act
	}
	r.spoken[place] = true
}

// held returns what is held in the place of a claim: the assertion of the file's
// own source of which no claim speaks, one of another source, and one of
// another source that says the same.
func (r *reconciliation) held(c *planned, place slot) (own, other, same *assertion) {
	for _, a := range r.assertions {
		switch {
		case a.slot != place:
		case r.own(a, c) && !a.taken && own == nil:
			own = a
		case !r.own(a, c) && same == nil && a.says(&c.action) && !a.wouldHold(c):
			same = a
		case !r.own(a, c) && other == nil:
			other = a
		}
	}
	return own, other, same
}

func (r *reconciliation) correct(c *planned, own *assertion) {
	held := own.record.Action.Provenance.Edition
	if earlier(r.table.Source.Edition, held) {
		r.leave(c, r.finding(c, EarlierEdition, "not recorded; accepted would be the edition "+held+" or a later one",
			"record %s has %s of %s from the edition %s of this source; this table is %s", own.record.ID, own.record.Action.Kind, own.record.Action.Date.Long(), held, editionOr(r.table.Source.Edition)))
		return
	}
	c.outcome, c.target = Corrected, own.record.ID
}

func editionOr(edition string) string {
	if edition == "" {
		return "of no known edition"
	}
	return "of the edition " + edition
}

// earlier reports whether one edition comes before another. Numbers count as
// numbers, so that days, years and versions sort as they follow each other;
// what has no edition cannot be known to be later.
func earlier(a, b string) bool {
	for a != "" && b != "" {
		x, restA := leading(a)
		y, restB := leading(b)
		n, errX := strconv.ParseUint(x, 10, 64)
		m, errY := strconv.ParseUint(y, 10, 64)
		switch {
		case errX == nil && errY == nil && n != m:
			return n < m
		case (errX != nil || errY != nil) && x != y:
			return x < y
		}
		a, b = restA, restB
	}
	return a == "" && b != ""
}

// leading cuts the first number off a text, or the first character.
func leading(text string) (part, rest string) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	n = max(n, 1)
	return text[:n], text[n:]
}

// disappeared reports what the file once said and does not say any more.
// Nothing is taken back: that a cell is gone does not say that an act is.
func (t *treatyPlan) disappeared(remaining []*assertion) {
	for _, a := range remaining {
		p := a.record.Action.Provenance
		name := string(a.record.Action.Participant)
		if held, ok := t.ledger.Participant(a.record.Action.Participant, domain.Everything()); ok {
			name = held.CurrentName()
		}
		t.report.Findings = append(t.report.Findings, Finding{
			Place: Place{File: p.File, Text: fmt.Sprintf("%s, %s, %s", name, a.record.Action.Kind, a.record.Action.Date)},
			Code:  CellDisappeared, Treaty: t.id,
			Message: fmt.Sprintf("record %s (%s of %s of %s) was taken from this table (edition %s, line %d), which does not have it any more",
				a.record.ID, a.record.Action.Kind, name, a.record.Action.Date.Long(), p.Edition, p.Row),
			Done: "nothing was taken back; if it should never have been recorded, annul the record",
		})
	}
}
