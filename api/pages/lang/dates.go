package lang

import (
	"strconv"
	"time"

	"depositary/domain"
)

// dates are the patterns of dates and the names of months, out of the messages.
type dates struct {
	day, first, short, shortFirst, month template
	instant                              template
	months, shortMonths, aloneMonths     [13]string
}

func datesOf(l *Language) dates {
	pattern := func(key string) template {
		m, held := l.messages[key]
		if !held {
			panic(l.Tag + " has no " + key)
		}
		return m.forms[0]
	}
	d := dates{
		day: pattern("date.day"), first: pattern("date.day-first"),
		short: pattern("date.short"), shortFirst: pattern("date.short-first"),
		month: pattern("date.month"), instant: pattern("date.instant"),
	}
	for n := 1; n <= 12; n++ {
		d.months[n] = pattern(numeral("month", n))[0].text
		d.shortMonths[n] = pattern(numeral("month.short", n))[0].text
		d.aloneMonths[n] = pattern(numeral("month.alone", n))[0].text
	}
	return d
}

// Day writes a day: 1 July 2003, in French 1er juillet 2003. No date is empty.
func (l *Language) Day(d domain.Date) string {
	return string(l.appendDay(make([]byte, 0, 48), d))
}

func (l *Language) appendDay(b []byte, d domain.Date) []byte {
	if d.Day() == 1 {
		return l.appendDate(b, l.dates.first, &l.dates.months, d)
	}
	return l.appendDate(b, l.dates.day, &l.dates.months, d)
}

// ShortDay writes a day for tables: 1 Jul 2003. No date is empty.
func (l *Language) ShortDay(d domain.Date) string {
	pattern := l.dates.short
	if d.Day() == 1 {
		pattern = l.dates.shortFirst
	}
	return string(l.appendDate(make([]byte, 0, 32), pattern, &l.dates.shortMonths, d))
}

// Month writes the month of a day: July 2003. No date is empty.
func (l *Language) Month(d domain.Date) string {
	return string(l.appendDate(make([]byte, 0, 32), l.dates.month, &l.dates.aloneMonths, d))
}

// Instant writes an instant to the minute, in UTC: 24 November 2026, 03:41 UTC.
// The zero time is empty.
func (l *Language) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	b := make([]byte, 0, 64)
	for _, p := range l.dates.instant {
		b = append(b, p.text...)
		switch p.value {
		case "day":
			b = l.appendDay(b, domain.DateOf(t))
		case "time":
			b = t.AppendFormat(b, "15:04")
		}
	}
	return string(b)
}

func (l *Language) appendDate(b []byte, pattern template, months *[13]string, d domain.Date) []byte {
	if d.IsZero() {
		return b
	}
	for _, p := range pattern {
		b = append(b, p.text...)
		switch p.value {
		case "day":
			b = strconv.AppendInt(b, int64(d.Day()), 10)
		case "month":
			b = append(b, months[d.Month()]...)
		case "year":
			b = strconv.AppendInt(b, int64(d.Year()), 10)
		}
	}
	return b
}
