package mtdsg

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

const accepted = "a table with commas between its cells, whose first line begins with Participant and names the acts of each column, filed as 4-13.csv"

// Read takes a status table apart. See imports.Reader. Names stay as the table
// writes them, but for the marks of footnotes and the brackets of a withdrawal,
// which become findings.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Plain(source, content, accepted)
	if err != nil {
		return nil, err
	}
	id, err := identify(source)
	if err != nil {
		return nil, err
	}
	if source.Edition == "" {
		source.Edition = editionOf(id)
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), source: source, treaty: id}
	r.Converted(converted)
	r.describe()
	separator := reading.SeparatorOfHeader(text)
	r.occurring = occurring(source, text, separator)
	if err := reading.EachRecord(source, text, separator, r.take); err != nil {
		return nil, err
	}
	return r.finish()
}

type reader struct {
	*reading.Sheet
	source  imports.Source
	treaty  domain.TreatyID
	header  bool // has been read
	columns []column
	cells   int

	occurring []map[string]bool // codes behind the days of each cell of a row
}

// occurring returns the codes that stand behind days, by column: where a label
// could be read in two ways, the cells settle it.
func occurring(source imports.Source, text string, separator rune) (codes []map[string]bool) {
	_ = reading.EachRecord(source, text, separator, func(record *reading.Record) error { // the error comes again when the rows are taken
		for i, written := range record.Cells {
			if content, err := readCell(written); err == nil && content.code != "" {
				for len(codes) <= i {
					codes = append(codes, make(map[string]bool))
				}
				codes[i][content.code] = true
			}
		}
		return nil
	})
	return codes
}

// column is a Column with the sentences about it, which are worded once and
// not for every cell.
type column struct {
	Column
	label  string // as findings and claims show it
	noAct  imports.Code
	reason string // why no cell of it is an act
}

func (r *reader) describe() {
	treaty := &r.Treaty(r.treaty).Treaty
	treaty.Short = string(r.treaty)
	treaty.Source = r.source.Name
	treaty.Verification = r.source.Verification
	title := reading.Squeeze(r.source.Title)
	if title == "" {
		treaty.Depositary = depositary
		return
	}
	footnotes, doubt := describe(treaty, title)
	if len(footnotes) > 0 {
		r.Find(r.treaty, r.At(0, "title", title), imports.FootnoteKept,
			"the title has the mark of a footnote, whose text is not in the file", "the title is taken without the mark")
	}
	if doubt != "" {
		r.Find(r.treaty, r.At(0, "title", title), imports.DateUnreadable, doubt, "place and day of adoption are left open")
	}
}

func (r *reader) take(record *reading.Record) error {
	if !r.header {
		r.header = true
		return r.takeHeader(record)
	}
	if record.Problem == "" && isBlank(record.Cells) {
		return nil
	}
	r.Row()
	if record.Problem != "" {
		if err := r.count(record); err != nil {
			return err
		}
		r.Find(r.treaty, r.At(record.Line, "", record.Text), record.Code, record.Problem, reading.RowLeftOut)
		return nil
	}
	return r.takeRow(record)
}

// isBlank recognises the rows of nothing but commas that spreadsheets append.
func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return reading.Squeeze(c) != "" })
}

// count counts a cell with something in it.
func (r *reader) count(record *reading.Record) error {
	r.Cell()
	if r.cells++; r.cells > maxCells {
		return reading.Refuse(r.source, record.Line, imports.TooLarge,
			fmt.Sprintf("the table has more than %d cells with something in them: it is no table of the participants of one treaty", maxCells), accepted)
	}
	return nil
}

// reParticipant recognises the heading of the names, with marks of footnotes
// behind it as tables have them: Participant 2, 3, 4.
var reParticipant = regexp.MustCompile(`(?i)^participants?(?:[\s,;]*(?:\d{1,3}|[*†‡§¹²³⁰⁴-⁹]+|[(\[]\d{1,3}[)\]]))*$`)

