package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"depositary/api/accept"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
)

// answers keeps what was answered to GET, with its gzip form and strong ETag,
// for as long as the views stay the same and the day lasts. The first request
// computes; those that come meanwhile wait for it.
type answers struct {
	s       *server
	next    http.Handler
	current atomic.Pointer[generation]
}

// generation is the answers of one version of the views on one day.
type generation struct {
	views *projections.Views
	today domain.Date
	bytes atomic.Int64
	kept  sync.Map // key → *kept
}

type kept struct {
	once    sync.Once
	done    atomic.Bool
	waiting atomic.Int64       // clients that wait for it to be computed
	ctx     context.Context    // of the computation
	stop    context.CancelFunc // when nobody waits any more
	status  int
	header  http.Header
	body    []byte
	zipped  []byte
	etag    string // without quotes
	caching string
}

func newKept() *kept {
	k := new(kept)
	k.ctx, k.stop = context.WithCancel(context.Background())
	return k
}

func newAnswers(s *server, next http.Handler) *answers { return &answers{s: s, next: next} }

// compressFrom is the size from which an answer is worth compressing.
const compressFrom = 1 << 10

// answer answers from what is kept, where the answer may be kept.
func (a *answers) answer(w http.ResponseWriter, r *http.Request, how answering) {
	if (r.Method != http.MethodGet && r.Method != http.MethodHead) || !how.kept {
		a.next.ServeHTTP(w, r)
		return
	}
	g := a.generation()
	key := how.media + " " + r.URL.EscapedPath() + "?" + r.URL.RawQuery
	if how.byHost {
		key = a.s.api.Base(r) + " " + key
	}
	value, ok := g.kept.Load(key)
	if !ok {
		value, _ = g.kept.LoadOrStore(key, newKept())
	}
	k, mine := value.(*kept), false
	if !k.done.Load() {
		defer k.wait(r.Context())()
	}
	k.once.Do(func() {
		mine = true
		defer k.done.Store(true)
		a.compute(k, g, key, how, w, r)
	})
	if !mine && k.status != http.StatusOK {
		a.next.ServeHTTP(w, r) // a failure is the answer to one request, and carries its id
		return
	}
	k.serve(w, r)
}

// wait counts a client that waits for the answer, until it goes: when the last
// has gone the computation is stopped. What it returns ends the waiting.
func (k *kept) wait(ctx context.Context) func() {
	k.waiting.Add(1)
	stop := context.AfterFunc(ctx, func() {
		if k.waiting.Add(-1) == 0 {
			k.stop()
		}
	})
	return func() { stop() }
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

// compute runs the handler into memory. Answers that are no success are given
// once and not kept. When there is no room, everything kept is let go: what is
// asked for again comes back, what was asked for once does not.
func (a *answers) compute(k *kept, g *generation, key string, how answering, w http.ResponseWriter, r *http.Request) {
	defer k.stop()
	inner := r.Clone(valuesOf(r.Context(), k.ctx)) // others may wait for it
	inner.Method = http.MethodGet
	inner.Header.Del("If-None-Match")
	rec := &recording{header: http.Header{problem.HeaderRequest: w.Header()[problem.HeaderRequest]}, status: http.StatusOK}
	defer func() {
		if k.status != http.StatusOK { // also when the handler panicked
			g.kept.CompareAndDelete(key, k)
		}
	}()
	a.next.ServeHTTP(rec, inner)
	k.header, k.body, k.status = rec.header, rec.body.Bytes(), rec.status
	if k.status != http.StatusOK {
		return
	}
	k.caching = "no-cache"
	if how.lasting != nil && how.lasting(g.views, r) {
		k.caching = "public, max-age=31536000, immutable"
	}
	digest := sha256.Sum256(k.body)
	k.etag = hex.EncodeToString(digest[:16])
	if k.header.Get("Content-Type") != "image/png" { // which is compressed already
		k.zipped = zip(k.body)
	}
	if g.bytes.Add(int64(cap(k.body)+cap(k.zipped)+len(key)+512)) > a.s.CacheBytes {
		a.current.CompareAndSwap(g, nil)
	}
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

func zip(body []byte) []byte {
	if len(body) < compressFrom {
		return nil
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // a buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

func (k *kept) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range k.header {
		if name != problem.HeaderRequest {
			h[name] = values
		}
	}
	if k.status != http.StatusOK {
		h.Set("Content-Length", strconv.Itoa(len(k.body)))
		w.WriteHeader(k.status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(k.body)
		}
		return
	}
	body, etag := k.body, `"`+k.etag+`"`
	h["Vary"] = []string{"Accept, Accept-Encoding"}
	h["Cache-Control"] = []string{k.caching}
	if k.zipped != nil && accept.Gzip(r.Header.Get("Accept-Encoding")) {
		body, etag = k.zipped, `"`+k.etag+`.gz"`
		h["Content-Encoding"] = []string{"gzip"}
	}
	h["Etag"] = []string{etag}
	if matches(r.Header.Values("If-None-Match"), etag) {
		delete(h, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone; no one is left to tell
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
