package feeds

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/notices"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

var (
	recordedAt = time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	provenance = &model.Provenance{Attestation: model.Attestation{Source: "C.N.1.2026; \"Treaties\", Geneva", Verification: "verified"}}
)

// hostile is a name that wants to be more than a name.
const hostile = "</title><script>alert(1)</script>\r\nATTENDEE:mailto:x@y\n\x00\x1b[31m]]>&amp;,;\\\u2028é\xff"

func comingSamples() []notices.UpcomingDate {
	return []notices.UpcomingDate{
		{Key: "IV-13/DEU/bound/75.1", Date: domain.MustDate("2027-03-01"), What: notices.UpcomingBound, Title: "Germany is bound by ICMW", Treaty: "IV-13", TreatyShort: "ICMW",
			Participant: "DEU", Name: "Germany", Why: "accession of 20 November 2026; bound from 1 March 2027, article 87(2): first of the month after 3 months", Article: "87(2)",
			Record: domain.RecordID{Position: 75, N: 1}, Source: provenance, Revision: 75},
		{Key: "IV-13/entry-into-force", Date: domain.MustDate("2027-12-31"), What: notices.UpcomingInForce, Title: "ICMW enters into force", Treaty: "IV-13", TreatyShort: "ICMW", Revision: 80},
		{Key: "IV-13/XYZ/acceptance-in-silence/76.1", Date: domain.MustDate("2028-02-29"), What: notices.UpcomingAccepted, Title: hostile + strings.Repeat(" Länge", 40), Treaty: "IV-13",
			TreatyShort: "ICMW", Participant: "XYZ", Name: hostile, Why: hostile, Article: "VCLT 20(5)", Record: domain.RecordID{Position: 76, N: 1}, Revision: 76},
		{Key: "IV-13/XYZ/bound/76.2", Date: domain.MustDate("2028-03-01"), What: notices.UpcomingBound, Title: "\x00 \u2028", Treaty: "IV-13", Participant: "XYZ", Revision: 76},
	}
}

func TestCalendar(t *testing.T) {
	page := Calendar{Name: "Treaties: " + hostile, Ledger: "e2f9a72bb76a864f", Dates: comingSamples(),
		Stamp: func(revision uint64) time.Time { return recordedAt.Add(time.Duration(revision) * time.Second) }}
	write := func() []byte {
		text, err := page.Write("https://depositary.example", "https://depositary.example/v1/coming.ics?treaty=IV-13&until=2028-12-31")
		require.NoError(t, err)
		return text
	}
	text := write()
	require.Equal(t, text, write(), "nothing changes by itself")
	golden(t, "coming.ics", text)
	requireContentLines(t, text)

	read, err := ics.ParseCalendar(bytes.NewReader(text))
	require.NoError(t, err)
	events := read.Events()
	require.Len(t, events, len(page.Dates))
	for i, e := range events {
		d := page.Dates[i]
		require.Equal(t, d.Key+"@e2f9a72bb76a864f.depositary", e.Id())
		begins, err := e.GetAllDayStartAt()
		require.NoError(t, err)
		require.Equal(t, d.Date, domain.DateOf(begins))
		ends, err := e.GetAllDayEndAt()
		require.NoError(t, err)
		require.Equal(t, d.Date.AddDays(1), domain.DateOf(ends), "the end is the day after it")
		require.NotEmpty(t, e.GetProperty(ics.ComponentPropertySummary).Value)
		require.Nil(t, e.GetProperty(ics.ComponentPropertyAttendee), "what a name says is no property")
		require.True(t, strings.HasPrefix(e.GetProperty(ics.ComponentPropertyUrl).Value, "https://depositary.example/en/"))
		for _, property := range []ics.ComponentProperty{ics.ComponentPropertyDtstamp, ics.ComponentPropertySequence, ics.ComponentPropertyStatus} {
			require.Len(t, e.GetProperties(property), 1)
		}
	}
	require.Equal(t, line(hostile+strings.Repeat(" Länge", 40)), events[2].GetProperty(ics.ComponentPropertySummary).Value)
	require.Equal(t, "TENTATIVE", events[2].GetProperty(ics.ComponentPropertyStatus).Value)
	require.Equal(t, "75", events[0].GetProperty(ics.ComponentPropertySequence).Value)
	require.Equal(t, "20261124T093115Z", events[0].GetProperty(ics.ComponentPropertyDtstamp).Value)
	require.Contains(t, events[0].GetProperty(ics.ComponentPropertyDescription).Value, "\nBasis: article 87(2)\nSource: C.N.1.2026; \"Treaties\", Geneva (verified)\nRecord: https://depositary.example/en/acts/75.1")
}

// requireContentLines requires what RFC 5545, 3.1, asks of every line.
func requireContentLines(t *testing.T, text []byte) {
	t.Helper()
	require.True(t, utf8.Valid(text))
	require.True(t, bytes.HasSuffix(text, []byte("END:VCALENDAR\r\n")))
	for l := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(l), 75, "%q", l)
		require.True(t, utf8.ValidString(l), "%q is cut in a character", l)
		require.NotContains(t, l, "\r")
		require.NotContains(t, l, "\n")
		require.NotEmpty(t, l)
	}
}

