package gap_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/gap"
)

// stockOf2005 reads the migrants of 2005 by area from the published table of an
// edition.
func stockOf2005(t *testing.T, path ...string) map[string]float64 {
	t.Helper()
	file, err := os.Open(domaintest.Whole(t, path...))
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	stock := make(map[string]float64)
	for _, row := range rows[1:] {
		if row[3] == "2005" {
			stock[row[0]], err = strconv.ParseFloat(row[4], 64)
			require.NoError(t, err)
		}
	}
	return stock
}

// On 16 May 2006, the day of the statement of the United Nations, 4.51 % of the
// world's migrants lived in a State that was bound, by the edition 2020 of the
// stock, and 4.42 % by that of 2024, which has revised the years before. Both
// are added up here from the published tables.
func TestTheGapByEachEditionOfTheStock(t *testing.T) {
	state, day := domaintest.Migration(t), domain.MustDate("2006-05-16")
	history := state.History("IV-13", domain.Axes{})
	for _, tt := range []struct {
		asked, edition string
		file           []string
		percent        float64
	}{
		{"2020", "2020", []string{"reference", "migrant_stock.csv"}, 4.51},
		{"2024", "2024", []string{"facts", "migrant_stock_2024.csv"}, 4.42},
		{"", "2024", []string{"facts", "migrant_stock_2024.csv"}, 4.42},
	} {
		t.Run("edition "+tt.asked, func(t *testing.T) {
			answer, ok, err := gap.Of(projections.QueryOf(state, day, eventstore.Position(state.Position())), gap.Question{Treaty: "IV-13", Receiving: "top20", Edition: tt.asked})
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, tt.edition, answer.Stock.Edition)
			require.Equal(t, 2005, answer.Stock.Year)
			require.InDelta(t, tt.percent, answer.CoveredShare, 0.005)
			require.Zero(t, answer.ReceivingBound)

			stock, bound := stockOf2005(t, tt.file...), 0.0
			for area, migrants := range stock {
				if history.Course(domain.ParticipantID(area)).On(day).Status.Bound() {
					bound += migrants
				}
			}
			require.InDelta(t, 100*bound/stock["WLD"], answer.CoveredShare, 1e-4, "%.0f of %.0f", bound, stock["WLD"])
		})
	}
	_, _, err := gap.Of(projections.QueryOf(state, day, eventstore.Position(state.Position())), gap.Question{Treaty: "IV-13", Edition: "1900"})
	var wrong *projections.InputError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "edition", wrong.Field)
}
