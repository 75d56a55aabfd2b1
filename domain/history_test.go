package domain_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// ladder writes the course of a participation as days and statuses.
func ladder(c *domain.Course) (steps []string) {
	for _, s := range c.Standings {
		text := s.From.String() + " " + string(s.Status)
		if s.WithReservations {
			text += " with reservations"
		}
		if s.Provisional {
			text += " provisionally"
		}
		steps = append(steps, text)
	}
	return steps
}

// Montenegro notified on 23 October 2006 a succession of 3 June 2006: what
// holds on 1 July depends on when one asks.
func TestReceivedBy(t *testing.T) {
	s := domaintest.Migration(t)
	july, october := domain.MustDate("2006-07-01"), domain.MustDate("2006-10-23")
	for _, tt := range []struct {
		treaty     domain.TreatyID
		receivedBy domain.Date
		want       domain.Status
	}{
		{icmw, july, domain.NoAction},
		{icmw, october.AddDays(-1), domain.NoAction},
		{icmw, october, domain.Signatory},
		{icmw, domain.Date{}, domain.Signatory},
		{"XVIII-12-b", july, domain.NoAction},
		{"XVIII-12-b", october, domain.Party},
		{"XVIII-12-b", domain.MustDate("2006-12-31"), domain.Party},
	} {
		h := s.History(tt.treaty, domain.Axes{AsOf: july, ReceivedBy: tt.receivedBy})
		require.Equal(t, tt.want, h.Course("MNE").On(july).Status, "%s received by %s", tt.treaty, tt.receivedBy)
	}
	// The signature holds, and is counted, from the date of the succession.
	h := s.History(icmw, domain.Axes{})
	require.Equal(t, "2006-06-03", h.SignedOn(h.Course("MNE")).String())
	before, on := h.CountsOn(domain.MustDate("2006-06-02")), h.CountsOn(domain.MustDate("2006-06-03"))
	require.Equal(t, before.Signatories+1, on.Signatories)
}

// A correction changes what is known now, not what was known yesterday.
func TestKnownAt(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := l.Record(icmw, act("DEU", domain.Accession, "2025-01-10"))[0]
	yesterday := l.State.Position()
	l.Do(&domain.CorrectAction{Treaty: icmw, Record: id, Action: act("DEU", domain.Accession, "2025-01-11"), Reason: "the stamp says the 11th"})
	corrected := l.State.Position()
	l.Annul(icmw, id)
	on := domain.MustDate("2025-01-10")
	status := func(known domain.Moment) domain.Status {
		return l.State.History(icmw, domain.Axes{KnownAt: known}).Course("DEU").On(on).Status
	}
	require.Equal(t, domain.NoAction, status(domain.UpTo(yesterday-1)))
	require.Equal(t, domain.Contracting, status(domain.UpTo(yesterday)))
	require.Equal(t, domain.NoAction, status(domain.UpTo(corrected)))
	require.Equal(t, "2025-01-11", l.State.History(icmw, domain.Axes{KnownAt: domain.UpTo(corrected)}).Course("DEU").Standings[0].From.String())
	require.Equal(t, domain.NoAction, status(domain.Everything()))
	require.Nil(t, l.State.History(icmw, domain.Axes{KnownAt: domain.UpTo(1)}), "the treaty was not known")
}

// What a history has answered does not follow a draft that goes on changing.
func TestAHistoryAskedThroughADraftStaysAsItIs(t *testing.T) {
	l := fromDeposits(t, "ETS185")
	for _, p := range []domain.ParticipantID{"ALB", "HRV", "EST", "HUN", "LTU"} {
		l.Put("ETS185", act(p, domain.Ratification, "2004-03-18"))
	}
	base := l.State
	draft := base.Edit()
	require.Equal(t, "2004-07-01", draft.History("ETS185", domain.Axes{}).InForce.String())
	coe, _ := base.Group("COE", domain.Everything())
	emptied := *coe
	emptied.Members = nil
	require.NoError(t, draft.Apply(domain.Entry{ID: domain.RecordID{Position: base.Position() + 1, N: 1}, Event: &domain.GroupDefined{Group: emptied}}))

	day := domain.MustDate("2004-07-01")
	require.Equal(t, "condition met", string(base.History("ETS185", domain.Axes{}).Explain(day.AddDays(-1)).Status))
	require.True(t, base.History("ETS185", domain.Axes{}).Explain(day).Terms[0].Met, "the state from which the draft began")
	require.Zero(t, draft.Freeze().History("ETS185", domain.Axes{}).MetOn)
}

