package pages

import (
	"strings"

	"depositary/domain"
	"depositary/projections"
)

type searchBody struct {
	Text  string
	Found *projections.Found
}

// searchLines is how many of each a search lists.
const searchLines = 50

func (s *Site) search(a *ask) (view, error) {
	b := searchBody{Text: strings.TrimSpace(a.URL.Query().Get("q"))}
	v := view{template: "search", title: a.Lang.Text("nav.search"), description: a.Lang.Text("search.about")}
	if b.Text != "" {
		found, err := projections.Search(a.On, projections.SearchQuestion{Text: b.Text, Limit: searchLines, Titles: a.treatyTitles})
		if err != nil {
			return view{}, err
		}
		b.Found, v.title = &found, a.Lang.Text("search.title", "text", b.Text)
		v.data = sameAs("searchText", "text", b.Text)
	}
	v.body = b
	return v, nil
}

// treatyTitles lists the titles under which a page in the reader's language
// shows a treaty.
func (a *ask) treatyTitles(id domain.TreatyID) (titles []string) {
	for _, part := range []string{".title", ".name"} {
		if key := "treaty." + string(id) + part; a.Lang.Has(key) {
			titles = append(titles, a.Lang.Text(key))
		}
	}
	return titles
}
