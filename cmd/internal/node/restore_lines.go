package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/internal/wholefile"
)

// eachCommit calls fn for every commit of a file of exported lines.
func eachCommit(ctx context.Context, file string, fn func(eventstore.Commit, int) error) (c Copy, err error) {
	source, err := os.Open(file)
	if err != nil {
		return c, err
	}
	defer source.Close()
	c.Position, c.Hash, err = eventstore.ReadLines(&cancelable{ctx, source}, fn)
	return c, err
}

// RestoreLines puts the lines of an exported ledger into a data folder: into a
// new store, or behind the commits of a store that is the beginning of the same
// ledger. Everything is checked before anything is written. It returns what the
// store then holds, and how many commits were added.
func RestoreLines(ctx context.Context, file, data string, progress Progress) (c Copy, added uint64, err error) {
	whole, err := checkLines(ctx, file, data)
	if err != nil {
		return c, 0, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return c, 0, err
	}
	release, err := holdFolder(data)
	if err != nil {
		return c, 0, err
	}
	defer func() { err = errors.Join(err, release()) }()
	path := filepath.Join(data, storeFile)
	if !HasLedger(data) {
		err = wholefile.CreateChecked(path, func(io.Writer) error { return nil }, func(path string) (err error) {
			c, added, err = continueStore(ctx, file, path, whole, progress)
			return err
		})
		return c, added, err
	}
	if _, err := os.Stat(path); err != nil {
		return c, 0, fmt.Errorf("%s has a stream and no store; start a node there once, which makes the store again from it: %w", data, err)
	}
	return continueStore(ctx, file, path, whole, progress)
}

// checkLines checks that a file is a whole chain, signed by nodes of the ledger,
// whose events can be understood and folded.
func checkLines(ctx context.Context, file, data string) (Copy, error) {
	decoder, draft := codec.NewDecoder(), domain.NewState().Edit()
	keys, _, err := keysOf(data)
	if err != nil {
		return Copy{}, err
	}
	c, err := eachCommit(ctx, file, func(commit eventstore.Commit, line int) error {
		err := keys.Admit(commit)
		if err == nil {
			err = decoder.Each(commit, draft.Apply)
		}
		if err != nil {
			return &eventstore.LinesError{Line: line, Reason: err.Error()}
		}
		return nil
	})
	if err == nil && c.Position == 0 {
		err = &eventstore.LinesError{Line: 1, Reason: "there is no commit"}
	}
	return c, err
}

// linesAtOnce is how many commits are written together.
const linesAtOnce = 1000

// continueStore appends the commits of a file that a store does not hold yet.
func continueStore(ctx context.Context, file, path string, whole Copy, progress Progress) (c Copy, added uint64, err error) {
	store, err := boltstore.Open(path, boltstore.Options{Participants: codec.Participants})
	if err != nil {
		return c, 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	tip, _ := store.Tip()
	if tip > whole.Position {
		return c, 0, fmt.Errorf("the data folder holds %d commits and the file %d; nothing was changed", tip, whole.Position)
	}
	if err := isBeginning(ctx, file, store); err != nil {
		return c, 0, err
	}
	var batch []eventstore.Commit
	flush := func() error {
		err := store.Append(batch)
		if err == nil {
			added += uint64(len(batch))
			progress("restoring the ledger", added, uint64(whole.Position-tip))
			batch = nil
		}
		return err
	}
	_, err = eachCommit(ctx, file, func(commit eventstore.Commit, _ int) error {
		if commit.Position <= tip {
			return nil
		}
		if batch = append(batch, commit); len(batch) == linesAtOnce {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	c.Position, c.Hash = store.Tip()
	return c, added, err
}

// isBeginning checks that what a store holds is the beginning of the file.
func isBeginning(ctx context.Context, file string, store *boltstore.Store) error {
	tip, _ := store.Tip()
	if tip == 0 {
		return nil
	}
	_, err := eachCommit(ctx, file, func(commit eventstore.Commit, _ int) error {
		if commit.Position > tip {
			return io.EOF
		}
		held, err := store.Read(commit.Position)
		if err == nil && held.Hash() != commit.Hash() {
			err = fmt.Errorf("the data folder holds another ledger: it differs from the file at position %d (%s, and in the file %s); nothing was changed",
				commit.Position, held.Hash().Short(), commit.Hash().Short())
		}
		return err
	})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
