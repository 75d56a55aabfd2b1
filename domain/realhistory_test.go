package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// tableOnly records the consents of a status table as it is, without what it
// has lost.
func tableOnly(t *testing.T, id domain.TreatyID, more ...domain.Action) *domaintest.Ledger {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put(id, append(tableDeposits(t, l.State, asMTDSG(id)), more...)...)
	return l
}

// The ICCPR entered into force on 23 March 1976 (treaty page of chapter IV.4).
// Today's table has lost Czechoslovakia, the German Democratic Republic and
// Yugoslavia, and would lead to 11 September 1976; the published day holds for
// all that follows, and every answer that rests on it says so.
func TestThePublishedDayHoldsForAllThatFollows(t *testing.T) {
	day := domain.MustDate
	h := tableOnly(t, iccpr).History(iccpr)
	require.Equal(t, "1976-03-23", h.InForce.String())
	_, computed, differ := h.Differs()
	require.True(t, differ)
	require.Equal(t, "1976-09-11", computed.String())
	for _, tt := range []struct {
		asOf    string
		status  domain.EntryStatus
		parties bool
		says    bool
	}{
		{"1976-03-22", domain.EntryNotMet, false, false},
		{"1976-03-23", domain.EntryInForce, true, true},
		{"1976-06-01", domain.EntryInForce, true, true},
		{"1976-09-10", domain.EntryInForce, true, true},
		{"2000-01-01", domain.EntryInForce, true, true},
	} {
		e := h.Explain(day(tt.asOf))
		require.Equal(t, tt.status, e.Status, tt.asOf)
		require.Equal(t, tt.parties, h.CountsOn(day(tt.asOf)).Parties > 30, tt.asOf)
		require.Equal(t, tt.says, strings.Contains(h.RestsOn(day(tt.asOf)), "the recorded deposits lead to 11 September 1976"), tt.asOf)
		require.Equal(t, tt.says, e.FromStated, tt.asOf)
	}
	require.Equal(t, domain.Party, h.Course("JAM").On(day("1976-06-01")).Status)
	require.Equal(t, "1976-05-18", h.Course("GBR").Periods[0].Deposited.AddDays(-2).String())
	require.Equal(t, "1976-08-20", h.Course("GBR").Periods[0].Bound.String(), "a later party, three months after 20 May 1976")

	// With what the tables have lost the deposits lead to the day themselves.
	l := tableOnly(t, iccpr)
	l.Put(iccpr, historicalDeposits(t, l.State, "4-4")...)
	require.False(t, l.History(iccpr).Stated)
	require.Empty(t, l.History(iccpr).RestsOn(domain.LastDay))
}

// Every treaty of which a table is at hand has its published day, whatever the
// table has lost.
func TestTablesAloneGiveThePublishedDay(t *testing.T) {
	definitions := domaintest.Definitions(t)
	for _, number := range tablesAtHand {
		id := fromMTDSG(t, definitions, number)
		stated := mustTreaty(t, definitions, id).Stated
		if stated == nil {
			continue
		}
		h := tableOnly(t, id).History(id)
		require.Equal(t, stated.InForce, h.InForce, number)
		require.Equal(t, domain.EntryInForce, h.Explain(stated.InForce).Status, number)
		require.NotEqual(t, domain.EntryInForce, h.Explain(stated.InForce.AddDays(-1)).Status, number)
	}
}

// The German Democratic Republic ratified ICCPR-OP2 on 16 August 1990 and
// acceded to the Federal Republic on 3 October 1990; its instrument is one of
// the ten. The tenth is Spain's of 11 April 1991, and the Protocol entered into
// force on 11 July 1991 (treaty page of chapter IV.12).
func TestTheInstrumentOfAStateThatEndedIsOneOfTheTen(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Redefine("IV-12", func(treaty *domain.Treaty) { treaty.Stated = nil })
	l.Put("IV-12", act("DDR", domain.Ratification, "1990-08-16"))
	for p, day := range map[domain.ParticipantID]string{"NZL": "1990-02-22", "SWE": "1990-05-11", "AUS": "1990-10-02", "PRT": "1990-10-17", "ROU": "1991-02-27",
		"NLD": "1991-03-26", "ISL": "1991-04-02", "FIN": "1991-04-04", "ESP": "1991-04-11", "NOR": "1991-09-05"} {
		l.Put("IV-12", act(p, domain.Ratification, day))
	}
	h := l.History("IV-12")
	require.Equal(t, "1991-04-11 1991-07-11", h.MetOn.String()+" "+h.InForce.String())
	require.Equal(t, domain.Party, h.Course("SWE").On(domain.MustDate("1991-08-01")).Status)
	require.Equal(t, domain.Extinct, h.Course("DDR").On(domain.MustDate("1991-08-01")).Status)
}

