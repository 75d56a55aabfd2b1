package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"depositary/eventstore"
)

// The types here, in memory_ledger.go and in memory_cursors.go stand in for a
// ledger and for its buckets, journals and cursors
// in tests of other packages. They keep nothing when the test ends, know no
// time but the lease of a commit, start no goroutines, and so may be used in a
// bubble of testing/synctest. They pass the suites of this package.

// signal wakes all who wait for a change.
type signal struct{ changed chan struct{} }

// wait returns what is closed at the next change. Its caller holds the lock
// under which the change happens, as does that of wake.
func (s *signal) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *signal) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// MemoryBucket is an eventstore.Bucket in memory.
type MemoryBucket struct {
	mu       sync.Mutex
	values   map[string]eventstore.Value // with the deleted ones
	revision uint64
	changed  signal
}

var _ eventstore.SharedBucket = (*MemoryBucket)(nil)

// NewBucket returns an empty bucket.
func NewBucket() *MemoryBucket { return &MemoryBucket{values: make(map[string]eventstore.Value)} }

// Get implements eventstore.Bucket.
func (b *MemoryBucket) Get(ctx context.Context, key string) (eventstore.Value, error) {
	if err := errors.Join(ctx.Err(), eventstore.CheckKey(key)); err != nil {
		return eventstore.Value{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	v, found := b.values[key]
	if !found || v.Deleted {
		return eventstore.Value{}, fmt.Errorf("get %s: %w", key, eventstore.ErrNoValue)
	}
	v.Data = bytes.Clone(v.Data)
	return v, nil
}

// Put implements eventstore.Bucket.
func (b *MemoryBucket) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if err := errors.Join(ctx.Err(), eventstore.CheckKey(key)); err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.values[key]
	if now.Deleted {
		now.Revision = 0
	}
	if now.Revision != revision {
		return 0, fmt.Errorf("put %s: %w", key, eventstore.ErrRevision)
	}
	return b.set(eventstore.Value{Key: key, Data: bytes.Clone(data)}), nil
}

// Delete implements eventstore.Bucket.
func (b *MemoryBucket) Delete(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), eventstore.CheckKey(key)); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, found := b.values[key]; found && !v.Deleted {
		b.set(eventstore.Value{Key: key, Deleted: true})
	}
	return nil
}

// set writes the value under the next revision. Its caller holds the lock.
func (b *MemoryBucket) set(v eventstore.Value) uint64 {
	b.revision++
	v.Revision = b.revision
	b.values[v.Key] = v
	b.changed.wake()
	return v.Revision
}

// Find implements eventstore.SharedBucket.
func (b *MemoryBucket) Find(ctx context.Context, key string) (eventstore.Value, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, found := b.values[key]
	if !found {
		return v, fmt.Errorf("find %s: %w", key, eventstore.ErrNoValue)
	}
	v.Data = bytes.Clone(v.Data)
	return v, ctx.Err()
}

// Last implements eventstore.SharedBucket.
func (b *MemoryBucket) Last(ctx context.Context) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.revision, ctx.Err()
}

// Changes implements eventstore.SharedBucket.
func (b *MemoryBucket) Changes(ctx context.Context, after uint64, fn func(eventstore.Value) error) error {
	for seen := after; ctx.Err() == nil; {
		values, changed := b.since("", seen)
		for _, v := range values {
			if err := fn(v); err != nil {
				return err
			}
			seen = v.Revision
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	return ctx.Err()
}

// Keys implements eventstore.SharedBucket.
func (b *MemoryBucket) Keys(ctx context.Context) (map[string]bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := make(map[string]bool, len(b.values))
	for key := range b.values {
		keys[key] = true
	}
	return keys, ctx.Err()
}

// Remake implements eventstore.SharedBucket.
func (b *MemoryBucket) Remake(ctx context.Context, after uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.values, b.revision = make(map[string]eventstore.Value), after
	return ctx.Err()
}

// PutBack implements eventstore.SharedBucket.
func (b *MemoryBucket) PutBack(ctx context.Context, v eventstore.Value) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v.Data = bytes.Clone(v.Data)
	return b.set(v), ctx.Err()
}

// Lose makes the bucket forget a value as if it had never had it.
func (b *MemoryBucket) Lose(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.values, key)
}

