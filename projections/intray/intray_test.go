package intray_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/intray"
)

const icmw = domain.TreatyID("IV-13")

// kindsOn lists what waits on a day, with whom it is about.
func kindsOn(l *domaintest.Ledger, day string) (all []string) {
	views := &projections.Views{State: l.State, Position: eventstore.Position(l.State.Position())}
	for _, i := range intray.Of(views, domain.MustDate(day)).Items {
		all = append(all, string(i.Kind)+" "+string(i.Participant))
	}
	return all
}

func itemOn(t *testing.T, l *domaintest.Ledger, day string, kind intray.Kind) intray.Item {
	t.Helper()
	views := &projections.Views{State: l.State, Position: eventstore.Position(l.State.Position())}
	for _, i := range intray.Of(views, domain.MustDate(day)).Items {
		if i.Kind == kind {
			return i
		}
	}
	require.Fail(t, "nothing waits", "%s on %s", kind, day)
	return intray.Item{}
}

// What arrived waits until it is decided on; held, it waits on, with the reason.
func TestWhatArrivedWaits(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	require.Empty(t, kindsOn(l, "2026-06-01"))
	id := l.Do(&domain.RegisterArrival{Treaty: icmw, Arrival: domain.Arrival{Form: domain.ArrivedInstrument, Participant: "DEU", Received: domain.MustDate("2026-06-01"),
		Sender: "the permanent mission", Foreseen: domain.Accession}})[0]
	item := itemOn(t, l, "2026-06-11", intray.Arrived)
	require.Equal(t, []any{id, domain.Accession, 10, "Germany", "ICMW"}, []any{item.Record, item.Action, item.Age, item.Name, item.TreatyShort})

	l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalHeld, Reason: "full powers are missing"})
	item = itemOn(t, l, "2026-06-11", intray.Arrived)
	require.Equal(t, domain.ArrivalHeld, item.Outcome)
	require.Equal(t, "full powers are missing", item.Why)

	l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalReturned, Reason: "it names no authority"})
	require.Empty(t, kindsOn(l, "2026-06-11"))
}

// An act that the depositary recorded is notified (VCLT 77(1)(e)), and what is
// corrected after that is notified again. What an import brought in was notified by
// others: none of the acts of the bundled tables waits.
func TestActsAreNotified(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	require.NotContains(t, kindsOn(l, "2026-06-30"), string(intray.NotificationDue)+" MLI")
	act := domaintest.Act("DEU", domain.Accession, "2026-06-01")
	id := l.Record(icmw, act)[0]
	require.Contains(t, kindsOn(l, "2026-06-30"), "notification due DEU")

	l.Do(&domain.IssueNotification{Treaty: icmw, Notification: domain.DepositaryNotification{Records: []domain.RecordID{id},
		Texts: []domain.NotificationText{{Language: "en", Title: "Accession", Text: "Germany acceded."}, {Language: "fr", Title: "Adhésion", Text: "L'Allemagne a adhéré."}}}})
	require.NotContains(t, kindsOn(l, "2026-06-30"), "notification due DEU")

	act.Date = domain.MustDate("2026-06-02")
	l.Do(&domain.CorrectAction{Treaty: icmw, Record: id, Action: act, Reason: "the stamp has the 2nd"})
	item := itemOn(t, l, "2026-06-30", intray.CorrigendumDue)
	require.Equal(t, id, item.Record)
	require.Equal(t, "the stamp has the 2nd", item.Why)
	require.NotEmpty(t, item.Reference)
}

// Kinds are those that an item may have, in the order of the in-tray.
func TestOrderOfTheInTray(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for _, p := range []domain.ParticipantID{"FRA", "DEU"} {
		received := domain.MustDate("2026-06-01")
		if p == "FRA" {
			received = domain.MustDate("2026-06-02")
		}
		l.Do(&domain.RegisterArrival{Treaty: icmw, Arrival: domain.Arrival{Form: domain.ArrivedInstrument, Participant: p, Received: received, Sender: "the mission"}})
	}
	l.Record(icmw, domaintest.Act("ITA", domain.Accession, "2026-05-01"))
	require.Equal(t, []string{"arrived DEU", "arrived FRA", "notification due ITA"}, kindsOn(l, "2026-06-30"), "by kind, the oldest first")
	require.Len(t, intray.Kinds(), 6)
}

// Full powers that were filed are shown in the thirty days before their end, and
// objections to a reservation until twelve months after its notification (VCLT
// 20(5)).
func TestDaysThatEnd(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	id := l.Do(&domain.RegisterArrival{Treaty: icmw, Arrival: domain.Arrival{Form: domain.ArrivedFullPowers, Participant: "DEU", Received: domain.MustDate("2026-05-01"), Sender: "the mission",
		Powers: &domain.FullPowers{Person: "Ms Weber", Until: domain.MustDate("2026-08-31")}}})[0]
	l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalFiled, Reason: "in order"})
	require.Empty(t, kindsOn(l, "2026-08-01"))
	item := itemOn(t, l, "2026-08-02", intray.FullPowersEnding)
	require.Equal(t, []any{domain.MustDate("2026-08-31"), "Ms Weber"}, []any{item.Due, item.Why})
	require.Equal(t, []string{"full powers ending DEU"}, kindsOn(l, "2026-08-31"))
	require.Empty(t, kindsOn(l, "2026-09-01"))

	reservation := domaintest.Act("DEU", domain.Reservation, "2026-06-01")
	reservation.Notified = domain.MustDate("2026-06-10")
	reservation.Notification = "C.N.1.2026.TREATIES-IV.13"
	reservation.Statement = &domain.Statement{Text: "Article 18(6) does not apply.", Articles: []string{"18(6)"}}
	consent := domaintest.Act("DEU", domain.Accession, "2026-06-01")
	consent.Notification = reservation.Notification
	l.Put(icmw, consent, reservation)
	item = itemOn(t, l, "2026-07-01", intray.ObjectionsUntil)
	require.Equal(t, domain.Reservation, item.Action)
	require.Equal(t, domain.MustDate("2026-06-01"), item.Since)
	require.Equal(t, domain.MustDate("2027-06-10"), item.Due)
}
