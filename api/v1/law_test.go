package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
	"depositary/projections/model"
)

// record records acts about a treaty, and returns the ids of their records.
func recordActs(t *testing.T, d *apitest.Server, treaty, reason, acts string) []string {
	t.Helper()
	var receipt struct{ Records []string }
	writeActs(t, d, treaty, reason, acts, false).Into(t, &receipt)
	return receipt.Records
}

func writeActs(t *testing.T, d *apitest.Server, treaty, reason, acts string, dry bool) apitest.Reply {
	t.Helper()
	body, err := json.Marshal(map[string]any{"actions": json.RawMessage("[" + acts + "]"), "reason": reason})
	require.NoError(t, err)
	r := d.Ask(t, apitest.Request{Path: fmt.Sprintf("/v1/treaties/%s/actions?dryRun=%t", treaty, dry), Body: string(body), Token: "record"})
	require.Less(t, r.Status, 300, "%s", r.Body)
	return r
}

func deed(participant, kind, day, rest string) string {
	return fmt.Sprintf(`{"participant":%q,"action":%q,"date":%q%s}`, participant, kind, day, rest)
}

func statement(rest string) string { return `,"statement":{` + rest + `}` }

// hungary records the Genocide Convention between Hungary and the Netherlands,
// up to the objection; France and Austria have acted in no way on it.
func hungary(t *testing.T, d *apitest.Server) (reservation, objection string) {
	t.Helper()
	reservation = recordActs(t, d, "IV-1", "", deed("HUN", "accession", "1952-01-07", "")+","+
		deed("HUN", "reservation", "1952-01-07", statement(`"text":"not bound by article IX","articles":["IX"]`)))[1]
	recordActs(t, d, "IV-1", "", deed("AUT", "accession", "1958-03-19", ""))
	objection = recordActs(t, d, "IV-1", "", deed("NLD", "accession", "1966-06-20", "")+","+
		deed("NLD", "objection", "1966-06-20", statement(`"text":"does not deem such States parties","language":"en","precluding":true,"target":"`+reservation+`"`)))[1]
	return reservation, objection
}

func TestStatementsAndRelations(t *testing.T) {
	d := apitest.Open(t)
	reservation, objection := hungary(t, d)
	row := apitest.Find(t, d.Get(t, "/v1/treaties/IV-1/statements?asOf=1980-01-01")["rows"], "record", reservation)
	require.Equal(t, "active", row["state"])
	require.Equal(t, []any{"IX"}, row["articles"])
	answer := apitest.At(t, row, "answers", 0)
	require.Equal(t, []any{objection, "NLD", true, "active"}, []any{apitest.At(t, answer, "record"), apitest.At(t, answer, "by"), apitest.At(t, answer, "precluding"), apitest.At(t, answer, "state")})
	target := apitest.Find(t, d.Get(t, "/v1/treaties/IV-1/statements?asOf=1980-01-01")["rows"], "record", objection)["target"]
	require.Equal(t, map[string]any{"record": reservation, "participant": "HUN", "name": "Hungary", "articles": []any{"IX"}}, target)
	require.Empty(t, d.Get(t, "/v1/treaties/IV-1/statements?asOf=1952-01-06")["rows"], "not made yet")
	require.Empty(t, apitest.Find(t, d.Get(t, "/v1/treaties/IV-1/statements?asOf=1960-01-01")["rows"], "record", reservation)["answers"], "not objected to yet")
	require.Len(t, d.Get(t, "/v1/treaties/IV-1/statements?asOf=1980-01-01&article=IX")["rows"], 2, "the objection concerns what the reservation does")

	relation := d.Get(t, "/v1/treaties/IV-1/relations/HUN/NLD?asOf=1980-01-01")
	require.Equal(t, false, apitest.At(t, relation, "relation", "inForce"))
	require.Equal(t, "1966-09-18", apitest.At(t, relation, "relation", "since"))
	require.Equal(t, "VCLT 20(4)(b)", apitest.At(t, relation, "relation", "rule"))
	require.Len(t, relation["statements"], 2)
	mirrored := d.Get(t, "/v1/treaties/IV-1/relations/NLD/HUN?asOf=1980-01-01")
	require.Equal(t, apitest.At(t, relation, "relation", "effects"), apitest.At(t, mirrored, "relation", "effects"))
	austria := d.Get(t, "/v1/treaties/IV-1/relations/HUN/AUT?asOf=1980-01-01")
	require.Equal(t, true, apitest.At(t, austria, "relation", "inForce"))
	require.Equal(t, "modified", apitest.At(t, austria, "relation", "effects", 0, "effect"))

	withdrawal := deed("HUN", "withdrawal of a reservation", "1989-12-08", statement(`"target":"`+reservation+`"`))
	var trial map[string]any
	writeActs(t, d, "IV-1", "", withdrawal, true).Into(t, &trial)
	effects := trial["effects"]
	require.Equal(t, []any{"active", "withdrawn"}, []any{apitest.At(t, effects, "statements", 0, "before"), apitest.At(t, effects, "statements", 0, "after")})
	require.Equal(t, []any{"active", "ended"}, []any{apitest.At(t, effects, "statements", 1, "before"), apitest.At(t, effects, "statements", 1, "after")})
	require.Equal(t, 2.0, apitest.At(t, effects, "relations", "changed"))
	require.Equal(t, "NLD", apitest.At(t, effects, "relations", "begin", 0, "with"))
	require.Equal(t, "AUT", apitest.At(t, effects, "relations", "other", 0, "with"))

	recordActs(t, d, "IV-1", "", withdrawal)
	relation = d.Get(t, "/v1/treaties/IV-1/relations/HUN/NLD?asOf=1989-12-08")
	require.Equal(t, true, apitest.At(t, relation, "relation", "inForce"))
	require.Equal(t, "1989-12-08", apitest.At(t, relation, "relation", "since"))
	require.Len(t, relation["course"], 2)
	require.Equal(t, "ended", apitest.Find(t, relation["statements"], "record", objection)["state"])
	before := d.Get(t, "/v1/treaties/IV-1/relations/HUN/NLD?asOf=2000-01-01&receivedBy=1989-12-07")
	require.Equal(t, false, apitest.At(t, before, "relation", "inForce"), "the depositary had not received it")
	require.Equal(t, 2.0, d.Get(t, "/v1/treaties/IV-1/relations/HUN?asOf=2000-01-01")["inForce"])
}

