package gap_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/gap"
)

func on(s *domain.State, day string) projections.Query {
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

// Each definition of receiving countries selects by another rule, and names it. No
// State of the European Union has ever been bound by the ICMW.
func TestDefinitionsOfReceivingCountries(t *testing.T) {
	query := on(domaintest.Migration(t), "2024-04-30")
	selected, shares := map[string]int{}, map[float64]bool{}
	for _, definition := range []string{"top5", "top20", "million", "share10", "high-income", "EU"} {
		g, ok, err := gap.Of(query, gap.Question{Treaty: "IV-13", Receiving: definition})
		require.NoError(t, err, definition)
		require.True(t, ok)
		require.Equal(t, definition, g.Definition.Name)
		require.NotEmpty(t, g.Definition.Meaning)
		require.NotEmpty(t, g.Definition.Source)
		require.Len(t, g.Rows, g.Receiving)
		selected[definition] = g.Receiving
		bound := 0
		for i, row := range g.Rows {
			require.Equal(t, row.Status.Bound(), row.Bound)
			if row.Bound {
				bound++
				require.False(t, row.Since.IsZero())
			} else if p, ok := query.State().Participant(row.Participant, domain.Everything()); ok && p.Kind == domain.KindState {
				require.Equal(t, row.Share, row.Gain, "%s", row.Name)
			}
			if i > 0 {
				require.LessOrEqual(t, row.Stock, g.Rows[i-1].Stock, "by stock")
			}
			switch definition {
			case "million":
				require.GreaterOrEqual(t, row.Stock, 1e6)
			case "EU":
				require.False(t, row.Bound, row.Name)
			}
		}
		require.Equal(t, bound, g.ReceivingBound)
		shares[g.CoveredShare] = true
	}
	require.Len(t, shares, 1, "the share of the world does not depend on the definition")
	require.Equal(t, 5, selected["top5"])
	require.Equal(t, 20, selected["top20"])
	require.Equal(t, 27, selected["EU"], "without the United Kingdom since 2020")
	require.Greater(t, selected["million"], 20)

	for _, wrong := range []string{"top0", "Atlantis", "share0"} {
		_, _, err := gap.Of(query, gap.Question{Treaty: "IV-13", Receiving: wrong})
		var input *projections.InputError
		require.ErrorAs(t, err, &input, wrong)
		require.Equal(t, "receiving", input.Field)
		require.Contains(t, input.Accepted, "top20")
	}
	_, ok, err := gap.Of(query, gap.Question{Treaty: "X-99"})
	require.NoError(t, err)
	require.False(t, ok)
}

// Signatories that have not consented stand in the order in which they have waited;
// Bangladesh, which signed in 1998, ratified on 24 August 2011 and waits no longer.
func TestSignatoriesThatAreAwaited(t *testing.T) {
	g, _, err := gap.Of(on(domaintest.Migration(t), "2024-04-30"), gap.Question{Treaty: "IV-13", Receiving: "top20"})
	require.NoError(t, err)
	require.NotEmpty(t, g.Awaiting)
	for i, row := range g.Awaiting {
		require.Equal(t, row.Signed.YearsUntil(domain.MustDate("2024-04-30")), row.Years)
		require.NotEqual(t, domain.ParticipantID("BGD"), row.Participant)
		if i > 0 {
			require.False(t, row.Signed.Before(g.Awaiting[i-1].Signed))
		}
	}
	states := 0
	for _, region := range g.Regions {
		states += region.Party + region.Consent + region.Signatory + region.None + region.NotKnown
	}
	require.Greater(t, states, 190, "every State of a regional group is counted once")
}

// The share grows from the day of entry into force, and on every day it is that of the gap.
func TestTheShareIsThatOfTheGap(t *testing.T) {
	state := domaintest.Migration(t)
	share, ok, err := gap.ShareOf(on(state, "2012-12-31"), "IV-13", "2024")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, domain.MustDate("2003-07-01"), share.Points[0].Date, "the day of entry into force")
	require.Equal(t, 21, share.Points[0].Parties)
	for i, p := range share.Points {
		require.Equal(t, "2024", p.Edition)
		require.False(t, p.Date.After(domain.MustDate("2012-12-31")))
		if i > 0 {
			require.True(t, p.Date.After(share.Points[i-1].Date))
		}
		if i%8 == 0 {
			g, _, err := gap.Of(on(state, p.Date.String()), gap.Question{Treaty: "IV-13", Receiving: "top20", Edition: "2024"})
			require.NoError(t, err)
			require.Equal(t, g.CoveredShare, p.Share, "%s", p.Date)
			require.Equal(t, g.Stock.Year, p.Year, "%s", p.Date)
		}
	}
	_, ok, err = gap.ShareOf(on(state, "2012-12-31"), "X-99", "")
	require.NoError(t, err)
	require.False(t, ok)
	_, _, err = gap.ShareOf(on(state, "2012-12-31"), "IV-13", "1900")
	require.ErrorContains(t, err, "no migrant stock of this edition")
}

// Before the first estimate there is no stock, and a reader can measure with another's.
func TestStock(t *testing.T) {
	state := domaintest.Migration(t)
	require.True(t, gap.HasStock(on(state, "2024-04-30")))
	require.False(t, gap.HasStock(on(state, "1980-01-01")))
	query := on(state, "2024-04-30")
	one, other := gap.NewReader(query, query.History("IV-13")), gap.NewReader(query, query.History("C097"))
	_, err := one.UseStock(gap.Question{Edition: "2020"})
	require.NoError(t, err)
	other.UseStockOf(one)
	require.Positive(t, one.StockOf("DEU"))
	require.Equal(t, one.StockOf("DEU"), other.StockOf("DEU"))
	require.Zero(t, one.StockOf("XXX"))
	require.Equal(t, 1.2346, gap.RoundPoints(1.23456))
}

// What is not known is left out, and not written as zero.
func TestWhatIsNotKnownIsNoZero(t *testing.T) {
	fields := func(v any) (m map[string]any) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &m))
		return m
	}
	known := fields(gap.Gap{})
	require.Contains(t, known, "coveredShare")
	require.Contains(t, known, "receivingBound")
	unknown := fields(gap.Gap{NotKnownShare: 12})
	require.NotContains(t, unknown, "coveredShare")
	require.NotContains(t, unknown, "receivingBound")
	require.Contains(t, fields(gap.RegionRow{}), "none")
	require.NotContains(t, fields(gap.RegionRow{NotKnown: 3}), "none")
	row := gap.GapRow{Of: "DNK", OfName: "Denmark", LimitedTo: []string{"Greenland"}, Excludes: []string{"Annex I"}}
	require.Equal(t, "belonged to Denmark on that day, whose status it has; bound for Greenland only; its stock is not counted as covered, as the table has no figure for a part; excludes Annex I", row.Marks())
	require.Empty(t, gap.GapRow{}.Marks())
}
