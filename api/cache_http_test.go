package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
)

const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

// Immutable is said exactly where the answer can never change.
func TestCaching(t *testing.T) {
	d := apitest.Open(t)
	d.Clock.Advance(time.Hour)
	d.Accede(t, "DEU", "2026-06-01", "later")
	for path, want := range map[string]string{
		"/v1/treaties": revalidate,
		"/v1/treaties/IV-13/status?asOf=2020-01-01":                                   revalidate, // a correction changes it
		"/v1/treaties/IV-13/status?knownAt=74":                                        revalidate, // tomorrow is another day
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=74":                        immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=74&format=csv":             immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&receivedBy=2019-01-01&knownAt=74":  immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=75":                        immutable,  // the end, by its position
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2026-06-30T12:30:00Z":      immutable,  // before the last commit
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2026-06-30T13:00:00Z":      revalidate, // another may have this instant
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2026-06-30":                revalidate, // the day is not over
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2999-01-01T00:00:00Z":      revalidate,
		"/v1/treaties/IV-13/status?asOf=2999-01-01&knownAt=74":                        immutable,
		"/v1/treaties/ICMW/status?asOf=2020-01-01&knownAt=74":                         immutable, // a short name is never given to another
		"/v1/treaties/IV-13/participants/DEU?asOf=2020-01-01&knownAt=74":              immutable,
		"/v1/treaties/IV-13/participants/Germany?asOf=2020-01-01&knownAt=74":          revalidate,
		"/v1/participants/DEU/status?asOf=2020-01-01&knownAt=74":                      immutable,
		"/v1/matrix?treaties=IV-13,C097&asOf=2020-01-01&knownAt=74":                   immutable,
		"/v1/matrix?treaties=ICMW&asOf=2020-01-01&knownAt=74":                         immutable,
		"/v1/treaties/IV-13/gap?asOf=2020-01-01&knownAt=74":                           immutable,
		"/v1/actions/68.1?asOf=2020-01-01&knownAt=74":                                 immutable,
		"/v1/groups/OECD?asOf=2020-01-01&knownAt=74":                                  immutable,
		"/v1/treaties/IV-13/statements?asOf=2020-01-01":                               revalidate,
		"/v1/treaties/IV-13/statements?asOf=2020-01-01&knownAt=74":                    immutable,
		"/v1/treaties/IV-13/statements?asOf=2020-01-01&knownAt=74&participant=TUR":    immutable,
		"/v1/treaties/IV-13/statements?asOf=2020-01-01&knownAt=74&participant=Turkey": revalidate,
		"/v1/treaties/IV-13/statements/by-article?asOf=2020-01-01&knownAt=74":         immutable,
		"/v1/treaties/IV-13/relations/MLI?asOf=2020-01-01&knownAt=74":                 immutable,
		"/v1/treaties/IV-13/relations/Mali?asOf=2020-01-01&knownAt=74":                revalidate,
		"/v1/treaties/IV-13/relations/MLI/MEX?asOf=2020-01-01&knownAt=74":             immutable,
		"/v1/treaties/IV-13/relations/MLI/Mexico?asOf=2020-01-01&knownAt=74":          revalidate, // another may have the name later
		"/v1/treaties/IV-13/relations/MLI/MEX?asOf=2020-01-01":                        revalidate,
		"/v1/changes?from=2003-06-30&to=2003-07-01":                                   revalidate,
		"/v1/changes?from=2003-06-30&to=2003-07-01&knownAt=74":                        immutable,
		"/v1/changes?from=2003-06-30&to=2003-07-01&fromKnownAt=74":                    revalidate,
		"/v1/changes?from=2003-06-30&to=2003-07-01&fromKnownAt=74&toKnownAt=75":       immutable,
		"/v1/changes?to=2003-07-01&fromKnownAt=74&toKnownAt=75":                       revalidate, // only the second day is named
		"/v1/changes?from=2003-06-30&to=2003-07-01&knownAt=74&participant=Mali":       revalidate,
		"/v1/changes?from=2003-06-30&to=2003-07-01&knownAt=74&participant=MLI":        immutable,
		"/v1/treaties/ICMW/what-if?ratify=AUT,USA&asOf=2020-01-01&knownAt=74":         immutable,
		"/v1/treaties/ICMW/what-if?ratify=Austria&asOf=2020-01-01&knownAt=74":         revalidate,
		"/v1/treaties/ICMW/who-next?asOf=2020-01-01&knownAt=74":                       immutable,
		"/v1/treaties/ICMW/who-next?asOf=2020-01-01":                                  revalidate,
		"/v1/ledger":                     revalidate,
		"/v1/ledger?limit=1":             revalidate,
		"/v1/ledger?cursor=5&order=desc": revalidate,
		"/v1/ledger?treaty=IV-13":        revalidate,
		"/v1/ledger/1":                   immutable,
		"/v1/ledger/75":                  immutable,
		"/v1/operate/catalogue":          "no-store",
		"/healthz":                       "no-store",
		"/readyz":                        "no-store",
	} {
		for range 2 { // computed, and kept
			r := d.Ask(t, apitest.Request{Path: path})
			require.Equal(t, http.StatusOK, r.Status, "%s: %s", path, r.Body)
			require.Equal(t, want, r.Header.Get("Cache-Control"), path)
		}
	}
	// What failed is not kept: neither by others nor here.
	for _, path := range []string{"/v1/ledger/76", "/v1/treaties/NEW?asOf=2020-01-01&knownAt=74", "/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=76"} {
		r := d.Ask(t, apitest.Request{Path: path})
		require.GreaterOrEqual(t, r.Status, 400)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	}
	d.Accede(t, "FRA", "2026-06-01", "next")
	require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: "/v1/ledger/76"}).Status)
	require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: "/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=76"}).Status)
}

