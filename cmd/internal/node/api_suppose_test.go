package node

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// changed gives the changes of a kind, by the participant's id; the treaty's
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
	d := openDoor(t)
	body := d.get(t, "/v1/changes?treaty=ICMW&from=2003-06-30&to=2003-07-01")
	entry := changed(t, body, "entry into force")[""]
	require.Equal(t, "condition met", at(t, entry, "before", "words"))
	require.Equal(t, "in force", at(t, entry, "after", "words"))
	require.Equal(t, "87(1)", entry["article"])
	require.NotEmpty(t, entry["record"], "the deposit that met the condition")
	require.EqualValues(t, 21, at(t, changed(t, body, "parties")[""], "after", "number"))
	require.Empty(t, changed(t, body, "consents"))
	statuses := changed(t, body, "status")
	require.Len(t, statuses, 21)
	require.NotContains(t, statuses, "MLI", "Mali is bound from 1 October")
	for id, c := range statuses {
		require.Equal(t, "contracting", at(t, c, "before", "words"), id)
		require.Equal(t, "party", at(t, c, "after", "words"), id)
		require.EqualValues(t, 20, at(t, changed(t, body, "in force with others")[id], "after", "number"), id)
	}
	mali := d.get(t, "/v1/changes?treaty=ICMW&participant=MLI&from=2003-06-04&to=2003-07-01")
	require.Equal(t, "contracting", at(t, changed(t, mali, "status")["MLI"], "after", "words"))
	require.Equal(t, "2003-10-01", at(t, changed(t, mali, "bound from")["MLI"], "after", "day"))

	crossing := changed(t, d.get(t, "/v1/changes?treaty=ICMW&from=2003-03-13&to=2003-03-14"), "required")[""]
	require.Equal(t, "1 more of 20 consents", at(t, crossing, "before", "words"))
	require.Equal(t, "none", at(t, crossing, "after", "words"))
	backwards := d.get(t, "/v1/changes?treaty=ICMW&from=2003-07-01&to=2003-06-30")
	require.Len(t, changed(t, backwards, "status"), 21)
	require.NotEmpty(t, d.get(t, "/v1/changes?from=2003-06-30&to=2003-07-01")["changes"])
}

// The same day is another one by what was received, and by what was known.
func TestChangesOfKnowledge(t *testing.T) {
	d := openDoor(t)
	body := d.get(t, "/v1/changes?treaty=UNTOC-SMUGGLING&to=2006-07-01&fromReceivedBy=2006-07-01&toReceivedBy=2006-12-31&participant=MNE")
	status := changed(t, body, "status")["MNE"]
	require.Equal(t, "no action", at(t, status, "before", "words"))
	require.Equal(t, "party", at(t, status, "after", "words"))
	require.Equal(t, "VCST 23(1)", status["article"])
	require.Equal(t, "2006-10-23", at(t, status, "because", 0, "received"))

	record := at(t, d.get(t, "/v1/treaties/ICMW/participants/MLI"), "status", "consent", "record").(string)
	r := d.ask(t, ask{path: "/v1/actions/" + record + "/correction", token: "record",
		body: `{"action":{"participant":"MLI","action":"accession","date":"2003-03-10"},"reason":"the receipt bears another day"}`})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	body = d.get(t, "/v1/changes?treaty=ICMW&from=2003-07-01&to=2003-07-01&fromKnownAt=74&toKnownAt=75")
	require.Len(t, changed(t, body, "status"), 1)
	status = changed(t, body, "status")["MLI"]
	require.Equal(t, "contracting", at(t, status, "before", "words"))
	require.Equal(t, "party", at(t, status, "after", "words"))
	cause := at(t, status, "because", 0)
	require.Equal(t, "corrected", at(t, cause, "op"))
	require.Equal(t, record, at(t, cause, "target"))
	require.Equal(t, "the receipt bears another day", at(t, cause, "reason"))
	require.EqualValues(t, 22, at(t, changed(t, body, "parties")[""], "after", "number"))
	require.NotEmpty(t, at(t, changed(t, body, "parties")[""], "because"))
}