// Readers ask one state at the same time while the next is made from it.
func TestOneStateManyReaders(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(icmw, act("DEU", domain.Accession, "2025-01-10"))
	state := l.State
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, treaty := range state.Treaties(domain.Everything()) {
				state.History(treaty.ID, domain.Axes{}).CountsOn(domaintest.Today)
			}
			_, _ = state.FindParticipant("Zaire", domain.MustDate("1980-01-01"))
		})
	}
	for range 20 {
		d := state.Decide(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("AUT", domain.Accession, "2025-01-10")}}, domaintest.Today)
		require.True(t, d.Accepted())
		draft := state.Edit()
		require.NoError(t, draft.Apply(domain.Entry{ID: domain.RecordID{Position: state.Position() + 1, N: 1}, Treaty: icmw, Event: d.Events[0]}))
		draft.Freeze().History(icmw, domain.Axes{})
	}
	wg.Wait()
	require.Equal(t, domain.NoAction, state.History(icmw, domain.Axes{}).Course("AUT").On(domaintest.Today).Status)
}

// The withdrawal of the first period does not stand in the way of revoking
// that of the second.
func TestRevocationInASecondPeriod(t *testing.T) {
	l := realHistory(t)
	l.Record(paris, act("USA", domain.RevocationOfWithdrawal, "2025-06-01"))
	require.Equal(t, domain.Party, l.Standing(paris, "USA", "2026-01-27").Status)
	require.Equal(t, domain.FormerParty, l.Standing(paris, "USA", "2020-11-04").Status)
}

func TestWithdrawalOfConsentBeforeItTakesEffect(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Record("XXVI-4", act("RUS", domain.Signature, "1996-09-24"), act("RUS", domain.Ratification, "2000-06-30"))
	l.Record("XXVI-4", act("RUS", domain.WithdrawalOfConsent, "2023-11-03"))
	h := l.History("XXVI-4")
	require.Equal(t, []string{"1996-09-24 signatory", "2000-06-30 contracting", "2023-11-03 signatory"}, ladder(h.Course("RUS")))
	require.Equal(t, 1, h.CountsOn(domain.MustDate("2023-11-02")).Consents)
	require.Equal(t, 0, h.CountsOn(domain.MustDate("2023-11-03")).Consents)
	e := h.Explain(domain.MustDate("2024-01-01"))
	require.Equal(t, "the consent ended on 3 November 2023", e.NotCounted[0].Reason)
	require.Equal(t, "44 more of 44 members", e.Required)
}

func TestSignatureAdReferendum(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Record(icmw, act("DEU", domain.SignatureAdReferendum, "2000-01-10"))
	require.Empty(t, ladder(l.History(icmw).Course("DEU")))
	l.Record(icmw, act("DEU", domain.ConfirmationOfSignature, "2000-06-10"))
	require.Equal(t, []string{"2000-01-10 signatory"}, ladder(l.History(icmw).Course("DEU")), "from the original day (VCLT 12(2)(b))")
}

func TestProvisionalApplicationIsNoConsent(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record(icmw, act("DEU", domain.ProvisionalApplication, "2010-01-10"))
	l.Record(icmw, act("DEU", domain.Accession, "2010-02-10"))
	require.Equal(t, []string{"2010-01-10 no action provisionally", "2010-02-10 contracting provisionally", "2010-06-01 party"}, ladder(l.History(icmw).Course("DEU")))
}

// A late reservation waits for twelve months of silence; any objection blocks it.
func TestLateReservation(t *testing.T) {
	late := act("MLI", domain.Reservation, "2010-01-10", says("reserves", "22"))
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := l.RecordBecause("received after the consent", icmw, late)[0]
	require.False(t, l.Standing(icmw, "MLI", "2011-01-09").WithReservations)
	require.True(t, l.Standing(icmw, "MLI", "2011-01-10").WithReservations)
	l.Record(icmw, act("MAR", domain.Objection, "2011-01-10", says("objects"), domaintest.To(id)))
	require.False(t, l.Standing(icmw, "MLI", "2012-01-01").WithReservations)
}

