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
	// poll is how long the server keeps the request of a Next that waits. It
	// says every heartbeat that it still has it: a request is lost when its
	// server dies, and is made again after two heartbeats of silence.
	poll      = 30 * time.Second
	heartbeat = 10 * time.Second

	maxCursorBackoff = time.Second
)

// errHandClosed ends the Next of a cursor that was closed.
var errHandClosed = errors.New("the cursor was closed")

// cursors are durable pull consumers of the ledger's stream.
type cursors struct{ ledger *Ledger }

// Cursors returns the cursors of this ledger.
func (l *Ledger) Cursors() eventstore.Cursors { return cursors{l} }

// Open implements eventstore.Cursors. InFlight and Lease of an existing cursor
// are set to those of the options, for all its hands; its place stays.
func (c cursors) Open(ctx context.Context, name string, o eventstore.CursorOptions) (eventstore.Cursor, error) {
	if err := checkCursor(name, o); err != nil {
		return nil, fmt.Errorf("ledger: cursor %q: %w", name, err)
	}
	ctx, end := c.ledger.link.bound(ctx)
	defer end()
	consumer, err := c.open(ctx, cursorPrefix+name, o)
	if err != nil {
		return nil, fmt.Errorf("ledger: cursor %s: open: %w", name, because(ctx, err))
	}
	h := &hand{ledger: c.ledger, name: name, consumer: consumer}
	h.open, h.close = context.WithCancel(context.Background())
	return h, nil
}

func checkCursor(name string, o eventstore.CursorOptions) error {
	switch err := eventstore.CheckName(name); {
	case err != nil:
		return err
	case o.InFlight < 1:
		return fmt.Errorf("%d commits in flight, it needs at least 1", o.InFlight)
	case o.Lease <= 0:
		return fmt.Errorf("a lease of %v, it has to be positive", o.Lease)
	}
	return nil
}

func (c cursors) open(ctx context.Context, name string, o eventstore.CursorOptions) (jetstream.Consumer, error) {
	stream := c.ledger.stream
	consumer, err := stream.Consumer(ctx, name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		consumer, err = stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable:       name,
			DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
			OptStartSeq:   uint64(o.After) + 1,
			AckPolicy:     jetstream.AckExplicitPolicy,
			AckWait:       o.Lease,
			MaxAckPending: o.InFlight,
			MaxDeliver:    -1,
		})
	}
	if errors.Is(err, jetstream.ErrConsumerExists) { // another node was first, with other options
		consumer, err = stream.Consumer(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	config := consumer.CachedInfo().Config
	if config.AckWait == o.Lease && config.MaxAckPending == o.InFlight {
		return consumer, nil
	}
	config.AckWait, config.MaxAckPending = o.Lease, o.InFlight
	return stream.UpdateConsumer(ctx, config)
}

// Remove implements eventstore.Cursors.
func (c cursors) Remove(ctx context.Context, name string) error {
	err := eventstore.CheckName(name)
	if err == nil {
		var end context.CancelFunc
		ctx, end = c.ledger.link.bound(ctx)
		defer end()
		err = c.ledger.stream.DeleteConsumer(ctx, cursorPrefix+name)
	}
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("ledger: cursor %s: remove: %w", name, because(ctx, err))
	}
	return nil
}

// hand is one node's hand on a cursor. It has no goroutine and takes no
// commit that no Next waits for.
type hand struct {
	ledger   *Ledger
	name     string
	consumer jetstream.Consumer
	open     context.Context // ends with Close
	close    context.CancelFunc
}

// Next implements eventstore.Cursor. It waits while the server cannot be
// reached. A commit that is on its way when ctx ends comes again after the
// lease.
func (h *hand) Next(ctx context.Context) (eventstore.Task, error) {
	backoff := minBackoff
	for {
		m, err := h.pull(ctx)
		if err == nil {
			return h.task(m)
		}
		if err := h.ended(ctx, err); err != nil {
			return nil, err
		}
		if errors.Is(err, nats.ErrTimeout) { // nothing has come
			backoff = minBackoff
			continue
		}
		h.ledger.log.Debug("a cursor is interrupted", "cursor", h.name, "error", err)
		if err := h.ledger.pause(ctx, &backoff, maxCursorBackoff); err != nil {
			return nil, err
		}
	}
}

