// Package mtdsg reads and writes status tables in the form of the Multilateral
// Treaties Deposited with the Secretary-General, as comma-separated values: one
// participant in a row, one or several acts in a column, and days such as
// 14 Mar 2003 with the code of their act behind them.
//
//	Participant,"Signature, Succession to signature(d)","Ratification, Accession(a), Succession(d)"
//	Albania,,5 Jun 2007 a
//	Argentina,10 Aug 2004,23 Feb 2007
//
// The label of a column is understood, not looked up: it is a list of acts with
// their codes, and a code means what its own column says, capitals and small
// letters apart. label.go takes labels apart, cell.go cells, identity.go names
// of files and titles; read.go puts the claims together. columns.go chooses the
// labels of a table of our own, sheet.go puts acts into its cells, write.go and
// html.go write it.
//
// Invariants: every cell that is not empty becomes exactly one claim, or has at
// least one finding at its line and column; an act that the label leaves open
// is never guessed; what is written is read again as the same acts, and what
// the form has no room for comes back as a finding instead of being lost.
package mtdsg

import "depositary/api/imports"

// Format is the name of the format.
const Format = "mtdsg"

// NotExpressible is the code of findings about what a table of this form has
// no room for.
const NotExpressible imports.Code = "NOT_EXPRESSIBLE"

// Limits says what the format cannot express.
var Limits = []string{
	"The square brackets by which the United Nations mark participants that have withdrawn are lost: a withdrawal cannot be seen in this form, nor its day.",
	"Participants stand under today's names only. Predecessors and States that ceased to exist are missing, with their acts.",
	"Days of effect are missing; it has only those of signature and deposit.",
	"A cell holds one act: where a participant left and consented again, the earlier consent is overwritten.",
	"Reservations, declarations and objections are not part of the table.",
	"The file does not say on which day it is as at. The known set of such files is as at March 2015 for chapters I to XII, and as at a day in 2013 or 2014 for the later ones.",
}

// Editions of the known set of files, where the caller names no other.
const (
	editionEarlyChapters = "2015-03"
	editionLateChapters  = "2013-2014"
	lastEarlyChapter     = 12
)

// Bounds of a table beyond those of every file. The longest real label has
// some 250 characters, the largest real table some 1,000 cells.
const (
	maxLabel = 1_000  // bytes of the label of a column
	maxCells = 50_000 // cells with something in them
	maxBack  = 20     // labels that come back when a table is written, and acts in one of them
)
