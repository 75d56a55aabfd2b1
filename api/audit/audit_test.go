package audit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/audit"
	"depositary/eventstore/storetest"
)

// What was done stands in the log in its order, and a question chooses from it.
func TestLog(t *testing.T) {
	now := time.Date(2026, 11, 29, 23, 59, 59, 0, time.UTC)
	bucket := storetest.NewBucket()
	log := audit.New(bucket, func() time.Time { return now })
	ctx := audit.From(t.Context(), "192.0.2.7")
	for _, kind := range []audit.Kind{audit.SignedIn, audit.TokenMade, audit.SignedOut} {
		require.NoError(t, log.Write(ctx, audit.Entry{Actor: "anna@secretariat", Kind: kind, Subject: "t-1"}))
	}
	now = now.Add(48 * time.Hour) // in another month
	require.NoError(t, log.Write(ctx, audit.Entry{Actor: "ben@secretariat", Kind: audit.Approved, From: "198.51.100.1"}))

	kinds := func(q audit.Question) (kinds []audit.Kind) {
		entries, err := log.Entries(t.Context(), q)
		require.NoError(t, err)
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		return kinds
	}
	all := []audit.Kind{audit.Approved, audit.SignedOut, audit.TokenMade, audit.SignedIn}
	require.Equal(t, all, kinds(audit.Question{}), "the newest first, also of one instant")
	require.Equal(t, all[:2], kinds(audit.Question{Limit: 2}))
	require.Equal(t, all[1:], kinds(audit.Question{Actor: "anna@secretariat"}))
	require.Equal(t, all[2:3], kinds(audit.Question{Kind: audit.TokenMade}))
	require.Equal(t, all[:1], kinds(audit.Question{Since: now}))
	require.Equal(t, all[1:], kinds(audit.Question{Until: now}))
	entries, err := log.Entries(t.Context(), audit.Question{})
	require.NoError(t, err)
	require.Equal(t, "198.51.100.1", entries[0].From, "an address that is given stays")
	require.Equal(t, "192.0.2.7", entries[1].From)
	require.Equal(t, now, entries[0].At)

	// What cannot be read is no gap that passes unseen.
	_, err = bucket.Put(t.Context(), "2026-12.broken", []byte("{"), 0)
	require.NoError(t, err)
	_, err = log.Entries(t.Context(), audit.Question{})
	require.ErrorContains(t, err, "2026-12.broken is no entry")
}

// A program without a log writes none, and finds none.
func TestNoLog(t *testing.T) {
	var log *audit.Log
	require.NoError(t, log.Write(t.Context(), audit.Entry{Kind: audit.SignedIn}))
	entries, err := log.Entries(t.Context(), audit.Question{})
	require.NoError(t, err)
	require.Empty(t, entries)
}
