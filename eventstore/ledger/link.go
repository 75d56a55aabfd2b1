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

// ErrClosed ends what was on its way when the ledger was closed, and whatever
// is asked of it later.
var ErrClosed = errors.New("the ledger is closed")

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
		l.server = &inProcess{dir: o.Dir, log: l.log}
		if o.Listen != nil {
			if err := o.Listen.Check(); err != nil {
				return err
			}
			l.server.door = newDoorkeeper(*o.Listen)
			options = append(options, l.server.door.login())
		}
		if err := l.server.start(); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(l.server))
	}
	access, err := o.Access.options()
	if err != nil {
		return err
	}
	l.conn, err = nats.Connect(o.URLs, append(options, access...)...)
	return err
}

// link ends the requests of a connection with the connection, and all of them
// with the ledger.
type link struct {
	open context.Context // ends when the ledger is closed

	mu      sync.Mutex
	current context.Context // ends when the connection is lost
	end     context.CancelCauseFunc
}

// bound returns a context for one request.
func (k *link) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	release := func() {}
	if _, limited := ctx.Deadline(); !limited {
		ctx, release = context.WithTimeout(ctx, requestTimeout)
	}
	ctx, end := k.tied(ctx)
	return ctx, func() {
		end()
		release()
	}
}

// once returns a context for one request of several: it has the time of one,
// whatever time the caller has for all.
func (k *link) once(ctx context.Context) (context.Context, context.CancelFunc) {
	limited, release := context.WithTimeout(ctx, requestTimeout)
	tied, end := k.tied(limited)
	return tied, func() {
		end()
		release()
	}
}

// tied returns a context that ends with the connection too.
func (k *link) tied(ctx context.Context) (context.Context, context.CancelFunc) {
	k.mu.Lock()
	if k.current == nil {
		k.current, k.end = context.WithCancelCause(k.open)
	}
	current := k.current
	k.mu.Unlock()

	ctx, cancel := context.WithCancelCause(ctx)
	if current.Err() != nil {
		cancel(context.Cause(current))
	}
	stop := context.AfterFunc(current, func() { cancel(context.Cause(current)) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// cut ends the requests that are on their way.
func (k *link) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.end != nil {
		k.end(errLost)
	}
	k.current, k.end = nil, nil
}

// because names the loss of the connection, or the end of the ledger, where
// it is the reason of err.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause == errLost || cause == ErrClosed {
		return cause
	}
	return err
}
