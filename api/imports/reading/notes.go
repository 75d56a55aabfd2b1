package reading

import (
	"regexp"
	"strings"
)

var (
	reFootnote  = regexp.MustCompile(`(?is)<\s*(?:superscript|sup)\b[^<>]*>(.{0,200}?)<\s*/\s*(?:superscript|sup)\s*>`)
	reMarkup    = regexp.MustCompile(`(?s)<\s*/?\s*[A-Za-z][^<>]{0,200}>`)
	reBracketed = regexp.MustCompile(`^(.+?)\s*\[([^\[\]]{1,60})\]$`)
)

// Footnotes takes the marks of footnotes and other markup out of a cell, and
// returns the marks.
func Footnotes(text string) (plain string, marks []string) {
	for _, m := range reFootnote.FindAllStringSubmatch(text, -1) {
		if mark := Squeeze(reMarkup.ReplaceAllString(m[1], "")); mark != "" {
			marks = append(marks, mark)
		}
	}
	plain = reFootnote.ReplaceAllString(text, " ")
	plain = reMarkup.ReplaceAllString(plain, " ")
	return Squeeze(plain), marks
}

// FootnoteNote words the marks of footnotes as the note of an act.
func FootnoteNote(marks []string) string {
	switch len(marks) {
	case 0:
		return ""
	case 1:
		return "footnote " + marks[0] + " of the source"
	}
	return "footnotes " + strings.Join(marks, ", ") + " of the source"
}

// JoinNotes puts notes behind one another.
func JoinNotes(notes ...string) string {
	var some []string
	for _, note := range notes {
		if note != "" {
			some = append(some, note)
		}
	}
	return strings.Join(some, "; ")
}

// WithdrawnName reads the name of a participant in square brackets, by which
// tables of the United Nations mark that it has withdrawn.
func WithdrawnName(text string) (name string, withdrawn bool) {
	if len(text) > 2 && text[0] == '[' && text[len(text)-1] == ']' {
		return Squeeze(text[1 : len(text)-1]), true
	}
	return text, false
}

// BracketedNote takes a remark in square brackets off the end of a name:
// "Bahamas [1]".
func BracketedNote(text string) (name, remark string) {
	if m := reBracketed.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	return text, ""
}

// Exclusion says what of a treaty a consent excludes, as far as the note says
// it clearly.
type Exclusion struct {
	Parts   []string // such as Annex I
	Unclear bool     // the note speaks of an exclusion, and not clearly of what
}

const partsList = `((?:Annex(?:es)?|Parts?) (?:I{1,3}|IV|V)(?:(?:, | and |, and | & | to |-|–)(?:(?:Annex|Part) )?(?:I{1,3}|IV|V))*)`

var (
	reExcludedAfter  = regexp.MustCompile(`(?i:\b(?:has excluded the provisions of|excluding the provisions of|excluding|excludes|has excluded)) ` + partsList + `(?:$|[.;])`)
	reExcludedBefore = regexp.MustCompile(`(?:^|[;.] ?)(?i:the provisions of )?` + partsList + ` (?i:(?:is |are |was |were |has been |have been )?excluded)\b`)
	reSpeaksOf       = regexp.MustCompile(`(?i)\bexclu`)
	reNumeral        = regexp.MustCompile(`\b(?:I{1,3}|IV|V)\b`)
	reRange          = regexp.MustCompile(` to |-|–`)
)

var numerals = []string{"I", "II", "III", "IV", "V"}

// Exclusions reads "Annexes I, III excluded", "Has excluded the provisions of
// Annexes I to III" and "Excluding Part II".
func Exclusions(note string) Exclusion {
	note = Squeeze(note)
	var lists []string
	for _, re := range []*regexp.Regexp{reExcludedAfter, reExcludedBefore} {
		for _, m := range re.FindAllStringSubmatch(note, -1) {
			lists = append(lists, m[1])
		}
	}
	if len(lists) != 1 || len(reSpeaksOf.FindAllString(note, 2)) > 1 {
		return Exclusion{Unclear: reSpeaksOf.MatchString(note)}
	}
	parts, ok := partsOf(lists[0])
	return Exclusion{Parts: parts, Unclear: !ok}
}

// partsOf spells a list out: "Annexes I-III" is Annex I, Annex II, Annex III.
func partsOf(list string) (parts []string, ok bool) {
	kind := "Annex "
	if strings.HasPrefix(list, "Part") {
		kind = "Part "
	}
	if strings.Contains(list, "Annex") && strings.Contains(list, "Part") {
		return nil, false
	}
	named := reNumeral.FindAllString(list, -1)
	if reRange.MatchString(list) {
		if len(named) != 2 {
			return nil, false // "I to III and V" could be read in two ways
		}
		named = numeralsBetween(named[0], named[1])
	}
	for _, n := range named {
		parts = append(parts, kind+n)
	}
	return parts, len(parts) > 0
}

func numeralsBetween(from, to string) (between []string) {
	inside := false
	for _, n := range numerals {
		inside = inside || n == from
		if inside {
			between = append(between, n)
		}
		if n == to {
			return between
		}
	}
	return nil
}
