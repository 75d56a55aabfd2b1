package webhooks

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/notices"
)

var update = flag.Bool("update", false, "write the golden file anew")

// Receivers store what they get and compare it: the bytes of a message are frozen.
// To what stands in the golden file may be added; nothing in it is edited.
func TestBytesOfMessages(t *testing.T) {
	day := domain.MustDate
	n := notices.Notice{
		ID: notices.ID{Position: 812, N: 2}, Kind: notices.KindActionLearned, Title: "Germany: accession of 20 November 2026, now known (ICMW)",
		Date: day("2026-11-20"), Day: day("2026-11-24"), Recorded: time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC), AsAt: day("2026-11-21"), Backfill: true,
		Treaty: "IV-13", TreatyShort: "ICMW", Participant: "DEU", Name: "Germany", Groups: []domain.GroupID{"EU", "OECD"}, Of: "article 76",
		Before: notices.ChangeValue{Words: "none"}, After: notices.ChangeValue{Words: "accession <of> 20 November 2026 & more"}, Why: "the \"table\" says so", Article: "87(2)",
		Record: domain.RecordID{Position: 812, N: 1}, Source: &model.Provenance{Attestation: model.Attestation{Source: "C.N.1.2026", Verification: "verified"}},
		Coming: []notices.UpcomingDate{{Key: "IV-13/DEU/bound/812.1", Date: day("2027-03-01"), What: notices.UpcomingBound, Title: "Germany is bound by ICMW", Treaty: "IV-13", TreatyShort: "ICMW",
			Participant: "DEU", Name: "Germany", Why: "accession of 20 November 2026", Article: "87(2)", Record: domain.RecordID{Position: 812, N: 1}, Revision: 812}},
		Links: notices.NoticeLinks{Self: "/v1/notices/812.2", Commit: "/v1/ledger/812", Treaty: "/v1/treaties/IV-13", Participant: "/v1/participants/DEU", Record: "/v1/actions/812.1"},
	}
	fields := reflect.ValueOf(n)
	for i := range fields.NumField() {
		require.False(t, fields.Field(i).IsZero(), "the sample fills every member: %s", fields.Type().Field(i).Name)
	}
	s := &Service{Options: Options{Public: "https://depositary.example"}}
	full, err := s.tell("sub-1", n, notices.ID{Position: 811, N: 1})
	require.NoError(t, err)
	require.Equal(t, "sub-1_812.2", full.id)
	least, err := s.tell("sub-1", notices.Notice{ID: notices.ID{Position: 1, N: 1}, Kind: notices.KindTreatyDefined, Recorded: n.Recorded}, notices.ID{})
	require.NoError(t, err)
	got := string(full.body) + "\n" + string(least.body) + "\n"
	path := filepath.Join("testdata", "messages.ndjson")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
