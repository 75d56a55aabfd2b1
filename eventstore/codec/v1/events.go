// Package v1 is the first version of the ledger's bytes: a struct for every
// event and for every shape within one, with the names and the order of their
// members in JSON, and the conversions between them and the domain.
//
// What is recorded stays as it is for good, so this package does too: a member
// may be added (optional, and absent where it is empty), and none is renamed,
// moved or removed. Another shape is another version, in a package beside this
// one. The domain may change its names freely; the conversions follow it.
package v1

import "depositary/domain"

// Names of the events, as the member "type" of their lines.
const (
	NameActionRecorded     = "action.recorded/v1"
	NameActionCorrected    = "action.corrected/v1"
	NameActionContested    = "action.contested/v1"
	NameRecordAnnulled     = "record.annulled/v1"
	NameCoverageStated     = "coverage.stated/v1"
	NameTreatyDefined      = "treaty.defined/v1"
	NameParticipantDefined = "participant.defined/v1"
	NameGroupDefined       = "group.defined/v1"
	NameWeightsDefined     = "weights.defined/v1"
	NameDayBegun           = "day.begun/v1"
	NameNodeAdded          = "node.added/v1"
	NameNodeRevoked        = "node.revoked/v1"
)

// Event is the line of an event.
type Event interface {
	// ToDomain converts the line to the event that it records.
	ToDomain() domain.Event
}

// ActionRecorded is the line of domain.ActionRecorded.
type ActionRecorded struct {
	Type     string        `json:"type"`
	Action   Action        `json:"action"`
	Reason   string        `json:"reason,omitempty"`
	Answered []domain.Code `json:"answered,omitempty"`
}

// ActionCorrected is the line of domain.ActionCorrected.
type ActionCorrected struct {
	Type     string          `json:"type"`
	Record   domain.RecordID `json:"record"`
	Action   Action          `json:"action"`
	Reason   string          `json:"reason"`
	Answered []domain.Code   `json:"answered,omitempty"`
}

// ActionContested is the line of domain.ActionContested.
type ActionContested struct {
	Type   string          `json:"type"`
	Record domain.RecordID `json:"record"`
	Action Action          `json:"action"`
	Reason string          `json:"reason"`
}

// RecordAnnulled is the line of domain.RecordAnnulled.
type RecordAnnulled struct {
	Type        string               `json:"type"`
	Record      domain.RecordID      `json:"record"`
	Participant domain.ParticipantID `json:"participant,omitempty"` // absent of a statement of coverage, which concerns everybody
	Reason      string               `json:"reason"`
}

// CoverageStated is the line of domain.CoverageStated.
type CoverageStated struct {
	Type     string            `json:"type"`
	Coverage CoverageStatement `json:"coverage"`
	Corrects domain.RecordID   `json:"corrects,omitzero"`
	Reason   string            `json:"reason,omitempty"`
}

// TreatyDefined is the line of domain.TreatyDefined.
type TreatyDefined struct {
	Type   string `json:"type"`
	Treaty Treaty `json:"treaty"`
	Reason string `json:"reason,omitempty"`
}

// ParticipantDefined is the line of domain.ParticipantDefined.
type ParticipantDefined struct {
	Type        string      `json:"type"`
	Participant Participant `json:"participant"`
	Reason      string      `json:"reason,omitempty"`
}

// GroupDefined is the line of domain.GroupDefined.
type GroupDefined struct {
	Type   string `json:"type"`
	Group  Group  `json:"group"`
	Reason string `json:"reason,omitempty"`
}

// WeightsDefined is the line of domain.WeightsDefined.
type WeightsDefined struct {
	Type    string  `json:"type"`
	Weights Weights `json:"weights"`
	Reason  string  `json:"reason,omitempty"`
}

// DayBegun is the line of domain.DayBegun.
type DayBegun struct {
	Type string      `json:"type"`
	Day  domain.Date `json:"day"`
}

// NodeAdded is the line of domain.NodeAdded.
type NodeAdded struct {
	Type   string         `json:"type"`
	Key    domain.NodeKey `json:"key"`
	Name   string         `json:"name"`
	Reason string         `json:"reason,omitempty"`
}

// NodeRevoked is the line of domain.NodeRevoked.
type NodeRevoked struct {
	Type   string         `json:"type"`
	Key    domain.NodeKey `json:"key"`
	Reason string         `json:"reason"`
}

