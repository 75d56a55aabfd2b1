package node

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

func nothing(string, uint64, uint64) {}

const statusTable = "Participant,Signature,\"Ratification, Accession(a), Succession(d)\"\n" +
	"Canada,17 Jul 1980,10 Dec 1981\nGermany,17 Jul 1980,10 Jul 1985\nAtlantis,,1 Jan 1990 a\n"

// take sends a file.
func (d *door) take(t *testing.T, format, content, token string, query ...string) reply {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return d.ask(t, ask{method: http.MethodPost, path: "/v1/imports/" + format + "?" + q.Encode(), body: content, token: token, header: map[string]string{"Content-Type": "text/csv"}})
}

func (r reply) report(t *testing.T) (report imports.Report) {
	t.Helper()
	r.into(t, &report)
	require.NoError(t, report.Balance())
	return report
}

func TestImport(t *testing.T) {
	d := openDoor(t)
	before := d.Position()

	tried := d.take(t, "mtdsg", statusTable, "record", "file", "4-8.csv", "dryRun", "true")
	require.Equal(t, http.StatusOK, tried.status, "%s", tried.body)
	report := tried.report(t)
	require.True(t, report.DryRun)
	require.Equal(t, map[imports.Outcome]int{imports.Recorded: 4, imports.NotRecorded: 1}, report.Outcomes)
	require.Equal(t, before, d.Position())

	made := d.take(t, "mtdsg", statusTable, "record", "file", "4-8.csv")
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	require.Equal(t, []uint64{uint64(before) + 1}, made.report(t).Positions)
	require.Equal(t, "party", at(t, d.get(t, "/v1/treaties/IV-8/participants/DEU?asOf=1990-01-01"), "status", "status"))

	again := d.take(t, "mtdsg", statusTable, "record", "file", "4-8.csv")
	require.Equal(t, http.StatusOK, again.status)
	require.Equal(t, 4, again.report(t).Outcomes[imports.Held])
	require.EqualValues(t, before+1, d.Position())
}

// A treaty that is not held is added first, by who may.
func TestImportAddsATreaty(t *testing.T) {
	d := openDoor(t)
	before := d.Position()
	arguments := []string{"file", "19-99.csv", "title", "Agreement on Tables. Geneva, 1 May 1979"}
	refused := d.take(t, "mtdsg", statusTable, "record", arguments...)
	require.Equal(t, http.StatusForbidden, refused.status, "%s", refused.body)
	require.Equal(t, before, d.Position())
	made := d.take(t, "mtdsg", statusTable, "all", arguments...)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	report := made.report(t)
	require.Equal(t, []uint64{uint64(before) + 1, uint64(before) + 2}, report.Positions)
	require.True(t, report.Treaties[0].Defined)
	require.Equal(t, 4, report.Outcomes[imports.Recorded])
	require.Equal(t, "1979-05-01", at(t, d.get(t, "/v1/treaties/XIX-99"), "adopted"))
	require.Equal(t, http.StatusOK, d.take(t, "mtdsg", statusTable, "record", arguments...).status)
}

func TestImportForms(t *testing.T) {
	d := openDoor(t)
	for media, part := range map[string]string{"text/csv": "finding,4-8.csv,4", "text/plain": "NAME_UNKNOWN  1", "application/json": `"code":"NAME_UNKNOWN"`} {
		r := d.ask(t, ask{method: http.MethodPost, path: "/v1/imports/mtdsg?file=4-8.csv&dryRun=true", body: statusTable, token: "record", header: map[string]string{"Accept": media}})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.True(t, strings.HasPrefix(r.header.Get("Content-Type"), media))
		require.Contains(t, string(r.body), part)
	}
	// A cell that a spreadsheet would carry out is made harmless.
	r := d.ask(t, ask{method: http.MethodPost, path: "/v1/imports/mtdsg?file=4-8.csv&dryRun=true", body: strings.Replace(statusTable, "Atlantis", "=SUM(A1)", 1), token: "record", header: map[string]string{"Accept": "text/csv"}})
	require.NotContains(t, string(r.body), ",=SUM")
}

func TestImportRefusals(t *testing.T) {
	d := openDoor(t)
	table := func(query string) ask {
		return ask{method: http.MethodPost, path: "/v1/imports/mtdsg" + query, body: statusTable, token: "record"}
	}
	with := func(a ask, change func(*ask)) ask { change(&a); return a }
	d.play(t, []scenario{
		{name: "no token", ask: with(table("?file=4-8.csv"), func(a *ask) { a.token = "" }), status: 401, code: "TOKEN_REQUIRED", field: "Authorization"},
		{name: "another role", ask: with(table("?file=4-8.csv"), func(a *ask) { a.token = "operate" }), status: 403, code: "ROLE_REQUIRED", field: "Authorization"},
		{name: "no such form", ask: with(table(""), func(a *ask) { a.path = "/v1/imports/xls" }), status: 404, code: "NOT_FOUND", field: "format", contains: []string{"mtdsg, untc"}},
		{name: "another form", ask: with(table("?file=4-8.csv"), func(a *ask) { a.body = "<html><body>Maintenance</body></html>" }), status: 422, code: "NOT_THIS_FORMAT", field: "4-8.csv, line 1"},
		{name: "which treaty", ask: table("?file=table.csv"), status: 422, code: "NOT_THIS_FORMAT", field: "table.csv"},
		{name: "no query", ask: table("?file=4-8.csv&accept=ALREADY_BOUND"), status: 422, code: "INPUT_INVALID", field: "accept"},
		{name: "no treaty id", ask: table("?treaty=IV%2B8"), status: 422, code: "INPUT_INVALID", field: "treaty"},
		{name: "no rank", ask: table("?file=4-8.csv&rank=4"), status: 422},
		{name: "no form of an answer", ask: with(table("?file=4-8.csv"), func(a *ask) { a.header = map[string]string{"Accept": "image/png"} }), status: 406},
		{name: "nothing", ask: with(table("?file=4-8.csv"), func(a *ask) { a.body = "" }), status: 400},
		{name: "too large", ask: with(table("?file=4-8.csv"), func(a *ask) { a.body = strings.Repeat("a", 32<<20+1) }), status: 413},
	})
}

