package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// A lawyer's day: three treaties written from their texts alone, with mistakes of
// form and of law. All of them are named at once, each with its line, column and
// field; nothing is recorded. The same document comes through the command in
// cmd/depositary.
func TestThreeTreatiesWithMistakes(t *testing.T) {
	d := apitest.Open(t)
	document, err := os.ReadFile("../apitest/testdata/three-treaties.json")
	require.NoError(t, err)
	before := d.Position()
	r := d.Ask(t, apitest.Request{Path: "/v1/treaties", Body: string(document), Token: "define"})
	require.Equal(t, http.StatusUnprocessableEntity, r.Status, "%s", r.Body)
	var lines []string
	for _, f := range r.Problem(t).Findings {
		lines = append(lines, fmt.Sprintf("%d:%d %s %s: %s", f.Line, f.Column, f.Code, f.Field, f.Message))
	}
	want := []string{
		`3:75 INPUT_INVALID [0].adopted: "2001-02-30" is not a date`,
		`4:24 DEFINITION_INVALID [0].admits[1]: "Kingdoms" admits no one`,
		`5:31 INPUT_INVALID [0].entryIntoForce.when: "20 consent" is no phrase that is known here; the nearest is "20 consents"`,
		`5:53 INPUT_INVALID [0].entryIntoForce.then: "30 dais" is no phrase that is known here; the nearest is "30 days"`,
		`6:26 DEFINITION_INVALID [0].withdrawal.rule: "allowed" is no rule`,
		`10:38 DEFINITION_INVALID [1].consent.by[1]: "signature" is no act of consent`,
		`11:30 UNKNOWN_GROUP [1].entryIntoForce.when: the group "EUROP" is not recorded`,
		`12:28 DEFINITION_INVALID [1].laterParties.then: a delay without floors expected`,
		`13:48 INPUT_INVALID [1].withdrawal.then: "1 jear" is no phrase that is known here; the nearest is "1 year"`,
		`16:26 INPUT_INVALID [2].short: a text expected, not a number`,
		`16:69 UNKNOWN_TREATY [2].parent: the parent treaty "X-99" is not recorded`,
		`17:13 FIELD_REQUIRED [2].stated.inForce: the field inForce is missing`,
		`18:4 INPUT_INVALID [2].reservation: unknown field "reservation"`,
		`19:19 DEFINITION_INVALID [2].reservations.only: the rule only, and no other, lists the articles`,
	}
	require.Len(t, lines, len(want), strings.Join(lines, "\n"))
	for i := range want {
		require.True(t, strings.HasPrefix(lines[i], want[i]), lines[i])
	}
	require.Equal(t, before, d.Position(), "nothing is recorded in part")

	// One treaty to its own address: the same, at once.
	r = d.Ask(t, apitest.Request{Method: http.MethodPut, Path: "/v1/treaties/X-91", Token: "define",
		Body: `{"id":"X-91","short":"FIRST","title":"First","adopted":"2001-02-30","admits":["Kingdoms"]}`})
	findings := r.Problem(t).Findings
	require.Len(t, findings, 2)
	require.Equal(t, []string{"adopted", "admits[0]"}, []string{findings[0].Field, findings[1].Field})
}

// A document in order: its definitions may refer to those before them; what is
// recorded already is passed over; a weight table that comes later is asked about.
func TestDocumentsOfDefinitions(t *testing.T) {
	d := apitest.Open(t)
	send := func(query, document string) apitest.Reply {
		return d.Ask(t, apitest.Request{Path: "/v1/treaties" + query, Body: document, Token: "define"})
	}
	const parent = `{"id":"X-91","short":"FIRST","title":"First Convention"}`
	const child = `{"id":"X-92","short":"SECOND","title":"Second Convention","parent":"X-91"}`
	before := d.Position()
	require.Equal(t, http.StatusOK, send("?dryRun=true", "["+parent+","+child+"]").Status)
	require.Equal(t, before, d.Position())
	r := send("", "["+parent+",\n"+child+"]")
	require.Equal(t, http.StatusCreated, r.Status, "%s", r.Body)
	require.Equal(t, before+2, d.Position())
	require.Equal(t, "X-91", d.Get(t, "/v1/treaties/X-92")["parent"])

	var answer struct {
		Definitions []struct {
			Address   string
			Unchanged bool
		}
	}
	r = send("", "["+parent+`,{"id":"X-93","short":"THIRD","title":"Third Convention"}]`)
	require.NoError(t, json.Unmarshal(r.Body, &answer))
	require.Equal(t, []any{"/v1/treaties/X-91", true, "/v1/treaties/X-93", false},
		[]any{answer.Definitions[0].Address, answer.Definitions[0].Unchanged, answer.Definitions[1].Address, answer.Definitions[1].Unchanged})
	require.Equal(t, before+3, d.Position())

	const tonnage = `{"id":"X-94","short":"FOURTH","title":"Fourth Convention","entryIntoForce":{"when":"50% of GROSS-TONNAGE","then":"1 year"}}`
	p := send("", tonnage).Problem(t)
	require.Equal(t, "urn:depositary:queried", p.Type)
	require.EqualValues(t, "WEIGHTS_NOT_HELD", p.Findings[0].Code)
	require.Equal(t, "entryIntoForce.when", p.Findings[0].Field)
	require.Equal(t, http.StatusCreated, send("?reason=the+table+follows", tonnage).Status)

	for document, want := range map[string]string{"[]": "the document states nothing", "[{]": "line 1, column 3", `{"id":"X-1"} {}`: "one document expected"} {
		r := send("", document)
		require.Equal(t, http.StatusBadRequest, r.Status, "%s: %s", document, r.Body)
		require.Contains(t, string(r.Body), want)
	}
}
