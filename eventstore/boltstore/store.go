// Package boltstore keeps one node's copy of the ledger in a bbolt file.
//
// Layout of the file:
//
//	bucket "commits"   8 bytes, big-endian position → the commit as published
//	bucket "meta"      "format" → "depositary store 1"
//	                   "tip" → 8 bytes, position, and 32 bytes, hash of the
//	                   last commit; absent while there is none
//
// Keys are written in order and never rewritten, so pages are filled to 95 %
// and the file is about as large as the commits. Page size 4 KiB.
//
// Guarantees:
//
//   - Append returns nil only after fsync; all of its commits are in the file
//     or none is, also after SIGKILL and power cuts.
//   - Open reads every byte of every commit and checks digests and chain: an
//     open store is a whole chain from 1 to its tip.
//   - One process at a time has the file open (flock).
//
// Commands, treaties and participants are found through indexes in memory,
// about 30 bytes per commit, rebuilt by Open: kept in the file they would make
// appends several times slower.
package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"depositary/eventstore"
	"depositary/internal/wholefile"
)

const (
	copyName    = "store" // how errors call this copy of the ledger
	format      = "depositary store 1"
	pageSize    = 4096
	fillPercent = 0.95

	// maxPosition is what the indexes can hold: positions of 32 bits.
	maxPosition = math.MaxUint32
)

var (
	commitsBucket = []byte("commits")
	metaBucket    = []byte("meta")
	formatKey     = []byte("format")
	tipKey        = []byte("tip")
)

// Options of a store. The zero value is ready to use.
type Options struct {
	// Timeout is how long Open waits for the file's lock; 0 means 1 second.
	Timeout time.Duration

	// Participants tells whom a commit concerns, for commits of which a command
	// says eventstore.Many. May be nil: such commands are then found under
	// eventstore.Many only.
	Participants func(eventstore.Commit) []string

	// OnLoad is called by Open for each commit, in order, so that views are
	// rebuilt in the same pass. Its error ends Open. May be nil.
	OnLoad func(eventstore.Commit) error

	// Progress is called by Open from time to time. May be nil.
	Progress func(done, total eventstore.Position)

	hash func(string) uint64 // of command ids; tests make collisions with it
}

// Store is a bbolt file with its indexes. It implements eventstore.Store.
type Store struct {
	db           *bolt.DB
	participants func(eventstore.Commit) []string
	appending    sync.Mutex
	mapped       atomic.Int64 // bytes scanned since pages were released

	mu            sync.RWMutex // guards what follows
	tip           link
	commands      commandIndex
	byTreaty      postings
	byParticipant postings
}

var _ eventstore.Store = (*Store)(nil)

// link is what the next commit has to follow.
type link struct {
	position eventstore.Position
	hash     eventstore.Hash
	recorded time.Time
}

// Open opens the file, or makes it, and checks all of it. For a damaged
// commit it returns a *eventstore.CorruptError or *eventstore.BreakError with its
// position; for a file that another process has open, an error that says so.
func Open(path string, o Options) (*Store, error) {
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	if o.hash == nil {
		seed := maphash.MakeSeed()
		o.hash = func(id string) uint64 { return maphash.String(seed, id) }
	}
	db, err := openFile(path, o.Timeout)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	s := &Store{
		db:            db,
		participants:  o.Participants,
		commands:      commandIndex{hash: o.hash},
		byTreaty:      postings{},
		byParticipant: postings{},
	}
	if err := s.load(o); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), db.Close())
	}
	return s, nil
}

func openFile(path string, timeout time.Duration) (*bolt.DB, error) {
	_, err := os.Stat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	var db *bolt.DB
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout:         timeout,
			FreelistType:    bolt.FreelistMapType,
			PageSize:        pageSize,
			InitialMmapSize: initialMap(),
		})
		return err
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("another process has locked this file (waited %v); stop that process, or use another data folder", timeout)
	}
	if !fresh && unreadable(err) {
		return nil, &eventstore.UnreadableError{Copy: copyName, Reason: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	if err := prepare(db, path, fresh); err != nil {
		if unreadable(err) {
			err = &eventstore.UnreadableError{Copy: copyName, Reason: err.Error()}
		}
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// unreadable reports whether a file that can be opened is none of bbolt's, or none
// any more.
func unreadable(err error) bool {
	for _, damage := range []error{bolterrors.ErrInvalid, bolterrors.ErrVersionMismatch, bolterrors.ErrChecksum, errPages} {
		if errors.Is(err, damage) {
			return true
		}
	}
	return err != nil && strings.Contains(err.Error(), "file size too small") // bbolt has no name for it
}

// initialMap is the address space reserved for the file. Remapping waits for
// every reader, so with less an append would wait for a slow backup.
func initialMap() int {
	if math.MaxInt == math.MaxInt32 || runtime.GOOS == "windows" {
		return 0
	}
	return 16 << 30 & math.MaxInt
}

// prepare makes the buckets of a new file, and refuses foreign ones.
func prepare(db *bolt.DB, path string, fresh bool) error {
	known := false
	err := guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if first, _ := tx.Cursor().First(); first == nil {
				return nil
			}
			meta := tx.Bucket(metaBucket)
			if meta == nil || tx.Bucket(commitsBucket) == nil {
				return errors.New("this bbolt file is not a store of commits")
			}
			if found := meta.Get(formatKey); string(found) != format {
				return fmt.Errorf("its format is %q, this program knows %q", found, format)
			}
			known = true
			return nil
		})
	})
	if err != nil || known {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket(commitsBucket); err != nil {
			return err
		}
		meta, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		return meta.Put(formatKey, []byte(format))
	})
	if err == nil && fresh {
		err = wholefile.SyncFolder(filepath.Dir(path))
	}
	return err
}

