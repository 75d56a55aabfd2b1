// Package node is the program as a value: it wires ledger, store, views,
// recorder and door, starts them in order, and stops them in reverse.
//
// On start the store is opened and checked while the views are rebuilt from it,
// the two copies of the ledger are compared (and the stream healed from the
// store, or the store caught up from the stream), and an empty ledger gets the
// bundled catalogue. While the node runs, the part of the stream that was not
// compared at the start is compared in the background; damage ends the node.
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/feeds"
	"depositary/api/mail"
	"depositary/api/signin"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/publiclog"
	"depositary/eventstore/recorder"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options of a node.
type Options struct {
	Data       string           // folder of the store, the embedded server's files and the tokens
	NATS       string           // URLs of an existing JetStream cluster; the embedded server where empty
	Access     ledger.Access    // to the cluster
	Replicas   int              // of the stream on a cluster
	Readers    *ledger.Listen   // opens the embedded server to readers of notices; nil: closed
	Empty      bool             // leave an empty ledger empty
	Still      bool             // begin no day: who checks or copies a ledger leaves it as it is
	Tokens     string           // file of tokens; tokens.json in the data folder where empty
	Key        string           // file of the key with which this node signs; node.key in the data folder where empty
	Name       string           // of this node, for people; the machine's where empty
	Zone       *time.Location   // of the depositary's calendar; UTC where nil
	BeginDay   domain.Date      // begins although it is far after the last: the clock is right; zero: none
	Now        func() time.Time // the clock; time.Now where nil
	Logger     *slog.Logger     // none where nil
	Progress   Progress         // of long work; none where nil
	Patience   time.Duration    // how long a command waits for a ledger that says nothing, before it is refused; 900 ms where zero
	Version    string
	Rate       float64 // computed answers a second of one address, by their cost; 0: not limited
	Burst      int
	Proxies    []netip.Prefix     // whose word on the address of a client is trusted
	Checkpoint string             // file of a checkpoint that the ledger has to cover; none where empty
	Public     string             // public base address, for the links of feeds and calendars; that of the request where empty
	Streams    feeds.StreamLimits // limits of those who follow notices as they come
	SignIn     *signin.Options    // for people at the desk; nil: with tokens only
	FourEyes   bool               // record nothing over HTTP that a second person has not approved; from then on so in this folder
	TwoEyes    bool               // one person is enough again in a folder that took two
	Webhooks   *WebhookOptions    // subscriptions; nil: this node keeps none
	Mail       *mail.Server       // through which digests are sent; nil: this node sends no mail
}

// Progress is called during long work: what it is, and how far. done equals total
// at the end.
type Progress func(what string, done, total uint64)

// Node is a started node.
type Node struct {
	o           Options
	projection  *projections.Projection
	keys        *eventstore.Keyring // that of the store's end, until the follower has it
	signer      *eventstore.Signer
	log         *publiclog.Log
	trusted     []eventstore.Key // by the operator, whatever the ledger says
	store       *boltstore.Store
	ledger      *ledger.Ledger
	recorder    *recorder.Recorder
	follower    *projections.Follower
	tokens      *auth.File
	audit       *audit.Log
	signIn      *signin.Provider
	notices     *notices.Source
	webhooks    *webhooks.Service
	mail        *mail.Service
	secretariat *commands.Secretariat
	metrics     *prometheus.Registry
	handler     http.Handler

	keptMu    sync.Mutex
	kept      []keptBucket // beside the ledger
	teardown  []step       // in the order of starting
	condition *condition

	stopping chan struct{} // closed when streams are to end
	stopOnce sync.Once
	refused  atomic.Pointer[error] // why the node only reads
	failed   atomic.Pointer[error]
	failure  chan struct{} // closed when the node has failed
	failOnce sync.Once
}

// step is one thing to be undone at the end.
type step struct {
	name string
	undo func() error
}

// Files of a data folder.
const (
	storeFile  = "store.bolt"
	streamDir  = "nats"
	tokensFile = "tokens.json"
	nodeKey    = "node.key"
	logKey     = "log.key" // with which the checkpoints of the public log are signed
)

func (n *Node) onClose(name string, undo func() error) {
	n.teardown = append(n.teardown, step{name, undo})
}

// again does a piece of work in the background after each pause, until the node
// is closed; closing waits for the work that goes on.
func (n *Node) again(name string, pause func() time.Duration, work func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause()):
			}
			work(ctx)
		}
	}()
	n.onClose(name, func() error { stop(); <-ended; return nil })
}

// EndStreams ends what is followed for as long as the node runs: a stop need
// not wait for readers that would never go. They may go on elsewhere.
func (n *Node) EndStreams() { n.stopOnce.Do(func() { close(n.stopping) }) }

// auditAgain is how long a comparison that a busy ledger interrupted waits.
const auditAgain = time.Minute

