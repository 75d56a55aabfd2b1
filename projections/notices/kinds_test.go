package notices

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
)

// Each kind of notice is told in one small history, with its title and its
// legal basis: the first of its kind.
func TestEveryKindIsTold(t *testing.T) {
	d := openDepositary(t, "2010-01-01")
	told := map[Kind]string{}
	note := func(notices []Notice) []Notice {
		for _, n := range notices {
			if _, ok := told[n.Kind]; !ok {
				told[n.Kind] = n.Title + " [" + n.Article + "]"
			}
		}
		return notices
	}
	act := func(p domain.ParticipantID, kind domain.ActionKind, day string, statement ...domain.Statement) domain.Action {
		a := domain.Action{Participant: p, Kind: kind, Date: domain.MustDate(day)}
		for _, s := range statement {
			a.Statement = &s
		}
		return a
	}
	record := func(id domain.TreatyID, acts ...domain.Action) domain.RecordID {
		return note(d.record(id, acts...))[0].Record
	}
	begin := func(day string) { note(d.begin(domain.MustDate(day))) }

	begin("2010-01-01")
	x := domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty",
		Consent:        &domain.ConsentClause{By: []domain.ActionKind{domain.Accession}, Article: "10"},
		EntryIntoForce: &domain.EntryClause{When: domain.MustCondition("3 consents"), Then: domain.MustDelay("30 days"), Article: "12"},
		LaterParties:   &domain.EntryClause{Then: domain.MustDelay("30 days"), Article: "13"},
		Withdrawal:     &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year"), Article: "14"},
		Declarations:   []domain.DeclarationClause{{Article: "11", When: domain.MustCondition("1 declarations"), Then: domain.MustDelay("30 days")}},
	}
	note(d.do(&domain.Define{Treaty: &x, Reason: "new"}))
	note(d.do(&domain.Define{Groups: []domain.Group{{ID: "FRIENDS", Name: "Friends", Members: []domain.Member{{Participant: "ESP"}}}}, Reason: "new"}))
	record("X-1", act("DEU", domain.Accession, "2010-01-01"))
	record("X-1", act("FRA", domain.Accession, "2010-01-01"))
	begin("2010-01-02")
	third := record("X-1", act("ITA", domain.Accession, "2010-01-02"))
	note(d.do(&domain.CorrectAction{Treaty: "X-1", Record: third, Action: act("ITA", domain.Accession, "2009-12-30"), Reason: "misread"}))
	begin("2010-02-01")

	reserved := note(d.record("X-1", act("ESP", domain.Accession, "2010-02-01"),
		act("ESP", domain.Reservation, "2010-02-01", domain.Statement{Text: "not article 5", Articles: []string{"5"}})))[1].Record
	record("X-1", act("DEU", domain.Objection, "2010-02-01", domain.Statement{Text: "objects", Target: reserved}))
	begin("2010-04-01")
	record("X-1", act("DEU", domain.OptionalDeclaration, "2010-04-01", domain.Statement{Text: "recognises", Articles: []string{"11"}}))
	begin("2010-06-01")
	late := note(d.do(&domain.RecordActions{Treaty: "X-1", Reason: "late, as it came",
		Actions: []domain.Action{act("FRA", domain.Reservation, "2010-06-01", domain.Statement{Text: "not article 6", Articles: []string{"6"}})}}))[0].Record
	record("X-1", act("ESP", domain.WithdrawalOfReservation, "2010-06-01", domain.Statement{Target: reserved}))
	record("X-1", act("ITA", domain.Withdrawal, "2010-06-01"))
	record("X-1", act("ITA", domain.RevocationOfWithdrawal, "2010-06-01"))
	begin("2010-06-02")
	record("X-1", act("ITA", domain.Withdrawal, "2010-06-02"))
	begin("2011-07-01")

	note(d.do(&domain.RecordTable{Treaty: "X-1", Reason: "another table",
		Conflicts: []domain.Assertion{{Record: third, Action: act("ITA", domain.Accession, "2009-12-31")}}}))
	note(d.do(&domain.AnnulRecord{Treaty: "X-1", Record: late, Reason: "another State's"}))
	note(d.do(&domain.IssueNotification{Treaty: "X-1", Notification: domain.DepositaryNotification{Records: []domain.RecordID{third},
		Texts: []domain.NotificationText{{Language: "en", Title: "Italy: accession", Text: "The action was effected on 30 December 2009."}}}}))
	note(d.do(&domain.StateCoverage{Treaty: "X-1", Coverage: domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate("2011-06-30")}}))
	note(d.do(&domain.RecordTable{Treaty: "X-1", Actions: []domain.Action{act("PRT", domain.Accession, "2009-11-05")}}))
	y := domain.Treaty{ID: "Y-1", Short: "Y", Title: "Another treaty"}
	d.do(&domain.Define{Treaty: &y, Reason: "new"})
	note(d.do(&domain.RecordTable{Treaty: "Y-1", Actions: []domain.Action{act("PRT", domain.Accession, "2009-11-05"), act("ESP", domain.Accession, "2009-11-06")}}))
	require.Equal(t, map[Kind]string{
		"action.annulled":                 "Annulled: France, reservation of 1 June 2010 (X) []",
		"action.contested":                "Another source says of Italy: accession of 31 December 2009, not accession of 30 December 2009 (X) []",
		"action.corrected":                "Corrected: Italy, accession of 2 January 2010: accession of 30 December 2009 (X) []",
		"action.learned":                  "Portugal: accession of 5 November 2009, now known (X) []",
		"action.recorded":                 "Germany: accession of 1 January 2010 (X) []",
		"gap.changed":                     "X: 10.7263 percent of the world's migrants live in a State that is bound, before: not known []",
		"notification.issued":             "Depositary notification C.N.1.2011.TREATIES-X.1: Italy: accession (X) [VCLT 77(1)(e)]",
		"participant.bound":               "France is bound by X [12]",
		"participant.status-changed":      "Germany: contracting, before: not known (X) [10]",
		"participant.withdrawal-notified": "Italy has notified its withdrawal from X [14]",
		"participant.withdrawal-revoked":  "Italy has revoked its withdrawal from X [12]",
		"participant.withdrawn":           "Italy is no longer bound by X [14]",
		"procedure.counter-changed":       "X, article 11: 1 declaration, before: 0 [11]",
		"procedure.in-force":              "X, article 11: the procedure is in force [11]",
		"registry.defined":                "group FRIENDS defined []",
		"statement.accepted":              "France: reservation of 1 June 2010 is accepted (X) [ST/LEG/7/Rev.1, 206]",
		"statement.changed":               "Germany: objection of 1 February 2010 is ended, before: active (X) [VCLT 22]",
		"statement.made":                  "Spain: reservation of 1 February 2010 (X) []",
		"statement.objected-to":           "Spain: reservation of 1 February 2010 is objected to (X) []",
		"statement.pending":               "France: reservation of 1 June 2010 is pending (X) [ST/LEG/7/Rev.1, 206]",
		"statement.withdrawn":             "Spain: reservation of 1 February 2010 is withdrawn (X) [VCLT 22]",
		"treaty.coverage":                 "X: every act is recorded as at 30 June 2011 []",
		"treaty.learned":                  "Y: at least 2 consents now known []",
		"treaty.defined":                  "treaty X defined []",
		"treaty.entry-revised":            "X: entry into force is revised [12]",
		"treaty.in-force":                 "X has entered into force [12]",
		"treaty.threshold-approaching":    "X: one short of entry into force [12]",
		"treaty.threshold-met":            "X: the condition for entry into force is met [12]",
	}, told)
	require.ElementsMatch(t, Kinds(), slices.Collect(maps.Keys(told)))
}
