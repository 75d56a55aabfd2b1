// Package wording holds how views write and order names and amounts. It knows
// nothing of the law: texts and numbers go in, texts come out.
package wording

import (
	"cmp"
	"strings"
)

// CompareNames orders names as an English list has them: without regard to
// case and diacritics of the letters that names of participants have.
func CompareNames(a, b string) int {
	return cmp.Or(cmp.Compare(plainLetters(a), plainLetters(b)), cmp.Compare(a, b))
}

var withoutDiacritics = strings.NewReplacer("ô", "o", "Ô", "o", "ü", "u", "Ü", "u", "é", "e", "É", "e", "ã", "a", "ç", "c", "í", "i", "á", "a", "ñ", "n")

func plainLetters(name string) string { return strings.ToLower(withoutDiacritics.Replace(name)) }
