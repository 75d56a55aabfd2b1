package twice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"depositary/eventstore"
)

// heal restores in each copy what it lost from the other, and catches up.
//
//   - The shared bucket ends before the copy: it has lost its end, or all. What
//     the copy has after that end is put back.
//   - It does not know a key that the copy has: that value is put back. A value
//     that was removed leaves a mark, and is not taken for one that was lost.
//   - A value of the copy is damaged: it is taken from the shared bucket.
//   - The copy ends before the shared bucket: what is missing is taken over.
//   - The shared bucket knows a key and cannot deliver its value: it is made anew
//     from the copy, as it would not take another value in its place.
func (b *Bucket) heal(ctx context.Context) error {
	seen, err := b.copy.Seen()
	if err != nil {
		return err
	}
	last, err := b.shared.Last(ctx)
	if err != nil {
		return err
	}
	keys, err := b.shared.Keys(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.seen = min(seen, last)
	b.mu.Unlock()
	damaged := false
	err = b.copy.Scan("", func(v eventstore.Value, damage error) error {
		if damage != nil {
			return b.mend(ctx, v.Key, damage)
		}
		b.latest[v.Key] = v.Revision
		if v.Revision > last || !keys[v.Key] {
			return b.putBack(ctx, v)
		}
		undelivered, err := b.lookAt(ctx, v)
		damaged = damaged || undelivered
		return err
	})
	if err != nil {
		return err
	}
	if err := b.catchUp(ctx); err != nil || !damaged {
		return err
	}
	return b.remake(ctx)
}

// lookAt compares a value of the copy with the shared bucket's; it reports whether
// that knows it and cannot deliver it. An older one is written over.
func (b *Bucket) lookAt(ctx context.Context, v eventstore.Value) (undelivered bool, err error) {
	other, err := b.shared.Find(ctx, v.Key)
	switch {
	case errors.Is(err, eventstore.ErrNoValue):
		return true, nil
	case err != nil:
		return false, err
	case other.Revision < v.Revision:
		return false, b.putBack(ctx, v)
	case other.Revision == v.Revision && (other.Deleted != v.Deleted || !v.Deleted && !bytes.Equal(other.Data, v.Data)):
		return false, &eventstore.DamagedValueError{Copy: "bucket", Bucket: b.name, Key: v.Key, Reason: "it is not the same as in the store"}
	}
	return false, nil
}

// remake makes the shared bucket anew from the copy, which has all of it.
func (b *Bucket) remake(ctx context.Context) error {
	if err := b.shared.Remake(ctx, b.seen); err != nil {
		return err
	}
	err := b.copy.Scan("", func(v eventstore.Value, damage error) error {
		if damage != nil {
			return damage
		}
		return b.putBack(ctx, v)
	})
	if err != nil {
		return err
	}
	return b.catchUp(ctx)
}

// putBack restores a value that the shared bucket has lost.
func (b *Bucket) putBack(ctx context.Context, v eventstore.Value) error {
	revision, err := b.shared.PutBack(ctx, v)
	if err != nil {
		return err
	}
	v.Revision = revision
	b.healed.Shared++
	return b.keep(v)
}

// mend takes a value that is damaged in the copy from the shared bucket.
func (b *Bucket) mend(ctx context.Context, key string, damage error) error {
	v, err := b.shared.Find(ctx, key)
	if errors.Is(err, eventstore.ErrNoValue) {
		return fmt.Errorf("%w, and the shared bucket has no other; restore a backup", damage)
	}
	if err != nil {
		return errors.Join(damage, err)
	}
	b.healed.Copy++
	return b.keep(v)
}

// keep writes to the copy what was found.
func (b *Bucket) keep(v eventstore.Value) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.write(b.seen, v)
}

// Bounds of what is written to the copy at once while it catches up.
const (
	catchUpValues = 500
	catchUpSize   = 4 << 20
)

// errCaughtUp ends following when the copy has caught up.
var errCaughtUp = errors.New("the copy has caught up")

// catchUp takes over what the shared bucket has and the copy does not.
func (b *Bucket) catchUp(ctx context.Context) error {
	last, err := b.shared.Last(ctx)
	if err != nil || b.seen >= last {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := func() {
		cancel(fmt.Errorf("bucket %s cannot be read: nothing comes after revision %d, and it goes up to %d", b.name, b.position(), last))
	}
	watchdog := time.AfterFunc(stallTime, stalled)
	defer watchdog.Stop()
	var values []eventstore.Value
	size := 0
	flush := func(seen uint64) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err := b.write(seen, values...); err != nil {
			return err
		}
		values, size = nil, 0
		b.advance(seen)
		return nil
	}
	err = b.shared.Changes(ctx, b.seen, func(v eventstore.Value) error {
		watchdog.Reset(stallTime)
		if v.Revision > b.latest[v.Key] {
			values, size = append(values, v), size+len(v.Data)
		}
		done := v.Revision >= last
		if done || len(values) >= catchUpValues || size >= catchUpSize {
			if err := flush(v.Revision); err != nil {
				return err
			}
		}
		if done {
			return errCaughtUp
		}
		return nil
	})
	if errors.Is(err, errCaughtUp) {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// Check reads every value of both copies and compares them. It returns the first
// that is damaged, missing or different, as a *eventstore.DamagedValueError.
func (b *Bucket) Check(ctx context.Context) error {
	b.healing.RLock()
	defer b.healing.RUnlock()
	if err := b.fresh(ctx); err != nil {
		return err
	}
	return b.copy.Scan("", func(v eventstore.Value, damage error) error {
		if damage != nil {
			return damage
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return b.compare(ctx, v)
	})
}

// compare compares a value with the shared bucket's; one that has changed
// meanwhile is no difference.
func (b *Bucket) compare(ctx context.Context, v eventstore.Value) error {
	other, err := b.shared.Find(ctx, v.Key)
	if err == nil && other.Revision == v.Revision && other.Deleted == v.Deleted && (v.Deleted || bytes.Equal(other.Data, v.Data)) {
		return nil
	}
	if freshErr := b.fresh(ctx); freshErr != nil {
		return freshErr
	}
	b.mu.Lock()
	changed := b.latest[v.Key] != v.Revision
	b.mu.Unlock()
	if changed {
		return nil
	}
	damage := &eventstore.DamagedValueError{Copy: "bucket", Bucket: b.name, Key: v.Key}
	switch {
	case errors.Is(err, eventstore.ErrNoValue):
		damage.Reason = "it is missing, and the store has it"
	case err != nil:
		damage.Reason = err.Error()
	default:
		damage.Reason = "it is not the same as in the store"
	}
	return damage
}
