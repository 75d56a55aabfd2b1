package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLimiter(0.5, 2)
	for range 3 {
		require.True(t, l.Within("192.0.2.1:1", now), "asking counts nothing")
	}
	require.True(t, l.Allow("192.0.2.1:1", now))
	require.True(t, l.Allow("192.0.2.1:2", now))
	require.False(t, l.Within("192.0.2.1:3", now))
	require.False(t, l.Allow("192.0.2.1:3", now))
	require.True(t, l.Allow("192.0.2.2:1", now), "another address")
	now = now.Add(2 * time.Second)
	require.True(t, l.Allow("192.0.2.1:1", now))
	require.False(t, l.Allow("192.0.2.1:1", now))

	// An address that has its whole bound again is forgotten, and no sooner.
	now = now.Add(time.Hour)
	require.True(t, l.Allow("192.0.2.3:1", now))
	require.Len(t, l.buckets, 1)
	slow := NewLimiter(1.0/3600, 1)
	require.True(t, slow.Allow("192.0.2.1:1", now))
	require.True(t, slow.Allow("192.0.2.2:1", now.Add(2*time.Minute)))
	require.False(t, slow.Allow("192.0.2.1:1", now.Add(3*time.Minute)))
}

// One customer has a network of 64 bits: it counts as one address.
func TestHostOf(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "odd": "odd",
	} {
		require.Equal(t, want, HostOf(address), address)
	}
}
