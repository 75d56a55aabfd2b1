package pages

import (
	"cmp"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
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

// partial reports whether nothing can be said of a participant of which no act is
// recorded: a count is then a least one, and zero no answer.
func partial(c projections.Coverage) bool {
	return c.Extent == domain.ExtentNone || c.Extent == domain.ExtentSome
}

// Partial reports whether a count made of the acts is only a least one.
func (p *Page) Partial(c projections.Coverage) bool { return partial(c) }

// AtLeast follows the name of a count that is only a least one.
func (p *Page) AtLeast(c projections.Coverage) string {
	if !partial(c) {
		return ""
	}
	return ", " + p.T("coverage.atLeast")
}

// unanswered stands where a count would be made of nothing.
const unanswered = "–"

// Counted writes a count of acts or participants: where not every act is
// recorded, that none is known is no zero.
func (p *Page) Counted(c projections.Coverage, n any) string {
	text := p.Whole(n)
	if partial(c) && text == p.Lang.Whole(0) {
		return unanswered
	}
	return text
}

// Part writes a share in percent, as Counted writes a count.
func (p *Page) Part(c projections.Coverage, share float64) string {
	if partial(c) && share == 0 {
		return unanswered
	}
	return p.Percent(share)
}

// countsSay says what is counted on the day, by the message that has all three
// counts; where not every act is recorded, only those that are known, as at least
// so many. It says until when acts are recorded.
func (a *ask) countsSay(key string, s projections.TreatyStatus) string {
	n, recorded := s.Counts, a.recordedUntil(s.Treaty.Coverage)
	if n.IsZero() {
		return recorded
	}
	if !partial(s.Treaty.Coverage) {
		return a.Lang.Text(key, "short", s.Treaty.Short, "signatories", a.Lang.Whole(int64(n.Signatories)), "consents", a.Lang.Whole(int64(n.Consents)),
			"parties", a.Lang.Whole(int64(n.Parties)), "day", a.Lang.Day(a.On.AsOf)) + " " + recorded
	}
	var known []string
	for _, c := range []struct {
		head string
		n    int
	}{{"head.signatories", n.Signatories}, {"head.consents", n.Consents}, {"head.parties", n.Parties}} {
		if c.n > 0 {
			known = append(known, a.Lang.Text(c.head)+" "+a.Lang.Whole(int64(c.n)))
		}
	}
	if len(known) == 0 {
		return recorded
	}
	return a.Lang.Text("coverage.counts", "counts", strings.Join(known, ", "), "day", a.Lang.Day(a.On.AsOf)) + " " + recorded
}

// AsAt says up to which day a table lists the acts of a row's treaty, after
// another word; nothing where no table does.
func (p *Page) AsAt(c projections.RowCoverage) string {
	if c.Extent != domain.ExtentTable {
		return ""
	}
	return p.T("coverage.asAt", "day", p.Lang.Day(c.AsAt))
}

// requireActs returns a *projections.NotRecordedError where nothing is recorded of
// a treaty, and nil where something is or there is no such treaty.
func (a *ask) requireActs(id domain.TreatyID) error {
	h := a.On.History(id)
	if h == nil {
		return nil
	}
	return projections.RequireActs(a.On, h, "who is bound")
}

// choices lists the treaties to choose from, those with the most recorded first.
func (a *ask) choices() []projections.TreatySummary {
	all := slices.Clone(projections.Treaties(a.On))
	slices.SortStableFunc(all, func(x, y projections.TreatySummary) int {
		return cmp.Compare(rank(x.Coverage), rank(y.Coverage))
	})
	return all
}

func rank(c projections.Coverage) int {
	switch c.Extent {
	case domain.ExtentNone:
		return 2
	case domain.ExtentSome:
		return 1
	}
	return 0
}

// gapTitle says how many receiving countries are bound.
func (a *ask) gapTitle(g gap.Gap) string {
	key, n := "gap.title", g.ReceivingBound
	switch {
	case partial(g.Treaty.Coverage) && n == 0:
		return a.Lang.Text("gap.titleNotKnown", "receiving", a.Lang.Whole(int64(g.Receiving)))
	case partial(g.Treaty.Coverage):
		key = "gap.titleAtLeast"
	}
	return a.Lang.Text(key, "n", n, "bound", a.Lang.Whole(int64(n)), "receiving", a.Lang.Whole(int64(g.Receiving)))
}

// gapLead says what share of the world's migrants is covered.
func (a *ask) gapLead(g gap.Gap) string {
	key := "gap.lead"
	switch {
	case partial(g.Treaty.Coverage) && g.Covered == 0:
		return a.Lang.Text("gap.leadNotKnown", "day", a.Lang.Day(a.On.AsOf))
	case partial(g.Treaty.Coverage):
		key = "gap.leadAtLeast"
	}
	return a.Lang.Text(key, "share", a.Lang.Percent(g.CoveredShare, 2), "parties", a.Lang.Whole(int64(g.Counts.Parties)), "day", a.Lang.Day(a.On.AsOf))
}
