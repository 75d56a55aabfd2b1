package recorder

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/storetest"
)

var errLine = errors.New("the line is down")

// on returns a fault to one call of Append.
func on(call int, f fault) func(*fakeLedger, int, []eventstore.Commit) (fault, bool) {
	return func(_ *fakeLedger, n int, _ []eventstore.Commit) (fault, bool) { return f, n == call }
}

// foreign puts a commit of another writer where this one wants to append.
func foreign(t testing.TB, l *fakeLedger, id string) {
	t.Helper()
	end, err := l.Last(t.Context())
	require.NoError(t, err)
	last, err := l.Read(t.Context(), end)
	require.NoError(t, err)
	says := domaintest.Act("FRA", domain.Communication, "2020-01-01", domaintest.Says("other"))
	other, err := encode(Request{ID: id, Actor: "other", Command: act(says)}, []domain.Event{&domain.ActionRecorded{Action: says}})
	require.NoError(t, err)
	c, err := eventstore.Seal(last.Position+1, last.Hash(), last.Recorded, []eventstore.Decided{other}, storetest.Signer("rig"))
	require.NoError(t, err)
	_, err = l.add([]eventstore.Commit{c})
	require.NoError(t, err)
}

// Every way in which an append fails, for a batch of one: the command is
// recorded once and acknowledged, as its first recording.
func TestLedgerFaults(t *testing.T) {
	for name, f := range map[string]fault{
		"error, nothing persisted":             {err: errLine},
		"error, persisted":                     {keep: 1, err: errLine},
		"hangs, nothing persisted":             {hang: true},
		"hangs, persisted":                     {keep: 1, hang: true},
		"error, persisted a moment later":      {keep: 1, late: time.Millisecond, err: errLine},
		"hangs, persisted after a long moment": {keep: 1, late: 9 * time.Second, hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.ledger.fault = on(1, f)
				receipt, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: accession("2020-01-01")})
				if f.hang && f.keep == 0 {
					// Nobody could find out: the answer says so, and the same id may be sent again.
					require.ErrorIs(t, err, ErrUnavailable)
					receipt, err = r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: accession("2020-01-01")})
				}
				require.NoError(t, err)
				require.EqualValues(t, 3, receipt.Commit.Position)
				require.False(t, receipt.Repeated)
				require.Equal(t, "3.1", receipt.Entries[0].ID.String())
				r.requireOnce(t, "a")
			})
		})
	}
}

// A store that does not answer does not say that a command was not recorded:
// it refuses the command, and nothing is recorded twice.
func TestAFaultOfTheStoreIsNotAnAbsence(t *testing.T) {
	store := new(faultyStore)
	r := newRig(t, func(o *Options) {
		store.Store = o.Store.(*boltstore.Store)
		o.Store = store
	})
	first := r.mustRecord(t, "a", remark("a"))
	store.broken.Store(true)
	for _, request := range []Request{{ID: "a", Actor: "test", Command: remark("a")}, {ID: "b", Actor: "test", Command: remark("b")}} {
		_, err := r.Record(context.Background(), request)
		require.ErrorIs(t, err, ErrUnavailable)
		require.ErrorContains(t, err, errDisk.Error())
		_, _, err = r.Try(request)
		require.ErrorIs(t, err, ErrUnavailable)
	}
	store.broken.Store(false)
	again := r.mustRecord(t, "a", remark("a"))
	require.True(t, again.Repeated)
	require.Equal(t, first.Commit.Hash(), again.Commit.Hash())
	r.requireOnce(t, "a")
}

// Nor where the append itself failed and its outcome is looked for.
func TestAFaultOfTheStoreWhileSettling(t *testing.T) {
	store := new(faultyStore)
	r := newRig(t, func(o *Options) {
		store.Store = o.Store.(*boltstore.Store)
		o.Store = store
	})
	r.ledger.fault = func(*fakeLedger, int, []eventstore.Commit) (fault, bool) {
		store.broken.Store(true)
		return fault{keep: 1, err: errLine}, true
	}
	_, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: remark("a")})
	require.ErrorIs(t, err, ErrUnavailable)
	r.ledger.fault = nil
	store.broken.Store(false)
	require.True(t, r.mustRecord(t, "a", remark("a")).Repeated)
	r.requireOnce(t, "a")
}

