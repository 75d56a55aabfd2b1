package feeds_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/projections/notices"
)

// toCome is what is to come, as it is answered.
type toCome struct {
	On     string                 `json:"on"`
	Coming []notices.UpcomingDate `json:"coming"`
	Total  int                    `json:"total"`
}

func comingDates(t *testing.T, d *apitest.Server, query string) (body toCome) {
	t.Helper()
	d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/coming?" + query}).Into(t, &body)
	return body
}

func TestComingByHTTP(t *testing.T) {
	d := apitest.Open(t)
	march := comingDates(t, d, "treaty=ICMW&on=2003-04-01")
	require.Equal(t, 22, march.Total, "the Convention, and the twenty-one whom it is to bind")
	require.Len(t, march.Coming, 22)
	for _, c := range march.Coming {
		require.Equal(t, "2003-07-01", c.Date.String())
	}
	require.Len(t, comingDates(t, d, "treaty=ICMW&on=2003-04-01&limit=3").Coming, 3)
	require.Zero(t, comingDates(t, d, "treaty=ICMW&on=2003-04-01&until=2003-06-30").Total)
	mali := comingDates(t, d, "participant=MLI,GTM&on=2003-06-05")
	require.Equal(t, 2, mali.Total)
	require.Equal(t, "Mali is bound by ICMW", mali.Coming[1].Title)
	require.Equal(t, "2026-06-30", comingDates(t, d, "").On)
	table := string(d.Must(t, 200, apitest.Request{Path: "/v1/coming?treaty=ICMW&on=2003-06-05&participant=MLI&format=csv"}).Body)
	require.Contains(t, table, "2003-10-01,bound,Mali is bound by ICMW,IV-13,ICMW,MLI,Mali,,")

	// A correction moves the day, and what it is the day of stays the same.
	d.Accede(t, "DEU", "2026-06-29", "germany")
	before := comingDates(t, d, "participant=DEU").Coming
	require.Len(t, before, 1)
	require.Equal(t, "2026-10-01", before[0].Date.String())
	notice := d.NoticesOf(t, "participant=DEU").Notices[0]
	require.Equal(t, before, notice.Coming)
	first := calendarOf(t, d, "participant=DEU")
	d.Must(t, 201, apitest.Request{Path: "/v1/actions/" + before[0].Record.String() + "/correction", Token: "record",
		Body: `{"action":{"participant":"DEU","action":"accession","date":"2026-05-29"},"reason":"misread"}`})
	after := comingDates(t, d, "participant=DEU").Coming
	require.Equal(t, "2026-09-01", after[0].Date.String())
	require.Equal(t, before[0].Key, after[0].Key)
	second := calendarOf(t, d, "participant=DEU")
	require.Equal(t, first[0].Id(), second[0].Id())
	require.NotEqual(t, first[0].GetProperty(ics.ComponentPropertySequence).Value, second[0].GetProperty(ics.ComponentPropertySequence).Value)

	// What has come is not to come any more, but stays in the calendar for a while.
	d.Clock.Advance(80 * 24 * time.Hour) // 18 September
	require.Empty(t, comingDates(t, d, "participant=DEU").Coming)
	require.Len(t, calendarOf(t, d, "participant=DEU"), 1)
	d.Clock.Advance(80 * 24 * time.Hour)
	require.Empty(t, calendarOf(t, d, "participant=DEU"))
}

func calendarOf(t *testing.T, d *apitest.Server, query string) []*ics.VEvent {
	t.Helper()
	r := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/coming.ics?" + query})
	require.Equal(t, "text/calendar; charset=utf-8", r.Header.Get("Content-Type"))
	read, err := ics.ParseCalendar(bytes.NewReader(r.Body))
	require.NoError(t, err)
	return read.Events()
}

