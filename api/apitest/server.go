// Package apitest opens everything that is served, for tests of the API, the
// pages and the desk: a ledger and buckets in memory, a store in a folder of
// the test, views, recorder, subscriptions and tokens, without NATS and with
// one clock for all of them.
//
// A server begins on 30 June 2026 with a ledger of 74 commits, which an earlier
// release made of the catalogue that it bundled. Every answer that a Client gets is compared with what
// the API says of itself in /openapi.json.
package apitest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/stretchr/testify/require"

	"depositary/api"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/feeds"
	"depositary/api/gate"
	"depositary/api/signin"
	v1 "depositary/api/v1"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/publiclog"
	"depositary/eventstore/recorder"
	"depositary/eventstore/storetest"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options of a server. The zero value is that of Open without a change.
type Options struct {
	Clock    *Clock // noon of 30 June 2026, which stands still, where nil
	Empty    bool   // without any commit
	Bundled  bool   // with the bundled catalogue of today
	Public   string // public base address
	Rate     float64
	Burst    int
	Gate     gate.Options
	Proxies  []netip.Prefix // whose word on the address of a client is trusted
	Streams  feeds.StreamLimits
	FourEyes bool
	Webhooks bool // deliver to receivers on loopback, see Webhooks
	Logger   *slog.Logger
	SignIn   *signin.Provider
}

// Server is an open server with a token of each kind.
type Server struct {
	*Client
	Projection *projections.Projection
	Store      *boltstore.Store
	Ledger     *storetest.MemoryLedger
	Commands   *commands.Secretariat
	Audit      *audit.Log
	Proposals  *storetest.MemoryBucket
	Documents  *storetest.MemoryBucket

	recorder *recorder.Recorder
	notices  *notices.Source
	tokens   *auth.File
	handler  http.Handler
	end      func() // of the streams
	mu       sync.Mutex
	failing  []v1.Fault
}

// Webhooks is an option: the server delivers to receivers on loopback, soon
// again where they fail, and its clock runs.
func Webhooks(o *Options) { o.Webhooks = true }

// Bundled is an option: the server begins with the bundled catalogue of today.
func Bundled(o *Options) { o.Bundled = true }

// Open starts a server that ends with the test. The test runs beside others.
func Open(t *testing.T, change ...func(*Options)) *Server {
	t.Helper()
	t.Parallel()
	return open(t, change...)
}

// SkipWalk skips a walk over all routes, pages or treaties with -short: the quick
// tests, also those under the race detector, ask of each kind once elsewhere.
func SkipWalk(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a walk over everything is not quick")
	}
}

