package pages

import (
	"cmp"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/gap"
	"depositary/projections/notices"
)

// The front page: the gap of the Convention on Migrant Workers in one sentence
// and one picture.

// frontTreaty is the treaty of the front page.
const frontTreaty domain.TreatyID = "IV-13"

// frontLines is how many lines each list of the front page has.
const frontLines = 6

// pairWidth is how wide the two pictures of the front page are drawn, so that they
// and the sentence stand on one screen and their words have the size of other words.
const pairWidth = 560

type frontBody struct {
	Sentence string // the finding; at least so much where not every act is recorded
	Gap      gap.Gap
	Gains    []gap.GapRow
	Awaiting []gap.AwaitingRow
	Longest  []gap.AwaitingRow
	Coming   []notices.UpcomingDate
	Latest   []frontAct
	Beside   []gap.Gap // of the treaties on migration, the front treaty among them
	Sources  string    // from which the acts were taken
	Share    figure
	Map      figure
}

func (s *Site) front(a *ask) (view, error) {
	id := a.frontChoice()
	shown, ok, err := gap.Of(a.On, gap.Question{Treaty: id, Receiving: defaultReceiving})
	if err != nil {
		return view{}, err
	}
	if !ok { // a ledger without the treaty has its treaties to show
		return s.treaties(a)
	}
	b := frontBody{Gap: shown, Gains: gains(shown), Awaiting: shown.Awaiting, Longest: shown.Awaiting[:min(frontLines, len(shown.Awaiting))]}
	b.Latest = a.latestActs()
	b.Sources = sourceNames(a.sources(id))
	b.Coming = notices.UpcomingOf(a.Views, a.On.AsOf, notices.UpcomingQuestion{KnownAt: projections.UpTo(a.On.KnownAt)})
	b.Coming = b.Coming[:min(frontLines, len(b.Coming))]
	if b.Beside, err = a.migrationGaps(shown); err != nil {
		return view{}, err
	}
	b.Share = a.share(shown)
	b.Share.common.Width = pairWidth
	if status, ok := projections.Status(a.On, id); ok {
		b.Map = a.statusMap(status)
		b.Map.common.Width = pairWidth
	}
	marks, err := a.shareDays(id, "")
	if err != nil {
		return view{}, err
	}
	b.Sentence = a.frontSentence(shown)
	title := a.Lang.Text("front.title")
	return view{
		image: "share/" + shown.Treaty.Short, linked: linkedData(),
		template: "front", title: title, body: b, marks: marks, data: sameAs("getGap", "treaty", string(id), "receiving", defaultReceiving),
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
		if id != front.Treaty.ID {
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
		if !r.Bound && !r.Status.Consenting() && r.Gain > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y gap.GapRow) int { return cmp.Compare(y.Gain, x.Gain) })
	return rows[:min(frontLines, len(rows))]
}

// frontChoice is the treaty on migration that the address chooses, that of the
// front page where it chooses none of them.
func (a *ask) frontChoice() domain.TreatyID {
	if text := a.URL.Query().Get("treaty"); text != "" {
		if id, err := find.Treaty(a.Views.State, text); err == nil && slices.Contains(migrationTreaties, id) {
			return id
		}
	}
	return frontTreaty
}

// frontAct is an act under a treaty on migration.
type frontAct struct {
	projections.ActRef
	Participant domain.ParticipantID
	Short, Name string
}

// latestActs lists the last signatures and consents under the treaties on
// migration, by their legal day, the latest first.
func (a *ask) latestActs() (acts []frontAct) {
	for _, id := range migrationTreaties {
		status, _ := projections.Status(a.On, id)
		for _, row := range status.Rows {
			for _, act := range []*projections.ActRef{row.Signature, row.Consent} {
				if act != nil {
					acts = append(acts, frontAct{*act, row.Participant, status.Treaty.Short, row.Name})
				}
			}
		}
	}
	slices.SortStableFunc(acts, func(x, y frontAct) int { return y.Date.Compare(x.Date) })
	return acts[:min(frontLines, len(acts))]
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
	if partial(g.Treaty.Coverage) || g.Treaty.ID != frontTreaty {
		return a.gapTitle(g) + ". " + a.gapLead(g)
	}
	return a.Lang.Text("front.sentence", "parties", a.Lang.Whole(int64(g.Counts.Parties)), "share", a.Lang.Percent(g.CoveredShare, 2),
		"n", g.ReceivingBound, "bound", a.Lang.Whole(int64(g.ReceivingBound)), "receiving", a.Lang.Whole(int64(g.Receiving)))
}
