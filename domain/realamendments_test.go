package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// amendmentTo adds a parent with its parties, and an amendment to it.
func amendmentTo(l *domaintest.Ledger, parties map[domain.ParticipantID]string, when, then string, binds domain.AmendmentRule) {
	oneClause(l, "X-80", func(t *domain.Treaty) {
		t.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year")}
	})
	for p, day := range parties {
		l.Put("X-80", act(p, domain.Ratification, day))
	}
	oneClause(l, "X-81", func(t *domain.Treaty) {
		t.Parent = "X-80"
		t.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition(when), Then: domain.MustDelay(then)}
		t.Amendment = &domain.AmendmentClause{Binds: binds, Article: "108"}
	})
}

// The amendments of 17 December 1963 to the Charter of the United Nations came
// into force on 31 August 1965 for all Members, when two thirds of them, the
// permanent members of the Security Council included, had ratified (article
// 108): for Benin and Cyprus too, which ratified in September. Nine Members, with
// the days of the status table of chapter I.5(a); that of China was the ROC's.
func TestAnAmendmentThatBindsAllMembers(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	amendmentTo(l, map[domain.ParticipantID]string{"USA": "1945-08-08", "FRA": "1945-08-31", "ROC": "1945-09-28", "GBR": "1945-10-20", "RUS": "1945-10-24",
		"AFG": "1946-11-19", "ALB": "1955-12-14", "BEN": "1960-09-20", "CYP": "1960-09-20"},
		"2/3 of the parties to the parent and all of UNSC-PERMANENT", "the same day", domain.BindsAllParties)
	for p, day := range map[domain.ParticipantID]string{"AFG": "1965-02-25", "ALB": "1964-12-07", "FRA": "1965-08-24", "RUS": "1965-02-10", "GBR": "1965-06-04",
		"ROC": "1965-08-02", "USA": "1965-08-31", "CYP": "1965-09-01"} {
		l.Record("X-81", act(p, domain.Ratification, day))
	}
	h := l.History("X-81")
	require.Equal(t, "1965-08-31", h.InForce.String())
	for _, p := range []domain.ParticipantID{"CYP", "BEN", "USA"} {
		require.False(t, h.Course(p).On(on("1965-08-30")).Status.Bound(), p)
		require.Equal(t, domain.Party, h.Course(p).On(on("1965-08-31")).Status, p)
	}
	require.Contains(t, h.Course("BEN").On(on("1965-08-31")).Why, "bound from 31 August 1965 as a party to X-80, article 108")
	require.Equal(t, domain.Counts{Consents: 7, Parties: 9}, h.CountsOn(on("1965-08-31")))
	require.False(t, h.Course("DEU").On(on("1965-08-31")).Status.Bound(), "no Member")

	// Who joins the parent later is bound by it as amended; who leaves it is not.
	l.Put("X-80", act("DEU", domain.Ratification, "1973-09-18"), act("BEN", domain.Withdrawal, "1980-01-01"))
	h = l.History("X-81")
	require.Equal(t, domain.Party, h.Course("DEU").On(on("1973-09-18")).Status)
	require.Equal(t, domain.Party, h.Course("BEN").On(on("1980-12-31")).Status)
	require.Equal(t, domain.FormerParty, h.Course("BEN").On(on("1981-01-01")).Status)

	useless := act("CYP", domain.NonAcceptance, "1965-08-30")
	require.Equal(t, domain.CodeFieldUnexpected, l.Decide(&domain.RecordActions{Treaty: "X-81", Actions: []domain.Action{useless}}).Refusals[0].Code)
}

