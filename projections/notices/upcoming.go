package notices

import (
	"cmp"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

// This file tells legal days before they come: what takes effect after a day,
// from what had been received by then. Nobody can look ahead at what will be
// deposited; but an instrument that binds in three months, a withdrawal that is
// effective in a year and silence that becomes acceptance are known today.

// UpcomingKind says what an upcoming date is the day of.
type UpcomingKind string

// The kinds of upcoming dates.
const (
	UpcomingInForce      UpcomingKind = "entry into force"
	UpcomingProcedure    UpcomingKind = "procedure in force"
	UpcomingOpens        UpcomingKind = "opening for signature"
	UpcomingCloses       UpcomingKind = "last day for signature"
	UpcomingAccession    UpcomingKind = "opening for accession"
	UpcomingBound        UpcomingKind = "bound"
	UpcomingConsent      UpcomingKind = "consent begins" // given anew, it waits for the earlier one to end
	UpcomingWithdrawn    UpcomingKind = "withdrawal effective"
	UpcomingExtinct      UpcomingKind = "participant ends"
	UpcomingProvisional  UpcomingKind = UpcomingKind(domain.ProvisionalApplication)
	UpcomingProvisionEnd UpcomingKind = UpcomingKind(domain.EndOfProvisional)
	UpcomingTerritories  UpcomingKind = UpcomingKind(domain.TerritorialApplication)
	UpcomingExclusion    UpcomingKind = UpcomingKind(domain.TerritorialExclusion)
	UpcomingAccepted     UpcomingKind = "acceptance in silence"
	UpcomingModified     UpcomingKind = "modification in silence"
	UpcomingObjections   UpcomingKind = "last day for objections"
	UpcomingBegins       UpcomingKind = "statement begins"
	UpcomingEnds         UpcomingKind = "statement ends"
)

// UpcomingKinds lists all kinds.
func UpcomingKinds() []UpcomingKind {
	return []UpcomingKind{
		UpcomingInForce, UpcomingProcedure, UpcomingOpens, UpcomingCloses,
		UpcomingAccession, UpcomingBound, UpcomingConsent, UpcomingWithdrawn,
		UpcomingExtinct, UpcomingProvisional, UpcomingProvisionEnd, UpcomingTerritories,
		UpcomingExclusion, UpcomingAccepted, UpcomingModified, UpcomingObjections,
		UpcomingBegins, UpcomingEnds,
	}
}

// upcomingTitles say what comes, with who and which treaty filled in.
var upcomingTitles = map[UpcomingKind]string{
	UpcomingInForce:      "{treaty} enters into force",
	UpcomingProcedure:    "{treaty}, {of}: the procedure comes into force",
	UpcomingOpens:        "{treaty} is opened for signature",
	UpcomingCloses:       "{treaty}: last day for signature",
	UpcomingAccession:    "{treaty} is open for accession",
	UpcomingBound:        "{who} is bound by {treaty}",
	UpcomingConsent:      "{who}: its consent given anew takes the place of the earlier one ({treaty})",
	UpcomingWithdrawn:    "{who}: its withdrawal from {treaty} takes effect",
	UpcomingExtinct:      "{who} ceases to exist ({treaty})",
	UpcomingProvisional:  "{who} applies {treaty} provisionally",
	UpcomingProvisionEnd: "{who} ends the provisional application of {treaty}",
	UpcomingTerritories:  "{who}: {treaty} applies to {of}",
	UpcomingExclusion:    "{who}: {treaty} does not apply to {of} any more",
	UpcomingAccepted:     "{who}: silence accepts the {of} ({treaty})",
	UpcomingModified:     "{who}: silence accepts the modification of the {of} ({treaty})",
	UpcomingObjections:   "{who}: last day for objections to the {of} ({treaty})",
	UpcomingBegins:       "{who}: the {of} takes effect ({treaty})",
	UpcomingEnds:         "{who}: the {of} has ended ({treaty})",
}

// UpcomingQuestion chooses coming dates; what is empty chooses all.
type UpcomingQuestion struct {
	Treaties     []domain.TreatyID
	Participants []domain.ParticipantID // dates about one of them; those of a treaty itself are not
	Groups       []domain.GroupID       // dates about who belongs to one of them on that very day; either is enough
	Since        domain.Date            // also days that have come, from this one on, as far as they were known before; no date: none
	Until        domain.Date            // the last day; no date: however far
	KnownAt      projections.Moment     // of what the ledger held then; a moment beyond its end is everything
}

// UpcomingOf returns the legal days after a day that follow from what the
// depositary had received by it, sorted by day and then by key. Asked of a day
// that lies ahead, it passes over what comes up to that day.
func UpcomingOf(v *projections.Views, on domain.Date, q UpcomingQuestion) []UpcomingDate {
	asked := upcomingOn(v, on, q.KnownAt)
	var all []UpcomingDate
	for _, t := range asked.State().Treaties(asked.Known()) {
		if len(q.Treaties) > 0 && !slices.Contains(q.Treaties, t.ID) || t.Adopted.After(on) {
			continue
		}
		r := readUpcoming(asked, asked.History(t.ID), on)
		if !q.Since.IsZero() && q.Since.AddDays(-1).Before(on) {
			r.after = q.Since.AddDays(-1)
		}
		all = append(all, r.chosen(q)...)
	}
	sortUpcoming(all)
	return all
}

// upcomingOn puts a question about what comes after a day on its axes: before
// the day at the depositary only what had been received by then counts.
func upcomingOn(v *projections.Views, on domain.Date, known projections.Moment) projections.Query {
	if known.Has(uint64(v.Position)) {
		known = domain.Everything()
	}
	asked, _ := v.Query(on, domain.Date{}, known) // it lies within the ledger
	if on.Before(v.DayAt(asked.KnownAt)) {
		asked.ReceivedBy = on
	}
	return asked
}

func sortUpcoming(all []UpcomingDate) {
	slices.SortFunc(all, func(a, b UpcomingDate) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Key, b.Key)) })
}

