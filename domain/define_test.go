package domain_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// invalid definitions of a treaty, each by its field.
func TestInvalidTreaties(t *testing.T) {
	for _, tt := range []struct {
		field   string
		change  func(*domain.Treaty)
		message string
	}{
		{"id", func(t *domain.Treaty) { t.ID, t.Short = "-X", "X" }, "no treaty id"},
		{"short", func(t *domain.Treaty) { t.Short = "two words" }, "no short name"},
		{"title", func(t *domain.Treaty) { t.Title = " " }, "has a title"},
		{"parentRule", func(t *domain.Treaty) { t.ParentRule = domain.ParentParty }, "needs a parent"},
		{"admits[1]", func(t *domain.Treaty) { t.Admits = []string{"States", "everybody"} }, "admits no one"},
		{"signature.closes", func(t *domain.Treaty) {
			t.Signature = &domain.SignatureClause{Opens: domain.MustDate("2000-01-02"), Closes: domain.MustDate("2000-01-01")}
		}, "before it opens"},
		{"consent.by", func(t *domain.Treaty) { t.Consent = &domain.ConsentClause{} }, "at least one"},
		{"consent.by[0]", func(t *domain.Treaty) { t.Consent = &domain.ConsentClause{By: []domain.ActionKind{domain.Signature}} }, "no act of consent"},
		{"consent.accessionOpens", func(t *domain.Treaty) {
			t.Consent = &domain.ConsentClause{By: []domain.ActionKind{domain.Accession}, AccessionOpens: "soon"}
		}, `or "entry into force"`},
		{"entryIntoForce.when", func(t *domain.Treaty) { t.EntryIntoForce = &domain.EntryClause{Then: domain.MustDelay("30 days")} }, "a condition expected"},
		{"entryIntoForce.then", func(t *domain.Treaty) {
			t.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("2 consents")}
		}, "a delay expected"},
		{"parent", func(t *domain.Treaty) {
			t.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("2 consents and parent in force"), Then: domain.MustDelay("30 days")}
		}, "waits for a parent"},
		{"laterParties.when", func(t *domain.Treaty) {
			t.LaterParties = &domain.EntryClause{When: domain.MustCondition("2 consents"), Then: domain.MustDelay("30 days")}
		}, "no condition of its own"},
		{"laterParties.then", func(t *domain.Treaty) {
			t.LaterParties = &domain.EntryClause{Then: domain.MustDelay("30 days; not before 2019-01-01")}
		}, "without floors"},
		{"declarations[1].article", func(t *domain.Treaty) {
			t.Declarations = []domain.DeclarationClause{{Article: "76"}, {Article: "76"}}
		}, "its own article"},
		{"withdrawal.rule", func(t *domain.Treaty) { t.Withdrawal = &domain.WithdrawalClause{Rule: "never"} }, "permitted or none"},
		{"withdrawal.then", func(t *domain.Treaty) { t.Withdrawal = &domain.WithdrawalClause{Rule: "permitted"} }, "a delay expected"},
		{"withdrawal.notBefore", func(t *domain.Treaty) { t.Withdrawal = &domain.WithdrawalClause{Rule: "none", NotBefore: "later"} }, "expected"},
		{"withdrawal.window", func(t *domain.Treaty) { t.Withdrawal = &domain.WithdrawalClause{Rule: "none", Window: "now and then"} }, "1 year after each 10 years"},
		{"reservations.rule", func(t *domain.Treaty) { t.Reservations = &domain.ReservationClause{Rule: "maybe"} }, "compatible, prohibited or only"},
		{"reservations.only", func(t *domain.Treaty) { t.Reservations = &domain.ReservationClause{Rule: "only"} }, "lists the articles"},
		{"exclusions.of", func(t *domain.Treaty) { t.Exclusions = &domain.ExclusionClause{} }, "such as Annex I"},
		{"territories.rule", func(t *domain.Treaty) { t.TerritorialScope = &domain.TerritoryClause{Rule: "perhaps"} }, "permitted expected"},
	} {
		l := domaintest.NewLedger(t, domaintest.Migration(t))
		d := l.Decide(defineTreaty(tt.change)(l))
		require.Nil(t, d.Events)
		require.Equal(t, 1, len(d.Refusals), "%s: %v", tt.field, d.Refusals)
		require.Equal(t, domain.CodeDefinitionInvalid, d.Refusals[0].Code, tt.field)
		require.Equal(t, tt.field, d.Refusals[0].Field)
		require.Contains(t, d.Refusals[0].Message, tt.message)
	}
}

