package commands_test

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

	"depositary/api/apitest"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections"
)

// A dry run tells what would be told, and what is told then is the same.
func TestWhatWouldBeTold(t *testing.T) {
	d := apitest.Open(t)
	dry := apitest.Accession("DEU", "2026-06-30", "")
	dry.Path += "?dryRun=true"
	var foreseen, made commands.Receipt
	d.Must(t, http.StatusOK, dry).Into(t, &foreseen)
	require.NotEmpty(t, foreseen.Notices)
	d.Must(t, http.StatusCreated, apitest.Accession("DEU", "2026-06-30", "")).Into(t, &made)
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

// bring brings a document and returns it as the answer names it.
func bring(t *testing.T, d *apitest.Server, name, content string) (doc domain.Document) {
	t.Helper()
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/documents?name=" + name, Body: content, Token: "record", Header: map[string]string{"Content-Type": "application/pdf; x=y"}}).Into(t, &doc)
	return doc
}

func withDocument(day string, doc domain.Document) apitest.Request {
	a := apitest.Accession("DEU", day, "")
	a.Body = strings.Replace(a.Body, `"date":`, fmt.Sprintf(`"documents":[{"digest":%q,"name":%q,"type":%q,"size":%d}],"date":`, doc.Digest, doc.Name, doc.Type, doc.Size), 1)
	return a
}

// The instrument is attached to the act that it proves: its digest stands in the
// ledger, and everyone who asks gets the same bytes.
func TestDocuments(t *testing.T) {
	d := apitest.Open(t)
	content := strings.Repeat("instrument of accession ", 50_000) // more than one part
	sum := sha256.Sum256([]byte(content))
	require.Equal(t, 401, d.Ask(t, apitest.Request{Method: "POST", Path: "/v1/documents?name=x", Body: "x"}).Status)
	doc := bring(t, d, "..%2Fa%0Ab%2Finstrument.pdf", content)
	require.Equal(t, domain.Document{Digest: hex.EncodeToString(sum[:]), Name: "instrument.pdf", Type: "application/pdf", Size: len(content)}, doc)
	require.Equal(t, doc, bring(t, d, "instrument.pdf", content), "brought again it is the same")

	address := "/v1/documents/" + doc.Digest
	require.Equal(t, 404, d.Ask(t, apitest.Request{Path: address}).Status, "nobody but its bringer knows of it before an act names it")
	for _, wrong := range []domain.Document{
		{Digest: strings.Repeat("0", 64), Name: "x", Type: "y/z", Size: 3},
		{Digest: doc.Digest, Name: "x", Type: "y/z", Size: 3},
		{Digest: strings.ToUpper(doc.Digest), Name: "x", Type: "y/z", Size: doc.Size},
		{Digest: doc.Digest, Name: " ", Type: "y/z", Size: doc.Size},
	} {
		before := d.Position()
		r := d.Ask(t, withDocument("2026-06-01", wrong))
		require.Equal(t, 422, r.Status, "%s", r.Body)
		require.Contains(t, r.Problem(t).Findings[0].Field, "documents[0]")
		require.Equal(t, before, d.Position())
	}
	var receipt commands.Receipt
	d.Must(t, http.StatusCreated, withDocument("2026-06-01", doc)).Into(t, &receipt)
	r := d.Must(t, http.StatusOK, apitest.Request{Path: address})
	require.Equal(t, content, string(r.Body))
	require.Equal(t, "public, no-cache", r.Header.Get("Cache-Control"), "an act may be annulled")
	require.Equal(t, `attachment; filename=instrument.pdf`, r.Header.Get("Content-Disposition"))
	require.Contains(t, r.Header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, 304, d.Ask(t, apitest.Request{Path: address, Header: map[string]string{"If-None-Match": r.Header.Get("Etag")}}).Status)
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + receipt.Records[0].String()}).Body), doc.Digest)
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: fmt.Sprintf("/v1/ledger/%d", receipt.Position)}).Body), doc.Digest)

	// What no act names is gone after a week; what one names stays.
	idle := bring(t, d, "idle.pdf", "nobody names me")
	d.Clock.Advance(8 * 24 * time.Hour)
	bring(t, d, "other.pdf", "another")
	require.Equal(t, 422, d.Ask(t, withDocument("2026-06-02", idle)).Status)
	require.Equal(t, content, string(d.Must(t, http.StatusOK, apitest.Request{Path: address}).Body))
}

