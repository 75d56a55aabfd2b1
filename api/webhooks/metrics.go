package webhooks

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what is sent.
type metrics struct {
	attempts *prometheus.CounterVec
	seconds  prometheus.Histogram
	parked   prometheus.Counter
	disabled prometheus.Counter
}

func newMetrics(to prometheus.Registerer) *metrics {
	m := &metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "depositary_webhook_attempts_total", Help: "Requests to subscribers by purpose and outcome."}, []string{"purpose", "outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "depositary_webhook_attempt_seconds", Help: "Duration of requests to subscribers.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15}}),
		parked:   prometheus.NewCounter(prometheus.CounterOpts{Name: "depositary_webhook_parked_total", Help: "Notices that were not taken within the schedule of retries."}),
		disabled: prometheus.NewCounter(prometheus.CounterOpts{Name: "depositary_webhook_disabled_total", Help: "Subscriptions that were disabled."}),
	}
	if to != nil {
		to.MustRegister(m.attempts, m.seconds, m.parked, m.disabled)
	}
	return m
}

func (m *metrics) attempt(purpose, outcome string, took time.Duration) {
	m.attempts.WithLabelValues(purpose, outcome).Inc()
	m.seconds.Observe(took.Seconds())
}
