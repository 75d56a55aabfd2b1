package domain

import "slices"

// This file says what a condition of entry into force still needs, term by
// term and for each candidate, so that somebody can choose a set of
// candidates. It chooses none itself.

// Need is one thing that is missing, and what the consent of each candidate
// would add to it. Who is not named adds nothing.
type Need struct {
	Phrase  string
	Unit    string // consents, declarations, members, signatories or percent
	Missing float64
	Adds    map[ParticipantID]float64
	Unknown string // what is not held, so that it cannot be met by anybody
}

// Needs returns every way in which candidates could meet the condition of entry
// into force on the day by consenting: the needs of one way are all to be met.
// No way means that the treaty has no condition; a way without needs, that it
// is met.
func (h *History) Needs(day Date, candidates []ParticipantID) [][]Need {
	if h.Treaty.EntryIntoForce == nil {
		return nil
	}
	return h.counter(h.instruments()).ways(&h.Treaty.EntryIntoForce.When, day, candidates)
}

// NeedsOf does the same for the condition of an optional procedure, where
// candidates make the declaration of its article.
func (h *History) NeedsOf(article string, day Date, candidates []ParticipantID) [][]Need {
	clause, ok := h.Treaty.Declaration(article)
	if !ok || clause.When.IsZero() {
		return nil
	}
	return h.counter(h.declarations(article)).ways(&clause.When, day, candidates)
}

// ways multiplies out a condition: of terms joined by "and" all are needed, of
// those joined by "or" any.
func (n counter) ways(c *Condition, day Date, candidates []ParticipantID) [][]Need {
	switch c.op {
	case opAny:
		var all [][]Need
		for i := range c.parts {
			all = append(all, n.ways(&c.parts[i], day, candidates)...)
		}
		return all
	case opAll:
		all := [][]Need{nil}
		for i := range c.parts {
			var longer [][]Need
			for _, way := range all {
				for _, more := range n.ways(&c.parts[i], day, candidates) {
					longer = append(longer, slices.Concat(way, more))
				}
			}
			all = longer
		}
		return all
	}
	return [][]Need{n.needs(c, day, candidates)}
}

// needs returns what a single term lacks: nothing, one thing, or two where some
// of a number have to come from a group.
func (n counter) needs(c *Condition, day Date, candidates []ParticipantID) []Need {
	t := n.term(c, day)
	if t.Met {
		return nil
	}
	need := Need{Phrase: t.Phrase, Unit: t.Unit, Missing: t.Missing(), Unknown: t.Unknown, Adds: make(map[ParticipantID]float64)}
	if c.op == opParent {
		need.Unknown = "the parent treaty's entry into force"
	}
	inner, innerHas := Need{Phrase: t.Phrase, Unit: t.Unit, Adds: make(map[ParticipantID]float64)}, 0
	if c.ofWhichGroup != "" {
		whole := *c
		whole.ofWhichGroup = ""
		need.Missing = n.term(&whole, day).Missing()
		innerHas = n.countFrom(c, day)
	}
	if c.op == opTacit || c.notifications {
		need.Unknown = "what others than those who consent have done"
	}
	values, total := n.values(c, day)
	for _, id := range candidates {
		i := instrument{participant: id, kind: n.h.participant(id).Kind, act: Act{Version: &Record{Action: &Action{Participant: id, Kind: Accession}}}, day: day}
		if n.whyNot(c, i, day) != "" {
			continue
		}
		adds := 1.0
		if c.op == opShare && total > 0 {
			adds = values[string(id)] / total * 100
		}
		if id == c.organization {
			adds = n.addsForMembers(c, i, day, values, total)
		}
		if adds > 0 {
			need.Adds[id] = adds
		}
		if g, ok := n.group(c.ofWhichGroup); ok && g.Has(id, day) {
			inner.Adds[id] = 1
		}
	}
	var all []Need
	if need.Missing > 0 || need.Unknown != "" {
		all = append(all, need)
	}
	if inner.Missing = float64(c.ofWhich - innerHas); c.ofWhichGroup != "" && inner.Missing > 0 {
		inner.Unit += " from " + string(c.ofWhichGroup)
		all = append(all, inner)
	}
	return all
}

// countFrom counts the live instruments from the group of which some have to be.
func (n counter) countFrom(c *Condition, day Date) (count int) {
	g, ok := n.group(c.ofWhichGroup)
	for _, id := range n.participants(c, day) {
		if ok && g.Has(id, day) {
			count++
		}
	}
	return count
}

// addsForMembers returns what an organization that counts for its members adds.
func (n counter) addsForMembers(c *Condition, organization instrument, day Date, values map[string]float64, total float64) (adds float64) {
	for _, id := range n.membersOf(c, organization, n.participants(c, day), day) {
		if c.op != opShare {
			adds++
		} else if total > 0 {
			adds += values[string(id)] / total * 100
		}
	}
	return adds
}

// values returns the weights that a share is counted in, with their total.
func (n counter) values(c *Condition, day Date) (map[string]float64, float64) {
	if c.op != opShare {
		return nil, 0
	}
	w, ok := n.h.state.WeightsEdition(c.weights, "", n.h.axes.KnownAt)
	if !ok {
		return nil, 0
	}
	year, ok := w.YearFor(day)
	if !ok {
		return nil, 0
	}
	return w.Of(year), w.Total(year)
}

// signatoryOutside reports whether a participant is among the signatories of whom
// a majority is needed.
func (n counter) signatoryOutside(c *Condition, id ParticipantID, day Date) bool {
	signed := n.h.SignedOn(n.h.Course(id))
	g, ok := n.group(c.group)
	return !signed.IsZero() && !signed.After(day) && !(ok && g.Has(id, day))
}
