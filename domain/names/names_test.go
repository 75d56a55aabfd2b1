package names_test

import (
	"encoding/csv"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/names"
)

// The tables of names are made of the corrections; each says what it rests on.
func TestCorrectionsAreInTheNames(t *testing.T) {
	file, err := os.Open("corrections.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"id", "language", "from", "until", "name", "source"}, rows[0])
	for i, row := range rows[1:] {
		own := names.Name{Name: row[4]}
		require.NoError(t, own.From.UnmarshalText([]byte(row[2])))
		require.NoError(t, own.Until.UnmarshalText([]byte(row[3])))
		require.True(t, slices.ContainsFunc(names.In(row[1])[domain.ParticipantID(row[0])], func(n names.Name) bool {
			return n.Name == own.Name && n.Interval == own.Interval
		}), "line %d: %v", i+2, row)
		require.Contains(t, []string{"UN form, not verified against a document", "UN M49 table, as carried by github.com/datasets/country-codes"}, row[5])
	}
}

func TestEveryLanguageHasNames(t *testing.T) {
	for _, tag := range names.Languages() {
		require.NotEmpty(t, names.In(tag)["DEU"], tag)
	}
	require.Nil(t, names.In("en"))
	require.Equal(t, "Allemagne", names.In("fr")["DEU"][1].Name)
}
