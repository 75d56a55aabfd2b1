package eventstore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// This file has the spelling of a commit, of both forms. There is one spelling
// only: what differs from it by a byte is refused.
//
// Form 1, of one command:
//
//	{"position":…,"previous":"…","command":"…","actor":"…","recorded":"…","treaty":"…","participant":"…","events":1,"digest":"…"}
//	event lines
//
// Form 2, of the commands that were decided together, signed:
//
//	{"form":2,"position":…,"previous":"…","recorded":"…","commands":2,"events":3,"digest":"…","key":"…","signature":"…"}
//	{"command":"…","actor":"…","treaty":"…","participant":"…","events":2}
//	event lines
//	{"command":"…","actor":"…","approver":"…","treaty":"…","participant":"…","events":1}
//	event lines

// recordedLayout has a fixed width, so that headers sort and scan easily.
const recordedLayout = "2006-01-02T15:04:05.000000Z"

// Decided is a command that was decided, to be sealed.
type Decided struct {
	Command          // Events is filled in
	Lines   [][]byte // its events, each one line without newline
}

// Seal makes the commit, in form 2, of commands that were decided together,
// which follows the commit at position-1 with the hash previous. The texts of
// the commands must be plain (see Plain).
func Seal(position Position, previous Hash, recorded time.Time, commands []Decided, signer *Signer) (Commit, error) {
	c := Commit{Header: Header{Form: 2, Position: position, Previous: previous, Recorded: recorded.UTC().Truncate(time.Microsecond), Key: signer.ID()}}
	var body []byte
	for _, d := range commands {
		if err := d.Check(); err != nil {
			return Commit{}, err
		}
		d.Events = len(d.Lines)
		body = appendCommand(body, d.Command)
		from := len(body)
		for _, line := range d.Lines {
			body = append(append(body, line...), '\n')
		}
		d.lines = body[from:len(body):len(body)] // set again when the bytes are in their place
		c.Commands, c.Events = append(c.Commands, d.Command), c.Events+d.Events
	}
	if err := checkCommands(c.Commands); err != nil {
		return Commit{}, err
	}
	c.Digest = sha256.Sum256(body)
	signed := appendHeader(make([]byte, 0, 512+len(body)), c)
	c.Signature = signer.sign(signed)
	c.raw = append(hex.AppendEncode(append(signed, signatureMember...), c.Signature[:]), `"}`...)
	c.headerLen = len(c.raw)
	c.raw = append(append(c.raw, '\n'), body...)
	c.place()
	return c, nil
}

// Check says why a command cannot be sealed.
func (d Decided) Check() error {
	for _, field := range []string{d.ID, d.Actor, cmp.Or(d.Approver, "nobody"), d.Treaty, d.Participant} {
		if !Plain(field) {
			return fmt.Errorf("%q cannot stand in a commit's header: printable ASCII without quote, backslash and blank, 1 to %d characters", field, maxPlain)
		}
	}
	if len(d.Lines) == 0 {
		return errors.New("a command has at least one event")
	}
	for _, line := range d.Lines {
		if bytes.IndexByte(line, '\n') >= 0 {
			return errors.New("an event is one line")
		}
		if bytes.HasPrefix(line, []byte(commandBegins)) {
			return errors.New("an event does not begin as a command does")
		}
	}
	return nil
}

// checkCommands checks what the commands of a commit have in common.
func checkCommands(commands []Command) error {
	if len(commands) == 0 {
		return errors.New("a commit has at least one command")
	}
	if len(commands) == 1 {
		return nil
	}
	seen := make(map[string]bool, len(commands))
	for _, c := range commands {
		if seen[c.ID] {
			return fmt.Errorf("the command %s stands twice in one commit", c.ID)
		}
		seen[c.ID] = true
	}
	return nil
}

