package api_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Other sites may show what is public: answers, feeds and figures; no page, and
// nothing of the desk.
func TestWhatOtherSitesMayShow(t *testing.T) {
	d := apitest.Open(t)
	for path, want := range map[string]string{
		"/v1/treaties": "cross-origin", "/v1/notices.atom": "cross-origin", "/en/figures/growth/ICMW.svg": "cross-origin",
		"/en/figures/growth/ICMW.png": "cross-origin", "/en/figures/growth/ICMW.html": "cross-origin",
		"/en/treaties/ICMW": "same-origin", "/en/desk/login": "same-origin", "/en/desk": "same-origin",
	} {
		require.Equal(t, want, d.Ask(t, apitest.Request{Path: path}).Header.Get("Cross-Origin-Resource-Policy"), path)
	}
}

// Behind a trusted proxy the audit log and failed logins have the client's own
// address, at the desk too; a stranger's word on it counts nothing.
func TestAddressesBehindAProxy(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		want    string
	}{
		"trusted":  {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "198.51.100.7"},
		"stranger": {nil, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := apitest.Open(t, func(o *apitest.Options) { o.Proxies = c.proxies })
			login := func(token string) int {
				r, err := http.NewRequest(http.MethodPost, d.URL+"/en/desk/login", strings.NewReader(url.Values{"token": {token}}.Encode()))
				require.NoError(t, err)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("X-Forwarded-For", "203.0.113.9, 198.51.100.7")
				answer, err := apitest.Plain.Do(r)
				require.NoError(t, err)
				require.NoError(t, answer.Body.Close())
				return answer.StatusCode
			}
			require.Equal(t, http.StatusSeeOther, login(d.Token["operate"]))
			entries := d.Ask(t, apitest.Request{Path: "/v1/audit?kind=signed-in", Token: "operate"})
			require.Contains(t, string(entries.Body), `"from":"`+c.want+`"`)

			for range 10 {
				require.Equal(t, http.StatusUnauthorized, login("dep_wrong"))
			}
			require.Equal(t, http.StatusTooManyRequests, login("dep_another"), "ten of one address are enough")
		})
	}
}
