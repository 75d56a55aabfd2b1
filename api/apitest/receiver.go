package apitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	v1 "depositary/api/v1"
	"depositary/api/webhooks"
)

// Message is a delivered message as a receiver reads it.
type Message struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Sequence string          `json:"sequence"`
	Previous string          `json:"previous"`
	Data     json.RawMessage `json:"data"`
}

// Receiver is an endpoint of a test: it verifies, answers challenges, and does
// with each notice what it is set to.
type Receiver struct {
	*httptest.Server
	mu       sync.Mutex
	secret   string
	clock    *Clock            // of the server that delivers; the machine's where nil
	whole    map[string]string // bodies by id
	taken    []Message         // in the order in which they were taken
	calls    int               // requests with notices, whatever came of them
	problems []string
	hostile  func(call int, w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

// NewReceiver starts a receiver that ends with the test.
func NewReceiver(t testing.TB) *Receiver {
	r := &Receiver{whole: make(map[string]string)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	var e Message
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		r.problems = append(r.problems, err.Error())
		return
	}
	if e.Type == "depositary.challenge" {
		var c struct{ Challenge string }
		_ = json.Unmarshal(e.Data, &c)
		_, _ = io.WriteString(w, c.Challenge)
		return
	}
	if err := r.verify(body, request.Header); err != nil {
		r.problems = append(r.problems, fmt.Sprintf("not verified: %s: %v", e.ID, err))
	}
	if before, again := r.whole[e.ID]; again && before != string(body) {
		r.problems = append(r.problems, "other bytes: "+e.ID)
	}
	r.whole[e.ID] = string(body)
	r.calls++
	if r.hostile != nil && r.hostile(r.calls, w, request) {
		return
	}
	r.taken = append(r.taken, e)
	w.WriteHeader(http.StatusNoContent)
}

// verify checks the signature, and that it was made at no later time than now.
func (r *Receiver) verify(body []byte, header http.Header) error {
	verifier, err := standardwebhooks.NewWebhook(r.secret)
	if err != nil {
		return err
	}
	if r.clock == nil {
		return verifier.Verify(body, header)
	}
	seconds, err := strconv.ParseInt(header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if now := r.clock.Now(); err == nil && time.Unix(seconds, 0).After(now) {
		err = fmt.Errorf("signed at %d, after %s", seconds, now)
	}
	return errors.Join(err, verifier.VerifyIgnoringTimestamp(body, header))
}

// Secret returns the secret with which deliveries are verified.
func (r *Receiver) Secret() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.secret
}

// SetSecret sets the secret with which deliveries are verified, and the clock
// of the server; the machine's where nil.
func (r *Receiver) SetSecret(secret string, clock *Clock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret, r.clock = secret, clock
}

// Hostile lets a function answer each call, counted from 1, until it returns
// false.
func (r *Receiver) Hostile(answer func(call int, w http.ResponseWriter, r *http.Request) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hostile = answer
}

// Calls returns how many requests with notices came.
func (r *Receiver) Calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

// Once returns what was taken, each the first time.
func (r *Receiver) Once() (all []Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := make(map[string]bool)
	for _, e := range r.taken {
		if !seen[e.ID] {
			seen[e.ID] = true
			all = append(all, e)
		}
	}
	return all
}

// Subscribe makes a subscription of the receiver and verifies it.
func (c *Client) Subscribe(t testing.TB, r *Receiver, order webhooks.Order) webhooks.Subscription {
	t.Helper()
	var made v1.WebhookMade
	c.Must(t, http.StatusCreated, Request{Path: "/v1/webhooks", Token: "all", Body: fmt.Sprintf(`{"url":%q,"treaties":["ICMW"],"order":%q,"rate":500}`, r.URL+"/hook", order)}).Into(t, &made)
	r.SetSecret(made.Secrets.Secret, c.Clock)
	var v v1.WebhookVerified
	c.Must(t, http.StatusOK, Request{Method: http.MethodPost, Path: "/v1/webhooks/" + made.Subscription.ID + "/verify", Token: "all"}).Into(t, &v)
	require.True(t, v.Verified, "%+v", v.Attempt)
	return v.Subscription
}

// Expected returns the ids of the messages that a subscription has to get.
func (c *Client) Expected(t testing.TB, s webhooks.Subscription) (ids []string) {
	t.Helper()
	for _, n := range c.NoticesOf(t, fmt.Sprintf("treaty=ICMW&after=%d&limit=1000", s.After)).Notices {
		ids = append(ids, s.ID+"_"+n.ID.String())
	}
	return ids
}

func idsOf(events []Message) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// Delivered waits until the receiver has everything.
func (c *Client) Delivered(t testing.TB, r *Receiver, s webhooks.Subscription) {
	t.Helper()
	want := c.Expected(t, s)
	require.Eventually(t, func() bool { return len(r.Once()) >= len(want) }, time.Minute, 5*time.Millisecond, "%d to be told", len(want))
	got := idsOf(r.Once())
	if s.Order == webhooks.Parallel {
		slices.Sort(got)
		slices.Sort(want)
	}
	require.Equal(t, want, got)
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Empty(t, r.problems)
}
