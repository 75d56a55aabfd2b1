// Package reading holds what the readers of foreign tables have in common:
// text in whichever encoding it comes, bounds, records and their cells, days as
// people write them, numbers of treaties, footnotes, and the Sheet in which
// claims and findings are gathered.
//
// Invariants: memory stays in proportion to the file, whatever is in it; a day,
// a number or a name that is not clearly readable is an error and never a
// guess; a Sheet that is given out has at most MaxFindings findings.
package reading

import (
	"cmp"
	"fmt"

	"depositary/api/imports"
	"depositary/domain"
)

// Sheet gathers what a reader finds in one file.
type Sheet struct {
	table imports.Table
	index map[domain.TreatyID]int
	full  bool
}

// NewSheet begins the table of a file.
func NewSheet(format string, source imports.Source, limits ...string) *Sheet {
	return &Sheet{
		table: imports.Table{Format: format, Source: source, Limits: limits},
		index: make(map[domain.TreatyID]int),
	}
}

// At returns the place of a text in the file.
func (s *Sheet) At(line int, column, text string) imports.Place {
	return imports.Place{File: s.table.Source.File, Line: line, Column: column, Text: Excerpt(text)}
}

// Row counts a row of a participant, Cell a cell of it that tells an act.
func (s *Sheet) Row()  { s.table.Rows++ }
func (s *Sheet) Cell() { s.table.Cells++ }

// Find adds a finding. Where there are too many, Table refuses the file.
func (s *Sheet) Find(treaty domain.TreatyID, at imports.Place, code imports.Code, message, done string) {
	if len(s.table.Findings) >= MaxFindings {
		s.full = true
		return
	}
	s.table.Findings = append(s.table.Findings,
		imports.Finding{Place: at, Code: code, Message: message, Done: done, Treaty: treaty})
}

// What was done about a cell, in the words of the report.
const (
	CellLeftOut  = "this cell was left out, the rest of the file is read"
	RowLeftOut   = "this row was left out, the rest of the file is read"
	KeptAsNote   = "kept as a note of the acts of the row"
	TextLeftOut  = "the text stays outside of the ledger"
	NothingToDo  = "nothing was left out"
	ConvertedAll = "every line was converted"
)

// Converted adds the finding that the file was not in UTF-8.
func (s *Sheet) Converted(converted bool) {
	if converted {
		s.Find("", s.At(1, "", ""), imports.Unreadable,
			"the file is not in UTF-8; it was read as Windows-1252 (ISO-8859-1)", ConvertedAll+"; letters with accents are worth a look")
	}
}

// Attestation says where the facts of the file come from.
func (s *Sheet) Attestation() domain.Attestation {
	return domain.Attestation{Source: s.table.Source.Name, Verification: cmp.Or(s.table.Source.Verification, "unverified")}
}

// Treaty returns the table of a treaty, which is begun where there is none: with
// its number, also as its short name, and the source. The pointer holds until
// another treaty is asked for.
func (s *Sheet) Treaty(id domain.TreatyID) *imports.TreatyTable {
	i, ok := s.index[id]
	if !ok {
		i = len(s.table.Treaties)
		s.index[id] = i
		s.table.Treaties = append(s.table.Treaties, imports.TreatyTable{Treaty: domain.Treaty{
			ID:          id,
			Short:       string(id),
			Attestation: s.Attestation(),
		}})
	}
	return &s.table.Treaties[i]
}

// FindInCells adds the same finding for every cell of a record that is not
// empty, or for the record as a whole where its cells cannot be told apart.
func (s *Sheet) FindInCells(treaty domain.TreatyID, r *Record, columns []string, code imports.Code, message, done string) {
	found := false
	for i, cell := range r.Cells {
		if text := Squeeze(cell); text != "" {
			found = true
			s.Find(treaty, s.At(r.Line, columnNamed(columns, i), text), code, message, done)
		}
	}
	if !found {
		s.Find(treaty, s.At(r.Line, "", Squeeze(r.Text)), code, message, done)
	}
}

func columnNamed(columns []string, i int) string {
	if i < len(columns) && columns[i] != "" {
		return Squeeze(columns[i])
	}
	return fmt.Sprintf("cell %d", i+1)
}

// Claim adds an act.
func (s *Sheet) Claim(treaty domain.TreatyID, at imports.Place, participant string, act domain.Action) {
	t := s.Treaty(treaty)
	t.Claims = append(t.Claims, imports.Claim{Place: at, Participant: participant, Action: act})
}

// ClaimBeside adds an act that the source tells beside its table.
func (s *Sheet) ClaimBeside(treaty domain.TreatyID, at imports.Place, participant string, act domain.Action) {
	s.Claim(treaty, at, participant, act)
	claims := s.Treaty(treaty).Claims
	claims[len(claims)-1].Beside = true
}

// ClaimAnswer adds an objection to reservations, as the source names them.
func (s *Sheet) ClaimAnswer(treaty domain.TreatyID, at imports.Place, participant string, act domain.Action, to imports.Answered) {
	s.Claim(treaty, at, participant, act)
	claims := s.Treaty(treaty).Claims
	claims[len(claims)-1].Answers = &to
}

// Table returns what was gathered, or the error of a file that is nothing but findings.
func (s *Sheet) Table() (*imports.Table, error) {
	if s.full {
		return nil, Refuse(s.table.Source, 0, imports.TooLarge,
			fmt.Sprintf("more than %d places of the file cannot be understood: it is no table of this format", MaxFindings),
			"a table in the format that was named")
	}
	return &s.table, nil
}

// Identify returns the treaty of a file about one treaty. What the caller says
// goes before what the file's content says, and that before the file's name; a
// caller and a content that contradict each other are refused, as one of the
// two is the wrong file.
func Identify(source imports.Source, inContent domain.TreatyID) (domain.TreatyID, error) {
	fromName, named := TreatyOfFile(source.File)
	switch {
	case source.Treaty != "" && inContent != "" && source.Treaty != inContent:
		return "", Refuse(source, 0, imports.NotThisFormat,
			fmt.Sprintf("the file says that it is about %s, and it was given as %s", inContent, source.Treaty), "a file about "+string(source.Treaty))
	case source.Treaty != "":
		return source.Treaty, nil
	case inContent != "":
		return inContent, nil
	case named:
		return fromName, nil
	}
	return "", Refuse(source, 0, imports.NotThisFormat, "nothing says which treaty the file is about",
		"a file named by the number of its treaty, such as IV-13 or C097, or the treaty said beside it")
}
