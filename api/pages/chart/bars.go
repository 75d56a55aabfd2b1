package chart

import "depositary/api/pages/svg"

// Bars shows receiving countries by migrant stock, and where each stands.
type Bars struct {
	Common
	Bars   []Bar // in the order in which they are shown
	Legend []LegendItem
}

// Bar is one country.
type Bar struct {
	Label    string
	Value    float64
	Status   Status
	Word     string // the status in words
	Supposed bool   // as if it were bound
}

const (
	barRow   = 24.0
	barThick = 14.0
)

// SVG draws the picture.
func (p Bars) SVG() string {
	if len(p.Bars) == 0 {
		return p.nothing()
	}
	legend := p.DrawLegend(nil, 0, p.Legend)
	if legend > 0 {
		legend += 10
	}
	d := p.Begin(legend+barRow*float64(len(p.Bars))+2, false)
	Hatch(d)
	p.DrawLegend(d, 0, p.Legend)
	names, room := p.names(), p.room()
	highest := p.highest()
	left := names + 22
	d.Line(left, legend, left, legend+barRow*float64(len(p.Bars)), "chart-axis")
	for i, bar := range p.Bars {
		y := legend + barRow*float64(i)
		p.row(d, bar, y, names, left, clean(bar.Value)/highest*room)
	}
	return d.String()
}

func (p Bars) row(d *svg.Doc, bar Bar, y, names, left, length float64) {
	middle := y + barRow/2
	label := svg.Fit(bar.Label, textSize, names)
	value := p.number(bar.Value)
	title := bar.Label + " · " + value + " · " + bar.Word
	d.Text(names, middle+4, svg.End, "chart-label", label)
	Glyph(d, bar.Status, names+12, middle, 5.5)
	top := middle - barThick/2
	if bar.Supposed {
		hatched(d, left, top, length, barThick, title)
	} else {
		d.Rect(left, top, length, barThick, bar.Status.Fill(), title)
	}
	x := left + length + 7
	d.Text(x, middle+4, svg.Start, "chart-strong", value)
	x += svg.StrongWidth(value, textSize) + 8
	d.Text(x, middle+4, svg.Start, "chart-muted", svg.Fit(bar.Word, smallSize, p.width()-x))
}

// names is the width of the widest label, a third of the picture at the most.
func (p Bars) names() float64 {
	w := 0.0
	for _, bar := range p.Bars {
		w = max(w, svg.Width(bar.Label, textSize))
	}
	return min(w, p.width()/3)
}

// room is what the longest bar may take, so that what stands behind each bar has
// its place too.
func (p Bars) room() float64 {
	highest := p.highest()
	free := p.width() - p.names() - 22 - 7
	least := 40.0
	room := free
	for _, bar := range p.Bars {
		behind := svg.StrongWidth(p.number(bar.Value), textSize) + 8 + svg.Width(bar.Word, smallSize)
		if share := clean(bar.Value) / highest; share > 0 {
			room = min(room, (free-behind)/share)
		}
	}
	return max(room, least)
}

func (p Bars) highest() float64 {
	high := 0.0
	for _, bar := range p.Bars {
		high = max(high, clean(bar.Value))
	}
	if high == 0 {
		return 1
	}
	return high
}
