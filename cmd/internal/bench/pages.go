package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/cmd/internal/node"
	"depositary/domain"
)

// pagePaths are the pages that are measured.
var pagePaths = []string{"/en/", "/en/treaties/ICMW", "/en/gap/ICMW"}

const (
	pagesPerSecond = 1000
	mostFirstPaint = 100_000 // bytes
)

// paged is what was measured of one page.
type paged struct {
	path    string
	paint   int // bytes of the first paint, compressed
	warm    []arrived
	writing []arrived // while somebody records
	cold    []time.Duration
}

// arrived is what clients tell who ask at fixed instants.
type arrived struct {
	Requests      int
	Seconds       float64
	P50, P99, Max time.Duration // from the instant at which each was due
}

// pages measures what readers of the pages wait for.
func pages(ctx context.Context, b *bench) error {
	n, err := node.Open(ctx, node.Options{Data: filepath.Join(b.folder, "pages")})
	if err != nil {
		return err
	}
	defer n.Close()
	address, stop, err := listen(n.Handler())
	if err != nil {
		return err
	}
	defer stop()
	var all []*paged
	for _, path := range pagePaths {
		p := &paged{path: path}
		if p.paint, err = firstPaint(n.Handler(), path); err != nil {
			return err
		}
		all = append(all, p)
	}
	for round := range pick(b, 5, 1) {
		for _, p := range all {
			b.progress("%s, round %d", p.path, round+1)
			if err := p.measure(ctx, b, n, address, round); err != nil {
				return fmt.Errorf("%s: %w", p.path, err)
			}
		}
	}
	b.reportPages(all)
	return nil
}

// measure asks for a page as of today, while somebody records, and as of days
// that have not been asked for.
func (p *paged) measure(ctx context.Context, b *bench, n *node.Node, address string, round int) error {
	span := pick(b, 3*time.Second, 200*time.Millisecond)
	warm, err := arriving(ctx, address, p.path, span)
	if err != nil {
		return err
	}
	p.warm = append(p.warm, warm)
	end := recordOften(ctx, n)
	busy, err := arriving(ctx, address, p.path, span)
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	p.writing = append(p.writing, busy)
	for i := range pick(b, 60, 5) {
		day := newYear(2026).AddDays(-(round*60+i)*37 - 1)
		took, err := timed(n.Handler(), p.path+"?asOf="+day.String())
		if err != nil {
			return err
		}
		p.cold = append(p.cold, took)
	}
	return nil
}

// arriving lets clients in another process ask at fixed instants.
func arriving(ctx context.Context, address, path string, span time.Duration) (a arrived, err error) {
	out, err := childCommand(ctx, "arrive", address, path, strconv.Itoa(pagesPerSecond), span.String()).Output()
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(out, &a)
}

// recordOften records an act a second, so that every page has to be made again.
func recordOften(ctx context.Context, n *node.Node) (end func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		who := commands.Actor{Identity: auth.Identity{Actor: "bench", Roles: auth.Roles()}}
		for i := 0; ; i++ {
			note := &domain.RecordActions{Treaty: "IV-13", Reason: "bench", Actions: []domain.Action{{Participant: "TUR", Kind: domain.Communication,
				Date: newYear(2020).AddDays(i), Statement: &domain.Statement{Text: fmt.Sprintf("communication %d", time.Now().UnixNano())}}}}
			if _, err := n.Secretariat().Carry(ctx, who, note); err != nil && ctx.Err() == nil {
				ended <- err
				return
			}
			select {
			case <-ctx.Done():
				ended <- nil
				return
			case <-time.After(time.Second):
			}
		}
	}()
	return func() error { cancel(); return <-ended }
}

func newYear(year int) domain.Date { return domain.DateOf(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)) }

func timed(h http.Handler, path string) (time.Duration, error) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	begun := time.Now()
	h.ServeHTTP(w, r)
	took := time.Since(begun)
	if w.Code != http.StatusOK {
		return 0, fmt.Errorf("%s: answered %d", path, w.Code)
	}
	return took, nil
}

