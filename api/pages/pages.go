// Package pages shows the views to people: pages in the languages of the United
// Nations, made on the server, whole without JavaScript.
//
// Invariants:
//
//   - every address says everything: language, what is shown, and the three axes
//     (asOf, receivedBy, knownAt), by the names that the API has for them;
//   - a page shows what projections return, by the same functions as the API, and
//     computes no figure of its own;
//   - nothing is changed but at the desk, by who has a token, and by POST;
//   - a page asks no other host for anything, and carries no style or script of
//     its own (the content security policy forbids both);
//   - what the law engine says is English, and marked as English on pages in
//     other languages.
package pages

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/pages/lang"
	"depositary/api/signin"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options of the pages. All are required.
type Options struct {
	Projection  *projections.Projection
	Ledger      projections.Ledger
	Notices     *notices.Source
	Tokens      *auth.File
	Audit       *audit.Log
	SignIn      *signin.Provider // nil: with tokens only
	Secretariat *commands.Secretariat
	Webhooks    *webhooks.Service          // nil: this program keeps no subscriptions
	Today       func() domain.Date         // the calendar day at the depositary
	Now         func() time.Time           // the clock
	Base        func(*http.Request) string // address of this server as the reader knows it, without a slash at the end
	Described   func() *huma.OpenAPI       // the API, for its page
	Version     string
	Logger      *slog.Logger
}

// Site is the pages. It is immutable and safe for concurrent use.
type Site struct {
	Options
	mux       *http.ServeMux
	byPattern map[string]*pageRoute
	templates *templates
	assets    *assets
	sessions  *auth.Sessions
	logins    *auth.Limiter // that failed
}

// New prepares the pages: templates are read and assets compressed once. It
// panics where an embedded template cannot be read, which a test shows.
func New(o Options) *Site {
	s := &Site{Options: o, mux: http.NewServeMux(), assets: embeddedAssets(), templates: embeddedTemplates(), sessions: new(auth.Sessions), logins: auth.NewLimiter(wrongLogins/60.0, wrongLogins)}
	s.routes()
	return s
}

// Paths lists the paths of all pages and figures below their language, with the
// names of their parameters in braces.
func Paths() (all []string) {
	for _, r := range pageRoutes() {
		all = append(all, "/"+r.path)
	}
	for kind := range figures {
		subject := "treaty"
		if kind == "timeline" {
			subject = "participant"
		}
		for _, form := range forms {
			all = append(all, "/figures/"+kind+"/{"+subject+"}"+form)
		}
	}
	slices.Sort(all)
	return all
}

func (s *Site) routes() {
	s.byPattern = make(map[string]*pageRoute)
	s.mux.HandleFunc("GET /{$}", s.welcome)
	s.mux.HandleFunc("GET /robots.txt", s.robots)
	s.mux.HandleFunc("GET /sitemap.xml", s.sitemap)
	s.mux.HandleFunc("GET "+assetsPath+"{file}", s.assets.serve)
	for _, r := range pageRoutes() {
		s.page(&r)
	}
	for _, l := range lang.All() {
		s.mux.HandleFunc("GET "+figurePattern(l), s.figureFile(l))
		s.mux.HandleFunc("GET /"+l.Tag+"/suggest", s.suggest(l))
		s.byPattern["GET /"+l.Tag+"/suggest"] = &pageRoute{params: []string{"q"}}
	}
	s.routesDesk()
}

// page registers a page under every language.
func (s *Site) page(r *pageRoute) {
	for _, l := range lang.All() {
		pattern := "GET /" + l.Tag + "/" + r.path
		if r.path == "" {
			s.mux.Handle("GET /"+l.Tag, http.RedirectHandler("/"+l.Tag+"/", http.StatusPermanentRedirect))
			pattern += "{$}"
		}
		s.mux.HandleFunc(pattern, s.shown(l, func(a *ask) (view, error) { return r.show(s, a) }))
		s.byPattern[pattern] = r
	}
}

// Owns reports whether an address belongs to the pages, found or not.
func (s *Site) Owns(path string) bool {
	if path == "/" || path == "/robots.txt" || path == "/sitemap.xml" || strings.HasPrefix(path, assetsPath) {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	_, ok := lang.Find(first)
	return ok
}

// Keepable reports whether what an address of the pages answers depends on nothing
// but the address, the views and the day.
func (s *Site) Keepable(path string) bool {
	_, below, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path != "/" && path != "/robots.txt" && path != "/sitemap.xml" && !strings.HasPrefix(path, assetsPath) && below != "desk" && !strings.HasPrefix(below, "desk/")
}

// Computed reports whether an address of the pages is made for its reader: one of the
// desk, and none of the files that all pages share.
func (s *Site) Computed(path string) bool { return path != "/" && !strings.HasPrefix(path, assetsPath) }

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if _, pattern := s.mux.Handler(r); pattern == "" {
		s.failed(w, s.asked(languageOf(r), r), errNoPage)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// policy is what a page may do: nothing but load from this server.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure forbids whatever the pages do not need.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "interest-cohort=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// welcome leads to the front page in a language that the reader reads.
func (s *Site) welcome(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+lang.Match(r.Header.Get("Accept-Language")).Tag+"/", http.StatusFound)
}

// languageOf returns the language of an address, or the reader's where it has none.
func languageOf(r *http.Request) *lang.Language {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if l, ok := lang.Find(first); ok {
		return l
	}
	return lang.Match(r.Header.Get("Accept-Language"))
}
