package feeds

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/problem"
	"depositary/projections/notices"
)

// Notices as they come: server-sent events (HTML, 9.2). A reader is a goroutine
// with a cursor on the notices, and nothing else: its notices come from the
// ledger, so nothing waits for it, and it goes on at any id, also on another
// node. One channel that is closed wakes all readers, one timer beats for all.

// StreamLimits are the limits of readers that follow notices as they come.
type StreamLimits struct {
	Readers int           // at a time; 20,000 where 0
	Each    int           // of one address; 100 where 0
	Write   time.Duration // how long a reader may take for one write, before it is cut off; 10 s where 0
	Beat    time.Duration // between signs of life; 15 s where 0
}

// StreamOptions is what streams are made of. All are required but limits and Stopping.
type StreamOptions struct {
	StreamLimits
	Notices  *notices.Source
	Changed  func() <-chan struct{}      // a channel that is closed when the ledger goes on
	Stopping <-chan struct{}             // closed when the node begins to stop: streams end; nil: never
	HostOf   func(address string) string // what counts as one address
	Logger   *slog.Logger
	Metrics  prometheus.Registerer
}

const (
	streamPage  = 100 // notices that are read for one reader at a time
	streamRetry = 3 * time.Second
	streamBusy  = "30" // seconds after which one that was turned away may come again
	maxWritten  = 512  // events that are kept for readers that ask for the same
)

// Streams is what all readers have in common. It is safe for concurrent use.
type Streams struct {
	StreamOptions
	pulse *pulse

	mu      sync.Mutex
	readers int
	from    map[string]int        // readers of each address
	written map[notices.ID][]byte // events that were sent last: a notice never changes
}

// NewStreams returns streams that no one follows yet.
func NewStreams(o StreamOptions) *Streams {
	s := &Streams{StreamOptions: o, written: make(map[notices.ID][]byte), from: make(map[string]int)}
	s.Readers, s.Each = cmp.Or(s.Readers, 20_000), cmp.Or(s.Each, 100)
	s.Write, s.Beat = cmp.Or(s.Write, 10*time.Second), cmp.Or(s.Beat, 15*time.Second)
	s.pulse = &pulse{every: s.Beat, beat: make(chan struct{})}
	o.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "depositary_stream_readers", Help: "Readers that follow notices as they come."},
		func() float64 { return float64(s.following()) }))
	return s
}

// Follow admits a reader behind an id and returns what serves it until it goes;
// that must be called. It returns a *problem.Problem where there are too many readers.
func (s *Streams) Follow(f notices.NoticeFilter, after notices.ID) (serve func(http.ResponseWriter, *http.Request), err error) {
	if !s.join() {
		p := problem.New(http.StatusServiceUnavailable, "unavailable", fmt.Sprintf("%d readers follow the notices already", s.Readers))
		p.RetryAfter = streamBusy
		return nil, p
	}
	return func(w http.ResponseWriter, r *http.Request) {
		defer s.leave()
		address := s.HostOf(r.RemoteAddr)
		if !s.joinFrom(address) {
			p := problem.New(http.StatusServiceUnavailable, "unavailable", fmt.Sprintf("%d readers follow the notices from this address already", s.Each))
			p.RetryAfter = streamBusy
			problem.Write(w, p)
			return
		}
		defer s.leaveFrom(address)
		(&reader{Streams: s, filter: f, cursor: after, w: w, conn: http.NewResponseController(w)}).serve(r)
	}, nil
}

func (s *Streams) following() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readers
}

// join admits a reader, or says that there are too many.
func (s *Streams) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers >= s.Readers {
		return false
	}
	s.readers++
	s.pulse.run(s.readers > 0)
	return true
}

// joinFrom admits a reader from an address, or says that it has too many.
func (s *Streams) joinFrom(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from[address] >= s.Each {
		return false
	}
	s.from[address]++
	return true
}

func (s *Streams) leaveFrom(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from[address]--; s.from[address] == 0 {
		delete(s.from, address)
	}
}

func (s *Streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers--
	s.pulse.run(s.readers > 0)
}

// event returns a notice as an event, written once for all readers.
func (s *Streams) event(n notices.Notice) ([]byte, error) {
	s.mu.Lock()
	event, ok := s.written[n.ID]
	s.mu.Unlock()
	if ok {
		return event, nil
	}
	data, err := json.Marshal(n) // on one line
	if err != nil {
		return nil, err
	}
	event = fmt.Appendf(nil, "id: %s\nevent: %s\ndata: %s\n\n", n.ID, n.Kind, data)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.written) == maxWritten {
		clear(s.written)
	}
	s.written[n.ID] = event
	return event, nil
}