// Another writer was first: the command is decided again on what stands now.
func TestConflictIsDecidedAgain(t *testing.T) {
	r := newRig(t)
	r.ledger.fault = func(l *fakeLedger, call int, _ []eventstore.Commit) (fault, bool) {
		if call <= 8 { // more often than an unknown outcome is tried
			foreign(t, l, fmt.Sprint("other-", call))
		}
		return fault{}, false
	}
	receipt := r.mustRecord(t, "a", remark("a"))
	require.EqualValues(t, 11, receipt.Commit.Position)
	require.Equal(t, 9, r.ledger.calls)
}

// A ledger that reports conflicts without another writer does not keep a command forever.
func TestConflictWithNobodyEnds(t *testing.T) {
	r := newRig(t)
	r.ledger.fault = func(*fakeLedger, int, []eventstore.Commit) (fault, bool) {
		return fault{err: &eventstore.ConflictError{Want: 2}}, true
	}
	_, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: remark("a")})
	require.ErrorIs(t, err, ErrUnavailable)
	require.Equal(t, maxTries, r.ledger.calls)
	r.ledger.fault = nil
	r.mustRecord(t, "a", remark("a"))
	r.requireOnce(t, "a")
}

// hold keeps the first append away until the others wait, so that they go out
// as one batch. It records a command of its own, "first", and does what is to
// be done while they wait.
func (r *rig) hold(t *testing.T, waiting int, next func(*fakeLedger, int, []eventstore.Commit) (fault, bool), record func(i int), meanwhile ...func()) {
	t.Helper()
	arrived, released := make(chan struct{}), make(chan struct{})
	release := sync.OnceFunc(func() { close(released) })
	defer release() // so that a failure below does not leave the append away for ever
	r.ledger.fault = func(l *fakeLedger, call int, commits []eventstore.Commit) (fault, bool) {
		if call == 1 {
			close(arrived)
			l.mu.Unlock()
			<-released
			l.mu.Lock()
			return fault{}, false
		}
		if next == nil {
			return fault{}, false
		}
		return next(l, call-1, commits)
	}
	var all sync.WaitGroup
	all.Go(func() { r.mustRecord(t, "first", remark("first")) })
	<-arrived
	for i := range waiting {
		all.Go(func() { record(i) })
	}
	require.Eventually(t, func() bool { return len(r.queue) == waiting }, time.Minute, time.Millisecond)
	for _, do := range meanwhile {
		do()
	}
	release()
	all.Wait()
}

// Commands that wait together make one commit: it is in the ledger or it is not,
// whatever is known of it. Each is acknowledged once, in a place of its own.
func TestTogether(t *testing.T) {
	const size = 6
	for name, f := range map[string]fault{
		"nothing goes wrong":           {keep: 1},
		"another writer is first":      {err: &eventstore.ConflictError{}},
		"error, nothing persisted":     {err: errLine},
		"error, persisted":             {keep: 1, err: errLine},
		"a conflict with itself":       {keep: 1, err: &eventstore.ConflictError{}},
		"error, persisted a bit later": {keep: 1, late: time.Millisecond, err: errLine},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ids := []string{"first"}
			for i := range size {
				ids = append(ids, fmt.Sprint("c", i))
			}
			var mu sync.Mutex
			places := map[domain.RecordID]bool{}
			positions := map[eventstore.Position]bool{}
			r.hold(t, size, on(1, f), func(i int) {
				receipt := r.mustRecord(t, fmt.Sprint("c", i), remark(fmt.Sprint(i)))
				mu.Lock()
				defer mu.Unlock()
				require.Len(t, receipt.Entries, 1)
				command, before, ok := receipt.Commit.ByID(fmt.Sprint("c", i))
				require.True(t, ok)
				require.Equal(t, domain.RecordID{Position: uint64(receipt.Commit.Position), N: uint32(before) + 1}, receipt.Entries[0].ID)
				require.Equal(t, 1, command.Events)
				places[receipt.Entries[0].ID], positions[receipt.Commit.Position] = true, true
			})
			require.Len(t, places, size)
			require.Len(t, positions, 1)
			r.requireOnce(t, ids...)
		})
	}
}

