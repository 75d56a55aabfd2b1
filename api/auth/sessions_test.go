package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/auth"
)

func TestSessions(t *testing.T) {
	now := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	var sessions auth.Sessions
	_, ok := sessions.Find("", now)
	require.False(t, ok)
	first := sessions.Begin(auth.Session{Digest: "a", Until: now.Add(time.Hour)}, now)
	second := sessions.Begin(auth.Session{Digest: "b", Until: now.Add(2 * time.Hour)}, now)
	require.NotEqual(t, first, second)
	session, ok := sessions.Find(second, now)
	require.True(t, ok)
	require.Equal(t, "b", session.Digest)

	_, ok = sessions.Find(first, now.Add(time.Hour))
	require.False(t, ok, "its time is over")
	sessions.End(second)
	_, ok = sessions.Find(second, now)
	require.False(t, ok)

	// With too many, the one that ends first goes.
	for i := range 10_000 {
		sessions.Begin(auth.Session{Until: now.Add(time.Duration(i+10) * time.Hour)}, now)
	}
	short := sessions.Begin(auth.Session{Until: now.Add(time.Minute)}, now)
	_, ok = sessions.Find(short, now)
	require.True(t, ok)
	sessions.Begin(auth.Session{Until: now.Add(time.Hour)}, now)
	_, ok = sessions.Find(short, now)
	require.False(t, ok)
}
