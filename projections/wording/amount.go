package wording

import (
	"fmt"
	"slices"
	"strings"
)

// FirstNames sorts names and joins the first of them, at most so many; of the
// others it says how many they are.
func FirstNames(names []string, most int) string {
	slices.SortFunc(names, CompareNames)
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// PlainNumber writes a number with two decimals, or with none where it is whole.
func PlainNumber(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.2f", f), ".00") }

// AmountOf writes an amount with its unit, such as 1 consent and 2 consents.
func AmountOf(f float64, unit string) string {
	if f == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return PlainNumber(f) + " " + unit
}
