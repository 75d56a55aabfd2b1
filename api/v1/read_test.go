package v1_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"depositary/api/apitest"

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
	{"/v1/treaties/ICMW/who-next?limit=1", `"what":"optional procedure"`, true},
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
	d := apitest.Open(t)
	for _, q := range readable {
		t.Run(q.path, func(t *testing.T) {
			r := d.Ask(t, apitest.Request{Path: q.path})
			require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
			require.Equal(t, "application/json", r.Header.Get("Content-Type"))
			require.Contains(t, string(r.Body), q.holds)
			require.NotContains(t, string(r.Body), "$schema")
			require.Equal(t, "Accept, Accept-Encoding", r.Header.Get("Vary"))

			head := d.Ask(t, apitest.Request{Method: "HEAD", Path: q.path})
			require.Equal(t, http.StatusOK, head.Status)
			require.Empty(t, head.Body)
			for _, name := range []string{"Content-Length", "Content-Type", "Etag", "Cache-Control", "Vary"} {
				require.Equal(t, r.Header.Get(name), head.Header.Get(name), name)
			}
			unknown := d.Ask(t, apitest.Request{Path: with(q.path, "nope=1")})
			require.Equal(t, http.StatusUnprocessableEntity, unknown.Status)
			require.Equal(t, "nope", unknown.Problem(t).Findings[0].Field)

			asTable := d.Ask(t, apitest.Request{Path: q.path, Header: map[string]string{"Accept": "text/csv"}})
			if !q.table {
				require.Equal(t, http.StatusNotAcceptable, asTable.Status)
				return
			}
			require.Equal(t, "text/csv; charset=utf-8; header=present", asTable.Header.Get("Content-Type"))
			rows, err := csv.NewReader(strings.NewReader(string(asTable.Body))).ReadAll()
			require.NoError(t, err) // each row has as many cells as the header
			require.Greater(t, len(rows), 1)
			if !strings.HasPrefix(q.path, "/v1/ledger") {
				byParameter := d.Ask(t, apitest.Request{Path: with(q.path, "format=csv"), Header: map[string]string{"Accept": "text/html"}})
				require.Equal(t, asTable.Body, byParameter.Body)
				require.Equal(t, asTable.Header.Get("Etag"), byParameter.Header.Get("Etag"))
			}
		})
	}
}

