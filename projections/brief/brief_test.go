package brief

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
)

func viewOf(s *domain.State, day string) projections.Query {
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

// Turkey signed the ICMW on 13 January 1999, deposited on 27 September 2004 and
// has been bound since 1 January 2005; Mexico signed on 22 May 1991.
func TestBrief(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put("IV-13",
		domaintest.Act("TUR", domain.Signature, "1999-01-13"), domaintest.Act("TUR", domain.Ratification, "2004-09-27"),
		domaintest.Act("MEX", domain.Signature, "1991-05-22"))
	l.Complete("IV-13")

	turkey, ok := Of(viewOf(l.State, "2006-05-16"), "TUR")
	require.True(t, ok)
	require.Len(t, turkey.Joined, 1)
	require.Equal(t, "ICMW", turkey.Joined[0].Short)
	require.Equal(t, domain.MustDate("2004-09-27"), turkey.Joined[0].Consent.Date)
	require.Empty(t, turkey.Signed)

	mexico, ok := Of(viewOf(l.State, "2006-05-16"), "MEX")
	require.True(t, ok)
	require.Len(t, mexico.Signed, 1)
	require.Equal(t, 14, mexico.Signed[0].Years, "whole years from 22 May 1991 to 16 May 2006")
	require.NotNil(t, mexico.Region)

	germany, ok := Of(viewOf(l.State, "2006-05-16"), "DEU")
	require.True(t, ok)
	require.Empty(t, germany.Joined)
	var shorts []string
	for _, n := range germany.NotJoined {
		shorts = append(shorts, n.Short)
	}
	require.Contains(t, shorts, "ICMW")

	_, ok = Of(viewOf(l.State, "2006-05-16"), "XXX")
	require.False(t, ok)
}

// Where no act of a treaty is recorded, a brief does not say that it was not joined.
func TestBriefDoesNotDenyWhatIsNotKnown(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Catalogue(t))
	on := viewOf(l.State, "2006-05-16")
	b, ok := Of(on, "DEU")
	require.True(t, ok)
	known := make(map[domain.TreatyID]bool)
	for _, n := range b.NotKnown {
		known[n.ID] = true
	}
	for _, n := range b.NotJoined {
		require.False(t, known[n.Treaty], n.Short)
		require.NotEqual(t, domain.ExtentNone, n.Extent, n.Short)
	}
	require.NotNil(t, b.Residents)
	require.Equal(t, 2005, b.Residents.Stock.Year)
	require.Positive(t, b.Residents.Share)
	require.NotNil(t, b.Abroad)
	require.Positive(t, b.Abroad.Number)
}
