package v1_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
)

func TestHealthReadinessMetrics(t *testing.T) {
	d := apitest.Open(t)
	require.Equal(t, true, d.Get(t, "/healthz")["alive"])
	ready := d.Get(t, "/readyz")
	require.Equal(t, true, ready["ready"])
	require.EqualValues(t, 74, ready["position"])
	require.EqualValues(t, 0, ready["lag"])
	require.Equal(t, "test", ready["version"])
	d.Ask(t, apitest.Request{Path: "/v1/treaties/NONE"})
	d.Accede(t, "DEU", "2026-01-14", "x")
	metrics := string(d.Must(t, 200, apitest.Request{Path: "/metrics"}).Body)
	for _, line := range []string{
		`depositary_http_requests_total{method="POST",status="201"} 1`, `depositary_http_requests_total{method="GET",status="404"} 1`,
		`depositary_http_request_seconds_count{method="POST"} 1`, "depositary_position 75", "depositary_lag 0", "go_goroutines ", "# HELP depositary_position ",
	} {
		require.Contains(t, metrics, line)
	}
	d.Ask(t, apitest.Request{Method: "FOO", Path: "/v1/treaties"}) // no series for what a client makes up
	metrics = string(d.Must(t, 200, apitest.Request{Path: "/metrics"}).Body)
	require.NotContains(t, metrics, `method="FOO"`)
	require.Contains(t, metrics, `method="other",status="405"`)

}

// Readiness separates reading from writing. Each thing that keeps the node from one
// of them is named with since when, why, and what the operator does.
func TestReadinessSeparatesReadingFromWriting(t *testing.T) {
	d := apitest.Open(t)
	d.Fail(v1.Fault{Part: "disk", Since: time.Date(2026, 1, 14, 9, 0, 0, 0, time.UTC), Why: "it is full", Action: "make room", Writing: true})
	r := d.Must(t, 503, apitest.Request{Path: "/readyz"}).Object(t)
	require.Equal(t, "it is full", r["why"])
	require.Equal(t, map[string]any{"ready": true}, r["reading"])
	require.Equal(t, map[string]any{"ready": false, "faults": []any{
		map[string]any{"part": "disk", "since": "2026-01-14T09:00:00Z", "why": "it is full", "action": "make room"}}}, r["writing"])
	require.Equal(t, true, d.Get(t, "/readyz?for=reading")["ready"])
	d.Must(t, 503, apitest.Request{Path: "/readyz?for=writing"})
	d.Must(t, 422, apitest.Request{Path: "/readyz?for=running"})

	d.Fail(v1.Fault{Part: "node", Why: "it has failed", Reading: true, Writing: true})
	for _, path := range []string{"/readyz", "/readyz?for=reading", "/readyz?for=writing"} {
		d.Must(t, 503, apitest.Request{Path: path})
	}
	d.Must(t, 200, apitest.Request{Path: "/healthz"})
	d.Must(t, 200, apitest.Request{Path: "/v1/treaties"}) // what it knows it still tells
	d.Fail()
	d.Must(t, 200, apitest.Request{Path: "/readyz"})
}