func TestReadingWhatIsNotThere(t *testing.T) {
	d := apitest.Open(t)
	const invalid, missing = "INPUT_INVALID", "NOT_FOUND"
	status := "/v1/treaties/ICMW/status"
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/NONE"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/NONE/status"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/NONE/status?format=csv"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/participants/XXX"}, Status: 404, Code: missing, Field: "participant"},
		{Request: apitest.Request{Path: "/v1/treaties/NONE/statements"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements?knownAt=5"}, Status: 404, Code: missing, Field: "knownAt"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements?participant=Atlantis"}, Status: 404, Code: missing, Field: "participant"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements?kind=accession"}, Status: 422, Code: invalid, Field: "kind", Contains: []string{"reservation, interpretative declaration"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements?state=alive"}, Status: 422, Code: invalid, Field: "state", Contains: []string{"pending"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements?article=1066"}, Status: 200, Contains: []string{`"rows":[]`}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/statements/by-article?article=1066"}, Status: 200, Contains: []string{`"articles":[]`}},
		{Request: apitest.Request{Path: "/v1/treaties/NONE/statements/by-article"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/NONE/relations/MLI"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/relations/Atlantis"}, Status: 404, Code: missing, Field: "participant"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/relations/MLI/Atlantis"}, Status: 404, Code: missing, Field: "other", Contains: []string{"Atlantis"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/relations/MLI/Mali"}, Status: 422, Code: invalid, Field: "other", Contains: []string{"both are Mali"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/relations/MLI/MEX?knownAt=5"}, Status: 404, Code: missing, Field: "knownAt"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/relations/MLI/DEU"}, Status: 200, Contains: []string{`"inForce":false`, "Germany is not bound (no action)", `"course":[]`}},
		{Request: apitest.Request{Path: "/v1/participants/Atlantis"}, Status: 404, Code: missing, Field: "participant", Contains: []string{"Atlantis"}},
		{Request: apitest.Request{Path: "/v1/participants/Congo"}, Status: 200, Contains: []string{`"id":"COG"`}},
		{Request: apitest.Request{Path: "/v1/groups/NONE"}, Status: 404, Code: missing, Field: "group"},
		{Request: apitest.Request{Path: "/v1/weights/none/2020"}, Status: 404, Code: missing, Field: "weights"},
		{Request: apitest.Request{Path: "/v1/weights/migrant-stock/1900"}, Status: 404, Code: missing, Field: "weights"},
		{Request: apitest.Request{Path: "/v1/ledger/99999"}, Status: 404, Code: missing, Field: "position", Contains: []string{"a position up to 74"}},
		{Request: apitest.Request{Path: "/v1/ledger/0"}, Status: 422, Code: invalid, Field: "position"},
		{Request: apitest.Request{Path: "/v1/ledger/-1"}, Status: 422, Code: invalid, Field: "position"},
		{Request: apitest.Request{Path: "/v1/ledger/18446744073709551616"}, Status: 422, Code: invalid, Field: "position"},
		{Request: apitest.Request{Path: "/v1/ledger/abc"}, Status: 422, Code: invalid, Field: "position"},
		{Request: apitest.Request{Path: "/v1/actions/9999.1"}, Status: 404, Code: missing, Field: "record"},
		{Request: apitest.Request{Path: "/v1/actions/1.1"}, Status: 404, Code: missing, Field: "record"},
		{Request: apitest.Request{Path: "/v1/actions/68.99999"}, Status: 404, Code: missing, Field: "record"},
		{Request: apitest.Request{Path: "/v1/actions/abc"}, Status: 422, Code: invalid, Field: "record", Contains: []string{"such as 812.1"}},
		{Request: apitest.Request{Path: "/v1/nothing"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/ledger/?limit=1"}, Status: 404},
		{Request: apitest.Request{Path: "//v1/treaties"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/./treaties"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/../treaties"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW%2Fstatus"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/%00"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/%ff%fe"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/%22%3E%3Cscript%3E"}, Status: 404},
		{Request: apitest.Request{Path: "/v1/treaties/%0d%0aSet-Cookie:a=b"}, Status: 404},
		{Name: "long id", Request: apitest.Request{Path: "/v1/treaties/" + strings.Repeat("x", 30_000)}, Status: 404, Lacks: []string{strings.Repeat("x", 300)}},

		{Request: apitest.Request{Path: status + "?asOf=2026-02-31"}, Status: 422, Code: invalid, Field: "asOf", Contains: []string{"February 2026 has 28 days"}},
		{Request: apitest.Request{Path: status + "?asOf=31.12.2025"}, Status: 422, Code: invalid, Field: "asOf", Contains: []string{"such as 2003-07-01"}},
		{Request: apitest.Request{Path: status + "?asOf=today"}, Status: 422, Code: invalid, Field: "asOf"},
		{Request: apitest.Request{Path: status + "?receivedBy=2026-13-01"}, Status: 422, Code: invalid, Field: "receivedBy"},
		{Request: apitest.Request{Path: status + "?knownAt=yesterday"}, Status: 422, Code: invalid, Field: "knownAt", Contains: []string{"a position such as 812"}},
		{Request: apitest.Request{Path: status + "?knownAt=75"}, Status: 422, Code: invalid, Field: "knownAt", Contains: []string{"ends at position 74"}},
		{Request: apitest.Request{Path: status + "?knownAt=0"}, Status: 422, Code: invalid, Field: "knownAt"},
		{Request: apitest.Request{Path: status + "?knownAt=-1"}, Status: 422, Code: invalid, Field: "knownAt"},
		{Request: apitest.Request{Path: status + "?knownAt=2026-06-31"}, Status: 422, Code: invalid, Field: "knownAt"},
		{Request: apitest.Request{Path: status + "?knownAt=2026-06-30T25:00:00Z"}, Status: 422, Code: invalid, Field: "knownAt"},
		{Request: apitest.Request{Path: status + "?knownAt=2020-01-01"}, Status: 422, Code: invalid, Field: "knownAt", Contains: []string{"nothing was recorded by then"}},
		{Request: apitest.Request{Path: status + "?knownAt=5"}, Status: 404, Code: missing, Field: "knownAt"},
		{Request: apitest.Request{Path: status + "?knownAt=74"}, Status: 200, Contains: []string{`"knownAt":74`}},
		{Request: apitest.Request{Path: status + "?knownAt=2026-06-30T12:00:00Z"}, Status: 200, Contains: []string{`"knownAt":74`}},
		{Request: apitest.Request{Path: status + "?knownAt=2026-06-30T14:00:00%2B02:00"}, Status: 200, Contains: []string{`"knownAt":74`}},
		{Request: apitest.Request{Path: status + "?knownAt=2026-06-30"}, Status: 200, Contains: []string{`"knownAt":74`}},
		{Request: apitest.Request{Path: status + "?knownAt=2999-01-01"}, Status: 200, Contains: []string{`"knownAt":74`}},
		{Request: apitest.Request{Path: status + "?ASOF=2020-01-01"}, Status: 422, Code: invalid, Field: "ASOF"},

		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?receiving=top0"}, Status: 422, Code: invalid, Field: "receiving"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?receiving=xformat%3Dcsv"}, Status: 422, Code: invalid, Field: "receiving"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?stockYear=2021"}, Status: 422, Code: invalid, Field: "stockYear", Contains: []string{"2020"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?stockYear=abc"}, Status: 422, Code: invalid, Field: "stockYear"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?edition=1066"}, Status: 422, Code: invalid, Field: "edition"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/gap?asOf=1900-01-01"}, Status: 422, Code: invalid, Field: "asOf"},
		{Request: apitest.Request{Path: "/v1/matrix?treaties=ICMW,NONE"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties?limit=0"}, Status: 422, Code: invalid, Field: "limit"},
		{Request: apitest.Request{Path: "/v1/treaties?limit=1001"}, Status: 422, Code: invalid, Field: "limit", Contains: []string{"up to 1000"}},
		{Request: apitest.Request{Path: "/v1/treaties?cursor=none"}, Status: 422, Code: invalid, Field: "cursor"},
		{Request: apitest.Request{Path: "/v1/ledger?order=random"}, Status: 422, Code: invalid, Field: "order", Contains: []string{"asc, desc"}},
		{Request: apitest.Request{Path: "/v1/ledger?treaty=NONE"}, Status: 404, Code: missing, Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/ledger?participant=NONE"}, Status: 404, Code: missing, Field: "participant"},
	})
}

