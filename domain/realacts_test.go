package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// oneClause adds a treaty that has no clauses but those given.
func oneClause(l *domaintest.Ledger, id domain.TreatyID, change func(*domain.Treaty)) {
	treaty := domain.Treaty{ID: id, Short: string(id), Title: "A treaty", Consent: &domain.ConsentClause{By: domain.ConsentKinds()},
		EntryIntoForce: &domain.EntryClause{When: domain.MustCondition("1 consents"), Then: domain.MustDelay("the same day")},
		LaterParties:   &domain.EntryClause{Then: domain.MustDelay("the same day")}}
	change(&treaty)
	l.Do(&domain.Define{Treaty: &treaty})
}

// Delays as real treaties have them.
func TestDelaysOfRealTreaties(t *testing.T) {
	for _, tt := range []struct{ treaty, phrase, from, gives string }{
		{"UNESCO constitution II(6), United States", "31 December of the following year", "1983-12-28", "1984-12-31"},
		{"UNESCO constitution II(6), United Kingdom", "31 December of the following year", "1984-12-05", "1985-12-31"},
		{"European Convention on Human Rights 65(1), Greece", "the day after 6 months", "1969-12-12", "1970-06-13"},
		{"a month that is shorter", "the day after 6 months", "1970-08-31", "1971-03-01"},
		{"ICRW XI, notice in time", "30 June of a year by notice by 1 January", "2019-01-01", "2019-06-30"},
		{"ICRW XI, Japan, 26 December 2018", "30 June of a year by notice by 1 January", "2018-12-26", "2019-06-30"},
		{"ICRW XI, a day late", "30 June of a year by notice by 1 January", "2019-01-02", "2020-06-30"},
		{"before and not on", "30 June of a year by notice before 1 January", "2019-01-01", "2020-06-30"},
		{"received in time", "1 January next if received by 1 July", "2001-07-01", "2002-01-01"},
		{"received late", "1 January next if received by 1 July", "2001-07-02", "2003-01-01"},
		{"received on the day itself", "1 January next if received by 1 July", "2002-01-01", "2003-01-01"},
	} {
		clause := domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay(tt.phrase)}
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		oneClause(l, "X-90", func(treaty *domain.Treaty) { treaty.Withdrawal = &clause })
		l.Record("X-90", act("USA", domain.Ratification, "1946-01-01"), act("USA", domain.Withdrawal, tt.from))
		require.Equal(t, tt.gives, l.History("X-90").Course("USA").Periods[0].Until.String(), tt.treaty)
	}
	for _, wrong := range []string{"31 Dezember of the following year", "31 February of the following year", "the day after", "1 January next if received in July"} {
		_, err := domain.ParseDelay(wrong)
		require.Error(t, err, wrong)
	}
}

// Denmark ratified OPSC on 24 July 2003 without Greenland, and withdrew the
// exclusion on 10 October 2016; the Netherlands extended the CRC to Aruba on 18
// December 2000. Neither treaty has a clause (VCLT 29).
func TestTerritoriesWithoutAClause(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	of := func(name string) func(*domain.Action) {
		return func(a *domain.Action) { a.Territories = []string{name} }
	}
	l.RecordBecause("the signature is not held", "IV-11-c", act("DNK", domain.Ratification, "2003-07-24"), act("DNK", domain.TerritorialExclusion, "2003-07-24", of("Greenland")))
	l.Record("IV-11-c", act("DNK", domain.TerritorialApplication, "2016-10-10", of("Greenland")))
	c := l.History("IV-11-c").Course("DNK")
	_, excluded := c.TerritoriesOn(domain.MustDate("2016-10-09"))
	require.Equal(t, []string{"Greenland"}, excluded)
	_, excluded = c.TerritoriesOn(domain.MustDate("2016-10-10"))
	require.Empty(t, excluded)
	require.Empty(t, c.LimitedTo(domain.MustDate("2016-10-10")), "bound for the whole")

	l.RecordBecause("the signature is not held", "IV-11", act("NLD", domain.Acceptance, "1995-02-06"))
	aruba := &domain.RecordActions{Treaty: "IV-11", Actions: []domain.Action{act("NLD", domain.TerritorialApplication, "2000-12-18", of("Aruba"))}}
	require.Equal(t, domain.CodeTerritoryNotAdmitted, l.Decide(aruba).Queries[0].Code)
	aruba.Reason = "accepted by the depositary"
	l.Do(aruba)
}

