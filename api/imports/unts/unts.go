// Package unts reads rows as the United Nations Treaty Series lists the acts
// under a treaty: one act in a row, without a header or with one.
//
//	Participant | Action | Date of deposit | Date of effect
//	Algeria | Accession | 21/04/2005 | 01/08/2005
//
// The cells are kept apart by bars, tabs or commas. Both days are written day
// first; the second one, of effect, may be absent. The file is about one
// treaty, which Source.Treaty or the name of the file says (IV-13.txt); the
// registration number of the Series, such as A-39481, is not the number of a
// treaty here.
//
// Invariants: every row becomes one claim, or at least one finding; an action
// that is not one of the words below is a finding.
package unts

import (
	"fmt"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "unts"

// Limits says what the format cannot express.
var Limits = []string{
	"Texts of reservations, declarations and objections are not in the table: their rows are left out.",
	"A signature at which a consent was made later stands in a row of its own, or not at all: signatures are not complete.",
	"The Series lists what was registered with the Secretariat, which can be long after the act.",
}

const accepted = "rows of participant, action, date of deposit and date of effect, such as Algeria | Accession | 21/04/2005 | 01/08/2005"

// actions are the words of the Series, in small letters.
var actions = map[string]domain.ActionKind{
	"signature":                              domain.Signature,
	"signature ad referendum":                domain.SignatureAdReferendum,
	"confirmation of signature":              domain.ConfirmationOfSignature,
	"definitive signature":                   domain.DefinitiveSignature,
	"ratification":                           domain.Ratification,
	"acceptance":                             domain.Acceptance,
	"approval":                               domain.Approval,
	"accession":                              domain.Accession,
	"formal confirmation":                    domain.FormalConfirmation,
	"act of formal confirmation":             domain.FormalConfirmation,
	"consent to be bound":                    domain.ConsentToBeBound,
	"succession":                             domain.SuccessionOfState,
	"provisional application":                domain.ProvisionalApplication,
	"termination of provisional application": domain.EndOfProvisional,
	"denunciation":                           domain.Withdrawal,
	"withdrawal":                             domain.Withdrawal,
	"notification of withdrawal":             domain.Withdrawal,
}

// statements are words for rows whose text the table does not have.
var statements = map[string]bool{
	"reservation": true, "declaration": true, "interpretative declaration": true, "objection": true,
	"communication": true, "notification": true, "withdrawal of reservation": true, "withdrawal of objection": true,
	"withdrawal of declaration": true, "modification of reservation": true, "territorial application": true,
	"territorial exclusion": true,
}

var columns = []string{"Participant", "Action", "Date of deposit", "Date of effect"}

// Read takes a table of rows apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Plain(source, content, accepted)
	if err != nil {
		return nil, err
	}
	id, err := reading.Identify(source, "")
	if err != nil {
		return nil, err
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), treaty: id}
	r.Treaty(id).Treaty.Title = reading.Squeeze(source.Title)
	r.Converted(converted)
	if err := reading.EachRecord(source, text, reading.Separator(text), r.take); err != nil {
		return nil, err
	}
	if !r.understood {
		return nil, reading.Refuse(source, 1, imports.NotThisFormat, "no line of the file is an act with its day", accepted)
	}
	return r.Table()
}

type reader struct {
	*reading.Sheet
	treaty     domain.TreatyID
	begun      bool // a line that may have been the header is behind
	understood bool // at least one row is of this form
}

func (r *reader) take(record *reading.Record) error {
	first := !r.begun
	r.begun = true
	if first && isHeader(record) {
		return nil
	}
	r.Row()
	r.Cell()
	switch {
	case record.Problem != "":
		r.Find(r.treaty, r.At(record.Line, "", record.Text), record.Code, record.Problem, reading.RowLeftOut)
	case tooMany(record):
		r.FindInCells(r.treaty, record, columns, imports.ColumnUnknown, "the row has more than four cells", reading.RowLeftOut)
	default:
		r.takeRow(record)
	}
	return nil
}

// isHeader recognises the line that names the columns.
func isHeader(record *reading.Record) bool {
	return strings.EqualFold(reading.Squeeze(record.Cell(1)), "action") || strings.EqualFold(reading.Squeeze(record.Cell(0)), "participant")
}

func tooMany(record *reading.Record) bool {
	for _, cell := range record.Cells[min(len(record.Cells), len(columns)):] {
		if reading.Squeeze(cell) != "" {
			return true
		}
	}
	return false
}

// takeRow makes a claim of a row in which all can be read.
func (r *reader) takeRow(record *reading.Record) {
	clear := true
	refuse := func(column int, code imports.Code, message string) {
		clear = false
		r.Find(r.treaty, r.At(record.Line, columns[column], reading.Squeeze(record.Cell(column))), code, message, reading.RowLeftOut)
	}
	name, marks := reading.Footnotes(record.Cell(0))
	name, withdrawn := reading.WithdrawnName(name)
	if problem := reading.NameProblem(name); problem != "" {
		refuse(0, imports.NameUnknown, problem)
	}
	act := domain.Action{Note: reading.FootnoteNote(marks)}
	word := strings.ToLower(reading.Squeeze(record.Cell(1)))
	kind, known := actions[word]
	switch act.Kind = kind; {
	case statements[word]:
		refuse(1, imports.TextKeptOut, fmt.Sprintf("the text of the %s is not in the table", word))
	case !known:
		refuse(1, imports.CodeUnknown, "this is no act that the Series names, such as Ratification or Accession")
	}
	var err error
	if act.Date, err = reading.DayMonthYear(record.Cell(2)); err != nil {
		refuse(2, imports.DateUnreadable, err.Error())
	}
	if effect := reading.Squeeze(record.Cell(3)); effect != "" {
		if act.Effect, err = reading.DayMonthYear(effect); err != nil {
			refuse(3, imports.DateUnreadable, err.Error())
		}
	}
	if !act.Date.IsZero() {
		r.understood = true
	}
	if !clear {
		return
	}
	r.remark(record, marks, withdrawn)
	r.Claim(r.treaty, r.At(record.Line, columns[1], record.Text), name, act)
}

func (r *reader) remark(record *reading.Record, marks []string, withdrawn bool) {
	at := r.At(record.Line, columns[0], reading.Squeeze(record.Cell(0)))
	if len(marks) > 0 {
		r.Find(r.treaty, at, imports.FootnoteKept, "the name has a footnote whose text is not in the table", reading.KeptAsNote)
	}
	if withdrawn {
		r.Find(r.treaty, at, imports.WithdrawnBrackets, "the name stands in brackets: the participant has withdrawn, on a day that the row does not state",
			"the act of the row is read; the withdrawal has to be recorded by itself")
	}
}