func TestFeedsThatCannotBeAsked(t *testing.T) {
	d := apitest.Open(t)
	for path, field := range map[string]string{
		"/v1/coming?on=today":                    "on",
		"/v1/coming.ics?until=2026-02-30":        "until",
		"/v1/notices.atom?before=now":            "before",
		"/v1/notices.feed.json?kind=x.y":         "kind",
		"/v1/notices/stream?after=last":          "after",
		"/v1/notices/stream?kind=participant.bo": "kind",
	} {
		r := d.Must(t, http.StatusUnprocessableEntity, apitest.Request{Path: path})
		require.Equal(t, field, r.Problem(t).Findings[0].Field, path)
		require.NotEmpty(t, r.Problem(t).Findings[0].Accepted, path)
	}
	r := d.Must(t, 422, apitest.Request{Path: "/v1/notices/stream", Header: map[string]string{"Last-Event-ID": "x"}})
	require.Equal(t, "Last-Event-ID", r.Problem(t).Findings[0].Field)
	for _, path := range []string{"/v1/coming?treaty=NONE", "/v1/coming.ics?participant=Atlantis", "/v1/notices.atom?group=NONE", "/v1/notices/stream?treaty=NONE"} {
		d.Must(t, http.StatusNotFound, apitest.Request{Path: path})
	}
	d.Must(t, 422, apitest.Request{Path: "/v1/notices.atom?limit=201"})
	d.Must(t, 422, apitest.Request{Path: "/v1/notices.atom?color=red"})
	require.ErrorContains(t, v1.CheckPublic("depositary"), "no public address")
}

