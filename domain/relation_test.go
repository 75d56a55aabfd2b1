package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// steps writes the course of a relation.
func steps(h *domain.History, a, b domain.ParticipantID, day string) string {
	var all []string
	for _, s := range h.RelationCourse(a, b, domain.MustDate(day)) {
		step := s.From.String() + " not in force"
		if s.InForce {
			step = s.From.String() + " in force"
		}
		for _, e := range s.Effects {
			step += fmt.Sprintf(", %s %s", e.Effect, strings.Join(e.Articles, "+"))
		}
		all = append(all, step)
	}
	return strings.Join(all, "; ")
}

// Hungary and the Netherlands have been parties to the Genocide Convention
// together since 1966, and the Convention has been in force between them since
// Hungary withdrew its reservation to article IX.
func TestTheCourseOfARelation(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	reservation := l.Record(genocide, act("HUN", domain.Reservation, "1952-01-07", says("not bound by article IX", "IX")))[0]
	l.RecordBecause("made on acceding", genocide, act("NLD", domain.Objection, "1966-06-20", says("does not consider as parties"), domaintest.To(reservation), precluding))
	l.RecordBecause("made on acceding", genocide, act("GBR", domain.Objection, "1970-01-30", says("unable to accept"), domaintest.To(reservation)))
	l.Record(genocide, act("HUN", domain.WithdrawalOfReservation, "1989-12-08", answers(reservation, "")))
	h := l.History(genocide)
	require.Equal(t, "1966-09-18 not in force, excluded IX; 1989-12-08 in force", steps(h, "HUN", "NLD", "2000-01-01"))
	require.Equal(t, "1966-09-18 not in force, excluded IX", steps(h, "NLD", "HUN", "1989-12-07"))
	require.Equal(t, "1970-04-30 in force, excluded IX; 1989-12-08 in force", steps(h, "GBR", "HUN", "2000-01-01"))
	require.Equal(t, "1952-04-06 in force, modified IX; 1989-12-08 in force", steps(h, "FRA", "HUN", "2000-01-01"))
	require.Empty(t, steps(h, "FRA", "HUN", "1952-01-10"), "not bound together yet")
}

// argued returns a history of consents, withdrawals, reservations and objections
// of both kinds, late ones, their withdrawals, and successions: it is put
// together without asking the law, so that the worst of tables is among them.
func argued(t *rapid.T, from *domaintest.Ledger) *domain.History {
	l := *from
	all := []domain.ParticipantID{"DEU", "EGY", "FRA", "MNE", "SRB"}
	var reservations, objections []domain.RecordID
	day := firstDay
	kinds := []domain.ActionKind{domain.Accession, domain.Accession, domain.SuccessionOfState, domain.Withdrawal, domain.Reservation, domain.Reservation, domain.Objection,
		domain.Objection, domain.PartialWithdrawal, domain.ModificationOfReservation, domain.WithdrawalOfReservation, domain.WithdrawalOfObjection,
		domain.AcceptanceOfReservation, domain.ConfirmationOfReservation}
	for _, p := range rapid.Permutation(all).Draw(t, "first") {
		a := act(p, domain.Accession, firstDay.AddDays(rapid.IntRange(0, 300).Draw(t, "deposit")).String())
		if p == "MNE" {
			a = act(p, domain.SuccessionOfState, "2006-10-23")
		}
		l.Put(icmw, a)
		if rapid.Bool().Draw(t, "reserves") {
			reservations = append(reservations, l.Put(icmw, act(p, domain.Reservation, a.Date.String(), says("reserves", "18", "22")))...)
		}
	}
	for range rapid.IntRange(5, 30).Draw(t, "steps") {
		day = later(firstDay, day.AddDays(rapid.IntRange(-60, 400).Draw(t, "days")))
		a := domain.Action{Participant: rapid.SampledFrom(all).Draw(t, "who"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Date: day}
		a.Statement = &domain.Statement{Text: "states", Articles: rapid.SampledFrom([][]string{nil, {"18"}, {"18", "22"}}).Draw(t, "articles")}
		targets := reservations
		switch a.Kind {
		case domain.Objection:
			a.Statement.Precluding = rapid.Bool().Draw(t, "precluding")
		case domain.WithdrawalOfObjection:
			targets = objections
		}
		if a.Kind.Answers() {
			if len(targets) == 0 {
				continue
			}
			a.Statement.Target = rapid.SampledFrom(targets).Draw(t, "target")
		} else if a.Kind != domain.Reservation {
			a.Statement = nil
		}
		id := l.Put(icmw, a)[0]
		switch a.Kind {
		case domain.Reservation, domain.ModificationOfReservation:
			reservations = append(reservations, id)
		case domain.Objection:
			objections = append(objections, id)
		}
	}
	return l.History(icmw)
}

func sorted(effects []domain.RelationEffect) []domain.RelationEffect {
	return slices.SortedFunc(slices.Values(effects), func(a, b domain.RelationEffect) int {
		return cmp.Or(cmp.Compare(a.Author, b.Author), a.Record.Compare(b.Record), cmp.Compare(a.Why, b.Why))
	})
}

// A relation is the same from both sides; that both are bound is necessary for
// it, and sufficient where neither has a reservation. Its course ends where the
// relation stands.
func TestARelationIsTheSameFromBothSides(t *testing.T) {
	empty := smallTreaty(t)
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		h := argued(t, empty)
		day := firstDay.AddDays(rapid.IntRange(0, 5000).Draw(t, "as of"))
		for i, a := range h.Courses {
			for _, b := range h.Courses[i+1:] {
				r, mirrored := h.Relation(a.Participant, b.Participant, day), h.Relation(b.Participant, a.Participant, day)
				require.Equal(t, r.InForce, mirrored.InForce)
				require.Equal(t, r.Since, mirrored.Since)
				require.Equal(t, r.Rule, mirrored.Rule)
				require.Equal(t, sorted(r.Effects), sorted(mirrored.Effects))

				bound := a.On(day).Status.Bound() && b.On(day).Status.Bound()
				reserved := a.On(day).WithReservations || b.On(day).WithReservations
				require.False(t, r.InForce && !bound, "in force between two of whom one is not bound")
				require.False(t, bound && !reserved && !r.InForce, "both are bound, and nobody has a reservation")
				requireCourse(t, h, r, day)
				for _, e := range r.Effects {
					seen[string(e.Effect)] = true
				}
				seen[fmt.Sprint("precluded ", bound && !r.InForce)] = true
			}
		}
	})
	if testing.Short() {
		return // too few histories to go everywhere
	}
	for _, what := range []string{"modified", "excluded", "none", "precluded true", "precluded false"} {
		require.True(t, seen[what], "no generated history has a relation that is %s", what)
	}
}

func requireCourse(t *rapid.T, h *domain.History, r domain.Relation, day domain.Date) {
	course := h.RelationCourse(r.Of, r.With, day)
	if len(course) == 0 {
		require.False(t, r.InForce)
		return
	}
	last := course[len(course)-1]
	require.Equal(t, []any{r.InForce, r.Rule, len(r.Effects)}, []any{last.InForce, last.Rule, len(last.Effects)})
	require.False(t, last.From.Before(r.Since), "the last step lies in the time for which the relation has been so")
	for i, s := range course {
		if i > 0 {
			require.True(t, course[i-1].From.Before(s.From))
		}
		require.Equal(t, s.InForce, h.Relation(r.With, r.Of, s.From).InForce)
	}
}
