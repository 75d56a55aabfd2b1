package node

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
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

// accessions of countries that have not consented to the Convention.
var newcomers = []string{"DEU", "FRA", "ITA", "ESP", "GBR", "USA", "CAN", "AUS", "JPN", "KOR", "IND", "THA", "MYS", "JOR", "PAK", "UKR", "KAZ", "SAU", "ARE", "KWT"}

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
			folder, now := begun(t), apitest.NewClock("2026-06-30")
			now.Run()
			open := func() (*Node, *served) {
				o := Options{Patience: patience, Data: folder, Now: now.Now}
				onLoopback(&o)
				n, err := Open(t.Context(), o)
				require.NoError(t, err)
				return n, serve(t, n, now)
			}
			n, d := open()
			r := apitest.NewReceiver(t)
			s := d.Subscribe(t, r, order)
			r.Hostile(hostility)
			for i, participant := range newcomers[:12] {
				d.Accede(t, participant, "2026-06-29", "")
				if i%4 == 3 {
					time.Sleep(30 * time.Millisecond) // in the middle of it
					require.NoError(t, n.Close())
					n, d = open()
				}
			}
			d.Delivered(t, r, s)
			requireAttempts(t, d, r, s)
			require.NoError(t, n.Close())
		})
	}
}

const tellFolder = "DEPOSITARY_TEST_TELL_FOLDER"

// tellUntilKilled starts a node that records now and then, and tells of it.
func tellUntilKilled(folder string) {
	o := Options{Patience: patience, Data: folder}
	onLoopback(&o)
	n, err := Open(context.Background(), o)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		command := &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{{
			Participant: "CIV", Kind: domain.Communication, Date: n.Today(), Statement: &domain.Statement{Text: fmt.Sprintf("Côte d'Ivoire, %d", i)},
		}}}
		if _, err := n.Recorder().Record(context.Background(), recorder.Request{ID: fmt.Sprintf("%d-%d", os.Getpid(), i), Actor: "test", Command: command}); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		fmt.Println("recorded")
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
			folder := begun(t)
			open := func() (*Node, *served) {
				o := Options{Patience: patience, Data: folder}
				onLoopback(&o)
				n, err := Open(t.Context(), o)
				require.NoError(t, err)
				return n, serve(t, n, nil)
			}
			n, d := open()
			r := apitest.NewReceiver(t)
			s := d.Subscribe(t, r, order)
			require.NoError(t, n.Close())
			r.Hostile(hostility)
			for round := range 4 {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), tellFolder+"="+folder)
				out, err := child.StdoutPipe()
				require.NoError(t, err)
				require.NoError(t, child.Start())
				lines := bufio.NewScanner(out)
				for range 10 + 3*round {
					require.True(t, lines.Scan())
					require.Equal(t, "recorded", lines.Text())
				}
				require.NoError(t, child.Process.Kill())
				_ = child.Wait() // it was killed
			}
			n, d = open()
			require.Greater(t, len(d.Expected(t, s)), 10)
			d.Delivered(t, r, s)
			requireAttempts(t, d, r, s)
			require.NoError(t, n.Close())
		})
	}
}

// requireAttempts compares the journal with what the receiver saw. A request
// that was under way when the node stopped may not have come through.
func requireAttempts(t *testing.T, d *served, r *apitest.Receiver, s webhooks.Subscription) {
	t.Helper()
	var noted, taken, stopped int
	var before uint64
	require.Eventually(t, func() bool {
		noted, taken, stopped, before = 0, 0, 0, 0
		for {
			var page struct{ Attempts []webhooks.Attempt }
			d.Must(t, 200, apitest.Request{Path: fmt.Sprintf("/v1/webhooks/%s/attempts?limit=500&before=%d", s.ID, before), Token: "all"}).Into(t, &page)
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
		once, calls := len(r.Once()), r.Calls()
		return taken >= once && noted >= calls && noted <= calls+stopped
	}, 2*time.Minute, 20*time.Millisecond)
}

// Two nodes on one cluster share the work; one is closed in the middle. Nothing
// is lost, and what comes twice has the same id and the same bytes.
func TestWebhooksOnTwoNodes(t *testing.T) {
	t.Parallel()
	url, now, key := ledgertest.StartServer(t), apitest.NewClock("2026-06-30"), t.TempDir()+"/key"
	now.Run()
	open := func(folder string) *Node {
		o := Options{Patience: patience, Data: folder, NATS: url, Now: now.Now}
		onLoopback(&o)
		o.Webhooks.Key = key
		n, err := Open(t.Context(), o)
		require.NoError(t, err)
		return n
	}
	one := open(begunOn(t, url, now))
	two := open(t.TempDir())
	defer func() { require.NoError(t, two.Close()) }()
	allMayRecord(t, one, two)
	first, second := serve(t, one, now), serve(t, two, now)
	r := apitest.NewReceiver(t)
	s := first.Subscribe(t, r, webhooks.Ordered)
	for i, participant := range newcomers {
		d := second
		if i < 10 && i%2 == 0 {
			d = first
		}
		d.Accede(t, participant, "2026-06-29", "")
		if i == 10 {
			require.NoError(t, one.Close())
		}
	}
	second.Delivered(t, r, s)

	// A node with another key says so, and leaves the subscription to the others.
	stranger := Options{Patience: patience, Data: t.TempDir(), NATS: url, Now: now.Now}
	onLoopback(&stranger)
	n, err := Open(t.Context(), stranger)
	require.NoError(t, err)
	defer func() { require.NoError(t, n.Close()) }()
	third := serve(t, n, now)
	p := third.Ask(t, apitest.Request{Method: "POST", Path: "/v1/webhooks/" + s.ID + "/ping", Token: "all"})
	require.Equal(t, 503, p.Status, "%s", p.Body)
}
