package chart

import "depositary/api/pages/svg"

// Regions shows how many States of each regional group stand where.
type Regions struct {
	Common
	Regions []Region
	Legend  []LegendItem
}

// Region is one group.
type Region struct {
	Label  string
	Counts map[Status]int
}

func (r Region) total() int {
	sum := 0
	for _, s := range Statuses {
		sum += max(r.Counts[s], 0)
	}
	return sum
}

// SVG draws the picture.
func (p Regions) SVG() string {
	if len(p.Regions) == 0 {
		return p.nothing()
	}
	const row = 50.0
	legend := p.DrawLegend(nil, 0, p.Legend)
	if legend > 0 {
		legend += 8
	}
	d := p.Begin(legend+row*float64(len(p.Regions)), false)
	p.DrawLegend(d, 0, p.Legend)
	longest := 1
	for _, r := range p.Regions {
		longest = max(longest, r.total())
	}
	for i, r := range p.Regions {
		y := legend + row*float64(i)
		p.head(d, r, y+17)
		p.bar(d, r, y+24, p.width()/float64(longest))
	}
	return d.String()
}

// head writes the name, and the counts with their signs at the other side.
func (p Regions) head(d *svg.Doc, r Region, y float64) {
	x := p.width()
	for i := len(Statuses) - 1; i >= 0; i-- {
		s := Statuses[i]
		if r.Counts[s] <= 0 {
			continue
		}
		text := p.number(float64(r.Counts[s]))
		d.Text(x, y, svg.End, "chart-label", text)
		x -= svg.Width(text, textSize) + 9
		Glyph(d, s, x, y-4, 5)
		x -= 15
	}
	d.Text(0, y, svg.Start, "chart-strong", svg.Fit(r.Label, textSize*1.05, max(x-8, 0)))
}

func (p Regions) bar(d *svg.Doc, r Region, y, unit float64) {
	const thick, gap = 17.0, 1.5
	x := 0.0
	for _, s := range Statuses {
		w := unit * float64(max(r.Counts[s], 0))
		if w == 0 {
			continue
		}
		shown := max(w-gap, w/2)
		if s == None || s == Unknown { // its outline lies on its edge
			d.Rect(x+0.5, y+0.5, max(shown-1, 0), thick-1, s.Fill(), "")
		} else {
			d.Rect(x, y, shown, thick, s.Fill(), "")
		}
		x += w
	}
}
