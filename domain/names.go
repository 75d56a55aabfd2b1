package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// This file answers which of several names is meant by a text that is none of
// them: "germny" is Germany, "ratify" is ratification.

// UnknownNameError says that no participant has a name.
type UnknownNameError struct{ Name string }

func (e *UnknownNameError) Error() string { return fmt.Sprintf("no participant is called %q", e.Name) }

// AmbiguousNameError says that several participants have a name.
type AmbiguousNameError struct {
	Name string
	Of   []ParticipantID
}

func (e *AmbiguousNameError) Error() string {
	return fmt.Sprintf("%q may be any of %v; name one by its id", e.Name, e.Of)
}

// Nearest returns the names that a mistyped or shortened text may mean, the
// nearest first, at most so many; none where nothing is near. Case matters:
// fold both sides first.
func Nearest(text string, names []string, most int) []string {
	type near struct {
		name     string
		distance float64
	}
	var found []near
	for _, name := range names {
		if d := distance([]rune(text), []rune(name)); d <= farthest {
			found = append(found, near{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(len(a.name), len(b.name)))
	})
	var nearest []string
	for _, n := range found {
		if len(nearest) < most && !slices.Contains(nearest, n.name) {
			nearest = append(nearest, n.name)
		}
	}
	return nearest
}

// NearTo reports whether a text may mean a word, and how far it is from it: less
// is nearer.
func NearTo(text, word string) (far float64, near bool) {
	far = distance([]rune(text), []rune(word))
	return far, far <= farthest
}

// farthest is the share of a text that may be wrong in what is still near.
const farthest = 0.34

// distance returns how far a text is from a name, as a share of the longer: 0
// is the same, 1 has nothing in common. A text that begins like the name or one
// of its words is nearer than one with as many differences elsewhere.
func distance(text, name []rune) float64 {
	if len(text) == 0 || len(name) == 0 {
		return 1
	}
	whole := differing(text, name)
	words := strings.Fields(string(name))
	for _, word := range words {
		if w := []rune(word); len(w) >= 4 && len(text) >= 3 {
			part := differing(text, w)
			if stem := commonStart(text, w); stem >= 4 && stem+2 >= len(text) {
				part = min(part, 0.2)
			}
			if len(words) > 1 {
				part += 0.05 // a whole name comes before a part of one
			}
			whole = min(whole, part)
		}
	}
	return whole
}

// differing returns the share of the longer of two texts that differs; of texts
// whose lengths alone put them beyond what is near, it is not counted out.
func differing(a, b []rune) float64 {
	longer := max(len(a), len(b))
	apart := float64(longer-min(len(a), len(b))) / float64(longer)
	if apart > farthest {
		return apart
	}
	return float64(edits(a, b)) / float64(longer)
}

func commonStart(a, b []rune) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// edits counts the letters to insert, to leave out, to replace or to swap with
// their neighbours that make one text of another (Damerau and Levenshtein).
func edits(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			replace := last[j]
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replace)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// otherWords are words for acts that look like none of them.
var otherWords = map[string]ActionKind{
	"denunciation": Withdrawal, "denounce": Withdrawal, "leave": Withdrawal, "exit": Withdrawal,
	"sign": Signature, "join": Accession, "accede": Accession, "succeed": SuccessionOfState,
	"object": Objection, "understanding": InterpretativeDecl, "declaration": InterpretativeDecl,
}

// nearestKinds returns the acts that a text may mean.
func nearestKinds(text string) (near []ActionKind) {
	if kind, ok := otherWords[text]; ok {
		return []ActionKind{kind}
	}
	var names []string
	for _, k := range ActionKinds() {
		names = append(names, string(k))
	}
	for _, name := range Nearest(text, names, 3) {
		near = append(near, ActionKind(name))
	}
	return near
}

// expectedKinds says in a message which act would be accepted instead of a text.
func expectedKinds(text string) string {
	if near := nearestKinds(strings.ToLower(text)); len(near) > 0 {
		return joinKinds(near) + " (or another of the " + strconv.Itoa(len(ActionKinds())) + " acts)"
	}
	return "one of " + joinKinds(ActionKinds())
}

// Bounds of a treaty's aliases.
const (
	mostAliases  = 20
	longestAlias = 200 // bytes
)

// checkAliases returns what is wrong with a treaty's aliases as such.
func checkAliases(aliases []string) (findings []Finding) {
	bad := func(field, message string) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, message).accepting("names of 1 to 200 bytes, each once, and no more than 20"))
	}
	if len(aliases) > mostAliases {
		bad("aliases", fmt.Sprintf("%d aliases", len(aliases)))
	}
	for i, alias := range aliases {
		field := fmt.Sprintf("aliases[%d]", i)
		switch {
		case strings.TrimSpace(alias) == "":
			bad(field, "an alias is not empty")
		case len(alias) > longestAlias:
			bad(field, fmt.Sprintf("an alias of %d bytes", len(alias)))
		case slices.ContainsFunc(aliases[:i], func(a string) bool { return foldSpelling(a) == foldSpelling(alias) }):
			bad(field, fmt.Sprintf("%q stands twice", alias))
		}
	}
	return findings
}

// aliasesTaken returns which names of a treaty are those of another already.
func (d *decider) aliasesTaken(t *Treaty) (findings []Finding) {
	names := map[string]string{foldSpelling(t.Short): "short", foldSpelling(string(t.ID)): "id"}
	for i, alias := range t.Aliases {
		names[foldSpelling(alias)] = fmt.Sprintf("aliases[%d]", i)
	}
	for _, other := range d.draft.Treaties(Everything()) {
		if other.ID == t.ID {
			continue
		}
		for _, name := range append([]string{other.Short, string(other.ID)}, other.Aliases...) {
			field, taken := names[foldSpelling(name)]
			isAlias := slices.Contains(other.Aliases, name) || strings.HasPrefix(field, "aliases") // the others are checked where short names are
			if taken && isAlias {
				findings = append(findings, reject(CodeNameTaken, field, fmt.Sprintf("%q is a name of %s already", name, other.ID)))
			}
		}
	}
	return findings
}
