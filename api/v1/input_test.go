package v1_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/auth"
	"depositary/domain"
)

const (
	actions   = "/v1/treaties/ICMW/actions"
	icmwBegin = `{"actions":[{"participant":"DEU","action":`
)

// one is a command with one act of Germany.
func one(kind, day, more string) string {
	return fmt.Sprintf(`{"actions":[{"participant":"DEU","action":%q,"date":%q%s}]}`, kind, day, more)
}

// A dry run records nothing, and is open to all as a what-if is.
func TestDryRunNeedsNoToken(t *testing.T) {
	d := apitest.Open(t)
	body := one("accession", "2026-01-14", "")
	before := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/ledger?order=desc&limit=1"})
	r := d.Must(t, http.StatusOK, apitest.Request{Path: actions + "?dryRun=true", Body: body})
	require.Contains(t, string(r.Body), `"dryRun":true`)
	after := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/ledger?order=desc&limit=1"})
	require.Equal(t, string(before.Body), string(after.Body))
	for _, path := range []string{actions, actions + "?dryRun=false", "/v1/groups/TEST?dryRun=true"} {
		require.NotEqual(t, http.StatusOK, d.Ask(t, apitest.Request{Path: path, Body: body}).Status, path)
	}
}

func TestWhoMayWrite(t *testing.T) {
	d := apitest.Open(t)
	expiring, _, err := d.Tokens().Create(auth.Grant{Actor: "brief", Roles: auth.Roles(), Lifetime: time.Hour})
	require.NoError(t, err)
	d.Token["expired"], d.Token["unknown"], d.Token["empty"] = expiring, "dep_unknown", " "
	d.Clock.Advance(2 * time.Hour)
	body := one("accession", "2026-01-14", "")
	group := `{"id":"TEST","name":"Test","members":[]}`
	d.Play(t, []apitest.Scenario{
		{Name: "none", Request: apitest.Request{Path: actions, Body: body}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization", Contains: []string{"Bearer"}},
		{Name: "unknown", Request: apitest.Request{Path: actions, Body: body, Token: "unknown"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization", Contains: []string{"not known"}},
		{Name: "expired", Request: apitest.Request{Path: actions, Body: body, Token: "expired"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization", Contains: []string{"expired"}},
		{Name: "empty", Request: apitest.Request{Path: actions, Body: body, Token: "empty"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Name: "another scheme", Request: apitest.Request{Path: actions, Body: body, Header: map[string]string{"Authorization": "Basic YTpi"}}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Name: "role", Request: apitest.Request{Path: actions, Body: body, Token: "define"}, Status: 403, Code: "ROLE_REQUIRED", Field: "Authorization", Contains: []string{"a token with the role record"}},
		{Name: "role for definitions", Request: apitest.Request{Method: "PUT", Path: "/v1/groups/TEST", Body: group, Token: "record"}, Status: 403, Code: "ROLE_REQUIRED", Field: "Authorization"},
		{Name: "role for operation", Request: apitest.Request{Method: "POST", Path: "/v1/operate/verification", Token: "record"}, Status: 403, Code: "ROLE_REQUIRED", Field: "Authorization"},
		{Name: "backup", Request: apitest.Request{Path: "/v1/operate/backup"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Name: "dry run with a token that is not known", Request: apitest.Request{Path: actions + "?dryRun=true", Body: body, Token: "unknown"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
		{Name: "before the body is looked at", Request: apitest.Request{Path: actions, Body: "{"}, Status: 401, Code: "TOKEN_REQUIRED", Field: "Authorization"},
	})
	r := d.Ask(t, apitest.Request{Path: actions, Body: body})
	require.Equal(t, `Bearer realm="depositary"`, r.Header.Get("WWW-Authenticate"))
}

// What the law refuses, and what it asks about.
func TestRefusedByTheLaw(t *testing.T) {
	d := apitest.Open(t)
	at := func(treaty string) string { return "/v1/treaties/" + treaty + "/actions" }
	s := func(name, path, body string, status int, code, field string, contains ...string) apitest.Scenario {
		return apitest.Scenario{Name: name, Request: apitest.Request{Path: path, Body: body, Token: "record"}, Status: status, Code: domain.Code(code), Field: field, Contains: contains}
	}
	d.Play(t, []apitest.Scenario{
		s("unknown act", actions, one("accede", "2026-01-14", ""), 422, "UNKNOWN_ACTION", "actions[0].action", "accession"),
		s("day to come", actions, one("accession", "2026-07-01", ""), 422, "DATE_IN_FUTURE", "actions[0].date", "a day up to 2026-06-30"),
		s("reservation prohibited", at("ROME"), `{"actions":[{"participant":"IND","action":"accession","date":"2026-01-01"},{"participant":"IND","action":"reservation","date":"2026-01-01","statement":{"text":"not article 8","articles":["8"]}}]}`, 422, "RESERVATION_PROHIBITED", "actions[1].action", "article 120"),
		s("signature before opening", actions, one("signature", "1990-12-17", ""), 422, "SIGNATURE_NOT_OPEN", "actions[0].date"),
		s("signature after closing", at("PARIS"), one("signature", "2017-04-22", ""), 422, "SIGNATURE_NOT_OPEN", "actions[0].date"),
		s("participant that ceased", actions, `{"actions":[{"participant":"CSK","action":"accession","date":"2000-01-01"}]}`, 422, "PARTICIPANT_NOT_EXISTING", "actions[0].date", "ceased to exist on 1 January 1993"),
		s("unknown participant", actions, `{"actions":[{"participant":"XXX","action":"accession","date":"2026-01-01"}]}`, 422, "UNKNOWN_PARTICIPANT", "actions[0].participant"),
		s("twice in one command", actions, `{"actions":[{"participant":"DEU","action":"accession","date":"2026-01-01"},{"participant":"DEU","action":"accession","date":"2026-01-01"}]}`, 422, "ALREADY_BOUND", "actions[1].action"),
		s("query without a reason", actions, one("ratification", "2026-01-01", ""), 422, "RATIFY_WITHOUT_SIGNATURE", "actions[0].action", "urn:depositary:queried", "with a reason"),
		s("statement missing", actions, one("reservation", "2026-01-01", ""), 422, "FIELD_REQUIRED", "actions[0].statement"),
		s("statement too many", actions, one("accession", "2026-01-01", `,"statement":{"text":"x"}`), 422, "FIELD_UNEXPECTED", "actions[0].statement"),
		s("list too long", actions, one("accession", "2026-01-01", `,"territories":["`+strings.Repeat(`a","`, 300)+`a"]`), 422, "FIELD_TOO_LONG", "actions[0].territories"),
		s("reason too long", actions, `{"reason":"`+strings.Repeat("é", 2001)+`","actions":[{"participant":"DEU","action":"accession","date":"2026-01-01"}]}`, 422, "FIELD_TOO_LONG", "reason"),
		s("no such treaty", at("NONE"), one("accession", "2026-01-01", ""), 404, "NOT_FOUND", "treaty"),
		s("no such record", "/v1/actions/999.1/annulment", `{"reason":"x"}`, 404, "NOT_FOUND", "record"),
		s("record of a definition", "/v1/actions/5.1/annulment", `{"reason":"x"}`, 404, "UNKNOWN_RECORD", "record"),
		s("no reason", "/v1/actions/68.1/annulment", `{"reason":" "}`, 422, "REASON_REQUIRED", "reason"),
		s("correction that changes nothing", "/v1/actions/68.3/correction", `{"reason":"x","action":{"participant":"EGY","action":"accession","date":"1993-02-19"}}`, 422, "NOTHING_CHANGED", "action"),
		s("correction of another participant", "/v1/actions/68.3/correction", `{"reason":"x","action":{"participant":"DEU","action":"accession","date":"1993-02-19"}}`, 422, "FIELD_UNEXPECTED", "action.participant"),
	})
	group := func(name, path, body string, status int, code, field string, contains ...string) apitest.Scenario {
		return apitest.Scenario{Name: name, Request: apitest.Request{Method: "PUT", Path: path, Body: body, Token: "define"}, Status: status, Code: domain.Code(code), Field: field, Contains: contains}
	}
	held := string(d.Ask(t, apitest.Request{Path: "/v1/treaties/C097"}).Body)
	d.Play(t, []apitest.Scenario{
		group("another id", "/v1/groups/ONE", `{"id":"TWO","name":"Two","members":[]}`, 422, "INPUT_INVALID", "id"),
		group("id with odd characters", "/v1/groups/%22%3E", `{"id":"TWO","name":"Two","members":[]}`, 422, "INPUT_INVALID", "group", "2 to 32 capital letters"),
		group("unknown member", "/v1/groups/ONE", `{"id":"ONE","name":"One","members":[{"participant":"XXX"}]}`, 422, "UNKNOWN_PARTICIPANT", "members[0]"),
		group("unknown parent", "/v1/treaties/C097", strings.Replace(held, `{"id"`, `{"parent":"NONE","id"`, 1), 422, "UNKNOWN_TREATY", "parent"),
		group("row of two", "/v1/weights/w1/2020", `{"id":"w1","edition":"2020","name":"W","unit":"u","rows":[["DEU",2020]]}`, 422, "INPUT_INVALID", "rows[0]"),
		group("row of other types", "/v1/weights/w1/2020", `{"id":"w1","edition":"2020","name":"W","unit":"u","rows":[[2020,"DEU",1]]}`, 422, "INPUT_INVALID", "rows[0]"),
		group("interval that ends first", "/v1/groups/ONE", `{"id":"ONE","name":"One","members":[{"participant":"DEU","from":"2020-01-01","until":"2019-01-01"}]}`, 422, "DEFINITION_INVALID", "members[0]"),
	})
}

// What cannot be understood at all.
func TestBadBodies(t *testing.T) {
	d := apitest.Open(t)
	const invalid, missing = "INPUT_INVALID", "FIELD_REQUIRED"
	s := func(name, body string, status int, code, field string, contains ...string) apitest.Scenario {
		return apitest.Scenario{Name: name, Request: apitest.Request{Path: actions, Body: body, Token: "record"}, Status: status, Code: domain.Code(code), Field: field, Contains: contains}
	}
	typed := func(name, contentType, body string, status int, code, field string) apitest.Scenario {
		sc := s(name, body, status, code, field)
		sc.Header = map[string]string{"Content-Type": contentType}
		return sc
	}
	good := one("accession", "2026-01-14", "")
	d.Play(t, []apitest.Scenario{
		s("31 February", one("accession", "2026-02-31", ""), 422, invalid, "actions[0].date", "February 2026 has 28 days", "such as 2003-07-01"),
		s("day in words", one("accession", "31 February 2026", ""), 422, invalid, "actions[0].date", "year-month-day expected"),
		s("instant for a day", one("accession", "2026-01-14T00:00:00Z", ""), 422, invalid, "actions[0].date"),
		s("year of five digits", one("accession", "12026-01-14", ""), 422, invalid, "actions[0].date"),
		s("number for a day", icmwBegin+`"accession","date":20260114}]}`, 422, invalid, "actions[0].date", "here stands a number", "a text in quotes"),
		s("no day", icmwBegin+`"accession"}]}`, 422, missing, "actions[0].date", "the field date is missing"),
		s("no participant", `{"actions":[{"action":"accession","date":"2026-01-14"}]}`, 422, missing, "actions[0].participant"),
		s("id in small letters", `{"actions":[{"participant":"deu","action":"accession","date":"2026-01-14"}]}`, 422, invalid, "actions[0].participant", "such as DEU"),
		s("target that is no record", one("objection", "2026-01-14", `,"statement":{"text":"x","target":"12"}`), 422, invalid, "actions[0].statement.target", "such as 812.1"),
		s("unknown field", one("accession", "2026-01-14", `,"dates":"x"`), 422, invalid, "actions[0].dates", "there is no such field here"),
		s("unknown field at the top", `{"actions":[],"x":1}`, 422, invalid, "actions"),
		s("no acts", `{"actions":[]}`, 422, invalid, "actions", "at least 1"),
		s("null for a list", `{"actions":null}`, 422, invalid, "actions", "here stands null"),
		s("object for a list", `{"actions":{}}`, 422, invalid, "actions", "here stands an object"),
		s("text for an act", `{"actions":["DEU"]}`, 422, invalid, "actions[0]", "here stands a text"),
		s("null for an act", `{"actions":[null]}`, 422, invalid, "actions[0]"),
		s("list for an object", `[]`, 422, invalid, "body", "an object in braces"),
		s("null", `null`, 422, invalid, "body"),
		s("text", `"x"`, 422, invalid, "body"),
		s("negative position", `{"seen":-1,"actions":[]}`, 422, invalid, "actions"),
		s("half a position", strings.Replace(good, `{"actions"`, `{"seen":1.5,"actions"`, 1), 422, invalid, "seen", "a whole number"),
		s("position beyond numbers", strings.Replace(good, `{"actions"`, `{"seen":1e30,"actions"`, 1), 422, invalid, "body"),
		s("broken", "{\"actions\":\n  [{\"participant\":}]}", 400, invalid, "body", "line 2, column 19"),
		s("cut off", `{"actions":[`, 400, invalid, "body", "line 1, column 12"),
		s("after the end", good+` x`, 400, invalid, "body", "after top-level value"),
		s("blanks", "  \n ", 400, invalid, "body"),
		s("NUL byte", strings.Replace(good, "DEU", "D\x00U", 1), 400, invalid, "body", "a NUL byte"),
		s("NUL character", one("accession", "2026-01-14", `,"note":"a\u0000b"`), 400, invalid, "body", "NUL"),
		s("escaped backslash is no escape", strings.Replace(one("accession", "2026-01-14", `,"note":"a\\u0000b"`), `{"actions"`, `{"seen":1,"actions"`, 1), 412, "STALE_REVISION", "seen"),
		s("no UTF-8", one("accession", "2026-01-14", ",\"note\":\"caf\xe9\""), 400, invalid, "body", "line 1, column 86", "not UTF-8"),
		s("half of a pair", one("accession", "2026-01-14", `,"note":"\ud83d"`), 400, invalid, "body", "surrogate"),
		s("second half first", one("accession", "2026-01-14", `,"note":"\ude00\ud83d"`), 400, invalid, "body", "surrogate"),
		s("deep nesting", strings.Repeat(`{"actions":[`, 200_000), 400, invalid, "body", "depth"),
		s("deep nesting, well formed", strings.Repeat("[", 9000)+strings.Repeat("]", 9000), 422, invalid, "body"),
		s("huge list", `{"actions":[`+strings.Repeat(`1,`, 10_000)+`1]}`, 422, invalid, "actions", "up to 10000"),
		s("10 MB", `{"actions":[],"reason":"`+strings.Repeat("x", 10<<20)+`"}`, 413, "FIELD_TOO_LONG", "body", "up to 4194304 bytes"),
		typed("text", "text/plain", good, 415, invalid, "Content-Type"),
		typed("table", "text/csv", good, 415, invalid, "Content-Type"),
		typed("form", "application/x-www-form-urlencoded", good, 415, invalid, "Content-Type"),
		typed("no media type", "json json", good, 415, invalid, "Content-Type"),
		{Name: "empty", Request: apitest.Request{Method: "POST", Path: actions, Token: "record"}, Status: 400, Code: invalid, Field: "body"},
		{Name: "unknown parameter", Request: apitest.Request{Path: actions + "?dryrun=true", Body: good, Token: "record"}, Status: 422, Code: invalid, Field: "dryrun"},
		{Name: "neither true nor false", Request: apitest.Request{Path: actions + "?dryRun=maybe", Body: good, Token: "record"}, Status: 422, Code: invalid, Field: "dryRun", Contains: []string{"true or false"}},
		{Name: "as a table", Request: apitest.Request{Path: actions, Body: good, Token: "record", Header: map[string]string{"Accept": "text/csv"}}, Status: 406, Code: invalid, Field: "Accept"},
		{Name: "as a table, by parameter", Request: apitest.Request{Path: actions + "?format=csv", Body: good, Token: "record"}, Status: 422, Code: invalid, Field: "format"},
	})
}

func TestIdempotencyKeys(t *testing.T) {
	d := apitest.Open(t)
	before := d.Position()
	// Past the client, which would not send them: the handler itself.
	for _, key := range []string{"a b", "line\r\nSet-Cookie: a=b", `quote"`, `back\slash`, "é", "\x00", strings.Repeat("k", 129), "day:2026-07-01", "catalogue:1/2"} {
		request := httptest.NewRequest("POST", actions, strings.NewReader(one("accession", "2026-01-14", "")))
		request.Header.Set("Authorization", "Bearer "+d.Token["record"])
		request.Header["Idempotency-Key"] = []string{key}
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, request)
		require.Equal(t, http.StatusUnprocessableEntity, w.Code, "%q: %s", key, w.Body)
		require.Contains(t, w.Body.String(), `"field":"Idempotency-Key"`)
		require.Empty(t, w.Header().Get("Set-Cookie"))
	}
	require.Equal(t, before, d.Position())
	d.Must(t, 201, apitest.Accession("DEU", "2026-01-14", strings.Repeat("k", 128)))
}

// A body that ends too early, on a connection of its own.
func TestBodyCutOff(t *testing.T) {
	d := apitest.Open(t)
	before := d.Position()
	c, err := net.Dial("tcp", strings.TrimPrefix(d.URL, "http://"))
	require.NoError(t, err)
	defer c.Close()
	_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"actions\":", actions, d.Token["record"])
	require.NoError(t, err)
	require.NoError(t, c.(*net.TCPConn).CloseWrite())
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "%s", body)
	require.Contains(t, string(body), "the body ended before it was complete")
	require.Equal(t, before, d.Position())
}
