package eventstore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Hash is a SHA-256, written as 64 lower-case hexadecimal digits.
type Hash [sha256.Size]byte

// String returns the 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Short returns the first twelve digits, for people.
func (h Hash) Short() string { return h.String()[:12] }

// MarshalText writes the 64 hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText accepts exactly what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has 64 hexadecimal digits, not %d characters", len(text))
	}
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return errors.New("a hash is written in lower case")
		}
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Header is what a commit's hash covers.
type Header struct {
	Position    Position
	Previous    Hash      // hash of the commit before; zero at position 1
	Command     string    // id of the command, unique in the ledger
	Actor       string    // who gave the command
	Approver    string    // who approved it, where it took two persons; empty otherwise
	Recorded    time.Time // UTC, microseconds
	Treaty      string    // treaty id, or Many
	Participant string    // participant id, or Many
	Events      int       // how many event lines follow
	Digest      Hash      // SHA-256 of the event lines, each with its newline
}

// Commit is one commit with the bytes as published. Treat it as immutable.
type Commit struct {
	Header
	raw       []byte
	headerLen int
}

// Raw returns the commit as published: header line and event lines.
func (c Commit) Raw() []byte { return c.raw }

// EventLines returns the event lines, each ended by a newline.
func (c Commit) EventLines() []byte { return c.raw[c.headerLen+1:] }

// Hash returns the SHA-256 of the header line.
func (c Commit) Hash() Hash { return sha256.Sum256(c.raw[:c.headerLen]) }

// HeaderLine returns the bytes that the hash covers.
func (c Commit) HeaderLine() []byte { return c.raw[:c.headerLen] }

// recordedLayout has a fixed width, so that headers sort and scan easily.
const recordedLayout = "2006-01-02T15:04:05.000000Z"

// Seal makes the commit of events that follows the commit at h.Position-1,
// whose hash is h.Previous. Events and Digest of the header are filled in.
// Each event is one line without newline; Command, Actor, Approver if there is
// one, Treaty and Participant must be plain (see Plain).
func Seal(h Header, events [][]byte) (Commit, error) {
	if len(events) == 0 {
		return Commit{}, errors.New("a commit has at least one event")
	}
	for _, field := range []string{h.Command, h.Actor, cmp.Or(h.Approver, "nobody"), h.Treaty, h.Participant} {
		if !Plain(field) {
			return Commit{}, fmt.Errorf("%q cannot stand in a commit's header: printable ASCII without quote, backslash and blank, 1 to %d characters", field, maxPlain)
		}
	}
	digest := sha256.New()
	size := 512
	for _, e := range events {
		if bytes.IndexByte(e, '\n') >= 0 {
			return Commit{}, errors.New("an event is one line")
		}
		digest.Write(e)
		digest.Write([]byte{'\n'})
		size += len(e) + 1
	}
	h.Recorded = h.Recorded.UTC().Truncate(time.Microsecond)
	h.Events = len(events)
	digest.Sum(h.Digest[:0])

	raw := appendHeader(make([]byte, 0, size), h)
	headerLen := len(raw)
	raw = append(raw, '\n')
	for _, e := range events {
		raw = append(append(raw, e...), '\n')
	}
	return Commit{Header: h, raw: raw, headerLen: headerLen}, nil
}

const maxPlain = 128

