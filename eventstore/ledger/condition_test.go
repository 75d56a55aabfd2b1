package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

// A disk that is full when the stream begins its next file takes the stream out of
// service for good. The ledger says so at once, ends what waits for an answer, and
// takes commits again when it is opened anew; nothing that stood in it is lost, and
// who followed it goes on.
func TestADiskThatWasFull(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a disk without room is /dev/full, which this system does not have")
	}
	dir := t.TempDir()
	l := open(t, ledger.Options{Dir: dir})
	w := storetest.Named("a")
	all := w.Next(20)
	_, err := l.Append(t.Context(), all)
	require.NoError(t, err)
	require.NoError(t, l.Check(t.Context()))
	delivered := make(chan []eventstore.Commit, 100)
	go func() {
		_ = l.Follow(t.Context(), 0, func(commits []eventstore.Commit) error { delivered <- commits; return nil })
	}()

	second := filepath.Join(dir, "jetstream", "$G", "streams", ledger.StreamName, "msgs", "2.blk")
	require.NoError(t, os.Symlink("/dev/full", second))
	checked := make(chan error)
	go func() {
		defer close(checked)
		for l.Check(t.Context()) == nil {
			time.Sleep(time.Millisecond)
		}
	}()
	large := `{"event":"` + strings.Repeat("x", 1<<20) + `"}`
	for err = nil; err == nil; {
		next := w.Seal(eventstore.Command{ID: storetest.Command("large", eventstore.Position(len(all))), Treaty: "t", Participant: "p"}, large)
		if _, err = l.Append(t.Context(), []eventstore.Commit{next}); err == nil {
			all = append(all, next)
		}
		require.Less(t, len(all), 100, "the second file is never begun")
	}
	<-checked
	require.NotErrorIs(t, err, context.DeadlineExceeded, "who waits for an answer does not wait until its time has passed")
	var out *ledger.OutOfServiceError
	require.ErrorAs(t, l.Check(t.Context()), &out)
	require.Contains(t, out.Reason, "write error")
	last, err := l.Last(t.Context())
	require.NoError(t, err, "reading goes on")
	require.EqualValues(t, len(all), last)

	require.NoError(t, os.Remove(second))
	require.NoError(t, l.Restart(t.Context()))
	require.NoError(t, l.Check(t.Context()))
	more := storetest.After(all[len(all)-1], "a").Next(20)
	require.Eventually(t, func() bool { _, err := l.Append(t.Context(), more); return err == nil }, time.Minute, 10*time.Millisecond)
	all = append(all, more...)
	storetest.Equal(t, all, storetest.Follow(t, l, 0, eventstore.Position(len(all))))
	var found []eventstore.Commit
	for len(found) < len(all) {
		found = append(found, <-delivered...)
	}
	storetest.Equal(t, all, found)
}

// Servers of a cluster that start together hold elections first, and answer that
// they are busy. A node that starts meanwhile waits for them: nothing is damaged.
// Without quorum the ledger says so, and takes commits again with it.
func TestABusyClusterIsWaitedFor(t *testing.T) {
	cluster := ledgertest.NewCluster(t)
	o := ledger.Options{URLs: strings.Join(cluster.URLs(), ","), Replicas: 3}
	before := open(t, o)
	all := storetest.Named("a").Next(50)
	_, err := before.Append(t.Context(), all)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return before.Check(t.Context()) == nil }, time.Minute, 10*time.Millisecond)

	cluster.Stop(0)
	cluster.Stop(1)
	require.Eventually(t, func() bool { return before.Check(t.Context()) != nil }, time.Minute, 10*time.Millisecond, "one of three is no quorum")
	cluster.Stop(2)
	for i := range 3 {
		cluster.Start(i)
	}
	l := open(t, o) // at once: the elections have only begun
	c, err := l.Read(t.Context(), 50)
	require.NoError(t, err)
	require.Equal(t, all[49].Hash(), c.Hash())
	_, err = l.Read(t.Context(), 51)
	require.ErrorIs(t, err, eventstore.ErrNotFound)
	storetest.Equal(t, all, storetest.Follow(t, l, 0, 50))
	require.Eventually(t, func() bool { return before.Check(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
}

// A server that cannot start says so at once, and does not let its caller wait for
// one that will never be ready.
func TestServerThatCannotStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "jetstream"), []byte("a file, where the folder belongs"), 0o600))
	begun := time.Now()
	_, err := ledger.Open(t.Context(), ledger.Options{Dir: dir})
	require.ErrorContains(t, err, "could not start")
	require.Less(t, time.Since(begun), time.Minute)
}
