package v1_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"depositary/api/apitest"

	"github.com/stretchr/testify/require"
)

// Germany accedes, the record is corrected, and the correction is annulled: what
// is answered before, after, and of each moment between.
func TestGermanyAccedes(t *testing.T) {
	d := apitest.Open(t)
	const view = "/v1/treaties/ICMW/participants/DEU"
	before := map[string]apitest.Reply{}
	for _, path := range []string{view, "/v1/treaties/ICMW/status", "/v1/treaties/ICMW/gap?asOf=2026-09-01", "/v1/treaties/ICMW/timeline", "/v1/participants/DEU/status", "/v1/matrix", "/v1/treaties", "/v1/ledger?order=desc&limit=1"} {
		before[path] = d.Ask(t, apitest.Request{Path: path})
	}

	// A dry run says what would follow, and records nothing.
	dry := apitest.Accession("DEU", "2026-05-14", "germany-1")
	dry.Path += "?dryRun=true"
	r := d.Must(t, http.StatusOK, dry)
	receipt := r.Object(t)
	require.Equal(t, true, receipt["dryRun"])
	require.NotContains(t, receipt, "position")
	require.Empty(t, r.Header.Get("Location"))
	requireGermanyBound(t, receipt)
	require.EqualValues(t, 74, d.Position())
	for path, was := range before {
		require.Equal(t, http.StatusNotModified, d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"If-None-Match": was.Header.Get("Etag")}}).Status, path)
	}

	// The real one: every view shows it at once, under another tag.
	d.Clock.Advance(time.Minute)
	r = d.Accede(t, "DEU", "2026-05-14", "germany-1")
	receipt = r.Object(t)
	require.NotContains(t, receipt, "dryRun")
	require.EqualValues(t, 75, receipt["position"])
	require.Equal(t, "/v1/ledger/75", r.Header.Get("Location"))
	require.Equal(t, []any{"75.1"}, receipt["records"])
	requireGermanyBound(t, receipt)
	for path, was := range before {
		now := d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"If-None-Match": was.Header.Get("Etag")}})
		require.Equal(t, http.StatusOK, now.Status, path)
		require.NotEqual(t, was.Header.Get("Etag"), now.Header.Get("Etag"), path)
		require.NotEqual(t, was.Body, now.Body, path)
	}
	require.Equal(t, "contracting", apitest.At(t, d.Get(t, view), "status", "status"))
	require.Equal(t, "party", apitest.At(t, d.Get(t, view+"?asOf=2026-09-01"), "status", "status"))
	require.EqualValues(t, 60, apitest.At(t, d.Get(t, "/v1/treaties/ICMW/status"), "counts", "consents"))
	require.Equal(t, receipt["hash"], d.Get(t, "/v1/ledger/75")["hash"])
	require.Equal(t, "anna@record", d.Get(t, "/v1/ledger/75")["actor"])
	requireSameKey(t, d, receipt)
	requireStale(t, d)

	// The date was wrong: both versions can be asked for.
	d.Clock.Advance(time.Minute)
	correction := apitest.Request{Path: "/v1/actions/75.1/correction", Token: "record",
		Body: `{"action":{"participant":"DEU","action":"accession","date":"2026-03-14"},"reason":"the instrument was received in March"}`}
	receipt = d.Must(t, http.StatusCreated, correction).Object(t)
	require.EqualValues(t, 76, receipt["position"])
	require.Equal(t, "2026-07-01", apitest.At(t, receipt, "effects", "participants", 0, "bound"))
	detail := d.Get(t, "/v1/actions/75.1")
	require.Equal(t, "2026-03-14", apitest.At(t, detail, "current", "date"))
	require.Len(t, detail["versions"], 2)
	require.Equal(t, "the instrument was received in March", apitest.At(t, detail, "versions", 1, "reason"))
	require.Equal(t, detail, d.Get(t, "/v1/actions/76.1"), "any record of the act leads to it")
	require.Equal(t, "2026-05-14", apitest.At(t, d.Get(t, "/v1/actions/75.1?knownAt=75"), "current", "date"))
	require.Equal(t, "2026-05-14", apitest.At(t, d.Get(t, "/v1/actions/75.1?knownAt=2026-06-30T12:01:30Z"), "current", "date"))
	require.Equal(t, http.StatusNotFound, d.Ask(t, apitest.Request{Path: "/v1/actions/75.1?knownAt=74"}).Status)
	require.Equal(t, "2026-07-01", apitest.At(t, d.Get(t, view), "status", "bound"))
	require.Equal(t, "2026-09-01", apitest.At(t, d.Get(t, view+"?knownAt=75"), "status", "bound"))
	require.Equal(t, "no action", apitest.At(t, d.Get(t, view+"?knownAt=74"), "status", "status"))

	// The correction was the mistake: as if it had never been made.
	d.Clock.Advance(time.Minute)
	receipt = d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/actions/76.1/annulment", Body: `{"reason":"it was May after all"}`, Token: "record"}).Object(t)
	require.Equal(t, "2026-09-01", apitest.At(t, receipt, "effects", "participants", 0, "bound"))
	detail = d.Get(t, "/v1/actions/75.1")
	require.Equal(t, "2026-05-14", apitest.At(t, detail, "current", "date"))
	require.Len(t, detail["versions"], 3)
	require.Equal(t, "2026-07-01", apitest.At(t, d.Get(t, view+"?knownAt=76"), "status", "bound"))
	// And the act itself: nothing has happened.
	receipt = d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/actions/75.1/annulment", Body: `{"reason":"no instrument was received"}`, Token: "record"}).Object(t)
	require.Equal(t, "no action", apitest.At(t, receipt, "effects", "participants", 0, "after"))
	require.Equal(t, false, d.Get(t, "/v1/actions/75.1")["standing"])
	require.EqualValues(t, 59, apitest.At(t, d.Get(t, "/v1/treaties/ICMW/status"), "counts", "consents"))
	d.Must(t, http.StatusUnprocessableEntity, correction)
	d.Must(t, http.StatusOK, apitest.Request{Method: "POST", Path: "/v1/operate/verification", Token: "operate"})
}

