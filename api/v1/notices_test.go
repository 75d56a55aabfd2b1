package v1_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/projections/notices"
)

func TestNoticesByHTTP(t *testing.T) {
	d := apitest.Open(t)
	start := d.NoticesOf(t, "")
	require.Empty(t, start.Notices, "the bundled acts are history")
	require.False(t, start.More)
	require.Equal(t, d.Position(), start.Through.Position)

	history := d.NoticesOf(t, "backfill=true&treaty=ICMW&kind=participant.bound&limit=1000")
	require.Len(t, history.Notices, 59)
	require.True(t, history.Notices[0].Backfill)

	r := d.Ask(t, apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record",
		Body: `{"actions":[{"participant":"DEU","action":"accession","date":"2026-06-29"}]}`})
	require.Equal(t, http.StatusCreated, r.Status, "%s", r.Body)
	news := d.NoticesOf(t, "after="+start.Through.String())
	require.Equal(t, notices.KindActionRecorded, news.Notices[0].Kind)
	require.Equal(t, "/v1/notices/"+news.Notices[0].ID.String(), news.Notices[0].Links.Self)

	var one notices.Notice
	r = d.Ask(t, apitest.Request{Path: news.Notices[0].Links.Self})
	require.NoError(t, json.Unmarshal(r.Body, &one))
	require.Equal(t, news.Notices[0], one)
	for _, link := range []string{one.Links.Commit, one.Links.Treaty, one.Links.Participant, one.Links.Record} {
		require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: link}).Status, link)
	}

	// Nobody deposits anything on the day on which Germany is bound.
	d.Clock.Advance(120 * 24 * time.Hour)
	require.NoError(t, d.BeginDay(context.Background()))
	bound := d.NoticesOf(t, "participant=DEU&kind=participant.*,gap.*&after="+news.Through.String())
	require.Len(t, bound.Notices, 1)
	require.Equal(t, "Germany is bound by ICMW", bound.Notices[0].Title)
	require.Equal(t, "2026-10-01", bound.Notices[0].Date.String())
	require.Len(t, d.NoticesOf(t, "kind=gap.changed&treaty=ICMW").Notices, 1)
	require.Contains(t, string(d.Ask(t, apitest.Request{Path: "/v1/notices?format=csv"}).Body), "Germany is bound by ICMW")
}

func TestNoticesThatCannotBeAsked(t *testing.T) {
	d := apitest.Open(t)
	for path, field := range map[string]string{
		"/v1/notices?kind=participant.boud": "kind",
		"/v1/notices?kind=part*":            "kind",
		"/v1/notices?after=now":             "after",
		"/v1/notices/12.x":                  "notice",
	} {
		r := d.Ask(t, apitest.Request{Path: path})
		require.Equal(t, http.StatusUnprocessableEntity, r.Status, path)
		require.Equal(t, field, r.Problem(t).Findings[0].Field, path)
		require.NotEmpty(t, r.Problem(t).Findings[0].Accepted, path)
	}
	for _, path := range []string{"/v1/notices/1.999", "/v1/notices/99999.1", "/v1/notices?treaty=NONE", "/v1/notices?group=NONE", "/v1/notices?participant=Atlantis"} {
		require.Equal(t, http.StatusNotFound, d.Ask(t, apitest.Request{Path: path}).Status, path)
	}
}
