package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of what a command may carry.
const (
	maxActions   = 10_000
	maxReason    = 2_000   // characters
	maxNote      = 4_000   // characters
	maxStatement = 200_000 // characters
	maxList      = 200     // articles, territories, excluded parts

	maxDocuments    = 20
	maxDocumentName = 200
)

// Decide answers a command on this state. Today is the calendar day at the
// depositary: nothing can have been received later. The state is not changed.
func (s *State) Decide(c Command, today Date) Decision {
	var d decider
	d.today = today
	d.draft = s.Edit()
	switch c := c.(type) {
	case *RecordActions:
		d.record(c)
	case *RecordTable:
		d.table(c)
	case *StateCoverage:
		d.stateCoverage(c)
	case *CorrectAction:
		if d.begin(c.Treaty, c.Reason, c.Seen) {
			d.requireReason()
			d.correct(c.Treaty, Assertion{c.Record, c.Action}, "")
		}
	case *AnnulRecord:
		d.annul(c)
	case *Define:
		d.define(c)
	case *BeginDay:
		d.beginDay(c)
	case *RegisterArrival:
		d.registerArrival(c)
	case *DecideArrival:
		d.decideArrival(c)
	case *IssueNotification:
		d.issueNotification(c)
	case *DefineTemplate:
		d.defineTemplate(c)
	case *AddNode:
		d.addNode(c)
	case *RevokeNode:
		d.revokeNode(c)
	default:
		d.add(reject(CodeUnknownAction, "", fmt.Sprintf("no command %T", c)))
	}
	if len(d.Refusals) > 0 || (len(d.Queries) > 0 && d.reason == "") {
		d.Events = nil
	}
	return d.Decision
}

// Do decides a command on the draft and, where it is accepted, applies its
// events. It returns the decision and the entries made, numbered on from the
// record after (a position and 0 for the first ones of a commit); there are none
// where the command was not accepted.
func (d *Draft) Do(c Command, today Date, after RecordID) (Decision, []Entry, error) {
	decision := d.Decide(c, today)
	entries := Place(c, decision.Events, after)
	for _, e := range entries {
		if err := d.Apply(e); err != nil {
			return decision, nil, err
		}
	}
	return decision, entries, nil
}

// Place numbers the events of a command on from the record after.
func Place(c Command, events []Event, after RecordID) []Entry {
	treaty, _ := Subject(c)
	entries := make([]Entry, len(events))
	for i, e := range events {
		entries[i] = Entry{ID: RecordID{after.Position, after.N + uint32(i) + 1}, Treaty: treaty, Event: e}
	}
	return entries
}

type decider struct {
	Decision
	draft  *Draft
	today  Date
	reason string
}

func (d *decider) add(findings ...Finding) {
	for _, f := range findings {
		if f.Kind == Query {
			d.Queries = append(d.Queries, f)
		} else {
			d.Refusals = append(d.Refusals, f)
		}
	}
}

// begin checks what every command about a treaty has in common.
func (d *decider) begin(treaty TreatyID, reason string, seen uint64) bool {
	d.reason = strings.TrimSpace(reason)
	d.add(tooLong("reason", d.reason, maxReason)...)
	if _, ok := d.draft.index[treaty]; !ok {
		d.add(reject(CodeUnknownTreaty, "treaty", fmt.Sprintf("no treaty %q is recorded", treaty)).
			accepting("the id or short name of a treaty that is recorded, or a treaty that is added first"))
		return false
	}
	if revision := d.draft.Revision(treaty); seen > 0 && revision > seen {
		d.add(reject(CodeStaleRevision, "seen", fmt.Sprintf("treaty %s was changed at position %d, after the position %d that the writer had seen", treaty, revision, seen)).
			accepting("the same command after a look at what was recorded since, with seen of at least " + fmt.Sprint(revision)))
	}
	return true
}

func (d *decider) requireReason() {
	if d.reason == "" {
		d.add(reject(CodeReasonRequired, "reason", "a correction of the record says why it is made").accepting("a reason in words"))
	}
}

func (d *decider) record(c *RecordActions) {
	if d.begin(c.Treaty, c.Reason, c.Seen) && d.atLeastOne(len(c.Actions)) {
		d.recordEach(c.Treaty, c.Actions)
		if !c.Arrival.IsZero() {
			d.settle(c.Treaty, c.Arrival, c.Actions)
		}
	}
}