// The United Kingdom ratified the Treaty on the Non-Proliferation of Nuclear
// Weapons in London on 27 November 1968 and in Moscow on 29 November: both are
// kept, and the earliest counts, in whatever order they are recorded.
func TestSeveralDepositaries(t *testing.T) {
	at := func(place string) func(*domain.Action) { return func(a *domain.Action) { a.Depositary = place } }
	london, moscow := act("GBR", domain.Ratification, "1968-11-27", at("London")), act("GBR", domain.Ratification, "1968-11-29", at("Moscow"))
	for _, order := range [][]domain.Action{{london, moscow}, {moscow, london}} {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		oneClause(l, "NPT", func(*domain.Treaty) {})
		l.Record("NPT", order[0])
		l.Record("NPT", order[1])
		c := l.History("NPT").Course("GBR")
		require.Len(t, c.Acts, 2)
		require.Len(t, c.Periods, 1)
		require.Equal(t, "1968-11-27", c.Periods[0].Deposited.String())
		again := l.Decide(&domain.RecordActions{Treaty: "NPT", Actions: []domain.Action{act("GBR", domain.Ratification, "1968-11-30", at("moscow"))}})
		require.Equal(t, domain.CodeAlreadyBound, again.Refusals[0].Code)
	}
}

// Mexico ratified ILO C107 on 1 June 1959, in force since 2 June 1959, and C169,
// which revises it, on 5 September 1990: it left C107 on 5 September 1991, when
// C169 entered into force for it, outside any window (C169 37, C107 36).
func TestARevisingConventionDenouncesTheOldOne(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "C107", func(treaty *domain.Treaty) {
		treaty.Stated = &domain.StatedEntry{InForce: domain.MustDate("1959-06-02")}
		treaty.LaterParties = &domain.EntryClause{Then: domain.MustDelay("1 year")}
		treaty.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year"), Window: "1 year after each 10 years"}
	})
	l.Record("C107", act("MEX", domain.Ratification, "1959-06-01"))
	leaving := act("MEX", domain.Withdrawal, "1990-09-05", domaintest.Effective("1991-09-05"))
	refused := l.Decide(&domain.RecordActions{Treaty: "C107", Actions: []domain.Action{leaving}, Reason: "by law"})
	require.Equal(t, domain.CodeOutsideWindow, refused.Refusals[0].Code)
	leaving.ByLaw = domain.ByRevision
	l.Record("C107", leaving)
	require.Equal(t, domain.WithdrawalNotified, l.Standing("C107", "MEX", "1991-09-04").Status)
	require.Equal(t, domain.FormerParty, l.Standing("C107", "MEX", "1991-09-05").Status)

	withoutDay := act("MEX", domain.Withdrawal, "1990-09-05")
	withoutDay.ByLaw = domain.ByParent
	require.Equal(t, domain.CodeFieldRequired, l.Decide(&domain.RecordActions{Treaty: "C107", Actions: []domain.Action{withoutDay}}).Refusals[0].Code)
}

// "Yemen" of before 22 May 1990 was one of two States: it is asked which.
func TestANameOfBeforeTheUnionIsAsked(t *testing.T) {
	s := domaintest.Definitions(t)
	_, err := s.FindParticipant("Yemen", domain.MustDate("1987-02-09"))
	require.ErrorContains(t, err, "YMD")
	p, err := s.FindParticipant("Yemen", domain.MustDate("1990-05-22"))
	require.NoError(t, err)
	require.Equal(t, domain.ParticipantID("YEM"), p.ID)
}

// A deposit is one thing: its day is corrected in one command for all that came
// with it, and nothing becomes late; annulled and restored, it goes as a whole.
func TestADepositMovesAsAWhole(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	ids := l.Record(icmw, act("DEU", domain.Accession, "2010-01-10"), act("DEU", domain.Reservation, "2010-01-10", says("reserves", "18")),
		act("DEU", domain.OptionalDeclaration, "2010-01-10", says("recognises the competence", "77")))
	corrected := l.Do(&domain.CorrectAction{Treaty: icmw, Record: ids[0], Action: act("DEU", domain.Accession, "2010-01-09"), Reason: "the stamp of receipt"})
	require.Len(t, corrected, 3, "each act keeps a record of its own")
	c := l.History(icmw).Course("DEU")
	for _, a := range c.Acts {
		require.Equal(t, "2010-01-09", a.Action().Date.String())
	}
	require.Len(t, c.Statements[0].Standings, 1)
	require.Equal(t, domain.StatementActive, c.Statements[0].Standings[0].State)

	annulment := l.Annul(icmw, ids[0])
	require.Len(t, annulment, 3)
	require.Empty(t, l.History(icmw).Course("DEU").Acts)
	l.Annul(icmw, annulment[0])
	require.Len(t, l.History(icmw).Course("DEU").Acts, 3)
}

