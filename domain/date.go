package domain

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a calendar day at the depositary, without time zone. The zero Date
// is "no date"; it sorts before every day.
type Date struct{ ymd int32 } // year·10000 + month·100 + day

// NewDate returns the day, or an error when the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, error) {
	if year < 1 || year > 9999 {
		return Date{}, fmt.Errorf("year %d lies outside 1 to 9999", year)
	}
	if month < 1 || month > 12 {
		return Date{}, fmt.Errorf("there is no month %d", int(month))
	}
	if day < 1 || day > daysIn(year, month) {
		return Date{}, fmt.Errorf("%s %d has %d days, there is no day %d", month, year, daysIn(year, month), day)
	}
	return pack(year, month, day), nil
}

// ParseDate reads a day written as 2003-07-01, and nothing else.
func ParseDate(text string) (Date, error) {
	if d, ok := readDate(text); ok {
		return d, nil
	}
	year, month, day, ok := readDigits(text)
	if !ok {
		return Date{}, fmt.Errorf("%q is not a date: year-month-day expected, such as 2003-07-01", text)
	}
	_, err := NewDate(year, time.Month(month), day)
	return Date{}, fmt.Errorf("%q is not a date: %w", text, err)
}

// readDate reads a day without allocating, as a rebuild reads millions.
func readDate[T string | []byte](text T) (Date, bool) {
	year, month, day, ok := readDigits(text)
	if !ok || year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, time.Month(month)) {
		return Date{}, false
	}
	return pack(year, time.Month(month), day), true
}

func readDigits[T string | []byte](text T) (year, month, day int, ok bool) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, 0, 0, false
	}
	var parts [3]int
	part := 0
	for i := range len(text) {
		switch c := text[i]; {
		case i == 4 || i == 7:
			part++
		case c < '0' || c > '9':
			return 0, 0, 0, false
		default:
			parts[part] = parts[part]*10 + int(c-'0')
		}
	}
	return parts[0], parts[1], parts[2], true
}

// MustDate is ParseDate for days written in the program itself.
func MustDate(text string) Date {
	d, err := ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// DateOf returns the calendar day on which the instant falls in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return pack(y, m, d)
}

func pack(year int, month time.Month, day int) Date {
	return Date{int32(year*10000 + int(month)*100 + day)}
}

func daysIn(year int, month time.Month) int {
	if month == time.February && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// Year, Month and Day take the date apart; all are 0 for no date.
func (d Date) Year() int         { return int(d.ymd / 10000) }
func (d Date) Month() time.Month { return time.Month(d.ymd / 100 % 100) }
func (d Date) Day() int          { return int(d.ymd % 100) }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.ymd == 0 }

// Before, After and Compare order days; no date comes before every day.
func (d Date) Before(o Date) bool { return d.ymd < o.ymd }
func (d Date) After(o Date) bool  { return d.ymd > o.ymd }
func (d Date) Compare(o Date) int { return int(d.ymd) - int(o.ymd) }

// LastDay is later than any day a treaty will see; as an axis it means "everything".
var LastDay = Date{99991231}

// Or returns d, or the other where d is no date.
func (d Date) Or(other Date) Date {
	if d.IsZero() {
		return other
	}
	return d
}

func later(a, b Date) Date {
	if a.After(b) {
		return a
	}
	return b
}

// earlierOf returns the earlier of two days, where no date means never.
func earlierOf(a, b Date) Date {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (d Date) time() time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func clampDate(d Date) Date {
	if d.ymd > LastDay.ymd {
		return LastDay
	}
	return d
}

// AddDays counts calendar days: "the thirtieth day after" is AddDays(30).
func (d Date) AddDays(n int) Date { return clampDate(DateOf(d.time().AddDate(0, 0, n))) }

// AddMonths returns the day of the same number n months on, or the last of that
// month where it has no such day (31 January + 1 month = 28 February).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	day := min(d.Day(), daysIn(first.Year(), first.Month()))
	return clampDate(pack(first.Year(), first.Month(), day))
}

// AddYears is AddMonths by the dozen.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// FirstOfNextMonth returns the first day of the month that follows d's month.
func (d Date) FirstOfNextMonth() Date {
	return clampDate(DateOf(time.Date(d.Year(), d.Month()+1, 1, 0, 0, 0, 0, time.UTC)))
}

// DaysUntil counts days from one day to another; before it, they are negative.
func (d Date) DaysUntil(o Date) int { return int(o.time().Sub(d.time()).Hours() / 24) }

// YearsUntil counts the full years from d to o.
func (d Date) YearsUntil(o Date) int {
	years := o.Year() - d.Year()
	if d.AddYears(years).After(o) {
		years--
	}
	return years
}

// String writes 2003-07-01, and nothing for no date.
func (d Date) String() string {
	b, _ := d.AppendText(nil)
	return string(b)
}

// Long writes the day as people read it: 1 July 2003.
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	// Every reason of every status has such days: this is not the place for fmt.
	return strconv.Itoa(d.Day()) + " " + d.Month().String() + " " + strconv.Itoa(d.Year())
}

// AppendText appends 2003-07-01.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.IsZero() {
		return b, nil
	}
	y, m, day := d.Year(), int(d.Month()), d.Day()
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-',
		byte('0'+day/10), byte('0'+day%10)), nil
}

// MarshalText writes 2003-07-01, and nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText accepts 2003-07-01, and nothing as no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	if read, ok := readDate(text); ok {
		*d = read
		return nil
	}
	_, err := ParseDate(string(text))
	return err
}

// Interval is the days from From, inclusive, until Until, exclusive. A zero
// From means "always before", a zero Until "still".
type Interval struct {
	From  Date
	Until Date
}

// Contains reports whether the day lies in the interval.
func (i Interval) Contains(d Date) bool {
	return !d.Before(i.From) && (i.Until.IsZero() || d.Before(i.Until))
}

// overlaps reports whether some day lies in both intervals.
func (i Interval) overlaps(o Interval) bool {
	return (o.Until.IsZero() || i.From.Before(o.Until)) && (i.Until.IsZero() || o.From.Before(i.Until))
}

// words writes the interval as one says it, with ISO dates.
func (i Interval) words() string {
	var parts []string
	if !i.From.IsZero() {
		parts = append(parts, "from "+i.From.String()+" on")
	}
	if !i.Until.IsZero() {
		parts = append(parts, "before "+i.Until.String())
	}
	return strings.Join(parts, " and ")
}
