package main

import (
	"fmt"
	"strings"
	"unicode"
)

// seen writes characters that are not seen as their code points: texts in the
// ledger are everybody's, and a terminal obeys some of them. Lines and tabs stay.
func seen(text []byte) []byte {
	obeyed := func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
	}
	if !strings.ContainsFunc(string(text), obeyed) {
		return text
	}
	var b strings.Builder
	for _, r := range string(text) {
		if obeyed(r) {
			fmt.Fprintf(&b, "<%U>", r)
		} else {
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}
