package node

import (
	"context"
	"fmt"
	"path/filepath"

	"depositary/api/mail"
	"depositary/internal/keyfile"
)

// openMail opens the mail subscriptions, and begins to send.
func (n *Node) openMail(ctx context.Context) error {
	if n.o.Mail == nil {
		return nil
	}
	file := filepath.Join(n.o.Data, webhookKeyFile)
	still := false
	if o := n.o.Webhooks; o != nil {
		still = o.Still
		if o.Key != "" {
			file = o.Key
		}
	}
	secret, err := keyfile.LoadOrCreate(file)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	subscriptions, err := n.bucket(ctx, "mail")
	if err != nil {
		return fmt.Errorf("mail: subscriptions: %w", err)
	}
	n.mail, err = mail.New(mail.Options{Notices: n.notices, Projection: n.projection, Subscriptions: subscriptions, Secret: secret, Public: n.o.Public, Zone: n.o.Zone,
		Server: *n.o.Mail, Version: n.o.Version, Now: n.o.Now, Logger: n.o.Logger, Still: still})
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); n.mail.Run(running) }()
	n.onClose("mail", func() error { stop(); <-ended; return nil })
	return nil
}
