package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

var oneInFlight = eventstore.CursorOptions{InFlight: 1, Lease: time.Minute}

func cursor(t testing.TB, l *ledger.Ledger, name string, o eventstore.CursorOptions) eventstore.Cursor {
	t.Helper()
	c, err := l.Cursors().Open(t.Context(), name, o)
	require.NoError(t, err)
	return c
}

func nextTask(t testing.TB, c eventstore.Cursor, want eventstore.Position) eventstore.Task {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	task, err := c.Next(ctx)
	require.NoError(t, err)
	require.Equal(t, want, task.Position())
	return task
}

// reach moves a cursor over a position. What was done just before the server
// ended may come once more, after its lease (eventstore.Task).
func reach(t testing.TB, c eventstore.Cursor, want eventstore.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	task, err := c.Next(ctx)
	require.NoError(t, err)
	if task.Position() == want-1 {
		require.NoError(t, task.Done())
		task, err = c.Next(ctx)
		require.NoError(t, err)
	}
	require.Equal(t, want, task.Position())
	require.NoError(t, task.Done())
}

// TestSharedSurviveReopening: what a node did last before its server ended is
// there when it starts again.
func TestSharedSurviveReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	w := storetest.Named("a")
	for n := range eventstore.Position(4) {
		l, err := ledger.Open(t.Context(), ledger.Options{Dir: dir})
		require.NoError(t, err)
		b, j, c := bucket(t, l, "b"), journal(t, l, "j"), cursor(t, l, "c", eventstore.CursorOptions{InFlight: 1, Lease: 2 * time.Second})
		grow(t, l, w, 3)

		for p := 2*n + 1; p <= 2*n+2; p++ { // it falls behind by one each time
			reach(t, c, p)
		}
		put(t, b, fmt.Sprintf("k.%d", n), "v")
		values, err := b.List(t.Context(), "k")
		require.NoError(t, err)
		require.Len(t, values, int(n)+1)
		require.NoError(t, j.Append(t.Context(), "k", fmt.Append(nil, n)))
		lines, err := j.Tail(t.Context(), "k", 10, 0)
		require.NoError(t, err)
		require.Len(t, lines, int(n)+1)
		require.NoError(t, l.Close())
	}
}

// restartable is a server outside whose port stays the same.
type restartable struct {
	*server.Server
	dir  string
	port int
}

func startRestartable(t *testing.T) *restartable {
	r := &restartable{dir: t.TempDir(), port: -1}
	r.start(t)
	_, port, err := net.SplitHostPort(r.Addr().String())
	require.NoError(t, err)
	r.port = atoi(t, port)
	return r
}

func (r *restartable) start(t *testing.T) { r.Server = ledgertest.Run(t, r.dir, r.port) }

func (r *restartable) stop() {
	r.Shutdown()
	r.WaitForShutdown()
}

func TestCursorWaitsForTheServer(t *testing.T) {
	r := startRestartable(t)
	l := open(t, ledger.Options{URLs: r.ClientURL()})
	w := storetest.Named("a")
	c := cursor(t, l, "c", eventstore.CursorOptions{InFlight: 2, Lease: time.Minute})
	grow(t, l, w, 1)
	require.NoError(t, nextTask(t, c, 1).Done())
	for p := eventstore.Position(2); p < 4; p++ {
		got := make(chan eventstore.Task, 1)
		go func() {
			if task, err := c.Next(t.Context()); err == nil {
				got <- task
			}
		}()
		time.Sleep(20 * time.Millisecond)
		r.stop()
		time.Sleep(20 * time.Millisecond)
		require.Empty(t, got)
		r.start(t)
		other := open(t, ledger.Options{URLs: r.ClientURL()})
		grow(t, other, w, 1)
		select {
		case task := <-got:
			require.Equal(t, p, task.Position())
			require.NoError(t, task.Done())
		case <-time.After(20 * time.Second):
			require.FailNow(t, "nothing comes any more")
		}
	}
}

func TestWatchSurvivesARestart(t *testing.T) {
	r := startRestartable(t)
	l := open(t, ledger.Options{URLs: r.ClientURL()})
	b := bucket(t, l, "b")
	put(t, b, "k.0", "v")
	values := make(chan eventstore.Value, 100)
	go func() {
		_ = b.Watch(t.Context(), "k", func(v eventstore.Value) error { values <- v; return nil })
	}()
	require.Equal(t, "k.0", (<-values).Key)
	require.Zero(t, <-values)
	for n := 1; n < 3; n++ {
		r.stop()
		r.start(t)
		key := fmt.Sprintf("k.%d", n)
		put(t, bucket(t, open(t, ledger.Options{URLs: r.ClientURL()}), "b"), key, "v")
		select {
		case v := <-values:
			require.Equal(t, key, v.Key)
		case <-time.After(20 * time.Second):
			require.FailNow(t, "nothing comes any more")
		}
	}
	require.Empty(t, values, "nothing comes twice")
}

