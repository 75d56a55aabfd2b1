package feeds

import (
	"strings"
	"unicode"

	"depositary/projections/model"
)

// line makes one line of a text, of characters that can be shown.
func line(text string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r&0xFFFE == 0xFFFE:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}

// basis names an article as people read it.
func basis(article string) string {
	if article != "" && article[0] >= '0' && article[0] <= '9' {
		return "article " + article
	}
	return article
}

func sourceWords(p *model.Provenance) string {
	if p == nil || p.Source == "" {
		return ""
	}
	if p.Verification == "" {
		return p.Source
	}
	return p.Source + " (" + p.Verification + ")"
}
