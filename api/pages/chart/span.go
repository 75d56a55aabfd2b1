package chart

import "depositary/domain"

// span is the days that a picture reaches over: those that it was given, and where
// it was given none the first and the last of what it shows.
type span struct {
	from, to     domain.Date
	begins, ends bool // the day was given
}

// take widens the span to a day; no date changes nothing.
func (s *span) take(d domain.Date) {
	if d.IsZero() {
		return
	}
	if !s.begins && (s.from.IsZero() || d.Before(s.from)) {
		s.from = d
	}
	if !s.ends && d.After(s.to) {
		s.to = d
	}
}
