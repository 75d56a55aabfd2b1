package webhooks

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections/notices"
)

func TestNoticesAreTold(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		w.commit("DEU")
		sub, secrets, err := s.Create(context.Background(), "somebody", Spec{URL: "https://receiver.example/", Schemes: []Scheme{Asymmetric, Symmetric},
			Filter: notices.NoticeFilter{Participants: []domain.ParticipantID{"DEU", "FRA"}}}, 1)
		require.NoError(t, err)
		require.Equal(t, Unverified, sub.State)
		w.commit("FRA", "ITA", "DEU")
		w.settle(time.Hour)
		require.Empty(t, w.receivers.notices(), "nothing before the challenge")

		sub, attempt, err := s.Verify(context.Background(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, Active, sub.State)
		require.Equal(t, forChallenge, attempt.Purpose)
		require.Equal(t, 200, attempt.Status)
		w.commit("ITA")
		w.commit("DEU")
		w.settle(time.Minute)
		require.Equal(t, []string{"2.1", "2.3", "4.1"}, w.receivers.ids())

		all := w.receivers.notices()
		w.requireChain(all)
		first, second := all[0].event(t), all[1].event(t)
		require.Equal(t, "1.0", first.SpecVersion)
		require.Equal(t, sub.ID+"_2.1", first.ID)
		require.Equal(t, first.ID, all[0].id)
		require.Equal(t, "https://depositary.example", first.Source)
		require.Equal(t, "depositary.participant.bound", first.Type)
		require.Equal(t, "IV-13/FRA", first.Subject)
		require.Equal(t, "2026-11-24T12:00:02.000005Z", first.Time)
		require.Equal(t, "application/json", first.DataContentType)
		require.Equal(t, sub.ID, first.Subscription)
		require.Empty(t, first.Previous)
		require.Equal(t, first.ID, second.Previous)
		require.Less(t, first.Sequence, second.Sequence)
		require.Contains(t, string(all[0].body), "Côte d’Ivoire <FRA> – état")
		require.Equal(t, "application/cloudevents+json", all[0].head.Get("Content-Type"))
		require.Equal(t, "depositary/dev", all[0].head.Get("User-Agent"))
		requireSigned(t, secrets.Secret, all[0])
		require.Contains(t, all[0].head.Get("webhook-signature"), "v1a,")
		require.Equal(t, []string{secrets.PublicKey}, sub.PublicKeys)
		require.Zero(t, w.lag(s, sub.ID).Commits)
	})
}

// TestScheduleOfThreeDays: eleven attempts, each wait longer by a tenth at
// most; then the notice is parked and the next one is on probation.
func TestScheduleOfThreeDays(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		w.receivers.as(always(500))
		w.commit("DEU")
		w.commit("FRA")
		w.commit("ITA")
		w.settle(time.Minute + 10*time.Second)
		require.NotZero(t, w.lag(s, sub.ID).Next)
		require.EqualValues(t, 3, w.lag(s, sub.ID).Commits)
		w.settle(4 * 24 * time.Hour)

		all := w.receivers.notices()
		require.Len(t, all, 12, "eleven at the first, one at the second")
		for i, wait := range Schedule {
			took := all[i+1].at.Sub(all[i].at)
			require.GreaterOrEqual(t, took, wait, "after attempt %d", i+1)
			require.LessOrEqual(t, took, wait+wait/10+time.Millisecond, "after attempt %d", i+1)
		}
		require.Equal(t, "2.1", w.receivers.ids()[11])
		require.Less(t, all[11].at.Sub(all[10].at), time.Second, "the next one at once")

		parked, err := s.Parked(context.Background(), sub.ID)
		require.NoError(t, err)
		require.Len(t, parked, 1, "the one on probation is not parked")
		require.Equal(t, "1.1", parked[0].Notice.String())
		require.Equal(t, 11, parked[0].Attempts)
		require.Equal(t, "500 Internal Server Error: the receiver failed", parked[0].Error)
		now := w.get(s, sub.ID)
		require.Equal(t, Disabled, now.State)
		require.Contains(t, now.Reason, "the next one failed too: 500")
		require.Equal(t, Lag{Commits: 2, Parked: 1}, w.lag(s, sub.ID), "the cursor is kept at the second")

		w.receivers.as(always(200))
		_, err = s.Enable(context.Background(), sub.ID)
		require.NoError(t, err)
		w.settle(time.Minute)
		require.Equal(t, []string{"2.1", "3.1"}, w.receivers.ids()[12:])
		require.Equal(t, Lag{Parked: 1}, w.lag(s, sub.ID))

		done, err := s.Replay(context.Background(), sub.ID, ReplayRange{OnlyParked: true}, 10)
		require.NoError(t, err)
		require.Equal(t, Replayed{Sent: 1, Through: parked[0].Notice}, done)
		require.Equal(t, Lag{}, w.lag(s, sub.ID))
		w.requireChain(w.receivers.notices())
	})
}

