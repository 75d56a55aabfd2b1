package pages_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/projections/notices"
)

// The desk reads its latest commits again at notices of what was recorded. The
// script lists their kinds: each is a kind of notice, and none is missing.
func TestDeskFollowsEveryKindOfRecord(t *testing.T) {
	script, err := os.ReadFile("assets/pages.js")
	require.NoError(t, err)
	list := regexp.MustCompile(`(?s)const recorded = \[(.*?)\];`).FindSubmatch(script)
	require.NotNil(t, list)
	var listed []notices.Kind
	for _, kind := range regexp.MustCompile(`"([^"]+)"`).FindAllSubmatch(list[1], -1) {
		listed = append(listed, notices.Kind(kind[1]))
	}
	require.Subset(t, notices.Kinds(), listed)
	for _, kind := range notices.Kinds() {
		subject, what, _ := strings.Cut(string(kind), ".")
		if subject == "action" || what == "defined" || what == "learned" || what == "coverage" {
			require.Contains(t, listed, kind)
		}
	}
}
