package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"depositary/cmd/internal/node"
)

const (
	readPath  = "/v1/treaties/ICMW/status"
	readConns = 16
)

// form is one form of the same answer, with the rate it should reach as a
// share of a handler that writes the same bytes from memory.
type form struct {
	name       string
	header     http.Header
	target     float64 // 0: none
	ours, bare served
	size       int
}

// served is what one handler reached.
type served struct {
	address  string
	rates    []float64
	p50, p99 []time.Duration
	cpu      []time.Duration // of the server, per request
}

// reading measures answers over loopback with clients in another process.
func reading(ctx context.Context, b *bench) error {
	n, err := node.Open(ctx, node.Options{Data: filepath.Join(b.folder, "reading")})
	if err != nil {
		return err
	}
	defer n.Close()
	ours, stop, err := listen(n.Handler())
	if err != nil {
		return err
	}
	defer stop()
	etag := recordAnswer(n.Handler(), http.Header{"Accept-Encoding": {"gzip"}}).Header().Get("Etag")
	forms := []*form{
		{name: "304 by ETag", header: http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {etag}}, target: 0.85},
		{name: "table, gzip", header: http.Header{"Accept-Encoding": {"gzip"}}, target: 0.75},
		{name: "table, JSON", header: http.Header{}},
	}
	for _, f := range forms {
		answer := recordAnswer(n.Handler(), f.header)
		f.size, f.ours.address = answer.Body.Len(), ours
		address, stop, err := listen(bare(answer))
		if err != nil {
			return err
		}
		defer stop()
		f.bare.address = address
	}
	if err := b.readRounds(ctx, forms); err != nil {
		return err
	}
	b.reportReading(forms)
	return nil
}

func (b *bench) readRounds(ctx context.Context, forms []*form) error {
	span := pick(b, 700*time.Millisecond, 100*time.Millisecond)
	for round := range pick(b, 7, 1) {
		b.progress("read, round %d", round+1)
		for _, f := range forms {
			pair := []*served{&f.bare, &f.ours}
			for turn := range pair {
				s := pair[(turn+round)%2]
				if err := s.measure(ctx, f.header, span); err != nil {
					return fmt.Errorf("%s: %w", f.name, err)
				}
			}
		}
	}
	return nil
}

func (b *bench) reportReading(forms []*form) {
	b.report.heading("Answers")
	b.report.text("GET %s over loopback, %d connections kept alive, clients in a process of their own on the same cores. The floor is a handler of net/http that writes the same headers and bytes from memory. "+
		"CPU is what the server's process used per request, and does not hide behind the clients.", readPath, readConns)
	var rows [][]string
	for _, f := range forms {
		share := median(f.ours.rates) / median(f.bare.rates)
		rows = append(rows, f.bare.row(f.name, "floor", f.size, "", "", ""))
		if f.target == 0 {
			rows = append(rows, f.ours.row(f.name, nodeName, f.size, ratio(share), "", ""))
			continue
		}
		rows = append(rows, f.ours.row(f.name, nodeName, f.size, ratio(share), "≥ "+ratio(f.target), b.verdict(share >= f.target)))
	}
	b.report.table([]string{"form", "handler", "bytes", "answers/s", "of the floor", "CPU", "p50", "p99", "target", ""}, rows)
	b.report.limits(limitsReading)
}

func (s *served) row(form, handler string, size int, share, target, verdict string) []string {
	return []string{form, handler, fmt.Sprint(size), count(median(s.rates)), share, fmt.Sprintf("%.1f µs", float64(median(s.cpu))/1000),
		millis(median(s.p50)), millis(median(s.p99)), target, verdict}
}

// loaded is what the clients tell.
type loaded struct {
	Requests int
	Seconds  float64
	P50, P99 time.Duration
}

func (s *served) measure(ctx context.Context, header http.Header, span time.Duration) error {
	before := cpuTime()
	var got loaded
	args := []string{s.address, header.Get("Accept-Encoding"), header.Get("If-None-Match"), strconv.Itoa(readConns), span.String()}
	out, err := childCommand(ctx, "load", args...).Output()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &got); err != nil {
		return err
	}
	if got.Requests == 0 {
		return errors.New("no request was answered")
	}
	s.rates = append(s.rates, float64(got.Requests)/got.Seconds)
	s.p50, s.p99 = append(s.p50, got.P50), append(s.p99, got.P99)
	s.cpu = append(s.cpu, (cpuTime()-before)/time.Duration(got.Requests))
	return nil
}

func cpuTime() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u) // cannot fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func listen(h http.Handler) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	return listener.Addr().String(), func() { server.Close() }, nil
}

func recordAnswer(h http.Handler, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, readPath, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// bare writes an answer that was given once, from memory.
func bare(answer *httptest.ResponseRecorder) http.Handler {
	header, body, code := answer.Header(), bytes.Clone(answer.Body.Bytes()), answer.Code
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name, values := range header {
			h[name] = values
		}
		w.WriteHeader(code)
		_, _ = w.Write(body)
	})
}
