// Package twice keeps what nodes share beside the ledger in two copies: the
// bucket that the nodes share, which decides who was first, and this node's copy
// in its store, from which it reads.
//
// Invariants:
//
//   - a value that was put is in both copies when Put returns nil;
//   - on opening, each copy is given what it lost from the other; what neither
//     can deliver is an error that names it;
//   - a list is whole or an error: it is read from the copy, when that has every
//     change that the shared bucket has acknowledged;
//   - while the shared bucket does not answer, reading goes on from the copy.
//
// Revisions are those of the shared bucket. A bucket that is made anew begins
// after the copy's last revision, so that an older copy is known to be older.
package twice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"depositary/eventstore"
)

const (
	// freshTime is how long a reader waits for the copy to have what the shared
	// bucket acknowledged.
	freshTime = 5 * time.Second

	// askTime is how long a reader waits for the shared bucket's word.
	askTime = 2 * time.Second

	// stallTime is how long nothing may come while the copy catches up on opening.
	stallTime = 15 * time.Second
)

// Bucket is a bucket in two copies. It implements eventstore.Bucket.
type Bucket struct {
	name   string
	shared eventstore.SharedBucket
	copy   eventstore.BucketCopy
	log    *slog.Logger
	may    func() error // before a change; nil: always
	healed Healed

	healing sync.RWMutex // held while the two copies are healed, so that nobody reads or writes meanwhile
	stop    context.CancelFunc
	ended   chan struct{}

	mu       sync.Mutex
	seen     uint64            // up to which the copy is whole
	latest   map[string]uint64 // the revision that the copy has of each key
	moved    chan struct{}     // closed when seen grows
	watchers map[*watcher]bool
	failing  error // of the last write to the copy
}

var _ eventstore.Bucket = (*Bucket)(nil)

// Healed says how many values a copy was given back on opening.
type Healed struct{ Shared, Copy int }

// Open joins a shared bucket and this node's copy of it: it heals both, waits
// until the copy has caught up, and follows the bucket until Close.
func Open(ctx context.Context, name string, shared eventstore.SharedBucket, copy eventstore.BucketCopy, log *slog.Logger) (*Bucket, error) {
	b := &Bucket{name: name, shared: shared, copy: copy, log: log, latest: make(map[string]uint64), moved: make(chan struct{}), watchers: make(map[*watcher]bool)}
	if err := b.heal(ctx); err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	if b.healed != (Healed{}) {
		log.Warn("values beside the ledger were restored from their other copy", "bucket", name, "in the shared bucket", b.healed.Shared, "in the store", b.healed.Copy)
	}
	b.goOn()
	return b, nil
}

// goOn follows the shared bucket until stop.
func (b *Bucket) goOn() {
	running, stop := context.WithCancel(context.Background())
	b.stop, b.ended = stop, make(chan struct{})
	go b.follow(running, b.ended)
}

// Heal heals both copies again, as on opening: the server of the shared bucket was
// opened anew, and may have lost what it had.
func (b *Bucket) Heal(ctx context.Context) error {
	b.healing.Lock()
	defer b.healing.Unlock()
	b.stop()
	<-b.ended
	defer b.goOn()
	before := b.healed
	if err := b.heal(ctx); err != nil {
		return fmt.Errorf("bucket %s: %w", b.name, err)
	}
	if b.healed != before {
		b.log.Warn("values beside the ledger were restored from their other copy", "bucket", b.name, "in the shared bucket", b.healed.Shared-before.Shared, "in the store", b.healed.Copy-before.Copy)
	}
	return nil
}

// Reading returns a bucket that reads a copy as it is and follows nothing: for who
// only checks.
func Reading(name string, shared eventstore.SharedBucket, copy eventstore.BucketCopy) *Bucket {
	ended := make(chan struct{})
	close(ended)
	return &Bucket{name: name, shared: shared, copy: copy, log: slog.New(slog.DiscardHandler), latest: make(map[string]uint64), moved: make(chan struct{}), watchers: make(map[*watcher]bool), stop: func() {}, ended: ended}
}

// Failing returns why the copy could not be written last, or nil. It is tried again
// every second.
func (b *Bucket) Failing() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failing
}

// Guard has every change ask first whether it may be made; what it is refused with
// is the error of the change, and nothing was written. It is set before use.
func (b *Bucket) Guard(may func() error) { b.may = may }

// Healed says what was given back on opening.
func (b *Bucket) Healed() Healed { return b.healed }

// Close ends following. Values stay.
func (b *Bucket) Close() error {
	b.healing.Lock()
	defer b.healing.Unlock()
	b.stop()
	<-b.ended
	return nil
}

