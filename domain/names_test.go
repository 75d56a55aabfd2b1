package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnActThatIsNoneIsAnsweredWithTheNearest(t *testing.T) {
	for text, want := range map[string]string{
		"ratify":       "ratification",
		"ratifcation":  "ratification",
		"acession":     "accession",
		"accede":       "accession",
		"signed":       "signature",
		"denounce":     "withdrawal",
		"Reservations": "reservation",
	} {
		_, err := ParseActionKind(text)
		require.ErrorContains(t, err, ": "+want, text)
	}
	_, err := ParseActionKind("xyzzy")
	require.ErrorContains(t, err, "one of")
}

func TestNearestNames(t *testing.T) {
	names := []string{"germany", "republic of korea", "democratic people's republic of korea", "niger", "nigeria", "georgia", "côte d'ivoire"}
	for text, want := range map[string]string{
		"germny": "germany", "gremany": "germany", "nigera": "nigeria", "korae": "republic of korea", "cote d'ivoire": "côte d'ivoire",
	} {
		require.Equal(t, want, Nearest(text, names, 1)[0], text)
	}
	require.Empty(t, Nearest("atlantis", names, 3))
	require.Empty(t, Nearest("", names, 3))
	require.Len(t, Nearest("nigera", names, 1), 1)
}

func TestEditsCountsASwapAsOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"ca", "abc", 3}} {
		require.Equal(t, c.want, edits([]rune(c.a), []rune(c.b)), "%s → %s", c.a, c.b)
		require.Equal(t, c.want, edits([]rune(c.b), []rune(c.a)), "%s → %s", c.b, c.a)
	}
}
