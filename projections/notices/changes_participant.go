package notices

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
)

// This file compares one participation on two sides.

// ofParticipant compares where a participant stands.
func (c *comparison) ofParticipant(id domain.ParticipantID) {
	before, after := c.from.course(id), c.to.course(id)
	if before == after && c.asked == "" && !eventful(before, c.from.AsOf, c.to.AsOf) {
		return
	}
	first := len(c.changes)
	c.standing(before, after)
	c.instruments(before, after)
	c.scope(before, after)
	c.statements(before, after)
	if len(c.changes) > first || c.asked != "" {
		c.relations(before, after)
	}
	if len(c.changes) == first {
		return
	}
	because := c.causes(c.richer().State().Participation(c.treaty.ID, id))
	name := c.to.Name(id)
	for i := range c.changes[first:] {
		change := &c.changes[first+i]
		change.Participant, change.Name, change.Because = id, name, because
	}
}

// eventful reports whether anything of a course falls between two days, the
// earlier of them not included.
func eventful(c *domain.Course, a, b domain.Date) bool {
	if b.Before(a) {
		a, b = b, a
	}
	falls := func(d domain.Date) bool { return d.After(a) && !d.After(b) }
	for _, act := range c.Acts {
		kind := act.Action().Kind
		parts := kind == domain.AcceptanceOfParts || kind == domain.DenunciationOfParts // from when, the clauses say
		if falls(act.Action().Date) || falls(act.Action().Effect) || parts {
			return true
		}
	}
	for _, s := range c.Standings {
		if falls(s.From) {
			return true
		}
	}
	for _, s := range c.Statements {
		for _, standing := range s.Standings {
			if falls(standing.From) {
				return true
			}
		}
	}
	return slices.ContainsFunc(c.Periods, func(p domain.Period) bool { return falls(p.From) || falls(p.Bound) || falls(p.Until) })
}

// standing compares the status and what modifies it.
func (c *comparison) standing(before, after *domain.Course) {
	was, is := before.On(c.from.AsOf), after.On(c.to.AsOf)
	why, record := is.Why, is.Cause
	if (is.Status == domain.NoAction || is.Status == domain.NotKnown) && was.Why != "" {
		why, record = "no longer: "+was.Why, was.Cause
	}
	c.differ(LegalChange{What: ChangedStatus, Before: words(string(was.Status)), After: words(string(is.Status)), Why: why, Record: record, Article: c.articleOf(after, is)})
	c.differ(LegalChange{What: ChangedReserved, Before: yesNo(was.WithReservations), After: yesNo(is.WithReservations), Record: record, Article: "VCLT 19-23"})
	c.differ(LegalChange{What: ChangedProvisional, Before: yesNo(was.Provisional), After: yesNo(is.Provisional), Record: record, Article: "VCLT 25"})
	c.differ(LegalChange{What: ChangedSuspended, Before: yesNo(was.Suspended), After: yesNo(is.Suspended), Why: why, Record: record, Article: "VCLT 57, 72"})
	c.differ(LegalChange{What: ChangedIntention, Before: yesNo(was.IntendsNot), After: yesNo(is.IntendsNot), Why: why, Record: record, Article: "VCLT 18(a)"})
}

// articleOf returns the article that a status follows from, where the clauses
// are held.
func (c *comparison) articleOf(course *domain.Course, s domain.Standing) string {
	t := c.treaty
	switch s.Status {
	case domain.Signatory, domain.SignedAtLeast:
		if t.Signature != nil {
			return t.Signature.Article
		}
	case domain.Contracting:
		if t.Consent != nil {
			return t.Consent.Article
		}
	case domain.Party:
		return c.articleOfBinding(course)
	case domain.WithdrawalNotified, domain.FormerParty:
		if t.Withdrawal != nil {
			return t.Withdrawal.Article
		}
	}
	return ""
}

func (c *comparison) articleOfBinding(course *domain.Course) string {
	p, ok := course.PeriodOn(c.to.AsOf)
	if !ok || c.to.history == nil {
		return ""
	}
	return articleOfBinding(c.to.history, p)
}

// articleOfBinding returns the article from which follows when a consent binds.
func articleOfBinding(h *domain.History, p *domain.Period) string {
	switch t := h.Treaty; {
	case p.Consent.Action().Kind == domain.SuccessionOfState:
		return "VCST 23(1)"
	case p.Bound == h.InForce && t.EntryIntoForce != nil:
		return t.EntryIntoForce.Article
	case t.LaterParties != nil:
		return t.LaterParties.Article
	}
	return ""
}

// instruments compares signature and consent, and the days between which the
// treaty is in force for the participant.
func (c *comparison) instruments(before, after *domain.Course) {
	was, is := c.from.signature(before), c.to.signature(after)
	c.differ(LegalChange{What: ChangedSignature, Before: actWords(was), After: actWords(is), Record: idOf(is, was), Article: c.articleOf(after, domain.Standing{Status: domain.Signatory})})
	from, to := projections.LatestPeriod(before, c.from.AsOf), projections.LatestPeriod(after, c.to.AsOf)
	was, is = consentOf(from), consentOf(to)
	c.differ(LegalChange{What: ChangedConsent, Before: actWords(was), After: actWords(is), Record: idOf(is, was), Article: c.articleOf(after, domain.Standing{Status: domain.Contracting})})
	boundBefore, untilBefore, _, _ := c.from.boundAndUntil(from)
	boundAfter, untilAfter, why, ending := c.to.boundAndUntil(to)
	c.differ(LegalChange{What: ChangedBound, Before: onTheDay(boundBefore), After: onTheDay(boundAfter), Why: why, Record: idOf(is, was), Article: c.articleOfBinding(after)})
	c.differ(LegalChange{What: ChangedUntil, Before: onTheDay(untilBefore), After: onTheDay(untilAfter), Record: ending,
		Article: c.articleOf(after, domain.Standing{Status: domain.FormerParty})})
}

