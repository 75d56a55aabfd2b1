package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Metrics are for this machine and for those who operate, also behind a proxy.
func TestMetricsAreGuarded(t *testing.T) {
	d := apitest.Open(t)
	for _, c := range []struct {
		from, forwarded, token string
		status                 int
	}{
		{"127.0.0.1:1", "", "", 200}, {"[::1]:1", "", "", 200}, {"127.0.0.1:1", "192.0.2.1", "", 401}, {"192.0.2.1:1", "", "", 401},
		{"192.0.2.1:1", "", "record", 403}, {"192.0.2.1:1", "", "operate", 200},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+d.Token[c.token])
		}
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		require.Equal(t, c.status, w.Code, "%+v", c)
	}
}

// Behind https browsers are told to stay with it.
func TestStrictTransport(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Public = "https://depositary.example" })
	require.Equal(t, "max-age=31536000", d.Must(t, 200, apitest.Request{Path: "/v1/groups"}).Header.Get("Strict-Transport-Security"))
}
