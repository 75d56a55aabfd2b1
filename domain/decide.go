package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of what a command may carry.
const (
	maxActions   = 10_000
	maxReason    = 2_000   // characters
	maxNote      = 4_000   // characters
	maxStatement = 200_000 // characters
	maxList      = 200     // articles, territories, excluded parts
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
	case *CorrectAction:
		d.correct(c)
	case *AnnulRecord:
		d.annul(c)
	case *Define:
		d.define(c)
	default:
		d.add(reject(CodeUnknownAction, "", fmt.Sprintf("no command %T", c)))
	}
	if len(d.Refusals) > 0 || (len(d.Queries) > 0 && d.reason == "") {
		d.Events = nil
	}
	return d.Decision
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
		d.add(reject(CodeUnknownTreaty, "treaty", fmt.Sprintf("no treaty %q is held", treaty)).
			accepting("the id or short name of a treaty that is held, or a treaty that is added first"))
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
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	if len(c.Actions) == 0 || len(c.Actions) > maxActions {
		d.add(reject(CodeFieldRequired, "actions", fmt.Sprintf("%d acts", len(c.Actions))).accepting(fmt.Sprintf("1 to %d acts", maxActions)))
		return
	}
	for i, a := range c.Actions {
		field := fmt.Sprintf("actions[%d].", i)
		findings := d.check(c.Treaty, &a, RecordID{})
		var answered []Code
		for _, f := range findings {
			d.add(f.in(field))
			if f.Kind == Query && !slices.Contains(answered, f.Code) {
				answered = append(answered, f.Code)
			}
		}
		event := &ActionRecorded{Action: a, Answered: answered}
		if len(answered) > 0 {
			event.Reason = d.reason
		}
		d.Events = append(d.Events, event)
		// The next act is decided on what this one leaves. Its place is beyond
		// the ledger's end, so that no record of the ledger has it.
		if len(d.Refusals) == 0 && i+1 < len(c.Actions) {
			id := RecordID{d.draft.position + 1, uint32(i + 1)}
			position := d.draft.position
			if err := d.draft.Apply(Entry{ID: id, Treaty: c.Treaty, Event: event}); err != nil {
				d.add(reject(CodeUnknownTreaty, field, err.Error()))
			}
			d.draft.position = position
		}
	}
}

func (d *decider) correct(c *CorrectAction) {
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	d.requireReason()
	part, record, ok := d.draft.FindRecord(c.Treaty, c.Record)
	if !ok || record.Op == OpAnnulled {
		d.add(unknownRecord(c.Treaty, c.Record))
		return
	}
	root := record.root()
	i := slices.IndexFunc(actsAsTheyStand(part.records, Axes{}), func(a Act) bool { return a.ID == root })
	if i < 0 {
		d.add(reject(CodeRecordAnnulled, "record", fmt.Sprintf("record %s was annulled", root)).
			accepting("the annulment of the annulment, or a new record"))
		return
	}
	if c.Action.Participant != part.Participant {
		d.add(reject(CodeFieldUnexpected, "action.participant", fmt.Sprintf("record %s is about %s; a correction keeps the participant", root, part.Participant)).
			accepting("an annulment of the record, and a new record for " + string(c.Action.Participant)))
		return
	}
	if standing := actsAsTheyStand(part.records, Axes{})[i]; standing.Action().Equal(&c.Action) {
		d.add(reject(CodeNothingChanged, "action", fmt.Sprintf("record %s says this already", root)))
		return
	}
	findings := d.check(c.Treaty, &c.Action, root)
	var answered []Code
	for _, f := range findings {
		d.add(f.in("action."))
		if f.Kind == Query {
			answered = append(answered, f.Code)
		}
	}
	d.Events = append(d.Events, &ActionCorrected{Record: root, Action: c.Action, Reason: d.reason, Answered: answered})
}

func (d *decider) annul(c *AnnulRecord) {
	if !d.begin(c.Treaty, c.Reason, c.Seen) {
		return
	}
	d.requireReason()
	part, record, ok := d.draft.FindRecord(c.Treaty, c.Record)
	if !ok {
		d.add(unknownRecord(c.Treaty, c.Record))
		return
	}
	if annulledRecords(part.records)[record.ID] {
		d.add(reject(CodeRecordAnnulled, "record", fmt.Sprintf("record %s is annulled already", record.ID)))
		return
	}
	d.Events = append(d.Events, &RecordAnnulled{Record: record.ID, Participant: part.Participant, Reason: d.reason})
}

