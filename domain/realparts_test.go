package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

func accepting(parts ...string) func(*domain.Action) {
	return func(a *domain.Action) { a.Accepts = parts }
}

// socialCharter has the clauses of the European Social Charter of 18 October 1961
// on consent by articles (article 20) and on further ones (20(3)).
func socialCharter(t *domain.Treaty) {
	t.Provisions = &domain.ProvisionsClause{Core: []string{"1", "5", "6", "12", "13", "16", "19"}, CoreLeast: 5, Least: 10,
		Then: domain.MustDelay("30 days"), Article: "20"}
	t.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("6 months"), Article: "37"}
}

func on(day string) domain.Date { return domain.MustDate(day) }

// Latvia ratified the European Social Charter on 31 January 2002 and accepted ten
// of its articles (law of the Saeima of 6 December 2001). What it accepts later
// has effect thirty days after the notification (20(3)); what it denounces, six
// months after (37). The two later acts are made up.
func TestConsentByArticles(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-91", socialCharter)
	accepted := []string{"1", "5", "6", "8", "9", "11", "13", "14", "16", "17"}
	l.Record("X-91", act("LVA", domain.Ratification, "2002-01-31", accepting(accepted...)))
	l.Record("X-91", act("LVA", domain.AcceptanceOfParts, "2010-01-10", accepting("12")), act("LVA", domain.DenunciationOfParts, "2011-01-10", excluding("8")))

	h := l.History("X-91")
	parts := func(day string) string {
		accepts, excluded := h.PartsOn(h.Course("LVA"), on(day))
		require.Empty(t, excluded, day)
		return strings.Join(accepts, " ")
	}
	require.Equal(t, strings.Join(accepted, " "), parts("2010-02-08"))
	require.Equal(t, "1 5 6 8 9 11 13 14 16 17 12", parts("2010-02-09"))
	require.Equal(t, "1 5 6 8 9 11 13 14 16 17 12", parts("2011-07-09"))
	require.Equal(t, "1 5 6 9 11 13 14 16 17 12", parts("2011-07-10"))

	twice := l.Decide(&domain.RecordActions{Treaty: "X-91", Actions: []domain.Action{act("LVA", domain.AcceptanceOfParts, "2012-01-01", accepting("1"))}})
	require.Equal(t, domain.CodeNothingToAnswer, twice.Refusals[0].Code)
	refused := l.Decide(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("LVA", domain.Accession, "2012-01-01", accepting("7"))}})
	require.Equal(t, domain.CodeExclusionNotAllowed, refused.Refusals[0].Code)
	require.Contains(t, refused.Refusals[0].Accepted, "consent to the whole")
}

// The Nordic States excluded Part II of the Convention on the International Sale
// of Goods (article 92) and lifted the exclusion, each with effect on the first of
// the month after six months (97(3); WIPO Lex, remarks of the parties).
func TestLiftingOfAnExclusion(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-92", func(t *domain.Treaty) {
		t.Exclusions = &domain.ExclusionClause{Of: []string{"Part II", "Part III"}, Most: 1, Article: "92", Then: domain.MustDelay("first of the month after 6 months")}
	})
	for p, lifted := range map[domain.ParticipantID]struct{ consent, notified, effect string }{
		"FIN": {"1987-12-15", "2011-11-28", "2012-06-01"},
		"SWE": {"1987-12-15", "2012-05-25", "2012-12-01"},
		"DNK": {"1989-02-14", "2012-07-02", "2013-02-01"},
	} {
		l.Record("X-92", act(p, domain.Ratification, lifted.consent, excluding("Part II")), act(p, domain.AcceptanceOfParts, lifted.notified, accepting("Part II")))
		h := l.History("X-92")
		_, before := h.PartsOn(h.Course(p), on(lifted.effect).AddDays(-1))
		require.Equal(t, []string{"Part II"}, before, p)
		accepts, after := h.PartsOn(h.Course(p), on(lifted.effect))
		require.Empty(t, append(accepts, after...), p)
	}
	relation := l.History("X-92").Relation("FIN", "SWE", on("2012-06-01"))
	require.Len(t, relation.Effects, 1, "Sweden's exclusion only")
	require.Equal(t, domain.ParticipantID("SWE"), relation.Effects[0].Author)
}

