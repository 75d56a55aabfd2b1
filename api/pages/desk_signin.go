package pages

import (
	"errors"
	"net/http"
	"time"

	"depositary/api/auth"
	"depositary/api/pages/lang"
	"depositary/api/signin"
)

// Signing in with an account of one's own house. The way back has one address,
// which the provider knows.

const (
	stateCookie  = "depositary_signing_in"
	callbackPath = "/en/desk/signed-in"
	accountTime  = 4 * time.Hour // of a session: later the provider is asked again
)

func (s *Site) routesSignIn() {
	if s.SignIn == nil {
		return
	}
	for _, l := range lang.All() {
		s.mux.HandleFunc("GET /"+l.Tag+"/desk/sign-in", func(w http.ResponseWriter, r *http.Request) { s.signInWith(w, r, l) })
	}
	s.mux.HandleFunc("GET "+callbackPath, s.signedIn)
}

// signInWith sends the browser to the provider, and binds it by a cookie that comes
// back from there.
func (s *Site) signInWith(w http.ResponseWriter, r *http.Request, l *lang.Language) {
	address, state, err := s.SignIn.Begin(r.Context(), s.Base(r)+callbackPath, deskAddress(l, r.URL.Query().Get("to")))
	if err != nil {
		s.Logger.Warn("the provider cannot be asked", "cause", err)
		s.loginPage(w, s.asked(l, r), l.Text("desk.noProvider"), http.StatusBadGateway)
		return
	}
	cookie := s.cookie(r, state, int((10 * time.Minute).Seconds()))
	cookie.Name, cookie.SameSite = stateCookie, http.SameSiteLaxMode
	http.SetCookie(w, cookie)
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// signedIn takes who comes back from the provider. The desk is opened by a step of
// its own: browsers do not send the session's cookie on a way that began elsewhere.
func (s *Site) signedIn(w http.ResponseWriter, r *http.Request) {
	l := lang.English()
	a := s.asked(l, r)
	refuse := func(problem string, status int) { s.loginPage(w, a, problem, status) }
	query := r.URL.Query()
	cookie, err := r.Cookie(stateCookie)
	if err != nil || cookie.Value == "" || cookie.Value != query.Get("state") {
		refuse(l.Text("desk.notBegun"), http.StatusForbidden)
		return
	}
	who, to, err := s.SignIn.Complete(r.Context(), query.Get("state"), query.Get("code"))
	var refused *signin.RefusedError
	switch {
	case errors.As(err, &refused):
		refuse(refused.Reason, http.StatusForbidden)
		return
	case err != nil:
		s.Logger.Warn("a sign-in failed", "cause", err)
		refuse(l.Text("desk.noProvider"), http.StatusBadGateway)
		return
	}
	if err := s.signIn(w, r, who, auth.Session{Identity: who, Until: s.Now().Add(accountTime)}); err != nil {
		s.failed(w, a, err)
		return
	}
	w.Header().Set("Refresh", "0; url="+to)
	s.write(w, a, view{template: "desk_signed_in", title: l.Text("desk.login"), body: to, desk: true})
}
