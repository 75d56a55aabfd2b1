package svg

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// What runs from right to left is the mirror of what runs from left to right.
func TestMirror(t *testing.T) {
	draw := func(rtl bool) string {
		d := New(Frame{ID: "x", RTL: rtl, Width: 100, Height: 10})
		d.Rect(10, 0, 30, 5, "a", "")
		d.Line(0, 0, 25, 0, "b")
		d.Text(5, 5, End, "c", "word")
		return d.String()
	}
	require.Contains(t, draw(false), `x="10" y="0" width="30"`)
	require.Contains(t, draw(true), `x="60" y="0" width="30"`)
	require.Contains(t, draw(true), `x1="100" y1="0" x2="75"`)
	require.Contains(t, draw(true), `x="95" y="5" text-anchor="end"`)
	require.Contains(t, draw(true), `direction="rtl"`)
}

func TestNum(t *testing.T) {
	for v, want := range map[float64]string{1: "1", 1.005: "1", 2.345: "2.35", -0.001: "0", 1e6: "1000000", math.Inf(1): "0"} {
		require.Equal(t, want, Num(v))
	}
	require.Equal(t, "0", Num(math.NaN()))
}

// What is fitted fits, is the text or its beginning, and stays whole letters.
func FuzzFit(f *testing.F) {
	f.Add("United Kingdom of Great Britain and Northern Ireland", 12.0, 120.0)
	f.Add("中华人民共和国", 12.0, 30.0)
	f.Add("\xff\xfe", 5.0, 1.0)
	f.Fuzz(func(t *testing.T, text string, size, width float64) {
		if !(size > 0 && size < 1000 && width >= size && width < 1e6) {
			return
		}
		fitted := Fit(text, size, width)
		require.LessOrEqual(t, Width(fitted, size), width*1.0001)
		if start, cut := strings.CutSuffix(fitted, "…"); cut && fitted != text {
			require.True(t, strings.HasPrefix(text, start))
		}
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(fitted))
		}
		require.LessOrEqual(t, len(Wrap(text, size, width)), 3)
	})
}

// Whatever text, the document is XML, and says the text where XML can.
func FuzzEscape(f *testing.F) {
	f.Add(`</text><script>alert("1")</script>&amp;'`)
	f.Add("\x00\x01\ufffe\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		d := New(Frame{ID: "x", Title: text, Desc: text, Width: 10, Height: 10})
		d.Text(0, 0, Start, text, text)
		var document struct {
			Text struct {
				Class string `xml:"class,attr"`
				Says  string `xml:",chardata"`
			} `xml:"text"`
			Scripts []struct{} `xml:"script"`
		}
		require.NoError(t, xml.Unmarshal([]byte(d.String()), &document))
		require.Empty(t, document.Scripts)
		if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError }) {
			require.Equal(t, text, document.Text.Says)
		}
	})
}

// Labels that would lie on one another move apart, as little as is needed, and
// keep their order; where there is no room they share it.
func TestSpread(t *testing.T) {
	require.Equal(t, []float64{10, 50}, Spread([]float64{10, 50}, 12, 0, 100), "far enough apart")
	moved := Spread([]float64{50, 52, 51}, 12, 0, 100)
	require.GreaterOrEqual(t, moved[2]-moved[0], 12.0)
	require.GreaterOrEqual(t, moved[1]-moved[2], 12.0)
	for _, y := range Spread([]float64{5, 5, 5, 5}, 40, 0, 60) {
		require.GreaterOrEqual(t, y, 0.0)
		require.LessOrEqual(t, y, 60.0)
	}
	require.Empty(t, Spread(nil, 12, 0, 100))
}

// A picture that stands alone has its title as heading, its source at its foot
// and its style sheet inside; within a page it has none of them.
func TestStandalone(t *testing.T) {
	f := Frame{ID: "m", Title: "Parties to the ICMW", Desc: "60 parties", Source: "United Nations", CSS: ".a{fill:#fff}", Width: 300, Height: 100, Lang: "en"}
	page := New(f).String()
	require.NotContains(t, page, "<style>")
	require.NotContains(t, page, "United Nations")
	f.Standalone = true
	alone := New(f).String()
	for _, part := range []string{"<style>.a{fill:#fff}</style>", `class="chart-title"`, ">Parties to the ICMW</text>", ">United Nations</text>", `role="img"`} {
		require.Contains(t, alone, part)
	}
	f.Links = true
	require.Contains(t, New(f).String(), `role="group"`, "links inside a picture stay reachable")
}

// Outlines and shapes are mirrored like everything else, and a shape may state in
// words what it is.
func TestShapes(t *testing.T) {
	d := New(Frame{ID: "m", RTL: true, Width: 100, Height: 10})
	d.Path().M(0, 1).L(10, 2).C(1, 1, 2, 2, 3, 3).Z().Draw("a")
	d.Circle(10, 5, 2, "b")
	d.Titled("Mali: party", "rect", "x", 1)
	d.Open("g")
	d.Title("a group")
	d.Close("g")
	text := d.String()
	for _, part := range []string{`d="M100 1L90 2C99 1 98 2 97 3Z"`, `cx="90" cy="5" r="2"`, "<title>Mali: party</title>", "<g><title>a group</title></g>"} {
		require.Contains(t, text, part)
	}
	require.Equal(t, "m-clip", d.Ref("clip"))
	require.Greater(t, StrongWidth("word", 12), Width("word", 12))
}