// pull asks the server for one commit and waits for a while.
func (h *hand) pull(ctx context.Context) (jetstream.Msg, error) {
	ctx, end := h.ledger.link.tied(ctx)
	defer end()
	ctx, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	defer context.AfterFunc(h.open, cancel)()
	if h.open.Err() != nil {
		return nil, errHandClosed
	}
	options := []jetstream.FetchOpt{jetstream.FetchContext(ctx)}
	if deadline, _ := ctx.Deadline(); time.Until(deadline) > poll-time.Second {
		options = append(options, jetstream.FetchHeartbeat(heartbeat))
	}
	m, err := h.consumer.Next(options...)
	return m, because(ctx, err)
}

// ended says why asking again after err is no use; nil when it is.
func (h *hand) ended(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case h.open.Err() != nil:
		err = errHandClosed
	case h.ledger.link.open.Err() != nil, errors.Is(err, nats.ErrConnectionClosed):
		err = ErrClosed
	case errors.Is(err, jetstream.ErrConsumerDeleted), errors.Is(err, nats.ErrNoResponders) && h.removed(ctx):
		err = jetstream.ErrConsumerNotFound
	default:
		return nil
	}
	return fmt.Errorf("ledger: cursor %s: %w", h.name, err)
}

// removed reports whether the cursor exists no more, as opposed to one for which
// no server answers while servers start.
func (h *hand) removed(ctx context.Context) bool {
	ctx, end := h.ledger.link.bound(ctx)
	defer end()
	_, err := h.consumer.Info(ctx)
	return errors.Is(err, jetstream.ErrConsumerNotFound)
}

func (h *hand) task(m jetstream.Msg) (eventstore.Task, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, fmt.Errorf("ledger: cursor %s: %w", h.name, err)
	}
	return &task{hand: h, position: eventstore.Position(meta.Sequence.Stream), msg: m}, nil
}

// Place implements eventstore.Cursor.
func (h *hand) Place(ctx context.Context) (eventstore.Position, error) {
	ctx, end := h.ledger.link.bound(ctx)
	defer end()
	info, err := h.consumer.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("ledger: cursor %s: place: %w", h.name, because(ctx, err))
	}
	begins := max(info.Config.OptStartSeq, 1) - 1
	return eventstore.Position(max(info.AckFloor.Stream, begins)), nil
}

// Lag implements eventstore.Cursor. It hears of a commit a moment after its
// append has returned.
func (h *hand) Lag(ctx context.Context) (uint64, error) {
	ctx, end := h.ledger.link.bound(ctx)
	defer end()
	info, err := h.consumer.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("ledger: cursor %s: lag: %w", h.name, because(ctx, err))
	}
	return info.NumPending + uint64(info.NumAckPending), nil
}

// Close implements eventstore.Cursor. A Next that waits fails.
func (h *hand) Close() error {
	h.close()
	return nil
}

// task is a commit in this node's hands.
type task struct {
	hand     *hand
	position eventstore.Position
	msg      jetstream.Msg
}

func (t *task) Position() eventstore.Position { return t.position }

// Hold implements eventstore.Task.
func (t *task) Hold() error { return t.failed("hold", t.msg.InProgress()) }

// Done waits for the server's word that the cursor has moved: without it, an
// acknowledgement that was lost, or still was in a buffer when we ended, would
// go unnoticed until the commit came again. The server writes the place to
// disk up to a tenth of a second later, so its crash may bring the commit once
// more, its orderly end does not.
func (t *task) Done() error {
	ctx, end := t.hand.ledger.link.bound(context.Background())
	defer end()
	return t.failed("done", because(ctx, t.msg.DoubleAck(ctx)))
}

// Return implements eventstore.Task.
func (t *task) Return() error { return t.failed("return", t.msg.Nak()) }

func (t *task) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger: cursor %s: %s with %d: %w", t.hand.name, what, t.position, err)
}
