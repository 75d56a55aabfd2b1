package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// openShared returns a stream beside the ledger, and makes it where there is
// none. What they have in common is filled in: on disk, on as many servers as
// the ledger, without limits but the one by subject.
func (l *Ledger) openShared(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	c.Storage = jetstream.FileStorage
	c.Replicas = l.stream.CachedInfo().Config.Replicas
	c.MaxMsgs, c.MaxBytes, c.MaxMsgSize, c.MaxConsumers = -1, -1, -1, -1
	c.Duplicates = 100 * time.Millisecond // as for the ledger
	var stream jetstream.Stream
	err := l.patient(ctx, startTimeout, func(ctx context.Context) (err error) {
		stream, err = l.js.Stream(ctx, c.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = createStream(ctx, l.js, c)
		}
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another node was first, with other replicas
			stream, err = l.js.Stream(ctx, c.Name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	found := stream.CachedInfo().Config
	l.warnOfCompression(found)
	return stream, checkShared(found, c)
}

// checkShared refuses a stream of the name that would forget what ours keeps.
func checkShared(found, want jetstream.StreamConfig) error {
	for _, r := range []struct {
		ok           bool
		field        string
		found, wants any
	}{
		{found.Storage == want.Storage, "storage", found.Storage, want.Storage},
		{found.MaxMsgsPerSubject == want.MaxMsgsPerSubject, "max_msgs_per_subject", found.MaxMsgsPerSubject, want.MaxMsgsPerSubject},
		{found.MaxAge == 0, "max_age", found.MaxAge, "no limit (0)"},
		{found.AllowAtomicPublish || !want.AllowAtomicPublish, "allow_atomic", found.AllowAtomicPublish, true},
	} {
		if !r.ok {
			return fmt.Errorf("the stream %s exists, and its %s is %v where it has to be %v", want.Name, r.field, r.found, r.wants)
		}
	}
	return nil
}

// pause waits before the next attempt, twice as long each time up to the
// longest. It ends early with ctx or the ledger, and returns that reason.
func (l *Ledger) pause(ctx context.Context, backoff *time.Duration, longest time.Duration) error {
	timer := time.NewTimer(*backoff)
	defer timer.Stop()
	*backoff = min(2**backoff, longest)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.link.open.Done():
		return fmt.Errorf("ledger: %w", ErrClosed)
	case <-timer.C:
		return nil
	}
}
