package pages

import (
	"net/url"

	"depositary/projections"
)

type mapBody struct {
	Says     string // what the map shows, in words
	Status   projections.TreatyStatus
	Treaties []projections.TreatySummary
	Map      figure
	Tiles    bool
}

func (s *Site) atlas(a *ask) (view, error) {
	if other := a.URL.Query().Get("treaty"); other != "" && other != a.PathValue("treaty") {
		q := a.URL.Query()
		q.Del("treaty")
		return view{redirect: withQuery("/"+a.Lang.Tag+"/map/"+url.PathEscape(other), q)}, nil
	}
	id, err := a.treaty()
	if err != nil {
		return view{}, err
	}
	status, ok := projections.Status(a.On, id)
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	b := mapBody{Status: status, Treaties: a.choices(), Tiles: a.URL.Query().Get("form") == "tiles"}
	if b.Tiles {
		b.Map = a.statusTiles(status)
	} else {
		b.Map = a.statusMap(status)
	}
	b.Says = a.mapSays(status)
	return view{
		template: "map", title: a.Lang.Text("map.title", "short", status.Treaty.Short), description: a.Lang.Text("map.about", "title", a.titleOf(id, status.Treaty.Title)),
		body: b, data: sameAs("getTreatyStatus", "treaty", string(id)), feed: []string{"treaty", string(id)}, marks: a.treatyDays(id),
	}, nil
}