// Three of four, one of which is an organization: sum and list come from one
// computation, and the organization is in neither.
func TestAFractionCountsWhatItsListShows(t *testing.T) {
	for phrase, want := range map[string]string{
		"3/4 of FOUR":                        "2000-01-04",
		"all of FOUR":                        "2000-01-04",
		"3/4 of FOUR, organizations counted": "2000-01-03",
		"all of FOUR, organizations counted": "2000-01-04",
	} {
		l := fromDeposits(t, icmw)
		var members []domain.Member
		for _, p := range []domain.ParticipantID{"FRA", "DEU", "ITA", "EUU"} {
			members = append(members, domain.Member{Participant: p})
		}
		l.Apply("", &domain.GroupDefined{Group: domain.Group{ID: "FOUR", Name: "Four", Members: members}})
		l.Redefine(icmw, func(treaty *domain.Treaty) {
			treaty.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition(phrase), Then: domain.MustDelay("30 days")}
		})
		l.Put(icmw, act("EUU", domain.FormalConfirmation, "2000-01-01"), act("FRA", domain.Ratification, "2000-01-02"),
			act("DEU", domain.Ratification, "2000-01-03"), act("ITA", domain.Ratification, "2000-01-04"))
		h := l.History(icmw)
		require.Equal(t, want, h.MetOn.String(), phrase)
		for on := domain.MustDate("2000-01-01"); !on.After(h.MetOn); on = on.AddDays(1) {
			e := h.Explain(on)
			require.Equal(t, int(e.Terms[0].Have), len(e.Counted), "%s on %s: the sum is the length of the list", phrase, on)
		}
	}
}

// Provisional application ends for good when the treaty enters into force for
// the participant (VCLT 25(1)), and on the day that its end names (25(2)).
func TestProvisionalApplicationEnds(t *testing.T) {
	l := fromDeposits(t, icmw)
	l.Redefine(icmw, func(treaty *domain.Treaty) {
		treaty.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("1 consents"), Then: domain.MustDelay("30 days")}
		treaty.LaterParties = &domain.EntryClause{Then: domain.MustDelay("30 days")}
		treaty.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year")}
	})
	l.Put(icmw, act("FRA", domain.ProvisionalApplication, "1990-02-01"), act("FRA", domain.Accession, "1991-01-01"), act("FRA", domain.Withdrawal, "2000-01-01"))
	require.True(t, l.Standing(icmw, "FRA", "1991-01-30").Provisional)
	require.False(t, l.Standing(icmw, "FRA", "1991-01-31").Provisional)
	former := l.Standing(icmw, "FRA", "2001-01-01")
	require.Equal(t, domain.FormerParty, former.Status)
	require.False(t, former.Provisional)

	// Russian Federation, Energy Charter Treaty, article 45(3)(a): signed on 17
	// December 1994, notified on 20 August 2009 that it does not intend to become
	// a party, with effect from 18 October 2009 (notice of the depositary).
	l.Put(icmw, act("RUS", domain.ProvisionalApplication, "1994-12-17"), act("RUS", domain.EndOfProvisional, "2009-08-20", domaintest.Effective("2009-10-18")))
	require.True(t, l.Standing(icmw, "RUS", "2009-09-01").Provisional)
	require.True(t, l.Standing(icmw, "RUS", "2009-10-17").Provisional)
	require.False(t, l.Standing(icmw, "RUS", "2009-10-18").Provisional)
	require.Equal(t, "1994-12-17", l.History(icmw).Course("RUS").Since(domain.MustDate("2009-09-01")).String())
	require.Zero(t, l.History(icmw).Course("RUS").Since(domain.MustDate("2009-10-18")), "nothing holds since")
}

