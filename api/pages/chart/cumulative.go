package chart

import (
	"depositary/api/pages/svg"
	"depositary/domain"
)

// Cumulative shows how signatures, consents and parties grew.
type Cumulative struct {
	Common
	Series []Series // Party, Contracting for consents, Signatory for signatures

	Threshold      int // consents that entry into force needs; 0: none
	ThresholdLabel string
	EntryIntoForce domain.Date // zero: not in force
	EntryLabel     string

	From, To domain.Date // zero: as far as the data go
}

// Series is one line: the number from each day on, days in order.
type Series struct {
	Label  string
	Status Status
	Counts []Count
}

// Count is a number from a day on.
type Count struct {
	On domain.Date
	N  int
}

// SVG draws the picture.
func (p Cumulative) SVG() string {
	from, to := p.span()
	if from.IsZero() {
		return p.nothing()
	}
	const top, plot, foot = 26.0, 260.0, 26.0
	bottom := top + plot
	scale := wholeTicks(p.highest(), 5)
	y := func(n float64) float64 { return bottom - n/scale[len(scale)-1]*plot }
	t := newTimes(from, to, p.gutter(scale), p.width()-p.endWidth())

	d := p.Begin(bottom+foot, false)
	p.yearAxis(d, t, top, bottom)
	for _, v := range scale {
		d.Line(t.left, y(v), t.right, y(v), "chart-grid")
		d.Text(t.left-7, y(v)+4, svg.End, "chart-muted", p.number(v))
	}
	p.threshold(d, t, y)
	p.entry(d, t, top, bottom)
	for i := len(p.Series) - 1; i >= 0; i-- { // the first on top
		p.line(d, p.Series[i], t, y)
	}
	p.ends(d, t, y, top, bottom)
	return d.String()
}

func (p Cumulative) span() (from, to domain.Date) {
	s := span{from: p.From, to: p.To, begins: !p.From.IsZero(), ends: !p.To.IsZero()}
	points := 0
	for _, series := range p.Series {
		for _, c := range series.Counts {
			s.take(c.On)
			points++
		}
	}
	if points == 0 {
		return domain.Date{}, domain.Date{}
	}
	s.take(p.EntryIntoForce)
	return s.from, s.to
}

func (p Cumulative) highest() float64 {
	high := p.Threshold
	for _, s := range p.Series {
		for _, c := range s.Counts {
			high = max(high, c.N)
		}
	}
	return float64(high)
}

// gutter is the room that the numbers of the axis need.
func (p Cumulative) gutter(scale []float64) float64 {
	w := 0.0
	for _, v := range scale {
		w = max(w, svg.Width(p.number(v), smallSize))
	}
	return w + 8
}

func (p Cumulative) endLabel(s Series) (number, name string) {
	last := 0
	if n := len(s.Counts); n > 0 {
		last = s.Counts[n-1].N
	}
	return p.number(float64(last)), s.Label
}

// endWidth is the room for the labels at the ends of the lines, a third of the
// picture at the most.
func (p Cumulative) endWidth() float64 {
	w := 0.0
	for _, s := range p.Series {
		number, name := p.endLabel(s)
		w = max(w, svg.Width(number+" "+name, textSize)+30)
	}
	return min(w, p.width()/3)
}

func (p Cumulative) threshold(d *svg.Doc, t times, y func(float64) float64) {
	if p.Threshold <= 0 {
		return
	}
	at := y(float64(p.Threshold))
	label := svg.Fit(p.ThresholdLabel, smallSize, (t.right-t.left)*0.6)
	d.Line(t.left, at, t.right, at, "chart-rule")
	d.Rect(t.left+2, at-17, svg.Width(label, smallSize)+4, 14, "chart-paper", "")
	d.Text(t.left+4, at-6, svg.Start, "chart-muted", label)
}

// entry marks the day of entry into force; its label stands above the plot.
func (p Cumulative) entry(d *svg.Doc, t times, top, bottom float64) {
	if !t.within(p.EntryIntoForce) {
		return
	}
	x := t.x(p.EntryIntoForce)
	d.Line(x, top-6, x, bottom, "chart-rule")
	label := svg.Fit(p.EntryLabel, smallSize, p.width())
	w := svg.Width(label, smallSize)
	d.Text(min(max(x-w/2, 0), p.width()-w), top-11, svg.Start, "chart-strong", label)
}

func (p Cumulative) line(d *svg.Doc, s Series, t times, y func(float64) float64) {
	if len(s.Counts) == 0 {
		return
	}
	path := d.Path()
	last := 0.0
	for i, c := range s.Counts {
		x := t.x(c.On)
		if i == 0 {
			path.M(x, y(0))
		} else {
			path.L(x, y(last))
		}
		last = clean(float64(c.N))
		path.L(x, y(last))
	}
	path.L(t.right, y(last))
	dash := []any{"stroke-linejoin", "round"}
	if s.Status == Signatory {
		dash = append(dash, "stroke-dasharray", "6 3")
	}
	path.Draw(s.Status.Stroke(), dash...)
}

// ends writes each line's last number and name at its end, one above the other
// where the lines end close together.
func (p Cumulative) ends(d *svg.Doc, t times, y func(float64) float64, top, bottom float64) {
	wanted := make([]float64, len(p.Series))
	for i, s := range p.Series {
		if n := len(s.Counts); n > 0 {
			wanted[i] = y(clean(float64(s.Counts[n-1].N)))
			continue
		}
		wanted[i] = bottom
	}
	at := svg.Spread(wanted, 17, top+4, bottom-4)
	for i, s := range p.Series {
		number, name := p.endLabel(s)
		if wanted[i] != at[i] {
			d.Path().M(t.right, wanted[i]).L(t.right+8, at[i]).Draw("chart-none-line")
		}
		Glyph(d, s.Status, t.right+14, at[i], 5)
		x := t.right + 23
		d.Text(x, at[i]+4, svg.Start, "chart-strong", number)
		x += svg.Width(number, textSize) + 6
		d.Text(x, at[i]+4, svg.Start, "chart-label", svg.Fit(name, textSize, p.width()-x))
	}
}
