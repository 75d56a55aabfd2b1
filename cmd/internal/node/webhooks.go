package node

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"depositary/api/webhooks"
)

// WebhookOptions of a node that keeps subscriptions.
type WebhookOptions struct {
	Key       string         // file of the key that seals the secrets; webhook.key in the data folder where empty
	AllowHTTP bool           // also addresses without TLS
	Allowed   []netip.Prefix // addresses that are called although they are no public ones
	Still     bool           // deliver nothing: other nodes do

	Lease time.Duration   // of a commit in hands; that of webhooks.Options where 0
	Waits []time.Duration // between the attempts at one notice; those of webhooks.Schedule where nil
}

const webhookKeyFile = "webhook.key"

// openWebhooks opens what the nodes share of the subscriptions, and begins to
// deliver.
func (n *Node) openWebhooks(ctx context.Context) error {
	o := n.o.Webhooks
	if o == nil {
		return nil
	}
	file := o.Key
	if file == "" {
		file = filepath.Join(n.o.Data, webhookKeyFile)
	}
	key, err := webhooks.LoadOrCreateKey(file)
	if err != nil {
		return err
	}
	subscriptions, err := n.bucket(ctx, "subscriptions")
	if err != nil {
		return fmt.Errorf("webhooks: subscriptions: %w", err)
	}
	deliveries, err := n.ledger.Journal(ctx, "deliveries")
	if err != nil {
		return fmt.Errorf("webhooks: deliveries: %w", err)
	}
	n.webhooks = webhooks.New(webhooks.Options{
		Notices: n.notices, Views: n.projection, Subscriptions: subscriptions, Cursors: n.ledger.Cursors(), Deliveries: deliveries,
		Key: key, Public: n.o.Public, Version: n.o.Version, AllowHTTP: o.AllowHTTP, AllowedPrefixes: o.Allowed, Waits: o.Waits, Lease: o.Lease, Now: n.o.Now, Metrics: n.metrics, Logger: n.o.Logger,
	})
	n.onClose("webhooks", n.webhooks.Close)
	if !o.Still {
		n.deliver()
	}
	return nil
}

// deliver runs the deliveries until the node closes.
func (n *Node) deliver() {
	go func() {
		if err := n.webhooks.Run(context.Background()); err != nil && !errors.Is(err, context.Canceled) {
			n.o.Logger.Error("webhooks are not delivered any more by this node", "cause", err)
		}
	}()
}
