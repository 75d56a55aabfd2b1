package domain

import (
	"fmt"
	"slices"
	"strings"
)

// This file says in words and figures what entry.go computes.

// Term is one term of a condition with what it has and what it needs.
type Term struct {
	Phrase  string
	Met     bool
	Have    float64
	Need    float64
	Unit    string
	Inner   *InnerTerm // of the number, those that have to be from a group
	Unknown string     // what is not held, so that the term cannot be decided
}

// InnerTerm is the part of a number that has to come from a group: "10 consents
// of which 8 from COE".
type InnerTerm struct {
	From GroupID
	Have int
	Need int
}

// Missing returns how much the term still needs.
func (t Term) Missing() float64 { return max(0, t.Need-t.Have) }

// Counted is an instrument that counted towards entry into force.
type Counted struct {
	Number      int
	Participant ParticipantID
	Record      RecordID
	Action      ActionKind
	Date        Date
	Crossing    bool
}

// NotCounted is an instrument that did not count, with the reason.
type NotCounted struct {
	Participant ParticipantID
	Record      RecordID
	Action      ActionKind
	Date        Date
	Reason      string
}

// Step is one step of the calculation.
type Step struct {
	Date    Date
	Text    string
	Article string
	Words   string
}

// EntryExplanation says, for one legal day, whether and when a treaty enters
// into force, and why.
type EntryExplanation struct {
	Status     EntryStatus
	Unknown    string
	MetOn      Date
	InForce    Date
	Stated     *StatedEntry
	FromStated bool
	Differs    string
	Condition  string
	Article    string
	Required   string
	Terms      []Term
	Counted    []Counted
	NotCounted []NotCounted
	Steps      []Step
}

// EntryStatus is where a treaty stands on its way into force.
type EntryStatus string

// The steps of that way.
const (
	EntryUnknown EntryStatus = "unknown"
	EntryNotMet  EntryStatus = "condition not met"
	EntryMet     EntryStatus = "condition met"
	EntryInForce EntryStatus = "in force"
	EntryEnded   EntryStatus = "terminated"
)

// Explain says for a legal day whether and when the treaty enters into force.
func (h *History) Explain(asOf Date) EntryExplanation {
	e := EntryExplanation{Status: EntryUnknown, Stated: h.Treaty.Stated}
	e.InForce = h.inForceAsOf(asOf)
	e.FromStated = h.Stated && !e.InForce.IsZero()
	if rule := h.Treaty.EntryIntoForce; rule != nil {
		h.explainRule(&e, rule, asOf)
	}
	switch {
	case h.terminatedBy(asOf):
		e.Status = EntryEnded
		e.Required = ""
		e.Steps = append(e.Steps, Step{Date: h.Treaty.Terminated.On, Text: strings.TrimSuffix("terminated: "+h.Treaty.Terminated.Why, ": ")})
	case !e.InForce.IsZero() && !e.InForce.After(asOf):
		e.Status = EntryInForce
	case !e.MetOn.IsZero():
		e.Status = EntryMet
	case h.Treaty.EntryIntoForce != nil:
		e.Status = EntryNotMet
	}
	if e.Status == EntryUnknown {
		e.Unknown = clausesNotHeld
	}
	h.compareWithStated(&e)
	return e
}

// clausesNotHeld is why nothing can be said of entry into force.
const clausesNotHeld = "the final clauses of the treaty are not known, and nothing is computed from them"

func (h *History) explainRule(e *EntryExplanation, rule *EntryClause, asOf Date) {
	e.Condition, e.Article = rule.When.String(), rule.Article
	n := h.counter(h.instruments())
	if h.missesDeposits(asOf) {
		h.explainMissing(e, n, rule, asOf)
		return
	}
	if !h.MetOn.After(asOf) {
		e.MetOn = h.MetOn
	}
	day := e.MetOn.Or(asOf)
	met, terms := n.met(&rule.When, day)
	e.Terms = terms
	e.Counted, e.NotCounted = n.sort(&rule.When, day, asOf, met)
	if !met {
		e.Required = required(terms)
		return
	}
	if e.MetOn.IsZero() {
		// What others than consents fulfil takes effect with the first consent:
		// before it there is nobody for whom the treaty could be in force.
		e.Required = "a first consent"
		return
	}
	var crossing []string
	for _, c := range e.Counted {
		if c.Crossing {
			crossing = append(crossing, h.participant(c.Participant).Name(day))
		}
	}
	text := "the condition was met"
	if len(crossing) > 0 {
		text += " by the deposit of " + joinNames(crossing)
	}
	e.Steps = append(e.Steps, Step{Date: day, Text: fmt.Sprintf("%s on %s: %s", text, day.Long(), rule.When), Article: rule.Article})
	_, steps := h.dayFrom(rule, day, asOf)
	e.Steps = append(e.Steps, steps...)
}

