package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/recorder"
	"depositary/internal/diskroom"
)

// A node looks at itself twice a second. What it cannot do it says, with since
// when and what the operator does; a command that could not be recorded is refused
// at once. When the cause has gone it writes again by itself: the server in this
// process is opened anew where it fell out of service.

const (
	lookEvery = 500 * time.Millisecond

	// reserve is how much room on its disk a node leaves free: what is on its way
	// still fits, so that a full disk is met here and not in the middle of a write.
	reserve = 8 << 20

	tried       = 1 << 20         // bytes that are written to see whether a disk takes them
	lagPatience = 5 * time.Second // how long the views may be behind
	longestWait = 4 * time.Second // between two attempts to open the server anew: writing goes on within five seconds
)

// What a fault is of.
const (
	partNode   = "node"
	partDisk   = "disk"
	partStream = "stream"
	partStore  = "store"
	partViews  = "views"
	partLedger = "ledger"

	partCalendar = "calendar"
)

const byItself = "; writing goes on by itself"

// condition is what is wrong with a node now, by part.
type condition struct {
	now     func() time.Time
	reserve atomic.Uint64 // bytes

	mu     sync.Mutex
	faults map[string]v1.Fault
	full   map[string]bool // parts that fail for want of room
}

func newCondition(now func() time.Time) *condition {
	c := &condition{now: now, faults: map[string]v1.Fault{}, full: map[string]bool{}}
	c.reserve.Store(reserve)
	return c
}

// set states a fault, and reports whether it is new. The first since stays.
func (c *condition) set(f v1.Fault, full bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.faults[f.Part]
	f.Since = c.now()
	if known {
		f.Since = before.Since
	}
	c.faults[f.Part], c.full[f.Part] = f, full
	return !known
}

// clear ends a fault, and reports whether there was one.
func (c *condition) clear(part string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.faults[part]
	delete(c.faults, part)
	delete(c.full, part)
	return known
}

// all returns the faults, the oldest first.
func (c *condition) all() []v1.Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []v1.Fault
	for _, f := range c.faults {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b v1.Fault) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Part, b.Part)) })
	return all
}

// unwritable returns why nothing can be written now, or nil, whatever may be wrong
// with one part.
func (c *condition) unwritable(but string) *recorder.NotRecordedError {
	for _, f := range c.all() {
		if f.Writing && f.Part != but {
			c.mu.Lock()
			full := c.full[f.Part]
			c.mu.Unlock()
			return &recorder.NotRecordedError{Why: f.Why, Since: f.Since, Full: full}
		}
	}
	return nil
}

// Faults returns what is wrong with the node now.
func (n *Node) Faults() []v1.Fault {
	all := n.condition.all()
	if n.Err() != nil {
		all = append(all, v1.Fault{Part: partNode, Since: n.condition.now(), Reading: true, Writing: true,
			Why: "the node has failed and cannot go on", Action: "see its log; it ends, and its supervisor starts it again"})
	}
	if silent := n.recorder.Silent(); silent != nil && !slices.ContainsFunc(all, func(f v1.Fault) bool { return f.Part == partStream }) {
		all = append(all, v1.Fault{Part: partStream, Since: silent.Since, Writing: true, Why: silent.Why, Action: "see whether the disk, or the NATS servers, answer" + byItself})
	}
	return all
}

// writable is asked before each command: the disk and the key at once, the rest as it was seen.
func (n *Node) writable() *recorder.NotRecordedError {
	n.lookAtDisk()
	n.lookAtKey()
	return n.condition.unwritable("")
}

// keeps is asked before something is kept beside the ledger: a node that may not
// record may do that. The request of which it is a part may have recorded something
// before, so the error does not say that nothing was.
func (n *Node) keeps() error {
	n.lookAtDisk()
	if why := n.condition.unwritable(partLedger); why != nil {
		return fmt.Errorf("%w: %s", recorder.ErrUnavailable, why.Why)
	}
	return nil
}

// lookAfterItself looks at the node until it is closed.
func (n *Node) lookAfterItself() {
	var mending mending
	n.again("condition", func() time.Duration { return lookEvery }, func(ctx context.Context) {
		room := n.lookAtDisk()
		n.lookAtStore(room)
		n.lookAtKey()
		n.lookAtViews(&mending)
		n.lookAtStream(ctx, room, &mending)
	})
}

func (n *Node) say(f v1.Fault, full bool, cause error) {
	if n.condition.set(f, full) {
		n.o.Logger.Error("the node cannot do all that it should", "part", f.Part, "why", f.Why, "cause", cause, "action", f.Action)
	}
}

func (n *Node) unsay(part string) {
	if n.condition.clear(part) {
		n.o.Logger.Info("the node is well again", "part", part)
	}
}

// lookAtDisk reports whether the disk of the data folder has room.
func (n *Node) lookAtDisk() bool {
	free, err := diskroom.Free(n.o.Data)
	if err == nil && free < n.condition.reserve.Load() {
		n.say(v1.Fault{Part: partDisk, Writing: true, Why: fmt.Sprintf("the disk of the data folder is full: fewer than %d MiB are free", reserve>>20),
			Action: "make room on that disk" + byItself}, true, nil)
		return false
	}
	n.unsay(partDisk)
	return true
}

