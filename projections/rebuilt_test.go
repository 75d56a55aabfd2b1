package projections

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// States that differ in nothing but their days are not the same: notices follow
// from the days.
func TestAFingerprintHoldsTheDays(t *testing.T) {
	with := func(day string) *domain.State {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		l.Apply("", &domain.DayBegun{Day: domain.MustDate(day)})
		return l.State
	}
	require.Equal(t, Fingerprint(with("2026-11-24")), Fingerprint(with("2026-11-24")))
	require.NotEqual(t, Fingerprint(with("2026-11-24")), Fingerprint(with("2026-11-25")))

	// Neither is a day at another place, at the same end.
	l, m := domaintest.NewLedger(t, domaintest.Definitions(t)), domaintest.NewLedger(t, domaintest.Definitions(t))
	day, group := &domain.DayBegun{Day: domain.MustDate("2026-11-24")}, &domain.GroupDefined{Group: domain.Group{ID: "G", Name: "A group"}}
	l.Apply("", day)
	l.Apply("", group)
	m.Apply("", group)
	m.Apply("", day)
	require.NotEqual(t, Fingerprint(l.State), Fingerprint(m.State))
}
