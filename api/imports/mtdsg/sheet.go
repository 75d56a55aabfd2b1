package mtdsg

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"depositary/api/imports"
	"depositary/domain"
)

// placing is how well an act fits into a column, and under which code.
type placing struct {
	code  string
	words string // those of the label that the act's note repeats
	score int    // 0: it does not
}

func (p placing) fits() bool { return p.score > 0 }

// place looks for the code under which the column shows an act. Where the words
// of the label say more than the kind of the act, its note has to say the same,
// unless it was taken from this very column.
func (c *Column) place(act *domain.Action) (best placing) {
	for _, code := range c.codes() {
		acts := c.meant(code)
		if kindMeant(acts) != act.Kind {
			continue
		}
		p := placing{code: code, score: 1}
		switch words := wordsOf(acts); {
		case words == "":
			p.score = 2
		case beginsWith(act.Note, words):
			p.words, p.score = words, 2+len(words)
		case !c.isSourceOf(act) && c.Label != unknownKind:
			continue
		}
		if p.score > best.score {
			best = p
		}
	}
	return best
}

// isSourceOf reports whether the act was taken from a column of this label.
func (c *Column) isSourceOf(act *domain.Action) bool {
	return c.source != "" && act.Provenance != nil && act.Provenance.Column == c.source
}

// beginsWith reports whether the note is the words, or the words and more behind them.
func beginsWith(note, words string) bool {
	rest, ok := strings.CutPrefix(note, words)
	return ok && (rest == "" || strings.HasPrefix(rest, "; "))
}

// placeIn chooses the column of an act: the one it was taken from, or the one
// that fits best.
func (cs Columns) placeIn(act *domain.Action) (column int, best placing) {
	for i := range cs {
		p := cs[i].place(act)
		if p.fits() && cs[i].isSourceOf(act) {
			return i, p
		}
		if p.score > best.score {
			column, best = i, p
		}
	}
	return column, best
}

// entry is what stands in a cell.
type entry struct {
	day  domain.Date
	code string
}

// String writes 14 Mar 2003 a, and nothing for an empty cell.
func (e entry) String() string {
	if e.day.IsZero() {
		return ""
	}
	text := fmt.Sprintf("%d %s %d", e.day.Day(), e.day.Month().String()[:3], e.day.Year())
	if e.code != "" {
		text += " " + e.code
	}
	return text
}

// line is a row of the table as it is given out.
type line struct {
	name    string
	cells   []entry
	acts    []domain.Action   // by cell: what stands there
	omitted []imports.Finding // what the row has no room for
}

// layOut puts the acts into the cells and the rows into the order of the
// alphabet, letters with accents beside those without.
func layOut(columns Columns, rows []Row) (lines []line) {
	for _, row := range rows {
		lines = append(lines, layOutRow(columns, row))
	}
	keys := make(map[string]string, len(lines))
	for _, l := range lines {
		keys[l.name] = withoutAccents(l.name)
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		if c := strings.Compare(keys[a.name], keys[b.name]); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return lines
}

// withoutAccents returns the name by which a participant is put into order: Côte
// d'Ivoire stands between Costa Rica and Croatia.
func withoutAccents(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(name))
}

func layOutRow(columns Columns, row Row) line {
	l := line{name: row.Name, cells: make([]entry, len(columns)), acts: make([]domain.Action, len(columns))}
	byDay := slices.Clone(row.Acts)
	slices.SortStableFunc(byDay, func(a, b domain.Action) int { return a.Date.Compare(b.Date) })
	for _, act := range byDay {
		i, p := columns.placeIn(&act)
		if !p.fits() {
			l.omit("", &act, NotExpressible, fmt.Sprintf("the form has no column for an act of this kind (%s)", act.Kind), "left out of the table")
			continue
		}
		if act.Date.IsZero() {
			l.omit(columns[i].Label, &act, NotExpressible, "the act has no day, and a cell of this form is a day", "left out of the table")
			continue
		}
		if earlier := l.acts[i]; !l.cells[i].day.IsZero() {
			l.omit(columns[i].Label, &earlier, imports.OverwrittenByTable, "the cell holds one act only, and shows the later one", "left out of the table")
		}
		l.cells[i], l.acts[i] = entry{act.Date, p.code}, act
		if more := beyondCell(&act, p.words); more != "" {
			l.omit(columns[i].Label, &act, NotExpressible, "the form has no room for "+more, "the table shows the act with its day only")
		}
	}
	return l
}

func (l *line) omit(column string, act *domain.Action, code imports.Code, message, done string) {
	text := fmt.Sprintf("%s: %s", l.name, act.Kind)
	if !act.Date.IsZero() {
		text += " of " + act.Date.Long()
	}
	l.omitted = append(l.omitted, imports.Finding{
		Place: imports.Place{Column: column, Text: text}, Code: code, Message: message, Done: done,
	})
}

// beyondCell says what of an act a cell cannot show. Words of the note that the
// label repeats are shown by it.
func beyondCell(act *domain.Action, shown string) string {
	var more []string
	add := func(held bool, format string, args ...any) {
		if held {
			more = append(more, fmt.Sprintf(format, args...))
		}
	}
	add(!act.Effect.IsZero() && act.Effect != act.Date, "the day of effect (%s)", act.Effect.Long())
	add(!act.Document.IsZero() && act.Document != act.Date, "the date of the document (%s)", act.Document.Long())
	add(!act.Received.IsZero() && act.Received != act.Date, "the day of receipt (%s)", act.Received.Long())
	add(!act.Notified.IsZero() || act.Notification != "", "the notification of the depositary (%s)",
		strings.TrimSpace(act.Notification+" "+act.Notified.Long()))
	add(len(act.Excludes) > 0, "what is excluded (%s)", strings.Join(act.Excludes, ", "))
	add(len(act.Territories) > 0, "the territories (%s)", strings.Join(act.Territories, ", "))
	add(act.Statement != nil && act.Statement.Text != shown, "the text of the statement")
	note := strings.TrimPrefix(strings.TrimPrefix(act.Note, shown), "; ")
	add(note != "", "the note (%s)", note)
	return strings.Join(more, ", ")
}

// omissions returns what was left out, in the order of the table.
func omissions(treaty domain.TreatyID, lines []line) (findings []imports.Finding) {
	for i, l := range lines {
		for _, f := range l.omitted {
			f.Line, f.Treaty = i+2, treaty // behind the line of labels
			findings = append(findings, f)
		}
	}
	return findings
}
