package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"depositary/api/auth"
	"depositary/api/commands"
	v1 "depositary/api/v1"
	"depositary/cmd/internal/node"
)

// telling is one row: so many subscriptions are notified of so many commits, first
// of all that come as fast as they can be recorded, then of one at a time.
type telling struct {
	subscriptions, commits, paced int
}

// told is what came of it.
type told struct {
	rates    []float64 // notices taken a second
	commits  []float64 // commits delivered to all a second
	p50, p99 []time.Duration
}

// endpoint is the address of all subscriptions: it takes at once, and notes when.
type endpoint struct {
	taken atomic.Int64
	mu    sync.Mutex
	at    map[string][]time.Time // by notice
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a request that breaks off is sent again
	var m struct {
		ID   string
		Type string
		Data struct{ Challenge string }
	}
	if json.Unmarshal(body, &m) == nil && m.Type == "depositary.challenge" {
		_, _ = io.WriteString(w, m.Data.Challenge)
		return
	}
	now := time.Now()
	_, notice, _ := strings.Cut(m.ID, "_")
	e.mu.Lock()
	e.at[notice] = append(e.at[notice], now)
	e.mu.Unlock()
	e.taken.Add(1)
	w.WriteHeader(http.StatusNoContent)
}

// tell measures webhooks and server-sent events.
func tell(ctx context.Context, b *bench) error {
	rows := []telling{{1, pick(b, 400, 5), pick(b, 100, 2)}, {pick(b, 100, 5), pick(b, 40, 2), pick(b, 20, 2)}, {pick(b, 1000, 10), pick(b, 8, 2), pick(b, 4, 2)}}
	results := make([]told, len(rows))
	floor, err := floorOfRequests(pick(b, 2*time.Second, 100*time.Millisecond))
	if err != nil {
		return err
	}
	for round := range pick(b, 3, 1) {
		for i, row := range rows {
			b.progress("tell, round %d, %d subscriptions", round+1, row.subscriptions)
			if err := b.tellOnce(ctx, fmt.Sprintf("tell-%d-%d", round, i), row, &results[i]); err != nil {
				return err
			}
		}
	}
	b.reportTelling(rows, results, floor)
	return b.readers(ctx)
}

