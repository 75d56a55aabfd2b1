package v1_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	v1 "depositary/api/v1"
)

var linkTo = regexp.MustCompile(`<([^>]*)>; rel="([a-z]+)"`)

// followed returns the address to which an answer's header Link leads, resolved
// against its own, empty where it leads nowhere.
func followed(t *testing.T, at string, header http.Header, relation string) string {
	t.Helper()
	for _, line := range header.Values("Link") {
		if m := linkTo.FindStringSubmatch(line); m != nil && m[2] == relation {
			base, err := url.Parse(at)
			require.NoError(t, err)
			to, err := base.Parse(m[1])
			require.NoError(t, err)
			return to.String()
		}
	}
	return ""
}

// Every list that takes a cursor leads by Link from page to page, and its pages
// put together are the list.
func TestListsLeadFromPageToPage(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t)
	for _, tt := range []struct {
		address, member string
		limit           string
	}{
		{"/v1/treaties", "treaties", "7"},
		{"/v1/participants", "participants", "100"},
		{"/v1/territories", "territories", "9"},
		{"/v1/groups", "groups", "3"},
		{"/v1/weights", "weights", "1"},
		{"/v1/coverage", "rows", "11"},
		{"/v1/ledger", "commits", "40"},
		{"/v1/ledger?order=desc", "commits", "40"},
		{"/v1/coming?on=1998-01-01", "coming", "2"},
		{"/v1/changes?treaty=ICMW&from=2003-01-01&to=2004-01-01", "changes", "5"},
		{"/v1/treaties/ICMW/statements", "rows", "1"},
		{"/v1/tokens", "tokens", "1"},
	} {
		t.Run(tt.address, func(t *testing.T) {
			list := func(at string) ([]json.RawMessage, http.Header) {
				r := d.Ask(t, apitest.Request{Path: at, Token: "operate"})
				require.Equal(t, http.StatusOK, r.Status, "%s: %s", at, r.Body)
				var body map[string]json.RawMessage
				require.NoError(t, json.Unmarshal(r.Body, &body))
				var entries []json.RawMessage
				require.NoError(t, json.Unmarshal(body[tt.member], &entries))
				return entries, r.Header
			}
			whole, header := list(tt.address)
			require.NotEmpty(t, whole)
			require.Empty(t, header.Values("Link"), "one page leads nowhere")
			separator := "?"
			if strings.Contains(tt.address, "?") {
				separator = "&"
			}
			first := tt.address + separator + "limit=" + tt.limit
			var together []json.RawMessage
			pages := 0
			for at := first; at != ""; pages++ {
				entries, header := list(at)
				together = append(together, entries...)
				if pages > 0 {
					require.Equal(t, queryOf(t, first), queryOf(t, followed(t, at, header, "first")))
				}
				at = followed(t, at, header, "next")
				require.Less(t, pages, 200)
			}
			require.Equal(t, whole, together)
		})
	}
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Query()
}

func TestUnknownCursor(t *testing.T) {
	d := apitest.Open(t)
	for _, path := range []string{"/v1/treaties", "/v1/changes", "/v1/groups", "/v1/notices"} {
		r := d.Ask(t, apitest.Request{Path: path + "?cursor=-"})
		require.Equal(t, http.StatusUnprocessableEntity, r.Status)
		require.Equal(t, "cursor", r.Problem(t).Findings[0].Field)
	}
}

// Where an operation takes a limit of its entries it takes a cursor too. Others
// bound something else by it.
func TestLimitsHaveCursors(t *testing.T) {
	others := []string{"searchText", "rankWhoNext", "getCorridors", "getOriginCorridors"}
	for _, r := range v1.Routes() {
		if r.Takes("limit") && !slices.Contains(others, r.ID) {
			require.True(t, r.Takes("cursor"), r.ID)
		}
	}
}
