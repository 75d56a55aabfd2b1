package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// This file computes entry into force from the clause and the deposits
// (VCLT 24), and explains it. Days are looked at in their order, so that what
// happened later never changes what was met before: entry into force is not
// undone when the number falls again (VCLT 55).

// instrument is a deposited consent as the engine counts it.
type instrument struct {
	participant ParticipantID
	kind        ParticipantKind
	act         Act
	day         Date // of deposit
	until       Date // end of consent, exclusive
}

func (i instrument) liveOn(day Date) bool {
	return !i.day.After(day) && (i.until.IsZero() || i.until.After(day))
}

// Term is one term of a condition with what it has and what it needs.
type Term struct {
	Phrase  string  `json:"phrase" doc:"The term in the words of the catalogue"`
	Met     bool    `json:"met"`
	Have    float64 `json:"have"`
	Need    float64 `json:"need"`
	Unit    string  `json:"unit" doc:"consents, declarations, members or percent"`
	Unknown string  `json:"unknown,omitempty" doc:"What is not held, so that the term cannot be decided"`
}

// Missing gives how much the term still needs.
func (t Term) Missing() float64 { return max(0, t.Need-t.Have) }

// Counted is an instrument that counted towards entry into force.
type Counted struct {
	Number      int           `json:"number" doc:"Place in the order of deposit, from 1"`
	Participant ParticipantID `json:"participant"`
	Record      RecordID      `json:"record"`
	Action      ActionKind    `json:"action"`
	Date        Date          `json:"date" format:"date"`
	Crossing    bool          `json:"crossing,omitempty" doc:"Deposited on the day on which the condition was met"`
}

// NotCounted is an instrument that did not count, with the reason.
type NotCounted struct {
	Participant ParticipantID `json:"participant"`
	Record      RecordID      `json:"record"`
	Action      ActionKind    `json:"action"`
	Date        Date          `json:"date" format:"date"`
	Reason      string        `json:"reason"`
}

// Step is one step of the calculation.
type Step struct {
	Date    Date   `json:"date,omitzero" doc:"The day that the step leads to" format:"date"`
	Text    string `json:"text"`
	Article string `json:"article,omitempty"`
	Words   string `json:"words,omitempty" doc:"The operative words of the article"`
}

// EntryExplanation says, for one legal day, whether and when a treaty enters
// into force, and why.
type EntryExplanation struct {
	Status     EntryStatus  `json:"status" enum:"unknown,condition not met,condition met,in force"`
	MetOn      Date         `json:"metOn,omitzero" doc:"Day on which the condition was met" format:"date"`
	InForce    Date         `json:"inForce,omitzero" doc:"Day of entry into force, as far as it follows from what was deposited" format:"date"`
	Stated     *StatedEntry `json:"stated,omitempty" doc:"The published day, with its source"`
	FromStated bool         `json:"fromStated,omitempty" doc:"The day is the published one: the deposits held do not give it"`
	Differs    string       `json:"differs,omitempty" doc:"Where the computed and the published day differ"`
	Condition  string       `json:"condition,omitempty"`
	Article    string       `json:"article,omitempty"`
	Required   string       `json:"required,omitempty" doc:"What is still required"`
	Terms      []Term       `json:"terms"`
	Counted    []Counted    `json:"counted"`
	NotCounted []NotCounted `json:"notCounted"`
	Steps      []Step       `json:"steps"`
}

// EntryStatus is where a treaty stands on its way into force.
type EntryStatus string

// The steps of that way.
const (
	EntryUnknown EntryStatus = "unknown"
	EntryNotMet  EntryStatus = "condition not met"
	EntryMet     EntryStatus = "condition met"
	EntryInForce EntryStatus = "in force"
)

func (h *History) instruments() []instrument {
	var all []instrument
	for _, c := range h.Courses {
		kind := h.participant(c.Participant).Kind
		for _, p := range c.Periods {
			all = append(all, instrument{c.Participant, kind, p.Consent, p.Deposited, h.countsUntil(c.Participant, &p)})
		}
	}
	return sortInstruments(all)
}

