package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"depositary/api/accept"
	"depositary/api/gate"
	"depositary/api/problem"
	v1 "depositary/api/v1"
	"depositary/projections"
)

// answering is how an address is answered: in which form, and what of it may be
// kept.
type answering struct {
	media   string                                       // the one form in which it is answered
	kept    bool                                         // it follows from the address, the views and the day
	query   string                                       // what of the address behind the question mark counts
	toll    toll                                         // what it costs where it is not kept
	byHost  bool                                         // it carries the address at which it was asked for
	lasting func(*projections.Views, *http.Request) bool // reports whether it can never change; nil: it may
}

// forms are the media types by their name in the parameter format.
var forms = map[string]string{"json": v1.MediaJSON, "csv": v1.MediaCSV, "html": v1.MediaHTML}

// negotiated settles how a request is answered, by what its route declares: in
// the form that the parameter format or else the Accept header asks for. What
// follows finds exactly one media type in the header Accept.
func (s *server) negotiated(next func(http.ResponseWriter, *http.Request, answering)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how := answering{media: v1.MediaJSON}
		route := s.api.Match(r)
		switch {
		case r.URL.Path == metricsPath:
			next(w, r, answering{})
			return
		case strings.HasPrefix(r.URL.Path, logPath):
			next(w, r, answering{toll: ofLog})
			return
		case s.pages.Owns(r.URL.Path):
			how = s.ofPage(r)
		case route != nil:
			how = answering{media: route.Media()[0], kept: route.Kept, byHost: route.ByHost && s.Public == "", lasting: route.Lasting, query: inOrder(r), toll: tolls[route.Cost]}
			if route.Trial && r.URL.Query().Has("dryRun") { // open to all, and recorded by nobody
				how.toll = tolls[v1.CostAssume]
			}
			if !route.Own {
				how.media = representation(r, route.Media())
			}
		}
		if route != nil && route.ByHost {
			r = withoutTrackers(r)
			how.query = inOrder(r)
		}
		if how.media == "" {
			problem.Write(w, notAcceptable(r, route))
			return
		}
		if given := r.Header["Accept"]; len(given) != 1 || given[0] != how.media {
			r.Header.Set("Accept", how.media)
		}
		if how.media == v1.MediaCSV && route != nil {
			w, r = s.asDownload(w, r)
		}
		next(w, r, how)
	})
}

// ofPage is how a page is answered. Another version of the program shows it in
// another way, so it lasts no longer than the views.
func (s *server) ofPage(r *http.Request) answering {
	how := answering{media: v1.MediaHTML, kept: s.pages.Keepable(r.URL.Path), byHost: s.Public == ""}
	if how.kept {
		class, query := s.pages.Declared(r)
		how.query, how.toll = query, ofPages[class]
	} else if s.pages.Computed(r.URL.Path) {
		how.toll = ofPages[gate.View]
	}
	return how
}

// inOrder returns the parameters of an address in one order.
func inOrder(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return r.URL.Query().Encode()
}

// trackers are parameters that others put behind an address to follow who opens it.
var trackers = []string{"fbclid", "gclid", "dclid", "msclkid", "twclid", "igshid", "mc_cid", "mc_eid", "yclid", "_ga", "_gl"}

func isTracker(name string) bool {
	return strings.HasPrefix(name, "utm_") || slices.Contains(trackers, name)
}

// withoutTrackers returns the request without what mail programs and networks put
// behind the address of a feed or calendar: it does no harm there.
func withoutTrackers(r *http.Request) *http.Request {
	query := r.URL.Query()
	before := len(query)
	maps.DeleteFunc(query, func(name string, _ []string) bool { return isTracker(name) })
	if len(query) == before {
		return r
	}
	return withQuery(r, query.Encode())
}

const noTable = "this answer has no form as a table"

func notAcceptable(r *http.Request, route *v1.Route) *problem.Problem {
	field, detail := "Accept", "no answer has the form "+problem.Clip(acceptOf(r))
	switch {
	case asksForTable(r):
		field, detail = "format", noTable
	case accept.Quality(acceptOf(r), v1.MediaCSV) > 0:
		detail = noTable
	}
	p := problem.New(http.StatusNotAcceptable, "format", detail)
	p.Findings = problem.Finding(problem.CodeInputInvalid, field, detail, strings.Join(route.Media(), ", "))
	return p
}

func acceptOf(r *http.Request) string { return strings.Join(r.Header.Values("Accept"), ", ") }

func asksForTable(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.URL.RawQuery, "format=csv") && r.URL.Query().Get("format") == "csv"
}

// representation returns the media type to answer in, of those that a route
// has; nothing where it has none that is asked for.
func representation(r *http.Request, media []string) (best string) {
	if strings.Contains(r.URL.RawQuery, "format=") {
		if form := forms[r.URL.Query().Get("format")]; slices.Contains(media, form) {
			return form
		}
		if asksForTable(r) {
			return ""
		}
	}
	wanted := acceptOf(r)
	if wanted == "" || wanted == "*/*" || wanted == media[0] || media[0] == v1.MediaAny {
		return media[0]
	}
	most := 0.0
	for i, m := range media {
		q := accept.Quality(wanted, m)
		if i == 0 { // a client that names the form of a failure or of a backup means the usual one
			q = max(q, accept.Quality(wanted, "application/problem+json"), accept.Quality(wanted, v1.MediaBytes))
		}
		if q > most {
			best, most = m, q
		}
	}
	return best
}
