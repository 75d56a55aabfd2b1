package chart

import (
	"math"

	"depositary/api/pages/svg"
)

// Share is the picture of the front page: a hundred dots, of which as many
// are filled as percent of the world's migrants live in a State that is bound.
// The rest of a percent fills part of a dot. Parts that follow (signatories) are
// rings.
type Share struct {
	Common
	Parts []Part // in order; what is left of 100 is shown as the rest
	Rest  string // label of what is left
}

// Part is one share of the hundred.
type Part struct {
	Status  Status
	Percent float64
	Label   string
}

const shareColumns, shareRows = 20, 5

// SVG draws the picture. Dots are filled from the side on which reading begins,
// column by column, so that they make a bar.
func (p Share) SVG() string {
	cell := p.width() / shareColumns
	parts, rest := p.parts()
	top := cell*shareRows + 14
	d := p.Begin(top+22*float64(len(parts)+1)-4, false)
	for i := range shareColumns * shareRows {
		x := (float64(i/shareRows) + 0.5) * cell
		y := (float64(i%shareRows) + 0.5) * cell
		p.dot(d, parts, i, x, y, cell*0.38)
	}
	for i, part := range append(parts, Part{None, rest, p.Rest}) {
		p.line(d, part, top+22*float64(i))
	}
	return d.String()
}

// parts keeps the shares between nothing and the hundred.
func (p Share) parts() (parts []Part, rest float64) {
	rest = 100
	for _, part := range p.Parts {
		part.Percent = min(clean(part.Percent), rest)
		rest -= part.Percent
		parts = append(parts, part)
	}
	return parts, rest
}

func (p Share) dot(d *svg.Doc, parts []Part, i int, x, y, r float64) {
	d.Circle(x, y, r, "chart-unfilled")
	d.Circle(x, y, r-0.5, "chart-frame")
	from := 0.0
	for _, part := range parts {
		to := from + part.Percent
		low, high := max(from-float64(i), 0), min(to-float64(i), 1)
		if high-low > 1e-9 {
			p.fill(d, part.Status, x, y, r, low, high)
		}
		from = to
	}
}

// fill covers a disc from one share of its width to another.
func (p Share) fill(d *svg.Doc, s Status, x, y, r, low, high float64) {
	switch {
	case s == Signatory && low == 0 && high == 1:
		d.Circle(x, y, r, "chart-paper")
		d.Circle(x, y, r-1.5, s.Stroke(), "stroke-width", 3)
	case low == 0 && high == 1:
		d.Circle(x, y, r, s.Fill())
	case low == 0:
		discPart(d.Path(), x, y, r, high).Draw(s.Fill())
	default:
		slice(d.Path(), x, y, r, low, high).Draw(s.Fill())
	}
}

// slice outlines what lies of a disc between two shares of its width.
func slice(path *svg.Path, x, y, r, low, high float64) *svg.Path {
	const steps = 16
	point := func(i int, side float64) (px, py float64) {
		h := r * (2*(low+(high-low)*float64(i)/steps) - 1)
		return x + h, y + side*math.Sqrt(max(r*r-h*h, 0))
	}
	path.M(point(0, -1))
	for i := 1; i <= steps; i++ {
		path.L(point(i, -1))
	}
	for i := steps; i >= 0; i-- {
		path.L(point(i, 1))
	}
	return path.Z()
}

func (p Share) line(d *svg.Doc, part Part, y float64) {
	value := p.percent(part.Percent)
	Glyph(d, part.Status, 7, y+8, 5.5)
	d.Text(20, y+12, svg.Start, "chart-strong", value)
	x := 20 + svg.Width(value, textSize) + 7
	d.Text(x, y+12, svg.Start, "chart-label", svg.Fit(part.Label, textSize, p.width()-x))
}
