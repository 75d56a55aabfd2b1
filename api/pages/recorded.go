package pages

import (
	"depositary/domain"
	"depositary/projections"
)

// This file says on the pages which acts are recorded, and until when. It stands
// beside every headline figure: absence of a record is not denial.

// recordedUntil says in a sentence which acts are recorded.
func (a *ask) recordedUntil(c projections.Coverage) string {
	switch {
	case c.Extent == domain.ExtentContinuous:
		return a.Lang.Text("coverage.continuous", "day", a.Lang.Day(c.Since))
	case c.Extent == domain.ExtentTable && c.Complete:
		return a.Lang.Text("coverage.table", "day", a.Lang.Day(c.AsAt))
	case c.Extent == domain.ExtentTable:
		return a.Lang.Text("coverage.older", "day", a.Lang.Day(c.AsAt))
	case c.Extent == domain.ExtentSome && !c.Newest.IsZero():
		return a.Lang.Text("coverage.some", "day", a.Lang.Day(c.Newest))
	case c.Extent == domain.ExtentSome:
		return a.Lang.Text("coverage.someOnly")
	}
	return a.Lang.Text("coverage.none")
}

// RecordedUntil says in a sentence which acts are recorded.
func (p *Page) RecordedUntil(c projections.Coverage) string { return p.recordedUntil(c) }

// coverageBody is the table of which treaty is complete as of when.
type coverageBody struct {
	Rows []projections.TreatyCoverage
}

func (s *Site) coverage(a *ask) (view, error) {
	return view{template: "coverage", title: a.Lang.Text("coverage.title"), description: a.Lang.Text("coverage.lead"),
		body: coverageBody{projections.CoverageOfAll(a.On).Rows}, data: sameAs("listCoverage")}, nil
}
