package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/projections"
)

func keeping(bytes int64, next http.HandlerFunc) *answers {
	s := &server{Options: Options{
		Options: v1.Options{Projection: projections.NewProjection(), Today: func() domain.Date { return domain.MustDate("2026-06-30") }}, CacheBytes: bytes}}
	return newAnswers(s, next)
}

func (a *answers) ask(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.answer(w, httptest.NewRequest("GET", path, nil), answering{media: v1.MediaJSON, kept: true})
	return w
}

func (a *answers) held() (keys int, bytes int64) {
	g := a.generation()
	g.kept.Range(func(any, any) bool { keys++; return true })
	return keys, g.bytes.Load()
}

// Whatever is asked, what is kept is bounded; what is asked for often comes back.
func TestWhatIsKeptIsBounded(t *testing.T) {
	const limit = 1 << 20
	var computed atomic.Int64
	a := keeping(limit, func(w http.ResponseWriter, r *http.Request) {
		computed.Add(1)
		_, _ = fmt.Fprint(w, strings.Repeat(r.URL.RawQuery, 1000))
	})
	for i := range 300 {
		a.ask(fmt.Sprintf("/v1/x?junk=%d", i))
		_, bytes := a.held()
		require.LessOrEqual(t, bytes, int64(limit))
	}
	before := computed.Load()
	for range 100 {
		a.ask("/v1/x?often")
	}
	require.Equal(t, before+1, computed.Load())
}

// Failures are not kept, and leave nothing behind.
func TestFailuresAreNotKept(t *testing.T) {
	status := http.StatusNotFound
	a := keeping(1<<20, func(w http.ResponseWriter, _ *http.Request) {
		if status == 0 {
			panic("a defect")
		}
		w.WriteHeader(status)
	})
	for i := range 100 {
		require.Equal(t, http.StatusNotFound, a.ask(fmt.Sprintf("/v1/x?%d", i%3)).Code)
	}
	status = 0
	for range 2 {
		require.Panics(t, func() { a.ask("/v1/x") })
	}
	keys, bytes := a.held()
	require.Zero(t, keys)
	require.Zero(t, bytes)
	status = http.StatusOK
	require.Equal(t, http.StatusOK, a.ask("/v1/x").Code)
}

// What many ask for at once is computed once.
func TestComputedOnce(t *testing.T) {
	var computed atomic.Int64
	release := make(chan struct{})
	a := keeping(1<<20, func(w http.ResponseWriter, _ *http.Request) {
		computed.Add(1)
		<-release
		_, _ = fmt.Fprint(w, "answer")
	})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { require.Equal(t, "answer", a.ask("/v1/x").Body.String()) })
	}
	close(release)
	all.Wait()
	require.EqualValues(t, 1, computed.Load())
}
