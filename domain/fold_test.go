package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// Acts of one day follow from each other in law, whichever was recorded first.
func TestActsOfOneDay(t *testing.T) {
	for _, tt := range []struct {
		acts []domain.ActionKind
		want []string
	}{
		{[]domain.ActionKind{domain.Signature, domain.Accession}, []string{"2010-01-10 contracting", "2010-05-01 party"}},
		{[]domain.ActionKind{domain.ProvisionalApplication, domain.EndOfProvisional}, nil},
		{[]domain.ActionKind{domain.Accession, domain.WithdrawalOfConsent}, nil},
		{[]domain.ActionKind{domain.Accession, domain.Withdrawal, domain.RevocationOfWithdrawal}, []string{"2010-01-10 contracting", "2010-05-01 party"}},
	} {
		forward := domaintest.NewLedger(t, domaintest.Migration(t))
		backward := domaintest.NewLedger(t, domaintest.Migration(t))
		for i := range tt.acts {
			forward.Put(icmw, act("DEU", tt.acts[i], "2010-01-10"))
			backward.Put(icmw, act("DEU", tt.acts[len(tt.acts)-1-i], "2010-01-10"))
		}
		require.Equal(t, tt.want, ladder(forward.History(icmw).Course("DEU")), "%v", tt.acts)
		require.Equal(t, tt.want, ladder(backward.History(icmw).Course("DEU")), "%v, recorded backwards", tt.acts)
	}
}

// Two drafts from one state share nothing that either of them changes.
func TestDraftsOfOneStateDoNotMeet(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for range 3 {
		l.Put(icmw, act("DEU", domain.Communication, "2010-01-10", says("says")), act("DEU", domain.Communication, "2010-01-11", says("says")),
			act("DEU", domain.Communication, "2010-01-12", says("says")))
		one, other := *l, *l
		one.Put(icmw, act("DEU", domain.Accession, "2011-01-10"))
		other.Put(icmw, act("DEU", domain.Signature, "2012-01-10"))
		other.Put(icmw, act("FRA", domain.Signature, "2012-01-10"))
		last := func(l domaintest.Ledger) domain.ActionKind {
			records := l.State.Participation(icmw, "DEU").Records()
			return records[len(records)-1].Action.Kind
		}
		require.Equal(t, domain.Accession, last(one))
		require.Equal(t, domain.Signature, last(other))
		require.Equal(t, domain.Communication, last(*l))
		require.Nil(t, one.State.Participation(icmw, "FRA"))
	}
}

// A protocol that waits for its convention follows it: what was answered
// before the convention entered into force is forgotten.
func TestAProtocolFollowsItsParent(t *testing.T) {
	l := fromDeposits(t, "IV-15", "IV-15-a")
	states := l.State.Participants(domain.Everything())
	deposits := func(n int, day string) (acts []domain.Action) {
		for _, p := range states {
			if p.Kind == domain.KindState && p.Exists.Contains(domain.MustDate(day)) && len(acts) < n {
				acts = append(acts, act(p.ID, domain.Ratification, day))
			}
		}
		return acts
	}
	l.Put("IV-15-a", deposits(10, "2008-02-08")...)
	h := l.History("IV-15-a")
	require.Zero(t, h.InForce)
	require.Equal(t, domain.EntryMet, h.Explain(domaintest.Today).Status)
	earlier := l.State
	l.Put("IV-15", deposits(20, "2008-04-03")...)
	require.Equal(t, "2008-05-03", l.History("IV-15-a").InForce.String())
	require.Zero(t, earlier.History("IV-15-a", domain.Axes{}).InForce, "the earlier state says what it said")
	e := l.History("IV-15-a").Explain(domain.MustDate("2008-04-03"))
	require.Equal(t, "not before CRPD is in force: 3 May 2008", e.Steps[len(e.Steps)-1].Text)
}

// "Unless a later date is specified" (Rome Statute 127).
func TestWithdrawalMayNameALaterDay(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put(rome, act("BDI", domain.Ratification, "2004-09-21"))
	l.Record(rome, act("BDI", domain.Withdrawal, "2016-10-27", domaintest.Effective("2018-01-01")))
	require.Equal(t, []string{"2004-09-21 contracting", "2004-12-01 party", "2016-10-27 party, withdrawal notified", "2018-01-01 former party"},
		ladder(l.History(rome).Course("BDI")))
}

func TestApplyRefusesWhatItDoesNotKnow(t *testing.T) {
	draft := domain.NewState().Edit()
	err := draft.Apply(domain.Entry{ID: domain.RecordID{Position: 1, N: 1}, Treaty: icmw, Event: &domain.ActionRecorded{Action: act("DEU", domain.Signature, "2010-01-10")}})
	require.ErrorContains(t, err, `treaty "IV-13" is not defined`)
	require.ErrorContains(t, draft.Apply(domain.Entry{ID: domain.RecordID{Position: 1, N: 1}}), "does not know the event")
}
