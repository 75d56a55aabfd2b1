// Package ledger keeps the order of all commits in a JetStream stream: one
// message per commit, whose sequence is the commit's position.
//
// By default the NATS server runs inside this process: no port is open, its
// files are in a folder of ours, and every write is synced before it is
// acknowledged. With URLs the same code uses an existing JetStream cluster,
// whose servers must be configured with "sync_interval: always"; a client
// cannot find that out.
//
// Guarantees:
//
//   - A commit is appended only where it belongs: each publish names the
//     sequence at which the stream has to end.
//   - The stream has no limits and denies deletion, so a sequence that cannot
//     be read is damage, and is reported with its position.
//   - Reading goes to the stream's leader, never to a replica that lags.
//
// Beside the ledger the same servers keep what its nodes share (names.go):
// buckets, cursors, which are durable consumers of the stream, and journals.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

const copyName = "stream" // how errors call this copy of the ledger

// Options of a ledger. Exactly one of Dir and URLs is set.
type Options struct {
	// Dir is the folder of the server in this process. Only one process may
	// use it at a time.
	Dir string

	// URLs are the addresses of an existing cluster, with commas.
	URLs string

	// Listen opens the server in this process to readers; nil leaves it closed.
	Listen *Listen

	// Access is how a cluster is reached.
	Access Access

	// Replicas is how many servers of a cluster keep the stream. It counts
	// when the stream is made, and has to agree with a stream that exists;
	// 0 means 1, or whatever an existing stream has.
	Replicas int

	// Name is the connection's name in the server's reports.
	Name string

	// Logger gets the server's warnings, and its notices as debug records;
	// nil means none.
	Logger *slog.Logger
}

// Ledger is a connection to the stream, with the server if it is ours. It
// implements eventstore.Ledger.
type Ledger struct {
	server *inProcess // nil when the server is not ours
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	log    *slog.Logger
	link   link

	close    context.CancelCauseFunc
	mu       sync.Mutex
	journals map[string]*journal
	writers  sync.WaitGroup // of the journals
}

var _ eventstore.Ledger = (*Ledger)(nil)

// Open starts or reaches the server and makes the stream where there is none.
// A stream whose configuration could lose commits is refused.
func Open(ctx context.Context, o Options) (l *Ledger, err error) {
	if (o.Dir == "") == (o.URLs == "") {
		return nil, errors.New("ledger: either a folder for the server in this process or the URLs of a cluster expected")
	}
	if o.Listen != nil && o.URLs != "" {
		return nil, errors.New("ledger: readers of a cluster reach its servers: only the server in this process can be opened to them")
	}
	l = &Ledger{log: o.Logger, journals: make(map[string]*journal)}
	l.link.open, l.close = context.WithCancelCause(context.Background())
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("ledger: %w", err), l.Close())
			l = nil
		}
	}()
	if err := l.connect(o); err != nil {
		return l, err
	}
	l.js, err = jetstream.New(l.conn, jetstream.WithDefaultTimeout(requestTimeout),
		jetstream.WithPublishAsyncTimeout(requestTimeout))
	if err != nil {
		return l, err
	}
	l.stream, err = l.openStream(ctx, o.Replicas)
	return l, err
}

// Close ends the connection and waits for the server in this process to end.
// What is on its way, in the ledger, its buckets, cursors and journals, fails
// with ErrClosed.
func (l *Ledger) Close() error {
	l.close(ErrClosed)
	l.writers.Wait()
	if l.conn != nil {
		l.conn.Close()
	}
	if l.server != nil {
		l.server.stop()
	}
	return nil
}

// Last implements eventstore.Ledger. A cluster that holds an election is waited for
// as long as a request may take.
func (l *Ledger) Last(ctx context.Context) (last eventstore.Position, err error) {
	err = l.patient(ctx, requestTimeout, func(ctx context.Context) error {
		info, err := l.stream.Info(ctx)
		if err == nil {
			last = eventstore.Position(info.State.LastSeq)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	return last, nil
}

// Read implements eventstore.Ledger. For a commit that the stream has lost it
// returns a *eventstore.CorruptError; a stream that cannot answer now is waited
// for as long as a start may take.
func (l *Ledger) Read(ctx context.Context, p eventstore.Position) (eventstore.Commit, error) {
	if p == 0 {
		return eventstore.Commit{}, eventstore.ErrNotFound
	}
	var msg *jetstream.RawStreamMsg
	err := l.patient(ctx, startTimeout, func(ctx context.Context) (err error) {
		msg, err = l.stream.GetMsg(ctx, uint64(p))
		return err
	})
	if err == nil {
		return parse(p, msg.Subject, msg.Data)
	}
	if !absent(err) {
		return eventstore.Commit{}, fmt.Errorf("ledger: read position %d: %w", p, err)
	}
	last, err := l.Last(ctx)
	switch {
	case err != nil:
		return eventstore.Commit{}, err
	case p > last:
		return eventstore.Commit{}, eventstore.ErrNotFound
	}
	switch lost, err := l.lost(ctx, p); {
	case err != nil:
		return eventstore.Commit{}, fmt.Errorf("ledger: read position %d: %w", p, err)
	case !lost:
		return l.Read(ctx, p)
	}
	return eventstore.Commit{}, corrupt(p, errors.New("the server does not have it, although it has later ones"))
}

// parse makes a commit of the message at p and checks that it belongs there.
func parse(p eventstore.Position, subject string, data []byte) (eventstore.Commit, error) {
	c, err := eventstore.Parse(data)
	if err != nil {
		return eventstore.Commit{}, corrupt(p, err)
	}
	if c.Position != p {
		return eventstore.Commit{}, corrupt(p, fmt.Errorf("its header says position %d", c.Position))
	}
	if want, err := Subject(c); err != nil || subject != want {
		return eventstore.Commit{}, corrupt(p, fmt.Errorf("it stands under the subject %q, its header says %q", subject, want))
	}
	return c, nil
}

func corrupt(p eventstore.Position, reason error) error {
	return &eventstore.CorruptError{Copy: copyName, Position: p, Reason: reason.Error()}
}
