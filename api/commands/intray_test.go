package commands_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections/intray"
	"depositary/projections/notices"
)

// arrived registers an instrument of Germany with a document, and returns its record.
func arrived(t *testing.T, d *apitest.Server, doc domain.Document, signer string) string {
	t.Helper()
	body := fmt.Sprintf(`{"treaty":"ICMW","arrival":{"form":"instrument","participant":"DEU","received":"2026-06-29","sender":"the Permanent Mission of Germany","foreseen":"accession",%s
		"documents":[{"digest":%q,"name":%q,"type":%q,"size":%d}]}}`, signer, doc.Digest, doc.Name, doc.Type, doc.Size)
	var receipt commands.Receipt
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/arrivals", Body: body, Token: "record", Header: map[string]string{"Idempotency-Key": "registered"}}).Into(t, &receipt)
	again := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/arrivals", Body: body, Token: "record", Header: map[string]string{"Idempotency-Key": "registered"}})
	require.True(t, again.Object(t)["repeated"].(bool), "once, however often it is sent")
	return receipt.Records[0].String()
}

func inTray(t *testing.T, d *apitest.Server) (kinds []string) {
	t.Helper()
	var tray intray.Intray
	d.Must(t, 200, apitest.Request{Path: "/v1/intray", Token: "record"}).Into(t, &tray)
	for _, item := range tray.Items {
		if item.Participant == "DEU" {
			kinds = append(kinds, fmt.Sprint(item.Kind, " ", item.Age))
		}
	}
	return kinds
}

// A secretary takes an instrument from the in-tray to the issued notification, and
// corrects it: every step is in the ledger, and nothing can be done twice.
func TestFromTheInTrayToTheNotification(t *testing.T) {
	d := apitest.Open(t)
	require.Equal(t, 401, d.Ask(t, apitest.Request{Path: "/v1/intray"}).Status)
	doc := bring(t, d, "instrument.pdf", "instrument")
	id := arrived(t, d, doc, `"signer":"the Ambassador","capacity":"head of mission",`)
	require.Equal(t, []string{"arrived 1"}, inTray(t, d))
	d.Must(t, 404, apitest.Request{Path: "/v1/documents/" + doc.Digest})

	record := apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record",
		Body: fmt.Sprintf(`{"arrival":%q,"actions":[{"participant":"DEU","action":"accession","date":"2026-06-29","documents":[{"digest":%q,"name":%q,"type":%q,"size":%d}]}]}`, id, doc.Digest, doc.Name, doc.Type, doc.Size)}
	refused := d.Must(t, 422, record).Problem(t)
	require.Equal(t, "SIGNER_WITHOUT_POWERS", string(refused.Findings[0].Code))
	d.Must(t, 201, apitest.Request{Path: "/v1/arrivals/" + id + "/decision", Body: `{"outcome":"held","reason":"full powers were asked for"}`, Token: "record"})
	d.Must(t, 201, apitest.Request{Path: "/v1/arrivals", Token: "record",
		Body: `{"arrival":{"form":"full powers","participant":"DEU","received":"2026-06-30","sender":"the Permanent Mission of Germany","powers":{"person":"The Ambassador","until":"2026-12-31"}}}`})
	var view intray.ArrivalView
	d.Must(t, 200, apitest.Request{Path: "/v1/arrivals/" + id, Token: "record"}).Into(t, &view)
	require.Equal(t, domain.ArrivalHeld, view.Outcome)
	require.Equal(t, "anna@record", view.Steps[0].Actor)
	for _, check := range view.Checks {
		require.NotEqual(t, domain.CheckMissing, check.State, check.Message)
	}
	var receipt commands.Receipt
	d.Must(t, 201, record).Into(t, &receipt)
	require.Equal(t, 2, receipt.Events)
	require.Equal(t, domain.Status("contracting"), receipt.Effects.Participants[0].After)
	require.Equal(t, 200, d.Ask(t, apitest.Request{Path: "/v1/documents/" + doc.Digest}).Status, "the act names it")
	require.Equal(t, 422, d.Ask(t, record).Status, "once recorded it has left the in-tray")
	act := receipt.Records[0].String()
	require.Equal(t, []string{"arrived 0", "notification due 1"}, inTray(t, d))

	draft := d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + act + "/notification", Token: "record"})
	require.Contains(t, string(draft.Body), "The above action was effected on 29 June 2026.")
	require.Contains(t, string(draft.Body), "Allemagne : adhésion")
	require.Contains(t, string(draft.Body), "1 October 2026", "from when the treaty is in force for it")
	issue := apitest.Request{Path: "/v1/treaties/ICMW/notifications", Body: string(draft.Body), Token: "record"}
	d.Must(t, 201, issue)
	require.Equal(t, 422, d.Ask(t, issue).Status, "an act is notified once")
	var listed struct {
		Notifications []struct {
			Reference string
			Record    domain.RecordID
		}
	}
	d.Must(t, 200, apitest.Request{Path: "/v1/notifications?treaty=ICMW"}).Into(t, &listed)
	first := listed.Notifications[0]
	require.Regexp(t, `^C\.N\.\d+\.2026\.TREATIES-IV\.13$`, first.Reference)
	told := d.NoticesOf(t, "kind=notification.issued&participant=DEU").Notices
	require.Len(t, told, 1)
	require.Equal(t, first.Reference, told[0].Of)
	require.Equal(t, notices.KindNotificationIssued, told[0].Kind)
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + act}).Body), first.Reference)

	d.Must(t, 201, apitest.Request{Path: "/v1/actions/" + act + "/correction", Token: "record",
		Body: `{"reason":"the stamp says the 28th","action":{"participant":"DEU","action":"accession","date":"2026-06-28"}}`})
	require.Contains(t, inTray(t, d), "corrigendum due 2")
	corrigendum := d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + act + "/notification?corrects=" + first.Record.String(), Token: "record"})
	require.Contains(t, string(corrigendum.Body), "28 June 2026")
	require.Contains(t, string(corrigendum.Body), first.Reference+" is corrected")
	d.Must(t, 201, apitest.Request{Path: issue.Path, Body: string(corrigendum.Body), Token: "record"})
	require.NotContains(t, strings.Join(inTray(t, d), " "), "corrigendum")
	_, err := d.Verify(t.Context())
	require.NoError(t, err)
}

