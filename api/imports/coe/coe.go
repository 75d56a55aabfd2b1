// Package coe reads the chart of signatures and ratifications of one treaty of
// the Council of Europe, from the Treaty Office's page as a browser saves it:
//
//	State | Signature | Ratification | Entry into Force | Notes | R. | D. | A. | T. | C. | O.
//
// Days are written day/month/year. A letter behind a day of the second column
// is a code: a is accession, s a signature without reservation as to
// ratification. Which treaty it is, the caller says, or the page's heading
// (Treaty 093), or the name of the file.
//
// Invariants: each day of signature and of ratification becomes one claim, or a
// finding; the marks of reservations, declarations, authorities, territories,
// communications and objections tell that there are some and not which, so that
// they become notes of the act; the totals of the page are Checks.
package coe

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "coe"

// Limits says what the format cannot express.
var Limits = []string{
	"It has no kinds of consent but accession and signature without reservation as to ratification: acceptance and approval are read as ratification.",
	"Reservations, declarations, objections and territorial applications are marked, and not told.",
	"Denunciations stand in the page's footnotes at most, and are not read.",
}

const accepted = "the chart of signatures and ratifications of one treaty from the Treaty Office of the Council of Europe, saved by a browser"

var (
	reTreaty       = regexp.MustCompile(`(?i)\btreaty\s+(?:no\.?\s*)?(\d{3})\b`)
	reFile         = regexp.MustCompile(`(?i)^C?ETS(\d{3})\b`)
	reStatus       = regexp.MustCompile(`(?i)status as of\s*:?\s*(\d{2}/\d{2}/\d{4})`)
	reNotRatified  = regexp.MustCompile(`(?i)signatures not followed by ratifications?\s*:?\s*(\d{1,4})`)
	reRatified     = regexp.MustCompile(`(?i)ratifications\s*/\s*accessions\s*:?\s*(\d{1,4})`)
	reDay          = regexp.MustCompile(`^(\d{1,2}/\d{1,2}/\d{4})\s*([A-Za-z]{0,2})$`)
	marks          = map[string]string{"r.": "reservations", "d.": "declarations", "a.": "authorities", "t.": "territorial application", "c.": "communications", "o.": "objections"}
	firstCETS      = 194 // the series is called CETS from this number on
	mostCells      = 100_000
	consentOfCodes = map[string]domain.ActionKind{"": domain.Ratification, "a": domain.Accession, "s": domain.DefinitiveSignature}
)

// Read takes a chart apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Text(source, content)
	if err != nil {
		return nil, err
	}
	rows, words, err := rowsOf(source, text)
	if err != nil {
		return nil, err
	}
	start, header := headerIn(rows)
	if header == nil {
		return nil, reading.Refuse(source, 1, imports.NotThisFormat, "the file has no table with the columns Signature, Ratification and Entry into Force", accepted)
	}
	if !strings.Contains(text, "</html>") && !strings.Contains(text, "</HTML>") {
		return nil, reading.Refuse(source, 1+strings.Count(text, "\n"), imports.Unreadable, "the page has no end, as in a file that was cut off", accepted)
	}
	id, err := identify(source, words)
	if err != nil {
		return nil, err
	}
	if m := reStatus.FindStringSubmatch(words); m != nil && source.Edition == "" {
		if day, err := reading.DayMonthYear(m[1]); err == nil {
			source.Edition = day.String()
		}
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), treaty: id, header: header, signed: map[string]bool{}, bound: map[string]bool{}}
	r.Converted(converted)
	t := &r.Treaty(id).Treaty
	t.Title, t.Depositary = reading.Squeeze(source.Title), "Secretary General of the Council of Europe"
	for _, row := range rows[start+1:] {
		r.take(row)
	}
	r.check(words)
	return r.Table()
}

// row is one row of a table of the page.
type row struct {
	line  int
	cells []string
}

// rowsOf returns the rows of all tables of the page, and all its words.
func rowsOf(source imports.Source, text string) (rows []row, words string, err error) {
	z := html.NewTokenizer(strings.NewReader(text))
	var all strings.Builder
	line, cells, inCell, skip := 1, 0, false, ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return rows, reading.Squeeze(all.String()), nil
		}
		newlines := strings.Count(string(z.Raw()), "\n")
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.StartTagToken && (tag == "script" || tag == "style"):
			skip = tag
		case kind == html.EndTagToken && tag == skip:
			skip = ""
		case kind == html.StartTagToken && tag == "tr":
			rows = append(rows, row{line: line})
		case kind == html.StartTagToken && (tag == "td" || tag == "th") && len(rows) > 0:
			if cells++; cells > mostCells {
				return nil, "", reading.Refuse(source, line, imports.TooLarge, fmt.Sprintf("the page has more than %d cells", mostCells), accepted)
			}
			rows[len(rows)-1].cells = append(rows[len(rows)-1].cells, "")
			inCell = true
		case kind == html.EndTagToken && (tag == "td" || tag == "th" || tag == "tr"):
			inCell = false
		case kind == html.TextToken && skip == "":
			said := string(z.Text())
			all.WriteString(" " + said)
			if last := len(rows) - 1; inCell {
				rows[last].cells[len(rows[last].cells)-1] += said
			}
		}
		line += newlines
	}
}

