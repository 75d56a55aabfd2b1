package domain

import (
	"fmt"
	"slices"
)

// This file tells what a treaty is between two participants: whether it is in
// force between them, and what reservations and objections have made of its
// provisions (VCLT 20, 21).

// RelationEffect is what one reservation, or one exclusion of a part, does
// between two participants.
type RelationEffect struct {
	Author   ParticipantID
	Record   RecordID
	Effect   ProvisionState
	Articles []string
	Answer   RecordID
	Until    Date
	Why      string
	Rule     string
}

// ProvisionState is what becomes of provisions between two participants.
type ProvisionState string

// The states of provisions.
const (
	ProvisionsModified ProvisionState = "modified" // to the extent of the reservation, for both (VCLT 21(1))
	ProvisionsExcluded ProvisionState = "excluded" // they do not apply to the extent of the reservation (VCLT 21(3))
	ProvisionsKept     ProvisionState = "none"     // the statement has no effect on that day
)

// Relation is what a treaty is between two participants on a day.
type Relation struct {
	Of      ParticipantID
	With    ParticipantID
	InForce bool
	Since   Date
	Why     string
	Rule    string
	Effects []RelationEffect
}

// Relation tells what the treaty is between two participants on a day. It is
// the same from both sides.
func (h *History) Relation(of, with ParticipantID, day Date) Relation {
	a, b := h.Course(of), h.Course(with)
	r := Relation{Of: of, With: with, Effects: []RelationEffect{}}
	r.InForce, r.Why, r.Rule = h.between(a, b, day)
	for _, turn := range h.turningDaysBetween(a, b, day) {
		inForce, _, rule := h.between(a, b, turn)
		switch {
		case inForce != r.InForce || rule != r.Rule:
			r.Since = Date{}
		case r.Since.IsZero():
			r.Since = turn
		}
	}
	r.Effects = append(r.Effects, h.effectsBetween(a, b, day)...)
	return r
}

// effectsBetween returns what the reservations and exclusions of both do, where
// both are bound.
func (h *History) effectsBetween(a, b *Course, day Date) []RelationEffect {
	if !a.On(day).Status.Bound() || !b.On(day).Status.Bound() {
		return nil
	}
	return append(h.effects(a, b, day), h.effects(b, a, day)...)
}

// RelationStep is what a treaty is between two participants from a day on.
type RelationStep struct {
	From    Date
	InForce bool
	Why     string
	Rule    string
	Effects []RelationEffect
}

// RelationCourse tells how the relation between two participants has changed
// up to a day. A step begins where the treaty enters into force between them or
// ceases to be, or is not in force for another reason, and where a reservation
// begins or ceases to modify or to exclude other provisions. That silence has
// become acceptance (VCLT 20(5)) is no step: the provisions stay modified as
// they were. Before the first step neither had acted; there is none where the
// two have never been bound together or kept apart by an objection.
func (h *History) RelationCourse(of, with ParticipantID, day Date) []RelationStep {
	a, b := h.Course(of), h.Course(with)
	steps := []RelationStep{}
	for _, turn := range h.turningDaysBetween(a, b, day) {
		step := RelationStep{From: turn, Effects: []RelationEffect{}}
		step.InForce, step.Why, step.Rule = h.between(a, b, turn)
		step.Effects = append(step.Effects, h.effectsBetween(a, b, turn)...)
		if n := len(steps); n > 0 && sameStep(steps[n-1], step) || n == 0 && step.Rule == ruleNotBound {
			continue
		}
		steps = append(steps, step)
	}
	return steps
}

func sameStep(a, b RelationStep) bool {
	return a.InForce == b.InForce && a.Rule == b.Rule && slices.EqualFunc(a.Effects, b.Effects, func(x, y RelationEffect) bool {
		return x.Author == y.Author && x.Record == y.Record && x.Effect == y.Effect && slices.Equal(x.Articles, y.Articles)
	})
}

// Relations returns a participant's relations with every other that has
// consented by the day, by participant.
func (h *History) Relations(of ParticipantID, day Date) []Relation {
	all := []Relation{}
	for _, c := range h.Courses {
		if c.Participant != of && len(c.Periods) > 0 && !c.Periods[0].From.After(day) {
			all = append(all, h.Relation(of, c.Participant, day))
		}
	}
	return all
}

