package apitest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/commands"
	"depositary/projections/notices"
)

// Accession is the request that records an accession to the ICMW, under an
// idempotency key where it is not empty.
func Accession(participant, day, key string) Request {
	a := Request{Path: "/v1/treaties/ICMW/actions", Token: "record",
		Body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"accession","date":%q}]}`, participant, day)}
	if key != "" {
		a.Header = map[string]string{"Idempotency-Key": key}
	}
	return a
}

// Accede records an accession to the ICMW.
func (c *Client) Accede(t testing.TB, participant, day, key string) Reply {
	t.Helper()
	return c.Must(t, http.StatusCreated, Accession(participant, day, key))
}

// Propose sends a command that becomes a proposal and returns its id.
func (c *Client) Propose(t testing.TB, a Request) string {
	t.Helper()
	r := c.Must(t, http.StatusAccepted, a)
	var receipt commands.Receipt
	r.Into(t, &receipt)
	require.NotEmpty(t, receipt.Proposal)
	require.Zero(t, receipt.Position)
	require.Equal(t, "/v1/proposals/"+receipt.Proposal, r.Header.Get("Location"))
	return receipt.Proposal
}

// NoticePage is a page of notices.
type NoticePage struct {
	Notices []notices.Notice `json:"notices"`
	Through notices.ID       `json:"through"`
	More    bool             `json:"more"`
}

// NoticesOf asks for notices.
func (c *Client) NoticesOf(t testing.TB, query string) (page NoticePage) {
	t.Helper()
	c.Must(t, http.StatusOK, Request{Path: "/v1/notices?" + query}).Into(t, &page)
	return page
}

// Pages lists the address of every page, without its language, with the
// questions that it is asked.
var Pages = []string{
	"/", "/treaties", "/treaties/ICMW", "/treaties/CRC", "/treaties/ICMW/relations/MLI", "/gap/ICMW", "/gap/C97?receiving=OECD&stockYear=2015", "/gap/ICMW?ratify=DEU&ratify=FRA",
	"/participants", "/participants/DEU", "/participants/TUR", "/participants/SCG", "/matrix", "/matrix?group=EU&show=gaps", "/map/ICMW", "/map/ICMW?form=tiles",
	"/changes", "/changes?from=2003-06-30&to=2003-07-01", "/coming", "/notices", "/notices?treaty=ICMW&backfill=true", "/notices/68.1", "/search", "/search?q=migrant", "/notifications", "/ledger", "/ledger/68", "/acts/68.3", "/about", "/api",
	"/corridors/ICMW", "/corridors/ICMW/MEX?ratify=USA&year=2020", "/corridors/C97/Philippines", "/corridor/BOL/ARG", "/corridor/IND/HKG",
	"/figures/growth/ICMW.html", "/figures/bars/ICMW.html?ratify=DEU", "/figures/corridors/ICMW.html",
}
