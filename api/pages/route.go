package pages

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"depositary/api/gate"
	"depositary/api/pages/lang"
)

// pageRoute is one line of the table of pages.
type pageRoute struct {
	path   string // below the language
	show   func(*Site, *ask) (view, error)
	params []string // of its address, beside the axes; with an asterisk: may be repeated
	class  gate.Class
}

// pageRoutes is the table of pages that show the views.
func pageRoutes() []pageRoute {
	return []pageRoute{
		{path: "", show: (*Site).front, params: []string{"treaty"}},
		{path: "treaties", show: (*Site).treaties},
		{path: "treaties/{treaty}", show: (*Site).treaty},
		{path: "treaties/{treaty}/relations/{participant}", show: (*Site).relations},
		{path: "gap/{treaty}", show: (*Site).gap, params: append([]string{"treaty"}, ofGap...)},
		{path: "corridors/{treaty}", show: (*Site).corridors, params: append([]string{"treaty"}, ofCorridors...), class: gate.Assume},
		{path: "corridors/{treaty}/{origin}", show: (*Site).originCorridors, params: append([]string{"treaty"}, ofCorridors...), class: gate.Assume},
		{path: "corridor/{origin}/{destination}", show: (*Site).corridor, params: []string{"year"}},
		{path: "participants", show: (*Site).participants},
		{path: "participants/{participant}", show: (*Site).participant},
		{path: "brief/{participant}", show: (*Site).brief, class: gate.Assume},
		{path: "coverage", show: (*Site).coverage},
		{path: "matrix", show: (*Site).matrix, params: []string{"treaty*", "group*", "show", "receiving", "edition"}},
		{path: "map/{treaty}", show: (*Site).atlas, params: []string{"treaty", "form"}},
		{path: "changes", show: (*Site).changes, params: []string{"from", "to", "treaty"}, class: gate.Assume},
		{path: "coming", show: (*Site).coming},
		{path: "notices", show: (*Site).notices, params: []string{"kind*", "treaty*", "participant*", "group*", "backfill", "cursor"}},
		{path: "notices/{notice}", show: (*Site).notice},
		{path: "search", show: (*Site).search, params: []string{"q"}},
		{path: "notifications", show: (*Site).notifications},
		{path: "notifications/{reference}", show: (*Site).notification},
		{path: "ledger", show: (*Site).ledger, params: []string{"before"}},
		{path: "ledger/{position}", show: (*Site).commit},
		{path: "acts/{record}", show: (*Site).act},
		{path: "about", show: (*Site).about},
		{path: "api", show: (*Site).api},
	}
}

var (
	ofGap       = []string{"receiving", "edition", "stockYear", "ratify*"}
	ofCorridors = []string{"year", "ratify*"}
	axes        = []string{"asOf", "receivedBy", "knownAt"}
)

// figureParams are the parameters of figures, by kind; those of others are the axes.
var figureParams = map[string][]string{"bars": ofGap, "regions": ofGap, "share": ofGap, "coverage": {"edition"}, "corridors": ofCorridors}

func figurePattern(l *lang.Language) string { return "/" + l.Tag + "/figures/{kind}/{file}" }

// Declared returns what a page takes part in: the class of cost of making it, and its
// address without the parameters that it does not read. Whatever is put behind an
// address, such as utm_source, has the answer that the page has.
func (s *Site) Declared(r *http.Request) (class gate.Class, query string) {
	class, known := s.declared(r)
	given := r.URL.Query()
	kept := url.Values{}
	for _, name := range append(known, axes...) {
		name, repeated := strings.CutSuffix(name, "*")
		for i, value := range given[name] {
			if i == 0 || repeated {
				kept.Add(name, value)
			}
		}
	}
	return class, kept.Encode()
}

func (s *Site) declared(r *http.Request) (class gate.Class, params []string) {
	_, pattern := s.mux.Handler(r)
	if route, ok := s.byPattern[pattern]; ok {
		return route.class, route.params[:len(route.params):len(route.params)]
	}
	folder, file := path.Split(r.URL.Path)
	params = figureParams[path.Base(folder)]
	if path.Ext(file) == ".png" {
		class = gate.Picture
	}
	return class, params[:len(params):len(params)]
}
