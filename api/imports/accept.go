package imports

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections/wording"
)

// Accept is the set of queries that an import lets pass. The zero Accept lets
// none pass. Refusals stand whatever it says.
type Accept struct {
	all   bool
	codes []domain.Code // sorted
}

// usual are the queries of which real tables are full: the depositary has
// recorded these acts, and a table of it is no reason to doubt them one by one.
var usual = []domain.Code{
	domain.CodeDepositBeforeAdoption,
	domain.CodeRatifyWithoutSignature,
	domain.CodeAccedeAfterSignature,
	domain.CodeAccessionNotOpen,
	domain.CodeConsentNotForeseen,
	domain.CodeParentNotBound,
	domain.CodeReservationUnconfirmed,
	domain.CodeSourceConflict,
}

// others are the queries that pass only when they are named.
var others = []domain.Code{
	domain.CodeLateReservationPending,
	domain.CodeObjectionLate,
	domain.CodeNoWithdrawalClause,
	domain.Code(EffectImplausible),
}

// AcceptForms says what ParseAccept takes.
const AcceptForms = "none, usual, all, or codes of queries with commas between them"

// ParseAccept reads none, usual, all, or a list of codes in which usual may
// stand for the usual ones. No text means usual.
func ParseAccept(text string) (a Accept, err error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "usual":
		return acceptOf(usual), nil
	case "none":
		return Accept{}, nil
	case "all":
		return Accept{all: true}, nil
	}
	var codes []domain.Code
	for word := range strings.SplitSeq(text, ",") {
		code := domain.Code(strings.ToUpper(strings.TrimSpace(word)))
		switch {
		case code == "USUAL":
			codes = append(codes, usual...)
		case slices.Contains(usual, code), slices.Contains(others, code):
			codes = append(codes, code)
		default:
			return a, fmt.Errorf("%q is no query: %s expected; the codes are %s", strings.TrimSpace(word), AcceptForms, wording.Join(append(slices.Clone(usual), others...), ","))
		}
	}
	return acceptOf(codes), nil
}

func acceptOf(codes []domain.Code) Accept {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return Accept{codes: slices.Compact(codes)}
}

// Passes reports whether a query of this code passes.
func (a Accept) Passes(code domain.Code) bool {
	_, found := slices.BinarySearch(a.codes, code)
	return a.all || found
}

// String writes what ParseAccept reads.
func (a Accept) String() string {
	switch {
	case a.all:
		return "all"
	case len(a.codes) == 0:
		return "none"
	case slices.Equal(a.codes, acceptOf(usual).codes):
		return "usual"
	}
	return wording.Join(a.codes, ",")
}