func TestChangesThatCannotBeAsked(t *testing.T) {
	d := openDoor(t)
	const invalid = "INPUT_INVALID"
	d.play(t, []scenario{
		{ask: ask{path: "/v1/changes?from=2026-06-30"}, status: 422, code: invalid, field: "from", contains: []string{"the two sides are the same"}},
		{ask: ask{path: "/v1/changes?from=2003-02-30"}, status: 422, code: invalid, field: "from"},
		{ask: ask{path: "/v1/changes?from=2003-01-01&to=x"}, status: 422, code: invalid, field: "to"},
		{ask: ask{path: "/v1/changes?fromKnownAt=75"}, status: 422, code: invalid, field: "fromKnownAt"},
		{ask: ask{path: "/v1/changes?toReceivedBy=never"}, status: 422, code: invalid, field: "toReceivedBy"},
		{ask: ask{path: "/v1/changes?from=2003-01-01&treaty=NONE"}, status: 404, code: "NOT_FOUND", field: "treaty"},
		{ask: ask{path: "/v1/changes?from=2003-01-01&participant=Atlantis"}, status: 404, code: "NOT_FOUND", field: "participant"},
		{ask: ask{path: "/v1/changes?from=2003-06-30&to=2003-07-01&treaty=ICMW&participant=DEU"}, status: 200, contains: []string{`"changes":[]`}},
		{name: "before the treaty was held", ask: ask{path: "/v1/changes?treaty=ICMW&to=2020-01-01&fromKnownAt=1&toKnownAt=74"}, status: 200, contains: []string{`"what":"final clauses"`}},
	})
}

func cents(v any) float64 { return math.Round(v.(float64)*100) / 100 }

func TestWhatIf(t *testing.T) {
	d := openDoor(t)
	body := d.get(t, "/v1/treaties/ICMW/what-if?ratify=DEU,USA,CMR&asOf=2024-04-30")
	require.Equal(t, true, body["hypothetical"])
	require.Equal(t, "2024-08-01", body["settled"])
	require.Equal(t, "accession", at(t, body, "acts", 0, "action"))
	require.Equal(t, "ratification", at(t, body, "acts", 2, "action"), "Cameroon had signed")
	treaty := at(t, body, "treaties", 0)
	require.EqualValues(t, 62, at(t, treaty, "asOf", "after", "consents"))
	require.EqualValues(t, 59, at(t, treaty, "asOf", "after", "parties"))
	require.EqualValues(t, 62, at(t, treaty, "settled", "after", "parties"))
	gap := at(t, treaty, "settled", "gap")
	require.Equal(t, 12.30, cents(at(t, gap, "before", "coveredShare")))
	require.Equal(t, 36.17, cents(at(t, gap, "after", "coveredShare")))
	require.EqualValues(t, 3, at(t, gap, "after", "receivingBound"))
	require.EqualValues(t, 2020, at(t, gap, "stock", "year"))
	require.NotEmpty(t, at(t, gap, "stock", "source"))
	require.EqualValues(t, 3*59+3, at(t, treaty, "relations", "begun"), "with 59 parties each, and among the three")
	require.Len(t, at(t, treaty, "relations", "begunPairs"), 100)
	require.Len(t, changed(t, body, "status"), 3)

	// On the eve of the twentieth, one that has acceded since could have been it.
	body = d.get(t, "/v1/treaties/ICMW/what-if?ratify=TUR&asOf=2003-03-13")
	require.Equal(t, "condition not met", at(t, body, "treaties", 0, "entryIntoForce", "before", "status"))
	require.Equal(t, "2003-07-01", at(t, body, "treaties", 0, "entryIntoForce", "after", "inForce"))
	require.EqualValues(t, 190, at(t, body, "treaties", 0, "relations", "begun"), "twenty parties")
	require.Equal(t, "2003-03-13", at(t, body, "axes", "receivedBy"))
}

