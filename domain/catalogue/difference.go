package catalogue

import (
	"fmt"
	"slices"

	"depositary/domain"
)

// Change is one thing in which a ledger differs from the bundled tables.
type Change struct {
	What   string `json:"what" doc:"treaty, participant, group, weights or act"`
	ID     string `json:"id"`
	How    string `json:"how" doc:"missing: the ledger does not have it; different: the ledger has another version"`
	Detail string `json:"detail,omitempty"`
}

// Commands gives the commands that record the whole catalogue on an empty
// ledger, in their order. Acts that the law would query are recorded for the
// reason given: the tables they were taken from state them.
func (c *Catalogue) Commands() []domain.Command {
	commands := []domain.Command{&domain.Define{Participants: c.Participants}, &domain.Define{Groups: c.Groups}}
	for i := range c.Weights {
		commands = append(commands, &domain.Define{Weights: c.Weights[i : i+1]})
	}
	for i := range c.Treaties {
		commands = append(commands, &domain.Define{Treaty: &c.Treaties[i]})
	}
	for _, of := range c.Actions {
		commands = append(commands, &domain.RecordActions{Treaty: of.Treaty, Actions: of.Actions, Reason: reasonBundled})
	}
	return commands
}

const reasonBundled = "carried over from the source named, which states it so"

// Difference compares the ledger's state with the catalogue, and gives the
// commands that would record what differs. What the ledger has and the
// catalogue does not is no difference: a ledger grows.
func (c *Catalogue) Difference(s *domain.State, reason string) ([]Change, []domain.Command) {
	d := difference{state: s, reason: reason}
	var registry domain.Define
	for _, p := range c.Participants {
		held, known := s.Participant(p.ID, 0)
		if differs(&d, "participant", string(p.ID), held, &p, known) {
			registry.Participants = append(registry.Participants, p)
		}
	}
	for _, g := range c.Groups {
		held, known := s.Group(g.ID, 0)
		if differs(&d, "group", string(g.ID), held, &g, known) {
			registry.Groups = append(registry.Groups, g)
		}
	}
	for _, w := range c.Weights {
		held, known := s.WeightsEdition(w.ID, w.Edition, 0)
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
		held, known := s.Treaty(t.ID, 0)
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
		d.changes = append(d.changes, Change{"act", string(of.Treaty), "missing", detail})
		missing = append(missing, a)
	}
	if len(missing) > 0 {
		d.commands = append(d.commands, &domain.RecordActions{Treaty: of.Treaty, Actions: missing, Reason: d.reason})
	}
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
