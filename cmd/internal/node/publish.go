package node

import (
	"context"
	"time"

	"depositary/api/publish"
	"depositary/eventstore"
)

// reopenNotices is how long a node waits before it tries again to open the stream
// of notices.
const reopenNotices = 5 * time.Second

// publishNotices publishes notices in the background where readers can reach them:
// on a cluster, and on the embedded server if it is open.
func (n *Node) publishNotices() {
	if n.o.Still || n.o.NATS == "" && n.o.Readers == nil {
		return
	}
	if address := n.ledger.ReadersAddress(); address != "" {
		n.o.Logger.Info("NATS is open to readers of notices", "address", address)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if stream := n.openNotices(ctx); stream != nil {
			publish.Run(ctx, publish.Options{Stream: stream, Ledger: n.ledger, Store: n.store, Views: n.projection, Notices: n.notices, Public: n.o.Public, Logger: n.o.Logger, Metrics: n.metrics})
		}
	}()
	n.onClose("notices for NATS", func() error { stop(); <-ended; return nil })
}

// openNotices opens the stream of notices, again until it answers or ctx ends.
func (n *Node) openNotices(ctx context.Context) eventstore.NoticeStream {
	for ctx.Err() == nil {
		stream, err := n.ledger.Notices(ctx)
		if err == nil {
			return stream
		}
		if ctx.Err() == nil {
			n.o.Logger.Warn("the stream of notices cannot be opened; it is tried again", "cause", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(reopenNotices):
		}
	}
	return nil
}

// ReadersAddress returns where readers of notices reach the embedded server; empty
// where it is closed.
func (n *Node) ReadersAddress() string { return n.ledger.ReadersAddress() }
