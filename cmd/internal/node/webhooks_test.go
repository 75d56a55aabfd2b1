package node

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	v1 "depositary/api/v1"
	"depositary/api/webhooks"
	"depositary/domain"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/recorder"
)

// onLoopback lets a node call receivers of tests, and soon again where they fail.
func onLoopback(o *Options) {
	o.Webhooks = &WebhookOptions{AllowHTTP: true, Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Lease: 600 * time.Millisecond, Waits: slices.Repeat([]time.Duration{20 * time.Millisecond}, 30)}
}

// message is a delivered message as a receiver reads it.
type message struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Sequence string          `json:"sequence"`
	Previous string          `json:"previous"`
	Data     json.RawMessage `json:"data"`
}

// receiver is an endpoint of a test: it verifies, answers challenges, and does
// with each notice what it is told to.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	secret   string
	whole    map[string]string // bodies by id
	taken    []message         // in the order in which they were taken
	calls    int               // requests with notices, whatever came of them
	problems []string
	hostile  func(call int, w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{whole: make(map[string]string)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	var e message
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
	if verifier, err := standardwebhooks.NewWebhook(r.secret); err != nil || verifier.Verify(body, request.Header) != nil {
		r.problems = append(r.problems, "not verified: "+e.ID)
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

// once gives what was taken, each the first time.
func (r *receiver) once() (all []message) {
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

// subscribe makes a subscription of the receiver and verifies it.
func (d *door) subscribe(t *testing.T, r *receiver, order webhooks.Order) webhooks.Subscription {
	t.Helper()
	var made v1.WebhookMade
	d.must(t, http.StatusCreated, ask{path: "/v1/webhooks", token: "all", body: fmt.Sprintf(`{"url":%q,"treaties":["ICMW"],"order":%q,"rate":500}`, r.URL+"/hook", order)}).into(t, &made)
	r.mu.Lock()
	r.secret = made.Secrets.Secret
	r.mu.Unlock()
	var v v1.WebhookVerified
	d.must(t, http.StatusOK, ask{method: http.MethodPost, path: "/v1/webhooks/" + made.Subscription.ID + "/verify", token: "all"}).into(t, &v)
	require.True(t, v.Verified, "%+v", v.Attempt)
	return v.Subscription
}

// expected gives the ids of the messages that a subscription is to be told.
func (d *door) expected(t *testing.T, s webhooks.Subscription) (ids []string) {
	t.Helper()
	for _, n := range d.notices(t, fmt.Sprintf("treaty=ICMW&after=%d&limit=1000", s.After)).Notices {
		ids = append(ids, s.ID+"_"+n.ID.String())
	}
	return ids
}

func idsOf(events []message) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// told waits until the receiver has everything.
func (d *door) told(t *testing.T, r *receiver, s webhooks.Subscription) {
	t.Helper()
	want := d.expected(t, s)
	require.Eventually(t, func() bool { return len(r.once()) >= len(want) }, time.Minute, 5*time.Millisecond, "%d to be told", len(want))
	got := idsOf(r.once())
	if s.Order == webhooks.Parallel {
		slices.Sort(got)
		slices.Sort(want)
	}
	require.Equal(t, want, got)
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Empty(t, r.problems)
}

// doorOf serves an opened node.
func doorOf(t *testing.T, n *Node, now *clock) *door {
	t.Helper()
	d := &door{Node: n, now: now, tokens: map[string]string{}}
	server := httptest.NewServer(n.Handler())
	t.Cleanup(server.Close)
	d.url = server.URL
	for name, roles := range map[string][]auth.Role{"all": auth.Roles(), "record": {auth.Record}} {
		text, _, err := n.Tokens().Create("anna@"+name+rand.Text()[:4], roles, 0)
		require.NoError(t, err)
		d.tokens[name] = text
	}
	return d
}

// accessions of countries that have not consented to the Convention.
var newcomers = []string{"DEU", "FRA", "ITA", "ESP", "GBR", "USA", "CAN", "AUS", "JPN", "KOR", "IND", "THA", "MYS", "JOR", "PAK", "UKR", "KAZ", "SAU", "ARE", "KWT"}

func TestWebhooksByHTTP(t *testing.T) {
	d := openDoor(t, onLoopback)
	r := newReceiver(t)
	s := d.subscribe(t, r, webhooks.Ordered)
	require.Equal(t, d.Position(), s.After)
	d.accede(t, "DEU", "2026-06-29", "")
	d.told(t, r, s)
	got := r.once()
	require.Equal(t, "depositary.action.recorded", got[0].Type)
	require.Empty(t, got[0].Previous, "the first")
	for i, e := range got[1:] {
		require.Equal(t, got[i].ID, e.Previous, "an unbroken chain")
		require.Greater(t, e.Sequence, got[i].Sequence)
	}

	address := "/v1/webhooks/" + s.ID
	var attempts struct{ Attempts []webhooks.Attempt }
	require.Eventually(t, func() bool {
		d.must(t, 200, ask{path: address + "/attempts", token: "all"}).into(t, &attempts)
		return len(attempts.Attempts) == len(got)+1 && attempts.Attempts[0].Outcome == "taken"
	}, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, "challenge", attempts.Attempts[len(got)].Purpose)
	table := string(d.must(t, 200, ask{path: address + "/attempts?format=csv", token: "all"}).body)
	require.Equal(t, len(got)+2, strings.Count(table, "\n"))

	var replayed webhooks.Replayed
	d.must(t, 200, ask{path: address + "/replay", token: "all", body: fmt.Sprintf(`{"after":"%d"}`, s.After)}).into(t, &replayed)
	require.Equal(t, webhooks.Replayed{Sent: len(got), Through: replayed.Through}, replayed)
	one := strings.TrimPrefix(got[0].ID, s.ID+"_")
	d.must(t, 200, ask{path: address + "/replay", token: "all", body: fmt.Sprintf(`{"notice":%q}`, one)}).into(t, &replayed)
	require.Equal(t, 1, replayed.Sent)
	require.Len(t, r.once(), len(got), "the same ids again")

	var lag webhooks.Lag
	d.must(t, 200, ask{path: address + "/lag", token: "all"}).into(t, &lag)
	require.Zero(t, lag)
	list := string(d.must(t, 200, ask{path: "/v1/webhooks", token: "all"}).body)
	require.NotContains(t, list, "whsec_")
	require.NotContains(t, list, strings.TrimPrefix(r.secret, "whsec_"))

	// A change needs the revision that was seen, and a new address is unverified.
	change := fmt.Sprintf(`{"url":%q,"treaties":["C97"],"schemes":["v1","v1a"]}`, r.URL+"/other")
	d.must(t, 412, ask{method: "PUT", path: address, token: "all", body: change, header: map[string]string{"If-Match": "1"}})
	var changed webhooks.Subscription
	d.must(t, 200, ask{path: address, token: "all"}).into(t, &changed)
	d.must(t, 200, ask{method: "PUT", path: address, token: "all", body: change, header: map[string]string{"If-Match": fmt.Sprint(changed.Revision)}}).into(t, &changed)
	require.Equal(t, webhooks.Unverified, changed.State)
	var keys struct{ Keys []string }
	d.must(t, 200, ask{path: address + "/keys"}).into(t, &keys)
	require.Len(t, keys.Keys, 1, "published, for everybody")
	require.True(t, strings.HasPrefix(keys.Keys[0], "whpk_"))
	d.must(t, 409, ask{method: "POST", path: address + "/enable", token: "all"})
	d.must(t, 204, ask{method: "DELETE", path: address, token: "all"})
	d.must(t, 404, ask{path: address, token: "all"})
}

func TestWebhooksRefuse(t *testing.T) {
	d := openDoor(t, onLoopback)
	for name, c := range map[string]struct {
		ask    ask
		status int
		says   string
	}{
		"no token":             {ask{path: "/v1/webhooks"}, 401, "Bearer"},
		"another role":         {ask{path: "/v1/webhooks", token: "record"}, 403, "subscribe"},
		"no address":           {ask{path: "/v1/webhooks", token: "all", body: `{}`}, 422, "url"},
		"no web address":       {ask{path: "/v1/webhooks", token: "all", body: `{"url":"ftp://x.example/"}`}, 422, "https"},
		"credentials":          {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://a:b@x.example/"}`}, 422, "url"},
		"unknown kind":         {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","kinds":["treaty.lost"]}`}, 422, "participant.bound"},
		"unknown treaty":       {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","treaties":["NOPE"]}`}, 422, "NOPE"},
		"unknown order":        {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","order":"any"}`}, 422, "order"},
		"too fast":             {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","rate":501}`}, 422, "rate"},
		"unknown scheme":       {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","schemes":["v9"]}`}, 422, "v9"},
		"beyond the ledger":    {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","after":99999}`}, 422, "after"},
		"unknown field":        {ask{path: "/v1/webhooks", token: "all", body: `{"url":"https://x.example/","adress":1}`}, 422, "adress"},
		"broken":               {ask{path: "/v1/webhooks", token: "all", body: `{"url"`}, 400, ""},
		"unknown subscription": {ask{path: "/v1/webhooks/none/attempts", token: "all"}, 404, "none"},
		"nothing to replay":    {ask{path: "/v1/webhooks/none/replay", token: "all", body: `{}`}, 422, "after"},
		"no notice":            {ask{path: "/v1/webhooks/none/replay", token: "all", body: `{"notice":"x"}`}, 422, "812.1"},
		"no revision":          {ask{method: "PUT", path: "/v1/webhooks/none", token: "all", body: `{"url":"https://x.example/"}`, header: map[string]string{"If-Match": "x"}}, 422, "revision"},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.ask(t, c.ask)
			require.Equal(t, c.status, r.status, "%s", r.body)
			require.Contains(t, string(r.body), c.says)
		})
	}
	require.JSONEq(t, `{"webhooks":[]}`, string(d.must(t, 200, ask{path: "/v1/webhooks", token: "all"}).body), "nothing was kept")
	still := openDoorStill(t)
	require.Contains(t, string(still.must(t, 503, ask{path: "/v1/webhooks", token: "all"}).body), "running server")
}

// openDoorStill opens a node that keeps no subscriptions.
func openDoorStill(t *testing.T) *door {
	n := openNode(t, t.TempDir(), func(o *Options) { o.Empty = true })
	return doorOf(t, n, nil)
}

// hostility answers each call in another evil way, and now and then well.
func hostility(call int, w http.ResponseWriter, r *http.Request) bool {
	switch call % 9 {
	case 1:
		w.WriteHeader(http.StatusInternalServerError)
	case 2:
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
	case 3:
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	case 4: // a reset
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = connection.(*net.TCPConn).SetLinger(0)
			_ = connection.Close()
		}
	case 5: // an answer that is none
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(connection, "HTTP/1.1 abc\r\n\r\n")
			_ = connection.Close()
		}
	case 6: // a long answer, cut off after 64 KiB
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(strings.Repeat("long ", 40_000)))
	default:
		return false
	}
	return true
}

// A hostile receiver, while the node is stopped and started: every notice
// arrives, in order where that was promised, and the attempts that are noted
// are those that the receiver saw.
func TestWebhooksToAHostileReceiver(t *testing.T) {
	for _, order := range []webhooks.Order{webhooks.Ordered, webhooks.Parallel} {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			folder, now := t.TempDir(), startOf("2026-06-30")
			open := func() (*Node, *door) {
				o := Options{Data: folder, Now: now.Now}
				onLoopback(&o)
				n, err := Open(t.Context(), o)
				require.NoError(t, err)
				return n, doorOf(t, n, now)
			}
			n, d := open()
			r := newReceiver(t)
			s := d.subscribe(t, r, order)
			r.mu.Lock()
			r.hostile = hostility
			r.mu.Unlock()
			for i, participant := range newcomers[:12] {
				d.accede(t, participant, "2026-06-29", "")
				if i%4 == 3 {
					time.Sleep(30 * time.Millisecond) // in the middle of it
					require.NoError(t, n.Close())
					n, d = open()
				}
			}
			d.told(t, r, s)
			requireAttempts(t, d, r, s)
			require.NoError(t, n.Close())
		})
	}
}

const tellFolder = "DEPOSITARY_TEST_TELL_FOLDER"

// tellUntilKilled starts a node that records now and then, and tells of it.
func tellUntilKilled(folder string) {
	o := Options{Data: folder}
	onLoopback(&o)
	n, err := Open(context.Background(), o)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("started")
	for i := 0; ; i++ {
		command := &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{{
			Participant: "CIV", Kind: domain.Communication, Date: n.Today(), Statement: &domain.Statement{Text: fmt.Sprintf("Côte d'Ivoire, %d", i)},
		}}}
		if _, err := n.Recorder().Record(context.Background(), recorder.Request{ID: fmt.Sprintf("%d-%d", os.Getpid(), i), Actor: "test", Command: command}); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// A process that is killed while it tells a hostile receiver, again and again:
// every notice arrives, in order where that was promised, with the same bytes
// where it comes twice, and nothing was sent that was not noted before.
func TestWebhooksKilled(t *testing.T) {
	for _, order := range []webhooks.Order{webhooks.Ordered, webhooks.Parallel} {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			open := func() (*Node, *door) {
				o := Options{Data: folder}
				onLoopback(&o)
				n, err := Open(t.Context(), o)
				require.NoError(t, err)
				return n, doorOf(t, n, nil)
			}
			n, d := open()
			r := newReceiver(t)
			s := d.subscribe(t, r, order)
			require.NoError(t, n.Close())
			r.mu.Lock()
			r.hostile = hostility
			r.mu.Unlock()
			for round := range 4 {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), tellFolder+"="+folder)
				out, err := child.StdoutPipe()
				require.NoError(t, err)
				require.NoError(t, child.Start())
				line, err := bufio.NewReader(out).ReadString('\n')
				require.NoError(t, err)
				require.Equal(t, "started\n", line)
				time.Sleep(time.Duration(700+150*round) * time.Millisecond)
				require.NoError(t, child.Process.Kill())
				_ = child.Wait() // it was killed
			}
			n, d = open()
			require.Greater(t, len(d.expected(t, s)), 10)
			d.told(t, r, s)
			requireAttempts(t, d, r, s)
			require.NoError(t, n.Close())
		})
	}
}

// requireAttempts compares the journal with what the receiver saw. A request
// that was under way when the node stopped may not have come through.
func requireAttempts(t *testing.T, d *door, r *receiver, s webhooks.Subscription) {
	t.Helper()
	var noted, taken, stopped int
	var before uint64
	require.Eventually(t, func() bool {
		noted, taken, stopped, before = 0, 0, 0, 0
		for {
			var page struct{ Attempts []webhooks.Attempt }
			d.must(t, 200, ask{path: fmt.Sprintf("/v1/webhooks/%s/attempts?limit=500&before=%d", s.ID, before), token: "all"}).into(t, &page)
			if len(page.Attempts) == 0 {
				break
			}
			for _, a := range page.Attempts {
				if a.Purpose != "notice" {
					continue
				}
				noted++
				if a.Outcome == "taken" {
					taken++
				}
				if a.Outcome != "taken" && a.Status == 0 && strings.Contains(a.Error, "stopped") {
					stopped++
				}
			}
			before = page.Attempts[len(page.Attempts)-1].Sequence
		}
		// Every request was noted before it was sent, and none that was not sent,
		// but where the node stopped. What was under way when it did comes again,
		// perhaps just now.
		once := len(r.once())
		r.mu.Lock()
		defer r.mu.Unlock()
		return taken >= once && noted >= r.calls && noted <= r.calls+stopped
	}, 20*time.Second, 20*time.Millisecond)
}

// A receiver that slept, and was told nothing for a week, recovers by asking
// for the notices after the last that it had, and ends where one ends that
// never slept.
func TestWebhooksRecovery(t *testing.T) {
	d := openDoor(t, onLoopback)
	awake, asleep := newReceiver(t), newReceiver(t)
	told, missed := d.subscribe(t, awake, webhooks.Ordered), d.subscribe(t, asleep, webhooks.Ordered)
	d.accede(t, newcomers[0], "2026-06-29", "")
	d.told(t, awake, told)
	d.told(t, asleep, missed)

	d.must(t, 200, ask{method: "POST", path: "/v1/webhooks/" + missed.ID + "/disable?reason=asleep", token: "all"})
	for i, participant := range newcomers[1:8] {
		d.now.advance(24 * time.Hour)
		require.NoError(t, d.BeginDay(t.Context()))
		d.accede(t, participant, fmt.Sprintf("2026-07-%02d", i+1), "")
	}
	d.told(t, awake, told)

	stateOf := func(r *receiver) map[string]string {
		state := make(map[string]string)
		for _, e := range r.once() {
			state[strings.SplitN(e.ID, "_", 2)[1]] = compact(t, e.Data)
		}
		return state
	}
	want, have := stateOf(awake), stateOf(asleep)
	require.Less(t, len(have), len(want))
	last := strings.SplitN(asleep.once()[len(asleep.once())-1].ID, "_", 2)[1]
	for more := true; more; {
		var page struct {
			Notices []json.RawMessage
			Through string
			More    bool
		}
		d.must(t, 200, ask{path: "/v1/notices?treaty=ICMW&limit=3&after=" + last}).into(t, &page)
		for _, n := range page.Notices {
			var id struct{ ID string }
			require.NoError(t, json.Unmarshal(n, &id))
			have[id.ID] = compact(t, n)
		}
		last, more = page.Through, page.More
	}
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(have)))
	require.Equal(t, want, have, "the same to the last byte of each notice")

	// Enabled again, it is told what it slept through all the same.
	d.must(t, 200, ask{method: "POST", path: "/v1/webhooks/" + missed.ID + "/enable", token: "all"})
	d.told(t, asleep, missed)
}

