package ledger

import (
	"context"

	"github.com/nats-io/nats.go"
)

// Conn shows the tests the connection.
func (l *Ledger) Conn() *nats.Conn { return l.conn }

// RemoveNotices removes the stream of notices as an operator would.
func (l *Ledger) RemoveNotices(ctx context.Context) error { return l.js.DeleteStream(ctx, NoticesName) }

var StoppedInOrder = stoppedInOrder
