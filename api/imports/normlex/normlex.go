// Package normlex reads lists of ratifications as the ILO's NORMLEX shows them
// for one convention: one State in a row.
//
//	C097 - Migration for Employment Convention (Revised), 1949 (No. 97)
//	Albania | 02 Mar 2005 | In Force |
//	Bahamas | 25 May 1976 | In Force | Has excluded the provisions of Annex I
//	Israel[1] | 30 Mar 1953 | Denounced | Denounced on 05 Aug 1999
//
// The cells are kept apart by bars, tabs or commas. Which convention it is, the
// caller says, or the first line, or the name of the file (C097.txt, C97.txt).
//
// Invariants: the day of a row becomes one claim, a ratification, or at least
// one finding; a denunciation becomes a claim, a withdrawal, where the note
// tells its day, and otherwise a finding; every note is kept as the note of its
// act. A remark of more than three characters in brackets behind a name may
// name a territory, and such a row is left out.
package normlex

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "normlex"

// Limits says what the format cannot express.
var Limits = []string{
	"One row for each State: a ratification that was denounced and made again shows its last day only.",
	"Declarations of application to territories, and what they were later changed to, stand in notes at most.",
	"A denunciation that followed by law from the ratification of a later convention is not an act and is left out.",
	"States that no longer exist are mostly not listed.",
}

const accepted = "rows of country, day, status and note, such as Albania | 02 Mar 2005 | In Force |"

var columns = []string{"Country", "Date", "Status", "Note"}

// The columns.
const (
	country = iota
	date
	status
	note
)

// Read takes a list of ratifications apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Plain(source, content, accepted)
	if err != nil {
		return nil, err
	}
	inContent, title := headline(text)
	id, err := reading.Identify(source, inContent)
	if err != nil {
		return nil, err
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), treaty: id}
	treaty := &r.Treaty(id).Treaty
	treaty.Title = cmp.Or(title, reading.Squeeze(source.Title))
	treaty.Depositary = "Director-General of the International Labour Office"
	r.Converted(converted)
	if err := reading.EachRecord(source, text, reading.Separator(text), r.take); err != nil {
		return nil, err
	}
	if !r.understood {
		return nil, reading.Refuse(source, 1, imports.NotThisFormat, "no line of the file is a ratification with its day", accepted)
	}
	return r.Table()
}

// headline reads number and title of the convention from the first line that is
// not blank, where they stand there.
func headline(text string) (domain.TreatyID, string) {
	text = strings.TrimLeft(text, " \t\r\n")
	line, _, _ := strings.Cut(text[:min(len(text), reading.MaxLine)], "\n")
	if id, title, ok := reading.LeadingTreatyID(line); ok {
		return id, title
	}
	return "", ""
}

type reader struct {
	*reading.Sheet
	treaty     domain.TreatyID
	begun      bool
	understood bool // at least one row has a day
}

func (r *reader) take(record *reading.Record) error {
	first := !r.begun
	r.begun = true
	switch {
	case record.Problem != "":
		r.Row()
		r.Cell()
		r.Find(r.treaty, r.At(record.Line, "", record.Text), record.Code, record.Problem, reading.RowLeftOut)
	case first && isHeadline(record), isHeader(record):
	case cellsWithText(record) < 2:
		r.takeLine(record)
	default:
		r.Row()
		r.takeRow(record)
	}
	return nil
}

func isHeadline(record *reading.Record) bool {
	_, _, ok := reading.LeadingTreatyID(record.Text)
	return ok
}

func isHeader(record *reading.Record) bool {
	return strings.EqualFold(reading.Squeeze(record.Cell(country)), "country")
}

func cellsWithText(record *reading.Record) (n int) {
	for _, cell := range record.Cells {
		if reading.Squeeze(cell) != "" {
			n++
		}
	}
	return n
}

var reInForce = regexp.MustCompile(`(?i)^date of entry into force\s*:`)

// takeLine reads a line that is no row: the convention's own day of entry into
// force, or something that is reported.
func (r *reader) takeLine(record *reading.Record) {
	text := reading.Squeeze(strings.Join(record.Cells, " "))
	if days := reading.DatesIn(text); reInForce.MatchString(text) && len(days) == 1 {
		r.Treaty(r.treaty).Treaty.Stated = &domain.StatedEntry{InForce: days[0], Attestation: r.Attestation()}
		return
	}
	r.Find(r.treaty, r.At(record.Line, "", text), imports.NotAnAct, "the line is no row of the table", "the line was left out")
}

// takeRow reads the row of a State: its ratification, and its denunciation
// where it has one.
func (r *reader) takeRow(record *reading.Record) {
	r.Cell()
	name, marks, named := r.name(record)
	known := r.statusKnown(record)
	act := domain.Action{Kind: domain.Ratification}
	day, err := reading.Date(record.Cell(date))
	if err != nil {
		r.found(record, date, imports.DateUnreadable, err.Error())
	} else {
		r.understood = true
	}
	act.Date = day
	act.Note = reading.JoinNotes(r.remarks(record), reading.FootnoteNote(marks))
	denounced := r.denunciation(record)
	if denounced != nil {
		r.Cell()
	}
	if !named || !known || err != nil {
		if denounced != nil || act.Note != "" {
			r.found(record, note, imports.TextKeptOut, "the note belongs to a row that cannot be read")
		}
		return
	}
	r.exclude(record, &act)
	r.entry(record, &act)
	r.Claim(r.treaty, r.at(record, date), name, act)
	if denounced != nil && !denounced.Date.IsZero() {
		r.Claim(r.treaty, r.at(record, note), name, *denounced)
	}
}

