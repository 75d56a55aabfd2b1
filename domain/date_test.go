package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for _, text := range []string{"2003-07-01", "1582-10-10", "0001-01-01", "9999-12-31", "2004-02-29", "2000-02-29"} {
		d, err := ParseDate(text)
		require.NoError(t, err)
		require.Equal(t, text, d.String())
	}
	for text, says := range map[string]string{
		"2003-02-31":  "February 2003 has 28 days, there is no day 31",
		"1900-02-29":  "February 1900 has 28 days",
		"2003-13-01":  "there is no month 13",
		"2003-00-01":  "there is no month 0",
		"2003-01-00":  "there is no day 0",
		"0000-01-01":  "year 0 lies outside",
		"":            "year-month-day expected",
		"2003-7-1":    "year-month-day expected",
		"01-07-2003":  "year-month-day expected",
		"2003/07/01":  "year-month-day expected",
		"+003-07-01":  "year-month-day expected",
		"2003-07-01Z": "year-month-day expected",
		"٢٠٠٣-07":     "year-month-day expected",
	} {
		_, err := ParseDate(text)
		require.ErrorContains(t, err, says, text)
	}
	require.Panics(t, func() { MustDate("2003-02-31") })
}

func TestDateArithmetic(t *testing.T) {
	day := MustDate
	require.Equal(t, day("2005-02-28"), day("2004-02-29").AddYears(1))
	require.Equal(t, day("2008-02-29"), day("2004-02-29").AddYears(4))
	require.Equal(t, day("2004-03-01"), day("2004-02-28").AddDays(2))
	require.Equal(t, day("2003-03-14"), day("2003-04-13").AddDays(-30))
	require.Equal(t, day("2000-01-01"), day("1999-12-01").FirstOfNextMonth())
	require.Equal(t, LastDay, LastDay.FirstOfNextMonth())
	require.Equal(t, LastDay, LastDay.AddDays(1))
	require.Equal(t, LastDay, LastDay.AddMonths(1))
	require.Equal(t, 13, day("1990-12-18").YearsUntil(day("2003-12-18")))
	require.Equal(t, 12, day("1990-12-18").YearsUntil(day("2003-12-17")))
	require.Equal(t, 1, day("2004-02-29").YearsUntil(day("2005-02-28")))
	require.Equal(t, "1 July 2003", day("2003-07-01").Long())
	require.Equal(t, day("2003-07-01"), DateOf(time.Date(2003, 7, 1, 23, 59, 0, 0, time.FixedZone("east", 5*3600))), "the day of its own place")
}

// No date comes before every day, and stands for none.
func TestNoDate(t *testing.T) {
	var none Date
	require.True(t, none.IsZero())
	require.True(t, none.Before(MustDate("0001-01-01")))
	require.Equal(t, "", none.String())
	require.Equal(t, "", none.Long())
	require.Equal(t, MustDate("2003-07-01"), none.Or(MustDate("2003-07-01")))
	require.Equal(t, MustDate("2003-07-01"), earlierOf(none, MustDate("2003-07-01")), "no date means never")
	text, err := none.MarshalText()
	require.NoError(t, err)
	read := MustDate("2003-07-01")
	require.NoError(t, read.UnmarshalText(text))
	require.Equal(t, none, read)
}

func TestIntervalContainsAndOverlaps(t *testing.T) {
	day := MustDate
	i := Interval{From: day("1992-04-27"), Until: day("2003-02-04")}
	require.True(t, i.Contains(day("1992-04-27")))
	require.False(t, i.Contains(day("2003-02-04")), "the end is exclusive")
	require.True(t, Interval{}.Contains(day("1600-01-01")))
	require.False(t, i.overlaps(Interval{From: day("2003-02-04")}))
	require.True(t, i.overlaps(Interval{From: day("2003-02-03")}))
	require.True(t, Interval{}.overlaps(i))
}

func TestDateProperties(t *testing.T) {
	dates := rapid.Custom(func(t *rapid.T) Date {
		return MustDate("1900-01-01").AddDays(rapid.IntRange(0, 73_000).Draw(t, "days"))
	})
	rapid.Check(t, func(t *rapid.T) {
		d, n := dates.Draw(t, "date"), rapid.IntRange(0, 600).Draw(t, "n")
		require.Equal(t, d, d.AddDays(n).AddDays(-n))
		require.False(t, d.AddMonths(n).Before(d))
		require.LessOrEqual(t, d.AddMonths(n).Day(), d.Day(), "clamped to the month, never beyond it")
		require.False(t, d.AddMonths(n).After(d.AddMonths(n+1)))
		require.Equal(t, 1, d.FirstOfNextMonth().Day())
		require.True(t, d.FirstOfNextMonth().After(d))
		require.False(t, d.FirstOfNextMonth().After(d.AddDays(31)))
		other := dates.Draw(t, "other")
		require.Equal(t, d.Before(other), other.After(d))
		require.Equal(t, d.time().Before(other.time()), d.Before(other))
	})
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2003-07-01", "2003-02-31", "", "9999-12-31", "2003-7-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDate(text)
		_, want := time.Parse(time.DateOnly, text)
		if year := len(text) >= 4 && text[:4] == "0000"; !year {
			require.Equal(t, want == nil, err == nil, "the calendar of the standard library agrees: %v, %v", want, err)
		}
		if err == nil {
			require.Equal(t, text, d.String())
		}
	})
}
