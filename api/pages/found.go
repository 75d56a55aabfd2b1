package pages

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"

	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections"
)

// How search engines, networks and catalogues of data find the pages: which
// addresses exist, which of them to leave alone, and what a page is about in
// words that programs read.

// robots asks crawlers to leave the desk alone, and the addresses with a day or
// a question: there is no end of them.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "User-agent: *\nDisallow: /*?\n")
	for _, l := range lang.All() {
		fmt.Fprintf(w, "Disallow: /%s/desk\n", l.Tag)
	}
	fmt.Fprintf(w, "Sitemap: %s/sitemap.xml\n", s.Base(r))
}

type sitemapURL struct {
	Location   string          `xml:"loc"`
	Alternates []sitemapOthers `xml:"xhtml:link"`
}

type sitemapOthers struct {
	Rel      string `xml:"rel,attr"`
	Language string `xml:"hreflang,attr"`
	Address  string `xml:"href,attr"`
}

// sitemap lists every page about a treaty or a participant, in every language.
func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) {
	views := s.Projection.Current()
	paths := []string{"/", "/treaties", "/participants", "/matrix", "/coming", "/notices", "/coverage", "/about", "/api"}
	on := views.Now(s.Today())
	for _, t := range projections.Treaties(on) {
		short := url.PathEscape(t.Short)
		paths = append(paths, "/treaties/"+short)
		if t.Coverage.Extent != domain.ExtentNone {
			paths = append(paths, "/gap/"+short, "/map/"+short)
		}
	}
	for _, p := range views.State.Participants(on.Known()) {
		if p.Kind != domain.KindTerritory {
			paths = append(paths, "/participants/"+url.PathEscape(string(p.ID)), "/brief/"+url.PathEscape(string(p.ID)))
		}
	}
	base := s.Base(r)
	set := struct {
		XMLName xml.Name     `xml:"urlset"`
		Space   string       `xml:"xmlns,attr"`
		XHTML   string       `xml:"xmlns:xhtml,attr"`
		URLs    []sitemapURL `xml:"url"`
	}{Space: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range paths {
		var others []sitemapOthers
		for _, l := range lang.All() {
			others = append(others, sitemapOthers{"alternate", l.Tag, base + "/" + l.Tag + path})
		}
		for _, l := range lang.All() {
			set.URLs = append(set.URLs, sitemapURL{base + "/" + l.Tag + path, others})
		}
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = io.WriteString(w, xml.Header) // the reader may be gone; no one is left to tell
	_ = xml.NewEncoder(w).Encode(set)
}

// Image returns the address of a picture of what the page shows, for where its
// address is shared; empty where there is none.
func (p *Page) Image() string {
	if p.image == "" {
		return ""
	}
	return p.Absolute(p.To("/figures/" + p.image + ".png"))
}

// Linked returns what the page is about in the terms of schema.org, as JSON for
// programs; empty where nothing is to be said.
func (p *Page) Linked() template.JS {
	if len(p.linked) == 0 {
		return ""
	}
	about := map[string]any{"@context": "https://schema.org", "url": p.Absolute(p.In(p.Lang)), "inLanguage": p.Lang.Tag, "name": p.Title, "description": p.Description}
	for name, value := range p.linked {
		about[name] = value
	}
	return template.JS(p.JSON(about)) //nolint:gosec // JSON encoding escapes <, > and &
}

// linkedTreaty describes a treaty as legislation, and its table as a set of data.
func linkedTreaty(h projections.TreatyHead) map[string]any {
	about := map[string]any{"@type": "Legislation", "name": h.Title, "alternateName": h.Short, "legislationIdentifier": string(h.ID), "legislationType": "treaty"}
	if !h.Adopted.IsZero() {
		about["legislationDate"] = h.Adopted.String()
	}
	return about
}

// linkedData describes all that is served as a set of data that may be used.
func linkedData() map[string]any {
	return map[string]any{"@type": "Dataset", "keywords": []string{"treaties", "ratification", "reservations", "migrant workers"}, "isAccessibleForFree": true,
		"creator": map[string]any{"@type": "Organization", "name": "Depositary"}}
}
