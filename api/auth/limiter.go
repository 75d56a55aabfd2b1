package auth

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter bounds each address by itself. Addresses that have been quiet for a
// while are forgotten. It is safe for concurrent use.
type Limiter struct {
	perSecond rate.Limit
	burst     int

	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

// NewLimiter returns a limiter of so many times a second on the long run, and up to
// burst at once.
func NewLimiter(perSecond float64, burst int) *Limiter {
	return &Limiter{perSecond: rate.Limit(perSecond), burst: max(burst, 1), buckets: make(map[string]*bucket)}
}

// Allow counts one time, and reports whether it is within the bound. The address is
// that of a request, with its port.
func (l *Limiter) Allow(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(address, now).AllowN(now, 1)
}

// AllowN counts so many times at once, and reports whether they are within the bound.
func (l *Limiter) AllowN(address string, now time.Time, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(address, now).AllowN(now, n)
}

// Left returns how many times an address may still have at once, and in how many
// seconds it has its whole bound again. It counts none.
func (l *Limiter) Left(address string, now time.Time) (left, seconds int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := max(l.bucket(address, now).TokensAt(now), 0)
	return int(tokens), int(math.Ceil((float64(l.burst) - tokens) / float64(l.perSecond)))
}

// Policy returns how many times an address may have in how many seconds: all at
// once, after it had none for that long.
func (l *Limiter) Policy() (burst, seconds int) {
	return l.burst, int(math.Ceil(float64(l.burst) / float64(l.perSecond)))
}

// Within reports whether one time more would be allowed, and counts none.
func (l *Limiter) Within(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(address, now).TokensAt(now) >= 1
}

func (l *Limiter) bucket(address string, now time.Time) *bucket {
	l.sweep(now)
	host := HostOf(address)
	b, ok := l.buckets[host]
	if !ok {
		b = &bucket{Limiter: rate.NewLimiter(l.perSecond, l.burst)}
		l.buckets[host] = b
	}
	b.used = now
	return b
}

// sweep forgets, once a minute, who has all of his bound again.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) <= time.Minute {
		return
	}
	for h, b := range l.buckets {
		if now.Sub(b.used) > time.Minute && b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, h)
		}
	}
	l.swept = now
}

// HostOf returns what counts as one address: of IPv6 the network of 64 bits,
// which is what one customer has.
func HostOf(address string) string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return address
	}
	a := ap.Addr().Unmap().WithZone("")
	if a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}
