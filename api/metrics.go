package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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
