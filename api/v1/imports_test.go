package v1_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/imports"
	"depositary/domain"
)

const statusTable = "Participant,Signature,\"Ratification, Accession(a), Succession(d)\"\n" +
	"Canada,17 Jul 1980,10 Dec 1981\nGermany,17 Jul 1980,10 Jul 1985\nAtlantis,,1 Jan 1990 a\n"

// take sends a file.
func take(t *testing.T, d *apitest.Server, format, content, token string, query ...string) apitest.Reply {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return d.Ask(t, apitest.Request{Method: http.MethodPost, Path: "/v1/imports/" + format + "?" + q.Encode(), Body: content, Token: token, Header: map[string]string{"Content-Type": "text/csv"}})
}

func reportOf(t *testing.T, r apitest.Reply) (report imports.Report) {
	t.Helper()
	r.Into(t, &report)
	require.NoError(t, report.Balance())
	return report
}

func TestImport(t *testing.T) {
	d := apitest.Open(t)
	before := d.Position()

	tried := take(t, d, "mtdsg", statusTable, "record", "file", "4-8.csv", "dryRun", "true")
	require.Equal(t, http.StatusOK, tried.Status, "%s", tried.Body)
	report := reportOf(t, tried)
	require.True(t, report.DryRun)
	require.Equal(t, map[imports.Outcome]int{imports.Recorded: 4, imports.NotRecorded: 1}, report.Outcomes)
	require.Equal(t, before, d.Position())

	made := take(t, d, "mtdsg", statusTable, "record", "file", "4-8.csv")
	require.Equal(t, http.StatusCreated, made.Status, "%s", made.Body)
	require.Equal(t, []uint64{uint64(before) + 1}, reportOf(t, made).Positions)
	require.Equal(t, "party", apitest.At(t, d.Get(t, "/v1/treaties/IV-8/participants/DEU?asOf=1990-01-01"), "status", "status"))

	again := take(t, d, "mtdsg", statusTable, "record", "file", "4-8.csv")
	require.Equal(t, http.StatusOK, again.Status)
	require.Equal(t, 4, reportOf(t, again).Outcomes[imports.Held])
	require.EqualValues(t, before+1, d.Position())
}

// A treaty that is not held is added first, by who may.
func TestImportAddsATreaty(t *testing.T) {
	d := apitest.Open(t)
	before := d.Position()
	arguments := []string{"file", "19-99.csv", "title", "Agreement on Tables. Geneva, 1 May 1979"}
	refused := take(t, d, "mtdsg", statusTable, "record", arguments...)
	require.Equal(t, http.StatusForbidden, refused.Status, "%s", refused.Body)
	require.Equal(t, before, d.Position())
	made := take(t, d, "mtdsg", statusTable, "all", arguments...)
	require.Equal(t, http.StatusCreated, made.Status, "%s", made.Body)
	report := reportOf(t, made)
	require.Equal(t, []uint64{uint64(before) + 1, uint64(before) + 2}, report.Positions)
	require.True(t, report.Treaties[0].Defined)
	require.Equal(t, 4, report.Outcomes[imports.Recorded])
	require.Equal(t, "1979-05-01", apitest.At(t, d.Get(t, "/v1/treaties/XIX-99"), "adopted"))
	require.Equal(t, http.StatusOK, take(t, d, "mtdsg", statusTable, "record", arguments...).Status)
}

func TestImportForms(t *testing.T) {
	d := apitest.Open(t)
	for media, part := range map[string]string{"text/csv": "finding,4-8.csv,4", "text/plain": "NAME_UNKNOWN  1", "application/json": `"code":"NAME_UNKNOWN"`} {
		r := d.Ask(t, apitest.Request{Method: http.MethodPost, Path: "/v1/imports/mtdsg?file=4-8.csv&dryRun=true", Body: statusTable, Token: "record", Header: map[string]string{"Accept": media}})
		require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
		require.True(t, strings.HasPrefix(r.Header.Get("Content-Type"), media))
		require.Contains(t, string(r.Body), part)
	}
	// A cell that a spreadsheet would carry out is made harmless.
	r := d.Ask(t, apitest.Request{Method: http.MethodPost, Path: "/v1/imports/mtdsg?file=4-8.csv&dryRun=true", Body: strings.Replace(statusTable, "Atlantis", "=SUM(A1)", 1), Token: "record", Header: map[string]string{"Accept": "text/csv"}})
	require.NotContains(t, string(r.Body), ",=SUM")
}

