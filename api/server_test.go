package api_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"depositary/api/apitest"

	"github.com/stretchr/testify/require"
)

// The rate of an address counts what is computed for it, by its cost. What is kept is
// answered beyond it, and those who watch the node are never turned away.
func TestRateLimit(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Rate, o.Burst = 0.001, 20 })
	limited := func(path string) bool {
		r := d.Ask(t, apitest.Request{Path: path})
		if r.Status != http.StatusTooManyRequests {
			return false
		}
		require.Equal(t, "1", r.Header.Get("Retry-After"))
		require.Equal(t, "urn:depositary:rate", r.Problem(t).Type)
		return true
	}
	answered := func(path string) (n int) {
		for i := range 30 {
			if !limited(fmt.Sprintf("%s?asOf=2003-07-%02d", path, i+1)) {
				n++
			}
		}
		return n
	}
	require.Equal(t, 2, answered("/v1/treaties/IV-13/what-if"), "what is dear counts eight")
	require.Equal(t, 4, answered("/v1/treaties"), "and the rest of twenty")
	require.False(t, limited("/v1/treaties?asOf=2003-07-01"), "it is kept")
	require.False(t, limited("/readyz"))
	require.True(t, limited("/en/ledger"))
}

// What is computed says how much of the bound is left; what is kept costs nothing.
func TestRateLimitHeaders(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Rate, o.Burst = 2, 20 })
	ask := func(path string) http.Header { return d.Ask(t, apitest.Request{Path: path}).Header }
	first := ask("/v1/treaties")
	require.Equal(t, `"address";q=20;w=10`, first.Get("RateLimit-Policy"))
	require.Equal(t, `"address";r=19;t=1`, first.Get("RateLimit"))
	require.Equal(t, `"address";r=11;t=5`, ask("/v1/treaties/ICMW/what-if?ratify=DEU").Get("RateLimit"), "a what-if counts eight")
	require.Empty(t, ask("/v1/treaties").Values("RateLimit"))
	require.Empty(t, ask("/healthz").Values("RateLimit"))
}

// logged keeps what is logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A defect has one clean answer, the log has its cause, and the next request
// is answered. Where the views are computed, those who wait are not left alone.
func TestDefectInAHandler(t *testing.T) {
	var log logged
	d := apitest.Open(t, func(o *apitest.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, after := range []int{0, 1} { // before the answer is looked for, and while it is computed
		path := fmt.Sprintf("/v1/treaties/IV-13/status?asOf=200%d-01-01", after)
		d.Clock.FailAfter(after)
		r := d.Ask(t, apitest.Request{Path: path})
		require.Equal(t, http.StatusInternalServerError, r.Status)
		p := r.Problem(t)
		require.Equal(t, "urn:depositary:internal", p.Type)
		require.Contains(t, log.String(), p.Instance)
		require.Contains(t, log.String(), "the clock stands still")
		d.Clock.FailAfter(-1)
		d.Must(t, 200, apitest.Request{Path: path + "&format=json"})
		d.Must(t, 200, apitest.Request{Path: path})
	}
	d.Accede(t, "DEU", "2026-01-14", "x")
}
