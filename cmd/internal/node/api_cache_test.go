package node

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

	"depositary/domain/catalogue"
)

const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

// Immutable is said exactly where the answer can never change.
func TestCaching(t *testing.T) {
	d := openDoor(t)
	d.now.advance(time.Hour)
	d.accede(t, "DEU", "2026-06-01", "later")
	for path, want := range map[string]string{
		"/v1/treaties": revalidate,
		"/v1/treaties/IV-13/status?asOf=2020-01-01":                                   revalidate, // a correction changes it
		"/v1/treaties/IV-13/status?knownAt=74":                                        revalidate, // tomorrow is another day
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=74":                        immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=74&format=csv":             immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&receivedBy=2019-01-01&knownAt=74":  immutable,
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=75":                        immutable,  // the end, by its position
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2026-06-30T12:30:00Z":      immutable,  // before the last commit
		"/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=2026-06-30T13:00:00Z":      revalidate, // another may bear this instant
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
		"/v1/treaties/IV-13/relations/MLI/Mexico?asOf=2020-01-01&knownAt=74":          revalidate, // another may bear the name later
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
			r := d.ask(t, ask{path: path})
			require.Equal(t, http.StatusOK, r.status, "%s: %s", path, r.body)
			require.Equal(t, want, r.header.Get("Cache-Control"), path)
		}
	}
	// What failed is not kept: neither by others nor here.
	for _, path := range []string{"/v1/ledger/76", "/v1/treaties/NEW?asOf=2020-01-01&knownAt=74", "/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=76"} {
		r := d.ask(t, ask{path: path})
		require.GreaterOrEqual(t, r.status, 400)
		require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	}
	d.accede(t, "FRA", "2026-06-01", "next")
	require.Equal(t, http.StatusOK, d.ask(t, ask{path: "/v1/ledger/76"}).status)
	require.Equal(t, http.StatusOK, d.ask(t, ask{path: "/v1/treaties/IV-13/status?asOf=2020-01-01&knownAt=76"}).status)
}

func TestEntityTags(t *testing.T) {
	d := openDoor(t)
	const path = "/v1/treaties/IV-13/status"
	identity := d.ask(t, ask{path: path})
	zipped := d.ask(t, ask{path: path, header: map[string]string{"Accept-Encoding": "gzip"}})
	require.Equal(t, "gzip", zipped.header.Get("Content-Encoding"))
	reader, err := gzip.NewReader(bytes.NewReader(zipped.body))
	require.NoError(t, err)
	unzipped, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, identity.body, unzipped)
	plainTag, zippedTag := identity.header.Get("Etag"), zipped.header.Get("Etag")
	require.NotEqual(t, plainTag, zippedTag, "a strong tag belongs to one form")
	table := d.ask(t, ask{path: path + "?format=csv"}).header.Get("Etag")
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
		{"identity", plainTag, 304, plainTag},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := d.ask(t, ask{method: method, path: path, header: map[string]string{"Accept-Encoding": c.encoding, "If-None-Match": c.match}})
			at := fmt.Sprintf("%s %s %s", method, c.encoding, c.match)
			require.Equal(t, c.status, r.status, at)
			require.Equal(t, c.tag, r.header.Get("Etag"), at)
			require.Equal(t, "Accept, Accept-Encoding", r.header.Get("Vary"), at)
			require.Equal(t, revalidate, r.header.Get("Cache-Control"), at)
			if c.status == 304 {
				require.Empty(t, r.body, at)
				require.Empty(t, r.header.Get("Content-Encoding"), at)
				require.Empty(t, r.header.Get("Content-Length"), at)
			}
		}
	}
	// A tag outlives what does not concern it, and not what does.
	other := d.ask(t, ask{path: "/v1/groups/OECD"}).header.Get("Etag")
	d.accede(t, "DEU", "2026-06-01", "x")
	require.Equal(t, http.StatusOK, d.ask(t, ask{path: path, header: map[string]string{"If-None-Match": plainTag}}).status)
	require.Equal(t, http.StatusNotModified, d.ask(t, ask{path: "/v1/groups/OECD", header: map[string]string{"If-None-Match": other}}).status)
	// The day is part of an answer that does not name it.
	tag := d.ask(t, ask{path: path}).header.Get("Etag")
	d.now.advance(24 * time.Hour)
	require.Equal(t, http.StatusOK, d.ask(t, ask{path: path, header: map[string]string{"If-None-Match": tag}}).status)
}

