package v1

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/problem"
	"depositary/projections/notices"
)

// Notices as feeds, the newest first: Atom (RFC 4287, paged by RFC 5005) and
// JSON Feed 1.1. An entry's id is the same on every node and under every
// address.

const (
	AtomPath     = "/v1/notices.atom"
	JSONFeedPath = "/v1/notices.feed.json"
	noticesPath  = "/v1/notices"
)

// FeedInput chooses the notices of a feed.
type FeedInput struct {
	NoticesInput
	Before string `query:"before" doc:"Notices before this one: an id; a position for its notices and those before" example:"812.1"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many notices at most"`
}

// feedPage is what a feed shows, in any form.
type feedPage struct {
	ledger  string // name of the ledger, unique in the world
	title   string
	filter  url.Values // as it was understood
	begun   time.Time  // of the ledger
	notices []notices.Notice
	next    string // before of the page that follows; nothing on the last one
}

func (s *API) feed(ctx context.Context, in *FeedInput) (page feedPage, err error) {
	f, err := s.noticeFilter(in.NoticesInput)
	if err != nil {
		return page, err
	}
	views := s.Projection.Current()
	before := notices.ID{Position: views.Position + 1}
	if in.Before != "" {
		if before, err = notices.ParseID(in.Before); err != nil {
			return page, problem.Invalid("before", err.Error(), "the id of a notice, such as 812.1, or a position")
		}
	}
	var through notices.ID
	var more bool
	ledger, err := s.Ledger.ID()
	if err != nil {
		return page, err
	}
	page = feedPage{ledger: ledger, title: "Treaty notices", filter: filterQuery(f)}
	if page.notices, through, more, err = s.Notices.LatestBefore(ctx, f, before, in.Limit); err != nil {
		return page, err
	}
	if more {
		page.next = through.String()
	}
	if about := s.about(f.Treaties, f.Participants, f.Groups); about != "" {
		page.title += ": " + about
	}
	if len(f.Kinds) > 0 {
		page.title += " (" + strings.Join(f.Kinds, ", ") + ")"
	}
	page.begun, _ = views.RecordedAt(1)
	return page, nil
}

// filterQuery writes a filter as parameters, with ids in the place of names.
func filterQuery(f notices.NoticeFilter) url.Values {
	q := url.Values{}
	for name, words := range map[string]string{"kind": strings.Join(f.Kinds, ","), "treaty": joinIDs(f.Treaties), "participant": joinIDs(f.Participants), "group": joinIDs(f.Groups)} {
		if words != "" {
			q.Set(name, words)
		}
	}
	if f.Backfill {
		q.Set("backfill", "true")
	}
	return q
}

func joinIDs[T ~string](ids []T) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return strings.ReplaceAll(joined(slices.Compact(ids)), ", ", ",")
}

func (p feedPage) updated() time.Time {
	if len(p.notices) > 0 {
		return p.notices[0].Recorded
	}
	return p.begun
}

// id names the feed, the same on every page of it.
func (p feedPage) id() string {
	id := "urn:depositary:" + p.ledger + ":notices"
	if len(p.filter) > 0 {
		id += ":" + p.filter.Encode()
	}
	return id
}

func (p feedPage) entryID(n notices.Notice) string {
	return "urn:depositary:" + p.ledger + ":notice:" + n.ID.String()
}

// pageAfter returns the address of the page that follows the one at self.
func (p feedPage) pageAfter(self string) string { return withParameter(self, "before", p.next) }

