package catalogue_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
)

// pageDay is the day as at which the pages of the UN Treaty Collection are.
var pageDay = domain.MustDate("2026-02-03")

// TestCountsOfTheDepositary compares the bundled acts with the numbers at the
// head of the depositary's own pages, as at 3 February 2026, and with the numbers
// that other depositaries publish. None differs.
func TestCountsOfTheDepositary(t *testing.T) {
	state := domaintest.Catalogue(t)
	for _, tt := range []struct {
		treaty  domain.TreatyID
		parties int
	}{
		{treaty: "IV-2", parties: 182}, {treaty: "IV-3", parties: 173}, {treaty: "IV-3-a", parties: 31}, {treaty: "IV-4", parties: 175},
		{treaty: "IV-5", parties: 116}, {treaty: "IV-8", parties: 189}, {treaty: "IV-8-b", parties: 116}, {treaty: "IV-9", parties: 175},
		{treaty: "IV-9-b", parties: 96}, {treaty: "IV-11", parties: 196}, {treaty: "IV-11-b", parties: 173}, {treaty: "IV-11-c", parties: 178},
		{treaty: "IV-11-d", parties: 53}, {treaty: "IV-12", parties: 92}, {treaty: "IV-13", parties: 60}, {treaty: "IV-15", parties: 193},
		{treaty: "IV-15-a", parties: 108}, {treaty: "IV-16", parties: 78}, {treaty: "XXVI-3", parties: 193}, {treaty: "XXVI-4", parties: 178},
		{treaty: "XXVI-5", parties: 162}, {treaty: "XXVI-6", parties: 112}, {treaty: "XXVI-8", parties: 117}, {treaty: "XXVI-9", parties: 74},
		{treaty: "V-2", parties: 146}, {treaty: "XVIII-10", parties: 125}, {treaty: "IX-4", parties: 183}, {treaty: "C182", parties: 187},
		{treaty: "C111", parties: 175}, {treaty: "C097", parties: 54},
	} {
		counts := state.History(tt.treaty, domain.Axes{}).CountsOn(pageDay)
		require.Equal(t, tt.parties, counts.Consents, "%s: %+v", tt.treaty, counts)
	}
}

// Where the bundled acts do not reach the number that is published, the table says
// what is missing, and the coverage of the treaty says it too.
func TestCountsThatDeviateAreExplained(t *testing.T) {
	state := domaintest.Catalogue(t)
	bundled := load(t)
	for _, tt := range []struct {
		treaty          domain.TreatyID
		published, held int
		missing         string
	}{
		{"V-3", 99, 86, "13 consents after the table of 1 March 2015"},
		{"V-4", 81, 63, "18 consents after the table of 1 March 2015"},
		{"V-5", 147, 146, "South Sudan, 2018: no source tells the day"},
		{"XVIII-12", 192, 179, "13 consents after the table of 1 December 2013"},
		{"XVIII-12-a", 182, 167, "published on 20 April 2024; consents after the table of 13 December 2013, but for eight"},
		{"XVIII-12-b", 152, 140, "published on 26 April 2024; consents after the table of 24 September 2013, but for two"},
		{"C029", 181, 180, "one ratification after the end of 2022"},
		{"C138", 176, 175, "Australia, 2023"},
		{"C190", 45, 31, "published in November 2024; fourteen ratifications of which no source tells the day"},
	} {
		counts := state.History(tt.treaty, domain.Axes{}).CountsOn(pageDay)
		require.Equal(t, tt.held, counts.Consents, "%s: %s", tt.treaty, tt.missing)
		require.Greater(t, tt.published, tt.held, "%s: %s", tt.treaty, tt.missing)
		i := slices.IndexFunc(bundled.Actions, func(of catalogue.TreatyActions) bool { return of.Treaty == tt.treaty })
		require.NotEmpty(t, bundled.Actions[i].Coverage, "%s", tt.treaty)
		for _, c := range bundled.Actions[i].Coverage {
			require.True(t, c.Missing != "" || !c.AsAt.IsZero() && c.AsAt.Before(pageDay), "%s: its coverage does not say what is missing", tt.treaty)
		}
	}
}

// A first start has acts of 76 treaties; of 60 of them every act up to a day.
func TestTreatiesWithActs(t *testing.T) {
	tables, some := 0, 0
	for _, of := range load(t).Actions {
		if len(of.Actions) == 0 {
			continue
		}
		require.NotEmpty(t, of.Coverage, "%s: nothing says until when its acts are recorded", of.Treaty)
		if slices.ContainsFunc(of.Coverage, func(c domain.CoverageStatement) bool { return c.Extent == domain.ExtentTable && !c.AsAt.IsZero() }) {
			tables++
		} else {
			some++
		}
	}
	require.Equal(t, []int{60, 16}, []int{tables, some})
}

// TestEntryIntoForceIsThePublishedDay: with the bundled acts every treaty has
// entered into force on the day that its depositary publishes.
func TestEntryIntoForceIsThePublishedDay(t *testing.T) {
	state := domaintest.Catalogue(t)
	stated := 0
	for _, treaty := range state.Treaties(domain.Everything()) {
		if treaty.Stated == nil || treaty.Stated.InForce.IsZero() {
			continue
		}
		stated++
		require.Equal(t, treaty.Stated.InForce, state.History(treaty.ID, domain.Axes{}).InForce, "%s", treaty.ID)
	}
	require.Greater(t, stated, 70)
}

