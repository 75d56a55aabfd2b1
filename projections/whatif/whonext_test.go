package whatif

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/notices"
)

// viewOf asks a ledger in memory of everything, as of a day.
func viewOf(s *domain.State, day string) projections.Query {
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

func idsIn(set *NextSet) (ids []domain.ParticipantID) {
	for _, c := range set.Participants {
		ids = append(ids, c.Participant)
	}
	return ids
}

// annexTwoWithout lets the States of Annex 2 ratify the CTBT but those named.
// The days of the others' ratifications are not at hand, and do not matter.
func annexTwoWithout(t *testing.T, l *domaintest.Ledger, missing ...domain.ParticipantID) {
	t.Helper()
	annex, held := l.State.Group("CTBT-ANNEX-2", domain.Everything())
	require.True(t, held)
	var acts []domain.Action
	for _, member := range annex.On(domaintest.Today) {
		if !slices.Contains(missing, member) {
			acts = append(acts, domaintest.Act(member, domain.Ratification, "2000-06-30"))
		}
	}
	require.Len(t, acts, 36, "36 of 44, as the facts say")
	l.Put("XXVI-4", acts...)
}

// Of a named list those that are missing are the only set: the CTBT waits for
// each State of its Annex 2, and since 2023 for the Russian Federation again.
func TestWhoNextOfANamedList(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	missing := []domain.ParticipantID{"CHN", "EGY", "IND", "IRN", "ISR", "PAK", "PRK", "USA"}
	annexTwoWithout(t, l, missing...)
	l.Put("XXVI-4", domaintest.Act("USA", domain.Signature, "1996-09-24"), domaintest.Act("RUS", domain.WithdrawalOfConsent, "2023-11-03"))
	for day, missing := range map[string][]domain.ParticipantID{"2015-01-01": missing, "2024-01-01": append(slices.Clip(missing), "RUS")} {
		next, ok, err := WhoNextOf(viewOf(l.State, day), WhoNextQuestion{Treaty: "XXVI-4"})
		require.NoError(t, err)
		require.True(t, ok)
		require.Len(t, next.Thresholds, 1)
		entry := next.Thresholds[0]
		require.Empty(t, entry.Obstacle)
		require.ElementsMatch(t, missing, idsIn(entry.Smallest), day)
		require.True(t, entry.Smallest.Minimal)
		require.Contains(t, entry.Smallest.Proof, "by name")
		require.ElementsMatch(t, missing, idsIn(entry.Likeliest))
		require.Equal(t, domain.ParticipantID("USA"), entry.Likeliest.Participants[0].Participant, "the signatory comes first")
		require.Equal(t, domain.MustDate(day), entry.Smallest.MetOn)
		require.Equal(t, domain.MustDate(day).AddDays(180), entry.Smallest.InForce)
	}
}

// parisLedger holds the real consents to the Paris Agreement, and the emissions
// that count.
func parisLedger(t *testing.T) *domaintest.Ledger {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	emissions := domain.Weights{ID: "PARIS-EMISSIONS", Edition: "2015", Name: "Emissions counted for entry into force", Unit: "percent", World: "WLD",
		Rows: []domain.WeightRow{{Area: "WLD", Value: 100}, {Area: "USA", Value: 17.89}}}
	acts := []domain.Action{domaintest.Act("USA", domain.Acceptance, "2016-09-03")}
	rows := domaintest.Rows(t, "paris_deposits.csv")
	for _, row := range rows {
		id := domain.ParticipantID(row["Code"])
		if row["Name"] == "European Union" {
			id = "EUU"
		}
		if id == "USA" { // its row holds its second consent only
			continue
		}
		if share, err := strconv.ParseFloat(row["Percentage"], 64); err == nil && id != "EUU" {
			emissions.Rows = append(emissions.Rows, domain.WeightRow{Area: string(id), Value: share})
		}
		if row["Ratification"] != "" {
			kind, err := domain.ParseActionKind(row["Kind"])
			require.NoError(t, err)
			acts = append(acts, domaintest.Act(id, kind, row["Ratification"]))
		}
	}
	l.Apply("", &domain.WeightsDefined{Weights: emissions})
	l.Put("XXVII-7-d", acts...)
	return l
}

// On the eve of the day on which the Paris Agreement's condition was met 63
// States had consented, with 52.11 percent of the emissions.
func TestWhoNextOfAShare(t *testing.T) {
	next, ok, err := WhoNextOf(viewOf(parisLedger(t).State, "2016-10-04"), WhoNextQuestion{Treaty: "XXVII-7-d"})
	require.NoError(t, err)
	require.True(t, ok)
	entry := next.Thresholds[0]
	require.Contains(t, entry.Required, "2.89 more percent")
	require.Equal(t, 1, entry.Smallest.Size)
	require.Equal(t, []domain.ParticipantID{"JPN"}, idsIn(entry.Smallest), "of two that would do the likelier")
	require.InDelta(t, 3.79, entry.Smallest.Participants[0].Adds[0].Amount, 0.01)
	require.ElementsMatch(t, []domain.ParticipantID{"RUS", "JPN"}, entry.Smallest.Alternatives, "no other emits 2.89 percent")
	require.True(t, entry.Smallest.Minimal)
	require.Equal(t, "2016-11-03", entry.Smallest.InForce.String(), "the thirtieth day after")
	require.Empty(t, entry.Obstacle)
	require.GreaterOrEqual(t, entry.Likeliest.Size, 1)
}

// The pairs between which a treaty is in force follow an objection that
// precludes it, and its withdrawal.
func TestRelationsOfAHypothesis(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	act, says := domaintest.Act, domaintest.Says
	reservation := l.RecordBecause("with its consent", "IV-13", act("DEU", domain.Accession, "2020-01-10"), act("DEU", domain.Reservation, "2020-01-10", says("a reservation", "22")))[1]
	precluding := act("MEX", domain.Objection, "2020-02-10", domaintest.To(reservation))
	precluding.Statement.Precluding = true
	what, err := WhatIfOf(viewOf(l.State, "2021-01-01"), WhatIfQuestion{Acts: []AssumedAction{{"IV-13", precluding}}})
	require.NoError(t, err)
	require.Equal(t, RelationsChange{Ended: 1, BegunPairs: []domain.Pair{}, EndedPairs: []domain.Pair{{"DEU", "MEX"}}}, what.Treaties[0].Relations)
	var relations []string
	for _, c := range what.Changes {
		if c.What == notices.ChangedRelations {
			relations = append(relations, c.Name+" "+c.After.Words)
		}
	}
	require.Contains(t, relations[0], "Mexico with ")
}
