package domain

import (
	"fmt"
	"unicode"
)

// hidden finds a character that a name or a title cannot have, as it is not seen
// and changes what is: a control character, or one that turns the direction of
// what follows (Unicode, bidirectional controls).
func hidden(text string) (r rune, found bool) {
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF' || r == '\u2028' || r == '\u2029' {
			return r, true
		}
	}
	return 0, false
}

// checkHidden refuses a name or a title with a hidden character.
func checkHidden(field, text string) []Finding {
	r, found := hidden(text)
	if !found {
		return nil
	}
	return one(reject(CodeDefinitionInvalid, field, fmt.Sprintf("it has the hidden character %U", r)).accepting("characters that are seen, and blanks"))
}