func (r *reader) takeHeader(record *reading.Record) error {
	if record.Problem != "" {
		return reading.Refuse(r.source, record.Line, record.Code, record.Problem, accepted)
	}
	first, _ := reading.Footnotes(record.Cell(0))
	if !reParticipant.MatchString(first) {
		message := fmt.Sprintf("the first cell is %q and not Participant", reading.Excerpt(first))
		if lower := strings.ToLower(first); strings.HasPrefix(lower, "participant;") || strings.HasPrefix(lower, "participant\t") {
			message = "the cells are kept apart by something other than commas"
		}
		return reading.Refuse(r.source, record.Line, imports.NotThisFormat, message, accepted)
	}
	for i, label := range record.Cells[1:] {
		if len(label) > maxLabel {
			return reading.Refuse(r.source, record.Line, imports.TooLarge, fmt.Sprintf("the label of a column has more than %d bytes", maxLabel), accepted)
		}
		r.takeLabel(record.Line, i+2, label)
	}
	if len(r.columns) == 0 {
		r.Find(r.treaty, r.At(record.Line, "", record.Text), imports.ColumnUnknown,
			"the table has no column of acts: it only lists names", "nothing of it is recorded, as a name alone says nothing about status")
	}
	return nil
}

func (r *reader) takeLabel(line, number int, written string) {
	c := column{Column: ParseColumn(written), label: written}
	if number-1 < len(r.occurring) {
		c.Column = c.Settled(r.occurring[number-1])
	}
	if reading.Squeeze(written) == "" {
		c.label = fmt.Sprintf("cell %d", number)
	}
	known := slices.ContainsFunc(c.Acts, func(a LabelAct) bool { return a.Kind != "" })
	switch {
	case len(c.Acts) == 0:
		c.noAct, c.reason = imports.ColumnUnknown, "the column has no label, so that nothing says which act its days are of"
	case c.Register:
		c.noAct, c.reason = imports.NotAnAct, "the column says where something was adopted, registered or published, and has no act of a participant"
	case !known:
		c.noAct, c.reason = imports.ColumnUnknown, "the column names no act by which status is computed"
	}
	if slices.ContainsFunc(r.columns, func(o column) bool { return o.Label == written }) {
		r.Find(r.treaty, r.At(line, c.label, written), imports.ColumnAmbiguous,
			"two columns have this label", "both are read; the line and the text of a cell distinguish them")
	}
	r.columns = append(r.columns, c)
}

// participant is the head of a row.
type participant struct {
	name      string
	problem   string
	footnotes []string
}

func (r *reader) takeRow(record *reading.Record) error {
	p := r.takeName(record)
	filled := 0
	for i, written := range record.Cells[min(1, len(record.Cells)):] {
		if reading.Squeeze(written) == "" {
			continue
		}
		filled++
		if err := r.count(record); err != nil {
			return err
		}
		if i >= len(r.columns) {
			r.Find(r.treaty, r.At(record.Line, fmt.Sprintf("cell %d", i+2), written), imports.ColumnUnknown,
				"the row has more cells than the first line has labels", reading.CellLeftOut)
			continue
		}
		r.takeCell(record.Line, p, &r.columns[i], written)
	}
	if filled == 0 && len(r.columns) > 0 && p.name != "" {
		r.Find(r.treaty, r.At(record.Line, "Participant", record.Cell(0)), imports.NotAnAct,
			"the row names a participant and no act", "nothing is recorded of it")
	}
	return nil
}

func (r *reader) takeName(record *reading.Record) participant {
	written := record.Cell(0)
	name, footnotes, withdrawn := readName(written)
	at := r.At(record.Line, "Participant", written)
	if len(footnotes) > 0 {
		r.Find(r.treaty, at, imports.FootnoteKept, "the name has the mark of a footnote, whose text is not in the file", reading.KeptAsNote)
	}
	if withdrawn {
		r.Find(r.treaty, at, imports.WithdrawnBrackets, "square brackets mark that the participant has withdrawn, without telling since when",
			"the acts of the row are read; a withdrawal is recorded only from a source that states its day")
	}
	return participant{name: name, problem: reading.NameProblem(name), footnotes: footnotes}
}

