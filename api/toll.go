package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"depositary/api/gate"
	"depositary/api/problem"
	v1 "depositary/api/v1"
)

// toll is what an answer that is not kept costs: whether it passes the gate, in
// which class, and what it counts against the rate of its address.
type toll struct {
	gated bool
	class gate.Class
	rate  int
}

// tolls are those of the routes by their class of cost. Who records waits for the
// ledger and is bounded there; what takes as long as a reader stays is bounded
// where it is written.
var tolls = map[v1.Cost]toll{
	v1.CostView:   {true, gate.View, 1},
	v1.CostScan:   {true, gate.View, 2},
	v1.CostAssume: {true, gate.Assume, 8},
	v1.CostWrite:  {rate: 1},
	v1.CostBulk:   {rate: 1},
	v1.CostOpen:   {rate: 4},
	v1.CostFollow: {rate: 1},
	v1.CostProbe:  {},
}

// ofPages are those of pages.
var ofPages = map[gate.Class]toll{gate.View: {true, gate.View, 1}, gate.Assume: {true, gate.Assume, 8}, gate.Picture: {true, gate.Picture, 4}}

// enter lets a request through the limit of its address and the gate, or returns
// why not. Who has entered calls leave.
func (s *server) enter(ctx context.Context, address string, t toll) (leave func(), refused *problem.Problem) {
	if s.rate != nil && t.rate > 0 && !s.rate.AllowN(address, s.Now(), t.rate) {
		p := problem.New(http.StatusTooManyRequests, "rate", fmt.Sprintf("this address has asked for more than %g computed answers a second; what is kept is answered", s.RatePerSecond))
		p.RetryAfter = "1"
		return nil, p
	}
	if !t.gated {
		return func() {}, nil
	}
	leave, err := s.gate.Enter(ctx, address, t.class)
	if errors.Is(err, gate.ErrBusy) {
		return nil, busy()
	}
	if err != nil { // nobody is left to read it
		return nil, problem.Unavailable("the request ended before its answer")
	}
	return leave, nil
}

// tellRate tells a client how much of its bound is left, in the headers that
// draft-ietf-httpapi-ratelimit-headers-10 names.
func (s *server) tellRate(h http.Header, address string, t toll) {
	if s.rate == nil || t.rate == 0 {
		return
	}
	quota, window := s.rate.Policy()
	left, reset := s.rate.Left(address, s.Now())
	h.Set("RateLimit-Policy", fmt.Sprintf(`"address";q=%d;w=%d`, quota, window))
	h.Set("RateLimit", fmt.Sprintf(`"address";r=%d;t=%d`, left, reset))
}

func busy() *problem.Problem {
	p := problem.New(http.StatusServiceUnavailable, "busy", gate.ErrBusy.Error()+"; what is kept is answered")
	p.RetryAfter = "2"
	return p
}
