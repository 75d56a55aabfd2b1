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
	"depositary/internal/wholefile"
)

// Copy is what a copy of a store holds.
type Copy struct {
	Position eventstore.Position
	Hash     eventstore.Hash
}

// CheckCopy opens a copy of a store and checks the chain of its commits.
func CheckCopy(path string, progress Progress) (c Copy, err error) {
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
	if err := store.Close(); err != nil {
		return c, err
	}
	if c.Position == 0 {
		return c, fmt.Errorf("%s holds no commit", path)
	}
	return c, nil
}

// Restore puts a backup into a data folder that has no store yet, after it has
// been checked. The stream is filled from it when a node is opened there.
func Restore(ctx context.Context, backup, data string, progress Progress) (c Copy, err error) {
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
		c, err = CheckCopy(path, progress)
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
