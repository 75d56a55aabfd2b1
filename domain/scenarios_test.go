package domain_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

const (
	rome     domain.TreatyID = "XVIII-10"
	paris    domain.TreatyID = "XXVII-7-d"
	istanbul domain.TreatyID = "CETS210"
	iccpr    domain.TreatyID = "IV-4"
)

var statusOfWords = map[string]domain.Status{
	"no action":                                domain.NoAction,
	"signatory":                                domain.Signatory,
	"signatory (intent not to become party)":   domain.Signatory,
	"party - reservations partially withdrawn": domain.Party,
	"party":                       domain.Party,
	"party with reservations":     domain.Party,
	"party - withdrawal notified": domain.WithdrawalNotified,
	"former party":                domain.FormerParty,
	"consent deposited - not yet in force for it": domain.Contracting,
	"party pending; art 77 NOT recognised":        domain.Contracting,
}

// realHistory records what happened: the deposits of the status tables as they
// are, and the acts that make the scenarios through the law.
func realHistory(t *testing.T) *domaintest.Ledger {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	deposits, emissions := parisDeposits(t, true)
	l.Apply("", &domain.WeightsDefined{Weights: emissions})
	l.Put(paris, deposits...)
	for _, id := range []domain.TreatyID{rome, iccpr, "IV-5", "IV-15", "XVIII-12"} {
		l.Put(id, realDeposits(t, l.State, id)...)
	}
	act, says := domaintest.Act, domaintest.Says

	l.Record(paris, act("USA", domain.Communication, "2017-08-04", says("intends to exercise its right to withdraw")))
	l.Record(paris, act("USA", domain.Withdrawal, "2019-11-04"))
	l.RecordBecause("the acts of the parent are not bundled", paris, act("USA", domain.Acceptance, "2021-01-20"))
	l.Record(paris, act("USA", domain.Withdrawal, "2025-01-27"))

	for p, day := range map[domain.ParticipantID]string{"USA": "2000-12-31", "ISR": "2000-12-31", "SDN": "2000-09-08", "RUS": "2000-09-13"} {
		l.Record(rome, act(p, domain.Signature, day))
	}
	for p, day := range map[domain.ParticipantID]string{"USA": "2002-05-06", "ISR": "2002-08-28", "SDN": "2008-08-26", "RUS": "2016-11-30"} {
		l.Record(rome, act(p, domain.IntentionNotToBecomeParty, day, says("does not intend to become a party")))
	}
	l.Record(rome, act("BDI", domain.Withdrawal, "2016-10-27"))
	l.Record(rome, act("PHL", domain.Withdrawal, "2018-03-17"))
	l.Record(rome, act("ZAF", domain.Withdrawal, "2016-10-19"))
	l.Record(rome, act("ZAF", domain.RevocationOfWithdrawal, "2017-03-07"))
	l.Record(rome, act("GMB", domain.Withdrawal, "2016-11-10"))
	l.Record(rome, act("GMB", domain.RevocationOfWithdrawal, "2017-02-10"))

	l.Record(istanbul, act("TUR", domain.Signature, "2011-05-11"), act("TUR", domain.Ratification, "2012-03-14"))
	l.Record(istanbul, act("TUR", domain.Withdrawal, "2021-03-22"))

	l.Record(iccpr, act("PAK", domain.Signature, "2008-04-17"))
	reservation := l.Record(iccpr, act("PAK", domain.Reservation, "2010-06-23", says("reservations", "3", "6", "7", "18", "19", "12", "13", "25", "40")))[0]
	l.Record(iccpr, act("PAK", domain.PartialWithdrawal, "2011-09-20", domaintest.Answers(reservation, "articles 3 and 25 as worded anew", "6", "7", "12", "13", "18", "19", "40")))
	l.RecordBecause("received, and kept", iccpr, act("PRK", domain.Withdrawal, "1997-08-25"))
	return l
}

// TestScenarios goes through every dated assertion of the facts.
func TestScenarios(t *testing.T) {
	rows := domaintest.Rows(t, "scenarios.csv")
	require.Equal(t, 56, len(rows))
	l := realHistory(t)
	for _, row := range rows {
		name := row["scenario"] + " " + row["instrument"] + " " + row["participant"] + " " + row["as_of"]
		t.Run(name, func(t *testing.T) {
			id, ok := l.State.FindTreaty(strings.TrimPrefix(row["instrument"], "ILO-"))
			require.True(t, ok)
			axes := domain.Axes{AsOf: domain.MustDate(row["as_of"])}
			if row["received_by"] != "" {
				axes.ReceivedBy = domain.MustDate(row["received_by"])
			}
			h := l.State.History(id, axes)
			if row["participant"] == "(treaty)" {
				requireTreaty(t, h, axes.AsOf, row)
				return
			}
			course := h.Course(domain.ParticipantID(row["participant"]))
			standing := course.On(axes.AsOf)
			want, known := statusOfWords[row["expected"]]
			require.True(t, known, "%q is no status", row["expected"])
			require.Equal(t, want, standing.Status, standing.Why)
			require.Equal(t, strings.Contains(row["expected"], "intent not"), standing.IntendsNot)
			if strings.Contains(row["expected"], "partially withdrawn") {
				s, _ := course.Statements[0].On(axes.AsOf)
				require.Equal(t, domain.StatementActive, s.State)
				require.Equal(t, []string{"3", "25"}, s.Articles)
				require.Equal(t, "articles 3 and 25 as worded anew", s.Text)
			}
			// The rows of Pakistan and of Türkiye (a reservation to article 40) do not
			// speak of reservations that are held.
			require.Equal(t, row["scenario"] == "S24" || strings.Contains(row["expected"], "with reservations") || strings.Contains(row["expected"], "partially withdrawn") || name == "S15 ICCPR PAK 2010-06-23", standing.WithReservations)
			if strings.Contains(row["expected"], "art 77 NOT recognised") {
				for _, c := range h.Procedures(domain.LastDay)[1].Counted {
					require.NotEqual(t, course.Participant, c.Participant)
				}
			}
			requireEffect(t, course, row)
		})
	}
}

