package node

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/pages/lang"
)

// pages lists every page, with the questions that it is asked.
var pages = []string{
	"/", "/treaties", "/treaties/ICMW", "/treaties/CRC", "/treaties/ICMW/relations/MLI", "/gap/ICMW", "/gap/C97?receiving=OECD&stockYear=2015", "/gap/ICMW?ratify=DEU&ratify=FRA",
	"/participants", "/participants/DEU", "/participants/TUR", "/participants/SCG", "/matrix", "/matrix?group=EU&show=gaps", "/map/ICMW", "/map/ICMW?form=tiles",
	"/changes", "/changes?from=2003-06-30&to=2003-07-01", "/coming", "/search", "/search?q=migrant", "/ledger", "/ledger/68", "/acts/68.3", "/about", "/api",
	"/figures/growth/ICMW.html", "/figures/bars/ICMW.html?ratify=DEU",
}

// page asks for a page as a browser does.
func (d *door) page(t *testing.T, path string) reply {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, d.url+path, nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	response, err := plain.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{response.StatusCode, response.Header, body}
}

var (
	ids      = regexp.MustCompile(`\sid="([^"]*)"`)
	headings = regexp.MustCompile(`<h([1-6])[\s>]`)
	foreign  = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`)
)

// Every page in every language, today and in the past: whole, in its language,
// and asking nobody else for anything.
func TestPagesInEveryLanguage(t *testing.T) {
	d := openDoor(t)
	for _, l := range lang.All() {
		for _, path := range pages {
			for _, when := range []string{"", "asOf=2006-05-16", "asOf=2024-04-30&receivedBy=2010-01-01&knownAt=74"} {
				address := "/" + l.Tag + path
				if when != "" {
					glue := "?"
					if strings.Contains(address, "?") {
						glue = "&"
					}
					address += glue + when
				}
				r := d.page(t, address)
				require.Equal(t, http.StatusOK, r.status, "%s: %s", address, r.body)
				requirePage(t, d, l, address, r)
			}
		}
	}
	require.Empty(t, lang.Missing(), "messages that are asked for and not there")
}

func requirePage(t *testing.T, d *door, l *lang.Language, address string, r reply) {
	t.Helper()
	text := string(r.body)
	require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"), address)
	require.Equal(t, l.Tag, r.header.Get("Content-Language"), address)
	require.Contains(t, r.header.Get("Content-Security-Policy"), "default-src 'none'", address)
	require.NotContains(t, text, "ZgotmplZ", address)
	require.NotContains(t, text, "<no value>", address)
	require.NotContains(t, text, "%!", address)
	require.NotContains(t, text, " style=", address)
	require.NotContains(t, text, "onclick", address)
	require.Contains(t, text, fmt.Sprintf(`<html lang=%q`, l.Tag), address)
	require.Equal(t, l.RightToLeft, strings.Contains(text, `dir="rtl"`), address)
	for _, link := range foreign.FindAllString(text, -1) {
		require.Contains(t, link, strings.TrimPrefix(d.url, "http:"), "%s leads elsewhere", address)
	}
	seen := map[string]bool{}
	for _, id := range ids.FindAllStringSubmatch(text, -1) {
		require.False(t, seen[id[1]], "%s: the id %s twice", address, id[1])
		seen[id[1]] = true
	}
	levels := headings.FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, levels, address)
	require.Equal(t, "1", levels[0][1], "%s begins with its heading", address)
	for i, level := range levels[1:] {
		require.NotEqual(t, "1", level[1], "%s has one heading of the first level", address)
		require.LessOrEqual(t, level[1], string(levels[i][1][0]+1), "%s leaves out a level", address)
	}
}

// Numbers on pages are those of the API, on several days.
func TestPagesAgreeWithTheAPI(t *testing.T) {
	d := openDoor(t)
	en, _ := lang.Find("en")
	for _, day := range []string{"2003-06-30", "2003-07-01", "2006-05-16", "2024-04-30", "2026-06-30"} {
		gap := d.get(t, "/v1/treaties/ICMW/gap?receiving=top20&asOf="+day)
		text := string(d.page(t, "/en/gap/ICMW?asOf="+day).body)
		require.Contains(t, text, en.Percent(gap["coveredShare"].(float64), 2), day)
		require.Contains(t, text, fmt.Sprintf("%.0f of %.0f receiving countries", gap["receivingBound"], gap["receiving"]), day)
		for _, row := range gap["rows"].([]any) {
			require.Contains(t, text, ">"+en.Whole(int64(at(t, row, "stock").(float64)))+"<", "%s %v", day, at(t, row, "name"))
		}
		status := d.get(t, "/v1/treaties/ICMW/status?asOf="+day)
		text = string(d.page(t, "/en/treaties/ICMW?asOf="+day).body)
		for _, count := range []string{"signatories", "consents", "parties"} {
			require.Contains(t, text, fmt.Sprintf("<dd>%.0f</dd>", at(t, status, "counts", count)), "%s %s", day, count)
		}
		rows := status["rows"].([]any)
		require.Equal(t, len(rows), strings.Count(text[strings.Index(text, `id="table"`):strings.Index(text, `id="history"`)], `<tr><th scope="row">`), day)
		for _, row := range rows {
			if bound, ok := row.(map[string]any)["bound"].(string); ok {
				require.Contains(t, text, fmt.Sprintf(`<time datetime=%q>`, bound), day)
			}
		}
	}
}

// What cannot be shown is a page that says what would be accepted.
func TestPagesRefuse(t *testing.T) {
	d := openDoor(t)
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/en/nowhere":                              {404, "There is no page"},
		"/en/treaties/NOPE":                        {404, "No treaty “NOPE”"},
		"/fr/treaties/NOPE":                        {404, "Aucun traité"},
		"/en/participants/Atlantis":                {404, "Atlantis"},
		"/en/acts/x":                               {404, "no record"},
		"/en/ledger/99999":                         {404, "no commit"},
		"/en/figures/growth/ICMW.gif":              {404, "no page"},
		"/en/gap/ICMW?asOf=2003-02-31":             {422, "2003-07-01"},
		"/en/gap/ICMW?stockYear=x":                 {422, "2020"},
		"/en/gap/ICMW?receiving=moon":              {422, "top20"},
		"/en/gap/ICMW?knownAt=99999":               {422, "position"},
		"/en/matrix?group=NOPE":                    {422, "OECD"},
		"/en/changes?from=x":                       {422, "2003-07-01"},
		"/en/treaties/%3Cscript%3Ealert(1)":        {404, "&lt;script&gt;"},
		"/en/search?q=" + strings.Repeat("a", 300): {422, "200"},
	} {
		r := d.page(t, path)
		require.Equal(t, c.status, r.status, "%s: %s", path, r.body)
		require.Contains(t, string(r.body), c.says, path)
		require.NotContains(t, string(r.body), "<script>alert", path)
	}
	r := d.page(t, "/")
	require.Equal(t, http.StatusFound, r.status)
	require.Equal(t, "/en/", r.header.Get("Location"))
}

// Hostile words in the ledger are words on the pages.
func TestPagesEscape(t *testing.T) {
	d := openDoor(t)
	d.must(t, 201, ask{path: "/v1/treaties/ICMW/actions", token: "record",
		body: `{"actions":[{"participant":"TUR","action":"communication","date":"2026-06-30","note":"\"><script>alert(2)</script>","statement":{"text":"<script>alert(1)</script> ' \" & \u202e"},"provenance":{"source":"<img src=x onerror=alert(3)>"}}]}`})
	position := d.Position()
	for _, path := range []string{"/en/treaties/ICMW", "/en/participants/TUR", fmt.Sprintf("/en/acts/%d.1", position), fmt.Sprintf("/en/ledger/%d", position), "/en/search?q=alert", "/en/", "/en/about"} {
		text := string(d.page(t, path).body)
		require.NotContains(t, text, "<script>alert", path)
		require.NotContains(t, text, "<img src=x", path)
	}
}

var hrefs = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)

// Whatever a page links to is there: pages, figures, tables, feeds, calendars.
func TestLinksLeadSomewhere(t *testing.T) {
	d := openDoor(t, onLoopback)
	seen := map[string]bool{}
	for _, path := range pages {
		if path == "/api" {
			continue // its examples name what a fuller ledger holds
		}
		text := string(d.page(t, "/en"+path).body)
		each := map[string]int{} // links of one shape are many: some of them are enough
		for _, m := range hrefs.FindAllStringSubmatch(text, -1) {
			address := html.UnescapeString(m[1])
			before, _, _ := strings.Cut(address, "#")
			parts := strings.SplitN(strings.SplitN(before, "?", 2)[0], "/", 5)
			shape := strings.Join(parts[:min(len(parts), 4)], "/")
			if before == "" || seen[before] || each[shape] > 3 || strings.HasPrefix(shape, "/en/desk") {
				continue
			}
			seen[before], each[shape] = true, each[shape]+1
			r := d.page(t, before)
			require.Equal(t, http.StatusOK, r.status, "%s, from %s: %.300s", before, path, r.body)
		}
	}
	require.Greater(t, len(seen), 150)
}

// Every picture in every language is there as SVG and as PNG.
func TestPictures(t *testing.T) {
	d := openDoor(t)
	for _, l := range lang.All() {
		for _, picture := range []string{"growth/ICMW", "map/ICMW", "tiles/ICMW", "bars/ICMW", "regions/ICMW", "share/ICMW", "coverage/ICMW", "timeline/DEU", "growth/PARIS", "timeline/SCG"} {
			for _, question := range []string{"", "?asOf=1990-12-17", "?asOf=2026-01-01&ratify=DEU"} {
				address := "/" + l.Tag + "/figures/" + picture
				drawing := d.page(t, address+".svg"+question)
				require.Equal(t, http.StatusOK, drawing.status, address)
				require.Equal(t, "image/svg+xml", drawing.header.Get("Content-Type"))
				if l.Tag != "en" && (picture != "growth/ICMW" || question != "") {
					continue // painting takes its time, and only the words differ
				}
				painted := d.page(t, address+".png"+question)
				require.Equal(t, http.StatusOK, painted.status, "%s: %s", address, painted.body)
				require.Equal(t, "image/png", painted.header.Get("Content-Type"))
				size, err := png.DecodeConfig(bytes.NewReader(painted.body))
				require.NoError(t, err, address)
				require.GreaterOrEqual(t, size.Width, 1280, address)
			}
		}
	}
	require.Equal(t, http.StatusNotFound, d.page(t, "/en/figures/growth/ICMW.gif").status)
}
