package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// patience is how long a test waits for what must happen.
const patience = 2 * time.Minute

// Ledger checks an implementation of eventstore.Ledger; open returns an empty
// one that is closed when the test ends.
func Ledger(t *testing.T, open func(*testing.T) eventstore.Ledger) {
	for name, test := range map[string]func(*testing.T, eventstore.Ledger){
		"an empty ledger":                        emptyLedger,
		"what was appended is read and followed": appendAndFollow,
		"a conflict appends nothing":             conflict,
		"appends that are not dense are refused": notDense,
		"a cancelled append is repeated":         cancelledAppend,
		"follow starts after a position":         followAfter,
		"follow waits for what comes":            followWaits,
		"a failed delivery is not lost":          failedDelivery,
		"a delivery that failed but was kept":    failedButKept,
		"large commits":                          largeCommits,
		"writers compete":                        compete,
		"follow ends with its context":           followEnds,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// Follow reads all commits after the position up to another.
func Follow(t testing.TB, l eventstore.Ledger, after, to eventstore.Position) []eventstore.Commit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	enough := errors.New("enough")
	var found []eventstore.Commit
	err := l.Follow(ctx, after, func(commits []eventstore.Commit) error {
		require.NotEmpty(t, commits)
		found = append(found, commits...)
		if found[len(found)-1].Position >= to {
			return enough
		}
		return nil
	})
	require.ErrorIs(t, err, enough)
	return found
}

func requireLast(t *testing.T, l eventstore.Ledger, want eventstore.Position) {
	t.Helper()
	last, err := l.Last(within(t))
	require.NoError(t, err)
	require.Equal(t, want, last)
}

func appendAll(t testing.TB, l eventstore.Ledger, commits []eventstore.Commit) {
	t.Helper()
	n, err := l.Append(t.Context(), commits)
	require.NoError(t, err)
	require.Equal(t, len(commits), n)
}

func emptyLedger(t *testing.T, l eventstore.Ledger) {
	requireLast(t, l, 0)
	for _, p := range []eventstore.Position{0, 1, 99} {
		_, err := l.Read(within(t), p)
		require.ErrorIs(t, err, eventstore.ErrNotFound)
	}
	n, err := l.Append(within(t), nil)
	require.NoError(t, err)
	require.Zero(t, n)
}

func appendAndFollow(t *testing.T, l eventstore.Ledger) {
	w := Named("a")
	var all []eventstore.Commit
	for _, n := range []int{1, 2, 11, 12, 13, 999, 1000, 1001, 2500, 1} {
		commits := w.Next(n)
		appendAll(t, l, commits)
		all = append(all, commits...)
		requireLast(t, l, eventstore.Position(len(all)))
	}
	for _, p := range []int{1, 2, 14, 15, 26, 2000, len(all)} {
		got, err := l.Read(within(t), eventstore.Position(p))
		require.NoError(t, err)
		Equal(t, all[p-1:p], []eventstore.Commit{got})
	}
	_, err := l.Read(within(t), eventstore.Position(len(all)+1))
	require.ErrorIs(t, err, eventstore.ErrNotFound)
	Equal(t, all, Follow(t, l, 0, eventstore.Position(len(all))))
}

func conflict(t *testing.T, l eventstore.Ledger) {
	w := Named("a")
	first := w.Next(5)
	appendAll(t, l, first)
	for name, late := range map[string][]eventstore.Commit{
		"one at the start":  Named("b").Next(1),
		"one":               After(first[3], "b").Next(1),
		"several":           After(first[2], "b").Next(4),
		"a batch":           After(first[3], "b").Next(20),
		"a batch, at start": Named("b").Next(30),
		"one, ahead":        w.Next(3)[2:],
		"a batch, ahead":    w.Next(30)[10:],
	} {
		t.Run(name, func(t *testing.T) {
			n, err := l.Append(within(t), late)
			var refused *eventstore.ConflictError
			require.ErrorAs(t, err, &refused)
			require.Zero(t, n)
			require.Equal(t, late[0].Position-1, refused.Want)
			require.Contains(t, []eventstore.Position{0, 5}, refused.Got)
			requireLast(t, l, 5)
		})
	}
	appendAll(t, l, After(first[4], "a").Next(20))
	Equal(t, first, Follow(t, l, 0, 25)[:5])
}

func notDense(t *testing.T, l eventstore.Ledger) {
	commits := Named("a").Next(30)
	for _, bad := range [][]eventstore.Commit{
		{commits[0], commits[2]},
		slices.Concat(commits[:20], commits[21:]),
		{commits[0], commits[0]},
	} {
		n, err := l.Append(within(t), bad)
		require.Error(t, err)
		require.Zero(t, n)
		requireLast(t, l, 0)
	}
}

// cancelledAppend: after an error that is no conflict the outcome is unknown.
// Either way the caller learns it from the ledger, and the chain goes on.
func cancelledAppend(t *testing.T, l eventstore.Ledger) {
	w := Named("a")
	for i := range 40 {
		commits := w.Next(1 + i%3*10)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Duration(i) * 25 * time.Microsecond)
			cancel()
		}()
		_, err := l.Append(ctx, commits)
		cancel()
		var refused *eventstore.ConflictError
		require.False(t, errors.As(err, &refused), "nobody else writes: %v", err)
		if err == nil {
			continue
		}
		end := commits[len(commits)-1].Position
		require.Eventually(t, func() bool {
			last, err := l.Last(within(t))
			require.NoError(t, err)
			if last < end {
				_, err = l.Append(within(t), commits[last+1-commits[0].Position:])
			}
			return err == nil
		}, patience, time.Millisecond)
	}
	found := Follow(t, l, 0, w.position)
	Equal(t, Named("a").Next(int(w.position)), found)
}

