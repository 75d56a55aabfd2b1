package api

import (
	"bytes"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"depositary/api/coding"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
)

// answers keeps what was answered to GET, with its compressed forms and strong ETags,
// for as long as the views stay the same and the day lasts. The first request
// computes; those that come meanwhile wait for it.
type answers struct {
	s       *server
	next    http.Handler
	current atomic.Pointer[generation]
}

// generation is the answers of one version of the views on one day. Those that were
// asked for once share a quarter of the room, those that were asked for again have
// the rest: nobody can crowd out what others read by asking for much.
type generation struct {
	views *projections.Views
	today domain.Date
	kept  sync.Map // key → *kept

	mu          sync.Mutex
	once, again shelf
}

// shelf is answers in the order of their use, the last used first.
type shelf struct {
	order list.List
	bytes int64
}

func (s *shelf) put(k *kept) {
	k.place = s.order.PushFront(k)
	s.bytes += k.size()
}

func (s *shelf) take(k *kept) {
	s.order.Remove(k.place)
	s.bytes -= k.size()
}

// add keeps an answer, and lets go what was used longest ago where there is no room.
func (g *generation) add(k *kept, room int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.once.put(k)
	for g.again.bytes > room-room/4 {
		k := g.again.order.Back().Value.(*kept)
		g.again.take(k)
		k.again = false
		g.once.put(k)
	}
	for g.once.bytes > room/4 && g.once.order.Len() > 0 {
		k := g.once.order.Back().Value.(*kept)
		g.once.take(k)
		k.place = nil
		g.kept.CompareAndDelete(k.key, k)
	}
}

// used notes that an answer was asked for: by whom it was computed, or again.
func (g *generation) used(k *kept, first bool) {
	if first {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case k.place == nil: // let go meanwhile
	case k.again:
		g.again.order.MoveToFront(k.place)
	default:
		g.once.take(k)
		k.again = true
		g.again.put(k)
	}
}

type kept struct {
	claimed atomic.Bool        // somebody computes it
	ready   chan struct{}      // closed when it is computed, or has failed
	waiting atomic.Int64       // clients that wait for it to be computed
	ctx     context.Context    // of the computation
	stop    context.CancelFunc // when nobody waits any more
	refused *problem.Problem   // why it was not computed
	status  int
	header  http.Header
	body    coding.Body
	etag    string // without quotes
	caching string
	key     string
	place   *list.Element // in the order of use, under the lock of the generation
	again   bool          // it was asked for more than once
}

func newKept(key string) *kept {
	k := &kept{key: key, ready: make(chan struct{})}
	k.ctx, k.stop = context.WithCancel(context.Background())
	return k
}

// size is how much memory the answer takes.
func (k *kept) size() int64 { return int64(k.body.Size() + len(k.key) + 512) }

func newAnswers(s *server, next http.Handler) *answers { return &answers{s: s, next: next} }

// answer answers from what is kept, where the answer may be kept. All else passes
// the gate.
func (a *answers) answer(w http.ResponseWriter, r *http.Request, how answering) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !how.kept {
		a.admitted(w, r, how)
		return
	}
	if how.query != r.URL.RawQuery {
		r = withQuery(r, how.query)
	}
	g := a.generation()
	key := how.media + " " + r.URL.EscapedPath() + "?" + how.query
	if how.byHost {
		key = a.s.api.Base(r) + " " + key
	}
	value, ok := g.kept.Load(key)
	if !ok {
		value, _ = g.kept.LoadOrStore(key, newKept(key))
	}
	k := value.(*kept)
	mine := k.claimed.CompareAndSwap(false, true)
	if !k.done() {
		defer k.wait(r.Context())()
	}
	if mine {
		a.compute(k, g, how, w, r)
	}
	select {
	case <-k.ready:
	case <-r.Context().Done():
		return
	}
	switch {
	case k.status == http.StatusOK:
		g.used(k, mine)
		k.serve(w, r)
	case k.refused != nil:
		refused := *k.refused // which each request completes for itself
		problem.Write(w, &refused)
	case mine:
		k.serve(w, r)
	default:
		a.admitted(w, r, how) // a failure is the answer to one request, and carries its id
	}
}

// admitted answers what is not kept.
func (a *answers) admitted(w http.ResponseWriter, r *http.Request, how answering) {
	leave, refused := a.s.enter(r.Context(), r.RemoteAddr, how.toll)
	a.s.tellRate(w.Header(), r.RemoteAddr, how.toll)
	if refused != nil {
		problem.Write(w, refused)
		return
	}
	defer leave()
	a.next.ServeHTTP(w, r)
}

