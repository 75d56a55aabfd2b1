// Package codec joins law and bytes: it writes events of the domain as the
// event lines of a commit, and reads them back.
//
// An event line is one JSON object whose first member is its type:
//
//	{"type":"action.recorded/v1","action":{"participant":"DEU","action":"accession","date":"2026-11-23"}}
//
// Names carry a version and are listed in one registry, which is also the only
// place where older versions are raised to today's: whoever changes a shape
// adds a version and a function that reads it, and never edits one. The names
// do not come from reflection, so renaming a type orphans nothing. The samples
// in testdata/ are frozen: they may be added to, never edited.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"

	"depositary/domain"
	"depositary/eventstore"
)

// The names of events, with the version that is written today.
const (
	nameActionRecorded     = "action.recorded/v1"
	nameActionCorrected    = "action.corrected/v1"
	nameActionContested    = "action.contested/v1"
	nameRecordAnnulled     = "record.annulled/v1"
	nameTreatyDefined      = "treaty.defined/v1"
	nameParticipantDefined = "participant.defined/v1"
	nameGroupDefined       = "group.defined/v1"
	nameWeightsDefined     = "weights.defined/v1"
	nameDayBegun           = "day.begun/v1"
)

// The shapes of event lines. Members are written in this order.
type (
	actionRecordedV1 struct {
		Type     string        `json:"type"`
		Action   domain.Action `json:"action"`
		Reason   string        `json:"reason,omitempty"`
		Answered []domain.Code `json:"answered,omitempty"`
	}
	actionCorrectedV1 struct {
		Type     string          `json:"type"`
		Record   domain.RecordID `json:"record"`
		Action   domain.Action   `json:"action"`
		Reason   string          `json:"reason"`
		Answered []domain.Code   `json:"answered,omitempty"`
	}
	actionContestedV1 struct {
		Type   string          `json:"type"`
		Record domain.RecordID `json:"record"`
		Action domain.Action   `json:"action"`
		Reason string          `json:"reason"`
	}
	recordAnnulledV1 struct {
		Type        string               `json:"type"`
		Record      domain.RecordID      `json:"record"`
		Participant domain.ParticipantID `json:"participant"`
		Reason      string               `json:"reason"`
	}
	treatyDefinedV1 struct {
		Type   string        `json:"type"`
		Treaty domain.Treaty `json:"treaty"`
		Reason string        `json:"reason,omitempty"`
	}
	participantDefinedV1 struct {
		Type        string             `json:"type"`
		Participant domain.Participant `json:"participant"`
		Reason      string             `json:"reason,omitempty"`
	}
	groupDefinedV1 struct {
		Type   string       `json:"type"`
		Group  domain.Group `json:"group"`
		Reason string       `json:"reason,omitempty"`
	}
	weightsDefinedV1 struct {
		Type    string         `json:"type"`
		Weights domain.Weights `json:"weights"`
		Reason  string         `json:"reason,omitempty"`
	}
	dayBegunV1 struct {
		Type string      `json:"type"`
		Day  domain.Date `json:"day"`
	}
)

// readers is the registry: every name and version that the ledger may hold,
// with the function that reads it as today's event.
var readers = map[string]func([]byte) (domain.Event, error){
	nameActionRecorded: func(line []byte) (domain.Event, error) {
		v, err := strict[actionRecordedV1](line)
		return &domain.ActionRecorded{Action: v.Action, Reason: v.Reason, Answered: v.Answered}, err
	},
	nameActionCorrected: func(line []byte) (domain.Event, error) {
		v, err := strict[actionCorrectedV1](line)
		return &domain.ActionCorrected{Record: v.Record, Action: v.Action, Reason: v.Reason, Answered: v.Answered}, err
	},
	nameActionContested: func(line []byte) (domain.Event, error) {
		v, err := strict[actionContestedV1](line)
		return &domain.ActionContested{Record: v.Record, Action: v.Action, Reason: v.Reason}, err
	},
	nameRecordAnnulled: func(line []byte) (domain.Event, error) {
		v, err := strict[recordAnnulledV1](line)
		return &domain.RecordAnnulled{Record: v.Record, Participant: v.Participant, Reason: v.Reason}, err
	},
	nameTreatyDefined: func(line []byte) (domain.Event, error) {
		v, err := strict[treatyDefinedV1](line)
		return &domain.TreatyDefined{Treaty: v.Treaty, Reason: v.Reason}, err
	},
	nameParticipantDefined: func(line []byte) (domain.Event, error) {
		v, err := strict[participantDefinedV1](line)
		return &domain.ParticipantDefined{Participant: v.Participant, Reason: v.Reason}, err
	},
	nameGroupDefined: func(line []byte) (domain.Event, error) {
		v, err := strict[groupDefinedV1](line)
		return &domain.GroupDefined{Group: v.Group, Reason: v.Reason}, err
	},
	nameWeightsDefined: func(line []byte) (domain.Event, error) {
		v, err := strict[weightsDefinedV1](line)
		return &domain.WeightsDefined{Weights: v.Weights, Reason: v.Reason}, err
	},
	nameDayBegun: func(line []byte) (domain.Event, error) {
		v, err := strict[dayBegunV1](line)
		return &domain.DayBegun{Day: v.Day}, err
	},
}

