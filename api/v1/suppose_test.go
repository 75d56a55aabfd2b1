package v1_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"depositary/api/apitest"

	"github.com/stretchr/testify/require"
)

// changed returns the changes of a kind, by the participant's id; the treaty's
// own has none.
func changed(t *testing.T, body map[string]any, what string) map[string]map[string]any {
	t.Helper()
	found := make(map[string]map[string]any)
	for _, c := range body["changes"].([]any) {
		if change := c.(map[string]any); change["what"] == what {
			id, _ := change["participant"].(string)
			found[id] = change
		}
	}
	return found
}

func TestChangesBetweenTwoDays(t *testing.T) {
	d := apitest.Open(t)
	body := d.Get(t, "/v1/changes?treaty=ICMW&from=2003-06-30&to=2003-07-01")
	entry := changed(t, body, "entry into force")[""]
	require.Equal(t, "condition met", apitest.At(t, entry, "before", "words"))
	require.Equal(t, "in force", apitest.At(t, entry, "after", "words"))
	require.Equal(t, "87(1)", entry["article"])
	require.NotEmpty(t, entry["record"], "the deposit that met the condition")
	require.EqualValues(t, 21, apitest.At(t, changed(t, body, "parties")[""], "after", "number"))
	require.Empty(t, changed(t, body, "consents"))
	statuses := changed(t, body, "status")
	require.Len(t, statuses, 21)
	require.NotContains(t, statuses, "MLI", "Mali is bound from 1 October")
	for id, c := range statuses {
		require.Equal(t, "contracting", apitest.At(t, c, "before", "words"), id)
		require.Equal(t, "party", apitest.At(t, c, "after", "words"), id)
		require.EqualValues(t, 20, apitest.At(t, changed(t, body, "in force with others")[id], "after", "number"), id)
	}
	mali := d.Get(t, "/v1/changes?treaty=ICMW&participant=MLI&from=2003-06-04&to=2003-07-01")
	require.Equal(t, "contracting", apitest.At(t, changed(t, mali, "status")["MLI"], "after", "words"))
	require.Equal(t, "2003-10-01", apitest.At(t, changed(t, mali, "bound from")["MLI"], "after", "day"))

	crossing := changed(t, d.Get(t, "/v1/changes?treaty=ICMW&from=2003-03-13&to=2003-03-14"), "required")[""]
	require.Equal(t, "1 more of 20 consents", apitest.At(t, crossing, "before", "words"))
	require.Equal(t, "none", apitest.At(t, crossing, "after", "words"))
	backwards := d.Get(t, "/v1/changes?treaty=ICMW&from=2003-07-01&to=2003-06-30")
	require.Len(t, changed(t, backwards, "status"), 21)
	require.NotEmpty(t, d.Get(t, "/v1/changes?from=2003-06-30&to=2003-07-01")["changes"])
}

// The same day is another one by what was received, and by what was known.
func TestChangesOfKnowledge(t *testing.T) {
	d := apitest.Open(t)
	body := d.Get(t, "/v1/changes?treaty=UNTOC-SMUGGLING&to=2006-07-01&fromReceivedBy=2006-07-01&toReceivedBy=2006-12-31&participant=MNE")
	status := changed(t, body, "status")["MNE"]
	require.Equal(t, "no action", apitest.At(t, status, "before", "words"))
	require.Equal(t, "party", apitest.At(t, status, "after", "words"))
	require.Equal(t, "VCST 23(1)", status["article"])
	require.Equal(t, "2006-10-23", apitest.At(t, status, "because", 0, "received"))

	record := apitest.At(t, d.Get(t, "/v1/treaties/ICMW/participants/MLI"), "status", "consent", "record").(string)
	r := d.Ask(t, apitest.Request{Path: "/v1/actions/" + record + "/correction", Token: "record",
		Body: `{"action":{"participant":"MLI","action":"accession","date":"2003-03-10"},"reason":"the receipt bears another day"}`})
	require.Equal(t, http.StatusCreated, r.Status, "%s", r.Body)
	body = d.Get(t, "/v1/changes?treaty=ICMW&from=2003-07-01&to=2003-07-01&fromKnownAt=74&toKnownAt=75")
	require.Len(t, changed(t, body, "status"), 1)
	status = changed(t, body, "status")["MLI"]
	require.Equal(t, "contracting", apitest.At(t, status, "before", "words"))
	require.Equal(t, "party", apitest.At(t, status, "after", "words"))
	cause := apitest.At(t, status, "because", 0)
	require.Equal(t, "corrected", apitest.At(t, cause, "op"))
	require.Equal(t, record, apitest.At(t, cause, "target"))
	require.Equal(t, "the receipt bears another day", apitest.At(t, cause, "reason"))
	require.EqualValues(t, 22, apitest.At(t, changed(t, body, "parties")[""], "after", "number"))
	require.NotEmpty(t, apitest.At(t, changed(t, body, "parties")[""], "because"))
}