// declarations gives the optional declarations under an article, in the shape
// in which the engine counts. They are those of States Parties (ICMW 76, 77):
// one made before counts from the day on which its State is bound.
func (h *History) declarations(article string) []instrument {
	var all []instrument
	for _, c := range h.Courses {
		kind := h.participant(c.Participant).Kind
		for _, a := range c.Acts {
			s := a.Action().Statement
			if a.Action().Kind == OptionalDeclaration && s != nil && slices.Contains(s.Articles, article) {
				day := a.Action().Date
				if i := slices.IndexFunc(c.Periods, func(p Period) bool {
					return !p.Bound.IsZero() && (!p.Deposited.Before(day) || p.Until.IsZero() || p.Until.After(day))
				}); i >= 0 {
					all = append(all, instrument{c.Participant, kind, a, later(day, c.Periods[i].Bound), c.Periods[i].Until})
					break // a second declaration under the article adds nothing
				}
			}
		}
	}
	return sortInstruments(all)
}

func sortInstruments(all []instrument) []instrument {
	slices.SortFunc(all, func(a, b instrument) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.participant, b.participant))
	})
	return all
}

// enterIntoForce finds the first day on which the condition is met and the day
// that the clause makes of it.
func (h *History) enterIntoForce() {
	if rule := h.Treaty.EntryIntoForce; rule != nil {
		counter := h.counter(h.instruments())
		h.MetOn = counter.firstMet(&rule.When)
		if !h.MetOn.IsZero() {
			h.InForce, _ = h.dayFrom(rule, h.MetOn, LastDay)
		}
	}
	if stated := h.Treaty.Stated; h.InForce.IsZero() && stated != nil {
		h.InForce, h.Stated = stated.InForce, true
	}
}

// dayFrom applies delay and floors to the day on which the condition was met.
// It gives no date while a floor is not known as of the day asked for.
func (h *History) dayFrom(rule *EntryClause, met, asOf Date) (Date, []Step) {
	s := rule.Then.span()
	for _, f := range rule.Then.floors {
		if f.elseDelay != nil && met.After(f.elseAfter) {
			s = *f.elseDelay
		}
	}
	day := s.from(met)
	steps := []Step{{Date: day, Article: rule.Article, Words: rule.Words,
		Text: fmt.Sprintf("%s, counted from %s, gives %s", spanText(s, rule.Then), met.Long(), day.Long())}}
	for _, f := range rule.Then.floors {
		if f.elseDelay != nil {
			continue
		}
		floorDay, text := h.floorDay(f, asOf)
		if floorDay.IsZero() {
			return Date{}, append(steps, Step{Text: text, Article: rule.Article})
		}
		if floorDay.After(day) {
			day = floorDay
			steps = append(steps, Step{Date: day, Text: text, Article: rule.Article})
		}
	}
	return day, steps
}

func spanText(s span, d Delay) string {
	if s == d.span() {
		text, _, _ := strings.Cut(d.text, "; ")
		return `"` + text + `"`
	}
	return `"` + d.text + `"`
}

// floorDay gives the day before which entry into force cannot fall.
func (h *History) floorDay(f floor, asOf Date) (Date, string) {
	switch {
	case f.parent:
		if h.parent == nil {
			return Date{}, "waits for the parent treaty, which is not held"
		}
		name := h.parent.Treaty.Short
		if day := h.parent.inForceAsOf(asOf); !day.IsZero() {
			return day, fmt.Sprintf("not before %s is in force: %s", name, day.Long())
		}
		return Date{}, "waits for " + name + ", whose entry into force is not known yet"
	case f.afterOpening > 0:
		if s := h.Treaty.Signature; s != nil && !s.Opens.IsZero() {
			day := s.Opens.AddYears(f.afterOpening)
			return day, fmt.Sprintf("not before %d years after opening for signature: %s", f.afterOpening, day.Long())
		}
		return Date{}, "the day of opening for signature is not held"
	}
	return f.date, "not before " + f.date.Long()
}

// inForceAsOf gives the day of entry into force as far as it followed from
// what was deposited by the day asked for.
func (h *History) inForceAsOf(asOf Date) Date {
	if h.Stated {
		if asOf.Before(h.InForce) {
			return Date{}
		}
		return h.InForce
	}
	if h.MetOn.IsZero() || h.MetOn.After(asOf) {
		return Date{}
	}
	day, _ := h.dayFrom(h.Treaty.EntryIntoForce, h.MetOn, asOf)
	return day
}

