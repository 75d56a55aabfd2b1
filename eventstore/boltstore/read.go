package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"depositary/eventstore"
)

// errPages says that bbolt could not make sense of its own pages.
var errPages = errors.New("the file's pages are damaged")

// guard turns what bbolt does with damaged pages (it panics, or reads beyond
// the end of the file) into an error.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPages, r)
		}
	}()
	return fn()
}

func (s *Store) view(fn func(*bolt.Tx) error) error {
	return guard(func() error { return s.db.View(fn) })
}

// Read implements eventstore.Store.
func (s *Store) Read(p eventstore.Position) (eventstore.Commit, error) {
	var raw []byte
	err := s.view(func(tx *bolt.Tx) error {
		raw = bytes.Clone(tx.Bucket(commitsBucket).Get(key(p)))
		return nil
	})
	switch {
	case errors.Is(err, errPages):
		return eventstore.Commit{}, corrupt(p, err)
	case err != nil:
		return eventstore.Commit{}, fmt.Errorf("store: read position %d: %w", p, err)
	case raw == nil:
		if tip, _ := s.Tip(); p > 0 && p <= tip {
			return eventstore.Commit{}, corrupt(p, errors.New("it is missing"))
		}
		return eventstore.Commit{}, eventstore.ErrNotFound
	}
	c, err := eventstore.Parse(raw)
	if err == nil && c.Position != p {
		err = fmt.Errorf("its header says position %d", c.Position)
	}
	if err != nil {
		return eventstore.Commit{}, corrupt(p, err)
	}
	return c, nil
}

func corrupt(p eventstore.Position, reason error) error {
	return &eventstore.CorruptError{Copy: copyName, Position: p, Reason: reason.Error()}
}

// ByCommand implements eventstore.Store. The index knows hashes only, so each
// candidate is read.
func (s *Store) ByCommand(id string) (eventstore.Position, bool, error) {
	if !eventstore.Plain(id) {
		return 0, false, nil
	}
	s.mu.RLock()
	candidates := s.commands.candidates(id)
	s.mu.RUnlock()

	var found eventstore.Position
	err := s.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(commitsBucket)
		for _, p := range candidates {
			raw := b.Get(key(p))
			if raw == nil {
				return corrupt(p, errors.New("it is missing"))
			}
			c, err := eventstore.Parse(raw)
			if err != nil {
				return corrupt(p, err)
			}
			if _, _, ok := c.ByID(id); ok && (found == 0 || p < found) {
				found = p
			}
		}
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("store: look for command %s: %w", id, err)
	}
	return found, found > 0, nil
}
