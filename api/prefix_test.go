package api_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

var leading = regexp.MustCompile(`\s(?:href|src|action|formaction)="(/[^"]*)"`)

// Behind a proxy that serves a path of its site, every link, form, script and picture
// stays below it, whether or not the proxy takes the path away.
func TestBelowAPath(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Public = "https://example.org/treaties" })
	page := func(address string) apitest.Reply {
		return d.Ask(t, apitest.Request{Path: address, Header: map[string]string{"Accept": "text/html,image/*,*/*"}})
	}
	followed := map[string]bool{}
	for _, path := range apitest.Pages {
		reply := page("/treaties/en" + path)
		require.Equal(t, http.StatusOK, reply.Status, path)
		require.Equal(t, string(reply.Body), string(page("/en"+path).Body))
		for _, m := range leading.FindAllStringSubmatch(string(reply.Body), -1) {
			address := html.UnescapeString(m[1])
			require.True(t, strings.HasPrefix(address, "/treaties/"), "%s leads to %s", path, address)
			kind := strings.Join(strings.SplitN(address, "/", 5)[:min(4, strings.Count(address, "/")+1)], "/")
			if path != "/api" && !followed[kind] { // whose examples name what a fuller ledger holds
				followed[kind] = true
				require.Less(t, page(address).Status, 400, "%s leads to %s", path, address)
			}
		}
		if !strings.HasPrefix(path, "/figures/") {
			require.Contains(t, string(reply.Body), "https://example.org/treaties/en")
		}
		require.NotContains(t, string(reply.Body), "/treaties/treaties/en")
	}
	require.Greater(t, len(followed), 15)
	for _, m := range leading.FindAllStringSubmatch(string(page("/treaties/en/figures/map/ICMW.svg").Body), -1) {
		require.True(t, strings.HasPrefix(m[1], "/treaties/"), m[1])
	}

	require.Equal(t, "/treaties/en/", page("/treaties/").Header.Get("Location"))
	require.Equal(t, "/treaties/en/", page("/treaties").Header.Get("Location"))
	require.Equal(t, "/treaties/en/desk/login?to=%2Fen%2Fdesk", page("/treaties/en/desk").Header.Get("Location"))
	require.Equal(t, http.StatusNotFound, page("/treatiesque/en/").Status)
	again := d.Ask(t, apitest.Request{Method: "POST", Path: "/treaties/v1/treaties/ICMW/actions", Token: "record", Header: map[string]string{"Idempotency-Key": "below"},
		Body: `{"actions":[{"participant":"JPN","action":"accession","date":"2026-06-02"}]}`})
	require.Equal(t, http.StatusCreated, again.Status, "%s", again.Body)
	require.True(t, strings.HasPrefix(again.Header.Get("Location"), "/treaties/v1/ledger/"), again.Header.Get("Location"))
	require.Contains(t, string(d.Ask(t, apitest.Request{Path: "/treaties/v1/notices.atom"}).Body), `href="https://example.org/treaties/v1/notices.atom"`)
}
