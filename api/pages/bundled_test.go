package pages_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/pages/lang"
)

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

// textOf returns the words of a page from a mark on, without tags.
func textOf(page, from string) string {
	_, rest, _ := strings.Cut(page, from)
	return strings.Join(strings.Fields(tags.ReplaceAllString(rest, " ")), " ")
}

// The front page has the treaties on migration beside each other, each with its
// share, its count of parties and until when its acts are recorded, as the API
// says them.
func TestFrontPageShowsTheTreatiesOnMigration(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Bundled = true })
	text := textOf(string(getPage(t, d, "/en/").Body), `<h2 id="beside">`)
	for _, short := range []string{"ICMW", "C97", "C143", "C189", "UNTOC-TRAFFICKING", "UNTOC-SMUGGLING"} {
		var gap struct {
			Treaty struct {
				Title    string
				Coverage struct{ Says string }
			}
			CoveredShare float64
			Counts       struct{ Parties int }
		}
		require.NoError(t, json.Unmarshal(d.Must(t, 200, apitest.Request{Path: "/v1/treaties/" + short + "/gap?receiving=top20"}).Body, &gap))
		require.NotZero(t, gap.Counts.Parties, short)
		_, row, found := strings.Cut(text, short+" "+gap.Treaty.Title+" ")
		require.True(t, found, "%s in %s", short, text)
		share, parties := lang.English().Percent(gap.CoveredShare, 2), lang.English().Whole(int64(gap.Counts.Parties))
		require.Regexp(t, `^`+regexp.QuoteMeta(share)+`( \(at least\)|, at least)? `+parties+`\b.{0,20}(Acts recorded as at|Only some acts)`, row, short)
	}
}

// The page of the gap takes an edition of the stock, shows which it used, and
// links to the same figures as data.
func TestGapByAnEdition(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Bundled = true })
	for _, tt := range []struct{ query, share, edition string }{
		{"", "4.42%", "edition 2024"}, {"&edition=2024", "4.42%", "edition 2024"}, {"&edition=2020", "4.51%", "edition 2020"},
	} {
		page := string(getPage(t, d, "/en/gap/ICMW?asOf=2006-05-16"+tt.query).Body)
		require.Contains(t, textOf(page, "<h1>"), tt.share, tt.query)
		require.Contains(t, page, tt.edition, tt.query)
	}
	require.Contains(t, string(getPage(t, d, "/en/gap/ICMW?edition=2020&ratify=DEU").Body), `<option value="2020" selected>2020</option>`)
	require.Equal(t, 422, getPage(t, d, "/en/gap/ICMW?edition=1900").Status)
	matrix := textOf(string(getPage(t, d, "/en/matrix?treaty=ICMW&treaty=C97&receiving=top20&edition=2020&asOf=2006-05-16").Body), "<h1>")
	require.Contains(t, matrix, "China, Hong Kong SAR: area with a stock of its own")
	require.Contains(t, matrix, "United States of America")
}
