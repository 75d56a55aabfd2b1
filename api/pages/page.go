package pages

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

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
	data        string   // address of the same below /v1, in JSON and CSV
	noTable     bool     // it has no form as a table
	feed        string   // what notices of it are chosen by, such as treaty=ICMW
	marks       []string // days on which something changed, for the slider
	status      int
	redirect    string // to another page instead
	desk        bool   // of the desk: for one reader, and not to be found by others
}

// Page is what a template sees: the view, and how to write in the reader's
// language and lead to other pages on the same axes.
type Page struct {
	*ask
	Title, Description string
	Body               any
	Data               string
	NoTable            bool
	Marks              []string
	Path               string // without language
	NoIndex            bool
	Desk               bool
	feed               string
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
	default:
		s.write(w, a, v)
	}
}

// write renders a page whole before it sends a byte of it.
func (s *Site) write(w http.ResponseWriter, a *ask, v view) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	page := &Page{ask: a, Title: v.title, Description: v.description, Body: v.body, Data: v.data, NoTable: v.noTable, feed: v.feed, Marks: v.marks,
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

// T is a message in the reader's language.
func (p *Page) T(key string, args ...any) string { return p.Lang.Text(key, args...) }

// Day writes a day in full, and nothing for no day.
func (p *Page) Day(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Lang.Day(d)
}

// ShortDay writes a day for a table.
func (p *Page) ShortDay(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Lang.ShortDay(d)
}

// Instant writes an instant, in UTC.
func (p *Page) Instant(t time.Time) string { return p.Lang.Instant(t) }

// Whole writes a whole number.
func (p *Page) Whole(n any) string {
	switch n := n.(type) {
	case int:
		return p.Lang.Whole(int64(n))
	case float64:
		return p.Lang.Whole(int64(n))
	}
	return fmt.Sprint(n)
}

// Percent writes a share that is in percent.
func (p *Page) Percent(v float64) string { return p.Lang.Percent(v, 2) }

// Name writes a participant's name on the day of the question.
func (p *Page) Name(id domain.ParticipantID, official string) string {
	return p.Lang.Participant(id, p.On.AsOf, official)
}

// Status writes a status.
func (p *Page) Status(s domain.Status) string { return p.T("status." + string(s)) }

// Law marks what the law engine says, which is English.
func (p *Page) Law(text string) template.HTML {
	if text == "" || p.Lang.Tag == "en" {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return template.HTML(`<span lang="en" dir="ltr">` + template.HTMLEscapeString(text) + `</span>`)
}

// To returns the address of a page in the same language on the same axes.
// Parameters are name, value pairs; an empty value is left out.
func (p *Page) To(path string, params ...any) string {
	return p.link(p.Lang.Tag, path, p.When, params...)
}

// As returns the address of this page as of another day, of today where it is empty.
func (p *Page) As(day any) string {
	when := p.When
	when.AsOf = fmt.Sprint(day)
	return p.link(p.Lang.Tag, p.Path, when, p.own()...)
}

// Now returns the address of this page without axes.
func (p *Page) Now() string { return p.link(p.Lang.Tag, p.Path, When{}, p.own()...) }

// In returns the address of this page in another language.
func (p *Page) In(l *lang.Language) string { return p.link(l.Tag, p.Path, p.When, p.own()...) }

// Own lists this page's own parameters: those that are not axes.
func (p *Page) Own() []param {
	var own []param
	for name, values := range p.URL.Query() {
		if name == "asOf" || name == "receivedBy" || name == "knownAt" {
			continue
		}
		for _, v := range values {
			own = append(own, param{name, v})
		}
	}
	return own
}

type param struct{ Name, Value string }

func (p *Page) own() (pairs []any) {
	for _, o := range p.Own() {
		pairs = append(pairs, o.Name, o.Value)
	}
	return pairs
}

func (p *Page) link(tag, path string, w When, params ...any) string {
	q := w.values()
	for i := 0; i+1 < len(params); i += 2 {
		if value := fmt.Sprint(params[i+1]); value != "" {
			q.Add(fmt.Sprint(params[i]), value)
		}
	}
	address := (&url.URL{Path: "/" + tag + path}).EscapedPath()
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// API returns the address below /v1 where a program finds the same.
func (p *Page) API(path string, params ...any) string {
	q := p.When.values()
	for i := 0; i+1 < len(params); i += 2 {
		if value := fmt.Sprint(params[i+1]); value != "" {
			q.Add(fmt.Sprint(params[i]), value)
		}
	}
	if len(q) == 0 {
		return path
	}
	glue := "?"
	if strings.Contains(path, "?") {
		glue = "&"
	}
	return path + glue + q.Encode()
}

// Chosen returns the address of a feed or calendar of what the page is about.
func (p *Page) Chosen(path string) string {
	if p.feed == "" {
		return path
	}
	return path + "?" + p.feed
}

// Languages lists the languages of the pages.
func (p *Page) Languages() []*lang.Language { return lang.All() }

// Version of the program.
func (p *Page) Version() string { return p.site.Version }

// Absolute returns an address with its host, for what leaves the page.
func (p *Page) Absolute(path string) string { return p.site.Base(p.Request) + path }

// notFoundError says that nothing of the kind is held under the text.
type notFoundError struct{ what, text string }

func (e *notFoundError) Error() string { return fmt.Sprintf("no %s %q is held", e.what, e.text) }

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
	Heading, Reason, Accepted string
	Near                      []nearLink // what the reader may have meant
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
	var absent *notFoundError
	var unknown *find.UnknownError
	var ambiguous *domain.AmbiguousNameError
	body, status := failureBody{}, http.StatusNotFound
	switch {
	case errors.As(err, &input):
		status = http.StatusUnprocessableEntity
		body = failureBody{Heading: a.Lang.Text("failure.input", "field", input.Field), Reason: input.Reason, Accepted: input.Accepted}
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