func TestEntityTags(t *testing.T) {
	d := apitest.Open(t)
	const path = "/v1/treaties/IV-13/status"
	identity := d.Ask(t, apitest.Request{Path: path})
	zipped := d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"Accept-Encoding": "gzip"}})
	require.Equal(t, "gzip", zipped.Header.Get("Content-Encoding"))
	reader, err := gzip.NewReader(bytes.NewReader(zipped.Body))
	require.NoError(t, err)
	unzipped, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, identity.Body, unzipped)
	plainTag, zippedTag := identity.Header.Get("Etag"), zipped.Header.Get("Etag")
	require.NotEqual(t, plainTag, zippedTag, "a strong tag belongs to one form")
	table := d.Ask(t, apitest.Request{Path: path + "?format=csv"}).Header.Get("Etag")
	require.NotEqual(t, plainTag, table)

	for _, c := range []struct {
		encoding, match string
		status          int
		tag             string
	}{
		{"", plainTag, 304, plainTag},
		{"gzip", zippedTag, 304, zippedTag},
		{"", zippedTag, 200, plainTag},
		{"gzip", plainTag, 200, zippedTag},
		{"", "W/" + plainTag, 304, plainTag},
		{"", `"other", ` + plainTag, 304, plainTag},
		{"", "*", 304, plainTag},
		{"", strings.Trim(plainTag, `"`), 200, plainTag},
		{"", table, 200, plainTag},
		{"", `"`, 200, plainTag},
		{"gzip;q=0", plainTag, 304, plainTag},
		{"gzip;q=0.001", zippedTag, 304, zippedTag},
		{"br, GZIP", zippedTag, 304, zippedTag},
		{"gzip, deflate, br, zstd", strings.Replace(zippedTag, "gzip", "zstd", 1), 304, strings.Replace(zippedTag, "gzip", "zstd", 1)},
		{"identity", plainTag, 304, plainTag},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := d.Ask(t, apitest.Request{Method: method, Path: path, Header: map[string]string{"Accept-Encoding": c.encoding, "If-None-Match": c.match}})
			at := fmt.Sprintf("%s %s %s", method, c.encoding, c.match)
			require.Equal(t, c.status, r.Status, at)
			require.Equal(t, c.tag, r.Header.Get("Etag"), at)
			require.Equal(t, "Accept, Accept-Encoding", r.Header.Get("Vary"), at)
			require.Equal(t, revalidate, r.Header.Get("Cache-Control"), at)
			if c.status == 304 {
				require.Empty(t, r.Body, at)
				require.Empty(t, r.Header.Get("Content-Encoding"), at)
				require.Empty(t, r.Header.Get("Content-Length"), at)
			}
		}
	}
	// A tag outlives what does not concern it, and not what does.
	other := d.Ask(t, apitest.Request{Path: "/v1/groups/OECD"}).Header.Get("Etag")
	d.Accede(t, "DEU", "2026-06-01", "x")
	require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"If-None-Match": plainTag}}).Status)
	require.Equal(t, http.StatusNotModified, d.Ask(t, apitest.Request{Path: "/v1/groups/OECD", Header: map[string]string{"If-None-Match": other}}).Status)
	// The day is part of an answer that does not name it.
	tag := d.Ask(t, apitest.Request{Path: path}).Header.Get("Etag")
	d.Clock.Advance(24 * time.Hour)
	require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"If-None-Match": tag}}).Status)
}

