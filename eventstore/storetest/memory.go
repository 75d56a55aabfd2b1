package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"depositary/eventstore"
)

// The types of this file stand in for a ledger's buckets, journals and cursors
// in tests of other packages. They keep nothing when the test ends, know no
// time but the lease of a commit, start no goroutines, and so may be used in a
// bubble of testing/synctest. They pass the suites of this package.

// signal wakes all who wait for a change.
type signal struct{ changed chan struct{} }

// wait gives what is closed at the next change. Its caller holds the lock
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

var _ eventstore.Bucket = (*MemoryBucket)(nil)

// NewBucket gives an empty bucket.
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

// since gives the values below the prefix that were changed after the
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

// NewJournal gives an empty journal.
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

// MemoryCursors are eventstore.Cursors in memory.
type MemoryCursors struct {
	last func() eventstore.Position

	mu       sync.Mutex
	advanced eventstore.Position
	places   map[string]*place
	changed  signal
}

var _ eventstore.Cursors = (*MemoryCursors)(nil)

// NewCursors gives the cursors of a ledger that ends at last, or where Advance
// said, whichever is more; last may be nil.
func NewCursors(last func() eventstore.Position) *MemoryCursors {
	if last == nil {
		last = func() eventstore.Position { return 0 }
	}
	return &MemoryCursors{last: last, places: make(map[string]*place)}
}

// Advance tells those who wait that the ledger has grown to the position.
func (c *MemoryCursors) Advance(to eventstore.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advanced = max(c.advanced, to)
	c.changed.wake()
}

// place is where a cursor stands, shared by its hands.
type place struct {
	options eventstore.CursorOptions
	after   eventstore.Position               // the last that was ever handed out
	out     map[eventstore.Position]*handover // handed out and not done; nil for those that are to come again
	removed bool
}

// Open implements eventstore.Cursors.
func (c *MemoryCursors) Open(ctx context.Context, name string, o eventstore.CursorOptions) (eventstore.Cursor, error) {
	if err := errors.Join(ctx.Err(), eventstore.CheckName(name)); err != nil {
		return nil, err
	}
	if o.InFlight < 1 || o.Lease <= 0 {
		return nil, fmt.Errorf("cursor %s: %d in flight with a lease of %v", name, o.InFlight, o.Lease)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.places[name]
	if p == nil {
		p = &place{after: o.After, out: make(map[eventstore.Position]*handover)}
		c.places[name] = p
	}
	p.options = o
	c.changed.wake()
	return &memoryCursor{cursors: c, place: p}, nil
}

// Remove implements eventstore.Cursors.
func (c *MemoryCursors) Remove(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), eventstore.CheckName(name)); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.places[name]; p != nil {
		for _, t := range p.out {
			t.stop()
		}
		p.removed = true
		delete(c.places, name)
		c.changed.wake()
	}
	return nil
}

// end gives the end of the ledger. Its caller holds the lock.
func (c *MemoryCursors) end() eventstore.Position { return max(c.advanced, c.last()) }

var (
	errCursorRemoved = errors.New("the cursor was removed")
	errCursorClosed  = errors.New("the cursor was closed")
)

type memoryCursor struct {
	cursors *MemoryCursors
	place   *place
	closed  bool
}

// Next implements eventstore.Cursor.
func (m *memoryCursor) Next(ctx context.Context) (eventstore.Task, error) {
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		task, changed, err := m.take()
		if err != nil {
			return nil, err
		}
		if task != nil {
			return task, nil
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// take gives the next commit, or what is closed when there may be one.
func (m *memoryCursor) take() (eventstore.Task, <-chan struct{}, error) {
	c := m.cursors
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := m.usable(); err != nil {
		return nil, nil, err
	}
	next := m.place.next(c.end())
	if next == 0 {
		return nil, c.changed.wait(), nil
	}
	t := &handover{cursors: c, place: m.place, position: next}
	m.place.out[next] = t
	t.lease()
	return t, nil, nil
}

func (m *memoryCursor) usable() error {
	switch {
	case m.closed:
		return errCursorClosed
	case m.place.removed:
		return errCursorRemoved
	}
	return nil
}

// next gives the position to be handed out: first what comes again, then what
// is new, while no more are in flight than agreed; 0 for none.
func (p *place) next(end eventstore.Position) eventstore.Position {
	for _, position := range slices.Sorted(maps.Keys(p.out)) {
		if p.out[position] == nil {
			return position
		}
	}
	if p.after >= end || len(p.out) >= p.options.InFlight {
		return 0
	}
	p.after++
	return p.after
}

// Lag implements eventstore.Cursor.
func (m *memoryCursor) Lag(ctx context.Context) (uint64, error) {
	c := m.cursors
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.usable()); err != nil {
		return 0, err
	}
	ahead := max(c.end(), m.place.after) - m.place.after
	return uint64(ahead) + uint64(len(m.place.out)), nil
}

// Close implements eventstore.Cursor.
func (m *memoryCursor) Close() error {
	m.cursors.mu.Lock()
	defer m.cursors.mu.Unlock()
	m.closed = true
	m.cursors.changed.wake()
	return nil
}

// handover is a commit in hands. It implements eventstore.Task.
type handover struct {
	cursors  *MemoryCursors
	place    *place
	position eventstore.Position
	timer    *time.Timer
	leases   int // how many there were
}

func (t *handover) Position() eventstore.Position { return t.position }

// lease begins the lease anew. Its caller holds the lock.
func (t *handover) lease() {
	t.stop()
	t.leases++
	this := t.leases
	t.timer = time.AfterFunc(t.place.options.Lease, func() {
		_ = t.change(func() {
			if t.leases == this { // not held meanwhile
				t.giveBack()
			}
		})
	})
}

func (t *handover) giveBack() {
	t.stop()
	if t.place.out[t.position] == t {
		t.place.out[t.position] = nil
	}
}

func (t *handover) stop() {
	if t != nil && t.timer != nil {
		t.timer.Stop()
	}
}

// Hold implements eventstore.Task. It is no use once the lease is over.
func (t *handover) Hold() error {
	return t.change(func() {
		if t.place.out[t.position] == t {
			t.lease()
		}
	})
}

// Done implements eventstore.Task, also where another has the commit now.
func (t *handover) Done() error {
	return t.change(func() {
		t.stop()
		t.place.out[t.position].stop()
		delete(t.place.out, t.position)
	})
}

// Return implements eventstore.Task.
func (t *handover) Return() error { return t.change(t.giveBack) }

func (t *handover) change(apply func()) error {
	t.cursors.mu.Lock()
	defer t.cursors.mu.Unlock()
	if t.place.removed {
		return errCursorRemoved
	}
	apply()
	t.cursors.changed.wake()
	return nil
}