// auditInBackground compares what Reconcile left uncompared.
func (n *Node) auditInBackground(report eventstore.Report) {
	common := min(report.Stream, report.Store)
	if common <= report.Audited {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			err := eventstore.Audit(ctx, n.ledger, n.store, 1, common-report.Audited, nil)
			if err == nil || ctx.Err() != nil {
				return
			}
			if damage(err) {
				n.fail(n.explain(err))
				return
			}
			// What does not answer is not damaged.
			n.o.Logger.Warn("the copies could not be compared; it is tried again", "cause", err)
			select {
			case <-ctx.Done():
			case <-time.After(auditAgain):
			}
		}
	}()
	n.onClose("audit", func() error { stop(); <-ended; return nil })
}

// fail ends a node that must not go on.
func (n *Node) fail(err error) {
	n.failOnce.Do(func() {
		n.o.Logger.Error("the node cannot go on", "cause", err)
		n.failed.Store(&err)
		close(n.failure)
	})
}

// Err says why the node cannot go on, or nil.
func (n *Node) Err() error {
	if err := n.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Failed is closed when the node cannot go on.
func (n *Node) Failed() <-chan struct{} { return n.failure }

// Today returns the calendar day at the depositary.
func (n *Node) Today() domain.Date { return domain.DateOf(n.o.Now().In(n.o.Zone)) }

// Handler serves the API and the pages.
func (n *Node) Handler() http.Handler { return n.handler }

// Tokens returns the file of tokens.
func (n *Node) Tokens() *auth.File { return n.tokens }

// Position returns the position of the views.
func (n *Node) Position() eventstore.Position { return n.projection.Current().Position }

// Recorder returns the way in, for callers in this process.
func (n *Node) Recorder() *recorder.Recorder { return n.recorder }

// Secretariat returns what those who write ask.
func (n *Node) Secretariat() *commands.Secretariat { return n.secretariat }

// Views returns the views as they are now.
func (n *Node) Views() *projections.Views { return n.projection.Current() }

// Verify checks chain, indexes, views and stream, and both copies of what is kept
// beside the ledger.
func (n *Node) Verify(ctx context.Context) (eventstore.Verification, error) {
	keys, _, err := keysOf(n.o.Data)
	if err != nil {
		return eventstore.Verification{}, err
	}
	v, err := eventstore.Verify(ctx, n.ledger, n.store, keys, n.projection.Rebuild(), n.positions("verifying"))
	if err != nil {
		return v, n.explain(err)
	}
	kept, err := n.verifyKept(ctx)
	v.Checked = append(v.Checked, kept...)
	return v, err
}

// Close stops the node, in the reverse order of its start.
func (n *Node) Close() error {
	var errs []error
	for i := len(n.teardown) - 1; i >= 0; i-- {
		if err := n.teardown[i].undo(); err != nil {
			errs = append(errs, fmt.Errorf("closing the %s: %w", n.teardown[i].name, err))
		}
	}
	n.teardown = nil
	return errors.Join(errs...)
}

// explain adds to damage what the operator can do about it.
func (n *Node) explain(err error) error {
	var divergence *eventstore.DivergenceError
	var corrupt *eventstore.CorruptError
	var broken *eventstore.BreakError
	var unreadable *eventstore.UnreadableError
	copyName := ""
	switch {
	case errors.As(err, &divergence):
		return fmt.Errorf("%w. Nothing was changed. Find out which of the two is right; set the other aside (%s or %s), and start again: it is restored from the one that is left", err, n.placeOf("stream"), n.placeOf("store"))
	case errors.As(err, &corrupt):
		copyName = corrupt.Copy
	case errors.As(err, &broken):
		copyName = broken.Copy
	case errors.As(err, &unreadable):
		copyName = unreadable.Copy
	default:
		return err
	}
	if copyName == "stream" && n.o.NATS != "" {
		return fmt.Errorf("%w. Nothing was changed. See on the NATS servers whether another replica has it (nats stream cluster step-down %s lets another one answer). If none has, stop all nodes, remove the stream with: nats stream rm %s, and start the node again whose data folder is the most recent: the stream is restored from its store",
			err, ledger.StreamName, ledger.StreamName)
	}
	return fmt.Errorf("%w. Nothing was changed. Set %s aside and start again: it is restored from the other copy; or use depositary restore with a backup", err, n.placeOf(copyName))
}

// placeOf says where a copy of the ledger is.
func (n *Node) placeOf(copyName string) string {
	switch {
	case copyName != "stream":
		return fmt.Sprintf("the file %q of the data folder", storeFile)
	case n.o.NATS != "":
		return fmt.Sprintf("the stream %s of the NATS servers", ledger.StreamName)
	}
	return fmt.Sprintf("the folder %q of the data folder", streamDir)
}
