package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

const icmw domain.TreatyID = "IV-13"

// On 1 July 2003 there were 22 consents and 21 parties. Both are right, and
// they are two counts.
func TestTwentyTwoConsentsTwentyOneParties(t *testing.T) {
	h := domaintest.Migration(t).History(icmw, domain.Axes{})
	require.Equal(t, "2003-03-14", h.MetOn.String())
	require.Equal(t, "2003-07-01", h.InForce.String())
	require.False(t, h.Stated, "the deposits give the day")

	for _, tt := range []struct {
		day               string
		consents, parties int
		status            domain.EntryStatus
		inForce, required string
	}{
		{"2003-03-13", 19, 0, domain.EntryNotMet, "", "1 more of 20 consents"},
		{"2003-03-14", 21, 0, domain.EntryMet, "2003-07-01", ""},
		{"2003-06-04", 21, 0, domain.EntryMet, "2003-07-01", ""},
		{"2003-06-30", 22, 0, domain.EntryMet, "2003-07-01", ""},
		{"2003-07-01", 22, 21, domain.EntryInForce, "2003-07-01", ""},
		{"2003-09-30", -1, -1, domain.EntryInForce, "2003-07-01", ""},
		{"2006-05-16", 34, 34, domain.EntryInForce, "2003-07-01", ""},
		{"2024-04-30", 59, 59, domain.EntryInForce, "2003-07-01", ""},
	} {
		day := domain.MustDate(tt.day)
		if n := h.CountsOn(day); tt.consents >= 0 {
			require.Equal(t, [2]int{tt.consents, tt.parties}, [2]int{n.Consents, n.Parties}, tt.day)
		}
		e := h.Explain(day)
		require.Equal(t, tt.status, e.Status, tt.day)
		require.Equal(t, tt.inForce, e.InForce.String(), tt.day)
		require.Equal(t, tt.required, e.Required, tt.day)
		require.Empty(t, e.Differs)
	}
}

func TestTheStepsQuoteTheArticle(t *testing.T) {
	e := domaintest.Migration(t).History(icmw, domain.Axes{}).Explain(domain.MustDate("2003-07-01"))
	require.Equal(t, 2, len(e.Steps))
	require.Equal(t, "the condition was met by the deposit of Guatemala and El Salvador on 14 March 2003: 20 consents", e.Steps[0].Text)
	require.Equal(t, "87(1)", e.Steps[0].Article)
	require.Equal(t, `"first of the month after 3 months", counted from 14 March 2003, gives 1 July 2003`, e.Steps[1].Text)
	require.Equal(t, "87(1)", e.Steps[1].Article)
	require.Contains(t, e.Steps[1].Words, "first day of the month following a period of three months after the date of the deposit of the twentieth instrument")

	require.Equal(t, 21, len(e.Counted), "all instruments of the crossing day count together")
	require.Equal(t, []int{1, 20, 21}, []int{e.Counted[0].Number, e.Counted[19].Number, e.Counted[20].Number})
	for _, c := range e.Counted[19:] {
		require.True(t, c.Crossing)
		require.Equal(t, "2003-03-14", c.Date.String())
	}
	require.Equal(t, 1, len(e.NotCounted))
	require.Equal(t, domain.ParticipantID("MLI"), e.NotCounted[0].Participant)
	require.Equal(t, "deposited after the condition was met: the rule for later parties applies", e.NotCounted[0].Reason)
}

func TestLaterPartiesWaitTheirOwnMonths(t *testing.T) {
	h := domaintest.Migration(t).History(icmw, domain.Axes{})
	for _, tt := range []struct {
		who    domain.ParticipantID
		day    string
		status domain.Status
	}{
		{"MLI", "2003-06-04", domain.NoAction},
		{"MLI", "2003-06-05", domain.Contracting},
		{"MLI", "2003-09-30", domain.Contracting},
		{"MLI", "2003-10-01", domain.Party},
		{"CIV", "2023-12-31", domain.Contracting},
		{"CIV", "2024-01-01", domain.Party},
		{"GTM", "2003-03-13", domain.Signatory},
		{"GTM", "2003-06-30", domain.Contracting},
		{"GTM", "2003-07-01", domain.Party},
		{"DEU", "2024-01-01", domain.NoAction},
	} {
		require.Equal(t, tt.status, h.Course(tt.who).On(domain.MustDate(tt.day)).Status, "%s on %s", tt.who, tt.day)
	}
	why := h.Course("MLI").On(domain.MustDate("2003-10-01")).Why
	require.Contains(t, why, "bound from 1 October 2003, article 87(2)")
}