func (r *reader) at(record *reading.Record, column int) imports.Place {
	return r.At(record.Line, columns[column], reading.Squeeze(record.Cell(column)))
}

func (r *reader) found(record *reading.Record, column int, code imports.Code, message string) {
	r.Find(r.treaty, r.at(record, column), code, message, reading.CellLeftOut)
}

// maxMark is the length of a footnote's mark: a longer remark says something.
const maxMark = 3

func (r *reader) name(record *reading.Record) (name string, marks []string, ok bool) {
	name, marks = reading.Footnotes(record.Cell(country))
	name, withdrawn := reading.WithdrawnName(name)
	name, remark := reading.BracketedNote(name)
	if len(remark) > maxMark {
		r.Find(r.treaty, r.at(record, country), imports.NameUnknown,
			"the remark behind the name may limit the row to a territory, or name another State", reading.RowLeftOut)
		return "", nil, false
	}
	if remark != "" {
		marks = append(marks, remark)
	}
	if problem := reading.NameProblem(name); problem != "" {
		r.Find(r.treaty, r.at(record, country), imports.NameUnknown, problem, reading.RowLeftOut)
		return "", nil, false
	}
	if len(marks) > 0 {
		r.Find(r.treaty, r.at(record, country), imports.FootnoteKept, "the name has a footnote whose text is not in the row", reading.KeptAsNote)
	}
	if withdrawn {
		r.Find(r.treaty, r.at(record, country), imports.WithdrawnBrackets, "the name stands in brackets: the State has denounced the convention",
			"the ratification is read; the denunciation only where the note states its day")
	}
	return name, marks, true
}

// statusKnown reports whether the row has one of the three words. They are not
// recorded: status is computed.
func (r *reader) statusKnown(record *reading.Record) bool {
	switch strings.ToLower(reading.Squeeze(record.Cell(status))) {
	case "in force", "not in force", "denounced", "":
		return true
	}
	r.Find(r.treaty, r.at(record, status), imports.CodeUnknown,
		"the status is none of In Force, Not in force and Denounced, and may change what the day means", reading.RowLeftOut)
	return false
}

// remarks joins the note with what stands in further cells, as where a note in
// a table with commas has a comma itself.
func (r *reader) remarks(record *reading.Record) string {
	var all []string
	for _, cell := range record.Cells[min(len(record.Cells), note):] {
		if text, _ := reading.Footnotes(cell); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, ", ")
}

var (
	reDenounced = regexp.MustCompile(`(?i)\bdenounced on (\d{1,2} [a-z]+\.? \d{4})(?:[\s,;(]+(?:which |it |that )?(?:(?:will )?takes?|taking|with) effect (?:on|from) (\d{1,2} [a-z]+\.? \d{4})\)?)?(?:$|[.;])`)
	reAutomatic = regexp.MustCompile(`(?i)\bautomatic`)
	reSpeaks    = regexp.MustCompile(`(?i)denounced|denunciation`)
)

// denunciation returns the withdrawal that the row tells of: nil where it tells
// of none, without a day (and with a finding) where it does not tell when.
func (r *reader) denunciation(record *reading.Record) *domain.Action {
	text := r.remarks(record)
	says := strings.EqualFold(reading.Squeeze(record.Cell(status)), "denounced")
	if !says && !reSpeaks.MatchString(text) {
		return nil
	}
	act := &domain.Action{Kind: domain.Withdrawal}
	m := reDenounced.FindStringSubmatch(text)
	switch {
	case reAutomatic.MatchString(text):
		r.found(record, note, imports.NotAnAct,
			"the denunciation followed by law from the ratification of a later convention; the State gave no notice of it, and the day may be that of its effect")
		return act
	case m == nil || len(reSpeaks.FindAllString(text, 2)) > 1:
		r.found(record, denunciationColumn(text), imports.DateUnreadable,
			"the row says that the convention was denounced, and does not clearly say when")
		return act
	}
	day, err := reading.Date(m[1])
	if err == nil && m[2] != "" {
		act.Effect, err = reading.Date(m[2])
	}
	if err != nil {
		r.found(record, note, imports.DateUnreadable, err.Error())
		return act
	}
	act.Date = day
	return act
}

func denunciationColumn(text string) int {
	if text == "" {
		return status
	}
	return note
}

func (r *reader) exclude(record *reading.Record, act *domain.Action) {
	exclusion := reading.Exclusions(act.Note)
	act.Excludes = exclusion.Parts
	if exclusion.Unclear {
		r.Find(r.treaty, r.at(record, note), imports.TextKeptOut,
			"the note speaks of an exclusion and does not say clearly of which parts", "kept as a note; no part is recorded as excluded")
	}
}

var reWillEnter = regexp.MustCompile(`(?i)\bwill enter into force\b.* on (\d{1,2} [a-z]+\.? \d{4})\b`)

// entry reads the day from which the convention will bind the State.
func (r *reader) entry(record *reading.Record, act *domain.Action) {
	m := reWillEnter.FindStringSubmatch(act.Note)
	if m == nil {
		return
	}
	day, err := reading.Date(m[1])
	if err != nil {
		r.Find(r.treaty, r.at(record, note), imports.DateUnreadable, fmt.Sprintf("the day of effect cannot be read: %v", err), "kept as a note")
		return
	}
	act.Effect = day
}
