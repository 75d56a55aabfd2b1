package storetest

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// Cursors checks an implementation of eventstore.Cursors; open returns two
// nodes' views of the cursors of one empty ledger, and a function that makes
// the ledger longer by so many commits.
func Cursors(t *testing.T, open func(*testing.T) (one, other eventstore.Cursors, grow func(int))) {
	for name, test := range map[string]func(*testing.T, *shared){
		"one in flight comes in order":           cursorOrder,
		"several in flight go to several hands":  cursorParallel,
		"no more are in flight than agreed":      cursorInFlight,
		"what is not held goes to another":       cursorLease,
		"what is held stays":                     cursorHold,
		"what is returned comes at once":         cursorReturn,
		"an existing cursor stands where it is":  cursorReopen,
		"a removed cursor starts anew":           cursorRemove,
		"cursors do not know of each other":      cursorsApart,
		"next waits, and ends with its context":  cursorWaits,
		"next ends with the hand":                cursorClose,
		"wrong names and options are refused":    cursorRefuses,
		"many hands, nothing lost, none doubled": cursorStress,
	} {
		t.Run(name, func(t *testing.T) {
			s := &shared{}
			s.one, s.other, s.grow = open(t)
			test(t, s)
		})
	}
}

type shared struct {
	one, other eventstore.Cursors
	grow       func(int)
}

// long is a lease that no test outlives, and short one that each can wait for.
const (
	long  = 10 * time.Minute
	short = time.Second
)

func openCursor(t *testing.T, c eventstore.Cursors, name string, o eventstore.CursorOptions) eventstore.Cursor {
	t.Helper()
	cursor, err := c.Open(within(t), name, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cursor.Close()) })
	return cursor
}

func nextTask(t *testing.T, c eventstore.Cursor, want eventstore.Position) eventstore.Task {
	t.Helper()
	task, err := c.Next(within(t))
	require.NoError(t, err)
	require.Equal(t, want, task.Position())
	return task
}

// requireNone: nothing is handed out for a while.
func requireNone(t *testing.T, c eventstore.Cursor) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	task, err := c.Next(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded, "%v", task)
}

// requireLag returns the cursor time to hear of what was appended just now.
func requireLag(t *testing.T, c eventstore.Cursor, want uint64) {
	t.Helper()
	for tries := 1; ; tries++ {
		lag, err := c.Lag(within(t))
		require.NoError(t, err)
		if lag == want {
			return
		}
		require.Less(t, tries, 100_000, "the lag is %d, not %d", lag, want)
		time.Sleep(time.Millisecond)
	}
}

func cursorOrder(t *testing.T, s *shared) {
	s.grow(3)
	o := eventstore.CursorOptions{After: 2, InFlight: 1, Lease: long}
	one, other := openCursor(t, s.one, "a", o), openCursor(t, s.other, "a", o)
	requireLag(t, one, 1)
	requirePlace(t, one, 2)
	s.grow(7)
	requireLag(t, other, 8)
	for p := eventstore.Position(3); p <= 10; p++ {
		hands := []eventstore.Cursor{one, other}
		task := nextTask(t, hands[p%2], p)
		if p == 5 {
			requireNone(t, one)
			requireNone(t, other)
		}
		requireLag(t, one, uint64(10-p+1))
		require.NoError(t, task.Done())
	}
	requireLag(t, one, 0)
	requirePlace(t, other, 10)
	requireNone(t, one)
}

// requirePlace waits until a cursor says that everything up to a position is done.
func requirePlace(t *testing.T, c eventstore.Cursor, want eventstore.Position) {
	t.Helper()
	require.Eventually(t, func() bool {
		place, err := c.Place(within(t))
		return err == nil && place == want
	}, 10*time.Second, time.Millisecond)
}