// A day has a commit of its own, whatever waits before and behind it.
func TestADayAlone(t *testing.T) {
	r := newRig(t)
	var mu sync.Mutex
	positions := map[eventstore.Position]int{}
	day := eventstore.Position(0)
	r.hold(t, 5, nil, func(i int) {
		command := remark(fmt.Sprint(i))
		if i == 2 {
			command = &domain.BeginDay{Day: domain.DateOf(noon)}
		}
		receipt := r.mustRecord(t, fmt.Sprint("c", i), command)
		mu.Lock()
		defer mu.Unlock()
		positions[receipt.Commit.Position]++
		if i == 2 {
			day = receipt.Commit.Position
		}
	})
	require.Equal(t, 1, positions[day])
}

// The first commit that a node signs adds its key, and a node whose key is not
// among those of the ledger records nothing.
func TestWhoMayRecord(t *testing.T) {
	r := newRig(t)
	nodes := r.projection.Current().State.Nodes()
	require.Len(t, nodes, 1)
	require.EqualValues(t, storetest.Signer("rig").Key().String(), nodes[0].Key)
	require.Equal(t, domain.RecordID{Position: 1, N: 3}, nodes[0].Added, "behind the commands that came first")

	stranger := storetest.Signer("stranger")
	other := New(Options{Signer: stranger, Ledger: r.ledger, Store: r.store, Projection: r.projection, Now: func() time.Time { return noon }})
	defer other.Close()
	_, err := other.Record(t.Context(), Request{ID: "x", Actor: "test", Command: remark("x")})
	var not *NotRecordedError
	require.ErrorAs(t, err, &not)
	require.ErrorContains(t, err, "depositary node add "+stranger.Key().String())
	_, err = other.Record(t.Context(), Request{ID: "treaty", Actor: "test", Command: remark("x")})
	var decided *DecisionError
	require.ErrorAs(t, err, &decided, "what is in the ledger is answered all the same")

	r.mustRecord(t, "add", &domain.AddNode{Key: domain.NodeKey(stranger.Key().String()), Name: "another"})
	_, err = other.Record(t.Context(), Request{ID: "x", Actor: "test", Command: remark("x")})
	require.NoError(t, err)
	r.mustRecord(t, "revoke", &domain.RevokeNode{Key: domain.NodeKey(stranger.Key().String()), Reason: "lost"})
	_, err = other.Record(t.Context(), Request{ID: "y", Actor: "test", Command: remark("y")})
	require.ErrorAs(t, err, &not)
	_, err = r.Record(t.Context(), Request{ID: "last", Actor: "test", Command: &domain.RevokeNode{Key: nodes[0].Key, Reason: "lost"}})
	require.ErrorAs(t, err, &decided, "the last node cannot be revoked")
}

