// Package recorder is the one way into the ledger: it takes commands, decides
// them on the state at a position, and appends what was decided there and
// nowhere else.
//
// Guarantees:
//
//   - every rule was true at the very position at which its commit stands: the
//     commit is published only if the ledger still ends where it was decided;
//     if another node was first, it is decided again;
//   - what was decided together is in the ledger together, or not at all;
//   - a receipt is given when the commit is on disk in the stream and in this
//     node's store, and visible in this node's views;
//   - a command's id is recorded once: sent again it gets the first answer;
//   - a refused command fails alone, whatever went out with it;
//   - a refusal rests only on what was recorded: behind commands that go out it
//     waits for their outcome, and is decided again where one failed;
//   - a refusal rests on all that was recorded: where other nodes record too, it is
//     given when the ledger still ended where it was decided, after it was asked for.
//
// Commands that wait while others are on their way are decided one after the
// other and go out together, as one commit that this node signs. There is one
// commit in flight and no timer: it has whatever came while the last one was
// away.
package recorder

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"depositary/domain"
	"depositary/eventstore"
)

// Options of a Recorder; all fields are required but Name, Zone and the
// limits.
type Options struct {
	Signer     *eventstore.Signer // of this node
	Name       string             // of this node, for people
	Trusted    bool               // this node may record although the ledger does not say so; it adds itself then
	Ledger     eventstore.Ledger
	Store      eventstore.Store
	Projection Projection
	Now        func() time.Time
	Zone       *time.Location // of the depositary's calendar; UTC by default
	MaxBatch   int            // commands that go out together; 1,000 by default
	MaxCommit  int            // bytes of the largest commit that the ledger takes; 0: not limited

	// Patience is how long commands wait behind a batch of which the ledger says
	// nothing, before they are refused; 900 ms by default.
	Patience time.Duration
	// End returns where the ledger ended at a moment after it was called, with the
	// word of a majority of its servers. It is asked before a refusal that goes out
	// with no commit. Nil: no other node records, and the state is the ledger's end.
	End func(context.Context) (eventstore.Position, error)

	// Writable returns why the ledger cannot take commands now, or nil. It is asked
	// before each command and answers at once. Nil: it always can.
	Writable func() *NotRecordedError
}

// Projection is where the recorder sees the state that it decides on, and its
// commits become visible.
type Projection interface {
	// Head returns the state at a position, with the hash and the instant of the
	// commit there.
	Head() (state *domain.State, position eventstore.Position, hash eventstore.Hash, recorded time.Time)

	// Await waits until Head has reached the position; what it shows is
	// durable in the store.
	Await(ctx context.Context, position eventstore.Position) error
}

// Request is a command with its actor and its id.
type Request struct {
	ID       string // unique in the ledger; see eventstore.Plain
	Actor    string // see eventstore.Plain
	Approver string // who approved it, where it takes two persons; empty otherwise
	Command  domain.Command
}

// Receipt says where a command stands in the ledger.
type Receipt struct {
	Commit   eventstore.Commit
	Entries  []domain.Entry
	Queries  []domain.Finding // those that the reason let pass; empty in a repeated answer
	Repeated bool             // the command had been recorded before
}

// DecisionError says that the law did not let a command pass. When there are
// only queries, the same command with a reason would.
type DecisionError struct {
	Refusals []domain.Finding
	Queries  []domain.Finding
}

func (e *DecisionError) Error() string {
	all := append(append([]domain.Finding{}, e.Refusals...), e.Queries...)
	if len(all) == 0 {
		return "the command asks for nothing"
	}
	text := all[0].String()
	if len(all) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(all)-1)
	}
	return text
}

// Errors of the recorder.
var (
	// ErrClosed says that the node is stopping; nothing was recorded.
	ErrClosed = errors.New("the recorder is closed")
	// ErrUnavailable says that the ledger or the store did not answer: the
	// command may have been recorded, or be recorded later or never. Sent again under the same id it is recorded once.
	ErrUnavailable = errors.New("the ledger does not answer: whether the command was recorded is not known; send it again under the same id")
)

// unavailable names the cause for who reads the log.
func unavailable(cause error) error { return fmt.Errorf("%w (%v)", ErrUnavailable, cause) }

// Recorder takes commands. Make it with New, and end it with Close.
type Recorder struct {
	o     Options
	queue chan *pending
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once

	living  context.Context // ends with Abandon
	abandon context.CancelFunc

	silent    atomic.Pointer[NotRecordedError] // while the batch on its way has had no answer for longer than Patience
	over      func()                           // ends the watch over the batch on its way; of run alone
	unsettled unsettled
}

type pending struct {
	Request
	ctx    context.Context
	tries  int
	answer chan answer
	result domain.Decision

	turn  int             // its place in the batch
	place domain.RecordID // in front of the first of its events, where it goes out
	held  answer          // until what it rests on is in the ledger
}

type answer struct {
	receipt Receipt
	err     error
}

