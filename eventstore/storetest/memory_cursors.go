package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"depositary/eventstore"
)

// MemoryCursors are eventstore.Cursors in memory.
type MemoryCursors struct {
	last func() eventstore.Position

	mu       sync.Mutex
	advanced eventstore.Position
	places   map[string]*place
	changed  signal
}

var _ eventstore.Cursors = (*MemoryCursors)(nil)

// NewCursors returns the cursors of a ledger that ends at last, or where Advance
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

// end returns the end of the ledger. Its caller holds the lock.
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

// take returns the next commit, or what is closed when there may be one.
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

// next returns the position to be handed out: first what comes again, then what
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

// Place implements eventstore.Cursor.
func (m *memoryCursor) Place(ctx context.Context) (eventstore.Position, error) {
	c := m.cursors
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.usable()); err != nil {
		return 0, err
	}
	at := m.place.after
	for position := range m.place.out {
		at = min(at, position-1)
	}
	return at, nil
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
