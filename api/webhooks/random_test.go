package webhooks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections/notices"
)

// mortal is a node that can die: from then on nothing of it reaches the others
// or the world, and nothing reaches it.
type mortal struct {
	*Service
	dead atomic.Bool
}

var errDead = errors.New("this node is dead")

func (m *mortal) alive() error {
	if m.dead.Load() {
		return errDead
	}
	return nil
}

func (w *world) mortal() *mortal {
	m := new(mortal)
	o := w.options()
	o.Subscriptions = mortalBucket{w.bucket, m}
	o.Deliveries = mortalJournal{w.journal, m}
	o.Cursors = mortalCursors{w.cursors, m}
	o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if err := m.alive(); err != nil {
			return nil, err
		}
		answer, err := w.receivers.RoundTrip(r)
		if dead := m.alive(); dead != nil {
			return nil, dead
		}
		return answer, err
	})
	m.Service = New(o)
	go func() { _ = m.Run(context.Background()) }()
	w.Cleanup(func() { require.NoError(w, m.Close()) })
	return m
}

type mortalBucket struct {
	eventstore.Bucket
	of *mortal
}

func (b mortalBucket) Get(ctx context.Context, key string) (eventstore.Value, error) {
	if err := b.of.alive(); err != nil {
		return eventstore.Value{}, err
	}
	return b.Bucket.Get(ctx, key)
}

func (b mortalBucket) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if err := b.of.alive(); err != nil {
		return 0, err
	}
	return b.Bucket.Put(ctx, key, data, revision)
}

func (b mortalBucket) Delete(ctx context.Context, key string) error {
	if err := b.of.alive(); err != nil {
		return err
	}
	return b.Bucket.Delete(ctx, key)
}

type mortalJournal struct {
	eventstore.Journal
	of *mortal
}

func (j mortalJournal) Append(ctx context.Context, key string, lines ...[]byte) error {
	if err := j.of.alive(); err != nil {
		return err
	}
	return j.Journal.Append(ctx, key, lines...)
}

type mortalCursors struct {
	eventstore.Cursors
	of *mortal
}

func (c mortalCursors) Open(ctx context.Context, name string, o eventstore.CursorOptions) (eventstore.Cursor, error) {
	if err := c.of.alive(); err != nil {
		return nil, err
	}
	cursor, err := c.Cursors.Open(ctx, name, o)
	return mortalCursor{cursor, c.of}, err
}

type mortalCursor struct {
	eventstore.Cursor
	of *mortal
}

func (c mortalCursor) Next(ctx context.Context) (eventstore.Task, error) {
	task, err := c.Cursor.Next(ctx)
	if dead := c.of.alive(); dead != nil {
		return nil, dead
	}
	return mortalTask{task, c.of}, err
}

type mortalTask struct {
	eventstore.Task
	of *mortal
}

func (t mortalTask) Hold() error {
	if err := t.of.alive(); err != nil {
		return err
	}
	return t.Task.Hold()
}

func (t mortalTask) Done() error {
	if err := t.of.alive(); err != nil {
		return err
	}
	return t.Task.Done()
}

func (t mortalTask) Return() error {
	if err := t.of.alive(); err != nil {
		return err
	}
	return t.Task.Return()
}

// TestRandomFaults: whatever receivers and nodes do, every notice arrives, in
// order where that is asked for, with the same bytes at each attempt and an
// unbroken chain; and the journal tells what the receivers saw.
func TestRandomFaults(t *testing.T) {
	seeds := 40
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		for _, crashes := range []bool{false, true} {
			t.Run(fmt.Sprint(seed, " crashes ", crashes), func(t *testing.T) {
				inWorld(t, func(w *world) { randomFaults(w, rand.New(rand.NewPCG(uint64(seed), 77)), crashes) })
			})
		}
	}
}

