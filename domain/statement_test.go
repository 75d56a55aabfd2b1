package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

const (
	genocide domain.TreatyID = "IV-1"
	refugees domain.TreatyID = "V-2"
)

var answers = domaintest.Answers

func precluding(a *domain.Action) { a.Statement.Precluding = true }

// life writes the standings of a participant's n-th statement.
func life(h *domain.History, p domain.ParticipantID, n int) string {
	var steps []string
	for _, s := range h.Course(p).Statements[n].Standings {
		step := s.From.String() + " " + string(s.State)
		if len(s.Articles) > 0 {
			step += " " + strings.Join(s.Articles, ",")
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, "; ")
}

// The Genocide Convention between Hungary, which acceded on 7 January 1952 with
// reservations to articles IX and XII and gave up the one to IX on 8 December
// 1989, and the Netherlands, which on acceding on 20 June 1966 did not consider
// States with a reservation to article IX as parties; and the United Kingdom,
// which on acceding on 30 January 1970 did not accept such reservations. The
// days of accession are those of the status table of chapter IV.1; the others
// are general knowledge.
func hungary(t *testing.T) (l *domaintest.Ledger, reservation domain.RecordID) {
	t.Helper()
	l = domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	reservation = l.Record(genocide, act("HUN", domain.Reservation, "1952-01-07", says("not bound by article IX", "IX", "XII")))[0]
	l.RecordBecause("made on acceding", genocide, act("NLD", domain.Objection, "1966-06-20", says("does not consider as parties"), domaintest.To(reservation), precluding))
	l.RecordBecause("made on acceding", genocide, act("GBR", domain.Objection, "1970-01-30", says("unable to accept"), domaintest.To(reservation)))
	l.Record(genocide, act("HUN", domain.PartialWithdrawal, "1989-12-08", answers(reservation, "", "IX")))
	return l, reservation
}

func TestAPrecludingObjectionKeepsTheTreatyFromEnteringIntoForceBetweenTwo(t *testing.T) {
	l, reservation := hungary(t)
	h := l.History(genocide)

	r := h.Relation("HUN", "NLD", domain.MustDate("1980-01-01"))
	require.False(t, r.InForce)
	require.Equal(t, "1966-09-18", r.Since.String(), "the Netherlands are bound from the 90th day")
	require.Equal(t, "VCLT 20(4)(b)", r.Rule)
	require.Contains(t, r.Why, "Netherlands (Kingdom of the) objected on 20 June 1966")

	uk := h.Relation("HUN", "GBR", domain.MustDate("1980-01-01"))
	require.True(t, uk.InForce)
	require.Equal(t, "1970-04-30", uk.Since.String())
	require.Len(t, uk.Effects, 1)
	require.Equal(t, domain.ProvisionsExcluded, uk.Effects[0].Effect)
	require.Equal(t, "VCLT 21(3)", uk.Effects[0].Rule)
	require.Equal(t, reservation, uk.Effects[0].Record)

	france := h.Relation("HUN", "FRA", domain.MustDate("1980-01-01"))
	require.True(t, france.InForce)
	require.Equal(t, domain.ProvisionsModified, france.Effects[0].Effect)
	require.Equal(t, "VCLT 20(5), 21(1)", france.Effects[0].Rule)
	require.Equal(t, []string{"IX", "XII"}, france.Effects[0].Articles)

	require.Equal(t, []string{"XII"}, h.Relation("HUN", "FRA", domain.MustDate("1990-01-01")).Effects[0].Articles)
}

// What the objection was about is given up: the rest of the reservation is
// still objected to, until Hungary withdraws it as a whole.
func TestWithdrawalOfTheReservationEndsWhatTheObjectionDid(t *testing.T) {
	l, reservation := hungary(t)
	l.Record(genocide, act("HUN", domain.WithdrawalOfReservation, "1989-12-08", answers(reservation, "")))
	h := l.History(genocide)
	r := h.Relation("NLD", "HUN", domain.MustDate("1989-12-08"))
	require.True(t, r.InForce)
	require.Equal(t, "1989-12-08", r.Since.String())
	require.Empty(t, r.Effects)
	require.Equal(t, "1966-06-20 active; 1989-12-08 ended", life(h, "NLD", 0))
	require.Equal(t, "1952-01-07 active IX,XII; 1989-12-08 withdrawn IX,XII", life(h, "HUN", 0))
	require.False(t, h.Course("HUN").On(domain.MustDate("1989-12-08")).WithReservations)
	require.True(t, h.Course("HUN").On(domain.MustDate("1989-12-07")).WithReservations)
}

func TestWithdrawalOfAnObjectionBringsTheTreatyIntoForceBetweenTwo(t *testing.T) {
	l, _ := hungary(t)
	objection := l.History(genocide).Course("NLD").Statements[0].Act.ID
	l.Record(genocide, act("NLD", domain.WithdrawalOfObjection, "1996-02-23", answers(objection, "")))
	r := l.History(genocide).Relation("HUN", "NLD", domain.MustDate("2000-01-01"))
	require.True(t, r.InForce)
	require.Equal(t, "1996-02-23", r.Since.String())
	require.Equal(t, domain.ProvisionsModified, r.Effects[0].Effect)
}

// Montenegro's succession of 23 October 2006 keeps the reservation to article
// IX that the Federal Republic of Yugoslavia made on 12 March 2001 (VCST 20).
func TestASuccessorMaintainsItsPredecessorsReservation(t *testing.T) {
	setup := func(own ...domain.Action) *domain.History {
		l := domaintest.NewLedger(t, domaintest.Migration(t))
		deposits := realDeposits(t, l.State, genocide)
		l.Put(genocide, deposits...)
		l.Record(genocide, act("SRB", domain.Reservation, "2001-03-12", says("does not consider itself bound by article IX", "IX")))
		if len(own) > 0 {
			l.Put(genocide, own...)
		}
		return l.History(genocide)
	}
	h := setup()
	require.Equal(t, "2006-06-03 active IX", life(h, "MNE", 0))
	s := h.Course("MNE").Statements[0]
	require.Equal(t, domain.ParticipantID("SRB"), s.From)
	require.Equal(t, "VCST 20(1)", s.Standings[0].Rule)
	require.True(t, h.Course("MNE").On(domain.MustDate("2006-07-01")).WithReservations)
	require.Equal(t, domain.ParticipantID("MNE"), h.Relation("FRA", "MNE", domain.MustDate("2010-01-01")).Effects[0].Author)

	own := setup(act("MNE", domain.Reservation, "2006-10-23", says("words of its own on the same subject", "IX")))
	require.Len(t, own.Course("MNE").Statements, 1, "VCST 20(1), 20(2): it stands in the place of the predecessor's")
	require.Equal(t, domain.ParticipantID(""), own.Course("MNE").Statements[0].From)
	other := setup(act("MNE", domain.Reservation, "2006-10-23", says("on another subject", "XII")))
	require.Len(t, other.Course("MNE").Statements, 2)
}

// A successor withdraws what it maintains, and only for itself.
func TestASuccessorWithdrawsForItselfAlone(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	reservation := l.Record(genocide, act("SRB", domain.Reservation, "2001-03-12", says("does not consider itself bound by article IX", "IX")))[0]
	l.Record(genocide, act("MNE", domain.WithdrawalOfReservation, "2015-01-15", answers(reservation, "")))
	h := l.History(genocide)
	require.Equal(t, "2006-06-03 active IX; 2015-01-15 withdrawn IX", life(h, "MNE", 0))
	require.Equal(t, "2001-03-12 active IX", life(h, "SRB", 0))
}

// A reservation at signature is inert, and with the consent it has to be
// confirmed: by its confirmation, or by being made again (VCLT 23(2)).
func TestAReservationAtSignatureWaitsForItsConfirmation(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record(icmw, act("DEU", domain.Signature, "2010-01-10"))
	reservation := l.Record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("reserves", "22")))[0]
	l.RecordBecause("confirmed at once", icmw, act("DEU", domain.Ratification, "2012-05-03"))
	require.Equal(t, "2010-01-10 inert 22", life(l.History(icmw), "DEU", 0))
	l.Record(icmw, act("DEU", domain.ConfirmationOfReservation, "2012-05-03", answers(reservation, "")))
	h := l.History(icmw)
	require.Equal(t, "2010-01-10 inert 22; 2012-05-03 active 22", life(h, "DEU", 0))
	s, _ := h.Course("DEU").Statements[0].On(domain.MustDate("2013-01-01"))
	require.True(t, s.Confirmed)
}

