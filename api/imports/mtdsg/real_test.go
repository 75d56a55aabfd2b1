package mtdsg_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/domain/domaintest"
)

// realTable is one of the status tables that lie beside the checkout.
type realTable struct {
	file    string
	content []byte
	table   *imports.Table
}

// realTables reads all of them, and skips the test where they are missing.
func realTables(t testing.TB) (tables []realTable) {
	t.Helper()
	index, err := os.ReadFile(domaintest.Whole(t, "mtdsg", "index.csv"))
	require.NoError(t, err)
	titles, err := mtdsg.Index(index)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(domaintest.Whole(t, "mtdsg", "tables"), "*.csv"))
	require.NoError(t, err)
	for _, path := range files {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		file := filepath.Base(path)
		require.NotEmpty(t, titles[file], "title of %s", file)
		table, err := mtdsg.Read(imports.Source{File: file, Name: "UN Treaty Collection, MTDSG status tables", Title: titles[file]}, content)
		require.NoError(t, err)
		require.Len(t, table.Treaties, 1, file)
		tables = append(tables, realTable{file, content, table})
	}
	return tables
}

// count is what was counted under a word.
type count map[string]int

func (c count) log(t testing.TB, what string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(c)) {
		t.Logf("%-24s %-40s %6d", what, key, c[key])
	}
}

// The totals of the 193 tables. Who changes the reader sees here what became of
// which act.
func TestRealTotals(t *testing.T) {
	acts, findings := count{}, count{}
	var files, rows, cells, claims, titled, concluded int
	for _, real := range realTables(t) {
		files++
		rows += real.table.Rows
		cells += real.table.Cells
		of := real.table.Treaties[0]
		claims += len(of.Claims)
		for _, claim := range of.Claims {
			acts[string(claim.Action.Kind)]++
		}
		for _, f := range real.table.Findings {
			findings[string(f.Code)]++
		}
		if of.Treaty.Title != "" {
			titled++
		}
		if !of.Treaty.Adopted.IsZero() {
			concluded++
		}
	}
	t.Logf("%d files, %d rows, %d cells, %d claims; %d titles, %d days of adoption", files, rows, cells, claims, titled, concluded)
	acts.log(t, "claims")
	findings.log(t, "findings")

	require.Equal(t, []int{193, 13608, 18106, 15608, 193, 188}, []int{files, rows, cells, claims, titled, concluded})
	require.Equal(t, count{
		"acceptance": 1698, "accession": 3742, "approval": 47, "confirmation of signature": 7, "consent of unknown kind": 311,
		"consent to be bound": 215, "definitive signature": 227, "formal confirmation": 10, "notification": 24, "provisional application": 199,
		"ratification": 3686, "signature": 4470, "signature ad referendum": 7, "succession": 943, "succession to signature": 22,
	}, acts)
	require.Equal(t, count{
		"COLUMN_AMBIGUOUS": 319,  // 311 of unknown kind, 7 without the code of the only act, 1 code declared twice
		"COLUMN_UNKNOWN":   1640, // 1,663 cells, and the table that only lists names
		"DATE_UNREADABLE":  5,    // titles with two days of conclusion
		"FOOTNOTE_KEPT":    2,    // titles with an asterisk
		"NOT_AN_ACT":       860,  // 859 cells of registration, and a row without an act
	}, findings)
}

// Every cell that is not empty has exactly one claim, or findings and none.
func TestRealCellsAreAccountedFor(t *testing.T) {
	type place struct {
		line   int
		column string
	}
	for _, real := range realTables(t) {
		header, rows := grid(t, real.content)
		claims, findings := make(map[place]int), make(map[place]int)
		for _, c := range real.table.Treaties[0].Claims {
			claims[place{c.Line, c.Column}]++
			require.Equal(t, real.file, c.File)
		}
		for _, f := range real.table.Findings {
			require.Equal(t, real.file, f.File)
			findings[place{f.Line, f.Column}]++
		}
		cells := 0
		for i, row := range rows {
			for j, text := range row[1:] {
				at := place{i + 2, header[j+1]} // no cell of these files goes over several lines
				if text == "" {
					require.Zero(t, claims[at]+findings[at], "%s, line %d, %s", real.file, at.line, at.column)
					continue
				}
				cells++
				require.LessOrEqual(t, claims[at], 1, "%s, line %d, %s", real.file, at.line, at.column)
				require.Positive(t, claims[at]+findings[at], "%s, line %d, %s", real.file, at.line, at.column)
			}
		}
		require.Equal(t, cells, real.table.Cells, real.file)
		require.Equal(t, len(rows), real.table.Rows, real.file)
	}
}

// grid reads a file without understanding it.
func grid(t *testing.T, content []byte) (header []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	require.NoError(t, err)
	return all[0], all[1:]
}