func cursorParallel(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 10, Lease: long}
	one, other := openCursor(t, s.one, "a", o), openCursor(t, s.other, "a", o)
	s.grow(4)
	var tasks []eventstore.Task
	for p, hand := range []eventstore.Cursor{one, other, other, one} {
		tasks = append(tasks, nextTask(t, hand, eventstore.Position(p+1)))
	}
	requireLag(t, one, 4)
	for n, i := range []int{3, 0, 2, 1} {
		require.NoError(t, tasks[i].Done())
		requirePlace(t, one, []eventstore.Position{0, 1, 1, 4}[n])
	}
	requireLag(t, one, 0)
	s.grow(1)
	require.NoError(t, nextTask(t, other, 5).Done())
}

func cursorInFlight(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 2, Lease: long}
	one, other := openCursor(t, s.one, "a", o), openCursor(t, s.other, "a", o)
	s.grow(5)
	first := nextTask(t, one, 1)
	nextTask(t, other, 2)
	requireNone(t, one)
	requireNone(t, other)
	require.NoError(t, first.Done())
	nextTask(t, one, 3)
	requireNone(t, one)
	requireLag(t, one, 4)
}

func cursorLease(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 1, Lease: short}
	one, other := openCursor(t, s.one, "a", o), openCursor(t, s.other, "a", o)
	s.grow(2)
	start := time.Now()
	lost := nextTask(t, one, 1)
	require.NoError(t, one.Close())
	task := nextTask(t, other, 1)
	require.GreaterOrEqual(t, time.Since(start), short*9/10)
	require.NoError(t, task.Done())
	_ = lost.Done() // too late, and no harm
	require.NoError(t, nextTask(t, other, 2).Done())
	requireNone(t, other)
}

func cursorHold(t *testing.T, s *shared) {
	s.grow(2)
	for lease := short; !heldFor(t, s, lease); lease *= 2 { // until the machine is quick enough
	}
}

// heldFor holds a task for three times its lease, and requires that nobody else
// gets it. It returns false where this test itself came too late to hold it.
func heldFor(t *testing.T, s *shared, lease time.Duration) bool {
	t.Helper()
	name := "a-" + strconv.FormatInt(lease.Milliseconds(), 10)
	o := eventstore.CursorOptions{InFlight: 1, Lease: lease}
	one, other := openCursor(t, s.one, name, o), openCursor(t, s.other, name, o)
	held := time.Now()
	task := nextTask(t, one, 1)
	for start := held; time.Since(start) < 3*lease; held = time.Now() {
		ctx, cancel := context.WithTimeout(t.Context(), lease/6)
		_, err := other.Next(ctx)
		cancel()
		if err == nil && time.Since(held) > lease/2 {
			return false
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		if task.Hold() != nil && time.Since(held) > lease/2 {
			return false
		}
	}
	require.NoError(t, task.Done())
	require.NoError(t, nextTask(t, other, 2).Done())
	return true
}

func cursorReturn(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 1, Lease: long}
	one, other := openCursor(t, s.one, "a", o), openCursor(t, s.other, "a", o)
	s.grow(2)
	for range 3 {
		require.NoError(t, nextTask(t, one, 1).Return())
		require.NoError(t, nextTask(t, other, 1).Return())
	}
	got := make(chan eventstore.Position, 1)
	task := nextTask(t, one, 1)
	go func() { // it comes to one who waits already, too
		if task, err := other.Next(t.Context()); err == nil {
			got <- task.Position()
		}
	}()
	require.NoError(t, task.Return())
	require.EqualValues(t, 1, next(t, got))
}

func cursorReopen(t *testing.T, s *shared) {
	s.grow(5)
	first := openCursor(t, s.one, "a", eventstore.CursorOptions{After: 1, InFlight: 1, Lease: long})
	require.NoError(t, nextTask(t, first, 2).Done())
	require.NoError(t, first.Close())
	// The number in flight and the lease are those of the last who opened it.
	second := openCursor(t, s.other, "a", eventstore.CursorOptions{After: 4, InFlight: 2, Lease: short})
	nextTask(t, second, 3)
	nextTask(t, second, 4)
	requireNone(t, second)
	task, err := second.Next(within(t))
	require.NoError(t, err)
	require.Contains(t, []eventstore.Position{3, 4}, task.Position(), "both leases end")
}

