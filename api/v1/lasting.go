package v1

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
)

// Lasts tells when the answer of a route can never change.
type Lasts int

// When answers can never change.
const (
	WhileViews      Lasts = iota // never for sure: it follows the views and the day
	Always                       // what was recorded stays as it is
	WhenPinned                   // the question names its day, a moment that lies behind, and every participant by its id
	WhenSidesPinned              // the same of both sides of a comparison
)

// Lasting reports whether the answer to a request can never change. (The names
// of participants are found as they are held now; the names of treaties are
// never given to another.)
func (r *Route) Lasting(views *projections.Views, request *http.Request) bool {
	q := request.URL.Query()
	switch r.Lasts {
	case Always:
		return true
	case WhenPinned:
		return q.Get("asOf") != "" && pinned(views, q.Get("knownAt")) && r.namesByID(views, request.URL.Path, q)
	case WhenSidesPinned:
		side := func(name string) string { return cmp.Or(q.Get(name), q.Get("knownAt")) }
		return q.Get("from") != "" && q.Get("to") != "" && pinned(views, side("fromKnownAt")) && pinned(views, side("toKnownAt")) && r.namesByID(views, request.URL.Path, q)
	}
	return false
}

// namesByID reports whether a request names every participant by its id. Each
// parameter may name several, with commas between them.
func (r *Route) namesByID(views *projections.Views, path string, q url.Values) bool {
	for name, p := range r.params {
		if !p.who {
			continue
		}
		named := q[name]
		if p.in == "path" {
			named = []string{segment(r.Path, path, name)}
		}
		for id := range strings.SplitSeq(strings.Join(named, ","), ",") {
			if _, ok := views.State.Participant(domain.ParticipantID(strings.TrimSpace(id)), domain.Everything()); !ok && id != "" {
				return false
			}
		}
	}
	return true
}

// segment returns the text in an address at the place of a parameter of the path.
func segment(pattern, path, name string) string {
	place := strings.Split(pattern, "/")
	for i, text := range strings.Split(path, "/") {
		if i < len(place) && place[i] == "{"+name+"}" {
			return text
		}
	}
	return ""
}

// pinned reports whether a knownAt names a moment that lies behind: more is
// recorded later, but what was known then does not change.
func pinned(views *projections.Views, knownAt string) bool {
	known, err := views.ParseKnownAt(knownAt)
	if err != nil || known.Everything() || known == projections.UpTo(0) {
		return false
	}
	p := eventstore.Position(known.In(uint64(views.Position)))
	if _, err := strconv.ParseUint(knownAt, 10, 63); err == nil {
		return p <= views.Position
	}
	return p < views.Position // a later commit has been recorded after that instant
}
