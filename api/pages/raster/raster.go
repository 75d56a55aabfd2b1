// Package raster paints the pictures of package chart and package atlas as PNG.
//
// Invariants:
//
//   - it reads the standalone SVG that these packages write and nothing else: an
//     element, a command of a path or a fill that it does not know is an error, so
//     that no picture silently lacks a part;
//   - colours, widths and sizes of text come from the style sheet inside the
//     document, so that PNG and SVG cannot differ in them;
//   - text is drawn in the Go fonts, which have the Latin, Greek and Cyrillic
//     letters; a question mark stands for any other, so a
//     caller with another script draws in a language of these.
package raster

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"strconv"
	"strings"
)

// MostPixels bounds a picture.
const MostPixels = 16 << 20

// PNG paints a document at so many pixels for each of its units.
func PNG(w io.Writer, document string, scale float64) error {
	root, err := parse(document)
	if err != nil {
		return err
	}
	box, err := numbers(root.attrs["viewBox"], 4)
	if err != nil {
		return fmt.Errorf("raster: viewBox: %w", err)
	}
	width, height := int(box[2]*scale+0.5), int(box[3]*scale+0.5)
	if width <= 0 || height <= 0 || width > MostPixels/height {
		return fmt.Errorf("raster: %d × %d pixels: 1 to %d expected in all", width, height, MostPixels)
	}
	sheet, err := styleOf(root)
	if err != nil {
		return err
	}
	p := &painter{into: image.NewRGBA(image.Rect(0, 0, width, height)), sheet: sheet, scale: scale, left: box[0], top: box[1], patterns: make(map[string]*element), tiles: make(map[string]*image.RGBA)}
	if err := p.children(root, initial); err != nil {
		return fmt.Errorf("raster: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(w, paletted(p.into))
}

// element is an element of a document.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

// parse reads a document.
func parse(document string) (*element, error) {
	decoder := xml.NewDecoder(strings.NewReader(document))
	var open []*element
	for {
		token, err := decoder.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("no document")
			}
			return nil, fmt.Errorf("raster: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local, attrs: make(map[string]string, len(t.Attr))}
			for _, a := range t.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			open = append(open, e)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		case xml.EndElement:
			if len(open) == 1 {
				return open[0], nil
			}
			open = open[:len(open)-1]
		}
	}
}

// numbers reads so many numbers with blanks between.
func numbers(text string, n int) ([]float64, error) {
	words := strings.Fields(text)
	if len(words) != n {
		return nil, fmt.Errorf("%q: %d numbers expected", text, n)
	}
	all := make([]float64, n)
	for i, word := range words {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, fmt.Errorf("%q: a number expected", word)
		}
		all[i] = v
	}
	return all, nil
}

// painter paints a document.
type painter struct {
	into      *image.RGBA
	sheet     sheet
	scale     float64 // pixels for each unit
	left, top float64 // of the paper, in units
	patterns  map[string]*element
	tiles     map[string]*image.RGBA // of patterns, painted once
}

// at returns the pixel of a point.
func (p *painter) at(x, y float64) (float64, float64) {
	return (x - p.left) * p.scale, (y - p.top) * p.scale
}

func (p *painter) children(e *element, inherited style) error {
	for _, child := range e.children {
		if err := p.paint(child, inherited); err != nil {
			return err
		}
	}
	return nil
}

// paint paints an element by its name.
func (p *painter) paint(e *element, inherited style) error {
	s, err := p.sheet.of(e, inherited)
	if err != nil {
		return err
	}
	switch e.name {
	case "title", "desc", "style":
		return nil // for those who read
	case "g", "a":
		return p.children(e, s)
	case "defs":
		for _, child := range e.children {
			if child.name != "pattern" {
				return fmt.Errorf("<%s> in defs is not known", child.name)
			}
			p.patterns[child.attrs["id"]] = child
		}
		return nil
	case "text":
		return p.write(e, s)
	}
	return p.draw(e, s)
}