// Plain reports whether s can stand in a header: 1 to 128 printable ASCII
// characters without blank, quote and backslash, so that a header has one
// spelling only.
func Plain(s string) bool {
	if s == "" || len(s) > maxPlain {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// approverMember stands in the headers of commits that two persons made, and in
// no other, so that a header has one spelling still.
const approverMember = `","approver":"`

func appendHeader(b []byte, h Header) []byte {
	b = append(b, `{"position":`...)
	b = strconv.AppendUint(b, uint64(h.Position), 10)
	b = append(b, `,"previous":"`...)
	b = hex.AppendEncode(b, h.Previous[:])
	b = append(b, `","command":"`...)
	b = append(b, h.Command...)
	b = append(b, `","actor":"`...)
	b = append(b, h.Actor...)
	if h.Approver != "" {
		b = append(b, approverMember...)
		b = append(b, h.Approver...)
	}
	b = append(b, `","recorded":"`...)
	b = h.Recorded.AppendFormat(b, recordedLayout)
	b = append(b, `","treaty":"`...)
	b = append(b, h.Treaty...)
	b = append(b, `","participant":"`...)
	b = append(b, h.Participant...)
	b = append(b, `","events":`...)
	b = strconv.AppendInt(b, int64(h.Events), 10)
	b = append(b, `,"digest":"`...)
	b = hex.AppendEncode(b, h.Digest[:])
	return append(b, `"}`...)
}

// Parse reads a commit from its bytes, keeps them, and checks the digest of
// its events. There is one spelling of a header: whatever differs from it by
// a byte is refused.
func Parse(raw []byte) (Commit, error) {
	headerLen := bytes.IndexByte(raw, '\n')
	if headerLen < 0 {
		return Commit{}, errors.New("no header line")
	}
	h, err := parseHeader(raw[:headerLen])
	if err != nil {
		return Commit{}, err
	}
	c := Commit{Header: h, raw: raw, headerLen: headerLen}
	lines := c.EventLines()
	if len(lines) == 0 || lines[len(lines)-1] != '\n' {
		return Commit{}, errors.New("the last event line is cut off")
	}
	if n := bytes.Count(lines, []byte{'\n'}); n != h.Events {
		return Commit{}, fmt.Errorf("the header announces %d events, %d follow", h.Events, n)
	}
	if sha256.Sum256(lines) != h.Digest {
		return Commit{}, errors.New("the events do not have the digest in the header")
	}
	return c, nil
}

// headerReader takes a header apart from the left; the first thing that does
// not fit sets err.
type headerReader struct {
	rest []byte
	err  error
}

func (r *headerReader) expect(literal string) {
	if r.err != nil {
		return
	}
	if !bytes.HasPrefix(r.rest, []byte(literal)) {
		r.err = fmt.Errorf("header: %s expected", literal)
		return
	}
	r.rest = r.rest[len(literal):]
}

func (r *headerReader) until(end byte) []byte {
	if r.err != nil {
		return nil
	}
	i := bytes.IndexByte(r.rest, end)
	if i < 0 {
		r.err = fmt.Errorf("header: %q expected", end)
		return nil
	}
	value := r.rest[:i]
	r.rest = r.rest[i:]
	return value
}

func (r *headerReader) number(end byte) uint64 {
	text := r.until(end)
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseUint(string(text), 10, 63)
	if err != nil || (len(text) > 1 && text[0] == '0') || len(text) > 0 && text[0] == '+' {
		r.err = fmt.Errorf("header: number expected, not %q", text)
	}
	return n
}

func (r *headerReader) hash() (h Hash) {
	text := r.until('"')
	if r.err != nil {
		return h
	}
	if err := h.UnmarshalText(text); err != nil {
		r.err = fmt.Errorf("header: hash expected, not %q", text)
	}
	return h
}

func (r *headerReader) plain() string {
	text := string(r.until('"'))
	if r.err == nil && !Plain(text) {
		r.err = fmt.Errorf("header: %q is not plain", text)
	}
	return text
}

func (r *headerReader) instant() time.Time {
	text := r.until('"')
	if r.err != nil {
		return time.Time{}
	}
	t, ok := parseRecorded(text)
	if !ok {
		r.err = fmt.Errorf("header: instant expected, not %q", text)
	}
	return t
}

// parseRecorded reads recordedLayout, and no other spelling of an instant: what
// time.Parse takes beside it would allow a header two spellings. It is read a
// million times on a start.
func parseRecorded(text []byte) (time.Time, bool) {
	if len(text) != len(recordedLayout) {
		return time.Time{}, false
	}
	var fields [7]int // year, month, day, hour, minute, second, microsecond
	field := 0
	for i, c := range text {
		if layout := recordedLayout[i]; layout < '0' || layout > '9' {
			if c != layout {
				return time.Time{}, false
			}
			field++
			continue
		}
		if c < '0' || c > '9' {
			return time.Time{}, false
		}
		fields[field] = fields[field]*10 + int(c-'0')
	}
	t := time.Date(fields[0], time.Month(fields[1]), fields[2], fields[3], fields[4], fields[5], fields[6]*1000, time.UTC)
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	// A day or an hour that does not exist was carried over into the next.
	return t, year == fields[0] && int(month) == fields[1] && day == fields[2] && hour == fields[3] && minute == fields[4] && second == fields[5]
}

func parseHeader(line []byte) (Header, error) {
	var h Header
	r := &headerReader{rest: line}
	r.expect(`{"position":`)
	h.Position = Position(r.number(','))
	r.expect(`,"previous":"`)
	h.Previous = r.hash()
	r.expect(`","command":"`)
	h.Command = r.plain()
	r.expect(`","actor":"`)
	h.Actor = r.plain()
	if bytes.HasPrefix(r.rest, []byte(approverMember)) {
		r.expect(approverMember)
		h.Approver = r.plain()
	}
	r.expect(`","recorded":"`)
	h.Recorded = r.instant()
	r.expect(`","treaty":"`)
	h.Treaty = r.plain()
	r.expect(`","participant":"`)
	h.Participant = r.plain()
	r.expect(`","events":`)
	h.Events = int(r.number(','))
	r.expect(`,"digest":"`)
	h.Digest = r.hash()
	r.expect(`"}`)
	if r.err == nil && len(r.rest) > 0 {
		r.err = errors.New("header: text after its end")
	}
	return h, r.err
}

// Follows reports whether c may stand directly after the commit at position
// previous with that hash and instant, or why not.
func (c Commit) Follows(previous Position, hash Hash, recorded time.Time) error {
	switch {
	case c.Position != previous+1:
		return fmt.Errorf("position %d stands where %d is due", c.Position, previous+1)
	case c.Previous != hash:
		return fmt.Errorf("it names %s as the commit before it, which is %s", c.Previous.Short(), hash.Short())
	case c.Recorded.Before(recorded):
		return fmt.Errorf("recorded %s, before the commit it follows (%s)", c.Recorded.Format(recordedLayout), recorded.Format(recordedLayout))
	}
	return nil
}
