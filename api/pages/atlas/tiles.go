package atlas

import (
	"depositary/api/pages/chart"
	"depositary/api/pages/svg"
	"depositary/domain"
)

const (
	pitch = 40.0 // from tile to tile
	side  = 37.0
)

// Tiles draws the grid: each State one tile with its code and the sign of its
// status.
func Tiles(values map[domain.ParticipantID]Cell, o Options) string {
	g := theTiles()
	width, height := float64(g.Columns)*pitch, float64(g.Rows)*pitch
	o.Width = width
	d := o.begin(width, height)
	for _, t := range g.Tiles {
		x, y := float64(t.Column)*pitch+(pitch-side)/2, float64(t.Row)*pitch+(pitch-side)/2
		c, known := values[t.ID]
		if !known {
			d.Empty("rect", "class", "chart-land", "x", x, "y", y, "width", side, "height", side, "rx", 3)
			code(d, t, chart.None, x, y)
			continue
		}
		linked(d, c, func() { face(d, t, c, x, y) })
	}
	return d.String()
}

func face(d *svg.Doc, t tile, c Cell, x, y float64) {
	box := []any{"x", x, "y", y, "width", side, "height", side, "rx", 3}
	if c.Supposed || c.Partly {
		d.Empty("rect", append([]any{"class", "chart-supposed-shape chart-focus", "fill", chart.Fill(d, "hatch")}, box...)...)
		d.Empty("rect", "class", "chart-paper", "x", x+4, "y", y+7, "width", side-8, "height", 16, "rx", 2)
		code(d, t, chart.None, x, y)
		return
	}
	if c.Class == chart.Unknown { // hatched as on the map, with room for the code
		d.Empty("rect", append([]any{"class", "chart-focus chart-border", "fill", chart.Fill(d, "strokes")}, box...)...)
		d.Empty("rect", "class", "chart-paper", "x", x+4, "y", y+7, "width", side-8, "height", 16, "rx", 2)
		code(d, t, c.Class, x, y)
		chart.GlyphOn(d, c.Class, d.X(x+side/2), y+28, 4)
		return
	}
	if c.Ring { // a frame within the tile, since tiles stand close together
		d.Empty("rect", "class", c.Class.Fill(), "x", x, "y", y, "width", side, "height", side, "rx", 3)
		d.Empty("rect", "class", c.Class.On()+"-line chart-focus", "x", x+2.5, "y", y+2.5, "width", side-5, "height", side-5, "rx", 2)
	} else {
		d.Empty("rect", append([]any{"class", c.Class.Fill() + " chart-focus"}, box...)...)
	}
	code(d, t, c.Class, x, y)
	// The grid is not mirrored: X undoes what Glyph does.
	chart.GlyphOn(d, c.Class, d.X(x+side/2), y+28, 4)
}

func code(d *svg.Doc, t tile, s chart.Status, x, y float64) {
	d.Text(d.X(x+side/2), y+19, svg.Middle, "chart-code "+s.On(), string(t.ID))
}
