package atlas

import (
	"depositary/api/pages/chart"
	"depositary/api/pages/svg"
	"depositary/domain"
)

// World draws the map. A State without a value is land without a status. The map
// is not mirrored for scripts that run from right to left, its legend is.
func World(values map[domain.ParticipantID]Cell, o Options) string {
	m := theWorld()
	o.Width = m.Width
	d := o.begin(m.Width, m.Height)
	for _, outline := range m.Land {
		d.Empty("path", "class", "chart-land", "d", outline)
	}
	for _, circles := range []bool{false, true} { // circles on top
		for _, s := range m.Shapes {
			if (s.R > 0) == circles {
				country(d, s, values)
			}
		}
	}
	return d.String()
}

func country(d *svg.Doc, s shape, values map[domain.ParticipantID]Cell) {
	c, known := values[s.ID]
	name, geometry := s.geometry()
	if !known {
		d.Empty(name, append([]any{"class", "chart-land"}, geometry...)...)
		return
	}
	linked(d, c, func() {
		d.Empty(name, append(paint(d, c), geometry...)...)
		if c.Ring && s.R == 0 {
			d.Empty(name, append([]any{"class", "chart-ring chart-hair"}, geometry...)...)
		}
	})
}

func (s shape) geometry() (name string, attrs []any) {
	if s.R > 0 {
		return "circle", []any{"cx", s.X, "cy", s.Y, "r", s.R}
	}
	return "path", []any{"d", s.D}
}

// paint returns class and fill of a shape by its cell.
func paint(d *svg.Doc, c Cell) []any {
	switch {
	case c.Supposed, c.Partly:
		return []any{"class", "chart-focus chart-supposed-shape", "fill", chart.Fill(d, "hatch")}
	case c.Class == chart.Signatory:
		return []any{"class", "chart-focus chart-border", "fill", chart.Fill(d, "dots")}
	case c.Class.Fill() == chart.None.Fill():
		return []any{"class", "chart-focus chart-none chart-hair"}
	case c.Class == chart.Unknown:
		return []any{"class", "chart-focus chart-border", "fill", chart.Fill(d, "strokes")}
	}
	return []any{"class", "chart-focus " + c.Class.Fill() + " chart-border"}
}