func TestNegotiation(t *testing.T) {
	d := apitest.Open(t)
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
			r := d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"Accept": accept}})
			if want == "" {
				require.Equal(t, http.StatusNotAcceptable, r.Status)
				require.Equal(t, "Accept", r.Problem(t).Findings[0].Field)
				return
			}
			require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
			require.True(t, strings.HasPrefix(r.Header.Get("Content-Type"), want), r.Header.Get("Content-Type"))
		})
	}
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: path + "?format=csv"}, Status: 200, Contains: []string{"group,participant"}},
		{Request: apitest.Request{Path: path + "?format=json", Header: map[string]string{"Accept": "text/csv"}}, Status: 200, Contains: []string{`{"id":"OECD"`}},
		{Request: apitest.Request{Path: path + "?format=xml"}, Status: 422, Code: "INPUT_INVALID", Field: "format", Contains: []string{"json, csv"}},
		{Request: apitest.Request{Path: path + "?xformat=csv"}, Status: 422, Code: "INPUT_INVALID", Field: "xformat"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW?format=csv"}, Status: 406, Code: "INPUT_INVALID", Field: "format"},
	})
}

func TestMethods(t *testing.T) {
	d := apitest.Open(t)
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/v1/matrix", "GET, HEAD"},
		{"DELETE", "/v1/treaties/ICMW", "GET, HEAD, PUT"},
		{"PATCH", "/v1/treaties/ICMW", "GET, HEAD, PUT"},
		{"OPTIONS", "/v1/treaties", "GET, HEAD, POST"},
		{"TRACE", "/v1/matrix", "GET, HEAD"},
		{"GET", "/v1/treaties/ICMW/actions", "POST"},
		{"HEAD", "/v1/treaties/ICMW/actions", "POST"},
		{"GET", "/v1/operate/verification", "POST"},
		{"PUT", "/v1/ledger/1", "GET, HEAD"},
		{"POST", "/healthz", "GET, HEAD"},
		{"FOO", "/metrics", "GET, HEAD"},
	} {
		r := d.Ask(t, apitest.Request{Method: c.method, Path: c.path})
		require.Equal(t, http.StatusMethodNotAllowed, r.Status, "%s %s", c.method, c.path)
		require.Equal(t, c.allow, r.Header.Get("Allow"), "%s %s", c.method, c.path)
	}
}
