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

// Query is a view of the ledger on the three axes: a state and what of it counts.
type Query struct {
	Axes
	state *domain.State
	own   bool // the state itself ends where the axes do, and is asked for all that it holds
}

// QueryOf asks a state as of a day of what was known up to a position; at
// position 0 nothing was.
func QueryOf(state *domain.State, asOf domain.Date, knownAt eventstore.Position) Query {
	return Query{Axes: Axes{AsOf: asOf, KnownAt: knownAt}, state: state}
}

// Past returns the query on a state of its own, which ends where the axes do,
// with what some treaties need. Hypotheses are decided on it: what the
// depositary received later would stand in their way, so where the query names
// no day of receipt, it is the as-of day.
func (on Query) Past(treaties ...domain.TreatyID) Query {
	axes := on.of()
	if axes.ReceivedBy.IsZero() {
		axes.ReceivedBy = on.AsOf
	}
	on.state, on.own, on.ReceivedBy = on.state.Past(axes, treaties...), true, axes.ReceivedBy
	return on
}

// With returns a query of Past on a state that adds to its own, one position on.
func (on Query) With(state *domain.State) Query {
	on.KnownAt = max(on.KnownAt, eventstore.Position(on.state.Position())) + 1
	on.state = state
	return on
}

// Now asks as of a day of everything received and known.
func (v *Views) Now(asOf domain.Date) Query {
	on, _ := v.Query(asOf, domain.Date{}, Moment{})
	return on
}

// Query puts a question on its axes. A moment beyond the ledger's end is an error.
func (v *Views) Query(asOf, receivedBy domain.Date, known Moment) (Query, error) {
	last := eventstore.Position(known.In(uint64(v.Position)))
	if last > v.Position {
		return Query{}, fmt.Errorf("the ledger ends at position %d; position %d is not known yet", v.Position, last)
	}
	on := QueryOf(v.State, asOf, last)
	on.ReceivedBy = receivedBy
	on.KnownOn, _ = v.RecordedAt(last)
	return on, nil
}

// State returns the state that the query looks at, which may know more than
// Known says.
func (on Query) State() *domain.State { return on.state }

// of returns the axes in the domain's form.
func (on Query) of() domain.Axes {
	if on.own {
		return domain.Axes{AsOf: on.AsOf}
	}
	return domain.Axes{AsOf: on.AsOf, ReceivedBy: on.ReceivedBy, KnownAt: UpTo(on.KnownAt)}
}

// Known returns the moment up to which definitions count.
func (on Query) Known() Moment { return on.of().KnownAt }

// OnDay asks the same of another day.
func (on Query) OnDay(day domain.Date) Query {
	on.AsOf = day
	return on
}

// History returns the history of a treaty on the axes, nil where it was not known.
func (on Query) History(id domain.TreatyID) *domain.History { return on.state.History(id, on.of()) }

// Name returns the name of a participant on the day asked for.
func (on Query) Name(id domain.ParticipantID) string {
	if p, ok := on.state.Participant(id, on.Known()); ok {
		return p.Name(on.AsOf)
	}
	return string(id)
}

// DayAt returns the day at the depositary when a commit was made: the one that
// was begun last. Before the first one it is the day of its instant (UTC).
func (v *Views) DayAt(p eventstore.Position) domain.Date {
	if day, begun := v.State.DayAt(UpTo(p)); begun {
		return day
	}
	recorded, _ := v.RecordedAt(p)
	return domain.DateOf(recorded)
}
