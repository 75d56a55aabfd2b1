package notices

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// This file derives what follows in law: what differs for one treaty between two
// views of it, told as notices of the treaty, its participants, their statements
// and the gap.

// compare tells what differs for one treaty between two views of the law.
func (d *deriver) compare(id domain.TreatyID, from, to projections.Query, turn domain.Date) {
	c := comparison{from: sideWith(from, d.historyOf(from, id)), to: sideWith(to, d.historyOf(to, id))}
	if c.to.history == nil {
		return
	}
	c.treaty = c.to.history.Treaty
	first := len(d.notices)
	d.entry(&c, turn)
	d.procedures(&c)
	for _, p := range d.others(&c) {
		d.participant(&c, p, turn)
	}
	if slices.ContainsFunc(d.notices[first:], func(n Notice) bool { return n.Participant != "" && strings.HasPrefix(string(n.Kind), "participant.") }) ||
		d.registry && from.KnownAt != to.KnownAt {
		d.gap(&c)
	}
}

// others returns the participants whose course differs, by name.
func (d *deriver) others(c *comparison) (ids []domain.ParticipantID) {
	for _, id := range c.participants() {
		before, after := c.from.course(id), c.to.course(id)
		if before == after && !eventful(before, c.from.AsOf, c.to.AsOf) || before != after && sameCourse(before, after) {
			continue
		}
		ids = append(ids, id)
	}
	slices.SortStableFunc(ids, func(a, b domain.ParticipantID) int { return wording.CompareNames(c.to.Name(a), c.to.Name(b)) })
	return ids
}

// sameCourse reports whether nothing about a course differs that a notice tells.
func sameCourse(a, b *domain.Course) bool {
	sameAct := func(x, y domain.Act) bool { return x.ID == y.ID && x.Version == y.Version }
	return slices.EqualFunc(a.Acts, b.Acts, sameAct) &&
		slices.EqualFunc(a.Standings, b.Standings, func(x, y domain.Standing) bool { return x == y }) &&
		slices.EqualFunc(a.Statements, b.Statements, func(x, y *domain.StatementCourse) bool { return x.Act.ID == y.Act.ID && projections.SameLife(x, y) })
}

// entry tells of the treaty's way into force.
func (d *deriver) entry(c *comparison, turn domain.Date) {
	before, after := c.from.entry, c.to.entry
	why, article, record := reasonOf(after, before)
	n := Notice{Treaty: c.treaty.ID, Before: words(string(before.Status)), After: words(string(after.Status)), Why: why, Article: article, Record: record, Backfill: d.history}
	if before.MetOn.IsZero() && !after.MetOn.IsZero() {
		met := n
		met.Kind, met.Date, met.After = KindThresholdMet, after.MetOn, ChangeValue{Words: string(domain.EntryMet), Day: after.MetOn}
		d.tell(met)
	}
	switch {
	case after.Status == domain.EntryInForce && before.Status != domain.EntryInForce:
		n.Kind, n.Date = KindInForce, after.InForce
		n.After.Day = after.InForce
		d.tell(n)
	case !before.InForce.IsZero() && before.InForce != after.InForce, !before.MetOn.IsZero() && before.MetOn != after.MetOn:
		n.Kind = KindEntryRevised
		n.Before.Day, n.After.Day = before.InForce, after.InForce
		d.tell(n)
	}
	if !oneShort(c.from) && oneShort(c.to) {
		n.Kind, n.Before, n.After, n.Why = KindThresholdApproaching, words(before.Required), words(after.Required), after.Condition
		n.Article, n.Date = after.Article, turn
		d.tell(n)
	}
}

// oneShort reports whether a single consent of somebody would meet the condition.
// Where shares are weighed, whose it is matters: then it is not told.
func oneShort(s side) bool {
	if s.history == nil || s.entry.Status != domain.EntryNotMet || s.entry.Unknown != "" {
		return false
	}
	return slices.ContainsFunc(s.history.Needs(s.AsOf, nil), func(way []domain.Need) bool {
		return len(way) == 1 && way[0].Missing == 1 && way[0].Unit != "percent" && way[0].Unknown == ""
	})
}