// Two thirds of the States Parties to the parent accept an amendment: of the
// parties of the day, or of those of a fixed one (CRC 43(2), CERD 8(6), Basel
// 17(5)). The States and days are examples.
func TestAFractionOfThePartiesToTheParent(t *testing.T) {
	for phrase, want := range map[string]string{
		"2/3 of the parties to the parent":               "2002-01-01", // three of them since 2001: two suffice
		"2/3 of the parties to the parent on 2000-01-01": "2003-01-01", // Italy was none then
		"all of the parties to the parent on 2000-01-01": "2003-01-01",
	} {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		oneClause(l, "X-91", func(*domain.Treaty) {})
		l.Record("X-91", act("FRA", domain.Ratification, "1990-01-01"), act("DEU", domain.Ratification, "1991-01-01"), act("ITA", domain.Ratification, "2001-01-01"))
		oneClause(l, "X-91-a", func(treaty *domain.Treaty) {
			treaty.Parent = "X-91"
			treaty.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition(phrase), Then: domain.MustDelay("the same day")}
		})
		l.Record("X-91-a", act("ESP", domain.Acceptance, "1999-01-01"), act("FRA", domain.Acceptance, "2000-06-01"),
			act("ITA", domain.Acceptance, "2002-01-01"), act("DEU", domain.Acceptance, "2003-01-01"))
		h := l.History("X-91-a")
		require.Equal(t, want, h.InForce.String(), phrase)
		require.Equal(t, "not a party to the parent treaty", h.Explain(domain.MustDate("2000-01-01")).NotCounted[0].Reason)
		require.Equal(t, "parties to the parent", h.Explain(domain.MustDate("2000-01-01")).Terms[0].Unit)
	}
}

// "When all signatories have deposited" (Antarctic Treaty XIII(5): twelve
// signatories, in force on 23 June 1961). Two of them here as an example.
func TestAllSignatories(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-92", func(treaty *domain.Treaty) {
		treaty.Signature = &domain.SignatureClause{Opens: domain.MustDate("1959-12-01")}
		treaty.EntryIntoForce.When = domain.MustCondition("all signatories")
	})
	l.Record("X-92", act("GBR", domain.Signature, "1959-12-01"), act("ARG", domain.Signature, "1959-12-01"), act("GBR", domain.Ratification, "1960-05-31"))
	require.Equal(t, "1 more of 2 signatories", l.History("X-92").Explain(domain.MustDate("1961-01-01")).Required)
	l.Record("X-92", act("ARG", domain.Ratification, "1961-06-23"))
	require.Equal(t, "1961-06-23", l.History("X-92").InForce.String())
}

// The Treaty establishing the European Coal and Steel Community was concluded for
// fifty years, and expired on 23 July 2002 (article 97).
func TestATreatyThatWasTerminated(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "ECSC", func(treaty *domain.Treaty) {
		treaty.EntryIntoForce.When = domain.MustCondition("2 consents")
		treaty.Terminated = &domain.Termination{On: domain.MustDate("2002-07-24"), Why: "concluded for fifty years, article 97"}
	})
	l.Put("ECSC", act("FRA", domain.Ratification, "1952-07-23"), act("ITA", domain.Ratification, "1952-07-23"))
	h := l.History("ECSC")
	require.Equal(t, domain.Party, h.Course("FRA").On(domain.MustDate("2002-07-23")).Status)
	after := h.Course("FRA").On(domain.MustDate("2002-07-24"))
	require.Equal(t, domain.FormerParty, after.Status)
	require.Contains(t, after.Why, "the treaty was terminated on 24 July 2002: concluded for fifty years")
	require.Equal(t, domain.EntryInForce, h.Explain(domain.MustDate("2002-07-23")).Status)
	require.Equal(t, domain.EntryEnded, h.Explain(domain.MustDate("2002-07-24")).Status)
	require.Zero(t, h.CountsOn(domain.MustDate("2002-07-24")).Parties)
	late := l.Decide(&domain.RecordActions{Treaty: "ECSC", Actions: []domain.Action{act("ESP", domain.Accession, "2003-01-01")}})
	require.Contains(t, late.Queries[0].Message, "was terminated on 24 July 2002")
}

// The United Kingdom extended the 1951 Convention to the Bahamas and to Jersey;
// the Bahamas became a State on 10 July 1973, and are no territory since. The day
// of the extension is an example.
func TestATerritoryThatBecameAState(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put("V-2", act("GBR", domain.Ratification, "1954-03-11"), act("GBR", domain.TerritorialApplication, "1970-04-20", func(a *domain.Action) {
		a.Territories = []string{"Bahamas", "Jersey"}
	}))
	c := l.History("V-2").Course("GBR")
	applied, _ := c.TerritoriesOn(domain.MustDate("1973-07-09"))
	require.Equal(t, []string{"Bahamas", "Jersey"}, applied)
	applied, _ = c.TerritoriesOn(domain.MustDate("1973-07-10"))
	require.Equal(t, []string{"Jersey"}, applied)
}
