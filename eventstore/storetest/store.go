package storetest

import (
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// Store checks an implementation of eventstore.Store; open returns an empty one
// that is closed when the test ends.
func Store(t *testing.T, open func(*testing.T) eventstore.Store) {
	for name, test := range map[string]func(*testing.T, eventstore.Store){
		"an empty store":                          emptyStore,
		"what was appended is read":               appendAndRead,
		"a broken chain is refused whole":         refuseBreaks,
		"scan starts after a position":            scanAfter,
		"scan stops with its function's error":    scanStops,
		"the bytes of a scan are the caller's":    scanKeeps,
		"commits are found by treaty":             findByTreaty,
		"commits are found by participant":        findByParticipant,
		"commits are found by command":            findByCommand,
		"large and small commits":                 sizes,
		"reads beside appends":                    concurrentReads,
		"a closed store answers with errors":      closed,
		"a fault is not an absence":               faultIsNoAbsence,
		"the same commits twice are refused":      appendTwice,
		"a function of a scan may use the store":  scanReenters,
		"a backup is written while appends go on": backup,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func emptyStore(t *testing.T, s eventstore.Store) {
	p, h := s.Tip()
	require.Zero(t, p)
	require.Zero(t, h)
	for _, p := range []eventstore.Position{0, 1, 1 << 40} {
		_, err := s.Read(p)
		require.ErrorIs(t, err, eventstore.ErrNotFound)
	}
	require.NoError(t, s.Append(nil))
	require.NoError(t, s.Scan(0, func(eventstore.Commit) error { return errors.New("called") }))
	_, found, err := s.ByCommand("nobody")
	require.NoError(t, err)
	require.False(t, found)
	require.Empty(t, s.ByTreaty("t1", 0, 10))
	require.Empty(t, s.ByParticipant("p1", 0, 10))
}

func appendAndRead(t *testing.T, s eventstore.Store) {
	w := Named("a")
	commits := w.Next(1)
	require.NoError(t, s.Append(commits))
	more := w.Next(250)
	require.NoError(t, s.Append(more))
	commits = append(commits, more...)

	p, h := s.Tip()
	require.Equal(t, commits[250].Position, p)
	require.Equal(t, commits[250].Hash(), h)
	for _, want := range commits {
		got, err := s.Read(want.Position)
		require.NoError(t, err)
		Equal(t, []eventstore.Commit{want}, []eventstore.Commit{got})
	}
	for _, p := range []eventstore.Position{0, 252, 1 << 40} {
		_, err := s.Read(p)
		require.ErrorIs(t, err, eventstore.ErrNotFound)
	}
	Equal(t, commits, scan(t, s, 0))
}

func scan(t *testing.T, s eventstore.Store, after eventstore.Position) []eventstore.Commit {
	t.Helper()
	var found []eventstore.Commit
	require.NoError(t, s.Scan(after, func(c eventstore.Commit) error {
		found = append(found, c)
		return nil
	}))
	return found
}

func refuseBreaks(t *testing.T, s eventstore.Store) {
	w := Named("a")
	first := w.Next(3)
	require.NoError(t, s.Append(first))
	next := After(first[2], "a").Next(3)
	early := SealForm1(eventstore.Header{Position: 4, Previous: first[2].Hash(), Recorded: epoch},
		eventstore.Command{ID: "early", Actor: "test", Treaty: "t", Participant: "p"}, "{}")
	other := Named("b").Next(4)

	for name, bad := range map[string][]eventstore.Commit{
		"a gap":                         next[1:],
		"a gap within":                  {next[0], next[2]},
		"the commit before it differs":  other[3:],
		"a break within":                {next[0], other[3]},
		"recorded before its precursor": {early},
		"again from the start":          first,
	} {
		t.Run(name, func(t *testing.T) {
			var broken *eventstore.BreakError
			require.ErrorAs(t, s.Append(bad), &broken)
			require.Equal(t, "store", broken.Copy)
			require.NotZero(t, broken.Position)
			p, h := s.Tip()
			require.EqualValues(t, 3, p)
			require.Equal(t, first[2].Hash(), h)
			_, err := s.Read(4)
			require.ErrorIs(t, err, eventstore.ErrNotFound)
			_, found, err := s.ByCommand(next[0].Commands[0].ID)
			require.NoError(t, err)
			require.False(t, found)
			require.Len(t, scan(t, s, 0), 3)
		})
	}
	require.NoError(t, s.Append(next), "the store takes what fits after a refusal")
}

func appendTwice(t *testing.T, s eventstore.Store) {
	// What a follower does whose append failed but was persisted.
	commits := Named("a").Next(5)
	require.NoError(t, s.Append(commits))
	var broken *eventstore.BreakError
	require.ErrorAs(t, s.Append(commits[3:]), &broken)
	require.Equal(t, commits[3].Position, broken.Position)
	Equal(t, commits, scan(t, s, 0))
}

func scanAfter(t *testing.T, s eventstore.Store) {
	commits := Named("a").Next(3000)
	require.NoError(t, s.Append(commits))
	for _, after := range []eventstore.Position{0, 1, 999, 2999, 3000, 3001, 1 << 40} {
		want := commits[min(int(after), 3000):]
		Equal(t, want, scan(t, s, after))
	}
}

func scanStops(t *testing.T, s eventstore.Store) {
	require.NoError(t, s.Append(Named("a").Next(5000)))
	stop := errors.New("stop")
	calls := 0
	err := s.Scan(10, func(eventstore.Commit) error {
		if calls++; calls == 7 {
			return stop
		}
		return nil
	})
	require.ErrorIs(t, err, stop)
	require.Equal(t, 7, calls)
}

func scanKeeps(t *testing.T, s eventstore.Store) {
	w := Named("a")
	commits := w.Next(2000)
	require.NoError(t, s.Append(commits))
	kept := scan(t, s, 0)
	for range 5 { // pages are used again
		require.NoError(t, s.Append(w.Next(100)))
	}
	Equal(t, commits, kept)
}

func scanReenters(t *testing.T, s eventstore.Store) {
	w := Named("a")
	require.NoError(t, s.Append(w.Next(10)))
	calls := 0
	require.NoError(t, s.Scan(0, func(c eventstore.Commit) error {
		if calls++; c.Position == 1 { // an append needs that nothing is being read
			require.NoError(t, s.Append(w.Next(20_000)))
		}
		_, err := s.Read(c.Position)
		return err
	}))
	require.GreaterOrEqual(t, calls, 10)
}

func findByTreaty(t *testing.T, s eventstore.Store) {
	checkPostings(t, s, s.ByTreaty, func(c eventstore.Commit) string { return c.Treaty() })
}

func findByParticipant(t *testing.T, s eventstore.Store) {
	checkPostings(t, s, s.ByParticipant, func(c eventstore.Commit) string { return c.Participant() })
}

func checkPostings(t *testing.T, s eventstore.Store, find func(string, eventstore.Position, int) []eventstore.Position, name func(eventstore.Commit) string) {
	want := map[string][]eventstore.Position{}
	for _, c := range Named("a").Next(300) {
		require.NoError(t, s.Append([]eventstore.Commit{c}))
		if name(c) != eventstore.Many {
			want[name(c)] = append(want[name(c)], c.Position)
		}
	}
	for name, all := range want {
		require.Equal(t, all, find(name, 0, 1000))
		require.Equal(t, all[:3], find(name, 0, 3))
		require.Equal(t, all[4:], find(name, all[3], 1000))
		require.Equal(t, all[4:], find(name, all[4]-1, 1000))
		require.Empty(t, find(name, 300, 10))
		require.Empty(t, find(name, 1<<40, 10))
		require.Empty(t, find(name, 0, 0))
	}
	require.Empty(t, find("nobody", 0, 10))
}

func findByCommand(t *testing.T, s eventstore.Store) {
	commits := Named("a").Next(5000)
	for part := range slices.Chunk(commits, 1000) {
		require.NoError(t, s.Append(part))
	}
	for _, c := range commits {
		p, found, err := s.ByCommand(c.Commands[0].ID)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, c.Position, p)
	}
	for _, id := range []string{"", "nobody", "command-a-5001", "command-a-", `","actor":"test`, "a b"} {
		_, found, err := s.ByCommand(id)
		require.NoError(t, err)
		require.False(t, found, id)
	}
}

func sizes(t *testing.T, s eventstore.Store) {
	w := Named("a")
	var commits []eventstore.Commit
	for i, size := range []int{1, 4096, 300 << 10, 2, 5 << 20, 3, 256 << 10} {
		c := w.Seal(eventstore.Command{ID: Command("size", eventstore.Position(i)), Treaty: "t", Participant: "p"},
			`"`+string(slices.Repeat([]byte{'x'}, size))+`"`)
		commits = append(commits, c)
	}
	require.NoError(t, s.Append(commits[:3]))
	require.NoError(t, s.Append(commits[3:]))
	Equal(t, commits, scan(t, s, 0))
}

func concurrentReads(t *testing.T, s eventstore.Store) {
	w := Named("a")
	require.NoError(t, s.Append(w.Next(10)))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				tip, hash := s.Tip()
				c, err := s.Read(tip)
				if err != nil || c.Hash() != hash {
					t.Errorf("tip %d: %v", tip, err)
				}
				if p, found, err := s.ByCommand(c.Commands[0].ID); err != nil || !found || p != tip {
					t.Errorf("command of %d is found at %d", tip, p)
				}
				s.ByTreaty(c.Treaty(), 0, 10)
				s.ByParticipant(c.Participant(), 0, 10)
				if err := s.Scan(tip-5, func(eventstore.Commit) error { return nil }); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 100 {
		require.NoError(t, s.Append(w.Next(20)))
	}
	close(done)
	readers.Wait()
}

func backup(t *testing.T, s eventstore.Store) {
	w := Named("a")
	require.NoError(t, s.Append(w.Next(1000)))
	stop := make(chan struct{})
	var appending sync.WaitGroup
	appending.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.Append(w.Next(10)); err != nil {
				t.Error(err)
			}
		}
	})
	n, err := s.Backup(&slowWriter{})
	close(stop)
	appending.Wait()
	require.NoError(t, err)
	require.Positive(t, n)

	_, err = s.Backup(failingWriter{})
	require.ErrorContains(t, err, io.ErrClosedPipe.Error())
}

