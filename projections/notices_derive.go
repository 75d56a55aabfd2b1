package projections

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/eventstore"
)

// This file derives the notices of one commit: first the facts that it records,
// then, treaty by treaty, what differs between the law as known before it and
// after it. The commit that begins a day tells what takes effect with the
// days since the last one, each effect on its own day.

// deriver gathers the notices of one commit.
type deriver struct {
	views   *Views
	state   *domain.State
	header  eventstore.Header
	day     domain.Date // at the depositary
	begin   domain.Date // what was received before it is history
	history bool        // the commit records nothing but history
	folded  map[known]*domain.History
	readers map[domain.TreatyID]*comingReader
	coming  map[subject][]ComingDate
	notices []Notice
}

// subject is what a notice is about: a treaty, or one participant of it.
type subject struct {
	treaty      domain.TreatyID
	participant domain.ParticipantID
}

// known is a treaty as it was known at a position.
type known struct {
	treaty domain.TreatyID
	at     eventstore.Position
}

// historyOf folds a treaty known at a position once: two days of it are two looks
// at one history.
func (d *deriver) historyOf(on On, id domain.TreatyID) *domain.History {
	key := known{id, on.KnownAt}
	if _, ok := d.folded[key]; !ok {
		d.folded[key] = on.history(id)
	}
	return d.folded[key]
}

// derive gives the notices of a commit; the views may be of any later position.
func derive(views *Views, h eventstore.Header, entries []domain.Entry) []Notice {
	d := &deriver{views: views, state: views.State, header: h, day: dayAt(views, h.Position), folded: make(map[known]*domain.History),
		readers: make(map[domain.TreatyID]*comingReader), coming: make(map[subject][]ComingDate)}
	if begun, ok := entries[0].Event.(*domain.DayBegun); ok {
		d.ofDays(begun.Day)
		return d.notices
	}
	treaty := domain.TreatyID(h.Treaty)
	d.begin, _ = beginOf(views, treaty)
	since, _ := d.state.HeldSince(treaty)
	// What follows from a treaty's first definition is as old as the treaty.
	d.history = onlyHistory(views, h, entries) || since == uint64(h.Position)
	for _, e := range entries {
		d.fact(e)
	}
	treaties := []domain.TreatyID{treaty}
	if h.Treaty == eventstore.Many {
		treaties = d.held()
	} else {
		treaties = append(treaties, d.protocolsOf(treaty)...)
	}
	for _, id := range treaties {
		d.compare(id, d.at(h.Position-1, d.day), d.at(h.Position, d.day), d.day)
	}
	return d.notices
}

// dayAt gives the day at the depositary when a commit was made: the one that
// was begun last. Before the first one it is the day of its instant (UTC).
func dayAt(views *Views, p eventstore.Position) domain.Date {
	if day, begun := views.State.DayAt(uint64(p)); begun && p > 0 {
		return day
	}
	recorded, _ := views.RecordedAt(p)
	return domain.DateOf(recorded)
}

// recordedLate is how long before a treaty came into the ledger the depositary
// may have received what still is news: instruments are recorded, and
// circulated, some days after they are received.
const recordedLate = 30

// beginOf gives the day from which on what is received is news, and before
// which it is history. It is false where the treaty is not held.
func beginOf(views *Views, id domain.TreatyID) (domain.Date, bool) {
	since, held := views.State.HeldSince(id)
	if !held {
		return domain.Date{}, false
	}
	return dayAt(views, eventstore.Position(since)).AddDays(-recordedLate), true
}

// at asks what was known at a position, as of a day.
func (d *deriver) at(p eventstore.Position, day domain.Date) On {
	on := On{Axes: Axes{AsOf: day, KnownAt: p}, state: d.state}
	if p == 0 {
		on.state = domain.NewState() // a position of 0 would mean everything
	}
	return on
}

// held gives the treaties known at the commit.
func (d *deriver) held() (ids []domain.TreatyID) {
	for _, t := range d.state.Treaties(uint64(d.header.Position)) {
		ids = append(ids, t.ID)
	}
	return ids
}

// protocolsOf gives the protocols to a treaty, which may wait for it.
func (d *deriver) protocolsOf(id domain.TreatyID) (ids []domain.TreatyID) {
	for _, family := range d.state.Families(id) {
		t, ok := d.state.Treaty(family, uint64(d.header.Position))
		if ok && t.Parent == id {
			ids = append(append(ids, family), d.protocolsOf(family)...)
		}
	}
	return ids
}

