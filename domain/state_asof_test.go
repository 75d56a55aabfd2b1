package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// What a state says of the past is what its histories say on the same axes.
func TestPastAgreesWithTheAxes(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	first := l.Record(icmw, act("DEU", domain.Accession, "2020-01-10"))[0]
	l.Do(&domain.CorrectAction{Treaty: icmw, Record: first, Action: act("DEU", domain.Accession, "2019-01-10"), Reason: "the receipt bears another day"})
	second := l.Record(icmw, act("FRA", domain.Accession, "2021-05-05"))[0]
	l.Annul(icmw, second)
	for _, axes := range []domain.Axes{{}, {ReceivedBy: domain.MustDate("2004-01-01")}, {ReceivedBy: domain.MustDate("2019-06-30")},
		{KnownAt: domain.UpTo(first.Position)}, {KnownAt: domain.UpTo(second.Position)}, {KnownAt: domain.UpTo(second.Position), ReceivedBy: domain.MustDate("2020-01-01")}} {
		past := l.State.Past(axes, icmw)
		want, got := l.State.History(icmw, axes), past.History(icmw, domain.Axes{})
		require.Equal(t, len(want.Courses), len(got.Courses), axes)
		for i, c := range want.Courses {
			require.Equal(t, c.Standings, got.Courses[i].Standings, "%v %s", axes, c.Participant)
		}
	}
	require.Nil(t, l.State.Past(domain.Axes{KnownAt: domain.UpTo(1)}, icmw).History(icmw, domain.Axes{}), "the treaty was not known")
	require.Equal(t, []domain.TreatyID{"XVIII-12", "XVIII-12-a", "XVIII-12-b", "XVIII-12-c"}, l.State.Families("XVIII-12-b"))
}

// Of several sources the one of the highest rank holds, also in the past.
func TestPastKeepsWhatSourcesContradict(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	compiled := act("DEU", domain.Accession, "2020-01-10")
	compiled.Provenance = &domain.Provenance{Rank: domain.RankCompilation}
	record := l.Put(icmw, compiled)[0]
	l.Apply(icmw, &domain.ActionContested{Record: record, Action: act("DEU", domain.Accession, "2018-01-10"), Reason: "the depositary's own"})
	past := l.State.Past(domain.Axes{ReceivedBy: domain.MustDate("2025-01-01")}, icmw).History(icmw, domain.Axes{}).Course("DEU")
	require.Equal(t, "2018-01-10", past.Acts[0].Action().Date.String())
	require.Len(t, past.Acts[0].Contested, 1)
}

// What is needed is told for each way, and only those that count add to it.
func TestNeeds(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	day := domain.MustDate("2010-01-01")
	candidates := []domain.ParticipantID{"DEU", "FRA", "USA", "EUU"}
	needs := l.History("ETS185").Needs(day, candidates) // 5 consents of which 3 from the Council of Europe
	require.Len(t, needs, 1)
	require.Len(t, needs[0], 2)
	require.Equal(t, 5.0, needs[0][0].Missing)
	require.Equal(t, map[domain.ParticipantID]float64{"DEU": 1, "FRA": 1, "USA": 1}, needs[0][0].Adds)
	require.Equal(t, 3.0, needs[0][1].Missing)
	require.Equal(t, map[domain.ParticipantID]float64{"DEU": 1, "FRA": 1}, needs[0][1].Adds)

	needs = l.History("I-1").Needs(day, candidates) // permanent members, and a majority of the signatories
	require.Equal(t, map[domain.ParticipantID]float64{"FRA": 1, "USA": 1}, needs[0][0].Adds)

	needs = l.History(paris).Needs(day, candidates) // 55 consents, and a share of a table that is not held
	require.NotEmpty(t, needs[0][1].Unknown)
	require.Nil(t, l.History(icmw).NeedsOf("99", day, candidates))
	require.Equal(t, 10.0, l.History(icmw).NeedsOf("76", day, candidates)[0][0].Missing)
}