// slowWriter takes its time, as a client over a network would.
type slowWriter struct{ n int }

func (w *slowWriter) Write(p []byte) (int, error) {
	if w.n += len(p); w.n < 1<<20 {
		time.Sleep(time.Millisecond)
	}
	return len(p), nil
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// faultIsNoAbsence takes the file away, as a fault of the disk would: whether a
// command was recorded is then not known, and the store says so. Both of a
// command that it has and of one that it cannot have looked for.
func faultIsNoAbsence(t *testing.T, s eventstore.Store) {
	commits := Named("a").Next(3)
	require.NoError(t, s.Append(commits))
	require.NoError(t, s.Close())
	_, found, err := s.ByCommand(commits[1].Commands[0].ID)
	require.Error(t, err)
	require.False(t, found)
	require.NotErrorIs(t, err, eventstore.ErrNotFound)
	_, err = s.Read(2)
	require.Error(t, err)
	require.NotErrorIs(t, err, eventstore.ErrNotFound)
}

func closed(t *testing.T, s eventstore.Store) {
	w := Named("a")
	require.NoError(t, s.Append(w.Next(3)))
	require.NoError(t, s.Close())
	_, err := s.Read(1)
	require.Error(t, err)
	require.NotErrorIs(t, err, eventstore.ErrNotFound)
	var damaged *eventstore.CorruptError
	require.False(t, errors.As(err, &damaged), "closed is not damaged")
	require.Error(t, s.Append(w.Next(1)))
	require.Error(t, s.Scan(0, func(eventstore.Commit) error { return nil }))
	p, _ := s.Tip()
	require.EqualValues(t, 3, p, "what failed was not appended")
	require.NoError(t, s.Close())
}
