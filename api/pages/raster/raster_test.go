package raster

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/pages/svg"
)

const css = `
.chart{display:block}
.chart-paper{fill:var(--chart-paper,#ffffff)}
.chart-title{fill:#000000;font-size:17px;font-weight:600}
.chart-muted{fill:#777777;font-size:11px}
.a{fill:var(--chart-a,#ff0000)}
.b{fill:none;stroke:#0000ff;stroke-width:4}
.c{fill:#00ff00;fill-opacity:0.5}
`

// draw paints a document of 100 × 80 units, and returns the colour of a point.
func paint(t *testing.T, scale float64, fn func(d *svg.Doc)) (image.Image, func(x, y float64) color.RGBA) {
	t.Helper()
	d := svg.New(svg.Frame{ID: "x", Title: "Title", Source: "Source", Standalone: true, CSS: css, Width: 100, Height: 80})
	fn(d)
	document := d.String()
	var b bytes.Buffer
	require.NoError(t, PNG(&b, document, scale), document)
	m, err := png.Decode(&b)
	require.NoError(t, err)
	root, err := parse(document)
	require.NoError(t, err)
	box, err := numbers(root.attrs["viewBox"], 4)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, int(box[2]*scale+0.5), int(box[3]*scale+0.5)), m.Bounds())
	return m, func(x, y float64) color.RGBA {
		return color.RGBAModel.Convert(m.At(int((x-box[0])*scale), int((y-box[1])*scale))).(color.RGBA)
	}
}

var (
	white = color.RGBA{255, 255, 255, 255}
	red   = color.RGBA{255, 0, 0, 255}
	blue  = color.RGBA{0, 0, 255, 255}
)

func TestShapes(t *testing.T) {
	for _, scale := range []float64{1, 2, 3.5} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			_, at := paint(t, scale, func(d *svg.Doc) {
				d.Rect(10, 10, 20, 20, "a", "")
				d.Circle(60, 20, 10, "a")
				d.Line(10, 50, 90, 50, "b")
				d.Path().M(10, 60).L(30, 60).L(30, 75).L(10, 75).Z().M(15, 65).L(15, 70).L(25, 70).L(25, 65).Z().Draw("a")
				d.Rect(60, 60, 20, 15, "c", "", "rx", 4)
			})
			require.Equal(t, white, at(5, 5))
			require.Equal(t, red, at(20, 20))
			require.Equal(t, white, at(32, 20))
			require.Equal(t, red, at(60, 20))
			require.Equal(t, white, at(51, 11), "outside of the circle, within its box")
			require.Equal(t, blue, at(50, 50))
			require.Equal(t, white, at(50, 53))
			require.Equal(t, red, at(12, 62))
			require.Equal(t, white, at(20, 67.5), "a hole that runs the other way round")
			half := at(70, 67)
			require.InDelta(t, 127, int(half.R), 2)
			require.EqualValues(t, 255, half.G)
		})
	}
}

func TestDashesAndPatterns(t *testing.T) {
	_, at := paint(t, 2, func(d *svg.Doc) {
		d.Line(0, 20, 100, 20, "b", "stroke-dasharray", "10 5")
		d.Open("defs")
		d.Open("pattern", "id", d.Ref("p"), "patternUnits", "userSpaceOnUse", "width", 10, "height", 10)
		d.Empty("rect", "class", "a", "width", 5, "height", 10)
		d.Close("pattern")
		d.Close("defs")
		d.Rect(20, 40, 40, 20, "", "", "fill", "url(#"+d.Ref("p")+")")
	})
	require.Equal(t, blue, at(5, 20))
	require.Equal(t, white, at(12, 20))
	require.Equal(t, blue, at(17, 20))
	require.Equal(t, red, at(22, 50))
	require.Equal(t, white, at(27, 50))
	require.Equal(t, red, at(32, 50))
	require.Equal(t, white, at(12, 50), "beside the shape")
}

// Text stands where its anchor says, and letters that the fonts lack are distinguished.
func TestText(t *testing.T) {
	ink := func(anchor svg.Anchor, text string) (left, right int) {
		m, _ := paint(t, 1, func(d *svg.Doc) { d.Text(50, 40, anchor, "chart-muted", text) })
		left, right = m.Bounds().Max.X, 0
		for y := 60; y < 90; y++ { // the line, below the heading
			for x := range m.Bounds().Max.X {
				if r, _, _, _ := m.At(x, y).RGBA(); r < 0xC000 {
					left, right = min(left, x), max(right, x)
				}
			}
		}
		return left, right
	}
	l1, r1 := ink(svg.Start, "Türkiye")
	l2, r2 := ink(svg.End, "Türkiye")
	l3, r3 := ink(svg.Middle, "Türkiye")
	require.Greater(t, r1, l1)
	require.InDelta(t, r1-l1, r2-l2, 2)
	require.InDelta(t, l1, r2, 4)
	require.InDelta(t, (l1+r2)/2, (l3+r3)/2, 3)

	regular, err := fontOf(initial)
	require.NoError(t, err)
	require.Equal(t, "Viet Nam, Côte d’Ivoire, Россия, ş ğ ı, 7 000", drawable(regular, "Viet Nam, Côte dʼIvoire, Россия, ş ğ ı, 7\u202f000"))
	require.Equal(t, "a ??", drawable(regular, "ạ 中文"), "without the accent that the font lacks")
	require.True(t, Has("русский"))
	require.False(t, Has("العربية"))
}

func TestRefuses(t *testing.T) {
	document := func(inside string) string {
		return `<svg viewBox="0 0 10 10"><style>` + css + `</style>` + inside + `</svg>`
	}
	for name, text := range map[string]string{
		"no document":     "",
		"no style sheet":  `<svg viewBox="0 0 10 10"></svg>`,
		"no box":          `<svg><style></style></svg>`,
		"too large":       `<svg viewBox="0 0 100000 100000"><style></style></svg>`,
		"an element":      document(`<ellipse class="a" rx="1"/>`),
		"a class":         document(`<rect class="nobody" width="1" height="1"/>`),
		"a pattern":       document(`<rect fill="url(#none)" width="1" height="1"/>`),
		"a colour":        document(`<rect fill="red" width="1" height="1"/>`),
		"a path":          document(`<path class="a" d="M0 0Q1 1 2 2"/>`),
		"half a path":     document(`<path class="a" d="M0"/>`),
		"a number":        document(`<path class="a" d="5 5"/>`),
		"an anchor":       document(`<text class="a" x="1" y="1" text-anchor="left">x</text>`),
		"half a document": `<svg viewBox="0 0 10 10"><style>`,
	} {
		require.Error(t, PNG(&bytes.Buffer{}, text, 1), name)
	}
	require.NoError(t, PNG(&bytes.Buffer{}, document(`<text class="a" x="1" y="1">`+strings.Repeat("&lt;b&gt;", 5000)+`</text>`), 1))
}

// What is read from anywhere ends in a picture or an error.
func FuzzPath(f *testing.F) {
	f.Add("M0 0L1 1Z")
	f.Add("m647.7 119.9l1.5 0 2.2 0.8-1-0.4z m1 1h3v4c1 1 2 2 3 3")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := path(text)
		for _, l := range lines {
			require.NotEmpty(t, l.points, err)
		}
	})
}
