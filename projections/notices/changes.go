package notices

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Changes is what differs between two views of the law: two days, two moments
// of what the depositary had received, or two of what the ledger held.
type Changes struct {
	From    projections.Axes `json:"from"`
	To      projections.Axes `json:"to"`
	Changes []LegalChange    `json:"changes" doc:"By treaty: what changed for the treaty itself, then for participants by name"`

	Treaties []projections.MatrixHead `json:"treaties" doc:"The treaty of the question, or those of the changes, with until when their acts are recorded"`
}

// ChangeKind says what it is that changed.
type ChangeKind string

// The kinds of changes, those of a treaty and those of a participant.
const (
	ChangedClauses     ChangeKind = "final clauses"
	ChangedEntry       ChangeKind = "entry into force"
	ChangedInForce     ChangeKind = "day of entry into force"
	ChangedRequired    ChangeKind = "required"
	ChangedSignatories ChangeKind = "signatories"
	ChangedConsents    ChangeKind = "consents"
	ChangedParties     ChangeKind = "parties"
	ChangedProcedure   ChangeKind = "optional procedure"
	ChangedCounter     ChangeKind = "counter of an optional procedure"

	ChangedStatus      ChangeKind = "status"
	ChangedBound       ChangeKind = "bound from"
	ChangedUntil       ChangeKind = "until"
	ChangedSignature   ChangeKind = "signature"
	ChangedConsent     ChangeKind = "consent"
	ChangedReserved    ChangeKind = "with reservations"
	ChangedProvisional ChangeKind = "provisional application"
	ChangedSuspended   ChangeKind = "suspension of operation"
	ChangedIntention   ChangeKind = "intention not to become a party"
	ChangedExcludes    ChangeKind = "excluded parts"
	ChangedAccepts     ChangeKind = "accepted parts"
	ChangedTerritories ChangeKind = "territories"
	ChangedStatement   ChangeKind = "statement"
	ChangedRelations   ChangeKind = "in force with others"
)

// ChangeKinds lists all kinds.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{
		ChangedClauses, ChangedEntry, ChangedInForce, ChangedRequired,
		ChangedSignatories, ChangedConsents, ChangedParties, ChangedProcedure,
		ChangedCounter, ChangedStatus, ChangedBound, ChangedUntil,
		ChangedSignature, ChangedConsent, ChangedReserved, ChangedProvisional,
		ChangedSuspended, ChangedIntention, ChangedExcludes, ChangedAccepts, ChangedTerritories, ChangedStatement,
		ChangedRelations,
	}
}

// LegalChange is one thing that differs, with its reason.
type LegalChange struct {
	Treaty      domain.TreatyID      `json:"treaty"`
	TreatyShort string               `json:"treatyShort"`
	Participant domain.ParticipantID `json:"participant,omitempty" doc:"Absent where the treaty itself is concerned"`
	Name        string               `json:"name,omitempty"`
	What        ChangeKind           `json:"what"`
	Of          string               `json:"of,omitempty" doc:"Which one, where there are several: the article of a procedure, the kind and day of a statement"`
	Before      ChangeValue          `json:"before"`
	After       ChangeValue          `json:"after"`
	Why         string               `json:"why,omitempty"`
	Article     string               `json:"article,omitempty" doc:"Of the treaty, or of a convention on the law of treaties where it is named"`
	Record      domain.RecordID      `json:"record,omitzero" doc:"The record that caused it"`
	Because     []ChangeCause        `json:"because,omitempty" doc:"What lies between the two moments: records that were made, and acts that were received"`
}

// ChangeValue is one side of a change, in words and as what it is.
type ChangeValue struct {
	Words  string      `json:"words"`
	Day    domain.Date `json:"day,omitzero" format:"date"`
	Number *int        `json:"number,omitempty"`
	List   []string    `json:"list,omitempty"`
}

// ChangeCause is one record between two moments of knowledge.
type ChangeCause struct {
	Record   domain.RecordID   `json:"record"`
	Op       string            `json:"op" enum:"recorded,corrected,annulled,contested,notified"`
	Target   domain.RecordID   `json:"target,omitzero" doc:"The record that is corrected, contested or annulled"`
	Action   domain.ActionKind `json:"action,omitempty"`
	Date     domain.Date       `json:"date,omitzero" format:"date"`
	Received domain.Date       `json:"received,omitzero" doc:"Day on which the depositary had it" format:"date"`
	Reason   string            `json:"reason,omitempty"`
}

