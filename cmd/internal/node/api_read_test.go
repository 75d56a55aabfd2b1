package node

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readable are addresses of every question that can be asked, each with a text
// that its answer holds, and whether the answer has a form as a table.
var readable = []struct {
	path, holds string
	table       bool
}{
	{"/v1/treaties", `"short":"ICMW"`, true},
	{"/v1/treaties/IV-13", `"title":"International Convention on the Protection`, false},
	{"/v1/treaties/icmw", `"id":"IV-13"`, false},
	{"/v1/treaties/IV-13/status", `"name":"Mali"`, true},
	{"/v1/treaties/IV-13/entry-into-force", `"inForce":"2003-07-01"`, true},
	{"/v1/treaties/IV-13/timeline", `"entered into force"`, true},
	{"/v1/treaties/IV-13/gap", `"receivingBound":`, true},
	{"/v1/treaties/IV-13/statements", `"kind":"optional declaration"`, true},
	{"/v1/treaties/IV-13/statements?participant=TUR&article=77&kind=interpretative+declaration&state=active", `"effect":"none: no recognition of the procedure of article 77"`, true},
	{"/v1/treaties/IV-13/statements/by-article", `"article":"77"`, true},
	{"/v1/treaties/IV-13/relations/MLI", `"withName":"Mexico"`, true},
	{"/v1/treaties/IV-13/relations/MLI/Mexico", `"inForce":true`, true},
	{"/v1/treaties/IV-13/participants/MLI", `"participant":"MLI"`, false},
	{"/v1/treaties/ICMW/participants/Mali", `"participant":"MLI"`, false},
	{"/v1/participants", `"name":"Germany"`, true},
	{"/v1/participants/DEU", `"iso3":"DEU"`, false},
	{"/v1/participants/Germany", `"iso3":"DEU"`, false},
	{"/v1/participants/DEU/status", `"rows":`, true},
	{"/v1/participants/TUR/timeline", `"entries":`, true},
	{"/v1/matrix", `"statuses":`, true},
	{"/v1/matrix?treaties=ICMW,C097", `"id":"C097"`, true},
	{"/v1/changes?from=2003-06-30&to=2003-07-01", `"what":"entry into force"`, true},
	{"/v1/changes?treaty=ICMW&participant=Mali&from=2003-06-30&to=2003-10-01", `"words":"contracting"`, true},
	{"/v1/treaties/ICMW/what-if?ratify=DEU,USA", `"hypothetical":true`, true},
	{"/v1/treaties/ICMW/who-next", `"thresholds":`, true},
	{"/v1/treaties/CTBT/who-next?limit=1", `"what":"entry into force"`, true},
	{"/v1/groups", `"id":"OECD"`, false},
	{"/v1/groups/oecd", `"id":"OECD"`, true},
	{"/v1/weights", `"id":"migrant-stock"`, false},
	{"/v1/weights/migrant-stock/2020", `["DEU",2020,15762457]`, true},
	{"/v1/ledger", `"command":"catalogue:1/`, true},
	{"/v1/ledger/1", `"position":1`, false},
	{"/v1/actions/68.1", `"versions":`, false},
}

func with(path, parameter string) string {
	if strings.Contains(path, "?") {
		return path + "&" + parameter
	}
	return path + "?" + parameter
}

func TestReading(t *testing.T) {
	d := openDoor(t)
	for _, q := range readable {
		t.Run(q.path, func(t *testing.T) {
			r := d.ask(t, ask{path: q.path})
			require.Equal(t, http.StatusOK, r.status, "%s", r.body)
			require.Equal(t, "application/json", r.header.Get("Content-Type"))
			require.Contains(t, string(r.body), q.holds)
			require.NotContains(t, string(r.body), "$schema")
			require.Equal(t, "Accept, Accept-Encoding", r.header.Get("Vary"))

			head := d.ask(t, ask{method: "HEAD", path: q.path})
			require.Equal(t, http.StatusOK, head.status)
			require.Empty(t, head.body)
			for _, name := range []string{"Content-Length", "Content-Type", "Etag", "Cache-Control", "Vary"} {
				require.Equal(t, r.header.Get(name), head.header.Get(name), name)
			}
			unknown := d.ask(t, ask{path: with(q.path, "nope=1")})
			require.Equal(t, http.StatusUnprocessableEntity, unknown.status)
			require.Equal(t, "nope", unknown.problem(t).Findings[0].Field)

			asTable := d.ask(t, ask{path: q.path, header: map[string]string{"Accept": "text/csv"}})
			if !q.table {
				require.Equal(t, http.StatusNotAcceptable, asTable.status)
				return
			}
			require.Equal(t, "text/csv; charset=utf-8; header=present", asTable.header.Get("Content-Type"))
			rows, err := csv.NewReader(strings.NewReader(string(asTable.body))).ReadAll()
			require.NoError(t, err) // each row has as many cells as the header
			require.Greater(t, len(rows), 1)
			if !strings.HasPrefix(q.path, "/v1/ledger") {
				byParameter := d.ask(t, ask{path: with(q.path, "format=csv"), header: map[string]string{"Accept": "text/html"}})
				require.Equal(t, asTable.body, byParameter.body)
				require.Equal(t, asTable.header.Get("Etag"), byParameter.header.Get("Etag"))
			}
		})
	}
}

