package v1_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	v1 "depositary/api/v1"
	"depositary/api/webhooks"
)

// accessions of countries that have not consented to the Convention.
var newcomers = []string{"DEU", "FRA", "ITA", "ESP", "GBR", "USA", "CAN", "AUS", "JPN", "KOR", "IND", "THA", "MYS", "JOR", "PAK", "UKR", "KAZ", "SAU", "ARE", "KWT"}

func TestWebhooksByHTTP(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	r := apitest.NewReceiver(t)
	s := d.Subscribe(t, r, webhooks.Ordered)
	require.Equal(t, d.Position(), s.After)
	d.Accede(t, "DEU", "2026-06-29", "")
	d.Delivered(t, r, s)
	got := r.Once()
	require.Equal(t, "depositary.action.recorded", got[0].Type)
	require.Empty(t, got[0].Previous, "the first")
	for i, e := range got[1:] {
		require.Equal(t, got[i].ID, e.Previous, "an unbroken chain")
		require.Greater(t, e.Sequence, got[i].Sequence)
	}

	address := "/v1/webhooks/" + s.ID
	var attempts struct{ Attempts []webhooks.Attempt }
	require.Eventually(t, func() bool {
		d.Must(t, 200, apitest.Request{Path: address + "/attempts", Token: "all"}).Into(t, &attempts)
		return len(attempts.Attempts) == len(got)+1 && attempts.Attempts[0].Outcome == "taken"
	}, 2*time.Minute, 10*time.Millisecond)
	require.Equal(t, "challenge", attempts.Attempts[len(got)].Purpose)
	table := string(d.Must(t, 200, apitest.Request{Path: address + "/attempts?format=csv", Token: "all"}).Body)
	require.Equal(t, len(got)+2, strings.Count(table, "\n"))

	var replayed webhooks.Replayed
	d.Must(t, 200, apitest.Request{Path: address + "/replay", Token: "all", Body: fmt.Sprintf(`{"after":"%d"}`, s.After)}).Into(t, &replayed)
	require.Equal(t, webhooks.Replayed{Sent: len(got), Through: replayed.Through}, replayed)
	one := strings.TrimPrefix(got[0].ID, s.ID+"_")
	d.Must(t, 200, apitest.Request{Path: address + "/replay", Token: "all", Body: fmt.Sprintf(`{"notice":%q}`, one)}).Into(t, &replayed)
	require.Equal(t, 1, replayed.Sent)
	require.Len(t, r.Once(), len(got), "the same ids again")

	var lag webhooks.Lag
	d.Must(t, 200, apitest.Request{Path: address + "/lag", Token: "all"}).Into(t, &lag)
	require.Zero(t, lag)
	list := string(d.Must(t, 200, apitest.Request{Path: "/v1/webhooks", Token: "all"}).Body)
	require.NotContains(t, list, "whsec_")
	require.NotContains(t, list, strings.TrimPrefix(r.Secret(), "whsec_"))

	// A change needs the revision that was seen, and a new address is unverified.
	change := fmt.Sprintf(`{"url":%q,"treaties":["C97"],"schemes":["v1","v1a"]}`, r.URL+"/other")
	d.Must(t, 412, apitest.Request{Method: "PUT", Path: address, Token: "all", Body: change, Header: map[string]string{"If-Match": "1"}})
	var changed webhooks.Subscription
	d.Must(t, 200, apitest.Request{Path: address, Token: "all"}).Into(t, &changed)
	d.Must(t, 200, apitest.Request{Method: "PUT", Path: address, Token: "all", Body: change, Header: map[string]string{"If-Match": fmt.Sprint(changed.Revision)}}).Into(t, &changed)
	require.Equal(t, webhooks.Unverified, changed.State)
	var keys struct{ Keys []string }
	d.Must(t, 200, apitest.Request{Path: address + "/keys"}).Into(t, &keys)
	require.Len(t, keys.Keys, 1, "published, for everybody")
	require.True(t, strings.HasPrefix(keys.Keys[0], "whpk_"))
	d.Must(t, 409, apitest.Request{Method: "POST", Path: address + "/enable", Token: "all"})
	d.Must(t, 204, apitest.Request{Method: "DELETE", Path: address, Token: "all"})
	d.Must(t, 404, apitest.Request{Path: address, Token: "all"})
}