// Whoever comes second plans anew: no act is recorded twice, whichever way the
// requests fall together.
func TestImportsAtTheSameTime(t *testing.T) {
	d := openDoor(t)
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
			r := d.take(t, "acts", rows.String(), "all", "file", fmt.Sprintf("acts-%d.csv", i%2), "accept", "all")
			if r.status == http.StatusCreated || r.status == http.StatusOK {
				recorded[i] = r.report(t).Outcomes[imports.Recorded]
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
	require.Equal(t, http.StatusOK, d.take(t, "acts", rows.String(), "record", "accept", "all").status)
}

// The export is the ledger, byte for byte, and makes the same ledger again.
func TestExportMakesTheSameLedger(t *testing.T) {
	d := openDoor(t)
	require.Equal(t, http.StatusCreated, d.take(t, "mtdsg", statusTable, "record", "file", "4-8.csv").status)
	r := d.ask(t, ask{path: "/v1/export", header: map[string]string{"Accept": "application/x-ndjson"}})
	require.Equal(t, http.StatusOK, r.status)
	require.Equal(t, "application/x-ndjson", r.header.Get("Content-Type"))
	require.Equal(t, http.StatusNotAcceptable, d.ask(t, ask{path: "/v1/export", header: map[string]string{"Accept": "text/csv"}}).status)
	require.Empty(t, d.ask(t, ask{method: http.MethodHead, path: "/v1/export"}).body)
	for line := range bytes.Lines(r.body) {
		require.True(t, json.Valid(line))
	}

	file, folder := t.TempDir()+"/ledger.ndjson", t.TempDir()
	require.NoError(t, os.WriteFile(file, r.body, 0o600))
	restored, added, err := RestoreLines(t.Context(), file, folder, nothing)
	require.NoError(t, err)
	require.EqualValues(t, d.Position(), added)
	require.Equal(t, d.Views().Hash, restored.Hash)
	n := openNode(t, folder, d.sameDay)
	require.Equal(t, d.Views().Hash, n.Views().Hash)
	_, err = n.Verify(context.Background())
	require.NoError(t, err)
}

func TestRestoredLinesContinueALedger(t *testing.T) {
	d := openDoor(t)
	short := d.ask(t, ask{path: "/v1/export"}).body
	_, err := d.Recorder().Record(t.Context(), recorder.Request{ID: "one", Actor: "test", Command: remark("first")})
	require.NoError(t, err)
	long := d.ask(t, ask{path: "/v1/export"}).body
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

	n := openNode(t, dir+"/data", d.sameDay)
	require.Equal(t, d.Views().Hash, n.Views().Hash)
	_, _, err = RestoreLines(t.Context(), dir+"/long", dir+"/data", nothing)
	require.ErrorIs(t, err, ErrHeld)

	other := t.TempDir()
	n, err = Open(t.Context(), Options{Data: other})
	require.NoError(t, err)
	require.NoError(t, n.Close())
	_, _, err = RestoreLines(t.Context(), dir+"/long", other, nothing)
	require.ErrorContains(t, err, "another ledger")
}

// The table of a treaty comes back as it would be read.
func TestTableOfATreaty(t *testing.T) {
	d := openDoor(t)
	require.Equal(t, http.StatusCreated, d.take(t, "mtdsg", statusTable, "record", "file", "4-8.csv").status)
	r := d.ask(t, ask{path: "/v1/treaties/CEDAW/table"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, strings.Replace(statusTable, "Atlantis,,1 Jan 1990 a\n", "", 1), string(r.body))
	require.Equal(t, "0", r.header.Get("Depositary-Omitted"))
	require.Equal(t, http.StatusOK, d.take(t, "mtdsg", string(r.body), "record", "file", "4-8.csv").status)
	early := d.ask(t, ask{path: "/v1/treaties/CEDAW/table?asOf=1982-01-01"})
	require.Contains(t, string(early.body), "10 Dec 1981")
	require.NotContains(t, string(early.body), "1985")
	page := d.ask(t, ask{path: "/v1/treaties/CEDAW/table", header: map[string]string{"Accept": "text/html"}})
	require.Contains(t, string(page.body), "<!DOCTYPE html>")
	require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, page.body, d.ask(t, ask{path: "/v1/treaties/CEDAW/table?format=html"}).body)
	require.Equal(t, http.StatusNotFound, d.ask(t, ask{path: "/v1/treaties/NOSUCH/table"}).status)
}