// procedures tells of the counters of optional declarations and of when their
// procedures come into force.
func (d *deriver) procedures(c *comparison) {
	first := len(c.changes)
	c.procedures()
	for _, change := range c.changes[first:] {
		n := noticeOf(change)
		n.Backfill = d.history
		switch {
		case change.What == ChangedCounter:
			n.Kind = KindProcedureCounter
		case change.After.Words == string(domain.EntryInForce):
			n.Kind, n.Date = KindProcedureInForce, change.After.Day
		default:
			continue
		}
		d.tell(n)
	}
}

func noticeOf(change LegalChange) Notice {
	return Notice{Treaty: change.Treaty, Participant: change.Participant, Of: change.Of, Before: change.Before, After: change.After,
		Why: change.Why, Article: change.Article, Record: change.Record}
}

// participant tells what changed for one participant.
func (d *deriver) participant(c *comparison, id domain.ParticipantID, turn domain.Date) {
	before, after := c.from.course(id), c.to.course(id)
	first := len(c.changes)
	c.asked = id // also where the two courses are one
	c.standing(before, after)
	c.instruments(before, after)
	c.scope(before, after)
	for _, change := range c.changes[first:] {
		change.Participant = id
		n := noticeOf(change)
		if n.Kind = kindOf(change); n.Kind == "" {
			continue
		}
		n.Date, n.Backfill = d.dateOf(change, after, turn), d.history
		n.Source = d.sourceOf(c.treaty.ID, id, change.Record)
		d.tell(n)
	}
	d.statements(c, id, before, after)
}

// kindOf returns the kind of notice that tells a change of a participation, none
// where facts or other notices tell it.
func kindOf(change LegalChange) Kind {
	was, is := domain.Status(change.Before.Words), domain.Status(change.After.Words)
	switch change.What {
	case ChangedStatus:
		switch {
		case is == domain.Party && was == domain.WithdrawalNotified:
			return KindWithdrawalRevoked
		case is == domain.Party:
			return KindBound
		case is == domain.WithdrawalNotified:
			return KindWithdrawalNotified
		case is == domain.FormerParty && was.Bound():
			return KindWithdrawn
		}
		return KindStatusChanged
	case ChangedProvisional, ChangedSuspended, ChangedIntention, ChangedExcludes, ChangedAccepts, ChangedTerritories:
		return KindStatusChanged
	case ChangedBound, ChangedUntil:
		if !change.Before.Day.IsZero() { // a day that was known is another, or none
			return KindStatusChanged
		}
	}
	return ""
}

// dateOf returns the legal day of a change: that from which the status has held,
// where it follows from an act of another day.
func (d *deriver) dateOf(change LegalChange, course *domain.Course, turn domain.Date) domain.Date {
	if change.What != ChangedStatus {
		return turn
	}
	return course.Since(turn).Or(turn)
}

// sourceOf returns where the record was taken from, nil where the depositary
// itself recorded it.
func (d *deriver) sourceOf(treaty domain.TreatyID, p domain.ParticipantID, id domain.RecordID) *model.Provenance {
	if part := d.state.Participation(treaty, p); part != nil {
		for _, r := range part.Records() {
			if r.ID == id && r.Action != nil {
				return model.FromProvenance(r.Action.Provenance)
			}
		}
	}
	return nil
}

