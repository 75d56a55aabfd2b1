package raster

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/vector"
)

// span is a run of pixels of one row that a shape covers alike.
type span struct {
	x, y, n  int32
	coverage uint8 // of each, up to 255
}

// spansOf returns what polygons cover of an area, with soft edges.
func (p *painter) spansOf(parts [][]point) []span {
	area := p.boundsOf(parts).Intersect(p.into.Bounds())
	if area.Empty() {
		return nil
	}
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	for _, part := range parts {
		for i, q := range part {
			x, y := p.at(q.x, q.y)
			x, y = x-float64(area.Min.X), y-float64(area.Min.Y)
			if i == 0 {
				r.MoveTo(float32(x), float32(y))
			} else {
				r.LineTo(float32(x), float32(y))
			}
		}
		r.ClosePath()
	}
	mask := image.NewAlpha(area)
	r.Draw(mask, area, image.Opaque, image.Point{})
	return runs(mask)
}

// runs returns the pixels of a mask that are not empty.
func runs(mask *image.Alpha) (all []span) {
	area := mask.Rect
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := mask.Pix[(y-area.Min.Y)*mask.Stride:][:area.Dx()]
		for x := 0; x < len(row); {
			coverage, from := level(row[x]), x
			for x++; x < len(row) && level(row[x]) == coverage; x++ {
			}
			if coverage > 0 {
				all = append(all, span{int32(area.Min.X + from), int32(y), int32(x - from), coverage})
			}
		}
	}
	return all
}

// level rounds a coverage to one of sixteen: the eye sees no more of an edge, and the
// picture has fewer colours.
func level(coverage uint8) uint8 { return uint8((int(coverage) + 8) / 17 * 17) }

// colour paints spans in one colour.
func (p *painter) colour(spans []span, c color.Color) {
	r, g, b, a := c.RGBA() // premultiplied, of 16 bits
	for _, s := range spans {
		row := p.into.Pix[p.into.PixOffset(int(s.x), int(s.y)):][:4*s.n]
		k := uint32(s.coverage)
		paint := [4]uint32{r * k / 0xffff, g * k / 0xffff, b * k / 0xffff, a * k / 0xffff} // of 8 bits
		if paint[3] == 0xff {
			for i := 0; i < len(row); i += 4 {
				row[i], row[i+1], row[i+2], row[i+3] = uint8(paint[0]), uint8(paint[1]), uint8(paint[2]), 0xff
			}
			continue
		}
		rest := 0xff - paint[3]
		for i := range row {
			row[i] = uint8(paint[i%4] + (uint32(row[i])*rest+0x7f)/0xff)
		}
	}
}

// pattern paints spans with a tile, again and again from the origin of the drawing.
func (p *painter) pattern(spans []span, tile *image.RGBA) {
	width, height := tile.Rect.Dx(), tile.Rect.Dy()
	left, top := int(math.Round(p.left*p.scale)), int(math.Round(p.top*p.scale))
	for _, s := range spans {
		row := p.into.Pix[p.into.PixOffset(int(s.x), int(s.y)):][:4*s.n]
		from := tile.Pix[modulo(int(s.y)+top, height)*tile.Stride:][:4*width]
		k := uint32(s.coverage)
		for i := 0; i < len(row); i += 4 {
			at := 4 * modulo(int(s.x)+i/4+left, width)
			rest := 0xff - (uint32(from[at+3])*k+0x7f)/0xff
			for j := range 4 {
				row[i+j] = uint8((uint32(from[at+j])*k+0x7f)/0xff + (uint32(row[i+j])*rest+0x7f)/0xff)
			}
		}
	}
}

func modulo(a, n int) int { return ((a % n) + n) % n }

// What shapes cover is kept for outlines that are drawn again and again: those of
// the map, of which only the colours change.

// mostPlaces bounds for how many places and sizes of a drawing it is kept.
const mostPlaces = 8

type place struct{ scale, left, top float64 }

type brush struct {
	outline string
	width   float64 // of the stroke; 0: filled
	round   bool
}

var kept = struct {
	sync.Mutex
	outlines map[string]bool
	places   map[place]map[brush][]span
}{outlines: make(map[string]bool), places: make(map[place]map[brush][]span)}

// Keep names outlines (the attribute d of paths) that many pictures have in common.
// What they cover is computed once.
func Keep(outlines []string) {
	kept.Lock()
	defer kept.Unlock()
	for _, d := range outlines {
		kept.outlines[d] = true
	}
}

// covered returns what a shape covers, filled or with a stroke.
func (p *painter) covered(e *element, s style, stroke bool) ([]span, error) {
	b := brush{outline: e.attrs["d"]}
	if stroke {
		b.width, b.round = s.strokeWidth, s.round
	}
	at := place{p.scale, p.left, p.top}
	kept.Lock()
	keep := e.name == "path" && kept.outlines[b.outline] && (!stroke || len(s.dashes) == 0)
	spans, known := kept.places[at][b]
	kept.Unlock()
	if keep && known {
		return spans, nil
	}
	spans, err := p.cover(e, s, stroke)
	if err != nil || !keep || p.cropped(spans) {
		return spans, err
	}
	kept.Lock()
	defer kept.Unlock()
	if kept.places[at] == nil {
		if len(kept.places) >= mostPlaces {
			clear(kept.places)
		}
		kept.places[at] = make(map[brush][]span)
	}
	kept.places[at][b] = spans
	return spans, nil
}

// cropped reports whether spans reach the edge of the picture: on a larger one there
// might be more of them.
func (p *painter) cropped(spans []span) bool {
	b := p.into.Bounds()
	for _, s := range spans {
		if s.x == 0 || s.y == 0 || int(s.x+s.n) == b.Max.X || int(s.y) == b.Max.Y-1 {
			return true
		}
	}
	return false
}

// box returns what a rectangle of whole pixels covers, such as the paper.
func (p *painter) box(l line) ([]span, bool) {
	left, top := p.at(l.points[0].x, l.points[0].y)
	right, bottom := p.at(l.points[2].x, l.points[2].y)
	for _, v := range []float64{left, top, right, bottom} {
		if math.Abs(v-math.Round(v)) > 1.0/64 {
			return nil, false
		}
	}
	area := image.Rect(int(math.Round(left)), int(math.Round(top)), int(math.Round(right)), int(math.Round(bottom))).Intersect(p.into.Bounds())
	spans := make([]span, 0, area.Dy())
	for y := area.Min.Y; y < area.Max.Y && area.Dx() > 0; y++ {
		spans = append(spans, span{int32(area.Min.X), int32(y), int32(area.Dx()), 0xff})
	}
	return spans, true
}

// cover computes what a shape covers.
func (p *painter) cover(e *element, s style, stroke bool) ([]span, error) {
	outline, err := outlineOf(e)
	if err != nil {
		return nil, err
	}
	if e.name == "rect" && !stroke && len(outline[0].points) == 4 {
		if spans, whole := p.box(outline[0]); whole {
			return spans, nil
		}
	}
	var parts [][]point
	for _, l := range outline {
		if !stroke {
			parts = append(parts, l.points)
			continue
		}
		for _, dash := range dashed(l, s.dashes) {
			parts = append(parts, stroked(dash, s.strokeWidth/2, s.round)...)
		}
	}
	return p.spansOf(parts), nil
}
