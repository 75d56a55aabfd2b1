package commands

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"depositary/domain"
	"depositary/projections/model"
)

// What an approver sees is every field that would be recorded, beside what stands
// now; and what is approved is what was shown, by its digest.

// Field is one field that approving would record.
type Field struct {
	Name   string `json:"name" doc:"Path of the field, such as documents[0].digest"`
	Before string `json:"before,omitempty" doc:"What stands now; of what corrects a record or a definition"`
	After  string `json:"after,omitempty" doc:"What would stand"`
}

// Changed reports whether the field would change what stands.
func (f Field) Changed() bool { return f.Before != f.After }

// digest returns the SHA-256 of what is proposed, in hexadecimal: of all that
// would be recorded, by whom it was proposed, and not of what is decided.
func (p *Proposal) digest() string {
	content := p.kept()
	content.State, content.Decider, content.DeciderAs, content.Why, content.Positions, content.Answer = Open, "", "", "", nil, ""
	content.Decided = content.Proposed
	data, _ := json.Marshal(content) // it was marshalled before
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Fields lists every field that approving a proposal would record, beside what
// stands now.
func (s *Secretariat) Fields(p Proposal) ([]Field, error) {
	var fields []Field
	add := func(prefix string, before, after any) error {
		compared, err := compareFields(prefix, before, after)
		fields = append(fields, compared...)
		return err
	}
	var errs []error
	for i := range p.Actions {
		var before any
		if p.Kind == CorrectionProposal {
			before = s.standing(p.Treaty, p.Record)
		}
		errs = append(errs, add(prefixOf(len(p.Actions), "actions", i), before, p.Actions[i]))
	}
	if p.Coverage != nil {
		errs = append(errs, add("coverage", nil, p.Coverage))
	}
	if p.Definition != nil {
		errs = append(errs, s.definitionFields(p.Definition, add))
	}
	if p.Arrival != nil {
		errs = append(errs, add("arrival", nil, p.Arrival))
	}
	if p.Outcome != "" {
		errs = append(errs, add("outcome", nil, p.Outcome))
	}
	if p.Notification != nil {
		errs = append(errs, add("notification", nil, p.Notification))
	}
	if p.Template != nil {
		errs = append(errs, add("template", s.templateBefore(p.Template), p.Template))
	}
	if p.File != nil {
		errs = append(errs, add("file", nil, p.File))
	}
	if p.Node != nil {
		errs = append(errs, add("node", nil, p.Node))
	}
	if p.Token != nil {
		errs = append(errs, add("token", nil, p.Token))
	}
	return fields, errors.Join(errs...)
}

func prefixOf(n int, name string, i int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("%s[%d]", name, i)
}

// standing returns the act of a record as it stands now, nil where it does not.
func (s *Secretariat) standing(treaty domain.TreatyID, id domain.RecordID) any {
	participation, record, ok := s.Projection.Current().State.FindRecord(treaty, id)
	if !ok {
		return nil
	}
	root := record.ID
	if record.Op == domain.OpCorrected {
		root = record.Target
	}
	for _, r := range participation.Records() {
		if r.ID == root || r.Op == domain.OpCorrected && r.Target == root {
			record = r // the last version counts
		}
	}
	if record.Action == nil {
		return nil
	}
	return model.FromAction(*record.Action)
}

// templateBefore returns the template that would be replaced, nil where there is none.
func (s *Secretariat) templateBefore(t *model.NotificationTemplate) any {
	before, ok := s.Projection.Current().State.Template(t.Of, t.Language)
	if !ok {
		return nil
	}
	return model.FromTemplate(before)
}

// definitionFields compares definitions with those that stand.
func (s *Secretariat) definitionFields(d *model.Define, add func(prefix string, before, after any) error) error {
	state := s.Projection.Current().State
	var errs []error
	if d.Treaty != nil {
		var before any
		if t, ok := state.Treaty(d.Treaty.ID, domain.Everything()); ok {
			before = model.FromTreaty(*t)
		}
		errs = append(errs, add("treaty", before, d.Treaty))
	}
	for i, p := range d.Participants {
		var before any
		if held, ok := state.Participant(p.ID, domain.Everything()); ok {
			before = model.FromParticipant(*held)
		}
		errs = append(errs, add(fmt.Sprintf("participants[%d]", i), before, p))
	}
	for i, g := range d.Groups {
		var before any
		if held, ok := state.Group(g.ID, domain.Everything()); ok {
			before = model.FromGroup(*held)
		}
		errs = append(errs, add(fmt.Sprintf("groups[%d]", i), before, g))
	}
	for i, w := range d.Weights {
		errs = append(errs, add(fmt.Sprintf("weights[%d]", i), nil, w))
	}
	return errors.Join(errs...)
}

// compareFields lists the fields of a value beside those of another; of those that
// would go, after is empty.
func compareFields(prefix string, before, after any) ([]Field, error) {
	now, err := leavesOf(prefix, after)
	if err != nil || before == nil {
		return now, err
	}
	was, err := leavesOf(prefix, before)
	if err != nil {
		return nil, err
	}
	old := make(map[string]string, len(was))
	for _, f := range was {
		old[f.Name] = f.After
	}
	for i := range now {
		now[i].Before = old[now[i].Name]
		delete(old, now[i].Name)
	}
	for _, f := range was {
		if text, gone := old[f.Name]; gone {
			now = append(now, Field{Name: f.Name, Before: text})
		}
	}
	return now, nil
}

// leavesOf lists the members of a value's JSON by their paths, in their order.
func leavesOf(prefix string, value any) ([]Field, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var fields []Field
	err = walk(d, prefix, &fields)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return fields, err
}

func walk(d *json.Decoder, path string, into *[]Field) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if err := walk(d, joinPath(path, fmt.Sprint(name)), into); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			if err := walk(d, path+"["+strconv.Itoa(i)+"]", into); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case nil:
	default:
		*into = append(*into, Field{Name: path, After: fmt.Sprint(token)})
	}
	return err
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
