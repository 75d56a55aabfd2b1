package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"depositary/api/auth"
	v1 "depositary/api/v1"
)

// inMemory carries requests to a handler in this process, on behalf of whom
// the data folder belongs to. Answers are streamed, however long they are.
type inMemory struct {
	handler  http.Handler
	identity auth.Identity
}

// RoundTrip implements http.RoundTripper.
func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	inner := r.Clone(v1.WithIdentity(r.Context(), m.identity))
	inner.RequestURI = r.URL.RequestURI()
	inner.Host = r.URL.Host
	inner.RemoteAddr = "in-process:0"
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	body, w := io.Pipe()
	answer := &pipedAnswer{header: http.Header{}, body: w, begun: make(chan struct{})}
	go answer.run(m.handler, inner)
	select {
	case <-answer.begun:
	case <-r.Context().Done():
		_ = body.Close()
		return nil, r.Context().Err()
	}
	return &http.Response{Status: fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status)), StatusCode: answer.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answer.sent, Body: body, ContentLength: -1, Request: r}, nil
}

// pipedAnswer is the handler's side of an answer.
type pipedAnswer struct {
	header http.Header
	body   *io.PipeWriter

	once   sync.Once
	begun  chan struct{} // closed when status and sent are set
	status int
	sent   http.Header
}

func (p *pipedAnswer) run(handler http.Handler, r *http.Request) {
	defer func() {
		if cause := recover(); cause != nil { // the handler gave up in the middle
			p.WriteHeader(http.StatusInternalServerError)
			_ = p.body.CloseWithError(io.ErrUnexpectedEOF)
			return
		}
		p.WriteHeader(http.StatusOK)
		_ = p.body.Close()
	}()
	handler.ServeHTTP(p, r)
}

// Header implements http.ResponseWriter.
func (p *pipedAnswer) Header() http.Header { return p.header }

// WriteHeader implements http.ResponseWriter.
func (p *pipedAnswer) WriteHeader(status int) {
	p.once.Do(func() {
		p.status, p.sent = status, p.header.Clone()
		close(p.begun)
	})
}

// Write implements http.ResponseWriter.
func (p *pipedAnswer) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}