func TestReadingWhatIsNotThere(t *testing.T) {
	d := openDoor(t)
	const invalid, missing = "INPUT_INVALID", "NOT_FOUND"
	status := "/v1/treaties/ICMW/status"
	d.play(t, []scenario{
		{ask: ask{path: "/v1/treaties/NONE"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/NONE/status"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/NONE/status?format=csv"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/ICMW/participants/XXX"}, status: 404, code: missing, field: "participant"},
		{ask: ask{path: "/v1/treaties/NONE/statements"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/ICMW/statements?knownAt=5"}, status: 404, code: missing, field: "knownAt"},
		{ask: ask{path: "/v1/treaties/ICMW/statements?participant=Atlantis"}, status: 404, code: missing, field: "participant"},
		{ask: ask{path: "/v1/treaties/ICMW/statements?kind=accession"}, status: 422, code: invalid, field: "kind", contains: []string{"reservation, interpretative declaration"}},
		{ask: ask{path: "/v1/treaties/ICMW/statements?state=alive"}, status: 422, code: invalid, field: "state", contains: []string{"pending"}},
		{ask: ask{path: "/v1/treaties/ICMW/statements?article=1066"}, status: 200, contains: []string{`"rows":[]`}},
		{ask: ask{path: "/v1/treaties/ICMW/statements/by-article?article=1066"}, status: 200, contains: []string{`"articles":[]`}},
		{ask: ask{path: "/v1/treaties/NONE/statements/by-article"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/NONE/relations/MLI"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties/ICMW/relations/Atlantis"}, status: 404, code: missing, field: "participant"},
		{ask: ask{path: "/v1/treaties/ICMW/relations/MLI/Atlantis"}, status: 404, code: missing, field: "other", contains: []string{"Atlantis"}},
		{ask: ask{path: "/v1/treaties/ICMW/relations/MLI/Mali"}, status: 422, code: invalid, field: "other", contains: []string{"both are Mali"}},
		{ask: ask{path: "/v1/treaties/ICMW/relations/MLI/MEX?knownAt=5"}, status: 404, code: missing, field: "knownAt"},
		{ask: ask{path: "/v1/treaties/ICMW/relations/MLI/DEU"}, status: 200, contains: []string{`"inForce":false`, "Germany is not bound (no action)", `"course":[]`}},
		{ask: ask{path: "/v1/participants/Atlantis"}, status: 404, code: missing, field: "participant", contains: []string{"Atlantis"}},
		{ask: ask{path: "/v1/participants/Congo"}, status: 200, contains: []string{`"id":"COG"`}},
		{ask: ask{path: "/v1/groups/NONE"}, status: 404, code: missing, field: "group"},
		{ask: ask{path: "/v1/weights/none/2020"}, status: 404, code: missing, field: "weights"},
		{ask: ask{path: "/v1/weights/migrant-stock/1900"}, status: 404, code: missing, field: "weights"},
		{ask: ask{path: "/v1/ledger/99999"}, status: 404, code: missing, field: "position", contains: []string{"a position up to 74"}},
		{ask: ask{path: "/v1/ledger/0"}, status: 422, code: invalid, field: "position"},
		{ask: ask{path: "/v1/ledger/-1"}, status: 422, code: invalid, field: "position"},
		{ask: ask{path: "/v1/ledger/18446744073709551616"}, status: 422, code: invalid, field: "position"},
		{ask: ask{path: "/v1/ledger/abc"}, status: 422, code: invalid, field: "position"},
		{ask: ask{path: "/v1/actions/9999.1"}, status: 404, code: missing, field: "record"},
		{ask: ask{path: "/v1/actions/1.1"}, status: 404, code: missing, field: "record"},
		{ask: ask{path: "/v1/actions/68.99999"}, status: 404, code: missing, field: "record"},
		{ask: ask{path: "/v1/actions/abc"}, status: 422, code: invalid, field: "record", contains: []string{"such as 812.1"}},
		{ask: ask{path: "/v1/nothing"}, status: 404},
		{ask: ask{path: "/v1/"}, status: 404},
		{ask: ask{path: "/v1/treaties/"}, status: 404},
		{ask: ask{path: "/v1/ledger/?limit=1"}, status: 404},
		{ask: ask{path: "//v1/treaties"}, status: 404},
		{ask: ask{path: "/v1/./treaties"}, status: 404},
		{ask: ask{path: "/v1/treaties/../treaties"}, status: 404},
		{ask: ask{path: "/v1/treaties/ICMW%2Fstatus"}, status: 404},
		{ask: ask{path: "/v1/treaties/%00"}, status: 404},
		{ask: ask{path: "/v1/treaties/%ff%fe"}, status: 404},
		{ask: ask{path: "/v1/treaties/%22%3E%3Cscript%3E"}, status: 404},
		{ask: ask{path: "/v1/treaties/%0d%0aSet-Cookie:a=b"}, status: 404},
		{name: "long id", ask: ask{path: "/v1/treaties/" + strings.Repeat("x", 30_000)}, status: 404, lacks: []string{strings.Repeat("x", 300)}},

		{ask: ask{path: status + "?asOf=2026-02-31"}, status: 422, code: invalid, field: "asOf", contains: []string{"February 2026 has 28 days"}},
		{ask: ask{path: status + "?asOf=31.12.2025"}, status: 422, code: invalid, field: "asOf", contains: []string{"such as 2003-07-01"}},
		{ask: ask{path: status + "?asOf=today"}, status: 422, code: invalid, field: "asOf"},
		{ask: ask{path: status + "?receivedBy=2026-13-01"}, status: 422, code: invalid, field: "receivedBy"},
		{ask: ask{path: status + "?knownAt=yesterday"}, status: 422, code: invalid, field: "knownAt", contains: []string{"a position such as 812"}},
		{ask: ask{path: status + "?knownAt=75"}, status: 422, code: invalid, field: "knownAt", contains: []string{"ends at position 74"}},
		{ask: ask{path: status + "?knownAt=0"}, status: 422, code: invalid, field: "knownAt"},
		{ask: ask{path: status + "?knownAt=-1"}, status: 422, code: invalid, field: "knownAt"},
		{ask: ask{path: status + "?knownAt=2026-06-31"}, status: 422, code: invalid, field: "knownAt"},
		{ask: ask{path: status + "?knownAt=2026-06-30T25:00:00Z"}, status: 422, code: invalid, field: "knownAt"},
		{ask: ask{path: status + "?knownAt=2020-01-01"}, status: 422, code: invalid, field: "knownAt", contains: []string{"nothing was recorded by then"}},
		{ask: ask{path: status + "?knownAt=5"}, status: 404, code: missing, field: "knownAt"},
		{ask: ask{path: status + "?knownAt=74"}, status: 200, contains: []string{`"knownAt":74`}},
		{ask: ask{path: status + "?knownAt=2026-06-30T12:00:00Z"}, status: 200, contains: []string{`"knownAt":74`}},
		{ask: ask{path: status + "?knownAt=2026-06-30T14:00:00%2B02:00"}, status: 200, contains: []string{`"knownAt":74`}},
		{ask: ask{path: status + "?knownAt=2026-06-30"}, status: 200, contains: []string{`"knownAt":74`}},
		{ask: ask{path: status + "?knownAt=2999-01-01"}, status: 200, contains: []string{`"knownAt":74`}},
		{ask: ask{path: status + "?ASOF=2020-01-01"}, status: 422, code: invalid, field: "ASOF"},

		{ask: ask{path: "/v1/treaties/ICMW/gap?receiving=top0"}, status: 422, code: invalid, field: "receiving"},
		{ask: ask{path: "/v1/treaties/ICMW/gap?receiving=xformat%3Dcsv"}, status: 422, code: invalid, field: "receiving"},
		{ask: ask{path: "/v1/treaties/ICMW/gap?stockYear=2021"}, status: 422, code: invalid, field: "stockYear", contains: []string{"2020"}},
		{ask: ask{path: "/v1/treaties/ICMW/gap?stockYear=abc"}, status: 422, code: invalid, field: "stockYear"},
		{ask: ask{path: "/v1/treaties/ICMW/gap?edition=1066"}, status: 422, code: invalid, field: "edition"},
		{ask: ask{path: "/v1/treaties/ICMW/gap?asOf=1900-01-01"}, status: 422, code: invalid, field: "asOf"},
		{ask: ask{path: "/v1/matrix?treaties=ICMW,NONE"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/treaties?limit=0"}, status: 422, code: invalid, field: "limit"},
		{ask: ask{path: "/v1/treaties?limit=1001"}, status: 422, code: invalid, field: "limit", contains: []string{"up to 1000"}},
		{ask: ask{path: "/v1/treaties?cursor=none"}, status: 422, code: invalid, field: "cursor"},
		{ask: ask{path: "/v1/ledger?order=random"}, status: 422, code: invalid, field: "order", contains: []string{"asc, desc"}},
		{ask: ask{path: "/v1/ledger?treaty=NONE"}, status: 404, code: missing, field: "treaty"},
		{ask: ask{path: "/v1/ledger?participant=NONE"}, status: 404, code: missing, field: "participant"},
	})
}

func TestNegotiation(t *testing.T) {
	d := openDoor(t)
	const path = "/v1/groups/OECD"
	for accept, want := range map[string]string{
		"*/*":                               "application/json",
		"application/*":                     "application/json",
		"text/*":                            "text/csv",
		"TEXT/CSV":                          "text/csv",
		"text/csv;header=present":           "text/csv",
		"application/json;q=0.5, text/csv":  "text/csv",
		"application/json , text/csv;q=0.9": "application/json",
		"text/csv; q=0.2, */*; q=0.1":       "text/csv",
		"text/csv;q=0, */*":                 "application/json",
		"application/problem+json, application/json":  "application/json",
		"text/html, application/xhtml+xml, */*;q=0.8": "application/json",
		"text/html":                  "",
		"application/json;q=0":       "",
		"application/json;q=x":       "",
		"image/png, text/html;q=0.9": "",
		"\"":                         "",
	} {
		t.Run(accept, func(t *testing.T) {
			r := d.ask(t, ask{path: path, header: map[string]string{"Accept": accept}})
			if want == "" {
				require.Equal(t, http.StatusNotAcceptable, r.status)
				require.Equal(t, "Accept", r.problem(t).Findings[0].Field)
				return
			}
			require.Equal(t, http.StatusOK, r.status, "%s", r.body)
			require.True(t, strings.HasPrefix(r.header.Get("Content-Type"), want), r.header.Get("Content-Type"))
		})
	}
	d.play(t, []scenario{
		{ask: ask{path: path + "?format=csv"}, status: 200, contains: []string{"group,participant"}},
		{ask: ask{path: path + "?format=json", header: map[string]string{"Accept": "text/csv"}}, status: 200, contains: []string{`{"id":"OECD"`}},
		{ask: ask{path: path + "?format=xml"}, status: 422, code: "INPUT_INVALID", field: "format", contains: []string{"json, csv"}},
		{ask: ask{path: path + "?xformat=csv"}, status: 422, code: "INPUT_INVALID", field: "xformat"},
		{ask: ask{path: "/v1/treaties/ICMW?format=csv"}, status: 406, code: "INPUT_INVALID", field: "format"},
	})
}

func TestMethods(t *testing.T) {
	d := openDoor(t)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/v1/treaties", "GET, HEAD"},
		{"DELETE", "/v1/treaties/ICMW", "GET, HEAD, PUT"},
		{"PATCH", "/v1/treaties/ICMW", "GET, HEAD, PUT"},
		{"OPTIONS", "/v1/treaties", "GET, HEAD"},
		{"TRACE", "/v1/treaties", "GET, HEAD"},
		{"GET", "/v1/treaties/ICMW/actions", "POST"},
		{"HEAD", "/v1/treaties/ICMW/actions", "POST"},
		{"GET", "/v1/operate/verification", "POST"},
		{"PUT", "/v1/ledger/1", "GET, HEAD"},
		{"POST", "/healthz", "GET, HEAD"},
		{"FOO", "/metrics", "GET, HEAD"},
	} {
		r := d.ask(t, ask{method: c.method, path: c.path})
		require.Equal(t, http.StatusMethodNotAllowed, r.status, "%s %s", c.method, c.path)
		require.Equal(t, c.allow, r.header.Get("Allow"), "%s %s", c.method, c.path)
	}
}