// place sets the event lines that each command has in the commit.
func (c *Commit) place() {
	rest := c.Body()
	for i := range c.Commands {
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
		end := 0
		for range c.Commands[i].Events {
			end += bytes.IndexByte(rest[end:], '\n') + 1
		}
		c.Commands[i].lines, rest = rest[:end:end], rest[end:]
	}
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

// Members of a header that stand in some and not in others.
const (
	approverMember  = `","approver":"`
	signatureMember = `","signature":"`
	formTwo         = `{"form":`
	commandBegins   = `{"command":"`
)

// appendHeader writes a header of form 2 up to its signature, which covers it.
func appendHeader(b []byte, c Commit) []byte {
	b = append(b, `{"form":2,"position":`...)
	b = strconv.AppendUint(b, uint64(c.Position), 10)
	b = append(b, `,"previous":"`...)
	b = hex.AppendEncode(b, c.Previous[:])
	b = append(b, `","recorded":"`...)
	b = c.Recorded.AppendFormat(b, recordedLayout)
	b = append(b, `","commands":`...)
	b = strconv.AppendInt(b, int64(len(c.Commands)), 10)
	b = append(b, `,"events":`...)
	b = strconv.AppendInt(b, int64(c.Events), 10)
	b = append(b, `,"digest":"`...)
	b = hex.AppendEncode(b, c.Digest[:])
	b = append(b, `","key":"`...)
	return hex.AppendEncode(b, c.Key[:])
}

func appendCommand(b []byte, c Command) []byte {
	b = append(append(b, commandBegins...), c.ID...)
	b = append(append(b, `","actor":"`...), c.Actor...)
	if c.Approver != "" {
		b = append(append(b, approverMember...), c.Approver...)
	}
	b = append(append(b, `","treaty":"`...), c.Treaty...)
	b = append(append(b, `","participant":"`...), c.Participant...)
	b = append(b, `","events":`...)
	return append(strconv.AppendInt(b, int64(c.Events), 10), "}\n"...)
}

// Parse reads a commit of either form from its bytes, keeps them, and checks
// the digest. Whether its signature is right, Keyring.Admit tells.
func Parse(raw []byte) (Commit, error) {
	headerLen := bytes.IndexByte(raw, '\n')
	if headerLen < 0 {
		return Commit{}, errors.New("no header line")
	}
	c := Commit{raw: raw, headerLen: headerLen}
	body := c.Body()
	if len(body) == 0 || body[len(body)-1] != '\n' {
		return Commit{}, errors.New("the last event line is cut off")
	}
	var err error
	if bytes.HasPrefix(raw, []byte(formTwo)) {
		err = c.parseForm2()
	} else {
		err = c.parseForm1()
	}
	if err != nil {
		return Commit{}, err
	}
	if sha256.Sum256(body) != c.Digest {
		return Commit{}, errors.New("the events do not have the digest in the header")
	}
	return c, nil
}

func (c *Commit) parseForm1() error {
	r := &headerReader{line: "header", rest: string(c.HeaderLine())}
	var command Command
	c.Form = 1
	r.expect(`{"position":`)
	c.Position = Position(r.number(','))
	r.expect(`,"previous":"`)
	c.Previous = r.hash()
	r.expect(`","command":"`)
	command.ID = r.plain()
	r.expect(`","actor":"`)
	command.Actor = r.plain()
	command.Approver = r.approver()
	r.expect(`","recorded":"`)
	c.Recorded = r.instant()
	r.expect(`","treaty":"`)
	command.Treaty = r.plain()
	r.expect(`","participant":"`)
	command.Participant = r.plain()
	r.expect(`","events":`)
	c.Events = r.count(',')
	r.expect(`,"digest":"`)
	c.Digest = r.hash()
	r.expect(`"}`)
	if err := r.end(); err != nil {
		return err
	}
	if n := bytes.Count(c.Body(), []byte{'\n'}); n != c.Events {
		return fmt.Errorf("the header announces %d events, %d follow", c.Events, n)
	}
	command.Events, command.lines = c.Events, c.Body()
	c.Commands = []Command{command}
	return nil
}

func (c *Commit) parseForm2() error {
	r := &headerReader{line: "header", rest: string(c.HeaderLine())}
	r.expect(`{"form":`)
	if c.Form = int(r.number(',')); r.err == nil && c.Form != 2 {
		return fmt.Errorf("it has form %d, this version of the program knows 1 and 2", c.Form)
	}
	r.expect(`,"position":`)
	c.Position = Position(r.number(','))
	r.expect(`,"previous":"`)
	c.Previous = r.hash()
	r.expect(`","recorded":"`)
	c.Recorded = r.instant()
	r.expect(`","commands":`)
	commands := r.count(',')
	r.expect(`,"events":`)
	c.Events = r.count(',')
	r.expect(`,"digest":"`)
	c.Digest = r.hash()
	r.expect(`","key":"`)
	r.hex(c.Key[:])
	r.expect(signatureMember)
	r.hex(c.Signature[:])
	r.expect(`"}`)
	if err := r.end(); err != nil {
		return err
	}
	return c.parseCommands(commands)
}

// parseCommands takes the body apart into as many commands as the header says.
func (c *Commit) parseCommands(commands int) error {
	rest, events := c.Body(), 0
	if commands > len(rest) {
		return fmt.Errorf("the header announces %d commands", commands)
	}
	c.Commands = make([]Command, 0, commands)
	for len(rest) > 0 {
		end := bytes.IndexByte(rest, '\n') // the last line is whole
		command, err := parseCommand(rest[:end])
		if err != nil {
			return err
		}
		rest = rest[end+1:]
		end = 0
		for range command.Events {
			n := bytes.IndexByte(rest[end:], '\n') + 1
			if n == 0 || bytes.HasPrefix(rest[end:], []byte(commandBegins)) {
				return fmt.Errorf("the command %s announces %d events, fewer follow", command.ID, command.Events)
			}
			end += n
		}
		command.lines, rest = rest[:end:end], rest[end:]
		c.Commands, events = append(c.Commands, command), events+command.Events
	}
	if len(c.Commands) != commands || events != c.Events {
		return fmt.Errorf("the header announces %d commands with %d events, %d with %d follow", commands, c.Events, len(c.Commands), events)
	}
	return checkCommands(c.Commands)
}

func parseCommand(line []byte) (c Command, err error) {
	r := &headerReader{line: "command", rest: string(line)}
	r.expect(commandBegins)
	c.ID = r.plain()
	r.expect(`","actor":"`)
	c.Actor = r.plain()
	c.Approver = r.approver()
	r.expect(`","treaty":"`)
	c.Treaty = r.plain()
	r.expect(`","participant":"`)
	c.Participant = r.plain()
	r.expect(`","events":`)
	c.Events = r.count('}')
	r.expect(`}`)
	return c, r.end()
}

// headerReader takes a header, or a command line, apart from the left; the first thing that does
// not fit sets err.
type headerReader struct {
	line string // what is read, for errors
	rest string
	err  error
}

func (r *headerReader) expect(literal string) {
	if r.err != nil {
		return
	}
	if !strings.HasPrefix(r.rest, literal) {
		r.err = fmt.Errorf("%s: %s expected", r.line, literal)
		return
	}
	r.rest = r.rest[len(literal):]
}

func (r *headerReader) until(end byte) string {
	if r.err != nil {
		return ""
	}
	i := strings.IndexByte(r.rest, end)
	if i < 0 {
		r.err = fmt.Errorf("%s: %q expected", r.line, end)
		return ""
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
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || (len(text) > 1 && text[0] == '0') || len(text) > 0 && text[0] == '+' {
		r.err = fmt.Errorf("%s: number expected, not %q", r.line, text)
	}
	return n
}

func (r *headerReader) hash() (h Hash) {
	text := r.until('"')
	if r.err != nil {
		return h
	}
	if err := h.UnmarshalText([]byte(text)); err != nil {
		r.err = fmt.Errorf("%s: hash expected, not %q", r.line, text)
	}
	return h
}

func (r *headerReader) plain() string {
	text := r.until('"')
	if r.err == nil && !Plain(text) {
		r.err = fmt.Errorf("%s: %q is not plain", r.line, text)
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
		r.err = fmt.Errorf("%s: instant expected, not %q", r.line, text)
	}
	return t
}

// parseRecorded reads recordedLayout, and no other spelling of an instant: what
// time.Parse takes beside it would allow a header two spellings. It is read a
// million times on a start.
func parseRecorded(text string) (time.Time, bool) {
	if len(text) != len(recordedLayout) {
		return time.Time{}, false
	}
	var fields [7]int // year, month, day, hour, minute, second, microsecond
	field := 0
	for i := range len(text) {
		c := text[i]
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

// count reads how many of something there are: at least one.
func (r *headerReader) count(end byte) int {
	n := r.number(end)
	if r.err == nil && (n == 0 || n > 1<<31) {
		r.err = fmt.Errorf("%s: a number from 1 on expected, not %d", r.line, n)
	}
	return int(n)
}

// approver reads who approved, where somebody did.
func (r *headerReader) approver() string {
	if !strings.HasPrefix(r.rest, approverMember) {
		return ""
	}
	r.expect(approverMember)
	return r.plain()
}

// hex fills the bytes from hexadecimal digits in lower case.
func (r *headerReader) hex(into []byte) {
	text := r.until('"')
	if r.err != nil {
		return
	}
	if err := unhex(into, []byte(text)); err != nil {
		r.err = fmt.Errorf("%s: %w", r.line, err)
	}
}

// end returns what did not fit, or that something is left.
func (r *headerReader) end() error {
	if r.err == nil && r.rest != "" {
		return fmt.Errorf("%s: text after its end", r.line)
	}
	return r.err
}