func decide(t *testing.T, d *apitest.Server, status int, id, decision, body, token string) apitest.Reply {
	t.Helper()
	path := "/v1/proposals/" + id + "/" + decision
	if strings.HasPrefix(decision, "approval") {
		path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "digest=" + digest(t, d, id)
	}
	return d.Must(t, status, apitest.Request{Method: "POST", Path: path, Body: body, Token: token})
}

// digest returns the digest of a proposal as it is shown; none where there is none.
func digest(t *testing.T, d *apitest.Server, id string) string {
	t.Helper()
	p, err := d.Commands.Proposal(t.Context(), id)
	if err != nil {
		require.ErrorIs(t, err, commands.ErrNoProposal)
	}
	return p.Digest
}

// With four eyes nothing is recorded that one person alone has sent: one
// proposes, another approves, and the ledger names both.
func TestFourEyes(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.FourEyes = true })
	before := d.Position()
	id := d.Propose(t, apitest.Accession("DEU", "2026-05-14", "germany"))
	require.Equal(t, id, d.Propose(t, apitest.Accession("DEU", "2026-05-14", "germany")), "sent again it is one proposal")
	require.Equal(t, 422, d.Ask(t, apitest.Accession("DEU", "2026-05-15", "germany")).Status, "another under the same key")
	require.Equal(t, 422, d.Ask(t, apitest.Accession("DEU", "2030-01-01", "")).Status, "what the law refuses is not proposed")
	require.Equal(t, before, d.Position())
	require.Equal(t, 401, d.Ask(t, apitest.Request{Path: "/v1/proposals"}).Status)
	require.Equal(t, 200, d.Ask(t, apitest.Request{Path: "/v1/proposals", Token: "operate"}).Status)

	var preview commands.Approval
	d.Must(t, 200, apitest.Request{Path: "/v1/proposals/" + id + "/preview", Token: "all"}).Into(t, &preview)
	require.Equal(t, domain.Contracting, preview.Receipt.Effects.Participants[0].After)
	require.NotEmpty(t, preview.Receipt.Notices)

	require.Equal(t, "urn:depositary:role", decide(t, d, 403, id, "approval", "", "record").Problem(t).Type, "not by the proposer")
	decide(t, d, 403, id, "approval", "", "define")
	decide(t, d, 404, "none", "approval", "", "all")
	require.Equal(t, before, d.Position())

	var done commands.Approval
	decide(t, d, 200, id, "approval", "", "all").Into(t, &done)
	require.Equal(t, before+1, done.Receipt.Position)
	commit, ok, err := projections.NewLedger(d.Store).Commit(before + 1)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []string{"anna@record", "anna@all", "proposal:" + id}, []string{commit.Actor, commit.Approver, commit.Command})
	require.Equal(t, "anna@all", d.Get(t, fmt.Sprintf("/v1/ledger/%d", before+1))["approver"])
	decide(t, d, 409, id, "approval", "", "all")
	decide(t, d, 409, id, "rejection", `{"why":"too late"}`, "all")
	_, err = d.Verify(t.Context())
	require.NoError(t, err)

	// A proposal may be rejected, and taken back by its proposer.
	id = d.Propose(t, apitest.Accession("FRA", "2026-06-01", ""))
	decide(t, d, 422, id, "rejection", `{"why":" "}`, "all")
	decide(t, d, 200, id, "rejection", `{"why":"the seal is missing"}`, "all")
	decide(t, d, 409, id, "approval", "", "all")
	decide(t, d, 200, d.Propose(t, apitest.Accession("FRA", "2026-06-01", "")), "rejection", `{"why":"mine"}`, "record")
	require.Equal(t, before+1, d.Position())

	// What has changed since it was proposed stands in the way until the approver has seen it.
	seen := apitest.Accession("FRA", "2026-06-02", "")
	seen.Body = strings.TrimSuffix(seen.Body, "}") + fmt.Sprintf(`,"seen":%d}`, d.Position())
	id = d.Propose(t, seen)
	decide(t, d, 200, d.Propose(t, apitest.Accession("ITA", "2026-06-03", "")), "approval", "", "all")
	decide(t, d, 412, id, "approval", "", "all")
	var p commands.Proposal
	d.Must(t, 200, apitest.Request{Path: "/v1/proposals/" + id, Token: "all"}).Into(t, &p)
	require.Equal(t, commands.Open, p.State, "it waits as before")
	decide(t, d, 200, id, "approval?seen="+fmt.Sprint(d.Position()), "", "all")
}

