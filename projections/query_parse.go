package projections

import (
	"fmt"
	"strconv"
	"time"

	"depositary/domain"
	"depositary/eventstore"
)

// Ask puts a question on its axes, as it was written: days as in 2003-07-01, and
// for knownAt a position, an instant or a day as well. An empty asOf means
// today, the others everything. Its error is an *InputError.
func (v *Views) Ask(asOf, receivedBy, knownAt string, today domain.Date) (Query, error) {
	day, err := ParseDay("asOf", asOf)
	if err != nil {
		return Query{}, err
	}
	received, err := ParseDay("receivedBy", receivedBy)
	if err != nil {
		return Query{}, err
	}
	known, err := v.ParseKnownAt(knownAt)
	if err != nil {
		return Query{}, err
	}
	if known == UpTo(0) {
		return Query{}, &InputError{Field: "knownAt", Reason: "nothing was recorded by then", Accepted: "an instant from the first commit on"}
	}
	on, err := v.Query(day.Or(today), received, known)
	if err != nil {
		return on, &InputError{Field: "knownAt", Reason: err.Error(), Accepted: fmt.Sprintf("a position up to %d", v.Position)}
	}
	return on, nil
}

// ParseDay reads a day; the zero Date where there is no text. Its error is an
// *InputError that names the field.
func ParseDay(field, text string) (domain.Date, error) {
	if text == "" {
		return domain.Date{}, nil
	}
	d, err := domain.ParseDate(text)
	if err != nil {
		return d, &InputError{Field: field, Reason: err.Error(), Accepted: "a day such as 2003-07-01"}
	}
	return d, nil
}

// ParseKnownAt reads a position, an instant or a day (to its end, UTC) and
// returns what the ledger held then; everything where there is no text. Its
// error is an *InputError.
func (v *Views) ParseKnownAt(text string) (Moment, error) {
	if text == "" {
		return Moment{}, nil
	}
	if n, err := strconv.ParseUint(text, 10, 63); err == nil {
		return UpTo(eventstore.Position(n)), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return UpTo(v.PositionAt(t)), nil
	}
	if d, err := domain.ParseDate(text); err == nil {
		end := time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, -1, time.UTC)
		return UpTo(v.PositionAt(end)), nil
	}
	return Moment{}, &InputError{Field: "knownAt", Reason: fmt.Sprintf("%q is no moment of the ledger", text), Accepted: "a position such as 812, an instant such as 2026-11-23T18:00:00Z, or a day such as 2026-11-23"}
}

// InputError says that a question cannot be understood: which part of it, why,
// and what would be.
type InputError struct {
	Field, Reason, Accepted string
}

func (e *InputError) Error() string {
	return e.Field + ": " + e.Reason + "; accepted: " + e.Accepted
}
