package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Names and titles have no character that is not seen; texts in any script have
// what they need.
func TestHiddenCharacters(t *testing.T) {
	for _, text := range []string{"a\x1b[31mred", "a\tb", "a\nb", "Ivory\u202e Coast", "a\u200fb", "\ufeffa", "a\u2066b", "a\u0085b"} {
		_, found := hidden(text)
		require.True(t, found, "%q", text)
	}
	for _, text := range []string{"Côte d'Ivoire", "Türkiye", "الجزائر", "日本", "ประเทศไทย", "می\u200cخواهم", "a b"} {
		_, found := hidden(text)
		require.False(t, found, "%q", text)
	}
	treaty := &Treaty{ID: "X-1", Short: "X", Title: "A \u202etreaty"}
	require.Contains(t, codesOf(treaty.check()), CodeDefinitionInvalid)
	treaty.Title = "A treaty"
	require.Empty(t, treaty.check())
}

func codesOf(findings []Finding) (codes []Code) {
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	return codes
}
