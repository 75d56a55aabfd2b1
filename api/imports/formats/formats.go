// Package formats is the register of the formats that can be taken in: where a
// command or a page lets people choose one, it chooses from here.
package formats

import (
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/acts"
	"depositary/api/imports/climate"
	"depositary/api/imports/coe"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/normlex"
	"depositary/api/imports/untc"
	"depositary/api/imports/unts"
)

// Format is one form of foreign tables, with its reader.
type Format struct {
	Name       string   // by which it is chosen
	Title      string   // for people; the source's name where none is given
	Also       []string // how names begin under which the bundled acts have the same source
	Extensions []string // of the files, with their dot
	Limits     []string // what the form cannot express, in words
	Read       imports.Reader
}

// untcNames are how the names of the UN Treaty Collection begin, of whose tables
// several forms are read: a later edition in one form corrects what an earlier
// one in another says.
var untcNames = []string{"UN Treaty Collection", "MTDSG status table"}

// All returns the formats in the order in which they are shown.
func All() []Format {
	return []Format{
		{mtdsg.Format, "UN Treaty Collection, MTDSG status tables (CSV)", untcNames, []string{".csv", ".xlsx"}, mtdsg.Limits, mtdsg.Read},
		{untc.Format, "UN Treaty Collection, status of one treaty (page or XML)", untcNames, []string{".xml", ".html", ".htm"}, untc.Limits, untc.Read},
		{unts.Format, "UN Treaty Series, rows of acts under one treaty", nil, []string{".txt", ".tsv", ".csv"}, unts.Limits, unts.Read},
		{normlex.Format, "ILO NORMLEX, ratifications of one convention", []string{"NORMLEX"}, []string{".txt", ".tsv", ".csv"}, normlex.Limits, normlex.Read},
		{coe.Format, "Council of Europe, chart of signatures and ratifications", []string{"Council of Europe"}, []string{".html", ".htm"}, coe.Limits, coe.Read},
		{climate.Format, "Open climate data (openclimatedata), one row for each State", []string{"openclimatedata"}, []string{".csv", ".xlsx"}, climate.Limits, climate.Read},
		{acts.Format, "Acts, one in a row: our own form", nil, []string{".csv", ".xlsx"}, acts.Limits, acts.Read},
	}
}

// Find returns the format of that name, without regard to capitals.
func Find(name string) (Format, bool) {
	for _, f := range All() {
		if strings.EqualFold(f.Name, strings.TrimSpace(name)) {
			return f, true
		}
	}
	return Format{}, false
}
