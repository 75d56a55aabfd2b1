package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections"
)

// A dry run tells what would be told, and what is told then is the same.
func TestWhatWouldBeTold(t *testing.T) {
	d := openDoor(t)
	dry := accession("DEU", "2026-06-30", "")
	dry.path += "?dryRun=true"
	var foreseen, made commands.Receipt
	d.must(t, http.StatusOK, dry).into(t, &foreseen)
	require.NotEmpty(t, foreseen.Notices)
	d.must(t, http.StatusCreated, accession("DEU", "2026-06-30", "")).into(t, &made)
	require.Empty(t, made.Notices)
	told, err := d.Notices().At(made.Position)
	require.NoError(t, err)
	require.Equal(t, len(told), len(foreseen.Notices))
	for i, n := range told {
		f := foreseen.Notices[i]
		f.Recorded = n.Recorded
		want, err := json.Marshal(n)
		require.NoError(t, err)
		got, err := json.Marshal(f)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(got))
	}
	require.Equal(t, foreseen.Effects, made.Effects)
}

// bring brings a document and gives it as the answer names it.
func (d *door) bring(t *testing.T, name, content string) (doc domain.Document) {
	t.Helper()
	d.must(t, http.StatusCreated, ask{path: "/v1/documents?name=" + name, body: content, token: "record", header: map[string]string{"Content-Type": "application/pdf; x=y"}}).into(t, &doc)
	return doc
}

func withDocument(day string, doc domain.Document) ask {
	a := accession("DEU", day, "")
	a.body = strings.Replace(a.body, `"date":`, fmt.Sprintf(`"documents":[{"digest":%q,"name":%q,"type":%q,"size":%d}],"date":`, doc.Digest, doc.Name, doc.Type, doc.Size), 1)
	return a
}

// The instrument is attached to the act that it proves: its digest stands in the
// ledger, and whoever asks gets the same bytes.
func TestDocuments(t *testing.T) {
	d := openDoor(t)
	content := strings.Repeat("instrument of accession ", 50_000) // more than one part
	sum := sha256.Sum256([]byte(content))
	require.Equal(t, 401, d.ask(t, ask{method: "POST", path: "/v1/documents?name=x", body: "x"}).status)
	doc := d.bring(t, "..%2Fa%0Ab%2Finstrument.pdf", content)
	require.Equal(t, domain.Document{Digest: hex.EncodeToString(sum[:]), Name: "instrument.pdf", Type: "application/pdf", Size: len(content)}, doc)
	require.Equal(t, doc, d.bring(t, "instrument.pdf", content), "brought again it is the same")

	address := "/v1/documents/" + doc.Digest
	require.Equal(t, 404, d.ask(t, ask{path: address}).status, "nobody but its bringer knows of it before an act names it")
	for _, wrong := range []domain.Document{
		{Digest: strings.Repeat("0", 64), Name: "x", Type: "y/z", Size: 3},
		{Digest: doc.Digest, Name: "x", Type: "y/z", Size: 3},
		{Digest: strings.ToUpper(doc.Digest), Name: "x", Type: "y/z", Size: doc.Size},
		{Digest: doc.Digest, Name: " ", Type: "y/z", Size: doc.Size},
	} {
		before := d.Position()
		r := d.ask(t, withDocument("2026-06-01", wrong))
		require.Equal(t, 422, r.status, "%s", r.body)
		require.Contains(t, r.problem(t).Findings[0].Field, "documents[0]")
		require.Equal(t, before, d.Position())
	}
	var receipt commands.Receipt
	d.must(t, http.StatusCreated, withDocument("2026-06-01", doc)).into(t, &receipt)
	r := d.must(t, http.StatusOK, ask{path: address})
	require.Equal(t, content, string(r.body))
	require.Contains(t, r.header.Get("Cache-Control"), "immutable")
	require.Equal(t, `attachment; filename=instrument.pdf`, r.header.Get("Content-Disposition"))
	require.Contains(t, r.header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, 304, d.ask(t, ask{path: address, header: map[string]string{"If-None-Match": r.header.Get("Etag")}}).status)
	require.Contains(t, string(d.must(t, 200, ask{path: "/v1/actions/" + receipt.Records[0].String()}).body), doc.Digest)
	require.Contains(t, string(d.must(t, 200, ask{path: fmt.Sprintf("/v1/ledger/%d", receipt.Position)}).body), doc.Digest)

	// What no act names is gone after a week; what one names stays.
	idle := d.bring(t, "idle.pdf", "nobody names me")
	d.now.advance(8 * 24 * time.Hour)
	d.bring(t, "other.pdf", "another")
	require.Equal(t, 422, d.ask(t, withDocument("2026-06-02", idle)).status)
	require.Equal(t, content, string(d.must(t, http.StatusOK, ask{path: address}).body))
}

