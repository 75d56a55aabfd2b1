package ledger_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore/ledger"
)

// A power cut may leave zeros at the end of a block, and the index of the bucket when
// it was empty: the server takes the one for the other's proof. Nothing that was
// acknowledged is lost, and the bucket takes more.
func TestOldIndexAfterAPowerCut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	open := func(dir string) *ledger.Ledger {
		l, err := ledger.Open(t.Context(), ledger.Options{Dir: dir})
		require.NoError(t, err)
		return l
	}
	l := open(dir)
	bucket(t, l, "b")
	require.NoError(t, l.Close())
	stream := filepath.Join("jetstream", "$G", "streams", "KV_depositary-b", "msgs")
	empty, err := os.ReadFile(filepath.Join(dir, stream, "index.db"))
	require.NoError(t, err)

	l = open(dir)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	b := bucket(t, l, "b")
	put(t, b, "k.1", "v")
	put(t, b, "k.2", "v")
	cut := filepath.Join(t.TempDir(), "nats")
	require.NoError(t, exec.Command("cp", "-a", dir, cut).Run())
	require.NoError(t, os.WriteFile(filepath.Join(cut, stream, "index.db"), empty, 0o600))
	block, err := os.OpenFile(filepath.Join(cut, stream, "1.blk"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = block.Write(make([]byte, 258))
	require.NoError(t, err)
	require.NoError(t, block.Close())

	after := open(cut)
	t.Cleanup(func() { require.NoError(t, after.Close()) })
	b = bucket(t, after, "b")
	values, err := b.List(t.Context(), "k")
	require.NoError(t, err)
	require.Len(t, values, 2)
	put(t, b, "k.3", "v")
}

// After a stop in order the index is used, unless something was written since.
func TestIndexAfterAStop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: dir})
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join(dir, "stopped"))
	require.ErrorIs(t, err, os.ErrNotExist, "while it runs, nothing says that it stopped")
	require.NoError(t, l.Close())
	require.FileExists(t, filepath.Join(dir, "stopped"))
	trusted, err := ledger.StoppedInOrder(dir)
	require.NoError(t, err)
	require.True(t, trusted)
	since := filepath.Join(dir, "written-since")
	require.NoError(t, os.WriteFile(since, nil, 0o600))
	later := time.Now().Add(time.Second)
	require.NoError(t, os.Chtimes(since, later, later))
	trusted, err = ledger.StoppedInOrder(dir)
	require.NoError(t, err)
	require.False(t, trusted)
}
