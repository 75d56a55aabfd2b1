package apitest

import (
	"sync"
	"time"

	"depositary/domain"
)

// Clock is a clock that a test sets. It stands still until Run is called.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	runs  time.Time // the machine's time at Run; zero: it stands still
	fails bool
	left  int // readings before it fails
}

// NewClock returns a clock at noon UTC of a day.
func NewClock(day string) *Clock {
	d := domain.MustDate(day)
	return ClockAt(time.Date(d.Year(), time.Month(d.Month()), d.Day(), 12, 0, 0, 0, time.UTC))
}

// ClockAt returns a clock at an instant.
func ClockAt(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails {
		if c.left == 0 {
			panic("the clock stands still")
		}
		c.left--
	}
	if c.runs.IsZero() {
		return c.now
	}
	return c.now.Add(time.Since(c.runs))
}

// Run lets the clock run from where it stands.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs.IsZero() {
		c.runs = time.Now()
	}
}

// Advance puts the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// FailAfter makes the clock panic after some readings; never where negative.
func (c *Clock) FailAfter(readings int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.left = readings >= 0, readings
}
