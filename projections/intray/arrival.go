package intray

import (
	"time"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

// ArrivalView is what arrived, with the list by which it is examined and with what
// became of it, each step with who and when.
type ArrivalView struct {
	Record      domain.RecordID `json:"record"`
	Treaty      domain.TreatyID `json:"treaty,omitempty"`
	TreatyShort string          `json:"treatyShort,omitempty"`
	Name        string          `json:"name" doc:"Of the participant"`
	Arrival     model.Arrival   `json:"arrival"`
	Open        bool            `json:"open" doc:"Whether it waits to be decided on"`
	Outcome     domain.Outcome  `json:"outcome,omitempty" doc:"What was decided last" enum:"held,returned,recorded,filed,registered in error"`
	Checks      []model.Check   `json:"checks" doc:"The list that follows from the clauses of the treaty and from the law on who represents a State"`
	Registered  ArrivalStep     `json:"registered"`
	Steps       []ArrivalStep   `json:"steps" doc:"What was decided, in the order of the ledger"`
}

// ArrivalStep is one thing that was done about an arrival.
type ArrivalStep struct {
	Record   domain.RecordID   `json:"record"`
	Outcome  domain.Outcome    `json:"outcome,omitempty"`
	Acts     []domain.RecordID `json:"acts,omitempty" doc:"The acts that were recorded"`
	Reason   string            `json:"reason,omitempty"`
	Answered []domain.Code     `json:"answered,omitempty" doc:"Queries on its form that the reason let pass"`
	Actor    string            `json:"actor"`
	Approver string            `json:"approver,omitempty"`
	Recorded time.Time         `json:"recorded"`
}

// ViewArrival shows an arrival; with acts, it is examined with these.
func ViewArrival(l projections.Ledger, on projections.Query, c *domain.ArrivalCourse, acts []domain.Action) (ArrivalView, error) {
	v := ArrivalView{Record: c.ID, Treaty: c.Treaty, Name: on.Name(c.Arrival.Participant), Arrival: model.FromArrival(c.Arrival), Open: c.Open(), Outcome: c.Outcome(), Steps: []ArrivalStep{},
		Checks: model.FromChecks(on.State().CheckArrival(c, acts))}
	if t, ok := on.State().Treaty(c.Treaty, domain.Everything()); ok {
		v.TreatyShort = t.Short
	}
	var err error
	if v.Registered, err = step(l, domain.ArrivalStep{ID: c.ID}); err != nil {
		return v, err
	}
	for _, s := range c.Steps {
		made, err := step(l, s)
		if err != nil {
			return v, err
		}
		v.Steps = append(v.Steps, made)
	}
	return v, nil
}

func step(l projections.Ledger, s domain.ArrivalStep) (ArrivalStep, error) {
	who, err := l.Who(s.ID)
	return ArrivalStep{s.ID, s.Outcome, s.Acts, s.Reason, s.Answered, who.Actor, who.Approver, who.Recorded}, err
}
