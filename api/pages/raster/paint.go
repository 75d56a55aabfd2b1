package raster

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/vector"
)

// draw fills and strokes lines.
func (p *painter) draw(outline []line, s style) error {
	if s.fill != "none" {
		if err := p.fill(outline, s); err != nil {
			return err
		}
	}
	if s.stroke == "none" || s.strokeWidth == 0 {
		return nil
	}
	c, err := colourOf(s.stroke, 1)
	if err != nil {
		return err
	}
	var parts [][]point
	for _, l := range outline {
		for _, dash := range dashed(l, s.dashes) {
			parts = append(parts, stroked(dash, s.strokeWidth/2, s.round)...)
		}
	}
	p.cover(parts, image.NewUniform(c))
	return nil
}

// fill paints what lines enclose.
func (p *painter) fill(outline []line, s style) error {
	var parts [][]point
	for _, l := range outline {
		parts = append(parts, l.points)
	}
	if id, is := strings.CutPrefix(s.fill, "url(#"); is {
		return p.fillPattern(parts, strings.TrimSuffix(id, ")"))
	}
	c, err := colourOf(s.fill, s.fillOpacity)
	if err != nil {
		return err
	}
	p.cover(parts, image.NewUniform(c))
	return nil
}

// cover paints polygons, with soft edges.
func (p *painter) cover(parts [][]point, with image.Image) {
	bounds := p.into.Bounds()
	area := p.boundsOf(parts).Intersect(bounds)
	if area.Empty() {
		return
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
	r.Draw(p.into, area, with, area.Min)
}

// boundsOf returns the pixels that polygons touch.
func (p *painter) boundsOf(parts [][]point) image.Rectangle {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, part := range parts {
		for _, q := range part {
			x, y := p.at(q.x, q.y)
			low, high = point{min(low.x, x), min(low.y, y)}, point{max(high.x, x), max(high.y, y)}
		}
	}
	if math.IsInf(low.x, 1) {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(low.x)), int(math.Floor(low.y)), int(math.Ceil(high.x))+1, int(math.Ceil(high.y))+1)
}

// fillPattern paints polygons with a pattern: it is painted all over, and shows
// through them.
func (p *painter) fillPattern(parts [][]point, id string) error {
	pattern, known := p.patterns[id]
	if !known {
		return fmt.Errorf("pattern %q is not known", id)
	}
	area := p.boundsOf(parts).Intersect(p.into.Bounds())
	if area.Empty() {
		return nil
	}
	mask := image.NewRGBA(area)
	shape := *p
	shape.into = mask
	shape.cover(parts, image.NewUniform(color.Opaque))
	painted := image.NewRGBA(area)
	under := *p
	under.into = painted
	if err := under.tiles(pattern, area); err != nil {
		return err
	}
	draw.DrawMask(p.into, area, painted, area.Min, mask, area.Min, draw.Over)
	return nil
}

// tiles paints a pattern again and again over an area.
func (p *painter) tiles(pattern *element, area image.Rectangle) error {
	size, err := numbers(pattern.attrs["width"]+" "+pattern.attrs["height"], 2)
	if err != nil || size[0] <= 0 || size[1] <= 0 || pattern.attrs["patternTransform"] != "" {
		return fmt.Errorf("pattern %q: width and height expected", pattern.attrs["id"])
	}
	left, top := float64(area.Min.X)/p.scale+p.left, float64(area.Min.Y)/p.scale+p.top
	right, bottom := float64(area.Max.X)/p.scale+p.left, float64(area.Max.Y)/p.scale+p.top
	for y := math.Floor(top/size[1]) * size[1]; y < bottom; y += size[1] {
		for x := math.Floor(left/size[0]) * size[0]; x < right; x += size[0] {
			moved := *p
			moved.left, moved.top = p.left-x, p.top-y
			if err := moved.children(pattern, initial); err != nil {
				return err
			}
		}
	}
	return nil
}

// dashed cuts a line into its dashes; without any it stays whole.
func dashed(l line, dashes []float64) []line {
	if len(dashes) == 0 {
		return []line{l}
	}
	points := l.points
	if l.closed {
		points = append(append([]point{}, points...), points[0])
	}
	var all []line
	on, n, left := true, 0, dashes[0]
	current := line{}
	for i, q := range points {
		if i == 0 {
			current.points = []point{q}
			continue
		}
		from := points[i-1]
		for length := math.Hypot(q.x-from.x, q.y-from.y); length > left; length = math.Hypot(q.x-from.x, q.y-from.y) {
			cut := point{from.x + (q.x-from.x)*left/length, from.y + (q.y-from.y)*left/length}
			if on {
				all = append(all, line{points: append(current.points, cut)})
			}
			on, n, from = !on, n+1, cut
			left = dashes[n%len(dashes)]
			current = line{points: []point{cut}}
		}
		left -= math.Hypot(q.x-from.x, q.y-from.y)
		current.points = append(current.points, q)
	}
	if on && len(current.points) > 1 {
		all = append(all, current)
	}
	return all
}

// stroked returns the polygons of a stroke: a bar for each part, and a disc at each
// join. All run the same way round, so that where they overlap they do not cancel.
func stroked(l line, half float64, round bool) (parts [][]point) {
	points := l.points
	if l.closed {
		points = append(append([]point{}, points...), points[0])
	}
	for i, q := range points {
		if i > 0 {
			if bar := bar(points[i-1], q, half); bar != nil {
				parts = append(parts, bar)
			}
		}
		inner := i > 0 && i < len(points)-1 || l.closed
		if (inner || round) && half > 0.3 {
			parts = append(parts, disc(q, half))
		}
	}
	return parts
}

func bar(a, b point, half float64) []point {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return nil
	}
	dx, dy := (b.y-a.y)/length*half, -(b.x-a.x)/length*half
	return []point{{a.x + dx, a.y + dy}, {b.x + dx, b.y + dy}, {b.x - dx, b.y - dy}, {a.x - dx, a.y - dy}}
}

func disc(c point, r float64) (points []point) {
	const steps = 12
	for i := range steps {
		a := 2 * math.Pi * float64(i) / steps
		points = append(points, point{c.x + r*math.Cos(a), c.y + r*math.Sin(a)})
	}
	return points
}
