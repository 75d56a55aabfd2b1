package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// kind is a kind of thing that a depositary acknowledges.
type kind int

const (
	act kind = iota
	document
	withdrawal // of a document's bytes
	subscription
	unsubscription
	proposal
	decision // on a proposal
	token
	revocation
)

var kinds = []string{"act", "document", "withdrawal", "subscription", "unsubscription", "proposal", "decision", "token", "revocation"}

func (k kind) plural() string { return kinds[k] + "s" }

// answered is what a client knows of something that it asked for.
type answered int

const (
	unknown answered = iota // the answer was lost
	yes                     // acknowledged, or seen since
	no                      // certainly not done
)

// entry is one thing that was asked for, with what was answered.
type entry struct {
	kind     kind
	key      string // unique: idempotency key, address, digest, id
	answered answered

	position uint64 // of an act
	body     []byte // of an act's command or a document
	id       string // of a subscription, proposal or token
	text     string // of a token
	approved bool   // of a decision
	named    *entry // the act that names a document
	on       *entry // what a withdrawal, unsubscription, decision or revocation is of
	ended    *entry // the withdrawal, unsubscription, decision or revocation of this
}

// book is what clients know. It is safe for concurrent use.
type book struct {
	mu      sync.Mutex
	entries map[string]*entry
	spent   map[kind]int // acknowledged and then no longer looked at
	refused int          // as certainly not recorded
	denied  int          // by a rule; nothing that is written here should be
	denial  string       // the last one
	lost    int          // answers
}

func newBook() *book { return &book{entries: map[string]*entry{}, spent: map[kind]int{}} }

// open notes what is about to be asked for.
func (b *book) open(e *entry) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries[kinds[e.kind]+" "+e.key] = e
	if e.on != nil {
		e.on.ended = e
	}
	return e
}

// answer notes what was answered.
func (b *book) answer(e *entry, r reply, done func(*entry)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case r.fine():
		e.answered = yes
		if done != nil {
			done(e)
		}
	case r.notRecorded():
		e.answered = no
		b.refused++
	case r.decided():
		e.answered = no
		b.denied++
		b.denial = fmt.Sprintf("%s: %d %.300s", e, r.status, r.body)
	default:
		b.lost++
	}
}

// all returns the entries of a kind, in the order of their keys.
func (b *book) all(k kind) (found []*entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(b.entries)) {
		if e := b.entries[key]; e.kind == k {
			found = append(found, e)
		}
	}
	return found
}

// pick returns an entry that was acknowledged and not ended, or nil. The next
// caller does not get the same one.
func (b *book) pick(k kind, chosen map[*entry]bool) *entry {
	for _, e := range b.all(k) {
		b.mu.Lock()
		free := e.answered == yes && e.ended == nil && !chosen[e]
		if free {
			chosen[e] = true
		}
		b.mu.Unlock()
		if free {
			return e
		}
	}
	return nil
}

// totals returns how many of each kind were acknowledged, how often the answer was
// that certainly nothing was recorded, and how often there was none.
func (b *book) totals() (tally map[kind]int, refused, lost int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tally = maps.Clone(b.spent)
	for _, e := range b.entries {
		if e.answered == yes {
			tally[e.kind]++
		}
	}
	return tally, b.refused, b.lost
}

func (e *entry) String() string { return fmt.Sprintf("%s %s", kinds[e.kind], e.key) }
