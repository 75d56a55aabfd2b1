package publiclog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/eventstore"
)

// OlderError says that a ledger does not have what a checkpoint covers: it is an
// older past, or another history.
type OlderError struct {
	Have, Want int64 // commits
	Rewritten  bool  // it has as many, and others
}

func (e *OlderError) Error() string {
	if e.Rewritten {
		return fmt.Sprintf("the first %d commits are not those of the checkpoint: the history was rewritten", e.Want)
	}
	return fmt.Sprintf("the checkpoint covers %d commits, and there are %d: this is an older past", e.Want, e.Have)
}

// ReadCheckpoint returns the tree of a checkpoint that somebody has kept: the note
// that a log serves, or the file of a watcher, whose signature is checked with the
// key in it.
func ReadCheckpoint(text []byte) (tlog.Tree, error) {
	seen, err := keptBy(text)
	if err != nil {
		return tlog.Tree{}, err
	}
	if seen.Key == "" {
		return treeOf(seen.Checkpoint)
	}
	return OpenCheckpoint(text, seen.Key)
}

// OpenCheckpoint checks the signature of a checkpoint, or of that in the file of a
// watcher, with the public key of the log, and returns its tree.
func OpenCheckpoint(text []byte, key string) (tlog.Tree, error) {
	seen, err := keptBy(text)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, &KeyError{key}
	}
	return openCheckpoint([]byte(seen.Checkpoint), verifier)
}

// keptBy reads the file of a watcher, or a checkpoint, of which it knows no key.
func keptBy(text []byte) (seen Seen, err error) {
	if !strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		return Seen{Checkpoint: string(text)}, nil
	}
	if err := json.Unmarshal(text, &seen); err != nil {
		return seen, fmt.Errorf("this is neither a checkpoint nor the file of a watcher: %w", err)
	}
	if seen.Key == "" {
		return seen, &KeyError{seen.Key}
	}
	return seen, nil
}

// treeOf reads the lines of a checkpoint behind its origin.
func treeOf(text string) (tlog.Tree, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return tlog.Tree{}, fmt.Errorf("this is no checkpoint: origin, number of commits and root hash expected, a line each")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("the checkpoint has no size: %q", lines[1])
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint has no root hash: %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

// Covers returns an *OlderError unless the ledger of a store begins with the commits
// that a checkpoint covers.
func Covers(store eventstore.Store, checkpoint tlog.Tree) error {
	l := &Log{store: store, seed: make([]byte, 32)} // signs nothing
	return l.Covers(checkpoint)
}

// Covers returns an *OlderError unless the log begins with the tree of a checkpoint.
func (l *Log) Covers(checkpoint tlog.Tree) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, _ := l.store.Tip(); int64(last) < checkpoint.N {
		return &OlderError{Have: int64(last), Want: checkpoint.N}
	}
	if err := l.catchUp(); err != nil {
		return err
	}
	root, err := tlog.TreeHash(checkpoint.N, tlog.HashReaderFunc(l.read))
	if err == nil && root != checkpoint.Hash {
		err = &OlderError{Have: l.size, Want: checkpoint.N, Rewritten: true}
	}
	return err
}
