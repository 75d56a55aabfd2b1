package webhooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/storetest"
	"depositary/internal/keyfile"
	"depositary/projections"
	"depositary/projections/notices"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told is a ledger whose commits tell what a test wants. It stands in for
// notices.Source and projections.Projection.
type told struct {
	mu      sync.Mutex
	commits [][]notices.Notice // of position 1 and so on
	changed chan struct{}
}

// commit adds a commit with a notice of each participant.
func (l *told) commit(participants ...domain.ParticipantID) eventstore.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := eventstore.Position(len(l.commits) + 1)
	var told []notices.Notice
	for i, who := range participants {
		id := notices.ID{Position: p, N: uint32(i + 1)}
		told = append(told, notices.Notice{ID: id, Kind: notices.KindBound, Treaty: "IV-13", Participant: who,
			Title: fmt.Sprintf("Côte d’Ivoire <%s> – état no %d", who, p), Recorded: time.Date(2026, 11, 24, 12, 0, int(p), 5000, time.UTC)})
	}
	l.commits = append(l.commits, told)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	return p
}

func (l *told) last() eventstore.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return eventstore.Position(len(l.commits))
}

func (l *told) Current() *projections.Views { return &projections.Views{Position: l.last()} }

func (l *told) Await(ctx context.Context, p eventstore.Position) error {
	for {
		l.mu.Lock()
		there := eventstore.Position(len(l.commits)) >= p
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *told) At(p eventstore.Position) ([]notices.Notice, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p == 0 || int(p) > len(l.commits) {
		return nil, nil
	}
	return l.commits[p-1], nil
}

func (l *told) Matching(f notices.NoticeFilter, p eventstore.Position) (matching []notices.Notice, err error) {
	notices, _ := l.At(p)
	for _, n := range notices {
		if f.Matches(n) {
			matching = append(matching, n)
		}
	}
	return matching, nil
}

func (l *told) Page(_ context.Context, f notices.NoticeFilter, after notices.ID, limit int) (page []notices.Notice, through notices.ID, more bool, err error) {
	last := l.last()
	for p := max(1, after.Position); p <= last; p++ {
		matching, _ := l.Matching(f, p)
		for _, n := range matching {
			if n.ID.Compare(after) <= 0 {
				continue
			}
			if len(page) == limit {
				return page, page[limit-1].ID, true, nil
			}
			page = append(page, n)
		}
	}
	return page, endOf(last), false, nil
}

func (l *told) Before(_ context.Context, f notices.NoticeFilter, id notices.ID, floor eventstore.Position) (notices.Notice, bool, error) {
	for p := id.Position; p > floor; p-- {
		matching, _ := l.Matching(f, p)
		for _, n := range slices.Backward(matching) {
			if n.ID.Compare(id) < 0 {
				return n, true, nil
			}
		}
	}
	return notices.Notice{}, false, nil
}

// request as a receiver saw it.
type request struct {
	at   time.Time
	id   string
	url  string
	head http.Header
	body []byte
}

func (r request) event(t *testing.T) (e struct {
	SpecVersion, ID, Source, Type, Subject, Time, DataContentType, Subscription, Sequence, Previous string
	Data                                                                                            json.RawMessage
}) {
	t.Helper()
	require.NoError(t, json.Unmarshal(r.body, &e))
	return e
}

// receivers are the world outside. It answers challenges, and everything else
// as answer says: a status, or an error in place of an answer.
type receivers struct {
	mu     sync.Mutex
	all    []request
	answer func(r request) (status int, header http.Header, err error)
	takes  time.Duration
}

func (x *receivers) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r := request{at: time.Now(), id: req.Header.Get("webhook-id"), url: req.URL.String(), head: req.Header, body: body}
	x.mu.Lock()
	x.all = append(x.all, r)
	answer, takes := x.answer, x.takes
	x.mu.Unlock()
	if strings.Contains(r.id, "_challenge-") {
		var e struct{ Data json.RawMessage }
		_ = json.Unmarshal(body, &e)
		return answered(200, nil, e.Data), nil
	}
	select {
	case <-time.After(takes):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if answer == nil {
		return answered(204, nil, nil), nil
	}
	status, header, err := answer(r)
	if err != nil {
		return nil, err
	}
	return answered(status, header, []byte("as you say")), nil
}

func answered(status int, header http.Header, body []byte) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}
}

// as changes how everything is answered.
func (x *receivers) as(answer func(request) (int, http.Header, error)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answer = answer
}

func always(status int) func(request) (int, http.Header, error) {
	return func(request) (int, http.Header, error) { return status, nil, nil }
}