// turningDaysBetween returns the days up to one on which the relation can change.
func (h *History) turningDaysBetween(a, b *Course, day Date) (days []Date) {
	for _, c := range []*Course{a, b} {
		for _, s := range c.Standings {
			days = append(days, s.From)
		}
		days = append(days, h.acceptanceDays(c)...)
		for _, a := range c.Acts {
			if kind := a.Action().Kind; kind == AcceptanceOfParts || kind == DenunciationOfParts {
				days = append(days, h.partsFrom(a.Action()))
			}
		}
		for _, s := range c.Statements {
			if kind := s.Act.Action().Kind; kind != Reservation && kind != Objection {
				continue // others do nothing between two
			}
			for _, standing := range s.Standings {
				days = append(days, standing.From)
			}
		}
	}
	days = slices.DeleteFunc(days, func(d Date) bool { return d.After(day) })
	slices.SortFunc(days, Date.Compare)
	return slices.Compact(days)
}

// ruleNotBound is why a treaty is not in force between two of whom one is not a party.
const ruleNotBound = "VCLT 2(1)(g), 34"

// between reports whether the treaty is in force between two participants: both
// are bound, and neither has, by an objection to the other's reservation,
// definitely said that it is not to be (VCLT 20(4)(b), 21(3)).
func (h *History) between(a, b *Course, day Date) (inForce bool, why, rule string) {
	for _, c := range []*Course{a, b} {
		if status := c.On(day).Status; !status.Bound() {
			return false, fmt.Sprintf("%s is not bound (%s)", h.participant(c.Participant).Name(day), status), ruleNotBound
		}
	}
	for _, pair := range [][2]*Course{{a, b}, {b, a}} {
		for _, s := range pair[0].Statements {
			standing, made := s.On(day)
			if s.Act.Action().Kind != Reservation || !made || standing.State != StatementActive || h.expresslyAuthorized(standing.Articles) {
				continue
			}
			if objection := pair[1].objectionTo(s, day); objection != nil && objection.Act.Action().Statement.Precluding {
				return false, fmt.Sprintf("%s objected on %s to the reservation of %s, and precluded entry into force between the two",
					h.participant(pair[1].Participant).Name(day), objection.Act.Action().Date.Long(), h.participant(pair[0].Participant).Name(day)), "VCLT 20(4)(b)"
			}
		}
	}
	if ok, why := h.acceptedPair(a, b, day); !ok {
		return false, why, "VCLT 15" + citedBeside(h.Treaty.Accessions.Article)
	}
	for _, c := range []*Course{a, b} {
		if since, _, _ := h.suspendedSince(c, day); !since.IsZero() {
			return true, fmt.Sprintf("both are bound; its operation is suspended for %s from %s", h.participant(c.Participant).Name(day), since.Long()), "VCLT 72(1)(a)"
		}
	}
	return true, "both are bound", "VCLT 26, 34"
}

// citedBeside returns an article of the treaty for a list that begins before it.
func citedBeside(article string) string {
	if article == "" {
		return ""
	}
	return ", article " + article
}

// objectionTo finds the objection of a participant, its own or maintained from
// a predecessor, to a reservation, as active on a day. One to a modification
// blocks the modification, and leaves the reservation as it was.
func (c *Course) objectionTo(reservation *StatementCourse, day Date) *StatementCourse {
	for _, s := range c.Statements {
		if s.Act.Action().Kind == Objection && s.Act.Action().Statement.Target == reservation.Act.ID && s.activeOn(day) {
			return s
		}
	}
	return nil
}

// acceptanceOf finds the express acceptance of a reservation.
func (c *Course) acceptanceOf(reservation *StatementCourse, day Date) (Act, bool) {
	for _, answer := range reservation.Answers {
		if answer.By == c.Participant && answer.Act.Action().Kind == AcceptanceOfReservation && !answer.Act.Action().Date.After(day) {
			return answer.Act, true
		}
	}
	return Act{}, false
}