// TestProbationEnds: what is taken after a parked notice lets the next have its
// whole schedule back.
func TestProbationEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		w.receivers.as(func(r request) (int, http.Header, error) {
			if strings.HasSuffix(r.id, "_2.1") {
				return 200, nil, nil
			}
			return 503, nil, nil
		})
		w.commit("DEU")
		w.commit("FRA")
		w.commit("ITA")
		w.settle(8 * 24 * time.Hour)
		require.Equal(t, Active, w.get(s, sub.ID).State)
		require.Equal(t, 2, w.lag(s, sub.ID).Parked)
		require.Len(t, w.receivers.notices(), 11+1+11)
		w.commit("ESP")
		w.settle(time.Minute)
		require.Equal(t, Disabled, w.get(s, sub.ID).State)
	})
}

func TestRetryAfterIsAMinimum(t *testing.T) {
	for _, test := range []struct {
		header string
		least  time.Duration
		most   time.Duration
	}{
		{"3600", time.Hour, time.Hour},
		{"1", 5 * time.Second, 5500 * time.Millisecond},
		{"-7", 5 * time.Second, 5500 * time.Millisecond},
		{"soon", 5 * time.Second, 5500 * time.Millisecond},
		{"9999999999999", 24 * time.Hour, 24 * time.Hour},
		{"date", 2*time.Hour - time.Second, 2 * time.Hour},
	} {
		t.Run(test.header, func(t *testing.T) {
			inWorld(t, func(w *world) {
				s := w.service()
				w.subscribe(s, Spec{})
				header := test.header
				if header == "date" {
					header = time.Now().Add(2 * time.Hour).UTC().Format(http.TimeFormat)
				}
				n := 0
				w.receivers.as(func(request) (int, http.Header, error) {
					if n++; n == 1 {
						return 429, http.Header{"Retry-After": {header}}, nil
					}
					return 200, nil, nil
				})
				w.commit("DEU")
				w.settle(25 * time.Hour)
				all := w.receivers.notices()
				require.Len(t, all, 2)
				require.GreaterOrEqual(t, all[1].at.Sub(all[0].at), test.least)
				require.LessOrEqual(t, all[1].at.Sub(all[0].at), test.most)
			})
		})
	}
}

func TestGoneDisablesAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		w.receivers.as(always(410))
		w.commit("DEU", "FRA")
		w.settle(24 * time.Hour)
		require.Len(t, w.receivers.notices(), 1)
		now := w.get(s, sub.ID)
		require.Equal(t, Disabled, now.State)
		require.Equal(t, "410 Gone: the address is gone for good", now.Reason)
		require.Equal(t, Lag{Commits: 1}, w.lag(s, sub.ID), "not parked, and the cursor stays")
		w.receivers.as(nil)
		_, err := s.Enable(context.Background(), sub.ID)
		require.NoError(t, err)
		w.settle(time.Second)
		require.Equal(t, []string{"1.1", "1.1", "1.2"}, w.receivers.ids())
	})
}

