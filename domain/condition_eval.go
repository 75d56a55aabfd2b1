package domain

import (
	"fmt"
	"slices"
)

// counter evaluates conditions over instruments.
type counter struct {
	h   *History
	all []instrument
}

func (h *History) counter(all []instrument) counter { return counter{h, all} }

// firstMet returns the first day on which the condition is met, or no date. It
// looks at the days on which something it depends on changes.
func (n counter) firstMet(c *Condition) Date {
	if len(n.all) == 0 && !n.h.bindsWithoutAct() {
		return Date{} // a treaty without parties is not in force (VCLT 24)
	}
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
		if g, ok := n.group(leaf.ofMembers); ok {
			turning = append(turning, turningDaysOf(g)...)
		}
		switch leaf.op {
		case opTacit:
			turning = append(turning, leaf.on)
		case opParent:
			if n.h.parent != nil && !n.h.parent.InForce.IsZero() {
				turning = append(turning, n.h.parent.InForce)
			}
		case opParties:
			if n.h.parent != nil {
				for _, course := range n.h.parent.Courses {
					for _, s := range course.Standings {
						turning = append(turning, s.From)
					}
				}
			}
		case opShare:
			if w, ok := n.h.state.WeightsEdition(leaf.weights, "", n.h.axes.KnownAt); ok {
				for _, year := range w.Years() {
					if year > 0 {
						turning = append(turning, pack(year, 1, 1))
					}
				}
			}
		case opCount, opEvery, opFraction, opMajority:
			if leaf.op == opMajority {
				for _, course := range n.h.Courses {
					for _, a := range course.Acts {
						if n.h.signs(a, course.Acts) {
							turning = append(turning, n.h.SignatureDay(a))
						}
					}
				}
			}
			for _, i := range n.of(leaf) {
				turning = append(turning, i.day, i.until)
			}
			for _, id := range []GroupID{leaf.group, leaf.ofWhichGroup} {
				if g, ok := n.group(id); ok {
					turning = append(turning, turningDaysOf(g)...)
				}
			}
		}
	})
	turning = slices.DeleteFunc(turning, func(d Date) bool { return d.IsZero() || !n.h.bindsWithoutAct() && d.Before(n.all[0].day) })
	slices.SortFunc(turning, Date.Compare)
	return slices.Compact(turning)
}

func turningDaysOf(g *Group) (days []Date) {
	for _, m := range g.Members {
		days = append(days, m.From, m.Until)
	}
	return days
}

// of returns the instruments that a term looks at: consents, or the declarations
// that the counter was made for, or notifications.
func (n counter) of(c *Condition) []instrument {
	if c.notifications {
		return n.h.notifications(c.article)
	}
	return n.all
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
	case opParties:
		n.partiesTerm(c, day, &t)
	case opParent:
		t.Unit, t.Need = "treaties", 1
		if n.h.parent == nil {
			t.Unknown = "the parent treaty"
		} else if force := n.h.parent.InForce; !force.IsZero() && !force.After(day) {
			t.Have = 1
		}
	}
	if c.ofWhichGroup != "" {
		n.innerTerm(c, day, &t)
	}
	if c.op == opTacit {
		n.tacitTerm(c, day, &t)
	}
	t.Met = t.Unknown == "" && t.Have >= t.Need && !(c.op == opShare && c.more && t.Have <= c.percent)
	return t
}

// tacitTerm is met when a day has come and what blocks the acceptance in silence
// had not been reached before it (SOLAS VIII(b)(vi)(2): deemed to have been
// accepted unless more than one third, or half the tonnage, object).
func (n counter) tacitTerm(c *Condition, day Date, t *Term) {
	t.Unit, t.Need = "silence", 1
	against := n.h.counter(n.h.nonAcceptances())
	blocked, terms := against.met(&c.parts[0], earlierOf(day, c.on.AddDays(-1)))
	for _, inner := range terms {
		if inner.Unknown != "" {
			t.Unknown = inner.Unknown
		}
	}
	if !blocked && !day.Before(c.on) {
		t.Have = 1
	}
}

// counting returns the live instruments that count towards a term on a day. The
// sum of every term and the lists below it come from here.
func (n counter) counting(c *Condition, day Date) (counted []instrument) {
	for _, i := range n.of(c) {
		if i.liveOn(day) && n.whyNot(c, i, day) == "" {
			counted = append(counted, i)
		}
	}
	return counted
}

// participants returns who counts towards a term on a day: those of the
// instruments that count, and for an organization that counts for its members
// those of them that do not count themselves.
func (n counter) participants(c *Condition, day Date) (all []ParticipantID) {
	var stands *instrument
	for _, i := range n.counting(c, day) {
		if i.participant == c.organization {
			stands = &i
			if !c.organizations {
				continue
			}
		}
		all = append(all, i.participant)
	}
	if stands != nil {
		all = append(all, n.membersOf(c, *stands, all, day)...)
	}
	return all
}

