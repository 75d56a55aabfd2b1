package pages

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/pages/lang"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/intray"
)

// The desk: pages for those who have a token. Nothing of it is kept by caches.
//
// A session is kept by this process; the cookie has a random text that stands
// for it. It ends on logout, when its token is revoked or expires, after half a
// day, and when the process ends.

const (
	sessionCookie = "depositary_session"
	sessionTime   = 12 * time.Hour
	wrongLogins   = 10      // of one address, or with one text, at once, and as many a minute
	mostForm      = 1 << 20 // bytes of a form, files apart
	inMemory      = 1 << 20 // bytes of files in a form; what is larger lies in files of the system
)

// clerk is somebody at the desk.
type clerk struct {
	*ask
	Identity auth.Identity
}

// roles are those of which one is enough; none: anybody who has a token.
type roles []auth.Role

// desk registers a page of the desk for those who may see it. Forms from other
// sites are refused.
func (s *Site) desk(method, path string, who roles, show func(*clerk) (view, error)) {
	protection := http.NewCrossOriginProtection()
	for _, l := range lang.All() {
		s.mux.Handle(method+" /"+l.Tag+"/desk"+path, protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.serveDesk(w, r, l, who, show)
		})))
	}
}

func (s *Site) serveDesk(w http.ResponseWriter, r *http.Request, l *lang.Language, admitted roles, show func(*clerk) (view, error)) {
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	a := s.asked(l, r)
	who, ok := s.identity(r)
	if !ok {
		http.Redirect(w, r, "/"+l.Tag+"/desk/login?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	auth.Seen(r.Context(), who)
	if len(admitted) > 0 && !slices.ContainsFunc(admitted, who.May) {
		heading := l.Text("desk.role", "role", string(admitted[0]))
		s.write(w, a, view{template: "failure", title: heading, status: http.StatusForbidden, body: failureBody{Heading: heading}, desk: true})
		return
	}
	if err := readForm(w, r); err != nil {
		s.failed(w, a, err)
		return
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // files of the system, which it sweeps
	}
	v, err := show(&clerk{a, who})
	v.desk = true
	s.answer(w, a, v, err)
}

// readForm reads a form, within bounds; one with files may be larger.
func readForm(w http.ResponseWriter, r *http.Request) error {
	most, read := int64(mostForm), r.ParseForm
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		most, read = commands.MaxDocument+mostForm, func() error { return r.ParseMultipartForm(inMemory) }
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := read(); err != nil {
		return &projections.InputError{Field: "form", Reason: "it cannot be read, or is too large", Accepted: fmt.Sprintf("a form of up to %d KiB", most>>10)}
	}
	return nil
}

// identity returns who a session belongs to.
func (s *Site) identity(r *http.Request) (auth.Identity, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return auth.Identity{}, false
	}
	session, ok := s.sessions.Find(cookie.Value, s.Now())
	if !ok || session.Digest == "" {
		return session.Identity, ok
	}
	who, err := s.Tokens.CheckDigest(session.Digest)
	return who, err == nil
}

func (s *Site) routesDesk() {
	protection := http.NewCrossOriginProtection()
	for _, l := range lang.All() {
		s.mux.HandleFunc("GET /"+l.Tag+"/desk/login", func(w http.ResponseWriter, r *http.Request) { s.loginPage(w, s.asked(l, r), "", http.StatusOK) })
		s.mux.Handle("POST /"+l.Tag+"/desk/login", protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.login(w, r, l) })))
		s.mux.Handle("POST /"+l.Tag+"/desk/logout", protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.logout(w, r, l) })))
	}
	s.desk("GET", "", nil, s.deskHome)
	s.routesDeskActs()
	s.routesDeskIntray()
	s.routesDeskNotifications()
	s.routesDeskProposals()
	s.routesDeskImport()
	s.routesDeskTokens()
	s.routesDeskAudit()
	s.routesSignIn()
	s.routesDeskWebhooks()
}

type loginBody struct {
	To, Problem string
	Account     bool // people may sign in with an account of their house
}

func (s *Site) loginPage(w http.ResponseWriter, a *ask, problem string, status int) {
	body := loginBody{a.URL.Query().Get("to"), problem, s.SignIn != nil}
	s.write(w, a, view{template: "desk_login", title: a.Lang.Text("desk.login"), body: body, status: status, desk: true})
}

