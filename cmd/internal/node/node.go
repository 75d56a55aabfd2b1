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
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"depositary/api"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/feeds"
	"depositary/api/signin"
	v1 "depositary/api/v1"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/ledger"
	"depositary/eventstore/publiclog"
	"depositary/eventstore/recorder"
	"depositary/internal/diskroom"
	"depositary/internal/keyfile"
	"depositary/projections"
	"depositary/projections/notices"
)

// Options of a node.
type Options struct {
	Data     string           // folder of the store, the embedded server's files and the tokens
	NATS     string           // URLs of an existing JetStream cluster; the embedded server where empty
	Access   ledger.Access    // to the cluster
	Replicas int              // of the stream on a cluster
	Empty    bool             // leave an empty ledger empty
	Still    bool             // begin no day: who checks or copies a ledger leaves it as it is
	Tokens   string           // file of tokens; tokens.json in the data folder where empty
	Key      string           // file of the key with which this node signs; node.key in the data folder where empty
	Name     string           // of this node, for people; the machine's where empty
	Zone     *time.Location   // of the depositary's calendar; UTC where nil
	Now      func() time.Time // the clock; time.Now where nil
	Logger   *slog.Logger     // none where nil
	Progress Progress         // of long work; none where nil
	Version  string
	Rate     float64 // computed answers a second of one address, by their cost; 0: not limited
	Burst    int
	Proxies  []netip.Prefix     // whose word on the address of a client is trusted
	Public   string             // public base address, for the links of feeds and calendars; that of the request where empty
	Streams  feeds.StreamLimits // limits of those who follow notices as they come
	SignIn   *signin.Options    // for people at the desk; nil: with tokens only
	FourEyes bool               // record nothing over HTTP that a second person has not approved; from then on so in this folder
	TwoEyes  bool               // one person is enough again in a folder that took two
	Webhooks *WebhookOptions    // subscriptions; nil: this node keeps none
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
	secretariat *commands.Secretariat
	metrics     *prometheus.Registry
	handler     http.Handler

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

// Open starts a node. When it returns, the views are at the ledger's end as it
// was, and reads and writes are served by Handler.
func Open(ctx context.Context, o Options) (n *Node, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(string, uint64, uint64) {}
	}
	if o.Tokens == "" {
		o.Tokens = filepath.Join(o.Data, tokensFile)
	}
	o.Key = KeyFile(o.Key, o.Data)
	if o.Name == "" {
		o.Name, _ = os.Hostname()
	}
	if err := v1.CheckPublic(o.Public); err != nil {
		return nil, err
	}
	var people *signin.Provider
	if o.SignIn != nil {
		o.SignIn.Now = o.Now
		if people, err = signin.New(*o.SignIn); err != nil {
			return nil, fmt.Errorf("sign-in by OpenID Connect: %w", err)
		}
	}
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	n = &Node{o: o, signIn: people, projection: projections.NewProjection(), tokens: auth.Open(o.Tokens, o.Now), failure: make(chan struct{}), stopping: make(chan struct{}),
		condition: newCondition(time.Now)}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
			n = nil
		}
	}()
	if err := n.hold(); err != nil {
		return n, err
	}
	if err := n.tokens.Ready(); err != nil {
		return n, err
	}
	if n.signer, err = LoadSigner(o.Key); err != nil {
		return n, err
	}
	if n.keys, n.trusted, err = keysOf(o.Data); err != nil {
		return n, err
	}
	changed, err := n.holdFourEyes()
	if err != nil {
		return n, err
	}
	if err := n.openCopies(ctx); err != nil {
		return n, err
	}
	report, err := eventstore.Reconcile(ctx, n.ledger, n.store, n.positions("restoring the stream from the store"))
	if err != nil {
		return n, n.explain(err)
	}
	if err := n.checkBegun(report.Stream); err != nil {
		return n, err
	}
	if report.Restored > 0 {
		o.Logger.Warn("the stream ended before the store and was restored from it", "stream", report.Stream, "store", report.Store, "restored", report.Restored)
	}
	if err := n.follow(ctx, report.Stream); err != nil {
		return n, err
	}
	n.record()
	n.lookAtKey()
	n.lookAfterItself()
	if !n.mayRecord() {
		o.Logger.Warn("this node records nothing before it is added", "key", n.signer.Key())
	} else if err := n.seed(ctx); err != nil && n.mayRecord() { // another node may have been the first meanwhile
		return n, err
	}
	if !o.Still {
		// A ledger in which the day cannot begin can be read; it is tried again.
		if err := n.BeginDay(ctx); ctx.Err() != nil {
			return n, ctx.Err()
		} else if err != nil {
			o.Logger.Warn("the day could not begin; it is tried again", "cause", err)
		}
		n.keepCalendar()
	}
	n.metrics = prometheus.NewRegistry()
	if err := n.openWebhooks(ctx); err != nil {
		return n, err
	}
	if err := n.openSecretariat(ctx); err != nil {
		return n, err
	}
	if err := n.keepTokens(ctx); err != nil {
		return n, err
	}
	if !o.Still {
		if err := n.noteBegun(); err != nil {
			return n, err
		}
		n.onClose("note that the ledger has begun", n.noteBegun)
	}
	if changed {
		entry := audit.Entry{Actor: "start of the node", Kind: audit.FourEyesChanged, Detail: map[bool]string{true: "it takes two persons to record", false: "one person is enough to record"}[n.o.FourEyes]}
		if err := n.audit.Write(ctx, entry); err != nil {
			return n, err
		}
	}
	if err := n.openLog(); err != nil {
		return n, err
	}
	n.serveHandler()
	n.auditInBackground(report)
	return n, nil
}