func strict[T any](line []byte) (v T, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	err = d.Decode(&v)
	return v, err
}

// Encode writes an event as one line, without newline.
func Encode(e domain.Event) ([]byte, error) {
	var v any
	switch e := e.(type) {
	case *domain.ActionRecorded:
		v = actionRecordedV1{nameActionRecorded, e.Action, e.Reason, e.Answered}
	case *domain.ActionCorrected:
		v = actionCorrectedV1{nameActionCorrected, e.Record, e.Action, e.Reason, e.Answered}
	case *domain.ActionContested:
		v = actionContestedV1{nameActionContested, e.Record, e.Action, e.Reason}
	case *domain.RecordAnnulled:
		v = recordAnnulledV1{nameRecordAnnulled, e.Record, e.Participant, e.Reason}
	case *domain.TreatyDefined:
		v = treatyDefinedV1{nameTreatyDefined, e.Treaty, e.Reason}
	case *domain.ParticipantDefined:
		v = participantDefinedV1{nameParticipantDefined, e.Participant, e.Reason}
	case *domain.GroupDefined:
		v = groupDefinedV1{nameGroupDefined, e.Group, e.Reason}
	case *domain.WeightsDefined:
		v = weightsDefinedV1{nameWeightsDefined, e.Weights, e.Reason}
	case *domain.DayBegun:
		v = dayBegunV1{nameDayBegun, e.Day}
	default:
		return nil, fmt.Errorf("event %T has no name", e)
	}
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

// NewDecoder gives a decoder that has read nothing.
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
	e := domain.Entry{ID: domain.RecordID{Position: uint64(c.Position)}}
	if c.Treaty != eventstore.Many {
		e.Treaty = domain.TreatyID(d.shareText(c.Treaty))
	}
	for lines := c.EventLines(); len(lines) > 0; {
		end := bytes.IndexByte(lines, '\n')
		line := lines[:end]
		lines = lines[end+1:]
		e.ID.N++
		var err error
		if e.Event, err = d.Event(line); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// page is how many recorded acts are allocated together at most.
const page = 256

// newRecorded gives an event to be filled. The first of a decoder are allocated
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

// share gives one string for equal texts.
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

// Participants gives the participants that a commit's events are about, for
// the store's index of commits that concern several.
func Participants(c eventstore.Commit) []string {
	seen := make(map[string]bool)
	var all []string
	decoder := NewDecoder()
	for line := range bytes.Lines(c.EventLines()) {
		id := recordedBy(line)
		if id == "" {
			event, err := decoder.Event(line)
			if err != nil {
				return nil
			}
			id = string(participantOf(event))
		}
		if id != "" && !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return all
}

// recordedBy gives the participant of a recorded act from where Encode puts it,
// and nothing for every other event.
func recordedBy(line []byte) string {
	rest, ok := bytes.CutPrefix(line, recordedStart)
	end := bytes.IndexByte(rest, '"')
	if !ok || end < 0 {
		return ""
	}
	return string(rest[:end])
}

func participantOf(e domain.Event) domain.ParticipantID {
	switch e := e.(type) {
	case *domain.ActionRecorded:
		return e.Action.Participant
	case *domain.ActionCorrected:
		return e.Action.Participant
	case *domain.ActionContested:
		return e.Action.Participant
	case *domain.RecordAnnulled:
		return e.Participant
	case *domain.ParticipantDefined:
		return e.Participant.ID
	}
	return ""
}