// follow takes the changes of other nodes into the copy.
func (b *Bucket) follow(ctx context.Context, ended chan<- struct{}) {
	defer close(ended)
	for ctx.Err() == nil {
		err := b.shared.Changes(ctx, b.position(), func(v eventstore.Value) error { return b.take(v) })
		if ctx.Err() != nil {
			return
		}
		b.log.Warn("following a bucket is interrupted", "bucket", b.name, "cause", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (b *Bucket) position() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen
}

// take keeps a change that the shared bucket delivered: everything before it
// has been delivered, or was written over.
func (b *Bucket) take(v eventstore.Value) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.Revision > b.latest[v.Key] {
		if err := b.write(max(b.seen, v.Revision), v); err != nil {
			return err
		}
	}
	b.advance(v.Revision)
	return nil
}

// wrote keeps what this node has put. It does not wait for its delivery.
func (b *Bucket) wrote(v eventstore.Value) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.Revision <= b.latest[v.Key] {
		return nil // a later one is there already
	}
	seen := b.seen
	if v.Revision == seen+1 {
		seen = v.Revision
	}
	if err := b.write(seen, v); err != nil {
		return err
	}
	b.advance(seen)
	return nil
}

// write writes to the copy and tells who watches. With mu.
func (b *Bucket) write(seen uint64, values ...eventstore.Value) error {
	if b.failing = b.copy.Write(seen, values...); b.failing != nil {
		return b.failing
	}
	for _, v := range values {
		b.latest[v.Key] = v.Revision
		for w := range b.watchers {
			w.changed(v.Key)
		}
	}
	return nil
}

// advance notes up to where the copy is whole. With mu.
func (b *Bucket) advance(seen uint64) {
	if seen > b.seen {
		b.seen = seen
		close(b.moved)
		b.moved = make(chan struct{})
	}
}

// fresh waits until the copy has what the shared bucket has acknowledged. Where
// that does not answer, the copy is read as it is.
func (b *Bucket) fresh(ctx context.Context) error {
	asking, cancel := context.WithTimeout(ctx, askTime)
	last, err := b.shared.Last(asking)
	cancel()
	if err != nil {
		b.log.Debug("the shared bucket does not answer; its copy is read", "bucket", b.name, "cause", err)
		return ctx.Err()
	}
	timer := time.NewTimer(freshTime)
	defer timer.Stop()
	for {
		b.mu.Lock()
		seen, moved, failing := b.seen, b.moved, b.failing
		b.mu.Unlock()
		if seen >= last {
			return nil
		}
		if failing != nil {
			return fmt.Errorf("bucket %s cannot be read whole: %w", b.name, failing)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fmt.Errorf("bucket %s cannot be read whole: it has %d changes, and %d of them have come in %v; a restart heals it, or names what is damaged", b.name, last, seen, freshTime)
		}
	}
}

// Get implements eventstore.Bucket.
func (b *Bucket) Get(ctx context.Context, key string) (eventstore.Value, error) {
	b.healing.RLock()
	defer b.healing.RUnlock()
	if err := eventstore.CheckKey(key); err != nil {
		return eventstore.Value{}, err
	}
	if err := b.fresh(ctx); err != nil {
		return eventstore.Value{}, err
	}
	v, err := b.copy.Get(key)
	var damaged *eventstore.DamagedValueError
	if errors.As(err, &damaged) {
		return b.fromShared(ctx, key, err)
	}
	if err != nil {
		return eventstore.Value{}, fmt.Errorf("bucket %s: get %s: %w", b.name, key, err)
	}
	return v, nil
}

// fromShared returns a value whose copy is damaged, and mends the copy.
func (b *Bucket) fromShared(ctx context.Context, key string, cause error) (eventstore.Value, error) {
	v, err := b.shared.Get(ctx, key)
	if err != nil {
		return v, errors.Join(cause, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.Revision < b.latest[key] {
		return v, cause // the shared one is older
	}
	b.log.Warn("a damaged value in the store was restored from the shared bucket", "bucket", b.name, "key", key)
	return v, b.write(b.seen, v)
}

func (b *Bucket) allowed() error {
	if b.may == nil {
		return nil
	}
	return b.may()
}

// Put implements eventstore.Bucket. After an error other than
// eventstore.ErrRevision the value may have been written.
func (b *Bucket) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if err := b.allowed(); err != nil {
		return 0, err
	}
	b.healing.RLock()
	defer b.healing.RUnlock()
	next, err := b.shared.Put(ctx, key, data, revision)
	if err != nil {
		return 0, err
	}
	return next, b.wrote(eventstore.Value{Key: key, Data: data, Revision: next})
}

// Delete implements eventstore.Bucket. The copy has it when that returns: a
// reader waits for what the shared bucket has acknowledged.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.allowed(); err != nil {
		return err
	}
	b.healing.RLock()
	defer b.healing.RUnlock()
	if err := b.shared.Delete(ctx, key); err != nil {
		return err
	}
	return b.fresh(ctx)
}

// List implements eventstore.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string) ([]eventstore.Value, error) {
	b.healing.RLock()
	defer b.healing.RUnlock()
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	if err := b.fresh(ctx); err != nil {
		return nil, err
	}
	values := []eventstore.Value{}
	err := b.copy.Scan(prefix, func(v eventstore.Value, damage error) error {
		if damage != nil {
			var err error
			if v, err = b.fromShared(ctx, v.Key, damage); err != nil {
				return err
			}
		}
		if !v.Deleted {
			values = append(values, v)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: list %s: %w", b.name, prefix, err)
	}
	return values, nil
}

func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return eventstore.CheckKey(prefix)
}
