package effects_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/projections/effects"
)

// made records acts on a day and returns what follows from them.
func made(l *domaintest.Ledger, treaty domain.TreatyID, day string, acts ...domain.Action) effects.Effects {
	l.Today = domain.MustDate(day)
	position := l.State.Position() + 1
	l.Put(treaty, acts...)
	entries := make([]domain.Entry, len(acts))
	for i, a := range acts {
		entries[i] = domain.Entry{ID: domain.RecordID{Position: position, N: uint32(i + 1)}, Treaty: treaty, Event: &domain.ActionRecorded{Action: a}}
	}
	return effects.EffectsOf(l.State, treaty, entries, l.Today)
}

// until returns a ledger with the acts of the ICMW that were received before a day.
func until(t *testing.T, day string) *domaintest.Ledger {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	var acts []domain.Action
	for _, part := range domaintest.Migration(t).Participations("IV-13") {
		for _, r := range part.Records() {
			if r.Action != nil && r.Op == domain.OpRecorded && r.Action.ReceivedOn().Before(domain.MustDate(day)) {
				acts = append(acts, *r.Action)
			}
		}
	}
	l.Put("IV-13", acts...)
	return l
}

// On 14 March 2003 El Salvador and Guatemala deposited the 20th and the 21st
// instrument of the ICMW: by article 87(1) it entered into force on 1 July 2003, for
// them and for the nineteen before.
func TestTheDepositsThatBroughtTheConventionIntoForce(t *testing.T) {
	l := until(t, "2003-03-14")
	e := made(l, "IV-13", "2003-03-14", domaintest.Act("SLV", domain.Ratification, "2003-03-14"), domaintest.Act("GTM", domain.Ratification, "2003-03-14"))
	july := domain.MustDate("2003-07-01")
	require.Equal(t, 19, e.Treaty.CountsBefore.Consents)
	require.Equal(t, 21, e.Treaty.CountsAfter.Consents)
	require.Zero(t, e.Treaty.CountsAfter.Parties, "no one is bound before July")
	require.True(t, e.Treaty.InForceBefore.IsZero())
	require.Equal(t, july, e.Treaty.InForce)
	require.Equal(t, domain.MustDate("2003-03-14"), e.Treaty.MetOn)
	require.NotEqual(t, e.Treaty.EntryBefore, e.Treaty.EntryAfter)

	require.Len(t, e.Participants, 2)
	require.Equal(t, "El Salvador", e.Participants[0].Name, "by name")
	for _, p := range e.Participants {
		require.Equal(t, domain.Signatory, p.Before, p.Name)
		require.Equal(t, domain.Contracting, p.After, p.Name)
		require.Equal(t, july, p.Bound, p.Name)
		require.NotEmpty(t, p.Why)
		require.Equal(t, domain.Party, p.Course[len(p.Course)-1].Status)
	}
	require.Equal(t, july, e.Gap.On, "the share is given for the day from which they are bound")
	require.Greater(t, e.Gap.After, e.Gap.Before)
	require.InDelta(t, e.Gap.After-e.Gap.Before, e.Gap.Points, 1e-4)
	require.Equal(t, july, e.Relations.On)
	require.Equal(t, 20+19, len(e.Relations.Begin), "with each of the others, and with one another, each pair once")
	require.Empty(t, e.Relations.Stop)
}

// ILO Convention 97 entered into force on 22 January 1952: a party may denounce it in the
// year that follows each ten years (article 17), and is bound for a year more. No
// party has; here Brazil does on the last day but one of such a year.
func TestAWithdrawalStopsRelations(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	e := made(l, "C097", "2023-01-21", domaintest.Act("BRA", domain.Withdrawal, "2023-01-21"))
	require.Len(t, e.Participants, 1)
	brazil := e.Participants[0]
	require.Equal(t, domain.Party, brazil.Before)
	require.Equal(t, domain.WithdrawalNotified, brazil.After)
	require.Equal(t, domain.MustDate("2024-01-21"), brazil.Until)
	require.Equal(t, domain.MustDate("2024-01-21"), e.Gap.On)
	require.Negative(t, e.Gap.Points)
	require.NotEmpty(t, e.Relations.Stop)
	require.Empty(t, e.Relations.Begin)
	for _, pair := range e.Relations.Stop {
		require.Equal(t, domain.ParticipantID("BRA"), pair.Of)
		require.NotEmpty(t, pair.WithName)
		require.NotEmpty(t, pair.Why)
	}
}

// A reservation to the Smuggling Protocol, and an objection to it, change a statement's life.
func TestStatementsBeginAndAreAnswered(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	e := made(l, "XVIII-12-b", "2026-06-30", domaintest.Act("BGD", domain.Accession, "2026-06-30"),
		domaintest.Act("BGD", domain.Reservation, "2026-06-30", domaintest.Says("does not consider itself bound by article 20(2)", "20(2)")))
	require.Len(t, e.Statements, 1)
	reservation := e.Statements[0]
	require.Empty(t, reservation.Before, "it had not been made")
	require.NotEmpty(t, reservation.After)
	require.Equal(t, domain.Reservation, reservation.Kind)
	require.NotEmpty(t, reservation.Life)

	answer := made(l, "XVIII-12-b", "2026-06-30", domaintest.Act("DEU", domain.Objection, "2026-06-30", domaintest.To(reservation.Record)))
	require.NotEmpty(t, answer.Statements)
	var of []domain.RecordID
	for _, s := range answer.Statements {
		of = append(of, s.Record)
	}
	require.Contains(t, of, reservation.Record, "the statement that is answered")

	position := l.State.Position() + 1
	annulled := domain.RecordAnnulled{Participant: "BGD", Record: reservation.Record, Reason: "misread"}
	l.Apply("XVIII-12-b", &annulled)
	gone := effects.EffectsOf(l.State, "XVIII-12-b", []domain.Entry{{ID: domain.RecordID{Position: position, N: 1}, Treaty: "XVIII-12-b", Event: &annulled}}, l.Today)
	require.Equal(t, reservation.Record, gone.Statements[0].Record)
	require.Empty(t, gone.Statements[0].After, "its record does not stand any more")
	require.NotEmpty(t, gone.Statements[0].Before)
}

// What is recorded later does not change what followed from an earlier command, and
// of a treaty that is not known nothing follows.
func TestEffectsAreOfTheirPosition(t *testing.T) {
	l := until(t, "2003-06-05")
	mali := domaintest.Act("MLI", domain.Accession, "2003-06-05")
	position := l.State.Position() + 1
	first := made(l, "IV-13", "2003-06-05", mali)
	require.Equal(t, domain.MustDate("2003-10-01"), first.Participants[0].Bound, "article 87(2)")
	made(l, "IV-13", "2003-06-05", domaintest.Act("DEU", domain.Accession, "2003-06-05"))
	again := effects.EffectsOf(l.State, "IV-13", []domain.Entry{{ID: domain.RecordID{Position: position, N: 1}, Treaty: "IV-13", Event: &domain.ActionRecorded{Action: mali}}}, l.Today)
	require.Equal(t, first, again)

	none := effects.EffectsOf(l.State, "X-99", []domain.Entry{{ID: domain.RecordID{Position: position, N: 1}, Treaty: "X-99", Event: &domain.ActionRecorded{Action: mali}}}, l.Today)
	require.Nil(t, none.Treaty)
	require.Empty(t, none.Participants)
}