func withQuery(r *http.Request, query string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.RawQuery = query
	return r
}

// done reports whether the answer is there.
func (k *kept) done() bool {
	select {
	case <-k.ready:
		return true
	default:
		return false
	}
}

// wait counts a client that waits for the answer, until it goes: when the last
// has gone the computation is stopped. What it returns ends the waiting.
func (k *kept) wait(ctx context.Context) func() {
	k.waiting.Add(1)
	left := func() {
		if k.waiting.Add(-1) == 0 {
			k.stop()
		}
	}
	stop := context.AfterFunc(ctx, left)
	return func() {
		if stop() { // also where the context has ended and left was not called yet
			left()
		}
	}
}

// generation returns today's answers of the current views, beginning anew where
// either has changed.
func (a *answers) generation() *generation {
	views, today := a.s.Projection.Current(), a.s.Today()
	for {
		g := a.current.Load()
		if g != nil && g.views == views && g.today == today {
			return g
		}
		fresh := &generation{views: views, today: today}
		if a.current.CompareAndSwap(g, fresh) {
			return fresh
		}
	}
}

// compute runs the handler into memory, when the gate admits it. Answers that are no
// success are given once and not kept.
func (a *answers) compute(k *kept, g *generation, how answering, w http.ResponseWriter, r *http.Request) {
	defer close(k.ready)
	defer k.stop()
	defer func() {
		if k.status != http.StatusOK { // also when the handler panicked
			g.kept.CompareAndDelete(k.key, k)
		}
	}()
	leave, refused := a.s.enter(k.ctx, r.RemoteAddr, how.toll)
	a.s.tellRate(w.Header(), r.RemoteAddr, how.toll)
	if refused != nil {
		k.refused, k.status = refused, refused.Status
		return
	}
	defer leave()
	inner := r.Clone(valuesOf(r.Context(), k.ctx)) // others may wait for it
	inner.Method = http.MethodGet
	inner.Header.Del("If-None-Match")
	rec := &recording{header: http.Header{problem.HeaderRequest: w.Header()[problem.HeaderRequest]}, status: http.StatusOK}
	a.next.ServeHTTP(rec, inner)
	k.header, k.body, k.status = rec.header, coding.Body{Plain: rec.body.Bytes()}, rec.status
	if k.status != http.StatusOK {
		return
	}
	k.caching = "no-cache"
	if how.lasting != nil && how.lasting(g.views, r) {
		k.caching = "public, max-age=31536000, immutable"
	}
	digest := sha256.Sum256(k.body.Plain)
	k.etag = hex.EncodeToString(digest[:16])
	if k.header.Get("Content-Type") != "image/png" { // which is compressed already
		k.body = coding.Of(k.body.Plain)
	}
	g.add(k, a.s.CacheBytes)
}

// valuesOf returns a context with the values of one, which ends as another does.
func valuesOf(values, ends context.Context) context.Context { return joint{ends, values} }

type joint struct {
	context.Context
	values context.Context
}

func (j joint) Value(key any) any {
	if v := j.Context.Value(key); v != nil {
		return v // how a context finds the one that ends it
	}
	return j.values.Value(key)
}

func (k *kept) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range k.header {
		if name != problem.HeaderRequest {
			h[name] = values
		}
	}
	if k.status != http.StatusOK {
		h.Set("Content-Length", strconv.Itoa(len(k.body.Plain)))
		w.WriteHeader(k.status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(k.body.Plain)
		}
		return
	}
	form, etag := k.body.For(r.Header.Get("Accept-Encoding")), `"`+k.etag+`"`
	h["Vary"] = []string{"Accept, Accept-Encoding"}
	h["Cache-Control"] = []string{k.caching}
	if form.Name != "" { // a strong tag belongs to one form
		etag = `"` + k.etag + "." + form.Name + `"`
		h["Content-Encoding"] = []string{form.Name}
	}
	h["Etag"] = []string{etag}
	if matches(r.Header.Values("If-None-Match"), etag) {
		delete(h, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(form.Body))}
	if r.Method != http.MethodHead {
		_, _ = w.Write(form.Body) // the client may be gone; no one is left to tell
	}
}

// matches compares an If-None-Match with the tag of the form that would be sent
// (weakly, RFC 9110, 13.1.2).
func matches(headers []string, etag string) bool {
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			if tag := strings.TrimSpace(part); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// recording is a response in memory.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recording) Header() http.Header         { return r.header }
func (r *recording) WriteHeader(status int)      { r.status = status }
func (r *recording) Write(p []byte) (int, error) { return r.body.Write(p) }