// Late reservations and modifications wait for silence; before 4 April 2000
// for ninety days, since then for twelve months.
func TestWhatIsFormulatedLateWaitsForSilence(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	late := l.RecordBecause("received, and circulated", genocide, act("HUN", domain.Reservation, "2001-05-02", says("late", "VI")))[0]
	require.Equal(t, "2001-05-02 pending VI; 2002-05-02 active VI", life(l.History(genocide), "HUN", 0))
	s, _ := l.History(genocide).Course("HUN").Statements[0].On(domain.MustDate("2001-06-01"))
	require.Equal(t, "2002-05-02", s.Until.String())

	modified := l.RecordBecause("received, and circulated", genocide, act("HUN", domain.ModificationOfReservation, "2003-05-02", answers(late, "wider words", "VI", "VII")))[0]
	require.Equal(t, "2001-05-02 pending VI; 2002-05-02 active VI; 2004-05-02 active VI,VII", life(l.History(genocide), "HUN", 0))
	l.Record(genocide, act("AUT", domain.Objection, "2003-06-01", says("objects"), domaintest.To(modified)))
	h := l.History(genocide)
	require.Equal(t, "2001-05-02 pending VI; 2002-05-02 active VI", life(h, "HUN", 0), "one objection blocks the modification for all")
	require.Equal(t, []string{"VI"}, h.Relation("HUN", "FRA", domain.MustDate("2010-01-01")).Effects[0].Articles)
}