// effects returns what a participant's reservations and exclusions do in its
// relation with another.
func (h *History) effects(author, other *Course, day Date) (all []RelationEffect) {
	if _, excluded := h.PartsOn(author, day); len(excluded) > 0 {
		p, _ := author.PeriodOn(day)
		all = append(all, RelationEffect{Author: author.Participant, Record: p.Consent.ID, Effect: ProvisionsExcluded, Articles: excluded,
			Why: "excluded on consenting, as the treaty allows", Rule: "VCLT 17(1)"})
	}
	for _, s := range author.Statements {
		if s.Act.Action().Kind != Reservation {
			continue
		}
		if standing, made := s.On(day); made && standing.State != StatementWithdrawn && standing.State != StatementEnded {
			all = append(all, h.effectsOf(s, standing, other, day)...)
		}
	}
	return all
}

// effectsOf returns what a reservation does: one effect, or two where the other
// objected to a part of it only (VCLT 21(3), "to the extent of").
func (h *History) effectsOf(s *StatementCourse, standing StatementStanding, other *Course, day Date) []RelationEffect {
	e := h.effect(s, standing, other, day)
	objection := other.objectionTo(s, day)
	if e.Effect != ProvisionsExcluded || objection == nil {
		return []RelationEffect{e}
	}
	concerned := objection.Act.Action().Statement.Articles
	inPart := func(article string) bool { return slices.Contains(concerned, article) }
	if len(concerned) == 0 || !slices.ContainsFunc(standing.Articles, inPart) {
		return []RelationEffect{e}
	}
	e.Articles = slices.DeleteFunc(slices.Clone(standing.Articles), func(article string) bool { return !inPart(article) })
	rest := e
	rest.Articles = slices.DeleteFunc(slices.Clone(standing.Articles), inPart)
	if len(rest.Articles) == 0 {
		return []RelationEffect{e}
	}
	rest.Effect, rest.Rule, rest.Answer = ProvisionsModified, "VCLT 20(5), 21(1)", RecordID{}
	rest.Why = fmt.Sprintf("%s objected to another part only", h.participant(other.Participant).Name(day))
	return []RelationEffect{e, rest}
}

func (h *History) effect(s *StatementCourse, standing StatementStanding, other *Course, day Date) RelationEffect {
	e := RelationEffect{Author: s.Author, Record: s.Act.ID, Articles: standing.Articles, Effect: ProvisionsKept, Why: standing.Why, Rule: standing.Rule, Until: standing.Until}
	if standing.State != StatementActive {
		return e
	}
	name := h.participant(other.Participant).Name(day)
	if h.expresslyAuthorized(standing.Articles) {
		e.Effect, e.Rule, e.Why = ProvisionsModified, "VCLT 20(1), 21(1)", "expressly authorized by the treaty: it needs no acceptance"
		return e
	}
	if objection := other.objectionTo(s, day); objection != nil {
		on := objection.Act.Action().Date
		e.Effect, e.Rule, e.Answer = ProvisionsExcluded, "VCLT 21(3)", objection.Act.ID
		e.Why = fmt.Sprintf("%s objected on %s: the provisions do not apply between the two to the extent of the reservation", name, on.Long())
		if objection.Act.Action().Statement.Precluding {
			e.Rule, e.Why = "VCLT 20(4)(b)", fmt.Sprintf("%s objected on %s, and precluded entry into force between the two", name, on.Long())
		}
		return e
	}
	e.Effect, e.Rule = ProvisionsModified, "VCLT 20(4)(a), 21(1)"
	if acceptance, ok := other.acceptanceOf(s, day); ok {
		e.Answer, e.Why = acceptance.ID, fmt.Sprintf("%s accepted it on %s", name, acceptance.Action().Date.Long())
		return e
	}
	last := objectionUntil(other, s.Act)
	if day.After(last) {
		e.Rule, e.Why = "VCLT 20(5), 21(1)", fmt.Sprintf("%s did not object until %s", name, last.Long())
		return e
	}
	e.Until, e.Rule, e.Why = last, "VCLT 20(4)(c), 20(5)", fmt.Sprintf("%s has not objected so far, and may until %s", name, last.Long())
	return e
}

// expresslyAuthorized reports whether the treaty itself lists what a reservation
// may concern, so that it needs no acceptance (VCLT 20(1)).
func (h *History) expresslyAuthorized(articles []string) bool {
	clause := h.Treaty.Reservations
	return clause != nil && clause.Rule == "only" && len(articles) > 0 &&
		!slices.ContainsFunc(articles, func(a string) bool { return !slices.Contains(clause.Only, a) })
}
