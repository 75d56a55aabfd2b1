package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// unstated is a ledger with one treaty of which no source is recorded.
func unstated(t *testing.T) *domaintest.Ledger {
	l := domaintest.NewLedger(t, domain.NewState())
	domaintest.LoadDefinitions(l)
	return l
}

func table(asAt string, participants ...domain.ParticipantID) domain.CoverageStatement {
	return domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate(asAt), Participants: participants}
}

func coverage(treaty domain.TreatyID, c domain.CoverageStatement) *domain.StateCoverage {
	return &domain.StateCoverage{Treaty: treaty, Coverage: c}
}

// Before anything is recorded of a treaty, nobody is known to have done nothing.
func TestNothingRecordedIsNotKnown(t *testing.T) {
	l := unstated(t)
	require.Equal(t, domain.NotKnown, l.Standing(icmw, "DEU", "2026-02-03").Status)
	c := l.History(icmw).Coverage(domain.MustDate("2026-02-03"))
	require.Equal(t, domain.ExtentNone, c.Extent)
	require.False(t, c.Complete)
	require.False(t, c.Known())
}

// One recorded act says something of its participant, and nothing of the rest.
func TestOneActDoesNotSpeakForTheRest(t *testing.T) {
	l := unstated(t)
	l.Record(icmw, act("ZWE", domain.Accession, "2024-11-05"))
	require.Equal(t, domain.Contracting, l.Standing(icmw, "ZWE", "2024-11-05").Status)
	require.Equal(t, domain.NotKnown, l.Standing(icmw, "ZWE", "2024-11-04").Status)
	require.Equal(t, domain.NotKnown, l.Standing(icmw, "DEU", "2026-02-03").Status)
	c := l.History(icmw).Coverage(domain.MustDate("2026-02-03"))
	require.Equal(t, domain.ExtentSome, c.Extent)
	require.Equal(t, domain.MustDate("2024-11-05"), c.Newest)
}

// The status page of 3 February 2026 lists every participant of the ICMW: who
// is not in it had done nothing by then. What came later is not recorded.
func TestTableAsAtADay(t *testing.T) {
	l := unstated(t)
	l.Record(icmw, act("ZWE", domain.Accession, "2024-11-05"))
	l.Do(coverage(icmw, table("2026-02-03")))
	require.Equal(t, domain.NoAction, l.Standing(icmw, "DEU", "2026-02-03").Status)
	require.Equal(t, domain.NoAction, l.Standing(icmw, "ZWE", "2024-11-04").Status)
	for asOf, complete := range map[string]bool{"1990-12-18": true, "2026-02-03": true, "2026-02-04": false} {
		c := l.History(icmw).Coverage(domain.MustDate(asOf))
		require.Equal(t, domain.ExtentTable, c.Extent, asOf)
		require.Equal(t, domain.MustDate("2026-02-03"), c.AsAt, asOf)
		require.Equal(t, complete, c.Complete, asOf)
	}
	// Asked for what had been received by the table's day, a later day is complete too.
	h := l.State.History(icmw, domain.Axes{ReceivedBy: domain.MustDate("2026-02-03")})
	require.True(t, h.Coverage(domain.MustDate("2026-06-01")).Complete)
	// An older table takes nothing back.
	l.Do(coverage(icmw, table("2015-03-31")))
	require.Equal(t, domain.MustDate("2026-02-03"), l.History(icmw).Coverage(domain.MustDate("2026-02-03")).AsAt)
}

// A source that lists only some participants speaks for them alone.
func TestTableOfSomeParticipants(t *testing.T) {
	l := unstated(t)
	l.Do(coverage(icmw, table("2024-04-30", "DEU", "FRA")))
	h := l.History(icmw)
	require.Equal(t, domain.NoAction, h.Course("DEU").On(domain.MustDate("2024-04-30")).Status)
	require.Equal(t, domain.NotKnown, h.Course("USA").On(domain.MustDate("2024-04-30")).Status)
	require.Equal(t, domain.ExtentTable, h.CoverageOf("DEU", domain.MustDate("2024-04-30")).Extent)
	require.Equal(t, domain.ExtentSome, h.Coverage(domain.MustDate("2024-04-30")).Extent)
}

// A secretariat that is the depositary records every act from a day on. That
// reaches back where a table does, or where the treaty is not older.
func TestContinuousFromADay(t *testing.T) {
	continuous := func(from string) domain.CoverageStatement {
		return domain.CoverageStatement{Extent: domain.ExtentContinuous, AsAt: domain.MustDate(from)}
	}
	for name, c := range map[string]struct {
		statements []domain.CoverageStatement
		extent     domain.Extent
	}{
		"alone, long after adoption": {[]domain.CoverageStatement{continuous("2026-01-01")}, domain.ExtentSome},
		"from adoption on":           {[]domain.CoverageStatement{continuous("1990-12-18")}, domain.ExtentContinuous},
		"the day after a table":      {[]domain.CoverageStatement{table("2025-12-31"), continuous("2026-01-01")}, domain.ExtentContinuous},
		"with a day between":         {[]domain.CoverageStatement{table("2025-12-30"), continuous("2026-01-01")}, domain.ExtentTable},
	} {
		l := unstated(t)
		for _, s := range c.statements {
			l.Do(coverage(icmw, s))
		}
		answer := l.History(icmw).Coverage(domaintest.Today)
		require.Equal(t, c.extent, answer.Extent, name)
		require.Equal(t, c.extent == domain.ExtentContinuous, answer.Complete, name)
	}
}

