package v1_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Of a treaty without acts every answer says that it is not known who has acted,
// and makes no figure of it.
func TestNothingRecordedMakesNoFigure(t *testing.T) {
	d := apitest.Open(t)
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/CRC/status"}, Status: 200, Contains: []string{`"extent":"none"`, `"rows":[]`}, Lacks: []string{`"parties":`, "no action"}},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/participants/DEU"}, Status: 200, Contains: []string{`"status":"not known"`}},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/gap"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/share"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/relations/DEU"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/who-next"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/matrix?treaties=CRC,ICMW&format=csv"}, Status: 200, Contains: []string{"not known"}},
		{Request: apitest.Request{Path: "/v1/matrix?treaties=CRC&show=gaps"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/gap?format=csv"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
	})
	for _, treaty := range d.Get(t, "/v1/treaties")["treaties"].([]any) {
		if apitest.At(t, treaty, "short") == "CRC" {
			require.NotContains(t, treaty, "parties")
		}
	}
}

// A secretariat that is the depositary says from when on it records every act;
// the statement is corrected and annulled like any fact.
func TestStatingCoverage(t *testing.T) {
	d := apitest.Open(t)
	state := func(body string) apitest.Request {
		return apitest.Request{Path: "/v1/treaties/CRC/coverage", Body: body, Token: "record"}
	}
	first := d.Must(t, http.StatusCreated, state(`{"coverage":{"extent":"table","asAt":"2015-03-31","published":{"signatories":140,"parties":195},"missing":"withdrawals"}}`))
	var receipt map[string]any
	first.Into(t, &receipt)
	record := apitest.At(t, receipt, "records", 0).(string)

	one := d.Get(t, "/v1/treaties/CRC/coverage")
	require.Equal(t, "table", apitest.At(t, one, "treaty", "coverage", "extent"))
	require.Equal(t, false, apitest.At(t, one, "treaty", "coverage", "complete"))
	require.EqualValues(t, 195, one["published"])
	require.EqualValues(t, 0, one["recorded"], "no act is recorded beside it")
	require.Equal(t, record, apitest.At(t, one, "sources", 0, "record"))
	require.Equal(t, "no action", apitest.At(t, d.Get(t, "/v1/treaties/CRC/participants/DEU"), "status", "status"))

	d.Play(t, []apitest.Scenario{
		{Request: state(`{"coverage":{"extent":"table"}}`), Status: 422, Code: "FIELD_REQUIRED", Field: "coverage.asAt"},
		{Request: state(`{"coverage":{"extent":"table","asAt":"2014-03-31"},"corrects":"` + record + `"}`), Status: 422, Code: "REASON_REQUIRED", Field: "reason"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/coverage", Body: `{"coverage":{"extent":"some"}}`}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Request: apitest.Request{Path: "/v1/coverage?format=csv"}, Status: 200, Contains: []string{"CRC,table,2015-03-31"}},
	})
	d.Must(t, http.StatusCreated, state(`{"coverage":{"extent":"table","asAt":"2014-03-31"},"corrects":"`+record+`","reason":"a year older"}`))
	require.Equal(t, "2014-03-31", apitest.At(t, d.Get(t, "/v1/treaties/CRC/coverage"), "treaty", "coverage", "asAt"))
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/actions/" + record + "/annulment", Body: `{"reason":"another treaty's"}`, Token: "record"})
	require.Equal(t, "none", apitest.At(t, d.Get(t, "/v1/treaties/CRC/coverage"), "treaty", "coverage", "extent"))

	var told []string
	for _, n := range d.NoticesOf(t, "treaty=CRC&kind=treaty.coverage,action.annulled&limit=1000").Notices {
		told = append(told, n.Title)
	}
	require.Equal(t, []string{"CRC: every act is recorded as at 31 March 2014", "CRC: a record of coverage is annulled; no act is recorded"}, told)
}

// README says of every bundled treaty until when its acts are recorded.
func TestReadmeSaysUntilWhenActsAreRecorded(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t, apitest.Bundled)
	recorded := make(map[string]string)
	for _, row := range d.Get(t, "/v1/coverage")["rows"].([]any) {
		coverage := apitest.At(t, row, "treaty", "coverage").(map[string]any)
		until, _ := coverage["asAt"].(string)
		recorded[apitest.At(t, row, "treaty", "short").(string)] = strings.TrimSpace(coverage["extent"].(string) + " " + until)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| every act as at | treaties |\n|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	said := make(map[string]string)
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		require.Len(t, cells, 4, line)
		for short, until := range saidInLine(t, strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])) {
			require.NotContains(t, said, short, "twice")
			said[short] = until
		}
	}
	require.Equal(t, recorded, said)
	require.Contains(t, string(text), fmt.Sprintf("Of the %d bundled treaties", len(recorded)))
}

// saidInLine reads one line: a day, or a year with the days behind the treaties, each
// for those before it, or a word.
func saidInLine(t *testing.T, head, treaties string) map[string]string {
	t.Helper()
	said, waiting := make(map[string]string), []string{}
	settle := func(until string) {
		for _, short := range waiting {
			said[short] = until
		}
		waiting = nil
	}
	for _, item := range strings.Split(treaties, ", ") {
		short, day, dated := strings.Cut(item, " (")
		waiting = append(waiting, short)
		if dated {
			settle("table " + longDay(t, strings.TrimSuffix(day, ")")+" "+head))
		}
	}
	switch head {
	case "only some acts":
		settle("some")
	case "no act":
		settle("none")
	default:
		if len(waiting) > 0 {
			settle("table " + longDay(t, head))
		}
	}
	return said
}

func longDay(t *testing.T, text string) string {
	t.Helper()
	day, err := time.Parse("2 January 2006", text)
	require.NoError(t, err)
	return day.Format(time.DateOnly)
}
