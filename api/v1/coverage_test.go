package v1_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// Of a treaty without acts every answer says that it is not known who has acted,
// and makes no figure of it.
func TestNothingRecordedMakesNoFigure(t *testing.T) {
	d := apitest.Open(t)
	d.Play(t, []apitest.Scenario{
		{Request: apitest.Request{Path: "/v1/treaties/CRC/status"}, Status: 200, Contains: []string{`"extent":"none"`, `"rows":[]`}, Lacks: []string{`"parties":`, "no action"}},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/participants/DEU"}, Status: 200, Contains: []string{`"status":"not known"`}},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/gap"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/share"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/relations/DEU"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/who-next"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/matrix?treaties=CRC,ICMW&format=csv"}, Status: 200, Contains: []string{"not known"}},
		{Request: apitest.Request{Path: "/v1/matrix?treaties=CRC&show=gaps"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/gap?format=csv"}, Status: 422, Code: "ACTS_NOT_RECORDED", Field: "treaty"},
	})
	for _, treaty := range d.Get(t, "/v1/treaties")["treaties"].([]any) {
		if apitest.At(t, treaty, "short") == "CRC" {
			require.NotContains(t, treaty, "parties")
		}
	}
}

// A secretariat that is the depositary says from when on it records every act;
// the statement is corrected and annulled like any fact.
func TestStatingCoverage(t *testing.T) {
	d := apitest.Open(t)
	state := func(body string) apitest.Request {
		return apitest.Request{Path: "/v1/treaties/CRC/coverage", Body: body, Token: "record"}
	}
	first := d.Must(t, http.StatusCreated, state(`{"coverage":{"extent":"table","asAt":"2015-03-31","published":{"signatories":140,"parties":195},"missing":"withdrawals"}}`))
	var receipt map[string]any
	first.Into(t, &receipt)
	record := apitest.At(t, receipt, "records", 0).(string)

	one := d.Get(t, "/v1/treaties/CRC/coverage")
	require.Equal(t, "table", apitest.At(t, one, "treaty", "coverage", "extent"))
	require.Equal(t, false, apitest.At(t, one, "treaty", "coverage", "complete"))
	require.EqualValues(t, 195, one["published"])
	require.EqualValues(t, 0, one["recorded"], "no act is recorded beside it")
	require.Equal(t, record, apitest.At(t, one, "sources", 0, "record"))
	require.Equal(t, "no action", apitest.At(t, d.Get(t, "/v1/treaties/CRC/participants/DEU"), "status", "status"))

	d.Play(t, []apitest.Scenario{
		{Request: state(`{"coverage":{"extent":"table"}}`), Status: 422, Code: "FIELD_REQUIRED", Field: "coverage.asAt"},
		{Request: state(`{"coverage":{"extent":"table","asAt":"2014-03-31"},"corrects":"` + record + `"}`), Status: 422, Code: "REASON_REQUIRED", Field: "reason"},
		{Request: apitest.Request{Path: "/v1/treaties/CRC/coverage", Body: `{"coverage":{"extent":"some"}}`}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Request: apitest.Request{Path: "/v1/coverage?format=csv"}, Status: 200, Contains: []string{"CRC,table,2015-03-31"}},
	})
	d.Must(t, http.StatusCreated, state(`{"coverage":{"extent":"table","asAt":"2014-03-31"},"corrects":"`+record+`","reason":"a year older"}`))
	require.Equal(t, "2014-03-31", apitest.At(t, d.Get(t, "/v1/treaties/CRC/coverage"), "treaty", "coverage", "asAt"))
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/actions/" + record + "/annulment", Body: `{"reason":"another treaty's"}`, Token: "record"})
	require.Equal(t, "none", apitest.At(t, d.Get(t, "/v1/treaties/CRC/coverage"), "treaty", "coverage", "extent"))
}