func (r *reader) takeCell(line int, p participant, c *column, written string) {
	at := r.At(line, c.label, written)
	leave := func(code imports.Code, message string) {
		r.Find(r.treaty, at, code, message, reading.CellLeftOut)
	}
	switch plain := reading.Squeeze(written); {
	case p.problem != "":
		leave(imports.NameUnknown, p.problem)
		return
	case c.noAct != "":
		leave(c.noAct, c.reason)
		return
	case reEmptyText.MatchString(plain):
		leave(imports.NotAnAct, "the cell says that there is nothing to record")
		return
	}
	content, err := readCell(written)
	if err != nil {
		leave(imports.DateUnreadable, err.Error())
		return
	}
	acts, assumed := c.actsFor(content.code)
	kind := kindMeant(acts)
	if kind == "" {
		leave(c.whyNot(content.code, acts))
		return
	}
	r.note(at, content, acts, kind, assumed)
	r.Claim(r.treaty, at, p.name, domain.Action{
		Kind: kind, Statement: statementOf(kind, acts),
		Date: content.day,
		Note: reading.JoinNotes(wordsOf(acts), reading.FootnoteNote(append(slices.Clone(p.footnotes), content.footnotes...))),
	})
}

var reUnderArticle = regexp.MustCompile(`(?i)\bunder article (\w+(?: ?\(\w+\))*)`)

// statementOf returns what a notification under an article says, as far as the
// label of its column tells; other acts of a table have no statement.
func statementOf(kind domain.ActionKind, acts []LabelAct) *domain.Statement {
	if kind != domain.Notification {
		return nil
	}
	s := &domain.Statement{Text: acts[0].Words, Language: "en"}
	if m := reUnderArticle.FindStringSubmatch(acts[0].Words); m != nil {
		s.Articles = []string{strings.ReplaceAll(m[1], " ", "")}
	}
	return s
}

// actsFor returns the acts that a code may mean. A bare day in a column that
// declares one act only is of that act, with a code or without.
func (c *column) actsFor(code string) (acts []LabelAct, assumed bool) {
	acts = c.meant(code)
	if len(acts) == 0 && code == "" && len(c.Acts) == 1 {
		return c.Acts, true
	}
	return acts, false
}

// whyNot says why a code of this column comes down to no act.
func (c *column) whyNot(code string, acts []LabelAct) (imports.Code, string) {
	known, _ := knownKinds(acts)
	switch {
	case len(acts) == 0 && code == "":
		return imports.CodeUnknown, "the day stands without a code, and every act of the column has one"
	case len(acts) == 0:
		return imports.CodeUnknown, fmt.Sprintf("the column declares no code %q; small and capital letters are different codes", code)
	case len(acts) == 1:
		return imports.ColumnUnknown, fmt.Sprintf("%q is no act by which status is computed", acts[0].Words)
	case !known:
		return imports.ColumnAmbiguous, "the label leaves open which act it is, and one of those that are possible is not known"
	}
	return imports.ColumnAmbiguous, "the label leaves open which act it is, and those that are possible have different effects"
}

// note adds the findings about a cell that became a claim.
func (r *reader) note(at imports.Place, content cell, acts []LabelAct, kind domain.ActionKind, assumed bool) {
	if len(acts) > 1 {
		r.Find(r.treaty, at, imports.ColumnAmbiguous, "the label declares several acts in the same way, so that the day may be of each of them",
			"recorded as "+string(kind)+"; the words of the label are kept as a note")
	}
	if assumed {
		r.Find(r.treaty, at, imports.ColumnAmbiguous, "the day stands without the code that the label declares",
			"recorded as "+string(kind)+", the only act of the column")
	}
	if len(content.footnotes) > 0 {
		r.Find(r.treaty, at, imports.FootnoteKept, "the cell has the mark of a footnote, whose text is not in the file", "its mark is kept as a note of the act")
	}
	if content.bracketed {
		r.Find(r.treaty, at, imports.WithdrawnBrackets, "square brackets mark that the act has lost its effect, without telling since when",
			"the act is recorded; a withdrawal is recorded only from a source that states its day")
	}
}

func (r *reader) finish() (*imports.Table, error) {
	table, err := r.Table()
	if err != nil {
		return nil, err
	}
	if table.Rows == 0 {
		table.Findings = append(table.Findings, imports.Finding{Place: r.At(1, "", ""), Code: imports.NotAnAct, Treaty: r.treaty,
			Message: "the table names no participant", Done: "nothing is recorded"})
	}
	return table, nil
}
