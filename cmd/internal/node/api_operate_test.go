package node

import (
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
)

func TestHealthReadinessMetrics(t *testing.T) {
	d := openDoor(t)
	require.Equal(t, true, d.get(t, "/healthz")["alive"])
	ready := d.get(t, "/readyz")
	require.Equal(t, true, ready["ready"])
	require.EqualValues(t, 74, ready["position"])
	require.EqualValues(t, 0, ready["lag"])
	require.Equal(t, "test", ready["version"])
	d.ask(t, ask{path: "/v1/treaties/NONE"})
	d.accede(t, "DEU", "2026-01-14", "x")
	metrics := string(d.must(t, 200, ask{path: "/metrics"}).body)
	for _, line := range []string{
		`depositary_http_requests_total{method="POST",status="201"} 1`, `depositary_http_requests_total{method="GET",status="404"} 1`,
		`depositary_http_request_seconds_count{method="POST"} 1`, "depositary_position 75", "depositary_lag 0", "go_goroutines ", "# HELP depositary_position ",
	} {
		require.Contains(t, metrics, line)
	}
	d.ask(t, ask{method: "FOO", path: "/v1/treaties"}) // no series for what a client makes up
	metrics = string(d.must(t, 200, ask{path: "/metrics"}).body)
	require.NotContains(t, metrics, `method="FOO"`)
	require.Contains(t, metrics, `method="other",status="405"`)

	// A node that has failed says so, and not why; what it knows it still tells.
	d.fail(errors.New("secret cause in /tmp/secret"))
	r := d.must(t, http.StatusServiceUnavailable, ask{path: "/readyz"})
	require.Equal(t, false, r.object(t)["ready"])
	require.NotContains(t, string(r.body), "secret")
	d.must(t, 200, ask{path: "/healthz"})
	d.must(t, 200, ask{path: "/v1/treaties"})
}

func TestBackupAndVerification(t *testing.T) {
	d := openDoor(t)
	r := d.must(t, 200, ask{path: "/v1/operate/backup", token: "operate", header: map[string]string{"Accept": "application/octet-stream"}})
	require.Equal(t, "application/octet-stream", r.header.Get("Content-Type"))
	require.Contains(t, r.header.Get("Content-Disposition"), "depositary-74.bolt")
	path := filepath.Join(t.TempDir(), "copy.bolt")
	require.NoError(t, os.WriteFile(path, r.body, 0o600))
	copied, err := boltstore.Open(path, boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	_, hash := copied.Tip()
	require.Equal(t, d.Views().Hash, hash)
	require.NoError(t, copied.Close())
	require.Empty(t, d.must(t, 200, ask{method: "HEAD", path: "/v1/operate/backup", token: "operate"}).body)

	v := d.must(t, 200, ask{method: "POST", path: "/v1/operate/verification", token: "operate"}).object(t)
	require.EqualValues(t, 74, v["position"])
	require.Len(t, v["checked"], 4)
}

func TestRateLimit(t *testing.T) {
	d := openDoor(t, func(o *Options) { o.Rate, o.Burst = 0.001, 5 })
	limited := 0
	for range 10 {
		r := d.ask(t, ask{path: "/v1/treaties"})
		if r.status == http.StatusTooManyRequests {
			limited++
			require.Equal(t, "1", r.header.Get("Retry-After"))
			require.Equal(t, "urn:depositary:rate", r.problem(t).Type)
		}
	}
	require.Equal(t, 6, limited, "one of the burst was the description")
}

// logged keeps what is logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A defect gives one clean answer, the log has its cause, and the next request
// is answered. Where the views are computed, those who wait are not left alone.
func TestDefectInAHandler(t *testing.T) {
	var log logged
	d := openDoor(t, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, after := range []int{0, 1} { // before the answer is looked for, and while it is computed
		path := fmt.Sprintf("/v1/treaties/IV-13/status?asOf=200%d-01-01", after)
		d.now.failAfter(after)
		r := d.ask(t, ask{path: path})
		require.Equal(t, http.StatusInternalServerError, r.status)
		p := r.problem(t)
		require.Equal(t, "urn:depositary:internal", p.Type)
		require.Contains(t, log.String(), p.Instance)
		require.Contains(t, log.String(), "the clock stands still")
		d.now.failAfter(-1)
		d.must(t, 200, ask{path: path + "&format=json"})
		d.must(t, 200, ask{path: path})
	}
	d.accede(t, "DEU", "2026-01-14", "x")
}

// No cell of any table begins a formula, whatever was recorded.
func TestTablesHoldNoFormulas(t *testing.T) {
	d := openDoor(t)
	starts := []string{"=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u00a0@"}
	for i, start := range starts {
		evil := start + `HYPERLINK("http://x","y")`
		id := fmt.Sprintf("EVIL%d", i)
		d.must(t, 201, ask{method: "PUT", path: "/v1/participants/" + id, token: "define",
			body: fmt.Sprintf(`{"id":%q,"kind":"state","names":[{"name":%q}],"source":%q,"verification":%q}`, id, evil+id, evil, evil)})
		d.must(t, 201, ask{path: actions, token: "record",
			body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"accession","date":"2003-01-14","note":%q,"provenance":{"source":%q,"verification":%q}}]}`, id, evil, evil, evil)})
		d.must(t, 201, ask{method: "PUT", path: fmt.Sprintf("/v1/weights/evil/%d", i), token: "define",
			body: fmt.Sprintf(`{"id":"evil","edition":"%d","name":%q,"unit":%q,"licence":%q,"areas":{"X":%q},"rows":[[%q,2020,1],["X",2020,1]],"source":%q}`, i, evil, evil, evil, evil, evil, evil)})
	}
	evil := `=1+1`
	d.must(t, 201, ask{method: "PUT", path: "/v1/groups/EVIL", token: "define",
		body: fmt.Sprintf(`{"id":"EVIL","name":%q,"members":[{"participant":"EVIL1"}],"source":%q,"verification":%q}`, evil, evil, evil)})
	for _, short := range []string{"=1+1", "@SUM(A1)"} {
		r := d.ask(t, ask{method: "PUT", path: "/v1/treaties/EVIL" + fmt.Sprint(len(short)), token: "define",
			body: fmt.Sprintf(`{"id":"EVIL%d","short":%q,"title":%q,"place":%q,"depositary":%q,"source":%q}`, len(short), short, evil, evil, evil, evil)})
		require.Contains(t, []int{201, 422}, r.status, "%s", r.body)
	}
	paths := append([]string{"/v1/groups/EVIL", "/v1/participants/EVIL0/status", "/v1/participants/EVIL0/timeline"}, tables()...)
	for i := range starts {
		paths = append(paths, fmt.Sprintf("/v1/weights/evil/%d", i))
	}
	seen := 0
	for _, path := range paths {
		r := d.must(t, 200, ask{path: path, header: map[string]string{"Accept": "text/csv"}})
		rows, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
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
	d := openDoor(t)
	r := d.must(t, 201, ask{path: actions, token: "record", body: `{"reason":"the instrument calls itself so","actions":[{"participant":"DEU","action":"ratification","date":"2026-01-14"}]}`})
	require.EqualValues(t, domain.CodeRatifyWithoutSignature, at(t, r.object(t), "queries", 0, "code"))
	detail := d.get(t, "/v1/actions/75.1")
	require.Equal(t, "the instrument calls itself so", at(t, detail, "versions", 0, "reason"))
	require.Equal(t, []any{"RATIFY_WITHOUT_SIGNATURE"}, at(t, detail, "versions", 0, "answered"))
}
