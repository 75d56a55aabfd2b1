package reading

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"depositary/api/imports"
)

// Record is one line of a table, or several where a quoted cell goes over them.
type Record struct {
	Line    int      // first line, from 1
	Cells   []string // as written
	Text    string   // the whole of it
	Problem string   // why it cannot be read; Cells is then nil
	Code    imports.Code
}

// Cell returns the cell of that number, or nothing beyond the last.
func (r *Record) Cell(i int) string {
	if i >= 0 && i < len(r.Cells) {
		return r.Cells[i]
	}
	return ""
}

// maxRecordLines is over how many lines a quoted cell may go. A quote that is
// not closed by then is taken as broken, so that it does not swallow the rows
// that follow it.
const maxRecordLines = 50

// EachRecord takes a table apart and returns one record after the other. Blank
// lines are left out. A record that cannot be read has a Problem, and reading
// goes on with the next line. Only commas and semicolons know quotes: cells
// between bars and tabs are taken as they stand. An error of take ends it.
func EachRecord(source imports.Source, text string, separator rune, take func(*Record) error) error {
	rows := 0
	for line := 1; text != ""; {
		record, lines, rest := nextRecord(text, separator)
		record.Line = line
		line, text = line+lines, rest
		if strings.TrimSpace(record.Text) == "" {
			continue
		}
		if rows++; rows > MaxRows {
			return Refuse(source, record.Line, imports.TooLarge,
				fmt.Sprintf("the table has more than %d rows", MaxRows), "a table of participants, in several files where it is long")
		}
		if err := take(&record); err != nil {
			return err
		}
	}
	return nil
}

func nextRecord(text string, separator rune) (record Record, lines int, rest string) {
	first, rest := cutLine(text)
	end, lines := len(first), 1
	if quoted(separator) {
		end, lines = quotedEnd(text, len(first))
	}
	record.Text = strings.TrimRight(text[:end], "\r\n")
	if lines > 1 {
		rest = strings.TrimPrefix(strings.TrimPrefix(text[end:], "\r"), "\n")
	}
	switch {
	case len(record.Text) > MaxLine:
		record.fail(imports.TooLarge, fmt.Sprintf("the line has more than %d bytes: it is no row of a table", MaxLine))
	case HasControls(record.Text):
		record.fail(imports.Unreadable, "the line holds NUL or other characters that no text has, as in a damaged file")
	case 1+strings.Count(record.Text, string(separator)) > MaxColumns && !quoted(separator):
		record.fail(imports.TooLarge, fmt.Sprintf("the line has more than %d cells", MaxColumns))
	case quoted(separator):
		record.parseQuoted(separator)
	default:
		record.Cells = strings.Split(record.Text, string(separator))
	}
	return record, lines, rest
}

// quoted reports whether cells between such separators may stand in quotes.
func quoted(separator rune) bool { return separator == ',' || separator == ';' }

// SeparatorOfHeader returns the character that keeps the cells of the first line
// apart: a comma, or the semicolon or tab that spreadsheets write in its place
// where a comma is the mark of decimals.
func SeparatorOfHeader(text string) rune {
	line, _ := cutLine(strings.TrimLeft(text, " \r\n"))
	line = line[:min(len(line), MaxLine)]
	separator, most := ',', strings.Count(line, ",")
	for _, other := range []rune{';', '\t'} {
		if n := strings.Count(line, string(other)); n > most {
			separator, most = other, n
		}
	}
	return separator
}

// cutLine ends a line at a line feed, a carriage return or both.
func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	next := i + 1
	if text[i] == '\r' && next < len(text) && text[next] == '\n' {
		next++
	}
	return text[:i], text[next:]
}

// quotedEnd returns where the record ends that begins with the text: at the end
// of the first line with an even number of quotes up to there, or of the first
// line where there is none within reach.
func quotedEnd(text string, firstLine int) (end, lines int) {
	quotes := strings.Count(text[:firstLine], `"`)
	end, lines = firstLine, 1
	for quotes%2 == 1 && lines < maxRecordLines && end < MaxLine && end < len(text) {
		line, _ := cutLine(text[lineStart(text, end):])
		end = lineStart(text, end) + len(line)
		quotes += strings.Count(line, `"`)
		lines++
	}
	if quotes%2 == 1 {
		return firstLine, 1
	}
	return end, lines
}

// lineStart returns where the line begins that follows the line end at i.
func lineStart(text string, i int) int {
	_, rest := cutLine(text[i:])
	return len(text) - len(rest)
}

func (r *Record) parseQuoted(separator rune) {
	reader := csv.NewReader(strings.NewReader(r.Text))
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	cells, err := reader.Read()
	if err == nil {
		_, err = reader.Read()
	}
	switch {
	case err != io.EOF:
		r.fail(imports.Unreadable, "the quotes of the line are broken, so that its cells cannot be separated")
	case len(cells) > MaxColumns:
		r.fail(imports.TooLarge, fmt.Sprintf("the line has more than %d cells", MaxColumns))
	default:
		r.Cells = cells
	}
}

func (r *Record) fail(code imports.Code, problem string) {
	r.Code, r.Problem, r.Cells = code, problem, nil
}

// Separator tells by which character the cells of a table without quotes are
// kept apart: a bar, a tab or a comma, whichever the first line with one has.
func Separator(text string) rune {
	for _, line := range strings.SplitN(text, "\n", 21) {
		line = line[:min(len(line), MaxLine)]
		for _, separator := range []rune{'|', '\t'} {
			if strings.ContainsRune(line, separator) {
				return separator
			}
		}
	}
	return ','
}

// Header finds the columns of a table by their names.
type Header map[string]int

// HeaderOf reads the names of columns, without regard to capitals.
func HeaderOf(cells []string) Header {
	h := make(Header, len(cells))
	for i, cell := range cells {
		name := strings.ToLower(Squeeze(cell))
		if _, twice := h[name]; !twice && name != "" {
			h[name] = i
		}
	}
	return h
}

// Has reports whether all the columns are there.
func (h Header) Has(names ...string) bool {
	for _, name := range names {
		if _, ok := h[name]; !ok {
			return false
		}
	}
	return true
}

// Of returns the cell of a column without blanks around it, or nothing where the
// table has no such column.
func (h Header) Of(record *Record, name string) string {
	if i, ok := h[name]; ok {
		return Squeeze(record.Cell(i))
	}
	return ""
}
