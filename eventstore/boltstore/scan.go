package boltstore

import (
	"bytes"
	"errors"
	"runtime"
	"sync"

	bolt "go.etcd.io/bbolt"

	"depositary/eventstore"
)

const (
	batchBytes   = 256 << 10 // copied out of one read transaction
	releaseBytes = 32 << 20  // read between two releases of mapped pages
)

// Scan implements eventstore.Store.
func (s *Store) Scan(after eventstore.Position, fn func(eventstore.Commit) error) error {
	var from link
	if after > 0 {
		c, err := s.Read(after)
		if errors.Is(err, eventstore.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		from = link{c.Position, c.Hash(), c.Recorded}
	}
	return s.scan(from, func(c eventstore.Commit, _ eventstore.Hash) error { return fn(c) })
}

// batch is a run of commits on its way through a scan.
type batch struct {
	first   eventstore.Position
	raws    [][]byte
	commits []eventstore.Commit // parsed so far
	hashes  []eventstore.Hash
	err     error         // why there are no more commits than these
	ready   chan struct{} // closed when the batch is parsed
}

// scan reads on one goroutine, parses and hashes on all cores, and checks the
// chain and calls fn in order on the caller's. A few batches are in memory.
func (s *Store) scan(from link, fn func(eventstore.Commit, eventstore.Hash) error) error {
	workers := runtime.GOMAXPROCS(0)
	work := make(chan *batch, workers)
	inOrder := make(chan *batch, 2*workers)
	stop := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() { s.readBatches(from.position, work, inOrder, stop) })
	for range workers {
		running.Go(func() {
			for b := range work {
				b.parse()
			}
		})
	}
	defer running.Wait()
	defer close(stop)

	for b := range inOrder {
		<-b.ready
		for i, c := range b.commits {
			if err := c.Follows(from.position, from.hash, from.recorded); err != nil {
				return &eventstore.BreakError{Copy: copyName, Position: from.position + 1, Reason: err.Error()}
			}
			from = link{c.Position, b.hashes[i], c.Recorded}
			if err := fn(c, b.hashes[i]); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
	}
	return nil
}

// readBatches sends the commits after the position until there are no more,
// reading fails or stop is closed.
func (s *Store) readBatches(after eventstore.Position, work, inOrder chan<- *batch, stop <-chan struct{}) {
	defer close(inOrder)
	defer close(work)
	for {
		b := &batch{first: after + 1, ready: make(chan struct{})}
		b.err = s.view(func(tx *bolt.Tx) error {
			n, err := b.read(tx)
			if s.mapped.Add(int64(n)) > releaseBytes {
				s.mapped.Store(0)
				release(s.db, tx.Size())
			}
			return err
		})
		if errors.Is(b.err, errPages) {
			b.err = corrupt(b.first+eventstore.Position(len(b.raws)), b.err)
		}
		last := b.err != nil // read before the workers have the batch
		if len(b.raws) == 0 && !last {
			return
		}
		select {
		case inOrder <- b:
		case <-stop:
			return
		}
		work <- b
		if last {
			return
		}
		after += eventstore.Position(len(b.raws))
	}
}

// read copies raw commits from b.first on, and returns the number of bytes.
func (b *batch) read(tx *bolt.Tx) (int, error) {
	buf := make([]byte, 0, batchBytes)
	due := b.first
	cursor := tx.Bucket(commitsBucket).Cursor()
	for k, v := cursor.Seek(key(due)); k != nil; k, v = cursor.Next() {
		if len(b.raws) > 0 && len(buf)+len(v) > cap(buf) {
			break
		}
		if !bytes.Equal(k, key(due)) {
			return len(buf), corrupt(due, errors.New("it is missing"))
		}
		start := len(buf)
		buf = append(buf, v...)
		b.raws = append(b.raws, buf[start:len(buf):len(buf)])
		due++
	}
	return len(buf), nil
}

// parse takes the commits apart up to the first that is damaged.
func (b *batch) parse() {
	defer close(b.ready)
	b.commits = make([]eventstore.Commit, 0, len(b.raws))
	b.hashes = make([]eventstore.Hash, 0, len(b.raws))
	for i, raw := range b.raws {
		c, err := eventstore.Parse(raw)
		if err != nil {
			b.err = corrupt(b.first+eventstore.Position(i), err)
			return
		}
		b.commits = append(b.commits, c)
		b.hashes = append(b.hashes, c.Hash())
	}
}
