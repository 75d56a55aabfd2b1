package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

// onOneAndTwo runs a suite on the server in this process, and on two
// connections to one outside.
func onOneAndTwo(t *testing.T, suite func(t *testing.T, nodes func(*testing.T) (one, other *ledger.Ledger))) {
	t.Run("embedded", func(t *testing.T) {
		suite(t, func(t *testing.T) (one, other *ledger.Ledger) {
			l := open(t, ledger.Options{Dir: filepath.Join(t.TempDir(), "nats")})
			return l, l
		})
	})
	t.Run("two nodes", func(t *testing.T) {
		suite(t, func(t *testing.T) (one, other *ledger.Ledger) {
			url := ledgertest.StartServer(t)
			return open(t, ledger.Options{URLs: url}), open(t, ledger.Options{URLs: url})
		})
	})
}

func bucket(t testing.TB, l *ledger.Ledger, name string) eventstore.Bucket {
	t.Helper()
	b, err := l.Bucket(t.Context(), name)
	require.NoError(t, err)
	return b
}

func journal(t testing.TB, l *ledger.Ledger, name string) eventstore.Journal {
	t.Helper()
	j, err := l.Journal(t.Context(), name)
	require.NoError(t, err)
	return j
}

func TestBucketConformance(t *testing.T) {
	onOneAndTwo(t, func(t *testing.T, nodes func(*testing.T) (one, other *ledger.Ledger)) {
		storetest.Bucket(t, func(t *testing.T) (eventstore.Bucket, eventstore.Bucket) {
			one, other := nodes(t)
			put(t, bucket(t, one, "beside"), "a.x", "not to be seen")
			return bucket(t, one, "test"), bucket(t, other, "test")
		})
	})
}

func put(t testing.TB, b eventstore.Bucket, key, data string) {
	t.Helper()
	_, err := b.Put(t.Context(), key, []byte(data), 0)
	require.NoError(t, err)
}

func TestJournalConformance(t *testing.T) {
	onOneAndTwo(t, func(t *testing.T, nodes func(*testing.T) (one, other *ledger.Ledger)) {
		storetest.Journal(t, func(t *testing.T) (eventstore.Journal, eventstore.Journal) {
			one, other := nodes(t)
			require.NoError(t, journal(t, one, "beside").Append(t.Context(), "a", []byte("not to be seen")))
			return journal(t, one, "test"), journal(t, other, "test")
		})
	})
}

func TestCursorsConformance(t *testing.T) {
	onOneAndTwo(t, func(t *testing.T, nodes func(*testing.T) (one, other *ledger.Ledger)) {
		storetest.Cursors(t, func(t *testing.T) (eventstore.Cursors, eventstore.Cursors, func(int)) {
			one, other := nodes(t)
			w := storetest.Named("a")
			return one.Cursors(), other.Cursors(), func(n int) { grow(t, one, w, n) }
		})
	})
}

func grow(t testing.TB, l *ledger.Ledger, w *storetest.Writer, n int) {
	t.Helper()
	_, err := l.Append(t.Context(), w.Next(n))
	require.NoError(t, err)
}