// failing answers 500 for the notices named, until the instant.
func failing(until time.Time, ids ...string) func(request) (int, http.Header, error) {
	return func(r request) (int, http.Header, error) {
		_, id, _ := strings.Cut(r.id, "_")
		if slices.Contains(ids, id) && time.Now().Before(until) {
			return 500, nil, nil
		}
		return 200, nil, nil
	}
}

func TestOrderedWaitsForTheOneBefore(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		w.subscribe(s, Spec{Order: Ordered})
		w.receivers.as(failing(time.Now().Add(time.Hour), "1.2"))
		w.commit("DEU", "FRA", "ITA")
		w.commit("DEU")
		w.settle(time.Hour)
		require.Equal(t, []string{"1.1", "1.2", "1.2", "1.2", "1.2", "1.2"}, w.receivers.ids(), "at once, after 5 s, 1 m, 5 m and 30 m")
		w.settle(3 * time.Hour)
		require.Equal(t, []string{"1.2", "1.3", "2.1"}, w.receivers.ids()[6:])
		w.requireChain(w.receivers.notices())
	})
}

func TestParallelHoldsUpNoOther(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{Order: Parallel, Rate: 500})
		w.receivers.takes = time.Second
		w.receivers.as(failing(time.Now().Add(24*time.Hour), "1.2", "7.1", "300.1"))
		w.commit("DEU", "FRA", "ITA")
		for range 399 {
			w.commit("DEU")
		}
		w.settle(35 * time.Second)
		taken := make(map[string]bool)
		for _, id := range w.receivers.ids() {
			taken[id] = true
		}
		require.Len(t, taken, 402, "each was tried within half a minute, at most 16 at once")
		require.EqualValues(t, 3, w.lag(s, sub.ID).Commits, "three are held up")
		w.settle(3 * 24 * time.Hour)
		require.Zero(t, w.lag(s, sub.ID).Commits)
		w.requireChain(w.receivers.notices())
		busy, most := 0, 0
		for _, r := range w.receivers.notices() {
			busy = 0
			for _, o := range w.receivers.notices() {
				if !o.at.After(r.at) && r.at.Before(o.at.Add(time.Second)) {
					busy++
				}
			}
			most = max(most, busy)
		}
		require.LessOrEqual(t, most, parallelRequests)
		require.Greater(t, most, 1)
	})
}

func TestRateIsKept(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		w.subscribe(s, Spec{Order: Parallel, Rate: 4})
		for range 40 {
			w.commit("DEU")
		}
		w.settle(time.Minute)
		all := w.receivers.notices()
		require.Len(t, all, 40)
		for i := 4; i < len(all); i++ {
			require.GreaterOrEqual(t, all[i].at.Sub(all[i-4].at), 999*time.Millisecond)
		}
	})
}

// TestRestartGoesOnWithTheSchedule: another node takes over where the first
// one stopped, and sends the same bytes.
func TestRestartGoesOnWithTheSchedule(t *testing.T) {
	for _, order := range []Order{Ordered, Parallel} {
		t.Run(string(order), func(t *testing.T) {
			inWorld(t, func(w *world) {
				s := w.service()
				sub := w.subscribe(s, Spec{Order: order})
				w.receivers.as(failing(time.Now().Add(48*time.Hour), "1.2"))
				w.commit("DEU", "FRA", "ITA")
				var restarts int
				for range 70 {
					w.settle(time.Hour)
					require.NoError(t, s.Close())
					w.settle(10 * time.Minute)
					s = w.service()
					restarts++
				}
				w.settle(time.Hour)
				var tries []time.Time
				count := make(map[string]int)
				for _, r := range w.receivers.notices() {
					_, id, _ := strings.Cut(r.id, "_")
					if count[id]++; id == "1.2" {
						tries = append(tries, r.at)
					}
				}
				require.Equal(t, 1, count["1.1"], "it was taken, and is not sent again")
				require.Equal(t, 1, count["1.3"])
				for i := range tries[1:] {
					took := tries[i+1].Sub(tries[i])
					require.GreaterOrEqual(t, took, Schedule[i])
					require.LessOrEqual(t, took, Schedule[i]+Schedule[i]/10+time.Hour, "a stopped node tries a little later")
				}
				require.GreaterOrEqual(t, len(tries), 9)
				require.Equal(t, Lag{}, w.lag(s, sub.ID))
				left, err := w.bucket.List(context.Background(), "retry")
				require.NoError(t, err)
				require.Empty(t, left)
				w.requireChain(w.receivers.notices())
			})
		})
	}
}

