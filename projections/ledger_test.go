package projections

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
)

// unreadable is a store whose disk fails.
type unreadable struct{ eventstore.Store }

func (unreadable) Read(eventstore.Position) (eventstore.Commit, error) {
	return eventstore.Commit{}, errDisk
}

// What cannot be read is not missing.
func TestAFaultIsNoAbsence(t *testing.T) {
	store := openStore(t)
	require.NoError(t, store.Append(commits(t, 3)))
	whole, broken := NewLedger(store), NewLedger(unreadable{store})
	for _, id := range []domain.RecordID{{Position: 4, N: 1}, {Position: 1, N: 0}, {Position: 1, N: 99}} {
		_, found, err := whole.TreatyOf(id)
		require.NoError(t, err, id)
		require.False(t, found, id)
	}
	on := QueryOf(domain.NewState(), domain.MustDate("2020-01-01"), 3)
	_, found, err := whole.Record(on, domain.RecordID{Position: 4, N: 1})
	require.NoError(t, err)
	require.False(t, found)

	_, _, err = broken.TreatyOf(domain.RecordID{Position: 1, N: 1})
	require.ErrorIs(t, err, errDisk)
	_, _, err = broken.Record(on, domain.RecordID{Position: 1, N: 1})
	require.ErrorIs(t, err, errDisk)
	_, _, err = broken.Commit(1)
	require.ErrorIs(t, err, errDisk)
	_, err = broken.ID()
	require.ErrorIs(t, err, errDisk)
}

func TestTheIDOfALedger(t *testing.T) {
	store := openStore(t)
	id, err := NewLedger(store).ID()
	require.NoError(t, err)
	require.Equal(t, "empty", id)
	all := commits(t, 2)
	require.NoError(t, store.Append(all))
	id, err = NewLedger(store).ID()
	require.NoError(t, err)
	require.Equal(t, all[0].Hash().String()[:16], id)
}
