package recorder

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/storetest"
	"depositary/projections"
)

// fakeLedger is a ledger in memory that fails as a test wants it to.
type fakeLedger struct {
	*storetest.MemoryLedger
	mu    sync.Mutex // of what follows
	calls int
	// fault answers a call of Append, from 1; without it, or when it returns
	// false, the call succeeds.
	fault func(l *fakeLedger, call int, commits []eventstore.Commit) (fault, bool)
}

// fault is what becomes of one call.
type fault struct {
	keep int           // commits that are appended all the same
	late time.Duration // after which they are appended, where not at once
	hang bool          // until the context ends
	err  error
}

func newFakeLedger() *fakeLedger { return &fakeLedger{MemoryLedger: storetest.NewLedger()} }

func (l *fakeLedger) Append(ctx context.Context, commits []eventstore.Commit) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.fault != nil {
		if f, ok := l.fault(l, l.calls, commits); ok {
			return l.failing(ctx, f, commits)
		}
	}
	return l.add(commits)
}

func (l *fakeLedger) failing(ctx context.Context, f fault, commits []eventstore.Commit) (int, error) {
	if f.late > 0 {
		time.AfterFunc(f.late, func() { _, _ = l.add(commits[:f.keep]) })
	} else if _, err := l.add(commits[:f.keep]); err != nil {
		return 0, err
	}
	if f.hang {
		l.mu.Unlock()
		<-ctx.Done()
		l.mu.Lock()
		return 0, ctx.Err()
	}
	if _, conflict := f.err.(*eventstore.ConflictError); conflict {
		return f.keep, f.err
	}
	return 0, f.err
}

// add appends whatever becomes of the caller.
func (l *fakeLedger) add(commits []eventstore.Commit) (int, error) {
	return l.MemoryLedger.Append(context.Background(), commits)
}

// faultyStore is a store whose reads fail while a test wants them to.
type faultyStore struct {
	*boltstore.Store
	broken atomic.Bool
}

var errDisk = errors.New("input/output error")

func (s *faultyStore) ByCommand(id string) (eventstore.Position, bool, error) {
	if s.broken.Load() {
		return 0, false, errDisk
	}
	return s.Store.ByCommand(id)
}

// rig is a recorder over a fake ledger, a real store and real views.
type rig struct {
	*Recorder
	ledger     *fakeLedger
	store      *boltstore.Store
	projection *projections.Projection
}

var noon = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

// newRig starts a recorder whose ledger holds a participant and a treaty.
func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{ledger: newFakeLedger(), projection: projections.NewProjection()}
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	r.store = store
	ctx, stop := context.WithCancel(context.Background())
	follower := &projections.Follower{Ledger: r.ledger, Store: store, Keys: eventstore.NewKeyring(codec.KeyChanges), Projection: r.projection}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = follower.Run(ctx)
	}()
	o := Options{Signer: storetest.Signer("rig"), Ledger: r.ledger, Store: store, Projection: r.projection, Now: func() time.Time { return noon }, Patience: time.Hour}
	for _, f := range change {
		f(&o)
	}
	r.Recorder = New(o)
	t.Cleanup(func() {
		r.Close()
		stop()
		<-ended
		require.NoError(t, store.Close())
	})
	definitions := domaintest.Definitions(t)
	germany, _ := definitions.Participant("DEU", domain.Everything())
	france, _ := definitions.Participant("FRA", domain.Everything())
	icmw, _ := definitions.Treaty("IV-13", domain.Everything())
	r.mustRecord(t, "participants", &domain.Define{Participants: []domain.Participant{*germany, *france}})
	r.mustRecord(t, "treaty", &domain.Define{Treaty: icmw})
	r.ledger.calls = 0
	return r
}

func (r *rig) mustRecord(t *testing.T, id string, c domain.Command) Receipt {
	t.Helper()
	receipt, err := r.Record(context.Background(), Request{ID: id, Actor: "test", Command: c})
	require.NoError(t, err)
	return receipt
}

// remark is a command that the law lets pass as often as it is given.
func remark(text string) domain.Command {
	return act(domain.Action{Participant: "DEU", Kind: domain.Communication, Date: domain.MustDate("2020-01-01"), Statement: &domain.Statement{Text: text}})
}

func accession(day string) domain.Command {
	return act(domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate(day)})
}

func act(a domain.Action) domain.Command {
	return &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{a}}
}

// requireOnce requires that store and stream are the same chain in which each
// id stands as often as said, and no other id but those of the rig.
func (r *rig) requireOnce(t *testing.T, ids ...string) {
	t.Helper()
	last, err := r.ledger.Last(context.Background())
	require.NoError(t, err)
	require.NoError(t, r.projection.Await(context.Background(), last))
	found := map[string]int{}
	require.NoError(t, r.store.Scan(0, func(c eventstore.Commit) error {
		for _, command := range c.Commands {
			if command.Actor != NodeActor {
				found[command.ID]++
			}
		}
		inStream, err := r.ledger.Read(context.Background(), c.Position)
		if err == nil && inStream.Hash() != c.Hash() {
			err = fmt.Errorf("store and stream differ at %d", c.Position)
		}
		return err
	}))
	want := map[string]int{"participants": 1, "treaty": 1}
	for _, id := range ids {
		want[id]++
	}
	require.Equal(t, want, found)
}
