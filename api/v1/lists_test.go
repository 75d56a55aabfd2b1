package v1_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// rowsOf reads a table as rows by the names of its columns.
func rowsOf(t *testing.T, body []byte) (rows []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	require.NoError(t, err)
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// The file of acts is what the participations show, and reading it again finds
// nothing that is not recorded.
func TestFileOfActs(t *testing.T) {
	d := apitest.Open(t)
	file := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/acts.csv?treaty=ICMW"})
	require.Equal(t, "attachment; filename=acts-2026-06-30.csv", file.Header.Get("Content-Disposition"))
	rows := rowsOf(t, file.Body)
	require.NotEmpty(t, rows)
	var mexico []string
	for _, row := range rows {
		require.Equal(t, "IV-13", row["treaty"])
		if row["participant"] == "MEX" {
			mexico = append(mexico, row["action"]+" "+row["date"])
		}
	}
	require.Subset(t, mexico, []string{"signature 1991-05-22", "ratification 1999-03-08"})

	report := d.Must(t, http.StatusOK, apitest.Request{Method: "POST", Path: "/v1/imports/acts?dryRun=true&file=acts.csv", Token: "record", Body: string(file.Body), Header: map[string]string{"Content-Type": "text/csv"}})
	var told struct {
		Rows     int            `json:"rows"`
		Outcomes map[string]int `json:"outcomes"`
	}
	report.Into(t, &told)
	require.Equal(t, len(rows), told.Rows)
	statements := 0 // which the format has no room for
	for _, row := range rows {
		if row["text"] != "" {
			statements++
		}
	}
	require.Equal(t, len(rows)-statements, told.Outcomes["held already"])
	require.Zero(t, told.Outcomes["recorded"])
	require.Greater(t, len(rows), 90)
}

func TestListsAreFiltered(t *testing.T) {
	d := apitest.Open(t)
	table := func(address string) []map[string]string {
		return rowsOf(t, d.Must(t, http.StatusOK, apitest.Request{Path: address}).Body)
	}
	all := table("/v1/statuses.csv")
	parties := table("/v1/statuses.csv?status=party&treaty=ICMW")
	require.NotEmpty(t, parties)
	n := 0
	for _, row := range all {
		if row["treaty"] == "IV-13" && row["status"] == "party" {
			n++
		}
	}
	require.Len(t, parties, n)
	require.Equal(t, parties, table("/v1/treaties/ICMW/status?format=csv&status=party"))

	members := map[string]bool{}
	for _, row := range table("/v1/groups/EU?format=csv") {
		if row["until"] == "" || row["until"] > "2026-06-30" {
			members[row["participant"]] = true
		}
	}
	for _, row := range table("/v1/statuses.csv?group=EU&participant=MEX") {
		require.True(t, members[row["participant"]] || row["participant"] == "MEX", row["participant"])
	}
	for _, row := range table("/v1/participants/MEX/status?format=csv&status=party") {
		require.Equal(t, "party", row["status"])
	}
	for _, row := range table("/v1/acts.csv?kind=accession&asOf=1995-01-01") {
		require.Equal(t, "accession", row["action"])
		require.LessOrEqual(t, row["date"], "1995-01-01")
	}
	for address, field := range map[string]string{"/v1/statuses?status=bound": "status", "/v1/acts?kind=signed": "kind", "/v1/acts?group=NONE": "group", "/v1/statuses.csv?participant=XXX": "participant"} {
		r := d.Ask(t, apitest.Request{Path: address})
		require.Contains(t, []int{404, 422}, r.Status)
		require.Equal(t, field, r.Problem(t).Findings[0].Field, address)
	}
}

// The pages of the JSON lists are the file.
func TestListsAndFilesAgree(t *testing.T) {
	d := apitest.Open(t)
	for _, name := range []string{"acts", "statuses"} {
		lines := strings.Count(string(d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/" + name + ".csv"}).Body), "\r\n")
		n := 0
		for at := "/v1/" + name + "?format=csv&limit=300"; at != ""; {
			r := d.Must(t, http.StatusOK, apitest.Request{Path: at})
			n += len(rowsOf(t, r.Body))
			at = followed(t, at, r.Header, "next")
		}
		require.GreaterOrEqual(t, lines, n+1, fmt.Sprintf("%s: texts may have lines of their own", name))
		require.Greater(t, n, 300)
	}
}
