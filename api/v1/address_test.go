package v1

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections/notices"
)

func TestPublicAddress(t *testing.T) {
	for _, good := range []string{"", "https://depositary.example", "http://10.0.0.1:8480/", "https://example.org/treaties"} {
		require.NoError(t, CheckPublic(good), good)
	}
	for _, bad := range []string{"depositary.example", "ftp://x", "https://", "https://x/?a=b", "https://u:p@x", "https://x/#a", "\x00", "javascript:alert(1)"} {
		require.Error(t, CheckPublic(bad), bad)
	}
}

// These stand in messages that were sent: they stay.
func TestLinksOfNotices(t *testing.T) {
	n := notices.Notice{ID: notices.ID{Position: 812, N: 2}}
	require.Equal(t, notices.NoticeLinks{Self: "/v1/notices/812.2", Commit: "/v1/ledger/812"}, LinksOf(n))
	n.Treaty, n.Participant, n.Record = "XVIII-12-a", "DEU", domain.RecordID{Position: 811, N: 3}
	require.Equal(t, notices.NoticeLinks{Self: "/v1/notices/812.2", Commit: "/v1/ledger/812", Treaty: "/v1/treaties/XVIII-12-a", Participant: "/v1/participants/DEU",
		Record: "/v1/actions/811.3"}, LinksOf(n))
}
