package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/api"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/signin"
	v1 "depositary/api/v1"
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

// Open starts a node. When it returns, the views are at the ledger's end as it
// was, and reads and writes are served by Handler.
func Open(ctx context.Context, o Options) (n *Node, err error) {
	o = o.withDefaults()
	if err := v1.CheckPublic(o.Public); err != nil {
		return nil, err
	}
	people, err := providerOf(o)
	if err != nil {
		return nil, err
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
	changed, err := n.openFolder()
	if err != nil {
		return n, err
	}
	report, err := n.openLedger(ctx)
	if err != nil {
		return n, err
	}
	if err := n.openLog(); err != nil {
		return n, err
	}
	if err := n.checkPast(); err != nil {
		return n, err
	}
	if err := n.begin(ctx); err != nil {
		return n, err
	}
	if err := n.openDoors(ctx, changed); err != nil {
		return n, err
	}
	n.auditInBackground(report)
	return n, nil
}

// withDefaults fills what is not chosen.
func (o Options) withDefaults() Options {
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
	if o.Name == "" {
		o.Name, _ = os.Hostname()
	}
	o.Key = KeyFile(o.Key, o.Data)
	return o
}

// providerOf returns who signs people in at the desk, nil where nobody does.
func providerOf(o Options) (*signin.Provider, error) {
	if o.SignIn == nil {
		return nil, nil
	}
	o.SignIn.Now = o.Now
	people, err := signin.New(*o.SignIn)
	if err != nil {
		return nil, fmt.Errorf("sign-in by OpenID Connect: %w", err)
	}
	return people, nil
}

// openFolder holds the data folder and reads its tokens and keys. It reports
// whether it takes another number of persons to record than before.
func (n *Node) openFolder() (changed bool, err error) {
	if err := n.hold(); err != nil {
		return false, err
	}
	if err := n.tokens.Ready(); err != nil {
		return false, err
	}
	if n.signer, err = LoadSigner(n.o.Key); err != nil {
		return false, err
	}
	if n.keys, n.trusted, err = keysOf(n.o.Data); err != nil {
		return false, err
	}
	return n.holdFourEyes()
}

// openLedger opens both copies of the ledger, restores one from the other where
// it is behind, and brings the views to its end.
func (n *Node) openLedger(ctx context.Context) (report eventstore.Report, err error) {
	if err := n.openCopies(ctx); err != nil {
		return report, err
	}
	report, err = eventstore.Reconcile(ctx, n.ledger, n.store, n.positions("restoring the stream from the store"))
	if err != nil {
		return report, n.explain(err)
	}
	if err := n.checkBegun(report.Stream); err != nil {
		return report, err
	}
	if report.Restored > 0 {
		n.o.Logger.Warn("the stream ended before the store and was restored from it", "stream", report.Stream, "store", report.Store, "restored", report.Restored)
	}
	return report, n.follow(ctx, report.Stream)
}

// begin records what a start records, if this node may: the catalogue in an
// empty ledger, and the day.
func (n *Node) begin(ctx context.Context) error {
	n.record()
	n.lookAtKey()
	n.lookAfterItself()
	if !n.mayRecord() {
		n.o.Logger.Warn("this node records nothing before it is added", "key", n.signer.Key())
	} else if err := n.seed(ctx); err != nil && n.mayRecord() { // another node may have been the first meanwhile
		return err
	}
	if n.o.Still {
		return nil
	}
	// A ledger in which the day cannot begin can be read; it is tried again.
	if err := n.BeginDay(ctx); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		n.o.Logger.Warn("the day could not begin; it is tried again", "cause", err)
	}
	n.keepCalendar()
	return nil
}