func TestOneObjectionBlocksALateReservation(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	late := l.RecordBecause("received, and circulated", genocide, act("HUN", domain.Reservation, "2001-05-02", says("late", "VI")))[0]
	l.Record(genocide, act("AUT", domain.Objection, "2001-06-01", says("objects"), domaintest.To(late)))
	h := l.History(genocide)
	require.Equal(t, "2001-05-02 pending VI; 2001-06-01 blocked VI", life(h, "HUN", 0))
	require.Equal(t, domain.ProvisionsKept, h.Relation("HUN", "FRA", domain.MustDate("2010-01-01")).Effects[0].Effect)
	require.False(t, h.Course("HUN").On(domain.MustDate("2010-01-01")).WithReservations)
}

// Express acceptance ends the time for objecting; silence does after twelve
// months, or on the day of the other's own consent (VCLT 20(5)).
func TestAcceptanceExpressAndTacit(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	reservation := l.Record(genocide, act("SRB", domain.Reservation, "2001-03-12", says("not bound by article IX", "IX")))[0]
	l.Record(genocide, act("FRA", domain.AcceptanceOfReservation, "2001-09-01", answers(reservation, "")))
	h := l.History(genocide)
	effect := func(with domain.ParticipantID, day string) domain.RelationEffect {
		return h.Relation(with, "SRB", domain.MustDate(day)).Effects[0]
	}
	require.Equal(t, "2002-03-12", effect("FRA", "2001-08-31").Until.String())
	require.Contains(t, effect("FRA", "2001-09-01").Why, "France accepted it on 1 September 2001")
	require.Equal(t, "VCLT 20(4)(c), 20(5)", effect("AUT", "2002-03-12").Rule)
	require.Equal(t, "VCLT 20(5), 21(1)", effect("AUT", "2002-03-13").Rule)
}