// openCopies opens store and stream at the same time: each is work for a core.
func (n *Node) openCopies(ctx context.Context) error {
	var streamErr error
	var opening sync.WaitGroup
	opening.Go(func() {
		o := ledger.Options{URLs: n.o.NATS, Access: n.o.Access, Replicas: n.o.Replicas, Name: "depositary", Logger: n.o.Logger}
		if n.o.NATS == "" {
			o.Dir = filepath.Join(n.o.Data, streamDir)
		}
		n.ledger, streamErr = ledger.Open(ctx, o)
	})
	store, storeErr := boltstore.Open(filepath.Join(n.o.Data, storeFile), boltstore.Options{
		Participants: codec.Participants,
		OnLoad: func(c eventstore.Commit) error {
			if err := n.keys.Learn(c); err != nil {
				return err
			}
			return n.projection.Load(c)
		},
		Progress: n.positions("reading the store"),
	})
	opening.Wait()
	if storeErr == nil {
		n.store = store
		n.onClose("store", store.Close)
		n.projection.Loaded()
	}
	if streamErr == nil {
		n.onClose("stream", n.ledger.Close)
	}
	return n.explain(errors.Join(storeErr, streamErr))
}

func (n *Node) positions(what string) func(done, total eventstore.Position) {
	return func(done, total eventstore.Position) { n.o.Progress(what, uint64(done), uint64(total)) }
}

func (n *Node) onClose(name string, undo func() error) {
	n.teardown = append(n.teardown, step{name, undo})
}

// follow starts the follower and waits until it has caught up.
func (n *Node) follow(ctx context.Context, last eventstore.Position) error {
	n.follower = &projections.Follower{Ledger: n.ledger, Store: n.store, Keys: n.keys, Projection: n.projection}
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := n.follower.Run(running)
		for running.Err() == nil && diskroom.Full(err) {
			n.storeFull(err)
			select {
			case <-running.Done():
			case <-time.After(lookEvery):
				err = n.follower.Run(running)
			}
		}
		if err != nil && running.Err() == nil {
			n.followed(err)
		}
	}()
	n.onClose("follower", func() error { stop(); <-ended; return nil })

	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-ended:
			cancel()
		case <-waiting.Done():
		}
	}()
	if err := n.projection.Await(waiting, last); err != nil && n.refused.Load() == nil {
		return errors.Join(n.Err(), err)
	}
	return nil
}

