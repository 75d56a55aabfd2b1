// Package eventstore holds the ledger's grammar: commits, positions and
// hashes, and the two interfaces behind which the ledger's copies live.
//
// The ledger is a chain of commits. The commands that were decided together make
// one commit: each has one or more events about one treaty. A commit is
// published, stored and hashed as the same bytes, lines of canonical JSON:
//
//	<header>\n<command>\n<event>\n<event>\n<command>\n<event>\n…
//
// The header carries the position, the hash of the commit before it, a digest
// of the lines that follow, and the signature of the node that made it; the hash
// of a commit is the SHA-256 of its header line without the newline. So the
// header alone is a leaf that a public log can publish, and a reader who knows
// the hash at position n can check every byte up to n. Commits of form 1, which
// came first, have one command, named in the header, and no signature.
//
// Invariants:
//
//   - positions are dense, from 1, and equal the sequence of the stream;
//   - the instant of recording never decreases along the ledger;
//   - a command's id stands in the ledger at most once;
//   - the bytes of a commit never change.
//
// This package knows bytes, not law: bytes become events of the
// domain in eventstore/codec.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Position is a place in the ledger: the first commit stands at 1, and 0 is
// the place before it.
type Position uint64

// Many stands in a subject where a commit concerns the treaty itself or
// several participants, and in the treaty's place where it concerns the
// registry of participants, groups and weight tables.
const Many = "_"

// Ledger is the one place where the commits of all nodes
// become one sequence. Implementations are safe for concurrent use.
type Ledger interface {
	// Append publishes the commits in their order, provided that the ledger
	// still ends immediately before the first of them. When it returns nil,
	// every commit is durable on the ledger's disks.
	//
	// With an error, n tells how many of the commits were acknowledged all
	// the same (0 where they went out as one atomic batch). With a
	// *ConflictError another writer was first, and the rest is not in the
	// ledger. After any other error the outcome of the rest is unknown: some
	// or all may be in the ledger, now or in a moment. The caller finds out
	// by following the ledger and looking for the commands.
	Append(ctx context.Context, commits []Commit) (n int, err error)

	// Last returns the position of the last commit, 0 for an empty ledger.
	Last(ctx context.Context) (Position, error)

	// Read returns the commit at p, ErrNotFound beyond the ledger's end, and a
	// *CorruptError for one that the ledger has lost.
	Read(ctx context.Context, p Position) (Commit, error)

	// Follow delivers every commit after the position, in order, without
	// gaps, in batches of one or more, until ctx ends or deliver fails; it
	// returns the error that ended it. The cursor moves only after deliver
	// returned nil: a batch whose delivery failed is delivered again by the
	// next Follow. Commits that are not well-formed end it with a
	// *CorruptError that names the position.
	Follow(ctx context.Context, after Position, deliver func([]Commit) error) error
}

// Store is one node's durable copy of the ledger. Reads may run beside an
// append; appends come from one goroutine.
type Store interface {
	// Append adds the commits, all or none, durable when it returns nil.
	// A commit that does not continue the chain returns a *BreakError, and
	// nothing is written.
	Append(commits []Commit) error

	// Tip returns the last position and its hash; 0 and the zero hash when
	// the store is empty.
	Tip() (Position, Hash)

	// Read returns the commit at p, or ErrNotFound.
	Read(p Position) (Commit, error)

	// Scan calls fn for every commit after the position, in order. The
	// commit's bytes are fn's to keep. The chain is checked on the way: a
	// commit that does not continue it ends the scan with a *BreakError or
	// a *CorruptError that names the position. No transaction is open while
	// fn runs.
	Scan(after Position, fn func(Commit) error) error

	// ByCommand returns the position of the command's commit, and false where
	// the store has none. With an error it is not known whether it has: a fault
	// never reads as an absence, as "a command is recorded once" rests on it.
	ByCommand(id string) (Position, bool, error)

	// ByTreaty and ByParticipant return the positions of the commits that
	// concern a treaty or a participant, ascending, after the position, at
	// most limit of them.
	ByTreaty(treaty string, after Position, limit int) []Position
	ByParticipant(participant string, after Position, limit int) []Position

	// Backup writes a consistent copy of the whole store, as of one moment,
	// while appends go on.
	Backup(w io.Writer) (int64, error)

	// Close waits for reads to end and releases the file.
	Close() error
}

// ErrNotFound says that the ledger has no commit at the position.
var ErrNotFound = errors.New("no commit at this position")

// ConflictError says that the ledger did not end where the writer decided.
type ConflictError struct {
	Want Position // where the ledger had to end
	Got  Position // where it ended; 0 when the ledger did not tell
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the ledger does not end at position %d any more (it ends at %d)", e.Want, e.Got)
}

// CorruptError says that the bytes at a position are not a commit, or that a
// commit's events do not have the digest in its header.
type CorruptError struct {
	Copy     string // which copy of the ledger: "stream" or "store"
	Position Position
	Reason   string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s: commit at position %d is damaged: %s", e.Copy, e.Position, e.Reason)
}

// UnreadableError says that the file of a copy of the ledger cannot be read at all.
type UnreadableError struct {
	Copy   string
	Reason string
}

func (e *UnreadableError) Error() string { return fmt.Sprintf("%s is damaged: %s", e.Copy, e.Reason) }

// BreakError says that a commit does not follow the one before it.
type BreakError struct {
	Copy     string
	Position Position // of the commit that does not fit
	Reason   string
}

func (e *BreakError) Error() string {
	return fmt.Sprintf("%s: the chain breaks at position %d: %s", e.Copy, e.Position, e.Reason)
}

// DivergenceError says that two copies of the ledger hold different commits
// at a position. It is the first position at which they differ.
type DivergenceError struct {
	Position      Position
	Stream, Store Hash
}

func (e *DivergenceError) Error() string {
	return fmt.Sprintf("the stream and the store hold different commits from position %d on (stream %s, store %s)",
		e.Position, e.Stream.Short(), e.Store.Short())
}