// What a command changes is told also where it takes back what was recorded.
func TestAnAnnulledReservationTellsItsRelations(t *testing.T) {
	d := apitest.Open(t)
	reservation, objection := hungary(t, d)
	r := d.Ask(t, apitest.Request{Path: "/v1/actions/" + objection + "/annulment?dryRun=true", Body: `{"reason":"recorded by mistake"}`, Token: "record"})
	require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
	var trial map[string]any
	r.Into(t, &trial)
	require.Equal(t, "HUN", apitest.At(t, trial, "effects", "relations", "begin", 0, "with"))
	gone := apitest.Find(t, apitest.At(t, trial, "effects", "statements"), "record", objection)
	require.Equal(t, []any{"active", nil}, []any{gone["before"], gone["after"]})
	require.Equal(t, "active", apitest.Find(t, apitest.At(t, trial, "effects", "statements"), "record", reservation)["after"])
}

// Every kind of act that concerns statements and territories can be recorded
// over HTTP, and what it makes can be read again.
func TestEveryActOnStatementsIsRecorded(t *testing.T) {
	d := apitest.Open(t)
	reservation, objection := hungary(t, d)
	text := func(more string) string { return statement(`"text":"says so"` + more) }
	answering := func(target, more string) string { return statement(`"target":"` + target + `"` + more) }
	record := func(who, kind, day, rest string) string {
		return recordActs(t, d, "IV-1", "as the notification says", deed(who, kind, day, rest))[0]
	}
	record("AUT", "acceptance of a reservation", "1958-04-01", answering(reservation, ""))
	record("HUN", "modification of a reservation", "1970-01-01", answering(reservation, `,"text":"other words","articles":["IX"]`))
	record("HUN", "partial withdrawal of a reservation", "1975-01-01", answering(reservation, `,"text":"what remains"`))
	record("NLD", "withdrawal of an objection", "1980-01-01", answering(objection, ""))
	declaration := record("AUT", "interpretative declaration", "1958-03-19", text(`,"articles":["VI"]`))
	record("AUT", "withdrawal of a declaration", "1990-01-01", answering(declaration, ""))
	derogation := record("AUT", "derogation", "1991-01-01", text(`,"articles":["VI"]`))
	record("AUT", "end of derogation", "1991-02-01", answering(derogation, ""))
	record("AUT", "derogation", "1992-01-01", text(`,"until":"1992-03-31"`))
	record("AUT", "notification", "1993-01-01", text(`,"until":"1993-12-31"`))
	record("AUT", "communication", "1994-01-01", text(""))
	record("NLD", "territorial application", "1970-01-01", `,"territories":["Netherlands Antilles","Surinam"]`)
	record("NLD", "territorial exclusion", "1972-11-25", `,"territories":["Netherlands Antilles"]`)
	signed := recordActs(t, d, "IV-13", "", deed("DEU", "signature", "2010-01-10", "")+","+deed("DEU", "reservation", "2010-01-10", text(`,"articles":["22"]`)))
	require.Equal(t, "inert", apitest.Find(t, d.Get(t, "/v1/treaties/IV-13/statements")["rows"], "record", signed[1])["state"])
	recordActs(t, d, "IV-13", "", deed("DEU", "intention not to become a party", "2011-01-10", text("")))
	require.Equal(t, true, apitest.Find(t, d.Get(t, "/v1/treaties/IV-13/status")["rows"], "participant", "DEU")["intendsNot"])
	recordActs(t, d, "IV-13", "it is confirmed at once", deed("DEU", "ratification", "2012-05-03", "")+","+deed("DEU", "confirmation of a reservation", "2012-05-03", answering(signed[1], "")))
	confirmed := apitest.Find(t, d.Get(t, "/v1/treaties/IV-13/statements")["rows"], "record", signed[1])
	require.Equal(t, []any{"active", true}, []any{confirmed["state"], confirmed["confirmed"]})
	require.Nil(t, apitest.Find(t, d.Get(t, "/v1/treaties/IV-13/status")["rows"], "participant", "DEU")["intendsNot"], "consent takes it back")

	rows := d.Get(t, "/v1/treaties/IV-1/statements?asOf=1995-01-01")["rows"]
	standing := map[string]string{}
	for _, row := range rows.([]any) {
		standing[fmt.Sprint(apitest.At(t, row, "participant"), " ", apitest.At(t, row, "kind"), " ", apitest.At(t, row, "from"))] = apitest.At(t, row, "state").(string)
	}
	require.Equal(t, map[string]string{
		"HUN reservation 1952-01-07": "active", "NLD objection 1966-06-20": "withdrawn", "AUT interpretative declaration 1958-03-19": "withdrawn",
		"AUT derogation 1991-01-01": "ended", "AUT derogation 1992-01-01": "ended", "AUT notification 1993-01-01": "ended", "AUT communication 1994-01-01": "active",
	}, standing)
	maintained := apitest.Find(t, rows, "record", reservation)
	require.Equal(t, []any{"what remains", true}, []any{maintained["text"], maintained["modified"]})
	require.Len(t, maintained["answers"], 2)

	by := d.Get(t, "/v1/treaties/IV-1/statements/by-article?asOf=1995-01-01")["articles"].([]any)
	var articles []string
	for _, article := range by {
		articles = append(articles, apitest.At(t, article, "article").(string))
	}
	require.Equal(t, []string{"VI", "IX", "not said"}, articles)

	on := func(day string) []any {
		row := apitest.Find(t, d.Get(t, "/v1/treaties/IV-1/status?asOf="+day)["rows"], "participant", "NLD")
		return []any{row["territories"], row["territoriesExcluded"]}
	}
	require.Equal(t, []any{[]any{"Netherlands Antilles", "Surinam"}, nil}, on("1971-01-01"))
	require.Equal(t, []any{[]any{"Surinam"}, []any{"Netherlands Antilles"}}, on("1974-01-01"))
}

