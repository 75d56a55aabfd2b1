package catalogue

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"depositary/domain"
)

// mistakes finds everything in a document that cannot be read: a decoder stops
// at the first. The document is sound JSON; each mistake has its place and the
// path of its field.
func (d *documentReader) mistakes(of reflect.Type) error {
	var all []*DocumentError
	found := func(offset int, path, format string, args ...any) {
		all = append(all, d.at(offset, path+": "+fmt.Sprintf(format, args...)))
	}
	start := len(d.data) - len(bytes.TrimLeft(d.data, " \t\r\n"))
	if raw := d.data[start:]; bytes.HasPrefix(raw, []byte("[")) {
		look(reflect.SliceOf(of), raw, start, "", found)
	} else {
		look(of, raw, start, "", found)
	}
	if len(all) == 0 {
		return nil
	}
	for _, more := range all[1:] {
		all[0].Reason += fmt.Sprintf("\nline %d, column %d: %s", more.Line, more.Column, more.Reason)
	}
	return all[0]
}

type foundFunc = func(offset int, path, format string, args ...any)

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// look compares a value of the document, which begins at the offset, with the
// type that it has to be.
func look(t reflect.Type, raw []byte, offset int, path string, found foundFunc) {
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
				look(field, value, offset+start, below, found)
				return
			}
			found(offset+at+1, below, "unknown field %q%s", key, meant(key, fields))
		})
	case !own && t.Kind() == reflect.Slice && raw[0] == '[':
		elements(raw, func(i int, value []byte, start int) {
			look(t.Elem(), value, offset+start, fmt.Sprintf("%s[%d]", path, i), found)
		})
	default:
		lookAtLeaf(t, raw, offset, path, found)
	}
}

func lookAtLeaf(t reflect.Type, raw []byte, offset int, path string, found foundFunc) {
	err := json.Unmarshal(raw, reflect.New(t).Interface())
	var phrase *domain.PhraseError
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
	case errors.As(err, &phrase):
		found(offset+min(phrase.Column, len(raw)-1), path, "%q: %s", phrase.Phrase, phrase.Expected)
	case errors.As(err, &typed):
		found(offset, path, "it cannot be a %s", typed.Value)
	default:
		found(offset, path, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
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
		return "; accepted would be " + strings.Join(near, ", ")
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
