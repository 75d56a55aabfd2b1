package pages_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Every address of the sitemap is a page; crawlers leave the desk and the
// endless addresses alone.
func TestSitemap(t *testing.T) {
	d := apitest.Open(t)
	r := d.Must(t, http.StatusOK, apitest.Request{Path: "/robots.txt"})
	require.Contains(t, string(r.Body), "Disallow: /en/desk")
	require.Contains(t, string(r.Body), "/sitemap.xml")
	r = d.Must(t, http.StatusOK, apitest.Request{Path: "/sitemap.xml"})
	var set struct {
		URLs []struct {
			Location string `xml:"loc"`
		} `xml:"url"`
	}
	require.NoError(t, xml.Unmarshal(r.Body, &set))
	require.Greater(t, len(set.URLs), 1000)
	tried := 0
	for _, u := range set.URLs {
		_, path, found := strings.Cut(u.Location, "/en/")
		if !found || tried > 25 && !strings.HasPrefix(path, "brief/A") {
			continue
		}
		tried++
		d.Must(t, http.StatusOK, apitest.Request{Path: "/en/" + path})
	}
	require.Greater(t, tried, 20)
}

var linked = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

func TestPagesSayWhatTheyAreAbout(t *testing.T) {
	d := apitest.Open(t)
	page := d.Must(t, http.StatusOK, apitest.Request{Path: "/fr/treaties/ICMW?asOf=2003-07-01"})
	found := linked.FindSubmatch(page.Body)
	require.Len(t, found, 2)
	var about map[string]any
	require.NoError(t, json.Unmarshal(found[1], &about))
	require.Equal(t, "Legislation", about["@type"])
	require.Equal(t, "1990-12-18", about["legislationDate"], "the day of resolution 45/158")
	require.Equal(t, "fr", about["inLanguage"])
	image := regexp.MustCompile(`og:image" content="[^"]*?(/fr/figures/[^"]*)"`).FindSubmatch(page.Body)
	require.Len(t, image, 2)
	picture := d.Must(t, http.StatusOK, apitest.Request{Path: strings.ReplaceAll(string(image[1]), "&amp;", "&")})
	require.Equal(t, "image/png", picture.Header.Get("Content-Type"))
}