// proposed sends a command that becomes a proposal and gives its id.
func (d *door) proposed(t *testing.T, a ask) string {
	t.Helper()
	r := d.must(t, http.StatusAccepted, a)
	var receipt commands.Receipt
	r.into(t, &receipt)
	require.NotEmpty(t, receipt.Proposal)
	require.Zero(t, receipt.Position)
	require.Equal(t, "/v1/proposals/"+receipt.Proposal, r.header.Get("Location"))
	return receipt.Proposal
}

func (d *door) decide(t *testing.T, status int, id, decision, body, token string) reply {
	t.Helper()
	return d.must(t, status, ask{method: "POST", path: "/v1/proposals/" + id + "/" + decision, body: body, token: token})
}

// With four eyes nothing is recorded that one person alone has sent: one
// proposes, another approves, and the ledger names both.
func TestFourEyes(t *testing.T) {
	d := openDoor(t, func(o *Options) { o.FourEyes = true })
	before := d.Position()
	id := d.proposed(t, accession("DEU", "2026-05-14", "germany"))
	require.Equal(t, id, d.proposed(t, accession("DEU", "2026-05-14", "germany")), "sent again it is one proposal")
	require.Equal(t, 422, d.ask(t, accession("DEU", "2026-05-15", "germany")).status, "another under the same key")
	require.Equal(t, 422, d.ask(t, accession("DEU", "2030-01-01", "")).status, "what the law refuses is not proposed")
	require.Equal(t, before, d.Position())
	require.Equal(t, 401, d.ask(t, ask{path: "/v1/proposals"}).status)
	require.Equal(t, 403, d.ask(t, ask{path: "/v1/proposals", token: "operate"}).status)

	var preview commands.Approval
	d.must(t, 200, ask{path: "/v1/proposals/" + id + "/preview", token: "all"}).into(t, &preview)
	require.Equal(t, domain.Contracting, preview.Receipt.Effects.Participants[0].After)
	require.NotEmpty(t, preview.Receipt.Notices)

	require.Equal(t, "urn:depositary:role", d.decide(t, 403, id, "approval", "", "record").problem(t).Type, "not by the proposer")
	d.decide(t, 403, id, "approval", "", "define")
	d.decide(t, 404, "none", "approval", "", "all")
	require.Equal(t, before, d.Position())

	var done commands.Approval
	d.decide(t, 200, id, "approval", "", "all").into(t, &done)
	require.Equal(t, before+1, done.Receipt.Position)
	commit, ok, err := projections.NewLedger(d.store).Commit(before + 1)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []string{"anna@record", "anna@all", "proposal:" + id}, []string{commit.Actor, commit.Approver, commit.Command})
	require.Equal(t, "anna@all", d.get(t, fmt.Sprintf("/v1/ledger/%d", before+1))["approver"])
	d.decide(t, 409, id, "approval", "", "all")
	d.decide(t, 409, id, "rejection", `{"why":"too late"}`, "all")
	_, err = d.Verify(t.Context())
	require.NoError(t, err)

	// A proposal may be rejected, and taken back by its proposer.
	id = d.proposed(t, accession("FRA", "2026-06-01", ""))
	d.decide(t, 422, id, "rejection", `{"why":" "}`, "all")
	d.decide(t, 200, id, "rejection", `{"why":"the seal is missing"}`, "all")
	d.decide(t, 409, id, "approval", "", "all")
	d.decide(t, 200, d.proposed(t, accession("FRA", "2026-06-01", "")), "rejection", `{"why":"mine"}`, "record")
	require.Equal(t, before+1, d.Position())

	// What has changed since it was proposed stands in the way until the approver has seen it.
	seen := accession("FRA", "2026-06-02", "")
	seen.body = strings.TrimSuffix(seen.body, "}") + fmt.Sprintf(`,"seen":%d}`, d.Position())
	id = d.proposed(t, seen)
	d.decide(t, 200, d.proposed(t, accession("ITA", "2026-06-03", "")), "approval", "", "all")
	d.decide(t, 412, id, "approval", "", "all")
	var p commands.Proposal
	d.must(t, 200, ask{path: "/v1/proposals/" + id, token: "all"}).into(t, &p)
	require.Equal(t, commands.Open, p.State, "it waits as before")
	d.decide(t, 200, id, "approval?seen="+fmt.Sprint(d.Position()), "", "all")
}

