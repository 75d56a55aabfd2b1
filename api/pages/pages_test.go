package pages_test

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/pages/lang"
)

// page asks for a page as a browser does.
func getPage(t *testing.T, d *apitest.Server, path string) apitest.Reply {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, d.URL+path, nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	response, err := apitest.Plain.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return apitest.Reply{Status: response.StatusCode, Header: response.Header, Body: body}
}

var (
	ids      = regexp.MustCompile(`\sid="([^"]*)"`)
	headings = regexp.MustCompile(`<h([1-6])[\s>]`)
	foreign  = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`)
)

// languages are all languages; English and Arabic with -short.
func languages() []*lang.Language {
	all := lang.All()
	if testing.Short() {
		all = slices.DeleteFunc(slices.Clone(all), func(l *lang.Language) bool { return l.Tag != "en" && l.Tag != "ar" })
	}
	return all
}

// Every page in every language, today and in the past: whole, in its language,
// and asking nobody else for anything.
func TestPagesInEveryLanguage(t *testing.T) {
	d := apitest.Open(t)
	moments := []string{"", "asOf=2006-05-16", "asOf=2024-04-30&receivedBy=2010-01-01&knownAt=74"}
	if testing.Short() {
		moments = moments[:1]
	}
	for _, l := range languages() {
		for _, path := range apitest.Pages {
			for _, when := range moments {
				address := "/" + l.Tag + path
				if when != "" {
					glue := "?"
					if strings.Contains(address, "?") {
						glue = "&"
					}
					address += glue + when
				}
				r := getPage(t, d, address)
				require.Equal(t, http.StatusOK, r.Status, "%s: %s", address, r.Body)
				requirePage(t, d, l, address, r)
			}
		}
	}
	require.Empty(t, lang.Missing(), "messages that are asked for and not there")
}

func requirePage(t *testing.T, d *apitest.Server, l *lang.Language, address string, r apitest.Reply) {
	t.Helper()
	text := string(r.Body)
	require.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"), address)
	require.Equal(t, l.Tag, r.Header.Get("Content-Language"), address)
	require.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'none'", address)
	require.NotContains(t, text, "ZgotmplZ", address)
	require.NotContains(t, text, "<no value>", address)
	require.NotContains(t, text, "%!", address)
	require.NotContains(t, text, " style=", address)
	require.NotContains(t, text, "onclick", address)
	require.Contains(t, text, fmt.Sprintf(`<html lang=%q`, l.Tag), address)
	require.Equal(t, l.RightToLeft, strings.Contains(text, `dir="rtl"`), address)
	for _, link := range foreign.FindAllString(text, -1) {
		require.Contains(t, link, strings.TrimPrefix(d.URL, "http:"), "%s leads elsewhere", address)
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
	d := apitest.Open(t)
	en, _ := lang.Find("en")
	for _, day := range []string{"2003-06-30", "2003-07-01", "2006-05-16", "2024-04-30", "2026-06-30"} {
		gap := d.Get(t, "/v1/treaties/ICMW/gap?receiving=top20&asOf="+day)
		text := string(getPage(t, d, "/en/gap/ICMW?asOf="+day).Body)
		require.Contains(t, text, en.Percent(gap["coveredShare"].(float64), 2), day)
		require.Contains(t, text, fmt.Sprintf("%.0f of %.0f receiving countries", gap["receivingBound"], gap["receiving"]), day)
		for _, row := range gap["rows"].([]any) {
			require.Contains(t, text, ">"+en.Whole(int64(apitest.At(t, row, "stock").(float64)))+"<", "%s %v", day, apitest.At(t, row, "name"))
		}
		status := d.Get(t, "/v1/treaties/ICMW/status?asOf="+day)
		text = string(getPage(t, d, "/en/treaties/ICMW?asOf="+day).Body)
		for _, count := range []string{"signatories", "consents", "parties"} {
			require.Contains(t, text, fmt.Sprintf("<dd>%.0f</dd>", apitest.At(t, status, "counts", count)), "%s %s", day, count)
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
	d := apitest.Open(t)
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/en/nowhere":                              {404, "There is no page"},
		"/en/treaties/NOPE":                        {404, "We have no treaty called “NOPE”"},
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
		r := getPage(t, d, path)
		require.Equal(t, c.status, r.Status, "%s: %s", path, r.Body)
		require.Contains(t, string(r.Body), c.says, path)
		require.NotContains(t, string(r.Body), "<script>alert", path)
	}
	r := getPage(t, d, "/")
	require.Equal(t, http.StatusFound, r.Status)
	require.Equal(t, "/en/", r.Header.Get("Location"))
}

// Hostile words in the ledger are words on the pages.
func TestPagesEscape(t *testing.T) {
	d := apitest.Open(t)
	d.Must(t, 201, apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record",
		Body: `{"actions":[{"participant":"TUR","action":"communication","date":"2026-06-30","note":"\"><script>alert(2)</script>","statement":{"text":"<script>alert(1)</script> ' \" & \u202e"},"provenance":{"source":"<img src=x onerror=alert(3)>"}}]}`})
	position := d.Position()
	for _, path := range []string{"/en/treaties/ICMW", "/en/participants/TUR", fmt.Sprintf("/en/acts/%d.1", position), fmt.Sprintf("/en/ledger/%d", position), "/en/search?q=alert", "/en/", "/en/about"} {
		text := string(getPage(t, d, path).Body)
		require.NotContains(t, text, "<script>alert", path)
		require.NotContains(t, text, "<img src=x", path)
	}
}

var hrefs = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)

// Whatever a page links to is there: pages, figures, tables, feeds, calendars.
func TestLinksLeadSomewhere(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	seen := map[string]bool{}
	linking, want := apitest.Pages, 150
	if testing.Short() {
		linking, want = linking[:9], 40
	}
	for _, path := range linking {
		if path == "/api" {
			continue // its examples name what a fuller ledger holds
		}
		text := string(getPage(t, d, "/en"+path).Body)
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
			r := getPage(t, d, before)
			require.Equal(t, http.StatusOK, r.Status, "%s, from %s: %.300s", before, path, r.Body)
		}
	}
	require.Greater(t, len(seen), want)
}

// Every picture in every language is there as SVG and as PNG.
func TestPictures(t *testing.T) {
	d := apitest.Open(t)
	questions := []string{"", "?asOf=1990-12-17", "?asOf=2026-01-01&ratify=DEU"}
	if testing.Short() {
		questions = questions[2:]
	}
	for _, l := range languages() {
		for _, picture := range []string{"growth/ICMW", "map/ICMW", "tiles/ICMW", "bars/ICMW", "regions/ICMW", "share/ICMW", "coverage/ICMW", "timeline/DEU", "map/PARIS", "timeline/SCG"} {
			for _, question := range questions {
				address := "/" + l.Tag + "/figures/" + picture
				drawing := getPage(t, d, address+".svg"+question)
				require.Equal(t, http.StatusOK, drawing.Status, address)
				require.Equal(t, "image/svg+xml", drawing.Header.Get("Content-Type"))
				if l.Tag != "en" && (picture != "growth/ICMW" || question != "") {
					continue // painting takes its time, and only the words differ
				}
				painted := getPage(t, d, address+".png"+question)
				require.Equal(t, http.StatusOK, painted.Status, "%s: %s", address, painted.Body)
				require.Equal(t, "image/png", painted.Header.Get("Content-Type"))
				size, err := png.DecodeConfig(bytes.NewReader(painted.Body))
				require.NoError(t, err, address)
				require.GreaterOrEqual(t, size.Width, 1280, address)
			}
		}
	}
	require.Equal(t, http.StatusNotFound, getPage(t, d, "/en/figures/growth/ICMW.gif").Status)
	require.Equal(t, http.StatusNotFound, getPage(t, d, "/en/figures/growth/PARIS.svg").Status, "no act of it is recorded: nothing grows")
	embedded := getPage(t, d, "/en/figures/growth/PARIS.html")
	require.Contains(t, string(embedded.Body), "The acts of PARIS are not recorded")
	require.Contains(t, embedded.Header.Get("Content-Security-Policy"), "frame-ancestors *")
}

// Who has not, any name, and the nearest where there is none: as a reader meets them.
func TestNamesAndGapsOnPages(t *testing.T) {
	d := apitest.Open(t, apitest.Bundled)
	rows := regexp.MustCompile(`<tr><th scope="row">`)
	for path, want := range map[string]int{"/en/matrix?treaty=ICMW&group=EU&show=gaps": 27, "/en/matrix?treaty=ICMW&group=OECD&show=gaps&asOf=2024-04-30": 34} {
		require.Len(t, rows.FindAll(getPage(t, d, path).Body, -1), want, path)
	}
	for path, want := range map[string]string{
		"/fr/search?q=Allemagne":             `href="/fr/participants/DEU"`,
		"/en/search?q=germny":                `href="/en/participants/DEU"`,
		"/en/search?q=Palermo":               `href="/en/treaties/UNTOC-TRAFFICKING"`,
		"/es/participants/Alemania":          "Alemania",
		"/en/treaties/ICRMW":                 "ICMW",
		"/en/corridors/ICMW?asOf=2006-05-16": "0.55",
		"/en/corridors/ICMW/Mexique":         "United States of America",
		"/en/corridor/Bolivia/Argentina":     "337,017",
	} {
		reply := getPage(t, d, path)
		require.Equal(t, http.StatusOK, reply.Status, path)
		require.Contains(t, string(reply.Body), want, path)
	}
	reply := getPage(t, d, "/fr/participants/germny")
	require.Equal(t, http.StatusNotFound, reply.Status)
	require.Contains(t, string(reply.Body), `<a href="/fr/participants/DEU">Allemagne</a>`)
}
