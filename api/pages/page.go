package pages

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
)

// When is the three axes as an address writes them; what is empty is absent.
type When struct{ AsOf, ReceivedBy, KnownAt string }

// values returns the axes as parameters of an address.
func (w When) values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"asOf": w.AsOf, "receivedBy": w.ReceivedBy, "knownAt": w.KnownAt} {
		if text != "" {
			v.Set(name, text)
		}
	}
	return v
}

// Past reports whether the axes ask for less than everything as of today.
func (w When) Past() bool { return w != When{} }

// ask is one reader's question: which page, in which language, on which axes.
type ask struct {
	*http.Request
	Lang  *lang.Language
	When  When
	On    projections.Query
	Views *projections.Views
	Today domain.Date
	site  *Site
}

// asked reads a question. Axes that cannot be read are reported by on.
func (s *Site) asked(l *lang.Language, r *http.Request) *ask {
	views, today, q := s.Projection.Current(), s.Today(), r.URL.Query()
	return &ask{
		Request: r, Lang: l, Views: views, Today: today, site: s, On: views.Now(today),
		When: When{strings.TrimSpace(q.Get("asOf")), strings.TrimSpace(q.Get("receivedBy")), strings.TrimSpace(q.Get("knownAt"))},
	}
}

// on puts the question on its axes. What equals the default is left out of the
// addresses that follow.
func (a *ask) on() error {
	on, err := a.Views.Ask(a.When.AsOf, a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil {
		a.When = When{}
		return err
	}
	a.On = on
	return nil
}

// treaty finds the treaty that the address names.
func (a *ask) treaty() (domain.TreatyID, error) {
	return find.Treaty(a.Views.State, a.PathValue("treaty"))
}

// participant finds the participant that the address names.
func (a *ask) participant() (*domain.Participant, error) {
	return find.Participant(a.Views.State, a.PathValue("participant"), a.On.AsOf)
}

// view is what a page shows.
type view struct {
	template    string
	title       string
	description string
	body        any
	data        data           // where a program finds the same
	feed        []string       // parameters by which notices of it are chosen, such as treaty, ICMW
	image       string         // kind and subject of a figure of it, such as map/ICMW; empty: none
	linked      map[string]any // what it is about in the terms of schema.org; none: nothing is said
	marks       []string       // days on which something changed, for the slider
	status      int
	redirect    string // to another page instead
	file        *file  // to be kept, instead of a page
	desk        bool   // of the desk: for one reader, and not to be found by others
}

// Page is what a template sees: the view, and how to write in the reader's
// language and lead to other pages on the same axes.
type Page struct {
	*ask
	Title, Description string
	Body               any
	Data, Table        string // addresses of the same in JSON and CSV; empty: there is none
	Marks              []string
	Path               string // without language
	NoIndex            bool
	Desk               bool
	feed               []string
	image              string
	linked             map[string]any
}

// shown answers with a page.
func (s *Site) shown(l *lang.Language, show func(*ask) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := s.asked(l, r)
		err := a.on()
		var v view
		if err == nil {
			v, err = show(a)
		}
		s.answer(w, a, v, err)
	}
}

// answer sends what a page has come to: itself, another one, or why there is none.
func (s *Site) answer(w http.ResponseWriter, a *ask, v view, err error) {
	switch {
	case err != nil:
		s.failed(w, a, err)
	case v.redirect != "":
		http.Redirect(w, a.Request, v.redirect, http.StatusSeeOther)
	case v.file != nil:
		v.file.send(w)
	default:
		s.write(w, a, v)
	}
}

// file is what somebody brought: to be kept by who asks for it, never to be run here.
type file struct {
	name, mediaType string
	data            []byte
}

func (f *file) send(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(f.data)))
	_, _ = w.Write(f.data) // the reader may be gone; no one is left to tell
}

