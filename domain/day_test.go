package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// begins lets a day begin on that day.
func begins(l *domaintest.Ledger, day string) (position uint64) {
	l.Today = domain.MustDate(day)
	return l.Do(&domain.BeginDay{Day: l.Today})[0].Position
}

// A day begins once, after every day before it, and not before it has come.
func TestADayBeginsOnce(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Today = domain.MustDate("2026-11-24")
	today := domain.BeginDay{Day: l.Today}
	require.Equal(t, []domain.Event{&domain.DayBegun{Day: l.Today}}, l.Decide(&today).Events)
	l.Do(&today)

	for _, tt := range []struct {
		day  string
		code domain.Code
	}{
		{"2026-11-24", domain.CodeStaleRevision},
		{"2026-11-23", domain.CodeStaleRevision},
		{"2026-11-25", domain.CodeFieldInvalid},
	} {
		d := l.Decide(&domain.BeginDay{Day: domain.MustDate(tt.day)})
		require.False(t, d.Accepted(), tt.day)
		require.Len(t, d.Refusals, 1, tt.day)
		require.Equal(t, tt.code, d.Refusals[0].Code, tt.day)
		require.NotEmpty(t, d.Refusals[0].Accepted, tt.day)
	}

	// Days on which nothing ran are passed over, and cannot be begun afterwards.
	begins(l, "2026-11-30")
	require.False(t, l.Decide(&domain.BeginDay{Day: domain.MustDate("2026-11-27")}).Accepted())
	begins(l, "2026-12-01")
}

// A day concerns no treaty and nobody, so it is found under neither; and a day
// sent again is the same command as the day that stands in the ledger.
func TestADayConcernsNobody(t *testing.T) {
	day := &domain.BeginDay{Day: domain.MustDate("2026-11-24")}
	treaty, participant := domain.Subject(day)
	require.Empty(t, treaty)
	require.Empty(t, participant)

	begun := []domain.Entry{{Event: &domain.DayBegun{Day: day.Day}}}
	require.True(t, domain.SameCommand(day, begun))
	require.False(t, domain.SameCommand(&domain.BeginDay{Day: day.Day.AddDays(1)}, begun))
	require.False(t, domain.SameCommand(day, []domain.Entry{{Event: &domain.RecordAnnulled{}}}))
}

// Every position of the ledger has one day: the one begun last before it.
func TestTheDayOfAPosition(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	_, begun := l.State.DayAt(domain.Everything())
	require.False(t, begun, "no day has begun where only the catalogue stands")

	// The days that a position has, as a plain list that grows with the ledger.
	want := make([]string, l.State.Position()+1)
	note := func(day string) {
		for uint64(len(want)) <= l.State.Position() {
			want = append(want, day)
		}
	}
	for _, day := range []string{"2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"} {
		require.Equal(t, uint64(len(want)), begins(l, day))
		note(day)
		l.Put(icmw, act("DEU", domain.Communication, "2026-01-01", says("says")))
		l.Put(icmw, act("DEU", domain.Communication, "2026-01-01", says("says again")))
		note(day)
	}
	for p := 1; p < len(want); p++ {
		day, begun := l.State.DayAt(domain.UpTo(uint64(p)))
		require.Equal(t, want[p] != "", begun, "position %d", p)
		if begun {
			require.Equal(t, want[p], day.String(), "position %d", p)
		}
	}
	for _, end := range []domain.Moment{domain.Everything(), domain.UpTo(uint64(len(want))), domain.UpTo(1 << 40)} {
		day, begun := l.State.DayAt(end)
		require.True(t, begun)
		require.Equal(t, "2026-03-01", day.String(), "at and beyond the end it is the last day")
	}
}

// A state keeps its days, whatever is folded into the states after it.
func TestDraftsOfOneStateHaveDaysOfTheirOwn(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for _, day := range []string{"2026-01-01", "2026-01-02", "2026-01-03"} {
		begins(l, day)
		one, other := *l, *l
		begins(&one, "2026-02-01")
		begins(&other, "2026-03-01")
		for of, want := range map[*domaintest.Ledger]string{l: day, &one: "2026-02-01", &other: "2026-03-01"} {
			last, _ := of.State.DayAt(domain.Everything())
			require.Equal(t, want, last.String())
		}
	}
}

// A day changes nothing in law: no treaty has a new revision, and no history
// is computed again.
func TestADayLeavesTheLawAsItWas(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	before, revision := l.History(icmw), l.State.Revision(icmw)
	begins(l, "2026-11-24")
	require.Same(t, before, l.History(icmw))
	require.Equal(t, revision, l.State.Revision(icmw))
}

// A treaty is held since its first definition; its later versions do not move that.
func TestHeldSince(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	held, ok := l.State.HeldSince(icmw)
	require.True(t, ok)
	require.LessOrEqual(t, held, l.State.Position())

	_, ok = l.State.HeldSince("X-1")
	require.False(t, ok)
	begins(l, "2026-11-24")
	x := &domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty"}
	l.Apply(x.ID, &domain.TreatyDefined{Treaty: *x})
	since := l.State.Position()
	begins(l, "2026-11-25")
	l.Redefine(x.ID, func(t *domain.Treaty) { t.Title = "The treaty" })
	held, ok = l.State.HeldSince(x.ID)
	require.True(t, ok)
	require.Equal(t, since, held)
}