// Where it takes two persons, every step of the in-tray does.
func TestTheInTrayTakesTwoPersons(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	doc := bring(t, d, "instrument.pdf", "instrument")
	approve := func(a apitest.Request) commands.Approval {
		id := d.Propose(t, a)
		var p commands.Proposal
		d.Must(t, 200, apitest.Request{Path: "/v1/proposals/" + id, Token: "all"}).Into(t, &p)
		var made commands.Approval
		d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/proposals/" + id + "/approval?digest=" + p.Digest, Token: "all"}).Into(t, &made)
		return made
	}
	body := fmt.Sprintf(`{"treaty":"ICMW","arrival":{"form":"instrument","participant":"DEU","received":"2026-06-29","sender":"the Mission","foreseen":"accession","signer":"the President","capacity":"head of State",
		"documents":[{"digest":%q,"name":%q,"type":%q,"size":%d}]}}`, doc.Digest, doc.Name, doc.Type, doc.Size)
	made := approve(apitest.Request{Path: "/v1/arrivals", Body: body, Token: "record"})
	require.Contains(t, fmt.Sprint(made.Proposal.Arrival.Sender), "Mission")
	id := made.Receipt.Records[0].String()
	approve(apitest.Request{Path: "/v1/arrivals/" + id + "/decision", Body: `{"outcome":"held","reason":"the seal"}`, Token: "record"})
	made = approve(apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record", Body: `{"arrival":"` + id + `","actions":[{"participant":"DEU","action":"accession","date":"2026-06-29"}]}`})
	act := made.Receipt.Records[0].String()
	var view intray.ArrivalView
	d.Must(t, 200, apitest.Request{Path: "/v1/arrivals/" + id, Token: "record"}).Into(t, &view)
	require.Equal(t, domain.ArrivalRecorded, view.Outcome)
	require.Equal(t, "anna@all", view.Steps[1].Approver)
	draft := d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + act + "/notification", Token: "record"})
	made = approve(apitest.Request{Path: "/v1/treaties/ICMW/notifications", Body: string(draft.Body), Token: "record"})
	require.Equal(t, 1, made.Receipt.Events)
	approve(apitest.Request{Path: "/v1/templates?reason=ours", Body: `{"of":"accession","language":"en","title":"{participant}","text":"on {date}"}`, Token: "define"})
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: "/v1/templates"}).Body), "on {date}")
}