// tell completes a notice and adds it.
func (d *deriver) tell(n Notice) {
	n.ID = NoticeID{d.header.Position, uint32(len(d.notices) + 1)}
	n.Day, n.Recorded = d.day, d.header.Recorded
	if n.Date.IsZero() {
		n.Date = d.day
	}
	n.Links = NoticeLinks{Self: "/v1/notices/" + n.ID.String(), Commit: fmt.Sprintf("/v1/ledger/%d", d.header.Position)}
	if n.Treaty != "" {
		n.Links.Treaty = "/v1/treaties/" + string(n.Treaty)
		if t, ok := d.state.Treaty(n.Treaty, uint64(d.header.Position)); ok {
			n.TreatyShort = t.Short
		}
		n.Coming = d.comingFor(subject{n.Treaty, n.Participant})
	}
	if n.Participant != "" {
		n.Links.Participant = "/v1/participants/" + string(n.Participant)
		n.Name = d.at(d.header.Position, n.Date).name(n.Participant)
		n.Groups = d.groupsOf(n.Participant, n.Date)
	}
	if !n.Record.IsZero() {
		n.Links.Record = "/v1/actions/" + n.Record.String()
	}
	n.Title = titleOf(n)
	d.notices = append(d.notices, n)
}

// comingMost bounds how many coming dates a notice bears.
const comingMost = 10

// comingFor gives the first days that are to come for what a notice is about,
// as known at the commit: of the participant itself, or of the treaty itself.
func (d *deriver) comingFor(s subject) []ComingDate {
	if coming, read := d.coming[s]; read {
		return coming
	}
	on := d.at(d.header.Position, d.day)
	var coming []ComingDate
	if h := d.historyOf(on, s.treaty); h != nil {
		r := d.readComing(on, h)
		if s.participant == "" {
			coming = r.ofTreaty()
		} else {
			coming = r.ofCourse(h.Course(s.participant))
		}
	}
	sortComing(coming)
	coming = coming[:min(len(coming), comingMost)]
	d.coming[s] = coming
	return coming
}

// readComing gives the reader of a treaty, one for all of its participants.
func (d *deriver) readComing(on On, h *domain.History) *comingReader {
	if d.readers[h.Treaty.ID] == nil {
		d.readers[h.Treaty.ID] = on.readComing(h, d.day)
	}
	return d.readers[h.Treaty.ID]
}

