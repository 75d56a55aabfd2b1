package filelock_test

import (
	"context"
	"path/filepath"
	"sync"
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
	inside, all := 0, sync.WaitGroup{}
	for range 6 {
		all.Go(func() {
			release, err := filelock.Wait(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if inside++; inside != 1 {
				t.Errorf("%d at once", inside)
			}
			time.Sleep(time.Millisecond)
			inside--
			if err := release(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
