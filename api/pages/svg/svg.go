// Package svg writes SVG documents: plain elements with presentation attributes
// for geometry and classes for colour, never a style attribute or a script, so
// that they may stand in a page under a strict content security policy.
//
// All coordinates are given as for a text that runs from left to right. A
// document for a script that runs the other way is mirrored as it is written.
package svg

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Frame is what every document says of itself.
type Frame struct {
	ID         string // prefix of the document's ids; unique in the page
	Title      string // its accessible name; the heading when standalone
	Desc       string // the finding, in words
	Source     string // standalone: the line at the foot
	Lang       string // BCP 47; may be empty
	RTL        bool   // mirror
	Standalone bool   // with its own style sheet, ground, heading and foot
	Links      bool   // has links inside, so that it is no image but a group
	CSS        string // style sheet of the standalone form

	Width, Height float64
}

// Doc is a document that is being written.
type Doc struct {
	f Frame
	b strings.Builder
}

const (
	edge        = 16 // between the picture and the paper's edge, standalone
	titleSize   = 17
	titleHeight = 23
	noteSize    = 11
	noteHeight  = 16
)

// New begins a document. In its standalone form the heading and the foot lie
// outside the picture's own coordinates, above 0 and below Height.
func New(f Frame) *Doc {
	d := &Doc{f: f}
	x, y, w, h := 0.0, 0.0, f.Width, f.Height
	var heading, foot []string
	if f.Standalone {
		heading, foot = Wrap(f.Title, titleSize, w), Wrap(f.Source, noteSize, w)
		top := float64(edge + titleHeight*len(heading) + 6)
		x, y, w = -edge, -top, w+2*edge
		h += top + edge + float64(noteHeight*len(foot))
	}
	role := "img"
	if f.Links {
		role = "group"
	}
	attrs := []any{"xmlns", "http://www.w3.org/2000/svg", "class", "chart", "role", role,
		"aria-labelledby", f.ID + "-title " + f.ID + "-desc",
		"viewBox", fmt.Sprint(Num(x), " ", Num(y), " ", Num(w), " ", Num(h)), "width", w, "height", h}
	if f.Lang != "" {
		attrs = append(attrs, "lang", f.Lang)
	}
	if f.RTL {
		attrs = append(attrs, "direction", "rtl")
	}
	d.Open("svg", attrs...)
	d.element("title", f.Title, "id", f.ID+"-title")
	d.element("desc", f.Desc, "id", f.ID+"-desc")
	if f.Standalone {
		d.element("style", f.CSS)
		d.Empty("rect", "class", "chart-paper", "x", x, "y", y, "width", w, "height", h)
		d.lines(heading, y+edge, titleHeight, "chart-title")
		d.lines(foot, f.Height+4, noteHeight, "chart-muted")
	}
	return d
}

func (d *Doc) lines(lines []string, y, height float64, class string) {
	for i, line := range lines {
		d.Text(0, y+height*float64(i)+height*0.72, Start, class, line)
	}
}

// String ends the document and returns its text.
func (d *Doc) String() string {
	return d.b.String() + "</svg>\n"
}

// Ref returns the id of a part of the document.
func (d *Doc) Ref(name string) string { return d.f.ID + "-" + name }

// Open begins an element; attributes are names and values in turn, the values
// strings, ints or float64s.
func (d *Doc) Open(name string, attrs ...any) { d.tag(name, ">", attrs) }

// Close ends an element.
func (d *Doc) Close(name string) { d.b.WriteString("</" + name + ">") }

// Empty writes an element without content.
func (d *Doc) Empty(name string, attrs ...any) { d.tag(name, "/>", attrs) }

func (d *Doc) tag(name, end string, attrs []any) {
	d.b.WriteString("\n<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		fmt.Fprintf(&d.b, ` %s="%s"`, attrs[i], value(attrs[i+1]))
	}
	d.b.WriteString(end)
}

func value(v any) string {
	switch v := v.(type) {
	case float64:
		return Num(v)
	case int:
		return strconv.Itoa(v)
	}
	return Escape(fmt.Sprint(v))
}

func (d *Doc) element(name, text string, attrs ...any) {
	d.Open(name, attrs...)
	d.b.WriteString(Escape(text))
	d.Close(name)
}

// Titled writes an element with a title, which browsers show on hovering.
func (d *Doc) Titled(title, name string, attrs ...any) {
	if title == "" {
		d.Empty(name, attrs...)
		return
	}
	d.Open(name, attrs...)
	d.Title(title)
	d.Close(name)
}

// Title adds a title to the element that is open.
func (d *Doc) Title(text string) {
	d.b.WriteString("<title>" + Escape(text) + "</title>")
}

// Num writes a coordinate: two decimals at most, and always a number.
func Num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64)
}

// Escape makes text safe in an element and in a quoted attribute, and leaves out
// what XML cannot hold.
func Escape(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError:
			b.WriteRune(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
