package domain

import (
	"fmt"
	"slices"
	"strings"
)

// define decides additions and corrections of what the law is decided on:
// treaties, participants, groups and weight tables.
func (d *decider) define(c *Define) {
	d.reason = strings.TrimSpace(c.Reason)
	d.add(tooLong("reason", d.reason, maxReason)...)
	if c.Treaty != nil && len(c.Participants)+len(c.Groups)+len(c.Weights) > 0 {
		d.add(reject(CodeFieldUnexpected, "treaty", "a treaty is defined by a command of its own"))
		return
	}
	if c.Treaty != nil {
		d.defineTreaty(c.Treaty, c.Seen)
	}
	for i := range c.Participants {
		d.defineParticipant(&c.Participants[i], fmt.Sprintf("participants[%d].", i))
	}
	for i := range c.Groups {
		d.defineGroup(&c.Groups[i], fmt.Sprintf("groups[%d].", i))
	}
	for i := range c.Weights {
		d.defineWeights(&c.Weights[i], fmt.Sprintf("weights[%d].", i))
	}
	if len(d.Events) == 0 && len(d.Refusals) == 0 {
		d.add(reject(CodeNothingChanged, "", "all of it is recorded already, in these words"))
	}
}

func (d *decider) defineTreaty(t *Treaty, seen uint64) {
	findings := t.check()
	if id, taken := d.draft.names[strings.ToLower(t.Short)]; taken && id != t.ID {
		findings = append(findings, reject(CodeNameTaken, "short", fmt.Sprintf("%q is the short name of %s", t.Short, id)))
	}
	if id, taken := d.draft.names[strings.ToLower(string(t.ID))]; taken && id != t.ID {
		findings = append(findings, reject(CodeNameTaken, "id", fmt.Sprintf("%q is a name of %s already", t.ID, id)))
	}
	findings = append(findings, d.aliasesTaken(t)...)
	findings = append(findings, d.checkReferences(t)...)
	if revision := d.draft.Revision(t.ID); seen > 0 && revision > seen {
		findings = append(findings, reject(CodeStaleRevision, "seen", fmt.Sprintf("treaty %s was changed at position %d, after the position %d that the writer had seen", t.ID, revision, seen)))
	}
	d.add(findings...)
	held, known := d.draft.Treaty(t.ID, Everything())
	if len(d.Refusals) > 0 || (known && SameDefinition(held, t)) {
		return
	}
	d.accept(t.ID, &TreatyDefined{Treaty: *t, Reason: d.reason}, "")
}

// checkWeights refuses a share of a group, which has members and no weights,
// and a weight table whose name is nearly that of one that is held.
func (d *decider) checkWeights(c *Condition, field string) (findings []Finding) {
	if c.op != opShare {
		return nil
	}
	if _, held := d.draft.WeightsEdition(c.weights, "", Everything()); held {
		return nil
	}
	if _, isGroup := d.draft.Group(GroupID(c.weights), Everything()); isGroup {
		return one(reject(CodeDefinitionInvalid, field, fmt.Sprintf("%s is a group, and a share is one of a weight table: %q can never be met", c.weights, c.text)).
			accepting(fmt.Sprintf(`a fraction of its members, such as "3/4 of %s", or the id of a weight table`, c.weights)))
	}
	var ids []string
	for _, w := range d.draft.Weights(Everything()) {
		ids = append(ids, string(w.ID))
	}
	near := Nearest(string(c.weights), ids, 3)
	if len(near) == 0 { // it may be added later; until then the condition cannot be decided, and says so
		return one(query(CodeWeightsNotHeld, field, fmt.Sprintf("no weight table %q is recorded: until it is, %q cannot be decided", c.weights, c.text)).
			accepting("the weight table first, or a reason why it comes later"))
	}
	return one(reject(CodeDefinitionInvalid, field, fmt.Sprintf("the weight table %q is not held", c.weights)).
		accepting(strings.Join(slices.Compact(near), ", ")))
}

