package publiclog

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/eventstore"
)

// Proof is all that is needed to check that a record stands in the log, beside
// the log's public key.
type Proof struct {
	Record     string   `json:"record" doc:"Id of the record that is proven" example:"812.1"`
	Index      int64    `json:"index" doc:"Place of the commit in the log, from 0"`
	Hashes     []string `json:"hashes" nullable:"false" doc:"Inclusion proof after RFC 6962: the hashes beside the way from the commit to the root, in base64"`
	Checkpoint string   `json:"checkpoint" doc:"Signed checkpoint of the log (C2SP tlog-checkpoint), against which the proof holds"`
	Commit     string   `json:"commit" doc:"The bytes of the commit as they were recorded; its header line, without the line feed, is the leaf"`
}

// Prove returns the proof of the n-th event, from 1, of the commit at a position,
// against the checkpoint of now. It returns eventstore.ErrNotFound where there is
// none such.
func (l *Log) Prove(p eventstore.Position, n int) (Proof, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	checkpoint, err := l.signed()
	if err != nil && !errors.Is(err, ErrEmpty) {
		return Proof{}, err
	}
	if p < 1 || uint64(p) > uint64(l.size) {
		return Proof{}, eventstore.ErrNotFound
	}
	c, err := l.store.Read(p)
	if err != nil {
		return Proof{}, err
	}
	if n < 1 || n > c.Events {
		return Proof{}, eventstore.ErrNotFound
	}
	hashes, err := tlog.ProveRecord(l.size, int64(p)-1, tlog.HashReaderFunc(l.read))
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{Record: fmt.Sprintf("%d.%d", p, n), Index: int64(p) - 1, Hashes: []string{}, Checkpoint: string(checkpoint), Commit: string(c.Raw())}
	for _, hash := range hashes {
		proof.Hashes = append(proof.Hashes, hash.String())
	}
	return proof, nil
}

// Proven is what a proof shows.
type Proven struct {
	Commit eventstore.Commit
	Event  string // the line of the event that the record is, without the line feed
	Tree   tlog.Tree
	Origin string
}

// CheckProof checks a proof in its written form with the public key of the log,
// and nothing else: the signature of the checkpoint, the way from the commit to
// the root, and that the commit's lines are those of its header. It returns what
// is proven, or what does not hold.
func CheckProof(text []byte, key string) (Proven, error) {
	var p Proof
	if err := json.Unmarshal(text, &p); err != nil {
		return Proven{}, fmt.Errorf("this is no proof: %w", err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return Proven{}, &KeyError{key}
	}
	tree, err := openCheckpoint([]byte(p.Checkpoint), verifier)
	if err != nil {
		return Proven{}, err
	}
	c, err := eventstore.Parse([]byte(p.Commit))
	if err != nil {
		return Proven{}, fmt.Errorf("the commit: %w", err)
	}
	if p.Index < 0 || int64(c.Position) != p.Index+1 {
		return Proven{}, fmt.Errorf("the commit says that it stands at position %d, and the proof is that of position %d", c.Position, p.Index+1)
	}
	var hashes tlog.RecordProof
	for i, text := range p.Hashes {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return Proven{}, fmt.Errorf("hash %d of the proof: 32 bytes in base64 expected", i+1)
		}
		hashes = append(hashes, hash)
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, p.Index, tlog.RecordHash(c.HeaderLine())); err != nil {
		return Proven{}, fmt.Errorf("the commit at position %d does not stand in the log of the checkpoint: %w", c.Position, err)
	}
	event, err := eventOf(c, p.Record)
	return Proven{c, event, tree, verifier.Name()}, err
}

// KeyError says that a text is no public key of a log.
type KeyError struct{ Text string }

func (e *KeyError) Error() string {
	return fmt.Sprintf("%q is no public key of a log: <origin>+<8 hexadecimal digits>+<base64> expected, as /log/key shows it", e.Text)
}

// openCheckpoint checks the signature of a checkpoint and returns its tree.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not signed with the key of %s: %w", verifier.Name(), err)
	}
	if origin, _, _ := strings.Cut(n.Text, "\n"); origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not one of %s", verifier.Name())
	}
	return treeOf(n.Text)
}

// eventOf returns the line of a record of a commit.
func eventOf(c eventstore.Commit, record string) (string, error) {
	position, number, _ := strings.Cut(record, ".")
	n, err := strconv.Atoi(number)
	if err == nil && position == strconv.FormatUint(uint64(c.Position), 10) && strconv.Itoa(n) == number {
		if command, before, ok := c.CommandOf(n); ok {
			lines := strings.SplitAfter(string(command.EventLines()), "\n")
			return strings.TrimSuffix(lines[n-before-1], "\n"), nil
		}
	}
	return "", fmt.Errorf("the commit at position %d has no record %q", c.Position, record)
}
