package mtdsg

import (
	"fmt"
	"regexp"
	"strings"

	"depositary/api/imports/reading"
	"depositary/domain"
)

// cell is what stands in a cell of acts.
type cell struct {
	day       domain.Date
	code      string
	footnotes []string
	bracketed bool // stands in square brackets
}

var (
	reBehindDay = regexp.MustCompile(`^([A-Za-z]{1,3})?((?:[\s,;]*[\d*†‡§¹²³⁰⁴-⁹]+|[\s,;]*[(\[][\d*†‡§]{1,3}[)\]])*)$`)
	reBehind    = regexp.MustCompile(`^(.*?[^\s,;*†‡§¹²³⁰⁴-⁹\d(\[])((?:[\s,;]*[\d*†‡§¹²³⁰⁴-⁹]+|[\s,;]*[(\[][\d*†‡§]{1,3}[)\]])+)$`)
	reMark      = regexp.MustCompile(`\d+|[*†‡§]+|[¹²³⁰⁴-⁹]+`)
	reEmptyText = regexp.MustCompile(`^(?i:N/?A|none|nil|[-–—.…]+)$`)
)

// readCell reads a day with its code and the marks of footnotes.
func readCell(text string) (cell, error) {
	plain, marks := reading.Footnotes(text)
	inner, bracketed := reading.WithdrawnName(plain)
	if days := reading.DatesIn(inner); len(days) > 1 {
		return cell{}, fmt.Errorf("the cell holds %d days, and this form has one act in a cell", len(days))
	}
	day, rest, err := reading.LeadingDate(inner)
	if err != nil {
		return cell{}, err
	}
	m := reBehindDay.FindStringSubmatch(rest)
	if m == nil {
		return cell{}, fmt.Errorf("behind the day stands %q: a code of one to three letters or the mark of a footnote expected", reading.Excerpt(rest))
	}
	marks = append(marks, reMark.FindAllString(m[2], -1)...)
	return cell{day: day, code: m[1], footnotes: marks, bracketed: bracketed}, nil
}

// readName takes what is no part of the name off the name of a participant:
// the marks of footnotes, and the brackets of a withdrawal.
func readName(text string) (name string, footnotes []string, withdrawn bool) {
	name, footnotes = reading.Footnotes(text)
	name, withdrawn = reading.WithdrawnName(name)
	if m := reBehind.FindStringSubmatch(name); m != nil {
		name = strings.TrimSpace(m[1])
		footnotes = append(footnotes, reMark.FindAllString(m[2], -1)...)
	}
	if inner, also := reading.WithdrawnName(name); also {
		return inner, footnotes, true
	}
	return name, footnotes, withdrawn
}