func randomFaults(w *world, random *rand.Rand, crashes bool) {
	ctx := context.Background()
	healthy := time.Now().Add(12 * time.Hour)
	faults := rand.New(rand.NewPCG(random.Uint64(), 1))
	w.receivers.takes = time.Duration(random.IntN(3000)) * time.Millisecond
	w.receivers.as(func(request) (int, http.Header, error) {
		w.receivers.mu.Lock()
		n := faults.IntN(10)
		w.receivers.mu.Unlock()
		if time.Now().After(healthy) {
			return 204, nil, nil
		}
		switch n {
		case 0:
			return 500, nil, nil
		case 1:
			return 429, http.Header{"Retry-After": {"90"}}, nil
		case 2:
			time.Sleep(requestTime)
			return 0, nil, context.DeadlineExceeded
		case 3:
			return 0, nil, errReset
		case 4:
			return 302, http.Header{"Location": {"http://127.0.0.1/"}}, nil
		}
		return 200, nil, nil
	})
	nodes := []*mortal{w.mortal(), w.mortal()}
	people := []domain.ParticipantID{"DEU", "FRA", "ITA"}
	var subs []Subscription
	for i := range 4 {
		f := notices.NoticeFilter{Participants: people[:1+i%3]}
		subs = append(subs, w.subscribe(nodes[0].Service, Spec{URL: fmt.Sprintf("https://receiver.example/%d", i), Order: []Order{Ordered, Parallel}[i%2], Filter: f, Rate: 100}))
	}
	for range 30 {
		w.commit(people[:random.IntN(4)]...)
		w.settle(time.Duration(random.IntN(int(10 * time.Minute))))
		if i := random.IntN(8); i < len(nodes) {
			if crashes && random.IntN(2) == 0 {
				nodes[i].dead.Store(true)
			}
			require.NoError(w, nodes[i].Close())
			nodes[i] = w.mortal()
		}
	}
	w.settle(5 * 24 * time.Hour)
	of := make(map[string][]request)
	for _, r := range w.receivers.notices() {
		sub, _, _ := strings.Cut(r.id, "_")
		of[sub] = append(of[sub], r)
	}
	for _, sub := range subs {
		require.Equal(w, Active, w.get(nodes[0].Service, sub.ID).State)
		require.Equal(w, Lag{}, w.lag(nodes[0].Service, sub.ID))
		w.requireAllArrived(sub, of[sub.ID])
		w.requireChain(of[sub.ID])
		attempts, err := nodes[0].Attempts(ctx, sub.ID, 1000, 0)
		require.NoError(w, err)
		w.requireJournal(attempts, of[sub.ID], crashes)
	}
	left, err := w.bucket.List(ctx, "retry")
	require.NoError(w, err)
	if !crashes {
		require.Empty(w, left)
	}
}

// requireAllArrived compares with what the ledger tells.
func (w *world) requireAllArrived(sub Subscription, got []request) {
	w.Helper()
	var want, first []string
	for p := range w.ledger.last() {
		matching, err := w.ledger.Matching(sub.Filter, p+1)
		require.NoError(w, err)
		for _, n := range matching {
			want = append(want, webhookID(sub.ID, n.ID))
		}
	}
	for _, r := range got {
		if !slices.Contains(first, r.id) {
			first = append(first, r.id)
		}
	}
	if sub.Order == Ordered {
		require.Equal(w, want, first)
	} else {
		require.ElementsMatch(w, want, first)
	}
}

// requireJournal compares attempts with requests, by message. A node that died
// may have noted an attempt that it did not come to.
func (w *world) requireJournal(attempts []Attempt, got []request, crashes bool) {
	w.Helper()
	noted, stopped, seen := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, a := range attempts {
		require.NotEqual(w, outcomeUnderWay, a.Outcome)
		if a.Purpose == forNotice {
			noted[a.ID]++
		}
		if a.Error == stoppedMeanwhile {
			stopped[a.ID]++
		}
	}
	for _, r := range got {
		seen[r.id]++
	}
	for id := range noted {
		if crashes {
			require.LessOrEqual(w, seen[id], noted[id], id)
			require.GreaterOrEqual(w, seen[id], noted[id]-stopped[id], id)
		} else {
			require.Equal(w, seen[id], noted[id], id)
		}
	}
	require.Len(w, noted, len(seen))
}
