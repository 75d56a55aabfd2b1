package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
)

func bundled(t testing.TB, day string) projections.Query {
	t.Helper()
	s := domaintest.Catalogue(t)
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

func who(m projections.Matrix) (ids []domain.ParticipantID) {
	for _, r := range m.Rows {
		ids = append(ids, r.Participant)
	}
	return ids
}

// Who has not: the members of a group begin the list, whatever they have done.
func TestGapsBeginFromTheParticipants(t *testing.T) {
	on := bundled(t, "2024-06-30")
	ask := func(show string, treaties []domain.TreatyID, groups ...domain.GroupID) projections.Matrix {
		m, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: treaties, Groups: groups, Show: show})
		require.NoError(t, err)
		return m
	}
	icmw := []domain.TreatyID{"IV-13"}

	eu := ask(projections.ShowGaps, icmw, "EU")
	require.Len(t, eu.Rows, 27, "no member of the European Union is a party to the ICMW")
	require.Equal(t, 27, eu.Of)

	oecd := ask(projections.ShowGaps, icmw, "OECD")
	require.Len(t, oecd.Rows, 34)
	require.Equal(t, 38, oecd.Of)
	for _, id := range []domain.ParticipantID{"CHL", "COL", "MEX", "TUR"} {
		require.NotContains(t, who(oecd), id)
	}
	require.Len(t, ask(projections.ShowAll, icmw, "OECD").Rows, 38, "a group has all its members")

	// Several groups at once have each member once; Luxembourg is in both.
	require.Len(t, ask(projections.ShowGaps, icmw, "OECD", "EU").Rows, 34+27-len(intersection(t, on, "OECD", "EU")))

	// With two treaties, all that lack one of them.
	two := ask(projections.ShowGaps, []domain.TreatyID{"IV-13", "C189"}, "OECD")
	require.Contains(t, who(two), domain.ParticipantID("TUR"), "Türkiye has not ratified C189")
	require.NotContains(t, who(two), domain.ParticipantID("MEX"))

	// Everybody: the States that exist, and no organization.
	all := ask(projections.ShowGaps, icmw)
	require.Contains(t, who(all), domain.ParticipantID("DEU"))
	require.NotContains(t, who(all), domain.ParticipantID("YUG"))
	require.NotContains(t, who(all), domain.ParticipantID("EUU"))
	require.NotContains(t, who(all), domain.ParticipantID("PHL"))
}

func intersection(t *testing.T, on projections.Query, a, b domain.GroupID) (ids []domain.ParticipantID) {
	t.Helper()
	ga, _ := on.State().Group(a, domain.Everything())
	gb, _ := on.State().Group(b, domain.Everything())
	for _, id := range ga.On(on.AsOf) {
		if gb.Has(id, on.AsOf) {
			ids = append(ids, id)
		}
	}
	require.NotEmpty(t, ids)
	return ids
}

func TestSignedAndNotRatified(t *testing.T) {
	on := bundled(t, "2024-06-30")
	m, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: []domain.TreatyID{"IV-13"}, Show: projections.ShowSigned})
	require.NoError(t, err)
	status, _ := projections.Status(on, "IV-13")
	require.Len(t, m.Rows, countOf(status, domain.Signatory))
	require.NotEmpty(t, m.Rows)

	of, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: []domain.TreatyID{"IV-13"}, Groups: []domain.GroupID{"EU"}, Show: projections.ShowSigned})
	require.NoError(t, err)
	require.Empty(t, of.Rows, "no member of the European Union has signed the ICMW")
}

func countOf(s projections.TreatyStatus, status domain.Status) (n int) {
	for _, row := range s.Rows {
		if row.Status == status {
			n++
		}
	}
	return n
}

// Where no act of a treaty is recorded, nobody can be said not to have consented.
func TestGapsOfATreatyWithoutActsAreNotKnown(t *testing.T) {
	l := domaintest.NewLedger(t, domain.NewState())
	domaintest.LoadDefinitions(l)
	l.Put("IV-13", domaintest.Act("PHL", domain.Accession, "1995-07-05"))
	l.Complete("IV-13")
	on := projections.QueryOf(l.State, domain.MustDate("2024-06-30"), eventstore.Position(l.State.Position()))
	_, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: []domain.TreatyID{"IV-11"}, Show: projections.ShowGaps})
	var unrecorded *projections.NotRecordedError
	require.ErrorAs(t, err, &unrecorded)
	require.Equal(t, "CRC", unrecorded.Short)

	m, err := projections.MatrixOf(on, projections.MatrixQuestion{Treaties: []domain.TreatyID{"IV-11", "IV-13"}, Groups: []domain.GroupID{"EU"}, Show: projections.ShowGaps})
	require.NoError(t, err)
	require.Len(t, m.NotKnown, 1)
	require.Equal(t, domain.TreatyID("IV-11"), m.NotKnown[0].ID)
	require.Equal(t, domain.ExtentNone, m.NotKnown[0].Coverage.Extent)
	require.Len(t, m.Rows, 27)
}

// Only who may become a party has a gap: the ICMW is open to States alone.
func TestGapsAreOfThoseAdmitted(t *testing.T) {
	on := bundled(t, "2024-06-30")
	eu, _ := on.State().Participant("EUU", domain.Everything())
	germany, _ := on.State().Participant("DEU", domain.Everything())
	for id, want := range map[domain.TreatyID]bool{"IV-13": false, "CETS197": true} {
		treaty, ok := on.State().Treaty(id, domain.Everything())
		require.True(t, ok)
		require.Equal(t, want, on.State().Admits(treaty, eu, on.AsOf), id)
		require.True(t, on.State().Admits(treaty, germany, on.AsOf), id)
	}
}

func TestMatrixRefusesWhatItCannotShow(t *testing.T) {
	on := bundled(t, "2024-06-30")
	for field, q := range map[string]projections.MatrixQuestion{"show": {Show: "holes"}, "group": {Groups: []domain.GroupID{"NOBODY"}}} {
		_, err := projections.MatrixOf(on, q)
		var input *projections.InputError
		require.ErrorAs(t, err, &input)
		require.Equal(t, field, input.Field)
	}
}
