package ledger

import "github.com/nats-io/nats.go"

// Conn shows the tests the connection.
func (l *Ledger) Conn() *nats.Conn { return l.conn }

var StoppedInOrder = stoppedInOrder
