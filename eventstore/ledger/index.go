package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"depositary/internal/wholefile"
)

// Beside the blocks of a stream the server keeps an index of them, which it writes
// now and then and does not sync. It takes the index for true where the last eight
// bytes of the last block are those that it notes. After a power cut they may be
// zeros, in the block (its length was durable, its end was not) and in the index (of
// the empty stream): the stream seems to be empty then. So the index counts only
// after a stop in order; otherwise the server reads its blocks, as it does anyway
// where the two differ.

const (
	indexFile   = "index.db"
	stoppedFile = "stopped" // written when the server has stopped in order
)

// distrustIndexes removes the indexes of a folder that was not left in order.
func distrustIndexes(dir string) error {
	trusted, err := stoppedInOrder(dir)
	if err != nil {
		return err
	}
	if !trusted {
		if err := eachFile(dir, func(path string, _ fs.FileInfo) error {
			if filepath.Base(path) == indexFile {
				return os.Remove(path)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	err = os.Remove(filepath.Join(dir, stoppedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, wholefile.SyncFolder(dir))
}

// stoppedInOrder reports whether the server stopped in order and nothing was written
// since: a release that knows no such file may have run.
func stoppedInOrder(dir string) (bool, error) {
	info, err := os.Stat(filepath.Join(dir, stoppedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var latest time.Time
	err = eachFile(dir, func(_ string, other fs.FileInfo) error {
		if other.ModTime().After(latest) {
			latest = other.ModTime()
		}
		return nil
	})
	return !latest.After(info.ModTime()), err
}

// noteStop notes that the server has stopped in order.
func noteStop(dir string) error { return wholefile.Replace(filepath.Join(dir, stoppedFile), nil) }

// eachFile calls fn for every file below a folder; for none where it is not there.
func eachFile(dir string, fn func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return fn(path, info)
	})
}
