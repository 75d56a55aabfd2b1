package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// This file specifies what nodes that share a ledger share beside it: named
// values, cursors of subscribers, and journals of what was done. None of it is
// part of the ledger; losing it loses no commit. Named values are kept twice all
// the same (package twice): in the bucket that the nodes share, and in each
// node's copy of it.

// Value is a named value of a Bucket.
type Value struct {
	Key      string
	Data     []byte
	Revision uint64 // grows with every change of the bucket
	Deleted  bool   // only in what Watch delivers
}

// Bucket keeps named values. A key is parts of letters, digits, - and _ joined
// by dots. Implementations are safe for concurrent use, by several nodes.
type Bucket interface {
	// Get returns the value, ErrNoValue where there is none.
	Get(ctx context.Context, key string) (Value, error)

	// Put writes the value provided that its revision still is the one given;
	// 0 means that there must be none. It returns the new revision, durable on
	// return; ErrRevision where somebody else was first.
	Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error)

	// Delete removes the value, if there is one.
	Delete(ctx context.Context, key string) error

	// List returns the values whose keys begin with the parts of prefix ("a.b"
	// selects a.b.c, not a.bc and not a.b), sorted by key; an empty prefix selects all.
	List(ctx context.Context, prefix string) ([]Value, error)

	// Watch calls fn with every value below the prefix as it is now, once with
	// the zero Value when these are through, and then with every change, until
	// ctx ends or fn fails; it returns the error that ended it.
	Watch(ctx context.Context, prefix string, fn func(Value) error) error
}

// SharedBucket is a Bucket that nodes copy, and that is given back what it has lost.
type SharedBucket interface {
	Bucket

	// Find returns the value, also one that is removed, and ErrNoValue where the
	// bucket knows of none, or has lost it.
	Find(ctx context.Context, key string) (Value, error)

	// Last returns the revision of the last change, 0 where there was none.
	Last(ctx context.Context) (uint64, error)

	// Changes calls fn with every change after the revision, removals too, in
	// order, until ctx ends or fn fails; it returns the error that ended it. Of
	// changes of one value the last is certain to come.
	Changes(ctx context.Context, after uint64, fn func(Value) error) error

	// Keys returns all keys, of removed values too.
	Keys(ctx context.Context) (map[string]bool, error)

	// Remake removes everything and begins anew after a revision. What was in the
	// bucket is lost: it is for one that cannot deliver or take a value any more.
	Remake(ctx context.Context, after uint64) error

	// PutBack writes a value, or that it is removed, whatever the bucket holds,
	// and returns its new revision, durable on return.
	PutBack(ctx context.Context, v Value) (uint64, error)
}

// BucketCopy is one node's durable copy of a bucket, under the revisions of the
// bucket. Implementations are safe for concurrent use.
type BucketCopy interface {
	// Seen returns the revision up to which the copy has every change.
	Seen() (uint64, error)

	// Write keeps values, removed ones too, and notes up to which revision the
	// copy is whole: all or nothing, durable on return.
	Write(seen uint64, values ...Value) error

	// Get returns the value, ErrNoValue where there is none, and a
	// *DamagedValueError for one whose bytes were altered.
	Get(key string) (Value, error)

	// Scan calls fn with every value below the prefix, removed ones too, by key;
	// as Bucket.List selects them. Of one whose bytes were altered it has the key
	// and a *DamagedValueError. Its own error ends it.
	Scan(prefix string, fn func(Value, error) error) error
}

// DamagedValueError says that a copy of a value is damaged or missing.
type DamagedValueError struct {
	Pages  bool   // more than the value: the file cannot be read there, nor written
	Copy   string // "store" or "bucket"
	Bucket string
	Key    string
	Reason string
}

func (e *DamagedValueError) Error() string {
	return fmt.Sprintf("%s: value %s of the bucket %s is damaged: %s", e.Copy, e.Key, e.Bucket, e.Reason)
}

// ErrNoValue says that a bucket has no value under the key.
var ErrNoValue = errors.New("no value under this key")

// ErrRevision says that a value is not the one that the writer had seen.
var ErrRevision = errors.New("somebody else has changed it in between")

// Cursors are durable places in the ledger, shared by all nodes. Each commit
// after the place is handed to one node at a time, until it says that it is
// done with it.
type Cursors interface {
	// Open makes the cursor where there is none, standing after the position,
	// or returns the existing one, wherever it stands. At most inFlight commits
	// are in hands at once: with 1, all of them in order. A commit that a node
	// neither holds nor returns for the time of the lease goes to another.
	Open(ctx context.Context, name string, o CursorOptions) (Cursor, error)

	// Remove forgets the cursor, if there is one.
	Remove(ctx context.Context, name string) error
}

// CursorOptions of a cursor.
type CursorOptions struct {
	After    Position
	InFlight int
	Lease    time.Duration
}

// Cursor is one node's hand on a cursor.
type Cursor interface {
	// Next waits for the next commit, until ctx ends.
	Next(ctx context.Context) (Task, error)

	// Place returns the position up to which every commit is done, or was passed
	// over when the cursor was made.
	Place(ctx context.Context) (Position, error)

	// Lag returns how many commits are after the place, in hands or not.
	Lag(ctx context.Context) (uint64, error)

	// Close lets go of the hand; what it holds goes to another after its lease.
	Close() error
}

// Task is a commit in a node's hands.
type Task interface {
	Position() Position
	// Hold extends the lease.
	Hold() error
	// Done moves the cursor over it. A crash just after may bring it once more.
	Done() error
	// Return returns it back, to be handed out again at once.
	Return() error
}

// Journal keeps lines by key in the order in which they were written, the last
// ones of each key: it bounds itself, and forgets the oldest. Safe for
// concurrent use; nodes that write to one key see one order.
type Journal interface {
	// Append writes lines under a key, all or none, durable when it returns.
	// Those that wait while others are on their way go out together.
	Append(ctx context.Context, key string, lines ...[]byte) error

	// Tail returns the last lines of a key, oldest first, at most limit, before
	// the sequence (0: up to the end), each with its sequence.
	Tail(ctx context.Context, key string, limit int, before uint64) ([]JournalLine, error)

	// Remove forgets all lines of a key.
	Remove(ctx context.Context, key string) error
}

// JournalLine is a line with its place: sequences grow along the journal.
type JournalLine struct {
	Sequence uint64
	Data     []byte
}
