package v1

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"depositary/projections"
)

// table is what every list can also be shown as.
type table struct {
	header []string
	rows   [][]string
}

// tabular is a body that has a table.
type tabular interface{ table() table }

var errNoTable = errors.New("this answer has no form as a table; ask for application/json")

// writeCSV writes a body as CSV (RFC 4180), in UTF-8.
func writeCSV(w io.Writer, body any) error {
	t, ok := body.(tabular)
	if !ok {
		return errNoTable
	}
	return writeTable(w, t.table())
}

func writeTable(w io.Writer, t table) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := t.rows
	if t.header != nil {
		rows = append([][]string{t.header}, rows...)
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from taking a cell for a formula: such a cell
// gets an apostrophe in front. Blanks before the sign do not help it.
func harmless(cell string) string {
	start := strings.TrimLeft(cell, " \u00a0\u3000\ufeff")
	if first, size := utf8.DecodeRuneInString(start); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// instant writes an instant for a table, nothing for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.4f", f), ".0000") }

// coverageColumns follow what a row says of a treaty: until when its acts are
// recorded. Rows travel alone.
var coverageColumns = []string{"coverage", "acts_as_at"}

func coverageCells(c projections.Coverage) []string {
	return []string{string(c.Extent), c.AsAt.String()}
}

func coverageOf(c projections.RowCoverage) []string {
	return []string{string(c.Extent), c.AsAt.String()}
}

// axesColumns end every table, so that a row says for itself what it answers.
var axesColumns = []string{"as_of", "received_by", "known_at"}

func axesCells(a projections.Axes) []string {
	return []string{a.AsOf.String(), a.ReceivedBy.String(), fmt.Sprint(a.KnownAt)}
}
