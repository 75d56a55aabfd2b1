package untc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/reading"
	"depositary/domain"
)

var reCode = regexp.MustCompile(`^\(?([A-Za-z]{1,3})\)?$`)

// dayAndCode takes an entry such as "14 Mar 2003 a" apart.
func dayAndCode(entry string) (day domain.Date, code string, err error) {
	day, rest, err := reading.LeadingDate(entry)
	if err != nil || rest == "" {
		return day, "", err
	}
	m := reCode.FindStringSubmatch(rest)
	if m == nil {
		return domain.Date{}, "", fmt.Errorf("%q is more than a day and a code", reading.Excerpt(entry))
	}
	return day, m[1], nil
}

// meaning is what a day with a code tells in a column.
type meaning struct {
	kind  domain.ActionKind
	words string // of the heading, where they say more than the kind
	doubt string // why it could be something else, where that makes no difference in law

	problem imports.Code // why it is no act; the kind is then empty
	message string
}

// meaningOf finds the act of a code among those that the heading declares; the
// code of a bare day is empty. Where the heading leaves several acts open, they
// come down to one where all are the same, and to a consent of unknown kind
// where all are consents.
func meaningOf(column mtdsg.Column, code string) meaning {
	var acts []mtdsg.LabelAct
	for _, act := range column.Acts {
		if act.Code == code {
			acts = append(acts, act)
		}
	}
	var m meaning
	if len(acts) == 0 && code == "" && len(column.Acts) == 1 {
		acts, m.doubt = column.Acts, "the day stands without the code that the heading declares for its only act"
	}
	unknown := slices.ContainsFunc(acts, func(a mtdsg.LabelAct) bool { return a.Kind == "" })
	differ := slices.ContainsFunc(acts, func(a mtdsg.LabelAct) bool { return a.Kind != acts[0].Kind })
	noConsent := slices.ContainsFunc(acts, func(a mtdsg.LabelAct) bool { return !a.Kind.IsConsent() })
	switch {
	case len(column.Acts) == 0 || column.Register:
		return meaning{problem: imports.ColumnUnknown, message: "the heading of the column names no act of a participant"}
	case len(acts) == 0 && code != "":
		return meaning{problem: imports.CodeUnknown, message: fmt.Sprintf("the column declares no code %q; small and capital letters are different codes", code)}
	case len(acts) == 0:
		return meaning{problem: imports.CodeUnknown, message: "the day stands without a code, and every act of the column has one"}
	case len(acts) == 1 && unknown:
		return meaning{problem: imports.ColumnUnknown, message: fmt.Sprintf("%q is no act by which status is computed", reading.Excerpt(acts[0].Words))}
	case unknown, differ && noConsent:
		return meaning{problem: imports.ColumnAmbiguous, message: "the heading leaves open which of several acts it is, and their effects differ"}
	}
	m.kind, m.words = acts[0].Kind, wordsOf(acts)
	if differ {
		m.kind = domain.ConsentOfUnknownKind
	}
	if len(acts) > 1 {
		m.doubt = "the heading declares several acts in the same way, so that the day may be of each of them"
	}
	return m
}

// wordsOf returns the words of the heading where they say more than the kind.
func wordsOf(acts []mtdsg.LabelAct) string {
	if len(acts) == 1 && strings.EqualFold(acts[0].Words, string(acts[0].Kind)) {
		return ""
	}
	words := make([]string, len(acts))
	for i, act := range acts {
		words[i] = act.Words
	}
	return strings.Join(words, " or ")
}
