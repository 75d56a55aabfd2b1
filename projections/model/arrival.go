package model

import "depositary/domain"

// Arrival is one paper that arrived at the depositary.
type Arrival struct {
	Form        domain.ArrivalForm   `json:"form" enum:"instrument,full powers,note verbale,letter"`
	Participant domain.ParticipantID `json:"participant" doc:"Who sent it"`
	Received    domain.Date          `json:"received" doc:"Day of receipt" format:"date"`
	Document    domain.Date          `json:"document,omitzero" doc:"Day that the paper carries" format:"date"`
	Sender      string               `json:"sender" doc:"Who sent it, such as a permanent mission" maxLength:"200"`
	Reference   string               `json:"reference,omitempty" doc:"The sender's own reference" maxLength:"200"`
	Foreseen    domain.ActionKind    `json:"foreseen,omitempty" doc:"The act that it is meant as"`
	Signer      string               `json:"signer,omitempty" doc:"Who signed it" maxLength:"200"`
	Capacity    domain.Capacity      `json:"capacity,omitempty" doc:"In which capacity; the first three represent their State without full powers (VCLT 7(2)(a))" enum:"head of State,head of Government,minister for foreign affairs,holder of full powers,head of mission,other capacity"`
	Powers      *FullPowers          `json:"powers,omitempty" doc:"Of full powers: what they allow"`
	Documents   []Document           `json:"documents,omitempty" doc:"Copies of what arrived. Everybody may read them once an act names them, and nobody before"`
	Note        string               `json:"note,omitempty"`
}

// FullPowers say what a person may do for a State (VCLT 2(1)(c)).
type FullPowers struct {
	Person  string              `json:"person" maxLength:"200"`
	Actions []domain.ActionKind `json:"actions,omitempty" doc:"The acts that they allow; every act where absent"`
	Until   domain.Date         `json:"until,omitzero" doc:"Last day; without end where absent" format:"date"`
}

// Check is one point of the list by which an arrival is examined.
type Check struct {
	Code     domain.Code       `json:"code,omitempty" doc:"Of what is missing: the query that recording it would raise"`
	State    domain.CheckState `json:"state" enum:"met,missing,to be noted"`
	Message  string            `json:"message"`
	Article  string            `json:"article,omitempty"`
	Accepted string            `json:"accepted,omitempty" doc:"What would meet it"`
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

// FromChecks converts the points of a list.
func FromChecks(all []domain.Check) []Check {
	return each(all, func(c domain.Check) Check { return Check(c) })
}