// List implements eventstore.Bucket.
func (b *MemoryBucket) List(ctx context.Context, prefix string) ([]eventstore.Value, error) {
	if err := errors.Join(ctx.Err(), checkPrefix(prefix)); err != nil {
		return nil, err
	}
	values, _ := b.since(prefix, 0)
	values = slices.DeleteFunc(values, func(v eventstore.Value) bool { return v.Deleted })
	slices.SortFunc(values, func(x, y eventstore.Value) int { return strings.Compare(x.Key, y.Key) })
	return values, nil
}

// Watch implements eventstore.Bucket. Of several changes of a value that
// happen while fn runs, it tells the last.
func (b *MemoryBucket) Watch(ctx context.Context, prefix string, fn func(eventstore.Value) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	seen, first := uint64(0), true
	for ctx.Err() == nil {
		values, changed := b.since(prefix, seen)
		for _, v := range values {
			seen = v.Revision
			if first && v.Deleted {
				continue
			}
			if err := fn(v); err != nil {
				return err
			}
		}
		if first {
			if err := fn(eventstore.Value{}); err != nil {
				return err
			}
			first = false
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	return ctx.Err()
}

// since returns the values below the prefix that were changed after the
// revision, in that order, and what is closed when there are more.
func (b *MemoryBucket) since(prefix string, revision uint64) ([]eventstore.Value, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var values []eventstore.Value
	for key, v := range b.values {
		if v.Revision > revision && (prefix == "" || strings.HasPrefix(key, prefix+".")) {
			v.Data = bytes.Clone(v.Data)
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(x, y eventstore.Value) int { return int(x.Revision) - int(y.Revision) })
	return values, b.changed.wait()
}

func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return eventstore.CheckKey(prefix)
}

// MemoryJournal is an eventstore.Journal in memory.
type MemoryJournal struct {
	mu      sync.Mutex
	last    uint64                                // sequence of a line
	appends map[string][][]eventstore.JournalLine // by key
}

var _ eventstore.Journal = (*MemoryJournal)(nil)

// NewJournal returns an empty journal.
func NewJournal() *MemoryJournal {
	return &MemoryJournal{appends: make(map[string][][]eventstore.JournalLine)}
}

// Append implements eventstore.Journal.
func (j *MemoryJournal) Append(ctx context.Context, key string, lines ...[]byte) error {
	err := errors.Join(ctx.Err(), eventstore.CheckKey(key), eventstore.CheckLines(lines))
	if err != nil || len(lines) == 0 {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var together []eventstore.JournalLine
	for _, line := range lines {
		j.last++
		together = append(together, eventstore.JournalLine{Sequence: j.last, Data: bytes.Clone(line)})
	}
	all := append(j.appends[key], together)
	j.appends[key] = all[max(0, len(all)-eventstore.JournalDepth):]
	return nil
}

// Tail implements eventstore.Journal.
func (j *MemoryJournal) Tail(ctx context.Context, key string, limit int, before uint64) ([]eventstore.JournalLine, error) {
	if err := errors.Join(ctx.Err(), eventstore.CheckKey(key)); err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := slices.Concat(j.appends[key]...)
	if before > 0 {
		lines = slices.DeleteFunc(lines, func(l eventstore.JournalLine) bool { return l.Sequence >= before })
	}
	return lines[max(0, len(lines)-max(0, limit)):], nil
}

// Remove implements eventstore.Journal.
func (j *MemoryJournal) Remove(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), eventstore.CheckKey(key)); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.appends, key)
	return nil
}
