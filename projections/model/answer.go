package model

import (
	"encoding/json"
	"strconv"

	"depositary/domain"
)

// Counts are the two counts of a day, kept apart: what official pages call
// "Parties" is the number of consents deposited.
type Counts struct {
	Signatories int  `json:"signatories" required:"false" doc:"Participants that have ever signed, or succeeded to a signature; absent where it is not known"`
	Consents    int  `json:"consents" required:"false" doc:"Consents deposited by the day that stand; absent where it is not known"`
	Parties     int  `json:"parties" required:"false" doc:"Participants for which the treaty is in force; absent where it is not known"`
	AtLeast     bool `json:"atLeast,omitempty" doc:"Only some acts are recorded: there are at least so many"`
	Unknown     bool `json:"-"` // no act is recorded
}

// IsZero reports that the counts are not known: an answer leaves them out.
func (c Counts) IsZero() bool { return c.Unknown }

// MarshalJSON leaves out a count of which nothing is known: where only some acts
// are recorded, that none is counted is no zero.
func (c Counts) MarshalJSON() ([]byte, error) {
	type plain Counts
	if !c.AtLeast {
		return json.Marshal(plain(c))
	}
	return json.Marshal(struct {
		Signatories int  `json:"signatories,omitempty"`
		Consents    int  `json:"consents,omitempty"`
		Parties     int  `json:"parties,omitempty"`
		AtLeast     bool `json:"atLeast"`
	}{c.Signatories, c.Consents, c.Parties, true})
}

