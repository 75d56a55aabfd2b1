package projections

import (
	"context"
	"fmt"
	"sync/atomic"

	"depositary/eventstore"
)

// Follower carries the ledger into this node: it makes each batch durable in
// the store, then visible in the views. It is the only writer of both.
type Follower struct {
	Ledger     eventstore.Ledger
	Store      eventstore.Store
	Projection *Projection

	seen atomic.Uint64 // last position that the ledger delivered
}

// Run follows the ledger from where the views end until ctx ends or a commit
// does not fit; it returns the error that ended it. A batch whose storing or
// folding failed has moved no cursor: the next Run begins with it.
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
	// What was stored before a failure in the views is there already.
	tip, _ := f.Store.Tip()
	fresh := batch
	for len(fresh) > 0 && fresh[0].Position <= tip {
		fresh = fresh[1:]
	}
	// The processor folds while the disk writes: what is folded is shown when
	// it is durable, and forgotten where it is not.
	stored := make(chan error, 1)
	go func() {
		if len(fresh) == 0 {
			stored <- nil
			return
		}
		stored <- f.Store.Append(fresh)
	}()
	err := f.Projection.Prepare(batch)
	if failed := <-stored; failed != nil {
		f.Projection.Discard()
		return failed
	}
	if err != nil {
		return err
	}
	f.Projection.Publish()
	return nil
}

// Lag tells how many commits the views are behind what the ledger delivered.
func (f *Follower) Lag() uint64 {
	seen, shown := f.seen.Load(), uint64(f.Projection.Current().Position)
	if seen < shown {
		return 0
	}
	return seen - shown
}
