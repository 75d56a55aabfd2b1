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

// QueryOf asks a state as of a day of what was known up to a position; at
// position 0 nothing was.
func QueryOf(state *domain.State, asOf domain.Date, knownAt eventstore.Position) On {
	if knownAt == 0 {
		state = domain.NewState() // a position of 0 would mean everything
	}
	return On{Axes: Axes{AsOf: asOf, KnownAt: knownAt}, state: state}
}

// Past returns the query on a state of its own, which ends where the axes do,
// with what some treaties need. Hypotheses are decided on it: what the
// depositary received later would stand in their way, so where the query names
// no day of receipt, it is the as-of day.
func (on On) Past(treaties ...domain.TreatyID) On {
	axes := on.of()
	if axes.ReceivedBy.IsZero() {
		axes.ReceivedBy = on.AsOf
	}
	on.state, on.own, on.ReceivedBy = on.state.Past(axes, treaties...), true, axes.ReceivedBy
	return on
}

// With returns a query of Past on a state that adds to its own, one position on.
func (on On) With(state *domain.State) On {
	on.KnownAt = max(on.KnownAt, eventstore.Position(on.state.Position())) + 1
	on.state = state
	return on
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

// DayAt returns the day at the depositary when a commit was made: the one that
// was begun last. Before the first one it is the day of its instant (UTC).
func (v *Views) DayAt(p eventstore.Position) domain.Date {
	if day, begun := v.State.DayAt(uint64(p)); begun && p > 0 {
		return day
	}
	recorded, _ := v.RecordedAt(p)
	return domain.DateOf(recorded)
}
