package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	"depositary/api/signin"
)

const back = "https://treaties.example/en/desk/signed-in"

// house is a provider on loopback that knows one person, whose claims a test sets.
type house struct {
	*httptest.Server
	claims map[string]any
	nonce  string
	signer jose.Signer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	require.NoError(t, err)
	h, mux := &house{signer: signer}, http.NewServeMux()
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	serve := func(path string, answer func(*http.Request) any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer(r))
		})
	}
	serve("/.well-known/openid-configuration", func(*http.Request) any {
		return map[string]any{"issuer": h.URL, "authorization_endpoint": h.URL + "/authorize", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys"}
	})
	serve("/keys", func(*http.Request) any {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}}
	})
	serve("/token", func(*http.Request) any {
		all := map[string]any{"iss": h.URL, "sub": "1", "aud": "depositary", "exp": noon.Add(time.Minute).Unix(), "nonce": h.nonce}
		for name, claim := range h.claims {
			all[name] = claim
		}
		text, err := jwt.Signed(h.signer).Claims(all).Serialize()
		if err != nil {
			return map[string]any{"error": err.Error()}
		}
		return map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": text}
	})
	return h
}

var noon = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

func (h *house) provider(t *testing.T, now *time.Time, change func(*signin.Options)) *signin.Provider {
	t.Helper()
	o := signin.Options{Issuer: h.URL, ClientID: "depositary", Secret: "s", Now: func() time.Time { return *now },
		Roles: map[auth.Role][]string{auth.Record: {"treaties"}, auth.Define: {"treaties", "law"}}}
	if change != nil {
		change(&o)
	}
	p, err := signin.New(o)
	require.NoError(t, err)
	return p
}

// begin sends somebody to the house, as a browser would go.
func (h *house) begin(t *testing.T, p *signin.Provider, to string) (state string) {
	t.Helper()
	address, state, err := p.Begin(t.Context(), back, to)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	require.Equal(t, []string{"S256", state, back, "depositary"}, []string{q.Get("code_challenge_method"), q.Get("state"), q.Get("redirect_uri"), q.Get("client_id")})
	require.NotEmpty(t, q.Get("code_challenge"))
	h.nonce = q.Get("nonce")
	return state
}

// A group is enough for each role that names it; claims of other names count where
// the configuration says so, and a list may be a text of words.
func TestClaimsBecomeNameAndRoles(t *testing.T) {
	h, now := newHouse(t), noon
	h.claims = map[string]any{"email": "anna@house.example", "groups": []string{"treaties", "all"}}
	p := h.provider(t, &now, nil)
	who, to, err := p.Complete(t.Context(), h.begin(t, p, "/en/desk/record"), "code")
	require.NoError(t, err)
	require.Equal(t, "/en/desk/record", to)
	require.Equal(t, auth.Identity{Actor: "anna@house.example", Roles: []auth.Role{auth.Record, auth.Define}}, who)

	h.claims = map[string]any{"preferred_username": "bert", "roles": "law guests"}
	p = h.provider(t, &now, func(o *signin.Options) { o.NameClaim, o.RolesClaim = "preferred_username", "roles" })
	who, _, err = p.Complete(t.Context(), h.begin(t, p, ""), "code")
	require.NoError(t, err)
	require.Equal(t, auth.Identity{Actor: "bert", Roles: []auth.Role{auth.Define}}, who)
}

func TestWhoIsRefused(t *testing.T) {
	h, now := newHouse(t), noon
	p := h.provider(t, &now, nil)
	for why, claims := range map[string]map[string]any{
		"no email that can stand": {"groups": []string{"treaties"}},
		"has not verified":        {"email": "a@b.example", "email_verified": false, "groups": []string{"treaties"}},
		"none of your groups":     {"email": "a@b.example", "groups": []any{"guests", 7}},
		"not begun here":          {"email": "a@b.example", "groups": []string{"treaties"}, "nonce": "another"},
	} {
		h.claims = claims
		_, _, err := p.Complete(t.Context(), h.begin(t, p, ""), "code")
		var refused *signin.RefusedError
		require.ErrorAs(t, err, &refused, why)
		require.ErrorContains(t, err, why)
	}
}

// A state is used once, for ten minutes, and one that the depositary did not make
// leads nowhere.
func TestAStateIsUsedOnce(t *testing.T) {
	h, now := newHouse(t), noon
	h.claims = map[string]any{"email": "anna@house.example", "groups": []string{"treaties"}}
	p := h.provider(t, &now, nil)
	state := h.begin(t, p, "")
	_, _, err := p.Complete(t.Context(), state, "code")
	require.NoError(t, err)
	var refused *signin.RefusedError
	for _, again := range []string{state, "made up", ""} {
		_, _, err = p.Complete(t.Context(), again, "code")
		require.ErrorAs(t, err, &refused)
	}
	_, _, err = p.Complete(t.Context(), h.begin(t, p, ""), "")
	require.ErrorAs(t, err, &refused, "without a code")
	state = h.begin(t, p, "")
	now = now.Add(10 * time.Minute)
	_, _, err = p.Complete(t.Context(), state, "code")
	require.ErrorAs(t, err, &refused, "too late")
}

func TestWhatIsWrongWithTheOptions(t *testing.T) {
	for why, o := range map[string]signin.Options{
		"no address with https://":    {Issuer: "http://house.example", ClientID: "c", Secret: "s", Roles: map[auth.Role][]string{auth.Record: {"g"}}},
		"a client id, its secret":     {Issuer: "https://house.example", Roles: map[auth.Role][]string{auth.Record: {"g"}}},
		`"king" is no role`:           {Issuer: "https://house.example", ClientID: "c", Secret: "s", Roles: map[auth.Role][]string{"king": {"g"}}},
		"a group for at least one ro": {Issuer: "https://house.example", ClientID: "c", Secret: "s"},
	} {
		_, err := signin.New(o)
		require.ErrorContains(t, err, why)
	}
	silent := httptest.NewServer(http.NotFoundHandler())
	defer silent.Close()
	now := noon
	_, _, err := (&house{Server: silent}).provider(t, &now, nil).Begin(t.Context(), back, "")
	require.ErrorContains(t, err, "does not answer as one of OpenID Connect")
}