// What was answered of a moment that lies behind stays the same, byte for byte,
// whatever is recorded later.
func TestSettledAnswersStay(t *testing.T) {
	d := apitest.Open(t)
	questions := []string{"/v1/ledger/68", "/v1/treaties?asOf=2026-06-30&knownAt=74", "/v1/matrix?asOf=2026-06-30&knownAt=74", "/v1/participants?asOf=2026-06-30&knownAt=74"}
	for _, treaty := range []string{"IV-13", "XVIII-12-a", "XVIII-12-b"} {
		for _, view := range []string{"", "/status", "/entry-into-force", "/timeline", "/gap", "/statements", "/statements/by-article", "/relations/MLI", "/relations/MLI/MEX", "/participants/DEU", "/participants/MNE"} {
			questions = append(questions, "/v1/treaties/"+treaty+view+"?asOf=2026-06-30&knownAt=74")
		}
	}
	for _, of := range []string{"/v1/treaties/ICMW/status", "/v1/participants/DEU", "/v1/participants/DEU/status", "/v1/participants/MNE/timeline", "/v1/groups", "/v1/groups/OECD", "/v1/weights", "/v1/weights/migrant-stock/2020", "/v1/actions/68.1"} {
		questions = append(questions, of+"?asOf=2026-06-30&knownAt=74")
	}
	before := map[string]apitest.Reply{}
	for _, q := range questions {
		before[q] = d.Ask(t, apitest.Request{Path: q})
		require.Equal(t, http.StatusOK, before[q].Status, "%s: %s", q, before[q].Body)
		require.Equal(t, immutable, before[q].Header.Get("Cache-Control"), q)
	}
	d.Clock.Advance(time.Hour)
	d.Accede(t, "DEU", "2026-06-01", "accession")
	d.Must(t, 201, apitest.Request{Path: "/v1/actions/68.1/annulment", Body: `{"reason":"a test"}`, Token: "record"})
	d.Must(t, 201, apitest.Request{Path: "/v1/treaties/XVIII-12/actions", Body: `{"actions":[{"participant":"DEU","action":"communication","date":"2026-06-01","statement":{"text":"x"}}]}`, Token: "record"})
	redefine(t, d, "/v1/participants/DEU", `"name":"Germany"`, `"name":"Germania"`)
	redefine(t, d, "/v1/groups/OECD", `"participant":"DEU"`, `"participant":"RUS"`)
	redefine(t, d, "/v1/treaties/IV-13", `"short":"ICMW"`, `"short":"CMW"`)
	redefine(t, d, "/v1/treaties/XVIII-12", `"place":"New York"`, `"place":"Palermo"`)
	redefine(t, d, "/v1/weights/migrant-stock/2020", `["DEU",2020,15762457]`, `["DEU",2020,1]`)
	d.Clock.Advance(24 * time.Hour)
	for _, q := range questions {
		after := d.Ask(t, apitest.Request{Path: q})
		require.Equal(t, string(before[q].Body), string(after.Body), q)
		require.Equal(t, before[q].Header.Get("Etag"), after.Header.Get("Etag"), q)
	}
	// A short name that was given up still leads to its treaty, and to no other.
	require.Equal(t, "IV-13", d.Get(t, "/v1/treaties/ICMW")["id"])
	held := string(d.Ask(t, apitest.Request{Path: "/v1/treaties/C097"}).Body)
	taken := d.Must(t, 422, apitest.Request{Method: "PUT", Path: "/v1/treaties/C097", Body: strings.Replace(held, `"short":"C97"`, `"short":"icmw"`, 1), Token: "define"})
	require.EqualValues(t, "NAME_TAKEN", taken.Problem(t).Findings[0].Code)
}

// redefine changes a definition that is held.
func redefine(t *testing.T, d *apitest.Server, path, old, new string) {
	t.Helper()
	held := string(d.Ask(t, apitest.Request{Path: path}).Body)
	require.Contains(t, held, old, path)
	d.Must(t, 201, apitest.Request{Method: "PUT", Path: path + "?reason=test", Body: strings.Replace(held, old, new, 1), Token: "define"})
}

