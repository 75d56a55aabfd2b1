package webhooks

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections/notices"
)

func TestWishesAreChecked(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	good, err := s.checked(Spec{URL: "https://receiver.example/hook?x=1"})
	require.NoError(t, err)
	require.Equal(t, Spec{URL: "https://receiver.example/hook?x=1", Order: Ordered, Rate: 50, Schemes: []Scheme{Symmetric}}, good)
	for field, wishes := range map[string][]Spec{
		"url": {{URL: ""}, {URL: "receiver.example"}, {URL: "http://receiver.example"}, {URL: "ftp://receiver.example"}, {URL: "https://"}, {URL: "https:///path"},
			{URL: "https://user@receiver.example"}, {URL: "https://user:secret@receiver.example"}, {URL: "https://receiver.example/#part"}, {URL: "https://receiver.example/#"},
			{URL: "https://receiver.example/a b"}, {URL: "https://receiver.example:0/"}, {URL: "https://receiver.example:70000/"}, {URL: "https://receiver.example/\n"},
			{URL: "https://receiver.example/" + strings.Repeat("x", 2048)}, {URL: "https://[fe80::1%25eth0]/"}, {URL: "https://10.0.0.1/"}, {URL: "%"}},
		"note":         {{Note: strings.Repeat("é", 501)}, {Note: "a\nb"}, {Note: "\xff"}, {Note: "\x1b[31m"}},
		"filter.kinds": {{Filter: notices.NoticeFilter{Kinds: []string{"nothing.like-it"}}}},
		"filter.treaties": {{Filter: notices.NoticeFilter{
			Treaties: make([]domain.TreatyID, 1001)}}},
		"order":   {{Order: "random"}},
		"rate":    {{Rate: -1}, {Rate: 501}},
		"schemes": {{Schemes: []Scheme{"v2"}}, {Schemes: []Scheme{"v1", ""}}},
	} {
		for _, spec := range wishes {
			if field != "url" {
				spec.URL = "https://receiver.example"
			}
			_, err := s.checked(spec)
			var wrong *SpecError
			require.ErrorAs(t, err, &wrong, "%+v", spec)
			require.Equal(t, field, wrong.Field)
			require.NotEmpty(t, wrong.Accepted)
			require.NotContains(t, err.Error(), "secret")
		}
	}
	for _, spec := range []Spec{{Note: strings.Repeat("é", 500)}, {Rate: 500}, {Schemes: []Scheme{Asymmetric, Symmetric, Asymmetric}}} {
		spec.URL = "https://receiver.example:8443"
		_, err := s.checked(spec)
		require.NoError(t, err)
	}
	open := New(Options{AllowHTTP: true, AllowedPrefixes: loopback})
	defer open.Close()
	_, err = open.checked(Spec{URL: "http://127.0.0.1:8080/"})
	require.NoError(t, err)
}

func TestSubscriptionsAreBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		o := w.options()
		o.Most = 3
		s := New(o)
		var last Subscription
		for range 3 {
			last = w.subscribe(s, Spec{})
			time.Sleep(time.Second)
		}
		_, _, err := s.Create(context.Background(), "somebody", Spec{URL: "https://receiver.example"}, 0)
		require.IsType(t, &SpecError{}, err)
		list, err := s.List(context.Background())
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, last, list[2], "oldest first")
		require.NoError(t, s.Delete(context.Background(), last.ID))
		w.subscribe(s, Spec{})
	})
}

func TestUnknownSubscriptions(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		for _, id := range []string{"", "nobody", "a.b", "*", ">", "../..", uuid.NewString(), strings.ToUpper(uuid.NewString())} {
			_, err := s.Get(ctx, id)
			require.ErrorIs(t, err, ErrUnknown, id)
			require.ErrorIs(t, s.Delete(ctx, id), ErrUnknown)
			_, err = s.Attempts(ctx, id, 1, 0)
			require.ErrorIs(t, err, ErrUnknown)
			_, err = s.Parked(ctx, id)
			require.ErrorIs(t, err, ErrUnknown)
			_, err = s.Lag(ctx, id)
			require.ErrorIs(t, err, ErrUnknown)
			_, err = s.Replay(ctx, id, ReplayRange{}, 1)
			require.ErrorIs(t, err, ErrUnknown)
		}
	})
}

