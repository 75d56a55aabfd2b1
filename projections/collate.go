package projections

import (
	"cmp"
	"strings"
)

// compareNames orders names as an English list has them: without regard to
// case and diacritics of the letters that names of participants bear.
func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(plainLetters(a), plainLetters(b)), cmp.Compare(a, b))
}

var withoutDiacritics = strings.NewReplacer("ô", "o", "Ô", "o", "ü", "u", "Ü", "u", "é", "e", "É", "e", "ã", "a", "ç", "c", "í", "i", "á", "a", "ñ", "n")

func plainLetters(name string) string { return strings.ToLower(withoutDiacritics.Replace(name)) }