// load rebuilds the indexes from the file and checks it on the way.
func (s *Store) load(o Options) error {
	total, hash, err := s.readTip()
	if err != nil {
		return err
	}
	advise(s.db, sequential)
	defer advise(s.db, random)
	s.commands.grow(int(total))
	err = s.scan(link{}, func(c eventstore.Commit, h eventstore.Hash) error {
		s.index(c, h)
		if o.Progress != nil && (c.Position%progressEvery == 0 || c.Position == total) {
			o.Progress(c.Position, total)
		}
		if o.OnLoad != nil {
			return o.OnLoad(c)
		}
		return nil
	})
	if err == nil && s.tip.position != total {
		return corrupt(s.tip.position+1, fmt.Errorf("it is missing, the store went up to position %d", total))
	}
	if err == nil && s.tip.hash != hash {
		return corrupt(total, errors.New("its header does not have the hash that the store noted"))
	}
	return err
}

// readTip returns what was noted about the last commit. No commit names the
// last one's hash, so without this its header could be altered unseen.
func (s *Store) readTip() (p eventstore.Position, h eventstore.Hash, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		noted := tx.Bucket(metaBucket).Get(tipKey)
		if noted == nil {
			return nil
		}
		if len(noted) != 8+len(h) || binary.BigEndian.Uint64(noted) > maxPosition {
			return errors.New("the note about the last commit is damaged")
		}
		p = eventstore.Position(binary.BigEndian.Uint64(noted))
		copy(h[:], noted[8:])
		return nil
	})
	return p, h, err
}

const progressEvery = 10_000

// index makes c the tip; the caller has checked that it follows.
func (s *Store) index(c eventstore.Commit, h eventstore.Hash) {
	several := false
	for _, command := range c.Commands {
		s.commands.add(command.ID, c.Position)
		s.byTreaty.add(command.Treaty, c.Position)
		s.byParticipant.add(command.Participant, c.Position)
		several = several || command.Participant == eventstore.Many
	}
	if several && s.participants != nil {
		for _, p := range s.participants(c) {
			s.byParticipant.add(p, c.Position)
		}
	}
	s.tip = link{c.Position, h, c.Recorded}
}

// Append implements eventstore.Store. It costs two fdatasyncs however many
// commits there are.
func (s *Store) Append(commits []eventstore.Commit) error {
	if len(commits) == 0 {
		return nil
	}
	s.appending.Lock()
	defer s.appending.Unlock()

	s.mu.RLock()
	tip := s.tip
	s.mu.RUnlock()
	hashes, err := chain(tip, commits)
	if err != nil {
		return err
	}
	err = s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(commitsBucket)
		b.FillPercent = fillPercent
		for _, c := range commits {
			if err := b.Put(key(c.Position), c.Raw()); err != nil {
				return err
			}
		}
		last := len(commits) - 1
		noted := append(key(commits[last].Position), hashes[last][:]...)
		return tx.Bucket(metaBucket).Put(tipKey, noted)
	})
	if err != nil {
		return fmt.Errorf("store: append of position %d: %w", commits[0].Position, err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range commits {
		s.index(c, hashes[i])
	}
	return nil
}

// chain checks that the commits continue the tip, and returns their hashes.
func chain(tip link, commits []eventstore.Commit) ([]eventstore.Hash, error) {
	hashes := make([]eventstore.Hash, len(commits))
	for i, c := range commits {
		if err := c.Follows(tip.position, tip.hash, tip.recorded); err != nil {
			return nil, &eventstore.BreakError{Copy: copyName, Position: c.Position, Reason: err.Error()}
		}
		if c.Position > maxPosition {
			return nil, fmt.Errorf("store: full, it holds at most %d commits", uint64(maxPosition))
		}
		hashes[i] = c.Hash()
		tip = link{c.Position, hashes[i], c.Recorded}
	}
	return hashes, nil
}

func key(p eventstore.Position) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(p))
}

// Tip implements eventstore.Store.
func (s *Store) Tip() (eventstore.Position, eventstore.Hash) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.tip.position, s.tip.hash
}

// ByTreaty implements eventstore.Store; eventstore.Many finds the commits of
// the registry.
func (s *Store) ByTreaty(treaty string, after eventstore.Position, limit int) []eventstore.Position {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byTreaty.after(treaty, after, limit)
}

// ByParticipant implements eventstore.Store; eventstore.Many finds the commits
// that name no single participant.
func (s *Store) ByParticipant(participant string, after eventstore.Position, limit int) []eventstore.Position {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byParticipant.after(participant, after, limit)
}

// Backup implements eventstore.Store. The copy is a store that Open takes.
func (s *Store) Backup(w io.Writer) (n int64, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		n, err = tx.WriteTo(w)
		return err
	})
	return n, err
}

// Close implements eventstore.Store.
func (s *Store) Close() error { return s.db.Close() }