// storeFull states that the store could not take what the ledger has.
func (n *Node) storeFull(cause error) {
	n.say(v1.Fault{Part: partStore, Writing: true, Why: "the store has no room for what the ledger has recorded", Action: "make room on the disk of the data folder" + byItself}, true, cause)
}

// lookAtKey states whether the ledger lets the node record: not where its key may
// not sign, and not where the stream has what is no part of the ledger.
func (n *Node) lookAtKey() {
	refused := n.refused.Load()
	switch {
	case refused != nil:
		n.say(v1.Fault{Part: partLedger, Writing: true, Why: fmt.Sprintf("%v; this node serves what it has, up to position %d", *refused, n.Position()),
			Action: "find out who wrote to the stream and keep them from it; stop all nodes, and on the one that is furthest run: depositary node rebuild"}, false, *refused)
	case !n.mayRecord():
		n.say(v1.Fault{Part: partLedger, Writing: true, Why: "this node is not among those that may record", Action: "on a node that may, run: depositary node add " + n.signer.Key().String()}, false, nil)
	default:
		n.unsay(partLedger)
	}
}

// mayRecord reports whether the ledger lets this node sign; the first node of a
// ledger adds itself.
func (n *Node) mayRecord() bool {
	state := n.Views().State
	return len(state.Nodes()) == 0 || slices.Contains(n.trusted, n.signer.Key()) || state.MayRecord(domain.NodeKey(n.signer.Key().String()))
}

func (n *Node) lookAtStore(room bool) {
	for _, k := range n.buckets() {
		if err := k.bucket.Failing(); err != nil {
			n.storeFails(err)
			return
		}
	}
	if room && n.follower.Lag() == 0 {
		n.unsay(partStore)
	}
}

// storeFails states that the store does not take what is kept beside the ledger.
func (n *Node) storeFails(cause error) {
	n.say(v1.Fault{Part: partStore, Writing: true, Why: "the store does not take what is kept beside the ledger", Action: "make room on the disk of the data folder, or mend it" + byItself}, diskroom.Full(cause), cause)
}

// mending is what a node remembers from one look to the next.
type mending struct {
	behind time.Time // since when the views are; zero where they are not
	next   time.Time // before which the server is not opened anew
	wait   time.Duration
	missed int // looks in a row at which the servers of a cluster said nothing
}

func (n *Node) lookAtViews(m *mending) {
	if n.follower.Lag() == 0 {
		m.behind = time.Time{}
		n.unsay(partViews)
		return
	}
	if m.behind.IsZero() {
		m.behind = time.Now()
	}
	if time.Since(m.behind) > lagPatience {
		n.say(v1.Fault{Part: partViews, Reading: true, Why: "the views are behind the ledger", Action: "see the log for why the store or the views do not go on"}, false, nil)
	}
}

func (n *Node) lookAtStream(ctx context.Context, room bool, m *mending) {
	err := n.ledger.Check(ctx)
	var out *ledger.OutOfServiceError
	var quorum *ledger.QuorumError
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		m.missed = 0
		if time.Now().After(m.next) {
			m.wait = 0
		}
		n.unsay(partStream)
	case errors.As(err, &out):
		n.say(v1.Fault{Part: partStream, Writing: true, Why: "the stream could not be written to disk", Action: "make room on the disk of the data folder, or mend it" + byItself}, diskroom.Full(err), err)
		n.reopenStream(ctx, room, m)
	case errors.As(err, &quorum):
		n.say(v1.Fault{Part: partStream, Writing: true, Why: quorum.Error(), Action: "start the NATS servers that are missing, or mend the network between them" + byItself}, false, err)
	default:
		if m.missed++; m.missed > 1 { // one lost answer is none
			n.say(v1.Fault{Part: partStream, Writing: true, Why: "the NATS servers do not say that the stream takes commits", Action: "see whether they run and have elected a leader" + byItself}, false, err)
		}
	}
}

// reopenStream opens the server in this process anew once the disk takes what is
// written to it, and makes sure that the two copies still agree.
func (n *Node) reopenStream(ctx context.Context, room bool, m *mending) {
	if !room || time.Now().Before(m.next) || diskroom.Try(filepath.Join(n.o.Data, streamDir), tried) != nil {
		return
	}
	m.wait = min(max(2*m.wait, time.Second), longestWait)
	m.next = time.Now().Add(m.wait)
	if err := n.ledger.Restart(ctx); err != nil {
		n.o.Logger.Error("the stream could not be opened anew; it is tried again", "cause", err)
		return
	}
	switch _, err := eventstore.Reconcile(ctx, n.ledger, n.store, nil); {
	case damage(err):
		n.fail(n.explain(err))
	case err != nil && ctx.Err() == nil:
		n.o.Logger.Error("the stream was opened anew, but cannot be compared with the store; it is tried again", "cause", err)
	default:
		if err := n.healKept(ctx); err != nil {
			if ctx.Err() == nil {
				n.o.Logger.Error("the stream was opened anew, but not all that is kept beside the ledger is there; it is tried again", "cause", err)
			}
			return
		}
		n.unsay(partStream)
	}
}

// damage reports whether an error says that a copy of the ledger is damaged, or
// that the two differ.
func damage(err error) bool {
	var divergence *eventstore.DivergenceError
	var corrupt *eventstore.CorruptError
	var broken *eventstore.BreakError
	return errors.As(err, &divergence) || errors.As(err, &corrupt) || errors.As(err, &broken)
}
