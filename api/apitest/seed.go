package apitest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/recorder"
	"depositary/eventstore/storetest"
	"depositary/projections"
)

// Today is the day on which a server begins.
const Today = "2026-06-30"

var seeded struct {
	sync.Mutex
	commits []eventstore.Commit
}

// catalogueCommits returns the commits of a ledger with the bundled catalogue,
// which are made once for all tests of a package.
func catalogueCommits(t testing.TB) []eventstore.Commit {
	t.Helper()
	seeded.Lock()
	defer seeded.Unlock()
	if seeded.commits == nil {
		seeded.commits = record(t)
	}
	return seeded.commits
}

// record records the catalogue as a node does on an empty ledger.
func record(t testing.TB) (commits []eventstore.Commit) {
	t.Helper()
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	store, err := boltstore.Open(t.TempDir()+"/seed.bolt", boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	ledger, projection := storetest.NewLedger(), projections.NewProjection()
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() {
		_ = (&projections.Follower{Ledger: ledger, Store: store, Projection: projection}).Run(ctx)
	})
	r := recorder.New(recorder.Options{Ledger: ledger, Store: store, Projection: projection, Now: NewClock(Today).Now})
	all := bundled.Commands()
	for i, command := range all {
		id := fmt.Sprintf("catalogue:%d/%d", i+1, len(all))
		_, err := r.Record(ctx, recorder.Request{ID: id, Actor: "catalogue", Command: command})
		require.NoError(t, err, id)
	}
	require.NoError(t, store.Scan(0, func(c eventstore.Commit) error { commits = append(commits, c); return nil }))
	r.Close()
	stop()
	following.Wait()
	require.NoError(t, store.Close())
	return commits
}
