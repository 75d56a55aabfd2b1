package filelock_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/internal/filelock"
)

func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := filelock.Try(path)
	require.NoError(t, err)
	_, err = filelock.Try(path)
	require.ErrorIs(t, err, filelock.ErrHeld)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = filelock.Wait(short, path)
	require.ErrorIs(t, err, filelock.ErrHeld)

	require.NoError(t, release())
	release, err = filelock.Try(path)
	require.NoError(t, err, "the file that stays holds nobody out")
	require.NoError(t, release())
	_, err = filelock.Try(filepath.Join(path, "below a file"))
	require.Error(t, err)
	require.NotErrorIs(t, err, filelock.ErrHeld)
}

func TestWhoWaitsComesNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var inside atomic.Int32 // the lock is the system's: the race detector does not know it
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			release, err := filelock.Wait(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d at once", n)
			}
			time.Sleep(time.Millisecond)
			inside.Add(-1)
			if err := release(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
