package node

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"

	"depositary/api/apitest"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

func nothing(string, uint64, uint64) {}

// The export is the ledger, byte for byte, and makes the same ledger again.
func TestExportMakesTheSameLedger(t *testing.T) {
	d := apitest.Open(t)
	d.Accede(t, "DEU", "2026-06-29", "")
	r := d.Ask(t, apitest.Request{Path: "/v1/export", Header: map[string]string{"Accept": "application/x-ndjson"}})
	require.Equal(t, http.StatusOK, r.Status)
	require.Equal(t, "application/x-ndjson", r.Header.Get("Content-Type"))
	require.Equal(t, http.StatusNotAcceptable, d.Ask(t, apitest.Request{Path: "/v1/export", Header: map[string]string{"Accept": "text/csv"}}).Status)
	require.Empty(t, d.Ask(t, apitest.Request{Method: http.MethodHead, Path: "/v1/export"}).Body)
	for line := range bytes.Lines(r.Body) {
		require.True(t, json.Valid(line))
	}

	file, folder := t.TempDir()+"/ledger.ndjson", t.TempDir()
	require.NoError(t, os.WriteFile(file, r.Body, 0o600))
	restored, added, err := RestoreLines(t.Context(), file, folder, nothing)
	require.NoError(t, err)
	require.EqualValues(t, d.Position(), added)
	require.Equal(t, d.Views().Hash, restored.Hash)
	n := openNode(t, folder, onClock(d.Clock))
	require.Equal(t, d.Views().Hash, n.Views().Hash)
	_, err = n.Verify(context.Background())
	require.NoError(t, err)
}

func TestRestoredLinesContinueALedger(t *testing.T) {
	d := apitest.Open(t)
	short := d.Ask(t, apitest.Request{Path: "/v1/export"}).Body
	_, err := d.Recorder().Record(t.Context(), recorder.Request{ID: "one", Actor: "test", Command: remark("first")})
	require.NoError(t, err)
	long := d.Ask(t, apitest.Request{Path: "/v1/export"}).Body
	require.True(t, bytes.HasPrefix(long, short))

	dir := t.TempDir()
	restore := func(name string, content []byte) (uint64, error) {
		file := dir + "/" + name
		require.NoError(t, os.WriteFile(file, content, 0o600))
		_, added, err := RestoreLines(t.Context(), file, dir+"/data", nothing)
		return added, err
	}
	damaged := bytes.Replace(long, []byte(`"participant":"SLV"`), []byte(`"participant":"ZLV"`), 1)
	for name, content := range map[string][]byte{"empty": nil, "cut": long[:len(long)-10], "damaged": damaged, "text": []byte("no ledger\n"),
		"begins late": long[len(short):], "no end": bytes.TrimSuffix(long, []byte("\n"))} {
		_, err := restore(name, content)
		var wrong *eventstore.LinesError
		require.ErrorAs(t, err, &wrong, name)
		require.False(t, HasLedger(dir+"/data"), name)
	}
	_, err = restore("short", short)
	require.NoError(t, err)
	added, err := restore("long", long)
	require.NoError(t, err)
	require.EqualValues(t, 1, added)
	added, err = restore("again", long)
	require.NoError(t, err)
	require.Zero(t, added)
	_, err = restore("shorter", short)
	require.ErrorContains(t, err, "nothing was changed")

	n := openNode(t, dir+"/data", onClock(d.Clock))
	require.Equal(t, d.Views().Hash, n.Views().Hash)
	_, _, err = RestoreLines(t.Context(), dir+"/long", dir+"/data", nothing)
	require.ErrorIs(t, err, ErrHeld)

	other := t.TempDir()
	n, err = Open(t.Context(), Options{Patience: patience, Data: other, Empty: true})
	require.NoError(t, err)
	atlantis := domain.Participant{ID: "ATL", Kind: "state", Names: []domain.DatedName{{Name: "Atlantis"}}, Attestation: domain.Attestation{Source: "s", Verification: "v"}}
	_, err = n.recorder.Record(t.Context(), recorder.Request{ID: "other", Actor: "a", Command: &domain.Define{Participants: []domain.Participant{atlantis}}})
	require.NoError(t, err)
	require.NoError(t, n.Close())
	_, _, err = RestoreLines(t.Context(), dir+"/long", other, nothing)
	require.ErrorContains(t, err, "another ledger")
}
