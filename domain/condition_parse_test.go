package domain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseCondition(t *testing.T) {
	for _, phrase := range []string{
		"20 consents",
		"35 consents from OECD",
		"5 consents of which 3 from COE",
		"5 consents from UN-MEMBERS of which 3 from COE, organizations counted, successions not counted",
		"10 declarations",
		"all of CTBT-ANNEX-2",
		"2/3 of UN-MEMBERS",
		"2/3 of UN-MEMBERS on 1963-12-17",
		"majority of signatories",
		"majority of signatories outside UNSC-PERMANENT",
		"55% of PARIS-EMISSIONS",
		"12.5% of tonnage",
		"parent in force",
		"55 consents and 55% of PARIS-EMISSIONS",
		"20 consents or 10 consents from OECD and parent in force",
		"(20 consents or all of OECD) and (parent in force or 3 consents)",
	} {
		c, err := ParseCondition(phrase)
		require.NoError(t, err, phrase)
		require.Equal(t, phrase, c.String())
		require.False(t, c.IsZero())
	}
	for _, tt := range []struct {
		phrase   string
		column   int
		expected string
	}{
		{"", 1, "one of"},
		{"twenty consents", 1, "one of"},
		{"20 consent", 1, "one of"},
		{" 20 consents", 1, "one of"},
		{"20 consents ", 12, "the end"},
		{"20 consents, organisations counted", 12, "the end"},
		{"20 consents and", 12, "the end"},
		{"20 consents and ", 17, "one of"},
		{"20 consents and all of oecd", 17, "one of"},
		{"0 consents", 1, "at least 1"},
		{"20 consents and 0 declarations", 17, "at least 1"},
		{"(20 consents", 13, `")"`},
		{"20 consents)", 12, "the end"},
		{"()", 2, "one of"},
		{"3/2 of OECD", 1, "fraction"},
		{"0/3 of OECD", 1, "fraction"},
		{"1/0 of OECD", 1, "fraction"},
		{"2/3 of OECD on 1963-02-30", 16, "there is no day 30"},
		{"0% of STOCK", 1, "share"},
		{"100.5% of STOCK", 1, "share"},
		{"parent in force or 101% of STOCK", 20, "share"},
		{strings.Repeat("(", 5_000_000), maxPhrase + 1, "up to 500"},
	} {
		_, err := ParseCondition(tt.phrase)
		var at *PhraseError
		require.ErrorAs(t, err, &at, "%.40q", tt.phrase)
		require.Equal(t, tt.column, at.Column, "%.40q: %s", tt.phrase, at.Expected)
		require.Contains(t, at.Expected, tt.expected, "%.40q", tt.phrase)
	}
	require.True(t, Condition{}.IsZero())
	require.Panics(t, func() { MustCondition("twenty") })
}

// "and" binds before "or", as in a sentence.
func TestConditionPrecedence(t *testing.T) {
	c := MustCondition("1 consents or 2 consents and 3 consents")
	require.Equal(t, opAny, c.op)
	require.Equal(t, []conditionOp{opCount, opAll}, []conditionOp{c.parts[0].op, c.parts[1].op})
	c = MustCondition("(1 consents or 2 consents) and 3 consents")
	require.Equal(t, opAll, c.op)
	var leaves []string
	c.leaves(func(leaf *Condition) { leaves = append(leaves, leaf.String()) })
	require.Equal(t, []string{"1 consents", "2 consents", "3 consents"}, leaves)
}

func TestParseDelay(t *testing.T) {
	for _, phrase := range []string{
		"the same day", "30 days", "1 day", "3 months", "1 month", "1 year", "2 years",
		"first of the month after 3 months", "first of the month after 60 days", "first of the 6th month after the month",
		"180 days; not before 2 years after opening", "90 days; not before the parent is in force",
		"the same day; not before 2019-01-01; if met after 2019-01-01: 90 days",
	} {
		d, err := ParseDelay(phrase)
		require.NoError(t, err, phrase)
		require.Equal(t, phrase, d.String())
	}
	for _, tt := range []struct {
		phrase   string
		column   int
		expected string
	}{
		{"", 1, "one of"},
		{"soon", 1, "one of"},
		{"30 dayz", 1, "one of"},
		{"30days", 1, "one of"},
		{"30 days;", 1, "one of"},
		{"30 days; ", 10, "one of"},
		{"30 days; not before 2019-02-29", 10, "there is no day 29"},
		{"30 days; not before the parent is in force; soon", 45, "one of"},
		{"the same day; if met after 2019-01-01: soon", 15, "one of"},
		{"the same day; if met after 2019-13-01: 90 days", 15, "there is no month 13"},
		{"first of the 0th month after the month", 1, "one of"},
		{strings.Repeat("30 days; ", 1000), maxPhrase + 1, "up to 500"},
	} {
		_, err := ParseDelay(tt.phrase)
		var at *PhraseError
		require.ErrorAs(t, err, &at, "%.40q", tt.phrase)
		require.Equal(t, tt.column, at.Column, "%.40q: %s", tt.phrase, at.Expected)
		require.Contains(t, at.Expected, tt.expected, "%.40q", tt.phrase)
	}
	require.Panics(t, func() { MustDelay("soon") })
}