func feedSample() Notices {
	links := func(id string) notices.NoticeLinks {
		return notices.NoticeLinks{Self: "/v1/notices/" + id, Commit: "/v1/ledger/812", Treaty: "/v1/treaties/IV-13", Participant: "/v1/participants/DEU", Record: "/v1/actions/812.1"}
	}
	return Notices{Ledger: "e2f9a72bb76a864f", Title: "Treaty notices: ICMW", Filter: url.Values{"treaty": {"IV-13"}, "kind": {"action.*"}}, Next: "812.1", Begun: recordedAt.AddDate(-1, 0, 0),
		Page: "/en/notices?kind=action.%2A&treaty=IV-13", Alternate: "/v1/notices?kind=action.%2A&treaty=IV-13",
		Notices: []notices.Notice{
			{ID: notices.ID{Position: 812, N: 2}, Kind: notices.KindActionRecorded, Title: hostile, Date: domain.MustDate("2026-11-24"), Day: domain.MustDate("2026-11-24"),
				Recorded: recordedAt, Treaty: "IV-13", TreatyShort: hostile, Participant: "DEU", Name: hostile, Before: notices.ChangeValue{Words: "none"}, After: notices.ChangeValue{Words: hostile},
				Why: hostile, Article: "87(2)", Source: provenance, Record: domain.RecordID{Position: 812, N: 1}, Coming: comingSamples()[:1], Links: links("812.2")},
			{ID: notices.ID{Position: 812, N: 1}, Kind: notices.KindTreatyDefined, Title: " \x00 ", Date: domain.MustDate("2026-11-23"), Day: domain.MustDate("2026-11-24"),
				Recorded: recordedAt, Links: notices.NoticeLinks{Self: "/v1/notices/812.1", Commit: "/v1/ledger/812"}},
		}}
}

const (
	base         = "https://depositary.example"
	atomPath     = "/v1/notices.atom"
	jsonFeedPath = "/v1/notices.feed.json"
	feedSelf     = "?before=900&limit=2&treaty=ICMW"
)

func TestAtom(t *testing.T) {
	text, err := feedSample().Atom(base, base+atomPath+feedSelf)
	require.NoError(t, err)
	golden(t, "notices.atom", text)
	require.True(t, utf8.Valid(text))
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if element, ok := token.(xml.StartElement); ok {
			require.Equal(t, "http://www.w3.org/2005/Atom", element.Name.Space)
			require.NotEqual(t, "script", element.Name.Local)
		}
	}
	var d atomDocument
	require.NoError(t, xml.Unmarshal(text, &d))
	require.Equal(t, "urn:depositary:e2f9a72bb76a864f:notices:kind=action.%2A&treaty=IV-13", d.ID)
	require.Equal(t, recordedAt, d.Updated)
	require.NotEmpty(t, d.Title.Text)
	require.NotEmpty(t, d.Author.Name)
	links := map[string]string{}
	for _, l := range d.Links {
		links[strings.TrimSpace(l.Rel+" "+map[string]string{"text/html": "page", "application/json": "data"}[l.Type])] = l.Href
	}
	require.Equal(t, map[string]string{"self": base + atomPath + feedSelf, "alternate page": base + "/en/notices?kind=action.%2A&treaty=IV-13", "alternate data": base + "/v1/notices?kind=action.%2A&treaty=IV-13",
		"first": base + atomPath + "?limit=2&treaty=ICMW", "next": base + atomPath + "?cursor=812.1&limit=2&treaty=ICMW"}, links)
	require.Len(t, d.Entries, 2)
	ids := map[string]bool{}
	for _, e := range d.Entries {
		require.False(t, ids[e.ID])
		ids[e.ID] = true
		require.NotEmpty(t, strings.TrimSpace(e.Title.Text))
		require.Equal(t, recordedAt, e.Updated)
		require.Equal(t, "alternate", e.Links[0].Rel)
		require.NotEmpty(t, e.Content.Text)
	}
	require.Equal(t, line(hostile), d.Entries[0].Title.Text)
	require.Equal(t, "treaty.defined", d.Entries[1].Title.Text, "a title is never empty")
	require.Contains(t, d.Entries[0].Content.Text, "To come: 1 March 2027: Germany is bound by ICMW")

	empty := feedSample()
	empty.Notices, empty.Next = nil, ""
	text, err = empty.Atom(base, base+atomPath)
	require.NoError(t, err)
	require.Contains(t, string(text), "<updated>2025-11-24T09:30:00.123456Z</updated>", "also an empty feed was updated at some time")
	require.NotContains(t, string(text), `rel="next"`)
}

func TestJSONFeed(t *testing.T) {
	text, err := feedSample().JSON(base, base+jsonFeedPath+feedSelf)
	require.NoError(t, err)
	golden(t, "notices.feed.json", text)
	var d jsonFeed
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&d))
	require.Equal(t, "https://jsonfeed.org/version/1.1", d.Version)
	require.Equal(t, base+jsonFeedPath+feedSelf, d.FeedURL)
	require.Equal(t, base+jsonFeedPath+"?cursor=812.1&limit=2&treaty=ICMW", d.NextURL)
	require.Len(t, d.Items, 2)
	for _, item := range d.Items {
		require.NotEmpty(t, strings.TrimSpace(item.Title))
		require.NotEmpty(t, item.ID)
		require.NotEmpty(t, item.Content)
		require.True(t, strings.HasPrefix(item.URL, base+"/en/notices/812."))
	}
	require.Equal(t, []string{"action.recorded", "IV-13", "DEU"}, d.Items[0].Tags)
	require.NotContains(t, string(text), "<script>")
	empty := feedSample()
	empty.Notices = nil
	text, err = empty.JSON(base, base+jsonFeedPath)
	require.NoError(t, err)
	require.Contains(t, string(text), `"items": []`)
}

func TestLine(t *testing.T) {
	require.Equal(t, "</title><script>alert(1)</script> ATTENDEE:mailto:x@y [31m]]>&amp;,;\\ é", line(hostile))
	require.Equal(t, "a b", line("\t a\n\n\u00a0b\ufeff\uffff\U0001ffff"))
	require.Empty(t, line("\x00\u0085\u2029"))
}
