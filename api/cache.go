package api

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"depositary/api/problem"
	v1 "depositary/api/v1"
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
	if (r.Method != http.MethodGet && r.Method != http.MethodHead) || !a.s.keepable(r.URL.Path) {
		a.next.ServeHTTP(w, r)
		return
	}
	media := r.Header.Get("Accept") // settled by negotiated; of pages the same for all
	g := a.generation()
	key := media + " " + r.URL.EscapedPath() + "?" + r.URL.RawQuery
	if a.s.containsAddress(r.URL.Path) {
		key = a.s.api.Base(r) + " " + key
	}
	value, ok := g.kept.Load(key)
	if !ok {
		value, _ = g.kept.LoadOrStore(key, new(kept))
	}
	k, mine := value.(*kept), false
	k.once.Do(func() {
		mine = true
		a.compute(k, g, key, w, r)
	})
	if !mine && k.status != http.StatusOK {
		a.next.ServeHTTP(w, r) // a failure is the answer to one request, and has its id
		return
	}
	k.serve(w, r)
}

// keepable reports whether an address shows views only, and not the whole ledger.
func (s *server) keepable(path string) bool {
	if s.pages.Owns(path) {
		return s.pages.Keepable(path)
	}
	kept := strings.HasPrefix(path, "/v1/") && path != "/v1/export" && path != v1.StreamPath
	for _, other := range []string{"/v1/operate/", v1.WebhooksPath, v1.ProposalsPath, v1.DocumentsPath} {
		kept = kept && !strings.HasPrefix(path, other)
	}
	return kept
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
func (a *answers) compute(k *kept, g *generation, key string, w http.ResponseWriter, r *http.Request) {
	inner := r.Clone(context.WithoutCancel(r.Context())) // others may wait for it
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
	if a.settled(g, r) {
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

// settled reports whether an answer can never change: that of a commit, and that
// of a question that names its day, a moment that lies behind, and every
// participant by its id. (The names of participants are found as they are held
// now; the names of treaties are never given to another.)
func (a *answers) settled(g *generation, r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/v1/ledger/") {
		return true
	}
	if s := a.s; s.pages.Owns(r.URL.Path) {
		return false // another version of the program shows it in another way
	}
	q := r.URL.Query()
	if r.URL.Path == v1.ChangesPath {
		return settledChanges(g, q)
	}
	if q.Get("asOf") == "" || !pinned(g, q.Get("knownAt")) {
		return false
	}
	for _, participants := range participantsNamed(r) {
		if !held(g, participants) {
			return false
		}
	}
	return true
}

// participantsNamed returns the texts by which a question names participants,
// some of them with commas between several.
func participantsNamed(r *http.Request) []string {
	q := r.URL.Query()
	named := append(q["participant"], q["ratify"]...)
	if _, rest, ok := strings.Cut(r.URL.Path, "/relations/"); ok {
		return append(named, strings.Split(rest, "/")...)
	}
	if _, rest, ok := strings.Cut(r.URL.Path, "/participants/"); ok {
		participant, _, _ := strings.Cut(rest, "/")
		named = append(named, participant)
	}
	return named
}

// held reports whether participants, with commas between them, are named by their
// ids. Nobody is named by nothing.
func held(g *generation, participants string) bool {
	for id := range strings.SplitSeq(participants, ",") {
		if _, ok := g.views.State.Participant(domain.ParticipantID(strings.TrimSpace(id)), 0); !ok && id != "" {
			return false
		}
	}
	return true
}

// settledChanges reports whether both sides of a comparison are of days that the
// question names, and of moments that lie behind.
func settledChanges(g *generation, q url.Values) bool {
	side := func(name string) string { return cmp.Or(q.Get(name), q.Get("knownAt")) }
	return q.Get("from") != "" && q.Get("to") != "" && pinned(g, side("fromKnownAt")) && pinned(g, side("toKnownAt")) && held(g, q.Get("participant"))
}

// pinned reports whether a knownAt names a moment that lies behind: more is
// recorded later, but what was known then does not change.
func pinned(g *generation, knownAt string) bool {
	p, given, err := g.views.ParseKnownAt(knownAt)
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
	if k.zipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
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

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return weight(params) > 0
		}
	}
	return false
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

// containsAddress reports whether an answer contains the address at which it was asked
// for, so that others may not get it.
func (s *server) containsAddress(path string) bool {
	_, document := ownForms[path]
	return (document || s.pages.Owns(path)) && s.Public == ""
}
