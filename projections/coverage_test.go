package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/whatif"
)

// partly is a ledger with nothing of the CRC, one act of the CAT, and a table of
// CEDAW as at 31 March 2015 in which Germany stands.
func partly(t *testing.T, asOf string) projections.Query {
	l := domaintest.NewLedger(t, domain.NewState())
	domaintest.LoadDefinitions(l)
	l.Put("IV-9", domaintest.Act("DEU", domain.Ratification, "1990-10-01"))
	l.Put("IV-8", domaintest.Act("DEU", domain.Ratification, "1985-07-10"))
	l.Apply("IV-8", &domain.CoverageStated{Coverage: domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate("2015-03-31"),
		Published: &domain.PublishedCounts{Signatories: 99, Parties: 189}}})
	return projections.QueryOf(l.State, domain.MustDate(asOf), eventstore.Position(l.State.Position()))
}

// Where nothing is recorded there are no counts, and no question is answered
// whose answer would be made of nothing.
func TestNothingRecordedMakesNoFigure(t *testing.T) {
	on := partly(t, "2026-02-03")
	s, ok := projections.Status(on, "IV-11")
	require.True(t, ok)
	require.True(t, s.Counts.IsZero())
	require.Equal(t, domain.ExtentNone, s.Treaty.Coverage.Extent)
	require.Equal(t, "No act is recorded; who has signed or consented is not known.", s.Treaty.Coverage.Says)
	for _, summary := range projections.Treaties(on) {
		if summary.ID == "IV-11" {
			require.Nil(t, summary.Parties)
		}
	}
	p, ok := projections.OfParticipation(on, "IV-11", "FRA")
	require.True(t, ok)
	require.Equal(t, domain.NotKnown, p.Status.Status)
	m, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: []domain.TreatyID{"IV-11", "IV-8"}})
	require.NoError(t, err)
	require.Equal(t, string(domain.NotKnown), m.Statuses[m.Rows[0].Cells[1]], "columns are in the order of chapters")

	var unrecorded *projections.NotRecordedError
	_, _, err = gap.Of(on, gap.Question{Treaty: "IV-11", Receiving: "top20"})
	require.ErrorAs(t, err, &unrecorded)
	_, _, err = projections.RelationsOf(on, "IV-11", "DEU")
	require.ErrorAs(t, err, &unrecorded)
	_, _, err = whatif.WhoNextOf(on, whatif.WhoNextQuestion{Treaty: "IV-11"})
	require.ErrorAs(t, err, &unrecorded)
}

// One act says something of its participant: the gap counts the others as not known.
func TestSomeActsLeaveTheRestNotKnown(t *testing.T) {
	on := partly(t, "2020-06-30")
	g, ok, err := gap.Of(on, gap.Question{Treaty: "IV-9", Receiving: "top20", Edition: "2020"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, domain.ExtentSome, g.Treaty.Coverage.Extent)
	require.Equal(t, 20, g.ReceivingNotKnown+g.NotParticipants+g.ReceivingBound+statusRows(g, domain.Contracting))
	require.Greater(t, g.NotKnownShare, 90.0)
	for _, region := range g.Regions {
		require.Zero(t, region.None, region.Name)
	}
}

func statusRows(g gap.Gap, status domain.Status) (n int) {
	for _, r := range g.Rows {
		if r.Status == status {
			n++
		}
	}
	return n
}

// A table as at a day speaks for everybody up to that day, and says that what
// came later is not recorded.
func TestTableAsAtADaySaysSo(t *testing.T) {
	before, after := partly(t, "2015-03-31"), partly(t, "2026-02-03")
	for _, c := range []struct {
		on       projections.Query
		complete bool
		says     string
	}{
		{before, true, "Acts recorded as at 31 March 2015."},
		{after, false, "Acts recorded as at 31 March 2015; what came later is not recorded."},
	} {
		s, _ := projections.Status(c.on, "IV-8")
		require.Equal(t, c.complete, s.Treaty.Coverage.Complete)
		require.Equal(t, c.says, s.Treaty.Coverage.Says)
		p, _ := projections.OfParticipation(c.on, "IV-8", "USA")
		require.Equal(t, domain.NoAction, p.Status.Status)
	}
	one, ok := projections.CoverageOfTreaty(after, "IV-8")
	require.True(t, ok)
	require.Equal(t, 1, *one.Recorded)
	require.Equal(t, 189, *one.Published)
	require.Len(t, one.Sources, 1)
}

// Of a participant the treaties are named of which it is not known what it did.
func TestParticipantNamesWhatIsNotKnown(t *testing.T) {
	s, ok := projections.OfParticipant(partly(t, "2026-02-03"), "FRA")
	require.True(t, ok)
	require.Empty(t, s.Rows)
	var short []string
	for _, treaty := range s.NotKnown {
		short = append(short, treaty.Short)
	}
	require.Contains(t, short, "CRC")
	require.Contains(t, short, "CAT")
	require.NotContains(t, short, "CEDAW")
}
