package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

func TestNameOfADownload(t *testing.T) {
	d := apitest.Open(t)
	for path, name := range map[string]string{
		"/v1/treaties/ICMW/status?asOf=2003-07-01&format=csv": "icmw-status-2003-07-01.csv",
		"/v1/treaties?asOf=2020-01-01&format=csv":             "treaties-2020-01-01.csv",
	} {
		r := d.Must(t, http.StatusOK, apitest.Request{Path: path})
		require.Equal(t, "attachment; filename="+name, r.Header.Get("Content-Disposition"), path)
	}
	r := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/treaties"})
	require.Empty(t, r.Header.Get("Content-Disposition"), "JSON is shown, not stored")
	r = d.Ask(t, apitest.Request{Path: "/v1/treaties/NONE/status?format=csv"})
	require.Empty(t, r.Header.Get("Content-Disposition"), "a refusal is no table")
}

// Excel takes a table for UTF-8 only where it begins with a byte order mark.
func TestByteOrderMark(t *testing.T) {
	d := apitest.Open(t)
	const path = "/v1/treaties/ICMW/status?asOf=2003-07-01&format=csv"
	plain := d.Must(t, http.StatusOK, apitest.Request{Path: path})
	require.NotContains(t, string(plain.Body), "\ufeff")
	require.NotEmpty(t, plain.Header.Get("ETag"))
	for range 2 { // computed, and kept
		marked := d.Must(t, http.StatusOK, apitest.Request{Path: path + "&bom=true", Header: map[string]string{"If-None-Match": plain.Header.Get("ETag")}})
		require.Equal(t, "\ufeff"+string(plain.Body), string(marked.Body))
	}
	unmarked := d.Must(t, http.StatusOK, apitest.Request{Path: path + "&bom=false"})
	require.Equal(t, string(plain.Body), string(unmarked.Body))
	d.Must(t, http.StatusUnprocessableEntity, apitest.Request{Path: path + "&bom=perhaps"})
}

// A page of another site reads what everybody may read, and can neither send a
// token nor write.
func TestPagesOfOtherSites(t *testing.T) {
	d := apitest.Open(t)
	other := map[string]string{"Origin": "https://campaign.example"}
	r := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/treaties", Header: other})
	require.Equal(t, "*", r.Header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, strings.ToLower(r.Header.Get("Access-Control-Expose-Headers")), "etag")
	require.Empty(t, r.Header.Get("Access-Control-Allow-Credentials"))

	ask := func(method, headers string) apitest.Reply {
		return d.Ask(t, apitest.Request{Method: http.MethodOptions, Path: "/v1/notices/stream", Header: map[string]string{
			"Origin": "https://campaign.example", "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}})
	}
	require.Equal(t, "*", ask("GET", "last-event-id").Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "*", ask("GET", "if-none-match").Header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, ask("GET", "authorization").Header.Get("Access-Control-Allow-Origin"), "a token stays where it belongs")
	require.Empty(t, ask("POST", "content-type").Header.Get("Access-Control-Allow-Origin"))
}
