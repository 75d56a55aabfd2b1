package pages_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/audit"
	"depositary/api/webhooks"
)

// browser is somebody at the desk, with cookies, without scripts.
type browser struct {
	*http.Client
	d *apitest.Server
}

func atDesk(t *testing.T, d *apitest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browser{&http.Client{Jar: jar}, d}
}

func (b *browser) read(t *testing.T, response *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	return response.StatusCode, string(body)
}

func (b *browser) get(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := b.Get(b.d.URL + path)
	return b.read(t, response, err)
}

func (b *browser) post(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	response, err := b.PostForm(b.d.URL+path, form)
	return b.read(t, response, err)
}

// login goes to the desk as who the token belongs to.
func (b *browser) login(t *testing.T, token string) {
	t.Helper()
	status, text := b.post(t, "/en/desk/login", url.Values{"token": {b.d.Token[token]}})
	require.Equal(t, 200, status)
	require.Contains(t, text, "You are anna@"+token)
}

func TestDeskLogin(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	b := atDesk(t, d)
	status, text := b.get(t, "/en/desk/webhooks")
	require.Equal(t, 200, status)
	require.Contains(t, text, `type="password"`, "led to the login")
	status, text = b.post(t, "/en/desk/login", url.Values{"token": {"dep_guess"}})
	require.Equal(t, 401, status)
	require.Contains(t, text, "This token is not known.")
	require.NotContains(t, text, "dep_guess")

	status, text = b.post(t, "/en/desk/login?to=/en/desk/webhooks", url.Values{"token": {d.Token["all"]}})
	require.Equal(t, 200, status)
	require.Contains(t, text, "Subscribe an address", "led to where it was going")
	require.NotContains(t, text, d.Token["all"])
	_, text = b.post(t, "/en/desk/login?to=//elsewhere.example/en/desk/", url.Values{"token": {d.Token["all"]}})
	require.Contains(t, text, "Latest commits", "and nowhere else")

	// A form of another site changes nothing.
	request, err := http.NewRequest("POST", d.URL+"/en/desk/webhooks", strings.NewReader("url=https://x.example/"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := b.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 403, response.StatusCode)
	require.JSONEq(t, `{"webhooks":[]}`, string(d.Must(t, 200, apitest.Request{Path: "/v1/webhooks", Token: "all"}).Body))

	at, err := url.Parse(d.URL)
	require.NoError(t, err)
	old := b.Jar.Cookies(at)
	_, text = b.post(t, "/en/desk/logout", nil)
	require.Contains(t, text, `type="password"`)
	_, text = b.get(t, "/en/desk")
	require.Contains(t, text, `type="password"`)
	b.Jar.SetCookies(at, old)
	_, text = b.get(t, "/en/desk")
	require.Contains(t, text, `type="password"`, "the session has ended at the server too")
	entries, err := d.Audit.Entries(t.Context(), audit.Question{Actor: "anna@all"})
	require.NoError(t, err)
	require.Equal(t, []audit.Kind{audit.SignedOut, audit.SignedIn, audit.SignedIn}, []audit.Kind{entries[0].Kind, entries[1].Kind, entries[2].Kind})
	require.Equal(t, "127.0.0.1", entries[0].From)

	// Over a network without TLS no token is taken.
	request, err = http.NewRequest("POST", d.URL+"/en/desk/login", strings.NewReader("token="+d.Token["all"]))
	require.NoError(t, err)
	request.Host = "depositary.example"
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "http://depositary.example")
	response, err = b.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 403, response.StatusCode)
	require.Empty(t, response.Cookies())
	request.Header.Set("Origin", "https://depositary.example")
	request.Body = io.NopCloser(strings.NewReader("token=" + d.Token["all"]))
	response, err = apitest.Plain.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Len(t, response.Cookies(), 1)
	require.True(t, response.Cookies()[0].Secure)

	// Another role is told which it needs; a token that is revoked ends the session.
	b.login(t, "record")
	status, text = b.get(t, "/en/desk/webhooks")
	require.Equal(t, 403, status)
	require.Contains(t, text, "subscribe")
	all, err := d.Tokens().List()
	require.NoError(t, err)
	for _, token := range all {
		if token.Actor == "anna@record" {
			require.NoError(t, d.Tokens().Revoke(token.ID))
		}
	}
	_, text = b.get(t, "/en/desk")
	require.Contains(t, text, `type="password"`)
}

// A subscriber registers an endpoint at the desk and sees its deliveries.
func TestDeskWebhooks(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	b := atDesk(t, d)
	b.login(t, "all")
	status, text := b.post(t, "/en/desk/webhooks", url.Values{"url": {"ftp://x.example/"}, "note": {`"><b>mine`}})
	require.Equal(t, 422, status)
	require.Contains(t, text, "https")
	require.Contains(t, text, `value="&#34;&gt;&lt;b&gt;mine"`, "what was typed is kept")
	status, text = b.post(t, "/en/desk/webhooks", url.Values{"url": {"https://x.example/"}, "treaty": {"NOPE"}})
	require.Equal(t, 422, status)
	require.Contains(t, text, "NOPE")

	r := apitest.NewReceiver(t)
	status, text = b.post(t, "/en/desk/webhooks", url.Values{"url": {r.URL + "/hook"}, "treaty": {"ICMW"}, "order": {"ordered"}, "scheme": {"v1"}})
	require.Equal(t, 200, status)
	secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=&#;]+`).FindString(text)
	secret = strings.NewReplacer("&#43;", "+", "&#61;", "=").Replace(secret)
	require.NotEmpty(t, secret)
	r.SetSecret(secret, d.Clock)
	id := regexp.MustCompile(`/desk/webhooks/([0-9a-f-]{36})/verify`).FindStringSubmatch(text)[1]
	address := "/en/desk/webhooks/" + id
	_, text = b.get(t, address)
	require.NotContains(t, text, "whsec_", "shown once")
	require.Contains(t, text, "has not answered the challenge")
	status, text = b.post(t, address+"/ping", nil)
	require.Equal(t, 409, status, "%s", text)
	_, text = b.post(t, address+"/verify", nil)
	require.Contains(t, text, "The address has answered the challenge.")

	d.Accede(t, "DEU", "2026-06-29", "")
	var s webhooks.Subscription
	d.Must(t, 200, apitest.Request{Path: "/v1/webhooks/" + id, Token: "all"}).Into(t, &s)
	d.Delivered(t, r, s)
	require.Eventually(t, func() bool {
		_, text = b.get(t, address)
		return strings.Count(text, ">taken") >= 1+len(r.Once())
	}, 2*time.Minute, 20*time.Millisecond, "the challenge and each notice")
	_, text = b.post(t, address+"/replay", url.Values{"after": {"74"}})
	require.Contains(t, text, "notices were sent again")
	status, text = b.post(t, address+"/replay", url.Values{"after": {"x"}})
	require.Equal(t, 422, status)
	require.Contains(t, text, "812.1")
	_, text = b.post(t, address+"/rotate", nil)
	require.Contains(t, text, "whsec_")
	_, text = b.post(t, address+"/disable", nil)
	require.Contains(t, text, "disabled by anna@all")
	_, text = b.post(t, address+"/enable", nil)
	require.Contains(t, text, "It goes on from where it stopped.")
	_, text = b.post(t, address+"/delete", nil)
	require.Contains(t, text, "No subscriptions yet.")
	status, _ = b.get(t, address)
	require.Equal(t, 404, status)
	status, _ = b.post(t, address+"/explode", nil)
	require.Equal(t, 404, status)
}
