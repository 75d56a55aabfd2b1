package pages

import (
	"cmp"
	"net/url"
	"slices"

	"depositary/domain"
	"depositary/projections"
)

// Pages about treaties.

func (s *Site) treaties(a *ask) (view, error) {
	var rows []treatyRow
	for _, t := range a.choices() {
		rows = append(rows, treatyRow{t, a.recordedOf(t)})
	}
	return view{
		template: "treaties", title: a.Lang.Text("nav.treaties"), description: a.Lang.Text("treaties.about"),
		body: rows, data: sameAs("listTreaties"),
	}, nil
}

// treatyRow is a treaty, and whether any act of it is recorded.
type treatyRow struct {
	projections.TreatySummary
	Recorded bool
}

type treatyBody struct {
	Status      projections.TreatyStatus
	Timeline    projections.Timeline
	Statements  projections.StatementsByArticle
	Sources     []source
	Recorded    bool // whether any act of it is recorded
	Growth, Map figure
}

func (s *Site) treaty(a *ask) (view, error) {
	id, err := a.treaty()
	if err != nil {
		return view{}, err
	}
	status, ok := projections.Status(a.On, id)
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	b := treatyBody{Status: status, Sources: a.sources(id), Recorded: status.Treaty.Coverage.Extent != domain.ExtentNone}
	b.Timeline, _ = projections.TreatyTimeline(a.On, id)
	b.Statements, _ = projections.ByArticle(a.On, id, projections.StatementQuestion{})
	b.Growth, b.Map = a.growth(status, b.Timeline), a.statusMap(status)
	image := ""
	if b.Recorded {
		image = "map/" + url.PathEscape(status.Treaty.Short)
	}
	return view{
		image: image, linked: linkedTreaty(status.Treaty),
		template: "treaty", title: status.Treaty.Short + ": " + a.titleOf(id, status.Treaty.Title), body: b,
		description: a.treatySays(status),
		data:        sameAs("getTreatyStatus", "treaty", string(id)), feed: []string{"treaty", string(id)}, marks: a.treatyDays(id),
	}, nil
}

// source is where acts of a treaty were taken from, with how many of them.
type source struct {
	Source, Edition, Verification string
	Acts                          int
}

// sources counts the acts that stand, as known on the axes, by where they were
// taken from.
func (a *ask) sources(id domain.TreatyID) []source {
	counts := make(map[source]int)
	for _, p := range a.Views.State.Participations(id) {
		detail, ok := projections.OfParticipation(a.On, id, p.Participant)
		if !ok {
			continue
		}
		for _, act := range detail.Acts {
			from := source{Source: a.Lang.Text("source.recorded")}
			if v := act.Provenance; v != nil {
				from = source{v.Source, v.Edition, v.Verification, 0}
			}
			counts[from]++
		}
	}
	var all []source
	for from, n := range counts {
		from.Acts = n
		all = append(all, from)
	}
	slices.SortFunc(all, func(x, y source) int {
		return cmp.Or(cmp.Compare(y.Acts, x.Acts), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Verification, y.Verification))
	})
	return all
}

// treatySays describes the page of a treaty where it is shared.
func (a *ask) treatySays(status projections.TreatyStatus) string {
	says := a.countsSay("treaty.about", status)
	if partial(status.Treaty.Coverage) {
		return status.Treaty.Short + ": " + says
	}
	return says
}