func TestChangesThatCannotBeAsked(t *testing.T) {
	d := apitest.Open(t)
	const invalid = "INPUT_INVALID"
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/changes?from=2026-06-30"}, Status: 422, Code: invalid, Field: "from", Contains: []string{"the two sides are the same"}},
		{Request: apitest.Request{Path: "/v1/changes?from=2003-02-30"}, Status: 422, Code: invalid, Field: "from"},
		{Request: apitest.Request{Path: "/v1/changes?from=2003-01-01&to=x"}, Status: 422, Code: invalid, Field: "to"},
		{Request: apitest.Request{Path: "/v1/changes?fromKnownAt=75"}, Status: 422, Code: invalid, Field: "fromKnownAt"},
		{Request: apitest.Request{Path: "/v1/changes?toReceivedBy=never"}, Status: 422, Code: invalid, Field: "toReceivedBy"},
		{Request: apitest.Request{Path: "/v1/changes?from=2003-01-01&treaty=NONE"}, Status: 404, Code: "NOT_FOUND", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/changes?from=2003-01-01&participant=Atlantis"}, Status: 404, Code: "NOT_FOUND", Field: "participant"},
		{Request: apitest.Request{Path: "/v1/changes?from=2003-06-30&to=2003-07-01&treaty=ICMW&participant=DEU"}, Status: 200, Contains: []string{`"changes":[]`}},
		{Name: "before the treaty was held", Request: apitest.Request{Path: "/v1/changes?treaty=ICMW&to=2020-01-01&fromKnownAt=1&toKnownAt=74"}, Status: 200, Contains: []string{`"what":"final clauses"`}},
	})
}

func cents(v any) float64 { return math.Round(v.(float64)*100) / 100 }

func TestWhatIf(t *testing.T) {
	d := apitest.Open(t)
	body := d.Get(t, "/v1/treaties/ICMW/what-if?ratify=DEU,USA,CMR&asOf=2024-04-30")
	require.Equal(t, true, body["hypothetical"])
	require.Equal(t, "2024-08-01", body["settled"])
	require.Equal(t, "accession", apitest.At(t, body, "acts", 0, "action"))
	require.Equal(t, "ratification", apitest.At(t, body, "acts", 2, "action"), "Cameroon had signed")
	treaty := apitest.At(t, body, "treaties", 0)
	require.EqualValues(t, 62, apitest.At(t, treaty, "asOf", "after", "consents"))
	require.EqualValues(t, 59, apitest.At(t, treaty, "asOf", "after", "parties"))
	require.EqualValues(t, 62, apitest.At(t, treaty, "settled", "after", "parties"))
	gap := apitest.At(t, treaty, "settled", "gap")
	require.Equal(t, 12.30, cents(apitest.At(t, gap, "before", "coveredShare")))
	require.Equal(t, 36.17, cents(apitest.At(t, gap, "after", "coveredShare")))
	require.EqualValues(t, 3, apitest.At(t, gap, "after", "receivingBound"))
	require.EqualValues(t, 2020, apitest.At(t, gap, "stock", "year"))
	require.NotEmpty(t, apitest.At(t, gap, "stock", "source"))
	require.EqualValues(t, 3*59+3, apitest.At(t, treaty, "relations", "begun"), "with 59 parties each, and among the three")
	require.Len(t, apitest.At(t, treaty, "relations", "begunPairs"), 100)
	require.Len(t, changed(t, body, "status"), 3)

	// On the eve of the twentieth, one that has acceded since could have been it.
	body = d.Get(t, "/v1/treaties/ICMW/what-if?ratify=TUR&asOf=2003-03-13")
	require.Equal(t, "condition not met", apitest.At(t, body, "treaties", 0, "entryIntoForce", "before", "status"))
	require.Equal(t, "2003-07-01", apitest.At(t, body, "treaties", 0, "entryIntoForce", "after", "inForce"))
	require.EqualValues(t, 190, apitest.At(t, body, "treaties", 0, "relations", "begun"), "twenty parties")
	require.Equal(t, "2003-03-13", apitest.At(t, body, "axes", "receivedBy"))
}

