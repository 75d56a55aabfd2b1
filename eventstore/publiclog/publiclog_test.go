package publiclog_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/publiclog"
	"depositary/eventstore/storetest"
)

var seed = bytes.Repeat([]byte{1}, 32)

// written is a log with the writer that goes on with it.
type written struct {
	*publiclog.Log
	store   *boltstore.Store
	writer  *storetest.Writer
	commits []eventstore.Commit
}

func begun(t *testing.T, name string, n int) *written {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	log, err := publiclog.New(store, seed, "https://depositary.example/")
	require.NoError(t, err)
	w := &written{Log: log, store: store, writer: storetest.Named(name)}
	w.grow(t, n)
	return w
}

func (w *written) grow(t *testing.T, n int) {
	t.Helper()
	if n > 0 {
		commits := w.writer.Next(n)
		require.NoError(t, w.store.Append(commits))
		w.commits = append(w.commits, commits...)
	}
}

// fetch serves the log as a server does.
func (w *written) fetch(_ context.Context, path string) ([]byte, error) {
	if tile, ok := strings.CutPrefix(path, "tile/"); ok {
		return w.Tile(tile)
	}
	return w.Checkpoint()
}

func keyOf(t *testing.T, w *written) string {
	t.Helper()
	key, err := w.Key()
	require.NoError(t, err)
	return key
}

func TestCheckpointIsANote(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 3)
	text, err := w.Checkpoint()
	require.NoError(t, err)
	verifier, err := note.NewVerifier(keyOf(t, w))
	require.NoError(t, err)
	assert.Equal(t, "depositary.example", verifier.Name())
	n, err := note.Open(text, note.VerifierList(verifier))
	require.NoError(t, err)

	// The root by hand, after RFC 6962: three leaves.
	leaf := func(i int) tlog.Hash { return tlog.RecordHash(w.commits[i].HeaderLine()) }
	root := tlog.NodeHash(tlog.NodeHash(leaf(0), leaf(1)), leaf(2))
	assert.Equal(t, "depositary.example\n3\n"+base64.StdEncoding.EncodeToString(root[:])+"\n", n.Text)

	w.grow(t, 1)
	grown, err := w.Checkpoint()
	require.NoError(t, err)
	assert.Contains(t, string(grown), "\n4\n", "the checkpoint follows the store at once")
}

func TestOriginWithoutAPublicAddress(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 1)
	log, err := publiclog.New(w.store, seed, "")
	require.NoError(t, err)
	text, err := log.Checkpoint()
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(text), "depositary/"+w.commits[0].Hash().Short()+"\n"), string(text))
}

func TestEmptyLedger(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 0)
	_, err := w.Checkpoint()
	require.ErrorIs(t, err, publiclog.ErrEmpty)
	_, err = w.Tile("0/000.p/1")
	require.ErrorIs(t, err, publiclog.ErrNoTile)
	_, err = w.Prove(1, 1)
	require.ErrorIs(t, err, eventstore.ErrNotFound)
	w.grow(t, 1)
	_, err = w.Checkpoint()
	require.NoError(t, err)
}

func TestTiles(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 600)
	for path, size := range map[string]int{"0/000": 256, "0/001": 256, "0/001.p/255": 255, "0/002.p/88": 88, "0/002.p/3": 3, "1/000.p/2": 2, "1/000.p/1": 1} {
		data, err := w.Tile(path)
		require.NoError(t, err, path)
		assert.Len(t, data, size*tlog.HashSize, path)
	}
	for path, size := range map[string]int{"entries/000": 256, "entries/002.p/88": 88} {
		data, err := w.Tile(path)
		require.NoError(t, err, path)
		leaves, err := publiclog.ParseEntries(data)
		require.NoError(t, err)
		require.Len(t, leaves, size, path)
		first := 0
		if size == 88 {
			first = 512
		}
		for i, leaf := range leaves {
			require.Equal(t, string(w.commits[first+i].HeaderLine()), string(leaf))
		}
	}
	for _, path := range []string{"0/002", "0/002.p/89", "0/003", "1/000", "1/000.p/3", "2/000.p/1", "data/000", "entries/003", "-1/000", "0/000.p/0", "0/000.p/256", "0/0", "8/0/000", "63/000.p/1", "",
		"0/x999/x999/x999/x999/x999/x999/x999/999"} {
		_, err := w.Tile(path)
		require.ErrorIs(t, err, publiclog.ErrNoTile, path)
	}
}

func TestProof(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 300)
	key := keyOf(t, w)
	for _, p := range []eventstore.Position{1, 2, 256, 257, 300} {
		proof, err := w.Prove(p, 1)
		require.NoError(t, err)
		text, err := json.Marshal(proof)
		require.NoError(t, err)
		proven, err := publiclog.CheckProof(text, key)
		require.NoError(t, err)
		assert.Equal(t, w.commits[p-1].Raw(), proven.Commit.Raw())
		assert.Equal(t, int64(300), proven.Tree.N)
		assert.Contains(t, string(w.commits[p-1].Body()), proven.Event+"\n")
	}
	for _, missing := range []struct {
		p eventstore.Position
		n int
	}{{0, 1}, {301, 1}, {1, 0}, {1, 99}} {
		_, err := w.Prove(missing.p, missing.n)
		require.ErrorIs(t, err, eventstore.ErrNotFound, "%v", missing)
	}
}

