package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// Czechoslovakia ratified the Covenant on 23 December 1975 and dissolved at the
// end of 1992. The Czech Republic notified its succession on 22 February 1993,
// Slovakia on 28 May 1993: between the two days the depositary knew of one
// successor, and both are bound since 1 January 1993 without a gap. Days of the
// status table of chapter IV.4; the dissolution is general knowledge.
func TestASuccessionClosesTheGapWhenItIsReceived(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	status := func(p domain.ParticipantID, day, receivedBy string) domain.Status {
		axes := domain.Axes{ReceivedBy: domain.MustDate(receivedBy)}
		return l.State.History(iccpr, axes).Course(p).On(domain.MustDate(day)).Status
	}
	const all = "2014-01-01"
	require.Equal(t, domain.Party, status("CSK", "1992-12-31", all))
	require.Equal(t, domain.Extinct, status("CSK", "1993-01-01", all))
	require.Equal(t, domain.Party, status("CZE", "1993-01-01", all))
	require.Equal(t, domain.Party, status("SVK", "1993-01-01", all))

	require.Equal(t, domain.NoAction, status("CZE", "1993-01-15", "1993-02-21"))
	require.Equal(t, domain.Party, status("CZE", "1993-01-15", "1993-02-22"))
	require.Equal(t, domain.NoAction, status("SVK", "1993-01-15", "1993-05-27"))
}

// The German Democratic Republic acceded to the Federal Republic on 3 October
// 1990: it has no successor, and its instruments lapse. Its ratification of the
// Covenant of 8 November 1973 was one of the thirty-five that brought it into
// force.
func TestAStateThatJoinedAnotherCountedThenAndIsNoneNow(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	h := l.History(iccpr)
	counted := false
	for _, c := range h.Explain(domain.MustDate("1976-03-23")).Counted {
		counted = counted || c.Participant == "DDR"
	}
	require.True(t, counted)
	require.Equal(t, domain.Party, h.Course("DDR").On(domain.MustDate("1990-10-02")).Status)
	require.Equal(t, domain.Extinct, h.Course("DDR").On(domain.MustDate("1990-10-03")).Status)
	require.Equal(t, domain.Party, h.Course("DEU").On(domain.MustDate("1990-10-03")).Status)
}

// The Russian Federation continues the Soviet Union: one participant under two
// names, whose consent never ended.
func TestAContinuingStateIsTheSameParticipant(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	before, err := l.State.FindParticipant("Union of Soviet Socialist Republics", domain.MustDate("1973-10-16"))
	require.NoError(t, err)
	after, err := l.State.FindParticipant("Russian Federation", domain.MustDate("2000-01-01"))
	require.NoError(t, err)
	require.Equal(t, before.ID, after.ID)
	c := l.History(iccpr).Course(before.ID)
	require.Equal(t, domain.Party, c.On(domain.MustDate("1985-01-01")).Status)
	require.Equal(t, domain.Party, c.On(domain.MustDate("2000-01-01")).Status)
	require.Len(t, c.Periods, 1)
}

// Succession to a signature makes a signatory from the date of the succession
// of States (Montenegro, ICMW: 23 October 2006, for the signature of 22 October
// 2004).
func TestSuccessionToASignature(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	require.Equal(t, domain.Signatory, l.Standing(icmw, "MNE", "2006-06-03").Status)
	require.Equal(t, domain.NoAction, l.Standing(icmw, "MNE", "2006-06-02").Status)
}

// An objection of a predecessor is maintained as well: what Czechoslovakia
// objected to stays excluded between the other and the Czech Republic. The
// days of the two successors are real, reservation and objection an example.
func TestASuccessorMaintainsObjections(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(iccpr, realDeposits(t, l.State, iccpr)...)
	reservation := l.Put(iccpr, act("DZA", domain.Reservation, "1989-09-12", says("reserves", "23")))[0]
	l.Record(iccpr, act("CSK", domain.Objection, "1990-06-01", says("objects"), domaintest.To(reservation)))
	h := l.History(iccpr)
	for _, p := range []domain.ParticipantID{"CZE", "SVK"} {
		effects := h.Relation(p, "DZA", domain.MustDate("1995-01-01")).Effects
		require.Len(t, effects, 1)
		require.Equal(t, domain.ProvisionsExcluded, effects[0].Effect, string(p))
	}
	require.Equal(t, domain.ProvisionsModified, h.Relation("FRA", "DZA", domain.MustDate("1995-01-01")).Effects[0].Effect)
}
