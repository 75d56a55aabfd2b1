// Package chart draws the pictures of a treaty's standing: pure functions from
// data to SVG. It knows neither HTTP nor a language: labels come translated, and
// numbers and dates are written by functions of the caller.
//
// Each picture is a struct with a method SVG, which returns the same text for the
// same values. In a page it takes its colours from the page's style sheet (CSS,
// Palette); standalone it carries its style sheet, a ground, the title as its
// heading and the source at its foot. Every picture says what it shows in words,
// and no status is shown by colour alone.
package chart

import (
	"math"
	"strconv"
	"time"

	"depositary/api/pages/svg"
	"depositary/domain"
)

// Common is what every picture needs.
type Common struct {
	ID     string // prefix of ids; unique in the page
	Title  string // what the picture is of
	Desc   string // what it shows, in words and figures
	Source string // standalone: the line at the foot
	Empty  string // what to say where there is nothing to show

	Lang       string
	RTL        bool
	Standalone bool
	Width      float64 // in pixels at 1:1; 760 where it is 0, at least 320

	Number  func(float64) string // a count or a stock
	Percent func(float64) string // of 100
	Year    func(int) string
}

// LegendItem explains a sign.
type LegendItem struct {
	Status   Status
	Supposed bool // hatched: what if
	Label    string
}

const (
	textSize  = 12.0
	smallSize = 11.0
)

func (c Common) width() float64 {
	if c.Width == 0 {
		return 760
	}
	return min(max(c.Width, 320), 4000)
}

// Begin begins a document of a height; links says that it has links inside.
func (c Common) Begin(height float64, links bool) *svg.Doc {
	return svg.New(svg.Frame{
		ID: c.ID, Title: c.Title, Desc: c.Desc, Source: c.Source, Lang: c.Lang, RTL: c.RTL,
		Standalone: c.Standalone, Links: links, CSS: CSS(), Width: c.width(), Height: height,
	})
}

// nothing is the picture where there is no data.
func (c Common) nothing() string {
	d := c.Begin(60, false)
	d.Line(0, 59, c.width(), 59, "chart-grid")
	d.Text(c.width()/2, 34, svg.Middle, "chart-muted", svg.Fit(c.Empty, smallSize, c.width()))
	return d.String()
}

func (c Common) number(v float64) string {
	if c.Number != nil {
		return c.Number(v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (c Common) percent(v float64) string {
	if c.Percent != nil {
		return c.Percent(v)
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) + " %"
}

func (c Common) year(y int) string {
	if c.Year != nil {
		return c.Year(y)
	}
	return strconv.Itoa(y)
}

// day counts days, so that time can be measured.
func day(d domain.Date) float64 {
	return float64(time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// clean makes a quantity fit to draw: a number, and none below zero.
func clean(v float64) float64 {
	if math.IsNaN(v) || v < 0 {
		return 0
	}
	return min(v, 1e15)
}
