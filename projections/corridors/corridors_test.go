package corridors_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/corridors"
)

func query(t testing.TB, day string) projections.Query {
	t.Helper()
	s := domaintest.Catalogue(t)
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

func of(t testing.TB, on projections.Query, q corridors.Question) corridors.Corridors {
	t.Helper()
	c, ok, err := corridors.Of(on, q)
	require.NoError(t, err)
	require.True(t, ok)
	return c
}

// Known shares of the ICMW, in force in both, in the destination (and perhaps in
// both), and in the origin only: on the day of the United Nations' statement, and on
// the day as at which its bundled table ends.
func TestKnownShares(t *testing.T) {
	for _, c := range []struct {
		day                       string
		year                      int
		both, destination, origin float64
		known, world              uint64
	}{
		{"2006-05-16", 2005, 0.55, 4.51, 23.34, 175_066_090, 192_788_721},
		{"2024-04-30", 2024, 7.93, 13.71, 27.56, 281_873_569, 304_021_813},
	} {
		got := of(t, query(t, c.day), corridors.Question{Treaty: "IV-13"})
		require.Equal(t, c.year, got.Table.Year)
		require.Equal(t, "2024", got.Table.Edition)
		require.Equal(t, c.known, got.Table.Known)
		require.Equal(t, c.world, got.Table.World)
		require.Equal(t, c.world-c.known, got.Table.LeftOut)
		require.InDelta(t, c.both, got.Shares.Both.Share, 0.005)
		require.InDelta(t, c.destination, got.Shares.Both.Share+got.Shares.Destination.Share, 0.005)
		require.InDelta(t, c.origin, got.Shares.Origin.Share, 0.005)
		require.Zero(t, got.Shares.NotKnown.People)
		require.Equal(t, c.known, got.Shares.Both.People+got.Shares.Destination.People+got.Shares.Origin.People+got.Shares.Neither.People)
		require.NotEmpty(t, got.Table.Source)
	}
}

// The same, computed another way: from the file's lines, and from who is bound by
// the ledger, without the projection.
func TestSharesAgreeWithTheFile(t *testing.T) {
	const folder = "../../domain/catalogue/corridors/2024"
	head, err := os.ReadFile(folder + ".json")
	require.NoError(t, err)
	var areas struct {
		Areas []struct {
			Code string
			M49  int
		}
	}
	require.NoError(t, json.Unmarshal(head, &areas))
	codes := map[string]string{}
	for _, a := range areas.Areas {
		codes[strconv.Itoa(a.M49)] = a.Code
	}
	file, err := os.Open(folder + ".csv.gz")
	require.NoError(t, err)
	defer file.Close()
	lines, err := gzip.NewReader(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(lines).ReadAll()
	require.NoError(t, err)

	for day, year := range map[string]string{"2012-01-01": "2010", "2016-02-29": "2015", "2024-04-30": "2024"} {
		for _, treaty := range []domain.TreatyID{"IV-13", "C097", "C189"} {
			on := query(t, day)
			bound := map[string]bool{}
			for _, c := range on.History(treaty).Courses {
				bound[string(c.Participant)] = c.On(on.AsOf).Status.Bound()
			}
			column := 0
			for i, name := range rows[0] {
				if name == year {
					column = i
				}
			}
			var both, destination, origin, total uint64
			for _, row := range rows[1:] {
				n, err := strconv.ParseUint(row[column], 10, 64)
				require.NoError(t, err)
				total += n
				switch d, o := bound[codes[row[0]]], bound[codes[row[1]]]; {
				case d && o:
					both += n
				case d:
					destination += n
				case o:
					origin += n
				}
			}
			got := of(t, on, corridors.Question{Treaty: treaty})
			require.Equal(t, []uint64{both, destination, origin, total}, []uint64{got.Shares.Both.People, got.Shares.Destination.People, got.Shares.Origin.People, got.Table.Known}, "%s on %s", treaty, day)
			require.Equal(t, math.Round(float64(both)/float64(total)*1e6)/1e4, got.Shares.Both.Share)
		}
	}
}

// Mexico: eleven million people, nearly all of them in a country that is not bound.
func TestOfMexico(t *testing.T) {
	on := query(t, "2024-04-30")
	m, ok, err := corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "IV-13"}, Origin: "MEX"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, domain.Party, m.Origin.Status)
	require.Equal(t, domain.ParticipantID("USA"), m.Rows[0].Destination.ID)
	require.Equal(t, corridors.Origin, m.Rows[0].Force)
	require.Greater(t, m.People, uint64(11_000_000))
	require.Less(t, m.People, uint64(12_000_000))
	require.Zero(t, m.Shares.Destination.People, "Mexico is bound, so where the destination is, both are")
	require.Equal(t, m.People, m.Shares.Both.People+m.Shares.Origin.People)

	require.Equal(t, domain.ParticipantID("USA"), m.Next[0].Destination.ID)
	require.Equal(t, m.Rows[0].Share, m.Next[0].Gain)
	require.InDelta(t, m.Shares.Both.Share+m.Next[0].Gain, m.Next[0].Together, 0.0002)
	for _, n := range m.Next {
		require.False(t, n.Destination.Status.Consenting())
		require.NotEqual(t, corridors.NotAParticipant, n.Destination.Status)
	}
}

func TestSupposedRatificationCoversWhatItShould(t *testing.T) {
	on := query(t, "2024-04-30")
	m, _, err := corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "IV-13", Ratify: []domain.ParticipantID{"USA"}}, Origin: "MEX"})
	require.NoError(t, err)
	require.NotNil(t, m.Supposed)
	require.True(t, m.Supposed.Settled.After(on.AsOf), "the Convention enters into force for it on the first of the fourth month")
	require.Equal(t, m.Supposed.Before.Both.People+m.Rows[0].People, m.Supposed.After.Both.People)
	require.InDelta(t, m.Next[0].Together, m.Supposed.After.Both.Share, 0.5)
}

