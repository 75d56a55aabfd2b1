package twice

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"depositary/eventstore"
)

// watcher is one call of Watch.
type watcher struct {
	prefix string
	wake   chan struct{}

	mu      sync.Mutex
	pending map[string]bool // keys that have changed
}

// changed notes that a value has changed.
func (w *watcher) changed(key string) {
	if w.prefix != "" && !strings.HasPrefix(key, w.prefix+".") {
		return
	}
	w.mu.Lock()
	w.pending[key] = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take returns the keys that have changed since it was last asked.
func (w *watcher) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := make([]string, 0, len(w.pending))
	for key := range w.pending {
		keys = append(keys, key)
	}
	clear(w.pending)
	slices.Sort(keys)
	return keys
}

func byRevision(x, y eventstore.Value) int { return cmp.Compare(x.Revision, y.Revision) }

// Watch implements eventstore.Bucket. Of changes of one value that follow each
// other faster than fn returns, only the last is certain to reach it.
func (b *Bucket) Watch(ctx context.Context, prefix string, fn func(eventstore.Value) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	w := &watcher{prefix: prefix, wake: make(chan struct{}, 1), pending: make(map[string]bool)}
	b.mu.Lock()
	b.watchers[w] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.watchers, w)
		b.mu.Unlock()
	}()
	told := make(map[string]uint64) // the revision of each value that fn was called with
	values, err := b.List(ctx, prefix)
	if err != nil {
		return err
	}
	listed := b.position()
	slices.SortFunc(values, byRevision)
	for _, v := range append(values, eventstore.Value{}) {
		told[v.Key] = v.Revision
		if err := fn(v); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.wake:
		}
		if err := b.tell(w.take(), listed, told, fn); err != nil {
			return err
		}
	}
}

// tell calls fn with values that have changed, in the order of their changes.
func (b *Bucket) tell(keys []string, listed uint64, told map[string]uint64, fn func(eventstore.Value) error) error {
	var values []eventstore.Value
	for _, key := range keys {
		v, err := b.copy.Get(key)
		if err != nil && !errors.Is(err, eventstore.ErrNoValue) {
			return err
		}
		if _, known := told[key]; v.Deleted && !known && v.Revision <= listed {
			continue // it was gone before it was listed
		}
		if v.Revision > told[key] {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, byRevision)
	for _, v := range values {
		told[v.Key] = v.Revision
		if v.Deleted {
			v.Data = nil
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}
