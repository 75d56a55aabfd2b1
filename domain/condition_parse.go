package domain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The final clauses of a treaty are written as short phrases, so that a lawyer
// can hold them against the article: "20 consents", "first of the month after
// 3 months". This file reads the phrases; entry.go carries them out.

// PhraseError says where a phrase stops making sense.
type PhraseError struct {
	Phrase   string
	Column   int // from 1
	Expected string
}

func (e *PhraseError) Error() string {
	return fmt.Sprintf("%q, column %d: %s", e.Phrase, e.Column, e.Expected)
}

// maxPhrase is the length of a phrase, in bytes, that is read at all.
const maxPhrase = 500

type conditionOp int

const (
	opAll conditionOp = iota
	opAny
	opCount    // N consents, perhaps from a group
	opEvery    // all of a group
	opFraction // Num/Den of a group
	opMajority // more than half of the signatories outside a group
	opShare    // a share of a weight table
	opParent   // the parent treaty is in force
	opParties  // Num/Den of the parties to the parent treaty
	opTacit    // silence until a day, unless a condition on non-acceptances is met
)

// Condition says when the way to entry into force is open. Its text is its
// identity; see docs/catalogue.md for the grammar.
type Condition struct {
	text          string
	op            conditionOp
	parts         []Condition // opAll, opAny; opTacit: what blocks it
	n             int         // opCount: how many
	declarations  bool        // opCount: declarations, not consents
	notifications bool        // opCount: notifications, not consents
	refusals      bool        // opCount: non-acceptances, not consents
	article       string      // opCount: of the notifications
	group         GroupID     // opCount: from; opEvery, opFraction: of; opMajority: outside
	ofWhich       int         // opCount: this many of them …
	ofWhichGroup  GroupID     // … from this group
	organizations bool        // organizations count too
	noSuccessions bool        // opCount: successions do not count
	num, den      int         // opFraction, opParties
	all           bool        // opMajority: all of them, not only more than half
	on            Date        // opFraction, opParties: fixed on this day; opTacit: the day of acceptance
	more          bool        // opFraction, opParties, opShare: more than that, and not as much

	// An organization that counts for its members, those of a group, as far as
	// they have not consented themselves (Agreement establishing the WTO, X(3)).
	organization ParticipantID
	ofMembers    GroupID
	percent      float64   // opShare
	weights      WeightsID // opShare
}

const conditionForms = `one of "20 consents", "35 consents from GROUP", "5 consents of which 3 from GROUP", "all of GROUP", ` +
	`"2/3 of GROUP", "majority of signatories outside GROUP", "all signatories", "2/3 of the parties to the parent", "55% of WEIGHTS", "parent in force", ` +
	`"10 notifications", "10 declarations", "tacit acceptance on 2004-01-01 unless more than 1/3 of the parties to the parent"`

var (
	reCount    = regexp.MustCompile(`^(\d{1,4}) (consents|declarations|notifications|non-acceptances)(?: under ([0-9A-Za-z.()]+))?(?: from ([A-Z0-9-]+))?(?: of which (\d{1,4}) from ([A-Z0-9-]+))?(, organizations counted)?(, successions not counted)?`)
	reEvery    = regexp.MustCompile(`^all of ([A-Z0-9-]+)(, organizations counted)?`)
	reFraction = regexp.MustCompile(`^(more than )?(\d{1,3})/(\d{1,3}) of ([A-Z0-9-]+)(?: on (\d{4}-\d{2}-\d{2}))?(, organizations counted)?`)
	reMajority = regexp.MustCompile(`^majority of signatories(?: outside ([A-Z0-9-]+))?`)
	reShare    = regexp.MustCompile(`^(more than )?(\d{1,3}(?:\.\d+)?)% of ([A-Za-z0-9-]+)(, organizations counted)?`)
	reParties  = regexp.MustCompile(`^(?:(more than )?(\d{1,3})/(\d{1,3})|all) of the parties to the parent(?: on (\d{4}-\d{2}-\d{2}))?(, organizations counted)?`)
	reAllSign  = regexp.MustCompile(`^all signatories(?: outside ([A-Z0-9-]+))?`)
	reTacit    = regexp.MustCompile(`^tacit acceptance on (\d{4}-\d{2}-\d{2}) unless `)
	reOfWhich  = regexp.MustCompile(`^ of which (\d{1,4}) from ([A-Z0-9-]+)`)
	reStandsIn = regexp.MustCompile(`^, ([A-Z][A-Z0-9-]*) for the members of ([A-Z0-9-]+)`)
	reParent   = regexp.MustCompile(`^parent in force`)
)