// statements tells what became of statements, and who answered them.
func (d *deriver) statements(c *comparison, id domain.ParticipantID, before, after *domain.Course) {
	first := len(c.changes)
	c.statements(before, after)
	changes := c.changes[first:]
	for _, s := range after.Statements {
		was, is := stateOf(before, s.Act.ID, c.from.AsOf), stateOf(after, s.Act.ID, c.to.AsOf)
		act := s.Act.Action()
		of := string(act.Kind) + " of " + act.Date.Long()
		n := Notice{Treaty: c.treaty.ID, Participant: id, Of: of, Before: statementWords(was), After: statementWords(is), Record: s.Act.ID, Source: model.FromProvenance(act.Provenance), Backfill: d.history}
		if is != nil {
			n.Why, n.Article, n.Date = is.Why, is.Rule, is.From
		}
		if d.answered(c, before, s, n) {
			continue
		}
		// Several may be of one kind and day; only what differs is among the changes.
		if !slices.ContainsFunc(changes, func(change LegalChange) bool {
			return change.Of == of && change.Before.Words == n.Before.Words && change.After.Words == n.After.Words
		}) {
			continue
		}
		if n.Kind = statementKind(was, is); n.Kind != "" {
			d.tell(n)
		}
	}
	for _, s := range before.Statements {
		if projections.StatementIn(c.to.history, id, s.Act.ID) == nil && c.from.history != nil {
			d.tell(Notice{Kind: KindStatementChanged, Treaty: c.treaty.ID, Participant: id, Record: s.Act.ID, Backfill: d.history,
				Of: string(s.Act.Action().Kind) + " of " + s.Act.Action().Date.Long(), Before: statementWords(stateOf(before, s.Act.ID, c.from.AsOf)), After: words(""),
				Why: "its record does not stand any more"})
		}
	}
}

// answered tells of the answers that a statement has got, and reports whether
// there were any.
func (d *deriver) answered(c *comparison, before *domain.Course, s *domain.StatementCourse, n Notice) (told bool) {
	var known []domain.Answer
	for _, earlier := range before.Statements {
		if earlier.Act.ID == s.Act.ID {
			known = earlier.Answers
		}
	}
	for _, answer := range s.Answers {
		if slices.ContainsFunc(known, func(a domain.Answer) bool { return a.Act.ID == answer.Act.ID }) {
			continue
		}
		n.Kind = KindStatementObjectedTo
		if answer.Act.Action().Kind == domain.AcceptanceOfReservation {
			n.Kind = KindStatementAccepted
		}
		n.Date, n.Record, n.Source = answer.Act.Action().Date, answer.Act.ID, model.FromProvenance(answer.Act.Action().Provenance)
		n.Why = fmt.Sprintf("%s of %s, %s", answer.Act.Action().Kind, c.to.Name(answer.By), answer.Act.Action().Date.Long())
		d.tell(n)
		told = true
	}
	return told
}

func statementKind(was, is *domain.StatementStanding) Kind {
	switch {
	case is == nil:
		return ""
	case is.State == domain.StatementWithdrawn:
		return KindStatementWithdrawn
	case was == nil && is.State == domain.StatementPending:
		return KindStatementPending
	case was == nil:
		return KindStatementMade
	case was.State == domain.StatementPending && is.State == domain.StatementActive:
		return KindStatementAccepted
	}
	return KindStatementChanged
}

// gap tells how the share of the world's migrants changes who live in a State
// that is bound, with one stock for both sides unless the stock itself changed.
func (d *deriver) gap(c *comparison) {
	after := gap.NewReader(c.to.Query, c.to.history)
	used, err := after.UseStock(gap.Question{})
	if err != nil || c.from.history == nil {
		return
	}
	if c.from.history.Coverage(c.from.AsOf).Extent == domain.ExtentNone {
		return // a share that is not known does not change
	}
	before := gap.NewReader(c.from.Query, c.from.history)
	if c.from.KnownAt == c.to.KnownAt || !d.registry {
		before.UseStockOf(after)
	} else if _, err := before.UseStock(gap.Question{}); err != nil {
		return
	}
	was, is := before.Percent(before.Covered()), after.Percent(after.Covered())
	if was == is {
		return
	}
	then, why := words(fmt.Sprintf("%.4f percent", was)), fmt.Sprintf("%+.4f points", gap.RoundPoints(is-was))
	if was == 0 && !c.to.history.Coverage(c.to.AsOf).Known() {
		then, why = words(string(domain.NotKnown)), "" // others that are not recorded may have been bound
	}
	d.tell(Notice{Kind: KindGapChanged, Treaty: c.treaty.ID, Date: c.to.AsOf, Backfill: d.history,
		Of:     fmt.Sprintf("share of the world's migrants who live in a State that is bound (%s, edition %s, %d)", used.Name, used.Edition, used.Year),
		Before: then, After: words(fmt.Sprintf("%.4f percent", is)), Why: why,
		Source: &model.Provenance{Attestation: used.Attestation, Edition: used.Edition}})
}
