package projections

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"depositary/eventstore"
)

// Follower carries the ledger into this node: it makes each batch durable in
// the store, then visible in the views. It is the only writer of both, and takes
// only what a node of the ledger has signed and what can be folded: the rest
// never reaches either.
type Follower struct {
	Ledger     eventstore.Ledger
	Store      eventstore.Store
	Keys       *eventstore.Keyring // as at the store's end
	Projection *Projection

	seen atomic.Uint64 // last position that the ledger delivered
}

// RefusedError says that the stream has a commit that this node does not take.
type RefusedError struct {
	Position eventstore.Position
	Cause    error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the stream has a commit at position %d that is not taken: %v", e.Position, e.Cause)
}

func (e *RefusedError) Unwrap() error { return e.Cause }

// Run follows the ledger from where the views end until ctx ends or a commit
// does not fit; it returns the error that ended it, a *RefusedError for a
// commit that no node of the ledger made, or that cannot be folded. A batch
// whose storing or folding failed has moved no cursor: the next Run begins with
// it.
func (f *Follower) Run(ctx context.Context) error {
	tip, _ := f.Store.Tip()
	views := f.Projection.Current().Position
	if views > tip {
		return fmt.Errorf("the views stand at position %d, the store only at %d", views, tip)
	}
	return f.Ledger.Follow(ctx, views, f.take)
}

func (f *Follower) take(batch []eventstore.Commit) error {
	f.seen.Store(uint64(batch[len(batch)-1].Position))
	err := f.keep(batch)
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	// What is not taken is nothing that the views could be behind of.
	defer func() { f.seen.Store(uint64(f.Projection.Current().Position)) }()
	if len(batch) == 1 {
		return err
	}
	// What stands before the commit that does not fit is taken all the same.
	for _, c := range batch {
		if c.Position > f.Projection.Current().Position {
			if err := f.keep([]eventstore.Commit{c}); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep takes a batch, all or nothing.
func (f *Follower) keep(batch []eventstore.Commit) error {
	// What was stored before a failure in the views is there already.
	tip, _ := f.Store.Tip()
	fresh := batch
	for len(fresh) > 0 && fresh[0].Position <= tip {
		fresh = fresh[1:]
	}
	keys, err := f.admit(batch, tip)
	if err != nil {
		return err
	}
	if err := f.Projection.Prepare(batch); err != nil {
		return &RefusedError{batch[0].Position, err}
	}
	if len(fresh) > 0 {
		if err := f.Store.Append(fresh); err != nil {
			f.Projection.Discard()
			return err
		}
	}
	f.Keys = keys
	f.Projection.Publish()
	return nil
}

// admit checks that the batch continues what is shown, and that nodes of the
// ledger have made what is not stored yet. It returns the keys as they are then.
func (f *Follower) admit(batch []eventstore.Commit, tip eventstore.Position) (*eventstore.Keyring, error) {
	keys, shown := f.Keys.Clone(), f.Projection.Current()
	position, hash, recorded := shown.Position, shown.Hash, shown.Recorded
	for _, c := range batch {
		if c.Position <= shown.Position {
			continue
		}
		if err := c.Follows(position, hash, recorded); err != nil {
			return nil, &RefusedError{c.Position, &eventstore.BreakError{Copy: "stream", Position: c.Position, Reason: err.Error()}}
		}
		if c.Position > tip {
			if err := keys.Admit(c); err != nil {
				return nil, &RefusedError{c.Position, err}
			}
		}
		position, hash, recorded = c.Position, c.Hash(), c.Recorded
	}
	return keys, nil
}

// Lag tells how many commits the views are behind what the ledger delivered.
func (f *Follower) Lag() uint64 {
	seen, shown := f.seen.Load(), uint64(f.Projection.Current().Position)
	if seen < shown {
		return 0
	}
	return seen - shown
}
