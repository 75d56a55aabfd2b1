package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
)

// Change is one thing in which a ledger differs from the bundled tables.
type Change struct {
	What   string `json:"what" doc:"treaty, participant, group, weights, act or coverage"`
	ID     string `json:"id"`
	How    string `json:"how" doc:"missing: the ledger does not have it; different: the ledger has another version"`
	Detail string `json:"detail,omitempty"`
}

// Commands returns the commands that record the whole catalogue on an empty
// ledger, in their order. Acts that the law would query are recorded for the
// reason given: the tables they were taken from state them.
func (c *Catalogue) Commands() []domain.Command {
	commands := []domain.Command{&domain.Define{Participants: c.Participants}, &domain.Define{Groups: c.Groups}}
	for i := range c.Weights {
		commands = append(commands, &domain.Define{Weights: c.Weights[i : i+1]})
	}
	for i := range c.Treaties {
		commands = append(commands, &domain.Define{Treaty: &c.Treaties[i], Reason: c.waitsFor(&c.Treaties[i])})
	}
	for _, of := range c.Actions {
		commands = append(commands, of.commands(of.All, of.Assertions(), of.Coverage, reasonBundled)...)
	}
	return commands
}

// waitsFor returns why a treaty is recorded though a weight table of its condition
// is not bundled; empty where none is missing.
func (c *Catalogue) waitsFor(t *domain.Treaty) string {
	if t.EntryIntoForce == nil {
		return ""
	}
	for _, id := range t.EntryIntoForce.When.Tables() {
		if !slices.ContainsFunc(c.Weights, func(w domain.Weights) bool { return w.ID == id }) {
			return fmt.Sprintf("the weight table %s is not bundled; until it is recorded the published day holds", id)
		}
	}
	return ""
}

// commands returns the commands that record acts, contradictions and statements
// of coverage of a treaty: the acts with the first statement, as what one table
// says.
func (of TreatyActions) commands(acts []domain.Action, conflicts []domain.Assertion, coverage []domain.CoverageStatement, reason string) (commands []domain.Command) {
	if len(acts)+len(conflicts) > 0 {
		table := &domain.RecordTable{Treaty: of.Treaty, Actions: acts, Conflicts: conflicts, Reason: reason}
		if len(coverage) > 0 {
			table.Coverage, coverage = &coverage[0], coverage[1:]
		}
		commands = append(commands, table)
	}
	for _, c := range coverage {
		commands = append(commands, &domain.StateCoverage{Treaty: of.Treaty, Coverage: c, Reason: reason})
	}
	return commands
}

const reasonBundled = "carried over from the source named, which states it so"

// Difference compares the ledger's state with the catalogue, and returns the
// commands that would record what differs. What the ledger has and the
// catalogue does not is no difference: a ledger grows.
func (c *Catalogue) Difference(s *domain.State, reason string) ([]Change, []domain.Command) {
	d := difference{state: s, reason: reason}
	var registry domain.Define
	for _, p := range c.Participants {
		held, known := s.Participant(p.ID, domain.Everything())
		if differs(&d, "participant", string(p.ID), held, &p, known) {
			registry.Participants = append(registry.Participants, p)
		}
	}
	for _, g := range c.Groups {
		held, known := s.Group(g.ID, domain.Everything())
		if differs(&d, "group", string(g.ID), held, &g, known) {
			registry.Groups = append(registry.Groups, g)
		}
	}
	for _, w := range c.Weights {
		held, known := s.WeightsEdition(w.ID, w.Edition, domain.Everything())
		if differs(&d, "weights", string(w.ID)+"/"+w.Edition, held, &w, known) {
			registry.Weights = append(registry.Weights, w)
		}
	}
	if len(registry.Participants)+len(registry.Groups)+len(registry.Weights) > 0 {
		registry.Reason = reason
		d.commands = append(d.commands, &registry)
	}
	for i := range c.Treaties {
		t := &c.Treaties[i]
		held, known := s.Treaty(t.ID, domain.Everything())
		if differs(&d, "treaty", string(t.ID), held, t, known) {
			d.commands = append(d.commands, &domain.Define{Treaty: t, Reason: reason})
		}
	}
	for _, of := range c.Actions {
		d.compareActs(of)
	}
	return d.changes, d.commands
}

