// Package codec joins law and bytes: it writes events of the domain as the
// event lines of a commit, and reads them back.
//
// An event line is one JSON object whose first member is its type:
//
//	{"type":"action.recorded/v1","action":{"participant":"DEU","action":"accession","date":"2026-11-23"}}
//
// Names carry a version and are listed in one registry, which is also the only
// place where older versions are raised to today's. The shapes of a version are
// a package of their own (v1), with names of its own in JSON: the domain may
// rename what it likes, and a change of a shape adds a version and never edits
// one. The lines in testdata/ are frozen: they may be added to, never edited.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec/v1"
)

// readers is the registry: every name and version that the ledger may hold,
// with the function that reads it as today's event.
var readers = map[string]func([]byte) (domain.Event, error){
	v1.NameActionRecorded:     read[v1.ActionRecorded],
	v1.NameActionCorrected:    read[v1.ActionCorrected],
	v1.NameActionContested:    read[v1.ActionContested],
	v1.NameRecordAnnulled:     read[v1.RecordAnnulled],
	v1.NameCoverageStated:     read[v1.CoverageStated],
	v1.NameTreatyDefined:      read[v1.TreatyDefined],
	v1.NameParticipantDefined: read[v1.ParticipantDefined],
	v1.NameGroupDefined:       read[v1.GroupDefined],
	v1.NameWeightsDefined:     read[v1.WeightsDefined],
	v1.NameDayBegun:           read[v1.DayBegun],
	v1.NameArrivalRegistered:  read[v1.ArrivalRegistered],
	v1.NameArrivalDecided:     read[v1.ArrivalDecided],
	v1.NameNotificationIssued: read[v1.NotificationIssued],
	v1.NameTemplateDefined:    read[v1.TemplateDefined],
	v1.NameNodeAdded:          read[v1.NodeAdded],
	v1.NameNodeRevoked:        read[v1.NodeRevoked],
}

// read reads a line in the shape V. There is one spelling of an event: a line that
// is not written again to the byte is refused, be it for a member that the
// shape does not have, for one that stands twice or in another place, or for
// a name in other letters.
func read[V v1.Event](line []byte) (domain.Event, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	var v V
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	again, err := write(v)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, line) {
		at := 0
		for at < min(len(again), len(line)) && again[at] == line[at] {
			at++
		}
		return nil, fmt.Errorf("it is not spelled as the ledger spells it: byte %d begins %q where %q is due", at+1, cut(line[at:]), cut(again[at:]))
	}
	return v.ToDomain(), nil
}

// cut returns the beginning of a text, for errors.
func cut(text []byte) []byte { return text[:min(len(text), 24)] }

// Encode writes an event as one line, without newline.
func Encode(e domain.Event) ([]byte, error) {
	v, ok := v1.FromDomain(e)
	if !ok {
		return nil, fmt.Errorf("event %T has no name", e)
	}
	return write(v)
}

func write(v v1.Event) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), nil
}

// Decoder reads event lines. It keeps the short texts that recur, such as the
// names of acts and sources, so that a million events share them. It is for
// one goroutine.
type Decoder struct {
	texts        map[string]string
	participants map[string]domain.ParticipantID
	provenance   *domain.Provenance      // of the event before, shared while equal
	recorded     []domain.ActionRecorded // allocated ahead, as events of the ledger are never freed one by one
}

// NewDecoder returns a decoder that has read nothing.
func NewDecoder() *Decoder {
	return &Decoder{texts: make(map[string]string), participants: make(map[string]domain.ParticipantID)}
}