// checkReferences checks that what the treaty's clauses name is held. A weight
// table may come later, which is a query.
func (d *decider) checkReferences(t *Treaty) (findings []Finding) {
	for id := t.Parent; id != ""; {
		parent, ok := d.draft.Treaty(id, Everything())
		if !ok {
			findings = append(findings, reject(CodeUnknownTreaty, "parent", fmt.Sprintf("the parent treaty %q is not recorded", id)).accepting("a treaty that is recorded, or is added first"))
			break
		}
		if id = parent.Parent; id == t.ID {
			findings = append(findings, reject(CodeDefinitionInvalid, "parent", fmt.Sprintf("%s is itself a protocol to %s", t.Parent, t.ID)))
			break
		}
	}
	unknownGroup := func(field string, id GroupID) {
		if _, held := d.draft.Group(id, Everything()); id != "" && !held {
			findings = append(findings, reject(CodeUnknownGroup, field, fmt.Sprintf("the group %q is not recorded", id)).accepting("a group that is recorded, or is added first"))
		}
	}
	for i, a := range t.Admits {
		if group, ok := strings.CutPrefix(a, "members of "); ok {
			unknownGroup(fmt.Sprintf("admits[%d]", i), GroupID(group))
		}
	}
	if t.EntryIntoForce != nil {
		t.EntryIntoForce.When.every(func(c *Condition) {
			if _, held := d.draft.Participant(c.organization, Everything()); c.organization != "" && !held {
				findings = append(findings, reject(CodeUnknownParticipant, "entryIntoForce.when", fmt.Sprintf("no participant %q is recorded", c.organization)).accepting("the id of an organization, such as EUU"))
			}
			unknownGroup("entryIntoForce.when", c.group)
			unknownGroup("entryIntoForce.when", c.ofMembers)
			unknownGroup("entryIntoForce.when", c.ofWhichGroup)
			findings = append(findings, d.checkWeights(c, "entryIntoForce.when")...)
		})
	}
	for i, declaration := range t.Declarations {
		declaration.When.leaves(func(c *Condition) {
			unknownGroup(fmt.Sprintf("declarations[%d].when", i), c.group)
			unknownGroup(fmt.Sprintf("declarations[%d].when", i), c.ofWhichGroup)
		})
	}
	return findings
}

func (d *decider) defineParticipant(p *Participant, field string) {
	findings := p.check()
	for _, s := range p.Succeeds {
		if _, held := d.draft.Participant(s.Participant, Everything()); !held {
			findings = append(findings, reject(CodeUnknownParticipant, "succeeds", fmt.Sprintf("the predecessor %q is not recorded", s.Participant)).accepting("a participant that is recorded, or is added first"))
		}
	}
	for i, r := range p.Responsible {
		if _, held := d.draft.Participant(r.Participant, Everything()); !held {
			findings = append(findings, reject(CodeUnknownParticipant, fmt.Sprintf("responsible[%d].participant", i),
				fmt.Sprintf("the responsible State %q is not recorded", r.Participant)).accepting("a participant that is recorded, or is added first"))
		}
	}
	for _, spelling := range p.spellings() {
		for _, other := range d.draft.registry.find(spelling) {
			if other != p.ID && d.shareAtOnce(p, other, spelling) {
				findings = append(findings, reject(CodeNameTaken, "names", fmt.Sprintf("%q is a name of %s already; two participants never have one name at the same time", spelling, other)))
			}
		}
	}
	for _, f := range findings {
		d.add(f.in(field))
	}
	held, known := d.draft.Participant(p.ID, Everything())
	if len(findings) > 0 || (known && SameDefinition(held, p)) {
		return
	}
	d.accept("", &ParticipantDefined{Participant: *p, Reason: d.reason}, "")
}

// shareAtOnce reports whether two participants would have a spelling on the same
// day. Codes and aliases have no interval, and always meet.
func (d *decider) shareAtOnce(p *Participant, otherID ParticipantID, spelling string) bool {
	other, _ := d.draft.Participant(otherID, Everything())
	mine, theirs := p.namedDuring(spelling), other.namedDuring(spelling)
	if len(mine) == 0 || len(theirs) == 0 {
		return true
	}
	return slices.ContainsFunc(mine, func(i Interval) bool { return slices.ContainsFunc(theirs, i.overlaps) })
}

func (d *decider) defineGroup(g *Group, field string) {
	findings := g.check()
	for i, m := range g.Members {
		if _, held := d.draft.Participant(m.Participant, Everything()); !held {
			findings = append(findings, reject(CodeUnknownParticipant, fmt.Sprintf("members[%d]", i), fmt.Sprintf("the participant %q is not recorded", m.Participant)))
		}
	}
	for _, f := range findings {
		d.add(f.in(field))
	}
	held, known := d.draft.Group(g.ID, Everything())
	if len(findings) > 0 || (known && SameDefinition(held, g)) {
		return
	}
	d.accept("", &GroupDefined{Group: *g, Reason: d.reason}, "")
}

func (d *decider) defineWeights(w *Weights, field string) {
	findings := w.check()
	for _, f := range findings {
		d.add(f.in(field))
	}
	held, known := d.draft.WeightsEdition(w.ID, w.Edition, Everything())
	if len(findings) > 0 || (known && SameDefinition(held, w)) {
		return
	}
	copied := *w
	copied.Rows = slices.Clone(w.Rows)
	d.accept("", &WeightsDefined{Weights: copied, Reason: d.reason}, "")
}
