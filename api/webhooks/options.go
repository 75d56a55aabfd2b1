package webhooks

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/notices"
)

// Source is where notices come from; notices.Source is one.
type Source interface {
	At(p eventstore.Position) ([]notices.Notice, error)
	Matching(f notices.NoticeFilter, p eventstore.Position) ([]notices.Notice, error)
	Page(ctx context.Context, f notices.NoticeFilter, after notices.ID, limit int) (page []notices.Notice, through notices.ID, more bool, err error)
	Before(ctx context.Context, f notices.NoticeFilter, id notices.ID, floor eventstore.Position) (before notices.Notice, found bool, err error)
}

// Views says how far this node sees; projections.Projection does.
type Views interface {
	Current() *projections.Views
	Await(ctx context.Context, p eventstore.Position) error
}

// Options of a Service. The first seven are required; of the others the zero
// value is what its comment says.
type Options struct {
	Notices       Source
	Views         Views
	Subscriptions eventstore.Bucket // shared by the nodes, as are the next two
	Cursors       eventstore.Cursors
	Deliveries    eventstore.Journal
	Key           Key    // seals the secrets; the same on all nodes
	Public        string // base address of the server, the source of the messages; "/" when empty

	Version         string                // in User-Agent; "dev"
	AllowHTTP       bool                  // also addresses without TLS
	AllowedPrefixes []netip.Prefix        // addresses that are called although they are no public ones
	Most            int                   // subscriptions; 10,000
	Waits           []time.Duration       // between the attempts at one notice; Schedule
	Lease           time.Duration         // of a commit in a node's hands, held anew every third of it: after a stop another node, or this one, goes on when it is over; 15 s
	RootCAs         *x509.CertPool        // who vouches for receivers; those of the system
	Resolver        *net.Resolver         // looks up receivers; that of the system
	Transport       http.RoundTripper     // in place of all that is above about connections, for tests
	Now             func() time.Time      // the clock; time.Now
	Metrics         prometheus.Registerer // nil: metrics are not registered
	Logger          *slog.Logger          // nil: nothing is logged
}

func (o Options) withDefaults() Options {
	if o.Public == "" {
		o.Public = "/"
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Lease == 0 {
		o.Lease = defaultLease
	}
	if o.Waits == nil {
		o.Waits = Schedule
	}
	if o.Most == 0 {
		o.Most = 10_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service keeps subscriptions and tells them of notices. The operations are
// for any node at any time; Run is what makes this node deliver. Safe for
// concurrent use.
type Service struct {
	Options
	guard   *guard
	sender  *sender
	metrics *metrics

	mu      sync.Mutex
	workers map[string]*worker       // of the active subscriptions, while Run runs
	rates   map[string]*rate.Limiter // of the subscriptions this node has called
	running context.Context          // of Run; nil before and after it
	stop    context.CancelFunc
	ended   chan struct{} // closed when Run has returned
	closed  bool
	team    sync.WaitGroup // workers
}

// New returns a service that delivers nothing before Run.
func New(o Options) *Service {
	o = o.withDefaults()
	g := newGuard(o.AllowedPrefixes)
	return &Service{Options: o, guard: g, sender: newSender(o, g), metrics: newMetrics(o.Metrics),
		workers: make(map[string]*worker), rates: make(map[string]*rate.Limiter)}
}

// Run delivers to all active subscriptions, sharing the work with the other
// nodes that run, until ctx ends or Close is called. It returns when the last
// request of this node has ended and what is not done is given back.
func (s *Service) Run(ctx context.Context) error {
	ctx, ended := s.begin(ctx)
	if ctx == nil {
		return nil
	}
	defer ended()
	list := newWatched(s)
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		err := s.Subscriptions.Watch(ctx, "sub", list.saw)
		if ctx.Err() != nil {
			return nil
		}
		s.Logger.Warn("webhooks: watching the subscriptions is interrupted", "cause", err)
		list = newWatched(s)
		if pause(ctx, wait) != nil {
			return nil
		}
	}
}

// begin marks the service as running; the context is nil where it was closed
// or runs already.
func (s *Service) begin(ctx context.Context) (context.Context, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.running != nil {
		return nil, nil
	}
	s.running, s.stop = context.WithCancel(ctx)
	s.ended = make(chan struct{})
	return s.running, s.end
}

func (s *Service) end() {
	s.mu.Lock()
	s.stop()
	s.running = nil
	s.mu.Unlock()
	s.team.Wait()
	close(s.ended)
}

// Close ends Run, waits for it and lets go of the connections.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	stop, ended := s.stop, s.ended
	s.mu.Unlock()
	if stop != nil {
		stop()
		<-ended
	}
	s.sender.close()
	return nil
}

// rate returns the pace of a subscription on this node, for all that is sent to it.
func (s *Service) rate(r *record) *rate.Limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.rates[r.ID]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(r.Rate), 1)
		s.rates[r.ID] = l
	}
	if l.Limit() != rate.Limit(r.Rate) {
		l.SetLimit(rate.Limit(r.Rate))
	}
	return l
}

// Pauses between tries at what the shared stores refuse for the moment.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// pause waits; it returns an error when ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// insist repeats what the shared stores refuse, until it is done or ctx ends;
// the error is that of ctx. Nothing can be delivered without them, and a
// delivery that goes on without having been noted would not be seen.
func (s *Service) insist(ctx context.Context, what, id string, fn func() error) error {
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		err := fn()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.Logger.Warn("webhooks: "+what+" is tried again", "subscription", id, "cause", err)
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}