func cursorRemove(t *testing.T, s *shared) {
	require.NoError(t, s.one.Remove(within(t), "a"))
	s.grow(3)
	o := eventstore.CursorOptions{InFlight: 3, Lease: long}
	old := openCursor(t, s.one, "a", o)
	nextTask(t, old, 1)
	require.NoError(t, nextTask(t, old, 2).Done())
	require.NoError(t, nextTask(t, old, 3).Done())
	ended := make(chan error, 1)
	go func() {
		_, err := old.Next(t.Context())
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond)
	require.NoError(t, s.other.Remove(within(t), "a"))
	require.Error(t, next(t, ended), "one who waits at a removed cursor")
	_, err := old.Next(within(t))
	require.Error(t, err)
	require.NoError(t, within(t).Err(), "it fails at once")
	_, err = old.Lag(within(t))
	require.Error(t, err)
	o.After = 1
	anew := openCursor(t, s.other, "a", o)
	requireLag(t, anew, 2)
	require.NoError(t, nextTask(t, anew, 2).Done())
}

func cursorsApart(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 1, Lease: long}
	a, b := openCursor(t, s.one, "a", o), openCursor(t, s.one, "b", o)
	s.grow(2)
	require.NoError(t, nextTask(t, a, 1).Done())
	nextTask(t, b, 1)
	require.NoError(t, nextTask(t, a, 2).Done())
	requireLag(t, a, 0)
	requireLag(t, b, 2)
}

func cursorWaits(t *testing.T, s *shared) {
	c := openCursor(t, s.one, "a", eventstore.CursorOptions{InFlight: 1, Lease: long})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
	requireNone(t, c)
	got := make(chan eventstore.Position, 1)
	go func() {
		if task, err := c.Next(t.Context()); err == nil {
			got <- task.Position()
		}
	}()
	time.Sleep(20 * time.Millisecond)
	s.grow(1)
	require.EqualValues(t, 1, next(t, got))
}

func cursorClose(t *testing.T, s *shared) {
	o := eventstore.CursorOptions{InFlight: 1, Lease: long}
	closed, open := openCursor(t, s.one, "a", o), openCursor(t, s.one, "a", o)
	ended := make(chan error, 1)
	go func() {
		_, err := closed.Next(t.Context())
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond)
	for range 2 {
		require.NoError(t, closed.Close())
	}
	require.Error(t, next(t, ended))
	_, err := closed.Next(within(t))
	require.Error(t, err)
	s.grow(1)
	nextTask(t, open, 1)
}

func cursorRefuses(t *testing.T, s *shared) {
	good := eventstore.CursorOptions{InFlight: 1, Lease: long}
	for _, name := range []string{"", "a.b", "a b", "*", ">", "a/b", "ü"} {
		_, err := s.one.Open(within(t), name, good)
		require.Error(t, err, "%q", name)
		require.Error(t, s.one.Remove(within(t), name), "%q", name)
	}
	for _, o := range []eventstore.CursorOptions{{Lease: long}, {InFlight: -1, Lease: long}, {InFlight: 1}, {InFlight: 1, Lease: -1}} {
		_, err := s.one.Open(within(t), "a", o)
		require.Error(t, err, "%v", o)
	}
}

func cursorStress(t *testing.T, s *shared) {
	const commits, hands, inFlight = 200, 8, 5
	o := eventstore.CursorOptions{InFlight: inFlight, Lease: long}
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	var mu sync.Mutex
	var done []eventstore.Position
	var all sync.WaitGroup
	for i := range hands {
		c := openCursor(t, []eventstore.Cursors{s.one, s.other}[i%2], "a", o)
		all.Go(func() {
			for n := 0; ; n++ {
				task, err := c.Next(ctx)
				if err != nil {
					return
				}
				if n%7 == 3 {
					if err := task.Return(); err != nil {
						t.Error(err)
					}
					continue
				}
				if err := task.Done(); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if done = append(done, task.Position()); len(done) == commits {
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	s.grow(commits / 2)
	s.grow(commits / 2)
	all.Wait()
	slices.Sort(done)
	require.Len(t, slices.Compact(slices.Clone(done)), len(done), "one came twice")
	require.Len(t, done, commits)
	requireNone(t, openCursor(t, s.one, "a", o))
}