// bind finds the day from which each period of consent binds.
func (h *History) bind(c *Course) {
	h.endPeriodsByTerm(c)
	for i := range c.Periods {
		p := &c.Periods[i]
		p.Bound, p.BoundBy = h.boundFrom(p)
		if !p.Until.IsZero() && !p.Bound.Before(p.Until) {
			p.Bound, p.BoundBy = Date{}, ""
		}
	}
}

func (h *History) boundFrom(p *Period) (Date, string) {
	if h.InForce.IsZero() {
		return Date{}, ""
	}
	act := p.Consent.Action()
	switch {
	case act.Kind == SuccessionOfState:
		// A successor is bound from the date of the succession of States, or
		// from a later entry into force of the treaty (VCST 23(1)).
		day := later(act.Effect.Or(p.From), h.InForce)
		return day, "bound from " + day.Long() + " by succession"
	case !act.Effect.IsZero():
		day := later(act.Effect, h.InForce)
		return day, "bound from " + day.Long() + ", as the record states"
	case !h.MetOn.IsZero() && !h.Stated && !p.Deposited.After(h.MetOn):
		return h.InForce, fmt.Sprintf("bound from the treaty's entry into force on %s%s", h.InForce.Long(), articleOf(h.Treaty.EntryIntoForce))
	}
	rule := h.Treaty.LaterParties
	if rule == nil {
		return Date{}, ""
	}
	day := rule.Then.span().from(p.Deposited)
	if !day.After(h.InForce) {
		return h.InForce, fmt.Sprintf("bound from the treaty's entry into force on %s%s", h.InForce.Long(), articleOf(h.Treaty.EntryIntoForce))
	}
	return day, fmt.Sprintf("bound from %s%s: %s", day.Long(), articleOf(rule), rule.Then)
}

func articleOf(rule *EntryClause) string {
	if rule == nil || rule.Article == "" {
		return ""
	}
	return ", article " + rule.Article
}

// counter evaluates conditions over instruments.
type counter struct {
	h   *History
	all []instrument
}

func (h *History) counter(all []instrument) counter { return counter{h, all} }

// firstMet gives the first day on which the condition is met, or no date. It
// looks at the days on which something it depends on changes.
func (n counter) firstMet(c *Condition) Date {
	for _, day := range n.turningDays(c) {
		if met, _ := n.met(c, day); met {
			return day
		}
	}
	return Date{}
}

func (n counter) turningDays(c *Condition) []Date {
	var turning []Date
	for _, i := range n.all {
		turning = append(turning, i.day)
		if !i.until.IsZero() {
			turning = append(turning, i.until)
		}
	}
	c.leaves(func(leaf *Condition) {
		switch leaf.op {
		case opParent:
			if n.h.parent != nil && !n.h.parent.InForce.IsZero() {
				turning = append(turning, n.h.parent.InForce)
			}
		case opCount, opEvery, opFraction:
			for _, id := range []GroupID{leaf.group, leaf.ofWhichGroup} {
				if g, ok := n.group(id); ok {
					for _, m := range g.Members {
						turning = append(turning, m.From, m.Until)
					}
				}
			}
		}
	})
	turning = slices.DeleteFunc(turning, func(d Date) bool { return d.IsZero() || (len(n.all) > 0 && d.Before(n.all[0].day)) })
	slices.SortFunc(turning, Date.Compare)
	return slices.Compact(turning)
}

func (n counter) group(id GroupID) (*Group, bool) { return n.h.state.Group(id, n.h.axes.KnownAt) }

// met evaluates a condition on a day, with a term for each of its leaves.
func (n counter) met(c *Condition, day Date) (bool, []Term) {
	if c.op != opAll && c.op != opAny {
		t := n.term(c, day)
		return t.Met, []Term{t}
	}
	all := c.op == opAll
	var terms []Term
	for i := range c.parts {
		met, below := n.met(&c.parts[i], day)
		terms = append(terms, below...)
		if c.op == opAny {
			all = all || met
		} else {
			all = all && met
		}
	}
	return all, terms
}

