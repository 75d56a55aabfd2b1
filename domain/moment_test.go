package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// The zero Moment leaves nothing out; position 0, before the first commit, is
// another moment, at which nothing was known.
func TestNothingWasKnownBeforeTheFirstCommit(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	end := l.State.Position()
	require.Equal(t, domain.Moment{}, domain.Everything())
	require.True(t, domain.Everything().Everything())
	require.False(t, domain.UpTo(0).Everything())
	require.Equal(t, end, domain.Everything().In(end))
	require.Zero(t, domain.UpTo(0).In(end))

	require.NotNil(t, l.State.History(icmw, domain.Axes{}))
	require.NotNil(t, l.State.History(icmw, domain.Axes{KnownAt: domain.UpTo(end)}))
	require.Nil(t, l.State.History(icmw, domain.Axes{KnownAt: domain.UpTo(0)}))
	require.NotEmpty(t, l.State.Participants(domain.Everything()))
	require.Empty(t, l.State.Participants(domain.UpTo(0)))
	require.Empty(t, l.State.Treaties(domain.UpTo(0)))
	require.Empty(t, l.State.Past(domain.Axes{KnownAt: domain.UpTo(0)}, icmw).Participants(domain.Everything()))
}
