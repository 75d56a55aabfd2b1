package node

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/projections/notices"
)

// told is a page of notices.
type told struct {
	Notices []notices.Notice `json:"notices"`
	Through notices.ID       `json:"through"`
	More    bool             `json:"more"`
}

func (d *door) notices(t *testing.T, query string) (page told) {
	t.Helper()
	r := d.ask(t, ask{path: "/v1/notices?" + query})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.NoError(t, json.Unmarshal(r.body, &page))
	return page
}

func TestNoticesByHTTP(t *testing.T) {
	d := openDoor(t)
	start := d.notices(t, "")
	require.Empty(t, start.Notices, "the bundled acts are history")
	require.False(t, start.More)
	require.Equal(t, d.Position(), start.Through.Position)

	history := d.notices(t, "backfill=true&treaty=ICMW&kind=participant.bound&limit=1000")
	require.Len(t, history.Notices, 59)
	require.True(t, history.Notices[0].Backfill)

	r := d.ask(t, ask{path: "/v1/treaties/ICMW/actions", token: "record",
		body: `{"actions":[{"participant":"DEU","action":"accession","date":"2026-06-29"}]}`})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	news := d.notices(t, "after="+start.Through.String())
	require.Equal(t, notices.KindActionRecorded, news.Notices[0].Kind)
	require.Equal(t, "/v1/notices/"+news.Notices[0].ID.String(), news.Notices[0].Links.Self)

	var one notices.Notice
	r = d.ask(t, ask{path: news.Notices[0].Links.Self})
	require.NoError(t, json.Unmarshal(r.body, &one))
	require.Equal(t, news.Notices[0], one)
	for _, link := range []string{one.Links.Commit, one.Links.Treaty, one.Links.Participant, one.Links.Record} {
		require.Equal(t, http.StatusOK, d.ask(t, ask{path: link}).status, link)
	}

	// Nobody deposits anything on the day on which Germany is bound.
	d.now.advance(120 * 24 * time.Hour)
	require.NoError(t, d.BeginDay(context.Background()))
	bound := d.notices(t, "participant=DEU&kind=participant.*,gap.*&after="+news.Through.String())
	require.Len(t, bound.Notices, 1)
	require.Equal(t, "Germany is bound by ICMW", bound.Notices[0].Title)
	require.Equal(t, "2026-10-01", bound.Notices[0].Date.String())
	require.Len(t, d.notices(t, "kind=gap.changed&treaty=ICMW").Notices, 1)
	require.Contains(t, string(d.ask(t, ask{path: "/v1/notices?format=csv"}).body), "Germany is bound by ICMW")
}

func TestNoticesThatCannotBeAsked(t *testing.T) {
	d := openDoor(t)
	for path, field := range map[string]string{
		"/v1/notices?kind=participant.boud": "kind",
		"/v1/notices?kind=part*":            "kind",
		"/v1/notices?after=now":             "after",
		"/v1/notices/12.x":                  "notice",
	} {
		r := d.ask(t, ask{path: path})
		require.Equal(t, http.StatusUnprocessableEntity, r.status, path)
		require.Equal(t, field, r.problem(t).Findings[0].Field, path)
		require.NotEmpty(t, r.problem(t).Findings[0].Accepted, path)
	}
	for _, path := range []string{"/v1/notices/1.999", "/v1/notices/99999.1", "/v1/notices?treaty=NONE", "/v1/notices?group=NONE", "/v1/notices?participant=Atlantis"} {
		require.Equal(t, http.StatusNotFound, d.ask(t, ask{path: path}).status, path)
	}
}