// login takes a token and makes a session of it. A valid token is never kept
// out, however often others have failed; who fails too often is told so.
func (s *Site) login(w http.ResponseWriter, r *http.Request, l *lang.Language) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	a := s.asked(l, r)
	if overPlainHTTP(r) {
		s.loginPage(w, a, l.Text("desk.plainHTTP"), http.StatusForbidden)
		return
	}
	token := strings.TrimSpace(r.PostFormValue("token"))
	who, err := s.Tokens.Check(token)
	switch {
	case errors.Is(err, auth.ErrUnknown), errors.Is(err, auth.ErrExpired):
		s.refuseLogin(w, r, a, token, err)
		return
	case err != nil:
		s.failed(w, a, err)
		return
	}
	session := auth.Session{Digest: auth.Digest(token), Until: s.Now().Add(sessionTime)}
	if err := s.signIn(w, r, who, session); err != nil {
		s.failed(w, a, err)
		return
	}
	http.Redirect(w, r, deskAddress(l, r.URL.Query().Get("to")), http.StatusSeeOther)
}

// refuseLogin counts a wrong token, by address and by what was tried.
func (s *Site) refuseLogin(w http.ResponseWriter, r *http.Request, a *ask, token string, cause error) {
	now := s.Now()
	byAddress, byToken := s.logins.Allow(s.client(r), now), s.logins.Allow("token "+auth.Digest(token), now)
	problem, status := a.Lang.Text("desk.unknown"), http.StatusUnauthorized
	switch {
	case !byAddress || !byToken:
		w.Header().Set("Retry-After", "60")
		problem, status = a.Lang.Text("desk.tooMany"), http.StatusTooManyRequests
	case errors.Is(cause, auth.ErrExpired):
		problem = a.Lang.Text("desk.expired")
	}
	s.loginPage(w, a, problem, status)
}

// signIn begins a session, which stands in the audit log.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request, who auth.Identity, session auth.Session) error {
	entry := audit.Entry{Actor: who.Actor, Kind: audit.SignedIn, Token: who.Token, From: s.client(r)}
	if err := s.Audit.Write(r.Context(), entry); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(r, s.sessions.Begin(session, s.Now()), int(session.Until.Sub(s.Now()).Seconds())))
	return nil
}

// logout ends the session here: its cookie is worth nothing afterwards.
func (s *Site) logout(w http.ResponseWriter, r *http.Request, l *lang.Language) {
	who, ok := s.identity(r)
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.End(cookie.Value)
	}
	if ok {
		entry := audit.Entry{Actor: who.Actor, Kind: audit.SignedOut, Token: who.Token, From: s.client(r)}
		if err := s.Audit.Write(r.Context(), entry); err != nil {
			s.Logger.Warn("a logout does not stand in the audit log", "actor", who.Actor, "cause", err)
		}
	}
	http.SetCookie(w, s.cookie(r, "", -1))
	http.Redirect(w, r, "/"+l.Tag+"/desk/login", http.StatusSeeOther)
}

// deskAddress returns where a login leads: to a page of the desk.
func deskAddress(l *lang.Language, to string) string {
	if home := "/" + l.Tag + "/desk"; !strings.HasPrefix(to, home+"/") {
		return home
	}
	return to
}

// client returns the address from which a request came.
func (s *Site) client(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// cookie is read by this server alone, and sent only with requests from its own
// pages; but on the machine itself it goes by TLS alone.
func (s *Site) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: strings.HasPrefix(s.Base(r), "https://") || !onLoopback(r.Host)}
}

// overPlainHTTP reports whether a form was sent over a network without TLS, as
// the browser says: the token could be read on the way, and the cookie would not
// come back.
func overPlainHTTP(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Origin"), "http://") && !onLoopback(r.Host)
}

func onLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

type deskBody struct {
	Identity auth.Identity
	Commits  []projections.CommitView
	FourEyes bool
	Waiting  int // proposals that wait for a second person
	Open     int // things in the in-tray
	Position eventstore.Position
}

// May reports whether who is at the desk has a role.
func (b deskBody) May(role string) bool { return b.Identity.May(auth.Role(role)) }

// deskLines is how many of the latest commits the desk shows.
const deskLines = 12

func (s *Site) deskHome(c *clerk) (view, error) {
	page, err := s.Ledger.Page(projections.LedgerQuestion{Limit: deskLines, Descending: true})
	if err != nil {
		return view{}, err
	}
	b := deskBody{Identity: c.Identity, Commits: page.Commits, FourEyes: s.Secretariat.FourEyes}
	if len(page.Commits) > 0 {
		b.Position = page.Commits[0].Position
	}
	if b.May(string(auth.Record)) {
		b.Open = len(intray.Of(c.Views, c.Today).Items)
	}
	proposals, err := s.Secretariat.ListProposals(c.Context())
	for _, p := range proposals {
		if p.State == commands.Open || p.State == commands.Approving {
			b.Waiting++
		}
	}
	return view{template: "desk", title: c.Lang.Text("nav.desk"), body: b}, err
}