// A refused command fails alone; what went out with it is recorded, and each is
// decided on what the one before it left.
func TestRefusedAlone(t *testing.T) {
	r := newRig(t)
	errs := make([]error, 9)
	r.hold(t, 9, nil, func(i int) {
		command := remark(fmt.Sprint(i))
		switch {
		case i == 4:
			command = &domain.RecordActions{Treaty: "NONE", Actions: []domain.Action{{Participant: "DEU"}}}
		case i >= 6:
			command = accession("2020-01-01") // of three, one is in time
		}
		_, errs[i] = r.Record(context.Background(), Request{ID: fmt.Sprint("c", i), Actor: "test", Command: command})
	})
	require.Equal(t, 2, r.ledger.calls)
	var refused *DecisionError
	require.ErrorAs(t, errs[4], &refused)
	require.Equal(t, domain.CodeUnknownTreaty, refused.Refusals[0].Code)
	late := 0
	for i, err := range errs {
		switch {
		case i == 4:
		case i < 6:
			require.NoError(t, err)
		case err != nil:
			require.ErrorAs(t, err, &refused)
			require.Equal(t, domain.CodeAlreadyBound, refused.Refusals[0].Code)
			late++
		}
	}
	require.Equal(t, 2, late)
}

// Equal ids in one batch are one command; under another command the id is refused.
func TestEqualIDsInOneBatch(t *testing.T) {
	r := newRig(t)
	receipts, errs := make([]Receipt, 4), make([]error, 4)
	r.hold(t, 4, nil, func(i int) {
		command := remark("the same")
		if i == 3 {
			command = remark("another")
		}
		receipts[i], errs[i] = r.Record(context.Background(), Request{ID: "twin", Actor: "test", Command: command})
	})
	r.requireOnce(t, "first", "twin")
	fresh, refused := 0, 0
	for i := range receipts {
		var decision *DecisionError
		if errors.As(errs[i], &decision) {
			require.Equal(t, domain.CodeCommandReused, decision.Refusals[0].Code)
			refused++
			continue
		}
		require.NoError(t, errs[i])
		require.EqualValues(t, 4, receipts[i].Commit.Position)
		if !receipts[i].Repeated {
			fresh++
		}
	}
	// Either one of the three was first, or the other command was.
	require.Equal(t, 1, fresh)
	require.Contains(t, []int{1, 3}, refused)
}

func TestRepeatedID(t *testing.T) {
	r := newRig(t)
	first := r.mustRecord(t, "a", accession("2020-01-01"))
	again := r.mustRecord(t, "a", accession("2020-01-01"))
	require.True(t, again.Repeated)
	require.Equal(t, first.Commit.Hash(), again.Commit.Hash())
	require.Equal(t, first.Entries, again.Entries)
	_, receipt, err := r.Try(Request{ID: "a", Actor: "test", Command: accession("2020-01-01")})
	require.NoError(t, err)
	require.True(t, receipt.Repeated)
	var refused *DecisionError
	_, err = r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: accession("2020-01-02")})
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.CodeCommandReused, refused.Refusals[0].Code)
	r.requireOnce(t, "a")
}

// An id that cannot stand in the ledger, and a commit too large for it, are
// refused before they spoil a batch.
func TestRefusedBeforeTheBatch(t *testing.T) {
	r := newRig(t, func(o *Options) { o.MaxCommit = 64 << 10 })
	var refused *DecisionError
	for _, id := range []string{"", "with blank", "line\nbreak", `quote"`, "é"} {
		_, err := r.Record(context.Background(), Request{ID: id, Actor: "test", Command: remark("x")})
		require.ErrorAs(t, err, &refused, "%q", id)
	}
	_, err := r.Record(context.Background(), Request{ID: "large", Actor: "test", Command: remark(strings.Repeat("x", 70_000))})
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.CodeFieldTooLong, refused.Refusals[0].Code)
	r.requireOnce(t)
}

// Close ends while commands wait: each gets an answer, and what was recorded
// was acknowledged.
func TestCloseWhileWaiting(t *testing.T) {
	for range 20 {
		r := newRig(t)
		var mu sync.Mutex
		acknowledged := []string{}
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				id := fmt.Sprint("c", i)
				_, err := r.Record(context.Background(), Request{ID: id, Actor: "test", Command: remark(id)})
				if err == nil {
					mu.Lock()
					acknowledged = append(acknowledged, id)
					mu.Unlock()
					return
				}
				require.ErrorIs(t, err, ErrClosed)
			})
		}
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
		r.Close()
		all.Wait()
		r.requireOnce(t, acknowledged...)
		_, err := r.Record(context.Background(), Request{ID: "late", Actor: "test", Command: remark("late")})
		require.ErrorIs(t, err, ErrClosed)
	}
}