// membersOf returns those for which an organization's instrument counts besides
// some who count themselves.
func (n counter) membersOf(c *Condition, organization instrument, besides []ParticipantID, day Date) (members []ParticipantID) {
	g, ok := n.group(c.ofMembers)
	if !ok {
		return nil
	}
	for _, id := range g.On(day) {
		member := organization
		member.participant, member.kind = id, n.h.participant(id).Kind
		if !slices.Contains(besides, id) && n.whyNot(c, member, day) == "" {
			members = append(members, id)
		}
	}
	return members
}

func (n counter) countTerm(c *Condition, day Date, t *Term) {
	t.Need = float64(c.n)
	if c.declarations {
		t.Unit = "declarations"
	}
	if c.notifications {
		t.Unit = "notifications"
	}
	if c.refusals {
		t.Unit = "non-acceptances"
	}
	t.Have = float64(len(n.participants(c, day)))
	if _, ok := n.group(c.group); c.group != "" && !ok {
		t.Unknown = "group " + string(c.group)
	}
}

// innerTerm adds that some of a number have to come from a group.
func (n counter) innerTerm(c *Condition, day Date, t *Term) {
	if _, ok := n.group(c.ofWhichGroup); !ok {
		t.Unknown = "group " + string(c.ofWhichGroup)
	}
	inner := n.countFrom(c, day)
	t.Inner = &InnerTerm{From: c.ofWhichGroup, Have: inner, Need: c.ofWhich}
	if missing := c.ofWhich - inner; missing > 0 {
		// The total may be there while too few of them are from the group.
		t.Need = max(t.Need, t.Have+float64(missing))
	}
}

// whyNot says why a live instrument does not count towards a term, or nothing.
func (n counter) whyNot(c *Condition, i instrument, day Date) string {
	if i.participant == c.organization && c.organization != "" {
		return ""
	}
	if i.kind != KindState && !c.organizations {
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
	case opParties:
		if !n.partyToParent(c, i.participant, day) {
			return "not a party to the parent treaty"
		}
	case opMajority:
		if !n.signatoryOutside(c, i.participant, day) {
			return "not one of the signatories that are counted"
		}
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

// memberTerm counts the members of a group that have consented, out of those
// that the term counts: an organization is no member in addition to its own.
func (n counter) memberTerm(c *Condition, day Date, t *Term) {
	t.Unit = "members"
	g, ok := n.group(c.group)
	if !ok {
		t.Unknown, t.Need = "group "+string(c.group), 1
		return
	}
	members := slices.DeleteFunc(g.On(c.on.Or(day)), func(p ParticipantID) bool {
		member, held := n.h.state.Participant(p, n.h.axes.KnownAt)
		return !held || member.Kind != KindState && !c.organizations
	})
	t.Need = float64(len(members))
	if c.op == opFraction {
		t.fraction(c, len(members))
	}
	if len(members) == 0 {
		t.Unknown, t.Need = "the members of "+string(c.group)+" on that day", 1
	}
	t.Have = float64(len(n.participants(c, day)))
}

func (n counter) majorityTerm(c *Condition, day Date, t *Term) {
	t.Unit = "signatories"
	if _, held := n.group(c.group); c.group != "" && !held {
		t.Unknown = "group " + string(c.group)
	}
	signatories := 0
	for _, course := range n.h.Courses {
		if n.h.participant(course.Participant).Kind == KindState && n.signatoryOutside(c, course.Participant, day) {
			signatories++
		}
	}
	t.Have, t.Need = float64(len(n.counting(c, day))), float64(signatories/2+1)
	if c.all {
		t.Need = float64(max(signatories, 1))
	}
}

// partiesTerm counts the parties to the parent treaty that have consented: of
// those of the day (CRC 43(2), CERD 8(6)), or of those of a fixed one.
func (n counter) partiesTerm(c *Condition, day Date, t *Term) {
	t.Unit = "parties to the parent"
	if n.h.parent == nil {
		t.Unknown, t.Need = "the parent treaty", 1
		return
	}
	parties := 0
	for _, course := range n.h.parent.Courses {
		if n.partyToParent(c, course.Participant, day) && (c.organizations || n.h.participant(course.Participant).Kind == KindState) {
			parties++
		}
	}
	t.Have = float64(len(n.participants(c, day)))
	t.fraction(c, parties)
	if parties == 0 {
		t.Unknown, t.Need = "any party to the parent treaty", 1
	}
}

// fraction sets what a term needs of a number: so much, rounded up, or more.
func (t *Term) fraction(c *Condition, of int) {
	t.Need = float64((of*c.num + c.den - 1) / c.den)
	if c.more {
		t.Need = float64(of*c.num/c.den + 1)
	}
}

func (n counter) partyToParent(c *Condition, id ParticipantID, day Date) bool {
	return n.h.parent != nil && n.h.parent.Course(id).On(c.on.Or(day)).Status.Bound()
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
	for _, id := range n.participants(c, day) {
		sum += values[string(id)]
	}
	t.Have = sum * 100 / total
}
