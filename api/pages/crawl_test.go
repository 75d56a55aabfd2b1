package pages_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

var (
	anchors = regexp.MustCompile(`<a [^>]*href="([^"]*)"`)
	shapes  = regexp.MustCompile(`/[^/]*[A-Z0-9][^/]*`)
)

// crawledOfEach bounds how many addresses of one shape are opened, such as pages of
// participants.
const crawledOfEach = 6

// No link of a page is dead: what it leads to on this server is there, and so is the
// place within a page.
func TestNoLinkIsDead(t *testing.T) {
	d := apitest.Open(t)
	queue, seen, shown := []string{"/en/", "/en/notices?backfill=true"}, map[string]bool{}, map[string]int{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		page := d.Ask(t, apitest.Request{Path: at, Header: map[string]string{"Accept": "text/html"}})
		if page.Status >= 300 && page.Status < 400 {
			continue
		}
		require.Equal(t, http.StatusOK, page.Status, at)
		if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
			continue
		}
		places := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(string(page.Body), -1) {
			places[m[1]] = true
		}
		for _, m := range anchors.FindAllStringSubmatch(string(page.Body), -1) {
			link, err := url.Parse(html.UnescapeString(m[1]))
			require.NoError(t, err, m[1])
			if link.Host == "" && link.Path == "" && link.RawQuery == "" {
				require.True(t, link.Fragment == "" || places[link.Fragment], "%s has no place #%s", at, link.Fragment)
				continue
			}
			address := link.RequestURI()
			if link.Host != "" || !strings.HasPrefix(address, "/en/") || strings.HasPrefix(address, "/en/desk") || seen[address] {
				continue
			}
			shape := shapes.ReplaceAllString(link.Path, "/{}")
			if seen[address] = true; shown[shape] < crawledOfEach {
				shown[shape]++
				queue = append(queue, address)
			}
		}
	}
	require.Greater(t, len(shown), 15)
	require.NotZero(t, shown["/en/notices/{}"])
}

// Feeds and calendars lead to pages, also with what others put behind their address.
func TestFeedsLeadToPages(t *testing.T) {
	d := apitest.Open(t)
	d.Accede(t, "DEU", "2026-06-29", "feeds")
	const shared = "utm_source=letter&utm_medium=email&fbclid=x"
	for _, feed := range []string{"/v1/notices.atom?backfill=true&limit=5&", "/v1/notices.feed.json?limit=5&", "/v1/coming.ics?"} {
		plain := d.Must(t, http.StatusOK, apitest.Request{Path: strings.TrimRight(feed, "&?")})
		answer := d.Must(t, http.StatusOK, apitest.Request{Path: feed + shared})
		require.Equal(t, string(plain.Body), string(answer.Body))
		text := strings.ReplaceAll(string(answer.Body), "\r\n ", "")
		pages := regexp.MustCompile(`http://[^/"]+(/en/[^"\\\s<]+)`).FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, pages, feed)
		for _, m := range pages {
			d.Must(t, http.StatusOK, apitest.Request{Path: html.UnescapeString(m[1]), Header: map[string]string{"Accept": "text/html"}})
		}
	}
	require.Equal(t, http.StatusUnprocessableEntity, d.Ask(t, apitest.Request{Path: "/v1/notices.atom?participnat=DEU"}).Status, "what is misspelt is no tracker")
}