// Definitions, files and the catalogue take two persons too.
func TestFourEyesForEverything(t *testing.T) {
	d := openDoor(t, func(o *Options) { o.FourEyes = true })
	before := d.Position()
	group := `{"id":"PAIR","name":"Two States","members":[{"participant":"DEU","from":"2000-01-01"}],"source":"test"}`
	id := d.proposed(t, ask{method: "PUT", path: "/v1/groups/PAIR?reason=test", body: group, token: "define"})
	d.decide(t, 403, id, "approval", "", "record")
	require.Equal(t, before, d.Position())
	d.decide(t, 200, id, "approval", "", "all")
	require.Equal(t, before+1, d.Position())
	require.Contains(t, string(d.must(t, 200, ask{path: "/v1/groups/PAIR"}).body), "Two States")

	table := "treaty,participant,action,date\nIV-13,DEU,accession,2026-05-14\n"
	r := d.must(t, 200, ask{path: "/v1/imports/acts?file=acts.csv", body: table, token: "record"})
	var report struct{ Proposal string }
	r.into(t, &report)
	require.NotEmpty(t, report.Proposal, "%s", r.body)
	require.Equal(t, before+1, d.Position())
	var done commands.Approval
	d.decide(t, 200, report.Proposal, "approval", "", "all").into(t, &done)
	require.Len(t, done.Report.Positions, 1)
	require.Equal(t, done.Report.Positions, done.Proposal.Positions)
	require.EqualValues(t, "party", d.get(t, "/v1/treaties/ICMW/participants/DEU?asOf=2026-12-01")["status"].(map[string]any)["status"])
	commit := d.get(t, fmt.Sprintf("/v1/ledger/%d", d.Position()))
	require.Equal(t, "anna@all", commit["approver"])

	// A file that adds a treaty takes who may add one, to propose it and to approve it.
	adds := ask{path: "/v1/imports/acts?file=acts.csv", body: "treaty,participant,action,date\nXXIX-1,DEU,accession,2020-05-14\n", token: "record"}
	require.Equal(t, 403, d.ask(t, adds).status)
	adds.token = "all"
	d.must(t, 200, adds).into(t, &report)
	d.decide(t, 403, report.Proposal, "approval", "", "record")
}

// Approving that was cut off is ended by whoever approves next: nothing is
// recorded twice, and the first approver stands in the ledger.
func TestApprovalThatWasCutOff(t *testing.T) {
	d := openDoor(t, func(o *Options) { o.FourEyes = true })
	id := d.proposed(t, accession("DEU", "2026-05-14", ""))
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.secretariat.Approve(cut, auth.Identity{Actor: "bert", Roles: auth.Roles()}, id, 0)
	require.Error(t, err)
	before := d.Position()
	d.decide(t, 200, id, "approval", "", "all")
	require.LessOrEqual(t, d.Position(), before+1)
	d.decide(t, 409, id, "approval", "", "all")
}
