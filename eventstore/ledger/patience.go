package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

// Codes by which a cluster says that it is busy: nothing is wrong with what was
// asked for, and the same question is answered a moment later.
const (
	codeNoQuorum     jetstream.ErrorCode = 10008 // "JetStream system temporarily unavailable", as during an election
	codeNotLeader    jetstream.ErrorCode = 10009
	codeNotAssigned  jetstream.ErrorCode = 10007
	codeStreamDown   jetstream.ErrorCode = 10118 // the stream is offline
	codeNoMessage    jetstream.ErrorCode = 10037
	statusBusy                           = 503
	statusTimeout                        = 408
	firstPause                           = 50 * time.Millisecond
	longestPause                         = time.Second
	confirmLossAfter                     = time.Second
)

// busy reports whether an error says that the servers cannot answer now: an
// election is on, a server starts, a request was lost.
func busy(err error) bool {
	var refused *jetstream.APIError
	if errors.As(err, &refused) {
		switch refused.ErrorCode {
		case codeNoQuorum, codeNotLeader, codeNotAssigned, codeStreamDown:
			return true
		}
		return refused.Code == statusBusy || refused.Code == statusTimeout
	}
	return errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrReconnectBufExceeded) ||
		errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, errLost)
}

// patient asks again while the servers are busy, until ctx ends, or the ledger is
// closed, or patience is over; each question has the time of one request.
func (l *Ledger) patient(ctx context.Context, patience time.Duration, ask func(context.Context) error) error {
	begun, backoff := time.Now(), firstPause
	for {
		asking, end := l.link.once(ctx)
		err := ask(asking)
		if err != nil {
			err = because(asking, err)
		}
		late := asking.Err() != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) // the request was not answered in its time
		end()
		if err == nil || !busy(err) && !late || time.Since(begun) > patience {
			return err
		}
		if stopped := l.pause(ctx, &backoff, longestPause); stopped != nil {
			return errors.Join(stopped, err)
		}
	}
}

// lost reports whether the stream's leader confirms that it does not have the
// message of a position that it once had. One answer is not enough: a server that
// has just begun to lead may not have read all yet.
func (l *Ledger) lost(ctx context.Context, p eventstore.Position) (bool, error) {
	for range 2 {
		err := l.patient(ctx, startTimeout, func(ctx context.Context) error {
			_, err := l.stream.GetMsg(ctx, uint64(p))
			return err
		})
		if !absent(err) {
			return false, err
		}
		last, err := l.Last(ctx)
		if err != nil || p > last {
			return false, err
		}
		if l.embedded() {
			return true, nil
		}
		pause := confirmLossAfter
		if err := l.pause(ctx, &pause, pause); err != nil {
			return false, err
		}
	}
	return true, nil
}

// absent reports whether the server answered that it has no such message.
func absent(err error) bool {
	var refused *jetstream.APIError
	return errors.Is(err, jetstream.ErrMsgNotFound) || errors.As(err, &refused) && refused.ErrorCode == codeNoMessage
}
