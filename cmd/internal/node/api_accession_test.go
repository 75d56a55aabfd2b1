package node

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// accede records an accession to the ICMW under an idempotency key.
func (d *door) accede(t *testing.T, participant, day, key string) reply {
	t.Helper()
	r := d.ask(t, accession(participant, day, key))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	return r
}

func accession(participant, day, key string) ask {
	a := ask{path: "/v1/treaties/ICMW/actions", token: "record",
		body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"accession","date":%q}]}`, participant, day)}
	if key != "" {
		a.header = map[string]string{"Idempotency-Key": key}
	}
	return a
}

// body reads the body of a reply as an object.
func (r reply) object(t *testing.T) (o map[string]any) {
	t.Helper()
	r.into(t, &o)
	return o
}

// Germany accedes, the record is corrected, and the correction is annulled: what
// is answered before, after, and of each moment between.
func TestGermanyAccedes(t *testing.T) {
	d := openDoor(t)
	const view = "/v1/treaties/ICMW/participants/DEU"
	before := map[string]reply{}
	for _, path := range []string{view, "/v1/treaties/ICMW/status", "/v1/treaties/ICMW/gap?asOf=2026-09-01", "/v1/treaties/ICMW/timeline", "/v1/participants/DEU/status", "/v1/matrix", "/v1/treaties", "/v1/ledger?order=desc&limit=1"} {
		before[path] = d.ask(t, ask{path: path})
	}

	// A dry run says what would follow, and records nothing.
	dry := accession("DEU", "2026-05-14", "germany-1")
	dry.path += "?dryRun=true"
	r := d.must(t, http.StatusOK, dry)
	receipt := r.object(t)
	require.Equal(t, true, receipt["dryRun"])
	require.NotContains(t, receipt, "position")
	require.Empty(t, r.header.Get("Location"))
	requireGermanyBound(t, receipt)
	require.EqualValues(t, 74, d.Position())
	for path, was := range before {
		require.Equal(t, http.StatusNotModified, d.ask(t, ask{path: path, header: map[string]string{"If-None-Match": was.header.Get("Etag")}}).status, path)
	}

	// The real one: every view shows it at once, under another tag.
	d.now.advance(time.Minute)
	r = d.accede(t, "DEU", "2026-05-14", "germany-1")
	receipt = r.object(t)
	require.NotContains(t, receipt, "dryRun")
	require.EqualValues(t, 75, receipt["position"])
	require.Equal(t, "/v1/ledger/75", r.header.Get("Location"))
	require.Equal(t, []any{"75.1"}, receipt["records"])
	requireGermanyBound(t, receipt)
	for path, was := range before {
		now := d.ask(t, ask{path: path, header: map[string]string{"If-None-Match": was.header.Get("Etag")}})
		require.Equal(t, http.StatusOK, now.status, path)
		require.NotEqual(t, was.header.Get("Etag"), now.header.Get("Etag"), path)
		require.NotEqual(t, was.body, now.body, path)
	}
	require.Equal(t, "contracting", at(t, d.get(t, view), "status", "status"))
	require.Equal(t, "party", at(t, d.get(t, view+"?asOf=2026-09-01"), "status", "status"))
	require.EqualValues(t, 60, at(t, d.get(t, "/v1/treaties/ICMW/status"), "counts", "consents"))
	require.Equal(t, receipt["hash"], d.get(t, "/v1/ledger/75")["hash"])
	require.Equal(t, "anna@record", d.get(t, "/v1/ledger/75")["actor"])
	requireSameKey(t, d, receipt)
	requireStale(t, d)

	// The date was wrong: both versions can be asked for.
	d.now.advance(time.Minute)
	correction := ask{path: "/v1/actions/75.1/correction", token: "record",
		body: `{"action":{"participant":"DEU","action":"accession","date":"2026-03-14"},"reason":"the instrument was received in March"}`}
	receipt = d.must(t, http.StatusCreated, correction).object(t)
	require.EqualValues(t, 76, receipt["position"])
	require.Equal(t, "2026-07-01", at(t, receipt, "effects", "participants", 0, "bound"))
	detail := d.get(t, "/v1/actions/75.1")
	require.Equal(t, "2026-03-14", at(t, detail, "current", "date"))
	require.Len(t, detail["versions"], 2)
	require.Equal(t, "the instrument was received in March", at(t, detail, "versions", 1, "reason"))
	require.Equal(t, detail, d.get(t, "/v1/actions/76.1"), "any record of the act leads to it")
	require.Equal(t, "2026-05-14", at(t, d.get(t, "/v1/actions/75.1?knownAt=75"), "current", "date"))
	require.Equal(t, "2026-05-14", at(t, d.get(t, "/v1/actions/75.1?knownAt=2026-06-30T12:01:30Z"), "current", "date"))
	require.Equal(t, http.StatusNotFound, d.ask(t, ask{path: "/v1/actions/75.1?knownAt=74"}).status)
	require.Equal(t, "2026-07-01", at(t, d.get(t, view), "status", "bound"))
	require.Equal(t, "2026-09-01", at(t, d.get(t, view+"?knownAt=75"), "status", "bound"))
	require.Equal(t, "no action", at(t, d.get(t, view+"?knownAt=74"), "status", "status"))

	// The correction was the mistake: as if it had never been made.
	d.now.advance(time.Minute)
	receipt = d.must(t, http.StatusCreated, ask{path: "/v1/actions/76.1/annulment", body: `{"reason":"it was May after all"}`, token: "record"}).object(t)
	require.Equal(t, "2026-09-01", at(t, receipt, "effects", "participants", 0, "bound"))
	detail = d.get(t, "/v1/actions/75.1")
	require.Equal(t, "2026-05-14", at(t, detail, "current", "date"))
	require.Len(t, detail["versions"], 3)
	require.Equal(t, "2026-07-01", at(t, d.get(t, view+"?knownAt=76"), "status", "bound"))
	// And the act itself: nothing has happened.
	receipt = d.must(t, http.StatusCreated, ask{path: "/v1/actions/75.1/annulment", body: `{"reason":"no instrument was received"}`, token: "record"}).object(t)
	require.Equal(t, "no action", at(t, receipt, "effects", "participants", 0, "after"))
	require.Equal(t, false, d.get(t, "/v1/actions/75.1")["standing"])
	require.EqualValues(t, 59, at(t, d.get(t, "/v1/treaties/ICMW/status"), "counts", "consents"))
	d.must(t, http.StatusUnprocessableEntity, correction)
	d.must(t, http.StatusOK, ask{method: "POST", path: "/v1/operate/verification", token: "operate"})
}

func requireGermanyBound(t *testing.T, receipt map[string]any) {
	t.Helper()
	germany := at(t, receipt, "effects", "participants", 0)
	require.Equal(t, "no action", at(t, germany, "before"))
	require.Equal(t, "contracting", at(t, germany, "after"))
	require.Equal(t, "2026-09-01", at(t, germany, "bound"), "first of the month after three months")
	require.Equal(t, "2026-09-01", at(t, receipt, "effects", "gap", "on"))
	require.Equal(t, 5.6174, at(t, receipt, "effects", "gap", "points"))
	require.EqualValues(t, 59, at(t, receipt, "effects", "treaty", "countsBefore", "consents"))
	require.EqualValues(t, 60, at(t, receipt, "effects", "treaty", "countsAfter", "consents"))
}

// The same key gives the same receipt, with another command a conflict.
func requireSameKey(t *testing.T, d *door, first map[string]any) {
	t.Helper()
	r := d.must(t, http.StatusOK, accession("DEU", "2026-05-14", "germany-1"))
	require.Equal(t, "/v1/ledger/75", r.header.Get("Location"))
	again := r.object(t)
	require.Equal(t, true, again["repeated"])
	delete(again, "repeated")
	require.Equal(t, first, again)
	conflict := d.must(t, http.StatusConflict, accession("FRA", "2026-05-14", "germany-1"))
	require.EqualValues(t, "COMMAND_REUSED", conflict.problem(t).Findings[0].Code)
	require.EqualValues(t, 75, d.Position())
}

func requireStale(t *testing.T, d *door) {
	t.Helper()
	body := func(seen float64) string {
		text, _ := json.Marshal(map[string]any{"seen": seen, "actions": []any{map[string]any{"participant": "FRA", "action": "accession", "date": "2026-05-14"}}})
		return string(text)
	}
	stale := d.must(t, http.StatusPreconditionFailed, ask{path: "/v1/treaties/ICMW/actions", body: body(74), token: "record"})
	require.EqualValues(t, "STALE_REVISION", stale.problem(t).Findings[0].Code)
	require.EqualValues(t, 75, d.Position())
	revision := at(t, d.get(t, "/v1/treaties/ICMW/status"), "treaty", "revision").(float64)
	d.must(t, http.StatusOK, ask{path: "/v1/treaties/ICMW/actions?dryRun=true", body: body(revision), token: "record"})
}

// The effects in a receipt are those of its own command, also when it is given
// again after others were recorded.
func TestReceiptKeepsItsEffects(t *testing.T) {
	d := openDoor(t)
	first := d.accede(t, "DEU", "2026-01-14", "germany").object(t)
	d.accede(t, "USA", "2026-01-14", "usa")
	again := d.must(t, http.StatusOK, accession("DEU", "2026-01-14", "germany")).object(t)
	require.Equal(t, first["effects"], again["effects"])
	require.Equal(t, 5.6174, at(t, again, "effects", "gap", "points"))
	require.Equal(t, "party", at(t, again, "effects", "participants", 0, "after"))
}
