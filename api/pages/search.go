package pages

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"depositary/api/pages/lang"
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

// suggestion is a name that a search field offers while a reader types.
type suggestion struct {
	Value string `json:"value"` // what is searched for
	Label string `json:"label"` // what it is
}

// suggestLines is how many treaties and how many participants are offered.
const suggestLines = 6

// suggest answers /{lang}/suggest with the treaties and participants whose names have
// what was typed, in JSON. Where nothing has it, or it is no text to look for, the
// list is empty: the search itself says why.
func (s *Site) suggest(l *lang.Language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := s.asked(l, r)
		offered := []suggestion{}
		if err := a.on(); err == nil {
			offered = a.suggestions(strings.TrimSpace(r.URL.Query().Get("q")))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(offered) // the reader may be gone; there is nobody to tell
	}
}

func (a *ask) suggestions(text string) []suggestion {
	offered := []suggestion{}
	found, err := projections.Search(a.On, projections.SearchQuestion{Text: text, Limit: suggestLines, Names: true, Titles: a.treatyTitles})
	if err != nil {
		return offered
	}
	for _, t := range found.Treaties {
		title := t.Title
		if titles := a.treatyTitles(t.ID); len(titles) > 0 {
			title = titles[0]
		}
		offered = append(offered, suggestion{t.Short, title})
	}
	for _, p := range found.Participants {
		name := a.Lang.Participant(p.Participant, a.On.AsOf, p.Name)
		offered = append(offered, suggestion{cmp.Or(p.By, name), name})
	}
	return offered
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
