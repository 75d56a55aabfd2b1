package ledger_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

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

// TestSharedInACluster: three servers, and everything on all of them.
func TestSharedInACluster(t *testing.T) {
	urls := ledgertest.StartCluster(t)
	js, names := stranger(t, urls[0]), 0
	nodes := func(t *testing.T) (one, other *ledger.Ledger, name string) {
		names++
		open := func(url string) (l *ledger.Ledger) {
			require.Eventually(t, func() (opened bool) { // while the servers agree on the streams
				var err error
				l, err = ledger.Open(t.Context(), ledger.Options{URLs: url, Replicas: 3})
				return err == nil
			}, 2*time.Minute, 10*time.Millisecond)
			t.Cleanup(func() { require.NoError(t, l.Close()) })
			return l
		}
		return open(urls[0]), open(urls[1]), fmt.Sprintf("test-%d", names)
	}
	t.Run("bucket", func(t *testing.T) {
		storetest.Bucket(t, func(t *testing.T) (eventstore.Bucket, eventstore.Bucket) {
			one, other, name := nodes(t)
			return bucket(t, one, name), bucket(t, other, name)
		})
	})
	t.Run("journal", func(t *testing.T) {
		storetest.Journal(t, func(t *testing.T) (eventstore.Journal, eventstore.Journal) {
			one, other, name := nodes(t)
			return journal(t, one, name), journal(t, other, name)
		})
	})
	t.Run("cursors", func(t *testing.T) {
		storetest.Cursors(t, func(t *testing.T) (eventstore.Cursors, eventstore.Cursors, func(int)) {
			_ = js.DeleteStream(t.Context(), ledger.StreamName) // of the test before
			one, other, _ := nodes(t)
			w := storetest.Named("a")
			return one.Cursors(), other.Cursors(), func(n int) { grow(t, one, w, n) }
		})
	})
}