// Singapore acceded to the Hague Convention on child abduction on 28 December
// 2010, with effect from 1 March 2011 between it and those that accept its
// accession (article 38); the United States did with effect from 1 May 2012
// (Department of State, 3 May 2012). The day of its declaration is not known: a
// day from which article 38 leads there is taken.
func TestAnAccessionIsAcceptedPairByPair(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-93", func(t *domain.Treaty) {
		t.EntryIntoForce.When = domain.MustCondition("2 consents")
		t.Accessions = &domain.AccessionsClause{Then: domain.MustDelay("first of the 3rd month after the month"), Article: "38"}
	})
	l.Record("X-93", act("FRA", domain.Ratification, "1982-09-16"), act("USA", domain.Ratification, "1988-04-29"), act("DEU", domain.Ratification, "1990-09-27"))
	accession := l.Record("X-93", act("SGP", domain.Accession, "2010-12-28"))[0]
	l.Record("X-93", act("USA", domain.AcceptanceOfAccession, "2012-02-15", domaintest.Answers(accession, "")))
	h := l.History("X-93")
	between := func(a, b domain.ParticipantID, day string) domain.Relation { return h.Relation(a, b, on(day)) }
	require.False(t, between("SGP", "USA", "2012-04-30").InForce)
	require.Contains(t, between("USA", "SGP", "2012-04-30").Why, "has not accepted the accession of Singapore with effect before 1 May 2012")
	require.True(t, between("SGP", "USA", "2012-05-01").InForce)
	require.Equal(t, "2012-05-01", between("SGP", "USA", "2013-01-01").Since.String())
	require.False(t, between("SGP", "DEU", "2013-01-01").InForce)
	require.True(t, between("FRA", "DEU", "2013-01-01").InForce, "those that ratified need no acceptance")
	require.Equal(t, domain.Party, h.Course("SGP").On(on("2011-03-01")).Status, "a party all the same")
	require.Len(t, h.Precluded(on("2013-01-01")), 2, "Singapore with France and with Germany")

	for _, refused := range []struct {
		treaty domain.TreatyID
		act    domain.Action
		code   domain.Code
	}{
		{"X-93", act("FRA", domain.AcceptanceOfAccession, "2010-12-27", domaintest.Answers(accession, "")), domain.CodeNothingToAnswer},
		{"X-93", act("SGP", domain.AcceptanceOfAccession, "2011-12-27", domaintest.Answers(accession, "")), domain.CodeNothingToAnswer},
		{"X-93", act("ITA", domain.AcceptanceOfAccession, "2011-12-27", domaintest.Answers(accession, "")), domain.CodeNotBound},
		{icmw, act("SRB", domain.AcceptanceOfAccession, "2011-12-27", domaintest.Answers(accession, "")), domain.CodeFieldUnexpected},
	} {
		require.Equal(t, refused.code, l.Decide(&domain.RecordActions{Treaty: refused.treaty, Actions: []domain.Action{refused.act}}).Refusals[0].Code)
	}
}

// The Russian Federation notified on 14 July 2007 that it suspends the operation
// of the Treaty on Conventional Armed Forces in Europe, with effect from 12
// December 2007. It stayed a party (VCLT 72).
func TestSuspensionForOneParty(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "CFE", func(*domain.Treaty) {})
	l.Record("CFE", act("RUS", domain.Ratification, "1992-09-03"), act("DEU", domain.Ratification, "1991-12-23"))
	l.Record("CFE", act("RUS", domain.Suspension, "2007-07-14", domaintest.Effective("2007-12-12")))
	require.False(t, l.Standing("CFE", "RUS", "2007-12-11").Suspended)
	suspended := l.Standing("CFE", "RUS", "2007-12-12")
	require.True(t, suspended.Suspended)
	require.Equal(t, domain.Party, suspended.Status)
	require.Contains(t, suspended.Why, "its operation is suspended from 12 December 2007 (notified on 14 July 2007)")
	require.False(t, l.Standing("CFE", "DEU", "2007-12-12").Suspended)
	require.Equal(t, "VCLT 72(1)(a)", l.History("CFE").Relation("DEU", "RUS", on("2008-01-01")).Rule)

	again := act("RUS", domain.Suspension, "2008-07-14")
	require.Equal(t, domain.CodeNothingToAnswer, l.Decide(&domain.RecordActions{Treaty: "CFE", Actions: []domain.Action{again}}).Refusals[0].Code)
	stranger := act("FRA", domain.Suspension, "2008-07-14")
	require.Equal(t, domain.CodeNotBound, l.Decide(&domain.RecordActions{Treaty: "CFE", Actions: []domain.Action{stranger}}).Refusals[0].Code)
	none := act("DEU", domain.EndOfSuspension, "2008-07-14")
	require.Equal(t, domain.CodeNothingToAnswer, l.Decide(&domain.RecordActions{Treaty: "CFE", Actions: []domain.Action{none}}).Refusals[0].Code)
	l.Record("CFE", act("RUS", domain.EndOfSuspension, "2010-01-01"))
	require.False(t, l.Standing("CFE", "RUS", "2010-01-01").Suspended)
}

