package pages

import (
	"depositary/projections"
	"depositary/projections/notices"
)

// comingShown bounds the days that one page lists.
const comingShown = 500

func (s *Site) coming(a *ask) (view, error) {
	coming := notices.UpcomingOf(a.Views, a.On.AsOf, notices.UpcomingQuestion{KnownAt: projections.UpTo(a.On.KnownAt)})
	return view{
		template: "coming", title: a.Lang.Text("nav.dates"), description: a.Lang.Text("coming.about"),
		body: coming[:min(comingShown, len(coming))], data: sameAs("listComing", "on", a.On.AsOf.String()),
	}, nil
}