// tellOnce opens a node, subscribes, records and waits until all are notified.
func (b *bench) tellOnce(ctx context.Context, folder string, row telling, result *told) error {
	e := &endpoint{at: make(map[string][]time.Time)}
	receiver := httptest.NewServer(e)
	defer receiver.Close()
	n, err := node.Open(ctx, node.Options{Data: filepath.Join(b.folder, folder),
		Webhooks: &node.WebhookOptions{AllowHTTP: true, Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	if err != nil {
		return err
	}
	defer n.Close()
	token, _, err := n.Tokens().Create(auth.Grant{Actor: "bench", Roles: auth.Roles()})
	if err != nil {
		return err
	}
	ask := func(method, path, body string, into any) error {
		r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, r)
		if w.Code >= 300 {
			return fmt.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(w.Body.Bytes(), into)
	}
	for range row.subscriptions {
		var made v1.WebhookMade
		if err := ask("POST", "/v1/webhooks", fmt.Sprintf(`{"url":%q,"kinds":["action.recorded"],"rate":500}`, receiver.URL), &made); err != nil {
			return err
		}
		if err := ask("POST", "/v1/webhooks/"+made.Subscription.ID+"/verify", "", nil); err != nil {
			return err
		}
	}
	today := time.Now().UTC().Format(time.DateOnly)
	record := func(i int) (notice string, err error) {
		var receipt commands.Receipt
		err = ask("POST", "/v1/treaties/ICMW/actions", fmt.Sprintf(`{"actions":[{"participant":"DEU","action":"communication","date":%q,"statement":{"text":"%d"}}]}`, today, i), &receipt)
		if err == nil {
			notice = receipt.Records[0].String()
		}
		return notice, err
	}
	begun := time.Now()
	for i := range row.commits {
		if _, err := record(i); err != nil {
			return err
		}
	}
	want := int64(row.subscriptions * row.commits)
	if err := e.await(want); err != nil {
		return err
	}
	took := time.Since(begun).Seconds()
	result.rates = append(result.rates, float64(want)/took)
	result.commits = append(result.commits, float64(row.commits)/took)
	acknowledged := make(map[string]time.Time)
	for i := range row.paced {
		notice, err := record(row.commits + i)
		if err != nil {
			return err
		}
		acknowledged[notice] = time.Now()
		want += int64(row.subscriptions)
		if err := e.await(want); err != nil {
			return err
		}
	}
	result.latencies(e, acknowledged)
	return nil
}

// await waits until so many notices were taken.
func (e *endpoint) await(want int64) error {
	for deadline := time.Now().Add(2 * time.Minute); e.taken.Load() < want; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d notices arrived", e.taken.Load(), want)
		}
	}
	return nil
}

// latencies are from the acknowledgement of a commit to the receipt of its
// notice; one that arrives before its writer is answered counts as none.
func (r *told) latencies(e *endpoint, acknowledged map[string]time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []time.Duration
	for notice, at := range acknowledged {
		for _, t := range e.at[notice] {
			all = append(all, max(0, t.Sub(at)))
		}
	}
	slices.Sort(all)
	r.p50, r.p99 = append(r.p50, percentile(all, 0.5)), append(r.p99, percentile(all, 0.99))
}

// floorOfRequests is how many such requests net/http carries on this machine,
// client and server in one process, with nothing kept of them.
func floorOfRequests(span time.Duration) (float64, error) {
	e := &endpoint{at: make(map[string][]time.Time)}
	receiver := httptest.NewServer(e)
	defer receiver.Close()
	body := bytes.Repeat([]byte(" "), 1500)
	copy(body, `{"id":"a_1.1","type":"x"}`)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	var failed atomic.Value
	var all sync.WaitGroup
	end := time.Now().Add(span)
	for range 16 {
		all.Go(func() {
			for time.Now().Before(end) {
				response, err := client.Post(receiver.URL, "application/json", bytes.NewReader(body))
				if err != nil {
					failed.Store(err)
					return
				}
				_ = response.Body.Close()
			}
		})
	}
	all.Wait()
	client.CloseIdleConnections()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return float64(e.taken.Load()) / span.Seconds(), nil
}

func (b *bench) reportTelling(rows []telling, results []told, floor float64) {
	b.report.heading("Webhooks")
	b.report.text("Acts are recorded one after the other through the API; each makes one notice, which every subscription is told by a signed request to a receiver in the same process, "+
		"in order, with a durable line before it and one after it, and its cursor moved. Latency is from the acknowledgement of a commit to its receipt by each, one commit at a time. "+
		"The floor is requests of the same size by net/http alone, 16 at a time, nothing kept: %s/s.", count(floor))
	var lines [][]string
	for i, row := range rows {
		r := results[i]
		lines = append(lines, []string{strconv.Itoa(row.subscriptions), count(median(r.commits)), count(median(r.rates)), ratio(median(r.rates) / floor), millis(median(r.p50)), millis(median(r.p99))})
	}
	b.report.table([]string{"subscriptions", "commits/s", "notices delivered/s", "of the floor", "latency p50", "p99"}, lines)
	b.report.limits(limitsTelling)
}

const limitsTelling = "flushes: with one subscription each notice waits for its line in the journal, the request and the cursor, and the writer for its commit on the same disk; " +
	"with many, the lines of different subscriptions share a flush, and what is left is a consumer of JetStream for each, which keeps its place in a file of its own."

// readers measures idle readers of the stream of notices.
func (b *bench) readers(ctx context.Context) error {
	readers := pick(b, 10_000, 50)
	n, err := node.Open(ctx, node.Options{Data: filepath.Join(b.folder, "readers")})
	if err != nil {
		return err
	}
	defer n.Close()
	address, stop, err := listen(n.Handler())
	if err != nil {
		return err
	}
	defer stop()
	defer n.EndStreams()
	debug.FreeOSMemory()
	before := kilobytesOf(self, "VmRSS")
	b.progress("tell, %d idle readers", readers)
	child := childCommand(ctx, "follow", address, strconv.Itoa(readers))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	ready, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(ready) != "ready" {
		return errors.Join(errors.New("the readers did not connect"), err)
	}
	cpu, begun := cpuTime(), time.Now()
	time.Sleep(pick(b, 20*time.Second, time.Second))
	used := (cpuTime() - cpu).Seconds() / time.Since(begun).Seconds()
	after := kilobytesOf(self, "VmRSS")
	b.report.heading("Server-sent events")
	b.report.text("%s readers of /v1/notices/stream over loopback, in a process of their own, to whom nothing is told but a heartbeat every 15 s.", count(int64(readers)))
	b.report.table([]string{"figure", ""}, [][]string{
		{"resident memory of the node before and with them", mebibytes(before) + ", " + mebibytes(after)},
		{"per reader", fmt.Sprintf("%.1f KiB", float64(after-min(before, after))/1024/float64(readers))},
		{"processor", fmt.Sprintf("%.1f %% of a core", used*100)},
	})
	b.report.limits("net/http: two goroutines and two buffers for each connection.")
	return nil
}

const self = "/proc/self/status"

// childFollow opens so many streams, says so, and reads until it is killed.
func childFollow(ctx context.Context, args []string) error {
	readers, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	for range readers {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", args[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(conn, "GET /v1/notices/stream HTTP/1.1\r\nHost: "+args[0]+"\r\nAccept: text/event-stream\r\n\r\n"); err != nil {
			return err
		}
		status, err := bufio.NewReaderSize(conn, 512).ReadString('\n')
		if err != nil || !strings.Contains(status, " 200 ") {
			return errors.Join(fmt.Errorf("the stream answered %q", status), err)
		}
		go func() { _, _ = io.Copy(io.Discard, conn) }()
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}
