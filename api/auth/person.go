package auth

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Where it takes two persons, names are compared as people read them, and a
// token counts as its maker's too: who made it has seen its text.

// SamePerson reports whether two names are read as one: without regard to case,
// blanks and characters that look alike (Unicode Technical Standard 39).
func SamePerson(a, b string) bool {
	return skeleton(fold(a)) == skeleton(fold(b)) || fold(skeleton(a)) == fold(skeleton(b))
}

func fold(name string) string { return cases.Fold().String(plain(name)) }

func skeleton(name string) string { return confusables.Skeleton(plain(name)) }

// plain returns a name without blanks, in the compatible form of its characters.
func plain(name string) string { return norm.NFKC.String(strings.Join(strings.Fields(name), "")) }

// Maker is who made a token.
type Maker struct {
	Actor string `json:"actor"`
	// SetUp says that it was made when the depositary was set up: by the first
	// token, or on the command line. Such a maker stands behind everybody.
	SetUp bool `json:"setUp,omitempty"`
}

// RelatedError says why two tokens do not count as two persons.
type RelatedError struct{ Reason string }

func (e *RelatedError) Error() string { return "it takes two persons: " + e.Reason }

// Independent returns a *RelatedError where an approver is not certainly
// another person than a proposer: they have the same name, one of them made the
// token of the other, directly or through others, or the same person made both.
func Independent(proposer, approver Identity) error {
	if SamePerson(proposer.Actor, approver.Actor) {
		return &RelatedError{"who has proposed it cannot approve it"}
	}
	if made(approver, proposer.Actor) {
		return &RelatedError{fmt.Sprintf("the token of %s was made by %s, who has proposed it", approver.Actor, proposer.Actor)}
	}
	if made(proposer, approver.Actor) {
		return &RelatedError{fmt.Sprintf("the token of %s, who has proposed it, was made by %s", proposer.Actor, approver.Actor)}
	}
	for _, m := range proposer.Makers {
		if !m.SetUp && made(approver, m.Actor) {
			return &RelatedError{fmt.Sprintf("the tokens of %s and of %s were both made by %s", proposer.Actor, approver.Actor, m.Actor)}
		}
	}
	return nil
}

// made reports whether somebody made the token of an identity, directly or
// through others.
func made(id Identity, maker string) bool {
	for _, m := range id.Makers {
		if SamePerson(m.Actor, maker) {
			return true
		}
	}
	return false
}

// MakersBy returns the makers of a token that an identity makes: itself, and
// who made its own.
func MakersBy(id Identity) []Maker {
	return append([]Maker{{Actor: id.Actor, SetUp: id.SetsUp}}, id.Makers...)
}

// IsRelated reports whether an error is a *RelatedError.
func IsRelated(err error) bool {
	var related *RelatedError
	return errors.As(err, &related)
}
