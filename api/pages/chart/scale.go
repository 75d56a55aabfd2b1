package chart

import (
	"math"

	"depositary/api/pages/svg"
	"depositary/domain"
)

// ticks returns round values from 0 to the first that is not below high.
func ticks(high float64, about int) []float64 {
	if high <= 0 {
		high = 1
	}
	raw := high / float64(about)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= raw*0.999 {
			step = m * unit
			break
		}
	}
	values := []float64{0}
	for i := 1; values[len(values)-1] < high*0.9999; i++ {
		values = append(values, float64(i)*step)
	}
	return values
}

// wholeTicks are ticks for things that are counted.
func wholeTicks(high float64, about int) []float64 {
	return ticks(max(high, 1), max(1, min(about, int(math.Ceil(high)))))
}

// times lays days on the picture from left to right.
type times struct {
	from, to    float64 // days
	left, right float64
}

func newTimes(from, to domain.Date, left, right float64) times {
	t := times{day(from), day(to), left, right}
	if t.to < t.from {
		t.from, t.to = t.to, t.from
	}
	if t.to-t.from < 30 { // one point: half a year on both sides
		t.from, t.to = t.from-183, t.to+183
	}
	return t
}

func (t times) x(d domain.Date) float64 {
	return t.left + (min(max(day(d), t.from), t.to)-t.from)/(t.to-t.from)*(t.right-t.left)
}

func (t times) within(d domain.Date) bool {
	return !d.IsZero() && day(d) >= t.from && day(d) <= t.to
}

// yearTick is the first of January of a year that is written on the axis.
type yearTick struct {
	year int
	x    float64
}

// years chooses years at a round distance, so that their labels do not touch.
func (t times) years(labelWidth float64) []yearTick {
	perYear := (t.right - t.left) / (t.to - t.from) * 365.25
	step := 1000
	for _, s := range []int{1, 2, 5, 10, 20, 25, 50, 100, 200, 500} {
		if perYear*float64(s) >= labelWidth+14 {
			step = s
			break
		}
	}
	first := int(math.Floor(1970+t.from/365.2425)) - 1
	last := int(math.Ceil(1970+t.to/365.2425)) + 1
	var list []yearTick
	for y := first; y <= last; y++ {
		d, err := domain.NewDate(y, 1, 1)
		if err == nil && y%step == 0 && t.within(d) {
			list = append(list, yearTick{y, t.x(d)})
		}
	}
	return list
}

// yearAxis draws the axis of time at y.
func (c Common) yearAxis(d *svg.Doc, t times, top, y float64) {
	d.Line(t.left, y, t.right, y, "chart-axis")
	for _, tick := range t.years(svg.Width(c.year(2000), smallSize)) {
		d.Line(tick.x, top, tick.x, y, "chart-grid")
		d.Line(tick.x, y, tick.x, y+4, "chart-axis")
		label := c.year(tick.year)
		half := svg.Width(label, smallSize) / 2
		d.Text(min(max(tick.x, half), c.width()-half), y+17, svg.Middle, "chart-muted", label)
	}
}

// DrawLegend lays items out in lines from (0, y) and returns the height that they take.
// With a nil document it only measures.
func (c Common) DrawLegend(d *svg.Doc, y float64, items []LegendItem) float64 {
	if len(items) == 0 {
		return 0
	}
	const line = 20.0
	x, height := 0.0, line
	for _, item := range items {
		label := svg.Fit(item.Label, textSize, c.width()-20)
		w := 18 + svg.Width(label, textSize) + 16
		if x > 0 && x+w-16 > c.width() {
			x, height = 0, height+line
		}
		if d != nil {
			c.sign(d, item, x+6, y+height-line+8)
			d.Text(x+18, y+height-line+12, svg.Start, "chart-label", label)
		}
		x += w
	}
	return height
}

func (c Common) sign(d *svg.Doc, item LegendItem, x, y float64) {
	if item.Supposed {
		d.Rect(x-6, y-5, 12, 10, "chart-paper", "")
		hatched(d, x-6, y-5, 12, 10, "")
		return
	}
	Glyph(d, item.Status, x, y, 5.5)
}

// Hatch defines the pattern of what is only supposed.
func Hatch(d *svg.Doc) {
	pattern(d, "hatch", 6, func() {
		d.Empty("path", "class", "chart-hatch", "d", "M-1.5 1.5L1.5 -1.5M0 6L6 0M4.5 7.5L7.5 4.5")
	})
}

// Dots defines the pattern of signatories on a map, where there is no room for a sign.
func Dots(d *svg.Doc) {
	pattern(d, "dots", 4, func() {
		d.Empty("rect", "class", Signatory.Fill(), "width", 4, "height", 4)
		d.Empty("circle", "class", "chart-paper", "cx", 2, "cy", 2, "r", 0.7)
	})
}

// Strokes defines the pattern of what is not known on a map, where there is no room
// for a sign.
func Strokes(d *svg.Doc) {
	pattern(d, "strokes", 5, func() {
		d.Empty("rect", "class", "chart-paper", "width", 5, "height", 5)
		d.Empty("path", "class", Unknown.Stroke(), "d", "M-1 1L1 -1M0 5L5 0M4 6L6 4")
	})
}

func pattern(d *svg.Doc, name string, size int, draw func()) {
	d.Open("defs")
	d.Open("pattern", "id", d.Ref(name), "patternUnits", "userSpaceOnUse", "width", size, "height", size)
	draw()
	d.Close("pattern")
	d.Close("defs")
}

// Fill is the value of a fill attribute for a pattern of the document.
func Fill(d *svg.Doc, name string) string { return "url(#" + d.Ref(name) + ")" }

func hatched(d *svg.Doc, x, y, w, h float64, title string) {
	d.Rect(x, y, w, h, "chart-hatched", title, "fill", Fill(d, "hatch"))
	d.Rect(x, y, w, h, "chart-supposed", "")
}