func compact(t *testing.T, raw json.RawMessage) string {
	var v any
	require.NoError(t, json.Unmarshal(raw, &v))
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// Two nodes on one cluster share the work; one is closed in the middle. Nothing
// is lost, and what comes twice has the same id and the same bytes.
func TestWebhooksOnTwoNodes(t *testing.T) {
	t.Parallel()
	url, now, key := ledgertest.StartServer(t), startOf("2026-06-30"), t.TempDir()+"/key"
	open := func() *Node {
		o := Options{Data: t.TempDir(), NATS: url, Now: now.Now}
		onLoopback(&o)
		o.Webhooks.Key = key
		n, err := Open(t.Context(), o)
		require.NoError(t, err)
		return n
	}
	one := open()
	two := open()
	defer func() { require.NoError(t, two.Close()) }()
	first, second := doorOf(t, one, now), doorOf(t, two, now)
	r := newReceiver(t)
	s := first.subscribe(t, r, webhooks.Ordered)
	for i, participant := range newcomers {
		d := second
		if i < 10 && i%2 == 0 {
			d = first
		}
		d.accede(t, participant, "2026-06-29", "")
		if i == 10 {
			require.NoError(t, one.Close())
		}
	}
	second.told(t, r, s)

	// A node with another key says so, and leaves the subscription to the others.
	stranger := Options{Data: t.TempDir(), NATS: url, Now: now.Now}
	onLoopback(&stranger)
	n, err := Open(t.Context(), stranger)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	third := doorOf(t, n, now)
	p := third.ask(t, ask{method: "POST", path: "/v1/webhooks/" + s.ID + "/ping", token: "all"})
	require.Equal(t, 503, p.status, "%s", p.body)
}

// Secrets rotate in the middle of deliveries, and both are verified for a day.
func TestWebhooksRotation(t *testing.T) {
	d := openDoor(t, onLoopback)
	r := newReceiver(t)
	s := d.subscribe(t, r, webhooks.Ordered)
	d.accede(t, "DEU", "2026-06-29", "")
	d.told(t, r, s)
	var made v1.WebhookMade
	d.must(t, 200, ask{method: "POST", path: "/v1/webhooks/" + s.ID + "/rotate", token: "all"}).into(t, &made)
	require.NotEqual(t, r.secret, made.Secrets.Secret)
	d.accede(t, "FRA", "2026-06-29", "")
	d.told(t, r, s) // with the old secret
	r.mu.Lock()
	r.secret = made.Secrets.Secret
	r.mu.Unlock()
	d.accede(t, "ITA", "2026-06-29", "")
	d.told(t, r, s)
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(made.Secrets.Secret, "whsec_"))
	require.NoError(t, err)
	require.Len(t, raw, 32)
}