// Figure writes one of the counts, and empty where it is not known.
func (c Counts) Figure(n int) string {
	if c.Unknown || c.AtLeast && n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Term is one term of a condition with what it has and what it needs.
type Term struct {
	Phrase  string     `json:"phrase" doc:"The term in the words of the catalogue"`
	Met     bool       `json:"met"`
	Have    float64    `json:"have"`
	Need    float64    `json:"need"`
	Unit    string     `json:"unit" doc:"consents, declarations, members or percent"`
	Inner   *InnerTerm `json:"inner,omitempty" doc:"Of the number, those that have to be from a group"`
	Unknown string     `json:"unknown,omitempty" doc:"What is not known, so that the term cannot be decided"`
}

// InnerTerm is the part of a number that has to come from a group: "10 consents
// of which 8 from COE".
type InnerTerm struct {
	From domain.GroupID `json:"from"`
	Have int            `json:"have"`
	Need int            `json:"need"`
}

// Counted is an instrument that counted towards entry into force.
type Counted struct {
	Number      int                  `json:"number" doc:"Place in the order of deposit, from 1"`
	Participant domain.ParticipantID `json:"participant"`
	Record      domain.RecordID      `json:"record"`
	Action      domain.ActionKind    `json:"action"`
	Date        domain.Date          `json:"date" format:"date"`
	Crossing    bool                 `json:"crossing,omitempty" doc:"Deposited on the day on which the condition was met"`
}

// NotCounted is an instrument that did not count, with the reason.
type NotCounted struct {
	Participant domain.ParticipantID `json:"participant"`
	Record      domain.RecordID      `json:"record"`
	Action      domain.ActionKind    `json:"action"`
	Date        domain.Date          `json:"date" format:"date"`
	Reason      string               `json:"reason"`
}

// Step is one step of the calculation.
type Step struct {
	Date    domain.Date `json:"date,omitzero" doc:"The day that the step leads to" format:"date"`
	Text    string      `json:"text"`
	Article string      `json:"article,omitempty"`
	Words   string      `json:"words,omitempty" doc:"The operative words of the article"`
}

// EntryExplanation says, for one legal day, whether and when a treaty enters
// into force, and why.
type EntryExplanation struct {
	Status     domain.EntryStatus `json:"status" enum:"unknown,condition not met,condition met,in force,terminated"`
	Unknown    string             `json:"unknown,omitempty" doc:"Why it cannot be said, where it cannot"`
	MetOn      domain.Date        `json:"metOn,omitzero" doc:"Day on which the condition was met" format:"date"`
	InForce    domain.Date        `json:"inForce,omitzero" doc:"Day of entry into force, as far as it follows from what was deposited" format:"date"`
	Stated     *StatedEntry       `json:"stated,omitempty" doc:"The published day, with its source"`
	FromStated bool               `json:"fromStated,omitempty" doc:"The day is the published one: the recorded deposits do not lead to it"`
	Differs    string             `json:"differs,omitempty" doc:"Where the published day is used and the recorded deposits lead to another one, or none"`
	Condition  string             `json:"condition,omitempty"`
	Article    string             `json:"article,omitempty"`
	Required   string             `json:"required,omitempty" doc:"What is still required"`
	Terms      []Term             `json:"terms"`
	Counted    []Counted          `json:"counted"`
	NotCounted []NotCounted       `json:"notCounted"`
	Steps      []Step             `json:"steps"`
}

// Procedure is an optional procedure of a treaty on a day: who has accepted
// it, and whether it operates.
type Procedure struct {
	Article    string             `json:"article"`
	Title      string             `json:"title,omitempty"`
	Status     domain.EntryStatus `json:"status" enum:"unknown,condition not met,condition met,in force,terminated"`
	MetOn      domain.Date        `json:"metOn,omitzero" format:"date"`
	InForce    domain.Date        `json:"inForce,omitzero" format:"date"`
	Required   string             `json:"required,omitempty"`
	Terms      []Term             `json:"terms"`
	Counted    []Counted          `json:"counted"`
	NotCounted []NotCounted       `json:"notCounted"`
}

// StatementStanding is how a statement stands from a day on.
type StatementStanding struct {
	From      domain.Date           `json:"from" format:"date"`
	State     domain.StatementState `json:"state" enum:"inert,pending,active,blocked,late,withdrawn,ended"`
	Until     domain.Date           `json:"until,omitzero" doc:"Day on which silence accepts it, while it is pending" format:"date"`
	Text      string                `json:"text,omitempty" doc:"Its words as they stand"`
	Articles  []string              `json:"articles,omitempty" doc:"Articles that it concerns as it stands"`
	GivenUp   []string              `json:"givenUp,omitempty" doc:"Articles that a partial withdrawal gave up"`
	Modified  bool                  `json:"modified,omitempty" doc:"A modification or a partial withdrawal changed it"`
	Cause     domain.RecordID       `json:"cause,omitzero"`
	Why       string                `json:"why,omitempty"`
	Rule      string                `json:"rule,omitempty" doc:"Article that it follows from"`
	Confirmed bool                  `json:"confirmed,omitempty" doc:"Made at signature, and confirmed with the consent"`
}

// RelationEffect is what one reservation, or one exclusion of a part, does
// between two participants.
type RelationEffect struct {
	Author   domain.ParticipantID  `json:"author" doc:"Whose reservation or exclusion it is"`
	Record   domain.RecordID       `json:"record" doc:"The reservation, or the consent that excludes a part"`
	Effect   domain.ProvisionState `json:"effect" enum:"modified,excluded,none"`
	Articles []string              `json:"articles,omitempty" doc:"Provisions concerned; none where the statement names none"`
	Answer   domain.RecordID       `json:"answer,omitzero" doc:"The other's objection or acceptance"`
	Until    domain.Date           `json:"until,omitzero" doc:"Day until which the other may object, or on which silence accepts" format:"date"`
	Why      string                `json:"why"`
	Rule     string                `json:"rule,omitempty"`
}

// FromTerms converts the terms of a condition; none are an empty list.
func FromTerms(all []domain.Term) []Term {
	return list(all, func(t domain.Term) Term {
		return Term{t.Phrase, t.Met, t.Have, t.Need, t.Unit, (*InnerTerm)(t.Inner), t.Unknown}
	})
}

func fromCounted(all []domain.Counted) []Counted {
	return list(all, func(c domain.Counted) Counted { return Counted(c) })
}

func fromNotCounted(all []domain.NotCounted) []NotCounted {
	return list(all, func(c domain.NotCounted) NotCounted { return NotCounted(c) })
}

// FromExplanation converts the explanation of an entry into force.
func FromExplanation(e domain.EntryExplanation) EntryExplanation {
	return EntryExplanation{
		Status:     e.Status,
		Unknown:    e.Unknown,
		MetOn:      e.MetOn,
		InForce:    e.InForce,
		Stated:     fromStated(e.Stated),
		FromStated: e.FromStated,
		Differs:    e.Differs,
		Condition:  e.Condition,
		Article:    e.Article,
		Required:   e.Required,
		Terms:      FromTerms(e.Terms),
		Counted:    fromCounted(e.Counted),
		NotCounted: fromNotCounted(e.NotCounted),
		Steps:      list(e.Steps, func(s domain.Step) Step { return Step(s) }),
	}
}

// FromProcedures converts optional procedures; none stay none.
func FromProcedures(all []domain.Procedure) []Procedure {
	return each(all, FromProcedure)
}

// FromProcedure converts an optional procedure.
func FromProcedure(p domain.Procedure) Procedure {
	return Procedure{
		Article:    p.Article,
		Title:      p.Title,
		Status:     p.Status,
		MetOn:      p.MetOn,
		InForce:    p.InForce,
		Required:   p.Required,
		Terms:      FromTerms(p.Terms),
		Counted:    fromCounted(p.Counted),
		NotCounted: fromNotCounted(p.NotCounted),
	}
}
