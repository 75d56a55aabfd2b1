package v1

import "depositary/domain"

// Names of the events about the in-tray.
const (
	NameArrivalRegistered = "arrival.registered/v1"
	NameArrivalDecided    = "arrival.decided/v1"
)

// Arrival is what arrived.
type Arrival struct {
	Form        domain.ArrivalForm   `json:"form"`
	Participant domain.ParticipantID `json:"participant"`
	Received    domain.Date          `json:"received"`
	Document    domain.Date          `json:"document,omitzero"`
	Sender      string               `json:"sender"`
	Reference   string               `json:"reference,omitempty"`
	Foreseen    domain.ActionKind    `json:"foreseen,omitempty"`
	Signer      string               `json:"signer,omitempty"`
	Capacity    domain.Capacity      `json:"capacity,omitempty"`
	Powers      *FullPowers          `json:"powers,omitempty"`
	Documents   []Document           `json:"documents,omitempty"`
	Note        string               `json:"note,omitempty"`
}

// FullPowers say what a person may do for a State.
type FullPowers struct {
	Person  string              `json:"person"`
	Actions []domain.ActionKind `json:"actions,omitempty"`
	Until   domain.Date         `json:"until,omitzero"`
}

// ArrivalRegistered is the line of domain.ArrivalRegistered.
type ArrivalRegistered struct {
	Type    string  `json:"type"`
	Arrival Arrival `json:"arrival"`
}

// ArrivalDecided is the line of domain.ArrivalDecided.
type ArrivalDecided struct {
	Type        string               `json:"type"`
	Arrival     domain.RecordID      `json:"arrival"`
	Participant domain.ParticipantID `json:"participant"`
	Outcome     domain.Outcome       `json:"outcome"`
	Acts        int                  `json:"acts,omitempty"`
	Reason      string               `json:"reason,omitempty"`
	Answered    []domain.Code        `json:"answered,omitempty"`
}

// FromArrival converts an arrival of the domain.
func FromArrival(a domain.Arrival) Arrival {
	return Arrival{
		Form:        a.Form,
		Participant: a.Participant,
		Received:    a.Received,
		Document:    a.Document,
		Sender:      a.Sender,
		Reference:   a.Reference,
		Foreseen:    a.Foreseen,
		Signer:      a.Signer,
		Capacity:    a.Capacity,
		Powers:      (*FullPowers)(a.Powers),
		Documents:   each(a.Documents, func(d domain.Document) Document { return Document(d) }),
		Note:        a.Note,
	}
}

// ToDomain converts the arrival to the domain's.
func (a Arrival) ToDomain() domain.Arrival {
	return domain.Arrival{
		Form:        a.Form,
		Participant: a.Participant,
		Received:    a.Received,
		Document:    a.Document,
		Sender:      a.Sender,
		Reference:   a.Reference,
		Foreseen:    a.Foreseen,
		Signer:      a.Signer,
		Capacity:    a.Capacity,
		Powers:      (*domain.FullPowers)(a.Powers),
		Documents:   each(a.Documents, func(d Document) domain.Document { return domain.Document(d) }),
		Note:        a.Note,
	}
}

// ToDomain converts the line to its event.
func (v ArrivalRegistered) ToDomain() domain.Event {
	return &domain.ArrivalRegistered{Arrival: v.Arrival.ToDomain()}
}

// ToDomain converts the line to its event.
func (v ArrivalDecided) ToDomain() domain.Event {
	return &domain.ArrivalDecided{Arrival: v.Arrival, Participant: v.Participant, Outcome: v.Outcome, Acts: v.Acts, Reason: v.Reason, Answered: v.Answered}
}