type difference struct {
	state    *domain.State
	reason   string
	changes  []Change
	commands []domain.Command
}

func differs[T domain.Treaty | domain.Participant | domain.Group | domain.Weights](d *difference, what, id string, held, bundled *T, known bool) bool {
	if !known {
		d.changes = append(d.changes, Change{what, id, "missing", ""})
		return true
	}
	if domain.SameDefinition(held, bundled) {
		return false
	}
	d.changes = append(d.changes, Change{what, id, "different", ""})
	return true
}

// compareActs finds the bundled acts that no record of the ledger states. One
// that takes the place of an act bundled before is a correction of that act.
func (d *difference) compareActs(of TreatyActions) {
	var missing []domain.Action
	var conflicts []domain.Assertion
	for _, a := range of.Actions {
		part := d.state.Participation(of.Treaty, a.Participant)
		if part != nil && slices.ContainsFunc(part.Records(), func(r *domain.Record) bool {
			return r.Op != domain.OpAnnulled && r.Action.Equal(&a)
		}) {
			continue
		}
		detail := fmt.Sprintf("%s %s %s", a.Participant, a.Kind, a.Date)
		if old, ok := d.replaced(part, of, a); ok {
			d.changes = append(d.changes, Change{"act", string(of.Treaty), "different", detail + " (record " + old.String() + ")"})
			d.commands = append(d.commands, &domain.CorrectAction{Treaty: of.Treaty, Record: old, Action: a, Reason: d.reason})
			continue
		}
		d.missingAct(of, a)
		missing = append(missing, a)
	}
	if len(missing) == len(of.Actions) { // of which the ledger has none
		for _, a := range of.All[len(missing):] {
			d.missingAct(of, a)
		}
		missing, conflicts = of.All, of.Assertions()
	} else {
		conflicts = d.missingConflicts(of)
	}
	d.commands = append(d.commands, of.commands(missing, conflicts, d.missingCoverage(of), d.reason)...)
	d.compareAnswers(of)
}

func (d *difference) missingAct(of TreatyActions, a domain.Action) {
	d.changes = append(d.changes, Change{"act", string(of.Treaty), "missing", fmt.Sprintf("%s %s %s", a.Participant, a.Kind, a.Date)})
}

// missingCoverage finds the bundled statements of coverage that the ledger does
// not have. One of which the ledger has another version under the same source
// and edition was corrected there, and is left.
func (d *difference) missingCoverage(of TreatyActions) (missing []domain.CoverageStatement) {
	standing := d.state.CoverageStatements(of.Treaty)
	for _, c := range of.Coverage {
		if slices.ContainsFunc(standing, func(r domain.CoverageRecord) bool {
			p := r.Statement.Provenance
			return r.Statement.Equal(&c) || p != nil && p.Source == c.Provenance.Source && p.Edition == c.Provenance.Edition
		}) {
			continue
		}
		d.changes = append(d.changes, Change{"coverage", string(of.Treaty), "missing", strings.TrimSpace(string(c.Extent) + " " + c.AsAt.String())})
		missing = append(missing, c)
	}
	return missing
}

// replaced finds a record of the same kind of act that came from the catalogue
// and that the catalogue does not state any more.
func (d *difference) replaced(part *domain.Participation, of TreatyActions, a domain.Action) (domain.RecordID, bool) {
	if part == nil {
		return domain.RecordID{}, false
	}
	for _, r := range part.Records() {
		if r.Op != domain.OpRecorded || r.Action.Kind != a.Kind || r.Action.Provenance == nil || r.Action.Provenance.File != a.Provenance.File {
			continue
		}
		if !slices.ContainsFunc(of.Actions, func(b domain.Action) bool { return r.Action.Equal(&b) }) {
			return r.ID, true
		}
	}
	return domain.RecordID{}, false
}