// Lists are read page by page: every entry once, in order, in both orders and
// with filters.
func TestPages(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t)
	state := d.Views().State
	for path, want := range map[string]int{"/v1/treaties?limit=7": len(state.Treaties(domain.Everything())), "/v1/participants?limit=50": len(state.Participants(domain.Everything()))} {
		list := strings.TrimPrefix(strings.Split(path, "?")[0], "/v1/")
		seen, cursor := []string{}, ""
		for {
			page := d.Get(t, path+"&cursor="+cursor)
			for _, e := range page[list].([]any) {
				seen = append(seen, apitest.At(t, e, "id").(string))
			}
			cursor, _ = page["next"].(string)
			if cursor == "" {
				break
			}
		}
		require.Len(t, seen, want)
		slices.Sort(seen)
		require.Len(t, slices.Compact(seen), want)
	}
	for i := range 12 { // some commits of a treaty and of a participant
		who := []string{"DEU", "FRA", "ITA"}[i%3]
		treaty := []string{"IV-13", "C097"}[i%2]
		d.Must(t, 201, apitest.Request{Path: "/v1/treaties/" + treaty + "/actions", Token: "record",
			Body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"communication","date":"2020-01-01","statement":{"text":"%d"}}]}`, who, i)})
	}
	last := float64(d.Position())
	for filter, want := range map[string]int{"": int(last), "&treaty=ICMW": 2 + 6, "&participant=Germany": -1, "&treaty=C97&participant=FRA": -1, "&treaty=_": -1, "&treaty=IV-13&participant=USA": 0} {
		for _, limit := range []int{1, 3, 5, 1000} {
			up := walk(t, d, fmt.Sprintf("/v1/ledger?order=asc&limit=%d%s", limit, filter), last)
			down := walk(t, d, fmt.Sprintf("/v1/ledger?order=desc&limit=%d%s", limit, filter), last)
			if want >= 0 {
				require.Len(t, up, want, "%s %d", filter, limit)
			}
			require.True(t, slices.IsSorted(up), "%s %d", filter, limit)
			slices.Reverse(down)
			require.Equal(t, up, down, "%s %d", filter, limit)
		}
	}
	require.Empty(t, d.Get(t, "/v1/ledger?cursor=9999")["commits"])
	require.Len(t, d.Get(t, "/v1/ledger?cursor=9999&order=desc&limit=3")["commits"], 3)
}

func walk(t *testing.T, d *apitest.Server, path string, last float64) (positions []float64) {
	t.Helper()
	positions = []float64{}
	cursor := ""
	for {
		page := d.Get(t, path+cursor)
		require.Equal(t, last, page["last"])
		for _, c := range page["commits"].([]any) {
			positions = append(positions, apitest.At(t, c, "position").(float64))
		}
		next, more := page["next"].(string)
		if !more {
			return positions
		}
		require.NotEmpty(t, page["commits"])
		cursor = "&cursor=" + next
	}
}

// Readers and writers at once: every answer is whole, and a reader with the
// receipt of a command sees it in the next answer.
func TestReadersBesideWriters(t *testing.T) {
	d := apitest.Open(t)
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for w := range 4 {
		writing.Go(func() {
			for i := range 15 {
				r := d.Ask(t, apitest.Request{Path: "/v1/treaties/IV-13/actions", Token: "record",
					Body: fmt.Sprintf(`{"actions":[{"participant":"DEU","action":"communication","date":"2020-01-01","statement":{"text":"w%d-%d"}}]}`, w, i)})
				require.Equal(t, 201, r.Status, "%s", r.Body)
				seen := d.Ask(t, apitest.Request{Path: "/v1/treaties/IV-13/participants/DEU"})
				require.Contains(t, string(seen.Body), fmt.Sprintf("w%d-%d", w, i))
			}
		})
	}
	for range 4 {
		reading.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				for _, path := range []string{"/v1/treaties/IV-13/status", "/v1/treaties", "/v1/treaties/NONE", fmt.Sprintf("/v1/treaties/IV-13/status?asOf=20%02d-01-01", i%30)} {
					r := d.Ask(t, apitest.Request{Path: path, Header: map[string]string{"Accept-Encoding": "gzip"}})
					require.Contains(t, []int{200, 404}, r.Status)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
}
