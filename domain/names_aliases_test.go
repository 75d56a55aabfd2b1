package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// An alias is the name of one treaty.
func TestAliasesOfTreaties(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	define := func(aliases ...string) []domain.Finding {
		return l.Decide(&domain.Define{Treaty: &domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty", Aliases: aliases}}).Refusals
	}
	require.Empty(t, define("Treaty of X", "X Convention"))
	for field, aliases := range map[string][]string{
		"aliases[0]": {" "}, "aliases[1]": {"Treaty of X", "treaty  of x"}, "aliases": make([]string, 21),
	} {
		refusals := define(aliases...)
		require.NotEmpty(t, refusals, field)
		require.Equal(t, domain.CodeDefinitionInvalid, refusals[0].Code)
		require.Equal(t, field, refusals[0].Field)
	}
	for _, taken := range []string{"ICMW", "iv-13", "ICRMW"} {
		refusals := define(taken)
		require.Len(t, refusals, 1, taken)
		require.Equal(t, domain.CodeNameTaken, refusals[0].Code)
		require.Equal(t, "aliases[0]", refusals[0].Field)
	}
	refusals := l.Decide(&domain.Define{Treaty: &domain.Treaty{ID: "X-1", Short: "ICRMW", Title: "A treaty"}}).Refusals
	require.Len(t, refusals, 1)
	require.Equal(t, "short", refusals[0].Field)
}