// Every bundled answer finds the one reservation that it answers.
func TestEveryAnswerFindsWhatItAnswers(t *testing.T) {
	c, state := load(t), domaintest.Catalogue(t)
	answers, recorded := 0, 0
	for _, of := range c.Actions {
		answers += len(of.Answers)
	}
	for _, treaty := range state.Treaties(domain.Everything()) {
		for _, course := range state.History(treaty.ID, domain.Axes{}).Courses {
			for _, a := range course.Acts {
				if a.Action().Kind.Answers() {
					recorded++
					require.NotZero(t, a.Action().Statement.Target.Position, "%s, record %s", treaty.ID, a.ID)
				}
			}
		}
	}
	require.Equal(t, 494, answers)
	require.Equal(t, answers, recorded)
	changes, _ := c.Difference(state, "compared")
	for _, change := range changes {
		require.Equal(t, "coverage", change.What, "%+v", change)
	}
}

// The Migrant Workers Convention: Mexico withdrew its reservation to article
// 22(4) on 11 July 2014; four States recognise the procedure of article 76, and
// five that of article 77.
func TestStatementsToTheMigrantWorkersConvention(t *testing.T) {
	h := domaintest.Catalogue(t).History("IV-13", domain.Axes{})
	standing := func(p domain.ParticipantID, article, day string) domain.StatementState {
		for _, s := range h.Course(p).Statements {
			if on, made := s.On(domain.MustDate(day)); made && s.Act.Action().Kind == domain.Reservation && s.Act.Action().Statement.Articles[0] == article {
				return on.State
			}
		}
		return ""
	}
	require.Equal(t, domain.StatementActive, standing("MEX", "22(4)", "2014-07-10"))
	require.Equal(t, domain.StatementWithdrawn, standing("MEX", "22(4)", "2014-07-11"))
	require.Equal(t, domain.StatementActive, standing("EGY", "18(6)", "2026-02-03"))
	count := map[string]int{}
	for _, c := range h.Courses {
		for _, s := range c.Statements {
			if s.Act.Action().Kind == domain.OptionalDeclaration {
				count[s.Act.Action().Statement.Articles[0]]++
			}
		}
	}
	require.Equal(t, map[string]int{"76": 4, "77": 5}, count)
}

// Where sources differ on the day of an act, both assertions are kept: the
// bundled one holds, and the other stands beside it with its source.
func TestDifferingDaysAreTwoAssertions(t *testing.T) {
	c, state := load(t), domaintest.Catalogue(t)
	conflicts, contested := 0, 0
	for _, of := range c.Actions {
		differ := 0
		for _, a := range of.Actions {
			if a.Provenance.Verification == "sources differ" {
				differ++
			}
		}
		require.Len(t, of.Conflicts, differ, "%s: one contradiction for each act on which sources differ", of.Treaty)
		conflicts += differ
		for _, course := range state.History(of.Treaty, domain.Axes{}).Courses {
			for _, a := range course.Acts {
				if len(a.Contested) == 0 {
					continue
				}
				contested++
				other := a.Contested[0].Action
				require.NotEqual(t, a.Action().Date, other.Date, "%s, %s", of.Treaty, course.Participant)
				require.NotEqual(t, a.Action().Provenance.Source+a.Action().Provenance.Edition, other.Provenance.Source+other.Provenance.Edition, "%s, %s", of.Treaty, course.Participant)
				require.True(t, slices.ContainsFunc(of.Actions, func(b domain.Action) bool { return a.Action().Equal(&b) }), "%s, %s: the bundled one holds", of.Treaty, course.Participant)
			}
		}
	}
	require.Equal(t, 25, conflicts)
	require.Equal(t, 25, contested)
}

// A ledger that has the acts and not the contradictions, as one that an earlier
// release began, takes them over.
func TestAdoptionBringsContradictions(t *testing.T) {
	c := load(t)
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for _, of := range c.Actions {
		if of.Treaty == "XXVII-8" {
			l.Do(&domain.RecordActions{Treaty: of.Treaty, Actions: of.All, Reason: domaintest.BundledReason})
		}
	}
	_, commands := c.Difference(l.State, "taken over")
	for _, command := range commands {
		if table, ok := command.(*domain.RecordTable); ok && table.Treaty == "XXVII-8" {
			require.Empty(t, table.Actions)
			require.Len(t, table.Conflicts, 7)
			l.Do(table)
		}
	}
	standing := l.State.History("XXVII-8", domain.Axes{}).Course("THA").Periods[0].Consent
	require.Equal(t, domain.MustDate("2003-10-31"), standing.Action().Date)
	require.Equal(t, domain.MustDate("2004-01-29"), standing.Contested[0].Action.Date)
}

// Of a treaty without acts the explanation of its entry into force counts nothing.
func TestEntryIntoForceWithoutActsCountsNothing(t *testing.T) {
	for _, id := range []domain.TreatyID{"C087", "X-10"} {
		e := domaintest.Catalogue(t).History(id, domain.Axes{}).Explain(pageDay)
		require.Empty(t, e.Terms, "%s", id)
		require.Equal(t, "no deposit is recorded, so that the day cannot be computed", e.Steps[0].Text, "%s", id)
	}
}