func TestRealLabels(t *testing.T) {
	headers := make(map[string]bool)
	var columns, withoutDefault, ambiguous, twice int
	for _, real := range realTables(t) {
		header, _ := grid(t, real.content)
		headers[strings.Join(header, "|")] = true
		for _, c := range columnsOf(header[1:]) {
			columns++
			codes := make(map[string]int)
			for _, act := range c.Acts {
				codes[act.Code]++
			}
			switch {
			case codes[""] == 0:
				withoutDefault++
			case codes[""] > 1:
				ambiguous++
			}
			if codes["A"] > 1 {
				twice++
			}
		}
	}
	t.Logf("%d headers, %d columns, %d without an act for bare days, %d with several, %d with a code twice", len(headers), columns, withoutDefault, ambiguous, twice)
	require.Equal(t, []int{78, 339, 52, 11, 1}, []int{len(headers), columns, withoutDefault, ambiguous, twice})
}

// What was read is written and laid beside the original, cell by cell. Nothing
// is normalised: a cell is the same or it is not.
func TestRealRoundTrip(t *testing.T) {
	var same, cells, wholeFiles int
	differences := count{}
	for _, real := range realTables(t) {
		header, original := grid(t, real.content)
		rows := rowsOf(&real.table.Treaties[0])
		var written bytes.Buffer
		omitted, err := mtdsg.Write(&written, columnsOf(header[1:]), rows)
		require.NoError(t, err)
		require.Empty(t, omitted, real.file)
		if bytes.Equal(written.Bytes(), real.content) {
			wholeFiles++
		}
		back, lines := grid(t, written.Bytes())
		require.Equal(t, header, back)
		why := findingsByCell(real.table)
		next := 0
		for i, row := range original {
			var shown []string
			if next < len(lines) && lines[next][0] == row[0] {
				shown = lines[next]
				next++
			}
			for j, text := range row[1:] {
				if text == "" {
					require.True(t, shown == nil || shown[j+1] == "", "%s, line %d: a cell was made", real.file, i+2)
					continue
				}
				cells++
				if shown != nil && shown[j+1] == text {
					same++
					continue
				}
				class := "not recorded: " + string(why[fmt.Sprint(i+2, header[j+1])])
				if shown != nil && shown[j+1] != "" {
					class = fmt.Sprintf("a code that the label declares and the cell omits (%s)", shown[j+1][len(text):])
					require.True(t, strings.HasPrefix(shown[j+1], text), "%s, line %d: %q became %q", real.file, i+2, text, shown[j+1])
				}
				differences[class]++
			}
			if shown == nil {
				differences["row without a recorded act (rows, not cells)"]++
			}
		}
		require.Equal(t, len(lines), next, "%s: rows in another order", real.file)
	}
	t.Logf("%d of %d cells are the same (%.2f %%); %d files are the same byte by byte", same, cells, 100*float64(same)/float64(cells), wholeFiles)
	differences.log(t, "differences")
	require.Equal(t, []int{18106, 15601, 160}, []int{cells, same, wholeFiles})
	require.Equal(t, count{
		// Bare days under "Signature ad referendum (s)": the act is the same, the table omits its code.
		"a code that the label declares and the cell omits ( s)": 7,
		// No act of the ledger: registration numbers and volumes, "Application" of the annexes of III-2.
		"not recorded: COLUMN_UNKNOWN": 1639,
		"not recorded: NOT_AN_ACT":     859,
		// Names with nothing but such cells, or with none: 84 of I-4, one of V-3.
		"row without a recorded act (rows, not cells)": 1840,
	}, differences)
}

func findingsByCell(table *imports.Table) map[string]imports.Code {
	codes := make(map[string]imports.Code)
	for _, f := range table.Findings {
		codes[fmt.Sprint(f.Line, f.Column)] = f.Code
	}
	return codes
}

// The labels come back from the provenance of the acts alone, as they have to
// when a table is written out of the ledger.
func TestRealLabelsComeBack(t *testing.T) {
	var tables, whole, columns, back int
	missing := count{}
	for _, real := range realTables(t) {
		tables++
		header, _ := grid(t, real.content)
		rows := rowsOf(&real.table.Treaties[0])
		var labels []string
		for _, c := range mtdsg.ColumnsFor(nil, rows) {
			labels = append(labels, c.Label)
		}
		if slices.Equal(labels, header[1:]) {
			whole++
		}
		for _, label := range header[1:] {
			columns++
			if slices.Contains(labels, label) {
				back++
				continue
			}
			missing[label]++
		}
		require.Subset(t, header[1:], labels, "%s: no label is made up", real.file)
		if len(labels) > 0 {
			mustReadAgain(imports.Source{File: real.file}, real.table)
		}
	}
	t.Logf("%d of %d columns and all of %d of %d headers come back", back, columns, whole, tables)
	missing.log(t, "not back")
	require.Equal(t, []int{35, 35}, []int{columns - back, tables - whole})
	require.Equal(t, count{ // columns of which no cell was recorded
		"Application": 24, "Extension": 1, "Notification of non-provisional application under article 7 (1) (b)": 1,
		"Provisional acceptance": 1, "Provisional acceptance/accession": 1,
		"Resolution": 1, "Date of Adoption": 1, "Registration Date": 1, "Registration Number": 1, "UNTS Page": 1, "UNTS Volume": 1,
		"Signature": 1, // no one signed
	}, missing)
}

// columnsOf reads the labels of a table, without that of the participants.
func columnsOf(labels []string) mtdsg.Columns {
	columns := make(mtdsg.Columns, len(labels))
	for i, label := range labels {
		columns[i] = mtdsg.ParseColumn(label)
	}
	return columns
}
