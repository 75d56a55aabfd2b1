package catalogue

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"depositary/domain"
)

// Mistake is one thing in a document that cannot be read, or that the law
// refuses. Field is its path, such as [1].withdrawal.then; line and column count
// from 1.
type Mistake struct {
	Field        string
	Line, Column int
	Reason       string
	Accepted     string // what would be read; empty where the reason says it
}

func (m Mistake) String() string {
	return fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.text())
}

// text says what is wrong in which field, and what would be accepted.
func (m Mistake) text() string {
	text := strings.TrimPrefix(m.Field+": "+m.Reason, ": ")
	if m.Accepted != "" {
		text += "; accepted: " + m.Accepted
	}
	return text
}

// Reading is a document of one definition or of an array of them, read as far as
// it can be: what cannot be read is absent from its values, and is a mistake. So
// the law can be asked about the rest, and a writer learns everything at once.
type Reading[T any] struct {
	Values   []T
	List     bool // the document is an array
	Mistakes []Mistake

	data    []byte
	offsets map[string]int // of each value, by its path; of the element itself for "[1]"
}

// Read reads a document in the form of the catalogue. It fails where the document
// is no JSON; everything else that is wrong is among the mistakes.
func Read[T any](file string, data []byte) (*Reading[T], error) {
	r := &Reading[T]{data: data, offsets: make(map[string]int)}
	d := &documentReader{file: file, data: data, of: reflect.TypeFor[T]()}
	d.Decoder = json.NewDecoder(bytes.NewReader(data))
	if err := d.sound(); err != nil {
		return nil, d.fail(err)
	}
	start := len(data) - len(bytes.TrimLeft(data, " \t\r\n"))
	raw := bytes.TrimRight(data[start:], " \t\r\n")
	l := &looker{found: func(offset int, path, reason, accepted string) {
		m := r.mistake(offset, path, reason)
		m.Accepted = accepted
		r.Mistakes = append(r.Mistakes, m)
	}, seen: r.offsets, data: data}
	if r.List = raw[0] == '['; r.List {
		l.look(reflect.SliceOf(d.of), raw, start, "")
	} else {
		l.look(d.of, raw, start, "")
		raw = nil
	}
	readable := l.readable()
	if r.List {
		return r, json.Unmarshal(readable, &r.Values)
	}
	r.Values = make([]T, 1)
	return r, json.Unmarshal(readable, &r.Values[0])
}

// Sent returns the document as it was sent.
func (r *Reading[T]) Sent() []byte { return r.data }

// Path returns the path of a field of the nth value.
func (r *Reading[T]) Path(n int, field string) string {
	if !r.List {
		return field
	}
	return strings.TrimSuffix(fmt.Sprintf("[%d].%s", n, field), ".")
}

