package publiclog_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore/publiclog"
)

// A ledger is compared with a checkpoint that somebody has kept.
func TestCoversACheckpoint(t *testing.T) {
	t.Parallel()
	w, other := begun(t, "a", 300), begun(t, "b", 400)
	kept, err := w.Checkpoint()
	require.NoError(t, err)
	tree, err := publiclog.ReadCheckpoint(kept)
	require.NoError(t, err)
	require.EqualValues(t, 300, tree.N)
	seen, err := json.Marshal(publiclog.Seen{Key: keyOf(t, w), Checkpoint: string(kept)})
	require.NoError(t, err)
	watched, err := publiclog.ReadCheckpoint(seen)
	require.NoError(t, err)
	require.Equal(t, tree, watched)

	require.NoError(t, publiclog.Covers(w.store, tree))
	w.grow(t, 40)
	require.NoError(t, publiclog.Covers(w.store, tree), "a newer ledger begins with it")
	var older *publiclog.OlderError
	require.ErrorAs(t, publiclog.Covers(begun(t, "a", 299).store, tree), &older)
	require.Equal(t, publiclog.OlderError{Have: 299, Want: 300}, *older)
	require.ErrorContains(t, older, "an older past")
	require.ErrorAs(t, publiclog.Covers(other.store, tree), &older)
	require.True(t, older.Rewritten)
	require.ErrorContains(t, older, "the history was rewritten")
	require.ErrorAs(t, publiclog.Covers(begun(t, "a", 0).store, tree), &older)
}

func TestNoCheckpoint(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 1)
	kept, err := w.Checkpoint()
	require.NoError(t, err)
	forged, err := json.Marshal(publiclog.Seen{Key: keyOf(t, w), Checkpoint: "depositary.example\n9\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"})
	require.NoError(t, err)
	for text, what := range map[string]string{
		"":                 "this is no checkpoint",
		"a\nb\nc\n":        "has no size",
		"a\n01\nc\n":       "has no size",
		"a\n1\nc\n":        "has no root hash",
		`{"key":1}`:        "neither a checkpoint nor the file of a watcher",
		`{"key":"x"}`:      "no public key of a log",
		string(forged):     "is not signed with the key",
		`{` + string(kept): "neither",
	} {
		_, err := publiclog.ReadCheckpoint([]byte(text))
		require.ErrorContains(t, err, what, text)
	}
}
