package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// Withdrawals as they happened, one for every shape of clause that has been
// used. Deposits are those of the status tables; the days of the notifications
// are general knowledge of the depositary notifications, and not verified
// against them here.
var withdrawals = []struct {
	shape       string
	treaty      domain.TreatyID
	participant domain.ParticipantID
	consent     []domain.Action // where the tables at hand do not have it
	notified    string
	effect      string
}{
	{shape: "3 months after receipt", treaty: "IV-5", participant: "JAM", notified: "1997-10-23", effect: "1998-01-23",
		consent: []domain.Action{act("JAM", domain.Accession, "1975-10-03")}},
	{shape: "3 months after receipt", treaty: "IV-5", participant: "TTO", notified: "1998-05-26", effect: "1998-08-26",
		consent: []domain.Action{act("TTO", domain.Accession, "1980-11-14")}},
	{shape: "6 months after receipt", treaty: "XXVI-5", participant: "LTU", notified: "2025-06-27", effect: "2025-12-27",
		consent: []domain.Action{act("LTU", domain.Ratification, "2003-05-12")}},
	{shape: "6 months after receipt", treaty: "XXVI-5", participant: "FIN", notified: "2025-07-10", effect: "2026-01-10",
		consent: []domain.Action{act("FIN", domain.Accession, "2012-01-09")}},
	{shape: "6 months after receipt", treaty: "XXVI-5", participant: "POL", notified: "2025-08-20", effect: "2026-02-20",
		consent: []domain.Action{act("POL", domain.Ratification, "2012-12-27")}},
	{shape: "1 year after receipt", treaty: rome, participant: "BDI", notified: "2016-10-27", effect: "2017-10-27"},
	{shape: "1 year after receipt", treaty: rome, participant: "PHL", notified: "2018-03-17", effect: "2019-03-17"},
	{shape: "1 year after receipt, not before 3 years in force for the party", treaty: paris, participant: "USA", notified: "2019-11-04", effect: "2020-11-04"},
	{shape: "the first of the month after 3 months", treaty: istanbul, participant: "TUR", notified: "2021-03-22", effect: "2021-07-01",
		consent: []domain.Action{act("TUR", domain.Ratification, "2012-03-14")}},
}

func TestWithdrawalsAsTheyHappened(t *testing.T) {
	for _, w := range withdrawals {
		t.Run(w.shape+" "+string(w.treaty)+" "+string(w.participant), func(t *testing.T) {
			l := domaintest.NewLedger(t, domaintest.Migration(t))
			if w.treaty == paris {
				deposits, emissions := parisDeposits(t, true)
				l.Apply("", &domain.WeightsDefined{Weights: emissions})
				l.Put(paris, deposits...)
			} else if w.treaty != istanbul {
				deposits := realDeposits(t, l.State, w.treaty)
				if len(w.consent) > 0 {
					deposits = without(deposits, w.participant)
				}
				l.Put(w.treaty, append(deposits, w.consent...)...)
			} else {
				l.Put(w.treaty, w.consent...)
			}
			l.Record(w.treaty, act(w.participant, domain.Withdrawal, w.notified))

			effect := domain.MustDate(w.effect)
			course := l.History(w.treaty).Course(w.participant)
			require.Equal(t, domain.WithdrawalNotified, course.On(effect.AddDays(-1)).Status)
			require.Equal(t, domain.FormerParty, course.On(effect).Status)
			require.Equal(t, domain.Party, course.On(domain.MustDate(w.notified).AddDays(-1)).Status)
		})
	}
}

func without(acts []domain.Action, p domain.ParticipantID) (others []domain.Action) {
	for _, a := range acts {
		if a.Participant != p {
			others = append(others, a)
		}
	}
	return others
}

// The notification of the Democratic People's Republic of Korea of 25 August
// 1997 in respect of the Covenant is kept, and changes nothing (VCLT 56).
func TestACovenantThatCannotBeDenounced(t *testing.T) {
	l := realHistory(t)
	require.Equal(t, domain.Party, l.Standing(iccpr, "PRK", "1998-08-25").Status)
	require.Equal(t, domain.Party, l.Standing(iccpr, "PRK", "2026-01-01").Status)
}