// upcomingReader finds the coming dates of one treaty.
type upcomingReader struct {
	on       projections.Query
	history  *domain.History
	after    domain.Date
	revision uint64
}

func readUpcoming(on projections.Query, h *domain.History, after domain.Date) *upcomingReader {
	return &upcomingReader{on: on, history: h, after: after, revision: familyRevision(on, h.Treaty)}
}

// familyRevision returns the position of the last commit about the treaty or
// those to which it is a protocol, for which it may wait.
func familyRevision(on projections.Query, t *domain.Treaty) (last uint64) {
	for range 16 { // parents cannot go in a circle for ever
		last = max(last, on.Revision(t))
		parent, held := on.State().Treaty(t.Parent, on.Known())
		if !held {
			break
		}
		t = parent
	}
	return last
}

// chosen returns the dates that the question asks for.
func (r *upcomingReader) chosen(q UpcomingQuestion) (chosen []UpcomingDate) {
	everybody := len(q.Participants) == 0 && len(q.Groups) == 0
	all := []UpcomingDate{}
	if everybody {
		all = r.ofTreaty()
	}
	for _, c := range r.history.Courses {
		if everybody || len(q.Groups) > 0 || slices.Contains(q.Participants, c.Participant) {
			all = append(all, r.ofCourse(c)...)
		}
	}
	for _, d := range all {
		if !q.Until.IsZero() && d.Date.After(q.Until) {
			continue
		}
		if everybody || slices.Contains(q.Participants, d.Participant) || r.belongs(d, q.Groups) {
			chosen = append(chosen, d)
		}
	}
	return chosen
}

func (r *upcomingReader) belongs(d UpcomingDate, groups []domain.GroupID) bool {
	return slices.ContainsFunc(groups, func(id domain.GroupID) bool {
		g, held := r.on.State().Group(id, r.on.Known())
		return held && g.Has(d.Participant, d.Date)
	})
}

// date completes what comes. The key never holds the day: last tells apart what
// a participant may have several of, an act by its first record.
func (r *upcomingReader) date(d UpcomingDate, last string) UpcomingDate {
	t := r.history.Treaty
	d.Treaty, d.TreatyShort, d.Revision = t.ID, t.Short, r.revision
	parts := []string{string(t.ID)}
	if d.Participant != "" {
		d.Name = r.on.OnDay(d.Date).Name(d.Participant)
		parts = append(parts, string(d.Participant))
	}
	parts = append(parts, strings.ReplaceAll(string(d.What), " ", "-"))
	if last != "" {
		parts = append(parts, last)
	}
	d.Key = strings.Join(parts, "/")
	d.Title = strings.NewReplacer("{who}", d.Name, "{treaty}", t.Short, "{of}", d.Of).Replace(upcomingTitles[d.What])
	return d
}