// A later fall below the number does not undo entry into force (VCLT 55).
func TestEntryIntoForceIsNotUndone(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	before := l.History(icmw).InForce
	for _, c := range l.History(icmw).Courses {
		if c.On(domain.MustDate("2015-01-01")).Status == domain.Party {
			l.Put(icmw, domaintest.Act(c.Participant, domain.Withdrawal, "2015-01-01"))
		}
	}
	h := l.History(icmw)
	require.Equal(t, before, h.InForce)
	require.Less(t, h.CountsOn(domain.MustDate("2016-02-01")).Parties, 20)
	require.Equal(t, domain.EntryInForce, h.Explain(domain.MustDate("2016-02-01")).Status)
}

// A member that joins the Council of Europe after its deposit is one of the
// members from that day, and no deposit need follow for the condition to be met.
func TestMembershipThatBeginsAfterTheDeposit(t *testing.T) {
	l := fromDeposits(t, "ETS185")
	for _, p := range []domain.ParticipantID{"ALB", "HRV", "BIH", "USA", "JPN"} {
		l.Put("ETS185", domaintest.Act(p, domain.Ratification, "2002-01-01"))
	}
	h := l.History("ETS185")
	require.Equal(t, "1 more of 6 consents", h.Explain(domain.MustDate("2002-04-23")).Required)
	require.Equal(t, "2002-04-24", h.MetOn.String(), "the day on which Bosnia and Herzegovina became a member")
	require.Equal(t, "2002-08-01", h.InForce.String())
}

// An instrument once deposited counts, whatever becomes of its State, unless it
// was taken back; a successor's own counts beside it.
func TestInstrumentsOfStatesThatCeasedToExist(t *testing.T) {
	day := domain.MustDate
	l := fromDeposits(t, "XXI-6")
	l.Put("XXI-6", domaintest.Act("YUG", domain.Ratification, "1986-05-05"), domaintest.Act("DDR", domain.Ratification, "1986-05-06"),
		domaintest.Act("BIH", domain.SuccessionOfState, "1994-01-12"), domaintest.Act("HRV", domain.SuccessionOfState, "1995-04-05"))
	have := func(on string) float64 { return l.History("XXI-6").Explain(day(on)).Terms[0].Have }
	require.Equal(t, 2.0, have("1990-10-02"))
	require.Equal(t, 2.0, have("1990-10-03"), "that of the German Democratic Republic counts on")
	require.Equal(t, 2.0, have("1994-01-11"), "and that of Yugoslavia")
	require.Equal(t, 3.0, have("1994-01-12"))
	require.Equal(t, 4.0, have("1995-04-05"))
}

// Ten States Parties are required: a declaration counts from the day on which
// its State is bound, and the procedure cannot come before the treaty.
func TestDeclarationsCountWhenTheirStatesAreBound(t *testing.T) {
	l := fromDeposits(t, icmw)
	var acts []domain.Action
	for i, c := range domaintest.Migration(t).History(icmw, domain.Axes{}).Courses[:20] {
		acts = append(acts, domaintest.Act(c.Participant, domain.Ratification, "2010-01-10"))
		if i < 10 {
			acts = append(acts, domaintest.Act(c.Participant, domain.OptionalDeclaration, "2010-01-10", domaintest.Says("recognises the competence", "77")))
		}
	}
	l.Put(icmw, acts...)
	h := l.History(icmw)
	require.Equal(t, "2010-05-01", h.InForce.String())
	require.Equal(t, domain.EntryNotMet, h.Procedures(domain.MustDate("2010-04-30"))[1].Status)
	after := h.Procedures(domain.MustDate("2010-05-01"))[1]
	require.Equal(t, domain.EntryInForce, after.Status)
	require.Equal(t, h.InForce, after.InForce)
}

func TestOrganizationsAreNotCountedUnlessTheClauseSaysSo(t *testing.T) {
	l := fromDeposits(t, "XXIII-3")
	l.Put("XXIII-3", realDeposits(t, l.State, "XXIII-3")...)
	e := l.History("XXIII-3").Explain(domain.MustDate("2014-06-01"))
	require.Equal(t, domain.EntryNotMet, e.Status)
	require.NotEmpty(t, e.NotCounted)
	for _, n := range e.NotCounted {
		require.Equal(t, "organizations are not counted in addition to their members", n.Reason, n.Participant)
		p, _ := l.State.Participant(n.Participant, domain.Everything())
		require.NotEqual(t, domain.KindState, p.Kind)
	}
	l.Redefine("XXIII-3", func(treaty *domain.Treaty) {
		rule := *treaty.EntryIntoForce
		rule.When = domain.MustCondition("35 consents, organizations counted")
		treaty.EntryIntoForce = &rule
	})
	h := l.History("XXIII-3")
	require.NotZero(t, h.MetOn)
	require.Empty(t, h.Explain(h.MetOn).NotCounted)
}
