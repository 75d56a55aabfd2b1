package domain

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

type delayUnit int

const (
	sameDay delayUnit = iota
	days
	months
	years
	firstAfterMonths // first of the month that follows n months
	firstAfterDays   // first of the month that follows n days
	firstOfNthMonth  // first of the nth month after the month of the day itself
	dayAfterDays     // the day after n days
	dayAfterMonths   // the day after n months
	dayAfterYears    // the day after n years
	dayOfNextYear    // a day of the following year
	nextIfBy         // the next such day if received by another day of the year, else a year later
	dayIfBefore      // such a day of the first year of which another day is still to come
)

// Delay says which day follows from a day on which a condition was met or an
// instrument deposited, and before which day it cannot fall.
type Delay struct {
	text   string
	effect span
	floors []floor
}

// floor is a day before which the effect cannot fall.
type floor struct {
	text         string
	date         Date  // not before this day …
	afterOpening int   // … or not before n years after opening for signature …
	parent       bool  // … or not before the parent is in force
	elseAfter    Date  // if met after this day, the other delay applies
	elseDelay    *span // the delay of the else-branch
}

type span struct {
	unit      delayUnit
	n         int
	day       yearDay // the day of the year on which the effect falls
	by        yearDay // the day of the year by which notice is to be given
	including bool    // by that day, and not only before it
}

// yearDay is a day of every year.
type yearDay struct {
	month time.Month
	day   int
}

func (y yearDay) of(year int) Date {
	return clampDate(pack(year, y.month, min(y.day, daysIn(year, y.month))))
}

const delayForms = `one of "the same day", "30 days", "3 months", "1 year", "first of the month after 3 months", ` +
	`"first of the month after 60 days", "first of the 6th month after the month", "the day after 6 months", ` +
	`"31 December of the following year", "1 January next if received by 1 July", "30 June of a year by notice before 1 January"`

const floorForms = `one of "not before 2019-01-01", "not before 2 years after opening", "not before the parent is in force", "if met after 2019-01-01: 90 days"`

var (
	rePlainDelay = regexp.MustCompile(`^(\d{1,4}) (day|month|year)s?$`)
	reFirstAfter = regexp.MustCompile(`^first of the month after (\d{1,4}) (day|month)s?$`)
	reFirstOfNth = regexp.MustCompile(`^first of the (\d{1,2})(?:st|nd|rd|th) month after the month$`)
	reDayAfter   = regexp.MustCompile(`^the day after (\d{1,4}) (day|month|year)s?$`)
	reNextYear   = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) of the following year$`)
	reNextIf     = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) next if received (by|before) (\d{1,2}) ([A-Z][a-z]+)$`)
	reOfAYear    = regexp.MustCompile(`^(\d{1,2}) ([A-Z][a-z]+) of a year by notice (before|by) (\d{1,2}) ([A-Z][a-z]+)$`)
	reFloorDate  = regexp.MustCompile(`^not before (\d{4}-\d{2}-\d{2})$`)
	reFloorOpen  = regexp.MustCompile(`^not before (\d{1,2}) years? after opening$`)
	reElse       = regexp.MustCompile(`^if met after (\d{4}-\d{2}-\d{2}): (.+)$`)
)

// ParseDelay reads a delay phrase with its floors; its error is a *PhraseError.
func ParseDelay(text string) (Delay, error) {
	if len(text) > maxPhrase {
		return Delay{}, &PhraseError{text[:maxPhrase], maxPhrase + 1, fmt.Sprintf("a phrase of up to %d characters expected", maxPhrase)}
	}
	d := Delay{text: text}
	column := 1
	for i, part := range strings.Split(text, "; ") {
		var err error
		if i == 0 {
			var s span
			s, err = parseSpan(part)
			d.effect = s
		} else {
			var f floor
			f, err = parseFloor(part)
			d.floors = append(d.floors, f)
		}
		if err != nil {
			return Delay{}, &PhraseError{text, column, err.Error()}
		}
		column += len(part) + 2
	}
	return d, nil
}

// MustDelay is ParseDelay for phrases written in the program itself.
func MustDelay(text string) Delay {
	d, err := ParseDelay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func parseSpan(text string) (span, error) {
	if text == "the same day" {
		return span{unit: sameDay}, nil
	}
	if m := rePlainDelay.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": days, "month": months, "year": years}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	if m := reFirstAfter.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": firstAfterDays, "month": firstAfterMonths}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	if m := reFirstOfNth.FindStringSubmatch(text); m != nil && atoi(m[1]) > 0 {
		return span{unit: firstOfNthMonth, n: atoi(m[1])}, nil
	}
	if m := reDayAfter.FindStringSubmatch(text); m != nil {
		unit := map[string]delayUnit{"day": dayAfterDays, "month": dayAfterMonths, "year": dayAfterYears}[m[2]]
		return span{unit: unit, n: atoi(m[1])}, nil
	}
	return parseYearly(text)
}

