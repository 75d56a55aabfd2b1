// Package publiclog makes the ledger checkable by those who do not trust its
// operator: a Merkle tree over the commits, in the layout of C2SP tlog-tiles, with
// signed checkpoints, proofs of single acts, and the look by which a watcher finds
// that the history was rewritten.
//
// Invariants:
//
//   - leaf n, from 0, is the header line of the commit at position n+1, without its
//     line feed. A header has the digest of all that follows it, so the tree covers
//     every byte of the ledger, and each entry is far smaller than the 64 KiB that
//     the layout has room for;
//   - the tree is made from the store alone and only grows;
//   - a checkpoint is never signed for a commit that the store does not have.
package publiclog

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"depositary/eventstore"
)

// ErrEmpty says that the ledger has no commit yet, and so no checkpoint.
var ErrEmpty = errors.New("the ledger has no commit yet")

// ErrNoTile says that the log has no such tile: it was never there, or not all of
// what it asks for is recorded.
var ErrNoTile = errors.New("the log has no such tile")

// Log is the tree of one store. Safe for concurrent use.
type Log struct {
	store  eventstore.Store
	seed   []byte
	public string

	mu         sync.Mutex
	origin     string
	signer     note.Signer
	verifier   string
	size       int64
	hashes     []tlog.Hash // of all nodes of the tree, at their tlog.StoredHashIndex: 64 bytes a commit
	checkpoint []byte      // of size
}

// New returns the log of a store. It signs with the key of a seed of 32 bytes. Its
// origin, by which clients tell logs apart, is the public address without its
// scheme, or is made of the hash of the first commit where no address is given.
func New(store eventstore.Store, seed []byte, public string) (*Log, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the seed of a log's key has %d bytes, not %d", ed25519.SeedSize, len(seed))
	}
	return &Log{store: store, seed: seed, public: public}, nil
}

// String keeps the private key out of logs of the program.
func (l *Log) String() string { return "public log" }

// GoString keeps the private key out of logs of the program.
func (l *Log) GoString() string { return l.String() }

// Checkpoint returns the signed note of the tree as it is now: origin, number of
// commits, root hash, signature. It returns ErrEmpty for an empty ledger.
func (l *Log) Checkpoint() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.signed()
}

// Key returns the public key in the form of a note's verifier key:
// <origin>+<hash>+<key>.
func (l *Log) Key() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.catchUp()
	return l.verifier, err
}

// signed returns the checkpoint of the store's end. The lock is held.
func (l *Log) signed() ([]byte, error) {
	if err := l.catchUp(); err != nil {
		return nil, err
	}
	if l.checkpoint != nil {
		return l.checkpoint, nil
	}
	root, err := tlog.TreeHash(l.size, tlog.HashReaderFunc(l.read))
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", l.origin, l.size, base64.StdEncoding.EncodeToString(root[:]))
	l.checkpoint, err = note.Sign(&note.Note{Text: text}, l.signer)
	return l.checkpoint, err
}

// catchUp adds the commits that the store has got since. The lock is held.
func (l *Log) catchUp() error {
	if last, _ := l.store.Tip(); int64(last) > l.size {
		if err := l.store.Scan(eventstore.Position(l.size), l.add); err != nil {
			return fmt.Errorf("public log: %w", err)
		}
	}
	if l.size == 0 {
		return ErrEmpty
	}
	return nil
}

func (l *Log) add(c eventstore.Commit) error {
	if l.size == 0 {
		if err := l.begin(c); err != nil {
			return err
		}
	}
	return l.addLeaf(c)
}

// addLeaf adds the leaf of a commit to the tree.
func (l *Log) addLeaf(c eventstore.Commit) error {
	added, err := tlog.StoredHashesForRecordHash(l.size, tlog.RecordHash(c.HeaderLine()), tlog.HashReaderFunc(l.read))
	if err != nil {
		return err
	}
	l.hashes, l.checkpoint = append(l.hashes, added...), nil
	l.size++
	return nil
}

