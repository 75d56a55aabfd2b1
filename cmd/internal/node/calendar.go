package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/eventstore/recorder"
)

// CalendarActor stands in the ledger beside the days that began.
const CalendarActor = "calendar"

// mostDaysAhead is how far the next day may be after the last: one that has begun is
// not taken back, so a clock that is far ahead for a minute must not begin one.
const mostDaysAhead = 35

// DayAheadError says that a day does not begin by itself: it is too far after the last.
type DayAheadError struct{ Day, Last domain.Date }

func (e *DayAheadError) Error() string {
	return fmt.Sprintf("the clock says that it is %s, %d days after the last day that began (%s): such a day does not begin by itself", e.Day, e.Last.DaysUntil(e.Day), e.Last)
}

// mayBegin returns a *DayAheadError where a day is too far after the last one, and
// the operator has not said that it is right.
func (n *Node) mayBegin(today domain.Date) error {
	last, begun := n.Views().State.DayAt(domain.Everything())
	if !begun || last.DaysUntil(today) <= mostDaysAhead || !n.o.BeginDay.IsZero() && n.o.BeginDay.DaysUntil(today) <= mostDaysAhead {
		n.unsay(partCalendar)
		return nil
	}
	err := &DayAheadError{today, last}
	n.say(v1.Fault{Part: partCalendar, Why: err.Error(), Action: "if the clock is wrong, set it; if it is right, start the node with --begin-day " + today.String()}, false, nil)
	return err
}

// lookAgain bounds how long the calendar sleeps: a machine's clock may be set.
const lookAgain = time.Minute

// BeginDay lets the day at the depositary begin in the ledger, unless it has. A
// day's command has one id on all nodes, so the ledger holds it once. In an
// empty ledger nothing can take effect: its first days are those of its commits.
func (n *Node) BeginDay(ctx context.Context) error {
	if n.Position() == 0 {
		return nil
	}
	today := n.Today()
	if last, begun := n.Views().State.DayAt(domain.Everything()); begun && !today.After(last) {
		return nil
	}
	if err := n.mayBegin(today); err != nil {
		return err
	}
	request := recorder.Request{ID: "day:" + today.String(), Actor: CalendarActor, Command: &domain.BeginDay{Day: today}}
	_, err := n.recorder.Record(ctx, request)
	var decided *recorder.DecisionError
	if last, begun := n.Views().State.DayAt(domain.Everything()); errors.As(err, &decided) && begun && !today.After(last) {
		return nil // another node, whose clock is ahead, has begun a later day
	}
	if err != nil {
		return fmt.Errorf("beginning the day %s: %w", today, err)
	}
	return nil
}

// keepCalendar begins each day when it comes.
func (n *Node) keepCalendar() {
	n.again("calendar", func() time.Duration { return min(lookAgain, n.untilMidnight()) }, func(ctx context.Context) {
		if err := n.BeginDay(ctx); err != nil && ctx.Err() == nil {
			n.o.Logger.Warn("the day could not begin; it is tried again", "cause", err)
		}
	})
}

// untilMidnight returns how long the day at the depositary still lasts. Where
// clocks are put forward at midnight, 00:00 does not exist and is read as 23:00:
// then it is looked at every second whether the day has come.
func (n *Node) untilMidnight() time.Duration {
	now := n.o.Now().In(n.o.Zone)
	year, month, day := now.Date()
	if left := time.Date(year, month, day+1, 0, 0, 0, 0, n.o.Zone).Sub(now); left > 0 {
		return left
	}
	return time.Second
}