// Commit reads the events of a commit in their places. Its error names the
// position and the event.
func (d *Decoder) Commit(c eventstore.Commit) ([]domain.Entry, error) {
	entries := make([]domain.Entry, 0, c.Events)
	err := d.Each(c, func(e domain.Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

// Each reads the events of a commit one after the other. It ends with the first
// error, of an event or of fn.
func (d *Decoder) Each(c eventstore.Commit, fn func(domain.Entry) error) error {
	at := domain.RecordID{Position: uint64(c.Position)}
	for _, command := range c.Commands {
		if err := d.each(command, at, fn); err != nil {
			return err
		}
		at.N += uint32(command.Events)
	}
	return nil
}

// Command reads the events of one command of a commit in their places; before
// is the number of the event in front of its first.
func (d *Decoder) Command(c eventstore.Command, position eventstore.Position, before int) ([]domain.Entry, error) {
	entries := make([]domain.Entry, 0, c.Events)
	err := d.each(c, domain.RecordID{Position: uint64(position), N: uint32(before)}, func(e domain.Entry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

func (d *Decoder) each(c eventstore.Command, at domain.RecordID, fn func(domain.Entry) error) error {
	e := domain.Entry{ID: at}
	if c.Treaty != eventstore.Many {
		e.Treaty = domain.TreatyID(d.shareText(c.Treaty))
	}
	for lines := c.EventLines(); len(lines) > 0; {
		end := bytes.IndexByte(lines, '\n')
		line := lines[:end]
		lines = lines[end+1:]
		e.ID.N++
		var err error
		if e.Event, err = d.Event(line); err == nil {
			err = belongs(c, e.Event)
		}
		if err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// belongs reports why an event cannot be one of a command: both speak of a
// participant, or of a treaty, and not of the same.
func belongs(c eventstore.Command, e domain.Event) error {
	if about := string(e.About()); about != "" && c.Participant != eventstore.Many && about != c.Participant {
		return fmt.Errorf("it is about the participant %s, its command about %s", about, c.Participant)
	}
	if defined, ok := e.(*domain.TreatyDefined); ok && string(defined.Treaty.ID) != c.Treaty {
		return fmt.Errorf("it is about the treaty %s, its command about %s", defined.Treaty.ID, c.Treaty)
	}
	return nil
}

// KeyChanges returns what a commit says of the keys that may sign.
func KeyChanges(c eventstore.Commit) (changes []eventstore.KeyChange, err error) {
	for _, command := range c.Commands {
		if command.Treaty != eventstore.Many {
			continue
		}
		for line := range bytes.Lines(command.EventLines()) {
			if !bytes.HasPrefix(line, []byte(`{"type":"node.`)) {
				continue
			}
			event, err := NewDecoder().Event(bytes.TrimSuffix(line, []byte("\n")))
			if err != nil {
				return nil, err
			}
			var change eventstore.KeyChange
			var key domain.NodeKey
			switch event := event.(type) {
			case *domain.NodeAdded:
				key = event.Key
			case *domain.NodeRevoked:
				key, change.Revoked = event.Key, true
			}
			if err := change.Key.UnmarshalText([]byte(key)); err != nil {
				return nil, fmt.Errorf("the key of a node: %w", err)
			}
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// page is how many recorded acts are allocated together at most.
const page = 256

// newRecorded returns an event to be filled. The first of a decoder are allocated
// one by one, as a decoder may be for one commit only.
func (d *Decoder) newRecorded() *domain.ActionRecorded {
	if len(d.recorded) == cap(d.recorded) {
		d.recorded = make([]domain.ActionRecorded, 0, min(max(2*cap(d.recorded), 1), page))
	}
	d.recorded = append(d.recorded, domain.ActionRecorded{})
	return &d.recorded[len(d.recorded)-1]
}

// Event reads one event line.
func (d *Decoder) Event(line []byte) (domain.Event, error) {
	if event, ok := d.scanRecorded(line); ok {
		return event, nil
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, err
	}
	read, ok := readers[head.Type]
	if !ok {
		return nil, fmt.Errorf("no event is called %q in this version of the program", head.Type)
	}
	event, err := read(line)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", head.Type, err)
	}
	return event, nil
}

const maxShared = 1 << 16

// share returns one string for equal texts.
func (d *Decoder) share(text []byte) string {
	if s, ok := d.texts[string(text)]; ok {
		return s
	}
	s := string(text)
	if len(s) <= 128 && len(d.texts) < maxShared {
		d.texts[s] = s
	}
	return s
}

// shareText is share for a text that is a string already.
func (d *Decoder) shareText(text string) string {
	if s, ok := d.texts[text]; ok {
		return s
	}
	return d.share([]byte(text))
}

// Participants returns the participants that a commit's events are about, for
// the store's index of commits that concern several.
func Participants(c eventstore.Commit) []string {
	seen := make(map[string]bool)
	var all []string
	decoder := NewDecoder()
	for _, command := range c.Commands {
		for line := range bytes.Lines(command.EventLines()) {
			id := recordedBy(line)
			if id == "" {
				event, err := decoder.Event(bytes.TrimSuffix(line, []byte("\n")))
				if err != nil {
					return nil
				}
				id = string(event.About())
			}
			if id != "" && !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}

// recordedBy returns the participant of a recorded act from where Encode puts it,
// and nothing for every other event.
func recordedBy(line []byte) string {
	rest, ok := bytes.CutPrefix(line, recordedStart)
	end := bytes.IndexByte(rest, '"')
	if !ok || end < 0 {
		return ""
	}
	return string(rest[:end])
}