// Reservations that the treaty itself lists need no acceptance: those to
// articles of the Refugee Convention other than the ones of its article 42 do,
// those of a list do not.
func TestAnExpresslyAuthorizedReservationNeedsNoAcceptance(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Redefine(genocide, func(t *domain.Treaty) {
		t.Reservations = &domain.ReservationClause{Rule: "only", Only: []string{"IX"}}
	})
	l.Put(genocide, realDeposits(t, l.State, genocide)...)
	reservation := l.Record(genocide, act("SRB", domain.Reservation, "2001-03-12", says("not bound by article IX", "IX")))[0]
	l.Record(genocide, act("SWE", domain.Objection, "2002-01-01", says("objects"), domaintest.To(reservation), precluding))
	r := l.History(genocide).Relation("SWE", "SRB", domain.MustDate("2003-01-01"))
	require.True(t, r.InForce)
	require.Equal(t, "VCLT 20(1), 21(1)", r.Effects[0].Rule)
}

// Argentina derogated from the Covenant from 7 June 1989 for thirty days; the
// days serve as an example of the form, the notifications are not bundled.
func TestDerogationsHaveTheirInterval(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	until := func(day string) func(*domain.Action) {
		return func(a *domain.Action) { a.Statement.Until = domain.MustDate(day) }
	}
	l.Record(iccpr, act("ARG", domain.Derogation, "1989-06-07", says("state of siege", "9", "21"), until("1989-07-06")))
	open := l.Record(iccpr, act("ARG", domain.Derogation, "1990-01-01", says("without end", "9")))[0]
	l.Record(iccpr, act("ARG", domain.EndOfDerogation, "1990-02-01", answers(open, "")))
	h := l.History(iccpr)
	require.Equal(t, "1989-06-07 active 9,21; 1989-07-07 ended 9,21", life(h, "ARG", 0))
	require.Equal(t, "1990-01-01 active 9; 1990-02-01 ended 9", life(h, "ARG", 1))
}

// A declaration that is withdrawn counts no more, and made again counts again.
func TestAWithdrawnDeclarationIsNotCounted(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	first := l.Record(icmw, act("MLI", domain.OptionalDeclaration, "2010-01-10", says("recognises", "77")))[0]
	l.Record(icmw, act("MLI", domain.WithdrawalOfDeclaration, "2012-01-10", answers(first, "")))
	l.Record(icmw, act("MLI", domain.OptionalDeclaration, "2014-01-10", says("recognises", "77")))
	counted := func(day string) (n int) {
		for _, c := range l.History(icmw).Procedures(domain.MustDate(day))[1].Counted {
			if c.Participant == "MLI" {
				n++
			}
		}
		return n
	}
	require.Equal(t, []int{1, 0, 1}, []int{counted("2011-01-01"), counted("2013-01-01"), counted("2015-01-01")})
}

// The United Kingdom extended treaties to territories one by one, and took
// some out when they became independent.
func TestTerritoriesAreASetThatChanges(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Redefine(refugees, func(t *domain.Treaty) { t.TerritorialScope = &domain.TerritoryClause{Rule: "permitted", Article: "40"} })
	l.Put(refugees, realDeposits(t, l.State, refugees)...)
	territories := func(names ...string) func(*domain.Action) { return func(a *domain.Action) { a.Territories = names } }
	l.Record(refugees, act("GBR", domain.TerritorialApplication, "1956-11-11", territories("Isle of Man", "Fiji")))
	l.Record(refugees, act("GBR", domain.TerritorialExclusion, "1970-10-09", territories("Fiji")))
	on := func(day string) (applied, excluded []string) {
		return l.History(refugees).Course("GBR").TerritoriesOn(domain.MustDate(day))
	}
	applied, _ := on("1960-01-01")
	require.Equal(t, []string{"Isle of Man", "Fiji"}, applied)
	_, excluded := on("1970-10-09")
	require.Equal(t, []string{"Fiji"}, excluded)
	applied, excluded = on("1971-01-01")
	require.Equal(t, []string{"Isle of Man"}, applied)
	require.Empty(t, excluded, "a State, and no territory any more")
}
