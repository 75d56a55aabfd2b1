package svg

import (
	"sort"
	"strings"
	"unicode"
)

// Width estimates how wide a line of text is at a font size. It errs on the wide
// side, since the reader's font is not known: what does not overlap by this measure
// does not overlap in the common sans-serif fonts.
func Width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += advance(r)
	}
	return sum * size
}

// StrongWidth estimates how wide a line of bold text is.
func StrongWidth(text string, size float64) float64 { return Width(text, size) * 1.12 }

func advance(r rune) float64 {
	switch {
	case strings.ContainsRune("iljI.,:;'|!’·", r):
		return 0.33
	case strings.ContainsRune("ft()[]r \u00a0\u202f-/", r):
		return 0.42
	case strings.ContainsRune("MWmw@%—…", r):
		return 0.98
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), r >= 0xFF00 && r < 0xFFE0, r >= 0x3000 && r < 0x3040:
		return 1
	case unicode.IsUpper(r):
		return 0.74
	case unicode.Is(unicode.Cyrillic, r):
		return 0.68
	}
	return 0.63
}

// Fit shortens a line to a width, with an ellipsis.
func Fit(text string, size, width float64) string {
	if Width(text, size) <= width {
		return text
	}
	sum := advance('…') * size
	for i, r := range text {
		if sum += advance(r) * size; sum > width {
			return strings.TrimRightFunc(text[:i], unicode.IsSpace) + "…"
		}
	}
	return text
}

// Wrap breaks text into lines of a width, three at the most; what is left over is
// shortened.
func Wrap(text string, size, width float64) []string {
	const most = 3
	var lines []string
	line := ""
	words := pieces(text)
	for i, word := range words {
		if line != "" && Width(line+word, size) > width {
			if len(lines) == most-1 {
				line += strings.Join(words[i:], "")
				break
			}
			lines = append(lines, strings.TrimSpace(line))
			line = ""
		}
		line += word
	}
	if line = strings.TrimSpace(line); line != "" {
		lines = append(lines, Fit(line, size, width))
	}
	for i := range lines {
		lines[i] = Fit(lines[i], size, width)
	}
	return lines
}

// pieces splits a text where a line may break: after a space, and after each Chinese character.
func pieces(text string) []string {
	var all []string
	from := 0
	for i, r := range text {
		end := i + len(string(r))
		if unicode.IsSpace(r) || unicode.Is(unicode.Han, r) {
			all = append(all, text[from:end])
			from = end
		}
	}
	return append(all, text[from:])
}

// Spread moves labels at wanted places apart to a distance, as little as is
// needed and in their order, within low and high. Where there is no room for
// that distance they share what room there is.
func Spread(wanted []float64, distance, low, high float64) []float64 {
	n := len(wanted)
	if n > 1 {
		distance = min(distance, (high-low)/float64(n-1))
	}
	order := ascending(wanted)
	at := make([]float64, n)
	last := low - distance
	for _, i := range order {
		last = max(wanted[i], last+distance)
		at[i] = last
	}
	last = high + distance
	for k := n - 1; k >= 0; k-- {
		i := order[k]
		last = min(at[i], last-distance)
		at[i] = last
	}
	return at
}

func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	return order
}