// openDoors opens what is kept beside the ledger, and all that is served.
func (n *Node) openDoors(ctx context.Context, fourEyesChanged bool) error {
	n.metrics = prometheus.NewRegistry()
	for _, open := range []func(context.Context) error{n.openWebhooks, n.openMail, n.openSecretariat, n.keepTokens} {
		if err := open(ctx); err != nil {
			return err
		}
	}
	if !n.o.Still {
		if err := n.noteBegun(); err != nil {
			return err
		}
		n.onClose("note that the ledger has begun", n.noteBegun)
	}
	if fourEyesChanged {
		if err := n.auditFourEyes(ctx); err != nil {
			return err
		}
	}
	n.publishNotices()
	n.serveHandler()
	return nil
}

// auditFourEyes writes down that it takes another number of persons to record.
func (n *Node) auditFourEyes(ctx context.Context) error {
	detail := "one person is enough to record"
	if n.o.FourEyes {
		detail = "it takes two persons to record"
	}
	return n.audit.Write(ctx, audit.Entry{Actor: "start of the node", Kind: audit.FourEyesChanged, Detail: detail})
}

// openCopies opens store and stream at the same time: each is work for a core.
func (n *Node) openCopies(ctx context.Context) error {
	var streamErr error
	var opening sync.WaitGroup
	opening.Go(func() {
		o := ledger.Options{URLs: n.o.NATS, Access: n.o.Access, Replicas: n.o.Replicas, Name: "depositary", Listen: n.o.Readers, Logger: n.o.Logger}
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
	var end func(context.Context) (eventstore.Position, error)
	if n.o.NATS != "" { // other nodes record too
		end = n.ledger.End
	}
	n.recorder = recorder.New(recorder.Options{End: end, Signer: n.signer, Name: n.o.Name, Trusted: slices.Contains(n.trusted, n.signer.Key()), Ledger: n.ledger, Store: n.store, Projection: n.projection,
		Now: n.o.Now, Zone: n.o.Zone, MaxCommit: n.ledger.MaxCommit(), Writable: n.writable, Patience: n.o.Patience})
	n.onClose("recorder", func() error {
		if n.Err() != nil {
			n.recorder.Abandon()
		}
		n.recorder.Close()
		return nil
	})
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

// checkPast refuses a ledger that is older than the checkpoint that the node is shown,
// or another one. Nothing is recorded before.
func (n *Node) checkPast() error {
	if n.o.Checkpoint == "" {
		return nil
	}
	checkpoint, err := readCheckpoint(n.o.Checkpoint)
	if err == nil {
		err = n.log.Covers(checkpoint)
	}
	var older *publiclog.OlderError
	if errors.As(err, &older) {
		return fmt.Errorf("%s: %w. Nothing was changed and nothing is served. Restore a newer backup, or start without the checkpoint", n.o.Checkpoint, err)
	}
	return err
}

// maxCheckpoint bounds the file of a checkpoint, in bytes.
const maxCheckpoint = 1 << 20

func readCheckpoint(file string) (tlog.Tree, error) {
	f, err := os.Open(file)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCheckpoint))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	tree, err := publiclog.ReadCheckpoint(text)
	if err != nil {
		return tree, fmt.Errorf("checkpoint %s: %w", file, err)
	}
	return tree, nil
}

func (n *Node) serveHandler() {
	n.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	n.handler = api.New(api.Options{
		Options: v1.Options{
			Projection: n.projection, Ledger: projections.NewLedger(n.store), Log: n.log, Notices: n.notices, Webhooks: n.webhooks, Mail: n.mail, Secretariat: n.secretariat, Tokens: n.tokens, Audit: n.audit, SignIn: n.signIn, Today: n.Today, Now: n.o.Now,
			Verify: n.Verify, Backup: n.store.Backup, Faults: n.Faults, Lag: n.follower.Lag, Version: n.o.Version, Logger: n.o.Logger, Metrics: n.metrics,
			Public: n.o.Public, Streams: n.o.Streams, Stopping: n.stopping,
		},
		RatePerSecond: n.o.Rate, Burst: n.o.Burst, Proxies: n.o.Proxies,
	})
	n.onClose("streams", func() error { n.EndStreams(); return nil })
}