// headerIn finds the row of headings.
func headerIn(rows []row) (int, reading.Header) {
	for i, row := range rows {
		if h := reading.HeaderOf(row.cells); h.Has("signature", "ratification", "entry into force") {
			return i, h
		}
	}
	return 0, nil
}

// identify returns the treaty of the page: ETS093, CETS197.
func identify(source imports.Source, words string) (domain.TreatyID, error) {
	number := func(m []string) domain.TreatyID {
		if m == nil {
			return ""
		}
		if n, _ := strconv.Atoi(m[1]); n >= firstCETS {
			return domain.TreatyID("CETS" + m[1])
		}
		return domain.TreatyID("ETS" + m[1])
	}
	id := number(reTreaty.FindStringSubmatch(words))
	if id == "" && source.Treaty == "" {
		id = number(reFile.FindStringSubmatch(source.File))
	}
	return reading.Identify(source, id)
}

type reader struct {
	*reading.Sheet
	treaty        domain.TreatyID
	header        reading.Header
	signed, bound map[string]bool
}

// cell returns the cell of a heading; the first column has the name.
func (r *reader) cell(row row, heading string) string {
	if i, ok := r.header[heading]; ok && i < len(row.cells) {
		return reading.Squeeze(row.cells[i])
	}
	return ""
}

// take reads the row of a State. A row of one cell is the heading of a group.
func (r *reader) take(row row) {
	if len(row.cells) < 4 {
		return
	}
	name, remark := reading.BracketedNote(reading.Squeeze(row.cells[0]))
	signature, consent := r.cell(row, "signature"), r.cell(row, "ratification")
	if name == "" && signature == "" && consent == "" {
		return
	}
	r.Row()
	note := r.noteOf(row, remark)
	problem := reading.NameProblem(name)
	for _, act := range []struct {
		heading, written string
		kinds            map[string]domain.ActionKind
		named            map[string]bool
	}{
		{"Signature", signature, map[string]domain.ActionKind{"": domain.Signature}, r.signed},
		{"Ratification", consent, consentOfCodes, r.bound},
	} {
		if act.written == "" {
			continue
		}
		r.Cell()
		at := r.At(row.line, act.heading, act.written)
		if problem != "" {
			r.Find(r.treaty, at, imports.NameUnknown, problem, reading.CellLeftOut)
			continue
		}
		m := reDay.FindStringSubmatch(act.written)
		if m == nil {
			r.Find(r.treaty, at, imports.DateUnreadable, "a day such as 24/11/1977 expected, at most with a code", reading.CellLeftOut)
			continue
		}
		kind, known := act.kinds[m[2]]
		if !known {
			r.Find(r.treaty, at, imports.CodeUnknown, fmt.Sprintf("the column has no code %q", m[2]), reading.CellLeftOut)
			continue
		}
		day, err := reading.DayMonthYear(m[1])
		if err != nil {
			r.Find(r.treaty, at, imports.DateUnreadable, err.Error(), reading.CellLeftOut)
			continue
		}
		action := domain.Action{Kind: kind, Date: day, Note: note}
		if kind.IsConsent() {
			if entry := r.cell(row, "entry into force"); entry != "" {
				if action.Effect, err = reading.DayMonthYear(entry); err != nil {
					r.Find(r.treaty, r.At(row.line, "Entry into Force", entry), imports.DateUnreadable, err.Error(), "the consent is read without its day of effect")
				}
			}
		}
		act.named[name] = true
		r.Claim(r.treaty, at, name, action)
	}
}

// noteOf words the marks of a row.
func (r *reader) noteOf(row row, remark string) string {
	var said []string
	for _, heading := range []string{"r.", "d.", "a.", "t.", "c.", "o."} {
		if r.cell(row, heading) != "" {
			said = append(said, marks[heading])
		}
	}
	note := ""
	if len(said) > 0 {
		note = "the chart marks " + strings.Join(said, ", ")
	}
	if footnote := r.cell(row, "notes"); footnote != "" {
		remark = reading.JoinNotes(remark, reading.FootnoteNote([]string{footnote}))
	}
	return reading.JoinNotes(note, remark)
}

// check compares the totals of the page, and says up to which day it lists all.
func (r *reader) check(words string) {
	t := r.Treaty(r.treaty)
	only := 0
	for name := range r.signed {
		if !r.bound[name] {
			only++
		}
	}
	counts := &domain.PublishedCounts{}
	for _, total := range []struct {
		re    *regexp.Regexp
		what  string
		found int
		into  *int
	}{{reNotRatified, "signatures not followed by ratification", only, nil}, {reRatified, "ratifications and accessions", len(r.bound), &counts.Parties}} {
		m := total.re.FindStringSubmatch(words)
		if m == nil {
			continue
		}
		says, _ := strconv.Atoi(m[1]) // at most four figures
		t.Checks = append(t.Checks, imports.Check{What: total.what, Says: says, Found: total.found})
		if total.into != nil {
			*total.into = says
		}
		if says != total.found {
			r.Find(r.treaty, r.At(1, "totals", m[0]), imports.TotalDiffers, fmt.Sprintf("the page counts %d %s, and its table has %d", says, total.what, total.found), "every row was read; look at the rows with findings")
		}
	}
	counts.Signatories = len(r.signed)
	if m := reStatus.FindStringSubmatch(words); m != nil {
		if day, err := reading.DayMonthYear(m[1]); err == nil {
			t.Coverage = &domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: day, Published: counts}
		}
	}
}