// nothing is what a side shows where there is nothing.
const nothing = "none"

// mostCauses bounds the records that one change names.
const mostCauses = 50

// ChangesOf compares two views, of one treaty or of all (an empty id), for one
// participant or for the treaties and all participants (an empty id). From and
// to may belong to different states.
//
// That a party is bound towards one more, because another has joined, is mentioned
// of the one that joins; of the others only where one of them is asked for.
func ChangesOf(from, to projections.Query, treaty domain.TreatyID, participant domain.ParticipantID) Changes {
	c := Changes{From: from.Axes, To: to.Axes, Changes: []LegalChange{}, Treaties: []projections.MatrixHead{}}
	treaties := []domain.TreatyID{treaty}
	if treaty == "" {
		treaties = bothHold(from, to)
	}
	for _, id := range treaties {
		changes := ChangesOfTreaty(from, to, id, participant)
		if h := to.History(id); h != nil && (treaty != "" || len(changes) > 0) {
			c.Treaties = append(c.Treaties, to.MatrixHead(h))
		}
		c.Changes = append(c.Changes, changes...)
	}
	return c
}

func bothHold(from, to projections.Query) (ids []domain.TreatyID) {
	for _, on := range []projections.Query{from, to} {
		for _, t := range on.State().Treaties(on.Known()) {
			ids = append(ids, t.ID)
		}
	}
	slices.SortFunc(ids, domain.CompareTreatyIDs)
	return slices.Compact(ids)
}

// side is one of the two views of a treaty.
type side struct {
	projections.Query
	history   *domain.History // nil where the treaty was not known
	entry     domain.EntryExplanation
	relations func() (parties int, precluded map[domain.Pair]bool) // found when first asked for: most comparisons do not
}

func sideOf(on projections.Query, id domain.TreatyID) side { return sideWith(on, on.History(id)) }

// sideWith makes a side of a history that is at hand.
func sideWith(on projections.Query, history *domain.History) side {
	s := side{Query: on, history: history, entry: domain.EntryExplanation{Status: domain.EntryUnknown}}
	if s.history != nil {
		s.entry = s.history.Explain(on.AsOf)
		s.relations = sync.OnceValues(func() (int, map[domain.Pair]bool) {
			return history.CountsOn(on.AsOf).Parties, history.Precluded(on.AsOf)
		})
	}
	return s
}

func (s side) course(id domain.ParticipantID) *domain.Course {
	if s.history == nil {
		return &domain.Course{Participant: id}
	}
	return s.history.Course(id)
}

// inForceWith counts the others with which the treaty is in force.
func (s side) inForceWith(id domain.ParticipantID) int {
	if !s.course(id).On(s.AsOf).Status.Bound() {
		return 0
	}
	n, precluded := s.relations()
	n--
	for pair := range precluded {
		if pair[0] == id || pair[1] == id {
			n--
		}
	}
	return n
}

// comparison gathers the changes of one treaty.
type comparison struct {
	from, to side
	treaty   *domain.Treaty
	changes  []LegalChange
	asked    domain.ParticipantID
}

func ChangesOfTreaty(from, to projections.Query, id domain.TreatyID, participant domain.ParticipantID) []LegalChange {
	if participant != "" && from.State().Participation(id, participant) == nil && to.State().Participation(id, participant) == nil {
		return nil
	}
	c := comparison{from: sideOf(from, id), to: sideOf(to, id), asked: participant}
	switch {
	case c.to.history != nil:
		c.treaty = c.to.history.Treaty
	case c.from.history != nil:
		c.treaty = c.from.history.Treaty
	default:
		return nil
	}
	if participant != "" {
		c.ofParticipant(participant)
		return c.changes
	}
	c.ofTreaty()
	first := len(c.changes)
	for _, p := range c.participants() {
		c.ofParticipant(p)
	}
	slices.SortStableFunc(c.changes[first:], func(a, b LegalChange) int { return wording.CompareNames(a.Name, b.Name) })
	return c.changes
}

