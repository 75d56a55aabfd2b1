package pages_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/pages"
	v1 "depositary/api/v1"
	"depositary/domain"
)

// parameters are what stands in the place of the parameters of paths. A route
// with a parameter that is not here fails the test, so that it is thought of.
var parameters = map[string]string{"participant": "DEU", "other": "MEX", "origin": "MEX", "destination": "USA", "group": "OECD", "weights": "migrant-stock", "edition": "2020",
	"position": "1", "record": "68.3", "notice": "1.1", "digest": strings.Repeat("0", 64), "proposal": "1", "webhook": "1", "delivery": "1", "reference": "C.N.1.2026.TREATIES-IV.13"}

func filledPath(t *testing.T, path, treaty string) string {
	return regexp.MustCompile(`{(\w+)}`).ReplaceAllStringFunc(path, func(name string) string {
		name = strings.Trim(name, "{}")
		if name == "treaty" {
			return treaty
		}
		value, ok := parameters[name]
		require.True(t, ok, "%s: what shall stand for %s?", path, name)
		return value
	})
}

// questionsOf are the questions with which a route is asked about a treaty.
func questionsOf(r *v1.Route, p apitest.Partial) []string {
	switch {
	case r.ID == "assumeConsents":
		return []string{"?ratify=ESP"}
	case r.ID == "getMatrix":
		return []string{"?treaties=" + p.Short, "?group=EU&treaties=" + p.Short, "?show=gaps&group=EU&treaties=" + p.Short, "?show=signed&treaties=" + p.Short}
	case r.ID == "searchText":
		return []string{"?text=" + p.Short}
	case r.Takes("treaties"):
		return []string{"?treaties=" + p.Short}
	case r.Takes("treaty") && !strings.Contains(r.Path, "{treaty}"):
		return []string{"?treaty=" + p.Short}
	}
	return []string{""}
}

// notOfActs are routes and pages whose answers say nothing that follows from the
// acts of a treaty, and so need not say until when these are recorded.
var notOfActs = map[string]string{
	"getTreaty": "its final clauses", "getParticipant": "its names", "listParticipants": "their names", "getGroup": "its members", "listGroups": "their members",
	"getWeights": "its table", "listWeights": "their names",
	"getCatalogueDifference": "definitions and tables", "listLedger": "what was recorded", "getCommit": "what was recorded", "getAction": "what was recorded", "exportLedger": "what was recorded",
	"listNotices": "what was recorded", "getNotice": "what was recorded", "getNoticesJsonFeed": "what was recorded",
	"listTemplates": "texts", "/notifications": "what was issued",
	"/ledger": "what was recorded", "/ledger/{position}": "what was recorded", "/acts/{record}": "what was recorded", "/": "the latest notices", "/notices": "what was recorded", "/notices/{notice}": "what was recorded", "listActs": "what was recorded", "listNotifications": "what the depositary notified", "getNotification": "what the depositary notified", "getActsFile": "what was recorded",
}

// Whatever the API answers of a treaty of which not everything is known, it turns
// nothing that is not known into a zero, a share or a denial.
func TestEveryRouteSaysWhatIsNotKnown(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t, apitest.Webhooks)
	for _, p := range d.PartlyRecorded(t) {
		for _, r := range v1.Routes() {
			if r.Method != http.MethodGet || len(r.Roles) > 0 || r.ID == "followNotices" {
				continue
			}
			for _, question := range questionsOf(r, p) {
				address := filledPath(t, r.Path, p.Short) + question
				if _, exempt := notOfActs[r.ID]; exempt && p.AsAt != "" {
					continue
				}
				about := strings.Contains(address, p.Short)
				for _, media := range r.Media() {
					reply := d.Ask(t, apitest.Request{Path: address, Header: map[string]string{"Accept": media}})
					requireAnswer(t, p, address+" as "+media, media, reply, about)
				}
			}
		}
	}
}

func requireAnswer(t *testing.T, p apitest.Partial, where, media string, reply apitest.Reply, about bool) {
	t.Helper()
	switch {
	case reply.Status == http.StatusUnprocessableEntity:
		require.NotEqual(t, domain.ExtentTable, p.Extent, "%s: %s", where, reply.Body)
		require.Contains(t, string(reply.Body), "ACTS_NOT_RECORDED", where)
	case reply.Status == http.StatusNotFound:
	case reply.Status != http.StatusOK:
		t.Fatalf("%s: %d %s", where, reply.Status, reply.Body)
	case media == v1.MediaJSON, media == v1.MediaFeed:
		p.RequireJSON(t, where, reply.Body, about, apitest.KnownZeros...)
	case media == v1.MediaCSV && reply.Header.Get(v1.HeaderAsAt) != "": // a form of others
		require.True(t, p.AsAt == "" || p.AsAt == reply.Header.Get(v1.HeaderAsAt), where)
	case media == v1.MediaCSV:
		p.RequireCSV(t, where, string(reply.Body), about, apitest.KnownColumns...)
	case media == v1.MediaHTML:
		p.RequirePage(t, where, string(reply.Body), about)
	}
}

// The same of every page and figure.
func TestEveryPageSaysWhatIsNotKnown(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t)
	for _, p := range d.PartlyRecorded(t) {
		for _, path := range pages.Paths() {
			if _, exempt := notOfActs[path]; exempt && p.AsAt != "" {
				continue
			}
			if path == "/notifications/{reference}" {
				continue // a text that was issued
			}
			about := strings.Contains(path, "{treaty}")
			questions := []string{""}
			switch path {
			case "/matrix":
				about, questions = true, []string{"?treaty=" + p.Short, "?group=EU&treaty=" + p.Short, "?group=EU&show=gaps&treaty=" + p.Short}
			case "/search":
				questions = []string{"?q=" + p.Short}
			}
			for _, question := range questions {
				address := "/en" + filledPath(t, path, p.Short) + question
				if strings.HasSuffix(path, ".png") {
					continue // drawn from the SVG
				}
				reply := getPage(t, d, address)
				if strings.HasSuffix(path, ".svg") && reply.Status == http.StatusNotFound {
					continue
				}
				require.Equal(t, http.StatusOK, reply.Status, address)
				p.RequirePage(t, address, string(reply.Body), about)
			}
		}
	}
}