func requireGermanyBound(t *testing.T, receipt map[string]any) {
	t.Helper()
	germany := apitest.At(t, receipt, "effects", "participants", 0)
	require.Equal(t, "no action", apitest.At(t, germany, "before"))
	require.Equal(t, "contracting", apitest.At(t, germany, "after"))
	require.Equal(t, "2026-09-01", apitest.At(t, germany, "bound"), "first of the month after three months")
	require.Equal(t, "2026-09-01", apitest.At(t, receipt, "effects", "gap", "on"))
	require.Equal(t, 5.6174, apitest.At(t, receipt, "effects", "gap", "points"))
	require.EqualValues(t, 59, apitest.At(t, receipt, "effects", "treaty", "countsBefore", "consents"))
	require.EqualValues(t, 60, apitest.At(t, receipt, "effects", "treaty", "countsAfter", "consents"))
}

// The same key has the same receipt, with another command a conflict.
func requireSameKey(t *testing.T, d *apitest.Server, first map[string]any) {
	t.Helper()
	r := d.Must(t, http.StatusOK, apitest.Accession("DEU", "2026-05-14", "germany-1"))
	require.Equal(t, "/v1/ledger/75", r.Header.Get("Location"))
	again := r.Object(t)
	require.Equal(t, true, again["repeated"])
	delete(again, "repeated")
	require.Equal(t, first, again)
	conflict := d.Must(t, http.StatusConflict, apitest.Accession("FRA", "2026-05-14", "germany-1"))
	require.EqualValues(t, "COMMAND_REUSED", conflict.Problem(t).Findings[0].Code)
	require.EqualValues(t, 75, d.Position())
}

func requireStale(t *testing.T, d *apitest.Server) {
	t.Helper()
	body := func(seen float64) string {
		text, _ := json.Marshal(map[string]any{"seen": seen, "actions": []any{map[string]any{"participant": "FRA", "action": "accession", "date": "2026-05-14"}}})
		return string(text)
	}
	stale := d.Must(t, http.StatusPreconditionFailed, apitest.Request{Path: "/v1/treaties/ICMW/actions", Body: body(74), Token: "record"})
	require.EqualValues(t, "STALE_REVISION", stale.Problem(t).Findings[0].Code)
	require.EqualValues(t, 75, d.Position())
	revision := apitest.At(t, d.Get(t, "/v1/treaties/ICMW/status"), "treaty", "revision").(float64)
	d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/treaties/ICMW/actions?dryRun=true", Body: body(revision), Token: "record"})
}

// The effects in a receipt are those of its own command, also when it is given
// again after others were recorded.
func TestReceiptKeepsItsEffects(t *testing.T) {
	d := apitest.Open(t)
	first := d.Accede(t, "DEU", "2026-01-14", "germany").Object(t)
	d.Accede(t, "USA", "2026-01-14", "usa")
	again := d.Must(t, http.StatusOK, apitest.Accession("DEU", "2026-01-14", "germany")).Object(t)
	require.Equal(t, first["effects"], again["effects"])
	require.Equal(t, 5.6174, apitest.At(t, again, "effects", "gap", "points"))
	require.Equal(t, "party", apitest.At(t, again, "effects", "participants", 0, "after"))
}
