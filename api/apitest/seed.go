package apitest

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"sync"
	"testing"
	"time"

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

// ledgerLines is a ledger as an earlier release exported it: the catalogue of
// that release, recorded at noon of Today, and the day. So what tests know of a
// ledger stays when the bundled catalogue grows.
//
//go:embed testdata/ledger.ndjson.gz
var ledgerLines []byte

var earlier = sync.OnceValues(func() (commits []eventstore.Commit, err error) {
	lines, err := gzip.NewReader(bytes.NewReader(ledgerLines))
	if err != nil {
		return nil, err
	}
	_, _, err = eventstore.ReadLines(lines, func(c eventstore.Commit, _ int) error {
		commits = append(commits, c)
		return nil
	})
	return commits, err
})

var bundled struct {
	sync.Mutex
	commits []eventstore.Commit
}

// begins returns the commits with which a server begins.
func begins(t testing.TB, o Options) []eventstore.Commit {
	t.Helper()
	if o.Empty {
		return nil
	}
	if !o.Bundled {
		commits, err := earlier()
		require.NoError(t, err)
		return commits
	}
	bundled.Lock()
	defer bundled.Unlock()
	if bundled.commits == nil {
		bundled.commits = record(t)
	}
	return bundled.commits
}

// record records the catalogue as a node does on an empty ledger.
func record(t testing.TB) (commits []eventstore.Commit) {
	t.Helper()
	tables, err := catalogue.Load()
	require.NoError(t, err)
	store, err := boltstore.Open(t.TempDir()+"/seed.bolt", boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	ledger, projection := storetest.NewLedger(), projections.NewProjection()
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() {
		_ = (&projections.Follower{Ledger: ledger, Store: store, Keys: eventstore.NewKeyring(codec.KeyChanges), Projection: projection}).Run(ctx)
	})
	r := recorder.New(recorder.Options{Signer: storetest.Signer("apitest"), Ledger: ledger, Store: store, Projection: projection, Now: NewClock(Today).Now, Patience: time.Minute})
	all := tables.Commands()
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