// write renders a page whole before it sends a byte of it.
func (s *Site) write(w http.ResponseWriter, a *ask, v view) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	page := &Page{ask: a, Title: v.title, Description: v.description, Body: v.body, Data: v.data.address(a.When), Table: v.data.table(a.When), feed: v.feed, image: v.image, linked: v.linked, Marks: v.marks,
		Path: strings.TrimPrefix(a.URL.Path, "/"+a.Lang.Tag), NoIndex: v.status != http.StatusOK || v.desk, Desk: v.desk}
	var body bytes.Buffer
	if err := s.templates.render(&body, v.template, page); err != nil {
		s.Logger.Error("page not rendered", "path", a.URL.Path, "cause", err)
		http.Error(w, "This page could not be made. The cause is logged.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", a.Lang.Tag)
	w.WriteHeader(v.status)
	_, _ = w.Write(body.Bytes()) // the reader may be gone; no one is left to tell
}

// Languages lists the languages of the pages.
func (p *Page) Languages() []*lang.Language { return lang.All() }

// Version of the program.
func (p *Page) Version() string { return p.site.Version }

// notFoundError says that nothing of the kind is held under the text.
type notFoundError struct{ what, text string }

func (e *notFoundError) Error() string { return fmt.Sprintf("no %s %q is recorded", e.what, e.text) }

func missing(what, text string) error { return &notFoundError{what, clipped(text)} }

// clipped keeps what somebody sent from filling a page.
func clipped(text string) string {
	const most = 200
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

var errNoPage = errors.New("no page at this address")

type failureBody struct {
	Heading, Answer  string     // in the reader's language
	Reason, Accepted string     // in English
	Near             []nearLink // what the reader may have meant
}

// nearLink leads to a thing whose name is near to what was asked for.
type nearLink struct{ Path, Name string }

// nearLinks leads to the pages of what is called nearly so.
func (a *ask) nearLinks(unknown *find.UnknownError) (links []nearLink) {
	for _, n := range unknown.Near {
		link := nearLink{"/" + unknown.What + "s/" + url.PathEscape(n.ID), n.Name}
		if unknown.What == "participant" {
			link.Name = a.Lang.Participant(domain.ParticipantID(n.ID), domain.Date{}, n.Name)
		} else {
			link.Path = "/treaties/" + url.PathEscape(n.Name)
		}
		links = append(links, link)
	}
	return links
}

// failed answers with a page that says what is wrong and what would be accepted.
func (s *Site) failed(w http.ResponseWriter, a *ask, err error) {
	var input *projections.InputError
	var unrecorded *projections.NotRecordedError
	var absent *notFoundError
	var unknown *find.UnknownError
	var ambiguous *domain.AmbiguousNameError
	body, status := failureBody{}, http.StatusNotFound
	switch {
	case errors.As(err, &input):
		status = http.StatusUnprocessableEntity
		body = failureBody{Heading: a.Lang.Text("failure.input", "field", input.Field), Reason: input.Reason, Accepted: input.Accepted}
	case errors.As(err, &unrecorded): // an answer like any other: links lead to it
		status = http.StatusOK
		body = failureBody{Heading: a.Lang.Text("coverage.unrecorded", "short", unrecorded.Short), Answer: a.Lang.Text("coverage.unanswered", "short", unrecorded.Short)}
	case errors.As(err, &absent):
		body = failureBody{Heading: a.Lang.Text("failure."+absent.what, "text", absent.text)}
	case errors.As(err, &unknown):
		body = failureBody{Heading: a.Lang.Text("failure."+unknown.What, "text", clipped(unknown.Text)), Near: a.nearLinks(unknown)}
	case errors.As(err, &ambiguous):
		body = failureBody{Heading: a.Lang.Text("failure.participant", "text", clipped(ambiguous.Name)), Reason: ambiguous.Error()}
	case errors.Is(err, errNoPage):
		body = failureBody{Heading: a.Lang.Text("failure.page")}
	default:
		s.Logger.Error("page failed", "path", a.URL.Path, "cause", err)
		status = http.StatusInternalServerError
		body = failureBody{Heading: a.Lang.Text("failure.defect")}
	}
	s.write(w, a, view{template: "failure", title: body.Heading, body: body, status: status})
}