// table decides what a table says: first what it corrects, which may make room
// for what is new, and at last what it contradicts.
func (d *decider) table(c *RecordTable) {
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	// A table that lists nothing new still says until when its acts are recorded.
	if acts := len(c.Actions) + len(c.Corrections) + len(c.Conflicts); (acts > 0 || c.Coverage == nil) && !d.atLeastOne(acts) {
		return
	}
	if len(c.Corrections) > 0 {
		d.requireReason()
	}
	for i, a := range c.Corrections {
		d.correct(c.Treaty, a, fmt.Sprintf("corrections[%d].", i))
	}
	records := d.recordEach(c.Treaty, c.Actions)
	for i, a := range c.Conflicts {
		a.Record = recordOf(a.Record, records)
		d.contest(c.Treaty, a, fmt.Sprintf("conflicts[%d].", i))
	}
	if c.Coverage != nil {
		d.coverage(c.Treaty, c.Coverage, "coverage.")
		if len(d.Events) == 0 && len(d.Refusals) == 0 {
			d.add(reject(CodeNothingChanged, "coverage", "all of it is recorded already"))
		}
	}
}

func (d *decider) atLeastOne(acts int) bool {
	if acts == 0 || acts > maxActions {
		d.add(reject(CodeFieldRequired, "actions", fmt.Sprintf("%d acts", acts)).accepting(fmt.Sprintf("1 to %d acts", maxActions)))
		return false
	}
	return true
}

// recordEach records acts in their order, and returns the record of each, none
// where it was refused.
func (d *decider) recordEach(treaty TreatyID, actions []Action) (records []RecordID) {
	records = make([]RecordID, 0, len(actions))
	for i, a := range actions {
		a = answering(a, records)
		field := fmt.Sprintf("actions[%d].", i)
		event := &ActionRecorded{Action: a, Answered: d.report(d.check(treaty, &a, RecordID{}, actions[i+1:]), field)}
		if len(event.Answered) > 0 {
			event.Reason = d.reason
		}
		before := len(d.Events)
		d.decided(treaty, event, field)
		var record RecordID
		if len(d.Events) > before {
			record = RecordID{d.draft.position + 1, uint32(len(d.Events))}
		}
		records = append(records, record)
	}
	return records
}

// answering returns the act with the record that it answers, where it names that
// as an act of the same command (see InCommand). One that does not come before
// it, or was refused, stays without a target, and the rules refuse the answer.
func answering(a Action, records []RecordID) Action {
	if a.Statement == nil {
		return a
	}
	if _, ok := a.Statement.Target.inCommand(); ok {
		statement := *a.Statement
		statement.Target = recordOf(statement.Target, records)
		a.Statement = &statement
	}
	return a
}

// recordOf returns the record of an act that is named as one of the same command,
// of which these are the records so far; every other id stays.
func recordOf(id RecordID, records []RecordID) RecordID {
	n, ok := id.inCommand()
	switch {
	case !ok:
		return id
	case n <= len(records):
		return records[n-1]
	}
	return RecordID{}
}

// report adds the findings, and returns the queries among them.
func (d *decider) report(findings []Finding, field string) (queries []Code) {
	for _, f := range findings {
		d.add(f.in(field))
		if f.Kind == Query && !slices.Contains(queries, f.Code) {
			queries = append(queries, f.Code)
		}
	}
	return queries
}

// decided accepts an event of several, unless one before it was refused.
func (d *decider) decided(treaty TreatyID, e Event, field string) {
	if len(d.Refusals) == 0 {
		d.accept(treaty, e, field)
	}
}

// accept adds an event to the decision, and lets what follows in the command
// build on it. Its place is the one that it takes where the command is recorded
// by itself: the next position, numbered from 1.
func (d *decider) accept(treaty TreatyID, e Event, field string) {
	d.Events = append(d.Events, e)
	position := d.draft.position
	if err := d.draft.Apply(Entry{ID: RecordID{position + 1, uint32(len(d.Events))}, Treaty: treaty, Event: e}); err != nil {
		d.add(reject(CodeUnknownTreaty, field, err.Error()))
	}
	d.draft.position = position
}

// assertion finds the assertion that is about to be corrected or contradicted.
func (d *decider) assertion(treaty TreatyID, a Assertion, prefix string) (act Act, standing *Record, ok bool) {
	refuse := func(f Finding) (Act, *Record, bool) {
		d.add(f.in(prefix))
		return Act{}, nil, false
	}
	part, record, found := d.draft.FindRecord(treaty, a.Record)
	if !found || record.Op == OpAnnulled || record.Op == OpNotified {
		return refuse(unknownRecord(treaty, a.Record))
	}
	root := record.root()
	if act, standing = standingVersion(actsAsTheyStand(part.records, Axes{}), root); standing == nil {
		return refuse(reject(CodeRecordAnnulled, "record", fmt.Sprintf("record %s was annulled", root)).
			accepting("the annulment of the annulment, or a new record"))
	}
	if a.Action.Participant != part.Participant {
		return refuse(reject(CodeFieldUnexpected, "action.participant", fmt.Sprintf("record %s is about %s; a correction keeps the participant", root, part.Participant)).
			accepting("an annulment of the record, and a new record for " + string(a.Action.Participant)))
	}
	return act, standing, true
}

