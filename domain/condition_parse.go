package domain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
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

// Tables returns the weight tables that the condition names.
func (c Condition) Tables() (ids []WeightsID) {
	c.every(func(part *Condition) {
		if part.op == opShare {
			ids = append(ids, part.weights)
		}
	})
	return ids
}

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
