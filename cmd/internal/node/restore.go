package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/publiclog"
	"depositary/internal/wholefile"
)

// Copy is what a copy of a store holds.
type Copy struct {
	Position eventstore.Position
	Hash     eventstore.Hash
}

// CheckCopy opens a copy of a store and checks the chain of its commits, and what
// else it has to be.
func CheckCopy(path string, progress Progress, checks ...func(eventstore.Store) error) (c Copy, err error) {
	// An empty file would become an empty store by being opened.
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return c, errors.Join(err, fmt.Errorf("%s is no copy of a store", path))
	}
	store, err := boltstore.Open(path, boltstore.Options{Participants: codec.Participants,
		Progress: func(done, total eventstore.Position) { progress("checking the copy", uint64(done), uint64(total)) }})
	if err != nil {
		return c, err
	}
	c.Position, c.Hash = store.Tip()
	for _, check := range checks {
		err = errors.Join(err, check(store))
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return c, err
	}
	if c.Position == 0 {
		return c, fmt.Errorf("%s holds no commit", path)
	}
	return c, nil
}

// Restore puts a backup into a data folder that has no store yet, after it has
// been checked. The stream is filled from it when a node is opened there. A backup
// that does not cover the checkpoint in a file is refused; empty: there is none.
func Restore(ctx context.Context, backup, data, checkpoint string, progress Progress) (c Copy, err error) {
	covers := func(eventstore.Store) error { return nil }
	if checkpoint != "" {
		tree, err := readCheckpoint(checkpoint)
		if err != nil {
			return c, err
		}
		covers = func(store eventstore.Store) error {
			if err := publiclog.Covers(store, tree); err != nil {
				return fmt.Errorf("%s: %w; nothing was restored", checkpoint, err)
			}
			return nil
		}
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return c, err
	}
	release, err := holdFolder(data)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if HasLedger(data) {
		return c, fmt.Errorf("%s has a store already; nothing was changed. Set %s aside, or name another folder", data, filepath.Join(data, storeFile))
	}
	source, err := os.Open(backup)
	if err != nil {
		return c, err
	}
	defer source.Close()
	return c, wholefile.CreateChecked(filepath.Join(data, storeFile), func(w io.Writer) error {
		_, err := io.Copy(w, &cancelable{ctx, source})
		return err
	}, func(path string) error {
		c, err = CheckCopy(path, progress, covers)
		return err
	})
}

// cancelable is a reader that ends with its context.
type cancelable struct {
	ctx context.Context
	io.Reader
}

func (c *cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}
