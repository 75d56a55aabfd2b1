package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// Journal checks an implementation of eventstore.Journal; open returns two
// nodes' views of one empty journal.
func Journal(t *testing.T, open func(*testing.T) (one, other eventstore.Journal)) {
	for name, test := range map[string]func(t *testing.T, one, other eventstore.Journal){
		"lines stand in their order":            journalOrder,
		"the tail is read page by page":         journalPages,
		"many append at once":                   journalGroups,
		"the oldest are forgotten":              journalBound,
		"a removed key is empty":                journalRemove,
		"what a journal cannot keep is refused": journalRefuses,
	} {
		t.Run(name, func(t *testing.T) {
			one, other := open(t)
			test(t, one, other)
		})
	}
}

func appendLines(t *testing.T, j eventstore.Journal, key string, lines ...string) {
	t.Helper()
	data := make([][]byte, len(lines))
	for i, line := range lines {
		data[i] = []byte(line)
	}
	require.NoError(t, j.Append(within(t), key, data...))
}

// tailOf returns the last lines, after a check that their sequences grow.
func tailOf(t *testing.T, j eventstore.Journal, key string, limit int, before uint64) ([]string, []eventstore.JournalLine) {
	t.Helper()
	found, err := j.Tail(within(t), key, limit, before)
	require.NoError(t, err)
	var lines []string
	last := uint64(0)
	for _, line := range found {
		require.Greater(t, line.Sequence, last)
		if before > 0 {
			require.Less(t, line.Sequence, before)
		}
		last = line.Sequence
		lines = append(lines, string(line.Data))
	}
	return lines, found
}

func journalOrder(t *testing.T, one, other eventstore.Journal) {
	lines, _ := tailOf(t, one, "a", 10, 0)
	require.Empty(t, lines)
	appendLines(t, one, "a", "1", "2")
	appendLines(t, other, "b", "other")
	appendLines(t, other, "a.x", "below")
	appendLines(t, other, "a", "", "4")
	appendLines(t, one, "a", "5")
	appendLines(t, one, "a")
	for _, j := range []eventstore.Journal{one, other} {
		lines, found := tailOf(t, j, "a", 10, 0)
		require.Equal(t, []string{"1", "2", "", "4", "5"}, lines)
		beside, b := tailOf(t, j, "b", 10, 0)
		require.Equal(t, []string{"other"}, beside)
		require.Greater(t, b[0].Sequence, found[1].Sequence, "sequences grow along the journal")
		require.Less(t, b[0].Sequence, found[2].Sequence)
		lines, _ = tailOf(t, j, "a", 0, 0)
		require.Empty(t, lines)
	}
}

// journalPages goes back page by page, across messages of several lines.
func journalPages(t *testing.T, one, other eventstore.Journal) {
	var all []string
	for n := range 30 {
		var lines []string
		for i := range n%4 + 1 {
			lines = append(lines, fmt.Sprintf("%d.%d", n, i))
		}
		appendLines(t, one, "a", lines...)
		appendLines(t, other, "b", "beside")
		all = append(all, lines...)
	}
	for _, size := range []int{1, 3, 7, len(all), 1000} {
		var read []string
		for before := uint64(0); ; {
			lines, found := tailOf(t, other, "a", size, before)
			if len(lines) == 0 {
				break
			}
			require.LessOrEqual(t, len(lines), size)
			read, before = append(lines, read...), found[0].Sequence
		}
		require.Equal(t, all, read, "by %d", size)
	}
}

// journalGroups: what goes out together is still each caller's, whole and in
// the order of one who waits.
func journalGroups(t *testing.T, one, other eventstore.Journal) {
	const writers, appends = 100, 10
	var all sync.WaitGroup
	for w := range writers {
		j := []eventstore.Journal{one, other}[w%2]
		all.Go(func() {
			for n := range appends {
				first, second := fmt.Sprintf("%d %d 0", w, n), fmt.Sprintf("%d %d 1", w, n)
				if err := j.Append(t.Context(), "a", []byte(first), []byte(second)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	lines, _ := tailOf(t, one, "a", 1_000_000, 0)
	require.Len(t, lines, 2*writers*appends)
	seen := make([]int, writers)
	for i := 0; i < len(lines); i += 2 {
		var w, n, half int
		_, err := fmt.Sscan(lines[i], &w, &n, &half)
		require.NoError(t, err)
		require.Zero(t, half)
		require.Equal(t, seen[w], n, "the order of writer %d", w)
		require.Equal(t, fmt.Sprintf("%d %d 1", w, n), lines[i+1], "an append stands together")
		seen[w]++
	}
}

func journalBound(t *testing.T, one, other eventstore.Journal) {
	appendLines(t, one, "quiet", "still here")
	appendLines(t, one, "a", "the oldest")
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for range eventstore.JournalDepth / 100 {
				if err := one.Append(t.Context(), "a", []byte("x"), []byte("y")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	appendLines(t, one, "a", "the last")
	lines, _ := tailOf(t, other, "a", 1_000_000, 0)
	require.Len(t, lines, 2*eventstore.JournalDepth-1)
	require.Equal(t, "x", lines[0])
	require.Equal(t, "the last", lines[len(lines)-1])
	lines, _ = tailOf(t, other, "a", 3, 0)
	require.Equal(t, []string{"x", "y", "the last"}, lines)
	lines, _ = tailOf(t, other, "quiet", 10, 0)
	require.Equal(t, []string{"still here"}, lines, "each key has its own bound")
}

func journalRemove(t *testing.T, one, other eventstore.Journal) {
	require.NoError(t, one.Remove(within(t), "a"))
	appendLines(t, one, "a", "1", "2")
	appendLines(t, one, "a.b", "kept")
	_, before := tailOf(t, one, "a", 10, 0)
	require.NoError(t, other.Remove(within(t), "a"))
	lines, _ := tailOf(t, one, "a", 10, 0)
	require.Empty(t, lines)
	lines, _ = tailOf(t, one, "a.b", 10, 0)
	require.Equal(t, []string{"kept"}, lines)
	appendLines(t, one, "a", "3")
	lines, after := tailOf(t, other, "a", 10, 0)
	require.Equal(t, []string{"3"}, lines)
	require.Greater(t, after[0].Sequence, before[1].Sequence)
}

func journalRefuses(t *testing.T, j, _ eventstore.Journal) {
	for _, key := range []string{"", "a..b", "a b", "*", ">", "a."} {
		require.Error(t, j.Append(within(t), key, []byte("x")), "%q", key)
		require.Error(t, j.Remove(within(t), key), "%q", key)
		_, err := j.Tail(within(t), key, 1, 0)
		require.Error(t, err, "%q", key)
	}
	require.ErrorContains(t, j.Append(within(t), "a", []byte("x"), []byte("two\nlines")), "line 2 of 2")
	most := slices.Repeat([][]byte{[]byte("x")}, eventstore.MaxLines+1)
	require.ErrorContains(t, j.Append(within(t), "a", most...), "at most 255")
	lines, _ := tailOf(t, j, "a", 10, 0)
	require.Empty(t, lines, "nothing of it was written")
	most[254] = bytes.Repeat([]byte("y"), 10_000)
	require.NoError(t, j.Append(within(t), "a", most[:255]...))
	_, found := tailOf(t, j, "a", 1000, 0)
	require.Len(t, found, 255)
	require.Equal(t, most[254], found[254].Data)
}