// followed says what becomes of a node whose follower has ended. What the stream
// has and the ledger may not is left alone: the node serves what it has.
func (n *Node) followed(err error) {
	var refused *projections.RefusedError
	var damaged *eventstore.CorruptError
	if !errors.As(err, &refused) && !(errors.As(err, &damaged) && damaged.Copy == "stream") {
		n.fail(fmt.Errorf("following the ledger ended: %w", n.explain(err)))
		return
	}
	n.refused.Store(&err)
	n.lookAtKey()
}

func (n *Node) record() {
	n.recorder = recorder.New(recorder.Options{Signer: n.signer, Name: n.o.Name, Trusted: slices.Contains(n.trusted, n.signer.Key()), Ledger: n.ledger, Store: n.store, Projection: n.projection,
		Now: n.o.Now, Zone: n.o.Zone, MaxCommit: n.ledger.MaxCommit(), Writable: n.writable})
	n.onClose("recorder", func() error { n.recorder.Close(); return nil })
	n.notices = notices.NewSource(n.projection, n.store, v1.LinksOf)
}

// openSecretariat opens what the nodes share for those who write.
func (n *Node) openSecretariat(ctx context.Context) error {
	documents, err := n.bucket(ctx, "documents")
	if err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	proposals, err := n.bucket(ctx, "proposals")
	if err != nil {
		return fmt.Errorf("proposals: %w", err)
	}
	entries, err := n.bucket(ctx, "audit")
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	n.audit = audit.New(entries, n.o.Now)
	n.secretariat = commands.New(commands.Options{Projection: n.projection, Recorder: n.recorder, Notices: n.notices,
		Documents: documents, Proposals: proposals, Tokens: n.tokens, Audit: n.audit, FourEyes: n.o.FourEyes, Now: n.o.Now, Logger: n.o.Logger})
	return nil
}

// openLog opens the public log of the store. Its key is made at the first start.
func (n *Node) openLog() error {
	secret, err := keyfile.LoadOrCreate(filepath.Join(n.o.Data, logKey))
	if err != nil {
		return fmt.Errorf("key of the public log: %w", err)
	}
	n.log, err = publiclog.New(n.store, secret, n.o.Public)
	return err
}

func (n *Node) serveHandler() {
	n.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	n.handler = api.New(api.Options{
		Options: v1.Options{
			Projection: n.projection, Ledger: projections.NewLedger(n.store), Log: n.log, Notices: n.notices, Webhooks: n.webhooks, Secretariat: n.secretariat, Tokens: n.tokens, Audit: n.audit, SignIn: n.signIn, Today: n.Today, Now: n.o.Now,
			Verify: n.Verify, Backup: n.store.Backup, Faults: n.Faults, Lag: n.follower.Lag, Version: n.o.Version, Logger: n.o.Logger, Metrics: n.metrics,
			Public: n.o.Public, Streams: n.o.Streams, Stopping: n.stopping,
		},
		RatePerSecond: n.o.Rate, Burst: n.o.Burst, Proxies: n.o.Proxies,
	})
	n.onClose("streams", func() error { n.EndStreams(); return nil })
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
	copyName := ""
	switch {
	case errors.As(err, &divergence):
		return fmt.Errorf("%w. Nothing was changed. Find out which of the two is right; set the other aside (%s or %s), and start again: it is restored from the one that is left", err, n.placeOf("stream"), n.placeOf("store"))
	case errors.As(err, &corrupt):
		copyName = corrupt.Copy
	case errors.As(err, &broken):
		copyName = broken.Copy
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
