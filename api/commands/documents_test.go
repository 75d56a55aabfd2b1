package commands_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/audit"
	"depositary/api/commands"
)

// A document is everybody's only while an act that stands names it: not from the
// proposal on, nor after a rejection or an annulment.
func TestADocumentIsPublicWithItsAct(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	doc := bring(t, d, "instrument.pdf", "instrument")
	address := apitest.Request{Path: "/v1/documents/" + doc.Digest}
	rejected := d.Propose(t, withDocument("2026-06-01", doc))
	d.Must(t, 404, address)
	decide(t, d, 200, rejected, "rejection", `{"why":"no seal"}`, "all")
	d.Must(t, 404, address)
	decide(t, d, 200, d.Propose(t, withDocument("2026-06-01", doc)), "approval", "", "all")
	require.Equal(t, "instrument", string(d.Must(t, 200, address).Body))
	annulment := d.Propose(t, apitest.Request{Path: "/v1/actions/" + lastRecord(t, d) + "/annulment", Body: `{"reason":"not so"}`, Token: "record"})
	decide(t, d, 200, annulment, "approval", "", "all")
	d.Must(t, 404, address)
	table := d.Must(t, 200, apitest.Request{Path: "/v1/imports/acts?file=acts.csv", Body: "treaty,participant,action,date\nIV-13,ITA,accession,2026-05-14\n", Token: "record"})
	var report struct{ Proposal string }
	table.Into(t, &report)
	p, err := d.Commands.Proposal(t.Context(), report.Proposal)
	require.NoError(t, err)
	d.Must(t, 404, apitest.Request{Path: "/v1/documents/" + p.Document})
	decide(t, d, 200, report.Proposal, "approval", "", "all")
	d.Must(t, 404, apitest.Request{Path: "/v1/documents/" + p.Document})
}

// A document that an act names and that was lost is there again when somebody
// brings it, and stays.
func TestALostDocumentIsRepaired(t *testing.T) {
	d := apitest.Open(t)
	doc := bring(t, d, "instrument.pdf", "instrument")
	d.Must(t, http.StatusCreated, withDocument("2026-06-01", doc))
	address := apitest.Request{Path: "/v1/documents/" + doc.Digest}
	for _, lost := range [][]string{{"part." + doc.Digest + ".0"}, {"head." + doc.Digest, "part." + doc.Digest + ".0"}} {
		for _, key := range lost {
			d.Documents.Lose(key)
		}
		require.NotEqual(t, 200, d.Ask(t, address).Status)
		bring(t, d, "other-name.pdf", "instrument")
		require.Equal(t, "instrument", string(d.Must(t, 200, address).Body))
	}
}

// The bytes of a document can be withdrawn: its digest stays in the ledger, and
// who asks is told why.
func TestADocumentIsWithdrawn(t *testing.T) {
	d := apitest.Open(t)
	doc := bring(t, d, "instrument.pdf", "instrument")
	var receipt commands.Receipt
	d.Must(t, http.StatusCreated, withDocument("2026-06-01", doc)).Into(t, &receipt)
	withdraw := apitest.Request{Path: "/v1/documents/" + doc.Digest + "/withdrawal", Body: `{"why":"it names a private person"}`, Token: "operate"}
	require.Equal(t, 403, d.Ask(t, apitest.Request{Path: withdraw.Path, Body: withdraw.Body, Token: "record"}).Status)
	for range 2 {
		d.Must(t, 204, withdraw)
	}
	address := apitest.Request{Path: "/v1/documents/" + doc.Digest}
	require.Equal(t, "the bytes of the document were withdrawn on 2026-06-30: it names a private person", d.Must(t, 410, address).Problem(t).Detail)
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + receipt.Records[0].String()}).Body), doc.Digest)
	require.Equal(t, 410, d.Ask(t, apitest.Request{Path: "/v1/documents?name=x", Body: "instrument", Token: "record"}).Status, "and it is not brought again")
	entries, err := d.Audit.Entries(t.Context(), audit.Question{Kind: audit.DocumentWithdrawn})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	_, err = d.Verify(t.Context())
	require.NoError(t, err)
}