// ofTreaty returns the days of the treaty itself.
func (r *upcomingReader) ofTreaty() (all []UpcomingDate) {
	add := func(d UpcomingDate, last string) {
		if d.Date.After(r.after) {
			all = append(all, r.date(d, last))
		}
	}
	t := r.history.Treaty
	if s := t.Signature; s != nil {
		add(UpcomingDate{What: UpcomingOpens, Date: s.Opens, Article: s.Article}, "")
		add(UpcomingDate{What: UpcomingCloses, Date: s.Closes, Article: s.Article}, "")
	}
	if c := t.Consent; c != nil {
		if opens, err := domain.ParseDate(c.AccessionOpens); err == nil {
			add(UpcomingDate{What: UpcomingAccession, Date: opens, Article: c.Article}, "")
		}
	}
	if day := r.history.InForce; day.After(r.after) {
		if explained := r.history.Explain(day); knownBefore(day, explained.Counted) {
			why, article, record := reasonOf(explained, explained)
			add(UpcomingDate{What: UpcomingInForce, Date: day, Why: why, Article: article, Record: record}, "")
		}
	}
	if len(t.Declarations) == 0 {
		return all
	}
	// Also where declarations count from a later day on.
	for _, p := range r.history.Procedures(domain.LastDay) {
		if !knownBefore(p.InForce, p.Counted) {
			continue
		}
		clause, _ := t.Declaration(p.Article)
		why := "the condition is met on " + p.MetOn.Long()
		if clause.Words != "" {
			why += ": " + clause.Words
		}
		add(UpcomingDate{What: UpcomingProcedure, Date: p.InForce, Of: "article " + p.Article, Why: why, Article: p.Article}, plainKey(p.Article))
	}
	return all
}

// knownBefore reports whether what meets a condition had been deposited before the
// day that follows from it.
func knownBefore(day domain.Date, counted []domain.Counted) bool {
	return !slices.ContainsFunc(counted, func(c domain.Counted) bool { return c.Crossing && !c.Date.Before(day) })
}

// plainKey keeps what stands in definitions from doing harm in a key.
func plainKey(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.ContainsRune("().-", c) {
			return c
		}
		return '_'
	}, text)
}

// ofCourse returns the days of one participant.
func (r *upcomingReader) ofCourse(c *domain.Course) (all []UpcomingDate) {
	add := func(d UpcomingDate, act domain.Act) {
		if !d.Date.After(r.after) || !d.Date.After(act.Action().ReceivedOn()) {
			return // it came with the act, or before it was received
		}
		d.Participant, d.Record, d.Source = c.Participant, act.ID, model.FromProvenance(act.Action().Provenance)
		all = append(all, r.date(d, act.ID.String()))
	}
	for i := range c.Periods {
		r.ofPeriod(c, &c.Periods[i], add)
	}
	for _, a := range c.Acts {
		r.ofAct(a, add)
	}
	for _, s := range c.Statements {
		r.ofStatement(c, s, add)
	}
	if end, ends := extinction(c); ends && end.From.After(r.after) && r.on.ReceivedBy.IsZero() { // the registry does not say when it was known
		all = append(all, r.date(UpcomingDate{What: UpcomingExtinct, Date: end.From, Participant: c.Participant, Why: end.Why}, ""))
	}
	return all
}

func extinction(c *domain.Course) (domain.Standing, bool) {
	n := len(c.Standings)
	if n == 0 || c.Standings[n-1].Status != domain.Extinct {
		return domain.Standing{}, false
	}
	return c.Standings[n-1], true
}

