package domain

import (
	"fmt"
	"slices"
)

// Weights is one edition of a table in which participants and other areas have a
// number: migrant stock, emissions, tonnage. The edition is part of its key.
type Weights struct {
	ID      WeightsID
	Edition string
	Name    string
	Unit    string
	World   string
	Licence string
	Note    string
	Areas   map[string]string
	Rows    []WeightRow
	Attestation
}

// WeightRow is the value of one area in one year.
type WeightRow struct {
	Area  string
	Year  int
	Value float64
}

// Years returns the years the table has values for, ascending.
func (w *Weights) Years() []int {
	var years []int
	for _, r := range w.Rows {
		years = append(years, r.Year)
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// YearFor returns the latest year on or before the day, and false where the
// table begins later.
func (w *Weights) YearFor(day Date) (int, bool) {
	best, found := 0, false
	for _, r := range w.Rows {
		if r.Year <= day.Year() && (!found || r.Year > best) {
			best, found = r.Year, true
		}
	}
	return best, found
}

// Of returns the value per area in that year.
func (w *Weights) Of(year int) map[string]float64 {
	values := make(map[string]float64)
	for _, r := range w.Rows {
		if r.Year == year {
			values[r.Area] = r.Value
		}
	}
	return values
}

// Total returns the value of the world area in that year, or the sum of the
// rows where the table names none.
func (w *Weights) Total(year int) float64 {
	sum := 0.0
	for _, r := range w.Rows {
		switch {
		case r.Year != year:
		case w.World == "":
			sum += r.Value
		case r.Area == w.World:
			return r.Value
		}
	}
	return sum
}

func (w *Weights) check() (findings []Finding) {
	bad := func(field, format string, args ...any) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, fmt.Sprintf(format, args...)))
	}
	if _, err := ParseWeightsID(string(w.ID)); err != nil {
		bad("id", "%v", err)
	}
	if !isIDText(w.Edition, 32, true) {
		bad("edition", "%q is no edition: 1 to 32 letters, digits and hyphens expected, such as 2020", w.Edition)
	}
	if w.Name == "" || w.Unit == "" {
		bad("name", "a weight table says its name and its unit")
	}
	if len(w.Rows) == 0 {
		bad("rows", "a weight table has rows")
	}
	type key struct {
		area string
		year int
	}
	seen := make(map[key]bool, len(w.Rows))
	for i, r := range w.Rows {
		field := fmt.Sprintf("rows[%d]", i)
		if r.Area == "" || r.Year < 0 || r.Year > 9999 || r.Value < 0 {
			bad(field, "area, year and a value that is not negative expected")
		}
		if seen[key{r.Area, r.Year}] {
			bad(field, "%s has two values for %d", r.Area, r.Year)
		}
		seen[key{r.Area, r.Year}] = true
	}
	return findings
}