func (d *deriver) groupsOf(p domain.ParticipantID, on domain.Date) (ids []domain.GroupID) {
	for _, g := range d.state.Groups(uint64(d.header.Position)) {
		if g.Has(p, on) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// fact tells what an event records.
func (d *deriver) fact(e domain.Entry) {
	switch event := e.Event.(type) {
	case *domain.ActionRecorded:
		n := d.ofAction(e, NoticeActionRecorded, &event.Action, event.Reason)
		n.Backfill = !d.begin.IsZero() && event.Action.ReceivedOn().Before(d.begin)
		d.tell(n)
	case *domain.ActionCorrected:
		n := d.ofAction(e, NoticeActionCorrected, &event.Action, event.Reason)
		n.Before = d.asKnownBefore(e.Treaty, event.Action.Participant, event.Record)
		d.tell(n)
	case *domain.ActionContested:
		n := d.ofAction(e, NoticeActionContested, &event.Action, event.Reason)
		n.Before = d.asKnownBefore(e.Treaty, event.Action.Participant, event.Record)
		d.tell(n)
	case *domain.RecordAnnulled:
		d.tell(Notice{Kind: NoticeActionAnnulled, Treaty: e.Treaty, Participant: event.Participant, Record: event.Record, Why: event.Reason,
			Before: d.asKnownBefore(e.Treaty, event.Participant, event.Record), After: words("")})
	case *domain.TreatyDefined:
		d.defined(e, NoticeTreatyDefined, "treaty "+event.Treaty.Short, event.Reason)
	case *domain.ParticipantDefined:
		d.defined(e, NoticeRegistryDefined, "participant "+string(event.Participant.ID), event.Reason)
	case *domain.GroupDefined:
		d.defined(e, NoticeRegistryDefined, "group "+string(event.Group.ID), event.Reason)
	case *domain.WeightsDefined:
		d.defined(e, NoticeRegistryDefined, "weight table "+string(event.Weights.ID)+" "+event.Weights.Edition, event.Reason)
	}
}

func (d *deriver) ofAction(e domain.Entry, kind NoticeKind, a *domain.Action, reason string) Notice {
	return Notice{Kind: kind, Treaty: e.Treaty, Participant: a.Participant, Date: a.Date, Record: e.ID, Source: a.Provenance, Why: reason,
		Before: words(""), After: actWords(&domain.Act{ID: e.ID, Version: &domain.Record{ID: e.ID, Action: a}})}
}

// asKnownBefore gives an act in the words in which it was known before the commit.
func (d *deriver) asKnownBefore(treaty domain.TreatyID, p domain.ParticipantID, id domain.RecordID) ChangeValue {
	if part := d.state.Participation(treaty, p); part != nil {
		var found *domain.Record
		for _, r := range part.Records() {
			if r.ID.Position < uint64(d.header.Position) && (r.ID == id || r.Target == id) && r.Action != nil {
				found = r
			}
		}
		if found != nil {
			return actWords(&domain.Act{ID: found.ID, Version: found})
		}
	}
	return words("")
}

func (d *deriver) defined(e domain.Entry, kind NoticeKind, what, reason string) {
	// What was defined before the first day began is what the ledger began with.
	_, begun := d.state.DayAt(uint64(d.header.Position))
	d.tell(Notice{Kind: kind, Treaty: e.Treaty, Of: what, Before: words(""), After: words("defined"), Why: reason, Backfill: !begun})
}

// ofDays tells what took effect since the day before it that was begun, one day
// after the other.
func (d *deriver) ofDays(day domain.Date) {
	if d.header.Position == 1 {
		return // before it there is nothing
	}
	last := dayAt(d.views, d.header.Position-1)
	on := d.at(d.header.Position, day)
	turns := make(map[domain.Date][]domain.TreatyID)
	for _, id := range d.held() {
		for _, turn := range turningDays(d.historyOf(on, id), last, day) {
			turns[turn] = append(turns[turn], id)
		}
	}
	days := make([]domain.Date, 0, len(turns))
	for turn := range turns {
		days = append(days, turn)
	}
	slices.SortFunc(days, domain.Date.Compare)
	for _, turn := range days {
		for _, id := range turns[turn] {
			d.compare(id, d.at(d.header.Position, turn.AddDays(-1)), d.at(d.header.Position, turn), turn)
		}
	}
}

// turningDays gives the days after one and up to another on which something
// takes effect in a treaty.
func turningDays(h *domain.History, after, upTo domain.Date) (days []domain.Date) {
	if h == nil {
		return nil
	}
	add := func(day domain.Date) {
		if day.After(after) && !day.After(upTo) {
			days = append(days, day)
		}
	}
	add(h.InForce)
	for _, c := range h.Courses {
		for _, s := range c.Standings {
			add(s.From)
		}
		for _, s := range c.Statements {
			for _, standing := range s.Standings {
				add(standing.From)
			}
		}
	}
	for _, p := range h.Procedures(upTo) {
		add(p.InForce)
	}
	slices.SortFunc(days, domain.Date.Compare)
	return slices.Compact(days)
}

// compare tells what differs for one treaty between two views of the law.
func (d *deriver) compare(id domain.TreatyID, from, to On, turn domain.Date) {
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
		d.header.Treaty == eventstore.Many && from.KnownAt != to.KnownAt {
		d.gap(&c)
	}
}

// others gives the participants whose course differs, by name.
func (d *deriver) others(c *comparison) (ids []domain.ParticipantID) {
	for _, id := range c.participants() {
		before, after := c.from.course(id), c.to.course(id)
		if before == after && !eventful(before, c.from.AsOf, c.to.AsOf) || before != after && sameCourse(before, after) {
			continue
		}
		ids = append(ids, id)
	}
	slices.SortStableFunc(ids, func(a, b domain.ParticipantID) int { return compareNames(c.to.name(a), c.to.name(b)) })
	return ids
}

// sameCourse says whether nothing about a course differs that a notice tells.
func sameCourse(a, b *domain.Course) bool {
	sameAct := func(x, y domain.Act) bool { return x.ID == y.ID && x.Version == y.Version }
	return slices.EqualFunc(a.Acts, b.Acts, sameAct) &&
		slices.EqualFunc(a.Standings, b.Standings, func(x, y domain.Standing) bool { return x == y }) &&
		slices.EqualFunc(a.Statements, b.Statements, func(x, y *domain.StatementCourse) bool { return x.Act.ID == y.Act.ID && sameLife(x, y) })
}

// entry tells of the treaty's way into force.
func (d *deriver) entry(c *comparison, turn domain.Date) {
	before, after := c.from.entry, c.to.entry
	why, article, record := reasonOf(after, before)
	n := Notice{Treaty: c.treaty.ID, Before: words(string(before.Status)), After: words(string(after.Status)), Why: why, Article: article, Record: record, Backfill: d.history}
	if before.MetOn.IsZero() && !after.MetOn.IsZero() {
		met := n
		met.Kind, met.Date, met.After = NoticeThresholdMet, after.MetOn, ChangeValue{Words: string(domain.EntryMet), Day: after.MetOn}
		d.tell(met)
	}
	switch {
	case after.Status == domain.EntryInForce && before.Status != domain.EntryInForce:
		n.Kind, n.Date = NoticeInForce, after.InForce
		n.After.Day = after.InForce
		d.tell(n)
	case !before.InForce.IsZero() && before.InForce != after.InForce, !before.MetOn.IsZero() && before.MetOn != after.MetOn:
		n.Kind = NoticeEntryRevised
		n.Before.Day, n.After.Day = before.InForce, after.InForce
		d.tell(n)
	}
	if !oneShort(c.from) && oneShort(c.to) {
		n.Kind, n.Before, n.After, n.Why = NoticeThresholdApproaching, words(before.Required), words(after.Required), after.Condition
		n.Article, n.Date = after.Article, turn
		d.tell(n)
	}
}

// oneShort says whether a single consent of somebody would meet the condition.
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
			n.Kind = NoticeProcedureCounter
		case change.After.Words == string(domain.EntryInForce):
			n.Kind, n.Date = NoticeProcedureInForce, change.After.Day
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

// kindOf gives the kind of notice that tells a change of a participation, none
// where facts or other notices tell it.
func kindOf(change LegalChange) NoticeKind {
	was, is := domain.Status(change.Before.Words), domain.Status(change.After.Words)
	switch change.What {
	case ChangedStatus:
		switch {
		case is == domain.Party && was == domain.WithdrawalNotified:
			return NoticeWithdrawalRevoked
		case is == domain.Party:
			return NoticeBound
		case is == domain.WithdrawalNotified:
			return NoticeWithdrawalNotified
		case is == domain.FormerParty && was.Bound():
			return NoticeWithdrawn
		}
		return NoticeStatusChanged
	case ChangedProvisional, ChangedIntention, ChangedExcludes, ChangedTerritories:
		return NoticeStatusChanged
	case ChangedBound, ChangedUntil:
		if !change.Before.Day.IsZero() { // a day that was known is another, or none
			return NoticeStatusChanged
		}
	}
	return ""
}

// dateOf gives the legal day of a change: that from which the status has held,
// where it follows from an act of another day.
func (d *deriver) dateOf(change LegalChange, course *domain.Course, turn domain.Date) domain.Date {
	if change.What != ChangedStatus {
		return turn
	}
	return course.Since(turn).Or(turn)
}

// sourceOf gives where the record was taken from, nil where the depositary
// itself recorded it.
func (d *deriver) sourceOf(treaty domain.TreatyID, p domain.ParticipantID, id domain.RecordID) *domain.Provenance {
	if part := d.state.Participation(treaty, p); part != nil {
		for _, r := range part.Records() {
			if r.ID == id && r.Action != nil {
				return r.Action.Provenance
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
		n := Notice{Treaty: c.treaty.ID, Participant: id, Of: of, Before: statementWords(was), After: statementWords(is), Record: s.Act.ID, Source: act.Provenance, Backfill: d.history}
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
		if statementIn(c.to.history, id, s.Act.ID) == nil && c.from.history != nil {
			d.tell(Notice{Kind: NoticeStatementChanged, Treaty: c.treaty.ID, Participant: id, Record: s.Act.ID, Backfill: d.history,
				Of: string(s.Act.Action().Kind) + " of " + s.Act.Action().Date.Long(), Before: statementWords(stateOf(before, s.Act.ID, c.from.AsOf)), After: words(""),
				Why: "its record does not stand any more"})
		}
	}
}

// answered tells of the answers that a statement has got, and says whether
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
		n.Kind = NoticeStatementObjectedTo
		if answer.Act.Action().Kind == domain.AcceptanceOfReservation {
			n.Kind = NoticeStatementAccepted
		}
		n.Date, n.Record, n.Source = answer.Act.Action().Date, answer.Act.ID, answer.Act.Action().Provenance
		n.Why = fmt.Sprintf("%s of %s, %s", answer.Act.Action().Kind, c.to.name(answer.By), answer.Act.Action().Date.Long())
		d.tell(n)
		told = true
	}
	return told
}

func statementKind(was, is *domain.StatementStanding) NoticeKind {
	switch {
	case is == nil:
		return ""
	case is.State == domain.StatementWithdrawn:
		return NoticeStatementWithdrawn
	case was == nil && is.State == domain.StatementPending:
		return NoticeStatementPending
	case was == nil:
		return NoticeStatementMade
	case was.State == domain.StatementPending && is.State == domain.StatementActive:
		return NoticeStatementAccepted
	}
	return NoticeStatementChanged
}

// gap tells how the share of the world's migrants changes who live in a State
// that is bound, with one stock for both sides unless the stock itself changed.
func (d *deriver) gap(c *comparison) {
	after := gapReader{on: c.to.On, history: c.to.history}
	used, err := after.useStock(GapQuestion{})
	if err != nil || c.from.history == nil {
		return
	}
	before := gapReader{on: c.from.On, history: c.from.history}
	if c.from.KnownAt == c.to.KnownAt || d.header.Treaty != eventstore.Many {
		before.stock, before.values, before.world = after.stock, after.values, after.world
	} else if _, err := before.useStock(GapQuestion{}); err != nil {
		return
	}
	was, is := before.percent(before.covered()), after.percent(after.covered())
	if was == is {
		return
	}
	d.tell(Notice{Kind: NoticeGapChanged, Treaty: c.treaty.ID, Date: c.to.AsOf, Backfill: d.history,
		Of:     fmt.Sprintf("share of the world's migrants who live in a State that is bound (%s, edition %s, %d)", used.Name, used.Edition, used.Year),
		Before: ChangeValue{Words: fmt.Sprintf("%.4f percent", was)}, After: ChangeValue{Words: fmt.Sprintf("%.4f percent", is)},
		Why:    fmt.Sprintf("%+.4f points", roundPoints(is-was)),
		Source: &domain.Provenance{Attestation: used.Attestation, Edition: used.Edition}})
}

// titles say what happened, with who and which treaty filled in.
var titles = map[NoticeKind]string{
	NoticeActionRecorded:       "{who}: {after} ({treaty})",
	NoticeActionCorrected:      "Corrected: {who}, {before}: {after} ({treaty})",
	NoticeActionContested:      "Another source says of {who}: {after}, not {before} ({treaty})",
	NoticeActionAnnulled:       "Annulled: {who}, {before} ({treaty})",
	NoticeTreatyDefined:        "{of} defined",
	NoticeRegistryDefined:      "{of} defined",
	NoticeThresholdApproaching: "{treaty}: one short of entry into force",
	NoticeThresholdMet:         "{treaty}: the condition for entry into force is met",
	NoticeEntryRevised:         "{treaty}: entry into force is revised",
	NoticeInForce:              "{treaty} has entered into force",
	NoticeBound:                "{who} is bound by {treaty}",
	NoticeWithdrawalNotified:   "{who} has notified its withdrawal from {treaty}",
	NoticeWithdrawalRevoked:    "{who} has revoked its withdrawal from {treaty}",
	NoticeWithdrawn:            "{who} is no longer bound by {treaty}",
	NoticeStatusChanged:        "{who}: {after}, before: {before} ({treaty})",
	NoticeStatementMade:        "{who}: {of} ({treaty})",
	NoticeStatementPending:     "{who}: {of} is pending ({treaty})",
	NoticeStatementAccepted:    "{who}: {of} is accepted ({treaty})",
	NoticeStatementObjectedTo:  "{who}: {of} is objected to ({treaty})",
	NoticeStatementWithdrawn:   "{who}: {of} is withdrawn ({treaty})",
	NoticeStatementChanged:     "{who}: {of} is {after}, before: {before} ({treaty})",
	NoticeProcedureCounter:     "{treaty}, {of}: {declarations}, before: {before}",
	NoticeProcedureInForce:     "{treaty}, {of}: the procedure is in force",
	NoticeGapChanged:           "{treaty}: {after} of the world's migrants live in a State that is bound, before: {before}",
}

func titleOf(n Notice) string {
	treaty := n.TreatyShort
	if treaty == "" {
		treaty = string(n.Treaty)
	}
	declarations := ""
	if n.After.Number != nil {
		declarations = amountOf(float64(*n.After.Number), "declarations")
	}
	return strings.NewReplacer("{declarations}", declarations, "{who}", n.Name, "{treaty}", treaty, "{of}", n.Of, "{before}", n.Before.Words, "{after}", n.After.Words).Replace(titles[n.Kind])
}