func TestInvalidEntriesOfTheRegistry(t *testing.T) {
	name := domain.DatedName{Name: "Atlantis"}
	row := domain.WeightRow{Area: "XAA", Year: 2020, Value: 1}
	until := domain.Interval{From: domain.MustDate("2001-01-01"), Until: domain.MustDate("2000-01-01")}
	for field, c := range map[string]domain.Define{
		"participants[0].id":       {Participants: []domain.Participant{named("x", name)}},
		"participants[0].kind":     {Participants: []domain.Participant{{ID: "XAA", Kind: "empire", Names: []domain.DatedName{name}}}},
		"participants[0].names":    {Participants: []domain.Participant{named("XAA")}},
		"participants[0].names[1]": {Participants: []domain.Participant{named("XAA", name, domain.DatedName{Name: "Mu"})}},
		"participants[0].exists":   {Participants: []domain.Participant{{ID: "XAA", Kind: domain.KindState, Names: []domain.DatedName{name}, Exists: until}}},
		"groups[0].id":             {Groups: []domain.Group{{ID: "g", Name: "n"}}},
		"groups[0].name":           {Groups: []domain.Group{{ID: "GG"}}},
		"groups[0].members[0]":     {Groups: []domain.Group{{ID: "GG", Name: "n", Members: []domain.Member{{Participant: "FRA", Interval: until}}}}},
		"weights[0].id":            {Weights: []domain.Weights{{ID: "w", Edition: "1", Name: "n", Unit: "u", Rows: []domain.WeightRow{row}}}},
		"weights[0].edition":       {Weights: []domain.Weights{{ID: "ww", Name: "n", Unit: "u", Rows: []domain.WeightRow{row}}}},
		"weights[0].name":          {Weights: []domain.Weights{{ID: "ww", Edition: "1", Rows: []domain.WeightRow{row}}}},
		"weights[0].rows":          {Weights: []domain.Weights{{ID: "ww", Edition: "1", Name: "n", Unit: "u"}}},
		"weights[0].rows[1]":       {Weights: []domain.Weights{{ID: "ww", Edition: "1", Name: "n", Unit: "u", Rows: []domain.WeightRow{row, row}}}},
		"weights[0].rows[0]":       {Weights: []domain.Weights{{ID: "ww", Edition: "1", Name: "n", Unit: "u", Rows: []domain.WeightRow{{Area: "XAA", Value: -1}}}}},
	} {
		d := domaintest.Migration(t).Decide(&c, domaintest.Today)
		require.Nil(t, d.Events)
		require.Equal(t, 1, len(d.Refusals), "%s: %v", field, d.Refusals)
		require.Equal(t, domain.CodeDefinitionInvalid, d.Refusals[0].Code, field)
		require.Equal(t, field, d.Refusals[0].Field)
	}
}

// A phrase that makes no sense is found where the document is read, with the
// column at which it stops making sense.
func TestInvalidPhraseInADocument(t *testing.T) {
	var treaty domain.Treaty
	err := json.Unmarshal([]byte(`{"id":"X","entryIntoForce":{"when":"20 consents and some","then":"30 days"}}`), &treaty)
	var at *domain.PhraseError
	require.ErrorAs(t, err, &at)
	require.Equal(t, 17, at.Column)
	err = json.Unmarshal([]byte(`{"id":"X","laterParties":{"then":"30 days; soon"}}`), &treaty)
	require.ErrorAs(t, err, &at)
	require.Equal(t, 10, at.Column)
}

// A name that another State bore at another time may be taken up.
func TestANameMayBeBorneOneAfterTheOther(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Do(&domain.Define{Participants: []domain.Participant{named("XAA",
		domain.DatedName{Name: "Zaire", Interval: domain.Interval{From: domain.MustDate("1997-05-17")}})}})
	for day, want := range map[string]domain.ParticipantID{"1980-01-01": "COD", "2000-01-01": "XAA"} {
		p, err := l.State.FindParticipant("Zaire", domain.MustDate(day))
		require.NoError(t, err)
		require.Equal(t, want, p.ID, day)
	}
	// The Congo took its name up again; its second interval counts too.
	d := l.Decide(&domain.Define{Participants: []domain.Participant{named("XBB",
		domain.DatedName{Name: "Democratic Republic of the Congo", Interval: domain.Interval{From: domain.MustDate("2010-01-01")}})}})
	require.Equal(t, domain.CodeNameTaken, d.Refusals[0].Code)
}