// The amendments of December 2002 to SOLAS (the ISPS Code) were deemed accepted
// on 1 January 2004, unless more than one third of the Governments, or those of
// half the tonnage, had objected, and came into force on 1 July 2004 (article
// VIII(b)). The objections are made up.
func TestTacitAcceptanceWithABlockingShare(t *testing.T) {
	parties := map[domain.ParticipantID]string{"PAN": "1978-03-09", "LBR": "1977-11-14", "NOR": "1977-02-15", "GBR": "1977-10-07", "JPN": "1980-05-15", "DEU": "1979-03-26"}
	tonnage := domain.Weights{ID: "TONNAGE", Edition: "2003", Name: "Gross tonnage", Unit: "million", Rows: []domain.WeightRow{
		{Area: "PAN", Year: 2003, Value: 60}, {Area: "LBR", Year: 2003, Value: 20}, {Area: "NOR", Year: 2003, Value: 8},
		{Area: "GBR", Year: 2003, Value: 4}, {Area: "JPN", Year: 2003, Value: 4}, {Area: "DEU", Year: 2003, Value: 4}}}
	for _, tt := range []struct {
		name    string
		against map[domain.ParticipantID]string
		inForce string
	}{
		{"nobody objects", nil, "2004-07-01"},
		{"a third of the Governments, and not more", map[domain.ParticipantID]string{"NOR": "2003-06-01", "GBR": "2003-06-01"}, "2004-07-01"},
		{"more than a third", map[domain.ParticipantID]string{"NOR": "2003-06-01", "GBR": "2003-06-01", "JPN": "2003-12-31"}, ""},
		{"one of them a day late", map[domain.ParticipantID]string{"NOR": "2003-06-01", "GBR": "2003-06-01", "JPN": "2004-01-01"}, "2004-07-01"},
		{"one of half the tonnage", map[domain.ParticipantID]string{"PAN": "2003-06-01"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := domaintest.NewLedger(t, domaintest.Definitions(t))
			l.Apply("", &domain.WeightsDefined{Weights: tonnage})
			amendmentTo(l, parties, "tacit acceptance on 2004-01-01 unless (more than 1/3 of the parties to the parent or 50% of TONNAGE)", "6 months", domain.BindsUnlessOptOut)
			for p, day := range tt.against {
				l.RecordBecause("some are late", "X-81", act(p, domain.NonAcceptance, day))
			}
			h := l.History("X-81")
			require.Equal(t, tt.inForce, h.InForce.String())
			require.Equal(t, domain.EntryNotMet, h.Explain(on("2003-12-31")).Status)
			if tt.inForce == "" {
				require.Contains(t, h.Explain(on("2005-01-01")).Required, "acceptance in silence")
				return
			}
			require.Equal(t, domain.Party, h.Course("DEU").On(on("2004-07-01")).Status)
			for p, day := range tt.against {
				late := !on(day).Before(on("2004-01-01"))
				require.Equal(t, late, h.Course(p).On(on("2004-07-01")).Status.Bound(), "%s objected on %s", p, day)
			}
		})
	}
}

// The amendments of 2024 to the International Health Regulations entered into
// force on 19 September 2025 for all States Parties but those that had rejected
// them, as the United States did on 18 July 2025 (articles 59, 61). That a
// rejection is withdrawn is made up (63(2)).
func TestOptingOutOfAnAmendment(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	amendmentTo(l, map[domain.ParticipantID]string{"USA": "2007-07-18", "FRA": "2007-06-15"}, "tacit acceptance on 2025-09-19 unless 2 non-acceptances", "the same day", domain.BindsUnlessOptOut)
	l.Record("X-81", act("USA", domain.NonAcceptance, "2025-07-18"))
	h := l.History("X-81")
	require.Equal(t, "2025-09-19", h.InForce.String())
	require.Equal(t, domain.Party, h.Course("FRA").On(on("2025-09-19")).Status)
	require.False(t, h.Course("USA").On(on("2025-09-19")).Status.Bound())
	late := act("FRA", domain.NonAcceptance, "2025-09-19")
	require.Equal(t, domain.CodeObjectionLate, l.Decide(&domain.RecordActions{Treaty: "X-81", Actions: []domain.Action{late}}).Queries[0].Code)
	stranger := act("DEU", domain.NonAcceptance, "2025-09-01")
	require.Equal(t, domain.CodeNotBound, l.Decide(&domain.RecordActions{Treaty: "X-81", Actions: []domain.Action{stranger}}).Refusals[0].Code)

	l.Record("X-81", act("USA", domain.WithdrawalOfNonAcceptance, "2026-01-10"))
	require.False(t, l.Standing("X-81", "USA", "2026-01-09").Status.Bound())
	require.Equal(t, domain.Party, l.Standing("X-81", "USA", "2026-01-10").Status)
	require.Contains(t, l.Standing("X-81", "USA", "2026-01-10").Why, "bound from 10 January 2026")
}

// Some amendments bind each party that accepts them, one year after its own
// instrument, whatever the others do (Rome Statute 121(5)): San Marino ratified
// that of 2010 on article 8 on 26 September 2011, Liechtenstein on 8 May 2012.
func TestAnAmendmentPerAcceptingParty(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-82", func(t *domain.Treaty) {
		t.EntryIntoForce.Then, t.LaterParties.Then = domain.MustDelay("1 year"), domain.MustDelay("1 year")
	})
	l.Record("X-82", act("SMR", domain.Ratification, "2011-09-26"), act("LIE", domain.Ratification, "2012-05-08"))
	h := l.History("X-82")
	require.Equal(t, "2012-09-26", h.Course("SMR").Periods[0].Bound.String())
	require.Equal(t, "2013-05-08", h.Course("LIE").Periods[0].Bound.String())
}

