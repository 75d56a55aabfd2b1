package domain

import (
	"fmt"
	"slices"
	"strings"
)

// The list by which an arrival is examined. It follows from the treaty's clauses
// and from the law on who represents a State. The depositary examines whether
// what it received is in due and proper form (VCLT 77(1)(d)); whether a
// reservation is compatible is for the parties to judge (VCLT 77(2)).

// CheckState is how a point of the list stands.
type CheckState string

// The states of a point.
const (
	CheckMet     CheckState = "met"
	CheckMissing CheckState = "missing"
	CheckNote    CheckState = "to be noted" // what the clauses say, for who examines
)

// Check is one point of the list.
type Check struct {
	Code     Code // of what is missing
	State    CheckState
	Message  string
	Article  string
	Accepted string // what would meet it
}

// MandatoryDeclaration is what every participant has to declare when it consents,
// such as the minimum age of recruitment (OPAC 3(2)) or of employment (ILO C138 2(1)).
type MandatoryDeclaration struct {
	Article string
	Title   string
	Words   string
}

// CheckArrival examines an arrival with the acts that would be recorded of it;
// without acts, it examines what it is meant as.
func (s *State) CheckArrival(c *ArrivalCourse, actions []Action) (list []Check) {
	a := &c.Arrival
	kinds := []ActionKind{}
	for _, action := range actions {
		kinds = append(kinds, action.Kind)
	}
	if len(kinds) == 0 && a.Foreseen != "" {
		kinds = append(kinds, a.Foreseen)
	}
	list = append(list, checkPaper(a))
	for _, kind := range kinds {
		if article, needed := kind.representation(); needed {
			list = append(list, s.checkCapacity(c, kind, article))
			break // one paper, one signature
		}
	}
	if t, ok := s.Treaty(c.Treaty, Everything()); ok && slices.ContainsFunc(kinds, ActionKind.IsConsent) {
		list = append(list, checkMandatory(t, actions)...)
		list = append(list, noteReservations(t)...)
	}
	return list
}

// checkPaper: the depositary keeps what it received: full powers (VCLT 77(1)(a)),
// instruments, notifications and communications (VCLT 77(1)(c)).
func checkPaper(a *Arrival) Check {
	if len(a.Documents) == 0 {
		return Check{CodeDocumentMissing, CheckMissing, "no document of it is kept", "VCLT 77(1)(c)", "a copy of what arrived, such as a scan"}
	}
	return Check{State: CheckMet, Message: fmt.Sprintf("received on %s, with %d document(s)", a.Received.Long(), len(a.Documents)), Article: "VCLT 77(1)(c)"}
}

// representation returns the article by which an act needs somebody who represents
// the State, and reports whether it does: signature and consent (VCLT 7), and
// what ends or suspends a treaty (VCLT 67(2), 68). Reservations, acceptances and
// objections are made in writing (VCLT 23(1)); a mission's note is enough.
func (k ActionKind) representation() (article string, needed bool) {
	switch {
	case k.IsConsent() || k.IsSignature() || k == ProvisionalApplication || k == ConfirmationOfSignature:
		return "VCLT 7", true
	case k == Withdrawal || k == WithdrawalOfConsent || k == RevocationOfWithdrawal || k == Suspension || k == DenunciationOfParts:
		return "VCLT 67(2)", true
	}
	return "", false
}

// checkCapacity: the heads of State and Government and the minister for foreign
// affairs represent the State for every act (VCLT 7(2)(a)); others need full
// powers that name them, allow the act, and have not ended (VCLT 7(1)(a)).
// Who signs for an organization produces its powers (VCLT-IO 7(3)(a)).
func (s *State) checkCapacity(c *ArrivalCourse, kind ActionKind, article string) Check {
	a := &c.Arrival
	p, ok := s.Participant(a.Participant, Everything())
	ofState := !ok || p.Kind == KindState
	if !ofState {
		article = "VCLT-IO 7(3)(a)"
	}
	if ofState && (a.Capacity == HeadOfState || a.Capacity == HeadOfGovernment || a.Capacity == ForeignMinister) {
		return Check{State: CheckMet, Message: fmt.Sprintf("signed by %s, who represents the State without full powers", signedBy(a)), Article: "VCLT 7(2)(a)"}
	}
	missing := Check{CodeSignerWithoutPowers, CheckMissing, "", article,
		"the signature of the head of State or Government or the minister for foreign affairs, or full powers as an arrival of their own; a reason where the circumstances show that the State considers the person as its representative (VCLT 7(1)(b))"}
	if a.Signer == "" {
		missing.Message = "nothing says who signed it, and in which capacity"
		return missing
	}
	why := ""
	for _, other := range s.arrivals {
		reason := powersFor(other, c, kind)
		if reason == "" {
			return Check{State: CheckMet, Message: fmt.Sprintf("signed by %s, whose full powers arrived on %s (%s)", signedBy(a), other.Arrival.Received.Long(), other.ID), Article: "VCLT 7(1)(a)"}
		}
		if reason != notTheirs {
			why = "; " + reason
		}
	}
	missing.Message = fmt.Sprintf("%s needs full powers for %s, and none are here that stand%s", signedBy(a), kind.WithArticle(), why)
	return missing
}

