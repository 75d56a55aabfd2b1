// Package acts reads tables of acts in our own form: one act in a row, several
// treaties in a file, and a header that names the columns.
//
//	treaty,participant,action,date,effective,territory,note,source,verification
//	C097,GBR,ratification,1951-01-22,,,"Annexes I, III excluded",,unverified
//
// treaty, participant, action and date have to be there, the others may be
// absent, and the order is free. A participant is written as its code or its
// name, a treaty as IV-13 or 4-13, an act in the words of domain.ActionKind.
//
// Invariants: every row becomes one claim, or at least one finding; days are
// read as 2003-07-01 or 1 Jul 2003 only; source and verification of a row go
// into the provenance of its act, and what a note clearly says to be excluded
// into its Excludes.
package acts

import (
	"fmt"
	"slices"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "acts"

// Limits says what the format cannot express.
var Limits = []string{
	"A statement has no text in this form: reservations, declarations, objections and communications are left out.",
	"It has one day for each act, of deposit, and one of effect: the days of the document, of receipt and of the notification are missing.",
	"Title, place and day of adoption of a treaty are missing.",
}

const accepted = "a table with the columns treaty, participant, action and date"

// besides are the columns that our own file of acts has beside these (/v1/acts.csv).
// They say in other words, or more closely, what the others say.
var besides = []string{"treaty_short", "name", "record", "document", "received", "notified", "notification", "excludes", "accepts", "depositary", "by_law",
	"articles", "target", "text", "language", "corrected", "contested", "as_of", "received_by", "known_at"}

var known = []string{"treaty", "participant", "action", "date", "effective", "territory", "note", "source", "verification"}

// Read takes a table of acts apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Plain(source, content, accepted)
	if err != nil {
		return nil, err
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), source: source}
	r.Converted(converted)
	if err := reading.EachRecord(source, text, reading.SeparatorOfHeader(text), r.take); err != nil {
		return nil, err
	}
	return r.Table()
}

type reader struct {
	*reading.Sheet
	source  imports.Source
	columns []string
	header  reading.Header
}

func (r *reader) take(record *reading.Record) error {
	if r.header == nil {
		return r.takeHeader(record)
	}
	r.Row()
	r.Cell()
	if record.Problem != "" {
		r.Find("", r.At(record.Line, "", record.Text), record.Code, record.Problem, reading.RowLeftOut)
		return nil
	}
	for i := len(r.columns); i < len(record.Cells); i++ {
		if cell := reading.Squeeze(record.Cells[i]); cell != "" {
			r.Find("", r.At(record.Line, fmt.Sprintf("cell %d", i+1), cell), imports.ColumnUnknown,
				"the row has more cells than the header has columns", reading.RowLeftOut)
			return nil
		}
	}
	r.takeRow(record)
	return nil
}

func (r *reader) takeHeader(record *reading.Record) error {
	header := reading.HeaderOf(record.Cells)
	if !header.Has("treaty", "participant", "action", "date") {
		return reading.Refuse(r.source, record.Line, imports.NotThisFormat,
			fmt.Sprintf("the first line is not the header of a table of acts: %q", reading.Excerpt(record.Text)), accepted)
	}
	r.header, r.columns = header, record.Cells
	named := make(map[string]bool, len(known))
	for _, name := range slices.Concat(known, besides) {
		named[name] = true
	}
	for _, cell := range record.Cells {
		name := strings.ToLower(reading.Squeeze(cell))
		if !named[name] {
			r.Find("", r.At(record.Line, reading.Squeeze(cell), cell), imports.ColumnUnknown,
				"the column is unknown, or there twice", "the column was left out; expected are "+strings.Join(known, ", "))
		}
		named[name] = false
	}
	return nil
}

// takeRow makes a claim of a row in which all can be read.
func (r *reader) takeRow(record *reading.Record) {
	clear := true
	id, ok := reading.ScopedTreatyID(r.cell(record, "treaty"))
	named := false
	if !ok { // by the short name or the id that it has in the ledger, such as NPT
		var err error
		id, err = domain.ParseTreatyID(r.cell(record, "treaty"))
		ok, named = err == nil, true
	}
	refuse := func(column string, code imports.Code, message string) {
		clear = false
		r.Find(id, r.At(record.Line, column, r.cell(record, column)), code, message, reading.RowLeftOut)
	}
	if !ok {
		id = ""
		refuse("treaty", imports.NotAnAct, "this is no number of a treaty, such as IV-13 or C097, and no short name, such as ICMW")
	}
	participant := r.cell(record, "participant")
	if problem := reading.NameProblem(participant); problem != "" {
		refuse("participant", imports.NameUnknown, problem)
	}
	act := domain.Action{Note: r.cell(record, "note")}
	var err error
	if act.Kind, err = domain.ParseActionKind(r.cell(record, "action")); err != nil {
		refuse("action", imports.CodeUnknown, "this is no act that the ledger knows, such as ratification or accession")
	} else if act.Kind.IsStatement() {
		refuse("action", imports.TextKeptOut, "a statement is recorded with its text, and the table has none")
	}
	if act.Date, err = reading.Date(r.cell(record, "date")); err != nil {
		refuse("date", imports.DateUnreadable, err.Error())
	}
	if effective := r.cell(record, "effective"); effective != "" {
		if act.Effect, err = reading.Date(effective); err != nil {
			refuse("effective", imports.DateUnreadable, err.Error())
		}
	}
	if !clear {
		return
	}
	if territory := r.cell(record, "territory"); territory != "" {
		act.Territories = listOf(territory)
	}
	r.exclude(id, record, &act)
	r.attest(record, &act)
	r.Treaty(id).Named = named
	r.Claim(id, r.At(record.Line, "action", record.Text), participant, act)
}

// listOf reads a cell of several names, with semicolons between them.
func listOf(cell string) (names []string) {
	for name := range strings.SplitSeq(cell, ";") {
		if name = reading.Squeeze(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (r *reader) cell(record *reading.Record, column string) string {
	return r.header.Of(record, column)
}

// exclude takes the parts that the consent leaves out from their column, or else from
// what the note clearly says.
func (r *reader) exclude(id domain.TreatyID, record *reading.Record, act *domain.Action) {
	act.Accepts = listOf(r.cell(record, "accepts"))
	if parts := listOf(r.cell(record, "excludes")); parts != nil {
		act.Excludes = parts
		return
	}
	exclusion := reading.Exclusions(act.Note)
	act.Excludes = exclusion.Parts
	if exclusion.Unclear {
		r.Find(id, r.At(record.Line, "note", act.Note), imports.TextKeptOut,
			"the note speaks of an exclusion and does not say clearly of which parts", "kept as a note; no part is recorded as excluded")
	}
}

func (r *reader) attest(record *reading.Record, act *domain.Action) {
	a := domain.Attestation{Source: r.cell(record, "source"), Verification: r.cell(record, "verification")}
	if a != (domain.Attestation{}) {
		act.Provenance = &domain.Provenance{Attestation: a}
	}
}