// TestChallenge: what counts as an answer.
func TestChallenge(t *testing.T) {
	const c = "THECHALLENGE"
	for body, taken := range map[string]bool{
		c: true, " " + c + "\n": true, `{"challenge":"` + c + `"}`: true, `{"challenge":"` + c + `","more":1}`: true,
		"": false, "the": false, c + c: false, `"` + c + `"`: false, `{"challenge":"other"}`: false, `{"challenge":["` + c + `"]}`: false, "<p>" + c + "</p>": false,
	} {
		v, problem := judgeChallenge(answer{status: 200, body: []byte(body), whole: true}, c)
		require.Equal(t, taken, v == isTaken, body)
		require.Equal(t, taken, problem == "")
		v, _ = judgeChallenge(answer{status: 200, body: []byte(body)}, c)
		require.NotEqual(t, isTaken, v, "more than is read")
		v, _ = judgeChallenge(answer{status: 404, body: []byte(body), whole: true}, c)
		require.NotEqual(t, isTaken, v)
	}
	inWorld(t, func(w *world) {
		o := w.options()
		o.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return answered(200, nil, []byte("welcome")), nil })
		s, ctx := New(o), context.Background()
		sub, _, err := s.Create(ctx, "somebody", Spec{URL: "https://receiver.example"}, 0)
		require.NoError(t, err)
		sub, attempt, err := s.Verify(ctx, sub.ID)
		require.ErrorIs(t, err, ErrUnverified)
		require.Equal(t, Unverified, sub.State)
		require.Equal(t, outcomeFailed, attempt.Outcome)
		require.Equal(t, "welcome", attempt.Answer)
		require.Contains(t, attempt.Error, "not the challenge")
		require.NotZero(t, attempt.Sequence)
		_, err = s.Ping(ctx, sub.ID)
		require.ErrorIs(t, err, ErrUnverified)
		_, err = s.Replay(ctx, sub.ID, ReplayRange{}, 1)
		require.ErrorIs(t, err, ErrUnverified)
		attempts, err := s.Attempts(ctx, sub.ID, 10, 0)
		require.NoError(t, err)
		require.Equal(t, []Attempt{attempt}, attempts)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestPing(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		attempt, err := s.Ping(context.Background(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, outcomeTaken, attempt.Outcome)
		require.True(t, strings.HasPrefix(attempt.ID, sub.ID+"_ping-"))
		sent := w.receivers.all[len(w.receivers.all)-1]
		require.Equal(t, "depositary.ping", sent.event(t).Type)
		require.Equal(t, attempt.ID, sent.id)
		w.receivers.as(always(500))
		attempt, err = s.Ping(context.Background(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, outcomeFailed, attempt.Outcome)
		require.Equal(t, Active, w.get(s, sub.ID).State)
		w.receivers.as(always(410))
		_, err = s.Ping(context.Background(), sub.ID)
		require.NoError(t, err)
		require.Equal(t, Disabled, w.get(s, sub.ID).State)
	})
}

func TestReplay(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		sub := w.subscribe(s, Spec{Filter: notices.NoticeFilter{Participants: []domain.ParticipantID{"DEU", "FRA"}}})
		for range 10 {
			w.commit("DEU", "ITA", "FRA")
		}
		w.settle(time.Minute)
		require.Len(t, w.receivers.ids(), 20)
		id := func(p, n int) notices.ID {
			one, err := notices.ParseID(fmt.Sprintf("%d.%d", p, n))
			require.NoError(t, err)
			return one
		}
		for _, test := range []struct {
			of    ReplayRange
			limit int
			sent  []string
			done  Replayed
		}{
			{ReplayRange{After: id(3, 3), Through: id(3, 3)}, 10, []string{"3.3"}, Replayed{Sent: 1, Through: id(3, 3)}},
			{ReplayRange{After: id(3, 2), Through: id(3, 2)}, 10, nil, Replayed{Through: id(3, 2)}},
			{ReplayRange{After: id(3, 1), Through: id(5, 1)}, 10, []string{"3.3", "4.1", "4.3", "5.1"}, Replayed{Sent: 4, Through: id(5, 1)}},
			{ReplayRange{After: id(3, 1), Through: id(5, 1)}, 2, []string{"3.3", "4.1"}, Replayed{Sent: 2, Through: id(4, 1), More: true}},
			{ReplayRange{After: endOf(8)}, 10, []string{"9.1", "9.3", "10.1", "10.3"}, Replayed{Sent: 4, Through: endOf(10)}},
			{ReplayRange{Through: id(1, 2)}, 10, []string{"1.1"}, Replayed{Sent: 1, Through: id(1, 2)}},
			{ReplayRange{OnlyParked: true}, 10, nil, Replayed{}},
		} {
			before := len(w.receivers.ids())
			done, err := s.Replay(ctx, sub.ID, test.of, test.limit)
			require.NoError(t, err)
			require.Equal(t, test.done, done, "%+v", test.of)
			if len(test.sent) == 0 {
				require.Empty(t, w.receivers.ids()[before:])
			} else {
				require.Equal(t, test.sent, w.receivers.ids()[before:])
			}
		}
		w.requireChain(w.receivers.notices())

		_, err := s.Disable(ctx, sub.ID, "by hand")
		require.NoError(t, err)
		w.receivers.as(failing(time.Now().Add(time.Hour), "2.1"))
		done, err := s.Replay(ctx, sub.ID, ReplayRange{}, 1000)
		require.NoError(t, err)
		require.Equal(t, Replayed{Sent: 2, Failed: 1, Through: id(1, 3), More: true}, done, "until one fails, also when disabled")
		attempts, err := s.Attempts(ctx, sub.ID, 1, 0)
		require.NoError(t, err)
		require.Equal(t, forReplay, attempts[0].Purpose)
		require.Equal(t, "2.1", attempts[0].Notice)
	})
}

