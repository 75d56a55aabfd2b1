package svg

import "strings"

// Anchor says which end of a text stands at the point given. It follows the
// direction of the text: where the document is mirrored, Start is on the right.
type Anchor string

const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// X returns the place of x on the paper.
func (d *Doc) X(x float64) float64 {
	if d.f.RTL {
		return d.f.Width - x
	}
	return x
}

// Rect draws a rectangle, with a title if there is one.
func (d *Doc) Rect(x, y, w, h float64, class, title string, more ...any) {
	left := d.X(x)
	if d.f.RTL {
		left -= w
	}
	d.Titled(title, "rect", append([]any{"class", class, "x", left, "y", y, "width", w, "height", h}, more...)...)
}

// Line draws a line.
func (d *Doc) Line(x1, y1, x2, y2 float64, class string, more ...any) {
	d.Empty("line", append([]any{"class", class, "x1", d.X(x1), "y1", y1, "x2", d.X(x2), "y2", y2}, more...)...)
}

// Circle draws a circle.
func (d *Doc) Circle(x, y, r float64, class string, more ...any) {
	d.Empty("circle", append([]any{"class", class, "cx", d.X(x), "cy", y, "r", r}, more...)...)
}

// Text writes one line with its baseline at y.
func (d *Doc) Text(x, y float64, anchor Anchor, class, text string) {
	attrs := []any{"class", class, "x", d.X(x), "y", y}
	if anchor != Start {
		attrs = append(attrs, "text-anchor", string(anchor))
	}
	d.element("text", text, attrs...)
}

// Path is an outline that is being drawn.
type Path struct {
	d *Doc
	b strings.Builder
}

// Path begins an outline.
func (d *Doc) Path() *Path { return &Path{d: d} }

func (p *Path) put(command string, points ...float64) *Path {
	p.b.WriteString(command)
	for i, v := range points {
		if i%2 == 0 {
			v = p.d.X(v)
		}
		if i > 0 {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(Num(v))
	}
	return p
}

// M moves.
func (p *Path) M(x, y float64) *Path { return p.put("M", x, y) }

// L draws a straight line.
func (p *Path) L(x, y float64) *Path { return p.put("L", x, y) }

// C draws a cubic curve.
func (p *Path) C(x1, y1, x2, y2, x, y float64) *Path { return p.put("C", x1, y1, x2, y2, x, y) }

// Z closes the outline.
func (p *Path) Z() *Path { p.b.WriteByte('Z'); return p }

// Draw writes the outline.
func (p *Path) Draw(class string, more ...any) {
	p.d.Empty("path", append([]any{"class", class, "d", p.b.String()}, more...)...)
}
