package eventstore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

func openLedger(t testing.TB, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func openStore(t testing.TB, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// copies opens both copies and puts commits into them.
func copies(t *testing.T, inStream, inStore []eventstore.Commit) (*ledger.Ledger, *boltstore.Store) {
	t.Helper()
	dir := t.TempDir()
	l := openLedger(t, ledger.Options{Dir: filepath.Join(dir, "nats")})
	_, err := l.Append(t.Context(), inStream)
	require.NoError(t, err)
	s := openStore(t, filepath.Join(dir, "ledger.db"))
	require.NoError(t, s.Append(inStore))
	return l, s
}

func requireSame(t *testing.T, l eventstore.Ledger, s eventstore.Store, tip eventstore.Position) {
	t.Helper()
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.Equal(t, tip, last)
	p, _ := s.Tip()
	require.Equal(t, tip, p)
	require.NoError(t, eventstore.Audit(t.Context(), l, s, 1, tip, nil))
}

func TestReconcileHeals(t *testing.T) {
	all := storetest.Named("a").Next(2500)
	for name, test := range map[string]struct{ stream, store, restored int }{
		"both empty":         {0, 0, 0},
		"equal":              {2500, 2500, 0},
		"store empty":        {2500, 0, 0},
		"store behind":       {2500, 40, 0},
		"stream empty":       {0, 2500, 2500},
		"stream lost a tail": {1300, 2500, 1200},
		"stream lost one":    {2499, 2500, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, s := copies(t, all[:test.stream], all[:test.store])
			var done, total eventstore.Position
			report, err := eventstore.Reconcile(t.Context(), l, s, func(d, n eventstore.Position) { done, total = d, n })
			require.NoError(t, err)
			require.EqualValues(t, test.stream, report.Stream)
			require.EqualValues(t, test.store, report.Store)
			require.EqualValues(t, test.restored, report.Restored)
			require.Equal(t, done, total)
			if test.stream > test.store {
				require.NoError(t, s.Append(storetest.Follow(t, l, eventstore.Position(test.store), 2500)))
			}
			requireSame(t, l, s, eventstore.Position(max(test.stream, test.store)))
		})
	}
}

func TestReconcileNamesTheFirstDifference(t *testing.T) {
	all := storetest.Named("a").Next(300)
	for _, first := range []int{1, 2, 150, 299, 300} {
		other := storetest.Named("b").Next(350)
		if first > 1 {
			other = append(all[:first-1:first-1], storetest.After(all[first-2], "b").Next(351-first)...)
		}
		for name, test := range map[string]struct{ stream, store []eventstore.Commit }{
			"store longer":  {all, other},
			"stream longer": {other, all},
			"same length":   {other[:300], all},
		} {
			t.Run(name, func(t *testing.T) {
				l, s := copies(t, test.stream, test.store)
				_, err := eventstore.Reconcile(t.Context(), l, s, nil)
				var differ *eventstore.DivergenceError
				require.ErrorAs(t, err, &differ)
				require.EqualValues(t, first, differ.Position)
				require.Equal(t, test.stream[first-1].Hash(), differ.Stream)
				require.Equal(t, test.store[first-1].Hash(), differ.Store)
				last, err := l.Last(t.Context())
				require.NoError(t, err)
				require.EqualValues(t, len(test.stream), last, "nothing is written")
				require.ErrorAs(t, eventstore.Audit(t.Context(), l, s, 1, 300, nil), &differ)
				require.EqualValues(t, first, differ.Position)
			})
		}
	}
}

func TestNodesRestoreTogether(t *testing.T) {
	url := ledgertest.StartServer(t)
	n := storetest.Fewer(6000)
	all := storetest.Named("a").Next(n)
	var nodes sync.WaitGroup
	for i := range 3 {
		l := openLedger(t, ledger.Options{URLs: url})
		s := openStore(t, filepath.Join(t.TempDir(), "ledger.db"))
		require.NoError(t, s.Append(all[:n-i*n/9]))
		nodes.Go(func() {
			if _, err := eventstore.Reconcile(t.Context(), l, s, nil); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	storetest.Equal(t, all, storetest.Follow(t, openLedger(t, ledger.Options{URLs: url}), 0, eventstore.Position(n)))
}

// TestWipedFolders deletes the files of one copy, then of the other.
func TestWipedFolders(t *testing.T) {
	dir := t.TempDir()
	nats, file := filepath.Join(dir, "nats"), filepath.Join(dir, "ledger.db")
	all := storetest.Named("a").Next(1500)
	session := func(work func(*ledger.Ledger, *boltstore.Store)) {
		l, err := ledger.Open(t.Context(), ledger.Options{Dir: nats})
		require.NoError(t, err)
		s, err := boltstore.Open(file, boltstore.Options{})
		require.NoError(t, err)
		_, err = eventstore.Reconcile(t.Context(), l, s, nil)
		require.NoError(t, err)
		work(l, s)
		requireSame(t, l, s, 1500)
		require.NoError(t, errors.Join(l.Close(), s.Close()))
	}
	session(func(l *ledger.Ledger, s *boltstore.Store) {
		_, err := l.Append(t.Context(), all)
		require.NoError(t, err)
		require.NoError(t, s.Append(storetest.Follow(t, l, 0, 1500)))
	})
	require.NoError(t, os.RemoveAll(nats))
	session(func(l *ledger.Ledger, _ *boltstore.Store) {
		storetest.Equal(t, all, storetest.Follow(t, l, 0, 1500))
	})
	require.NoError(t, os.Remove(file))
	session(func(l *ledger.Ledger, s *boltstore.Store) {
		require.NoError(t, s.Append(storetest.Follow(t, l, 0, 1500)))
	})
}

// TestAlteredByteInTheStream alters one byte of the stream's files while the
// server is down. With its index the server does not look, and cannot deliver
// the commit, or all of a compressed block; without, it cuts off the tail of
// an open block, and drops a stream with a damaged compressed one.
func TestAlteredByteInTheStream(t *testing.T) {
	storetest.OneGoroutine(t)
	const n = 26_000 // two compressed blocks and an open one
	all := storetest.Named("a").Next(n)
	dir := t.TempDir()
	s := openStore(t, filepath.Join(dir, "ledger.db"))
	require.NoError(t, s.Append(all))
	whole := filepath.Join(dir, "nats")
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: whole})
	require.NoError(t, err)
	_, err = l.Append(t.Context(), all)
	require.NoError(t, err)
	require.NoError(t, l.Close())

	for name, test := range map[string]struct {
		block    string
		position int // whose bytes are altered; 0: the middle of the block
		index    bool
		refused  eventstore.Position // 0: healed
		audit    bool                // only a full audit sees it
	}{
		"open block":                       {"3.blk", n - 700, true, n - 700, false},
		"last commit":                      {"3.blk", n, true, n, false},
		"compressed block":                 {"1.blk", 0, true, 1, true},
		"open block, no index":             {"3.blk", n - 700, false, 0, false},
		"last commit, no index":            {"3.blk", n, false, 0, false},
		"compressed block, no index":       {"1.blk", 0, false, 0, false},
		"other compressed block, no index": {"2.blk", 0, false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			nats := filepath.Join(t.TempDir(), "nats")
			require.NoError(t, os.CopyFS(nats, os.DirFS(whole)))
			files := filepath.Join(nats, "jetstream", "$G", "streams", "LEDGER", "msgs")
			alterBlock(t, filepath.Join(files, test.block), all, test.position)
			if !test.index {
				require.NoError(t, os.Remove(filepath.Join(files, "index.db")))
			}
			now := time.Now() // as if nothing was written after the stop
			require.NoError(t, os.Chtimes(filepath.Join(nats, "stopped"), now, now))
			l := openLedger(t, ledger.Options{Dir: nats})
			report, err := eventstore.Reconcile(t.Context(), l, s, nil)
			if test.audit {
				require.NoError(t, err)
				err = eventstore.Audit(t.Context(), l, s, 1, n, nil)
			}
			if test.refused == 0 {
				require.NoError(t, err)
				require.Positive(t, report.Restored)
				requireSame(t, l, s, n)
				return
			}
			var damaged *eventstore.CorruptError
			require.ErrorAs(t, err, &damaged)
			require.Equal(t, "stream", damaged.Copy)
			require.Equal(t, test.refused, damaged.Position)
			require.Zero(t, report.Restored)
		})
	}
}

func alterBlock(t *testing.T, path string, all []eventstore.Commit, position int) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	at := len(data) / 2
	if position > 0 {
		raw := all[position-1].Raw()
		at = bytes.Index(data, raw)
		require.Positive(t, at)
		at += len(raw) - 5
	}
	data[at] ^= 1
	require.NoError(t, os.WriteFile(path, data, 0o600))
}