func (n counter) term(c *Condition, day Date) Term {
	t := Term{Phrase: c.text, Unit: "consents"}
	switch c.op {
	case opCount:
		n.countTerm(c, day, &t)
	case opEvery, opFraction:
		n.memberTerm(c, day, &t)
	case opMajority:
		n.majorityTerm(c, day, &t)
	case opShare:
		n.shareTerm(c, day, &t)
	case opParent:
		t.Unit, t.Need = "treaties", 1
		if n.h.parent == nil {
			t.Unknown = "the parent treaty"
		} else if force := n.h.parent.InForce; !force.IsZero() && !force.After(day) {
			t.Have = 1
		}
	}
	t.Met = t.Unknown == "" && t.Have >= t.Need
	return t
}

func (n counter) countTerm(c *Condition, day Date, t *Term) {
	t.Need = float64(c.n)
	if c.declarations {
		t.Unit = "declarations"
	}
	inner := 0
	for _, i := range n.all {
		if i.liveOn(day) && n.whyNot(c, i, day) == "" {
			t.Have++
			if g, ok := n.group(c.ofWhichGroup); ok && g.Has(i.participant, day) {
				inner++
			}
		}
	}
	for _, id := range []GroupID{c.group, c.ofWhichGroup} {
		if _, ok := n.group(id); id != "" && !ok {
			t.Unknown = "group " + string(id)
		}
	}
	if missing := c.ofWhich - inner; c.ofWhichGroup != "" && missing > 0 {
		// The total may be there while too few of them are from the group.
		t.Need = max(t.Need, t.Have+float64(missing))
	}
}

// whyNot says why a live instrument does not count towards a term, or nothing.
func (n counter) whyNot(c *Condition, i instrument, day Date) string {
	if i.kind != KindState && !(c.op == opCount && c.organizations) {
		return "organizations are not counted in addition to their members"
	}
	switch c.op {
	case opCount:
		if c.noSuccessions && i.act.Action().Kind == SuccessionOfState {
			return "successions are not counted"
		}
		return n.outside(c.group, i, day)
	case opEvery, opFraction:
		return n.outside(c.group, i, c.on.Or(day))
	}
	return ""
}

func (n counter) outside(id GroupID, i instrument, day Date) string {
	if id == "" {
		return ""
	}
	if g, ok := n.group(id); !ok || !g.Has(i.participant, day) {
		return "not in the group " + string(id)
	}
	return ""
}

func (n counter) memberTerm(c *Condition, day Date, t *Term) {
	t.Unit = "members"
	g, ok := n.group(c.group)
	if !ok {
		t.Unknown, t.Need = "group "+string(c.group), 1
		return
	}
	members := g.On(c.on.Or(day))
	t.Need = float64(len(members))
	if c.op == opFraction {
		t.Need = float64((len(members)*c.num + c.den - 1) / c.den)
	}
	if len(members) == 0 {
		t.Unknown, t.Need = "the members of "+string(c.group)+" on that day", 1
	}
	for _, m := range members {
		if n.consented(m, day) {
			t.Have++
		}
	}
}

func (n counter) consented(p ParticipantID, day Date) bool {
	return slices.ContainsFunc(n.all, func(i instrument) bool { return i.participant == p && i.liveOn(day) })
}

func (n counter) majorityTerm(c *Condition, day Date, t *Term) {
	t.Unit = "signatories"
	g, held := n.group(c.group)
	if c.group != "" && !held {
		t.Unknown = "group " + string(c.group)
	}
	signatories := 0
	for _, course := range n.h.Courses {
		signed := n.h.SignedOn(course)
		if signed.IsZero() || signed.After(day) || (held && g.Has(course.Participant, day)) {
			continue
		}
		signatories++
		if n.consented(course.Participant, day) {
			t.Have++
		}
	}
	t.Need = float64(signatories/2 + 1)
}