// ofPeriod tells from when a consent binds, and when it ends.
func (r *upcomingReader) ofPeriod(c *domain.Course, p *domain.Period, add func(UpcomingDate, domain.Act)) {
	t := r.history.Treaty
	if p.Bound.IsZero() || p.Bound.After(p.From) {
		article := ""
		if t.Consent != nil {
			article = t.Consent.Article
		}
		if p.From.After(p.Deposited) {
			add(UpcomingDate{What: UpcomingConsent, Date: p.From, Why: c.On(p.From).Why, Article: article}, p.Consent)
		}
	}
	if !p.Bound.IsZero() {
		add(UpcomingDate{What: UpcomingBound, Date: p.Bound, Why: c.On(p.Bound).Why, Article: articleOfBinding(r.history, p)}, p.Consent)
	}
	if p.Until.IsZero() || p.Ending.Version == nil || p.Ending.Action().Kind != domain.Withdrawal {
		return
	}
	article := ""
	if t.Withdrawal != nil {
		article = t.Withdrawal.Article
	}
	add(UpcomingDate{What: UpcomingWithdrawn, Date: p.Until, Article: article,
		Why: "withdrawal notified on " + p.Ending.Action().Date.Long() + ", effective " + p.Until.Long()}, p.Ending)
}

// ofAct tells of acts that state themselves from when they have effect.
func (r *upcomingReader) ofAct(a domain.Act, add func(UpcomingDate, domain.Act)) {
	action := a.Action()
	if action.Effect.IsZero() {
		return
	}
	d := UpcomingDate{What: UpcomingKind(action.Kind), Date: action.Effect, Of: strings.Join(action.Territories, ", "),
		Why: string(action.Kind) + " of " + action.Date.Long() + ", effective " + action.Effect.Long() + ", as the record states"}
	switch action.Kind {
	case domain.ProvisionalApplication, domain.EndOfProvisional:
		d.Article = "VCLT 25"
	case domain.TerritorialApplication, domain.TerritorialExclusion:
		if clause := r.history.Treaty.TerritorialScope; clause != nil {
			d.Article = clause.Article
		}
	default:
		return
	}
	add(d, a)
}

// ofStatement tells what becomes of a statement without anybody's doing:
// silence accepts it, the time for objections runs out, its days begin and end.
func (r *upcomingReader) ofStatement(c *domain.Course, s *domain.StatementCourse, add func(UpcomingDate, domain.Act)) {
	action := s.Act.Action()
	d := UpcomingDate{Of: string(action.Kind) + " of " + action.Date.Long()}
	if last, open := r.history.ObjectionsUntil(s); open {
		window := d
		window.What, window.Date, window.Article = UpcomingObjections, last, "VCLT 20(5)"
		window.Why = "a reservation is accepted by all that have not objected twelve months after it was notified"
		add(window, s.Act)
	}
	for i, is := range s.Standings {
		if !is.From.After(r.after) {
			continue
		}
		var was domain.StatementStanding
		if i > 0 {
			was = s.Standings[i-1]
		}
		if what, act := whatTurns(c, s, was, is); what != "" {
			turn := d
			turn.What, turn.Date, turn.Why, turn.Article = what, is.From, is.Why, is.Rule
			add(turn, act)
		}
	}
}

// whatTurns says what happens to a statement on a day on which it turns, and by
// which act; nothing where it turns by an act of that very day, or only because
// the consent of its author does.
func whatTurns(c *domain.Course, s *domain.StatementCourse, was, is domain.StatementStanding) (UpcomingKind, domain.Act) {
	action := s.Act.Action()
	lasting := action.Kind == domain.Derogation || action.Kind == domain.Notification
	switch {
	case was.From.IsZero():
		if lasting && s.From == "" {
			return UpcomingBegins, s.Act
		}
	case was.State == domain.StatementPending && is.State == domain.StatementActive && was.Until == is.From:
		return UpcomingAccepted, s.Act
	case is.State == domain.StatementActive && was.State == domain.StatementActive && is.Cause != was.Cause:
		i := slices.IndexFunc(c.Acts, func(a domain.Act) bool { return a.ID == is.Cause })
		if i >= 0 && c.Acts[i].Action().Kind == domain.ModificationOfReservation {
			return UpcomingModified, c.Acts[i]
		}
	case is.State == domain.StatementEnded && lasting && !action.Statement.Until.IsZero() && is.From == action.Statement.Until.AddDays(1):
		return UpcomingEnds, s.Act
	}
	return "", s.Act
}
