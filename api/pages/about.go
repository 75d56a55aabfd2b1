package pages

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/projections"
)

// Pages about the site itself: where its data come from, and its API.

type aboutBody struct {
	Sources []source
	Weights []*domain.Weights
}

func (s *Site) about(a *ask) (view, error) {
	b := aboutBody{Weights: a.Views.State.Weights(a.On.Known())}
	for _, t := range projections.Treaties(a.On) {
		b.Sources = append(b.Sources, a.sources(t.ID)...)
	}
	b.Sources = together(b.Sources)
	return view{template: "about", title: a.Lang.Text("about.title"), description: a.Lang.Text("about.about"), body: b}, nil
}

// together adds up what is from the same source.
func together(all []source) []source {
	counts := make(map[source]int)
	for _, s := range all {
		n := s.Acts
		s.Acts = 0
		counts[s] += n
	}
	all = nil
	for s, n := range counts {
		s.Acts = n
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y source) int {
		return cmp.Or(cmp.Compare(y.Acts, x.Acts), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Edition, y.Edition), cmp.Compare(x.Verification, y.Verification))
	})
	return all
}