func TestBackupAndVerification(t *testing.T) {
	d := apitest.Open(t)
	r := d.Must(t, 200, apitest.Request{Path: "/v1/operate/backup", Token: "operate", Header: map[string]string{"Accept": "application/octet-stream"}})
	require.Equal(t, "application/octet-stream", r.Header.Get("Content-Type"))
	require.Contains(t, r.Header.Get("Content-Disposition"), "depositary-74.bolt")
	path := filepath.Join(t.TempDir(), "copy.bolt")
	require.NoError(t, os.WriteFile(path, r.Body, 0o600))
	copied, err := boltstore.Open(path, boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	_, hash := copied.Tip()
	require.Equal(t, d.Views().Hash, hash)
	require.NoError(t, copied.Close())
	require.Empty(t, d.Must(t, 200, apitest.Request{Method: "HEAD", Path: "/v1/operate/backup", Token: "operate"}).Body)

	v := d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/operate/verification", Token: "operate"}).Object(t)
	require.EqualValues(t, 74, v["position"])
	require.Len(t, v["checked"], 5)
}

// No cell of any table begins a formula, whatever was recorded.
func TestTablesHoldNoFormulas(t *testing.T) {
	d := apitest.Open(t)
	starts := []string{"=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u00a0@"}
	for i, start := range starts {
		evil := start + `HYPERLINK("http://x","y")`
		id := fmt.Sprintf("EVIL%d", i)
		d.Must(t, 201, apitest.Request{Method: "PUT", Path: "/v1/participants/" + id, Token: "define",
			Body: fmt.Sprintf(`{"id":%q,"kind":"state","names":[{"name":%q}],"source":%q,"verification":%q}`, id, strings.TrimLeft(evil, "\t\r\n")+id, evil, evil)}) // a name has no control characters
		d.Must(t, 201, apitest.Request{Path: actions, Token: "record",
			Body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"accession","date":"2003-01-14","note":%q,"provenance":{"source":%q,"verification":%q}}]}`, id, evil, evil, evil)})
		d.Must(t, 201, apitest.Request{Method: "PUT", Path: fmt.Sprintf("/v1/weights/evil/%d", i), Token: "define",
			Body: fmt.Sprintf(`{"id":"evil","edition":"%d","name":%q,"unit":%q,"licence":%q,"areas":{"X":%q},"rows":[[%q,2020,1],["X",2020,1]],"source":%q}`, i, evil, evil, evil, evil, evil, evil)})
	}
	evil := `=1+1`
	d.Must(t, 201, apitest.Request{Method: "PUT", Path: "/v1/groups/EVIL", Token: "define",
		Body: fmt.Sprintf(`{"id":"EVIL","name":%q,"members":[{"participant":"EVIL1"}],"source":%q,"verification":%q}`, evil, evil, evil)})
	for _, short := range []string{"=1+1", "@SUM(A1)"} {
		r := d.Ask(t, apitest.Request{Method: "PUT", Path: "/v1/treaties/EVIL" + fmt.Sprint(len(short)), Token: "define",
			Body: fmt.Sprintf(`{"id":"EVIL%d","short":%q,"title":%q,"place":%q,"depositary":%q,"source":%q}`, len(short), short, evil, evil, evil, evil)})
		require.Contains(t, []int{201, 422}, r.Status, "%s", r.Body)
	}
	paths := append([]string{"/v1/groups/EVIL", "/v1/participants/EVIL0/status", "/v1/participants/EVIL0/timeline"}, tables()...)
	for i := range starts {
		paths = append(paths, fmt.Sprintf("/v1/weights/evil/%d", i))
	}
	seen := 0
	for _, path := range paths {
		r := d.Must(t, 200, apitest.Request{Path: path, Header: map[string]string{"Accept": "text/csv"}})
		rows, err := csv.NewReader(strings.NewReader(string(r.Body))).ReadAll()
		require.NoError(t, err)
		for _, row := range rows {
			for _, cell := range row {
				begins := strings.TrimLeft(cell, " \u00a0")
				require.False(t, begins != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(begins)[0]), "%s: %q", path, cell)
				if strings.Contains(cell, "HYPERLINK") || strings.HasPrefix(cell, "'=") {
					seen++
				}
			}
		}
	}
	require.Greater(t, seen, 100)
}

// tables lists the questions whose answers have a form as a table.
func tables() (paths []string) {
	for _, q := range readable {
		if q.table {
			paths = append(paths, q.path)
		}
	}
	return paths
}

// Queries pass with a reason, and the receipt tells which.
func TestQueriesPassWithAReason(t *testing.T) {
	d := apitest.Open(t)
	r := d.Must(t, 201, apitest.Request{Path: actions, Token: "record", Body: `{"reason":"the instrument calls itself so","actions":[{"participant":"DEU","action":"ratification","date":"2026-01-14"}]}`})
	require.EqualValues(t, domain.CodeRatifyWithoutSignature, apitest.At(t, r.Object(t), "queries", 0, "code"))
	detail := d.Get(t, "/v1/actions/75.1")
	require.Equal(t, "the instrument calls itself so", apitest.At(t, detail, "versions", 0, "reason"))
	require.Equal(t, []any{"RATIFY_WITHOUT_SIGNATURE"}, apitest.At(t, detail, "versions", 0, "answered"))
}