func TestWhatIfOfAnyActs(t *testing.T) {
	d := openDoor(t)
	post := func(body string) ask { return ask{path: "/v1/what-if", body: body} }
	before := d.Position()
	r := d.ask(t, post(`{"actions":[
		{"treaty":"UNTOC","action":{"participant":"AND","action":"accession","date":"2027-03-01"}},
		{"treaty":"ICMW","action":{"participant":"MEX","action":"withdrawal","date":"2027-01-01"}},
		{"treaty":"UNTOC-SMUGGLING","action":{"participant":"AND","action":"accession","date":"2027-03-02"}}]}`))
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	var body map[string]any
	r.into(t, &body)
	require.Len(t, body["acts"], 3)
	require.Empty(t, body["queries"], "the parent is acceded to before")
	require.Equal(t, "2028-02-01", body["settled"], "the withdrawal takes longest")
	require.Equal(t, "former party", at(t, changed(t, body, "status")["MEX"], "after", "words"))
	require.Equal(t, before, d.Position(), "nothing is recorded")

	r = d.ask(t, post(`{"actions":[{"treaty":"UNTOC-SMUGGLING","action":{"participant":"AND","action":"accession","date":"2027-03-02"}}]}`))
	r.into(t, &body)
	require.EqualValues(t, "PARENT_NOT_BOUND", at(t, body, "queries", 0, "code"))
	require.Equal(t, "actions[0].action.participant", at(t, body, "queries", 0, "field"))

	many := func(n int) string {
		return `{"actions":[` + strings.TrimSuffix(strings.Repeat(`{"treaty":"ICMW","action":{"participant":"DEU","action":"communication","date":"2026-01-01","statement":{"text":"x"}}},`, n), ",") + `]}`
	}
	d.play(t, []scenario{
		{name: "500 acts", ask: post(many(500)), status: 200, contains: []string{`"hypothetical":true`}},
		{name: "501 acts", ask: post(many(501)), status: 422, code: "INPUT_INVALID", field: "actions"},
		{name: "none", ask: post(`{"actions":[]}`), status: 422, code: "INPUT_INVALID", field: "actions"},
		{name: "no treaty", ask: post(`{"actions":[{"treaty":"NONE","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}}]}`), status: 422, code: "INPUT_INVALID", field: "actions[0].treaty"},
		{name: "bound already", ask: post(`{"actions":[{"treaty":"CEDAW","action":{"participant":"DEU","action":"communication","date":"2026-01-01","statement":{"text":"x"}}},
			{"treaty":"ICMW","action":{"participant":"MEX","action":"accession","date":"2026-01-01"}}]}`), status: 422, code: "ALREADY_BOUND", field: "actions[1].action.action"},
		{name: "twice in one hypothesis", ask: post(`{"actions":[{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}},
			{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-02-01"}}]}`), status: 422, code: "ALREADY_BOUND", field: "actions[1].action.action"},
		{name: "no definition", ask: post(`{"receiving":"everybody","actions":[{"treaty":"ICMW","action":{"participant":"DEU","action":"accession","date":"2026-01-01"}}]}`), status: 422, code: "INPUT_INVALID", field: "receiving"},
		{ask: ask{path: "/v1/treaties/ICMW/what-if?ratify=DEU&format=csv"}, status: 200, contains: []string{"hypothetical", "IV-13,ICMW,DEU,Germany,status,,no action,party"}},
		{ask: ask{path: "/v1/treaties/ICMW/what-if"}, status: 422, code: "INPUT_INVALID", field: "ratify"},
		{ask: ask{path: "/v1/treaties/ICMW/what-if?ratify=MEX"}, status: 422, code: "ALREADY_BOUND", field: "actions[0].action.action"},
		{ask: ask{path: "/v1/treaties/ICMW/what-if?ratify=Atlantis"}, status: 404, code: "NOT_FOUND", field: "participant"},
		{ask: ask{path: "/v1/treaties/ICMW/what-if?ratify=EUU"}, status: 422, code: "NOT_ELIGIBLE", field: "actions[0].action.participant"},
	})
	// The ledger as it was known before the acts of the treaty were recorded.
	require.Equal(t, "accession", at(t, d.get(t, "/v1/treaties/ICMW/what-if?ratify=MEX&asOf=2020-01-01&knownAt=66"), "acts", 0, "action"))
}

