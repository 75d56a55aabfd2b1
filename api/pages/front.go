package pages

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/notices"
)

// The front page: the gap of the Convention on Migrant Workers in one sentence
// and one picture.

// frontTreaty is the treaty of the front page.
const frontTreaty domain.TreatyID = "IV-13"

// frontLines is how many lines each list of the front page has.
const frontLines = 6

type frontBody struct {
	Sentence string // the finding; at least so much where not every act is recorded
	Gap      gap.Gap
	Gains    []gap.GapRow
	Awaiting []gap.AwaitingRow
	Longest  []gap.AwaitingRow
	Coming   []notices.UpcomingDate
	Latest   []notices.Notice
	Beside   []gap.Gap // of the treaties on migration, the front treaty among them
	Sources  string    // from which the acts were taken
	Share    figure
}

func (s *Site) front(a *ask) (view, error) {
	shown, ok, err := gap.Of(a.On, gap.Question{Treaty: frontTreaty, Receiving: defaultReceiving})
	if err != nil {
		return view{}, err
	}
	if !ok { // a ledger without the treaty has its treaties to show
		return s.treaties(a)
	}
	b := frontBody{Gap: shown, Gains: gains(shown), Awaiting: shown.Awaiting, Longest: shown.Awaiting[:min(frontLines, len(shown.Awaiting))]}
	if b.Latest, err = s.latest(a, notices.NoticeFilter{}, frontLines); err != nil {
		return view{}, err
	}
	b.Sources = sourceNames(a.sources(frontTreaty))
	b.Coming = notices.UpcomingOf(a.Views, a.On.AsOf, notices.UpcomingQuestion{KnownAt: projections.UpTo(a.On.KnownAt)})
	b.Coming = b.Coming[:min(frontLines, len(b.Coming))]
	if b.Beside, err = a.migrationGaps(shown); err != nil {
		return view{}, err
	}
	b.Share = a.share(shown)
	b.Sentence = a.frontSentence(shown)
	title := a.Lang.Text("front.title")
	return view{
		image: "share/" + shown.Treaty.Short, linked: linkedData(),
		template: "front", title: title, body: b, data: sameAs("getGap", "treaty", string(frontTreaty), "receiving", defaultReceiving),
		description: b.Sentence + " " + a.recordedUntil(shown.Treaty.Coverage),
	}, nil
}

// migrationTreaties are shown beside each other on the front page.
var migrationTreaties = []domain.TreatyID{frontTreaty, "C097", "C143", "C189", "XVIII-12-a", "XVIII-12-b"}

// migrationGaps answers the gap of each treaty on migration that the ledger has;
// that of the front page is known already.
func (a *ask) migrationGaps(front gap.Gap) (all []gap.Gap, err error) {
	for _, id := range migrationTreaties {
		g, ok := front, true
		if id != frontTreaty {
			if g, ok, err = gap.Of(a.On, gap.Question{Treaty: id, Receiving: defaultReceiving}); err != nil {
				return nil, err
			}
		}
		if ok {
			all = append(all, g)
		}
	}
	return all, nil
}

// gains lists the receiving countries whose being bound would add most.
func gains(shown gap.Gap) []gap.GapRow {
	var rows []gap.GapRow
	for _, r := range shown.Rows {
		if !r.Bound && r.Gain > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y gap.GapRow) int { return cmp.Compare(y.Gain, x.Gain) })
	return rows[:min(frontLines, len(rows))]
}

// latest returns the last notices, of what was known on the axes.
func (s *Site) latest(a *ask, f notices.NoticeFilter, limit int) ([]notices.Notice, error) {
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

// frontSentence is the gap of the front page in one sentence.
func (a *ask) frontSentence(g gap.Gap) string {
	if partial(g.Treaty.Coverage) {
		return a.gapTitle(g) + ". " + a.gapLead(g)
	}
	return a.Lang.Text("front.sentence", "parties", a.Lang.Whole(int64(g.Counts.Parties)), "share", a.Lang.Percent(g.CoveredShare, 2),
		"n", g.ReceivingBound, "bound", a.Lang.Whole(int64(g.ReceivingBound)), "receiving", a.Lang.Whole(int64(g.Receiving)))
}