// ParseCondition reads a condition phrase; its error is a *PhraseError.
func ParseCondition(text string) (Condition, error) {
	p := &conditionParser{text: text}
	if len(text) > maxPhrase {
		return Condition{}, &PhraseError{text[:maxPhrase], maxPhrase + 1, fmt.Sprintf("a phrase of up to %d characters expected", maxPhrase)}
	}
	c := p.anyOf()
	if p.err == nil && p.at < len(text) {
		p.fail(`the end, " and " or " or " expected`)
	}
	if p.err != nil {
		return Condition{}, p.err
	}
	c.text = text
	return c, nil
}

// MustCondition is ParseCondition for phrases written in the program itself.
func MustCondition(text string) Condition {
	c, err := ParseCondition(text)
	if err != nil {
		panic(err)
	}
	return c
}

type conditionParser struct {
	text string
	at   int
	err  error
}

func (p *conditionParser) fail(expected string) { p.failAt(p.at, expected) }

func (p *conditionParser) failAt(at int, expected string) {
	if p.err == nil {
		p.err = &PhraseError{p.text, at + 1, expected}
	}
}

func (p *conditionParser) take(literal string) bool {
	if p.err == nil && strings.HasPrefix(p.text[p.at:], literal) {
		p.at += len(literal)
		return true
	}
	return false
}

func (p *conditionParser) match(re *regexp.Regexp) []string {
	m := re.FindStringSubmatch(p.text[p.at:])
	if m != nil {
		p.at += len(m[0])
	}
	return m
}

func (p *conditionParser) anyOf() Condition {
	return p.chain(opAny, " or ", func() Condition { return p.chain(opAll, " and ", p.term) })
}