func TestWhoNext(t *testing.T) {
	d := openDoor(t)
	eve := d.get(t, "/v1/treaties/ICMW/who-next?asOf=2003-03-13")
	entry := find(t, eve["thresholds"], "what", "entry into force")
	require.Equal(t, "1 more of 20 consents", entry["required"])
	require.EqualValues(t, 1, at(t, entry, "smallest", "size"))
	require.Equal(t, true, at(t, entry, "smallest", "minimal"))
	require.Equal(t, "2003-07-01", at(t, entry, "smallest", "inForce"))
	alternatives := at(t, entry, "smallest", "alternatives").([]any)
	for _, id := range []string{"GTM", "SLV", "TUR", "DEU"} {
		require.Contains(t, alternatives, id)
	}
	require.NotContains(t, alternatives, "MEX", "has consented")
	require.NotContains(t, alternatives, "EUU", "is not admitted")
	require.NotContains(t, alternatives, "MNE", "does not exist yet")
	require.Equal(t, "signatory", at(t, entry, "likeliest", "participants", 0, "status"))
	require.NotEmpty(t, at(t, entry, "likeliest", "participants", 0, "signed"))

	body := d.get(t, "/v1/treaties/ICMW/who-next?asOf=2024-04-30&related=C97,C143,C189")
	for article, need := range map[string]int{"76": 9, "77": 7} {
		p := find(t, body["thresholds"], "article", article)
		require.Equal(t, fmt.Sprintf("%d more of 10 declarations", need), p["required"])
		require.EqualValues(t, 10-need, at(t, p, "terms", 0, "have"))
		require.EqualValues(t, need, at(t, p, "smallest", "size"))
		require.Equal(t, true, at(t, p, "smallest", "minimal"))
		require.Equal(t, "2024-04-30", at(t, p, "likeliest", "metOn"))
	}
	rows := at(t, body, "gap", "rows")
	require.Len(t, rows, 10)
	require.Equal(t, "USA", at(t, rows, 0, "participant"))
	require.Equal(t, 18.04, cents(at(t, rows, 0, "gain")))
	require.Equal(t, "DEU", at(t, rows, 1, "participant"))
	require.Equal(t, 5.62, cents(at(t, rows, 1, "gain")))
	require.EqualValues(t, 2, at(t, rows, 1, "related", "have"), "C97 and C189")
	require.EqualValues(t, 2020, at(t, body, "gap", "stock", "year"))
	require.NotEmpty(t, at(t, body, "gap", "stock", "source"))

	missing := find(t, d.get(t, "/v1/treaties/CTBT/who-next")["thresholds"], "what", "entry into force")
	require.EqualValues(t, 44, at(t, missing, "smallest", "size"), "no act of it is bundled")
	d.play(t, []scenario{
		{ask: ask{path: "/v1/treaties/NONE/who-next"}, status: 404, code: "NOT_FOUND", field: "treaty"},
		{ask: ask{path: "/v1/treaties/ICMW/who-next?receiving=everybody"}, status: 422, code: "INPUT_INVALID", field: "receiving"},
		{ask: ask{path: "/v1/treaties/ICMW/who-next?related=NONE"}, status: 404, code: "NOT_FOUND", field: "treaty"},
		{ask: ask{path: "/v1/treaties/ICMW/who-next?limit=0"}, status: 422, code: "INPUT_INVALID", field: "limit"},
		{ask: ask{path: "/v1/treaties/ICMW/who-next?limit=3&format=csv"}, status: 200, contains: []string{"gain,,,USA,United States of America"}},
	})
}

// Every treaty of the catalogue has an answer in the form described.
func TestEveryTreatyCanBeSupposed(t *testing.T) {
	d := openDoor(t)
	for _, treaty := range d.get(t, "/v1/treaties")["treaties"].([]any) {
		id := at(t, treaty, "id").(string)
		for _, day := range []string{"1991-12-31", "2026-06-30"} {
			body := d.get(t, fmt.Sprintf("/v1/treaties/%s/who-next?asOf=%s", id, day))
			for _, threshold := range body["thresholds"].([]any) {
				require.NotContains(t, fmt.Sprint(at(t, threshold, "obstacle")), "tried", "%s %s", id, day)
			}
			if set := at(t, body, "thresholds").([]any); len(set) > 0 && at(t, set[0], "smallest") != nil {
				first := at(t, set[0], "smallest", "participants", 0, "participant").(string)
				if at(t, set[0], "what") == "entry into force" {
					d.get(t, fmt.Sprintf("/v1/treaties/%s/what-if?ratify=%s&asOf=%s", id, first, day))
				}
			}
		}
	}
}
