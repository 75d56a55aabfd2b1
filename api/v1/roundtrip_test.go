package v1_test

import (
	"encoding/csv"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/imports/mtdsg"
	"depositary/domain/domaintest"
)

// The round trip by the way of the product: each status table is imported over
// HTTP, recorded in the ledger, and asked for again as of a day of the tables. Of
// the cells that were recorded, at least 98 of 100 stand in the same row and
// column. docs/exchange.md states the figure.
func TestTablesComeBackFromTheLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes in 193 tables")
	}
	titles, err := mtdsg.Index(readFile(t, domaintest.Whole(t, "mtdsg", "index.csv")))
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(domaintest.Whole(t, "mtdsg", "tables"), "*.csv"))
	require.NoError(t, err)
	d := apitest.Open(t)
	recorded, same := 0, 0
	for _, path := range files {
		r, s := tableAndBack(t, d, path, titles[filepath.Base(path)])
		recorded, same = recorded+r, same+s
	}
	t.Logf("%d of %d recorded cells are the same (%.2f %%)", same, recorded, 100*float64(same)/float64(recorded))
	require.GreaterOrEqual(t, float64(same), 0.98*float64(recorded))
}

// The same of a table of the repository: every recorded cell comes back.
func TestATableComesBackFromTheLedger(t *testing.T) {
	d := apitest.Open(t)
	recorded, same := tableAndBack(t, d, filepath.FromSlash("../imports/testdata/cedaw/4-8.csv"), "Convention on the Elimination of All Forms of Discrimination against Women. New York, 18 December 1979")
	require.Greater(t, recorded, 10)
	require.GreaterOrEqual(t, float64(same), 0.98*float64(recorded))
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return content
}

// tableAndBack imports a table and counts the cells that were recorded, and
// those that come back in the same row and column.
func tableAndBack(t *testing.T, d *apitest.Server, path, title string) (recorded, same int) {
	t.Helper()
	content, file := readFile(t, path), filepath.Base(path)
	var report struct {
		Treaties []struct{ Treaty string }
		Outcomes map[string]int
	}
	reply := d.Ask(t, apitest.Request{Path: "/v1/imports/mtdsg?file=" + url.QueryEscape(file) + "&title=" + url.QueryEscape(title), Body: string(content), Token: "all"})
	require.Less(t, reply.Status, 300, "%s: %s", file, reply.Body)
	reply.Into(t, &report)
	recorded = report.Outcomes["recorded"] + report.Outcomes["held already"]
	if recorded == 0 {
		return 0, 0
	}
	answer := d.Ask(t, apitest.Request{Method: "GET", Path: "/v1/treaties/" + report.Treaties[0].Treaty + "/table?format=csv&asOf=2015-03-31"})
	require.Equal(t, 200, answer.Status, "%s: %s", file, answer.Body)
	cells := cellsOf(t, string(answer.Body))
	for at, text := range cellsOf(t, string(content)) {
		if text != "" && cells[at] == text {
			same++
		}
	}
	return recorded, same
}

// cellsOf reads a table: the text by row and column.
func cellsOf(t *testing.T, content string) map[[2]string]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(content))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	cells := make(map[[2]string]string)
	for _, row := range rows[1:] {
		for i, text := range row[1:] {
			cells[[2]string{row[0], rows[0][i+1]}] = text
		}
	}
	return cells
}