func followAfter(t *testing.T, l eventstore.Ledger) {
	commits := Named("a").Next(2500)
	appendAll(t, l, commits)
	for _, after := range []int{0, 1, 999, 2499} {
		Equal(t, commits[after:], Follow(t, l, eventstore.Position(after), 2500))
	}
}

// collector is the receiving end of a follower.
type collector struct {
	mu      sync.Mutex
	commits []eventstore.Commit
	more    chan struct{}
}

func (c *collector) deliver(commits []eventstore.Commit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits = append(c.commits, commits...)
	select {
	case c.more <- struct{}{}:
	default:
	}
	return nil
}

func (c *collector) wait(t *testing.T, n int) []eventstore.Commit {
	t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		commits := slices.Clone(c.commits)
		c.mu.Unlock()
		if len(commits) >= n {
			return commits
		}
		select {
		case <-c.more:
		case <-deadline:
			require.Failf(t, "not delivered", "%d of %d commits", len(commits), n)
		}
	}
}

func followWaits(t *testing.T, l eventstore.Ledger) {
	ctx, cancel := context.WithCancel(t.Context())
	got := &collector{more: make(chan struct{}, 1)}
	ended := make(chan error, 1)
	go func() { ended <- l.Follow(ctx, 0, got.deliver) }()
	w := Named("a")
	var all []eventstore.Commit
	for _, n := range []int{1, 1, 5, 100, 1} {
		commits := w.Next(n)
		appendAll(t, l, commits)
		all = append(all, commits...)
		Equal(t, all, got.wait(t, len(all)))
	}
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// failedDelivery: what was not delivered is delivered again, whole.
func failedDelivery(t *testing.T, l eventstore.Ledger) {
	commits := Named("a").Next(3000)
	appendAll(t, l, commits)
	broken, enough := errors.New("the disk is full"), errors.New("enough")
	var kept []eventstore.Commit
	for len(kept) < len(commits) {
		after := eventstore.Position(len(kept))
		err := l.Follow(within(t), after, func([]eventstore.Commit) error { return broken })
		require.ErrorIs(t, err, broken)
		err = l.Follow(within(t), after, func(batch []eventstore.Commit) error {
			require.Equal(t, after+1, batch[0].Position, "the failed batch comes again")
			kept = append(kept, batch...)
			return enough
		})
		require.ErrorIs(t, err, enough)
	}
	Equal(t, commits, kept)
}

// failedButKept: the receiver kept a batch and failed all the same. It starts
// again from where it really is, and nothing comes twice.
func failedButKept(t *testing.T, l eventstore.Ledger) {
	commits := Named("a").Next(2500)
	appendAll(t, l, commits)
	late := errors.New("failed after it was kept")
	var kept []eventstore.Commit
	for len(kept) < len(commits) {
		err := l.Follow(within(t), eventstore.Position(len(kept)), func(batch []eventstore.Commit) error {
			kept = append(kept, batch...)
			return late
		})
		require.ErrorIs(t, err, late)
	}
	Equal(t, commits, kept)
}

func largeCommits(t *testing.T, l eventstore.Ledger) {
	w := Named("a")
	var all []eventstore.Commit
	for i := range 15 {
		size := 900_000 >> (i % 4 * 4)
		all = append(all, w.Seal(eventstore.Command{ID: Command("large", eventstore.Position(i)), Treaty: "t", Participant: "p"},
			`"`+string(slices.Repeat([]byte{'x'}, size))+`"`))
	}
	appendAll(t, l, all[:2])
	appendAll(t, l, all[2:])
	Equal(t, all, Follow(t, l, 0, 15))
}

// compete: each writer appends at what it believes to be the end.
func compete(t *testing.T, l eventstore.Ledger) {
	Compete(t, l, l)
}

// Compete lets several clients write to the same ledger, and checks that
// nothing is lost, doubled or out of order.
func Compete(t *testing.T, ledgers ...eventstore.Ledger) {
	const commands = 60
	var writers sync.WaitGroup
	conflicts := make([]int, len(ledgers))
	for i, l := range ledgers {
		writers.Go(func() { conflicts[i] = competitor(t, l, string(rune('a'+i)), commands) })
	}
	writers.Wait()
	total := eventstore.Position(len(ledgers) * commands)
	seen := map[string]bool{}
	var before eventstore.Commit
	for _, c := range Follow(t, ledgers[0], 0, total) {
		if before.Position > 0 {
			require.NoError(t, c.Follows(before.Position, before.Hash(), before.Recorded))
		}
		id := c.Commands[0].ID
		require.False(t, seen[id], "%s stands twice", id)
		seen[id], before = true, c
	}
	require.EqualValues(t, total, before.Position)
	t.Logf("conflicts: %v", conflicts)
}

// competitor appends commands one by one and in batches, until each is in.
func competitor(t *testing.T, l eventstore.Ledger, name string, commands int) (conflicts int) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for done := 0; done < commands; {
		w := &Writer{}
		if last, err := l.Last(ctx); err != nil {
			t.Error(err)
			return conflicts
		} else if last > 0 {
			c, err := l.Read(ctx, last)
			if err != nil {
				t.Error(err)
				return conflicts
			}
			w = After(c, name)
		}
		n := min([]int{1, 3, 15}[done%3], commands-done)
		commits := make([]eventstore.Commit, n)
		for i := range commits {
			commits[i] = w.Seal(eventstore.Command{
				ID: Command(name, eventstore.Position(done+i)), Treaty: "t", Participant: name,
			}, "{}")
		}
		n, err := l.Append(ctx, commits)
		var refused *eventstore.ConflictError
		if errors.As(err, &refused) {
			conflicts++
		} else if err != nil {
			t.Error(err)
			return conflicts
		}
		done += n
	}
	return conflicts
}

func followEnds(t *testing.T, l eventstore.Ledger) {
	appendAll(t, l, Named("a").Next(10))
	ctx, cancel := context.WithCancel(t.Context())
	err := l.Follow(ctx, 0, func([]eventstore.Commit) error {
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = l.Follow(ctx, 10, func([]eventstore.Commit) error { return nil })
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
