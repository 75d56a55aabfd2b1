package untc

import (
	"fmt"
	"regexp"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

const acceptedPage = "the status page of one treaty from the United Nations Treaty Collection, saved whole by a browser, or its XML"

var (
	reFormNumber = regexp.MustCompile(`(?i)<form\b[^>]*\baction="[^"]*\bmtdsg_no=([A-Za-z0-9-]{3,20})`)
	reSavedFrom  = regexp.MustCompile(`(?i)<!-- saved from url=[^>]{0,200}\bmtdsg_no=([A-Za-z0-9-]{3,20})`)
	rePageDay    = regexp.MustCompile(`^(\d{2})-(\d{2})-(\d{4})\b`)
	reEdition    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// numberOnPage returns the number of the treaty under which the page was asked
// for.
func numberOnPage(text string) domain.TreatyID {
	for _, re := range []*regexp.Regexp{reFormNumber, reSavedFrom} {
		if m := re.FindStringSubmatch(text); m != nil {
			if id, ok := reading.TreatyID(m[1]); ok {
				return id
			}
		}
	}
	return ""
}

// readHTML takes a page of the Collection apart: the same table as in the XML,
// its statements, territorial applications and end notes.
func readHTML(source imports.Source, text string) (*imports.Table, error) {
	if !isPage(text) {
		return nil, reading.RefuseHTML(source, text, acceptedPage)
	}
	p := readPage(text)
	if len(p.tables[participantsTable]) < 2 || p.fields["rptStatus/tcText"] == nil {
		return nil, reading.Refuse(source, 1, imports.Unreadable,
			"the page has no table of participants, or no numbers of signatories and parties, as in a page that was cut off", acceptedPage)
	}
	if !strings.Contains(text, "</html>") {
		return nil, reading.Refuse(source, 1+strings.Count(text, "\n"), imports.Unreadable, "the page has no end, as in a file that was cut off", acceptedPage)
	}
	id, err := reading.Identify(source, numberOnPage(text))
	if err != nil {
		return nil, err
	}
	asAt := dayOfPage(p.asAt)
	if source.Edition == "" && !asAt.IsZero() {
		source.Edition = asAt.String()
	}
	r := newReader(source, id)
	if asAt.IsZero() {
		r.Find(id, r.At(1, asAtMark, p.asAt), imports.DateUnreadable, "the day of the page expected, such as 03-02-2026", "read without the day as at which the table is complete")
	} else if reEdition.MatchString(source.Edition) && source.Edition != asAt.String() {
		r.Find(id, r.At(1, asAtMark, p.asAt), imports.EditionDiffers, "the page is as at "+asAt.Long()+", and was given as the edition "+source.Edition, "read as the edition "+source.Edition)
	}
	root := asTree(p)
	r.readTreaty(root)
	for _, group := range root.within("TGroup") {
		r.readGroup(group)
	}
	r.readStatus(root)
	r.readTerritories(p.tables[territoriesTable])
	r.readStatements(p)
	r.readNotes(p.notes)
	r.cover(asAt)
	return r.Table()
}

// dayOfPage reads 03-02-2026 as 3 February 2026: the page writes the day first.
func dayOfPage(text string) domain.Date {
	m := rePageDay.FindStringSubmatch(text)
	if m == nil {
		return domain.Date{}
	}
	day, err := reading.DayMonthYear(m[1] + "/" + m[2] + "/" + m[3])
	if err != nil {
		return domain.Date{}
	}
	return day
}

var (
	reSignatories = regexp.MustCompile(`(?i)signatories\s*:\s*(\d{1,6})`)
	reParties     = regexp.MustCompile(`(?i)parties\s*:\s*(\d{1,6})`)
)

// asTree returns a page the shape of the XML document of its treaty.
func asTree(p *page) *element {
	external := &element{name: "ExternalData", line: 1}
	for _, f := range []struct{ name, field string }{{"Titlesect", "rptTreaty/tcTreaty"}, {"Conclusion", "rptTreaty/tcText"}, {"EIF", "rptEIF/tcText"}} {
		if e := p.fields[f.field]; e != nil {
			external.children = append(external.children, renamed(e, f.name, e.raw()))
		}
	}
	status := &element{name: "Status"}
	if e := p.fields["rptStatus/tcText"]; e != nil {
		status.line = e.line
		for _, total := range []struct {
			name string
			re   *regexp.Regexp
		}{{"Signatories", reSignatories}, {"Parties", reParties}} {
			if m := total.re.FindStringSubmatch(e.words()); m != nil {
				status.children = append(status.children, renamed(e, total.name, m[1]))
			}
		}
	}
	external.children = append(external.children, status)
	rows := p.tables[participantsTable]
	group := &element{name: "TGroup", line: rows[0].line, children: []*element{
		{name: "Thead", line: rows[0].line, children: rows[:1]},
		{name: "Tbody", line: rows[0].line, children: rows[1:]},
	}}
	return &element{name: "Treaty", line: 1, children: []*element{external, group}}
}

func renamed(e *element, name, text string) *element {
	c := &element{name: name, line: e.line}
	c.text.WriteString(text)
	return c
}

// readTerritories reads the table of territorial applications. A row without a
// name goes on with the one before.
func (r *reader) readTerritories(rows []*element) {
	if len(rows) < 2 {
		return
	}
	name := ""
	for _, row := range rows[1:] {
		cells := row.all("Entry")
		if len(cells) != 3 {
			continue
		}
		if cells[0].speaks() {
			name, _ = reading.Footnotes(cells[0].raw())
		}
		written, _ := reading.Footnotes(cells[1].raw())
		at := r.At(row.line, "Territorial Application", reading.Squeeze(name+": "+cells[2].words()))
		if cells[1].speaks() || cells[2].speaks() {
			r.Cell()
		} else {
			continue
		}
		day, err := reading.Date(written)
		switch {
		case err != nil:
			r.Find(r.treaty, at, imports.DateUnreadable, err.Error(), reading.CellLeftOut)
		case reading.NameProblem(name) != "":
			r.Find(r.treaty, at, imports.NameUnknown, reading.NameProblem(name), reading.CellLeftOut)
		case !cells[2].speaks():
			r.Find(r.treaty, at, imports.Unreadable, "the row names no territory", reading.CellLeftOut)
		default:
			r.Claim(r.treaty, at, name, domain.Action{Kind: domain.TerritorialApplication, Date: day, Territories: territories(cells[2].words())})
		}
	}
}

// territories takes a list of territories apart at its commas. An "and" may be
// part of a name, such as Turks and Caicos Islands, and does not.
func territories(text string) (list []string) {
	depth, start := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case (c == ',' || c == ';') && depth == 0:
			list = append(list, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	list = append(list, strings.TrimSpace(text[start:]))
	last := strings.TrimSuffix(strings.TrimPrefix(list[len(list)-1], "and "), ".")
	list[len(list)-1] = last
	return list
}

// cover says up to which day the page lists every act, with its own counts.
func (r *reader) cover(asAt domain.Date) {
	t := r.Treaty(r.treaty)
	counts := &domain.PublishedCounts{}
	for _, check := range t.Checks {
		if check.Says != check.Found {
			r.Find(r.treaty, r.At(1, "Status", fmt.Sprintf("%s: %d", check.What, check.Says)), imports.TotalDiffers,
				fmt.Sprintf("the page counts %d %s, and its table has %d", check.Says, check.What, check.Found), "every row was read; look at the rows with footnotes")
		}
		switch check.What {
		case "signatories":
			counts.Signatories = check.Says
		case "parties":
			counts.Parties = check.Says
		}
	}
	if !asAt.IsZero() {
		t.Coverage = &domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: asAt, Published: counts}
	}
}
