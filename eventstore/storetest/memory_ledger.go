package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"depositary/eventstore"
)

// MemoryLedger is an eventstore.Ledger in memory.
type MemoryLedger struct {
	mu      sync.Mutex
	commits []eventstore.Commit
	grown   signal
}

var _ eventstore.Ledger = (*MemoryLedger)(nil)

// NewLedger returns a ledger that begins with the commits, which must be a
// chain from position 1.
func NewLedger(commits ...eventstore.Commit) *MemoryLedger {
	return &MemoryLedger{commits: slices.Clone(commits)}
}

// Append implements eventstore.Ledger. It appends all commits or none.
func (l *MemoryLedger) Append(ctx context.Context, commits []eventstore.Commit) (int, error) {
	if len(commits) == 0 {
		return 0, ctx.Err()
	}
	for i, c := range commits[1:] {
		if c.Position != commits[i].Position+1 {
			return 0, fmt.Errorf("position %d comes after %d", c.Position, commits[i].Position)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if last := eventstore.Position(len(l.commits)); commits[0].Position != last+1 {
		return 0, &eventstore.ConflictError{Want: commits[0].Position - 1, Got: last}
	}
	l.commits = append(l.commits, commits...)
	l.grown.wake()
	return len(commits), nil
}

// Last implements eventstore.Ledger.
func (l *MemoryLedger) Last(ctx context.Context) (eventstore.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return eventstore.Position(len(l.commits)), ctx.Err()
}

// Read implements eventstore.Ledger.
func (l *MemoryLedger) Read(ctx context.Context, p eventstore.Position) (eventstore.Commit, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return eventstore.Commit{}, err
	}
	if p == 0 || p > eventstore.Position(len(l.commits)) {
		return eventstore.Commit{}, eventstore.ErrNotFound
	}
	return l.commits[p-1], nil
}

// Follow implements eventstore.Ledger.
func (l *MemoryLedger) Follow(ctx context.Context, after eventstore.Position, deliver func([]eventstore.Commit) error) error {
	for ctx.Err() == nil {
		fresh, grown := l.since(after)
		if len(fresh) > 0 {
			if err := deliver(fresh); err != nil {
				return err
			}
			after = fresh[len(fresh)-1].Position
			continue
		}
		select {
		case <-grown:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// since returns the commits after a position, and a channel that is closed
// when more are appended.
func (l *MemoryLedger) since(after eventstore.Position) ([]eventstore.Commit, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if after >= eventstore.Position(len(l.commits)) {
		return nil, l.grown.wait()
	}
	return slices.Clone(l.commits[after:]), l.grown.wait()
}
