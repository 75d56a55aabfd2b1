package eventstore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
func (h *Hash) UnmarshalText(text []byte) error { return unhex(h[:], text) }

// unhex fills the bytes from hexadecimal digits in lower case.
func unhex(into, text []byte) error {
	if len(text) != hex.EncodedLen(len(into)) {
		return fmt.Errorf("%d hexadecimal digits expected, not %d characters", hex.EncodedLen(len(into)), len(text))
	}
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return errors.New("hexadecimal digits are written in lower case")
		}
	}
	_, err := hex.Decode(into, text)
	return err
}

// Header is what a commit's hash covers.
type Header struct {
	Form      int // 1 or 2
	Position  Position
	Previous  Hash      // hash of the commit before; zero at position 1
	Recorded  time.Time // UTC, microseconds
	Events    int       // how many event lines the commit has, of all its commands
	Digest    Hash      // SHA-256 of all that follows the header line
	Key       KeyID     // of the node that made it; form 2
	Signature Signature // of that node; form 2
}

// Command is one command of a commit, with its event lines.
type Command struct {
	ID          string // unique in the ledger
	Actor       string // who gave the command
	Approver    string // who approved it, where it took two persons; empty otherwise
	Treaty      string // treaty id, or Many
	Participant string // participant id, or Many
	Events      int    // how many event lines it has

	lines []byte
}

// EventLines returns the event lines of the command, each ended by a newline.
func (c Command) EventLines() []byte { return c.lines }

// Commit is one commit with the bytes as published. Treat it as immutable.
type Commit struct {
	Header
	Commands []Command // in the order in which they were decided; exactly one in form 1

	raw       []byte
	headerLen int
}

// Raw returns the commit as published: the header line and what follows it.
func (c Commit) Raw() []byte { return c.raw }

// Body returns what follows the header line, which Digest covers.
func (c Commit) Body() []byte { return c.raw[c.headerLen+1:] }

// Hash returns the SHA-256 of the header line.
func (c Commit) Hash() Hash { return sha256.Sum256(c.raw[:c.headerLen]) }

// HeaderLine returns the bytes that the hash covers.
func (c Commit) HeaderLine() []byte { return c.raw[:c.headerLen] }

// Treaty returns the treaty that all commands of the commit concern, Many where
// there are several.
func (c Commit) Treaty() string {
	return c.common(func(command Command) string { return command.Treaty })
}

// Participant returns the participant that all commands of the commit concern,
// Many where there are several.
func (c Commit) Participant() string {
	return c.common(func(command Command) string { return command.Participant })
}

func (c Commit) common(of func(Command) string) string {
	for _, command := range c.Commands {
		if of(command) != of(c.Commands[0]) {
			return Many
		}
	}
	return of(c.Commands[0])
}

// CommandOf returns the command that made the n-th event of the commit, from 1,
// and the number of the event in front of the command's first.
func (c Commit) CommandOf(n int) (command Command, before int, ok bool) {
	for _, command := range c.Commands {
		if n > before && n <= before+command.Events {
			return command, before, true
		}
		before += command.Events
	}
	return Command{}, 0, false
}

// ByID returns the command of that id, and the number of the event in front of
// its first.
func (c Commit) ByID(id string) (command Command, before int, ok bool) {
	for _, command := range c.Commands {
		if command.ID == id {
			return command, before, true
		}
		before += command.Events
	}
	return Command{}, 0, false
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
