package api

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/auth"
	"depositary/api/problem"
)

const metricsPath = "/metrics"

// metrics counts what the door does.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(o Options) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "depositary_http_requests_total", Help: "Requests by method and status."}, []string{"method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "depositary_http_request_seconds", Help: "Duration of requests by method.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"method"}),
	}
	o.Metrics.MustRegister(m.requests, m.seconds,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "depositary_position", Help: "Position of the views."},
			func() float64 { return float64(o.Projection.Current().Position) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "depositary_lag", Help: "Commits that the views are behind."},
			func() float64 { return float64(o.Lag()) }))
	return m
}

// request counts a request. How long a stream lasted is its reader's affair.
func (m *metrics) request(method string, status int, took time.Duration, stream bool) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, strconv.Itoa(status)).Inc()
	if !stream {
		m.seconds.WithLabelValues(method).Observe(took.Seconds())
	}
}

// guarded answers who asks from this machine itself, and who operates: metrics
// tell how much is written and by how many it is read.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ofThisMachine(r) {
			next.ServeHTTP(w, r)
			return
		}
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		who, err := s.Tokens.Check(token)
		switch {
		case err != nil:
			problem.Write(w, problem.Auth(http.StatusUnauthorized, "metrics need a token, but from this machine itself", "a token with the role operate in the header Authorization: Bearer …"))
		case !who.May(auth.Operate):
			problem.Write(w, problem.Auth(http.StatusForbidden, "the token of "+who.Actor+" does not allow this", "a token with the role operate"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ofThisMachine reports whether a request comes from this machine, and through no
// proxy on it.
func (s *server) ofThisMachine(r *http.Request) bool {
	ip := net.ParseIP(hostOf(r.RemoteAddr))
	return ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