// notices returns what was received of notices, challenges and pings left out.
func (x *receivers) notices() (all []request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.all {
		if !strings.Contains(r.id, "_challenge-") && !strings.Contains(r.id, "_ping-") {
			all = append(all, r)
		}
	}
	return all
}

// ids returns the notices received, without the subscription.
func (x *receivers) ids() (ids []string) {
	for _, r := range x.notices() {
		_, id, _ := strings.Cut(r.id, "_")
		ids = append(ids, id)
	}
	return ids
}

// world is what several services share, in a bubble of virtual time.
type world struct {
	*testing.T
	ledger    *told
	bucket    eventstore.Bucket
	cursors   *storetest.MemoryCursors
	journal   eventstore.Journal
	receivers *receivers
	key       Key
	logs      *logs
	secrets   []string // that were shown
}

type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// inWorld runs a test in virtual time, and looks afterwards for secrets in logs.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		key, err := NewKey(bytes.Repeat([]byte{7}, keyfile.Bytes))
		require.NoError(t, err)
		ledger := new(told)
		w := &world{T: t, ledger: ledger, bucket: storetest.NewBucket(), cursors: storetest.NewCursors(nil),
			journal: storetest.NewJournal(), receivers: new(receivers), key: key, logs: new(logs)}
		test(w)
		for _, secret := range w.secrets {
			require.NotContains(t, w.logs.String(), secret)
		}
	})
}

func (w *world) options() Options {
	return Options{Notices: w.ledger, Views: w.ledger, Subscriptions: w.bucket, Cursors: w.cursors, Deliveries: w.journal, Key: w.key,
		Public: "https://depositary.example", Transport: w.receivers, Logger: slog.New(slog.NewTextHandler(w.logs, nil))}
}

// service starts one; it is stopped with the test, or by its Close.
func (w *world) service() *Service {
	s := New(w.options())
	go func() { _ = s.Run(context.Background()) }()
	w.Cleanup(func() { require.NoError(w, s.Close()) })
	return s
}

// subscribe makes a subscription and verifies it.
func (w *world) subscribe(s *Service, spec Spec) Subscription {
	w.Helper()
	if spec.URL == "" {
		spec.URL = "https://receiver.example/hook?token=very-secret"
	}
	sub, secrets, err := s.Create(context.Background(), "somebody", spec, 0)
	require.NoError(w, err)
	w.secrets = append(w.secrets, "very-secret")
	if secrets.Secret != "" {
		w.secrets = append(w.secrets, secrets.Secret)
	}
	sub, attempt, err := s.Verify(context.Background(), sub.ID)
	require.NoError(w, err)
	require.Equal(w, outcomeTaken, attempt.Outcome)
	return sub
}

// commit adds a commit and tells the cursors.
func (w *world) commit(participants ...domain.ParticipantID) {
	w.cursors.Advance(w.ledger.commit(participants...))
}

// settle lets everything go on for a time.
func (w *world) settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) get(s *Service, id string) Subscription {
	w.Helper()
	sub, err := s.Get(context.Background(), id)
	require.NoError(w, err)
	return sub
}

func (w *world) lag(s *Service, id string) Lag {
	w.Helper()
	lag, err := s.Lag(context.Background(), id)
	require.NoError(w, err)
	return lag
}

// requireChain checks that what was received, each first time of it, forms an
// unbroken chain, and that what came again had the same bytes.
func (w *world) requireChain(all []request) {
	w.Helper()
	bodies := make(map[string][]byte)
	for _, r := range all {
		if first, again := bodies[r.id]; again {
			require.Equal(w, string(first), string(r.body), "the bytes of %s", r.id)
		}
		bodies[r.id] = r.body
	}
	previous := make(map[string]string)
	var first []string
	for id, body := range bodies {
		e := request{body: body}.event(w.T)
		require.Equal(w, id, e.ID)
		if e.Previous == "" {
			first = append(first, id)
		} else {
			require.NotContains(w, previous, e.Previous, "two follow one")
			previous[e.Previous] = id
		}
	}
	if len(bodies) == 0 {
		return
	}
	require.Len(w, first, 1, "one is the first")
	n := 1
	for id := first[0]; previous[id] != ""; id = previous[id] {
		n++
	}
	require.Equal(w, len(bodies), n, "the chain is broken: %v", slices.Sorted(maps.Keys(bodies)))
}

func requireSigned(t *testing.T, secret string, r request) {
	t.Helper()
	wh, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.NoError(t, wh.VerifyIgnoringTimestamp(r.body, r.head))
}

var errReset = errors.New("read: connection reset by peer")
