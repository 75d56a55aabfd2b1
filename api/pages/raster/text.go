package raster

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// fonts are read once.
var fonts = sync.OnceValues(func() ([2]*sfnt.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*sfnt.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*sfnt.Font{regular, bold}, err
})

// alike replaces marks that the fonts do not have by ones that they have.
var alike = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2011", "-", "ʼ", "’", "ʻ", "‘", "\u200e", "", "\u200f", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// Has reports whether the fonts have every letter of a text, such as the name of a
// language in that language.
func Has(text string) bool {
	regular, err := fontOf(initial)
	return err == nil && !strings.Contains(drawable(regular, text), "?")
}

// drawable returns a text in letters that a font has: those without their accents,
// or a question mark, stand for what it does not have.
func drawable(f *sfnt.Font, text string) string {
	var buffer sfnt.Buffer
	has := func(r rune) bool {
		index, err := f.GlyphIndex(&buffer, r)
		return err == nil && index != 0
	}
	return strings.Map(func(r rune) rune {
		if has(r) {
			return r
		}
		if base := []rune(norm.NFD.String(string(r)))[0]; has(base) {
			return base
		}
		return '?'
	}, alike.Replace(text))
}

// write draws one line of text.
func (p *painter) write(e *element, s style) error {
	c, err := colourOf(s.fill, s.fillOpacity)
	if err != nil {
		return err
	}
	which, err := fontOf(s)
	if err != nil {
		return err
	}
	// A face is for one drawer at a time, so each text has its own.
	face, err := opentype.NewFace(which, &opentype.FaceOptions{Size: s.size * p.scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return err
	}
	x, err1 := strconv.ParseFloat(e.attrs["x"], 64)
	y, err2 := strconv.ParseFloat(e.attrs["y"], 64)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("text at %q, %q", e.attrs["x"], e.attrs["y"])
	}
	x, y = p.at(x, y)
	text := drawable(which, e.text)
	d := font.Drawer{Dst: p.into, Src: image.NewUniform(c), Face: face}
	width := d.MeasureString(text)
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	switch e.attrs["text-anchor"] {
	case "middle":
		d.Dot.X -= width / 2
	case "end":
		d.Dot.X -= width
	case "", "start":
	default:
		return fmt.Errorf("text-anchor %q is not known", e.attrs["text-anchor"])
	}
	d.DrawString(text)
	return nil
}

func fontOf(s style) (*sfnt.Font, error) {
	loaded, err := fonts()
	if s.bold {
		return loaded[1], err
	}
	return loaded[0], err
}