var reEffect = regexp.MustCompile(`effect (?:computed )?(\d{4}-\d{2}-\d{2})`)

// requireEffect holds the day of effect that a row tells against the period.
func requireEffect(t *testing.T, c *domain.Course, row map[string]string) {
	t.Helper()
	m := reEffect.FindStringSubmatch(row["detail"])
	p, ok := c.PeriodOn(domain.MustDate(row["as_of"]))
	if m == nil || !ok {
		return
	}
	if strings.Contains(row["expected"], "withdrawal notified") {
		require.Equal(t, m[1], p.Until.String())
	} else {
		require.Equal(t, m[1], p.Bound.String())
	}
}

var (
	reEIF    = regexp.MustCompile(`(?:EIF|EIF computed|in force since) (\d{4}-\d{2}-\d{2})`)
	reCounts = regexp.MustCompile(`(\d+) consents deposited and (\d+) parties`)
)

func requireTreaty(t *testing.T, h *domain.History, asOf domain.Date, row map[string]string) {
	t.Helper()
	e := h.Explain(asOf)
	switch expected := row["expected"]; {
	case strings.HasPrefix(expected, "not in force"):
		require.NotEqual(t, domain.EntryInForce, e.Status)
	case strings.HasPrefix(expected, "threshold not met"):
		require.Equal(t, domain.EntryNotMet, e.Status)
	case strings.HasPrefix(expected, "threshold met"):
		require.Equal(t, domain.EntryMet, e.Status)
		require.Equal(t, asOf, e.MetOn)
		if strings.Contains(expected, "but not in force") {
			require.Zero(t, e.InForce, "the day is not known while it waits")
		}
	case strings.HasPrefix(expected, "in force"):
		require.Equal(t, domain.EntryInForce, e.Status)
	default:
		require.Fail(t, "no such expectation: "+expected)
	}
	if m := reEIF.FindStringSubmatch(row["expected"]); m != nil {
		require.Equal(t, m[1], e.InForce.String())
	} else if m := reEIF.FindStringSubmatch(row["detail"]); m != nil {
		require.Equal(t, m[1], h.InForce.String())
	}
	if m := reCounts.FindStringSubmatch(row["expected"]); m != nil {
		n := h.CountsOn(asOf)
		require.Equal(t, m[1:], []string{strconv.Itoa(n.Consents), strconv.Itoa(n.Parties)})
	}
}

// The numbers behind the day of the Paris Agreement. The facts count 62 and 72
// deposits, from the file alone; with the restored one they are 63 and 73.
func TestSharesOfTheParisAgreement(t *testing.T) {
	h := realHistory(t).History(paris)
	for _, tt := range []struct {
		day      string
		deposits float64
		share    float64
	}{
		{"2016-10-04", 63, 52.11},
		{"2016-10-05", 73, 58.82},
	} {
		terms := h.Explain(domain.MustDate(tt.day)).Terms
		require.Equal(t, tt.deposits, terms[0].Have, tt.day)
		require.InDelta(t, tt.share, terms[1].Have, 0.011, tt.day)
		require.Equal(t, "percent", terms[1].Unit)
	}
	require.Contains(t, h.Explain(domain.MustDate("2016-10-04")).Required, "2.89 more percent")

	crossing, notCounted := 0, ""
	e := h.Explain(domain.MustDate("2016-10-05"))
	for _, c := range e.Counted {
		if c.Crossing {
			crossing++
		}
	}
	require.Equal(t, 10, crossing)
	for _, n := range e.NotCounted {
		notCounted += string(n.Participant) + ": " + n.Reason
	}
	require.Equal(t, "EUU: organizations are not counted in addition to their members", notCounted)
}

// Three periods of the United States under the Paris Agreement: the second
// does not overwrite the first, and there has been no third.
func TestConsentGivenAgainKeepsTheFirstPeriod(t *testing.T) {
	course := realHistory(t).History(paris).Course("USA")
	var spans []string
	for _, p := range course.Periods {
		spans = append(spans, p.Deposited.String()+" "+p.Bound.String()+" "+p.Until.String())
	}
	require.Equal(t, []string{"2016-09-03 2016-11-04 2020-11-04", "2021-01-20 2021-02-19 2026-01-27"}, spans)
	var ladder []string
	for _, s := range course.Standings {
		ladder = append(ladder, s.From.String()+" "+string(s.Status))
	}
	require.Equal(t, []string{
		"2016-09-03 contracting", "2016-11-04 party", "2019-11-04 party, withdrawal notified", "2020-11-04 former party",
		"2021-01-20 contracting", "2021-02-19 party", "2025-01-27 party, withdrawal notified", "2026-01-27 former party",
	}, ladder)
}
