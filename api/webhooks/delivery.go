package webhooks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"depositary/eventstore"
	"depositary/projections/notices"
)

// delivery is a commit in this node's hands: its notices are sent, again by
// the schedule, until each is taken or parked. One goroutine owns it; those
// that it starts for the requests report to it.
type delivery struct {
	*worker
	task    eventstore.Task
	ordered bool
	steps   []*step
	kept    progress
	ends    chan end
	running int
	pending [][]byte // lines of the journal that go out with the next ones
	over    bool     // the subscription is not served any more
}

// step is one notice of a commit.
type step struct {
	notice  notices.Notice
	before  notices.ID // told before it
	running bool
	tries
}

// end of an attempt.
type end struct {
	step    *step
	line    line
	answer  answer
	verdict verdict
	problem string
	unsent  [][]byte // lines that were not written as we stopped before
}

func newDelivery(w *worker, task eventstore.Task, notices []notices.Notice, before notices.ID, kept progress) *delivery {
	return &delivery{worker: w, task: task, ordered: w.current().Order == Ordered, steps: steps(notices, before, kept), kept: kept, ends: make(chan end)}
}

// run delivers the commit and moves the cursor over it; where ctx ends or the
// subscription is disabled before, the commit is given back.
func (d *delivery) run(ctx context.Context) {
	hold := time.NewTicker(d.s.Lease / 3)
	defer hold.Stop()
	for !d.done() && !d.over && ctx.Err() == nil {
		d.wait(ctx, hold.C)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords+requestTime)
	defer cancel()
	for d.running > 0 {
		d.ended(last, <-d.ends)
	}
	if !d.done() {
		d.giveBack()
		return
	}
	d.finish()
}

// wait begins what is due, or waits for whatever comes first.
func (d *delivery) wait(ctx context.Context, hold <-chan time.Time) {
	next, due := d.due(d.s.Now())
	var slot chan<- struct{}
	var wake <-chan time.Time
	if next != nil {
		slot = d.slots
	} else {
		d.flush(ctx)
		if !due.IsZero() {
			wake = time.After(due.Sub(d.s.Now()))
		}
	}
	select {
	case slot <- struct{}{}:
		d.begin(ctx, next)
	case e := <-d.ends:
		d.ended(ctx, e)
	case <-hold:
		d.s.logged(d.task.Hold(), "holding a commit", d.id)
	case <-wake:
	case <-ctx.Done():
	}
}

func (d *delivery) done() bool {
	for _, s := range d.steps {
		if !s.Done {
			return false
		}
	}
	return true
}

// due returns the notice that is to be sent now, or else when one is: the zero
// time where all that is left is on its way.
func (d *delivery) due(now time.Time) (next *step, at time.Time) {
	for _, s := range d.steps {
		switch {
		case s.Done:
			continue
		case s.running:
		case !s.Next.After(now):
			return s, time.Time{}
		case at.IsZero() || s.Next.Before(at):
			at = s.Next
		}
		if d.ordered {
			break
		}
	}
	return nil, at
}

// begin makes an attempt in a goroutine of its own, which has a slot.
func (d *delivery) begin(ctx context.Context, s *step) {
	lines := d.pending
	d.pending = nil
	s.running = true
	d.running++
	number := s.Attempts + 1
	go func() {
		e := d.attempt(ctx, s, number, lines)
		<-d.slots
		d.ends <- e
	}()
}

// attempt notes that it begins, and sends.
func (d *delivery) attempt(ctx context.Context, s *step, number int, lines [][]byte) end {
	stopped := end{step: s, verdict: isNobody, unsent: lines}
	r := d.current()
	if d.s.rate(r).Wait(ctx) != nil {
		return stopped
	}
	m, header, err := d.s.signed(r, s)
	if err != nil {
		d.s.Logger.Error("webhooks: a notice cannot be sent by this node", "subscription", d.id, "notice", s.notice.ID.String(), "cause", err)
		d.giveUp(r.Revision)
		return stopped
	}
	opened, text := opening(m, forNotice, s.notice.ID.String(), number, d.s.Now())
	if d.s.note(ctx, d.id, append(lines, text)...) != nil {
		return stopped
	}
	e := end{step: s, line: opened, answer: d.s.sender.send(ctx, r.URL, header, m.body)}
	if ctx.Err() != nil && e.answer.fault != "" {
		e.verdict, e.problem, e.answer.fault = isNobody, stoppedMeanwhile, ""
		return e
	}
	e.verdict, e.problem = judge(e.answer)
	return e
}

