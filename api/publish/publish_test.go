package publish_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/publish"
	"depositary/eventstore"
	"depositary/projections/notices"
)

// stream is the messages that all nodes see; now and then it fails, before or after
// it has written.
type stream struct {
	mu       sync.Mutex
	messages []eventstore.NoticeMessage
	renewed  int
	chance   *rand.Rand
}

// hand is one node's hand on the stream.
type hand struct {
	*stream
	last int
}

var errSilent = errors.New("no answer")

func (h *hand) End(context.Context) (m eventstore.NoticeMessage, found bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.chance.IntN(4) == 0 {
		return m, false, errSilent
	}
	if h.last = len(h.messages); h.last == 0 {
		return m, false, nil
	}
	return h.messages[h.last-1], true, nil
}

func (h *hand) Append(_ context.Context, messages []eventstore.NoticeMessage) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	fate := h.chance.IntN(6)
	switch {
	case fate == 0:
		return errSilent
	case h.last != len(h.messages):
		return &eventstore.ConflictError{}
	case fate == 1: // a part may be written where several messages are no batch
		h.messages = append(h.messages, messages[:h.chance.IntN(len(messages)+1)]...)
		return errSilent
	}
	h.messages = append(h.messages, messages...)
	h.last = len(h.messages)
	return nil
}

func (h *hand) Renew(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.messages, h.last = nil, 0
	h.renewed++
	return nil
}

func (s *stream) ids() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		ids = append(ids, m.ID)
	}
	return ids
}

// start runs a publisher until it is stopped.
func start(d *apitest.Server, s *stream) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		publish.Run(ctx, publish.Options{Stream: &hand{stream: s}, Ledger: d.Ledger, Store: d.Store, Views: d.Projection, Notices: d.Notices(),
			Public: "https://depositary.example", Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	}()
	return func() { cancel(); <-ended }
}

// all returns the ids of all notices.
func all(t *testing.T, d *apitest.Server) (ids []string) {
	t.Helper()
	for p := eventstore.Position(1); p <= d.Position(); p++ {
		told, err := d.Notices().At(p)
		require.NoError(t, err)
		for _, n := range told {
			ids = append(ids, n.ID.String())
		}
	}
	return ids
}

func requirePublished(t *testing.T, d *apitest.Server, s *stream) {
	t.Helper()
	want := all(t, d)
	require.Eventually(t, func() bool { return len(s.ids()) >= len(want) }, time.Minute, 10*time.Millisecond)
	require.Equal(t, want, s.ids())
}

// Two nodes publish at once, what they write to fails now and then, and they are
// stopped and started again: every notice is there once and in order.
func TestPublishedOnceAndInOrder(t *testing.T) {
	d := apitest.Open(t)
	s := &stream{chance: rand.New(rand.NewPCG(1, 2))}
	for _, newcomer := range []string{"DEU", "FRA", "ITA"} {
		first, second := start(d, s), start(d, s)
		d.Accede(t, newcomer, "2026-06-29", "")
		first()
		second()
	}
	defer start(d, s)()
	defer start(d, s)()
	d.Accede(t, "ESP", "2026-06-29", "")
	requirePublished(t, d, s)
	require.Zero(t, s.renewed)

	previous := ""
	for _, m := range s.messages {
		var event struct {
			ID, Source, Previous, Type string
			Data                       notices.Notice
		}
		require.NoError(t, json.Unmarshal(m.Body, &event))
		require.Equal(t, m.ID, event.ID)
		require.Equal(t, "https://depositary.example", event.Source)
		require.Equal(t, "depositary."+m.Kind, event.Type)
		require.Equal(t, previous, event.Previous)
		require.Equal(t, m.ID, event.Data.ID.String())
		previous = m.ID
	}
}

// A stream that tells of another ledger, or of a commit that this one does not
// have, is made anew.
func TestStreamOfAnotherLedger(t *testing.T) {
	d := apitest.Open(t)
	commit, err := d.Store.Read(3)
	require.NoError(t, err)
	for name, last := range map[string]eventstore.NoticeMessage{
		"another commit":   {ID: "3.1", Commit: eventstore.Hash{1}},
		"a commit beyond":  {ID: "900.1", Commit: commit.Hash()},
		"no id of ours":    {ID: "junk", Commit: commit.Hash()},
		"no id, no commit": {},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stream{chance: rand.New(rand.NewPCG(3, 4)), messages: []eventstore.NoticeMessage{last}}
			defer start(d, s)()
			require.Eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.renewed == 1 }, time.Minute, 5*time.Millisecond)
			requirePublished(t, d, s)
		})
	}
}
