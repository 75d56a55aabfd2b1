package domain

import (
	"fmt"
	"slices"
	"strings"
)

// This file answers which acts of a treaty are recorded, and until when.
// Absence is not denial: that no act of a participant is recorded says
// something only where a source that would list the act is recorded too.

// Extent is how completely the acts of a treaty are recorded.
type Extent string

// The extents, from the least to the most.
const (
	ExtentNone       Extent = "none"       // no act is recorded, and no source
	ExtentSome       Extent = "some"       // some acts; what is missing is not known
	ExtentTable      Extent = "table"      // every act up to a day, from a table as at that day
	ExtentContinuous Extent = "continuous" // every act from a day on, as the depositary records them
)

// StatedExtents lists the extents that a source can have.
func StatedExtents() []Extent { return []Extent{ExtentSome, ExtentTable, ExtentContinuous} }

// ParseExtent accepts an extent that a source can have.
func ParseExtent(text string) (Extent, error) {
	e := Extent(strings.ToLower(strings.TrimSpace(text)))
	if !slices.Contains(StatedExtents(), e) {
		return "", fmt.Errorf("%q is not an extent of a source: some, table or continuous expected", text)
	}
	return e, nil
}

// CoverageStatement says which acts of a treaty one source lists.
type CoverageStatement struct {
	Extent       Extent
	AsAt         Date             // of a table: the last day of which it lists the acts; of continuous: the first day from which every act is recorded; of some: the day of the source, or no date
	Participants []ParticipantID  // whose acts the source lists; everybody's where empty
	Published    *PublishedCounts // the counts that the source itself publishes; nil where it publishes none
	Missing      string           // what the source does not list, in words; empty where nothing is known to be missing
	Provenance   *Provenance      // nil where the depositary itself states it
}

// PublishedCounts are the counts at the head of a table, which check it.
type PublishedCounts struct {
	Signatories int
	Parties     int // as tables of the United Nations count: consents deposited that stand
}

// Equal reports whether two statements say the same.
func (c *CoverageStatement) Equal(other *CoverageStatement) bool {
	return c.Extent == other.Extent && c.AsAt == other.AsAt && slices.Equal(c.Participants, other.Participants) &&
		equalValues(c.Published, other.Published) && c.Missing == other.Missing && equalValues(c.Provenance, other.Provenance)
}

