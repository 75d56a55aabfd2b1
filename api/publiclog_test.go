package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/api/apitest"
	"depositary/eventstore"
	"depositary/eventstore/publiclog"
)

// reader is a client of tlog-tiles that shares nothing with the server but the
// two libraries: it writes paths by itself.
type reader struct {
	t      *testing.T
	server string
}

func (r *reader) get(path string) []byte {
	r.t.Helper()
	response, err := http.Get(r.server + "/log/" + path)
	require.NoError(r.t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	require.Equal(r.t, http.StatusOK, response.StatusCode, "%s: %s", path, data)
	if strings.HasPrefix(path, "tile/") {
		assert.Contains(r.t, response.Header.Get("Cache-Control"), "immutable")
		assert.Equal(r.t, "application/octet-stream", response.Header.Get("Content-Type"))
	} else {
		assert.Equal(r.t, "no-cache", response.Header.Get("Cache-Control"))
		assert.Equal(r.t, "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
	}
	return data
}

func (r *reader) Height() int { return 8 }

func (r *reader) SaveTiles([]tlog.Tile, [][]byte) {}

func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		data = append(data, r.get(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return data, nil
}

// tree reads the checkpoint as an independent client does.
func (r *reader) tree() (tree tlog.Tree) {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(r.get("key"))))
	require.NoError(r.t, err)
	n, err := note.Open(r.get("checkpoint"), note.VerifierList(verifier))
	require.NoError(r.t, err)
	lines := strings.Split(n.Text, "\n")
	require.Equal(r.t, verifier.Name(), lines[0])
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	require.NoError(r.t, err)
	tree.Hash, err = tlog.ParseHash(lines[2])
	require.NoError(r.t, err)
	return tree
}

func TestPublicLogIsReadByAnIndependentClient(t *testing.T) {
	s := apitest.Open(t)
	served := httptest.NewServer(s.Handler())
	t.Cleanup(served.Close)
	r := &reader{t, served.URL}

	before := r.tree()
	require.EqualValues(t, s.Position(), before.N)
	hashes := tlog.TileHashReader(before, r)
	for n := range before.N {
		c, err := s.Store.Read(eventstore.Position(n + 1))
		require.NoError(t, err)
		proof, err := tlog.ProveRecord(before.N, n, hashes)
		require.NoError(t, err)
		require.NoError(t, tlog.CheckRecord(proof, before.N, before.Hash, n, tlog.RecordHash(c.HeaderLine())))
	}
	leaves, err := publiclog.ParseEntries(r.get("tile/entries/000.p/" + strconv.FormatInt(before.N, 10)))
	require.NoError(t, err)
	require.Len(t, leaves, int(before.N))

	s.Clock.Advance(24 * time.Hour)
	require.NoError(t, s.BeginDay(t.Context()))
	after := r.tree()
	require.Equal(t, before.N+1, after.N)
	proof, err := tlog.ProveTree(after.N, before.N, tlog.TileHashReader(after, r))
	require.NoError(t, err)
	require.NoError(t, tlog.CheckTree(proof, after.N, after.Hash, before.N, before.Hash))
}

func TestProofOfAnActIsCheckedWithTheKeyAlone(t *testing.T) {
	s := apitest.Open(t, func(o *apitest.Options) { o.Public = "https://depositary.example" })
	served := httptest.NewServer(s.Handler())
	t.Cleanup(served.Close)
	get := func(path string) (int, string) {
		response, err := http.Get(served.URL + path)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(text)
	}
	status, text := get("/v1/actions/69.1/proof")
	require.Equal(t, http.StatusOK, status, text)
	_, key := get("/log/key")
	proven, err := publiclog.CheckProof([]byte(text), strings.TrimSpace(key))
	require.NoError(t, err)
	assert.Equal(t, "depositary.example", proven.Origin)
	assert.EqualValues(t, 69, proven.Commit.Position)
	assert.True(t, json.Valid([]byte(proven.Event)))

	for path, want := range map[string]int{"/v1/actions/9999.1/proof": 404, "/v1/actions/69.999999/proof": 404, "/v1/actions/x/proof": 422, "/log/tile/0/001": 404, "/log/": 404, "/log/other": 404} {
		status, text := get(path)
		assert.Equal(t, want, status, "%s: %s", path, text)
	}
}
