package find

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold takes case, accents and punctuation away, and puts one blank between
// words: "Côte d’Ivoire" and "COTE D'IVOIRE" become "cote d ivoire".
func Fold(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			gap = b.Len() > 0
			continue
		case gap:
			b.WriteByte(' ')
			gap = false
		}
		if plain, ok := plainLetters[unicode.ToLower(r)]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// plainLetters are letters whose mark is not a combining one.
var plainLetters = map[rune]string{'ı': "i", 'ł': "l", 'ø': "o", 'đ': "d", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ʼ': "", 'ـ': ""}

// smallWords bind the parts of a name, and change with its order.
var smallWords = []string{"the", "of", "on", "and", "la", "le", "les", "l", "de", "du", "des", "d", "et", "el", "los", "las", "del", "y"}

// bag returns the words of a folded name in one order, without those that only
// bind: "Korea (Republic of)" and "Republic of Korea" are one bag.
func bag(folded string) string {
	words := slices.DeleteFunc(strings.Fields(folded), func(w string) bool { return slices.Contains(smallWords, w) })
	for i, w := range words {
		if w == "st" || w == "ste" || w == "sainte" {
			words[i] = "saint"
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}