// The instrument of the European Union counts for its member States: the
// Agreement on Trade Facilitation waited for two thirds of the Members of the
// WTO; the Union accepted on 5 October 2015, the United States on 23 January
// 2015, Japan on 1 June 2016 (WTO Agreement X(3)). Six Members stand for all.
func TestAnOrganizationThatCountsForItsMembers(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	var members []domain.Member
	for _, p := range []domain.ParticipantID{"FRA", "DEU", "ITA", "USA", "JPN", "CHN"} {
		members = append(members, domain.Member{Participant: p})
	}
	l.Apply("", &domain.GroupDefined{Group: domain.Group{ID: "TRADERS", Name: "Traders", Members: members}},
		&domain.WeightsDefined{Weights: domain.Weights{ID: "TRADE", Edition: "2015", Name: "Trade", Unit: "percent", Rows: []domain.WeightRow{
			{Area: "FRA", Year: 2015, Value: 10}, {Area: "DEU", Year: 2015, Value: 20}, {Area: "ITA", Year: 2015, Value: 10},
			{Area: "USA", Year: 2015, Value: 30}, {Area: "JPN", Year: 2015, Value: 10}, {Area: "CHN", Year: 2015, Value: 20}}}})
	for _, tt := range []struct{ when, met string }{
		{"2/3 of TRADERS, EUU for the members of EU", "2015-10-05"},
		{"more than 2/3 of TRADERS, EUU for the members of EU", "2016-06-01"},
		{"2/3 of TRADERS", ""},
		{"4 consents from TRADERS, EUU for the members of EU", "2015-10-05"},
		{"70% of TRADE, EUU for the members of EU", "2015-10-05"},
		{"more than 70% of TRADE, EUU for the members of EU", "2016-06-01"},
		{"70% of TRADE", ""},
		{"2/3 of TRADERS of which 2 from EU, EUU for the members of EU", "2015-10-05"},
		{"1/3 of TRADERS of which 2 from EU", ""},
	} {
		oneClause(l, "X-83", func(t *domain.Treaty) { t.EntryIntoForce.When = domain.MustCondition(tt.when) })
		if l.History("X-83").Course("USA").Acts == nil {
			l.Record("X-83", act("USA", domain.Acceptance, "2015-01-23"), act("EUU", domain.Acceptance, "2015-10-05"), act("FRA", domain.Acceptance, "2015-10-05"), act("JPN", domain.Acceptance, "2016-06-01"))
		}
		h := l.History("X-83")
		require.Equal(t, tt.met, h.MetOn.String(), tt.when)
		if tt.met != "" {
			e := h.Explain(on("2017-01-01"))
			require.Empty(t, e.Required)
			for _, c := range e.NotCounted {
				require.NotEqual(t, domain.ParticipantID("EUU"), c.Participant, tt.when)
			}
		}
	}
}

// Notifications may be what entry into force waits for; the case is made up.
func TestNotificationsAsACondition(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	oneClause(l, "X-84", func(t *domain.Treaty) {
		t.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("2 consents and 2 notifications under 14"), Then: domain.MustDelay("30 days")}
	})
	l.Record("X-84", act("FRA", domain.Ratification, "2000-01-01"), act("DEU", domain.Ratification, "2000-01-02"),
		act("FRA", domain.Notification, "2000-02-01", domaintest.Says("done", "14")), act("FRA", domain.Notification, "2000-02-02", domaintest.Says("done again", "14")),
		act("DEU", domain.Notification, "2000-02-03", domaintest.Says("of an authority", "9")))
	require.Empty(t, l.History("X-84").MetOn)
	require.Equal(t, "1 more of 2 notifications", l.History("X-84").Explain(on("2001-01-01")).Required)
	l.Record("X-84", act("DEU", domain.Notification, "2000-03-01", domaintest.Says("done", "14")))
	h := l.History("X-84")
	require.Equal(t, "2000-03-01 2000-03-31", h.MetOn.String()+" "+h.InForce.String())
}

// Phrases that would be read wrongly are refused.
func TestPhrasesOfAmendmentsThatAreRefused(t *testing.T) {
	for _, phrase := range []string{
		"tacit acceptance on 2004-01-01", "tacit acceptance on 2004-02-30 unless 5 non-acceptances", "tacit acceptance on 2004-01-01 unless 5 consents",
		"tacit acceptance on 2004-01-01 unless parent in force", "more than 1/1 of the parties to the parent", "5 consents under 14", "more than 5 consents",
	} {
		_, err := domain.ParseCondition(phrase)
		require.Error(t, err, phrase)
	}
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	alone := domain.Treaty{ID: "X-85", Short: "X-85", Title: "A treaty", EntryIntoForce: &domain.EntryClause{When: domain.MustCondition("5 non-acceptances"), Then: domain.MustDelay("30 days")},
		Amendment: &domain.AmendmentClause{Binds: "everybody"}}
	var fields []string
	for _, f := range l.Decide(&domain.Define{Treaty: &alone}).Refusals {
		fields = append(fields, f.Field)
	}
	require.ElementsMatch(t, []string{"entryIntoForce.when", "amendment.binds", "parent"}, fields)
}
