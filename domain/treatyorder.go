package domain

import (
	"cmp"
	"strconv"
	"strings"
)

// CompareTreatyIDs orders treaties as lawyers list them: by chapter (Roman
// numbers by their value) and number, then by letter; ids of other
// depositaries follow in their own order.
func CompareTreatyIDs(a, b TreatyID) int {
	x, y := treatySortKey(a), treatySortKey(b)
	for i := range min(len(x), len(y)) {
		if c := cmp.Or(cmp.Compare(x[i].n, y[i].n), cmp.Compare(x[i].text, y[i].text)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

type sortPart struct {
	n    int
	text string
}

func treatySortKey(id TreatyID) []sortPart {
	parts := strings.Split(string(id), "-")
	key := make([]sortPart, len(parts))
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil {
			key[i] = sortPart{n, ""}
		} else if n := roman(p); i == 0 && len(parts) > 1 && n > 0 {
			key[i] = sortPart{n, ""}
		} else {
			key[i] = sortPart{1 << 20, p}
		}
	}
	return key
}

// roman returns the value of a Roman number up to 89, or 0.
func roman(text string) int {
	values := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50}
	sum := 0
	for i := range len(text) {
		v := values[text[i]]
		if v == 0 {
			return 0
		}
		if i+1 < len(text) && values[text[i+1]] > v {
			v = -v
		}
		sum += v
	}
	return sum
}