func TestImportRefusals(t *testing.T) {
	d := apitest.Open(t)
	table := func(query string) apitest.Request {
		return apitest.Request{Method: http.MethodPost, Path: "/v1/imports/mtdsg" + query, Body: statusTable, Token: "record"}
	}
	with := func(a apitest.Request, change func(*apitest.Request)) apitest.Request { change(&a); return a }
	d.Play(t, []apitest.Scenario{
		{Name: "no token", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Token = "" }), Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Name: "another role", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Token = "operate" }), Status: 403, Code: "ROLE_REQUIRED", Field: "Authorization"},
		{Name: "no such form", Request: with(table(""), func(a *apitest.Request) { a.Path = "/v1/imports/xls" }), Status: 404, Code: "NOT_FOUND", Field: "format", Contains: []string{"mtdsg, untc"}},
		{Name: "another form", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Body = "<html><body>Maintenance</body></html>" }), Status: 422, Code: "NOT_THIS_FORMAT", Field: "4-8.csv, line 1"},
		{Name: "which treaty", Request: table("?file=table.csv"), Status: 422, Code: "NOT_THIS_FORMAT", Field: "table.csv"},
		{Name: "no query", Request: table("?file=4-8.csv&accept=ALREADY_BOUND"), Status: 422, Code: "INPUT_INVALID", Field: "accept"},
		{Name: "no treaty id", Request: table("?treaty=IV%2B8"), Status: 422, Code: "INPUT_INVALID", Field: "treaty"},
		{Name: "no rank", Request: table("?file=4-8.csv&rank=4"), Status: 422},
		{Name: "no form of an answer", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Header = map[string]string{"Accept": "image/png"} }), Status: 406},
		{Name: "nothing", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Body = "" }), Status: 400},
		{Name: "too large", Request: with(table("?file=4-8.csv"), func(a *apitest.Request) { a.Body = strings.Repeat("a", 32<<20+1) }), Status: 413},
	})
}

// The second plans anew: no act is recorded twice, whichever way the
// requests fall together.
func TestImportsAtTheSameTime(t *testing.T) {
	d := apitest.Open(t)
	var rows strings.Builder
	rows.WriteString("treaty,participant,action,date\n")
	for _, id := range []string{"CAN", "FRA", "DEU", "ITA", "ESP", "SWE", "NOR", "DNK", "FIN", "AUT"} {
		for _, treaty := range []string{"IV-8", "IV-9", "IV-11", "III-3"} {
			fmt.Fprintf(&rows, "%s,%s,ratification,1999-01-01\n", treaty, id)
		}
	}
	var running sync.WaitGroup
	recorded := make([]int, 6)
	for i := range recorded {
		running.Go(func() {
			r := take(t, d, "acts", rows.String(), "all", "file", fmt.Sprintf("acts-%d.csv", i%2), "accept", "all")
			if r.Status == http.StatusCreated || r.Status == http.StatusOK {
				recorded[i] = reportOf(t, r).Outcomes[imports.Recorded]
			}
		})
	}
	running.Wait()
	total := 0
	for _, n := range recorded {
		total += n
	}
	require.Equal(t, 40, total)
	for _, treaty := range []domain.TreatyID{"IV-8", "IV-9", "IV-11", "III-3"} {
		for _, part := range d.Views().State.Participations(treaty) {
			require.Len(t, part.Records(), 1)
		}
	}
	require.Equal(t, http.StatusOK, take(t, d, "acts", rows.String(), "record", "accept", "all").Status)
}

// The table of a treaty comes back as it would be read.
func TestTableOfATreaty(t *testing.T) {
	d := apitest.Open(t)
	require.Equal(t, http.StatusCreated, take(t, d, "mtdsg", statusTable, "record", "file", "4-8.csv").Status)
	r := d.Ask(t, apitest.Request{Path: "/v1/treaties/CEDAW/table"})
	require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
	require.Equal(t, strings.Replace(statusTable, "Atlantis,,1 Jan 1990 a\n", "", 1), string(r.Body))
	require.Equal(t, "0", r.Header.Get("Depositary-Omitted"))
	require.Equal(t, http.StatusOK, take(t, d, "mtdsg", string(r.Body), "record", "file", "4-8.csv").Status)
	early := d.Ask(t, apitest.Request{Path: "/v1/treaties/CEDAW/table?asOf=1982-01-01"})
	require.Contains(t, string(early.Body), "10 Dec 1981")
	require.NotContains(t, string(early.Body), "1985")
	page := d.Ask(t, apitest.Request{Path: "/v1/treaties/CEDAW/table", Header: map[string]string{"Accept": "text/html"}})
	require.Contains(t, string(page.Body), "<!DOCTYPE html>")
	require.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, page.Body, d.Ask(t, apitest.Request{Path: "/v1/treaties/CEDAW/table?format=html"}).Body)
	require.Equal(t, http.StatusNotFound, d.Ask(t, apitest.Request{Path: "/v1/treaties/NOSUCH/table"}).Status)
}
