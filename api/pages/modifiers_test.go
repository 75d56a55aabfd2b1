package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// What modifies a status stands on the pages beside it: a suspension of operation
// (VCLT 57, 72), and the territories for which alone a State is bound (VCLT 29). The
// Russian Federation notified on 14 July 2007 that it suspends the operation of the
// CFE Treaty with effect from 12 December 2007; Malaysia is bound by ILO Convention
// 97 for Sabah. A map does not paint it as covered.
func TestModifiersOfAStatus(t *testing.T) {
	d := apitest.Open(t)
	put := d.Ask(t, apitest.Request{Path: "/v1/treaties", Token: "define", Body: `{"id":"CFE","short":"CFE","title":"Treaty on Conventional Armed Forces in Europe","adopted":"1990-11-19",
		"entryIntoForce":{"when":"1 consents","then":"10 days","article":"XXII(2)"},"laterParties":{"then":"10 days"},"stated":{"inForce":"1992-11-09","source":"NATO, the CFE Treaty"}}`})
	require.Equal(t, http.StatusCreated, put.Status, "%s", put.Body)
	acts := d.Ask(t, apitest.Request{Path: "/v1/treaties/CFE/actions", Token: "record", Body: `{"reason":"the signature is not recorded","actions":[
		{"participant":"RUS","action":"ratification","date":"1992-09-03"},
		{"participant":"RUS","action":"suspension of operation","date":"2007-07-14","effect":"2007-12-12"}]}`})
	require.Equal(t, http.StatusCreated, acts.Status, "%s", acts.Body)
	for day, suspended := range map[string]bool{"2007-12-11": false, "2007-12-12": true} {
		for path, words := range map[string]string{"/en/treaties/CFE": "operation suspended", "/en/participants/RUS": "operation suspended", "/fr/treaties/CFE": "application suspendue"} {
			page := string(getPage(t, d, path+"?asOf="+day).Body)
			require.Equal(t, suspended, strings.Contains(page, `<span class="flag">`+words+`</span>`), "%s %s", path, day)
		}
	}

	page := string(getPage(t, d, "/en/treaties/C97").Body)
	require.Contains(t, page, `<span class="flag">for Sabah only</span>`)
	for _, form := range []string{"", "?form=tiles"} {
		page = string(getPage(t, d, "/en/map/C97"+form).Body)
		require.Contains(t, page, "<title>Malaysia: party, for Sabah only</title>")
		require.Contains(t, page, "not for all territories", "the legend")
		require.NotContains(t, string(getPage(t, d, "/en/map/CRC"+form+"?asOf=1995-01-01").Body), "not for all territories")
	}
}
