package pages_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Whatever a page shows can be taken away in every form that it offers: its
// links to the API lead somewhere, on all axes.
func TestDataOfEveryPage(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t)
	position := d.Projection.Current().Position
	pages := append([]string{"/matrix?treaty=ICMW&treaty=C97&group=OECD&show=signed", "/changes?from=2003-06-30&to=2003-07-01&treaty=ICMW", "/ledger?before=40", "/gap/ICMW?receiving=million&ratify=DEU"}, apitest.Pages...)
	followed := make(map[string]bool)
	for _, path := range pages {
		if path == "/api" {
			continue // its examples name what a fuller ledger holds
		}
		for _, axes := range []string{"", "asOf=2010-01-01", "asOf=2015-06-30&receivedBy=2015-06-30", fmt.Sprintf("asOf=2012-01-01&knownAt=%d", position)} {
			address := "/en" + path
			if axes != "" {
				address += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + axes
			}
			page := getPage(t, d, address)
			for _, m := range hrefs.FindAllStringSubmatch(string(page.Body), -1) {
				link := html.UnescapeString(m[1])
				if !strings.HasPrefix(link, "/v1/") || followed[link] {
					continue
				}
				followed[link] = true
				answer := d.Ask(t, apitest.Request{Path: link})
				require.Equal(t, http.StatusOK, answer.Status, "%s, from %s: %.300s", link, address, answer.Body)
			}
		}
	}
	require.Greater(t, len(followed), 80)
	for _, link := range []string{"/v1/matrix?bom=true&format=csv&group=OECD&show=signed&treaties=IV-13%2CC097", "/v1/ledger?bom=true&cursor=40&format=csv&order=desc", "/v1/coming?bom=true&format=csv&knownAt=" + fmt.Sprint(position) + "&on=2012-01-01"} {
		require.Contains(t, followed, link)
	}
}
