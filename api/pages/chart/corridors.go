package chart

import (
	"math"

	"depositary/api/pages/svg"
)

// Corridors shows the largest corridors as discs whose areas are the people who
// have gone them, in order, each with the sign of where the treaty is in force: a
// full disc at both ends, a half disc in the destination, a ring in the origin,
// a disc with a dot in neither.
type Corridors struct {
	Common
	Corridors []Corridor // the largest first
	Legend    []LegendItem
}

// Corridor is one way from an origin to a destination.
type Corridor struct {
	Label   string // such as MEX → USA
	Title   string // the same in words and figures
	People  float64
	Sign    Status // Party: at both ends; Contracting: destination; Signatory: origin; None: neither
	Unknown bool   // whether it is in force is not known
}

const (
	corridorCell  = 84.0 // least width of a cell
	corridorLabel = 16.0 // height of the words under a disc
	mostColumns   = 10
)

// SVG draws the picture.
func (p Corridors) SVG() string {
	if len(p.Corridors) == 0 {
		return p.nothing()
	}
	columns := max(1, min(mostColumns, int(p.width()/corridorCell)))
	cell := p.width() / float64(columns)
	rows := (len(p.Corridors) + columns - 1) / columns
	top := p.DrawLegend(nil, 0, p.Legend)
	if top > 0 {
		top += 10
	}
	d := p.Begin(top+float64(rows)*(cell*0.86+corridorLabel), false)
	p.DrawLegend(d, 0, p.Legend)
	highest := 1.0
	for _, c := range p.Corridors {
		highest = max(highest, clean(c.People))
	}
	for i, c := range p.Corridors {
		x := (float64(i%columns) + 0.5) * cell
		y := top + float64(i/columns)*(cell*0.86+corridorLabel) + cell*0.43
		r := max(2.5, cell*0.41*math.Sqrt(clean(c.People)/highest))
		p.disc(d, c, x, y, r)
		d.Text(x, y+cell*0.43+11, svg.Middle, "chart-label", svg.Fit(c.Label, smallSize, cell))
	}
	return d.String()
}

func (p Corridors) disc(d *svg.Doc, c Corridor, x, y, r float64) {
	d.Open("g")
	d.Title(c.Title)
	switch {
	case c.Unknown:
		d.Circle(x, y, r, "chart-frame")
		d.Text(x, y+4, svg.Middle, "chart-muted", "?")
	case c.Sign.known() == None:
		d.Circle(x, y, r, "chart-unfilled")
		d.Circle(x, y, r, "chart-none-line")
		Glyph(d, None, x, y, min(r, 5.5))
	default:
		d.Circle(x, y, r, "chart-paper")
		Glyph(d, c.Sign, x, y, r)
	}
	d.Close("g")
}
