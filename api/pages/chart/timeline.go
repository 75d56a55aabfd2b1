package chart

import (
	"depositary/api/pages/svg"
	"depositary/domain"
)

// Timeline shows one participant's acts and their effects, a lane for each treaty.
type Timeline struct {
	Common
	Lanes    []Lane
	Legend   []LegendItem
	From, To domain.Date // zero: as far as the lanes go
	AsOf     domain.Date // zero: no marker
	AsOfWord string
}

// Lane is one treaty.
type Lane struct {
	Label string
	Spans []Span
	Acts  []Act
}

// Span is a status from a day until another (zero: to the end of the picture).
type Span struct {
	From, Until domain.Date
	Status      Status
	Word        string // in words, with its days
}

// Act is one act on its day.
type Act struct {
	On     domain.Date
	Status Status // what it led to
	Word   string
}

const laneRow = 34.0

// SVG draws the picture.
func (p Timeline) SVG() string {
	from, to := p.span()
	if len(p.Lanes) == 0 || from.IsZero() {
		return p.nothing()
	}
	legend := p.DrawLegend(nil, 0, p.Legend)
	top := legend + 10
	if !p.AsOf.IsZero() && p.AsOfWord != "" {
		top += 14
	}
	bottom := top + laneRow*float64(len(p.Lanes)) + 4
	names := p.names()
	t := newTimes(from, to, names+12, p.width()-10)
	d := p.Begin(bottom+26, false)
	p.DrawLegend(d, 0, p.Legend)
	p.yearAxis(d, t, top, bottom)
	for i, lane := range p.Lanes {
		p.lane(d, lane, t, top+laneRow*(float64(i)+0.5), names)
	}
	p.marker(d, t, top, bottom)
	return d.String()
}

func (p Timeline) span() (from, to domain.Date) {
	s := span{from: p.From, to: p.To, begins: !p.From.IsZero(), ends: !p.To.IsZero()}
	for _, lane := range p.Lanes {
		for _, of := range lane.Spans {
			s.take(of.From)
			s.take(of.Until)
		}
		for _, a := range lane.Acts {
			s.take(a.On)
		}
	}
	if !s.from.IsZero() {
		s.take(p.AsOf)
	}
	return s.from, s.to
}

func (p Timeline) names() float64 {
	w := 0.0
	for _, lane := range p.Lanes {
		w = max(w, svg.Width(lane.Label, textSize))
	}
	return min(w, p.width()*0.36)
}

func (p Timeline) lane(d *svg.Doc, lane Lane, t times, y, names float64) {
	d.Text(names, y+4, svg.End, "chart-label", svg.Fit(lane.Label, textSize, names))
	d.Line(t.left, y, t.right, y, "chart-grid")
	for _, s := range lane.Spans {
		left, right := t.x(s.From), t.right
		if !s.Until.IsZero() {
			right = t.x(s.Until)
		}
		half := thickness(s.Status) / 2
		d.Rect(left, y-half, max(right-left, 1.5), 2*half, s.Status.Fill(), s.Word)
	}
	for _, a := range lane.Acts {
		p.act(d, a, t.x(a.On), y)
	}
}

// thickness tells the weight of a status: what binds is thick.
func thickness(s Status) float64 {
	switch s {
	case Party:
		return 14
	case Contracting:
		return 9
	case Signatory:
		return 4
	}
	return 2
}

func (p Timeline) act(d *svg.Doc, a Act, x, y float64) {
	d.Open("g")
	d.Title(a.Word)
	d.Circle(x, y, 7, "chart-paper")
	Glyph(d, a.Status, x, y, 5.5)
	d.Close("g")
}

func (p Timeline) marker(d *svg.Doc, t times, top, bottom float64) {
	if !t.within(p.AsOf) {
		return
	}
	x := t.x(p.AsOf)
	d.Line(x, top-4, x, bottom, "chart-rule")
	word := svg.Fit(p.AsOfWord, smallSize, p.width())
	w := svg.Width(word, smallSize)
	d.Text(min(max(x-w/2, 0), p.width()-w), top-8, svg.Start, "chart-muted", word)
}
