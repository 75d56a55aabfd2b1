package ledger

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// requestTimeout bounds a request whose caller sets no limit.
const requestTimeout = 10 * time.Second

// errLost ends requests that were on their way when the connection was lost:
// their answers never come.
var errLost = errors.New("the connection to the NATS server was lost")

// connect reaches the server and keeps reaching it.
func (l *Ledger) connect(o Options) (err error) {
	options := []nats.Option{
		nats.Name(o.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		// Nothing is kept to be sent later: an append fails at once.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { l.link.cut() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.log.Warn("nats connection", "error", err)
		}),
	}
	if o.Dir != "" {
		if l.server, err = startServer(o.Dir, l.log); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(l.server))
	}
	l.conn, err = nats.Connect(o.URLs, options...)
	return err
}

// link ends the requests of a connection with the connection.
type link struct {
	mu      sync.Mutex
	current context.Context
	end     context.CancelFunc
}

// bound gives a context for one request.
func (k *link) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	k.mu.Lock()
	if k.current == nil {
		k.current, k.end = context.WithCancel(context.Background())
	}
	current := k.current
	k.mu.Unlock()

	release := func() {}
	if _, limited := ctx.Deadline(); !limited {
		ctx, release = context.WithTimeout(ctx, requestTimeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(current, func() { cancel(errLost) })
	return ctx, func() {
		stop()
		cancel(nil)
		release()
	}
}

// cut ends the requests that are on their way.
func (k *link) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.end != nil {
		k.end()
	}
	k.current, k.end = nil, nil
}

// because names the loss of the connection where it is the reason of err.
func because(ctx context.Context, err error) error {
	if context.Cause(ctx) == errLost {
		return errLost
	}
	return err
}
