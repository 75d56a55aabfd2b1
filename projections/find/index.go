package find

import (
	"slices"

	"depositary/domain"
)

// index has the names of things, folded.
type index struct {
	heads   map[string]string   // id → the name that a suggestion shows
	entries []entry             // in the order in which they were added
	folded  map[string][]int    // folded name → entries
	bags    map[string][]int    // words of a name in one order → entries
	texts   []string            // folded names, each once, for suggestions
	owners  map[string][]string // folded name → ids
}

type entry struct {
	id string
	domain.Interval
}

func newIndex() *index {
	return &index{heads: map[string]string{}, folded: map[string][]int{}, bags: map[string][]int{}, owners: map[string][]string{}}
}

func (x *index) head(id, name string) { x.heads[id] = name }

func (x *index) add(id, name string, when domain.Interval) {
	folded := Fold(name)
	if folded == "" {
		return
	}
	n := len(x.entries)
	x.entries = append(x.entries, entry{id, when})
	x.folded[folded] = append(x.folded[folded], n)
	if words := bag(folded); words != "" {
		x.bags[words] = append(x.bags[words], n)
	}
	if x.owners[folded] == nil {
		x.texts = append(x.texts, folded)
	}
	if !slices.Contains(x.owners[folded], id) {
		x.owners[folded] = append(x.owners[folded], id)
	}
}

// called returns whose name the text is: of several those whose name it is on
// the day, if there are any. A name in its own order comes before one whose
// words stand in another.
func (x *index) called(text string, day domain.Date) []string {
	folded := Fold(text)
	for _, entries := range [][]int{x.folded[folded], x.bags[bag(folded)]} {
		if len(entries) > 0 {
			return x.onDay(entries, day)
		}
	}
	return nil
}

func (x *index) onDay(entries []int, day domain.Date) []string {
	var all, then []string
	for _, n := range entries {
		e := x.entries[n]
		if !slices.Contains(all, e.id) {
			all = append(all, e.id)
		}
		if e.Contains(day) && !slices.Contains(then, e.id) {
			then = append(then, e.id)
		}
	}
	if len(all) > 1 && len(then) > 0 {
		return then
	}
	return all
}

// near returns the things with the nearest names, each once.
func (x *index) near(text string) (near []Near) {
	for _, name := range domain.Nearest(Fold(text), x.texts, 3*mostNear) {
		for _, id := range x.owners[name] {
			known := slices.ContainsFunc(near, func(n Near) bool { return n.ID == id })
			if len(near) < mostNear && !known {
				near = append(near, Near{id, x.heads[id]})
			}
		}
	}
	return near
}