// participants returns those that have done something on either side.
func (c *comparison) participants() (ids []domain.ParticipantID) {
	for i, s := range []side{c.from, c.to} {
		if s.history == nil || i == 1 && s.history == c.from.history {
			continue
		}
		for _, course := range s.history.Courses {
			ids = append(ids, course.Participant)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// differ adds a change, if there is one.
func (c *comparison) differ(change LegalChange) {
	if sameValue(change.Before, change.After) {
		return
	}
	change.Treaty, change.TreatyShort = c.treaty.ID, c.treaty.Short
	c.changes = append(c.changes, change)
}

func sameValue(a, b ChangeValue) bool {
	return a.Words == b.Words && a.Day == b.Day && slices.Equal(a.List, b.List) &&
		(a.Number == nil) == (b.Number == nil) && (a.Number == nil || *a.Number == *b.Number)
}

func words(text string) ChangeValue {
	if text == "" {
		text = nothing
	}
	return ChangeValue{Words: text}
}

func counted(n int) ChangeValue { return ChangeValue{Words: fmt.Sprint(n), Number: &n} }

func onTheDay(d domain.Date) ChangeValue { return ChangeValue{Words: words(d.Long()).Words, Day: d} }

func listed(names []string) ChangeValue {
	return ChangeValue{Words: words(strings.Join(names, "; ")).Words, List: names}
}

func yesNo(is bool) ChangeValue {
	if is {
		return words("yes")
	}
	return words("no")
}

// between returns the positions between which the two sides know different
// things; 0 and 0 where they know the same.
func (c *comparison) between() (after, upTo uint64) {
	a, b := uint64(c.from.KnownAt), uint64(c.to.KnownAt)
	if a == b {
		return 0, 0
	}
	return min(a, b), max(a, b)
}

// causes returns the records of participations that one side knows, or had
// received, and the other not.
func (c *comparison) causes(parts ...*domain.Participation) (all []ChangeCause) {
	after, upTo := c.between()
	for _, part := range parts {
		if part == nil {
			continue
		}
		for _, r := range part.Records() {
			known := r.ID.Position > after && r.ID.Position <= upTo
			if (known || c.receivedBetween(r)) && len(all) < mostCauses {
				all = append(all, causeOf(r))
			}
		}
	}
	return all
}

func causeOf(r *domain.Record) ChangeCause {
	cause := ChangeCause{Record: r.ID, Op: r.Op.String(), Target: r.Target, Reason: r.Reason}
	switch a := r.Action; {
	case r.Op == domain.OpNotified:
		cause.Reason = a.Notification
	case a != nil:
		cause.Action, cause.Date, cause.Received = a.Kind, a.Date, a.ReceivedOn()
	}
	return cause
}

// receivedBetween reports whether the depositary received the act between the two
// days up to which the sides look.
func (c *comparison) receivedBetween(r *domain.Record) bool {
	a, b := c.from.ReceivedBy, c.to.ReceivedBy
	if a == b || r.Action == nil {
		return false
	}
	upTo := func(d domain.Date) domain.Date { return d.Or(domain.LastDay) }
	first, last := upTo(a), upTo(b)
	if last.Before(first) {
		first, last = last, first
	}
	on := r.Action.ReceivedOn()
	return on.After(first) && !on.After(last) && r.ID.Position <= uint64(max(c.from.KnownAt, c.to.KnownAt))
}

// richer returns the side that holds more records.
func (c *comparison) richer() projections.Query {
	if c.from.KnownAt > c.to.KnownAt {
		return c.from.Query
	}
	return c.to.Query
}

// ofTreaty compares what concerns the treaty itself.
func (c *comparison) ofTreaty() {
	before, after := c.from.entry, c.to.entry
	because := c.causes(c.richer().State().Participations(c.treaty.ID)...)
	first := len(c.changes)
	c.clauses()
	why, article, record := reasonOf(after, before)
	c.differ(LegalChange{What: ChangedEntry, Before: words(string(before.Status)), After: words(string(after.Status)), Why: why, Article: article, Record: record})
	c.differ(LegalChange{What: ChangedInForce, Before: onTheDay(before.InForce), After: onTheDay(after.InForce), Why: why, Article: article, Record: record})
	c.differ(LegalChange{What: ChangedRequired, Before: words(before.Required), After: words(after.Required), Why: why, Article: article})
	c.counts()
	c.procedures()
	for i := range c.changes[first:] {
		c.changes[first+i].Because = because
	}
}

// reasonOf returns the last step of the way into force, and the deposit that
// opened it.
func reasonOf(e, otherwise domain.EntryExplanation) (why, article string, record domain.RecordID) {
	if len(e.Steps) == 0 {
		e.Steps, e.Counted = otherwise.Steps, otherwise.Counted
	}
	var texts []string
	for _, s := range e.Steps {
		texts = append(texts, s.Text)
		if s.Article != "" {
			article = s.Article
		}
	}
	for _, n := range e.Counted {
		if n.Crossing {
			record = n.Record
		}
	}
	return strings.Join(texts, "; "), article, record
}

func (c *comparison) clauses() {
	if c.from.history != nil && c.to.history != nil && c.from.history.Treaty == c.to.history.Treaty {
		return
	}
	c.differ(LegalChange{What: ChangedClauses, Before: c.from.defined(c.treaty.ID), After: c.to.defined(c.treaty.ID), Why: "the treaty was defined, or its definition corrected, in between"})
}

// defined tells at which position the definition that holds was recorded.
func (s side) defined(id domain.TreatyID) ChangeValue {
	if s.history == nil {
		return words("")
	}
	position := 1 + sort.Search(int(s.KnownAt), func(p int) bool {
		held, ok := s.State().Treaty(id, domain.UpTo(uint64(p)+1))
		return ok && held == s.history.Treaty
	})
	return ChangeValue{Words: fmt.Sprintf("as defined at position %d", position), Number: &position}
}

func (c *comparison) counts() {
	count := func(s side) (n model.Counts) {
		if s.history != nil {
			n = projections.CountsOn(s.history, s.AsOf)
		}
		return n
	}
	counted := func(of model.Counts, n int) ChangeValue {
		if of.Figure(n) == "" {
			return words(string(domain.NotKnown))
		}
		return counted(n)
	}
	before, after := count(c.from), count(c.to)
	for _, n := range []struct {
		what          ChangeKind
		before, after int
		is            func(domain.Status) bool
	}{
		{ChangedSignatories, before.Signatories, after.Signatories, nil},
		{ChangedConsents, before.Consents, after.Consents, domain.Status.Consenting},
		{ChangedParties, before.Parties, after.Parties, domain.Status.Bound},
	} {
		if n.before != n.after {
			c.differ(LegalChange{What: n.what, Before: counted(before, n.before), After: counted(after, n.after), Why: c.joinedAndLeft(n.is)})
		}
	}
}

// joinedAndLeft names those that made a count change, the first ten of them.
func (c *comparison) joinedAndLeft(is func(domain.Status) bool) string {
	if is == nil {
		return ""
	}
	var joined, left []string
	for _, id := range c.participants() {
		before, after := is(c.from.course(id).On(c.from.AsOf).Status), is(c.to.course(id).On(c.to.AsOf).Status)
		switch {
		case after && !before:
			joined = append(joined, c.to.Name(id))
		case before && !after:
			left = append(left, c.to.Name(id))
		}
	}
	var parts []string
	for _, p := range []struct {
		what  string
		names []string
	}{{"added", joined}, {"no longer", left}} {
		if len(p.names) > 0 {
			parts = append(parts, p.what+": "+wording.FirstNames(p.names, 10))
		}
	}
	return strings.Join(parts, "; ")
}

func (c *comparison) procedures() {
	on := func(s side, article string) domain.Procedure {
		if s.history != nil {
			for _, p := range s.history.Procedures(s.AsOf) {
				if p.Article == article {
					return p
				}
			}
		}
		return domain.Procedure{Status: domain.EntryUnknown}
	}
	for _, d := range c.treaty.Declarations {
		before, after := on(c.from, d.Article), on(c.to, d.Article)
		of := "article " + d.Article
		c.differ(LegalChange{What: ChangedProcedure, Of: of, Article: d.Article, Before: ChangeValue{Words: string(before.Status), Day: before.InForce},
			After: ChangeValue{Words: string(after.Status), Day: after.InForce}, Why: d.Words})
		c.differ(LegalChange{What: ChangedCounter, Of: of, Article: d.Article, Before: standingIn(before), After: standingIn(after), Why: after.Required})
	}
}

// standingIn returns the counter of a procedure. Once its condition is met it is
// that of the day on which it was met, and changes no more.
func standingIn(p domain.Procedure) ChangeValue {
	if len(p.Terms) == 0 {
		return counted(len(p.Counted))
	}
	return counted(int(p.Terms[0].Have))
}