// TestAttemptsTellWhatHappened: pages, what is under way, and what a node that
// stopped left behind.
func TestAttemptsTellWhatHappened(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		sub := w.subscribe(s, Spec{})
		w.receivers.takes = 10 * time.Second
		w.receivers.as(failing(time.Now().Add(20*time.Second), "1.1"))
		w.commit("DEU")
		w.settle(3 * time.Second)
		now, err := s.Attempts(ctx, sub.ID, 10, 0)
		require.NoError(t, err)
		require.Equal(t, outcomeUnderWay, now[0].Outcome)
		require.Zero(t, now[0].Millis)
		w.settle(9 * time.Second)
		now, err = s.Attempts(ctx, sub.ID, 10, 0)
		require.NoError(t, err)
		require.Equal(t, outcomeFailed, now[0].Outcome)
		require.EqualValues(t, 10_000, now[0].Millis)
		require.Equal(t, "as you say", now[0].Answer)
		require.NotZero(t, now[0].Next)
		w.settle(10 * time.Second)
		require.NoError(t, s.Close())
		s = w.service()
		w.settle(time.Hour)
		all, err := s.Attempts(ctx, sub.ID, 100, 0)
		require.NoError(t, err)
		require.Len(t, all, 4)
		require.Equal(t, []string{outcomeTaken, outcomeFailed, outcomeFailed, outcomeTaken}, []string{all[0].Outcome, all[1].Outcome, all[2].Outcome, all[3].Outcome})
		require.Equal(t, stoppedMeanwhile, all[1].Error)
		require.Equal(t, []int{2, 2, 1}, []int{all[0].Number, all[1].Number, all[2].Number}, "what was broken off does not count")

		var pages []Attempt
		for before := uint64(0); ; before = pages[len(pages)-1].Sequence {
			page, err := s.Attempts(ctx, sub.ID, 1, before)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			pages = append(pages, page...)
		}
		require.Equal(t, all, pages)

		_, begun := opening(message{id: "x"}, forNotice, "9.1", 1, time.Now())
		require.NoError(t, w.journal.Append(ctx, sub.ID, begun))
		latest, err := s.Attempts(ctx, sub.ID, 1, 0)
		require.NoError(t, err)
		require.Equal(t, outcomeUnderWay, latest[0].Outcome)
		_, begun = opening(message{id: "x"}, forNotice, "9.1", 1, time.Now())
		require.NoError(t, w.journal.Append(ctx, sub.ID, begun))
		latest, err = s.Attempts(ctx, sub.ID, 2, 0)
		require.NoError(t, err)
		require.Equal(t, []string{outcomeUnderWay, outcomeFailed}, []string{latest[0].Outcome, latest[1].Outcome})
		require.Equal(t, stoppedMeanwhile, latest[1].Error)
	})
}

// TestSchemesMayBeAdded: secrets of a new scheme are there at once; those of
// v1 are shown when they are rotated.
func TestSchemesMayBeAdded(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		sub := w.subscribe(s, Spec{})
		spec := sub.Spec
		spec.Schemes = []Scheme{Symmetric, Asymmetric}
		sub, err := s.Update(ctx, sub.ID, spec, sub.Revision)
		require.NoError(t, err)
		require.Len(t, sub.PublicKeys, 1)
		_, err = s.Ping(ctx, sub.ID)
		require.NoError(t, err)
		signed := w.receivers.all[len(w.receivers.all)-1].head.Get("webhook-signature")
		require.Contains(t, signed, "v1,")
		require.Contains(t, signed, "v1a,")
		spec.Schemes = []Scheme{Asymmetric}
		sub, err = s.Update(ctx, sub.ID, spec, sub.Revision)
		require.NoError(t, err)
		_, secrets, err := s.Rotate(ctx, sub.ID)
		require.NoError(t, err)
		require.Empty(t, secrets.Secret)
		_, err = s.Ping(ctx, sub.ID)
		require.NoError(t, err)
		require.NotContains(t, w.receivers.all[len(w.receivers.all)-1].head.Get("webhook-signature"), "v1,")
	})
}

func TestMetrics(t *testing.T) {
	inWorld(t, func(w *world) {
		o := w.options()
		registry := prometheus.NewRegistry()
		o.Metrics = registry
		s := New(o)
		sub := w.subscribe(s, Spec{})
		_, err := s.Ping(context.Background(), sub.ID)
		require.NoError(t, err)
		_, err = s.Disable(context.Background(), sub.ID, "by hand")
		require.NoError(t, err)
		families, err := registry.Gather()
		require.NoError(t, err)
		text := fmt.Sprint(families)
		for _, name := range []string{"depositary_webhook_attempts_total", "depositary_webhook_attempt_seconds", "depositary_webhook_parked_total", "depositary_webhook_disabled_total"} {
			require.Contains(t, text, name)
		}
		require.NotContains(t, text, sub.ID, "no label for each subscription")
	})
}