func TestWhatIfOfAnyActs(t *testing.T) {
	d := apitest.Open(t)
	post := func(body string) apitest.Request { return apitest.Request{Path: "/v1/what-if", Body: body} }
	before := d.Position()
	r := d.Ask(t, post(`{"actions":[
		{"treaty":"UNTOC","action":{"participant":"AND","action":"accession","date":"2027-03-01"}},
		{"treaty":"ICMW","action":{"participant":"MEX","action":"withdrawal","date":"2027-01-01"}},
		{"treaty":"UNTOC-SMUGGLING","action":{"participant":"AND","action":"accession","date":"2027-03-02"}}]}`))
	require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	var body map[string]any
	r.Into(t, &body)
	require.Len(t, body["acts"], 3)
	require.Empty(t, body["queries"], "the parent is acceded to before")
	require.Equal(t, "2028-02-01", body["settled"], "the withdrawal takes longest")
	require.Equal(t, "former party", apitest.At(t, changed(t, body, "status")["MEX"], "after", "words"))
	require.Equal(t, before, d.Position(), "nothing is recorded")

	r = d.Ask(t, post(`{"actions":[{"treaty":"UNTOC-SMUGGLING","action":{"participant":"AND","action":"accession","date":"2027-03-02"}}]}`))
	r.Into(t, &body)
	require.EqualValues(t, "PARENT_NOT_BOUND", apitest.At(t, body, "queries", 0, "code"))
	require.Equal(t, "actions[0].action.participant", apitest.At(t, body, "queries", 0, "field"))

	many := func(n int) string {
		return `{"actions":[` + strings.TrimSuffix(strings.Repeat(`{"treaty":"ICMW","action":{"participant":"DEU","action":"communication","date":"2026-01-01","statement":{"text":"x"}}},`, n), ",") + `]}`
	}
	d.Play(t, []apitest.Scenario{
		{Name: "500 acts", Request: post(many(500)), Status: 200, Contains: []string{`"hypothetical":true`}},
		{Name: "501 acts", Request: post(many(501)), Status: 422, Code: "INPUT_INVALID", Field: "actions"},
		{Name: "none", Request: post(`{"actions":[]}`), Status: 422, Code: "INPUT_INVALID", Field: "actions"},
		{Name: "no treaty", Request: post(`{"actions":[{"treaty":"NONE","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}}]}`), Status: 422, Code: "INPUT_INVALID", Field: "actions[0].treaty"},
		{Name: "bound already", Request: post(`{"actions":[{"treaty":"CEDAW","action":{"participant":"DEU","action":"communication","date":"2026-01-01","statement":{"text":"x"}}},
			{"treaty":"ICMW","action":{"participant":"MEX","action":"accession","date":"2026-01-01"}}]}`), Status: 422, Code: "ALREADY_BOUND", Field: "actions[1].action.action"},
		{Name: "twice in one hypothesis", Request: post(`{"actions":[{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}},
			{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-02-01"}}]}`), Status: 422, Code: "ALREADY_BOUND", Field: "actions[1].action.action"},
		{Name: "no definition", Request: post(`{"receiving":"everybody","actions":[{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}}]}`), Status: 422, Code: "INPUT_INVALID", Field: "receiving"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/what-if?ratify=DEU&format=csv"}, Status: 200, Contains: []string{"hypothetical", "IV-13,ICMW,DEU,Germany,status,,no action,party"}},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/what-if"}, Status: 422, Code: "INPUT_INVALID", Field: "ratify"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/what-if?ratify=MEX"}, Status: 422, Code: "ALREADY_BOUND", Field: "actions[0].action.action"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/what-if?ratify=Atlantis"}, Status: 404, Code: "NOT_FOUND", Field: "participant"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/what-if?ratify=EUU"}, Status: 422, Code: "NOT_ELIGIBLE", Field: "actions[0].action.participant"},
	})
	// The ledger as it was known before the acts of the treaty were recorded.
	require.Equal(t, "accession", apitest.At(t, d.Get(t, "/v1/treaties/ICMW/what-if?ratify=MEX&asOf=2020-01-01&knownAt=66"), "acts", 0, "action"))
}