func signedBy(a *Arrival) string {
	if a.Capacity == "" || a.Capacity == OtherCapacity {
		return a.Signer
	}
	if a.Signer == "" {
		return "the " + string(a.Capacity)
	}
	return a.Signer + ", " + string(a.Capacity)
}

const notTheirs = "not theirs"

// powersFor says why full powers do not cover the act of an arrival, and nothing
// where they do.
func powersFor(powers, c *ArrivalCourse, kind ActionKind) string {
	p, a := powers.Arrival.Powers, &c.Arrival
	closed := powers.Outcome() == ArrivalReturned || powers.Outcome() == ArrivalMistaken
	if p == nil || closed || powers.Arrival.Participant != a.Participant || !strings.EqualFold(strings.TrimSpace(p.Person), strings.TrimSpace(a.Signer)) {
		return notTheirs
	}
	signed := a.Document.Or(a.Received)
	switch {
	case powers.Treaty != "" && powers.Treaty != c.Treaty:
		return fmt.Sprintf("the full powers %s are for %s", powers.ID, powers.Treaty)
	case len(p.Actions) > 0 && !slices.Contains(p.Actions, kind):
		return fmt.Sprintf("the full powers %s are for %s", powers.ID, joinKinds(p.Actions))
	case !p.Until.IsZero() && p.Until.Before(signed):
		return fmt.Sprintf("the full powers %s ended on %s", powers.ID, p.Until.Long())
	}
	return ""
}

// checkMandatory: what the treaty wants declared with consent is declared.
func checkMandatory(t *Treaty, actions []Action) (list []Check) {
	for _, m := range t.Mandatory {
		declared := slices.ContainsFunc(actions, func(a Action) bool {
			return a.Statement != nil && slices.ContainsFunc(a.Statement.Articles, func(article string) bool {
				return article == m.Article || strings.HasPrefix(article, m.Article+"(") || strings.HasPrefix(m.Article, article+"(")
			})
		})
		check := Check{State: CheckMet, Message: fmt.Sprintf("the declaration of article %s is with it (%s)", m.Article, m.Title), Article: cite(m.Article)}
		if !declared {
			check = Check{CodeDeclarationMissing, CheckMissing, fmt.Sprintf("%s asks with consent for a declaration under article %s (%s)", t.Short, m.Article, m.Title), cite(m.Article),
				"a notification or declaration that names article " + m.Article + ", together with the consent"}
		}
		list = append(list, check)
	}
	return list
}

// noteReservations says which reservations the treaty admits (VCLT 19).
func noteReservations(t *Treaty) []Check {
	r := t.Reservations
	if r == nil {
		return []Check{{State: CheckNote, Message: "nothing is recorded about reservations to " + t.Short, Article: "VCLT 19"}}
	}
	note := Check{State: CheckNote, Article: "VCLT 19"}
	if r.Article != "" {
		note.Article = cite(r.Article) + "; VCLT 19"
	}
	switch r.Rule {
	case "prohibited":
		note.Message = t.Short + " admits no reservations"
	case "only":
		note.Message = t.Short + " admits reservations to articles " + strings.Join(r.Only, ", ") + " only"
	default:
		note.Message = t.Short + " admits reservations that are compatible with its object and purpose"
		if len(r.Never) > 0 {
			note.Message += ", and none to articles " + strings.Join(r.Never, ", ")
		}
	}
	return []Check{note}
}
