package projections

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/storetest"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// commits returns n commits from the beginning of a ledger, one a second; each
// adds a participant.
func commits(t testing.TB, n int) []eventstore.Commit {
	t.Helper()
	var previous eventstore.Hash
	all := make([]eventstore.Commit, n)
	for i := range all {
		line, err := codec.Encode(&domain.ParticipantDefined{Participant: domain.Participant{
			ID: domain.ParticipantID(fmt.Sprintf("P%03d", i+1)), Kind: domain.KindState, Names: []domain.DatedName{{Name: fmt.Sprint("Participant ", i+1)}}}})
		require.NoError(t, err)
		all[i] = storetest.SealForm1(eventstore.Header{Position: eventstore.Position(i + 1), Previous: previous, Recorded: epoch.Add(time.Duration(i+1) * time.Second)},
			eventstore.Command{ID: fmt.Sprint("c", i+1), Actor: "test", Treaty: eventstore.Many, Participant: eventstore.Many}, string(line))
		previous = all[i].Hash()
	}
	return all
}

func TestApplyInOrder(t *testing.T) {
	p, all := NewProjection(), commits(t, 6)
	require.NoError(t, p.Apply(all[:2]))
	before := p.Current()
	require.NoError(t, p.Apply(all[1:4]), "what was seen is passed over")
	require.EqualValues(t, 4, p.Current().Position)
	require.Equal(t, all[3].Hash(), p.Current().Hash)
	require.Len(t, p.Current().State.Participants(domain.Everything()), 4)
	// Views that a reader holds do not change.
	require.EqualValues(t, 2, before.Position)
	require.Len(t, before.State.Participants(domain.Everything()), 2)

	require.ErrorContains(t, p.Apply(all[5:]), "position 6 follows 4", "a gap")
	require.EqualValues(t, 4, p.Current().Position)
	require.ErrorContains(t, p.Apply([]eventstore.Commit{all[4], all[4]}), "position 5 follows 5")
	require.EqualValues(t, 4, p.Current().Position, "nothing of a batch is shown after an error")
	require.NoError(t, p.Apply(all[4:]))
	require.EqualValues(t, 6, p.Current().Position)
}

func TestLoadShowsNothingBeforeItsEnd(t *testing.T) {
	p, all := NewProjection(), commits(t, 3)
	for _, c := range all {
		require.NoError(t, p.Load(c))
		require.Zero(t, p.Current().Position)
	}
	p.Loaded()
	require.EqualValues(t, 3, p.Current().Position)
}

func TestAwait(t *testing.T) {
	p, all := NewProjection(), commits(t, 20)
	require.NoError(t, p.Await(context.Background(), 0))
	ctx, cancel := context.WithCancel(context.Background())
	var waiting sync.WaitGroup
	for position := range 20 {
		for range 3 {
			waiting.Go(func() {
				require.NoError(t, p.Await(ctx, eventstore.Position(position+1)))
				require.GreaterOrEqual(t, int(p.Current().Position), position+1)
			})
		}
	}
	for _, c := range all {
		require.NoError(t, p.Apply([]eventstore.Commit{c}))
	}
	waiting.Wait()
	cancel()
	require.ErrorIs(t, p.Await(ctx, 21), context.Canceled)
	require.NoError(t, p.Await(ctx, 20), "what is there needs no waiting")
}

func TestPositionAt(t *testing.T) {
	p := NewProjection()
	require.Zero(t, p.Current().PositionAt(epoch))
	require.NoError(t, p.Apply(commits(t, 3)))
	v := p.Current()
	for _, c := range []struct {
		at   time.Time
		want int
	}{
		{epoch, 0},
		{epoch.Add(time.Second - time.Microsecond), 0},
		{epoch.Add(time.Second), 1},
		{epoch.Add(time.Second + time.Nanosecond), 1},
		{epoch.Add(2500 * time.Millisecond), 2},
		{epoch.Add(3 * time.Second), 3},
		{epoch.AddDate(1000, 0, 0), 3},
		{time.Time{}, 0},
	} {
		require.EqualValues(t, c.want, v.PositionAt(c.at), "%s", c.at)
	}
	_, ok := v.RecordedAt(0)
	require.False(t, ok)
	_, ok = v.RecordedAt(4)
	require.False(t, ok)
	at, ok := v.RecordedAt(2)
	require.True(t, ok)
	require.Equal(t, epoch.Add(2*time.Second), at)
	_, err := v.Query(domain.MustDate("2026-01-01"), domain.Date{}, UpTo(4))
	require.ErrorContains(t, err, "ends at position 3")
}

