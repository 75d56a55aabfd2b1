package webhooks

import (
	"context"
	"errors"
	"sync"
	"time"

	"depositary/eventstore"
	"depositary/projections/notices"
)

// Bounds of a worker.
const (
	defaultLease     = 15 * time.Second // of a commit
	parallelCommits  = 256              // in hands at once, of a parallel subscription
	parallelRequests = 16               // on their way at once, from one node
)

// worker delivers the commits of one active subscription that this node is
// handed. While there are none it is one goroutine that waits.
type worker struct {
	s      *Service
	id     string
	slots  chan struct{} // one for each request that may be on its way
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
	memory memory        // of the goroutine that takes commits

	mu       sync.Mutex
	record   *record   // the newest that was seen; not changed in place
	gaveUpAt uint64    // the revision because of which it ended by itself
	noted    time.Time // when its place was
}

func newWorker(s *Service, r *record, cancel context.CancelFunc) *worker {
	requests := 1
	if r.Order == Parallel {
		requests = parallelRequests
	}
	return &worker{s: s, id: r.ID, slots: make(chan struct{}, requests), cancel: cancel, done: make(chan struct{}), record: r}
}

func (w *worker) current() *record {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.record
}

// see takes a newer record; an older one is passed over.
func (w *worker) see(r *record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Revision > w.record.Revision {
		w.record = r
	}
}

// giveUp ends the worker because of what it saw of its subscription.
func (w *worker) giveUp(seen uint64) {
	w.mu.Lock()
	w.gaveUpAt = max(w.gaveUpAt, seen)
	w.mu.Unlock()
	w.cancel()
}

func cursorName(id string) string { return "hook-" + id }

func (s *Service) cursorOptions(r *record) eventstore.CursorOptions {
	o := eventstore.CursorOptions{After: r.After, InFlight: 1, Lease: s.Lease}
	if r.Order == Parallel {
		o.InFlight = parallelCommits
	}
	return o
}

// run takes commits until ctx ends, and returns back what is not done.
func (w *worker) run(ctx context.Context) {
	r := w.current()
	if _, err := w.s.headers(r, message{}, w.s.Now()); err != nil {
		w.s.Logger.Error("webhooks: a subscription is not served by this node", "subscription", w.id, "cause", err)
		w.giveUp(r.Revision)
		return
	}
	var cursor eventstore.Cursor
	err := w.s.insist(ctx, "opening a cursor", w.id, func() (err error) {
		cursor, err = w.s.openCursor(ctx, r)
		return err
	})
	if err != nil {
		return
	}
	defer cursor.Close()
	defer w.ended(cursor)
	var hands sync.WaitGroup
	defer hands.Wait()
	for {
		var task eventstore.Task
		if w.s.insist(ctx, "taking a commit", w.id, func() (err error) { task, err = cursor.Next(ctx); return err }) != nil {
			return
		}
		if d := w.prepare(ctx, task); d != nil && r.Order == Parallel {
			hands.Go(func() { d.run(ctx); w.delivered(ctx, cursor) })
		} else if d != nil {
			d.run(ctx)
			w.delivered(ctx, cursor)
		}
	}
}

// prepare makes the delivery of a commit; nil where there is nothing to tell,
// the commit being done, or given back.
func (w *worker) prepare(ctx context.Context, task eventstore.Task) *delivery {
	d, err := w.delivery(ctx, task)
	if err == nil && d == nil {
		w.s.logged(task.Done(), "passing over a commit", w.id)
		return nil
	}
	if err == nil {
		return d
	}
	if ctx.Err() == nil {
		w.s.Logger.Warn("webhooks: the notices of a commit cannot be delivered", "subscription", w.id, "position", task.Position(), "cause", err)
		_ = pause(ctx, firstPause)
	}
	w.s.logged(task.Return(), "giving back a commit", w.id)
	return nil
}

func (s *Service) logged(err error, what, id string) {
	if err != nil {
		s.Logger.Warn("webhooks: "+what+" failed", "subscription", id, "cause", err)
	}
}

// delivery returns the delivery of a commit, as far as it has come; nil where
// there is nothing to tell. Only then the shared stores are asked.
func (w *worker) delivery(ctx context.Context, task eventstore.Task) (*delivery, error) {
	p := task.Position()
	if err := w.await(ctx, task); err != nil {
		return nil, err
	}
	r := w.current()
	notices, err := w.s.told(r, p)
	if err != nil {
		return nil, err
	}
	if len(notices) == 0 {
		w.memory.passed(p)
		return nil, nil
	}
	if r, err = w.refresh(ctx); err != nil {
		return nil, err
	}
	if notices, err = w.s.told(r, p); err != nil || len(notices) == 0 {
		return nil, err
	}
	before, err := w.memory.before(ctx, w.s, r, p)
	if err != nil {
		return nil, err
	}
	w.memory.saw(p, before, notices)
	kept, err := w.s.loadProgress(ctx, w.id, p)
	if err != nil {
		return nil, err
	}
	return newDelivery(w, task, notices, before, kept), nil
}

// refresh looks at the subscription as it is now: another node may have
// changed it a moment ago. Where nothing is to be sent any more the worker ends.
func (w *worker) refresh(ctx context.Context) (*record, error) {
	seen := w.current().Revision
	fresh, err := w.s.load(ctx, w.id)
	switch {
	case errors.Is(err, ErrUnknown):
		w.giveUp(seen)
		return nil, err
	case err != nil:
		return nil, err
	}
	w.see(fresh)
	if fresh.State != Active {
		w.giveUp(fresh.Revision)
		return nil, ErrState
	}
	return w.current(), nil
}

// await waits until this node's views show the commit, and holds it meanwhile.
func (w *worker) await(ctx context.Context, task eventstore.Task) error {
	for {
		short, cancel := context.WithTimeout(ctx, w.s.Lease/3)
		err := w.s.Views.Await(short, task.Position())
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if err := task.Hold(); err != nil {
			return err
		}
	}
}

// steps returns what is to be told of a commit, with how far each has come.
func steps(notices []notices.Notice, before notices.ID, kept progress) []*step {
	all := make([]*step, len(notices))
	for i, n := range notices {
		all[i] = &step{notice: n, before: before, tries: kept.Notices[n.ID.N]}
		before = n.ID
	}
	return all
}