// parseYearly reads the delays that fall on a day of the year.
func parseYearly(text string) (s span, err error) {
	if m := reNextYear.FindStringSubmatch(text); m != nil {
		s.unit = dayOfNextYear
		s.day, err = parseYearDay(m[1], m[2])
		return s, err
	}
	unit := nextIfBy
	m := reNextIf.FindStringSubmatch(text)
	if m == nil {
		unit, m = dayIfBefore, reOfAYear.FindStringSubmatch(text)
	}
	if m == nil {
		return span{}, fmt.Errorf("%s expected", delayForms)
	}
	s.unit, s.including = unit, m[3] == "by"
	if s.day, err = parseYearDay(m[1], m[2]); err == nil {
		s.by, err = parseYearDay(m[4], m[5])
	}
	return s, err
}

func parseYearDay(day, month string) (yearDay, error) {
	for m := time.January; m <= time.December; m++ {
		if m.String() == month && atoi(day) >= 1 && atoi(day) <= daysIn(2000, m) {
			return yearDay{m, atoi(day)}, nil
		}
	}
	return yearDay{}, fmt.Errorf("%s %s is no day of a year: one such as 31 December expected", day, month)
}

func parseFloor(text string) (floor, error) {
	f := floor{text: text}
	if text == "not before the parent is in force" {
		f.parent = true
		return f, nil
	}
	var err error
	if m := reFloorDate.FindStringSubmatch(text); m != nil {
		f.date, err = ParseDate(m[1])
		return f, err
	}
	if m := reFloorOpen.FindStringSubmatch(text); m != nil {
		f.afterOpening = atoi(m[1])
		return f, nil
	}
	if m := reElse.FindStringSubmatch(text); m != nil {
		if f.elseAfter, err = ParseDate(m[1]); err != nil {
			return f, err
		}
		s, err := parseSpan(m[2])
		f.elseDelay = &s
		return f, err
	}
	return f, fmt.Errorf("%s expected", floorForms)
}

// String returns the phrase as it was written.
func (d Delay) String() string { return d.text }

// IsZero reports whether no delay is known.
func (d Delay) IsZero() bool { return d.text == "" }

// MarshalText writes the phrase.
func (d Delay) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads the phrase; its error is a *PhraseError.
func (d *Delay) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDelay(string(text))
	return err
}

// from returns the day that the span makes of a day.
func (s span) from(d Date) Date {
	switch s.unit {
	case days:
		return d.AddDays(s.n)
	case months:
		return d.AddMonths(s.n)
	case years:
		return d.AddYears(s.n)
	case firstAfterMonths:
		return d.AddMonths(s.n).FirstOfNextMonth()
	case firstAfterDays:
		return d.AddDays(s.n).FirstOfNextMonth()
	case firstOfNthMonth:
		first := pack(d.Year(), d.Month(), 1)
		return first.AddMonths(s.n)
	case dayAfterDays:
		return d.AddDays(s.n + 1)
	case dayAfterMonths:
		return d.AddMonths(s.n).AddDays(1)
	case dayAfterYears:
		return d.AddYears(s.n).AddDays(1)
	case dayOfNextYear:
		return s.day.of(d.Year() + 1)
	case nextIfBy, dayIfBefore:
		return s.yearly(d)
	}
	return d
}

// yearly returns the day of the year that a notice of a day is in time for. "1
// January next if received by 1 July": received on 2 July it is the one after.
// "30 June of a year by notice before 1 January" of that year.
func (s span) yearly(d Date) Date {
	inTime := func(last Date) bool { return d.Before(last) || s.including && d == last }
	if s.unit == dayIfBefore {
		year := d.Year()
		for !inTime(s.by.of(year)) {
			year++
		}
		return s.day.of(year)
	}
	next := s.day.of(d.Year())
	if !next.After(d) {
		next = s.day.of(d.Year() + 1)
	}
	last := s.by.of(next.Year())
	if !last.Before(next) {
		last = s.by.of(next.Year() - 1)
	}
	if !inTime(last) {
		return s.day.of(next.Year() + 1)
	}
	return next
}

func (d Delay) span() span { return d.effect }
