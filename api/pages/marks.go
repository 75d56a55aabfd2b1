package pages

import (
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
)

// The days on which the slider of a page rests. They run to today whatever day the
// page is as of, so that a page of the past can be slid forward.

// untilToday is the question as of today, or as of its own day where that is later.
func (a *ask) untilToday() projections.Query {
	if !a.On.AsOf.Before(a.Today) {
		return a.On
	}
	on, err := a.Views.Ask("", a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil { // the axes were read before
		return a.On
	}
	return on
}

// treatyDays lists the days on which something happened to a treaty.
func (a *ask) treatyDays(id domain.TreatyID) []string {
	t, _ := projections.TreatyTimeline(a.untilToday(), id)
	return days(t)
}

// participantDays lists the days on which something happened to a participant.
func (a *ask) participantDays(id domain.ParticipantID) []string {
	t, _ := projections.ParticipantTimeline(a.untilToday(), id)
	return days(t)
}

// shareDays lists the days on which the share of the world's migrants who are
// covered changed.
func (a *ask) shareDays(id domain.TreatyID, edition string) (marks []string, err error) {
	share, _, err := gap.ShareOf(a.untilToday(), id, edition)
	for _, p := range share.Points {
		marks = append(marks, p.Date.String())
	}
	return marks, err
}

// days lists the days of a timeline once each.
func days(t projections.Timeline) (marks []string) {
	for _, e := range t.Entries {
		if day := e.Date.String(); len(marks) == 0 || marks[len(marks)-1] != day {
			marks = append(marks, day)
		}
	}
	return marks
}