// What was answered of a moment that lies behind stays the same, byte for byte,
// whatever is recorded later.
func TestSettledAnswersStay(t *testing.T) {
	d := openDoor(t)
	questions := []string{"/v1/ledger/68", "/v1/treaties?asOf=2026-06-30&knownAt=74", "/v1/matrix?asOf=2026-06-30&knownAt=74", "/v1/participants?asOf=2026-06-30&knownAt=74"}
	for _, treaty := range []string{"IV-13", "XVIII-12", "XVIII-12-b"} {
		for _, view := range []string{"", "/status", "/entry-into-force", "/timeline", "/gap", "/statements", "/statements/by-article", "/relations/MLI", "/relations/MLI/MEX", "/participants/DEU", "/participants/MNE"} {
			questions = append(questions, "/v1/treaties/"+treaty+view+"?asOf=2026-06-30&knownAt=74")
		}
	}
	for _, of := range []string{"/v1/treaties/ICMW/status", "/v1/participants/DEU", "/v1/participants/DEU/status", "/v1/participants/MNE/timeline", "/v1/groups", "/v1/groups/OECD", "/v1/weights", "/v1/weights/migrant-stock/2020", "/v1/actions/68.1"} {
		questions = append(questions, of+"?asOf=2026-06-30&knownAt=74")
	}
	before := map[string]reply{}
	for _, q := range questions {
		before[q] = d.ask(t, ask{path: q})
		require.Equal(t, http.StatusOK, before[q].status, "%s: %s", q, before[q].body)
		require.Equal(t, immutable, before[q].header.Get("Cache-Control"), q)
	}
	d.now.advance(time.Hour)
	d.accede(t, "DEU", "2026-06-01", "accession")
	d.must(t, 201, ask{path: "/v1/actions/68.1/annulment", body: `{"reason":"a test"}`, token: "record"})
	d.must(t, 201, ask{path: "/v1/treaties/XVIII-12/actions", body: `{"actions":[{"participant":"DEU","action":"communication","date":"2026-06-01","statement":{"text":"x"}}]}`, token: "record"})
	d.redefine(t, "/v1/participants/DEU", `"name":"Germany"`, `"name":"Germania"`)
	d.redefine(t, "/v1/groups/OECD", `"participant":"DEU"`, `"participant":"RUS"`)
	d.redefine(t, "/v1/treaties/IV-13", `"short":"ICMW"`, `"short":"CMW"`)
	d.redefine(t, "/v1/treaties/XVIII-12", `"place":"New York"`, `"place":"Palermo"`)
	d.redefine(t, "/v1/weights/migrant-stock/2020", `["DEU",2020,15762457]`, `["DEU",2020,1]`)
	d.now.advance(24 * time.Hour)
	for _, q := range questions {
		after := d.ask(t, ask{path: q})
		require.Equal(t, string(before[q].body), string(after.body), q)
		require.Equal(t, before[q].header.Get("Etag"), after.header.Get("Etag"), q)
	}
	// A short name that was given up still leads to its treaty, and to no other.
	require.Equal(t, "IV-13", d.get(t, "/v1/treaties/ICMW")["id"])
	held := string(d.ask(t, ask{path: "/v1/treaties/C097"}).body)
	taken := d.must(t, 422, ask{method: "PUT", path: "/v1/treaties/C097", body: strings.Replace(held, `"short":"C97"`, `"short":"icmw"`, 1), token: "define"})
	require.EqualValues(t, "NAME_TAKEN", taken.problem(t).Findings[0].Code)
}