// A treaty may be suspended for all its parties (VCLT 57); the case is made up.
func TestSuspensionForAll(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-94", func(t *domain.Treaty) {
		t.Suspended = []domain.Suspended{{From: on("2000-01-01"), Until: on("2001-01-01"), Why: "by consent of all the parties"}}
	})
	l.Record("X-94", act("FRA", domain.Ratification, "1990-01-01"))
	require.False(t, l.Standing("X-94", "FRA", "1999-12-31").Suspended)
	require.True(t, l.Standing("X-94", "FRA", "2000-12-31").Suspended)
	require.False(t, l.Standing("X-94", "FRA", "2001-01-01").Suspended)
	require.False(t, l.History("X-94").Course("DEU").On(on("2000-06-01")).Suspended, "no party")
}

// Declarations for a limited time. Switzerland recognised the competence of the
// Human Rights Committee under article 41 of the ICCPR for five years from 16
// April 2010, and again for five years on 27 March 2017 (status page of chapter
// IV.4). Colombia declared under article 124 of the Rome Statute that for seven
// years it does not accept the jurisdiction over war crimes; the last day was 31
// October 2009.
func TestDeclarationsForALimitedTime(t *testing.T) {
	until := func(day string) func(*domain.Action) {
		return func(a *domain.Action) { a.Statement.Until = on(day) }
	}
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-95", func(t *domain.Treaty) {
		t.Declarations = []domain.DeclarationClause{{Article: "41", When: domain.MustCondition("1 declarations"), Then: domain.MustDelay("the same day")}}
	})
	l.Record("X-95", act("CHE", domain.Accession, "1992-06-18"))
	l.Record("X-95", act("CHE", domain.OptionalDeclaration, "2010-04-16", domaintest.Says("for a further period of five years", "41"), until("2015-04-15")),
		act("CHE", domain.OptionalDeclaration, "2017-03-27", domaintest.Says("for five years", "41"), until("2022-03-26")))
	l.Record("X-95", act("CHE", domain.Reservation, "1992-06-18", domaintest.Says("for five years", "3"), until("1997-06-17")))
	h := l.History("X-95")
	counted := func(day string) int { return len(h.Procedures(on(day))[0].Counted) }
	require.True(t, h.Course("CHE").On(on("1997-06-17")).WithReservations)
	require.False(t, h.Course("CHE").On(on("1997-06-18")).WithReservations)
	first, _ := h.Course("CHE").Statements[0].On(on("1997-06-18"))
	require.Equal(t, domain.StatementEnded, first.State)
	require.Equal(t, "its last day was 17 June 1997", first.Why)
	require.Equal(t, 1, counted("2015-04-15"))
	for _, s := range h.Course("CHE").Statements[1:] {
		standing, made := s.On(on("2016-01-01"))
		require.False(t, made && standing.State == domain.StatementActive)
	}

	l.Record("X-95", act("COL", domain.Ratification, "2002-08-05"), act("COL", domain.InterpretativeDecl, "2002-08-05", domaintest.Says("for seven years", "124"), until("2009-10-31")))
	declaration := l.History("X-95").Course("COL").Statements[0]
	active, _ := declaration.On(on("2009-10-31"))
	ended, _ := declaration.On(on("2009-11-01"))
	require.Equal(t, []domain.StatementState{domain.StatementActive, domain.StatementEnded}, []domain.StatementState{active.State, ended.State})
}
