package catalogue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
)

func TestCorridorsAreThePublishedTable(t *testing.T) {
	require.Equal(t, []string{"2024"}, catalogue.CorridorEditions())
	table, ok, err := catalogue.CorridorsOf("")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "2024", table.Edition)
	require.Equal(t, "CC BY 3.0 IGO", table.Licence)
	require.NotEmpty(t, table.Source)
	require.NotEmpty(t, table.Verification)
	require.Len(t, table.Pairs, 9340)
	require.Len(t, table.Areas, 232)

	// Sums of the source's pairs, and its totals of the world.
	known := map[int]uint64{}
	for _, p := range table.Pairs {
		require.NotEqual(t, p.Destination, p.Origin)
		for i, n := range p.People {
			known[table.Years[i]] += uint64(n)
		}
	}
	require.Equal(t, uint64(175_066_090), known[2005])
	require.Equal(t, uint64(281_873_569), known[2024])
	for i, year := range table.Years {
		require.Less(t, known[year], uint64(table.World[i]), "the pairs of %d leave out whose origin is not known", year)
	}
	require.Equal(t, uint32(304_021_813), table.World[len(table.World)-1])
}

// An area's code is a participant's id, or that of an area which is none: 34 of
// the table's areas are territories of the register, and one, the world, is none.
func TestAreasOfCorridorsAreParticipantsOrAreas(t *testing.T) {
	table, _, err := catalogue.CorridorsOf("2024")
	require.NoError(t, err)
	kinds := make(map[domain.ParticipantID]domain.ParticipantKind)
	for _, p := range load(t).Participants {
		kinds[p.ID] = p.Kind
	}
	count := map[domain.ParticipantKind]int{}
	footnotes := 0
	for _, a := range table.Areas {
		count[kinds[domain.ParticipantID(a.Code)]]++
		require.NotContains(t, a.Name, "*")
		if a.Footnote {
			footnotes++
		}
	}
	require.Equal(t, map[domain.ParticipantKind]int{domain.KindState: 197, domain.KindTerritory: 34, "": 1}, count)
	require.Equal(t, 44, footnotes)
}

func TestCorridorsOfAnEditionThatIsNotBundled(t *testing.T) {
	_, ok, err := catalogue.CorridorsOf("1999")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestEstimateForADayIsTheLatestBeforeIt(t *testing.T) {
	table, _, err := catalogue.CorridorsOf("2024")
	require.NoError(t, err)
	for day, want := range map[string]int{"2006-05-16": 2005, "2024-04-30": 2024, "2023-12-31": 2020, "1990-01-01": 1990} {
		d, err := domain.ParseDate(day)
		require.NoError(t, err)
		year, ok := table.YearFor(d)
		require.True(t, ok)
		require.Equal(t, want, year, day)
	}
	before, _ := domain.ParseDate("1989-12-31")
	_, ok := table.YearFor(before)
	require.False(t, ok)
}
