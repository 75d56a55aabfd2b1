package notices

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// This file derives the notices of one commit: first the facts that it records,
// then, treaty by treaty, what differs between the law as known before it and
// after it. The commit that begins a day tells what takes effect with the
// days since the last one, each effect on its own day.

// deriver gathers the notices of one commit.
type deriver struct {
	views  *projections.Views
	state  *domain.State
	header eventstore.Header
	day    domain.Date // at the depositary
	begin  domain.Date // what was received before it is history

	registry bool // the commit changes the registry
	compared map[domain.TreatyID]bool

	// Of the treaty in turn, as a commit may be about several:
	first   bool        // the commit records its first acts
	asAt    domain.Date // the day of the table that the commit records
	history bool        // the commit records nothing but the history that it begins with
	folded  map[known]*domain.History
	readers map[domain.TreatyID]*upcomingReader
	coming  map[subject][]UpcomingDate
	links   Linker
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

// after returns the moment at which the ledger ended with the commit.
func (d *deriver) after() projections.Moment { return projections.UpTo(d.header.Position) }

// historyOf folds a treaty known at a position once: two days of it are two looks
// at one history.
func (d *deriver) historyOf(on projections.Query, id domain.TreatyID) *domain.History {
	key := known{id, on.KnownAt}
	if _, ok := d.folded[key]; !ok {
		d.folded[key] = on.History(id)
	}
	return d.folded[key]
}

// derive returns the notices of a commit; the views may be of any later position.
func derive(views *projections.Views, h eventstore.Header, entries []domain.Entry, links Linker) []Notice {
	d := &deriver{views: views, state: views.State, header: h, day: views.DayAt(h.Position), folded: make(map[known]*domain.History),
		readers: make(map[domain.TreatyID]*upcomingReader), coming: make(map[subject][]UpcomingDate), compared: make(map[domain.TreatyID]bool), links: links}
	if begun, ok := entries[0].Event.(*domain.DayBegun); ok {
		d.ofDays(begun.Day)
		return d.notices
	}
	for treaty := range byTreaty(entries) {
		d.registry = d.registry || treaty == ""
	}
	for treaty, of := range byTreaty(entries) {
		d.ofTreaty(treaty, of)
	}
	return d.notices
}

// byTreaty returns the entries of a commit treaty by treaty, in the order in
// which each is named first; those of the registry under no treaty. What is said
// of nodes, of the in-tray and of templates changes no law, and is left out.
func byTreaty(entries []domain.Entry) iter.Seq2[domain.TreatyID, []domain.Entry] {
	return func(yield func(domain.TreatyID, []domain.Entry) bool) {
		var order []domain.TreatyID
		of := make(map[domain.TreatyID][]domain.Entry)
		for _, e := range entries {
			switch e.Event.(type) {
			case *domain.NodeAdded, *domain.NodeRevoked, *domain.ArrivalRegistered, *domain.ArrivalDecided, *domain.TemplateDefined:
				continue
			}
			if of[e.Treaty] == nil {
				order = append(order, e.Treaty)
			}
			of[e.Treaty] = append(of[e.Treaty], e)
		}
		for _, treaty := range order {
			if !yield(treaty, of[treaty]) {
				return
			}
		}
	}
}

// ofTreaty tells what the commit records of one treaty, or of the registry, and
// what follows from it.
func (d *deriver) ofTreaty(treaty domain.TreatyID, entries []domain.Entry) {
	position := uint64(d.header.Position)
	d.begin, _ = beginOf(d.views, treaty)
	first, recorded := d.state.FirstRecord(treaty)
	d.first = recorded && first == position
	since, _ := d.state.HeldSince(treaty)
	// What follows from a treaty's first definition is as old as the treaty.
	d.history = d.first && hasHistory(d.begin, entries) && !hasNews(d.begin, entries) || since == position
	d.asAt = asAtOf(entries)
	for _, e := range entries {
		d.fact(e)
	}
	if d.first && hasHistory(d.begin, entries) {
		d.learned(treaty)
	}
	treaties := append([]domain.TreatyID{treaty}, d.protocolsOf(treaty)...)
	if treaty == "" {
		treaties = d.held()
	}
	for _, id := range treaties {
		if !d.compared[id] {
			d.compared[id] = true
			d.compare(id, d.at(d.header.Position-1, d.day), d.at(d.header.Position, d.day), d.day)
		}
	}
}

// recordedLate is how long before a treaty came into the ledger the depositary
// may have received what still is news: instruments are recorded, and
// circulated, some days after they are received.
const recordedLate = 30

// beginOf returns the day from which on what is received is news, and before
// which it is history. It is false where the treaty is not held.
func beginOf(views *projections.Views, id domain.TreatyID) (domain.Date, bool) {
	since, held := views.State.HeldSince(id)
	if !held {
		return domain.Date{}, false
	}
	return views.DayAt(eventstore.Position(since)).AddDays(-recordedLate), true
}

// at asks what was known at a position, as of a day.
func (d *deriver) at(p eventstore.Position, day domain.Date) projections.Query {
	return projections.QueryOf(d.state, day, p)
}

// held returns the treaties known at the commit.
func (d *deriver) held() (ids []domain.TreatyID) {
	for _, t := range d.state.Treaties(d.after()) {
		ids = append(ids, t.ID)
	}
	return ids
}

// protocolsOf returns the protocols to a treaty, which may wait for it.
func (d *deriver) protocolsOf(id domain.TreatyID) (ids []domain.TreatyID) {
	for _, family := range d.state.Families(id) {
		t, ok := d.state.Treaty(family, d.after())
		if ok && t.Parent == id {
			ids = append(append(ids, family), d.protocolsOf(family)...)
		}
	}
	return ids
}

// tell completes a notice and adds it.
func (d *deriver) tell(n Notice) {
	n.ID = ID{d.header.Position, uint32(len(d.notices) + 1)}
	n.Day, n.Recorded = d.day, d.header.Recorded
	if n.Date.IsZero() {
		n.Date = d.day
	}
	if n.Treaty != "" {
		if t, ok := d.state.Treaty(n.Treaty, d.after()); ok {
			n.TreatyShort = t.Short
		}
		n.Coming = d.upcomingFor(subject{n.Treaty, n.Participant})
	}
	if n.Participant != "" {
		n.Name = d.at(d.header.Position, n.Date).Name(n.Participant)
		n.Groups = d.groupsOf(n.Participant, n.Date)
	}
	n.Title = titleOf(n)
	if d.links != nil {
		n.Links = d.links(n)
	}
	d.notices = append(d.notices, n)
}

// comingMost bounds how many upcoming dates a notice has.
const maxUpcoming = 10

// upcomingFor returns the first days that are to come for what a notice is about,
// as known at the commit: of the participant itself, or of the treaty itself.
func (d *deriver) upcomingFor(s subject) []UpcomingDate {
	if coming, read := d.coming[s]; read {
		return coming
	}
	on := d.at(d.header.Position, d.day)
	var coming []UpcomingDate
	if h := d.historyOf(on, s.treaty); h != nil {
		r := d.readUpcoming(on, h)
		if s.participant == "" {
			coming = r.ofTreaty()
		} else {
			coming = r.ofCourse(h.Course(s.participant))
		}
	}
	sortUpcoming(coming)
	coming = coming[:min(len(coming), maxUpcoming)]
	d.coming[s] = coming
	return coming
}

// readUpcoming returns the reader of a treaty, one for all of its participants.
func (d *deriver) readUpcoming(on projections.Query, h *domain.History) *upcomingReader {
	if d.readers[h.Treaty.ID] == nil {
		d.readers[h.Treaty.ID] = readUpcoming(on, h, d.day)
	}
	return d.readers[h.Treaty.ID]
}

func (d *deriver) groupsOf(p domain.ParticipantID, on domain.Date) (ids []domain.GroupID) {
	for _, g := range d.state.Groups(d.after()) {
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
		d.recorded(e, event)
	case *domain.ActionCorrected:
		n := d.ofAction(e, KindActionCorrected, &event.Action, event.Reason)
		n.Before = d.asKnownBefore(e.Treaty, event.Action.Participant, event.Record)
		d.tell(n)
	case *domain.ActionContested:
		n := d.ofAction(e, KindActionContested, &event.Action, event.Reason)
		n.Backfill = d.first && isHistory(d.begin, &event.Action)
		n.Before = d.asKnownBefore(e.Treaty, event.Action.Participant, event.Record)
		d.tell(n)
	case *domain.RecordAnnulled:
		if event.Participant == "" { // only statements of coverage are nobody's
			d.tell(Notice{Kind: KindTreatyCoverage, Treaty: e.Treaty, Record: event.Record, Why: event.Reason,
				Before: words(""), After: words("a record of coverage is annulled; " + d.coverageWords(e.Treaty))})
			return
		}
		d.tell(Notice{Kind: KindActionAnnulled, Treaty: e.Treaty, Participant: event.Participant, Record: event.Record, Why: event.Reason,
			Before: d.asKnownBefore(e.Treaty, event.Participant, event.Record), After: words("")})
	case *domain.CoverageStated:
		if !d.first {
			// What is stated before the first day began is what the ledger began with.
			_, begun := d.state.DayAt(d.after())
			d.tell(Notice{Backfill: !begun, Kind: KindTreatyCoverage, Treaty: e.Treaty, Record: e.ID, Why: event.Reason, Source: model.FromProvenance(event.Coverage.Provenance),
				Before: words(""), After: words(d.coverageWords(e.Treaty))})
		}
	case *domain.NotificationIssued:
		d.tell(Notice{Kind: KindNotificationIssued, Treaty: e.Treaty, Participant: event.Participant, Date: event.Day, Record: event.Notification.Records[0],
			Of: event.Reference, Before: words(""), After: words(event.Notification.Texts[0].Title), Article: "VCLT 77(1)(e)"})
	case *domain.TreatyDefined:
		d.defined(e, KindTreatyDefined, "treaty "+event.Treaty.Short, event.Reason)
	case *domain.ParticipantDefined:
		d.defined(e, KindRegistryDefined, "participant "+string(event.Participant.ID), event.Reason)
	case *domain.GroupDefined:
		d.defined(e, KindRegistryDefined, "group "+string(event.Group.ID), event.Reason)
	case *domain.WeightsDefined:
		d.defined(e, KindRegistryDefined, "weight table "+string(event.Weights.ID)+" "+event.Weights.Edition, event.Reason)
	}
}

// recorded tells an act that was recorded. What the depositary had received long
// before is history where it comes with the first acts of its treaty; later it
// is what the ledger has learned, and news.
func (d *deriver) recorded(e domain.Entry, event *domain.ActionRecorded) {
	n := d.ofAction(e, KindActionRecorded, &event.Action, event.Reason)
	if old := isHistory(d.begin, &event.Action); old && d.first {
		n.Backfill = true
	} else if old {
		n.Kind, n.AsAt = KindActionLearned, d.asAt
		if p := event.Action.Provenance; p != nil && n.AsAt.IsZero() {
			n.AsAt, _ = domain.ParseDate(p.Edition)
		}
	}
	d.tell(n)
}

// learned tells once, as a whole, what the first acts of a treaty make known.
func (d *deriver) learned(treaty domain.TreatyID) {
	h := d.historyOf(d.at(d.header.Position, d.day), treaty)
	counts, coverage := h.CountsOn(d.day), h.Coverage(d.day)
	known := fmt.Sprintf("%d parties", counts.Parties)
	switch {
	case counts.Parties == 1:
		known = "1 party"
	case counts.Parties == 0 && counts.Consents == 0 && counts.Signatories == 1:
		known = "1 signatory"
	case counts.Parties == 0 && counts.Consents == 0 && counts.Signatories > 0:
		known = fmt.Sprintf("%d signatories", counts.Signatories)
	case counts.Parties == 0 && counts.Consents == 0 && !coverage.Known():
		d.tell(Notice{Kind: KindTreatyLearned, Treaty: treaty, Before: words(""), After: words("first acts"), Backfill: !d.begun()})
		return
	case counts.Parties == 0:
		known = wording.AmountOf(float64(counts.Consents), "consents")
	}
	if coverage.Extent == domain.ExtentSome {
		known = "at least " + known
	}
	d.tell(Notice{Kind: KindTreatyLearned, Treaty: treaty, AsAt: coverage.AsAt, Before: words(""), After: words(known), Backfill: !d.begun()})
}

// begun reports whether a day was begun by the commit: what was recorded before
// the first one is what the ledger began with.
func (d *deriver) begun() bool {
	_, begun := d.state.DayAt(d.after())
	return begun
}

// coverageWords says until when the acts of a treaty are recorded after the commit.
func (d *deriver) coverageWords(treaty domain.TreatyID) string {
	switch c := d.historyOf(d.at(d.header.Position, d.day), treaty).Coverage(d.day); c.Extent {
	case domain.ExtentTable:
		return "every act is recorded as at " + c.AsAt.Long()
	case domain.ExtentContinuous:
		return "every act is recorded since " + c.Since.Long()
	case domain.ExtentSome:
		return "some acts are recorded"
	}
	return "no act is recorded"
}

func (d *deriver) ofAction(e domain.Entry, kind Kind, a *domain.Action, reason string) Notice {
	return Notice{Kind: kind, Treaty: e.Treaty, Participant: a.Participant, Date: a.Date, Record: e.ID, Source: model.FromProvenance(a.Provenance), Why: reason,
		Before: words(""), After: actWords(&domain.Act{ID: e.ID, Version: &domain.Record{ID: e.ID, Action: a}})}
}

// asKnownBefore returns an act in the words in which it was known before the commit.
func (d *deriver) asKnownBefore(treaty domain.TreatyID, p domain.ParticipantID, id domain.RecordID) ChangeValue {
	if part := d.state.Participation(treaty, p); part != nil {
		var found *domain.Record
		for _, r := range part.Records() {
			if r.ID.Position < uint64(d.header.Position) && (r.ID == id || r.Target == id) && r.Action != nil && r.Op != domain.OpNotified {
				found = r
			}
		}
		if found != nil {
			return actWords(&domain.Act{ID: found.ID, Version: found})
		}
	}
	return words("")
}

func (d *deriver) defined(e domain.Entry, kind Kind, what, reason string) {
	d.tell(Notice{Kind: kind, Treaty: e.Treaty, Of: what, Before: words(""), After: words("defined"), Why: reason, Backfill: !d.begun()})
}

// ofDays tells what took effect since the day before it that was begun, one day
// after the other.
func (d *deriver) ofDays(day domain.Date) {
	if d.header.Position == 1 {
		return // before it there is nothing
	}
	last := d.views.DayAt(d.header.Position - 1)
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

// turningDays returns the days after one and up to another on which something
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

// titles say what happened, with who and which treaty filled in.
var titles = map[Kind]string{
	KindActionRecorded:       "{who}: {after} ({treaty})",
	KindActionLearned:        "{who}: {after}, now known ({treaty})",
	KindActionCorrected:      "Corrected: {who}, {before}: {after} ({treaty})",
	KindActionContested:      "Another source says of {who}: {after}, not {before} ({treaty})",
	KindActionAnnulled:       "Annulled: {who}, {before} ({treaty})",
	KindNotificationIssued:   "Depositary notification {of}: {after} ({treaty})",
	KindTreatyDefined:        "{of} defined",
	KindRegistryDefined:      "{of} defined",
	KindTreatyLearned:        "{treaty}: {after} now known",
	KindTreatyCoverage:       "{treaty}: {after}",
	KindThresholdApproaching: "{treaty}: one short of entry into force",
	KindThresholdMet:         "{treaty}: the condition for entry into force is met",
	KindEntryRevised:         "{treaty}: entry into force is revised",
	KindInForce:              "{treaty} has entered into force",
	KindBound:                "{who} is bound by {treaty}",
	KindWithdrawalNotified:   "{who} has notified its withdrawal from {treaty}",
	KindWithdrawalRevoked:    "{who} has revoked its withdrawal from {treaty}",
	KindWithdrawn:            "{who} is no longer bound by {treaty}",
	KindStatusChanged:        "{who}: {after}, before: {before} ({treaty})",
	KindStatementMade:        "{who}: {of} ({treaty})",
	KindStatementPending:     "{who}: {of} is pending ({treaty})",
	KindStatementAccepted:    "{who}: {of} is accepted ({treaty})",
	KindStatementObjectedTo:  "{who}: {of} is objected to ({treaty})",
	KindStatementWithdrawn:   "{who}: {of} is withdrawn ({treaty})",
	KindStatementChanged:     "{who}: {of} is {after}, before: {before} ({treaty})",
	KindProcedureCounter:     "{treaty}, {of}: {declarations}, before: {before}",
	KindProcedureInForce:     "{treaty}, {of}: the procedure is in force",
	KindGapChanged:           "{treaty}: {after} of the world's migrants live in a State that is bound, before: {before}",
}

func titleOf(n Notice) string {
	treaty := n.TreatyShort
	if treaty == "" {
		treaty = string(n.Treaty)
	}
	declarations := ""
	if n.After.Number != nil {
		declarations = wording.AmountOf(float64(*n.After.Number), "declarations")
	}
	return strings.NewReplacer("{declarations}", declarations, "{who}", n.Name, "{treaty}", treaty, "{of}", n.Of, "{before}", n.Before.Words, "{after}", n.After.Words).Replace(titles[n.Kind])
}