// standingVersion returns the version that stands of an assertion, with its act,
// or nil.
func standingVersion(acts []Act, root RecordID) (Act, *Record) {
	for _, a := range acts {
		for _, r := range append([]*Record{a.Version}, a.Contested...) {
			if r.root() == root {
				return a, r
			}
		}
	}
	return Act{}, nil
}

func (d *decider) differs(held *Record, a Assertion, prefix string) bool {
	if held.Action.Equal(&a.Action) {
		d.add(reject(CodeNothingChanged, "action", fmt.Sprintf("record %s says this already", held.root())).in(prefix))
		return false
	}
	return true
}

func (d *decider) correct(treaty TreatyID, a Assertion, prefix string) {
	if act, standing, ok := d.assertion(treaty, a, prefix); ok && d.differs(standing, a, prefix) {
		answered := d.report(d.check(treaty, &a.Action, act.ID, nil), prefix+"action.")
		var with []Act
		if part := d.draft.Participation(treaty, act.Action().Participant); part != nil && standing.root() == act.ID {
			with = envelope(part, act)
		}
		was := *act.Action()
		d.decided(treaty, &ActionCorrected{Record: standing.root(), Action: a.Action, Reason: d.reason, Answered: answered}, prefix)
		d.correctEnvelope(treaty, with, &was, &a.Action, prefix)
	}
}

// contest keeps what another source says. The depositary reports differences
// (VCLT 77(1)(d)); it does not decide between sources, their rank does.
func (d *decider) contest(treaty TreatyID, a Assertion, prefix string) {
	act, standing, ok := d.assertion(treaty, a, prefix)
	// What holds is contradicted; that another assertion, which was overruled,
	// says the same, does not matter.
	if !ok || !d.differs(act.Version, a, prefix) {
		return
	}
	if findings := d.checkForm(&a.Action); len(findings) > 0 {
		d.report(findings, prefix+"action.")
		return
	}
	d.add(query(CodeSourceConflict, prefix+"action", fmt.Sprintf("record %s says %s of %s, this source %s of %s",
		act.ID, standing.Action.Kind, standing.Action.Date.Long(), a.Action.Kind, a.Action.Date.Long())).
		citing("VCLT 77(1)(d)").accepting("both, each with its source; the one of the higher rank holds"))
	d.decided(treaty, &ActionContested{Record: act.ID, Action: a.Action, Reason: d.reason}, prefix)
}

func (d *decider) annul(c *AnnulRecord) {
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	d.requireReason()
	part, record, ok := d.draft.FindRecord(c.Treaty, c.Record)
	if !ok && d.annulCoverage(c.Treaty, c.Record) {
		return
	}
	if !ok {
		d.add(unknownRecord(c.Treaty, c.Record))
		return
	}
	if record.Op == OpNotified {
		d.add(reject(CodeFieldInvalid, "record", "a depositary notification is not annulled: its number is given").accepting("a corrigendum to it"))
		return
	}
	if annulledRecords(part.records)[record.ID] {
		d.add(reject(CodeRecordAnnulled, "record", fmt.Sprintf("record %s is annulled already", record.ID)))
		return
	}
	for _, id := range append([]RecordID{record.ID}, annulledWith(part, record)...) {
		d.Events = append(d.Events, &RecordAnnulled{Record: id, Participant: part.Participant, Reason: d.reason})
	}
}

func unknownRecord(treaty TreatyID, id RecordID) Finding {
	return reject(CodeUnknownRecord, "record", fmt.Sprintf("treaty %s has no record %s of an act", treaty, id)).
		accepting("the id of a record as its answer and the ledger show it, such as 812.1")
}

// check runs the rules over one act; replaced names the act that it corrects,
// following are those that the same command records after it.
func (d *decider) check(treaty TreatyID, a *Action, replaced RecordID, following []Action) []Finding {
	if findings := d.checkForm(a); len(findings) > 0 {
		return findings
	}
	t, _ := d.draft.Treaty(treaty, Everything())
	participant, ok := d.draft.Participant(a.Participant, Everything())
	if !ok {
		return []Finding{reject(CodeUnknownParticipant, "participant", fmt.Sprintf("no participant %q is recorded", a.Participant)).
			accepting("the id, code or name of a participant that is recorded")}
	}
	r := &ruling{state: &d.draft.State, treaty: t, participant: participant, act: a, replaced: replaced, following: following}
	r.read()
	var findings []Finding
	for _, rule := range rules {
		findings = append(findings, rule(r)...)
	}
	return findings
}