// withParameter returns an address with a parameter changed, or without it.
func withParameter(address, name, value string) string {
	path, query, _ := strings.Cut(address, "?")
	q, _ := url.ParseQuery(query) // it was written here
	if q.Del(name); value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// titleOfNotice never is empty, as neither feeds nor readers allow that.
func titleOfNotice(n notices.Notice) string { return cmp.Or(line(n.Title), string(n.Kind)) }

// line makes one line of a text, of characters that can be shown.
func line(text string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r&0xFFFE == 0xFFFE:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}

// wordsOfNotice tells a notice in a few lines.
func wordsOfNotice(n notices.Notice) string {
	var lines []string
	add := func(label, text string) {
		if text = line(text); text != "" {
			lines = append(lines, label+text)
		}
	}
	add("", titleOfNotice(n)+", "+n.Date.Long()+".")
	if n.Before.Words != n.After.Words {
		add("", "Before: "+n.Before.Words+". After: "+n.After.Words+".")
	}
	add("Why: ", n.Why)
	add("Basis: ", basis(n.Article))
	add("Source: ", sourceWords(n.Source))
	for _, d := range n.Coming {
		add("To come: ", d.Date.Long()+": "+d.Title)
	}
	return strings.Join(lines, "\n")
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Href  string `xml:"href,attr"`
	Title string `xml:"title,attr,omitempty"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      atomText       `xml:"title"`
	Updated    time.Time      `xml:"updated"`
	Published  time.Time      `xml:"published"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Content    atomText       `xml:"content"`
}

type atomDocument struct {
	XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string    `xml:"id"`
	Title   atomText  `xml:"title"`
	Updated time.Time `xml:"updated"`
	Author  struct {
		Name string `xml:"name"`
	} `xml:"author"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

func (s *API) atomFeed(ctx context.Context, in *FeedInput) (document, error) {
	page, err := s.feed(ctx, in)
	return page.atom, err
}

func (p feedPage) atom(base, self string) ([]byte, error) {
	d := atomDocument{ID: p.id(), Title: atomText{"text", line(p.title)}, Updated: p.updated(), Generator: "Depositary"}
	d.Author.Name = "Depositary"
	d.Links = []atomLink{{Rel: "self", Type: MediaAtom, Href: self}, {Rel: "alternate", Type: MediaJSON, Href: base + p.alternate()},
		{Rel: "first", Type: MediaAtom, Href: withParameter(self, "before", "")}}
	if p.next != "" {
		d.Links = append(d.Links, atomLink{Rel: "next", Type: MediaAtom, Href: p.pageAfter(self)})
	}
	for _, n := range p.notices {
		d.Entries = append(d.Entries, p.entry(n, base))
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	encoder := xml.NewEncoder(&out)
	encoder.Indent("", " ")
	err := encoder.Encode(d)
	out.WriteByte('\n')
	return out.Bytes(), err
}

// alternate returns the address of the same notices as JSON.
func (p feedPage) alternate() string { return withParameter(noticesPath+"?"+p.filter.Encode(), "", "") }

func (p feedPage) entry(n notices.Notice, base string) atomEntry {
	e := atomEntry{ID: p.entryID(n), Title: atomText{"text", titleOfNotice(n)}, Updated: n.Recorded, Published: n.Recorded, Content: atomText{"text", wordsOfNotice(n)}}
	e.Links = append(e.Links, atomLink{Rel: "alternate", Type: MediaJSON, Href: base + n.Links.Self})
	for _, link := range []struct{ title, path string }{{"Treaty", n.Links.Treaty}, {"Participant", n.Links.Participant}, {"Record", n.Links.Record}} {
		if link.path != "" {
			e.Links = append(e.Links, atomLink{Rel: "related", Type: MediaJSON, Href: base + link.path, Title: link.title})
		}
	}
	e.Categories = append(e.Categories, atomCategory{Term: string(n.Kind), Scheme: "urn:depositary:kind"})
	if n.Treaty != "" {
		e.Categories = append(e.Categories, atomCategory{Term: string(n.Treaty), Scheme: "urn:depositary:treaty", Label: line(n.TreatyShort)})
	}
	if n.Participant != "" {
		e.Categories = append(e.Categories, atomCategory{Term: string(n.Participant), Scheme: "urn:depositary:participant", Label: line(n.Name)})
	}
	return e
}

type jsonFeedAuthor struct {
	Name string `json:"name"`
}

type jsonFeedItem struct {
	ID        string           `json:"id"`
	URL       string           `json:"url"`
	Title     string           `json:"title"`
	Content   string           `json:"content_text"`
	Published time.Time        `json:"date_published"`
	Modified  time.Time        `json:"date_modified"`
	Tags      []string         `json:"tags"`
	Notice    jsonFeedExtended `json:"_depositary" doc:"The notice in full"`
}

type jsonFeedExtended struct {
	About  string         `json:"about"`
	Notice notices.Notice `json:"notice"`
}

type jsonFeed struct {
	Version  string           `json:"version"`
	Title    string           `json:"title"`
	HomePage string           `json:"home_page_url"`
	FeedURL  string           `json:"feed_url"`
	NextURL  string           `json:"next_url,omitempty" doc:"The notices before; absent on the last page"`
	Language string           `json:"language"`
	Authors  []jsonFeedAuthor `json:"authors"`
	Items    []jsonFeedItem   `json:"items"`
}

func (s *API) jsonFeed(ctx context.Context, in *FeedInput) (document, error) {
	page, err := s.feed(ctx, in)
	return page.json, err
}

func (p feedPage) json(base, self string) ([]byte, error) {
	d := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: line(p.title), HomePage: base + p.alternate(), FeedURL: self, Language: "en",
		Authors: []jsonFeedAuthor{{"Depositary"}}, Items: []jsonFeedItem{}}
	if p.next != "" {
		d.NextURL = p.pageAfter(self)
	}
	for _, n := range p.notices {
		item := jsonFeedItem{ID: p.entryID(n), URL: base + n.Links.Self, Title: titleOfNotice(n), Content: wordsOfNotice(n),
			Published: n.Recorded, Modified: n.Recorded, Tags: []string{string(n.Kind)}, Notice: jsonFeedExtended{About: base + "/openapi.json", Notice: n}}
		for _, tag := range []string{string(n.Treaty), string(n.Participant)} {
			if tag != "" {
				item.Tags = append(item.Tags, tag)
			}
		}
		d.Items = append(d.Items, item)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", " ")
	err := encoder.Encode(d)
	return out.Bytes(), err
}

func jsonFeedSchema(schemas huma.Registry) *huma.Schema {
	return schemas.Schema(typeOf[jsonFeed](), true, "")
}