// script is a ledger that delivers given commits, in batches of a size.
type script struct {
	eventstore.Ledger
	commits []eventstore.Commit
	batch   int
}

func (s *script) Follow(ctx context.Context, after eventstore.Position, deliver func([]eventstore.Commit) error) error {
	for rest := s.commits[after:]; len(rest) > 0; {
		n := min(s.batch, len(rest))
		if err := deliver(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return ctx.Err()
}

// failing is a store whose next appends fail.
type failing struct {
	eventstore.Store
	failures int
}

var errDisk = errors.New("no space left")

func (f *failing) Append(c []eventstore.Commit) error {
	if f.failures > 0 {
		f.failures--
		return errDisk
	}
	return f.Store.Append(c)
}

func openStore(t *testing.T) eventstore.Store {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// A batch that could not be stored is not shown, and comes again.
func TestFollowerLosesNothingWhenTheStoreFails(t *testing.T) {
	all := commits(t, 10)
	store := &failing{Store: openStore(t)}
	p := NewProjection()
	f := &Follower{Keys: eventstore.NewKeyring(codec.KeyChanges), Ledger: &script{commits: all, batch: 3}, Store: store, Projection: p}
	for _, at := range []int{0, 0} {
		store.failures = 1
		require.ErrorIs(t, f.Run(context.Background()), errDisk)
		require.EqualValues(t, at, p.Current().Position)
		require.EqualValues(t, 3-at, f.Lag())
	}
	require.NoError(t, f.Run(context.Background()))
	require.EqualValues(t, 10, p.Current().Position)
	require.Zero(t, f.Lag())
	tip, hash := store.Tip()
	require.EqualValues(t, 10, tip)
	require.Equal(t, all[9].Hash(), hash)
}

// watched is a store that notes how far the views were when it had written.
type watched struct {
	eventstore.Store
	views *Projection
	shown []eventstore.Position
}

func (w *watched) Append(c []eventstore.Commit) error {
	err := w.Store.Append(c)
	w.shown = append(w.shown, w.views.Current().Position)
	return err
}

// The views fold while the store writes, and show nothing before it has written.
func TestNothingIsShownBeforeItIsStored(t *testing.T) {
	p := NewProjection()
	store := &watched{Store: openStore(t), views: p}
	f := &Follower{Keys: eventstore.NewKeyring(codec.KeyChanges), Ledger: &script{commits: commits(t, 10), batch: 3}, Store: store, Projection: p}
	require.NoError(t, f.Run(context.Background()))
	require.Equal(t, []eventstore.Position{0, 3, 6, 9}, store.shown)
	require.EqualValues(t, 10, p.Current().Position)
}

// A batch that was stored, and could not be folded, is folded by the next Run.
func TestFollowerContinuesWhereTheViewsEnd(t *testing.T) {
	all := commits(t, 6)
	store := openStore(t)
	require.NoError(t, store.Append(all[:4]))
	p := NewProjection()
	require.NoError(t, p.Apply(all[:2]))
	f := &Follower{Keys: eventstore.NewKeyring(codec.KeyChanges), Ledger: &script{commits: all, batch: 10}, Store: store, Projection: p}
	require.NoError(t, f.Run(context.Background()))
	require.EqualValues(t, 6, p.Current().Position)
	tip, _ := store.Tip()
	require.EqualValues(t, 6, tip)

	ahead := &Follower{Keys: eventstore.NewKeyring(codec.KeyChanges), Ledger: f.Ledger, Store: openStore(t), Projection: p}
	require.ErrorContains(t, ahead.Run(context.Background()), "the store only at 0")
}

// Commits that do not continue the chain, and bytes that are no events, end
// the follower; nothing of their batch is shown.
func TestFollowerStopsAtDamage(t *testing.T) {
	all := commits(t, 4)
	p := NewProjection()
	f := &Follower{Keys: eventstore.NewKeyring(codec.KeyChanges), Ledger: &script{commits: append(all[:2:2], all[3]), batch: 2}, Store: openStore(t), Projection: p}
	var broken *eventstore.BreakError
	require.ErrorAs(t, f.Run(context.Background()), &broken)
	require.EqualValues(t, 2, p.Current().Position)

	strange := storetest.SealForm1(eventstore.Header{Position: 3, Previous: all[1].Hash(), Recorded: all[1].Recorded},
		eventstore.Command{ID: "strange", Actor: "test", Treaty: eventstore.Many, Participant: eventstore.Many}, `{"type":"never.heard/v9"}`)
	require.ErrorContains(t, p.Apply([]eventstore.Commit{strange}), "views: ")
	require.EqualValues(t, 2, p.Current().Position)
	require.NoError(t, p.Apply(all[2:]))
}