// pulse beats for all readers at once, as long as there is one.
type pulse struct {
	every time.Duration

	mu      sync.Mutex
	running bool
	timer   *time.Timer
	beat    chan struct{} // closed at the next beat
}

func (p *pulse) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.beat
}

func (p *pulse) run(running bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case running == p.running:
		return
	case running:
		p.timer = time.AfterFunc(p.every, p.strike)
	default:
		p.timer.Stop()
	}
	p.running = running
}

func (p *pulse) strike() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running {
		return
	}
	close(p.beat)
	p.beat = make(chan struct{})
	p.timer.Reset(p.every)
}

// reader is one who follows notices: where it is, and the way to it.
type reader struct {
	*Streams
	filter notices.NoticeFilter
	cursor notices.ID // everything up to it was looked at
	told   notices.ID // the id that the reader holds
	w      http.ResponseWriter
	conn   *http.ResponseController
}

// serve tells what comes until the reader goes, does not take it, or the node
// stops.
func (r *reader) serve(request *http.Request) {
	_ = r.conn.SetReadDeadline(time.Time{}) // nothing more is read; a limit of reading would end the request
	h := r.w.Header()
	h.Set("Content-Type", MediaEvents)
	h.Set("X-Accel-Buffering", "no") // proxies must not gather events
	if request.Method == http.MethodHead {
		return
	}
	ctx := request.Context()
	err := r.send(fmt.Appendf(nil, "retry: %d\n", streamRetry.Milliseconds()))
	if err == nil {
		err = r.progress()
	}
	for err == nil {
		changed := r.Changed()
		if err = r.catchUp(ctx); err == nil {
			err = r.await(ctx, changed)
		}
	}
	if !errors.Is(err, errStreamEnds) && ctx.Err() == nil {
		r.Logger.Debug("a reader of notices was cut off", "after", r.told, "cause", err)
	}
}

// errStreamEnds is no fault: the reader has gone, or the node stops.
var errStreamEnds = errors.New("the stream ends")

// catchUp tells what there is behind the cursor, page by page.
func (r *reader) catchUp(ctx context.Context) error {
	for more := true; more; {
		page, through, goesOn, err := r.Notices.Page(ctx, r.filter, r.cursor, streamPage)
		if err != nil {
			return err
		}
		for _, n := range page {
			event, err := r.event(n)
			if err == nil {
				err = r.send(event)
			}
			if err != nil {
				return err
			}
			r.told = n.ID
		}
		r.cursor, more = through, goesOn
		if len(page) > 0 {
			err = r.flush()
		} else if more {
			err = r.progress() // a long run in which nothing was asked for
		}
		if err == nil && more {
			err = r.ended(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// await waits until there is more to be told, with a sign of life now and then.
func (r *reader) await(ctx context.Context, changed <-chan struct{}) error {
	for {
		select {
		case <-changed:
			return nil
		case <-r.pulse.next():
			if err := r.alive(); err != nil {
				return err
			}
		case <-ctx.Done():
			return errStreamEnds
		case <-r.Stopping:
			return errStreamEnds
		}
	}
}

func (r *reader) ended(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return errStreamEnds
	case <-r.Stopping:
		return errStreamEnds
	default:
		return nil
	}
}

// alive sends a sign of life. Where the ledger has gone on meanwhile it says how
// far: who connects again need not be taken over all that once more.
func (r *reader) alive() error {
	if r.cursor != r.told {
		return r.progress()
	}
	if err := r.send([]byte(":\n\n")); err != nil {
		return err
	}
	return r.flush()
}

// progress lets the reader hold the id up to which was looked. An event without
// data is none (HTML, 9.2.6).
func (r *reader) progress() error {
	if err := r.send(fmt.Appendf(nil, "id: %s\n\n", r.cursor)); err != nil {
		return err
	}
	r.told = r.cursor
	return r.flush()
}

// send writes within the time that a reader has for it.
func (r *reader) send(text []byte) error {
	_ = r.conn.SetWriteDeadline(time.Now().Add(r.Write)) // a caller in this process has none
	_, err := r.w.Write(text)
	return err
}

func (r *reader) flush() error {
	if err := r.conn.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