// The Genocide Convention runs in periods of five years after a first of ten,
// and is left at the end of one on six months' notice.
func TestTreatyThatRunsInPeriods(t *testing.T) {
	for notified, ends := range map[string]string{"1960-07-12": "1961-01-12", "1960-07-13": "1966-01-12", "1965-07-12": "1966-01-12", "2020-01-01": "2021-01-12"} {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		l.Put("IV-1", act("FRA", domain.Ratification, "1950-10-14"))
		l.Record("IV-1", act("FRA", domain.Withdrawal, notified))
		require.Equal(t, ends, l.History("IV-1").Course("FRA").Periods[0].Until.String(), "notified on %s", notified)
	}
}

// C97 may be denounced in the year after each ten years; it binds one year more.
func TestDenunciationInItsWindow(t *testing.T) {
	for _, day := range []string{"1962-01-22", "1963-01-21", "2012-01-22", "2022-06-01"} {
		l := domaintest.NewLedger(t, domaintest.Migration(t))
		l.Record("C097", act("GBR", domain.Withdrawal, day))
		require.Equal(t, domain.MustDate(day).AddYears(1), l.History("C097").Course("GBR").Periods[0].Until)
	}
}

func TestFindParticipant(t *testing.T) {
	s := domaintest.Migration(t)
	for _, tt := range []struct {
		text, day string
		want      domain.ParticipantID
	}{
		{"Congo", "2023-10-26", "COG"}, {"DR Congo", "2023-10-26", "COD"}, {"Zaire", "1980-01-01", "COD"}, {"ZAR", "1980-01-01", "COD"},
		{"Turkey", "2023-01-01", "TUR"}, {"türkiye", "1990-01-01", "TUR"}, {"Dahomey", "1970-01-01", "BEN"}, {"European Union", "2010-12-23", "EUU"},
		{"Yugoslavia", "1971-06-02", "YUG"}, {"Yugoslavia", "2000-11-24", "SRB"}, {"Yugoslavia (SFRY)", "1971-06-02", "YUG"},
		{"Union of Soviet Socialist Republics", "1964-03-25", "RUS"}, {"Côte d’Ivoire", "2023-09-26", "CIV"}, {"United Arab Republic", "1959-03-09", "UAR"},
		{"United Arab Republic", "1965-01-01", "EGY"}, {"Egypt", "1965-01-01", "EGY"}, {"PSE", "2020-01-01", "PSE"},
	} {
		p, err := s.FindParticipant(tt.text, domain.MustDate(tt.day))
		require.NoError(t, err, tt.text)
		require.Equal(t, tt.want, p.ID, "%s on %s", tt.text, tt.day)
	}
	for _, text := range []string{"Atlantis", "", "Korea"} {
		_, err := s.FindParticipant(text, domain.MustDate("2000-01-01"))
		require.Error(t, err, text)
	}
	_, err := s.FindParticipant("Yugoslavia", domain.MustDate("2020-01-01"))
	require.ErrorContains(t, err, "name one by its id")
}

// Trinidad and Tobago denounced the first Optional Protocol to the ICCPR on 26
// May 1998 and acceded again, with a reservation, on the same day: it stayed a
// party until the denunciation took effect on 26 August 1998, and from then on
// by its new accession. It is counted once throughout.
func TestConsentAnewWhileAWithdrawalIsPending(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.RecordBecause("the parent's acts are not held", "IV-5",
		domaintest.Act("TTO", domain.Accession, "1980-11-14"),
		domaintest.Act("TTO", domain.Withdrawal, "1998-05-26"),
		domaintest.Act("TTO", domain.Accession, "1998-05-26"))
	h := l.History("IV-5")
	c := h.Course("TTO")
	require.Len(t, c.Periods, 2)
	for day, status := range map[string]domain.Status{"1998-05-25": domain.Party, "1998-05-26": domain.WithdrawalNotified,
		"1998-08-25": domain.WithdrawalNotified, "1998-08-26": domain.Party, "2000-03-27": domain.Party} {
		require.Equal(t, status, c.On(domain.MustDate(day)).Status, day)
		require.Equal(t, 1, h.CountsOn(domain.MustDate(day)).Consents, day)
	}
	require.Equal(t, domain.MustDate("1998-08-26"), c.Periods[1].From)
}