// missesDeposits reports whether the treaty is in force on the day by its
// published day, which the deposits held do not reach in time.
func (h *History) missesDeposits(asOf Date) bool {
	return h.Stated && !h.InForce.After(asOf) && !h.metBefore(h.InForce)
}

// explainMissing shows what was held on the published day, and what of it is
// missing: others must have been deposited that are not held.
func (h *History) explainMissing(e *EntryExplanation, n counter, rule *EntryClause, asOf Date) {
	day := h.InForce
	if h.coverage.newest.IsZero() { // nothing can be counted of nothing
		e.Steps = append(e.Steps, Step{Date: day, Article: rule.Article, Text: "no deposit is recorded, so that the day cannot be computed"})
		return
	}
	_, e.Terms = n.met(&rule.When, day)
	e.Counted, e.NotCounted = n.sort(&rule.When, day, asOf, true)
	for i := range e.Counted {
		e.Counted[i].Crossing = false
	}
	e.Steps = append(e.Steps, Step{Date: day, Article: rule.Article,
		Text: fmt.Sprintf("of the recorded deposits, those made by then do not meet %s: %s", rule.When, required(e.Terms))})
}

func (h *History) compareWithStated(e *EntryExplanation) {
	switch stated := h.Treaty.Stated; {
	case stated == nil:
	case e.FromStated:
		e.Steps = append(e.Steps, Step{Date: stated.InForce,
			Text: "the day is the published one; the recorded deposits do not lead to it (" + stated.Source + ", " + stated.Verification + ")"})
		e.Differs = h.differs()
	}
}

// differs says how the published day, where it is used, differs from the
// day that the recorded deposits lead to, or nothing.
func (h *History) differs() string {
	switch stated := h.Treaty.Stated; {
	case !h.Stated || h.Treaty.EntryIntoForce == nil:
		return ""
	case h.computed.IsZero():
		return fmt.Sprintf("in force on %s, the published day (%s); %s", stated.InForce.Long(), stated.Source, h.whyNotComputed())
	default:
		return fmt.Sprintf("in force on %s, the published day (%s); the recorded deposits lead to %s", stated.InForce.Long(), stated.Source, h.computed.Long())
	}
}

// whyNotComputed says why no day follows from the recorded deposits.
func (h *History) whyNotComputed() string {
	for _, id := range h.Treaty.EntryIntoForce.When.Tables() {
		if _, held := h.state.WeightsEdition(id, "", h.axes.KnownAt); !held {
			return fmt.Sprintf("it cannot be computed: the weight table %s is not recorded", id)
		}
	}
	if len(h.instruments()) == 0 {
		return "no deposit is recorded from which it could be computed"
	}
	return "the recorded deposits do not meet the condition"
}

// RestsOn says in one line, for every answer that follows from it, that entry
// into force is the published day and how the recorded deposits differ, or
// nothing where they agree or it does not matter yet.
func (h *History) RestsOn(asOf Date) string {
	if h.inForceAsOf(asOf).IsZero() {
		return ""
	}
	return h.differs()
}

// Differs reports the published day of entry into force where the recorded
// deposits lead to another one or none, with the day that they lead to.
func (h *History) Differs() (published, computed Date, differ bool) {
	return h.InForce, h.computed, h.Stated && h.Treaty.EntryIntoForce != nil
}

