// Package imports reads the tables of others, and writes our own in the
// form that their readers know.
//
// The way in has three steps, and only the last one writes:
//
//   - a reader (packages mtdsg, untc, unts, normlex, climate, acts below) takes
//     the bytes of one file apart into claims, each with the place where it
//     stands. A reader knows its format and no ledger: it never guesses, and
//     every cell that is not empty becomes a claim or a finding;
//   - Plan holds the claims against the state: what is new, what is there
//     already, what the same source says differently by now (a correction),
//     what another source says differently (a conflict, both are kept), what
//     has disappeared, and what the law refuses or queries. It returns a Report
//     and the commands that would record it;
//   - the caller sends the commands through the recorder, all of them after the
//     whole input was understood.
package imports

import (
	"depositary/domain"
)

// Source is one file of others, and what the caller knows about it.
type Source struct {
	File    string   // name under which report and provenance show it
	Name    string   // of the source, such as "UN Treaty Collection, MTDSG status tables"
	Also    []string // how other names begin under which the ledger may hold the same source
	Edition string   // edition, or the day it is as at
	Rank    int      // see domain.Provenance
	Title   string   // of the treaty with place and date of adoption, where an index outside of the file has it

	// Treaty is what the file is about, where the caller knows; otherwise the
	// file tells it by its content or its name.
	Treaty domain.TreatyID

	Verification string // how far the file as a whole was checked; "unverified" where nothing is said
}

// Place is where in a file something stands.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty" doc:"Line of the file, from 1"`
	Column string `json:"column,omitempty" doc:"Label of the column, or the path of the element"`
	Text   string `json:"text,omitempty" doc:"What stands there, as it is written"`
}

// Claim is one act as a table tells it. Participant is the name or the code as
// the table writes it; the act's own Participant is empty until Plan finds it.
type Claim struct {
	Place
	Participant string
	Beside      bool          // told beside the table, such as in a note: it adds to what is recorded and corrects nothing
	Answers     *Answered     // of an objection: what it answers; its target is found by Plan
	Action      domain.Action // with kind, dates, note, statement; provenance is set by Plan
}

// TreatyTable is what a file says about one treaty.
type TreatyTable struct {
	Treaty domain.Treaty // id and, as far as the source tells, title, place, day of adoption; clauses unknown
	Claims []Claim

	// Named says that the file names the treaty by a word that is no number of a
	// treaty: it has to be recorded already.
	Named bool

	// Checks are totals that the source itself states for its table.
	Checks []Check

	// Coverage says which acts the table lists, and as at which day, where the
	// source tells it; its provenance is set by Plan.
	Coverage *domain.CoverageStatement

	// Weights are the weight tables that come along with the acts, such as the
	// shares of emissions on which the entry into force of a treaty depends.
	Weights []domain.Weights
}

// Table is a file taken apart.
type Table struct {
	Format   string
	Source   Source
	Treaties []TreatyTable
	Rows     int // lines or elements of participants
	Cells    int // cells that are not empty, beside the participant's own
	Findings []Finding
	Limits   []string // what the format cannot express, in words
}

// Check is a total that a source states, beside what was found.
type Check struct {
	What  string `json:"what" doc:"What is counted"`
	Says  int    `json:"says" doc:"The source's own number"`
	Found int    `json:"found"`
}

// Outcome is what becomes of a cell.
type Outcome string

// The outcomes. Every cell has exactly one.
const (
	Recorded    Outcome = "recorded"     // a new act
	Held        Outcome = "held already" // the ledger says the same
	Corrected   Outcome = "corrected"    // the same source says it differently by now
	Contested   Outcome = "contested"    // another source says it differently: both are kept
	NotRecorded Outcome = "not recorded" // it has a finding that says why
)

// Code names what a reader or the plan found in a file. Findings of the law
// keep their own codes (domain.Code).
type Code string

// The codes of findings about files.
const (
	NotThisFormat      Code = "NOT_THIS_FORMAT"      // the file as a whole is something else: an HTML page in place of XML
	Unreadable         Code = "UNREADABLE"           // broken quoting, markup, encoding, a NUL, a line without end
	TooLarge           Code = "TOO_LARGE"            // beyond a bound of the reader
	ColumnUnknown      Code = "COLUMN_UNKNOWN"       // the label names no act
	ColumnAmbiguous    Code = "COLUMN_AMBIGUOUS"     // a bare date in it may be one of several acts
	CodeUnknown        Code = "CODE_UNKNOWN"         // a letter that the column does not declare
	DateUnreadable     Code = "DATE_UNREADABLE"      // no day
	TreatyUnknown      Code = "TREATY_UNKNOWN"       // no treaty has the id or the short name
	EffectImplausible  Code = "EFFECT_IMPLAUSIBLE"   // a day of effect many years after the act
	NameUnknown        Code = "NAME_UNKNOWN"         // no participant has the name
	NameAmbiguous      Code = "NAME_AMBIGUOUS"       // several participants had it
	NameOfAnotherTime  Code = "NAME_OF_ANOTHER_TIME" // today's name stands for an act of a predecessor
	NamedSince         Code = "NAMED_SINCE"          // a name that a State has had since two were united, for an act of one of them
	FootnoteKept       Code = "FOOTNOTE_KEPT"        // its text or its number is kept as a note of the act
	WithdrawnBrackets  Code = "WITHDRAWN_IN_BRACKETS"
	CellDisappeared    Code = "CELL_DISAPPEARED" // an act of this source is not in this table any more
	EarlierEdition     Code = "EARLIER_EDITION"  // the ledger holds a later edition of the same source
	AnotherAct         Code = "ANOTHER_ACT"      // a note tells an act in whose place another one is recorded
	LessExact          Code = "LESS_EXACT"       // the ledger says the same, and more
	EditionDiffers     Code = "EDITION_DIFFERS"  // the file tells another day than the edition that was given
	TotalDiffers       Code = "TOTAL_DIFFERS"    // the source's own total is another
	OverwrittenByTable Code = "OVERWRITTEN"      // one row per participant hides consent given again
	NotAnAct           Code = "NOT_AN_ACT"       // a registration number, a resolution, N/A
	TextKeptOut        Code = "TEXT_KEPT_OUT"    // undated text of declarations
)

// Finding is one thing that a reader, the plan or the law found.
type Finding struct {
	Place
	Code    Code            `json:"code"`
	Message string          `json:"message" doc:"What it means"`
	Article string          `json:"article,omitempty" doc:"Rule of the law, where it is one"`
	Done    string          `json:"done" doc:"What was done about it"`
	Treaty  domain.TreatyID `json:"treaty,omitempty"`
}

// Reader takes one file apart. It returns an error only for a file of which
// nothing can be understood; the error is a *FileError.
type Reader func(source Source, content []byte) (*Table, error)

// FileError says why nothing of a file can be taken in.
type FileError struct {
	Finding
	Accepted string // what would be
}

func (e *FileError) Error() string {
	text := e.File
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Accepted != "" {
		text += "; accepted: " + e.Accepted
	}
	return text
}