// What was known at a position does not change when more is stated later; a
// correction supersedes, an annulment takes back, its own annulment restores.
func TestCoverageIsCorrectedLikeAnyFact(t *testing.T) {
	l := unstated(t)
	first := l.Do(coverage(icmw, table("2015-03-31")))[0]
	at := func(known domain.Moment) domain.Coverage {
		return l.State.History(icmw, domain.Axes{KnownAt: known}).Coverage(domain.MustDate("2026-02-03"))
	}
	l.Do(&domain.StateCoverage{Treaty: icmw, Coverage: table("2014-03-31"), Corrects: first, Reason: "the file was a year older"})
	require.Equal(t, domain.MustDate("2015-03-31"), at(domain.UpTo(first.Position)).AsAt)
	require.Equal(t, domain.MustDate("2014-03-31"), at(domain.Everything()).AsAt)
	require.Equal(t, domain.ExtentNone, at(domain.UpTo(first.Position-1)).Extent)

	gone := l.Annul(icmw, first)[0]
	require.Equal(t, domain.ExtentNone, at(domain.Everything()).Extent, "the correction of what is annulled stands for nothing")
	require.Equal(t, domain.CodeRecordAnnulled, l.Decide(&domain.AnnulRecord{Treaty: icmw, Record: first, Reason: "again"}).Refusals[0].Code)
	l.Annul(icmw, gone)
	require.Equal(t, domain.MustDate("2014-03-31"), at(domain.Everything()).AsAt)
}

// A table brings its coverage in the same commit, also when it lists nothing new.
func TestTableBringsItsCoverage(t *testing.T) {
	l := unstated(t)
	asAt := table("2026-02-03")
	command := &domain.RecordTable{Treaty: icmw, Actions: []domain.Action{act("ZWE", domain.Accession, "2024-11-05")}, Coverage: &asAt}
	d := l.Decide(command)
	require.Len(t, d.Events, 2)
	require.IsType(t, &domain.CoverageStated{}, d.Events[1])
	ids := l.Do(command)
	entries := []domain.Entry{{ID: ids[0], Treaty: icmw, Event: d.Events[0]}, {ID: ids[1], Treaty: icmw, Event: d.Events[1]}}
	require.True(t, domain.SameCommand(command, entries))
	other := table("2026-02-04")
	require.False(t, domain.SameCommand(&domain.RecordTable{Treaty: icmw, Actions: command.Actions, Coverage: &other}, entries))

	newer := table("2026-06-01")
	l.Do(&domain.RecordTable{Treaty: icmw, Coverage: &newer})
	require.Equal(t, domain.MustDate("2026-06-01"), l.History(icmw).Coverage(domaintest.Today).AsAt)
	require.Equal(t, domain.CodeNothingChanged, l.Decide(&domain.RecordTable{Treaty: icmw, Coverage: &newer}).Refusals[0].Code)
}

func TestCoverageThatIsRefused(t *testing.T) {
	l := unstated(t)
	for name, c := range map[string]struct {
		coverage domain.CoverageStatement
		code     domain.Code
		field    string
	}{
		"no extent":           {domain.CoverageStatement{}, domain.CodeFieldInvalid, "coverage.extent"},
		"none is no source":   {domain.CoverageStatement{Extent: domain.ExtentNone}, domain.CodeFieldInvalid, "coverage.extent"},
		"a table without day": {domain.CoverageStatement{Extent: domain.ExtentTable}, domain.CodeFieldRequired, "coverage.asAt"},
		"a day to come":       {table("2030-01-01"), domain.CodeDateInFuture, "coverage.asAt"},
		"nobody's table":      {table("2020-01-01", "XXX"), domain.CodeUnknownParticipant, "coverage.participants[0]"},
		"a negative count": {domain.CoverageStatement{Extent: domain.ExtentSome, Published: &domain.PublishedCounts{Parties: -1}},
			domain.CodeFieldInvalid, "coverage.published"},
	} {
		d := l.Decide(coverage(icmw, c.coverage))
		require.False(t, d.Accepted(), name)
		require.Equal(t, c.code, d.Refusals[0].Code, name)
		require.Equal(t, c.field, d.Refusals[0].Field, name)
		require.NotEmpty(t, d.Refusals[0].Accepted, name)
	}
	d := l.Decide(&domain.StateCoverage{Treaty: icmw, Coverage: table("2020-01-01"), Corrects: domain.RecordID{Position: 1, N: 1}, Reason: "r"})
	require.Equal(t, domain.CodeUnknownRecord, d.Refusals[0].Code)
}
