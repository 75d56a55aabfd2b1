// Package coding compresses answers once for all who read them (RFC 9110, 8.4):
// with zstd for those who can read it, with gzip for the others.
//
// Invariants: what does not become smaller is not compressed; a form is written
// once and never changed.
package coding

import (
	"bytes"
	"compress/gzip"

	"github.com/klauspost/compress/zstd"

	"depositary/api/accept"
)

// The names of the codings, as they stand in headers.
const (
	Gzip = "gzip"
	Zstd = "zstd"
)

// Worthwhile is the size in bytes from which compressing is worth it.
const Worthwhile = 1 << 10

// Coded is one form of a body. Its name is empty where it is the body itself.
type Coded struct {
	Name string
	Body []byte
}

// Body is a body with its compressed forms, the smallest first.
type Body struct {
	Plain []byte
	coded []Coded
}

// window is the largest that readers of zstd need to have on the web (RFC 9659).
const window = 8 << 20

var (
	quick = encoder(zstd.SpeedDefault)
	best  = encoder(zstd.SpeedBetterCompression)
)

func encoder(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(2))
	if err != nil { // the options are constants
		panic(err)
	}
	return e
}

// Of compresses an answer quickly.
func Of(body []byte) Body { return of(body, gzip.DefaultCompression, quick) }

// Best compresses what is made once and sent for as long as the program runs.
func Best(body []byte) Body { return of(body, gzip.BestCompression, best) }

func of(body []byte, level int, e *zstd.Encoder) Body {
	b := Body{Plain: body}
	if len(body) < Worthwhile {
		return b
	}
	var zipped bytes.Buffer
	w, _ := gzip.NewWriterLevel(&zipped, level) // a level that exists
	_, _ = w.Write(body)                        // a buffer does not fail
	_ = w.Close()
	for _, c := range []Coded{{Zstd, e.EncodeAll(body, nil)}, {Gzip, zipped.Bytes()}} {
		if len(c.Body) < len(body) {
			b.coded = append(b.coded, c)
		}
	}
	return b
}

// For returns the form that the header Accept-Encoding prefers, the body itself
// where it allows no other.
func (b Body) For(acceptEncoding string) Coded {
	chosen, most := Coded{Body: b.Plain}, 0.0
	if acceptEncoding == "" {
		return chosen
	}
	for _, c := range b.coded {
		if q := accept.Coding(acceptEncoding, c.Name); q > most {
			chosen, most = c, q
		}
	}
	return chosen
}

// Size returns how much memory all forms take, in bytes.
func (b Body) Size() int {
	size := cap(b.Plain)
	for _, c := range b.coded {
		size += cap(c.Body)
	}
	return size
}
