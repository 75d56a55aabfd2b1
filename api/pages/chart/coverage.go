package chart

import (
	"depositary/api/pages/svg"
	"depositary/domain"
)

// Coverage shows the share of the world's migrants who live in a State that is
// bound, over time.
type Coverage struct {
	Common
	Steps    []SharePoint // the share from each day on, days in order
	Editions []Edition
	AsOf     domain.Date // zero: the last step
	AsOfWord string      // written above the marker with the share, such as "as of 16 May 2006"
	Whole    bool        // axis to 100, whatever the data
}

// SharePoint is percent from a day on.
type SharePoint struct {
	On      domain.Date
	Percent float64
}

// Edition is the share by one edition of the stock, on its day.
type Edition struct {
	On      domain.Date
	Percent float64
	Label   string
}

// SVG draws the picture.
func (p Coverage) SVG() string {
	if len(p.Steps) == 0 {
		return p.nothing()
	}
	const top, plot, foot = 30.0, 220.0, 26.0
	bottom := top + plot
	scale := ticks(p.highest(), 5)
	y := func(v float64) float64 { return bottom - min(clean(v), scale[len(scale)-1])/scale[len(scale)-1]*plot }
	t := newTimes(p.first(), p.last(), p.gutter(scale), p.width()-10)

	d := p.Begin(bottom+foot, false)
	p.yearAxis(d, t, top, bottom)
	for _, v := range scale {
		d.Line(t.left, y(v), t.right, y(v), "chart-grid")
		d.Text(t.left-7, y(v)+4, svg.End, "chart-muted", p.percent(v))
	}
	p.area(d, t, y)
	p.editions(d, t, y, top)
	p.marker(d, t, y, top, bottom)
	return d.String()
}

func (p Coverage) highest() float64 {
	if p.Whole {
		return 100
	}
	high := 0.0
	for _, s := range p.Steps {
		high = max(high, clean(s.Percent))
	}
	for _, e := range p.Editions {
		high = max(high, clean(e.Percent))
	}
	return min(max(high*1.1, 1), 100)
}

func (p Coverage) first() domain.Date {
	first := p.Steps[0].On
	for _, e := range p.Editions {
		if e.On.Before(first) {
			first = e.On
		}
	}
	return first
}

func (p Coverage) last() domain.Date {
	last := p.Steps[len(p.Steps)-1].On
	if p.AsOf.After(last) {
		last = p.AsOf
	}
	for _, e := range p.Editions {
		if e.On.After(last) {
			last = e.On
		}
	}
	return last
}

func (p Coverage) gutter(scale []float64) float64 {
	w := 0.0
	for _, v := range scale {
		w = max(w, svg.Width(p.percent(v), smallSize))
	}
	return w + 8
}

// at returns the share on a day.
func (p Coverage) at(on domain.Date) float64 {
	share := 0.0
	for _, s := range p.Steps {
		if !s.On.After(on) {
			share = s.Percent
		}
	}
	return share
}

func (p Coverage) area(d *svg.Doc, t times, y func(float64) float64) {
	end := t.x(p.last())
	outline := func(path *svg.Path) *svg.Path {
		last := 0.0
		for i, s := range p.Steps {
			if i == 0 {
				path.M(t.x(s.On), y(0))
			} else {
				path.L(t.x(s.On), y(last))
			}
			last = s.Percent
			path.L(t.x(s.On), y(last))
		}
		return path.L(end, y(last))
	}
	outline(d.Path()).L(end, y(0)).Z().Draw("chart-party-area")
	outline(d.Path()).Draw("chart-party-line", "stroke-linejoin", "round")
}

// editions marks with diamonds; those whose labels would touch go without.
func (p Coverage) editions(d *svg.Doc, t times, y func(float64) float64, top float64) {
	free := 0.0
	for _, e := range p.Editions {
		x, at := t.x(e.On), y(e.Percent)
		d.Open("g")
		d.Title(e.Label + " · " + p.percent(e.Percent))
		d.Path().M(x, at-5).L(x+5, at).L(x, at+5).L(x-5, at).Z().Draw("chart-point")
		d.Close("g")
		w := svg.Width(e.Label, smallSize)
		left := min(max(x-w/2, t.left+2), t.right-w)
		if left < free || w > t.right-t.left {
			continue
		}
		free = left + w + 8
		d.Text(left, max(at-10, top+10), svg.Start, "chart-muted", e.Label)
	}
}

// marker shows the day asked for, its share above the plot.
func (p Coverage) marker(d *svg.Doc, t times, y func(float64) float64, top, bottom float64) {
	on := p.AsOf
	if on.IsZero() {
		on = p.Steps[len(p.Steps)-1].On
	}
	x, share := t.x(on), p.at(on)
	d.Line(x, top-6, x, bottom, "chart-rule")
	d.Circle(x, y(share), 4.5, "chart-point")
	value := p.percent(share)
	word := svg.Fit(p.AsOfWord, smallSize, p.width()-svg.Width(value, textSize)-8)
	w := svg.Width(value, textSize) + 6 + svg.Width(word, smallSize)
	left := min(max(x-w/2, 0), p.width()-w)
	d.Text(left, top-12, svg.Start, "chart-strong", value)
	d.Text(left+svg.Width(value, textSize)+6, top-12, svg.Start, "chart-muted", word)
}
