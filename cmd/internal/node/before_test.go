package node

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/recorder"
)

// A data folder of the release before starts, verifies, exports the same bytes
// and is written to.
func TestFolderOfTheReleaseBefore(t *testing.T) {
	folder := t.TempDir()
	unpack(t, "testdata/before.tar.gz", folder)
	exported, err := os.ReadFile("testdata/before.ndjson")
	require.NoError(t, err)

	n, err := Open(t.Context(), Options{Patience: patience, Data: folder, Still: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	_, err = n.Verify(t.Context())
	require.NoError(t, err)
	var lines bytes.Buffer
	require.NoError(t, eventstore.WriteLines(t.Context(), &lines, n.store, n.Position()))
	require.Equal(t, string(exported), lines.String())

	state := n.Views().State.History("T-1", domain.Axes{}).Course("XPA")
	require.Equal(t, domain.Party, state.On(domain.MustDate("2002-09-01")).Status)
	_, err = n.Recorder().Record(t.Context(), recorder.Request{ID: "after", Actor: "test", Command: &domain.RecordActions{Treaty: "T-1", Reason: "in another year",
		Actions: []domain.Action{{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2003-01-02")}}}})
	require.NoError(t, err)

	// What is new is signed and stands behind what was there, to the byte.
	_, err = n.Verify(t.Context())
	require.NoError(t, err)
	lines.Reset()
	require.NoError(t, eventstore.WriteLines(t.Context(), &lines, n.store, n.Position()))
	added, found := strings.CutPrefix(lines.String(), string(exported))
	require.True(t, found)
	require.True(t, strings.HasPrefix(added, `{"form":2,`))
	require.True(t, n.Views().State.MayRecord(domain.NodeKey(n.signer.Key().String())))
}

// Every event of its lines is written again to the byte.
func TestLinesOfTheReleaseBefore(t *testing.T) {
	file, err := os.Open("testdata/before.ndjson")
	require.NoError(t, err)
	defer file.Close()
	_, _, err = eventstore.ReadLines(file, func(c eventstore.Commit, _ int) error {
		var lines bytes.Buffer
		err := codec.NewDecoder().Each(c, func(e domain.Entry) error {
			line, err := codec.Encode(e.Event)
			lines.Write(append(line, '\n'))
			return err
		})
		require.Equal(t, 1, c.Form)
		require.Equal(t, string(c.Body()), lines.String())
		return err
	})
	require.NoError(t, err)
}

func unpack(t *testing.T, archive, folder string) {
	t.Helper()
	file, err := os.Open(archive)
	require.NoError(t, err)
	defer file.Close()
	plain, err := gzip.NewReader(file)
	require.NoError(t, err)
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		path := filepath.Join(folder, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
}