// atomFeed is what a reader of feeds needs of one.
type atomFeed struct {
	Updated time.Time `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID    string `xml:"id"`
		Title string `xml:"title"`
	} `xml:"entry"`
}

func (f atomFeed) link(rel string) string {
	for _, l := range f.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// A feed is read page by page along its links, and holds every notice once.
func TestFeedsByHTTP(t *testing.T) {
	d := apitest.Open(t)
	d.Accede(t, "DEU", "2026-06-29", "germany")
	all := d.NoticesOf(t, "treaty=ICMW&backfill=true&limit=1000").Notices
	var titles, ids []string
	for path := "/v1/notices.atom?treaty=ICMW&backfill=true&limit=70"; path != ""; {
		r := d.Must(t, http.StatusOK, apitest.Request{Path: path, Header: map[string]string{"Accept": "application/rss+xml, text/html;q=0.1"}})
		require.Equal(t, "application/atom+xml; charset=utf-8", r.Header.Get("Content-Type"))
		var feed atomFeed
		require.NoError(t, xml.Unmarshal(r.Body, &feed))
		require.True(t, strings.HasPrefix(feed.link("self"), d.URL+"/v1/notices.atom?"))
		for _, e := range feed.Entries {
			titles, ids = append(titles, e.Title), append(ids, e.ID[strings.LastIndex(e.ID, ":")+1:])
		}
		path = strings.TrimPrefix(feed.link("next"), d.URL)
	}
	require.Len(t, ids, len(all))
	for i, n := range all {
		require.Equal(t, n.ID.String(), ids[len(ids)-1-i])
		require.Equal(t, n.Title, titles[len(ids)-1-i])
	}

	var feed struct {
		NextURL string `json:"next_url"`
		Items   []struct {
			URL    string `json:"url"`
			Notice struct {
				Notice notices.Notice `json:"notice"`
			} `json:"_depositary"`
		} `json:"items"`
	}
	r := d.Must(t, http.StatusOK, apitest.Request{Path: "/v1/notices.feed.json?participant=DEU"})
	require.Equal(t, "application/feed+json; charset=utf-8", r.Header.Get("Content-Type"))
	r.Into(t, &feed)
	require.Len(t, feed.Items, 2)
	require.Empty(t, feed.NextURL)
	require.Equal(t, all[len(all)-1], feed.Items[0].Notice.Notice)
	require.Equal(t, http.StatusOK, d.Ask(t, apitest.Request{Path: strings.TrimPrefix(feed.Items[0].URL, d.URL)}).Status)
}

// A reader that asks again gets nothing again; what contains an address is kept for
// that address alone.
func TestFeedsAreCached(t *testing.T) {
	d := apitest.Open(t)
	d.Accede(t, "DEU", "2026-06-29", "germany")
	for _, path := range []string{"/v1/coming", "/v1/coming.ics", "/v1/notices.atom", "/v1/notices.feed.json"} {
		r := d.Must(t, http.StatusOK, apitest.Request{Path: path})
		require.Equal(t, "no-cache", r.Header.Get("Cache-Control"), path)
		again := d.Must(t, http.StatusNotModified, apitest.Request{Path: path, Header: map[string]string{"If-None-Match": r.Header.Get("Etag")}})
		require.Empty(t, again.Body)
		require.NotEmpty(t, d.Must(t, http.StatusOK, apitest.Request{Method: "HEAD", Path: path}).Header.Get("Content-Length"))
	}
	for _, host := range []string{"one.example", "two.example:8443"} {
		request, err := http.NewRequest("GET", d.URL+"/v1/notices.atom", nil)
		require.NoError(t, err)
		request.Host = host
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		var feed atomFeed
		require.NoError(t, xml.NewDecoder(response.Body).Decode(&feed))
		require.NoError(t, response.Body.Close())
		require.Equal(t, "http://"+host+"/v1/notices.atom", feed.link("self"))
	}
}

func TestPublicAddressOfLinks(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Public = "https://treaties.example/depositary/" })
	d.Accede(t, "DEU", "2026-06-29", "germany")
	feed := string(d.Must(t, 200, apitest.Request{Path: "/v1/notices.atom"}).Body)
	require.Contains(t, feed, `href="https://treaties.example/depositary/v1/notices.atom"`)
	require.NotContains(t, feed, d.URL)
	require.Equal(t, "https://treaties.example/depositary/en/acts/75.1", calendarOf(t, d, "")[0].GetProperty(ics.ComponentPropertyUrl).Value)
}

// event is one server-sent event; one without a name says how far was looked.
type event struct{ id, name, data string }

// stream is an open stream of notices.
type stream struct {
	events   chan event // closed when the stream has ended
	comments chan struct{}
	end      func()
}

// stream connects and reads until it is ended.
func follow(t *testing.T, d *apitest.Server, url, lastID string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := apitest.Plain.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	s := &stream{events: make(chan event, 10_000), comments: make(chan struct{}, 1000), end: cancel}
	go func() {
		defer close(s.events)
		defer response.Body.Close()
		readEvents(bufio.NewReader(response.Body), s)
	}()
	return s
}

func readEvents(r *bufio.Reader, s *stream) {
	var e event
	for {
		text, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch field, value, _ := strings.Cut(strings.TrimSuffix(text, "\n"), ": "); field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data += value
		case ":":
			s.comments <- struct{}{}
		case "":
			if e != (event{}) {
				s.events <- e
			}
			e = event{}
		}
	}
}

// next returns the next event, or the next that has a notice.
func (s *stream) next(t *testing.T) event {
	t.Helper()
	select {
	case e, open := <-s.events:
		require.True(t, open, "the stream has ended")
		return e
	case <-time.After(2 * time.Minute):
		require.Fail(t, "nothing comes")
		return event{}
	}
}

func (s *stream) notice(t *testing.T) (n notices.Notice) {
	t.Helper()
	for {
		if e := s.next(t); e.name != "" {
			require.NoError(t, json.Unmarshal([]byte(e.data), &n))
			require.Equal(t, n.ID.String(), e.id)
			require.Equal(t, string(n.Kind), e.name)
			return n
		}
	}
}

func TestStream(t *testing.T) {
	d := apitest.Open(t)
	all := follow(t, d, d.URL+"/v1/notices/stream", "")
	require.Equal(t, event{id: fmt.Sprint(d.Position())}, all.next(t), "it says at once from where on")
	france := follow(t, d, d.URL+"/v1/notices/stream?participant=FRA&kind=action.*", "")
	history := follow(t, d, d.URL+"/v1/notices/stream?treaty=ICMW&kind=treaty.in-force&backfill=true&after=0", "")
	require.Equal(t, "ICMW has entered into force", history.notice(t).Title)

	d.Accede(t, "DEU", "2026-06-29", "germany")
	d.Accede(t, "FRA", "2026-06-29", "france")
	want := d.NoticesOf(t, "after="+fmt.Sprint(d.Position()-2)).Notices
	require.Len(t, want, 4)
	for _, n := range want {
		require.Equal(t, n, all.notice(t))
	}
	require.Equal(t, "France: accession of 29 June 2026 (ICMW)", france.notice(t).Title)

	// Last-Event-ID wins over after.
	again := follow(t, d, d.URL+"/v1/notices/stream?after=0", want[2].ID.String())
	require.Equal(t, want[3], again.notice(t))
	r := d.Must(t, 200, apitest.Request{Method: "HEAD", Path: "/v1/notices/stream"})
	require.Equal(t, "text/event-stream", r.Header.Get("Content-Type"))

	d.EndStreams()
	for _, s := range []*stream{all, france, history, again} {
		for range s.events { //nolint:revive // what is left, to the end
		}
	}
	require.Eventually(t, func() bool { return readers(t, d) == 0 }, 2*time.Minute, 10*time.Millisecond)
}

// readers returns how many follow the notices.
func readers(t *testing.T, d *apitest.Server) (n int) {
	t.Helper()
	for l := range strings.SplitSeq(string(d.Ask(t, apitest.Request{Path: "/metrics"}).Body), "\n") {
		if _, err := fmt.Sscanf(l, "depositary_stream_readers %d", &n); err == nil {
			return n
		}
	}
	require.Fail(t, "not measured")
	return 0
}

// A reader that loses the connection, however often and while commits are made, misses
// nothing and is told nothing twice.
func TestStreamIsResumed(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Streams.Beat = 20 * time.Millisecond })
	const commits = 60
	from := fmt.Sprint(d.Position())
	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		for i := range commits {
			r := d.Ask(t, apitest.Request{Path: "/v1/treaties/" + []string{"ICMW", "C97"}[i%2] + "/actions", Token: "record",
				Body: fmt.Sprintf(`{"actions":[{"participant":"DEU","action":"communication","date":"2026-06-29","statement":{"text":"%d"}}]}`, i)})
			if r.Status != http.StatusCreated {
				t.Errorf("%s", r.Body)
				return
			}
		}
	}()
	var told []string
	last, random := from, rand.New(rand.NewPCG(1, 2))
	for len(told) < commits {
		s := follow(t, d, d.URL+"/v1/notices/stream?kind=action.recorded", last)
		for range 1 + random.IntN(7) {
			e := s.next(t)
			if last = e.id; e.name != "" {
				told = append(told, e.id)
			}
			if len(told) == commits {
				break
			}
		}
		s.end()
	}
	<-recorded
	var want []string
	for _, n := range d.NoticesOf(t, "kind=action.recorded&limit=1000&after="+from).Notices {
		want = append(want, n.ID.String())
	}
	require.Equal(t, want, told)
}

// Signs of life come where nothing else does, and say how far the ledger was
// looked through where nothing in it was asked for.
func TestStreamBeats(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Streams.Beat = 20 * time.Millisecond })
	s := follow(t, d, d.URL+"/v1/notices/stream?participant=FRA", "")
	begun := s.next(t)
	for range 3 {
		select {
		case <-s.comments:
		case <-time.After(2 * time.Minute):
			require.Fail(t, "no sign of life")
		}
	}
	d.Accede(t, "DEU", "2026-06-29", "germany")
	passed := s.next(t)
	require.Equal(t, event{id: fmt.Sprint(d.Position())}, passed)
	require.NotEqual(t, begun, passed)
}

func TestStreamHasRoomForSoMany(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Streams.Readers = 1 })
	s := follow(t, d, d.URL+"/v1/notices/stream", "")
	s.next(t)
	turned := d.Must(t, http.StatusServiceUnavailable, apitest.Request{Path: "/v1/notices/stream"})
	require.NotEmpty(t, turned.Header.Get("Retry-After"))
	s.end()
	require.Eventually(t, func() bool { return readers(t, d) == 0 }, 2*time.Minute, 10*time.Millisecond)
	follow(t, d, d.URL+"/v1/notices/stream", "").next(t)
}

// One address follows on so many streams, and others are not kept out by it.
func TestStreamsOfOneAddress(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Streams.Each = 2 })
	follow(t, d, d.URL+"/v1/notices/stream", "").next(t)
	follow(t, d, d.URL+"/v1/notices/stream", "").next(t)
	turned := d.Must(t, http.StatusServiceUnavailable, apitest.Request{Path: "/v1/notices/stream"})
	require.NotEmpty(t, turned.Header.Get("Retry-After"))
	require.Contains(t, turned.Problem(t).Detail, "from this address")

	other := &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}).DialContext}}
	response, err := other.Get(d.URL + "/v1/notices/stream")
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Skip("this system has one address of its own only")
	}
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, response.Body.Close())
}

// narrow serves the door with limits of time, over connections that hold little.
func narrow(t *testing.T, d *apitest.Server, limit time.Duration) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: d.Handler(), ReadTimeout: limit, WriteTimeout: limit, ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
		return ctx
	}}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return "http://" + listener.Addr().String()
}

// The limits of a connection do not end a stream.
func TestStreamOutlivesLimits(t *testing.T) {
	d := apitest.Open(t)
	s := follow(t, d, narrow(t, d, time.Second)+"/v1/notices/stream", "")
	s.next(t)
	time.Sleep(3 * time.Second) // longer than the limits
	d.Accede(t, "DEU", "2026-06-29", "germany")
	require.Equal(t, "DEU", string(s.notice(t).Participant))
}

// A reader that does not read is cut off, holds up nobody, and goes on where it
// was.
func TestSlowReaderIsCutOff(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.Streams.Write = 3 * time.Second })
	address := strings.TrimPrefix(narrow(t, d, time.Minute), "http://")
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(4<<10))
	_, err = fmt.Fprintf(conn, "GET /v1/notices/stream?backfill=true&after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return readers(t, d) == 1 }, 2*time.Minute, time.Millisecond)
	quick := follow(t, d, d.URL+"/v1/notices/stream?backfill=true&after=0", "")
	all := d.NoticesOf(t, "backfill=true&limit=1000").Notices
	for _, n := range all {
		require.Equal(t, n.ID, quick.notice(t).ID)
	}
	quick.end()
	require.Eventually(t, func() bool { return readers(t, d) == 0 }, 2*time.Minute, 10*time.Millisecond)

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	slow := &stream{events: make(chan event, 100_000), comments: make(chan struct{}, 1000)}
	readEvents(bufio.NewReader(response.Body), slow)
	close(slow.events)
	var told []string
	for e := range slow.events {
		if e.name != "" {
			told = append(told, e.id)
		}
	}
	require.NotEmpty(t, told)
	require.Less(t, len(told), len(all))
	rest := follow(t, d, d.URL+"/v1/notices/stream?backfill=true", told[len(told)-1])
	for len(told) < len(all) {
		told = append(told, rest.notice(t).ID.String())
	}
	for i, n := range all {
		require.Equal(t, n.ID.String(), told[i])
	}
}

// A feed or calendar without entries does not say that nothing was done: it says
// which acts of the treaty are recorded.
func TestEmptyFeedsSayWhatIsRecorded(t *testing.T) {
	d := apitest.Open(t)
	says := map[domain.Extent]string{domain.ExtentNone: ": No act is recorded; who has signed or consented is not known.",
		domain.ExtentSome: ": Only some acts are recorded", domain.ExtentTable: ": Acts recorded as at "}
	for _, p := range d.PartlyRecorded(t) {
		for _, path := range []string{"/v1/notices.atom", "/v1/notices.feed.json", "/v1/coming.ics"} {
			body := string(d.Must(t, http.StatusOK, apitest.Request{Path: path + "?treaty=" + p.Short}).Body)
			body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n ", ""), "\\", "") // of iCalendar: long lines, escapes
			require.Contains(t, body, p.Short+says[p.Extent], path)
		}
	}
}
