package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"depositary/eventstore"
)

const (
	// batchFrom is the number of commits from which an atomic batch costs
	// less than as many single publishes (measured).
	batchFrom     = 12
	maxBatch      = 1000    // the server's limit of messages
	maxBatchBytes = 8 << 20 // the server stages a batch before it commits it

	// headerRoom is what our NATS headers take of the server's max payload.
	headerRoom = 512

	codeWrongLast         jetstream.ErrorCode = 10071 // tells where the stream ends
	codeWrongLastConstant jetstream.ErrorCode = 10164 // does not
)

// TooLargeError says that a commit is larger than the server takes. Nothing
// of the append was published.
type TooLargeError struct {
	Position    eventstore.Position
	Size, Limit int // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the commit at position %d has %d bytes, the NATS server takes at most %d (its max_payload, less %d for headers)",
		e.Position, e.Size, e.Limit, headerRoom)
}

// MaxCommit returns the size in bytes of the largest commit that the server takes.
func (l *Ledger) MaxCommit() int { return int(l.conn.MaxPayload()) - headerRoom }

// Append implements eventstore.Ledger. Up to 11 commits are published one by
// one, more in atomic batches of up to 1,000: a stream that is restored from a
// store gets many at once; a node records one commit at a time.
func (l *Ledger) Append(ctx context.Context, commits []eventstore.Commit) (int, error) {
	messages, err := l.messages(commits)
	if err != nil {
		return 0, fmt.Errorf("ledger: append: %w", err)
	}
	done := 0
	for done < len(commits) {
		n := 1
		if len(commits) >= batchFrom {
			n = chunk(commits[done:])
		}
		last, err := l.publish(ctx, messages[done:done+n], commits[done].Position-1)
		if err != nil {
			return done, err
		}
		if want := commits[done+n-1].Position; last != want {
			return done, fmt.Errorf("ledger: the server put position %d at sequence %d", want, last)
		}
		done += n
	}
	return done, nil
}

// messages checks all commits before the first is published.
func (l *Ledger) messages(commits []eventstore.Commit) ([]*nats.Msg, error) {
	messages := make([]*nats.Msg, len(commits))
	limit := int(l.conn.MaxPayload()) - headerRoom
	for i, c := range commits {
		if want := commits[0].Position + eventstore.Position(i); c.Position != want || want == 0 {
			return nil, fmt.Errorf("position %d stands where %d is due", c.Position, want)
		}
		if size := len(c.Raw()); size > limit {
			return nil, &TooLargeError{Position: c.Position, Size: size, Limit: limit}
		}
		subject, err := Subject(c)
		if err != nil {
			return nil, fmt.Errorf("position %d: %w", c.Position, err)
		}
		messages[i] = &nats.Msg{Subject: subject, Header: nats.Header{}, Data: c.Raw()}
	}
	return messages, nil
}

// chunk says how many of the commits go into one batch.
func chunk(commits []eventstore.Commit) int {
	size := 0
	for i, c := range commits {
		if size += len(c.Raw()); i > 0 && size > maxBatchBytes || i == maxBatch {
			return i
		}
	}
	return len(commits)
}

// publish sends the messages, all or none, and returns the sequence of the last.
func (l *Ledger) publish(ctx context.Context, messages []*nats.Msg, after eventstore.Position) (eventstore.Position, error) {
	ctx, end := l.link.bound(ctx)
	defer end()
	messages[0].Header.Set(expectLast, strconv.FormatUint(uint64(after), 10))
	var sequence uint64
	var err error
	if len(messages) == 1 {
		var ack *jetstream.PubAck
		// A retry could meet its own first attempt and report a conflict.
		if ack, err = l.js.PublishMsg(ctx, messages[0], jetstream.WithRetryAttempts(0)); err == nil {
			sequence = ack.Sequence
		}
	} else {
		var ack *jetstreamext.BatchAck
		if ack, err = jetstreamext.PublishMsgBatch(ctx, l.js, messages, batchFlow); err == nil {
			sequence = ack.Sequence
		}
	}
	if err != nil {
		return 0, appendError(because(ctx, err), after)
	}
	return eventstore.Position(sequence), nil
}

// batchFlow: the messages of a batch go out without waiting; the answer to
// the last one speaks for all.
var batchFlow = jetstreamext.BatchFlowControl{AckFirst: false}

func appendError(err error, want eventstore.Position) error {
	var refused *jetstream.APIError
	if !errors.As(err, &refused) {
		return fmt.Errorf("ledger: append after position %d, outcome unknown: %w", want, err)
	}
	switch refused.ErrorCode {
	case codeWrongLast:
		_, number, _ := strings.Cut(refused.Description, ": ")
		got, _ := strconv.ParseUint(number, 10, 64)
		return &eventstore.ConflictError{Want: want, Got: eventstore.Position(got)}
	case codeWrongLastConstant:
		return &eventstore.ConflictError{Want: want}
	}
	return fmt.Errorf("ledger: append after position %d: %w", want, err)
}
