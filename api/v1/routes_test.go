package v1_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	v1 "depositary/api/v1"
)

// Every route answers whatever form is asked for: in one that it has, or with a
// problem document; never with a failure or a broken connection.
func TestEveryRouteInEveryForm(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t)
	forms := []string{"", "*/*", "nonsense", v1.MediaJSON, v1.MediaCSV, v1.MediaHTML, v1.MediaText, v1.MediaNDJSON, v1.MediaAtom, v1.MediaFeed, v1.MediaICal, v1.MediaEvents,
		v1.MediaBytes, "image/png", "application/problem+json", "text/csv;q=0, application/json;q=0.5"}
	for _, r := range v1.Routes() {
		method := r.Method
		if r.ID == "followNotices" {
			method = http.MethodHead // it would not end
		}
		body := ""
		if method == http.MethodPost || method == http.MethodPut {
			body = "{}"
		}
		tokens := []string{""}
		if len(r.Roles) > 0 && r.ID != "verifyLedger" {
			tokens = append(tokens, "all")
		}
		for _, token := range tokens {
			for _, form := range forms {
				for _, query := range []string{"", "?asOf=x", "?format=csv"} {
					reply := d.Ask(t, apitest.Request{Method: method, Path: filled(r.Path) + query, Body: body, Token: token, Header: map[string]string{"Accept": form}})
					if reply.Status != http.StatusServiceUnavailable || !strings.Contains(string(reply.Body), "running server") { // this program keeps no subscriptions
						require.Less(t, reply.Status, 500, "%s %s as %q: %s", method, r.Path+query, form, reply.Body)
					}
					if reply.Status == http.StatusOK && method != http.MethodHead && !r.Own && r.Media()[0] != v1.MediaAny {
						media, _, _ := strings.Cut(reply.Header.Get("Content-Type"), ";")
						require.Contains(t, r.Media(), media, "%s as %q", r.Path+query, form)
					}
				}
			}
		}
	}
}

var inBraces = regexp.MustCompile(`{\w+}`)

// filled puts values in the place of the parameters of a path.
func filled(path string) string {
	return inBraces.ReplaceAllStringFunc(path, func(name string) string {
		switch name {
		case "{treaty}":
			return "ICMW"
		case "{participant}":
			return "DEU"
		case "{other}":
			return "MLI"
		case "{group}":
			return "OECD"
		case "{weights}":
			return "migrant-stock"
		case "{edition}":
			return "2020"
		case "{record}", "{notice}":
			return "1.1"
		}
		return "1"
	})
}

// Operations are named by a verb and what it is done to.
func TestOperationsAreNamed(t *testing.T) {
	for _, r := range v1.Routes() {
		require.Regexp(t, `^(get|list|search|rank|assume|follow|export|record|correct|annul|revoke|define|import|bring|preview|approve|reject|create|update|delete|verify|ping|rotate|enable|disable|replay|withdraw|decide|draft|issue)[A-Z]\w+$`, r.ID)
		require.NotEmpty(t, r.Media(), r.ID)
		if r.Kept {
			require.Equal(t, http.MethodGet, r.Method, r.ID)
			require.Empty(t, r.Roles, "%s: what needs a token is answered to one person alone", r.ID)
		}
		if r.Lasts == v1.WhenPinned {
			require.True(t, r.Takes("asOf") && r.Takes("knownAt"), "%s cannot be pinned", r.ID)
		}
	}
}

func TestAddress(t *testing.T) {
	require.Equal(t, "/v1/treaties/IV-13/status?asOf=2003-07-01&format=csv", v1.Address("getTreatyStatus", "treaty", "IV-13", "asOf", "2003-07-01", "format", "csv", "knownAt", ""))
	require.Equal(t, "/v1/treaties/a%2Fb", v1.Address("getTreaty", "treaty", "a/b"))
	for _, wrong := range [][]string{{"noSuchOperation"}, {"getMatrix", "treaty", "ICMW"}, {"listLedger", "asOf", "2003-07-01"}, {"getTreaty"}} {
		require.Panics(t, func() { v1.Address(wrong[0], wrong[1:]...) }, wrong)
	}
}