// FromDomain converts an event to its line; it reports false for an event that
// this version cannot write.
func FromDomain(e domain.Event) (Event, bool) {
	switch e := e.(type) {
	case *domain.ActionRecorded:
		return ActionRecorded{NameActionRecorded, FromAction(e.Action), e.Reason, e.Answered}, true
	case *domain.ActionCorrected:
		return ActionCorrected{NameActionCorrected, e.Record, FromAction(e.Action), e.Reason, e.Answered}, true
	case *domain.ActionContested:
		return ActionContested{NameActionContested, e.Record, FromAction(e.Action), e.Reason}, true
	case *domain.RecordAnnulled:
		return RecordAnnulled{NameRecordAnnulled, e.Record, e.Participant, e.Reason}, true
	case *domain.CoverageStated:
		return CoverageStated{NameCoverageStated, FromCoverage(e.Coverage), e.Corrects, e.Reason}, true
	case *domain.TreatyDefined:
		return TreatyDefined{NameTreatyDefined, FromTreaty(e.Treaty), e.Reason}, true
	case *domain.ParticipantDefined:
		return ParticipantDefined{NameParticipantDefined, FromParticipant(e.Participant), e.Reason}, true
	case *domain.GroupDefined:
		return GroupDefined{NameGroupDefined, FromGroup(e.Group), e.Reason}, true
	case *domain.WeightsDefined:
		return WeightsDefined{NameWeightsDefined, FromWeights(e.Weights), e.Reason}, true
	case *domain.ArrivalRegistered:
		return ArrivalRegistered{NameArrivalRegistered, FromArrival(e.Arrival)}, true
	case *domain.ArrivalDecided:
		return ArrivalDecided{NameArrivalDecided, e.Arrival, e.Participant, e.Outcome, e.Acts, e.Reason, e.Answered}, true
	case *domain.NotificationIssued:
		return NotificationIssued{NameNotificationIssued, e.Reference, e.Number, e.Day, e.Participant, FromNotification(e.Notification)}, true
	case *domain.TemplateDefined:
		return TemplateDefined{NameTemplateDefined, FromTemplate(e.Template), e.Reason}, true
	case *domain.DayBegun:
		return DayBegun{NameDayBegun, e.Day}, true
	case *domain.NodeAdded:
		return NodeAdded{NameNodeAdded, e.Key, e.Name, e.Reason}, true
	case *domain.NodeRevoked:
		return NodeRevoked{NameNodeRevoked, e.Key, e.Reason}, true
	}
	return nil, false
}

// ToDomain converts the line to its event.
func (v ActionRecorded) ToDomain() domain.Event {
	return &domain.ActionRecorded{Action: v.Action.ToDomain(), Reason: v.Reason, Answered: v.Answered}
}

// ToDomain converts the line to its event.
func (v ActionCorrected) ToDomain() domain.Event {
	return &domain.ActionCorrected{Record: v.Record, Action: v.Action.ToDomain(), Reason: v.Reason, Answered: v.Answered}
}

// ToDomain converts the line to its event.
func (v ActionContested) ToDomain() domain.Event {
	return &domain.ActionContested{Record: v.Record, Action: v.Action.ToDomain(), Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v RecordAnnulled) ToDomain() domain.Event {
	return &domain.RecordAnnulled{Record: v.Record, Participant: v.Participant, Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v CoverageStated) ToDomain() domain.Event {
	return &domain.CoverageStated{Coverage: v.Coverage.ToDomain(), Corrects: v.Corrects, Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v TreatyDefined) ToDomain() domain.Event {
	return &domain.TreatyDefined{Treaty: v.Treaty.ToDomain(), Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v ParticipantDefined) ToDomain() domain.Event {
	return &domain.ParticipantDefined{Participant: v.Participant.ToDomain(), Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v GroupDefined) ToDomain() domain.Event {
	return &domain.GroupDefined{Group: v.Group.ToDomain(), Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v WeightsDefined) ToDomain() domain.Event {
	return &domain.WeightsDefined{Weights: v.Weights.ToDomain(), Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v DayBegun) ToDomain() domain.Event { return &domain.DayBegun{Day: v.Day} }

// ToDomain converts the line to its event.
func (v NodeAdded) ToDomain() domain.Event {
	return &domain.NodeAdded{Key: v.Key, Name: v.Name, Reason: v.Reason}
}

// ToDomain converts the line to its event.
func (v NodeRevoked) ToDomain() domain.Event {
	return &domain.NodeRevoked{Key: v.Key, Reason: v.Reason}
}
