package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ActionKind names an act of a participant in respect of a treaty, in the
// words of the field.
type ActionKind string

// The kinds of acts.
const (
	Signature               ActionKind = "signature"
	SignatureAdReferendum   ActionKind = "signature ad referendum"
	ConfirmationOfSignature ActionKind = "confirmation of signature"
	DefinitiveSignature     ActionKind = "definitive signature"
	Ratification            ActionKind = "ratification"
	Acceptance              ActionKind = "acceptance"
	Approval                ActionKind = "approval"
	Accession               ActionKind = "accession"
	FormalConfirmation      ActionKind = "formal confirmation"
	ConsentToBeBound        ActionKind = "consent to be bound"
	ConsentOfUnknownKind    ActionKind = "consent of unknown kind" // a table has its day and not its form
	SuccessionOfState       ActionKind = "succession"
	SuccessionToSignature   ActionKind = "succession to signature"
	ProvisionalApplication  ActionKind = "provisional application"
	EndOfProvisional        ActionKind = "end of provisional application"
	Withdrawal              ActionKind = "withdrawal"
	RevocationOfWithdrawal  ActionKind = "revocation of withdrawal"
	WithdrawalOfConsent     ActionKind = "withdrawal of consent"
	Reservation             ActionKind = "reservation"
	InterpretativeDecl      ActionKind = "interpretative declaration"
	OptionalDeclaration     ActionKind = "optional declaration"
	Objection               ActionKind = "objection"
	Communication           ActionKind = "communication"

	ConfirmationOfReservation ActionKind = "confirmation of a reservation"
	WithdrawalOfReservation   ActionKind = "withdrawal of a reservation"
	PartialWithdrawal         ActionKind = "partial withdrawal of a reservation"
	ModificationOfReservation ActionKind = "modification of a reservation"
	AcceptanceOfReservation   ActionKind = "acceptance of a reservation"
	WithdrawalOfObjection     ActionKind = "withdrawal of an objection"
	WithdrawalOfDeclaration   ActionKind = "withdrawal of a declaration"
	IntentionNotToBecomeParty ActionKind = "intention not to become a party"
	Notification              ActionKind = "notification" // under an article: designation of an authority, and the like
	Derogation                ActionKind = "derogation"
	EndOfDerogation           ActionKind = "end of derogation"
	TerritorialApplication    ActionKind = "territorial application" // extension included
	TerritorialExclusion      ActionKind = "territorial exclusion"

	AcceptanceOfParts         ActionKind = "acceptance of further parts" // what was excluded, or not accepted at first
	DenunciationOfParts       ActionKind = "denunciation of parts"
	Suspension                ActionKind = "suspension of operation"
	EndOfSuspension           ActionKind = "end of suspension"
	AcceptanceOfAccession     ActionKind = "acceptance of an accession"
	NonAcceptance             ActionKind = "non-acceptance" // of an amendment that would bind without an act
	WithdrawalOfNonAcceptance ActionKind = "withdrawal of non-acceptance"
)

// trait is what the law attaches to a kind of act.
type trait uint8

const (
	isSignature   trait = 1 << iota // makes a signatory
	isConsent                       // expresses consent to be bound (VCLT 11)
	isStatement                     // carries a text
	isAnswer                        // names the record that it answers; a text may go with it
	isTerritorial                   // names territories
)

var actionTraits = []struct {
	kind  ActionKind
	trait trait
}{
	{Signature, isSignature},
	{SignatureAdReferendum, isSignature},
	{ConfirmationOfSignature, 0},
	{DefinitiveSignature, isSignature | isConsent},
	{Ratification, isConsent},
	{Acceptance, isConsent},
	{Approval, isConsent},
	{Accession, isConsent},
	{FormalConfirmation, isConsent},
	{ConsentToBeBound, isConsent},
	{ConsentOfUnknownKind, isConsent},
	{SuccessionOfState, isConsent},
	{SuccessionToSignature, isSignature},
	{ProvisionalApplication, 0},
	{EndOfProvisional, 0},
	{Withdrawal, 0},
	{RevocationOfWithdrawal, 0},
	{WithdrawalOfConsent, 0},
	{Reservation, isStatement},
	{InterpretativeDecl, isStatement},
	{OptionalDeclaration, isStatement},
	{Objection, isStatement | isAnswer},
	{Communication, isStatement},
	{ConfirmationOfReservation, isAnswer},
	{WithdrawalOfReservation, isAnswer},
	{PartialWithdrawal, isAnswer},
	{ModificationOfReservation, isStatement | isAnswer},
	{AcceptanceOfReservation, isAnswer},
	{WithdrawalOfObjection, isAnswer},
	{WithdrawalOfDeclaration, isAnswer},
	{IntentionNotToBecomeParty, isStatement},
	{Notification, isStatement},
	{Derogation, isStatement},
	{EndOfDerogation, isAnswer},
	{TerritorialApplication, isTerritorial},
	{TerritorialExclusion, isTerritorial},
	{AcceptanceOfParts, 0},
	{DenunciationOfParts, 0},
	{Suspension, 0},
	{EndOfSuspension, 0},
	{AcceptanceOfAccession, isAnswer},
	{NonAcceptance, 0},
	{WithdrawalOfNonAcceptance, 0},
}

// ActionKinds lists all kinds of acts.
func ActionKinds() []ActionKind { return kindsWith(0) }

// ConsentKinds lists the acts that express consent to be bound.
func ConsentKinds() []ActionKind { return kindsWith(isConsent) }

func kindsWith(t trait) (kinds []ActionKind) {
	for _, a := range actionTraits {
		if a.trait&t == t {
			kinds = append(kinds, a.kind)
		}
	}
	return kinds
}

