package catalogue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
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
		{treaty: "XXVI-5", parties: 162}, {treaty: "XXVI-8", parties: 117}, {treaty: "XXVI-9", parties: 74},
		{treaty: "V-2", parties: 146}, {treaty: "XVIII-10", parties: 125}, {treaty: "IX-4", parties: 183}, {treaty: "C182", parties: 187},
		{treaty: "C111", parties: 175}, {treaty: "C097", parties: 54},
	} {
		counts := state.History(tt.treaty, domain.Axes{}).CountsOn(pageDay)
		require.Equal(t, tt.parties, counts.Consents, "%s: %+v", tt.treaty, counts)
	}
}

// TestEntryIntoForceIsThePublishedDay: with the bundled acts every treaty has
// entered into force on the day that its depositary publishes.
func TestEntryIntoForceIsThePublishedDay(t *testing.T) {
	state := domaintest.Catalogue(t)
	stated := 0
	for _, treaty := range state.Treaties(0) {
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
	for _, treaty := range state.Treaties(0) {
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
