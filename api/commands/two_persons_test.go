package commands_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain/domaintest"
	"depositary/projections/model"
)

func fourEyes(o *apitest.Options) { o.FourEyes = true }

// token makes a token for an identity and puts it under a name.
func token(t *testing.T, d *apitest.Server, name string, by auth.Identity) auth.Identity {
	t.Helper()
	text, _, err := d.Tokens().Create(auth.Grant{Actor: name, Roles: auth.Roles(), Makers: auth.MakersBy(by), SetsUp: name == "admin"})
	require.NoError(t, err)
	d.Token[name] = text
	id, err := d.Tokens().Check(text)
	require.NoError(t, err)
	return id
}

// Each road on which one person could be two is closed: another name of the same,
// a token of one's own making, directly and through others, and the first token.
func TestOnePersonIsNotTwo(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	admin := token(t, d, "admin", auth.Identity{Actor: "first start", SetsUp: true})
	anna := token(t, d, "anna", admin)
	token(t, d, "bert", admin)
	token(t, d, "Anna", admin)
	carl := token(t, d, "carl", anna)
	token(t, d, "dora", carl)
	accession := apitest.Accession("DEU", "2026-05-14", "germany")
	accession.Token = "anna"
	id := d.Propose(t, accession)
	for _, same := range []string{"anna", "Anna", "carl", "dora", "admin"} {
		require.Equal(t, problemOf("role"), decide(t, d, 403, id, "approval", "", same).Problem(t).Type, same)
	}
	before := d.Position()
	decide(t, d, 200, id, "approval", "", "bert")
	require.Equal(t, before+1, d.Position())
	for _, proposer := range []string{"carl", "dora"} { // and the other way round
		accession := apitest.Accession("FRA", "2026-05-14", "france-"+proposer)
		accession.Token = proposer
		decide(t, d, 403, d.Propose(t, accession), "approval", "", "anna")
	}
	entries, err := d.Audit.Entries(t.Context(), audit.Question{Kind: audit.Approved})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "bert", entries[0].Actor)
	require.Equal(t, "record IV-13 DEU, proposed by anna", entries[0].Detail)
}

func problemOf(kind string) string { return "urn:depositary:" + kind }