// ended draws the consequences of an attempt, keeps them, and notes its end.
func (d *delivery) ended(ctx context.Context, e end) {
	d.running--
	e.step.running = false
	if e.line.Key == "" {
		d.pending = append(e.unsent, d.pending...)
		return
	}
	switch e.verdict {
	case isTaken:
		e.step.tries = tries{Done: true}
		d.endProbation(ctx)
	case isGone:
		d.disable(ctx, e.problem)
	case isFailed:
		d.failed(ctx, &e)
	}
	e.line.close(e.answer, e.verdict, e.problem, d.s.Now())
	if e.verdict != isNobody {
		d.s.metrics.attempt(forNotice, e.line.Outcome, time.Duration(e.line.Millis)*time.Millisecond)
	}
	d.pending = append(d.pending, e.line.bytes())
}

// failed has the notice tried again, parked, or the subscription disabled: on
// probation a notice has one attempt.
func (d *delivery) failed(ctx context.Context, e *end) {
	s := e.step
	if s.Attempts == 0 && d.current().Probation {
		d.disable(ctx, "after a notice that was not taken in three days the next one failed too: "+e.problem)
		return
	}
	s.Attempts++
	next, again := nextTry(d.s.Waits, s.Attempts, d.s.Now(), e.answer.retryAfter)
	if again {
		s.Next, e.line.Next = next, next.UTC()
	} else if d.park(ctx, s, e.problem) != nil {
		s.Attempts-- // we stop: the attempt is made again
		return
	} else {
		s.Done = true
	}
	d.save(ctx)
}

// park keeps the notice aside and puts the subscription on probation.
func (d *delivery) park(ctx context.Context, s *step, problem string) error {
	parked := Parked{Notice: s.notice.ID, Title: s.notice.Title, Since: d.s.Now().UTC(), Attempts: s.Attempts, Error: problem}
	return d.s.insist(ctx, "parking a notice", d.id, func() error {
		if err := d.s.park(ctx, d.id, parked); err != nil {
			return err
		}
		return d.probation(ctx, true)
	})
}

func (d *delivery) endProbation(ctx context.Context) {
	if !d.current().Probation {
		return
	}
	_ = d.s.insist(ctx, "ending a probation", d.id, func() error { return d.probation(ctx, false) })
}

func (d *delivery) probation(ctx context.Context, on bool) error {
	r, err := d.s.change(ctx, d.id, func(r *record) error {
		if r.Probation == on {
			return errAsItIs
		}
		r.Probation = on
		return nil
	})
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err == nil {
		d.see(r)
	}
	return err
}

// disable ends the delivery and the worker; the commit stays where it is.
func (d *delivery) disable(ctx context.Context, reason string) {
	d.over = true
	_ = d.s.insist(ctx, "disabling a subscription", d.id, func() error {
		r, err := d.s.disable(ctx, d.id, reason)
		if err == nil {
			d.see(r)
			d.giveUp(r.Revision)
		}
		if errors.Is(err, ErrUnknown) {
			d.giveUp(d.current().Revision)
			return nil
		}
		return err
	})
}

// save keeps how far it has come.
func (d *delivery) save(ctx context.Context) {
	d.kept.Notices = make(map[uint32]tries)
	for _, s := range d.steps {
		if s.tries != (tries{}) {
			d.kept.Notices[s.notice.ID.N] = s.tries
		}
	}
	if len(d.kept.Notices) > 0 || d.kept.revision != 0 {
		_ = d.s.insist(ctx, "keeping the schedule", d.id, func() error { return d.s.saveProgress(ctx, d.id, d.task.Position(), &d.kept) })
	}
}

func (d *delivery) flush(ctx context.Context) {
	if d.s.note(ctx, d.id, d.pending...) == nil {
		d.pending = nil
	}
}

// lastWords is how long a worker that ends goes on keeping what it knows.
const lastWords = 5 * time.Second

// giveBack keeps how far it has come and lets another node go on.
func (d *delivery) giveBack() {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	d.save(ctx)
	d.flush(ctx)
	d.s.logged(d.task.Return(), "giving back a commit", d.id)
}

// finish moves the cursor over the commit. Where that fails the commit comes
// once more: then what is kept says that there is nothing left to do.
func (d *delivery) finish() {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	d.flush(ctx)
	if err := d.task.Done(); err != nil {
		d.s.logged(err, fmt.Sprintf("moving over commit %d", d.task.Position()), d.id)
		d.save(ctx)
		return
	}
	if d.kept.revision != 0 {
		d.s.logged(d.s.Subscriptions.Delete(ctx, progressKey(d.id, d.task.Position())), "forgetting a schedule", d.id)
	}
}

// signed returns the message of a step, and the header of a request that carries
// it now.
func (s *Service) signed(r *record, of *step) (m message, h map[string][]string, err error) {
	if m, err = s.tell(r.ID, of.notice, of.before); err != nil {
		return m, nil, err
	}
	header, err := s.headers(r, m, s.Now())
	return m, header, err
}
