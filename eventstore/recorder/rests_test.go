package recorder

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/storetest"
)

// A refusal rests only on what was recorded. Two accessions of Germany wait as one
// batch; the first one's commit never reaches the ledger, so the second is no
// repetition of anything: it is decided again, and recorded.
func TestARefusalRestsOnlyOnWhatWasRecorded(t *testing.T) {
	for name, f := range map[string]fault{
		"the ledger does not answer":    {hang: true},
		"the ledger refuses":            {err: errLine},
		"another writer was first":      {err: &eventstore.ConflictError{}},
		"nothing went wrong":            {keep: 1},
		"recorded, but without answer":  {keep: 1, hang: true},
		"recorded, answer was an error": {keep: 1, err: errLine},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				var mu sync.Mutex
				recorded, unknown, refused := "", 0, 0
				r.hold(t, 2, on(1, f), func(i int) {
					id := []string{"a", "b"}[i]
					_, err := r.Record(context.Background(), Request{ID: id, Actor: "test", Command: accession("2020-01-01")})
					mu.Lock()
					defer mu.Unlock()
					var decision *DecisionError
					switch {
					case err == nil:
						recorded = id
					case errors.As(err, &decision):
						require.Equal(t, domain.CodeAlreadyBound, decision.Refusals[0].Code)
						refused++
					default:
						require.ErrorIs(t, err, ErrUnavailable)
						unknown++
					}
				})
				require.NotEmpty(t, recorded, "one of the two stands in the ledger, and its caller knows")
				if f.hang && f.keep == 0 {
					require.Equal(t, 1, unknown, "the one without an outcome is not answered with a refusal")
				} else {
					require.Equal(t, 1, refused)
				}
				r.requireOnce(t, "first", recorded)
			})
		})
	}
}

// A refusal rests on all that was recorded. Germany's accession was annulled by
// another node, of which this one has not heard: to accede again is no repetition, and
// where nobody says where the ledger ends, nothing is decided.
func TestARefusalRestsOnAllThatWasRecorded(t *testing.T) {
	var end func(context.Context) (eventstore.Position, error)
	r := newRig(t, func(o *Options) {
		o.End = func(ctx context.Context) (eventstore.Position, error) { return end(ctx) }
	})
	end = r.ledger.Last
	first := r.mustRecord(t, "first", accession("2020-01-01"))
	again := func(id string) error {
		_, err := r.Record(t.Context(), Request{ID: id, Actor: "test", Command: accession("2020-01-01")})
		return err
	}
	var decision *DecisionError
	require.ErrorAs(t, again("refused"), &decision, "the ledger ends where it was decided")

	asked := 0
	end = func(ctx context.Context) (eventstore.Position, error) {
		if asked++; asked == 1 {
			another := New(Options{Signer: storetest.Signer("rig"), Ledger: r.ledger, Store: r.store, Projection: r.projection, Now: r.o.Now, Patience: time.Hour})
			defer another.Close()
			_, err := another.Record(ctx, Request{ID: "annulled", Actor: "test", Command: &domain.AnnulRecord{Treaty: "IV-13", Record: first.Entries[0].ID, Reason: "by mistake"}})
			require.NoError(t, err)
		}
		return r.ledger.Last(ctx)
	}
	require.NoError(t, again("second"), "decided again, behind the annulment")

	end = func(context.Context) (eventstore.Position, error) { return 0, errLine }
	var silent *NotRecordedError
	require.ErrorAs(t, again("silent"), &silent)
}
