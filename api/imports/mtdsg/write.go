package mtdsg

import (
	"encoding/csv"
	"io"
	"strings"

	"depositary/api/imports"
)

// Write writes a table as comma-separated values, in UTF-8 and with lines
// that end in a line feed, as the known set of files has them. It returns what
// the form has no room for, by line of what was written; the caller says so
// beside the file, as the form has no place for remarks either.
func Write(w io.Writer, columns Columns, rows []Row) ([]imports.Finding, error) {
	lines := layOut(columns, rows)
	out := csv.NewWriter(w)
	record := make([]string, 1, len(columns)+1)
	record[0] = "Participant"
	for _, c := range columns {
		record = append(record, harmless(c.Label))
	}
	if err := out.Write(record); err != nil {
		return nil, err
	}
	for i := range lines {
		l := &lines[i]
		record = append(record[:0], harmless(l.name))
		if record[0] != l.name {
			l.omitted = append(l.omitted, imports.Finding{
				Place: imports.Place{Column: "Participant", Text: l.name}, Code: imports.NameUnknown,
				Message: "a spreadsheet would take the name for a formula", Done: "an apostrophe stands before it",
			})
		}
		for _, e := range l.cells {
			record = append(record, e.String())
		}
		if err := out.Write(record); err != nil {
			return nil, err
		}
	}
	out.Flush()
	return omissions("", lines), out.Error()
}

// harmless puts an apostrophe before a text that a spreadsheet would carry out.
// No participant has such a name and no act such words, so that real tables
// stay as they are.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
