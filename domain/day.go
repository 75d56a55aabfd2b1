package domain

import (
	"fmt"
	"iter"
	"sort"
)

// begunDay is a day with the position of the commit that began it.
type begunDay struct {
	position uint64
	day      Date
}

// DayAt returns the day that was begun last, as far as the ledger held it at a
// moment. It is false before the first one.
func (s *State) DayAt(known Moment) (Date, bool) {
	n := sort.Search(len(s.days), func(i int) bool { return !known.Has(s.days[i].position) })
	if n == 0 {
		return Date{}, false
	}
	return s.days[n-1].day, true
}

// Days returns the days that were begun, each with the position of its commit, in
// the ledger's order.
func (s *State) Days() iter.Seq2[uint64, Date] {
	return func(yield func(uint64, Date) bool) {
		for _, d := range s.days {
			if !yield(d.position, d.day) {
				return
			}
		}
	}
}

// HeldSince returns the position at which the treaty came into the ledger, false
// where it is not held.
func (s *State) HeldSince(id TreatyID) (uint64, bool) {
	d := s.dossier(id)
	if d == nil {
		return 0, false
	}
	return d.versions[0].since, true
}

// beginDay lets a day begin that is later than the last one and not in the future.
func (d *decider) beginDay(c *BeginDay) {
	last, begun := d.draft.DayAt(Everything())
	switch {
	case c.Day.After(d.today):
		d.add(reject(CodeFieldInvalid, "day", fmt.Sprintf("%s has not come yet", c.Day)).accepting("today, " + d.today.String()))
	case begun && !c.Day.After(last):
		d.add(reject(CodeStaleRevision, "day", fmt.Sprintf("%s has begun already", last)).accepting("a later day"))
	default:
		d.accept("", &DayBegun{c.Day}, "day")
	}
}
