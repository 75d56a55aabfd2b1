// Package projections folds the ledger into what is shown: the state of the
// law at a position, and the views that answer questions of it.
//
// Views are immutable values. A batch of commits makes the next Views, which
// are published by one atomic store: readers take the pointer and never lock,
// and everything that one reader sees belongs to one position. Views are
// rebuilt from the store on start; nothing of them is kept on disk.
//
// A view is a function of the state and the three axes (domain.Axes) that
// returns a value ready to be written as JSON or as a table. All of them say the
// axes they answer for, and carry sources and verification along.
package projections

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
)

// Views is everything that is shown at one position of the ledger.
type Views struct {
	State    *domain.State
	Position eventstore.Position
	Hash     eventstore.Hash // of the commit at Position
	Recorded time.Time       // of the commit at Position
	instants []int64         // of each position from 1, in microseconds since 1970
}

// PositionAt returns the last position recorded at or before the instant, 0 when
// nothing was.
func (v *Views) PositionAt(t time.Time) eventstore.Position {
	at := t.UnixMicro()
	return eventstore.Position(sort.Search(len(v.instants), func(i int) bool { return v.instants[i] > at }))
}

// RecordedAt returns the instant at which the commit at a position was recorded.
func (v *Views) RecordedAt(p eventstore.Position) (time.Time, bool) {
	if p == 0 || int(p) > len(v.instants) {
		return time.Time{}, false
	}
	return time.UnixMicro(v.instants[p-1]).UTC(), true
}

// Next returns the views of a commit that is not made: it would stand just
// behind these and leave the law as the state has it.
func (v *Views) Next(after *domain.State, now time.Time) *Views {
	return &Views{State: after, Position: v.Position + 1, Recorded: now, instants: append(slices.Clip(v.instants), now.UnixMicro())}
}

// Projection holds the current Views and makes the next ones. Load, Prepare,
// Publish, Discard and Apply are called by one goroutine at a time; everything
// else by any.
type Projection struct {
	current atomic.Pointer[Views]
	decoder *codec.Decoder
	loading *loading
	next    *Views // prepared, and not yet published

	mu      sync.Mutex
	changed chan struct{} // closed when the next Views are published
}

// loading is a rebuild under way: nothing of it is published before it is done.
type loading struct {
	draft *domain.Draft
	views Views
	last  eventstore.Commit
}

// NewProjection returns the views of an empty ledger.
func NewProjection() *Projection {
	p := &Projection{decoder: codec.NewDecoder(), changed: make(chan struct{})}
	p.current.Store(&Views{State: domain.NewState()})
	return p
}

// Current returns the views as they are now.
func (p *Projection) Current() *Views { return p.current.Load() }

// Head returns the current state with where it stands.
func (p *Projection) Head() (*domain.State, eventstore.Position, eventstore.Hash, time.Time) {
	v := p.Current()
	return v.State, v.Position, v.Hash, v.Recorded
}

// Load folds one commit of a rebuild, without publishing. The first Apply, or
// Loaded, publishes.
func (p *Projection) Load(c eventstore.Commit) error {
	if p.loading == nil {
		before := *p.Current()
		p.loading = &loading{draft: before.State.Edit(), views: before}
	}
	return p.fold(p.loading, c)
}

// Loaded publishes what Load folded.
func (p *Projection) Loaded() {
	p.freeze()
	p.Publish()
}

// freeze makes views of what was folded.
func (p *Projection) freeze() {
	if p.loading == nil {
		return
	}
	views := p.loading.views
	views.State, views.Hash = p.loading.draft.Freeze(), p.loading.last.Hash()
	p.loading, p.next = nil, &views
}

// Prepare folds commits into the views after the last of them, and shows them
// to no reader before Publish. Commits that the views have seen are passed over; a
// gap is an error, and nothing is prepared after an error.
func (p *Projection) Prepare(commits []eventstore.Commit) error {
	for _, c := range commits {
		if p.loading == nil && c.Position <= p.Current().Position {
			continue
		}
		if err := p.Load(c); err != nil {
			p.Discard()
			return err
		}
	}
	p.freeze()
	return nil
}

// Publish shows what was prepared, if anything was.
func (p *Projection) Publish() {
	if p.next != nil {
		p.publish(p.next)
		p.next = nil
	}
}

// Discard forgets what was prepared.
func (p *Projection) Discard() { p.loading, p.next = nil, nil }

// Apply prepares and publishes.
func (p *Projection) Apply(commits []eventstore.Commit) error {
	if err := p.Prepare(commits); err != nil {
		return err
	}
	p.Publish()
	return nil
}

func (p *Projection) fold(l *loading, c eventstore.Commit) error {
	if c.Position != l.views.Position+1 {
		return fmt.Errorf("views: position %d follows %d", c.Position, l.views.Position)
	}
	if err := p.decoder.Each(c, l.draft.Apply); err != nil {
		return fmt.Errorf("views: %w", err)
	}
	l.views.Position, l.views.Recorded, l.last = c.Position, c.Recorded, c
	// Appending is safe beside readers: they never look beyond the length of
	// the slice that they hold, and only this goroutine appends.
	l.views.instants = append(l.views.instants, c.Recorded.UnixMicro())
	return nil
}

func (p *Projection) publish(v *Views) {
	p.current.Store(v)
	p.mu.Lock()
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
}

// Changed returns a channel that is closed when views after the current ones are
// published. Take it before looking at Current.
func (p *Projection) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// Await waits until the views have reached the position.
func (p *Projection) Await(ctx context.Context, position eventstore.Position) error {
	for {
		changed := p.Changed()
		if p.Current().Position >= position {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