// sort divides the instruments deposited by asOf into those that counted on
// the day and those that did not; every instrument is in one of the two.
func (n counter) sort(c *Condition, day, asOf Date, met bool) (counted []Counted, not []NotCounted) {
	for _, i := range n.shown(c) {
		if i.deposited.After(asOf) {
			continue
		}
		reason := n.whyNotAtAll(c, i, day)
		switch {
		case i.day.After(asOf):
			reason = "counts only from " + i.day.Long()
		case met && i.day.After(day):
			reason = "deposited after the condition was met: the rule for later parties applies"
		case !i.liveOn(day):
			reason = "the consent ended on " + i.until.Long()
		}
		a := i.act.Action()
		if reason != "" {
			not = append(not, NotCounted{i.participant, i.act.ID, a.Kind, i.deposited, reason})
			continue
		}
		counted = append(counted, Counted{len(counted) + 1, i.participant, i.act.ID, a.Kind, i.deposited, met && i.day == day})
	}
	return counted, not
}

// shown returns the instruments that are listed under a condition: those of the
// counter, and notifications where a term counts them.
func (n counter) shown(c *Condition) []instrument {
	all := n.all
	c.leaves(func(leaf *Condition) {
		if leaf.notifications {
			all = append(slices.Clip(all), n.of(leaf)...)
		}
	})
	return all
}

// whyNotAtAll says why an instrument counts towards no term of the condition.
func (n counter) whyNotAtAll(c *Condition, i instrument, day Date) string {
	first, counts := "", false
	c.leaves(func(leaf *Condition) {
		if leaf.op == opParent || leaf.op == opTacit {
			return
		}
		why := n.whyNot(leaf, i, day)
		if notified := i.act.Action().Kind == Notification; notified != leaf.notifications {
			why = "not what is counted"
		}
		counts = counts || why == ""
		if first == "" {
			first = why
		}
	})
	if counts {
		return ""
	}
	return first
}

func required(terms []Term) string {
	var parts []string
	for _, t := range terms {
		switch {
		case t.Unknown != "":
			parts = append(parts, "cannot be decided: "+t.Unknown+" is not known")
		case t.Met:
		case t.Unit == "silence":
			parts = append(parts, "acceptance in silence ("+t.Phrase+")")
		case t.Unit == "percent" && t.Missing() == 0:
			parts = append(parts, fmt.Sprintf("more than %g percent (%s)", t.Need, t.Phrase))
		case t.Unit == "percent":
			parts = append(parts, fmt.Sprintf("%.2f more percent (%s)", t.Missing(), t.Phrase))
		default:
			parts = append(parts, fmt.Sprintf("%g more of %g %s", t.Missing(), t.Need, t.Unit))
		}
	}
	return strings.Join(parts, "; ")
}

func joinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Procedure is an optional procedure of a treaty on a day: who has accepted
// it, and whether it operates.
type Procedure struct {
	Article    string
	Title      string
	Status     EntryStatus
	MetOn      Date
	InForce    Date
	Required   string
	Terms      []Term
	Counted    []Counted
	NotCounted []NotCounted
}

// Procedures explains the optional procedures of the treaty on a day (ICMW 76, 77).
func (h *History) Procedures(asOf Date) []Procedure {
	var all []Procedure
	for _, d := range h.Treaty.Declarations {
		p := Procedure{Article: d.Article, Title: d.Title, Status: EntryUnknown}
		n := h.counter(h.declarations(d.Article))
		if d.When.IsZero() {
			p.Counted, p.NotCounted = n.sort(&Condition{op: opCount, organizations: true}, asOf, asOf, false)
			all = append(all, p)
			continue
		}
		met := n.firstMet(&d.When)
		day := asOf
		if p.Status = EntryNotMet; !met.IsZero() && !met.After(asOf) {
			p.Status, p.MetOn, day = EntryMet, met, met
			if p.InForce = d.Then.span().from(met); !p.InForce.After(asOf) {
				p.Status = EntryInForce
			}
		}
		_, p.Terms = n.met(&d.When, day)
		p.Counted, p.NotCounted = n.sort(&d.When, day, asOf, !p.MetOn.IsZero())
		if p.MetOn.IsZero() {
			p.Required = required(p.Terms)
		}
		all = append(all, p)
	}
	return all
}