// A successor's row says from whom it maintains the reservation.
func TestMaintainedStatementsSayFromWhom(t *testing.T) {
	d := apitest.Open(t)
	recordActs(t, d, "IV-1", "as the table says", deed("SRB", "accession", "2001-03-12", "")+","+deed("SRB", "reservation", "2001-03-12", statement(`"text":"not bound by article IX","articles":["IX"]`)))
	recordActs(t, d, "IV-1", "as the table says", deed("MNE", "succession", "2006-10-23", ""))
	row := apitest.Find(t, d.Get(t, "/v1/treaties/IV-1/statements?participant=MNE")["rows"], "participant", "MNE")
	require.Equal(t, []any{"SRB", "Serbia", "2006-06-03", "VCST 20(1)"}, []any{row["maintainsFrom"], row["maintainsFromName"], row["from"], row["rule"]})
}

// Where the clauses on entry into force are not known, no relation can be told,
// and the answer says so.
func TestRelationsNeedClauses(t *testing.T) {
	d := apitest.Open(t)
	treaty := domain.Treaty{ID: "X-1", Short: "BARE", Title: "A treaty without clauses"}
	body, err := json.Marshal(model.FromTreaty(treaty))
	require.NoError(t, err)
	r := d.Ask(t, apitest.Request{Method: "PUT", Path: "/v1/treaties/X-1", Body: string(body), Token: "define"})
	require.Equal(t, http.StatusCreated, r.Status, "%s", r.Body)
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/BARE/relations/DEU"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/BARE/statements"}, Status: 200, Contains: []string{`"rows":[]`}},
	})
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/treaties/BARE/actions", Token: "record", Body: `{"reason":"no clauses","actions":[
		{"participant":"DEU","action":"ratification","date":"2026-06-01"},{"participant":"FRA","action":"ratification","date":"2026-06-01"}]}`})
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/BARE/relations/DEU"}, Status: 422, Code: "INPUT_INVALID", Field: "treaty", Contains: []string{"final clauses of BARE", "are not known"}},
		{Request: apitest.Request{Path: "/v1/treaties/BARE/relations/DEU/FRA"}, Status: 422, Code: "INPUT_INVALID", Field: "treaty"},
	})
}
