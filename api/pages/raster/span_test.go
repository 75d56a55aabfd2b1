package raster

import (
	"bytes"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/pages/svg"
)

// What outlines cover is kept by outline, stroke, place and size. A picture painted
// with what is kept is the same, byte for byte.
func TestKeptOutlines(t *testing.T) {
	const outline = "M10,10L60.5,12L50,70.25Z"
	draw := func(scale float64, class string, more ...any) []byte {
		d := svg.New(svg.Frame{ID: "x", Title: "Title", Standalone: true, CSS: css, Width: 100, Height: 80})
		d.Empty("path", append([]any{"class", class, "d", outline}, more...)...)
		var b bytes.Buffer
		require.NoError(t, PNG(&b, d.String(), scale))
		return b.Bytes()
	}
	all := func() (pictures [][]byte) {
		for _, scale := range []float64{1, 2, 3.5} {
			pictures = append(pictures, draw(scale, "a"), draw(scale, "b"), draw(scale, "b", "stroke-linejoin", "round"), draw(scale, "b", "stroke-dasharray", "4 2"), draw(scale, "c"))
		}
		return pictures
	}
	before := all()
	Keep([]string{outline})
	require.Equal(t, before, all(), "as they are computed")
	require.NotEmpty(t, kept.places)
	require.Equal(t, before, all(), "as they are kept")
	for range 3 * mostPlaces {
		draw(1+float64(len(kept.places))/7, "a")
	}
	require.LessOrEqual(t, len(kept.places), mostPlaces)
}

// A picture of more colours than a palette has loses no pixel: rare shades become
// the nearest of the frequent ones.
func TestPalette(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for i := range 800 { // 400 shades, the even ones twice as frequent
		shade := i / 2
		if shade%2 == 1 && i%2 == 1 {
			shade--
		}
		copy(m.Pix[4*i:], []uint8{uint8(shade), uint8(shade >> 8 * 200), 0, 255})
	}
	p := paletted(m)
	require.LessOrEqual(t, len(p.Palette), mostColours)
	for i := range 800 {
		r, g, _, a := p.At(i%40, i/40).RGBA()
		require.InDelta(t, int(m.Pix[4*i]), int(r>>8), 2)
		require.EqualValues(t, m.Pix[4*i+1], g>>8)
		require.EqualValues(t, 255, a>>8)
	}
	require.Equal(t, p, paletted(m), "the same each time")
}
