package chart

import (
	"regexp"
)

// Colour is one colour of the pictures, in light and in dark.
type Colour struct {
	Property    string // the custom property, without its two hyphens
	Light, Dark string
}

// Palette is every colour in use. Graphics keep 3:1 and text 4.5:1 against the
// paper, or against what they stand on; statuses differ in lightness and in blue
// against yellow, which colour-blind readers tell apart, and never by colour
// alone. A fill that is fainter than that (chart-none) has an outline that is not.
var Palette = []Colour{
	{"chart-paper", "#fbfaf6", "#12161c"},
	{"chart-ink", "#1d2733", "#e9e6df"},
	{"chart-muted", "#5a626d", "#a9b0b8"},
	{"chart-axis", "#877f72", "#7f8791"},
	{"chart-grid", "#e2ddd2", "#2a3139"},
	{"chart-party", "#1f3f66", "#a3c8f2"},
	{"chart-on-party", "#ffffff", "#12161c"},
	{"chart-contracting", "#3f76ab", "#5d92cb"},
	{"chart-on-contracting", "#ffffff", "#0b0f14"},
	{"chart-signatory", "#a0690f", "#e2ad52"},
	{"chart-on-signatory", "#ffffff", "#12161c"},
	{"chart-none", "#e8e3d9", "#2a3038"},
	{"chart-on-none", "#3a424d", "#d5d3cd"},
	{"chart-none-line", "#877f72", "#7f8791"},
	{"chart-withdrawn", "#9c3848", "#e58a94"},
	{"chart-on-withdrawn", "#ffffff", "#12161c"},
	{"chart-land", "#efebe3", "#1e242b"},
	{"chart-focus", "#b3261e", "#ffb4a9"},
}

// rules is the style sheet; $name stands for a colour of the palette.
const rules = `
.chart{display:block;max-width:100%;height:auto;font-family:"Noto Sans","Source Sans 3",system-ui,sans-serif;font-size:12px}
.chart-paper{fill:$paper}
.chart-title{fill:$ink;font-size:17px;font-weight:600}
.chart-label{fill:$ink;font-size:12px}
.chart-strong{fill:$ink;font-size:12px;font-weight:600}
.chart-muted{fill:$muted;font-size:11px}
.chart-grid{stroke:$grid;stroke-width:1}
.chart-axis{stroke:$axis;stroke-width:1}
.chart-rule{stroke:$ink;stroke-width:1;stroke-dasharray:4 3}
.chart-dot{fill:$ink}
.chart-gap{fill:none;stroke:$paper;stroke-width:1.5}
.chart-track{fill:$grid}
.chart-party{fill:$party}
.chart-contracting{fill:$contracting}
.chart-signatory{fill:$signatory}
.chart-none{fill:$none;stroke:$none-line;stroke-width:1}
.chart-withdrawn{fill:$withdrawn}
.chart-unknown{fill:$paper;stroke:$none-line;stroke-width:1}
.chart-party-area{fill:$party;fill-opacity:0.16}
.chart-party-line{fill:none;stroke:$party;stroke-width:2.5}
.chart-contracting-line{fill:none;stroke:$contracting;stroke-width:2}
.chart-signatory-line{fill:none;stroke:$signatory;stroke-width:2}
.chart-none-line{fill:none;stroke:$none-line;stroke-width:1.5}
.chart-withdrawn-line{fill:none;stroke:$withdrawn;stroke-width:2}
.chart-unknown-line{fill:none;stroke:$none-line;stroke-width:1.5}
.chart-on-party{fill:$on-party}
.chart-on-contracting{fill:$on-contracting}
.chart-on-signatory{fill:$on-signatory}
.chart-on-none{fill:$on-none}
.chart-on-withdrawn{fill:$on-withdrawn}
.chart-on-unknown{fill:$ink}
.chart-on-party-line{fill:none;stroke:$on-party;stroke-width:1.6}
.chart-on-contracting-line{fill:none;stroke:$on-contracting;stroke-width:1.6}
.chart-on-signatory-line{fill:none;stroke:$on-signatory;stroke-width:1.6}
.chart-on-none-line{fill:none;stroke:$on-none;stroke-width:1.6}
.chart-on-withdrawn-line{fill:none;stroke:$on-withdrawn;stroke-width:1.6}
.chart-on-unknown-line{fill:none;stroke:$ink;stroke-width:1.6}
.chart-point{fill:$party;stroke:$paper;stroke-width:1.5}
.chart-hatched{stroke:none}
.chart-hatch{stroke:$party;stroke-width:1.6;fill:none}
.chart-supposed{fill:none;stroke:$party;stroke-width:1.5;stroke-dasharray:3 2}
.chart-supposed-shape{stroke:$party;stroke-width:1;stroke-dasharray:3 2}
.chart-unfilled{fill:$none}
.chart-land{fill:$land;stroke:$none-line;stroke-width:0.4}
.chart-border{stroke:$paper;stroke-width:0.6}
.chart-hair{stroke-width:0.5}
.chart-frame{fill:none;stroke:$none-line;stroke-width:1}
.chart-ring{fill:none;stroke:$ink;stroke-width:1.6}
.chart-code{font-size:12px;font-weight:600}
.chart-link{cursor:pointer}
.chart-link:focus{outline:none}
.chart-link:focus-visible .chart-focus,.chart-link:hover .chart-focus{stroke:$focus;stroke-width:2.5;stroke-dasharray:none}
`

var token = regexp.MustCompile(`\$[a-z-]+`)

// CSS is the style sheet of all pictures: one class each, colours by custom
// properties with their light values to fall back on. The page includes it once
// and declares the colours of Palette; the standalone form carries it inside.
func CSS() string {
	return token.ReplaceAllStringFunc(rules, func(name string) string {
		property := "chart-" + name[1:]
		return "var(--" + property + "," + light(property) + ")"
	})
}

func light(property string) string {
	for _, c := range Palette {
		if c.Property == property {
			return c.Light
		}
	}
	panic("chart: no colour " + property)
}