const (
	defaultMaxBatch = 1000
	settleTime      = 10 * time.Second // how long an unknown outcome is waited for
	defaultPatience = 900 * time.Millisecond
	refuseEvery     = 50 * time.Millisecond // while the ledger is silent
	maxTries        = 5
	minGathered     = 8   // commands that went out together, from which on it pays to wait for their callers
	maxIdleYields   = 300 // how often in a row the processor is yielded while no command comes
)

// New starts a recorder.
func New(o Options) *Recorder {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = defaultMaxBatch
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Writable == nil {
		o.Writable = func() *NotRecordedError { return nil }
	}
	r := &Recorder{o: o, queue: make(chan *pending, o.MaxBatch), stop: make(chan struct{}), done: make(chan struct{})}
	r.living, r.abandon = context.WithCancel(context.Background())
	go r.run()
	return r
}

// Close lets the batch in flight end, answers what waits with ErrClosed and
// takes nothing more.
func (r *Recorder) Close() {
	r.once.Do(func() { close(r.stop) })
	<-r.done
	r.abandon()
}

// Abandon closes the recorder without waiting for the batch in flight: the store
// does not take it, and its outcome is not known here.
func (r *Recorder) Abandon() {
	r.abandon()
	r.Close()
}

// Today returns the calendar day at the depositary.
func (r *Recorder) Today() domain.Date { return domain.DateOf(r.o.Now().In(r.o.Zone)) }

