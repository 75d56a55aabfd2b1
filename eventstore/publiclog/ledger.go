package publiclog

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"depositary/eventstore"
)

// errCovered ends the reading behind the commits that a checkpoint covers.
var errCovered = errors.New("all that the checkpoint covers was read")

// ReadLedger calls fn for each commit of an exported ledger that the tree of a
// checkpoint covers, and then checks that they are the commits of the tree: what fn
// made of them holds only where the error is nil. It is a *RewrittenError where they
// are not.
func ReadLedger(r io.Reader, tree tlog.Tree, fn func(eventstore.Commit) error) error {
	var l Log
	_, _, err := eventstore.ReadLines(r, func(c eventstore.Commit, _ int) error {
		if err := l.addLeaf(c); err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
		if l.size == tree.N {
			return errCovered
		}
		return nil
	})
	var lines *eventstore.LinesError
	switch {
	case errors.As(err, &lines):
		return &RewrittenError{"the exported ledger is damaged: " + err.Error()}
	case err != nil && !errors.Is(err, errCovered):
		return err
	case l.size < tree.N:
		return &RewrittenError{fmt.Sprintf("the exported ledger has %d commits, and the checkpoint covers %d", l.size, tree.N)}
	}
	root, err := tlog.TreeHash(l.size, tlog.HashReaderFunc(l.read))
	if err == nil && root != tree.Hash {
		err = &RewrittenError{fmt.Sprintf("the exported ledger is not that of the checkpoint: its %d commits have another root", tree.N)}
	}
	return err
}