func (p *conditionParser) chain(op conditionOp, word string, next func() Condition) Condition {
	parts := []Condition{next()}
	for p.take(word) {
		parts = append(parts, next())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return Condition{op: op, parts: parts}
}

func (p *conditionParser) term() Condition {
	start := p.at
	if p.take("(") {
		c := p.anyOf()
		if !p.take(")") {
			p.fail(`")" expected`)
		}
		c.text = p.text[start:p.at]
		return c
	}
	c := p.leaf()
	p.suffixes(&c)
	c.text = p.text[start:p.at]
	return c
}

func (p *conditionParser) leaf() (c Condition) {
	if p.err != nil {
		return c
	}
	start := p.at
	if m := p.match(reCount); m != nil {
		c = Condition{op: opCount, n: atoi(m[1]), declarations: m[2] == "declarations", notifications: m[2] == "notifications", refusals: m[2] == "non-acceptances",
			article: m[3], group: GroupID(m[4]), ofWhich: atoi(m[5]), ofWhichGroup: GroupID(m[6]), organizations: m[7] != "", noSuccessions: m[8] != ""}
		if c.n == 0 {
			p.failAt(start, "a number of at least 1 expected")
		}
		if c.article != "" && !c.notifications {
			p.failAt(start, "an article for notifications only: 10 notifications under 14 expected")
		}
		return c
	}
	if m := p.match(reAllSign); m != nil {
		return Condition{op: opMajority, all: true, group: GroupID(m[1])}
	}
	if m := p.match(reParties); m != nil {
		c = Condition{op: opParties, more: m[1] != "", num: atoi(m[2]), den: atoi(m[3]), organizations: m[5] != ""}
		if m[2] == "" {
			c.num, c.den = 1, 1
		}
		p.checkFraction(c, start)
		c.on = p.day(m[4])
		return c
	}
	if m := p.match(reEvery); m != nil {
		return Condition{op: opEvery, group: GroupID(m[1]), organizations: m[2] != ""}
	}
	if m := p.match(reFraction); m != nil {
		c = Condition{op: opFraction, more: m[1] != "", num: atoi(m[2]), den: atoi(m[3]), group: GroupID(m[4]), organizations: m[6] != ""}
		p.checkFraction(c, start)
		c.on = p.day(m[5])
		return c
	}
	if m := p.match(reMajority); m != nil {
		return Condition{op: opMajority, group: GroupID(m[1])}
	}
	if m := p.match(reShare); m != nil {
		percent, _ := strconv.ParseFloat(m[2], 64)
		if percent <= 0 || percent > 100 {
			p.failAt(start, "a share above 0% and up to 100% expected")
		}
		return Condition{op: opShare, percent: percent, more: m[1] != "", weights: WeightsID(m[3]), organizations: m[4] != ""}
	}
	if m := p.match(reTacit); m != nil {
		return p.tacit(m[1], start)
	}
	if p.match(reParent) != nil {
		return Condition{op: opParent}
	}
	p.fail(conditionForms + " expected")
	return c
}

// checkFraction refuses a fraction that nobody or everybody meets.
func (p *conditionParser) checkFraction(c Condition, start int) {
	if c.den == 0 || c.num == 0 || c.num > c.den || c.more && c.num == c.den {
		p.failAt(start, "a fraction above 0 and up to 1 expected, such as 2/3")
	}
}

// tacit reads what blocks an acceptance in silence.
func (p *conditionParser) tacit(on string, start int) Condition {
	c := Condition{op: opTacit, parts: []Condition{p.term()}}
	c.parts[0].every(func(inner *Condition) {
		if inner.op == opTacit || inner.op == opParent || inner.op == opCount && !inner.refusals {
			p.failAt(start, "after unless, how many non-acceptances block it expected, such as \"more than 1/3 of the parties to the parent\" or \"5 non-acceptances\"")
		}
	})
	if c.on = p.day(on); p.err == nil && c.on.IsZero() {
		p.failAt(start, "the day of acceptance expected")
	}
	return c
}

// suffixes reads what any term that counts participants may add.
func (p *conditionParser) suffixes(c *Condition) {
	if p.err != nil {
		return
	}
	if c.op == opEvery || c.op == opFraction || c.op == opMajority || c.op == opParties {
		if m := p.match(reOfWhich); m != nil {
			c.ofWhich, c.ofWhichGroup = atoi(m[1]), GroupID(m[2])
		}
	}
	if c.op != opParent && c.op != opTacit && c.op != opMajority {
		if m := p.match(reStandsIn); m != nil {
			c.organization, c.ofMembers = ParticipantID(m[1]), GroupID(m[2])
		}
	}
}

// day reads a day in a term; an empty text is none.
func (p *conditionParser) day(text string) Date {
	if text == "" {
		return Date{}
	}
	day, err := ParseDate(text)
	if err != nil {
		p.failAt(strings.LastIndex(p.text[:p.at], text), err.Error())
	}
	return day
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// String returns the phrase as it was written.
func (c Condition) String() string { return c.text }

// IsZero reports whether no condition is known.
func (c Condition) IsZero() bool { return c.text == "" }

// MarshalText writes the phrase.
func (c Condition) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// UnmarshalText reads the phrase; its error is a *PhraseError.
func (c *Condition) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCondition(string(text))
	return err
}

// leaves calls f for every term of the condition.
func (c *Condition) leaves(f func(*Condition)) {
	if c.op == opAll || c.op == opAny {
		for i := range c.parts {
			c.parts[i].leaves(f)
		}
		return
	}
	f(c)
}

// counts reports whether a term is one of the condition itself, and not of those
// that block an acceptance in silence.
func (c *Condition) counts(term *Condition) (found bool) {
	c.leaves(func(leaf *Condition) { found = found || leaf == term })
	return found
}

// every calls f for every term, and for those that block an acceptance in silence.
func (c *Condition) every(f func(*Condition)) {
	c.leaves(func(leaf *Condition) {
		f(leaf)
		if leaf.op == opTacit {
			leaf.parts[0].every(f)
		}
	})
}

type delayUnit int

const (
	sameDay delayUnit = iota
	days
	months
	years
	firstAfterMonths // first of the month that follows n months
	firstAfterDays   // first of the month that follows n days
	firstOfNthMonth  // first of the nth month after the month of the day itself
	dayAfterDays     // the day after n days
	dayAfterMonths   // the day after n months
	dayAfterYears    // the day after n years
	dayOfNextYear    // a day of the following year
	nextIfBy         // the next such day if received by another day of the year, else a year later
	dayIfBefore      // such a day of the first year of which another day is still to come
)

// Delay says which day follows from a day on which a condition was met or an
// instrument deposited, and before which day it cannot fall.
type Delay struct {
	text   string
	effect span
	floors []floor
}

// floor is a day before which the effect cannot fall.
type floor struct {
	text         string
	date         Date  // not before this day …
	afterOpening int   // … or not before n years after opening for signature …
	parent       bool  // … or not before the parent is in force
	elseAfter    Date  // if met after this day, the other delay applies
	elseDelay    *span // the delay of the else-branch
}

type span struct {
	unit      delayUnit
	n         int
	day       yearDay // the day of the year on which the effect falls
	by        yearDay // the day of the year by which notice is to be given
	including bool    // by that day, and not only before it
}

// yearDay is a day of every year.
type yearDay struct {
	month time.Month
	day   int
}

func (y yearDay) of(year int) Date {
	return clampDate(pack(year, y.month, min(y.day, daysIn(year, y.month))))
}

const delayForms = `one of "the same day", "30 days", "3 months", "1 year", "first of the month after 3 months", ` +
	`"first of the month after 60 days", "first of the 6th month after the month", "the day after 6 months", ` +
	`"31 December of the following year", "1 January next if received by 1 July", "30 June of a year by notice before 1 January"`

const floorForms = `one of "not before 2019-01-01", "not before 2 years after opening", "not before the parent is in force", "if met after 2019-01-01: 90 days"`

var (
	rePlainDelay = regexp.MustCompile(`^(\d{1,4}) (day|month|year)s?$`)
	reFirstAfter = regexp.MustCompile(`^first of the month after (\d{1,4}) (day|month)s?$`)
	reFirstOfNth = regexp.MustCompile(`^first of the (\d{1,2})(?:st|nd|rd|th) month after the month$`)
	reDayAfter   = regexp.MustCompile(`^the day after (\d{1,4}) (day|month|year)s?$`)
	reNextYear   = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) of the following year$`)
	reNextIf     = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) next if received (by|before) (\d{1,2}) ([A-Z][a-z]+)$`)
	reOfAYear    = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) of a year by notice (before|by) (\d{1,2}) ([A-Z][a-z]+)$`)
	reFloorDate  = regexp.MustCompile(`^not before (\d{4}-\d{2}-\d{2})$`)
	reFloorOpen  = regexp.MustCompile(`^not before (\d{1,2}) years? after opening$`)
	reElse       = regexp.MustCompile(`^if met after (\d{4}-\d{2}-\d{2}): (.+)$`)
)

// ParseDelay reads a delay phrase with its floors; its error is a *PhraseError.
func ParseDelay(text string) (Delay, error) {
	if len(text) > maxPhrase {
		return Delay{}, &PhraseError{text[:maxPhrase], maxPhrase + 1, fmt.Sprintf("a phrase of up to %d characters expected", maxPhrase)}
	}
	d := Delay{text: text}
	column := 1
	for i, part := range strings.Split(text, "; ") {
		var err error
		if i == 0 {
			var s span
			s, err = parseSpan(part)
			d.effect = s
		} else {
			var f floor
			f, err = parseFloor(part)
			d.floors = append(d.floors, f)
		}
		if err != nil {
			return Delay{}, &PhraseError{text, column, err.Error()}
		}
		column += len(part) + 2
	}
	return d, nil
}

// MustDelay is ParseDelay for phrases written in the program itself.
func MustDelay(text string) Delay {
	d, err := ParseDelay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func parseSpan(text string) (span, error) {
	if text == "the same day" {
		return span{unit: sameDay}, nil
	}
	if m := rePlainDelay.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": days, "month": months, "year": years}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	if m := reFirstAfter.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": firstAfterDays, "month": firstAfterMonths}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	if m := reFirstOfNth.FindStringSubmatch(text); m != nil && atoi(m[1]) > 0 {
		return span{unit: firstOfNthMonth, n: atoi(m[1])}, nil
	}
	if m := reDayAfter.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": dayAfterDays, "month": dayAfterMonths, "year": dayAfterYears}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	return parseYearly(text)
}

// parseYearly reads the delays that fall on a day of the year.
func parseYearly(text string) (s span, err error) {
	if m := reNextYear.FindStringSubmatch(text); m != nil {
		s.unit = dayOfNextYear
		s.day, err = parseYearDay(m[1], m[2])
		return s, err
	}
	unit := nextIfBy
	m := reNextIf.FindStringSubmatch(text)
	if m == nil {
		unit, m = dayIfBefore, reOfAYear.FindStringSubmatch(text)
	}
	if m == nil {
		return span{}, fmt.Errorf("%s expected", delayForms)
	}
	s.unit, s.including = unit, m[3] == "by"
	if s.day, err = parseYearDay(m[1], m[2]); err == nil {
		s.by, err = parseYearDay(m[4], m[5])
	}
	return s, err
}

func parseYearDay(day, month string) (yearDay, error) {
	for m := time.January; m <= time.December; m++ {
		if m.String() == month && atoi(day) >= 1 && atoi(day) <= daysIn(2000, m) {
			return yearDay{m, atoi(day)}, nil
		}
	}
	return yearDay{}, fmt.Errorf("%s %s is no day of a year: one such as 31 December expected", day, month)
}

func parseFloor(text string) (floor, error) {
	f := floor{text: text}
	if text == "not before the parent is in force" {
		f.parent = true
		return f, nil
	}
	var err error
	if m := reFloorDate.FindStringSubmatch(text); m != nil {
		f.date, err = ParseDate(m[1])
		return f, err
	}
	if m := reFloorOpen.FindStringSubmatch(text); m != nil {
		f.afterOpening = atoi(m[1])
		return f, nil
	}
	if m := reElse.FindStringSubmatch(text); m != nil {
		if f.elseAfter, err = ParseDate(m[1]); err != nil {
			return f, err
		}
		s, err := parseSpan(m[2])
		f.elseDelay = &s
		return f, err
	}
	return f, fmt.Errorf("%s expected", floorForms)
}

// String returns the phrase as it was written.
func (d Delay) String() string { return d.text }

// IsZero reports whether no delay is known.
func (d Delay) IsZero() bool { return d.text == "" }

// MarshalText writes the phrase.
func (d Delay) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads the phrase; its error is a *PhraseError.
func (d *Delay) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDelay(string(text))
	return err
}

// from returns the day that the span makes of a day.
func (s span) from(d Date) Date {
	switch s.unit {
	case days:
		return d.AddDays(s.n)
	case months:
		return d.AddMonths(s.n)
	case years:
		return d.AddYears(s.n)
	case firstAfterMonths:
		return d.AddMonths(s.n).FirstOfNextMonth()
	case firstAfterDays:
		return d.AddDays(s.n).FirstOfNextMonth()
	case firstOfNthMonth:
		first := pack(d.Year(), d.Month(), 1)
		return first.AddMonths(s.n)
	case dayAfterDays:
		return d.AddDays(s.n + 1)
	case dayAfterMonths:
		return d.AddMonths(s.n).AddDays(1)
	case dayAfterYears:
		return d.AddYears(s.n).AddDays(1)
	case dayOfNextYear:
		return s.day.of(d.Year() + 1)
	case nextIfBy, dayIfBefore:
		return s.yearly(d)
	}
	return d
}

// yearly returns the day of the year that a notice of a day is in time for. "1
// January next if received by 1 July": received on 2 July it is the one after.
// "30 June of a year by notice before 1 January" of that year.
func (s span) yearly(d Date) Date {
	inTime := func(last Date) bool { return d.Before(last) || s.including && d == last }
	if s.unit == dayIfBefore {
		year := d.Year()
		for !inTime(s.by.of(year)) {
			year++
		}
		return s.day.of(year)
	}
	next := s.day.of(d.Year())
	if !next.After(d) {
		next = s.day.of(d.Year() + 1)
	}
	last := s.by.of(next.Year())
	if !last.Before(next) {
		last = s.by.of(next.Year() - 1)
	}
	if !inTime(last) {
		return s.day.of(next.Year() + 1)
	}
	return next
}

func (d Delay) span() span { return d.effect }