// A node that stops after an unknown outcome does not claim that nothing was
// recorded.
func TestCloseAfterUnknownOutcome(t *testing.T) {
	r := newRig(t)
	r.ledger.fault = func(_ *fakeLedger, call int, _ []eventstore.Commit) (fault, bool) {
		if call == 1 {
			r.once.Do(func() { close(r.stop) })
		}
		return fault{err: errLine}, true
	}
	_, err := r.Record(context.Background(), Request{ID: "a", Actor: "test", Command: remark("a")})
	require.ErrorIs(t, err, ErrUnavailable)
}

// A defect in the law's code fails the command that meets it, and no other.
func TestDefectFailsAlone(t *testing.T) {
	r := newRig(t)
	errs := make([]error, 3)
	r.hold(t, 3, nil, func(i int) {
		command := remark(fmt.Sprint(i))
		if i == 1 {
			command = (*domain.RecordActions)(nil)
		}
		_, errs[i] = r.Record(context.Background(), Request{ID: fmt.Sprint("c", i), Actor: "test", Command: command})
	})
	require.ErrorContains(t, errs[1], "deciding a command")
	require.NoError(t, errs[0])
	require.NoError(t, errs[2])
	r.requireOnce(t, "first", "c0", "c2")
}

// The caller may go before its command is decided; then nothing is recorded.
func TestCallerGone(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(context.Background())
	r.hold(t, 1, nil, func(int) {
		_, err := r.Record(ctx, Request{ID: "gone", Actor: "test", Command: remark("gone")})
		require.ErrorIs(t, err, context.Canceled)
	}, cancel)
	r.mustRecord(t, "next", remark("next"))
	r.requireOnce(t, "first", "next")
}

// The clock may go back; the instants of recording do not.
func TestInstantsNeverDecrease(t *testing.T) {
	now := noon
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return now } })
	a := r.mustRecord(t, "a", remark("a"))
	now = noon.Add(-time.Hour)
	b := r.mustRecord(t, "b", remark("b"))
	require.Equal(t, a.Commit.Recorded, b.Commit.Recorded)
}

// Many writers and a ledger that fails at random: what was acknowledged stands
// once, what was refused does not stand, and what is not known, sent again
// under its id, stands once.
func TestRandomFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		random := rand.New(rand.NewPCG(1, 2))
		r.ledger.fault = func(l *fakeLedger, call int, commits []eventstore.Commit) (fault, bool) {
			keep := random.IntN(len(commits) + 1)
			switch random.IntN(8) {
			case 0:
				return fault{keep: keep, err: errLine}, true
			case 1:
				return fault{keep: keep, late: time.Duration(random.IntN(20)) * time.Second, hang: true}, true
			case 2:
				return fault{keep: keep, late: time.Duration(random.IntN(5)) * time.Millisecond, err: errLine}, true
			case 3:
				return fault{keep: keep % len(commits), err: &eventstore.ConflictError{}}, true
			}
			return fault{}, false
		}
		var all sync.WaitGroup
		var ids []string
		for w := range 8 {
			for i := range 25 {
				ids = append(ids, fmt.Sprintf("w%d-%d", w, i))
			}
			all.Go(func() {
				for i := range 25 {
					request := Request{ID: fmt.Sprintf("w%d-%d", w, i), Actor: "test", Command: remark("x")}
					_, err := r.Record(context.Background(), request)
					for errors.Is(err, ErrUnavailable) {
						_, err = r.Record(context.Background(), request)
					}
					require.NoError(t, err)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Minute) // what was late has arrived, or never will
		r.requireOnce(t, ids...)
	})
}
