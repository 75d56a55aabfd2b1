package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

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
	status  int
	header  http.Header
	body    []byte
	zipped  []byte
	etag    string // without quotes
	caching string
}

func newAnswers(s *server, next http.Handler) *answers { return &answers{s: s, next: next} }

// compressFrom is the size from which an answer is worth compressing.
const compressFrom = 1 << 10

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if (r.Method != http.MethodGet && r.Method != http.MethodHead) || !keepable(r.URL.Path) {
		a.next.ServeHTTP(w, r)
		return
	}
	media := r.Header.Get("Accept")
	g := a.generation()
	key := media + " " + r.URL.Path + "?" + r.URL.RawQuery
	value, ok := g.kept.Load(key)
	if !ok {
		value, _ = g.kept.LoadOrStore(key, new(kept))
	}
	k := value.(*kept)
	k.once.Do(func() { a.compute(k, g, key, r) })
	k.serve(w, r)
}

// keepable says whether an address shows views only.
func keepable(path string) bool {
	return strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/v1/operate/")
}

// generation gives today's answers of the current views, beginning anew where
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

// compute runs the handler into memory. Answers that are no success, or for
// which there is no room, are given once and not kept.
func (a *answers) compute(k *kept, g *generation, key string, r *http.Request) {
	inner := r.Clone(r.Context())
	inner.Method = http.MethodGet
	inner.Header.Del("If-None-Match")
	rec := &recording{header: http.Header{}, status: http.StatusOK}
	a.next.ServeHTTP(rec, inner)
	k.status, k.header, k.body = rec.status, rec.header, rec.body.Bytes()
	if k.status != http.StatusOK {
		g.kept.Delete(key)
		return
	}
	k.caching = "no-cache"
	if q := inner.URL.Query(); pinned(g, q.Get("knownAt")) && q.Get("asOf") != "" || strings.HasPrefix(r.URL.Path, "/v1/ledger/") {
		k.caching = "public, max-age=31536000, immutable"
	}
	digest := sha256.Sum256(k.body)
	k.etag = hex.EncodeToString(digest[:16])
	k.zipped = zip(k.body)
	if g.bytes.Add(int64(len(k.body)+len(k.zipped)+len(key)+512)) > a.s.CacheBytes {
		g.kept.Delete(key)
	}
}

// pinned says whether a knownAt names a moment that lies behind: more is
// recorded later, but what was known then does not change.
func pinned(g *generation, knownAt string) bool {
	p, given, err := parseKnownAt(g.views, knownAt)
	if err != nil || !given || p == 0 {
		return false
	}
	if _, err := strconv.ParseUint(knownAt, 10, 63); err == nil {
		return p <= g.views.Position
	}
	return p < g.views.Position // a later commit has been recorded after that instant
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
		if name != "X-Request-Id" {
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
	if k.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = k.zipped, `"`+k.etag+`.gz"`
		h["Content-Encoding"] = []string{"gzip"}
	}
	h["Etag"] = []string{etag}
	if matches(r.Header.Get("If-None-Match"), k.etag) {
		delete(h, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" && !strings.HasPrefix(strings.ReplaceAll(params, " ", ""), "q=0") {
			return true
		}
	}
	return false
}

// matches compares an If-None-Match with the tag of either form.
func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	if header == "*" {
		return true
	}
	for part := range strings.SplitSeq(header, ",") {
		tag := strings.Trim(strings.TrimPrefix(strings.TrimSpace(part), "W/"), `"`)
		if strings.TrimSuffix(tag, ".gz") == etag {
			return true
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
