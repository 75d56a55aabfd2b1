package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"depositary/domain"
	"depositary/eventstore/recorder"
)

// CalendarActor stands in the ledger beside the days that began.
const CalendarActor = "calendar"

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
