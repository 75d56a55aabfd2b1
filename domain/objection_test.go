package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

func reservedToGenocide(t *testing.T, by domain.ParticipantID, day string, articles ...string) (*domaintest.Ledger, domain.RecordID) {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	return l, l.Record(genocide, act(by, domain.Reservation, day, says("reserves", articles...)))[0]
}

// An objection that is directed at one part of a reservation alone ends when
// that part is given up (Guide to Practice on Reservations, 2.5.12).
func TestAnObjectionToAPartEndsWithThePart(t *testing.T) {
	l, reservation := reservedToGenocide(t, "HUN", "1952-01-07", "IX", "XII")
	l.RecordBecause("made on acceding", genocide, act("NLD", domain.Objection, "1966-06-20", says("objects to the part on IX", "IX"), domaintest.To(reservation), precluding))
	l.Record(genocide, act("HUN", domain.PartialWithdrawal, "1989-12-08", answers(reservation, "", "IX")))
	require.True(t, l.History(genocide).Relation("HUN", "NLD", domain.MustDate("1990-01-01")).InForce)
}

// A predecessor withdraws for itself alone: an objection goes on working
// against the successor that maintains the reservation (VCST 20(1)).
func TestAnObjectionOutlivesThePredecessorsWithdrawal(t *testing.T) {
	l, reservation := reservedToGenocide(t, "SRB", "2001-03-12", "IX")
	l.Record(genocide, act("SWE", domain.Objection, "2002-01-01", says("objects"), domaintest.To(reservation), precluding))
	l.Record(genocide, act("SRB", domain.WithdrawalOfReservation, "2015-01-15", answers(reservation, "")))
	require.False(t, l.History(genocide).Relation("SWE", "MNE", domain.MustDate("2016-01-01")).InForce)
}

// An objection to a modification blocks the modification; the reservation as it
// was, which silence had accepted, goes on as it was (VCLT 20(5)).
func TestAnObjectionToAModificationLeavesTheReservationAsItWas(t *testing.T) {
	l, reservation := reservedToGenocide(t, "SRB", "2001-03-12", "IX")
	wider := l.RecordBecause("received, and circulated", genocide, act("SRB", domain.ModificationOfReservation, "2004-01-01", answers(reservation, "wider", "IX", "XII")))[0]
	l.Record(genocide, act("SWE", domain.Objection, "2004-06-01", says("objects"), domaintest.To(wider), precluding))
	require.True(t, l.History(genocide).Relation("SWE", "SRB", domain.MustDate("2010-01-01")).InForce)
}

// What a signatory objected to ends with its consent, as what a party objected
// to does: having left and come back, it begins anew.
func TestASignatorysObjectionEndsWithItsConsent(t *testing.T) {

	l := smallTreaty(t)
	for _, p := range []domain.ParticipantID{"FRA", "EGY", "MLI"} {
		l.Record(icmw, act(p, domain.Accession, "2000-01-01"))
	}
	reservation := l.Record(icmw, act("TUR", domain.Accession, "2001-01-01"), act("TUR", domain.Reservation, "2001-01-01", says("reserves", "22")))[1]
	l.Record(icmw, act("MEX", domain.Signature, "2001-02-01"), act("MEX", domain.Objection, "2001-03-01", says("objects"), domaintest.To(reservation), precluding))
	l.Record(icmw, act("MEX", domain.Ratification, "2001-06-01"))
	l.Record(icmw, act("MEX", domain.Withdrawal, "2002-01-01"))
	l.RecordBecause("again", icmw, act("MEX", domain.Accession, "2004-01-01"))
	require.True(t, l.History(icmw).Relation("MEX", "TUR", domain.MustDate("2010-01-01")).InForce)
}

// Who objects to a part of a reservation leaves the rest to silence.
func TestAnObjectionToAPartLeavesTheRest(t *testing.T) {
	l, reservation := reservedToGenocide(t, "HUN", "1952-01-07", "IX", "XII")
	l.RecordBecause("made on acceding", genocide, act("GBR", domain.Objection, "1970-01-30", says("does not accept the part on IX", "IX"), domaintest.To(reservation)))
	effects := l.History(genocide).Relation("HUN", "GBR", domain.MustDate("1980-01-01")).Effects
	require.Len(t, effects, 2)
	require.Equal(t, []string{"IX"}, effects[0].Articles)
	require.Equal(t, domain.ProvisionsExcluded, effects[0].Effect)
	require.Equal(t, []string{"XII"}, effects[1].Articles)
	require.Equal(t, domain.ProvisionsModified, effects[1].Effect)
}

// Those that had consented may object for twelve months (VCLT 20(5)); to a late
// reservation only while it is pending, which its standing tells.
func TestObjectionsArePossibleUntil(t *testing.T) {
	until := func(l *domaintest.Ledger, by domain.ParticipantID) (domain.Date, bool) {
		t.Helper()
		statements := l.History(genocide).Course(by).Statements
		require.NotEmpty(t, statements)
		return l.History(genocide).ObjectionsUntil(statements[0])
	}
	l, reservation := reservedToGenocide(t, "SRB", "2001-03-12", "IX")
	last, open := until(l, "SRB")
	require.True(t, open)
	require.Equal(t, domain.MustDate("2002-03-12"), last)
	_, open = until(l, "MNE")
	require.False(t, open, "a successor maintains what the others have had their time to object to")
	l.Record(genocide, act("SRB", domain.WithdrawalOfReservation, "2002-01-15", answers(reservation, "")))
	_, open = until(l, "SRB")
	require.False(t, open, "it was withdrawn before")

	l = domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	l.RecordBecause("received, and circulated", genocide, act("HUN", domain.Reservation, "2010-01-07", says("reserves", "IX")))
	_, open = until(l, "HUN")
	require.False(t, open, "silence accepts it on the last day")
}

// An objection may answer a reservation of the same command, by its number
// there; what does not come before it, or is no reservation, is refused.
func TestAnswerToAnActOfTheSameCommand(t *testing.T) {
	const cedaw = "IV-8"
	command := &domain.RecordActions{}
	record := func(target domain.RecordID) domain.Decision {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		l.Record(cedaw, domaintest.Act("NLD", domain.Accession, "1991-07-23"))
		command = &domain.RecordActions{Treaty: cedaw, Reason: "as it was", Actions: []domain.Action{
			domaintest.Act("KWT", domain.Accession, "1994-09-02"),
			domaintest.Act("KWT", domain.Reservation, "1994-09-02", domaintest.Says("article 9(2)", "9(2)")),
			domaintest.Act("NLD", domain.Objection, "1995-01-16", domaintest.To(target)),
		}}
		return l.Decide(command)
	}
	d := record(domain.InCommand(2))
	require.True(t, d.Accepted(), "%v %v", d.Refusals, d.Queries)
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	at := domain.RecordID{Position: l.State.Position() + 2, N: 2}
	require.Equal(t, at, d.Events[2].(*domain.ActionRecorded).Action.Statement.Target, "the record that the reservation gets")
	require.True(t, domain.SameCommand(command, domain.Place(command, d.Events, domain.RecordID{Position: at.Position})), "sent again it is the same command")
	for _, target := range []domain.RecordID{domain.InCommand(1), domain.InCommand(3), domain.InCommand(9)} {
		d := record(target)
		require.False(t, d.Accepted())
		require.Equal(t, domain.CodeObjectionWithoutTarget, d.Refusals[0].Code, "%s", target)
	}
}