func (s side) signature(c *domain.Course) (found *domain.Act) {
	if s.history == nil {
		return nil
	}
	for i := range c.Acts {
		if a := &c.Acts[i]; a.Action().Kind.IsSignature() && !s.history.SignatureDay(*a).After(s.AsOf) {
			found = a
		}
	}
	return found
}

func consentOf(p *domain.Period) *domain.Act {
	if p == nil {
		return nil
	}
	return &p.Consent
}

func actWords(a *domain.Act) ChangeValue {
	if a == nil {
		return words("")
	}
	act := a.Action()
	text := string(act.Kind) + " of " + act.Date.Long()
	if !act.Effect.IsZero() && act.Effect != act.Date {
		text += ", effective " + act.Effect.Long()
	}
	return ChangeValue{Words: text, Day: act.Date}
}

func idOf(acts ...*domain.Act) domain.RecordID {
	for _, a := range acts {
		if a != nil {
			return a.ID
		}
	}
	return domain.RecordID{}
}

// boundAndUntil returns the days of a period as they follow from what had been
// done by the day: an end that is notified later is not known yet, and a day
// of entry into force neither.
func (s side) boundAndUntil(p *domain.Period) (bound, until domain.Date, why string, ending domain.RecordID) {
	if p == nil {
		return
	}
	if !s.entry.InForce.IsZero() {
		bound, why = p.Bound, p.BoundBy
	}
	if p.Ending.Version == nil || !p.Ending.Action().Date.After(s.AsOf) {
		until, ending = p.Until, p.Ending.ID
	}
	return bound, until, why, ending
}

// scope compares the parts and territories for which the participant is bound.
func (c *comparison) scope(before, after *domain.Course) {
	parts := func(s side, course *domain.Course) (accepted, excluded []string) {
		if s.history == nil {
			return nil, nil
		}
		return s.history.PartsOn(course, s.AsOf)
	}
	acceptedBefore, excludedBefore := parts(c.from, before)
	acceptedAfter, excludedAfter := parts(c.to, after)
	c.differ(LegalChange{What: ChangedExcludes, Before: listed(excludedBefore), After: listed(excludedAfter), Article: "VCLT 17(1)"})
	c.differ(LegalChange{What: ChangedAccepts, Before: listed(acceptedBefore), After: listed(acceptedAfter), Article: "VCLT 17(1)"})
	c.differ(LegalChange{What: ChangedTerritories, Before: listed(territories(before, c.from.AsOf)), After: listed(territories(after, c.to.AsOf)), Article: "VCLT 29"})
}

func territories(c *domain.Course, day domain.Date) (all []string) {
	applied, excluded := c.TerritoriesOn(day)
	for _, t := range excluded {
		all = append(all, "without "+t)
	}
	return append(slices.Clone(applied), all...)
}

// statements compares the state of each statement, made by the participant or
// maintained from a predecessor.
func (c *comparison) statements(before, after *domain.Course) {
	var done []domain.RecordID
	for _, s := range slices.Concat(after.Statements, before.Statements) {
		if slices.Contains(done, s.Act.ID) {
			continue
		}
		done = append(done, s.Act.ID)
		was, is := stateOf(before, s.Act.ID, c.from.AsOf), stateOf(after, s.Act.ID, c.to.AsOf)
		act := s.Act.Action()
		change := LegalChange{What: ChangedStatement, Of: string(act.Kind) + " of " + act.Date.Long(), Before: statementWords(was), After: statementWords(is), Record: s.Act.ID}
		if is != nil {
			change.Why, change.Article = is.Why, is.Rule
			if !is.Cause.IsZero() {
				change.Record = is.Cause
			}
		}
		c.differ(change)
	}
}

func stateOf(c *domain.Course, id domain.RecordID, day domain.Date) *domain.StatementStanding {
	for _, s := range c.Statements {
		if s.Act.ID == id {
			if standing, made := s.On(day); made {
				return &standing
			}
		}
	}
	return nil
}

func statementWords(s *domain.StatementStanding) ChangeValue {
	if s == nil {
		return words("")
	}
	text := string(s.State)
	if len(s.Articles) > 0 {
		text += ", articles " + strings.Join(s.Articles, ", ")
	}
	return ChangeValue{Words: text, Day: s.Until, List: s.Articles}
}

// relations compares with how many others the treaty is in force.
func (c *comparison) relations(before, after *domain.Course) {
	was, is := c.from.inForceWith(before.Participant), c.to.inForceWith(after.Participant)
	value := func(n int) ChangeValue { return ChangeValue{Words: fmt.Sprintf("with %d others", n), Number: &n} }
	now := after.On(c.to.AsOf)
	c.differ(LegalChange{What: ChangedRelations, Before: value(was), After: value(is), Article: "VCLT 26, 34", Why: now.Why, Record: now.Cause})
}
