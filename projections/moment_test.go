package projections

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
)

// Everything is one thing, and what was known before the first commit another.
func TestAMomentBeforeTheFirstCommit(t *testing.T) {
	p := NewProjection()
	require.NoError(t, p.Apply(commits(t, 3)))
	v, day := p.Current(), domain.MustDate("2026-01-01")

	everything, err := v.Query(day, domain.Date{}, Moment{})
	require.NoError(t, err)
	require.EqualValues(t, 3, everything.KnownAt)
	require.NotEmpty(t, everything.State().Participants(everything.Known()))

	nothing, err := v.Query(day, domain.Date{}, UpTo(0))
	require.NoError(t, err)
	require.Zero(t, nothing.KnownAt)
	require.Empty(t, nothing.State().Participants(nothing.Known()))

	_, err = v.Query(day, domain.Date{}, UpTo(4))
	require.ErrorContains(t, err, "position 4 is not known yet")
	_, err = v.Ask("", "", "0", day)
	require.ErrorContains(t, err, "nothing was recorded by then")
	require.True(t, Moment{}.Everything())
	require.False(t, UpTo(0).Everything())
}