// A day of effect is honoured or refused by name (VCLT 22(3), 25). The acts are
// examples.
func TestADayOfEffectIsHonouredOrRefused(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Catalogue(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	reservation := l.Put(iccpr, act("DEU", domain.Reservation, "1973-12-17", says("reserves", "14", "15", "19")))[0]
	objection := l.Put(iccpr, act("FRA", domain.Objection, "1980-11-04", says("objects"), domaintest.To(reservation)))[0]
	l.Record(iccpr, act("DEU", domain.PartialWithdrawal, "1990-01-10", domaintest.Answers(reservation, "", "15"), domaintest.Effective("1990-02-10")),
		act("FRA", domain.WithdrawalOfObjection, "1990-01-10", domaintest.Answers(objection, ""), domaintest.Effective("1990-03-10")),
		act("DEU", domain.WithdrawalOfReservation, "1991-01-10", domaintest.Answers(reservation, ""), domaintest.Effective("1991-06-10")))
	stands := func(p domain.ParticipantID, on string) domain.StatementStanding {
		s, _ := l.History(iccpr).Course(p).Statements[0].On(domain.MustDate(on))
		return s
	}
	require.Equal(t, []string{"14", "15", "19"}, stands("DEU", "1990-02-09").Articles)
	require.Equal(t, []string{"14", "19"}, stands("DEU", "1990-02-10").Articles)
	require.Equal(t, domain.StatementActive, stands("FRA", "1990-03-09").State)
	require.Equal(t, domain.StatementWithdrawn, stands("FRA", "1990-03-10").State)
	require.Equal(t, domain.StatementActive, stands("DEU", "1991-06-09").State)
	require.Equal(t, domain.StatementWithdrawn, stands("DEU", "1991-06-10").State)

	for _, kind := range []domain.ActionKind{domain.Communication, domain.InterpretativeDecl, domain.IntentionNotToBecomeParty} {
		d := l.Decide(&domain.RecordActions{Treaty: iccpr, Actions: []domain.Action{act("DEU", kind, "1995-01-10", says("says"), domaintest.Effective("1996-01-10"))}, Reason: "received"})
		require.Equal(t, domain.CodeFieldUnexpected, d.Refusals[0].Code, kind)
		require.Equal(t, "actions[0].effect", d.Refusals[0].Field, kind)
	}
}

// A day that only means "never" is no day of effect, and one that lies far from
// the clause's day is asked about.
func TestADayOfEffectThatCannotBeMeant(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Catalogue(t))
	decide := func(effect string) domain.Decision {
		return l.Decide(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("AUT", domain.Accession, "2026-01-20", domaintest.Effective(effect))}})
	}
	require.Equal(t, domain.CodeFieldInvalid, decide("9999-12-31").Refusals[0].Code)
	q := decide("2226-05-01").Queries[0]
	require.Equal(t, domain.CodeEffectNotForeseen, q.Code)
	require.Contains(t, q.Message, "the clause leads to 1 May 2026")
	require.True(t, decide("2026-05-01").Accepted())
}

// What is counted as deposited had been deposited by the day; a status may look
// back. UNCLOS on the eve of its sixtieth instrument, with the table of chapter
// XXI.6: successions of later years make parties of that day, not deposits.
func TestDepositedCountsWhatHadBeenDeposited(t *testing.T) {
	l := tableOnly(t, "XXI-6", act("YUG", domain.Ratification, "1986-05-05"))
	h := l.History("XXI-6")
	eve := domain.MustDate("1993-11-15")
	n := h.CountsOn(eve)
	e := h.Explain(eve)
	live := 0
	for _, c := range e.Counted {
		require.False(t, c.Date.After(eve))
		if h.Course(c.Participant).On(eve).Status != domain.Extinct {
			live++
		}
	}
	require.Equal(t, live, n.Consents)
	require.Equal(t, 59.0, e.Terms[0].Have)
	require.Equal(t, "1993-11-16 1994-11-16", h.MetOn.String()+" "+h.InForce.String())
}