func open(t testing.TB, change ...func(*Options)) *Server {
	t.Helper()
	o := Options{Clock: NewClock(Today), Logger: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	s := &Server{Projection: projections.NewProjection(), tokens: auth.Open(filepath.Join(t.TempDir(), "tokens.json"), o.Clock.Now)}
	s.Ledger = storetest.NewLedger(begins(t, o)...)
	s.openCopies(t)
	s.recorder = recorder.New(recorder.Options{Signer: storetest.Signer("apitest"), Ledger: s.Ledger, Store: s.Store, Projection: s.Projection, Now: o.Clock.Now, MaxCommit: maxCommit, Patience: time.Minute})
	t.Cleanup(s.recorder.Close)
	s.notices = notices.NewSource(s.Projection, s.Store, v1.LinksOf)
	s.Audit = audit.New(storetest.NewBucket(), o.Clock.Now)
	s.Proposals, s.Documents = storetest.NewBucket(), storetest.NewBucket()
	s.Commands = commands.New(commands.Options{Projection: s.Projection, Recorder: s.recorder, Notices: s.notices, Documents: s.Documents, Proposals: s.Proposals, Tokens: s.tokens, Audit: s.Audit,
		FourEyes: o.FourEyes, Now: o.Clock.Now, Logger: o.Logger})
	s.serve(t, o)
	if !o.Empty {
		require.NoError(t, s.beginDay(t.Context(), o.Clock))
	}
	s.Client = Connect(t, s.handler, s.tokens, o.Clock, s.Position)
	return s
}

// maxCommit is the size in bytes of the largest commit: that of the embedded
// server of a node.
const maxCommit = 8<<20 - 512

// openCopies opens the store and waits until it and the views are at the end of
// the ledger.
func (s *Server) openCopies(t testing.TB) {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	s.Store = store
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	follower := &projections.Follower{Ledger: s.Ledger, Store: store, Keys: eventstore.NewKeyring(codec.KeyChanges), Projection: s.Projection}
	following.Go(func() { _ = follower.Run(ctx) })
	t.Cleanup(func() { stop(); following.Wait() })
	last, err := s.Ledger.Last(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.Projection.Await(t.Context(), last))
}

func (s *Server) serve(t testing.TB, o Options) {
	t.Helper()
	metrics, stopping := prometheus.NewRegistry(), make(chan struct{})
	metrics.MustRegister(collectors.NewGoCollector())
	s.end = sync.OnceFunc(func() { close(stopping) })
	t.Cleanup(s.end)
	log, err := publiclog.New(s.Store, bytes.Repeat([]byte{7}, 32), o.Public)
	require.NoError(t, err)
	var hooks *webhooks.Service
	if o.Webhooks {
		hooks = s.deliver(t, o, metrics)
	}
	s.handler = api.New(api.Options{RatePerSecond: o.Rate, Burst: o.Burst, Gate: o.Gate, Proxies: o.Proxies, Options: v1.Options{
		Projection: s.Projection, Ledger: projections.NewLedger(s.Store), Log: log, Notices: s.notices, Webhooks: hooks, Secretariat: s.Commands, Tokens: s.tokens, Audit: s.Audit, SignIn: o.SignIn,
		Today: func() domain.Date { return domain.DateOf(o.Clock.Now()) }, Now: o.Clock.Now, Verify: s.Verify, Backup: s.Store.Backup, Faults: s.faults,
		Lag: func() uint64 { return 0 }, Version: "test", Logger: o.Logger, Metrics: metrics,
		Public: o.Public, Streams: o.Streams, Stopping: stopping,
	}})
}

// deliver starts subscriptions that are delivered until the test ends.
func (s *Server) deliver(t testing.TB, o Options, metrics *prometheus.Registry) *webhooks.Service {
	t.Helper()
	key, err := webhooks.LoadOrCreateKey(filepath.Join(t.TempDir(), "webhook.key"))
	require.NoError(t, err)
	o.Clock.Run()
	service := webhooks.New(webhooks.Options{
		Notices: s.notices, Views: s.Projection, Subscriptions: storetest.NewBucket(), Deliveries: storetest.NewJournal(),
		Cursors: s.cursors(t), Key: key, Public: o.Public, Version: "test", AllowHTTP: true, AllowedPrefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Waits: slices.Repeat([]time.Duration{20 * time.Millisecond}, 30), Lease: 600 * time.Millisecond, Now: o.Clock.Now, Metrics: metrics, Logger: o.Logger,
	})
	ended := make(chan error, 1)
	go func() { ended <- service.Run(context.Background()) }()
	t.Cleanup(func() {
		require.NoError(t, service.Close())
		require.NoError(t, <-ended)
	})
	return service
}

// cursors returns cursors that move on with the ledger.
func (s *Server) cursors(t testing.TB) *storetest.MemoryCursors {
	t.Helper()
	cursors := storetest.NewCursors(func() eventstore.Position { p, _ := s.Ledger.Last(context.Background()); return p })
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() {
		_ = s.Ledger.Follow(ctx, 0, func(commits []eventstore.Commit) error {
			cursors.Advance(commits[len(commits)-1].Position)
			return nil
		})
	})
	t.Cleanup(func() { stop(); following.Wait() })
	return cursors
}

func (s *Server) faults() []v1.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failing
}

// Fail states what the server cannot do from now on.
func (s *Server) Fail(faults ...v1.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = faults
}

// Handler returns what is served.
func (s *Server) Handler() http.Handler { return s.handler }

// Position returns the position of the views.
func (s *Server) Position() eventstore.Position { return s.Projection.Current().Position }

// Views returns the views as they are now.
func (s *Server) Views() *projections.Views { return s.Projection.Current() }

// Recorder returns the way to the ledger.
func (s *Server) Recorder() *recorder.Recorder { return s.recorder }

// Notices returns the notices of what is recorded.
func (s *Server) Notices() *notices.Source { return s.notices }

// Tokens returns the file of tokens.
func (s *Server) Tokens() *auth.File { return s.tokens }

// EndStreams ends the streams of those who follow notices.
func (s *Server) EndStreams() { s.end() }

// Backup writes a copy of the store.
func (s *Server) Backup(w io.Writer) (int64, error) { return s.Store.Backup(w) }

// Verify checks chain, indexes, views and ledger.
func (s *Server) Verify(ctx context.Context) (eventstore.Verification, error) {
	return eventstore.Verify(ctx, s.Ledger, s.Store, eventstore.NewKeyring(codec.KeyChanges), s.Projection.Rebuild(), nil)
}

// BeginDay records that the day of the clock begins, unless it has begun.
func (s *Server) BeginDay(ctx context.Context) error { return s.beginDay(ctx, s.Clock) }

func (s *Server) beginDay(ctx context.Context, clock *Clock) error {
	today := domain.DateOf(clock.Now())
	if last, begun := s.Views().State.DayAt(domain.Everything()); begun && !today.After(last) {
		return nil
	}
	_, err := s.recorder.Record(ctx, recorder.Request{ID: "day:" + today.String(), Actor: "calendar", Command: &domain.BeginDay{Day: today}})
	return err
}
