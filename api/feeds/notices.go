// Package feeds shows notices and upcoming dates in the forms that other programs
// subscribe to: Atom, JSON Feed, iCalendar and server-sent events. The routes
// stand in the table of package v1, which asks for what a feed shows.
//
// Invariants:
//
//   - an id of an entry is the same on every node and at every address;
//   - the same notices make the same bytes;
//   - text from records never becomes markup or a property.
package feeds

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"depositary/domain"
	"depositary/projections/notices"
)

// Media types of the feeds.
const (
	MediaAtom   = "application/atom+xml"
	MediaFeed   = "application/feed+json"
	MediaICal   = "text/calendar"
	MediaEvents = "text/event-stream"

	mediaJSON = "application/json" // of what feeds link to
	mediaHTML = "text/html"
)

// Notices is a page of notices, the newest first, to be written as Atom (RFC 4287,
// paged by RFC 5005) or as JSON Feed 1.1.
type Notices struct {
	Ledger    string // name of the ledger, unique in the world
	Title     string
	Says      string     // which acts are recorded of the treaties that the filter names; empty where it names none
	Filter    url.Values // as it was understood, with ids in the place of names
	Page      string     // address below the server's of a page with the same notices
	Alternate string     // the same as JSON
	Begun     time.Time  // of the ledger
	Notices   []notices.Notice
	Next      string // cursor of the page that follows; empty on the last one
}

// PageOfAll is the address below the server's of the page of all notices. Feeds are
// written in English, and so are the pages to which they lead.
const PageOfAll = "/en/notices"

// PageOf returns the address below the server's of the page of a notice.
func PageOf(n notices.Notice) string { return PageOfAll + "/" + n.ID.String() }

// PageOfDate returns the address below the server's of the page of what an upcoming
// date follows from: an act, or else the treaty.
func PageOfDate(d notices.UpcomingDate) string {
	if !d.Record.IsZero() {
		return PageOfAct(d.Record)
	}
	return "/en/treaties/" + url.PathEscape(string(d.Treaty))
}

// PageOfAct returns the address below the server's of the page of an act.
func PageOfAct(id domain.RecordID) string { return "/en/acts/" + id.String() }

func (p Notices) updated() time.Time {
	if len(p.Notices) > 0 {
		return p.Notices[0].Recorded
	}
	return p.Begun
}

// id names the feed, the same on every page of it.
func (p Notices) id() string {
	id := "urn:depositary:" + p.Ledger + ":notices"
	if len(p.Filter) > 0 {
		id += ":" + p.Filter.Encode()
	}
	return id
}

func (p Notices) entryID(n notices.Notice) string {
	return "urn:depositary:" + p.Ledger + ":notice:" + n.ID.String()
}

// pageAfter returns the address of the page that follows the one at self.
func (p Notices) pageAfter(self string) string { return withCursor(self, p.Next) }

// withCursor returns the address of another page, of the first one where the
// cursor is empty.
func withCursor(address, cursor string) string {
	path, query, _ := strings.Cut(address, "?")
	q, _ := url.ParseQuery(query) // it was written here
	q.Del("before")               // where the first page began
	if q.Del("cursor"); cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// titleOfNotice never is empty, as neither feeds nor readers allow that.
func titleOfNotice(n notices.Notice) string { return cmp.Or(line(n.Title), string(n.Kind)) }

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
	XMLName  xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string    `xml:"id"`
	Title    atomText  `xml:"title"`
	Subtitle *atomText `xml:"subtitle"`
	Updated  time.Time `xml:"updated"`
	Author   struct {
		Name string `xml:"name"`
	} `xml:"author"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

// Atom writes the page with the base of its links and its own address.
func (p Notices) Atom(base, self string) ([]byte, error) {
	d := atomDocument{ID: p.id(), Title: atomText{"text", line(p.Title)}, Updated: p.updated(), Generator: "Depositary"}
	if says := line(p.Says); says != "" {
		d.Subtitle = &atomText{"text", says}
	}
	d.Author.Name = "Depositary"
	d.Links = []atomLink{{Rel: "self", Type: MediaAtom, Href: self}, {Rel: "alternate", Type: mediaHTML, Href: base + p.Page}, {Rel: "alternate", Type: mediaJSON, Href: base + p.Alternate},
		{Rel: "first", Type: MediaAtom, Href: withCursor(self, "")}}
	if p.Next != "" {
		d.Links = append(d.Links, atomLink{Rel: "next", Type: MediaAtom, Href: p.pageAfter(self)})
	}
	for _, n := range p.Notices {
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

func (p Notices) entry(n notices.Notice, base string) atomEntry {
	e := atomEntry{ID: p.entryID(n), Title: atomText{"text", titleOfNotice(n)}, Updated: n.Recorded, Published: n.Recorded, Content: atomText{"text", wordsOfNotice(n)}}
	e.Links = append(e.Links, atomLink{Rel: "alternate", Type: mediaHTML, Href: base + PageOf(n)}, atomLink{Rel: "alternate", Type: mediaJSON, Href: base + n.Links.Self})
	for _, link := range []struct{ title, path string }{{"Treaty", n.Links.Treaty}, {"Participant", n.Links.Participant}, {"Record", n.Links.Record}} {
		if link.path != "" {
			e.Links = append(e.Links, atomLink{Rel: "related", Type: mediaJSON, Href: base + link.path, Title: link.title})
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
	About    string           `json:"description,omitempty" doc:"Which acts are recorded of the treaties that the feed is about"`
	HomePage string           `json:"home_page_url"`
	FeedURL  string           `json:"feed_url"`
	NextURL  string           `json:"next_url,omitempty" doc:"The notices before; absent on the last page"`
	Language string           `json:"language"`
	Authors  []jsonFeedAuthor `json:"authors"`
	Items    []jsonFeedItem   `json:"items"`
}

// JSON writes the page as JSON Feed, with the base of its links and its own address.
func (p Notices) JSON(base, self string) ([]byte, error) {
	d := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: line(p.Title), About: line(p.Says), HomePage: base + p.Page, FeedURL: self, Language: "en",
		Authors: []jsonFeedAuthor{{"Depositary"}}, Items: []jsonFeedItem{}}
	if p.Next != "" {
		d.NextURL = p.pageAfter(self)
	}
	for _, n := range p.Notices {
		item := jsonFeedItem{ID: p.entryID(n), URL: base + PageOf(n), Title: titleOfNotice(n), Content: wordsOfNotice(n),
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

// JSONFeedSchema describes a JSON Feed.
func JSONFeedSchema(schemas huma.Registry) *huma.Schema {
	return schemas.Schema(reflect.TypeFor[jsonFeed](), true, "")
}
