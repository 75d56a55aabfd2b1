package projections

import (
	"fmt"
	"time"

	"depositary/domain"
	"depositary/eventstore"
)

// Axes are the three axes of an answer, as it shows them.
type Axes struct {
	AsOf       domain.Date         `json:"asOf" doc:"The legal day for which the answer holds" format:"date"`
	ReceivedBy domain.Date         `json:"receivedBy,omitzero" doc:"Only what the depositary had received by this day counts; absent: everything" format:"date"`
	KnownAt    eventstore.Position `json:"knownAt" doc:"Only what the ledger held up to this position counts"`
	KnownOn    time.Time           `json:"knownOn,omitzero" doc:"Instant at which that position was recorded (UTC)"`
}

// On is a question's view of the ledger: a state and the axes.
type On struct {
	Axes
	state *domain.State
	own   bool // the state itself ends where the axes do, and is asked for all that it holds
}

// Now asks as of a day of everything received and known.
func (v *Views) Now(asOf domain.Date) On {
	on, _ := v.On(asOf, domain.Date{}, 0)
	return on
}

// On puts a question on its axes. A knownAt of 0 means everything; one beyond
// the ledger's end is an error.
func (v *Views) On(asOf, receivedBy domain.Date, knownAt eventstore.Position) (On, error) {
	if knownAt > v.Position {
		return On{}, fmt.Errorf("the ledger ends at position %d; position %d is not known yet", v.Position, knownAt)
	}
	if knownAt == 0 {
		knownAt = v.Position
	}
	recorded, _ := v.RecordedAt(knownAt)
	return On{Axes: Axes{asOf, receivedBy, knownAt, recorded}, state: v.State}, nil
}

// of gives the axes in the domain's form. Nothing was known at position 0.
func (on On) of() domain.Axes {
	if on.own {
		return domain.Axes{AsOf: on.AsOf}
	}
	return domain.Axes{AsOf: on.AsOf, ReceivedBy: on.ReceivedBy, KnownAt: uint64(on.KnownAt)}
}

// known gives the position up to which definitions are known; 0 means all.
func (on On) known() uint64 { return on.of().KnownAt }

// onDay asks the same of another day.
func (on On) onDay(day domain.Date) On {
	on.AsOf = day
	return on
}

// history gives the history of a treaty on the axes, nil where it was not known.
func (on On) history(id domain.TreatyID) *domain.History { return on.state.History(id, on.of()) }

// name gives the name that a participant bore on the day asked for.
func (on On) name(id domain.ParticipantID) string {
	if p, ok := on.state.Participant(id, on.known()); ok {
		return p.Name(on.AsOf)
	}
	return string(id)
}