func (n counter) shareTerm(c *Condition, day Date, t *Term) {
	t.Unit, t.Need = "percent", c.percent
	w, ok := n.h.state.WeightsEdition(c.weights, "", n.h.axes.KnownAt)
	if !ok {
		t.Unknown = "weight table " + string(c.weights)
		return
	}
	year, ok := w.YearFor(day)
	total := w.Total(year)
	if !ok || total <= 0 {
		t.Unknown = fmt.Sprintf("weight table %s for %d", c.weights, day.Year())
		return
	}
	values := w.Of(year)
	sum := 0.0
	for _, i := range n.all {
		if i.liveOn(day) && n.whyNot(c, i, day) == "" {
			sum += values[string(i.participant)]
		}
	}
	t.Have = sum / total * 100
}

// Explain says for a legal day whether and when the treaty enters into force.
func (h *History) Explain(asOf Date) EntryExplanation {
	e := EntryExplanation{Status: EntryUnknown, Stated: h.Treaty.Stated}
	e.InForce = h.inForceAsOf(asOf)
	e.FromStated = h.Stated && !e.InForce.IsZero()
	if rule := h.Treaty.EntryIntoForce; rule != nil {
		h.explainRule(&e, rule, asOf)
	}
	switch {
	case !e.InForce.IsZero() && !e.InForce.After(asOf):
		e.Status = EntryInForce
	case !e.MetOn.IsZero():
		e.Status = EntryMet
	case h.Treaty.EntryIntoForce != nil:
		e.Status = EntryNotMet
	}
	h.compareWithStated(&e)
	return e
}

func (h *History) explainRule(e *EntryExplanation, rule *EntryClause, asOf Date) {
	e.Condition, e.Article = rule.When.String(), rule.Article
	if !h.MetOn.After(asOf) {
		e.MetOn = h.MetOn
	}
	n := h.counter(h.instruments())
	day := e.MetOn.Or(asOf)
	met, terms := n.met(&rule.When, day)
	e.Terms = terms
	e.Counted, e.NotCounted = n.sort(&rule.When, day, asOf, met)
	if !met {
		e.Required = required(terms)
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

func (h *History) compareWithStated(e *EntryExplanation) {
	switch stated := h.Treaty.Stated; {
	case stated == nil:
	case e.FromStated:
		e.Steps = append(e.Steps, Step{Date: stated.InForce,
			Text: "the day is the published one; the deposits held do not give it (" + stated.Source + ", " + stated.Verification + ")"})
	case !e.InForce.IsZero() && e.InForce != stated.InForce:
		e.Differs = fmt.Sprintf("the deposits held give %s, the published day is %s (%s)", e.InForce.Long(), stated.InForce.Long(), stated.Source)
	}
}

// sort divides the instruments deposited by asOf into those that counted on
// the day and those that did not; every instrument is in one of the two.
func (n counter) sort(c *Condition, day, asOf Date, met bool) (counted []Counted, not []NotCounted) {
	for _, i := range n.all {
		if i.day.After(asOf) {
			continue
		}
		reason := n.whyNotAtAll(c, i, day)
		switch {
		case met && i.day.After(day):
			reason = "deposited after the condition was met: the rule for later parties applies"
		case !i.liveOn(day):
			reason = "the consent ended on " + i.until.Long()
		}
		a := i.act.Action()
		if reason != "" {
			not = append(not, NotCounted{i.participant, i.act.ID, a.Kind, i.day, reason})
			continue
		}
		counted = append(counted, Counted{len(counted) + 1, i.participant, i.act.ID, a.Kind, i.day, met && i.day == day})
	}
	return counted, not
}

// whyNotAtAll says why an instrument counts towards no term of the condition.
func (n counter) whyNotAtAll(c *Condition, i instrument, day Date) string {
	first, counts := "", false
	c.leaves(func(leaf *Condition) {
		if leaf.op == opParent {
			return
		}
		why := n.whyNot(leaf, i, day)
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
			parts = append(parts, "cannot be decided: "+t.Unknown+" is not held")
		case t.Met:
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
	Article    string       `json:"article"`
	Title      string       `json:"title,omitempty"`
	Status     EntryStatus  `json:"status" enum:"unknown,condition not met,condition met,in force"`
	MetOn      Date         `json:"metOn,omitzero" format:"date"`
	InForce    Date         `json:"inForce,omitzero" format:"date"`
	Required   string       `json:"required,omitempty"`
	Terms      []Term       `json:"terms"`
	Counted    []Counted    `json:"counted"`
	NotCounted []NotCounted `json:"notCounted"`
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