func TestWhoNext(t *testing.T) {
	d := apitest.Open(t)
	eve := d.Get(t, "/v1/treaties/ICMW/who-next?asOf=2003-03-13")
	entry := apitest.Find(t, eve["thresholds"], "what", "entry into force")
	require.Equal(t, "1 more of 20 consents", entry["required"])
	require.EqualValues(t, 1, apitest.At(t, entry, "smallest", "size"))
	require.Equal(t, true, apitest.At(t, entry, "smallest", "minimal"))
	require.Equal(t, "2003-07-01", apitest.At(t, entry, "smallest", "inForce"))
	alternatives := apitest.At(t, entry, "smallest", "alternatives").([]any)
	for _, id := range []string{"GTM", "SLV", "TUR", "DEU"} {
		require.Contains(t, alternatives, id)
	}
	require.NotContains(t, alternatives, "MEX", "has consented")
	require.NotContains(t, alternatives, "EUU", "is not admitted")
	require.NotContains(t, alternatives, "MNE", "does not exist yet")
	require.Equal(t, "signatory", apitest.At(t, entry, "likeliest", "participants", 0, "status"))
	require.NotEmpty(t, apitest.At(t, entry, "likeliest", "participants", 0, "signed"))

	body := d.Get(t, "/v1/treaties/ICMW/who-next?asOf=2024-04-30&related=C97,C143,C189")
	for article, need := range map[string]int{"76": 9, "77": 7} {
		p := apitest.Find(t, body["thresholds"], "article", article)
		require.Equal(t, fmt.Sprintf("%d more of 10 declarations", need), p["required"])
		require.EqualValues(t, 10-need, apitest.At(t, p, "terms", 0, "have"))
		require.EqualValues(t, need, apitest.At(t, p, "smallest", "size"))
		require.Equal(t, true, apitest.At(t, p, "smallest", "minimal"))
		require.Equal(t, "2024-04-30", apitest.At(t, p, "likeliest", "metOn"))
	}
	rows := apitest.At(t, body, "gap", "rows")
	require.Len(t, rows, 10)
	require.Equal(t, "USA", apitest.At(t, rows, 0, "participant"))
	require.Equal(t, 18.04, cents(apitest.At(t, rows, 0, "gain")))
	require.Equal(t, "DEU", apitest.At(t, rows, 1, "participant"))
	require.Equal(t, 5.62, cents(apitest.At(t, rows, 1, "gain")))
	require.EqualValues(t, 2, apitest.At(t, rows, 1, "related", "have"), "C97 and C189")
	require.EqualValues(t, 2020, apitest.At(t, body, "gap", "stock", "year"))
	require.NotEmpty(t, apitest.At(t, body, "gap", "stock", "source"))

	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/CTBT/who-next"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"}, // of the 44 of Annex 2, who has consented is not known
		{Request: apitest.Request{Path: "/v1/treaties/NONE/who-next"}, Status: 404, Code: "NOT_FOUND", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/who-next?receiving=everybody"}, Status: 422, Code: "INPUT_INVALID", Field: "receiving"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/who-next?related=NONE"}, Status: 404, Code: "NOT_FOUND", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/who-next?limit=0"}, Status: 422, Code: "INPUT_INVALID", Field: "limit"},
		{Request: apitest.Request{Path: "/v1/treaties/ICMW/who-next?limit=3&format=csv"}, Status: 200, Contains: []string{"gain,,,USA,United States of America"}},
	})
}

// Every treaty of the catalogue has an answer in the form described.
func TestEveryTreatyCanBeSupposed(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t, apitest.Bundled)
	for _, treaty := range allTreaties(t, d) {
		id := apitest.At(t, treaty, "id").(string)
		for _, day := range []string{"1991-12-31", "2026-06-30"} {
			if extent := apitest.At(t, treaty, "coverage", "extent"); extent == "none" || extent == "some" {
				d.Must(t, 422, apitest.Request{Path: fmt.Sprintf("/v1/treaties/%s/who-next?asOf=%s", id, day)}) // who has not consented is not known
				continue
			}
			body := d.Get(t, fmt.Sprintf("/v1/treaties/%s/who-next?asOf=%s", id, day))
			for _, threshold := range body["thresholds"].([]any) {
				require.NotContains(t, fmt.Sprint(apitest.At(t, threshold, "obstacle")), "tried", "%s %s", id, day)
			}
			if set := apitest.At(t, body, "thresholds").([]any); len(set) > 0 && apitest.At(t, set[0], "smallest") != nil {
				first := apitest.At(t, set[0], "smallest", "participants", 0, "participant").(string)
				if apitest.At(t, set[0], "what") == "entry into force" {
					d.Get(t, fmt.Sprintf("/v1/treaties/%s/what-if?ratify=%s&asOf=%s", id, first, day))
				}
			}
		}
	}
}