// Mistake returns a mistake in a field, where the field stands in the document. A
// field that is absent is looked for where it should stand: at what contains it.
func (r *Reading[T]) Mistake(path, reason string) Mistake {
	for at := path; ; {
		if offset, ok := r.offsets[at]; ok {
			return r.mistake(offset, path, reason)
		}
		if at == "" {
			return r.mistake(0, path, reason)
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
}

// Mistaken reports whether the value of a field could not be read, or something
// in it, or what contains it: the law says nothing of it.
func (r *Reading[T]) Mistaken(path string) bool {
	return slices.ContainsFunc(r.Mistakes, func(m Mistake) bool {
		return m.Field == path || below(path, m.Field) || below(m.Field, path)
	})
}

// below reports whether a path leads into what another leads to.
func below(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && of != "" && strings.ContainsAny(rest[:min(1, len(rest))], ".[")
}

func (r *Reading[T]) mistake(offset int, path, reason string) Mistake {
	line, column := lineOf(r.data, offset)
	return Mistake{Field: path, Line: line, Column: column, Reason: reason}
}

// looker compares a document with the type that it has to be.
type looker struct {
	found func(offset int, path, reason, accepted string)
	seen  map[string]int
	data  []byte
	cuts  []cut // what cannot be read
}

// cut is a part of the document that is read as null instead.
type cut struct{ from, to int }

// readable returns the document without what cannot be read.
func (l *looker) readable() []byte {
	var text []byte
	at := 0
	for _, c := range l.cuts {
		text = append(append(text, l.data[at:c.from]...), "null"...)
		at = c.to
	}
	return append(text, l.data[at:]...)
}

// wrong cuts a value out that cannot be read; column counts from its first byte.
func (l *looker) wrong(raw []byte, offset, column int, path, reason, accepted string) {
	l.found(offset+column, path, reason, accepted)
	l.cuts = append(l.cuts, cut{offset, offset + len(raw)})
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// look compares a value of the document, which begins at the offset, with the
// type that it has to be.
func (l *looker) look(t reflect.Type, raw []byte, offset int, path string) {
	l.seen[path] = offset
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	p := reflect.PointerTo(t)
	switch own := p.Implements(jsonUnmarshaler) || p.Implements(textUnmarshaler); {
	case bytes.Equal(raw, []byte("null")):
	case !own && t.Kind() == reflect.Struct && raw[0] == '{':
		fields := fieldsOf(t)
		members(raw, func(key string, at int, value []byte, start int) {
			below := strings.TrimPrefix(path+"."+key, ".")
			if field, known := fields[key]; known {
				l.look(field, value, offset+start, below)
				return
			}
			l.found(offset+at+1, below, fmt.Sprintf("unknown field %q", key), meant(key, fields))
			l.cuts = append(l.cuts, cut{offset + start, offset + start + len(value)})
		})
	case !own && t.Kind() == reflect.Slice && raw[0] == '[':
		elements(raw, func(i int, value []byte, start int) {
			l.look(t.Elem(), value, offset+start, fmt.Sprintf("%s[%d]", path, i))
		})
	default:
		l.lookAtLeaf(t, raw, offset, path)
	}
}

func (l *looker) lookAtLeaf(t reflect.Type, raw []byte, offset int, path string) {
	err := json.Unmarshal(raw, reflect.New(t).Interface())
	var phrase *domain.PhraseError
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
	case errors.As(err, &phrase):
		l.wrong(raw, offset, min(phrase.Column, len(raw)-1), path, fmt.Sprintf("%q is no phrase that is known here%s", phrase.Phrase, nearPhrase(phrase)),
			strings.TrimSuffix(strings.TrimPrefix(phrase.Expected, "one of "), " expected"))
	case errors.As(err, &typed) && !reflect.PointerTo(t).Implements(jsonUnmarshaler):
		l.wrong(raw, offset, 0, path, called(t)+" expected, not "+article(typed.Value), "")
	default:
		l.wrong(raw, offset, 0, path, strings.TrimPrefix(err.Error(), "json: "), "")
	}
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

// nearPhrase names the example that a phrase is nearest to.
func nearPhrase(e *domain.PhraseError) string {
	var forms []string
	for _, m := range quoted.FindAllStringSubmatch(e.Expected, -1) {
		forms = append(forms, m[1])
	}
	if near := domain.Nearest(e.Phrase, forms, 1); len(near) > 0 {
		return fmt.Sprintf("; the nearest is %q", near[0])
	}
	return ""
}

// called names what a value of a type is in JSON.
func called(t reflect.Type) string {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return "a text"
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a number"
}

// article puts the article before the kind of a value of JSON, which may be followed
// by the value: "number 93".
func article(kind string) string {
	switch kind {
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	return "a " + kind
}

// fieldsOf returns the types of a struct's members by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = f.Type
		} else if !f.Anonymous && f.IsExported() {
			fields[f.Name] = f.Type
		}
	}
	return fields
}

// meant names the fields that a mistyped one may mean.
func meant(key string, fields map[string]reflect.Type) string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	if near := domain.Nearest(key, names, 3); len(near) > 0 {
		return strings.Join(near, ", ")
	}
	return ""
}

// members calls a function for each member of an object: its key with the place
// of the key, and its value with the place of the value.
func members(raw []byte, member func(key string, at int, value []byte, start int)) {
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	for d.More() {
		before := int(d.InputOffset())
		key, err := d.Token()
		if err != nil {
			return
		}
		at := before + bytes.IndexByte(raw[before:], '"')
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		name, _ := key.(string)
		member(name, at, value, int(d.InputOffset())-len(value))
	}
}

// elements calls a function for each element of an array, with its place.
func elements(raw []byte, element func(i int, value []byte, start int)) {
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	for i := 0; d.More(); i++ {
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		element(i, value, int(d.InputOffset())-len(value))
	}
}