// Definitions, files and the catalogue take two persons too.
func TestFourEyesForEverything(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.FourEyes = true })
	before := d.Position()
	group := `{"id":"PAIR","name":"Two States","members":[{"participant":"DEU","from":"2000-01-01"}],"source":"test"}`
	id := d.Propose(t, apitest.Request{Method: "PUT", Path: "/v1/groups/PAIR?reason=test", Body: group, Token: "define"})
	decide(t, d, 403, id, "approval", "", "record")
	require.Equal(t, before, d.Position())
	decide(t, d, 200, id, "approval", "", "all")
	require.Equal(t, before+1, d.Position())
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: "/v1/groups/PAIR"}).Body), "Two States")

	table := "treaty,participant,action,date\nIV-13,DEU,accession,2026-05-14\n"
	r := d.Must(t, 200, apitest.Request{Path: "/v1/imports/acts?file=acts.csv", Body: table, Token: "record"})
	var report struct{ Proposal string }
	r.Into(t, &report)
	require.NotEmpty(t, report.Proposal, "%s", r.Body)
	require.Equal(t, before+1, d.Position())
	var done commands.Approval
	decide(t, d, 200, report.Proposal, "approval", "", "all").Into(t, &done)
	require.Len(t, done.Report.Positions, 1)
	require.Equal(t, done.Report.Positions, done.Proposal.Positions)
	require.EqualValues(t, "party", d.Get(t, "/v1/treaties/ICMW/participants/DEU?asOf=2026-12-01")["status"].(map[string]any)["status"])
	commit := d.Get(t, fmt.Sprintf("/v1/ledger/%d", d.Position()))
	require.Equal(t, "anna@all", commit["approver"])

	// A file that adds a treaty takes who may add one, to propose it and to approve it.
	adds := apitest.Request{Path: "/v1/imports/acts?file=acts.csv", Body: "treaty,participant,action,date\nXXIX-1,DEU,accession,2020-05-14\n", Token: "record"}
	require.Equal(t, 403, d.Ask(t, adds).Status)
	adds.Token = "all"
	d.Must(t, 200, adds).Into(t, &report)
	decide(t, d, 403, report.Proposal, "approval", "", "record")
}

// Approving that was cut off is ended by the next who approves: nothing is
// recorded twice, and the first approver stands in the ledger.
func TestApprovalThatWasCutOff(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.FourEyes = true })
	id := d.Propose(t, apitest.Accession("DEU", "2026-05-14", ""))
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Commands.Approve(cut, auth.Identity{Actor: "bert", Roles: auth.Roles()}, id, commands.Shown{Digest: digest(t, d, id)})
	require.Error(t, err)
	before := d.Position()
	decide(t, d, 200, id, "approval", "", "all")
	require.LessOrEqual(t, d.Position(), before+1)
	decide(t, d, 409, id, "approval", "", "all")
}