// What a delay makes of a day: ends of months, leap years, and the words of
// real clauses.
func TestDelayArithmetic(t *testing.T) {
	for _, tt := range []struct{ delay, from, to string }{
		{"the same day", "1957-04-30", "1957-04-30"},
		{"30 days", "1990-08-03", "1990-09-02"},
		{"30 days", "1980-02-01", "1980-03-02"},
		{"30 days", "1981-02-01", "1981-03-03"},
		{"90 days", "2003-07-01", "2003-09-29"},
		{"180 days", "1996-10-31", "1997-04-29"},
		{"1 month", "2003-01-31", "2003-02-28"},
		{"1 month", "2004-01-31", "2004-02-29"},
		{"3 months", "1975-12-23", "1976-03-23"},
		{"3 months", "1999-11-30", "2000-02-29"},
		{"3 months", "2000-11-30", "2001-02-28"},
		{"12 months", "1993-11-16", "1994-11-16"},
		{"1 year", "2004-02-29", "2005-02-28"},
		{"2 years", "1973-12-13", "1975-12-13"},
		{"first of the month after 3 months", "2003-03-14", "2003-07-01"},
		{"first of the month after 3 months", "2003-03-31", "2003-07-01"},
		{"first of the month after 3 months", "2003-04-01", "2003-08-01"},
		{"first of the month after 3 months", "2003-11-30", "2004-03-01"},
		{"first of the month after 3 months", "2021-03-22", "2021-07-01"},
		{"first of the month after 12 months", "2003-12-31", "2005-01-01"},
		{"first of the month after 60 days", "2002-04-11", "2002-07-01"},
		{"first of the month after 60 days", "2002-04-01", "2002-06-01"},
		{"first of the month after 60 days", "2002-04-02", "2002-07-01"},
		{"first of the 6th month after the month", "1998-09-16", "1999-03-01"},
		{"first of the 6th month after the month", "1998-08-31", "1999-02-01"},
		{"first of the 1st month after the month", "1998-12-01", "1999-01-01"},
		{"first of the month after 9999 months", "9990-01-01", "9999-12-31"},
		{"9999 years", "2003-07-01", "9999-12-31"},
	} {
		require.Equal(t, tt.to, MustDelay(tt.delay).span().from(MustDate(tt.from)).String(), "%s from %s", tt.delay, tt.from)
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, seed := range []string{"20 consents", "(1 consents or all of A) and 2/3 of B on 2000-01-01", "5.5% of x", "((((", "majority of signatories outside X"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		c, err := ParseCondition(phrase)
		if err != nil {
			var at *PhraseError
			require.ErrorAs(t, err, &at)
			require.LessOrEqual(t, at.Column, len(phrase)+1)
			require.Positive(t, at.Column)
			return
		}
		require.Equal(t, phrase, c.String())
		again, err := ParseCondition(c.String())
		require.NoError(t, err)
		require.Equal(t, c, again)
		c.leaves(func(leaf *Condition) {
			_, err := ParseCondition(leaf.String())
			require.NoError(t, err, "a term is a phrase of its own: %q", leaf)
		})
	})
}

func FuzzParseDelay(f *testing.F) {
	for _, seed := range []string{"30 days", "first of the month after 3 months; not before 2000-01-01", "the same day; if met after 2019-01-01: 1 year"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		d, err := ParseDelay(phrase)
		if err != nil {
			var at *PhraseError
			require.ErrorAs(t, err, &at)
			return
		}
		again, err := ParseDelay(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
		from := MustDate("2003-03-31")
		to := d.span().from(from)
		require.False(t, to.Before(from), "a delay does not look back")
		_, err = ParseDate(to.String())
		require.NoError(t, err, "a delay gives a day of the calendar")
	})
}
