package raster

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// A drawing has few colours, and between two of them the shades of soft edges. As a
// picture with a palette it is a quarter as large, and written in a fraction of the
// time. Where there are more than a palette takes, a rare shade becomes the nearest
// of the frequent ones.

const mostColours = 256

type rgba [4]uint8

// paletted returns a picture with the 256 most frequent of its colours.
func paletted(m *image.RGBA) *image.Paletted {
	index, palette := indexOf(count(m))
	out := image.NewPaletted(m.Rect, palette)
	var last rgba
	var at uint8
	for i, first := 0, true; i < len(out.Pix); i++ {
		if c := rgba(m.Pix[4*i : 4*i+4]); first || c != last {
			last, at, first = c, index[c], false
		}
		out.Pix[i] = at
	}
	return out
}

// count counts the pixels of each colour.
func count(m *image.RGBA) map[rgba]int {
	counts := make(map[rgba]int)
	run, last := 0, rgba{}
	for i := 0; i < len(m.Pix); i += 4 {
		if c := rgba(m.Pix[i : i+4]); c != last {
			counts[last] += run
			last, run = c, 0
		}
		run++
	}
	counts[last] += run
	return counts
}

// indexOf chooses a palette, and returns the place of every colour in it.
func indexOf(counts map[rgba]int) (map[rgba]uint8, color.Palette) {
	all := make([]rgba, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	// The bytes of a picture are the same each time: colours of one frequency by value.
	slices.SortFunc(all, func(a, b rgba) int { return cmp.Or(counts[b]-counts[a], slices.Compare(a[:], b[:])) })
	chosen := all[:min(len(all), mostColours)]
	palette, index := make(color.Palette, len(chosen)), make(map[rgba]uint8, len(all))
	for i, c := range chosen {
		palette[i], index[c] = color.RGBA{c[0], c[1], c[2], c[3]}, uint8(i)
	}
	for _, c := range all[len(chosen):] {
		index[c] = nearest(chosen, c)
	}
	return index, palette
}

func nearest(chosen []rgba, to rgba) (best uint8) {
	least := 1 << 30
	for i, c := range chosen {
		distance := 0
		for j := range c {
			d := int(c[j]) - int(to[j])
			distance += d * d
		}
		if distance < least {
			best, least = uint8(i), distance
		}
	}
	return best
}
