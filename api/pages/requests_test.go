package pages_test

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

func tableOf(t *testing.T, d *apitest.Server, path string) [][]string {
	t.Helper()
	reply := d.Must(t, http.StatusOK, apitest.Request{Path: path, Header: map[string]string{"Accept": "text/csv"}})
	rows, err := csv.NewReader(strings.NewReader(string(reply.Body))).ReadAll()
	require.NoError(t, err, path)
	return rows
}

// An advocate asks who is bound by a treaty of which no act is recorded, and is told
// so wherever it is asked.
func TestWhoIsBoundIsNotKnown(t *testing.T) {
	d := apitest.Open(t) // of an earlier release, which had no act of the Convention on the Rights of the Child
	status := d.Get(t, "/v1/treaties/CRC/status")
	require.Equal(t, "none", apitest.At(t, status, "treaty", "coverage", "extent"))
	require.NotContains(t, status, "counts")
	reply := d.Ask(t, apitest.Request{Path: "/v1/treaties/CRC/gap"})
	require.Equal(t, http.StatusUnprocessableEntity, reply.Status)
	require.Contains(t, string(reply.Body), "ACTS_NOT_RECORDED")
	rows := tableOf(t, d, "/v1/matrix?treaties=CRC,ICMW&group=EU")
	require.Equal(t, []string{"participant", "name", "CRC", "ICMW", "CRC_coverage", "CRC_acts_as_at", "ICMW_coverage", "ICMW_acts_as_at", "as_of", "received_by", "known_at"}, rows[0])
	require.Len(t, rows, 28)
	for _, row := range rows[1:] {
		require.Equal(t, "not known", row[2], row[1])
		require.Equal(t, "none", row[4], row[1])
	}
	for path, says := range map[string]string{
		"/en/gap/CRC":      "The acts of CRC are not recorded",
		"/en/map/CRC":      "No act is recorded; who has signed or consented is not known.",
		"/en/treaties/CRC": "No act is recorded; who has signed or consented is not known.",
		"/ar/gap/CRC":      "إجراءات \u2068CRC\u2069 غير مسجّلة",
		"/ru/map/CRC":      "Ни одно действие не внесено",
		"/zh/treaties/CRC": "没有记录任何行动",
	} {
		require.Contains(t, string(getPage(t, d, path).Body), says, path)
	}
}

// Who of a group has not consented is asked from the members, not from the acts.
// Of the 38 members of the OECD, Chile, Colombia, Mexico and Türkiye are bound.
func TestWhoOfAGroupHasNot(t *testing.T) {
	d := apitest.Open(t, apitest.Bundled)
	bound := []string{"CHL", "COL", "MEX", "TUR"}
	page := string(getPage(t, d, "/en/matrix?treaty=ICMW&group=OECD&show=gaps").Body)
	require.Len(t, regexp.MustCompile(`<tr><th scope="row">`).FindAllString(page, -1), 34)
	require.Contains(t, page, "Acts recorded as at 3 February 2026")
	answer := d.Get(t, "/v1/matrix?treaties=ICMW&group=OECD&show=gaps")
	require.Len(t, answer["rows"], 34)
	require.EqualValues(t, 38, answer["of"])
	rows := tableOf(t, d, "/v1/matrix?treaties=ICMW&group=OECD&show=gaps")
	require.Len(t, rows, 1+34)
	for _, row := range rows[1:] {
		require.NotContains(t, bound, row[0])
		require.Contains(t, page, `href="/en/participants/`+row[0]+`"`)
		require.Equal(t, "2026-02-03", row[slices.Index(rows[0], "ICMW_acts_as_at")])
	}
	var waiting []string
	for _, row := range d.Get(t, "/v1/treaties/ICMW/status")["rows"].([]any) {
		if apitest.At(t, row, "status") == "signatory" {
			waiting = append(waiting, apitest.At(t, row, "participant").(string))
		}
	}
	require.NotEmpty(t, waiting)
	var shown []string
	for _, row := range tableOf(t, d, "/v1/matrix?treaties=ICMW&show=signed")[1:] {
		shown = append(shown, row[0])
	}
	require.ElementsMatch(t, waiting, shown)
}

// A name in the language of the reader finds the participant.
func TestNameOfAnotherLanguage(t *testing.T) {
	d := apitest.Open(t)
	for _, page := range []string{"/fr/search?q=Allemagne", "/en/search?q=Allemagne", "/fr/search?q=allemagne"} {
		require.Contains(t, string(getPage(t, d, page).Body), `/participants/DEU"`, page)
	}
	require.Contains(t, string(getPage(t, d, "/fr/participants/Allemagne").Body), "<h1>Allemagne</h1>")
	found := d.Get(t, "/v1/search?text=Allemagne")
	require.Equal(t, "DEU", found["participant"])
	require.Equal(t, "DEU", apitest.At(t, found, "participants", 0, "participant"))
	rows := tableOf(t, d, "/v1/participants/Allemagne/status")
	require.Greater(t, len(rows), 1)
	for _, row := range rows[1:] {
		require.Equal(t, "DEU", row[slices.Index(rows[0], "participant")])
	}
}

// While a reader types, the search field is offered treaties and participants under
// their names in the reader's language.
func TestSuggestions(t *testing.T) {
	d := apitest.Open(t, apitest.Bundled)
	for path, offered := range map[string]string{
		"/fr/suggest?q=allem":                       `[{"value":"Allemagne","label":"Allemagne"},`,
		"/en/suggest?q=Allemagne":                   `[{"value":"Allemagne","label":"Germany"}]`,
		"/es/suggest?q=CPED":                        `{"value":"CPED","label":"Convención Internacional para la protección de todas las personas contra las desapariciones forzadas"}`,
		"/en/suggest?q=migrant+wo":                  `{"value":"ICMW","label":"International Convention on the Protection of the Rights of All Migrant Workers and Members of Their Families"}`,
		"/en/suggest?q=":                            `[]`,
		"/en/suggest":                               `[]`,
		"/en/suggest?q=qqqqqqqqqq":                  `[]`,
		"/en/suggest?q=" + strings.Repeat("a", 300): `[]`,
	} {
		reply := getPage(t, d, path)
		require.Equal(t, http.StatusOK, reply.Status, path)
		require.Equal(t, "application/json", reply.Header.Get("Content-Type"), path)
		require.Contains(t, string(reply.Body), offered, path)
	}
}

// The page of a corridor leads to a feed of what its two ends do.
func TestFeedOfACorridor(t *testing.T) {
	d := apitest.Open(t)
	require.Contains(t, string(getPage(t, d, "/en/corridor/BOL/ARG").Body), "/v1/notices.atom?corridor=BOL%2FARG")
	d.Accede(t, "DEU", "2026-06-01", "")
	d.Accede(t, "NOR", "2026-06-02", "")
	for _, n := range d.NoticesOf(t, "corridor=TUR/DEU&limit=1000").Notices {
		require.Contains(t, []string{"TUR", "DEU"}, string(n.Participant))
	}
	require.NotEmpty(t, d.NoticesOf(t, "corridor=TUR/DEU&kind=action.recorded&limit=1000").Notices)
	require.Empty(t, d.NoticesOf(t, "corridor=TUR/FRA&kind=action.recorded&treaty=ICMW&limit=1000").Notices)
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/notices?corridor=TUR"}, Status: 422, Code: "INPUT_INVALID", Field: "corridor"},
		{Request: apitest.Request{Path: "/v1/notices.atom?corridor=TUR/Atlantis"}, Status: 404, Code: "NOT_FOUND", Field: "corridor"},
	})
}
