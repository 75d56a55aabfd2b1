package projections

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
)

func TestArticlesAreInTheOrderOfTheTreaty(t *testing.T) {
	articles := []string{NotSaid, "Part IV", "92", "18", "XII", "9", "IX", "Annex I", "IV", "9bis"}
	slices.SortFunc(articles, compareArticles)
	require.Equal(t, []string{"IV", "9", "9bis", "IX", "XII", "18", "92", "Annex I", "Part IV", NotSaid}, articles)
}

func TestAnArticleIsFoundWithItsParagraphs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"18", "18", true}, {"18(6)", "18", true}, {"18", "18(6)", true}, {"18(6)(a)", "18(6)", true}, {"ix", "IX", true},
		{"18(6)", "18(5)", false}, {"1", "18", false}, {"18", "1", false}, {"V", "VI", false},
	} {
		require.Equal(t, c.same, sameArticle(c.a, c.b), "%s and %s", c.a, c.b)
	}
}

// view asks of a ledger of a test, which has no instants.
func view(l *domaintest.Ledger, asOf string) Query {
	return (&Views{State: l.State, Position: eventstore.Position(l.State.Position())}).Now(domain.MustDate(asOf))
}

// The table of the Migrant Workers Convention by article: Egypt reserved to
// articles 4 and 18(6), and each statement stands under every article it
// concerns. The promise of Türkiye stands there as what it is.
func TestStatementsByArticle(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	by, ok := ByArticle(view(l, "2024-04-30"), "IV-13", StatementQuestion{})
	require.True(t, ok)
	under := map[string][]domain.ParticipantID{}
	var order []string
	for _, a := range by.Articles {
		order = append(order, a.Article)
		for _, r := range a.Rows {
			under[a.Article] = append(under[a.Article], r.Participant)
		}
	}
	require.Equal(t, []string{"4", "8", "15", "18", "22", "26", "29", "32", "40", "42", "45", "46", "47", "48", "49", "54", "61", "76", "77", "92", NotSaid}, order)
	require.Equal(t, []domain.ParticipantID{"EGY", "UGA"}, under["18"])
	require.Equal(t, []domain.ParticipantID{"ECU", "SLV", "GTM", "MEX", "TUR", "URY"}, under["77"])
	require.Equal(t, []domain.ParticipantID{"MEX", "NIC", "SYR"}, under[NotSaid])
	only, _ := ByArticle(view(l, "2024-04-30"), "IV-13", StatementQuestion{Article: "18"})
	require.Len(t, only.Articles, 1, "of a statement to several articles the one that was asked for")

	all, _ := StatementsOf(view(l, "2024-04-30"), "IV-13", StatementQuestion{Participant: "TUR"})
	var promise string
	for _, row := range all.Rows {
		if slices.Contains(row.Articles, "76") {
			promise = row.Effect
		}
	}
	require.Equal(t, "none: no recognition of the procedure of article 76", promise)
	all, _ = StatementsOf(view(l, "2024-04-30"), "IV-13", StatementQuestion{Participant: "MEX"})
	effects := make([]string, len(all.Rows))
	for i, row := range all.Rows {
		effects[i] = row.Effect
	}
	require.Contains(t, effects, "recognises the procedure of article 77")
	require.Equal(t, "one source", all.Rows[0].Verification)
	require.Equal(t, "one source", all.Rows[0].Life[0].Verification)
}
