package recorder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// While the ledger says nothing of what is on its way, what comes is refused at
// once as not recorded, and what waits is refused when the patience ends. Only
// the one on its way is left without an outcome, under its id and sent again too.
func TestASilentLedgerRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.Patience = 0 })
		known := r.mustRecord(t, "known", remark("known"))
		r.ledger.calls = 0
		r.ledger.fault = func(_ *fakeLedger, call int, _ []eventstore.Commit) (fault, bool) {
			return fault{hang: true}, call == 1
		}
		begun := time.Now()
		var all sync.WaitGroup
		var unknown, refused atomic.Int32
		record := func(id string) {
			_, err := r.Record(context.Background(), Request{ID: id, Actor: "test", Command: remark(id)})
			var not *NotRecordedError
			switch {
			case errors.As(err, &not):
				refused.Add(1)
				require.LessOrEqual(t, time.Since(begun), time.Second, "within a second")
			case errors.Is(err, ErrUnavailable):
				unknown.Add(1)
			default:
				require.NoError(t, err)
			}
		}
		all.Go(func() { record("on-its-way") })
		synctest.Wait()
		for i := range 20 {
			all.Go(func() { record(fmt.Sprint("waits-", i)) })
		}
		time.Sleep(defaultPatience + time.Millisecond)
		synctest.Wait()
		require.EqualValues(t, 20, refused.Load())

		begun = time.Now()
		record("comes-later")
		require.EqualValues(t, 21, refused.Load())
		require.Zero(t, time.Since(begun))
		record("on-its-way")
		require.EqualValues(t, 1, unknown.Load(), "nobody can say that it was not recorded")
		require.Zero(t, time.Since(begun))
		receipt := r.mustRecord(t, "known", remark("known"))
		require.Equal(t, known.Commit.Hash(), receipt.Commit.Hash(), "what stands in the ledger is answered")

		all.Wait()
		require.EqualValues(t, 2, unknown.Load())
		record("after-it")
		require.EqualValues(t, 21, refused.Load(), "a ledger that answers takes commands again")
		r.requireOnce(t, "known", "after-it")
	})
}

// A ledger that cannot take commands is not asked.
func TestNotWritable(t *testing.T) {
	var full atomic.Pointer[NotRecordedError]
	r := newRig(t, func(o *Options) { o.Writable = full.Load })
	full.Store(&NotRecordedError{Why: "the disk is full", Since: noon, Full: true})
	_, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: remark("a")})
	var not *NotRecordedError
	require.ErrorAs(t, err, &not)
	require.True(t, not.Full)
	require.EqualError(t, err, "the command was not recorded: the disk is full (since 2026-06-30T12:00:00Z)")
	require.Zero(t, r.ledger.calls)
	full.Store(nil)
	r.mustRecord(t, "a", remark("a"))
	r.requireOnce(t, "a")
}

// A node that has failed does not wait for what its store will never have: its
// supervisor starts it again, and the outcome is looked for then.
func TestAbandonedBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.ledger.fault = on(1, fault{hang: true})
		answered := make(chan error, 1)
		go func() {
			_, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: remark("a")})
			answered <- err
		}()
		synctest.Wait()
		begun := time.Now()
		r.Abandon()
		require.ErrorIs(t, <-answered, ErrUnavailable)
		require.Less(t, time.Since(begun), settleTime/2)
	})
}
