package pages

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/pages/lang"
	"depositary/eventstore"
	"depositary/projections"
)

// The desk: pages for those who have a token. Nothing of it is kept by caches.
//
// A session is the token itself, sealed with a key of this process in a cookie
// that only this server reads: it ends when the token is revoked or expires,
// after half a day, and when the process ends.

const (
	sessionCookie = "depositary_session"
	sessionTime   = 12 * time.Hour
	wrongLogins   = 10      // of one address at once, and as many a minute
	mostForm      = 1 << 20 // bytes of a form, files apart
	inMemory      = 1 << 20 // bytes of files in a form; what is larger lies in files of the system
)

// sealer seals what a cookie carries.
type sealer struct{ aead cipher.AEAD }

func newSealer() *sealer {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of another length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return &sealer{aead}
}

// seal returns a text that opens to the token until an instant.
func (s *sealer) seal(token string, until time.Time) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, append(plain, token...), nil))
}

// open returns the token; false where the text was not sealed here, or is over.
func (s *sealer) open(text string, now time.Time) (token string, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", false
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil || len(plain) < 8 || now.Unix() >= int64(binary.BigEndian.Uint64(plain)) {
		return "", false
	}
	return string(plain[8:]), true
}

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
	a := s.asked(l, r)
	who, ok := s.identity(r)
	if !ok {
		http.Redirect(w, r, "/"+l.Tag+"/desk/login?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
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
	token, ok := s.sealer.open(cookie.Value, s.Now())
	if !ok {
		return auth.Identity{}, false
	}
	who, err := s.Tokens.Check(token)
	return who, err == nil
}

func (s *Site) routesDesk() {
	protection := http.NewCrossOriginProtection()
	for _, l := range lang.All() {
		s.mux.HandleFunc("GET /"+l.Tag+"/desk/login", func(w http.ResponseWriter, r *http.Request) { s.loginPage(w, s.asked(l, r), "", http.StatusOK) })
		s.mux.Handle("POST /"+l.Tag+"/desk/login", protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.login(w, r, l) })))
		s.mux.Handle("POST /"+l.Tag+"/desk/logout", protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, s.cookie(r, "", -1))
			http.Redirect(w, r, "/"+l.Tag+"/desk/login", http.StatusSeeOther)
		})))
	}
	s.desk("GET", "", nil, s.deskHome)
	s.routesDeskActs()
	s.routesDeskProposals()
	s.routesDeskImport()
	s.routesDeskTokens()
	s.routesDeskWebhooks()
}

type loginBody struct{ To, Problem string }

func (s *Site) loginPage(w http.ResponseWriter, a *ask, problem string, status int) {
	body := loginBody{a.URL.Query().Get("to"), problem}
	s.write(w, a, view{template: "desk_login", title: a.Lang.Text("desk.login"), body: body, status: status, desk: true})
}

// login takes a token and makes a session of it.
func (s *Site) login(w http.ResponseWriter, r *http.Request, l *lang.Language) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	a := s.asked(l, r)
	token := strings.TrimSpace(r.PostFormValue("token"))
	if !s.logins.Within(r.RemoteAddr, s.Now()) {
		w.Header().Set("Retry-After", "60")
		s.loginPage(w, a, l.Text("desk.tooMany"), http.StatusTooManyRequests)
		return
	}
	if _, err := s.Tokens.Check(token); err != nil {
		s.logins.Allow(r.RemoteAddr, s.Now())
		problem := l.Text("desk.unknown")
		if errors.Is(err, auth.ErrExpired) {
			problem = l.Text("desk.expired")
		}
		s.loginPage(w, a, problem, http.StatusUnauthorized)
		return
	}
	http.SetCookie(w, s.cookie(r, s.sealer.seal(token, s.Now().Add(sessionTime)), int(sessionTime.Seconds())))
	to := r.URL.Query().Get("to")
	if home := "/" + l.Tag + "/desk"; !strings.HasPrefix(to, home+"/") {
		to = home
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// cookie is read by this server alone, and sent only with requests from its own
// pages; only by TLS where the pages are known by it.
func (s *Site) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: strings.HasPrefix(s.Base(r), "https://")}
}

type deskBody struct {
	Identity auth.Identity
	Commits  []projections.CommitView
	FourEyes bool
	Waiting  int // proposals that wait for a second person
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
	proposals, err := s.Secretariat.ListProposals(c.Context())
	for _, p := range proposals {
		if p.State == commands.Open || p.State == commands.Approving {
			b.Waiting++
		}
	}
	return view{template: "desk", title: c.Lang.Text("nav.desk"), body: b}, err
}
