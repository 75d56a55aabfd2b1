package eventstore_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/storetest"
)

// counted is derived from commits: how many there were.
type counted struct {
	position eventstore.Position
	hash     eventstore.Hash
	loaded   int
	want     int
}

func (d *counted) Name() string                                { return "counts" }
func (d *counted) Tip() (eventstore.Position, eventstore.Hash) { return d.position, d.hash }
func (d *counted) Load(eventstore.Commit) error                { d.loaded++; return nil }
func (d *counted) Compare() error {
	if d.loaded != d.want {
		return errors.New("they differ")
	}
	return nil
}

// misled is a store whose index of commands leads to a wrong place.
type misled struct{ eventstore.Store }

func (s misled) ByCommand(id string) (eventstore.Position, bool, error) {
	p, ok, err := s.Store.ByCommand(id)
	return p + 1, ok, err
}

func TestVerify(t *testing.T) {
	commits := storetest.Named("a").Next(30)
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Append(commits))
	ledger := storetest.NewLedger()
	_, err = ledger.Append(t.Context(), commits)
	require.NoError(t, err)

	whole := func() *counted { return &counted{position: 20, hash: commits[19].Hash(), want: 20} }
	v, err := eventstore.Verify(t.Context(), ledger, store, keysOf("a"), whole(), nil)
	require.NoError(t, err)
	require.EqualValues(t, 20, v.Position)
	require.Equal(t, 20, v.Commits, "what was appended since is not looked at")
	require.Equal(t, []string{"chain of the store", "signatures", "indexes", "counts", "stream"}, v.Checked)

	_, err = eventstore.Verify(t.Context(), storetest.NewLedger(), store, keysOf("a"), &counted{}, nil)
	require.NoError(t, err, "nothing is whole")

	differs := whole()
	differs.want = 19
	_, err = eventstore.Verify(t.Context(), ledger, store, keysOf("a"), differs, nil)
	require.EqualError(t, err, "counts: they differ")

	elsewhere := whole()
	elsewhere.hash = commits[18].Hash()
	_, err = eventstore.Verify(t.Context(), ledger, store, keysOf("a"), elsewhere, nil)
	require.ErrorContains(t, err, "the store's chain ends at "+commits[19].Hash().Short())

	_, err = eventstore.Verify(t.Context(), ledger, misled{store}, keysOf("a"), whole(), nil)
	require.ErrorContains(t, err, "index: command")

	var unsigned *eventstore.UnsignedError
	_, err = eventstore.Verify(t.Context(), ledger, store, keysOf("b"), whole(), nil)
	require.ErrorAs(t, err, &unsigned)
	require.EqualValues(t, 11, unsigned.Position)

	other := storetest.NewLedger()
	_, err = other.Append(t.Context(), storetest.Named("b").Next(30))
	require.NoError(t, err)
	var divergence *eventstore.DivergenceError
	_, err = eventstore.Verify(t.Context(), other, store, keysOf("a"), whole(), nil)
	require.ErrorAs(t, err, &divergence)
	require.EqualValues(t, 1, divergence.Position)
}