func equalValues[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// covers reports whether the source lists the acts of a participant.
func (c *CoverageStatement) covers(p ParticipantID) bool {
	return len(c.Participants) == 0 || slices.Contains(c.Participants, p)
}

// Coverage is how completely the acts are recorded on which an answer rests.
type Coverage struct {
	Extent   Extent
	AsAt     Date   // table: the last day up to which every act is recorded; no date otherwise
	Since    Date   // continuous: the first day from which every act is recorded as it arrives
	Newest   Date   // legal day of the newest act that is recorded; no date where none is
	Complete bool   // every act that the answer depends on is recorded
	Missing  string // what the sources do not list, in their words
	Sources  []CoverageRecord
}

// Known reports whether anything can be said of a participant of which no act
// is recorded, at least as at an earlier day.
func (c Coverage) Known() bool { return c.Extent == ExtentTable || c.Extent == ExtentContinuous }

// CoverageRecord is a statement of coverage under the id of its first record.
type CoverageRecord struct {
	ID        RecordID
	Statement *CoverageStatement
}

// coverageEntry is one record about coverage in the ledger's order.
type coverageEntry struct {
	id        RecordID
	target    RecordID           // of a correction: the first record; of an annulment: any record
	statement *CoverageStatement // nil in an annulment
	reason    string
}

// statementsThatStand applies corrections and annulments to what is recorded
// about coverage, as it was known at a moment.
func statementsThatStand(entries []coverageEntry, known Moment) []CoverageRecord {
	if !known.Everything() {
		entries = entries[:countUpTo(entries, known)]
	}
	annulled := make(map[RecordID]bool)
	for _, e := range slices.Backward(entries) {
		if e.statement == nil && !annulled[e.id] {
			annulled[e.target] = true
		}
	}
	var standing []CoverageRecord
	for _, e := range entries {
		if e.statement == nil || annulled[e.id] {
			continue
		}
		if e.target.IsZero() {
			standing = append(standing, CoverageRecord{e.id, e.statement})
			continue
		}
		if i := slices.IndexFunc(standing, func(c CoverageRecord) bool { return c.ID == e.target }); i >= 0 {
			standing[i].Statement = e.statement
		}
	}
	return standing
}

func countUpTo(entries []coverageEntry, known Moment) int {
	n := 0
	for n < len(entries) && known.Has(entries[n].id.Position) {
		n++
	}
	return n
}

// reach is what statements add up to for one participant.
type reach struct {
	until Date // last day up to which every act is recorded; LastDay: there is no end; no date: never
	since Date // first day of a continuous record that reaches back to until
}

// reachOf adds up the statements that cover a participant; with no participant
// those that cover everybody. A continuous record counts where a table reaches
// up to it, or where it began before the treaty could be signed.
func reachOf(t *Treaty, statements []CoverageRecord, p ParticipantID) (s reach) {
	for _, c := range statements {
		if c.Statement.Extent == ExtentTable && c.Statement.covers(p) {
			s.until = later(s.until, c.Statement.AsAt)
		}
	}
	for _, c := range statements {
		from := c.Statement.AsAt
		if c.Statement.Extent != ExtentContinuous || !c.Statement.covers(p) {
			continue
		}
		reached := !s.until.IsZero() && !from.After(s.until.AddDays(1))
		if reached || !t.Adopted.IsZero() && !from.After(t.Adopted) {
			s.until, s.since = LastDay, earlierOf(s.since, from)
		}
	}
	return s
}

// coverage is what a history knows of how completely its acts are recorded.
type coverage struct {
	statements []CoverageRecord
	all        reach
	single     map[ParticipantID]reach // participants that a source covers by name
	newest     Date
}

func coverageOf(t *Treaty, statements []CoverageRecord, courses []*Course) coverage {
	c := coverage{statements: statements, all: reachOf(t, statements, "")}
	for _, s := range statements {
		for _, p := range s.Statement.Participants {
			if c.single == nil {
				c.single = make(map[ParticipantID]reach)
			}
			if _, done := c.single[p]; !done {
				c.single[p] = reachOf(t, statements, p)
			}
		}
	}
	for _, course := range courses {
		for _, a := range course.Acts {
			c.newest = later(c.newest, a.Action().Date)
		}
	}
	return c
}

func (c *coverage) reach(p ParticipantID) reach {
	if s, named := c.single[p]; named {
		return s
	}
	return c.all
}

// Coverage returns how completely the acts of everybody are recorded on which
// the answer for a day rests.
func (h *History) Coverage(day Date) Coverage { return h.answerCoverage(h.coverage.all, day) }

// CoverageOf returns the same of one participant.
func (h *History) CoverageOf(p ParticipantID, day Date) Coverage {
	return h.answerCoverage(h.coverage.reach(p), day)
}

func (h *History) answerCoverage(s reach, day Date) Coverage {
	c := Coverage{Extent: ExtentNone, Newest: h.coverage.newest, Sources: h.coverage.statements}
	needed := day
	if r := h.axes.ReceivedBy; !r.IsZero() && r.Before(day) {
		needed = r // what arrived later does not count
	}
	switch {
	case s.until == LastDay:
		c.Extent, c.Since, c.Complete = ExtentContinuous, s.since, true
	case !s.until.IsZero():
		c.Extent, c.AsAt, c.Complete = ExtentTable, s.until, !needed.After(s.until)
	case !c.Newest.IsZero() || len(h.coverage.statements) > 0:
		c.Extent = ExtentSome
	}
	c.Missing = missingOf(h.coverage.statements)
	return c
}

func missingOf(statements []CoverageRecord) string {
	var all []string
	for _, s := range statements {
		if m := s.Statement.Missing; m != "" && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return strings.Join(all, "; ")
}

// Absent returns the status of a participant of which no act counts: that it
// has not acted, where its acts would be recorded, and otherwise that it is
// not known.
func (h *History) absent(p ParticipantID) Status {
	if h.coverage.reach(p).until.IsZero() {
		return NotKnown
	}
	return NoAction
}

// stateCoverage decides a statement of which acts are recorded.
func (d *decider) stateCoverage(c *StateCoverage) {
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	if c.Corrects.IsZero() {
		d.coverage(c.Treaty, &c.Coverage, "coverage.")
		return
	}
	d.requireReason()
	standing := d.draft.CoverageStatements(c.Treaty)
	i := slices.IndexFunc(standing, func(r CoverageRecord) bool { return r.ID == c.Corrects })
	if i < 0 {
		d.add(reject(CodeUnknownRecord, "corrects", fmt.Sprintf("treaty %s has no statement of coverage %s that stands", c.Treaty, c.Corrects)).
			accepting("the id of the first record of a statement of coverage, as /v1/coverage shows it"))
		return
	}
	if standing[i].Statement.Equal(&c.Coverage) {
		d.add(reject(CodeNothingChanged, "coverage", fmt.Sprintf("record %s says this already", c.Corrects)))
		return
	}
	findings := d.checkCoverage(&c.Coverage, "coverage.")
	d.add(findings...)
	if len(findings) == 0 {
		d.decided(c.Treaty, &CoverageStated{Coverage: c.Coverage, Corrects: c.Corrects, Reason: d.reason}, "coverage")
	}
}

// coverage decides a statement of coverage that stands for itself or comes with
// a table. One that says what stands already adds nothing.
func (d *decider) coverage(treaty TreatyID, c *CoverageStatement, prefix string) {
	findings := d.checkCoverage(c, prefix)
	d.add(findings...)
	if len(findings) > 0 {
		return
	}
	for _, r := range d.draft.CoverageStatements(treaty) {
		if r.Statement.Equal(c) {
			return
		}
	}
	d.decided(treaty, &CoverageStated{Coverage: *c, Reason: d.reason}, prefix)
}

func (d *decider) checkCoverage(c *CoverageStatement, prefix string) (findings []Finding) {
	bad := func(code Code, field, message, accepted string) {
		findings = append(findings, reject(code, prefix+field, message).accepting(accepted))
	}
	if !slices.Contains(StatedExtents(), c.Extent) {
		bad(CodeFieldInvalid, "extent", fmt.Sprintf("%q is not an extent of a source", c.Extent), "some, table or continuous")
	}
	if c.AsAt.IsZero() && (c.Extent == ExtentTable || c.Extent == ExtentContinuous) {
		bad(CodeFieldRequired, "asAt", "a source that lists every act does so as at a day", "the day that the source states, such as 2026-02-03")
	}
	if c.AsAt.After(d.today) {
		bad(CodeDateInFuture, "asAt", fmt.Sprintf("%s has not come yet: today is %s at the depositary", c.AsAt, d.today), "a day up to "+d.today.String())
	}
	for i, p := range c.Participants {
		if _, ok := d.draft.Participant(p, Everything()); !ok {
			bad(CodeUnknownParticipant, fmt.Sprintf("participants[%d]", i), fmt.Sprintf("there is no participant %q", p), "the id of a participant")
		}
	}
	if n := c.Published; n != nil && (n.Signatories < 0 || n.Parties < 0) {
		bad(CodeFieldInvalid, "published", "a count is not negative", "the counts as the source publishes them")
	}
	for _, f := range tooLong("missing", c.Missing, maxNote) {
		findings = append(findings, f.in(prefix))
	}
	return findings
}

// CoverageStatements returns the statements of coverage of a treaty that stand,
// as they stand at the ledger's end, in the order in which they were recorded.
func (s *State) CoverageStatements(id TreatyID) []CoverageRecord {
	d := s.dossier(id)
	if d == nil {
		return nil
	}
	return statementsThatStand(d.coverage, Everything())
}

// annulCoverage annuls a record about coverage, and reports whether it is one.
func (d *decider) annulCoverage(treaty TreatyID, id RecordID) bool {
	entries := d.draft.dossier(treaty).coverage
	at, found := slices.BinarySearchFunc(entries, id, func(e coverageEntry, id RecordID) int { return e.id.Compare(id) })
	if !found {
		return false
	}
	for _, e := range slices.Backward(entries) {
		if e.statement == nil && e.target == id && !slices.ContainsFunc(entries, func(o coverageEntry) bool { return o.statement == nil && o.target == e.id }) {
			d.add(reject(CodeRecordAnnulled, "record", fmt.Sprintf("record %s is annulled already", id)))
			return true
		}
	}
	d.Events = append(d.Events, &RecordAnnulled{Record: entries[at].id, Reason: d.reason})
	return true
}

// FirstRecord returns the position of the first commit that recorded an act or a
// statement of coverage of the treaty; it reports false where there is none.
func (s *State) FirstRecord(id TreatyID) (position uint64, ok bool) {
	d := s.dossier(id)
	if d == nil {
		return 0, false
	}
	first := func(at uint64) {
		if !ok || at < position {
			position, ok = at, true
		}
	}
	for _, p := range d.participations {
		first(p.records[0].ID.Position)
	}
	if len(d.coverage) > 0 {
		first(d.coverage[0].id.Position)
	}
	return position, ok
}

// StatusWithoutActs returns the status of a participant of which no act counts,
// as it was known at a moment.
func (s *State) StatusWithoutActs(id TreatyID, p ParticipantID, known Moment) Status {
	d := s.dossier(id)
	if d == nil {
		return NotKnown
	}
	t, ok := knownAt(d.versions, known)
	if !ok || reachOf(t, statementsThatStand(d.coverage, known), p).until.IsZero() {
		return NotKnown
	}
	return NoAction
}
