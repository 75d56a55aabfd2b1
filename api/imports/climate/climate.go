// Package climate reads the open climate data packages on the entry into force
// of climate treaties: one State in a row, by its three-letter code.
//
//	Code,Name,Signature,Ratification,Kind,Date-Of-Effect,Emissions,Percentage,Year
//	ALB,Albania,2016-04-22,2016-09-21,Ratification,2016-11-04,6717,0.02,2000
//
// Code, Name and one column of consent have to be there: Ratification,
// Acceptance, Ratification-Acceptance-Approval or Date. The form of consent
// stands in Kind. Without Kind, only Acceptance says it; under the other
// headings the packages put consent of any form, which is then recorded as
// consent of unknown kind. Which treaty it is, the caller says, or the name of
// the file: by a number (XXVII-7-d.csv), or by one of the words paris, kyoto,
// doha and kigali.
//
// The shares of emissions are no acts: they are given beside the claims as a
// weight table, in percent of a world of 100. The European Union's own share is
// not in it, as it is the sum of those of its members.
//
// Invariants: each day of signature and of consent becomes one claim, or at
// least one finding. A row holds one consent: one that was given again hides
// the first, which a finding says once of the file, and once more of each row
// of which it is known.
package climate

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "climate"

// Limits says what the format cannot express.
var Limits = []string{
	"One row for each State: consent given again after a withdrawal hides the first one, and with it the day on which the treaty entered into force.",
	"Withdrawals are not in the table.",
	"Texts of declarations are not in the table.",
	"Shares of emissions are rounded to hundredths of a percent.",
}

const accepted = "a table with the columns Code, Name, Signature, Ratification, Kind, Date-Of-Effect, Emissions, Percentage and Year"

// treaty is what the reader has to know of a climate treaty.
type treaty struct {
	word    string // in the name of the file
	id      domain.TreatyID
	weights domain.Weights // without rows; no id where the treaty asks for none
}

var treaties = []treaty{
	{"paris", "XXVII-7-d", domain.Weights{ID: "PARIS-EMISSIONS", Edition: "2015",
		Name: "Emissions counted for entry into force",
		Note: "Communicated by the Parties to the Convention on or before 12 December 2015 (Paris Agreement, article 21(2))"}},
	{"kyoto", "XXVII-7-a", domain.Weights{ID: "KYOTO-EMISSIONS", Edition: "1990",
		Name: "Carbon dioxide emissions of Annex I Parties counted for entry into force",
		Note: "Emissions of 1990 (Kyoto Protocol, article 25(2))"}},
	{word: "doha", id: "XXVII-7-c"},
	{word: "kigali", id: "XXVII-2-f"},
}

// hidden are consents known to be hidden by a later one of the same State: its
// row is the later one where its day of effect lies after the withdrawal.
var hidden = []struct {
	treaty    domain.TreatyID
	code      string
	consent   domain.Date
	kind      domain.ActionKind
	withdrawn domain.Date // day of effect of the withdrawal
}{
	{"XXVII-7-d", "USA", domain.MustDate("2016-09-03"), domain.Acceptance, domain.MustDate("2020-11-04")},
}

// The columns, in small letters, and the headings under which consent stands.
const (
	colCode       = "code"
	colName       = "name"
	colSignature  = "signature"
	colEffect     = "date-of-effect"
	colEmissions  = "emissions"
	colPercentage = "percentage"
	colYear       = "year"
)

var consentHeadings = []string{"ratification", "acceptance", "ratification-acceptance-approval", "date"}

// kindHeadings are the headings under which the form of consent stands.
var kindHeadings = []string{"kind", "participation type", "type of participation", "participation", "type", "form", "action", "act", "kind of consent", "form of consent", "mode"}

func kindColumn(header reading.Header) string {
	for _, heading := range kindHeadings {
		if header.Has(heading) {
			return heading
		}
	}
	return kindHeadings[0]
}

// reTellsAct recognises words that say which act a day is of.
var reTellsAct = regexp.MustCompile(`(?i)\b(?:ratif|accession|acced|accept|approv|success|succeed|confirm|provisional|signature|signed|withdr|denounc|terminat|objection|declaration)`)

// Read takes a data package's table apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Plain(source, content, accepted)
	if err != nil {
		return nil, err
	}
	t, err := identify(source)
	if err != nil {
		return nil, err
	}
	r := &reader{Sheet: reading.NewSheet(Format, source, Limits...), source: source, treaty: t, seen: make(map[string]bool)}
	r.Treaty(t.id).Treaty.Title = reading.Squeeze(source.Title)
	r.Converted(converted)
	if err := reading.EachRecord(source, text, reading.SeparatorOfHeader(text), r.take); err != nil {
		return nil, err
	}
	r.finish()
	return r.Table()
}

