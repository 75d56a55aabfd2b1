package pages

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"depositary/api/pages/lang"
	v1 "depositary/api/v1"
)

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
	query := p.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) { // in one order, so that the page is the same everywhere
		if name == "asOf" || name == "receivedBy" || name == "knownAt" {
			continue
		}
		for _, v := range query[name] {
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

// data names where a program finds what a page shows: an operation of the API
// with its parameters. Without an operation there is no such thing.
type data struct {
	operation  string
	parameters []string // names and values
}

func sameAs(operation string, parameters ...string) data { return data{operation, parameters} }

// address returns the address of the data on the axes of the page, as far as the
// operation takes them.
func (d data) address(w When, more ...string) string {
	route := v1.Find(d.operation)
	if route == nil {
		return ""
	}
	parameters := slices.Concat(d.parameters, more)
	axes := w.values()
	for _, axis := range []string{"asOf", "receivedBy", "knownAt"} {
		if route.Takes(axis) {
			parameters = append(parameters, axis, axes.Get(axis))
		}
	}
	return v1.Address(d.operation, parameters...)
}

// table returns the address of the data as a table, empty where they have no such form.
func (d data) table(w When) string {
	if route := v1.Find(d.operation); route == nil || !route.Tabular() {
		return ""
	}
	return d.address(w, "format", "csv", "bom", "true")
}

// API returns the address of an operation of the API. Parameters are name, value
// pairs.
func (p *Page) API(operation string, parameters ...any) string {
	texts := make([]string, len(parameters))
	for i, v := range parameters {
		texts[i] = fmt.Sprint(v)
	}
	return v1.Address(operation, texts...)
}

// Chosen returns the address of a feed or calendar of what the page is about.
func (p *Page) Chosen(operation string) string { return v1.Address(operation, p.feed...) }

// Absolute returns an address with its host, for what leaves the page.
func (p *Page) Absolute(path string) string { return p.site.Base(p.Request) + path }

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Under reports whether the page lies below a path, for the navigation.
func (p *Page) Under(path string) bool {
	return p.Path == path || strings.HasPrefix(p.Path, strings.TrimSuffix(path, "/")+"/")
}

// Bare returns the page's address without parameters, for forms.
func (p *Page) Bare() string { return p.link(p.Lang.Tag, p.Path, When{}) }

// Cited returns the page's address with the axes pinned, so that it shows the
// same for ever.
func (p *Page) Cited() string {
	pinned := When{p.On.AsOf.String(), p.When.ReceivedBy, fmt.Sprint(p.On.KnownAt)}
	return p.link(p.Lang.Tag, p.Path, pinned, p.own()...)
}

// Axes returns the axes as parameters, for forms that keep them.
func (p *Page) Axes() (axes []param) {
	values := p.When.values()
	for _, name := range []string{"asOf", "receivedBy", "knownAt"} {
		if text := values.Get(name); text != "" {
			axes = append(axes, param{name, text})
		}
	}
	return axes
}

// Hidden returns all parameters of the page but one, for forms that set this one.
func (p *Page) Hidden(but string) []param {
	own := slices.DeleteFunc(p.Own(), func(o param) bool { return o.Name == but })
	return append(p.Axes(), own...)
}

// Without returns the page's address without one of its parameters.
func (p *Page) Without(name string) string {
	var pairs []any
	for _, o := range p.Own() {
		if o.Name != name {
			pairs = append(pairs, o.Name, o.Value)
		}
	}
	return p.link(p.Lang.Tag, p.Path, p.When, pairs...)
}