// Each byte of the commit, header and body, and of the checkpoint counts.
func TestChangedProofIsRefused(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 5)
	key := keyOf(t, w)
	proof, err := w.Prove(3, 1)
	require.NoError(t, err)
	refused := func(change func(*publiclog.Proof), what string) {
		changed := proof
		changed.Hashes = append([]string{}, proof.Hashes...)
		change(&changed)
		text, err := json.Marshal(changed)
		require.NoError(t, err)
		_, err = publiclog.CheckProof(text, key)
		require.Error(t, err, what)
	}
	flipped := func(text string, at int) string {
		b := []byte(text)
		b[at] ^= 4
		return string(b)
	}
	for at := range proof.Commit {
		refused(func(p *publiclog.Proof) { p.Commit = flipped(p.Commit, at) }, fmt.Sprintf("byte %d of the commit", at))
	}
	for at := range proof.Checkpoint {
		refused(func(p *publiclog.Proof) { p.Checkpoint = flipped(p.Checkpoint, at) }, fmt.Sprintf("byte %d of the checkpoint", at))
	}
	for i := range proof.Hashes {
		refused(func(p *publiclog.Proof) { p.Hashes[i] = flipped(p.Hashes[i], 0) }, "a hash")
	}
	refused(func(p *publiclog.Proof) { p.Hashes = p.Hashes[1:] }, "a hash less")
	refused(func(p *publiclog.Proof) { p.Index++ }, "the index")
	refused(func(p *publiclog.Proof) { p.Record = "3.9" }, "the number of the record")
	refused(func(p *publiclog.Proof) { p.Record = "2.1" }, "the position of the record")

	text, err := json.Marshal(proof)
	require.NoError(t, err)
	other, err := publiclog.New(w.store, bytes.Repeat([]byte{2}, 32), "https://depositary.example")
	require.NoError(t, err)
	otherKey, err := other.Key()
	require.NoError(t, err)
	_, err = publiclog.CheckProof(text, otherKey)
	require.ErrorContains(t, err, "not signed")
	_, err = publiclog.CheckProof(text, "no key")
	var wrong *publiclog.KeyError
	require.ErrorAs(t, err, &wrong)
	_, err = publiclog.CheckProof([]byte("{"), key)
	require.ErrorContains(t, err, "no proof")
}

func TestWatch(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 250)
	seen := publiclog.Seen{Key: keyOf(t, w)}
	for _, more := range []int{0, 0, 1, 20, 400} {
		w.grow(t, more)
		next, tree, err := publiclog.Look(t.Context(), w.fetch, seen)
		require.NoError(t, err)
		assert.Equal(t, int64(len(w.commits)), tree.N)
		seen = next
	}

	var rewritten *publiclog.RewrittenError
	refused := func(fetch publiclog.Fetch, says string) {
		t.Helper()
		kept, _, err := publiclog.Look(t.Context(), fetch, seen)
		require.ErrorAs(t, err, &rewritten)
		assert.Contains(t, err.Error(), says)
		assert.Equal(t, seen, kept)
	}
	refused(begun(t, "b", 800).fetch, "was rewritten")
	refused(begun(t, "b", len(w.commits)).fetch, "was rewritten")
	refused(begun(t, "a", 600).fetch, "rolled back: it had 671 commits, and has 600")

	w.grow(t, 10)
	refused(func(ctx context.Context, path string) ([]byte, error) {
		data, err := w.fetch(ctx, path)
		if path != "checkpoint" {
			data = bytes.Clone(data)
			data[5] ^= 1
		}
		return data, err
	}, "tiles of the log")
	refused(func(ctx context.Context, path string) ([]byte, error) {
		data, err := w.fetch(ctx, path)
		return bytes.Replace(data, []byte("681"), []byte("682"), 1), err
	}, "not signed")

	var unanswered *publiclog.FetchError
	for _, broken := range []string{"checkpoint", "tile/"} {
		_, _, err := publiclog.Look(t.Context(), func(ctx context.Context, path string) ([]byte, error) {
			if strings.HasPrefix(path, broken) {
				return nil, errors.New("cut off")
			}
			return w.fetch(ctx, path)
		}, seen)
		require.ErrorAs(t, err, &unanswered, broken)
	}
}

func TestKeyStaysOutOfLogs(t *testing.T) {
	t.Parallel()
	w := begun(t, "a", 1)
	keyOf(t, w)
	assert.Equal(t, "public log public log", fmt.Sprintf("%v %#v", w.Log, w.Log))
}
