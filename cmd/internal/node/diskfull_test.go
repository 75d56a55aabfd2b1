//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"depositary/domain"
	"depositary/eventstore/recorder"
)

// smallDisk mounts a disk of some MiB in memory, and skips the test where that is
// not permitted.
func smallDisk(t *testing.T, mebibytes int) string {
	t.Helper()
	folder := t.TempDir()
	if err := unix.Mount("none", folder, "tmpfs", 0, fmt.Sprintf("size=%dm", mebibytes)); err != nil {
		t.Skipf("no small disk: mounting one is not permitted here (%v)", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(folder, unix.MNT_DETACH)) })
	return folder
}

// fill takes all the room that is left on a disk, and returns how to free it.
func fill(t *testing.T, folder string) (release func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	file, err := os.Create(path)
	require.NoError(t, err)
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		require.ErrorIs(t, err, unix.ENOSPC)
	}
	require.NoError(t, file.Close())
	return func() { require.NoError(t, os.Remove(path)) }
}

// A disk that fills up while acts are recorded: what cannot be recorded is refused
// as not recorded, the node says so and goes on reading, and it records again by
// itself when there is room. What was acknowledged stands, once; what was refused
// does not. With a reserve the disk is never met; without one, stream or store meet it.
func TestDiskFull(t *testing.T) {
	for name, reserved := range map[string]uint64{"refused before it is full": reserve, "met in the middle of writing": 0} {
		t.Run(name, func(t *testing.T) {
			folder := smallDisk(t, 72)
			beginIn(t, filepath.Join(folder, "data"))
			n := openNode(t, filepath.Join(folder, "data"), func(o *Options) { o.Patience = 0 }) // as a server has it
			n.condition.reserve.Store(reserved)
			require.Empty(t, n.Faults())
			w := &fullDiskWriter{n: n, outcome: map[string]error{}}
			w.record("before")
			require.NoError(t, w.outcome["before"])

			release := fill(t, folder)
			var writers sync.WaitGroup
			for i := range 4 {
				writers.Go(func() {
					for j := range 3 {
						w.record(fmt.Sprintf("w%d-%d", i, j))
					}
				})
			}
			writers.Wait()
			require.Eventually(t, func() bool { w.record("probe"); return len(n.Faults()) > 0 }, time.Minute, 50*time.Millisecond)
			w.record("while-full")
			var refused *recorder.NotRecordedError
			require.ErrorAs(t, w.outcome["while-full"], &refused)
			require.True(t, n.Faults()[0].Writing)
			require.False(t, n.Faults()[0].Reading, "reading goes on")
			require.NotEmpty(t, n.Views().State.Treaties(domain.Everything()))

			release()
			require.Eventually(t, func() bool { w.record("after"); return w.outcome["after"] == nil }, time.Minute, 50*time.Millisecond)
			require.Eventually(t, func() bool { return len(n.Faults()) == 0 }, time.Minute, 10*time.Millisecond)
			require.NoError(t, n.Err())
			w.check(t)
			verified, err := n.Verify(t.Context())
			require.NoError(t, err)
			require.Equal(t, n.Position(), verified.Position)
		})
	}
}

// fullDiskWriter remembers the last outcome of each id.
type fullDiskWriter struct {
	n       *Node
	mu      sync.Mutex
	outcome map[string]error
}

func (w *fullDiskWriter) record(id string) {
	action := domain.Action{Participant: "DEU", Kind: domain.Communication, Date: domain.MustDate("2020-01-01"), Statement: &domain.Statement{Text: strings.Repeat("text ", 1800)}}
	_, err := w.n.recorder.Record(context.Background(), recorder.Request{ID: id, Actor: "test", Command: &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{action}}})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcome[id] = err
}

func (w *fullDiskWriter) check(t *testing.T) {
	t.Helper()
	for id, err := range w.outcome {
		_, stands, readErr := w.n.store.ByCommand(id)
		require.NoError(t, readErr)
		var refused *recorder.NotRecordedError
		switch {
		case err == nil:
			require.True(t, stands, "%s was acknowledged", id)
		case errors.As(err, &refused):
			require.False(t, stands, "%s was refused as not recorded: %v", id, err)
		default:
			require.ErrorIs(t, err, recorder.ErrUnavailable, "%s", id)
		}
	}
}

// A disk that is full when a node starts keeps nobody from reading; when there is room
// again, it records by itself.
func TestStartOnAFullDisk(t *testing.T) {
	folder := smallDisk(t, 72)
	data := filepath.Join(folder, "data")
	first, err := Open(t.Context(), Options{Patience: patience, Data: data})
	require.NoError(t, err)
	require.NoError(t, first.Close())
	release := fill(t, folder)

	ctx, stop := context.WithCancel(t.Context())
	served, started := make(chan error, 1), make(chan Serving, 1)
	go func() {
		served <- Serve(ctx, ServeOptions{Options: Options{Patience: patience, Data: data}, Listen: "127.0.0.1:0"}, func(s Serving) { started <- s })
	}()
	var serving Serving
	select {
	case serving = <-started:
	case err := <-served:
		require.NoError(t, err, "it does not start")
	}
	require.Equal(t, http.StatusOK, statusOf(t, serving.Address+"/readyz?for=reading"))
	require.Equal(t, http.StatusServiceUnavailable, statusOf(t, serving.Address+"/readyz?for=writing"))
	require.Equal(t, http.StatusOK, statusOf(t, serving.Address+"/v1/treaties/ICMW"))
	release()
	require.Eventually(t, func() bool { return statusOf(t, serving.Address+"/readyz?for=writing") == http.StatusOK }, time.Minute, 50*time.Millisecond)
	stop()
	require.NoError(t, <-served)
}

func statusOf(t *testing.T, address string) int {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
