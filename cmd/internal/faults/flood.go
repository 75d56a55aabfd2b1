package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	floodConnections = 500

	// What holds during a flood from one address, for another.
	keptWithin   = 20 * time.Millisecond // p99 of answers that are kept
	writeWithin  = 100 * time.Millisecond
	memoryWithin = 600 << 20 // bytes, resident
	idleWithin   = 2 * time.Second
)

// dearest are the questions that cost most; %d makes each another one.
var dearest = []string{
	"/en/figures/map/ICMW.png?asOf=%s", "/en/figures/map/ICMW.png?form=tiles&asOf=%s", "/v1/treaties/ICMW/who-next?asOf=%s", "/v1/treaties/ICMW/what-if?ratify=DEU&asOf=%s",
	"/v1/changes?from=1951-01-01&to=%s", "/en/matrix?asOf=%s", "/v1/export?%s",
}

// flood lets one address ask for the dearest questions on many connections, and looks
// what another address feels of it. Its figures are those of the machine: they are
// reported, and in the long form judged.
func flood(ctx context.Context, s *suite, o *outcome) error {
	if o.wanted == 0 {
		return nil
	}
	data := filepath.Join(s.folder, "flood")
	h := &house{data: data, book: newBook(), chosen: map[*entry]bool{}}
	var err error
	if h.anna, err = s.makeToken(data, "", "anna"); err != nil {
		return err
	}
	p, err := s.launchWith(data, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer p.stop()
	o.done = o.wanted
	flooding, stop := context.WithTimeout(ctx, time.Duration(o.wanted)*time.Second)
	defer stop()
	var answers statuses
	var running sync.WaitGroup
	for i := range floodConnections {
		running.Go(func() { drown(flooding, p.address, i, &answers) })
	}
	var kept, written []time.Duration
	var peak uint64
	running.Go(func() { kept = timed(flooding, from("127.0.0.3"), p.address+"/en/treaties/ICMW", nil) })
	running.Go(func() {
		written = timed(flooding, from("127.0.0.3"), p.address+"/v1/treaties/ICMW/actions", func() *http.Request { return h.remark(p) })
	})
	for flooding.Err() == nil {
		peak = max(peak, p.resident())
		time.Sleep(50 * time.Millisecond)
	}
	running.Wait()
	idle := p.untilIdle()
	s.judge(o, "kept answers of another address, p99", percentile(kept, 0.99), keptWithin)
	s.judge(o, "writes of another address, p99", percentile(written, 0.99), writeWithin)
	s.judge(o, "idle again after", idle, idleWithin)
	o.note("resident memory at most %d MiB", peak>>20)
	if peak > memoryWithin && !s.short {
		o.blame("resident memory reached %d MiB", peak>>20)
	}
	o.note("%d kept answers, %d writes; the flood got %s", len(kept), len(written), answers.String())
	if answers.impolite.Load() > 0 {
		o.blame("%d questions of the flood were refused without an answer", answers.impolite.Load())
	}
	return nil
}

// judge reports a figure, and blames one that is too large: not in the short form,
// where the machine may be busy with other tests.
func (s *suite) judge(o *outcome, what string, took, within time.Duration) {
	o.note("%s: %v (at most %v)", what, took.Round(100*time.Microsecond), within)
	if took > within && !s.short {
		o.blame("%s: %v", what, took)
	}
}

// launchWith starts the program with the arguments as they are and waits until it serves.
func (s *suite) launchWith(data string, args ...string) (*program, error) {
	p, serving, err := s.execute(data, args)
	if err != nil {
		return nil, err
	}
	return p, p.await(serving)
}

// statuses counts how a flood was answered.
type statuses struct {
	fine, busy, often, other, impolite atomic.Int64
}

func (a *statuses) String() string {
	return fmt.Sprintf("%d answers, %d times 503, %d times 429, %d others", a.fine.Load(), a.busy.Load(), a.often.Load(), a.other.Load())
}

// drown asks on one connection after the other, and goes away from some.
func drown(ctx context.Context, address string, client int, answers *statuses) {
	c := from("127.0.0.2")
	day := time.Date(2004, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, client*16)
	for n := 0; ctx.Err() == nil; n++ {
		path := fmt.Sprintf(dearest[(client+n)%len(dearest)], day.AddDate(0, 0, n%16).Format(time.DateOnly))
		asking, leave := context.WithTimeout(ctx, 30*time.Second)
		if client%5 == 0 { // goes away before the answer
			leave()
			asking, leave = context.WithTimeout(ctx, 2*time.Second)
		}
		request, err := http.NewRequestWithContext(asking, http.MethodGet, address+path, nil)
		if err != nil {
			leave()
			return
		}
		answer, err := c.Do(request)
		switch {
		case err != nil && asking.Err() == nil:
			answers.impolite.Add(1)
		case err != nil:
		case answer.StatusCode < 300:
			answers.fine.Add(1)
		case answer.StatusCode == http.StatusServiceUnavailable:
			answers.busy.Add(1)
		case answer.StatusCode == http.StatusTooManyRequests:
			answers.often.Add(1)
		default:
			answers.other.Add(1)
		}
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		leave()
		time.Sleep(10 * time.Millisecond)
	}
}

// from returns a client of a loopback address.
func from(host string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
	return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 4}, Timeout: time.Minute}
}

// timed asks the same again and again, and returns how long each took.
func timed(ctx context.Context, c *http.Client, address string, make func() *http.Request) (took []time.Duration) {
	for ctx.Err() == nil {
		request, _ := http.NewRequest(http.MethodGet, address, nil)
		if make != nil {
			request = make()
		}
		begun := time.Now()
		answer, err := c.Do(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		if err == nil && answer.StatusCode < 300 {
			took = append(took, time.Since(begun))
		} else {
			took = append(took, time.Minute) // not served at all
		}
		time.Sleep(20 * time.Millisecond)
	}
	slices.Sort(took)
	return took
}

func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return time.Minute
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// remark is a request to record an act of the bundled ledger.
func (h *house) remark(p *program) *http.Request {
	body := strings.Replace(string(actBody(h.key(), "")), "P01", "DEU", 1)
	r, _ := http.NewRequest(http.MethodPost, p.address+"/v1/treaties/ICMW/actions", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+h.anna)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// resident returns how many bytes of memory the node has.
func (p *program) resident() (bytes uint64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmRSS:") {
			_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &bytes)
		}
	}
	return bytes << 10
}

// untilIdle returns after how long the node uses less than a tenth of a processor.
func (p *program) untilIdle() time.Duration {
	const look = 200 * time.Millisecond
	begun := time.Now()
	for time.Since(begun) < time.Minute {
		before, since := p.processorTime(), time.Now()
		time.Sleep(look)
		if p.processorTime()-before < time.Since(since)/10 {
			return since.Sub(begun)
		}
	}
	return time.Minute
}

// processorTime returns how much of processors the node has used.
func (p *program) processorTime() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var user, system int64
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond
}
