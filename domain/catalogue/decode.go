package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// DocumentError says where a document stops making sense.
type DocumentError struct {
	File         string
	Line, Column int // from 1
	Reason       string
}

func (e *DocumentError) Error() string {
	return fmt.Sprintf("%s, line %d, column %d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Decode reads one definition or an array of them from a document in the form
// of the catalogue. Fields that it does not know are refused; the error is a
// *DocumentError, which names everything that cannot be read.
func Decode[T any](file string, data []byte) ([]T, error) {
	d := &documentReader{file: file, data: data, of: reflect.TypeFor[T]()}
	d.Decoder = json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var values []T
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		if _, err := d.Token(); err != nil {
			return nil, d.fail(err)
		}
		for d.More() {
			var v T
			if err := d.value(&v); err != nil {
				return nil, d.fail(err)
			}
			values = append(values, v)
		}
		if _, err := d.Token(); err != nil {
			return nil, d.fail(err)
		}
	} else {
		var v T
		if err := d.value(&v); err != nil {
			return nil, d.fail(err)
		}
		values = append(values, v)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, d.fail(errors.New("one document expected, more follows"))
	}
	return values, nil
}

type documentReader struct {
	*json.Decoder
	file  string
	data  []byte
	of    reflect.Type // what a document of the file is
	start int64        // of the value that is being decoded
}

// value decodes the next value. A type error counts from where it starts.
func (d *documentReader) value(v any) error {
	if d.start = d.InputOffset(); d.start < int64(len(d.data)) && d.data[d.start] == ',' {
		d.start++
	}
	return d.Decode(v)
}

// fail finds the place of an error. The decoder tells an offset for syntax and
// type errors; an unknown field is looked for by its name from where the
// decoder stood.
func (d *documentReader) fail(err error) error {
	offset := d.InputOffset()
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	reason := strings.TrimPrefix(err.Error(), "json: ")
	if !errors.As(err, &syntax) && json.Valid(d.data) {
		if all := d.mistakes(d.of); all != nil {
			return all
		}
	}
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typed):
		offset = d.start + typed.Offset
		reason = fmt.Sprintf("%s cannot be a %s", typed.Field, typed.Value)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		offset, reason = int64(len(d.data)), "the document ends too early"
	case strings.HasPrefix(reason, "unknown field "):
		name := strings.TrimPrefix(reason, "unknown field ")
		if i := bytes.Index(d.data, []byte(name+":")); i >= 0 {
			offset = int64(i + 1)
		}
	}
	return d.at(int(min(max(offset, 0), int64(len(d.data)))), reason)
}

// at returns an error at a place of the document.
func (d *documentReader) at(offset int, reason string) *DocumentError {
	before := d.data[:offset]
	return &DocumentError{
		File:   d.file,
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Reason: reason,
	}
}
