package find

import (
	"slices"
	"strings"
	"sync"

	"depositary/domain"
)

// Words splits what somebody looks for into folded words.
func Words(text string) []string { return strings.Fields(Fold(text)) }

// Rank returns how well a name fits words that somebody looks for, the best
// least: it has each of them as a word, words that begin so, or has them
// somewhere; of equal ones the name with fewest other words. It returns false
// where one of them is missing. With near, a word that is nearly so fits too. The
// name is one that a definition or a language has: what it becomes is kept.
func Rank(name string, words []string, near bool) (rank int, fits bool) {
	n := foldedName(name)
	text, own := n.text, n.words
	for _, word := range words {
		r, ok := rankOf(text, own, word, near)
		if !ok {
			return 0, false
		}
		rank = max(rank, r)
	}
	return 10*rank + min(max(len(own)-len(words), 0), 9), len(words) > 0
}

// folded is a name ready to be compared.
type folded struct {
	text  string
	words []string
}

var foldedNames sync.Map // name → folded; there are as many as definitions and languages have

func foldedName(name string) folded {
	if f, ok := foldedNames.Load(name); ok {
		return f.(folded)
	}
	text := Fold(name)
	f := folded{text, strings.Fields(text)}
	foldedNames.Store(name, f)
	return f
}

const notNear = 3 // from here on

// rankOf returns 0 for a word of the name, 1 for the beginning of one, 2 for what
// occurs in it, and more for what is nearly a word of it.
func rankOf(text string, own []string, word string, near bool) (rank int, fits bool) {
	switch {
	case slices.Contains(own, word):
		return 0, true
	case slices.ContainsFunc(own, func(w string) bool { return strings.HasPrefix(w, word) }):
		return 1, true
	case strings.Contains(text, word):
		return 2, true
	case !near || len([]rune(word)) < 4:
		return 0, false
	}
	for _, w := range own {
		if far, isNear := domain.NearTo(word, w); isNear && (!fits || notNear+int(100*far) < rank) {
			rank, fits = notNear+int(100*far), true
		}
	}
	return rank, fits
}

// ParticipantNames lists the texts under which a participant is found: its last
// name first, then former ones, other spellings, codes, and its names in the
// other languages.
func ParticipantNames(p *domain.Participant) []string {
	all := []string{p.CurrentName()}
	for _, n := range p.Names {
		all = append(all, n.Name)
	}
	all = append(append(all, p.Aliases...), string(p.ID))
	for _, c := range p.Codes {
		all = append(all, c.Code)
	}
	return append(all, inLanguages(p.ID)...)
}