func TestPairWithWhatIsInForceBetweenThem(t *testing.T) {
	on := query(t, "2024-04-30")
	p, ok, err := corridors.OfPair(on, corridors.PairQuestion{Origin: "BOL", Destination: "ARG"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Greater(t, p.People, uint64(100_000))
	require.Len(t, p.Years, 8)
	require.Equal(t, p.People, p.Years[7].People)
	var icmw corridors.PairTreaty
	for _, row := range p.Treaties {
		if row.Treaty.ID == "IV-13" {
			icmw = row
		}
		require.NotEqual(t, corridors.NotKnown, row.Force)
	}
	require.Equal(t, corridors.Both, icmw.Force)
	require.NotNil(t, icmw.Relation)
	require.True(t, icmw.Relation.InForce)

	_, _, err = corridors.OfPair(on, corridors.PairQuestion{Origin: "BOL", Destination: "BOL"})
	require.Error(t, err)
	_, ok, err = corridors.OfPair(on, corridors.PairQuestion{Origin: "BOL", Destination: "XXX"})
	require.NoError(t, err)
	require.False(t, ok)
}

// An area that is no participant cannot be bound, and stays its own.
func TestAreasThatAreNoParticipants(t *testing.T) {
	on := query(t, "2024-04-30")
	c := of(t, on, corridors.Question{Treaty: "IV-13", Limit: 1000})
	require.Positive(t, c.NoParticipant.People)
	seen := false
	for _, row := range c.Largest {
		if row.Destination.ID == "HKG" {
			seen = true
			require.Equal(t, corridors.NotAParticipant, row.Destination.Status)
			require.NotContains(t, []corridors.Force{corridors.Both, corridors.Destination}, row.Force)
		}
	}
	require.True(t, seen)
	for i, row := range c.Largest[1:] {
		require.LessOrEqual(t, row.People, c.Largest[i].People)
	}
}

// Where no act of a treaty is recorded, nothing is said of any corridor; where only
// some are, of none that they do not decide.
func TestTreatyWithoutActsIsNotKnown(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Do(&domain.Define{Treaty: &domain.Treaty{ID: "TEST", Short: "TEST", Title: "A treaty of which no act is recorded"}})
	on := projections.QueryOf(l.State, domain.MustDate("2024-04-30"), eventstore.Position(l.State.Position()))
	var unrecorded *projections.NotRecordedError
	_, _, err := corridors.Of(on, corridors.Question{Treaty: "TEST"})
	require.ErrorAs(t, err, &unrecorded)
	_, _, err = corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "TEST"}, Origin: "MEX"})
	require.ErrorAs(t, err, &unrecorded)

	l.Put("TEST", domaintest.Act("DEU", domain.Signature, "2000-01-01"))
	on = projections.QueryOf(l.State, domain.MustDate("2024-04-30"), eventstore.Position(l.State.Position()))
	c := of(t, on, corridors.Question{Treaty: "TEST"})
	require.True(t, c.Shares.Both.IsZero() && c.Shares.Destination.IsZero() && c.Shares.Origin.IsZero(), "absent, not 0")
	require.Equal(t, corridors.NotKnown, c.Largest[0].Force)
	m, _, err := corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "TEST"}, Origin: "MEX"})
	require.NoError(t, err)
	require.Equal(t, m.People, m.Shares.NotKnown.People+m.Shares.Neither.People)
}

// In 1991 the territory of today's Ukraine, a participant then, and of today's
// Slovakia were at one State each; the status is that State's of the day.
func TestAreaOfTheDay(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put("C097", domaintest.Act("CSK", domain.Ratification, "1960-01-01"))
	on := projections.QueryOf(l.State, domain.MustDate("1991-06-01"), eventstore.Position(l.State.Position()))
	m, ok, err := corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "C097"}, Origin: "SVK"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 1990, m.Table.Year)
	require.Equal(t, l.State.History("C097", domain.Axes{AsOf: on.AsOf}).Course("CSK").On(on.AsOf).Status, m.Origin.Status)
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	on := query(t, "2024-04-30")
	for field, q := range map[string]corridors.Question{"edition": {Treaty: "IV-13", Edition: "1066"}, "year": {Treaty: "IV-13", Year: 2006}, "limit": {Treaty: "IV-13", Limit: 5000}} {
		_, _, err := corridors.Of(on, q)
		var input *projections.InputError
		require.ErrorAs(t, err, &input)
		require.Equal(t, field, input.Field)
	}
	_, ok, err := corridors.Of(on, corridors.Question{Treaty: "NONE"})
	require.NoError(t, err)
	require.False(t, ok)
	_, _, err = corridors.Of(on.OnDay(domain.MustDate("1980-01-01")), corridors.Question{Treaty: "IV-13"})
	require.ErrorContains(t, err, "begins after")
}

func BenchmarkCorridors(b *testing.B) {
	on := query(b, "2024-04-30")
	_, _, _ = corridors.Of(on, corridors.Question{Treaty: "IV-13"})
	b.Run("treaty", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = corridors.Of(on, corridors.Question{Treaty: "IV-13"})
		}
	})
	b.Run("origin", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = corridors.OfOrigin(on, corridors.OriginQuestion{Question: corridors.Question{Treaty: "IV-13"}, Origin: "MEX"})
		}
	})
	b.Run("pair", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = corridors.OfPair(on, corridors.PairQuestion{Origin: "BOL", Destination: "ARG"})
		}
	})
}
