package pages_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"depositary/api/apitest"
)

// sentence is English in a page: four words of Latin letters on end, of which one is
// among the commonest of English.
var (
	sentence = regexp.MustCompile(`[A-Za-z]+(?:[ ,:]+[A-Za-z]+){3,}`)
	common   = regexp.MustCompile(`(?i)\b(the|of|is|are|was|were|not|and|to|for|with|by|in|on|has|have|that|it)\b`)
)

// englishIn lists the English sentences of a page that no lang attribute marks as such.
func englishIn(n *html.Node, found *[]string) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script", "style", "code", "pre":
			return
		}
		for _, a := range n.Attr {
			if a.Key == "lang" && a.Val == "en" {
				return
			}
			if a.Key == "title" || a.Key == "aria-label" || a.Key == "placeholder" || a.Key == "content" || strings.HasPrefix(a.Key, "data-") {
				english(a.Val, found)
			}
		}
	}
	if n.Type == html.TextNode {
		english(n.Data, found)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		englishIn(c, found)
	}
}

func english(text string, found *[]string) {
	for _, s := range sentence.FindAllString(text, -1) {
		if common.MatchString(s) {
			*found = append(*found, s)
		}
	}
}

// No English sentence stands on a page in Arabic or Chinese but what is quoted, and
// marked as English for those who listen.
func TestNoEnglishOnPagesInOtherLanguages(t *testing.T) {
	d := apitest.Open(t)
	for _, tag := range []string{"ar", "zh"} {
		for _, path := range append([]string{"/nowhere", "/gap/ICMW?asOf=2003-02-31", "/changes?from=2003-01-01&to=2003-12-31", "/brief/DEU"}, apitest.Pages...) {
			reply := getPage(t, d, "/"+tag+path)
			page, err := html.Parse(strings.NewReader(string(reply.Body)))
			require.NoError(t, err)
			var found []string
			englishIn(page, &found)
			if len(found) > 6 {
				found = found[:6]
			}
			for _, s := range found {
				t.Errorf("/%s%s: %s", tag, path, s)
			}
		}
	}
}
