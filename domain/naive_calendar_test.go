package domain_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"depositary/domain"
)

// The naive interpreter has a calendar of its own: a list of all days, made by
// turning one leaf after the other. Delays are counted on it with a finger.

// day is a place in the list of days; 0 is no day.
type day int

type leaf struct{ year, month, number int }

const firstCalendarYear, lastCalendarYear = 1900, 2399

var (
	calendar    = turnLeaves()
	firstDaysOf = firstDaysOfMonths()
)

func turnLeaves() []leaf {
	leaves := make([]leaf, 1, 366*(lastCalendarYear-firstCalendarYear+1))
	for t := time.Date(firstCalendarYear, time.January, 1, 0, 0, 0, 0, time.UTC); t.Year() <= lastCalendarYear; t = t.AddDate(0, 0, 1) {
		leaves = append(leaves, leaf{t.Year(), int(t.Month()), t.Day()})
	}
	return leaves
}

// firstDaysOfMonths returns the first day of each month since the calendar's
// beginning; the last month ends where the list does.
func firstDaysOfMonths() (firsts []day) {
	for i, l := range calendar {
		if l.number == 1 {
			firsts = append(firsts, day(i))
		}
	}
	return append(firsts, day(len(calendar)))
}

func monthOf(d day) int { return (calendar[d].year-firstCalendarYear)*12 + calendar[d].month - 1 }

func firstOfYear(year int) day { return firstDaysOf[(year-firstCalendarYear)*12] }

// leafOf finds the day of a date in the list.
func leafOf(d domain.Date) day {
	if d.IsZero() {
		return 0
	}
	month := (d.Year()-firstCalendarYear)*12 + int(d.Month()) - 1
	return firstDaysOf[month] + day(d.Day()) - 1
}

func (d day) date() domain.Date {
	if d == 0 {
		return domain.Date{}
	}
	l := calendar[d]
	date, err := domain.NewDate(l.year, time.Month(l.month), l.number)
	if err != nil {
		panic(err)
	}
	return date
}

func (d day) String() string {
	if d == 0 {
		return "never"
	}
	return fmt.Sprintf("%04d-%02d-%02d", calendar[d].year, calendar[d].month, calendar[d].number)
}

func dayOfText(text string) day { return leafOf(domain.MustDate(text)) }

// monthsOn returns the day of the same number n months on, or the month's last.
func (d day) monthsOn(n int) day {
	month := monthOf(d) + n
	length := firstDaysOf[month+1] - firstDaysOf[month]
	return firstDaysOf[month] + min(day(calendar[d].number), length) - 1
}

// untilNextFirst turns leaves until a month begins.
func (d day) untilNextFirst() day {
	for d++; calendar[d].number != 1; d++ {
	}
	return d
}

// on returns the day that a span makes of a day. It reads the words themselves.
func (d day) on(span string) day {
	words := strings.Fields(span)
	switch {
	case span == "the same day":
		return d
	case strings.HasSuffix(span, "month after the month"): // first of the 6th month after the month
		n := number(strings.TrimRight(words[3], "sthndr"))
		return firstDaysOf[monthOf(d)+n]
	case strings.HasPrefix(span, "first of the month after "):
		return d.on(strings.TrimPrefix(span, "first of the month after ")).untilNextFirst()
	}
	switch {
	case strings.HasPrefix(span, "the day after "):
		return d.on(strings.TrimPrefix(span, "the day after ")) + 1
	case strings.HasSuffix(span, " of the following year"):
		return dayOfYear(words[0], words[1], calendar[d].year+1)
	case strings.Contains(span, " next if received "):
		return d.nextInTime(words)
	case strings.Contains(span, " of a year by notice "):
		for year := calendar[d].year; ; year++ {
			if last := dayOfYear(words[8], words[9], year); d < last || d == last && words[7] == "by" {
				return dayOfYear(words[0], words[1], year)
			}
		}
	}
	n := number(words[0])
	switch strings.TrimSuffix(words[1], "s") {
	case "day":
		return d + day(n)
	case "month":
		return d.monthsOn(n)
	case "year":
		return d.monthsOn(12 * n)
	}
	panic("no span: " + span)
}

func dayOfYear(number, month string, year int) day {
	t, err := time.Parse("2 January 2006", number+" "+month+" "+strconv.Itoa(year))
	if err != nil {
		panic(err)
	}
	return leafOf(domain.DateOf(t))
}

// nextInTime turns leaves to the next such day; where the notice of it is late,
// it is the one of the year after.
func (d day) nextInTime(words []string) day { // 1 January next if received by 1 July
	next := d + 1
	for next != dayOfYear(words[0], words[1], calendar[next].year) {
		next++
	}
	last := next - 1
	for last != dayOfYear(words[6], words[7], calendar[last].year) {
		last--
	}
	if d < last || d == last && words[5] == "by" {
		return next
	}
	return dayOfYear(words[0], words[1], calendar[next].year+1)
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	return n
}

// firstOf returns the earlier of two days, where no day is never.
func firstOf(a, b day) day {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