// A table of today has overwritten the first consent of the United States: it
// is recorded afterwards, with its withdrawal, and brings the first period back.
func TestWhatATableHasOverwrittenIsRecordedAfterwards(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	deposits, emissions := parisDeposits(t, true)
	l.Apply("", &domain.WeightsDefined{Weights: emissions})
	l.Put(paris, append(without(deposits, "USA"), act("USA", domain.Acceptance, "2021-01-20"))...)
	first, leaving := act("USA", domain.Acceptance, "2016-09-03"), act("USA", domain.Withdrawal, "2019-11-04")

	alone := l.Decide(&domain.RecordActions{Treaty: paris, Actions: []domain.Action{first}, Reason: "restored"})
	require.Equal(t, domain.CodeAlreadyBound, alone.Refusals[0].Code)
	require.Contains(t, alone.Refusals[0].Accepted, "the earlier one with its withdrawal in one command")

	l.RecordBecause("restored; the acts of the parent are not bundled", paris, first, leaving)
	require.Equal(t, "2016-11-04", l.History(paris).InForce.String())
	require.Len(t, l.History(paris).Course("USA").Periods, 2)
	require.Equal(t, domain.FormerParty, l.Standing(paris, "USA", "2020-12-01").Status)
	require.Equal(t, domain.Party, l.Standing(paris, "USA", "2021-02-19").Status)
}

// Of a treaty whose clauses are not held, a notice of denunciation is kept. The
// day of effect that is stated is believed; without one it is not known, and the
// State is not shown as consenting. Cuba ratified ILO C45 on 14 April 1936 and
// denounced it on 12 June 1971 (NORMLEX).
func TestWithdrawalFromATreatyOfUnknownClauses(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Apply("X-99", &domain.TreatyDefined{Treaty: domain.Treaty{ID: "X-99", Short: "X-99", Title: "A treaty from a table"}})
	l.Record("X-99", act("CUB", domain.Ratification, "1936-04-14"), act("CUB", domain.Withdrawal, "1971-06-12"))
	require.Equal(t, domain.Contracting, l.Standing("X-99", "CUB", "1971-06-11").Status)
	left := l.Standing("X-99", "CUB", "1971-06-12")
	require.Equal(t, domain.FormerParty, left.Status)
	require.Contains(t, left.Why, "from when it has effect is not known")
	require.Zero(t, l.History("X-99").CountsOn(domain.MustDate("1971-06-12")).Consents)
	l.Record("X-99", act("CUB", domain.Ratification, "1980-01-01"))
	require.Equal(t, domain.Contracting, l.Standing("X-99", "CUB", "1980-01-01").Status, "it may return")

	l.Record("X-99", act("FRA", domain.Ratification, "1990-01-01"), act("FRA", domain.Withdrawal, "2000-01-01", domaintest.Effective("2001-01-01")))
	require.Equal(t, domain.Contracting, l.Standing("X-99", "FRA", "2000-12-31").Status)
	require.Equal(t, domain.FormerParty, l.Standing("X-99", "FRA", "2001-01-01").Status)
}

// Of a treaty that a table brought along nothing is computed, and it says so.
func TestWhatCannotBeSaidOfUnknownClauses(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Apply("X-99", &domain.TreatyDefined{Treaty: domain.Treaty{ID: "X-99", Short: "X-99", Title: "A treaty from a table"}})
	l.Record("X-99", act("FRA", domain.Ratification, "1990-01-01"))
	e := l.History("X-99").Explain(domain.MustDate("2000-01-01"))
	require.Equal(t, domain.EntryUnknown, e.Status)
	require.Contains(t, e.Unknown, "the final clauses of the treaty are not known")
	require.Contains(t, l.Standing("X-99", "FRA", "2000-01-01").Why, "from when it is bound is not known")
	require.Empty(t, l.History(icmw).Explain(domain.MustDate("2000-01-01")).Unknown)
}
