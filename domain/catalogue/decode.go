package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"
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
	r, err := Read[T](file, data)
	if err != nil {
		return nil, err
	}
	if len(r.Mistakes) == 0 {
		return r.Values, nil
	}
	first := r.Mistakes[0]
	e := &DocumentError{File: file, Line: first.Line, Column: first.Column, Reason: first.text()}
	for _, more := range r.Mistakes[1:] {
		e.Reason += "\n" + more.String()
	}
	return nil, e
}

type documentReader struct {
	*json.Decoder
	file string
	data []byte
	of   reflect.Type // what a document of the file is
}

// sound reports why the document is no JSON, or more than one document.
func (d *documentReader) sound() error {
	var document json.RawMessage
	if err := d.Decode(&document); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("one document expected, more follows")
	}
	return nil
}

// fail finds the place of an error of syntax.
func (d *documentReader) fail(err error) error {
	offset, reason := d.InputOffset(), err.Error()
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		offset, reason = int64(len(d.data)), "the document ends too early"
	case errors.As(err, &syntax):
		offset = syntax.Offset - 1 // it counts what was read
	}
	line, column := lineOf(d.data, int(min(max(offset, 0), int64(len(d.data)))))
	return &DocumentError{File: d.file, Line: line, Column: column, Reason: reason}
}

// lineOf returns where a byte of a document stands, counted from 1.
func lineOf(data []byte, offset int) (line, column int) {
	before := data[:offset]
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}
