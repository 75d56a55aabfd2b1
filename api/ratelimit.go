package api

import (
	"fmt"
	"net/http"

	"depositary/api/auth"
	"depositary/api/problem"
)

// limited bounds the rate of requests of one address. Addresses that have not
// asked for a while are forgotten.
func (s *server) limited(next http.Handler) http.Handler {
	if s.RatePerSecond <= 0 {
		return next
	}
	limiter := auth.NewLimiter(s.RatePerSecond, s.Burst)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !limiter.Allow(r.RemoteAddr, s.Now()) {
			p := problem.New(http.StatusTooManyRequests, "rate", fmt.Sprintf("more than %g requests a second from this address", s.RatePerSecond))
			p.RetryAfter = "1"
			problem.Write(w, p)
			return
		}
		next.ServeHTTP(w, r)
	})
}
