package pages

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
)

// The front page: the gap of the Convention on Migrant Workers in one sentence
// and one picture.

// frontTreaty is the treaty of the front page.
const frontTreaty domain.TreatyID = "IV-13"

// frontLines is how many lines each list of the front page has.
const frontLines = 6

type frontBody struct {
	Gap      projections.Gap
	Gains    []projections.GapRow
	Awaiting []projections.AwaitingRow
	Longest  []projections.AwaitingRow
	Coming   []projections.UpcomingDate
	Latest   []projections.Notice
	Sources  string // from which the acts were taken
	Share    figure
}

func (s *Site) front(a *ask) (view, error) {
	gap, ok, err := projections.Of(a.On, projections.Question{Treaty: frontTreaty, Receiving: defaultReceiving})
	if err != nil {
		return view{}, err
	}
	if !ok { // a ledger without the treaty has its treaties to show
		return s.treaties(a)
	}
	b := frontBody{Gap: gap, Gains: gains(gap), Awaiting: gap.Awaiting, Longest: gap.Awaiting[:min(frontLines, len(gap.Awaiting))]}
	if b.Latest, err = s.latest(a, projections.NoticeFilter{}, frontLines); err != nil {
		return view{}, err
	}
	b.Sources = sourceNames(a.sources(frontTreaty))
	b.Coming = projections.UpcomingOf(a.Views, a.On.AsOf, projections.UpcomingQuestion{KnownAt: a.On.KnownAt})
	b.Coming = b.Coming[:min(frontLines, len(b.Coming))]
	b.Share = a.share(gap)
	title := a.Lang.Text("front.title")
	return view{
		template: "front", title: title, body: b, data: "/v1/treaties/" + string(frontTreaty) + "/gap?receiving=" + defaultReceiving,
		description: a.Lang.Text("front.sentence", "parties", a.Lang.Whole(int64(gap.Counts.Parties)), "share", a.Lang.Percent(gap.CoveredShare, 2),
			"n", gap.ReceivingBound, "bound", a.Lang.Whole(int64(gap.ReceivingBound)), "receiving", a.Lang.Whole(int64(gap.Receiving))),
	}, nil
}

// gains lists the receiving countries whose being bound would add most.
func gains(gap projections.Gap) []projections.GapRow {
	var rows []projections.GapRow
	for _, r := range gap.Rows {
		if !r.Bound && r.Gain > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y projections.GapRow) int { return cmp.Compare(y.Gain, x.Gain) })
	return rows[:min(frontLines, len(rows))]
}

// latest gives the last notices, of what was known on the axes.
func (s *Site) latest(a *ask, f projections.NoticeFilter, limit int) ([]projections.Notice, error) {
	if a.When.Past() {
		return nil, nil
	}
	return s.Notices.Latest(context.WithoutCancel(a.Context()), f, limit)
}

// sourceNames names each source once, the one with most acts first.
func sourceNames(all []source) string {
	var names []string
	for _, s := range all {
		if !slices.Contains(names, s.Source) {
			names = append(names, s.Source)
		}
	}
	return strings.Join(names, "; ")
}