// A token is a proposal too, but while there are no two persons who could decide
// on it: then who sets up makes it.
func TestATokenTakesTwoPersons(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	for _, held := range must(d.Tokens().List()) {
		require.NoError(t, d.Tokens().Revoke(held.ID))
	}
	admin := token(t, d, "admin", auth.Identity{Actor: "first start", SetsUp: true})
	ask := func(by, owner string, roles ...string) (made commands.TokenMade, status int) {
		r := d.Ask(t, apitest.Request{Path: "/v1/tokens", Body: `{"actor":"` + owner + `","roles":["` + strings.Join(roles, `","`) + `"]}`, Token: by})
		r.Into(t, &made)
		d.Token[owner] = made.Text
		return made, r.Status
	}
	_, status := ask("admin", "anna", "operate", "record")
	require.Equal(t, 201, status)
	_, status = ask("anna", "mine", "operate", "record")
	require.Equal(t, 202, status, "who does not set up makes none alone")
	require.Equal(t, 401, d.Ask(t, apitest.Request{Path: "/v1/tokens", Token: "mine"}).Status)
	_, status = ask("admin", "bert", "operate", "record")
	require.Equal(t, 201, status)
	_, status = ask("admin", "ghost", "operate")
	require.Equal(t, 202, status, "there are two who can decide: setting up is over")
	require.True(t, admin.SetsUp)

	made, status := ask("anna", "carl", "record")
	require.Equal(t, 202, status)
	require.Equal(t, 401, d.Ask(t, apitest.Request{Path: "/v1/proposals", Token: "carl"}).Status, "not valid yet")
	var preview commands.Approval
	reply := d.Must(t, 200, apitest.Request{Path: "/v1/proposals/" + made.Proposal + "/preview", Token: "bert"})
	reply.Into(t, &preview)
	require.NotContains(t, string(reply.Body), auth.Digest(made.Text))
	require.Contains(t, preview.Fields, commands.Field{Name: "token.actor", After: "carl"})
	require.Contains(t, preview.Fields, commands.Field{Name: "token.makers[0].actor", After: "anna"})
	decide(t, d, 403, made.Proposal, "approval", "", "anna")
	decide(t, d, 200, made.Proposal, "approval", "", "bert")
	require.Equal(t, 200, d.Ask(t, apitest.Request{Path: "/v1/proposals", Token: "carl"}).Status)
	accession := apitest.Accession("DEU", "2026-05-14", "germany")
	accession.Token = "anna"
	id := d.Propose(t, accession)
	decide(t, d, 403, id, "approval", "", "carl")
	decide(t, d, 200, id, "approval", "", "bert")
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// The same under the same id has the same answer, whether it waits, was approved
// or was rejected.
func TestTheSameIDHasTheSameAnswer(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	accession := apitest.Accession("DEU", "2026-05-14", "germany")
	first := d.Must(t, http.StatusAccepted, accession)
	require.JSONEq(t, string(first.Body), string(d.Must(t, http.StatusAccepted, accession).Body))
	decide(t, d, 200, "germany", "approval", "", "all")
	require.JSONEq(t, string(first.Body), string(d.Must(t, http.StatusAccepted, accession).Body), "approved")
	require.Equal(t, 422, d.Ask(t, apitest.Accession("DEU", "2026-05-15", "germany")).Status)

	accession = apitest.Accession("FRA", "2026-05-14", "france")
	first = d.Must(t, http.StatusAccepted, accession)
	decide(t, d, 200, "france", "rejection", `{"why":"no seal"}`, "all")
	require.JSONEq(t, string(first.Body), string(d.Must(t, http.StatusAccepted, accession).Body), "rejected")
	accession.Token = "all"
	require.Equal(t, 422, d.Ask(t, accession).Status, "the id of another")

	table := apitest.Request{Path: "/v1/imports/acts?file=acts.csv", Body: "treaty,participant,action,date\nIV-13,ITA,accession,2026-05-14\n", Token: "record", Header: map[string]string{"Idempotency-Key": "file"}}
	first = d.Must(t, 200, table)
	decide(t, d, 200, "file", "approval", "", "all")
	require.JSONEq(t, string(first.Body), string(d.Must(t, 200, table).Body))
}

// What is approved is what was shown: a proposal that is another than the one that
// the approver saw is not recorded.
func TestWhatIsApprovedWasShown(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	id := d.Propose(t, apitest.Accession("DEU", "2026-05-14", "germany"))
	approve := apitest.Request{Method: "POST", Path: "/v1/proposals/" + id + "/approval", Token: "all"}
	require.Equal(t, 422, d.Ask(t, approve).Status, "nothing was shown")
	shown := digest(t, d, id)
	value, err := d.Proposals.Get(t.Context(), id)
	require.NoError(t, err)
	_, err = d.Proposals.Put(t.Context(), id, []byte(strings.Replace(string(value.Data), "2026-05-14", "2026-05-15", 1)), value.Revision)
	require.NoError(t, err)
	approve.Path += "?digest=" + shown
	require.Equal(t, problemOf("not-shown"), d.Must(t, 409, approve).Problem(t).Type)
	decide(t, d, 200, id, "approval", "", "all")
}

// Every field that would be recorded is shown, and of a correction what stands now.
func TestEveryFieldIsShown(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	var action model.Action
	domaintest.Fill(t, &action)
	fields, err := d.Commands.Fields(commands.Proposal{Kind: commands.RecordProposal, Actions: []model.Action{action}})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(fields), len(domaintest.Leaves(action)))

	decide(t, d, 200, d.Propose(t, apitest.Accession("DEU", "2026-05-14", "")), "approval", "", "all")
	correction := apitest.Request{Path: "/v1/actions/" + lastRecord(t, d) + "/correction", Token: "record",
		Body: `{"action":{"participant":"DEU","action":"accession","date":"2026-05-15"},"reason":"a slip"}`}
	id := d.Propose(t, correction)
	var preview commands.Approval
	d.Must(t, 200, apitest.Request{Path: "/v1/proposals/" + id + "/preview", Token: "all"}).Into(t, &preview)
	require.Contains(t, preview.Fields, commands.Field{Name: "date", Before: "2026-05-14", After: "2026-05-15"})
	require.Contains(t, preview.Fields, commands.Field{Name: "participant", Before: "DEU", After: "DEU"})
}