func TestWebhooksRefuse(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	for name, c := range map[string]struct {
		ask    apitest.Request
		status int
		says   string
	}{
		"no token":             {apitest.Request{Path: "/v1/webhooks"}, 401, "Bearer"},
		"another role":         {apitest.Request{Path: "/v1/webhooks", Token: "record"}, 403, "subscribe"},
		"no address":           {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{}`}, 422, "url"},
		"no web address":       {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"ftp://x.example/"}`}, 422, "https"},
		"credentials":          {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://a:b@x.example/"}`}, 422, "url"},
		"unknown kind":         {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","kinds":["treaty.lost"]}`}, 422, "participant.bound"},
		"unknown treaty":       {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","treaties":["NOPE"]}`}, 422, "NOPE"},
		"unknown order":        {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","order":"any"}`}, 422, "order"},
		"too fast":             {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","rate":501}`}, 422, "rate"},
		"unknown scheme":       {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","schemes":["v9"]}`}, 422, "v9"},
		"beyond the ledger":    {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","after":99999}`}, 422, "after"},
		"unknown field":        {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"https://x.example/","adress":1}`}, 422, "adress"},
		"broken":               {apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url"`}, 400, ""},
		"unknown subscription": {apitest.Request{Path: "/v1/webhooks/none/attempts", Token: "all"}, 404, "none"},
		"nothing to replay":    {apitest.Request{Path: "/v1/webhooks/none/replay", Token: "all", Body: `{}`}, 422, "after"},
		"no notice":            {apitest.Request{Path: "/v1/webhooks/none/replay", Token: "all", Body: `{"notice":"x"}`}, 422, "812.1"},
		"no revision":          {apitest.Request{Method: "PUT", Path: "/v1/webhooks/none", Token: "all", Body: `{"url":"https://x.example/"}`, Header: map[string]string{"If-Match": "x"}}, 422, "revision"},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.Ask(t, c.ask)
			require.Equal(t, c.status, r.Status, "%s", r.Body)
			require.Contains(t, string(r.Body), c.says)
		})
	}
	require.JSONEq(t, `{"webhooks":[]}`, string(d.Must(t, 200, apitest.Request{Path: "/v1/webhooks", Token: "all"}).Body), "nothing was kept")
}

func TestWebhooksWithoutDeliveries(t *testing.T) {
	d := apitest.Open(t)
	require.Contains(t, string(d.Must(t, 503, apitest.Request{Path: "/v1/webhooks", Token: "all"}).Body), "running server")
}

// A receiver that slept, and was told nothing for a week, recovers by asking
// for the notices after the last that it had, and ends where one ends that
// never slept.
func TestWebhooksRecovery(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	awake, asleep := apitest.NewReceiver(t), apitest.NewReceiver(t)
	told, missed := d.Subscribe(t, awake, webhooks.Ordered), d.Subscribe(t, asleep, webhooks.Ordered)
	d.Accede(t, newcomers[0], "2026-06-29", "")
	d.Delivered(t, awake, told)
	d.Delivered(t, asleep, missed)

	d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/webhooks/" + missed.ID + "/disable?reason=asleep", Token: "all"})
	for i, participant := range newcomers[1:8] {
		d.Clock.Advance(24 * time.Hour)
		require.NoError(t, d.BeginDay(t.Context()))
		d.Accede(t, participant, fmt.Sprintf("2026-07-%02d", i+1), "")
	}
	d.Delivered(t, awake, told)

	stateOf := func(r *apitest.Receiver) map[string]string {
		state := make(map[string]string)
		for _, e := range r.Once() {
			state[strings.SplitN(e.ID, "_", 2)[1]] = compact(t, e.Data)
		}
		return state
	}
	want, have := stateOf(awake), stateOf(asleep)
	require.Less(t, len(have), len(want))
	last := strings.SplitN(asleep.Once()[len(asleep.Once())-1].ID, "_", 2)[1]
	for more := true; more; {
		var page struct {
			Notices []json.RawMessage
			Through string
			More    bool
		}
		d.Must(t, 200, apitest.Request{Path: "/v1/notices?treaty=ICMW&limit=3&after=" + last}).Into(t, &page)
		for _, n := range page.Notices {
			var id struct{ ID string }
			require.NoError(t, json.Unmarshal(n, &id))
			have[id.ID] = compact(t, n)
		}
		last, more = page.Through, page.More
	}
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(have)))
	require.Equal(t, want, have, "the same to the last byte of each notice")

	// Enabled again, it is told what it slept through all the same.
	d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/webhooks/" + missed.ID + "/enable", Token: "all"})
	d.Delivered(t, asleep, missed)
}

func compact(t *testing.T, raw json.RawMessage) string {
	var v any
	require.NoError(t, json.Unmarshal(raw, &v))
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// Secrets rotate in the middle of deliveries, and both are verified for a day.
func TestWebhooksRotation(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks)
	r := apitest.NewReceiver(t)
	s := d.Subscribe(t, r, webhooks.Ordered)
	d.Accede(t, "DEU", "2026-06-29", "")
	d.Delivered(t, r, s)
	var made v1.WebhookMade
	d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/webhooks/" + s.ID + "/rotate", Token: "all"}).Into(t, &made)
	require.NotEqual(t, r.Secret(), made.Secrets.Secret)
	d.Accede(t, "FRA", "2026-06-29", "")
	d.Delivered(t, r, s) // with the old secret
	r.SetSecret(made.Secrets.Secret, d.Clock)
	d.Accede(t, "ITA", "2026-06-29", "")
	d.Delivered(t, r, s)
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(made.Secrets.Secret, "whsec_"))
	require.NoError(t, err)
	require.Len(t, raw, 32)
}