// redefine changes a definition that is held.
func (d *door) redefine(t *testing.T, path, old, new string) {
	t.Helper()
	held := string(d.ask(t, ask{path: path}).body)
	require.Contains(t, held, old, path)
	d.must(t, 201, ask{method: "PUT", path: path + "?reason=test", body: strings.Replace(held, old, new, 1), token: "define"})
}

// must asks, and requires a status.
func (d *door) must(t *testing.T, status int, a ask) reply {
	t.Helper()
	r := d.ask(t, a)
	require.Equal(t, status, r.status, "%s", r.body)
	return r
}

// Lists are read page by page: every entry once, in order, in both orders and
// with filters.
func TestPages(t *testing.T) {
	d := openDoor(t)
	c, err := catalogue.Load()
	require.NoError(t, err)
	for path, want := range map[string]int{"/v1/treaties?limit=7": len(c.Treaties), "/v1/participants?limit=50": len(c.Participants)} {
		list := strings.TrimPrefix(strings.Split(path, "?")[0], "/v1/")
		seen, cursor := []string{}, ""
		for {
			page := d.get(t, path+"&cursor="+cursor)
			for _, e := range page[list].([]any) {
				seen = append(seen, at(t, e, "id").(string))
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
		d.must(t, 201, ask{path: "/v1/treaties/" + treaty + "/actions", token: "record",
			body: fmt.Sprintf(`{"actions":[{"participant":%q,"action":"communication","date":"2020-01-01","statement":{"text":"%d"}}]}`, who, i)})
	}
	last := float64(d.Position())
	for filter, want := range map[string]int{"": int(last), "&treaty=ICMW": 2 + 6, "&participant=Germany": -1, "&treaty=C97&participant=FRA": -1, "&treaty=_": -1, "&treaty=IV-13&participant=USA": 0} {
		for _, limit := range []int{1, 3, 5, 1000} {
			up := d.walk(t, fmt.Sprintf("/v1/ledger?order=asc&limit=%d%s", limit, filter), last)
			down := d.walk(t, fmt.Sprintf("/v1/ledger?order=desc&limit=%d%s", limit, filter), last)
			if want >= 0 {
				require.Len(t, up, want, "%s %d", filter, limit)
			}
			require.True(t, slices.IsSorted(up), "%s %d", filter, limit)
			slices.Reverse(down)
			require.Equal(t, up, down, "%s %d", filter, limit)
		}
	}
	require.Empty(t, d.get(t, "/v1/ledger?cursor=9999")["commits"])
	require.Len(t, d.get(t, "/v1/ledger?cursor=9999&order=desc&limit=3")["commits"], 3)
}

func (d *door) walk(t *testing.T, path string, last float64) (positions []float64) {
	t.Helper()
	positions = []float64{}
	cursor := ""
	for {
		page := d.get(t, path+cursor)
		require.Equal(t, last, page["last"])
		for _, c := range page["commits"].([]any) {
			positions = append(positions, at(t, c, "position").(float64))
		}
		next, more := page["next"].(string)
		if !more {
			return positions
		}
		require.NotEmpty(t, page["commits"])
		cursor = "&cursor=" + next
	}
}

// Readers and writers at once: every answer is whole, and whoever has the
// receipt of a command sees it in the next answer.
func TestReadersBesideWriters(t *testing.T) {
	d := openDoor(t)
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for w := range 4 {
		writing.Go(func() {
			for i := range 15 {
				r := d.ask(t, ask{path: "/v1/treaties/IV-13/actions", token: "record",
					body: fmt.Sprintf(`{"actions":[{"participant":"DEU","action":"communication","date":"2020-01-01","statement":{"text":"w%d-%d"}}]}`, w, i)})
				require.Equal(t, 201, r.status, "%s", r.body)
				seen := d.ask(t, ask{path: "/v1/treaties/IV-13/participants/DEU"})
				require.Contains(t, string(seen.body), fmt.Sprintf("w%d-%d", w, i))
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
					r := d.ask(t, ask{path: path, header: map[string]string{"Accept-Encoding": "gzip"}})
					require.Contains(t, []int{200, 404}, r.status)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
}