var loadedByPage = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// firstPaint adds up the bytes of a page and of what it loads, compressed.
func firstPaint(h http.Handler, path string) (total int, err error) {
	get := func(path, coding string) []byte {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			err = fmt.Errorf("%s: answered %d", path, w.Code)
		}
		return w.Body.Bytes()
	}
	total = len(get(path, "gzip"))
	var loaded []string
	for _, m := range loadedByPage.FindAllStringSubmatch(string(get(path, "identity")), -1) {
		if !slices.Contains(loaded, m[1]) {
			loaded = append(loaded, m[1])
			total += len(get(m[1], "gzip"))
		}
	}
	if len(loaded) == 0 {
		err = errors.Join(err, fmt.Errorf("%s loads nothing", path))
	}
	return total, err
}

func (b *bench) reportPages(all []*paged) {
	b.report.heading("Pages")
	b.report.text("%s requests a second over loopback, each sent at its instant whatever became of those before, by clients in a process of their own on the same cores; what they wait is counted from that instant. "+
		"Recording means that somebody records an act about the same treaty each second, so that every page is made again. Cold is a day that have not been asked for, one after the other, in process. First paint is the page with style sheet, script and icon, compressed.", count(pagesPerSecond))
	var rows [][]string
	for _, p := range all {
		for _, kind := range []struct {
			name string
			got  []arrived
		}{{"as of today", p.warm}, {"as of today, recording", p.writing}} {
			p99 := median(pluck(kind.got, func(a arrived) time.Duration { return a.P99 }))
			rate := median(pluck(kind.got, func(a arrived) float64 { return float64(a.Requests) / a.Seconds }))
			target, verdict := "< 20 ms", b.verdict(p99 < 20*time.Millisecond && rate > 0.99*pagesPerSecond)
			rows = append(rows, []string{"`" + p.path + "`", kind.name, count(rate), millis(median(pluck(kind.got, func(a arrived) time.Duration { return a.P50 }))), millis(p99),
				millis(median(pluck(kind.got, func(a arrived) time.Duration { return a.Max }))), target, verdict})
		}
		slices.Sort(p.cold)
		cold := percentile(p.cold, 0.99)
		rows = append(rows, []string{"`" + p.path + "`", "cold day", "", millis(percentile(p.cold, 0.5)), millis(cold), millis(p.cold[len(p.cold)-1]), "< 50 ms", b.verdict(cold < 50*time.Millisecond)})
	}
	b.report.table([]string{"page", "asked", "answers/s", "p50", "p99", "longest", "p99 target", ""}, rows)
	rows = nil
	for _, p := range all {
		rows = append(rows, []string{"`" + p.path + "`", count(p.paint) + " B", "< 100 KB", b.verdict(p.paint < mostFirstPaint)})
	}
	b.report.table([]string{"page", "first paint", "target", ""}, rows)
	b.report.limits(limitsPages)
}

func pluck[T, V any](all []T, of func(T) V) (values []V) {
	for _, v := range all {
		values = append(values, of(v))
	}
	return values
}

// childArrive asks for an address at fixed instants.
func childArrive(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("arrive: address, path, requests a second, span")
	}
	rate, err1 := strconv.Atoi(args[2])
	span, err2 := time.ParseDuration(args[3])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	c := &http.Client{Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}}
	warm := func() error { return askPage(ctx, c, "http://"+args[0]+args[1]) }
	if err := warm(); err != nil {
		return err
	}
	n := int(span.Seconds() * float64(rate))
	took := make([]time.Duration, n)
	failures := make([]error, n)
	var running sync.WaitGroup
	begun := time.Now()
	for i := range n {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		running.Go(func() {
			failures[i] = askPage(ctx, c, "http://"+args[0]+args[1])
			took[i] = time.Since(due)
		})
	}
	running.Wait()
	seconds := time.Since(begun).Seconds()
	if err := errors.Join(failures...); err != nil {
		return errors.New(strings.SplitN(err.Error(), "\n", 2)[0])
	}
	slices.Sort(took)
	return json.NewEncoder(os.Stdout).Encode(arrived{n, seconds, percentile(took, 0.5), percentile(took, 0.99), took[n-1]})
}

func askPage(ctx context.Context, c *http.Client, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := c.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", response.StatusCode)
	}
	return nil
}