func TestTwoNodesShareTheWork(t *testing.T) {
	inWorld(t, func(w *world) {
		one, other := w.service(), w.service()
		var subs []Subscription
		for i := range 8 {
			subs = append(subs, w.subscribe(one, Spec{URL: fmt.Sprintf("https://receiver.example/%d", i), Order: []Order{Ordered, Parallel}[i%2]}))
		}
		for range 20 {
			w.commit("DEU", "FRA")
		}
		w.settle(time.Minute)
		require.NoError(t, one.Close())
		for range 20 {
			w.commit("DEU", "FRA")
		}
		w.settle(2 * time.Minute)
		of := make(map[string][]request)
		for _, r := range w.receivers.notices() {
			sub, _, _ := strings.Cut(r.id, "_")
			of[sub] = append(of[sub], r)
		}
		for _, sub := range subs {
			require.Len(t, of[sub.ID], 80, "each notice once")
			w.requireChain(of[sub.ID])
			require.Zero(t, w.lag(other, sub.ID).Commits)
			if sub.Order == Ordered {
				require.True(t, slices.IsSortedFunc(of[sub.ID], func(a, b request) int { return strings.Compare(a.event(t).Sequence, b.event(t).Sequence) }))
			}
		}
	})
}

// TestWhatIsNotAskedForCostsNothing: no line, no value, no request.
func TestWhatIsNotAskedForCostsNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{Filter: notices.NoticeFilter{Participants: []domain.ParticipantID{"VAT"}}})
		before, err := w.bucket.List(context.Background(), "")
		require.NoError(t, err)
		for range 2000 {
			w.commit("DEU")
		}
		w.settle(time.Second)
		require.Zero(t, w.lag(s, sub.ID).Commits)
		after, err := w.bucket.List(context.Background(), "")
		require.NoError(t, err)
		require.Equal(t, before, after)
		attempts, err := s.Attempts(context.Background(), sub.ID, 10, 0)
		require.NoError(t, err)
		require.Len(t, attempts, 1, "the challenge")
	})
}

// TestViewsMayBeBehind: a commit whose views this node does not have yet is
// held until it has them.
func TestViewsMayBeBehind(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		w.cursors.Advance(1)
		w.settle(10 * defaultLease)
		require.Empty(t, w.receivers.ids())
		w.ledger.commit("DEU")
		w.settle(time.Second)
		require.Equal(t, []string{"1.1"}, w.receivers.ids())
		require.Zero(t, w.lag(s, sub.ID).Commits)
	})
}

func TestThousandIdleSubscriptions(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		for range 1000 {
			w.subscribe(s, Spec{Filter: notices.NoticeFilter{Participants: []domain.ParticipantID{"VAT"}}})
		}
		w.commit("VAT")
		w.settle(time.Minute)
		require.Len(t, w.receivers.notices(), 1000)
	})
}

