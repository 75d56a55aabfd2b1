package eventstore_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/storetest"
)

// exported returns commits and their lines.
func exported(t *testing.T, n int) ([]eventstore.Commit, []byte) {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	commits := storetest.Named("a").Next(n)
	require.NoError(t, store.Append(commits))
	var lines bytes.Buffer
	require.NoError(t, eventstore.WriteLines(t.Context(), &lines, store, eventstore.Position(n)))
	var none bytes.Buffer
	require.NoError(t, eventstore.WriteLines(t.Context(), &none, store, 0))
	require.Empty(t, none.Bytes())
	require.Error(t, eventstore.WriteLines(t.Context(), &none, store, eventstore.Position(n+1)), "a part is not the whole")
	return commits, lines.Bytes()
}

func TestLinesMakeTheSameCommits(t *testing.T) {
	commits, lines := exported(t, 40)
	var read []eventstore.Commit
	var at []int
	position, hash, err := eventstore.ReadLines(bytes.NewReader(lines), func(c eventstore.Commit, line int) error {
		read, at = append(read, c), append(at, line)
		return nil
	})
	require.NoError(t, err)
	storetest.Equal(t, commits, read)
	require.Equal(t, commits[39].Position, position)
	require.Equal(t, commits[39].Hash(), hash)
	require.Equal(t, 1, at[0])
	require.Equal(t, 1+bytes.Count(commits[0].Raw(), []byte("\n")), at[1], "the line of the second header")
}

func TestLinesThatAreNoLedger(t *testing.T) {
	commits, lines := exported(t, 3)
	first := len(commits[0].Raw())
	for name, c := range map[string]struct {
		lines []byte
		line  int
	}{
		"text":        {[]byte("no ledger\n"), 1},
		"begins late": {lines[first:], 1},
		"no end":      {bytes.TrimSuffix(lines, []byte("\n")), bytes.Count(lines, []byte("\n"))},
		"a gap":       {append(bytes.Clone(lines[:first]), commits[2].Raw()...), bytes.Count(commits[0].Raw(), []byte("\n")) + 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := eventstore.ReadLines(bytes.NewReader(c.lines), func(eventstore.Commit, int) error { return nil })
			var wrong *eventstore.LinesError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.line, wrong.Line)
		})
	}
	stop := errors.New("stop")
	position, _, err := eventstore.ReadLines(bytes.NewReader(lines), func(c eventstore.Commit, _ int) error {
		if c.Position == 2 {
			return stop
		}
		return nil
	})
	require.ErrorIs(t, err, stop)
	require.EqualValues(t, 1, position)
}