// lastRecord returns the id of the record made last.
func lastRecord(t *testing.T, d *apitest.Server) string {
	t.Helper()
	all := d.Views().State.Participation("IV-13", "DEU").Records()
	return all[len(all)-1].ID.String()
}

// A role may stand in the ledger in place of a person: nobody reads there who it was,
// and the audit log and those who decide know.
func TestPublicNameOfARole(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	for _, name := range []string{"anna", "bert"} {
		text, _, err := d.Tokens().Create(auth.Grant{Actor: name, Public: "treaty-section", Roles: auth.Roles(), Makers: []auth.Maker{{Actor: "first start", SetUp: true}}})
		require.NoError(t, err)
		d.Token[name] = text
	}
	accession := apitest.Accession("DEU", "2026-05-14", "germany")
	accession.Token = "anna"
	id := d.Propose(t, accession)
	decide(t, d, 403, id, "approval", "", "anna")
	var approval commands.Approval
	decide(t, d, 200, id, "approval", "", "bert").Into(t, &approval)
	require.Equal(t, []string{"anna", "treaty-section", "bert", "treaty-section"},
		[]string{approval.Proposal.Proposer, approval.Proposal.ProposerAs, approval.Proposal.Decider, approval.Proposal.DeciderAs})
	c, err := d.Store.Read(approval.Receipt.Position)
	require.NoError(t, err)
	require.Equal(t, "treaty-section", c.Commands[0].Actor)
	require.Equal(t, "treaty-section", c.Commands[0].Approver)
	require.NotContains(t, string(c.Raw()), "anna")
	require.NotContains(t, string(c.Raw()), "bert")
	entries, err := d.Audit.Entries(t.Context(), audit.Question{Kind: audit.Approved})
	require.NoError(t, err)
	require.Equal(t, "bert", entries[0].Actor)
	require.Equal(t, 422, d.Ask(t, apitest.Request{Path: "/v1/tokens", Body: `{"actor":"carl","public":"a b","roles":["record"]}`, Token: "anna"}).Status)
}

// It takes two persons to withdraw a document, where it takes two to record.
func TestWithdrawalTakesTwo(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	doc := bring(t, d, "instrument.pdf", "instrument")
	act := withDocument("2026-06-01", doc)
	decide(t, d, 200, d.Propose(t, act), "approval", "", "all")
	address := apitest.Request{Path: "/v1/documents/" + doc.Digest}
	withdraw := apitest.Request{Path: address.Path + "/withdrawal", Body: `{"why":"it names a private person"}`, Token: "operate"}
	propose := func() string {
		return strings.TrimPrefix(d.Must(t, 202, withdraw).Header.Get("Location"), "/v1/proposals/")
	}
	id := propose()
	d.Must(t, 200, address)
	decide(t, d, 403, id, "approval", "", "operate")
	decide(t, d, 200, id, "rejection", `{"why":"it does not"}`, "all")
	d.Must(t, 200, address)
	id = propose()
	decide(t, d, 200, id, "approval", "", "all")
	require.Contains(t, d.Must(t, 410, address).Problem(t).Detail, "it names a private person")
}
