package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/gate"
	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/projections"
)

func keeping(bytes int64, next http.HandlerFunc) *answers {
	s := &server{Options: Options{
		Options: v1.Options{Projection: projections.NewProjection(), Today: func() domain.Date { return domain.MustDate("2026-06-30") }}, CacheBytes: bytes}, gate: gate.New(gate.Options{})}
	return newAnswers(s, next)
}

func (a *answers) ask(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", path, nil)
	a.answer(w, r, answering{media: v1.MediaJSON, kept: true, query: r.URL.RawQuery, toll: tolls[v1.CostView]})
	return w
}

func (a *answers) held() (keys int, bytes int64) {
	g := a.generation()
	g.kept.Range(func(any, any) bool { keys++; return true })
	g.mu.Lock()
	defer g.mu.Unlock()
	return keys, g.once.bytes + g.again.bytes
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

// Who asks for much crowds out what was asked for once, and nothing that others read
// again and again.
func TestNobodyEmptiesWhatIsKept(t *testing.T) {
	var computed atomic.Int64
	a := keeping(1<<20, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.RawQuery, "read") {
			computed.Add(1)
		}
		_, _ = fmt.Fprint(w, strings.Repeat(r.URL.RawQuery, 1000))
	})
	read := func() {
		for i := range 20 {
			a.ask(fmt.Sprintf("/v1/x?read%d", i))
		}
	}
	read()
	read()
	for i := range 2000 {
		a.ask(fmt.Sprintf("/v1/x?junk=%d", i))
	}
	require.EqualValues(t, 20, computed.Load())
	read()
	require.EqualValues(t, 20, computed.Load(), "they are there still")
}

// A computation for which there is no room is refused, to all who wait for it, and
// leaves nothing behind. One whose readers have gone is not begun.
func TestRefusedAtTheGate(t *testing.T) {
	a := keeping(1<<20, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "answer") })
	a.s.gate = gate.New(gate.Options{Room: 1, Patience: 50 * time.Millisecond})
	leave, err := a.s.gate.Enter(t.Context(), "192.0.2.1:1", gate.View)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			w := a.ask("/v1/x")
			require.Equal(t, http.StatusServiceUnavailable, w.Code)
			require.Equal(t, "2", w.Header().Get("Retry-After"))
			require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
		})
	}
	all.Wait()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	a.answer(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/y", nil).WithContext(gone), answering{media: v1.MediaJSON, kept: true, toll: tolls[v1.CostView]})
	keys, _ := a.held()
	require.Zero(t, keys)
	leave()
	require.Equal(t, "answer", a.ask("/v1/x").Body.String())
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

// waiting returns how many wait for what is being computed.
func (a *answers) waiting() (n int64) {
	a.generation().kept.Range(func(_, k any) bool { n += int64(k.(*kept).waiting.Load()); return true })
	return n
}

// A computation goes on while somebody waits for it, and is given up with the last
// who does.
func TestGivenUpWithItsLastReader(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	a := keeping(1<<20, func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		w.WriteHeader(http.StatusServiceUnavailable) // as handlers answer whose context has ended
		close(ended)
	})
	var readers sync.WaitGroup
	read := func() (leave context.CancelFunc) {
		ctx, leave := context.WithCancel(t.Context())
		r := httptest.NewRequest("GET", "/v1/x", nil).WithContext(ctx)
		readers.Go(func() {
			a.answer(httptest.NewRecorder(), r, answering{media: v1.MediaJSON, kept: true, query: r.URL.RawQuery, toll: tolls[v1.CostView]})
		})
		return leave
	}
	first := read()
	<-begun
	second := read()
	require.Eventually(t, func() bool { return a.waiting() == 2 }, time.Minute, time.Millisecond)
	first()
	select {
	case <-ended:
		require.Fail(t, "one still waits for it")
	case <-time.After(50 * time.Millisecond):
	}
	second()
	<-ended
	readers.Wait()
	keys, _ := a.held()
	require.Zero(t, keys, "nothing is kept of it")
}
