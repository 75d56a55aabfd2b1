package raster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// point is a point in units of the document.
type point struct{ x, y float64 }

// line is a line of points, closed or not.
type line struct {
	points []point
	closed bool
}

// curveSteps is in how many straight parts a curve is drawn: they are small.
const curveSteps = 16

// outlineOf returns the lines of a shape.
func outlineOf(e *element) ([]line, error) {
	get := func(name string) float64 {
		v, _ := strconv.ParseFloat(e.attrs[name], 64) // our own writer writes numbers; what is absent is 0
		return v
	}
	switch e.name {
	case "rect":
		return []line{rectangle(get("x"), get("y"), get("width"), get("height"), get("rx"))}, nil
	case "circle":
		return []line{circle(get("cx"), get("cy"), get("r"))}, nil
	case "line":
		return []line{{points: []point{{get("x1"), get("y1")}, {get("x2"), get("y2")}}}}, nil
	case "path":
		return path(e.attrs["d"])
	}
	return nil, fmt.Errorf("<%s> is not known", e.name)
}

func rectangle(x, y, w, h, r float64) line {
	r = min(r, w/2, h/2)
	if r <= 0 {
		return line{[]point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, true}
	}
	var l line
	for i, corner := range []point{{x + w - r, y + r}, {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}} {
		for step := range 7 {
			a := math.Pi / 2 * (float64(i) - 1 + float64(step)/6)
			l.points = append(l.points, point{corner.x + r*math.Cos(a), corner.y + r*math.Sin(a)})
		}
	}
	l.closed = true
	return l
}

func circle(x, y, r float64) line {
	const steps = 48
	l := line{closed: true}
	for i := range steps {
		a := 2 * math.Pi * float64(i) / steps
		l.points = append(l.points, point{x + r*math.Cos(a), y + r*math.Sin(a)})
	}
	return l
}

// pen draws a path by its commands.
type pen struct {
	lines []line
	at    point
}

// operands is how many numbers each command takes.
var operands = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Z': 0}

// path reads the commands of a path, absolute and relative.
func path(text string) ([]line, error) {
	var p pen
	var command byte
	for rest := text; ; {
		rest = strings.TrimLeft(rest, " ,")
		if rest == "" {
			return p.lines, nil
		}
		if c := rest[0]; c >= 'A' && c <= 'z' && c != 'e' {
			command, rest = c, rest[1:]
		} else if command == 0 || command|0x20 == 'z' {
			return nil, fmt.Errorf("path: a command expected at %.20q", rest)
		}
		n, known := operands[command&^0x20]
		if !known {
			return nil, fmt.Errorf("path: command %c is not known", command)
		}
		var values [6]float64
		for i := range n {
			var err error
			if values[i], rest, err = number(rest); err != nil {
				return nil, fmt.Errorf("path: %w", err)
			}
		}
		p.draw(command, values)
		if command|0x20 == 'm' { // further pairs are lines
			command--
		}
	}
}

// number takes a number off the beginning of a text.
func number(text string) (v float64, rest string, err error) {
	text = strings.TrimLeft(text, " ,")
	end, dot := 0, false
	for end < len(text) {
		c := text[end]
		if !(c >= '0' && c <= '9' || c == '-' && end == 0 || c == '.' && !dot) {
			break
		}
		dot = dot || c == '.'
		end++
	}
	v, err = strconv.ParseFloat(text[:end], 64)
	return v, text[end:], err
}

func (p *pen) draw(command byte, v [6]float64) {
	var from point // of relative coordinates
	if command >= 'a' {
		from = p.at
	}
	switch command &^ 0x20 {
	case 'M':
		p.at = point{from.x + v[0], from.y + v[1]}
		p.lines = append(p.lines, line{points: []point{p.at}})
	case 'L':
		p.to(point{from.x + v[0], from.y + v[1]})
	case 'H':
		p.to(point{from.x + v[0], p.at.y})
	case 'V':
		p.to(point{p.at.x, from.y + v[0]})
	case 'C':
		p.curve(point{from.x + v[0], from.y + v[1]}, point{from.x + v[2], from.y + v[3]}, point{from.x + v[4], from.y + v[5]})
	case 'Z':
		if n := len(p.lines); n > 0 {
			p.lines[n-1].closed = true
			p.at = p.lines[n-1].points[0]
		}
	}
}

func (p *pen) to(q point) {
	n := len(p.lines)
	if n == 0 || p.lines[n-1].closed {
		p.lines = append(p.lines, line{points: []point{p.at}})
		n = len(p.lines)
	}
	p.lines[n-1].points = append(p.lines[n-1].points, q)
	p.at = q
}

// curve draws a cubic curve.
func (p *pen) curve(b, c, d point) {
	a := p.at
	for i := 1; i <= curveSteps; i++ {
		t := float64(i) / curveSteps
		u := 1 - t
		p.to(point{u*u*u*a.x + 3*u*u*t*b.x + 3*u*t*t*c.x + t*t*t*d.x, u*u*u*a.y + 3*u*u*t*b.y + 3*u*t*t*c.y + t*t*t*d.y})
	}
}
