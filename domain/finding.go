package domain

import "strings"

// Code names a rule that an act runs into. The codes are part of the API.
type Code string

// The codes of refusals and queries; the comment at each rule cites its article.
const (
	CodeSignatureNotOpen          Code = "SIGNATURE_NOT_OPEN"
	CodeNotEligible               Code = "NOT_ELIGIBLE"
	CodeParticipantNotExisting    Code = "PARTICIPANT_NOT_EXISTING"
	CodeAlreadySigned             Code = "ALREADY_SIGNED"
	CodeAlreadyBound              Code = "ALREADY_BOUND"
	CodeNotBound                  Code = "NOT_BOUND"
	CodeRatifyWithoutSignature    Code = "RATIFY_WITHOUT_SIGNATURE"
	CodeAccedeAfterSignature      Code = "ACCEDE_AFTER_SIGNATURE"
	CodeAccessionNotOpen          Code = "ACCESSION_NOT_OPEN"
	CodeConsentNotForeseen        Code = "CONSENT_NOT_FORESEEN"
	CodeParentNotBound            Code = "PARENT_NOT_BOUND"
	CodeDepositBeforeAdoption     Code = "DEPOSIT_BEFORE_ADOPTION"
	CodeEffectBeforeDeposit       Code = "EFFECT_BEFORE_DEPOSIT"
	CodeReservationProhibited     Code = "RESERVATION_PROHIBITED"
	CodeReservationExcludesPart   Code = "RESERVATION_EXCLUDES_PART"
	CodeReservationGeneral        Code = "RESERVATION_GENERAL"
	CodeNotificationMalformed     Code = "NOTIFICATION_MALFORMED"
	CodeNotificationReused        Code = "NOTIFICATION_REUSED"
	CodeReservationUnconfirmed    Code = "RESERVATION_UNCONFIRMED"
	CodeLateReservationPending    Code = "LATE_RESERVATION_PENDING"
	CodeObjectionWithoutTarget    Code = "OBJECTION_WITHOUT_TARGET"
	CodeObjectionLate             Code = "OBJECTION_LATE"
	CodeExclusionNotAllowed       Code = "EXCLUSION_NOT_ALLOWED"
	CodePartsTooFew               Code = "PARTS_TOO_FEW"
	CodeNoWithdrawalClause        Code = "NO_WITHDRAWAL_CLAUSE"
	CodeWithdrawalTooEarly        Code = "WITHDRAWAL_TOO_EARLY"
	CodeOutsideWindow             Code = "OUTSIDE_WINDOW"
	CodeRevocationTooLate         Code = "REVOCATION_TOO_LATE"
	CodeTerritoryNotAdmitted      Code = "TERRITORY_NOT_ADMITTED"
	CodeTerritoryNotOfTheState    Code = "TERRITORY_NOT_OF_THE_STATE"
	CodeDeclarationArticleUnknown Code = "DECLARATION_ARTICLE_UNKNOWN"
	CodeNothingToAnswer           Code = "NOTHING_TO_ANSWER"
	CodeEffectNotForeseen         Code = "EFFECT_NOT_FORESEEN"
	CodeSourceConflict            Code = "SOURCE_CONFLICT"
	CodeStaleRevision             Code = "STALE_REVISION"
	CodeSignerWithoutPowers       Code = "SIGNER_WITHOUT_POWERS"
	CodeDeclarationMissing        Code = "DECLARATION_MISSING"
	CodeDocumentMissing           Code = "DOCUMENT_MISSING"
	CodeArrivalDecided            Code = "ARRIVAL_DECIDED"
	CodeAlreadyNotified           Code = "ALREADY_NOTIFIED"

	// What the input itself runs into, before the law.
	CodeUnknownTreaty      Code = "UNKNOWN_TREATY"
	CodeUnknownParticipant Code = "UNKNOWN_PARTICIPANT"
	CodeUnknownTerritory   Code = "UNKNOWN_TERRITORY"
	CodeUnknownAction      Code = "UNKNOWN_ACTION"
	CodeUnknownGroup       Code = "UNKNOWN_GROUP"
	CodeWeightsNotHeld     Code = "WEIGHTS_NOT_HELD"
	CodeUnknownRecord      Code = "UNKNOWN_RECORD"
	CodeFieldRequired      Code = "FIELD_REQUIRED"
	CodeFieldUnexpected    Code = "FIELD_UNEXPECTED"
	CodeFieldTooLong       Code = "FIELD_TOO_LONG"
	CodeFieldInvalid       Code = "FIELD_INVALID"
	CodeDateInFuture       Code = "DATE_IN_FUTURE"
	CodeReasonRequired     Code = "REASON_REQUIRED"
	CodeNothingChanged     Code = "NOTHING_CHANGED"
	CodeRecordAnnulled     Code = "RECORD_ANNULLED"
	CodeDefinitionInvalid  Code = "DEFINITION_INVALID"
	CodeNameTaken          Code = "NAME_TAKEN"
	CodeCommandReused      Code = "COMMAND_REUSED"
)

// FindingKind tells a refusal from a query: a refusal stands, a query may be
// recorded all the same with a reason. The depositary is administrative
// (VCLT 77): it reports what is unusual, it does not judge validity.
type FindingKind string

// The two kinds.
const (
	Rejected FindingKind = "reject"
	Query    FindingKind = "query"
)

// Finding is one thing that a command ran into.
type Finding struct {
	Code     Code
	Kind     FindingKind
	Field    string
	Message  string
	Article  string
	Accepted string
}

func (f Finding) String() string {
	parts := []string{string(f.Code) + ": " + f.Message}
	if f.Article != "" {
		parts = append(parts, "["+f.Article+"]")
	}
	if f.Accepted != "" {
		parts = append(parts, "Accepted: "+f.Accepted+".")
	}
	return strings.Join(parts, " ")
}

func reject(code Code, field, message string) Finding {
	return Finding{Code: code, Kind: Rejected, Field: field, Message: message}
}

func query(code Code, field, message string) Finding {
	return Finding{Code: code, Kind: Query, Field: field, Message: message}
}

func (f Finding) citing(article string) Finding { f.Article = article; return f }
func (f Finding) accepting(what string) Finding { f.Accepted = what; return f }
func (f Finding) in(prefix string) Finding      { f.Field = prefix + f.Field; return f }