func unknownRecord(treaty TreatyID, id RecordID) Finding {
	return reject(CodeUnknownRecord, "record", fmt.Sprintf("treaty %s has no record %s of an act", treaty, id)).
		accepting("the id of a record as its answer and the ledger show it, such as 812.1")
}

// check runs the rules over one act; replaced names the act that it corrects.
func (d *decider) check(treaty TreatyID, a *Action, replaced RecordID) []Finding {
	if findings := d.checkForm(a); len(findings) > 0 {
		return findings
	}
	t, _ := d.draft.Treaty(treaty, 0)
	participant, ok := d.draft.Participant(a.Participant, 0)
	if !ok {
		return []Finding{reject(CodeUnknownParticipant, "participant", fmt.Sprintf("no participant %q is held", a.Participant)).
			accepting("the id, code or name of a participant that is held")}
	}
	r := &ruling{state: &d.draft.State, treaty: t, participant: participant, act: a, replaced: replaced}
	r.read()
	var findings []Finding
	for _, rule := range rules {
		findings = append(findings, rule(r)...)
	}
	return findings
}

// checkForm checks what can be said of an act without knowing the ledger.
func (d *decider) checkForm(a *Action) (findings []Finding) {
	if !a.Kind.Known() {
		findings = append(findings, reject(CodeUnknownAction, "action", fmt.Sprintf("%q is no act", a.Kind)).
			accepting(joinKinds(ActionKinds())))
	}
	if a.Date.IsZero() {
		findings = append(findings, reject(CodeFieldRequired, "date", "an act has a day").accepting("a day such as 2003-07-01"))
	}
	for _, f := range []struct {
		field string
		date  Date
	}{{"date", a.Date}, {"document", a.Document}, {"received", a.Received}, {"notified", a.Notified}} {
		if f.date.After(d.today) {
			findings = append(findings, reject(CodeDateInFuture, f.field, fmt.Sprintf("%s has not come yet: today is %s at the depositary", f.date, d.today)).
				accepting("a day up to "+d.today.String()))
		}
	}
	if a.Kind.Known() && a.Kind.IsStatement() != (a.Statement != nil) {
		if a.Kind.IsStatement() {
			findings = append(findings, reject(CodeFieldRequired, "statement", fmt.Sprintf("a %s has a text", a.Kind)).accepting("its text, and the articles it concerns"))
		} else {
			findings = append(findings, reject(CodeFieldUnexpected, "statement", fmt.Sprintf("a %s carries no statement", a.Kind)).
				accepting("the statement as an act of its own in the same command"))
		}
	}
	return append(findings, checkSizes(a)...)
}

func checkSizes(a *Action) (findings []Finding) {
	findings = append(findings, tooLong("note", a.Note, maxNote)...)
	findings = append(findings, tooLong("notification", a.Notification, maxReason)...)
	type list struct {
		field   string
		entries []string
	}
	lists := []list{{"excludes", a.Excludes}, {"territories", a.Territories}}
	if s := a.Statement; s != nil {
		findings = append(findings, tooLong("statement.text", s.Text, maxStatement)...)
		lists = append(lists, list{"statement.articles", s.Articles})
		if strings.TrimSpace(s.Text) == "" {
			findings = append(findings, reject(CodeFieldRequired, "statement.text", "a statement has a text").accepting("its text as received"))
		}
	}
	for _, l := range lists {
		if len(l.entries) > maxList || slices.ContainsFunc(l.entries, func(x string) bool { return strings.TrimSpace(x) == "" || len(x) > 500 }) {
			findings = append(findings, reject(CodeFieldTooLong, l.field, fmt.Sprintf("up to %d entries of 1 to 500 characters", maxList)))
		}
	}
	return findings
}

func tooLong(field, text string, limit int) []Finding {
	if n := utf8.RuneCountInString(text); n > limit {
		return []Finding{reject(CodeFieldTooLong, field, fmt.Sprintf("%d characters", n)).accepting(fmt.Sprintf("up to %d characters", limit))}
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return []Finding{reject(CodeFieldInvalid, field, "the text is not valid UTF-8, or holds a NUL").accepting("text in UTF-8")}
	}
	return nil
}

// sameDefinition says whether a definition is the one held: it is not recorded again.
func sameDefinition(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