// begin makes name and key, which follow from the first commit.
func (l *Log) begin(first eventstore.Commit) (err error) {
	l.origin = originOf(l.public, first)
	private := ed25519.NewKeyFromSeed(l.seed)
	if l.verifier, err = note.NewEd25519VerifierKey(l.origin, private.Public().(ed25519.PublicKey)); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(l.verifier)
	if err != nil {
		return err
	}
	l.signer = &signer{verifier, private}
	return nil
}

// originOf returns the name of a log, which has neither blank nor plus.
func originOf(public string, first eventstore.Commit) string {
	_, name, _ := strings.Cut(public, "://")
	if name = strings.TrimSuffix(name, "/"); name != "" && !strings.ContainsAny(name, "+ \t\r\n") {
		return name
	}
	return "depositary/" + first.Hash().Short()
}

// signer signs notes with an Ed25519 key.
type signer struct {
	note.Verifier
	private ed25519.PrivateKey
}

func (s *signer) Sign(message []byte) ([]byte, error) { return ed25519.Sign(s.private, message), nil }

// read returns hashes of the tree, for tlog. The lock is held.
func (l *Log) read(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(l.hashes)) {
			return nil, ErrNoTile
		}
		hashes[i] = l.hashes[index]
	}
	return hashes, nil
}

// height is that of tiles: 256 hashes of a level make one of the level that the
// next tile begins with.
const height = 8

const width = 1 << height

// Tile returns a tile by its path below tile/, such as 0/x001/234, 1/000.p/7 or
// entries/000.p/12. What it returns for a path never changes. It returns ErrNoTile
// where the log has none such, or none such yet.
func (l *Log) Tile(path string) ([]byte, error) {
	t, err := parseTile(path)
	if err != nil {
		return nil, ErrNoTile
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.catchUp(); err != nil && !errors.Is(err, ErrEmpty) {
		return nil, err
	}
	have := l.size >> (height * max(t.L, 0))
	if t.N > have>>height || t.N*width+int64(t.W) > have {
		return nil, ErrNoTile
	}
	if t.L < 0 {
		return l.entries(t)
	}
	return tlog.ReadTileData(t, tlog.HashReaderFunc(l.read))
}

// parseTile reads the path of a tile as C2SP writes it: as tlog does, without the
// height, and with entries for data.
func parseTile(path string) (tlog.Tile, error) {
	if rest, ok := strings.CutPrefix(path, "entries/"); ok {
		path = "data/" + rest
	} else if strings.HasPrefix(path, "data/") {
		return tlog.Tile{}, ErrNoTile
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", height, path))
	if err == nil && t.L > 5 { // 2^48 commits
		err = ErrNoTile
	}
	return t, err
}

// tilePath writes the path of a tile as C2SP does, below tile/.
func tilePath(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
	if rest, ok := strings.CutPrefix(path, "data/"); ok {
		return "entries/" + rest
	}
	return path
}

// entries returns the leaves of a tile, each after its length in two bytes.
func (l *Log) entries(t tlog.Tile) ([]byte, error) {
	var data []byte
	for n := range int64(t.W) {
		c, err := l.store.Read(eventstore.Position(t.N*width + n + 1))
		if err != nil {
			return nil, fmt.Errorf("public log: %w", err)
		}
		leaf := c.HeaderLine()
		data = binary.BigEndian.AppendUint16(data, uint16(len(leaf))) // a header has bounded members
		data = append(data, leaf...)
	}
	return data, nil
}

// ParseEntries returns the leaves of a tile of entries.
func ParseEntries(data []byte) (leaves [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("the entries are cut off")
		}
		n := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < n {
			return nil, errors.New("the entries are cut off")
		}
		leaves, data = append(leaves, data[:n]), data[n:]
	}
	return leaves, nil
}
