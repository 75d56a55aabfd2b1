package publiclog

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Fetch gets what a log serves below /log/, such as checkpoint or tile/0/000.
type Fetch func(ctx context.Context, path string) ([]byte, error)

// Seen is what a watcher keeps from one look to the next.
type Seen struct {
	Key        string `json:"key"`        // public key of the log
	Checkpoint string `json:"checkpoint"` // the last that was checked; empty before the first look
}

// FetchError says that the log did not answer: nothing is known of its history.
type FetchError struct{ Cause error }

func (e *FetchError) Error() string { return "the log does not answer: " + e.Cause.Error() }
func (e *FetchError) Unwrap() error { return e.Cause }

// RewrittenError says that the log is not what it was: it was rewritten or rolled
// back, or its checkpoint or tiles are not its own.
type RewrittenError struct{ Reason string }

func (e *RewrittenError) Error() string { return e.Reason }

// Look gets the checkpoint of now and checks that the log of the last look is its
// beginning. It returns what to keep for the next look, and the tree. Its error is
// a *FetchError, a *KeyError or a *RewrittenError; what was kept stays as it is then.
func Look(ctx context.Context, fetch Fetch, seen Seen) (Seen, tlog.Tree, error) {
	verifier, err := note.NewVerifier(seen.Key)
	if err != nil {
		return seen, tlog.Tree{}, &KeyError{seen.Key}
	}
	text, err := fetch(ctx, "checkpoint")
	if err != nil {
		return seen, tlog.Tree{}, &FetchError{err}
	}
	now, err := openCheckpoint(text, verifier)
	if err != nil {
		return seen, tlog.Tree{}, &RewrittenError{err.Error()}
	}
	if seen.Checkpoint != "" {
		before, err := openCheckpoint([]byte(seen.Checkpoint), verifier)
		if err != nil {
			return seen, now, &RewrittenError{"what was kept: " + err.Error()}
		}
		if err := continues(ctx, fetch, before, now); err != nil {
			return seen, now, err
		}
	}
	return Seen{seen.Key, string(text)}, now, nil
}

// continues checks that a tree begins with an earlier one.
func continues(ctx context.Context, fetch Fetch, before, now tlog.Tree) error {
	switch {
	case now.N < before.N:
		return &RewrittenError{fmt.Sprintf("the log was rolled back: it had %d commits, and has %d", before.N, now.N)}
	case now.N == before.N && now.Hash == before.Hash:
		return nil
	case now.N == before.N:
		return &RewrittenError{fmt.Sprintf("the log was rewritten: the root of its %d commits was %v, and is %v", now.N, before.Hash, now.Hash)}
	}
	proof, err := tlog.ProveTree(now.N, before.N, tlog.TileHashReader(now, &tiles{ctx, fetch}))
	var unanswered *FetchError
	if errors.As(err, &unanswered) {
		return unanswered
	}
	if err != nil {
		return &RewrittenError{fmt.Sprintf("the tiles of the log are not those of its checkpoint: %v", err)}
	}
	if err := tlog.CheckTree(proof, now.N, now.Hash, before.N, before.Hash); err != nil {
		return &RewrittenError{fmt.Sprintf("the log was rewritten: its first %d commits are not those that it had", before.N)}
	}
	return nil
}

// tiles reads tiles of hashes for tlog, which checks them against a tree.
type tiles struct {
	ctx   context.Context
	fetch Fetch
}

func (t *tiles) Height() int { return height }

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := t.fetch(t.ctx, "tile/"+tilePath(tile))
		if err != nil {
			return nil, &FetchError{err}
		}
		read[i] = data
	}
	return read, nil
}
