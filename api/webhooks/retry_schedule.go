package webhooks

import (
	"math/rand/v2"
	"time"
)

// Schedule is the waits between the attempts at one notice: eleven attempts
// within some three days, so that a receiver may be away for a weekend.
var Schedule = []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 18 * time.Hour, 22 * time.Hour,
}

// jitter is which part of a wait is added at most, so that those that failed
// together do not come back together.
const jitter = 0.1

// nextTry says when a notice is tried again after so many attempts, no sooner
// than the receiver asks for; false where the schedule is exhausted.
func nextTry(waits []time.Duration, attempts int, now time.Time, asked time.Duration) (time.Time, bool) {
	if attempts > len(waits) {
		return time.Time{}, false
	}
	wait := waits[attempts-1]
	wait += time.Duration(rand.Float64() * jitter * float64(wait))
	return now.Add(max(wait, asked)), true
}