// Record decides the command and appends it. It returns a *DecisionError, a
// *NotRecordedError, or ErrClosed, ErrUnavailable or the context's error; after
// the last two the command may be recorded all the same. While the ledger cannot
// take commands, or says nothing of those on their way, others are refused at once.
func (r *Recorder) Record(ctx context.Context, request Request) (Receipt, error) {
	if !eventstore.Plain(request.ID) || !eventstore.Plain(request.Actor) || request.Approver != "" && !eventstore.Plain(request.Approver) {
		return Receipt{}, &DecisionError{Refusals: []domain.Finding{{Code: domain.CodeFieldRequired, Kind: domain.Rejected, Field: "id",
			Message: "the id of a command and its actor are 1 to 128 printable ASCII characters without blank, quote and backslash"}}}
	}
	if refused := r.refusing(); refused != nil {
		a := r.refusal(request, refused)
		return a.receipt, a.err
	}
	p := &pending{Request: request, ctx: ctx, answer: make(chan answer, 1)}
	select {
	case r.queue <- p:
	case <-r.stop:
		return Receipt{}, ErrClosed
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
	select {
	case a := <-p.answer:
		return a.receipt, a.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	case <-r.done:
	}
	select {
	case a := <-p.answer:
		return a.receipt, a.err
	default: // it was queued after the queue was read for the last time
		return Receipt{}, ErrClosed
	}
}

// Try decides the command as Record would now, and records nothing. It returns
// the state that would follow.
func (r *Recorder) Try(request Request) (*domain.State, Receipt, error) {
	state, position, _, _ := r.o.Projection.Head()
	if receipt, err := r.repeated(request); err != nil || receipt.Repeated {
		return state, receipt, err
	}
	draft := state.Edit()
	decision, entries, err := draft.Do(request.Command, r.Today(), domain.RecordID{Position: uint64(position) + 1})
	if err != nil {
		return nil, Receipt{}, err
	}
	if !decision.Accepted() {
		return state, Receipt{}, &DecisionError{decision.Refusals, decision.Queries}
	}
	return draft.Freeze(), Receipt{Entries: entries, Queries: decision.Queries}, nil
}

func (r *Recorder) run() {
	defer close(r.done)
	var again []*pending // to be decided again, before what is queued
	for {
		batch := again
		if len(batch) == 0 {
			select {
			case p := <-r.queue:
				batch = append(batch, p)
			case <-r.stop:
				r.refuseQueued()
				return
			}
		}
		batch = r.drain(batch)
		select {
		case <-r.stop:
			for _, p := range batch {
				p.refuse()
			}
			r.refuseQueued()
			return
		default:
		}
		again = r.carryOut(batch)
		r.gather(len(batch))
	}
}

// gather spins, yielding the processor, until the callers that were just
// answered have queued their next command: so those who record one command
// after the other share one commit, instead of taking turns in two. A commit
// costs three flushes however many commands it has; a timer would cost more than the
// spin, which ends when as many wait as went out last, or when nobody came in
// maxIdleYields yields (well below a tenth of a millisecond). Few callers gain
// nothing and are not waited for.
func (r *Recorder) gather(last int) {
	if last < minGathered {
		return
	}
	waiting := len(r.queue)
	for idle := 0; waiting < last && idle < maxIdleYields; idle++ {
		runtime.Gosched()
		if now := len(r.queue); now > waiting {
			waiting, idle = now, 0
		}
	}
}

func (r *Recorder) drain(batch []*pending) []*pending {
	for len(batch) < r.o.MaxBatch {
		select {
		case p := <-r.queue:
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

func (r *Recorder) refuseQueued() {
	for {
		select {
		case p := <-r.queue:
			p.refuse()
		default:
			return
		}
	}
}

// refuse answers a command that is not decided any more.
func (p *pending) refuse() {
	if p.tries > 0 {
		p.answer <- answer{err: fmt.Errorf("%w (the node is stopping)", ErrUnavailable)}
		return
	}
	p.answer <- answer{err: ErrClosed}
}

// carryOut decides a batch, appends it as one commit and answers it. It returns
// what has to be decided again.
func (r *Recorder) carryOut(batch []*pending) (again []*pending) {
	if refused := r.o.Writable(); refused != nil {
		for _, p := range batch {
			p.answer <- r.refusal(p.Request, refused)
		}
		return nil
	}
	r.over = r.watch()
	defer r.over()
	next := r.decide(batch)
	ctx, cancel := context.WithTimeout(r.living, settleTime)
	defer cancel()
	if len(next.outgoing) == 0 {
		return append(r.answerHeld(ctx, next), next.again...)
	}
	again = next.again
	r.unsettled.add(next.outgoing)
	if _, err := r.o.Ledger.Append(ctx, []eventstore.Commit{next.commit}); err != nil {
		again = append(again, r.settle(ctx, next, err)...)
		again = append(again, next.held...)
	} else {
		r.unsettled.replace(nil)
		r.answerAppended(ctx, next)
		for _, p := range next.held {
			p.answer <- p.held
		}
	}
	slices.SortFunc(again, func(a, b *pending) int { return a.turn - b.turn })
	return again
}

// answerHeld answers what was decided and needs no commit, if the ledger still ended
// there. It returns what has to be decided again, since another node has recorded
// meanwhile.
func (r *Recorder) answerHeld(ctx context.Context, next round) (again []*pending) {
	if r.o.End != nil && len(next.held) > 0 {
		begun := time.Now()
		asking, cancel := context.WithTimeout(ctx, r.o.Patience)
		end, err := r.o.End(asking)
		cancel()
		if err == nil && end > next.at {
			if err = r.o.Projection.Await(ctx, end); err == nil {
				return next.held
			}
		}
		if err != nil {
			for _, p := range next.held {
				p.answer <- r.refusal(p.Request, &NotRecordedError{Why: WhySilent, Since: begun})
			}
			return nil
		}
	}
	for _, p := range next.held {
		p.answer <- p.held
	}
	return nil
}

// answerAppended waits until the commit is in the store and in the views.
func (r *Recorder) answerAppended(ctx context.Context, next round) {
	err := r.o.Projection.Await(ctx, next.commit.Position)
	if err != nil {
		r.unsettled.add(next.outgoing) // until this node has them, it cannot answer for them
	}
	r.over() // before the answers: who has one may send the next command at once
	for _, p := range next.outgoing {
		if err != nil {
			p.answer <- answer{err: ErrUnavailable}
			continue
		}
		p.answer <- answer{receipt: Receipt{
			Commit: next.commit, Entries: domain.Place(p.Command, p.result.Events, p.place), Queries: p.result.Queries,
		}}
	}
}

// settle finds out what became of a commit whose appending failed: it catches up
// with the ledger, answers the commands that are in it, and returns the others
// to be decided again. It tries a command a few times before it fails.
func (r *Recorder) settle(ctx context.Context, next round, cause error) (again []*pending) {
	caughtUp := r.catchUp(ctx)
	r.over() // before the answers, too
	var conflict *eventstore.ConflictError
	// Losing a race says nothing against a command; it is decided again as
	// often as it takes, if there was somebody else to lose to.
	_, position, _, _ := r.o.Projection.Head()
	lost := errors.As(cause, &conflict) && position >= next.commit.Position
	for _, p := range next.outgoing {
		_, ok, err := r.o.Store.ByCommand(p.ID)
		if err != nil {
			p.answer <- answer{err: unavailable(err)}
			continue
		}
		if ok {
			p.answer <- r.found(p, next.commit)
			continue
		}
		if !lost {
			p.tries++
		}
		if !caughtUp || p.tries >= maxTries {
			p.answer <- answer{err: unavailable(cause)}
			continue
		}
		again = append(again, p)
	}
	return again
}

// found answers a command that is in the store although its appending failed.
func (r *Recorder) found(p *pending, sent eventstore.Commit) answer {
	receipt, err := r.repeated(p.Request)
	if err != nil {
		return answer{err: err}
	}
	if receipt.Repeated = receipt.Commit.Hash() != sent.Hash(); !receipt.Repeated {
		receipt.Queries = p.result.Queries
	}
	return r.shown(answer{receipt: receipt})
}

// shown returns the answer when its commit is visible, which is a moment after
// it is in the store.
func (r *Recorder) shown(a answer) answer {
	if a.err != nil {
		return a
	}
	ctx, cancel := context.WithTimeout(r.living, settleTime)
	defer cancel()
	if r.o.Projection.Await(ctx, a.receipt.Commit.Position) != nil {
		return answer{err: ErrUnavailable}
	}
	return a
}

func (r *Recorder) catchUp(ctx context.Context) bool {
	last, err := r.o.Ledger.Last(ctx)
	return err == nil && r.o.Projection.Await(ctx, last) == nil
}