// TestCloseEndsWhatWaits: whatever is on its way fails and says why, and no
// goroutine stays.
func TestCloseEndsWhatWaits(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: filepath.Join(t.TempDir(), "nats")})
	require.NoError(t, err)
	b, j, c := bucket(t, l, "b"), journal(t, l, "j"), cursor(t, l, "c", oneInFlight)
	require.NoError(t, j.Append(t.Context(), "k", []byte("line")))
	grow(t, l, storetest.Named("a"), 1)
	task := nextTask(t, c, 1)

	var waiting sync.WaitGroup
	watching := make(chan error, 1)
	for name, wait := range map[string]func() error{
		"next": func() error { _, err := c.Next(t.Context()); return err },
		"watch": func() error {
			return b.Watch(t.Context(), "", func(eventstore.Value) error { watching <- nil; return nil })
		},
		"append": func() error {
			for {
				if err := j.Append(t.Context(), "k", []byte("line")); err != nil {
					return err
				}
			}
		},
	} {
		waiting.Go(func() {
			if err := wait(); !errors.Is(err, ledger.ErrClosed) {
				t.Errorf("%s does not say that the ledger is closed: %v", name, err)
			}
		})
	}
	<-watching
	time.Sleep(20 * time.Millisecond)
	require.NoError(t, l.Close())
	waiting.Wait()

	_, err = c.Next(t.Context())
	require.ErrorIs(t, err, ledger.ErrClosed)
	_, err = c.Lag(t.Context())
	require.ErrorIs(t, err, ledger.ErrClosed)
	require.ErrorIs(t, task.Done(), ledger.ErrClosed)
	require.Error(t, task.Hold())
	require.Error(t, task.Return())
	require.NoError(t, c.Close())
	_, err = b.Get(t.Context(), "k")
	require.ErrorIs(t, err, ledger.ErrClosed)
	_, err = b.Put(t.Context(), "k", nil, 0)
	require.ErrorIs(t, err, ledger.ErrClosed)
	_, err = b.List(t.Context(), "")
	require.ErrorIs(t, err, ledger.ErrClosed)
	require.ErrorIs(t, b.Watch(t.Context(), "", func(eventstore.Value) error { return nil }), ledger.ErrClosed)
	require.ErrorIs(t, j.Append(t.Context(), "k", []byte("x")), ledger.ErrClosed)
	_, err = j.Tail(t.Context(), "k", 1, 0)
	require.ErrorIs(t, err, ledger.ErrClosed)
	require.ErrorIs(t, j.Remove(t.Context(), "k"), ledger.ErrClosed)
	_, err = l.Bucket(t.Context(), "b")
	require.ErrorIs(t, err, ledger.ErrClosed)
	_, err = l.Journal(t.Context(), "j")
	require.ErrorIs(t, err, ledger.ErrClosed)
	_, err = l.Cursors().Open(t.Context(), "c", oneInFlight)
	require.ErrorIs(t, err, ledger.ErrClosed)
	goleak.VerifyNone(t, leaks)
}

// TestJournalLostAnswers: an append whose answer does not come is an error, and
// the caller does not wait longer than it wants to.
func TestJournalLostAnswers(t *testing.T) {
	for _, callers := range []int{1, 30} {
		t.Run(fmt.Sprint(callers), func(t *testing.T) {
			p := startProxy(t, ledgertest.StartServer(t))
			l := open(t, ledger.Options{URLs: "nats://" + p.listener.Addr().String()})
			j := journal(t, l, "j")
			require.NoError(t, j.Append(t.Context(), "k", []byte("first")))

			p.answer.Lock()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					if err := j.Append(ctx, "k", []byte("lost")); !errors.Is(err, context.DeadlineExceeded) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			p.cut()
			p.answer.Unlock()

			require.Eventually(t, func() bool { // through the healed connection
				return j.Append(t.Context(), "k", []byte("last")) == nil
			}, 2*time.Minute, 20*time.Millisecond)
			lines, err := j.Tail(t.Context(), "k", 1000, 0)
			require.NoError(t, err)
			require.Equal(t, "first", string(lines[0].Data))
			require.Equal(t, "last", string(lines[len(lines)-1].Data))
			require.LessOrEqual(t, len(lines), callers+2, "nothing is written twice")
		})
	}
}

// TestJournalBatchRefused: a server that takes no batches takes the lines one
// by one.
func TestJournalBatchRefused(t *testing.T) {
	url := ledgertest.StartServer(t)
	l := open(t, ledger.Options{URLs: url})
	j := journal(t, l, "j")
	js := stranger(t, url)
	stream, err := js.Stream(t.Context(), "JOURNAL_j")
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	config.AllowAtomicPublish = false
	_, err = js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if err := j.Append(t.Context(), "k", []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lines, err := j.Tail(t.Context(), "k", 1000, 0)
	require.NoError(t, err)
	require.Len(t, lines, 100)
}

func TestUnfitShared(t *testing.T) {
	url := ledgertest.StartServer(t)
	js := stranger(t, url)
	l := open(t, ledger.Options{URLs: url})
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "JOURNAL_j", Subjects: []string{"x"}})
	require.NoError(t, err)
	_, err = l.Journal(t.Context(), "j")
	require.ErrorContains(t, err, "max_msgs_per_subject is -1 where it has to be 2000")
	_, err = js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "depositary-b", Storage: jetstream.MemoryStorage})
	require.NoError(t, err)
	_, err = l.Bucket(t.Context(), "b")
	require.ErrorContains(t, err, "storage is")
	for _, name := range []string{"", "a.b", "*", "a b"} {
		_, err = l.Bucket(t.Context(), name)
		require.Error(t, err)
		_, err = l.Journal(t.Context(), name)
		require.Error(t, err)
	}
}
