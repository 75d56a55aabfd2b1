package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

// A stream that is made anew is empty and takes the ledger again; what was removed
// was handed over, and cursors stand where they stood.
func TestRebuild(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	commits := storetest.Named("a").Next(12)
	_, err = l.Append(t.Context(), commits)
	require.NoError(t, err)
	o := eventstore.CursorOptions{InFlight: 1, Lease: time.Minute}
	at := func(want eventstore.Position) {
		cursor, err := l.Cursors().Open(t.Context(), "c", o)
		require.NoError(t, err)
		task, err := cursor.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, task.Position())
		require.NoError(t, task.Done())
		require.NoError(t, cursor.Close())
	}
	for p := range eventstore.Position(3) {
		at(p + 1)
	}
	full := errors.New("full")
	require.ErrorIs(t, l.Rebuild(t.Context(), 11, func(ledger.Removed) error { return full }), full)
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 12, last, "what could not be kept is not removed")

	var removed []ledger.Removed
	require.NoError(t, l.Rebuild(t.Context(), 11, func(r ledger.Removed) error { removed = append(removed, r); return nil }))
	require.Len(t, removed, 2)
	require.Equal(t, string(commits[10].Raw()), string(removed[0].Data))
	require.EqualValues(t, 12, removed[1].Sequence)
	last, err = l.Last(t.Context())
	require.NoError(t, err)
	require.Zero(t, last)
	_, err = l.Append(t.Context(), commits[:10])
	require.NoError(t, err)
	storetest.Equal(t, commits[:10], storetest.Follow(t, l, 0, 10))
	at(4)
}
