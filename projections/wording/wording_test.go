package wording_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/projections/wording"
)

func TestNamesAreOrderedAsAnEnglishList(t *testing.T) {
	names := []string{"Zambia", "Türkiye", "Tuvalu", "Côte d'Ivoire", "Croatia", "Costa Rica", "Turkmenistan"}
	slices.SortFunc(names, wording.CompareNames)
	require.Equal(t, []string{"Costa Rica", "Côte d'Ivoire", "Croatia", "Türkiye", "Turkmenistan", "Tuvalu", "Zambia"}, names)
}

func TestFirstNames(t *testing.T) {
	require.Equal(t, "Chad, Mali", wording.FirstNames([]string{"Mali", "Chad"}, 2))
	require.Equal(t, "Chad and 2 others", wording.FirstNames([]string{"Niger", "Mali", "Chad"}, 1))
}

func TestAmounts(t *testing.T) {
	require.Equal(t, "1 consent", wording.AmountOf(1, "consents"))
	require.Equal(t, "2 consents", wording.AmountOf(2, "consents"))
	require.Equal(t, "12.50 percent", wording.AmountOf(12.5, "percent"))
	require.Equal(t, "3", wording.PlainNumber(3))
}
