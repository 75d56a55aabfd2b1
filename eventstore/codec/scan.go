package codec

import (
	"bytes"

	"depositary/domain"
	"depositary/eventstore/codec/v1"
)

// A rebuild reads a million recorded acts, and decoding is nearly all of its
// work. This file reads the one event that is nearly all of a ledger, in the
// exact spelling in which Encode writes it, without reflection. It returns up at
// the first byte that it does not expect (a text with an escape, a statement,
// a member in another place), and the general reader takes over: the two agree
// by test on every line that both read.

var (
	recordedStart = []byte(`{"type":"` + v1.NameActionRecorded + `","action":{"participant":"`)
	kindsByName   = func() map[string]domain.ActionKind {
		m := make(map[string]domain.ActionKind)
		for _, k := range domain.ActionKinds() {
			m[string(k)] = k
		}
		return m
	}()
)

type scanner struct {
	rest []byte
	ok   bool
}

// literal consumes the text if it stands next.
func (s *scanner) literal(text string) bool {
	if len(s.rest) >= len(text) && string(s.rest[:len(text)]) == text {
		s.rest = s.rest[len(text):]
		return true
	}
	return false
}

// text consumes up to and including the closing quote; an escape, or a byte
// that JSON would not have in a text, stops it.
func (s *scanner) text() []byte {
	for i, c := range s.rest {
		if c == '"' {
			value := s.rest[:i]
			s.rest = s.rest[i+1:]
			return value
		}
		if c == '\\' || c < ' ' || c >= 0x80 {
			break
		}
	}
	s.ok = false
	return nil
}

// some is text that is not empty: an empty one would be absent.
func (s *scanner) some() []byte {
	value := s.text()
	if len(value) == 0 {
		s.ok = false
	}
	return value
}

func (s *scanner) date() (d domain.Date) {
	text := s.text()
	if !s.ok || len(text) != len("2006-01-02") {
		s.ok = false
		return d
	}
	if err := d.UnmarshalText(text); err != nil {
		s.ok = false
	}
	return d
}

func (s *scanner) number() (n int) {
	i := 0
	for i < len(s.rest) && s.rest[i] >= '0' && s.rest[i] <= '9' && i < 9 {
		n = n*10 + int(s.rest[i]-'0')
		i++
	}
	if i == 0 || s.rest[0] == '0' {
		s.ok = false
	}
	s.rest = s.rest[i:]
	return n
}

func (s *scanner) list(d *Decoder) []string {
	var values []string
	for {
		if !s.literal(`"`) {
			s.ok = false
			return nil
		}
		values = append(values, d.share(s.some()))
		if !s.ok || s.literal("]") {
			return values
		}
		if !s.literal(",") {
			s.ok = false
			return nil
		}
	}
}

// scanRecorded reads an action.recorded/v1 line, and false where it stops.
func (d *Decoder) scanRecorded(line []byte) (*domain.ActionRecorded, bool) {
	if !bytes.HasPrefix(line, recordedStart) {
		return nil, false
	}
	s := &scanner{rest: line[len(recordedStart):], ok: true}
	event := d.newRecorded()
	a := &event.Action
	id, known := d.participant(s.text())
	if !known || !s.literal(`,"action":"`) {
		return nil, false
	}
	a.Participant = id
	kind, known := kindsByName[string(s.text())]
	if !known || !s.literal(`,"date":"`) {
		return nil, false
	}
	a.Kind = kind
	a.Date = s.date()
	d.scanOptional(s, a)
	if !s.ok || !s.literal("}") {
		return nil, false
	}
	if s.literal(`,"reason":"`) {
		event.Reason = d.share(s.some())
	}
	if s.ok && s.literal(`,"answered":[`) {
		for _, code := range s.list(d) {
			event.Answered = append(event.Answered, domain.Code(code))
		}
	}
	if !s.ok || string(s.rest) != "}" {
		return nil, false
	}
	return event, true
}

// participant returns the id in the text. Each is checked once.
func (d *Decoder) participant(text []byte) (domain.ParticipantID, bool) {
	if id, ok := d.participants[string(text)]; ok {
		return id, true
	}
	id, err := domain.ParseParticipantID(string(text))
	if err != nil || len(d.participants) >= maxShared {
		return id, err == nil
	}
	d.participants[string(id)] = id
	return id, true
}

func (d *Decoder) scanOptional(s *scanner, a *domain.Action) {
	for _, field := range []struct {
		start string
		date  *domain.Date
	}{{`,"document":"`, &a.Document}, {`,"received":"`, &a.Received}, {`,"effect":"`, &a.Effect}, {`,"notified":"`, &a.Notified}} {
		if s.ok && s.literal(field.start) {
			*field.date = s.date()
		}
	}
	if s.ok && s.literal(`,"notification":"`) {
		a.Notification = d.share(s.some())
	}
	if s.ok && s.literal(`,"excludes":[`) {
		a.Excludes = s.list(d)
	}
	if s.ok && s.literal(`,"territories":[`) {
		a.Territories = s.list(d)
	}
	if s.ok && s.literal(`,"note":"`) {
		a.Note = d.share(s.some())
	}
	if s.ok && s.literal(`,"provenance":{`) {
		a.Provenance = d.scanProvenance(s)
	}
}

func (d *Decoder) scanProvenance(s *scanner) *domain.Provenance {
	var p domain.Provenance
	first := true
	for _, field := range []struct {
		name string
		text *string
	}{{"source", &p.Source}, {"verification", &p.Verification}, {"edition", &p.Edition}, {"file", &p.File}} {
		if s.ok && s.member(field.name, &first) {
			if !s.literal(`"`) {
				s.ok = false
			} else {
				*field.text = d.share(s.some())
			}
		}
	}
	if s.ok && s.member("row", &first) {
		p.Row = s.number()
	}
	if s.ok && s.member("column", &first) {
		if s.literal(`"`) {
			p.Column = d.share(s.some())
		} else {
			s.ok = false
		}
	}
	if s.ok && s.member("rank", &first) {
		p.Rank = s.number()
	}
	if !s.literal("}") {
		s.ok = false
	}
	if d.provenance == nil || *d.provenance != p {
		d.provenance = &p
	}
	return d.provenance
}

// member consumes the name of a member, with the comma before it where it is
// not the first.
func (s *scanner) member(name string, first *bool) bool {
	before := s.rest
	if !*first && !s.literal(",") {
		return false
	}
	if s.literal(`"`) && s.literal(name) && s.literal(`":`) {
		*first = false
		return true
	}
	s.rest = before
	return false
}
