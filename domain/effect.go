package domain

import (
	"fmt"
	"slices"
)

// This file tells which acts have a day of effect of their own.

// hasEffect lists the kinds whose day of effect may differ from the legal day:
// consent (VCLT 16, 24), leaving (VCLT 54), provisional application and its
// end (VCLT 25), withdrawals, which take effect on receipt "unless the treaty
// otherwise provides, or it is otherwise agreed" (VCLT 22(3)), what is accepted
// or notified from a day on, and what concerns territories (VCLT 29).
var hasEffect = map[ActionKind]bool{
	SuccessionToSignature:   true,
	ProvisionalApplication:  true,
	EndOfProvisional:        true,
	Withdrawal:              true,
	WithdrawalOfReservation: true,
	PartialWithdrawal:       true,
	WithdrawalOfObjection:   true,
	OptionalDeclaration:     true,
	WithdrawalOfDeclaration: true,
	Notification:            true,
	Derogation:              true,
	EndOfDerogation:         true,
	TerritorialApplication:  true,
	TerritorialExclusion:    true,

	AcceptanceOfParts:         true,
	DenunciationOfParts:       true,
	Suspension:                true,
	EndOfSuspension:           true,
	AcceptanceOfAccession:     true,
	WithdrawalOfNonAcceptance: true,
}

// HasEffect reports whether an act of the kind may state a day of effect other
// than its legal day.
func (k ActionKind) HasEffect() bool { return k.IsConsent() || hasEffect[k] }

// TakesEffect returns the day on which what the act declares begins or ends:
// the day stated where the kind has one, else the legal day. When consent binds
// and when a withdrawal from the treaty takes effect is for the clauses to say.
func (a *Action) TakesEffect() Date {
	if a.Kind.HasEffect() {
		return a.Effect.Or(a.Date)
	}
	return a.Date
}

// checkEffect refuses a day of effect that would have none: nothing that is
// accepted is left without its consequence.
func checkEffect(a *Action) []Finding {
	switch {
	case a.Effect.IsZero():
		return nil
	case !a.Kind.HasEffect() && a.Effect != a.Date:
		return one(reject(CodeFieldUnexpected, "effect", fmt.Sprintf("%s has no day of effect other than its own", a.Kind.WithArticle())).
			accepting("no effect, or the note for what the source says"))
	case !a.Effect.Before(lastEffect):
		return one(reject(CodeFieldInvalid, "effect", fmt.Sprintf("%s is no day of effect", a.Effect)).
			accepting("the day on which it takes effect, or none where it is not known"))
	}
	return nil
}

// lastEffect is the first day that only means "never" or "not known".
var lastEffect = MustDate("9999-01-01")

// WithArticle returns the kind with its indefinite article: "an accession".
func (k ActionKind) WithArticle() string {
	switch k {
	case "":
		return "an act"
	case IntentionNotToBecomeParty:
		return "a declaration of " + string(k)
	}
	switch k[0] {
	case 'a', 'e', 'i', 'o':
		return "an " + string(k)
	}
	return "a " + string(k)
}

// checkByLaw checks what a withdrawal is said to follow from.
func checkByLaw(a *Action) []Finding {
	switch {
	case a.ByLaw == "":
		return nil
	case a.Kind != Withdrawal:
		return one(reject(CodeFieldUnexpected, "byLaw", fmt.Sprintf("%s does not follow by law from another act", a.Kind.WithArticle())).accepting("a withdrawal, or no ground"))
	case !slices.Contains(Grounds(), a.ByLaw):
		return one(reject(CodeFieldInvalid, "byLaw", fmt.Sprintf("%q is no ground", a.ByLaw)).accepting(fmt.Sprintf("%s, %s or %s", ByRevision, ByParent, ByMembership)))
	case a.Effect.IsZero():
		return one(reject(CodeFieldRequired, "effect", "a withdrawal that follows by law has the day of effect that the depositary notified").accepting("the day from which it is bound no more"))
	}
	return nil
}
