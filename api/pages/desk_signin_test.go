package pages_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/signin"
)

// provider is an OpenID Connect provider on loopback: everybody who comes is signed in
// with the claims that stand there.
type provider struct {
	*httptest.Server
	claims    map[string]any
	key       *rsa.PrivateKey
	now       func() time.Time
	challenge string // of the code that was given out last
	nonce     string
	audience  string
}

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &provider{key: key, now: now, audience: "depositary"}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	answer := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p.challenge, p.nonce = q.Get("code_challenge"), q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?code=the-code&state="+url.QueryEscape(q.Get("state")), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		client, secret, _ := r.BasicAuth()
		if r.FormValue("code") != "the-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge || client != "depositary" || secret != "the-secret" {
			w.WriteHeader(http.StatusBadRequest)
			answer(w, map[string]any{"error": "invalid_grant"})
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.token(t)})
	})
	return p
}

func (p *provider) token(t *testing.T) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k"}}, nil)
	require.NoError(t, err)
	claims := map[string]any{"iss": p.URL, "sub": "1", "aud": p.audience, "iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(), "nonce": p.nonce}
	for name, value := range p.claims {
		claims[name] = value
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(t, err)
	return text
}

// Who has an account at the provider signs in at the desk, with the roles of their
// groups, and stands in the audit log.
func TestSignInByOpenIDConnect(t *testing.T) {
	clock := apitest.NewClock(apitest.Today)
	p := newProvider(t, clock.Now)
	provider, err := signin.New(signin.Options{Issuer: p.URL, ClientID: "depositary", Secret: "the-secret", Now: clock.Now,
		Roles: map[auth.Role][]string{auth.Record: {"treaty-section"}, auth.Operate: {"it"}}})
	require.NoError(t, err)
	d := apitest.Open(t, func(o *apitest.Options) { o.Clock, o.SignIn = clock, provider })
	b := atDesk(t, d)
	_, page := b.get(t, "/en/desk")
	require.Contains(t, page, "/en/desk/sign-in")

	p.claims = map[string]any{"email": "anna@ministry.example", "email_verified": true, "groups": []string{"all", "treaty-section"}}
	status, page := b.get(t, "/en/desk/sign-in?to=/en/desk/record")
	require.Equal(t, 200, status)
	require.Contains(t, page, `href="/en/desk/record"`)
	_, page = b.get(t, "/en/desk")
	require.Contains(t, page, "You are anna@ministry.example")
	require.NotContains(t, page, "/en/desk/tokens", "the group has no role for them")
	entries, err := d.Audit.Entries(t.Context(), audit.Question{Actor: "anna@ministry.example"})
	require.NoError(t, err)
	require.Equal(t, audit.SignedIn, entries[0].Kind)
	_, page = b.post(t, "/en/desk/logout", nil)
	require.Contains(t, page, `type="password"`)

	refused := func(why string, change func()) {
		t.Helper()
		p.claims, p.audience = map[string]any{"email": "anna@ministry.example", "email_verified": true, "groups": []string{"treaty-section"}}, "depositary"
		change()
		status, page := b.get(t, "/en/desk/sign-in")
		require.GreaterOrEqual(t, status, 400, why)
		require.Contains(t, page, `type="password"`, why)
	}
	refused("no group", func() { p.claims["groups"] = []string{"others"} })
	refused("an address that is not verified", func() { p.claims["email_verified"] = false })
	refused("no name", func() { p.claims["email"] = "a b" })
	refused("for another client", func() { p.audience = "another" })
	refused("another nonce", func() { p.claims["nonce"] = "x" })
	refused("expired", func() { p.claims["exp"] = clock.Now().Add(-time.Hour).Unix() })

	// A way back that was not begun in this browser leads nowhere.
	state := "x"
	status, _ = b.get(t, "/en/desk/signed-in?code=the-code&state="+state)
	require.Equal(t, 403, status)
	_, err = signin.New(signin.Options{Issuer: "http://provider.example", ClientID: "c", Secret: "s", Roles: map[auth.Role][]string{auth.Record: {"g"}}})
	require.ErrorContains(t, err, "https://")
	_, err = signin.New(signin.Options{Issuer: strings.Replace(p.URL, "http", "https", 1), ClientID: "c", Secret: "s", Roles: map[auth.Role][]string{"king": {"g"}}})
	require.ErrorContains(t, err, "king")
}
