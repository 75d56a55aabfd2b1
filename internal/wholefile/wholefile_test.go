package wholefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/internal/wholefile"
)

// holds checks that the folder has one file, with the text.
func holds(t *testing.T, path, text string) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text, string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left beside it")
}

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, wholefile.Replace(path, []byte("one")))
	holds(t, path, "one")
	require.NoError(t, wholefile.Replace(path, []byte("two")))
	holds(t, path, "two")
	require.Error(t, wholefile.Replace(filepath.Join(path, "below a file"), nil))
}

func TestCreateOverwritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, wholefile.Create(path, []byte("one")))
	require.ErrorIs(t, wholefile.Create(path, []byte("two")), os.ErrExist)
	holds(t, path, "one")
}

func TestWhatFailsIsNotThere(t *testing.T) {
	folder := t.TempDir()
	path, stop := filepath.Join(folder, "file"), errors.New("stop")
	half := func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return stop
	}
	require.ErrorIs(t, wholefile.CreateChecked(path, half, nil), stop)
	whole := func(w io.Writer) error {
		_, err := io.WriteString(w, "whole")
		return err
	}
	require.ErrorIs(t, wholefile.CreateChecked(path, whole, func(aside string) error {
		content, err := os.ReadFile(aside)
		require.NoError(t, err)
		require.Equal(t, "whole", string(content), "it is checked as it will be")
		require.NoFileExists(t, path)
		return stop
	}), stop)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestOfSeveralOneCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var made atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := wholefile.Create(path, []byte("x")); err == nil {
				made.Add(1)
			} else if !errors.Is(err, os.ErrExist) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, made.Load())
	holds(t, path, "x")
}