// TestStateOfAnotherNodeCounts: a node that has not heard yet that another one
// disabled the subscription sends nothing any more.
func TestWorkersFollowTheState(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		for range 50 {
			_, err := s.Disable(context.Background(), sub.ID, "for a while")
			require.NoError(t, err)
			_, err = s.Enable(context.Background(), sub.ID)
			require.NoError(t, err)
		}
		w.commit("DEU")
		w.settle(time.Second)
		require.Equal(t, []string{"1.1"}, w.receivers.ids())
		_, err := s.Disable(context.Background(), sub.ID, "for good")
		require.NoError(t, err)
		w.commit("DEU")
		w.settle(time.Hour)
		require.Len(t, w.receivers.ids(), 1)
		require.Equal(t, "for good", w.get(s, sub.ID).Reason)
		require.EqualValues(t, 1, w.lag(s, sub.ID).Commits)
		require.NoError(t, s.Delete(context.Background(), sub.ID))
		w.settle(time.Hour)
		left, err := w.bucket.List(context.Background(), "")
		require.NoError(t, err)
		require.Empty(t, left)
		_, err = s.Get(context.Background(), sub.ID)
		require.ErrorIs(t, err, ErrUnknown)
	})
}

func TestOrderAndAddressMayChange(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		w.commit("DEU")
		w.settle(time.Second)
		spec := sub.Spec
		spec.Order = Parallel
		sub, err := s.Update(context.Background(), sub.ID, spec, sub.Revision)
		require.NoError(t, err)
		require.Equal(t, Active, sub.State)
		w.commit("DEU")
		w.settle(time.Second)
		require.Len(t, w.receivers.ids(), 2)
		_, err = s.Update(context.Background(), sub.ID, spec, sub.Revision-1)
		require.ErrorIs(t, err, eventstore.ErrRevision)

		spec.URL = "https://elsewhere.example/"
		sub, err = s.Update(context.Background(), sub.ID, spec, sub.Revision)
		require.NoError(t, err)
		require.Equal(t, Unverified, sub.State)
		w.commit("DEU")
		w.settle(time.Hour)
		require.Len(t, w.receivers.ids(), 2)
		_, err = s.Enable(context.Background(), sub.ID)
		require.ErrorIs(t, err, ErrUnverified)
		_, err = s.Disable(context.Background(), sub.ID, "no")
		require.ErrorIs(t, err, ErrState)
		_, _, err = s.Verify(context.Background(), sub.ID)
		require.NoError(t, err)
		w.settle(time.Second)
		require.Equal(t, []string{"1.1", "2.1", "3.1"}, w.receivers.ids())
		require.Equal(t, "https://elsewhere.example/", w.receivers.notices()[2].url)
	})
}

// TestFilterMayChange: a message has the same bytes before and after, and the
// chain goes on over the change.
func TestFilterMayChange(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{Filter: notices.NoticeFilter{Participants: []domain.ParticipantID{"DEU"}}})
		for range 3 {
			w.commit("DEU", "FRA")
		}
		w.settle(time.Second)
		w.receivers.as(failing(time.Now().Add(time.Minute), "4.1", "4.2"))
		w.commit("DEU", "FRA")
		w.settle(time.Second)
		spec := sub.Spec
		spec.Filter = notices.NoticeFilter{Participants: []domain.ParticipantID{"FRA"}}
		_, err := s.Update(context.Background(), sub.ID, spec, sub.Revision)
		require.NoError(t, err)
		w.settle(time.Hour)
		w.commit("DEU", "FRA")
		w.settle(time.Second)
		require.Equal(t, []string{"1.1", "2.1", "3.1", "4.1", "4.1", "4.1", "5.2"}, w.receivers.ids())
		w.requireChain(w.receivers.notices())
		done, err := s.Replay(context.Background(), sub.ID, ReplayRange{}, 10)
		require.NoError(t, err)
		require.Equal(t, Replayed{Sent: 4, Through: endOf(4), More: true}, done, "up to the change")
		done, err = s.Replay(context.Background(), sub.ID, ReplayRange{After: done.Through}, 10)
		require.NoError(t, err)
		require.Equal(t, Replayed{Sent: 1, Through: endOf(5)}, done)
		require.Equal(t, []string{"1.1", "2.1", "3.1", "4.1", "5.2"}, w.receivers.ids()[7:])
		w.requireChain(w.receivers.notices())
	})
}
