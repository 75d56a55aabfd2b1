package mtdsg

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"depositary/api/imports"
	"depositary/domain"
)

// Page is a status table for people: to be read on a screen, by a screen
// reader, or on paper.
type Page struct {
	Treaty  domain.Treaty
	AsAt    domain.Date // day of the table
	Columns Columns
	Rows    []Row
	Sources []string // where the acts were taken from
	Remarks []string // about the table as a whole
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// HTML writes a table as one page that needs no other file: without scripts,
// with its own style, and with a footnote for each thing that the form has no
// room for. It also returns these, by line of the table.
func HTML(w io.Writer, page Page) ([]imports.Finding, error) {
	lines := layOut(page.Columns, page.Rows)
	sheet := pageSheet{Page: page, Legend: legendOf(page.Columns)}
	for _, l := range lines {
		sheet.addLine(l)
	}
	return omissions(page.Treaty.ID, lines), pageTemplate.Execute(w, sheet)
}

type pageSheet struct {
	Page
	Lines  []pageLine
	Notes  []pageNote
	Legend []LabelAct
}

type pageLine struct {
	Name  string
	Notes []pageNote
	Cells []pageCell
}

type pageCell struct {
	Day, Shown, Code string
}

type pageNote struct {
	Number int
	Text   string
}

func (s *pageSheet) addLine(l line) {
	shown := pageLine{Name: l.name}
	for _, f := range l.omitted {
		note := pageNote{Number: len(s.Notes) + 1, Text: fmt.Sprintf("%s: %s; %s.", f.Text, f.Message, f.Done)}
		s.Notes = append(s.Notes, note)
		shown.Notes = append(shown.Notes, note)
	}
	for _, e := range l.cells {
		shown.Cells = append(shown.Cells, pageCell{Day: e.day.String(), Shown: entry{day: e.day}.String(), Code: e.code})
	}
	s.Lines = append(s.Lines, shown)
}

// legendOf returns what the codes mean, each code and act once.
func legendOf(columns Columns) (legend []LabelAct) {
	seen := make(map[LabelAct]bool)
	for _, c := range columns {
		for _, act := range c.Acts {
			if act.Code != "" && !seen[act] {
				seen[act] = true
				legend = append(legend, act)
			}
		}
	}
	return legend
}

// Heading is what the page is called.
func (p Page) Heading() string {
	if p.Treaty.Title == "" {
		return string(p.Treaty.ID)
	}
	return p.Treaty.Title
}

// Concluded says where and when the treaty was adopted, as far as it is known.
func (p Page) Concluded() string {
	switch place, day := p.Treaty.Place, p.Treaty.Adopted.Long(); {
	case place == "" || day == "":
		return place + day
	default:
		return place + ", " + day
	}
}
