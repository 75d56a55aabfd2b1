// Package atlas draws the world by status: a map in an equal-area projection, and
// a grid on which every State has one tile, whatever its size. Both are pure
// functions from values to SVG, in the manner of package chart.
//
// The outlines and the grid are built by build/ from Natural Earth (public domain)
// and committed.
package atlas

//go:generate sh -c "cd build && npm ci && npm run build"

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"depositary/api/pages/chart"
	"depositary/api/pages/svg"
	"depositary/domain"
)

// Source names where the outlines come from.
const Source = "Natural Earth (public domain), Equal Earth projection"

// Cell is what is shown of one participant.
type Cell struct {
	Class    chart.Status
	Title    string // name and status in words
	Href     string // a path, or an http address; anything else makes no link
	Supposed bool   // hatched: what if it were bound
	Partly   bool   // hatched too: not for all its territories, and the map has no shape for each
	Ring     bool   // stands out, such as a receiving country
}

// Options are what both pictures need. Width is not used.
type Options struct {
	chart.Common
	Legend []chart.LegendItem
}

type shape struct {
	ID domain.ParticipantID `json:"id"`
	D  string               `json:"d"`
	X  float64              `json:"x"` // where a label or a sign belongs
	Y  float64              `json:"y"`
	R  float64              `json:"r"` // of the circle, for a State too small to be seen
}

type worldMap struct {
	Width  float64  `json:"width"`
	Height float64  `json:"height"`
	Shapes []shape  `json:"shapes"`
	Land   []string `json:"land"` // of no participant in the catalogue
}

type tile struct {
	ID     domain.ParticipantID `json:"id"`
	Column int                  `json:"column"`
	Row    int                  `json:"row"`
}

type tileGrid struct {
	Columns int    `json:"columns"`
	Rows    int    `json:"rows"`
	Tiles   []tile `json:"tiles"`
}

//go:embed world.json
var worldJSON []byte

//go:embed tiles.json
var tilesJSON []byte

var (
	theWorld = sync.OnceValue(func() worldMap { return decode[worldMap](worldJSON) })
	theTiles = sync.OnceValue(func() tileGrid { return decode[tileGrid](tilesJSON) })
)

// decode reads a file of the build; one that cannot be read is a fault of the program.
func decode[T any](data []byte) T {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		panic("atlas: " + err.Error())
	}
	return v
}

// Outlines returns the outlines of the map, of which only the colours change from
// one picture to the next.
func Outlines() (all []string) {
	m := theWorld()
	for _, s := range m.Shapes {
		if s.D != "" {
			all = append(all, s.D)
		}
	}
	return append(all, m.Land...)
}

const legendGap = 14

func (o Options) begin(width, height float64) *svg.Doc {
	o.Width = width
	foot := o.DrawLegend(nil, 0, o.Legend)
	if foot > 0 {
		foot += legendGap
	}
	d := o.Begin(height+foot, true)
	chart.Hatch(d)
	chart.Dots(d)
	chart.Strokes(d)
	o.DrawLegend(d, height+legendGap, o.Legend)
	return d
}

// linked draws a shape inside its link, or, where there is none, in a group; both
// have the title.
func linked(d *svg.Doc, c Cell, draw func()) {
	name := "g"
	if allowed(c.Href) {
		name = "a"
		d.Open(name, "class", "chart-link", "href", c.Href)
	} else {
		d.Open(name)
	}
	if c.Title != "" {
		d.Title(c.Title)
	}
	draw()
	d.Close(name)
}

// allowed keeps out addresses that a browser would run.
func allowed(href string) bool {
	for _, start := range []string{"/", "#", "?", "http://", "https://"} {
		if strings.HasPrefix(href, start) {
			return true
		}
	}
	return false
}