func joinKinds(kinds []ActionKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

func (k ActionKind) traits() (trait, bool) {
	for _, a := range actionTraits {
		if a.kind == k {
			return a.trait, true
		}
	}
	return 0, false
}

// Known reports whether the kind is one of ActionKinds.
func (k ActionKind) Known() bool { _, ok := k.traits(); return ok }

// IsConsent reports whether the act expresses consent to be bound.
func (k ActionKind) IsConsent() bool { t, _ := k.traits(); return t&isConsent != 0 }

// IsSignature reports whether the act makes a signatory.
func (k ActionKind) IsSignature() bool { t, _ := k.traits(); return t&isSignature != 0 }

// IsStatement reports whether the act carries a text.
func (k ActionKind) IsStatement() bool { t, _ := k.traits(); return t&isStatement != 0 }

// Answers reports whether the act names the record that it answers.
func (k ActionKind) Answers() bool { t, _ := k.traits(); return t&isAnswer != 0 }

// begins reports whether the act is a statement with a life of its own, and not
// the answer to another or a change of one.
func (k ActionKind) begins() bool {
	t, _ := k.traits()
	return t&isStatement != 0 && (t&isAnswer == 0 || k == Objection)
}

// forATime reports whether a statement of the kind may have a last day: what is
// notified, a derogation, and a reservation or declaration made for a limited
// time (Rome Statute 124; ICCPR 41).
func (k ActionKind) forATime() bool {
	switch k {
	case Derogation, Notification, Reservation, InterpretativeDecl, OptionalDeclaration:
		return true
	}
	return false
}

// StatementKinds lists the kinds of statements that have a life of their own.
func StatementKinds() (kinds []ActionKind) {
	for _, a := range actionTraits {
		if a.kind.begins() {
			kinds = append(kinds, a.kind)
		}
	}
	return kinds
}

// IsTerritorial reports whether the act is about single territories.
func (k ActionKind) IsTerritorial() bool { t, _ := k.traits(); return t&isTerritorial != 0 }

// ParseActionKind accepts a kind in its own words.
func ParseActionKind(text string) (ActionKind, error) {
	k := ActionKind(strings.ToLower(strings.TrimSpace(text)))
	if !k.Known() {
		return "", fmt.Errorf("%q is not an act: %s expected", text, expectedKinds(string(k)))
	}
	return k, nil
}

// Action is one act of one participant in respect of one treaty. Its dates are
// kept apart; one never stands for another.
type Action struct {
	Participant ParticipantID
	Kind        ActionKind

	Date     Date
	Document Date
	Received Date
	Effect   Date
	Notified Date

	Notification string
	Excludes     []string
	Accepts      []string // articles or parts accepted, where consent covers some only
	Territories  []string
	Statement    *Statement
	Documents    []Document
	Note         string
	Depositary   string // with which of several depositaries it was made: London
	ByLaw        Ground // of a withdrawal: what it follows from by law, without a notice

	Provenance *Provenance
}

// ReceivedOn returns the day on which the depositary had it.
func (a *Action) ReceivedOn() Date { return a.Received.Or(a.Date) }

// Statement is the text that an act carries, with what it concerns.
type Statement struct {
	Text       string
	Language   string
	Articles   []string
	Target     RecordID
	Precluding bool
	Until      Date
}

// Document names a document by the digest of its bytes, so that its holder
// can prove that it is the one.
type Document struct {
	Digest string
	Name   string
	Type   string
	Size   int
}

// Provenance says from which source an act was taken, and from which place in it.
type Provenance struct {
	Attestation
	Edition string
	File    string
	Row     int
	Column  string
	Rank    int
}

// Ground is what a withdrawal follows from by law, without a notice of its own.
// Its day of effect is the one that the depositary notified: no window and no
// period of notice applies.
type Ground string

// The grounds.
const (
	ByRevision   Ground = "revising convention" // its ratification involves the denunciation (ILO C169 37, C143 21)
	ByParent     Ground = "parent treaty"       // who leaves the parent leaves the protocol
	ByMembership Ground = "membership"          // who ceases to be a member of the organization leaves its treaty
)

// Grounds lists what a withdrawal may follow from by law.
func Grounds() []Ground { return []Ground{ByRevision, ByParent, ByMembership} }

// The ranks of sources. Of two that contradict each other, the lower holds.
const (
	RankDepositary  = 1
	RankPublished   = 2
	RankCompilation = 3
)

// SourceRank returns the rank of the source of an act. What has no provenance
// was recorded by the depositary itself.
func (a *Action) SourceRank() int {
	switch {
	case a.Provenance == nil:
		return RankDepositary
	case a.Provenance.Rank == 0:
		return RankPublished
	}
	return a.Provenance.Rank
}

// Equal reports whether two acts are the same in everything but provenance.
func (a *Action) Equal(b *Action) bool {
	if a.Participant != b.Participant || a.Kind != b.Kind || a.Date != b.Date || a.Document != b.Document ||
		a.Received != b.Received || a.Effect != b.Effect || a.Notified != b.Notified || a.Notification != b.Notification ||
		a.Note != b.Note || a.Depositary != b.Depositary || a.ByLaw != b.ByLaw || !slices.Equal(a.Excludes, b.Excludes) || !slices.Equal(a.Accepts, b.Accepts) ||
		!slices.Equal(a.Territories, b.Territories) || !slices.Equal(a.Documents, b.Documents) {
		return false
	}
	if a.Statement == nil || b.Statement == nil {
		return a.Statement == b.Statement
	}
	s, t := a.Statement, b.Statement
	return s.Text == t.Text && s.Language == t.Language && s.Target == t.Target &&
		s.Precluding == t.Precluding && s.Until == t.Until && slices.Equal(s.Articles, t.Articles)
}
