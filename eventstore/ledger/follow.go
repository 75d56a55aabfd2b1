package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

const (
	deliverMax   = 1000    // commits delivered at once
	deliverBytes = 4 << 20 // after which a delivery takes no more

	// idleAfter is the silence after which a follower asks whether the stream
	// has gone on without it.
	idleAfter = time.Second

	// patienceForMore bounds the wait for what the server said it has. It
	// comes within microseconds; when it does not, what is there is delivered.
	patienceForMore = 5 * time.Millisecond

	minBackoff = 50 * time.Millisecond
	maxBackoff = time.Second
)

// errGap ends a session that has to start again at its cursor.
var errGap = errors.New("the stream went on without this follower")

// finalError is one that a new session would not heal.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// Follow implements eventstore.Ledger. It survives the loss of the connection
// and restarts of the server.
func (l *Ledger) Follow(ctx context.Context, after eventstore.Position, deliver func([]eventstore.Commit) error) error {
	backoff := minBackoff
	for {
		f := &follower{ledger: l, cursor: after, deliver: deliver}
		err := f.run(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final := (finalError{}); errors.As(err, &final) {
			return final.error
		}
		if l.conn.IsClosed() {
			return fmt.Errorf("ledger: follow: %w", nats.ErrConnectionClosed)
		}
		if f.cursor > after {
			after, backoff = f.cursor, minBackoff
		}
		l.log.Warn("following the ledger is interrupted", "position", after, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// follower is one session with a consumer of its own.
type follower struct {
	ledger  *Ledger
	cursor  eventstore.Position // all up to here was delivered
	deliver func([]eventstore.Commit) error
	queue   chan *message
	failed  chan error // the consumer's first error
	behind  bool       // at the last look, silence hid commits
}

type message struct {
	position eventstore.Position
	subject  string
	data     []byte
	more     bool // the server had more to send behind it
}

// run delivers until something fails.
func (f *follower) run(ctx context.Context) error {
	// A lost connection, or a server that is opened anew, ends the session: its
	// consumer is gone.
	ctx, cancel := f.ledger.link.tied(ctx)
	f.queue, f.failed = make(chan *message, deliverMax), make(chan error, 1)
	end, err := f.consume(ctx)
	defer end()
	defer cancel() // first, as it lets go of a consumer that waits for the queue
	if err != nil {
		return err
	}

	idle := time.NewTimer(idleAfter)
	defer idle.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-f.failed:
		case <-idle.C:
			err = f.checkIdle(ctx)
		case m := <-f.queue:
			err = f.take(ctx, m)
			f.behind = false
		}
		if err != nil {
			return err
		}
		idle.Reset(idleAfter)
	}
}

// consume fills the queue with everything after the cursor, until end is
// called. The consumer keeps no state on the server: the cursor is ours.
func (f *follower) consume(ctx context.Context) (end func(), err error) {
	setup, done := f.ledger.link.bound(ctx)
	defer done()
	consumer, err := f.ledger.stream.CreateConsumer(setup, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       uint64(f.cursor) + 1,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: time.Minute,
	})
	if err != nil {
		return func() {}, err
	}
	consuming, err := consumer.Consume(
		func(m jetstream.Msg) { f.receive(ctx, m) },
		jetstream.PullMaxMessages(2*deliverMax),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			select {
			case f.failed <- err:
			default:
			}
		}))
	return func() {
		if consuming != nil {
			consuming.Stop()
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = f.ledger.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name) // or it ends by itself
	}, err
}

// receive puts a message into the queue, and waits while it is full.
func (f *follower) receive(ctx context.Context, m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return // the gap will be noticed
	}
	select {
	case f.queue <- &message{eventstore.Position(meta.Sequence.Stream), m.Subject(), m.Data(), meta.NumPending > 0}:
	case <-ctx.Done():
	}
}

// take delivers the message with what has queued behind it, and then moves
// the cursor.
func (f *follower) take(ctx context.Context, m *message) error {
	var batch []eventstore.Commit
	size := 0
	next := f.cursor + 1
	var failed error
	for {
		if m.position > next {
			failed = f.gap(ctx, next)
			break
		}
		if m.position == next { // what comes twice is left out
			c, err := parse(m.position, m.subject, m.data)
			if err != nil {
				failed = finalError{err}
				break
			}
			batch = append(batch, c)
			size += len(m.data)
			next++
		}
		if len(batch) == deliverMax || size >= deliverBytes {
			break
		}
		if m = f.behindOf(ctx, m); m == nil {
			break
		}
	}
	if len(batch) > 0 {
		if err := f.deliver(batch); err != nil {
			return finalError{err}
		}
		f.cursor = batch[len(batch)-1].Position
	}
	return failed
}

// behindOf returns the message that follows in the queue, or nil. Where the
// server has said that it has more, it is waited for: what was appended
// together is delivered together, and shares one fsync of the store.
func (f *follower) behindOf(ctx context.Context, m *message) *message {
	select {
	case next := <-f.queue:
		return next
	default:
	}
	if !m.more {
		return nil
	}
	patience := time.NewTimer(patienceForMore)
	defer patience.Stop()
	select {
	case next := <-f.queue:
		return next
	case <-patience.C:
	case <-ctx.Done():
	}
	return nil
}

// gap tells a commit that the stream has lost from one that the consumer
// left out.
func (f *follower) gap(ctx context.Context, p eventstore.Position) error {
	var damaged *eventstore.CorruptError
	if _, err := f.ledger.Read(ctx, p); errors.As(err, &damaged) {
		return finalError{err}
	}
	return errGap
}

// checkIdle finds out whether silence means that nothing happens. It looks
// twice: what was appended a moment ago may be on its way.
func (f *follower) checkIdle(ctx context.Context) error {
	last, err := f.ledger.Last(ctx)
	behind := f.behind
	f.behind = last > f.cursor
	if err != nil || !behind || !f.behind {
		return err
	}
	return f.gap(ctx, f.cursor+1)
}
