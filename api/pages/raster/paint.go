package raster

import (
	"fmt"
	"image"
	"math"
	"strings"
)

// draw fills and strokes a shape.
func (p *painter) draw(e *element, s style) error {
	if s.fill != "none" {
		if err := p.fill(e, s); err != nil {
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
	spans, err := p.covered(e, s, true)
	p.colour(spans, c)
	return err
}

// fill paints what a shape encloses.
func (p *painter) fill(e *element, s style) error {
	spans, err := p.covered(e, s, false)
	if err != nil {
		return err
	}
	if id, is := strings.CutPrefix(s.fill, "url(#"); is {
		return p.fillPattern(spans, strings.TrimSuffix(id, ")"))
	}
	c, err := colourOf(s.fill, s.fillOpacity)
	if err != nil {
		return err
	}
	p.colour(spans, c)
	return nil
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

// fillPattern paints spans with a pattern.
func (p *painter) fillPattern(spans []span, id string) error {
	tile, err := p.tile(id)
	if err != nil {
		return err
	}
	p.pattern(spans, tile)
	return nil
}

// tile paints a pattern once. Its size is one of whole pixels, so that tiles join.
func (p *painter) tile(id string) (*image.RGBA, error) {
	if tile, painted := p.tiles[id]; painted {
		return tile, nil
	}
	pattern, known := p.patterns[id]
	if !known {
		return nil, fmt.Errorf("pattern %q is not known", id)
	}
	size, err := numbers(pattern.attrs["width"]+" "+pattern.attrs["height"], 2)
	if err != nil || size[0] <= 0 || size[1] <= 0 || pattern.attrs["patternTransform"] != "" {
		return nil, fmt.Errorf("pattern %q: width and height expected", id)
	}
	bounds := image.Rect(0, 0, max(1, int(math.Round(size[0]*p.scale))), max(1, int(math.Round(size[1]*p.scale))))
	one := *p
	one.into, one.left, one.top = image.NewRGBA(bounds), 0, 0
	if err := one.children(pattern, initial); err != nil {
		return nil, err
	}
	p.tiles[id] = one.into
	return one.into, nil
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
