package storetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/storetest"
)

func TestMemoryLedger(t *testing.T) {
	storetest.Ledger(t, func(*testing.T) eventstore.Ledger { return storetest.NewLedger() })
}

func TestMemoryBucket(t *testing.T) {
	storetest.Bucket(t, func(*testing.T) (one, other eventstore.Bucket) {
		b := storetest.NewBucket()
		return b, b
	})
}

func TestMemoryJournal(t *testing.T) {
	storetest.Journal(t, func(*testing.T) (one, other eventstore.Journal) {
		j := storetest.NewJournal()
		return j, j
	})
}

func TestMemoryCursors(t *testing.T) {
	storetest.Cursors(t, func(*testing.T) (one, other eventstore.Cursors, grow func(int)) {
		c, end := storetest.NewCursors(nil), eventstore.Position(0)
		return c, c, func(n int) {
			end += eventstore.Position(n)
			c.Advance(end)
		}
	})
}

// TestMemoryInABubble: an hour's lease passes in no time.
func TestMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := storetest.NewCursors(func() eventstore.Position { return 1 })
		cursor, err := c.Open(t.Context(), "a", eventstore.CursorOptions{InFlight: 1, Lease: time.Hour})
		require.NoError(t, err)
		start := time.Now()
		_, err = cursor.Next(t.Context())
		require.NoError(t, err)
		again, err := cursor.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Hour, time.Since(start))
		require.NoError(t, again.Done())

		go func() {
			time.Sleep(time.Minute)
			c.Advance(2)
		}()
		task, err := cursor.Next(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 2, task.Position())
		require.NoError(t, task.Done())
	})
}