// identify finds the treaty by the caller's word, the number in the name of the
// file, or the one treaty named in it.
func identify(source imports.Source) (treaty, error) {
	id := source.Treaty
	if id == "" {
		id, _ = reading.TreatyOfFile(source.File)
	}
	name := strings.ToLower(path.Base(strings.ReplaceAll(source.File, `\`, "/")))
	var found []treaty
	for _, t := range treaties {
		if t.id == id || id == "" && strings.Contains(name, t.word) {
			found = append(found, t)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case id != "":
		return treaty{id: id}, nil
	}
	return treaty{}, reading.Refuse(source, 0, imports.NotThisFormat, "nothing says which treaty the file is about",
		"a file named by its treaty, such as paris-agreement.csv or XXVII-7-d.csv, or the treaty said beside it")
}

type reader struct {
	*reading.Sheet
	source  imports.Source
	treaty  treaty
	header  reading.Header
	columns []string
	consent string // heading of the column of consent

	kindColumn string // heading of the column of the form of consent
	unknown    []int  // columns that are not understood
	seen       map[string]bool
	rows       []domain.WeightRow
	names      map[string]string
}

func (r *reader) take(record *reading.Record) error {
	if r.header == nil {
		return r.takeHeader(record)
	}
	r.Row()
	if record.Problem != "" {
		r.Cell()
		r.Find(r.treaty.id, r.At(record.Line, "", record.Text), record.Code, record.Problem, reading.RowLeftOut)
		return nil
	}
	r.takeRow(record)
	return nil
}

func (r *reader) takeHeader(record *reading.Record) error {
	header := reading.HeaderOf(record.Cells)
	for _, heading := range consentHeadings {
		if header.Has(heading) {
			r.consent = heading
			break
		}
	}
	if !header.Has(colCode, colName) || r.consent == "" {
		return reading.Refuse(r.source, record.Line, imports.NotThisFormat,
			fmt.Sprintf("the first line is not the header of such a table: %q", reading.Excerpt(record.Text)), accepted)
	}
	r.header, r.columns = header, record.Cells
	r.kindColumn = kindColumn(header)
	known := []string{colCode, colName, colSignature, r.consent, r.kindColumn, colEffect, colEmissions, colPercentage, colYear}
	for i, cell := range record.Cells {
		name := strings.ToLower(reading.Squeeze(cell))
		if !slices.Contains(known, name) || header[name] != i {
			r.unknown = append(r.unknown, i)
			r.Find(r.treaty.id, r.At(record.Line, reading.Squeeze(cell), cell), imports.ColumnUnknown,
				"the column is unknown, or there twice", "the column was left out; a row in which it speaks of an act is not recorded")
		}
	}
	r.Find(r.treaty.id, r.At(record.Line, r.columns[header[r.consent]], ""), imports.OverwrittenByTable,
		"the table has one row for each State, so that consent given again after a withdrawal hides the first one",
		"the consents are read as they stand; earlier ones have to come from another source")
	return nil
}

// takeRow reads the row of a State: its signature, its consent and its share.
func (r *reader) takeRow(record *reading.Record) {
	code, ok := r.participant(record)
	if !ok {
		r.countCells(record)
		return
	}
	if r.cell(record, colSignature) != "" {
		r.Cell()
		if day, ok := r.day(record, colSignature); ok {
			r.Claim(r.treaty.id, r.at(record, colSignature), code, domain.Action{Kind: domain.Signature, Date: day})
		}
	}
	r.takeConsent(record, code)
	r.takeShare(record, code)
}

// participant returns the code by which the row names its State.
func (r *reader) participant(record *reading.Record) (code string, ok bool) {
	code = r.cell(record, colCode)
	column, problem := colCode, reading.NameProblem(code)
	if _, err := domain.ParseParticipantID(code); err != nil && problem == "" {
		problem = "this is no three-letter code of a participant"
	}
	if problem == "" && r.seen[code] {
		problem = "a row of the same participant stands above; which of the two holds cannot be known"
	}
	for i := len(r.columns); i < len(record.Cells) && problem == ""; i++ {
		if reading.Squeeze(record.Cells[i]) != "" {
			problem = "the row has more cells than the header has columns"
		}
	}
	if problem != "" {
		r.FindInCells(r.treaty.id, record, r.columns, imports.NameUnknown, problem+" ("+column+" "+strconv.Quote(reading.Excerpt(code))+")", reading.RowLeftOut)
		return "", false
	}
	r.seen[code] = true
	return code, true
}

func (r *reader) countCells(record *reading.Record) {
	for _, column := range []string{colSignature, r.consent} {
		if r.cell(record, column) != "" {
			r.Cell()
		}
	}
}

func (r *reader) cell(record *reading.Record, column string) string {
	return r.header.Of(record, column)
}

func (r *reader) at(record *reading.Record, column string) imports.Place {
	return r.At(record.Line, columnName(r.columns, r.header, column), r.cell(record, column))
}

func columnName(columns []string, header reading.Header, column string) string {
	if i, ok := header[column]; ok {
		return reading.Squeeze(columns[i])
	}
	return column
}

func (r *reader) day(record *reading.Record, column string) (domain.Date, bool) {
	day, err := reading.Date(r.cell(record, column))
	if err != nil {
		r.Find(r.treaty.id, r.at(record, column), imports.DateUnreadable, err.Error(), reading.CellLeftOut)
		return domain.Date{}, false
	}
	return day, true
}

func (r *reader) takeConsent(record *reading.Record, code string) {
	if r.cell(record, r.consent) == "" {
		for _, column := range []string{r.kindColumn, colEffect} {
			if r.cell(record, column) != "" {
				r.Find(r.treaty.id, r.at(record, column), imports.DateUnreadable, "the row has a consent without its day", reading.CellLeftOut)
			}
		}
		return
	}
	r.Cell()
	kind, known := r.kind(record)
	day, readable := r.day(record, r.consent)
	if !known || !readable {
		return
	}
	act := domain.Action{Kind: kind, Date: day}
	if r.cell(record, colEffect) != "" {
		act.Effect, _ = r.day(record, colEffect)
	}
	r.Claim(r.treaty.id, r.at(record, r.consent), code, act)
	r.tellHidden(record, code, act)
}

// kind returns the form of the consent, as far as the table tells it.
func (r *reader) kind(record *reading.Record) (domain.ActionKind, bool) {
	written := r.cell(record, r.kindColumn)
	for _, i := range r.unknown {
		if cell := reading.Squeeze(record.Cell(i)); reTellsAct.MatchString(cell) {
			r.Find(r.treaty.id, r.at(record, r.consent), imports.ColumnUnknown,
				fmt.Sprintf("the column %q is not understood, and says %q: the day may be of another act", reading.Squeeze(r.columns[i]), reading.Excerpt(cell)), "the act of the row was left out")
			return "", false
		}
	}
	switch {
	case written == "" && r.consent == "acceptance":
		return domain.Acceptance, true
	case written == "":
		return domain.ConsentOfUnknownKind, true
	}
	if column := mtdsg.ParseColumn(written); len(column.Acts) == 1 && column.Acts[0].Kind != "" && column.Acts[0].Code == "" {
		return column.Acts[0].Kind, true
	}
	if kind, err := domain.ParseActionKind(written); err == nil && kind.IsConsent() {
		return kind, true
	}
	r.Find(r.treaty.id, r.at(record, r.kindColumn), imports.CodeUnknown, "this is no act that the ledger knows, such as Ratification or Accession", "the act of the row was left out")
	return "", false
}

// tellHidden reports a row of which it is known that it hides an earlier consent.
func (r *reader) tellHidden(record *reading.Record, code string, act domain.Action) {
	for _, h := range hidden {
		if h.treaty == r.treaty.id && h.code == code && act.Effect.Or(act.Date).After(h.withdrawn) {
			r.Find(r.treaty.id, r.at(record, r.consent), imports.OverwrittenByTable,
				fmt.Sprintf("this consent took effect after the withdrawal of %s: the %s of %s, which counted for entry into force, is not in the table",
					h.withdrawn.Long(), h.kind, h.consent.Long()),
				"the consent is read as it stands; the earlier one has to be recorded by itself")
		}
	}
}

var reShare = regexp.MustCompile(`^\d{1,3}(?:\.\d{1,6})?$`)

// takeShare reads the share of emissions.
func (r *reader) takeShare(record *reading.Record, code string) {
	written := r.cell(record, colPercentage)
	if written == "" {
		return
	}
	share, err := strconv.ParseFloat(written, 64)
	switch {
	case !reShare.MatchString(written) || err != nil || share > 100:
		r.Find(r.treaty.id, r.at(record, colPercentage), imports.NotAnAct, "this is no share in percent, such as 12.1", reading.CellLeftOut)
	case code == "EUU":
		r.Find(r.treaty.id, r.at(record, colPercentage), imports.NotAnAct,
			"the European Union's share is the sum of those of its members and is not counted beside them", "left out of the weight table")
	default:
		if r.names == nil {
			r.names = make(map[string]string)
		}
		r.rows = append(r.rows, domain.WeightRow{Area: code, Value: share})
		r.names[code] = r.cell(record, colName)
	}
}

// world is the area whose value is the total of the shares.
const world = "WLD"

// finish returns the shares as a weight table.
func (r *reader) finish() {
	if len(r.rows) == 0 {
		return
	}
	w := r.treaty.weights
	if w.ID == "" {
		r.Find(r.treaty.id, r.At(1, "Percentage", ""), imports.NotAnAct,
			"nothing is known of shares of emissions under this treaty", "the shares were left out")
		return
	}
	w.Unit, w.World = "percent", world
	w.Areas = r.names
	w.Rows = append([]domain.WeightRow{{Area: world, Value: 100}}, r.rows...)
	w.Attestation = r.Attestation()
	t := r.Treaty(r.treaty.id)
	t.Weights = append(t.Weights, w)
}
