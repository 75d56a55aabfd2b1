package projections_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/storetest"
	"depositary/projections"
)

func asked(s *domain.State, day string) projections.Query {
	return projections.QueryOf(s, domain.MustDate(day), eventstore.Position(s.Position()))
}

// The Convention of 1990 on the days of its history: each act, each effect, in order.
func TestTimelineOfTheConvention(t *testing.T) {
	timeline, ok := projections.TreatyTimeline(asked(domaintest.Migration(t), "2003-12-31"), "IV-13")
	require.True(t, ok)
	require.Equal(t, "ICMW", timeline.Treaty.Short)
	on := map[string][]projections.TimelineEntry{}
	for i, e := range timeline.Entries {
		require.False(t, e.Date.After(domain.MustDate("2003-12-31")))
		if i > 0 {
			require.False(t, e.Date.Before(timeline.Entries[i-1].Date))
		}
		on[e.Date.String()] = append(on[e.Date.String()], e)
	}
	require.Equal(t, "adopted", on["1990-12-18"][0].What)
	march := on["2003-03-14"]
	require.Equal(t, 21, march[0].Counts.Consents)
	require.True(t, slices.ContainsFunc(march, func(e projections.TimelineEntry) bool { return e.Name == "Guatemala" && e.Kind == "act" }))
	july := on["2003-07-01"]
	require.Len(t, july, 22, "the Convention and the twenty-one whom it binds")
	require.Equal(t, "entered into force", july[0].What)
	require.Equal(t, 21, july[0].Counts.Parties)
	require.Equal(t, "party (before: contracting)", july[1].What)
	_, ok = projections.TreatyTimeline(asked(domaintest.Migration(t), "2003-12-31"), "X-99")
	require.False(t, ok)

	mali, ok := projections.ParticipantTimeline(asked(domaintest.Migration(t), "2003-12-31"), "MLI")
	require.True(t, ok)
	var told []string
	for _, e := range mali.Entries {
		if e.Treaty == "IV-13" {
			told = append(told, e.Date.String()+" "+e.What)
		}
	}
	require.Equal(t, []string{"2003-06-05 accession", "2003-10-01 party (before: contracting)"}, told)
	_, ok = projections.ParticipantTimeline(asked(domaintest.Migration(t), "2003-12-31"), "XXX")
	require.False(t, ok)
}

// Between whom the ICMW was in force on 1 September 2003: between Mexico and Guatemala, and not
// yet between Mexico and Mali, which acceded in June.
func TestRelationsOfMexico(t *testing.T) {
	query := asked(domaintest.Migration(t), "2003-09-01")
	all, ok, err := projections.RelationsOf(query, "IV-13", "MEX")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 20, all.InForce)
	with := map[domain.ParticipantID]projections.RelationRow{}
	for i, r := range all.Rows {
		with[r.With] = r
		require.NotEmpty(t, r.Why)
		if i > 0 {
			require.NotEqual(t, r.WithName, all.Rows[i-1].WithName)
		}
	}
	require.True(t, with["GTM"].InForce)
	require.Equal(t, domain.MustDate("2003-07-01"), with["GTM"].Since)
	require.False(t, with["MLI"].InForce)

	one, ok, err := projections.RelationOf(query, "IV-13", "MLI", "MEX")
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, one.Relation.InForce)
	later, _, err := projections.RelationOf(query.OnDay(domain.MustDate("2003-10-01")), "IV-13", "MLI", "MEX")
	require.NoError(t, err)
	require.True(t, later.Relation.InForce)
	require.Equal(t, domain.MustDate("2003-10-01"), later.Relation.Since)
	require.NotEmpty(t, later.Course)

	_, _, err = projections.RelationOf(query, "IV-13", "MEX", "MEX")
	require.ErrorContains(t, err, "a relation is between two")
	for _, unknown := range []func() (bool, error){
		func() (bool, error) { _, ok, err := projections.RelationsOf(query, "X-99", "MEX"); return ok, err },
		func() (bool, error) {
			_, ok, err := projections.RelationOf(query, "IV-13", "MEX", "XXX")
			return ok, err
		},
	} {
		ok, err := unknown()
		require.NoError(t, err)
		require.False(t, ok)
	}
	some := projections.Relations{Treaty: projections.TreatyHead{Coverage: projections.Coverage{Extent: domain.ExtentSome}}}
	text, err := json.Marshal(some)
	require.NoError(t, err)
	require.NotContains(t, string(text), `"inForce":`, "not known is no zero")
}

// stored returns a ledger over a store with so many commits.
func stored(t *testing.T, commits ...eventstore.Commit) projections.Ledger {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Append(commits))
	return projections.NewLedger(store)
}

// The pages of a ledger, forwards and backwards, lead over every commit once.
func TestPagesOfTheLedger(t *testing.T) {
	commits := storetest.Named("a").Next(10)
	ledger := stored(t, commits...)
	last, hash := ledger.Tip()
	require.EqualValues(t, 10, last)
	require.Equal(t, commits[9].Hash(), hash)
	walk := func(q projections.LedgerQuestion) (positions []eventstore.Position) {
		for {
			page, err := ledger.Page(q)
			require.NoError(t, err)
			require.EqualValues(t, 10, page.Last)
			require.LessOrEqual(t, len(page.Commits), q.Limit)
			for _, c := range page.Commits {
				require.Equal(t, commits[c.Position-1].Hash(), c.Hash)
				require.Len(t, c.Events, commits[c.Position-1].Events)
				positions = append(positions, c.Position)
			}
			if page.Next == "" {
				return positions
			}
			q.After = page.Commits[len(page.Commits)-1].Position
		}
	}
	forwards := walk(projections.LedgerQuestion{Limit: 3})
	require.Len(t, forwards, 10)
	require.True(t, slices.IsSorted(forwards))
	backwards := walk(projections.LedgerQuestion{Limit: 4, Descending: true})
	slices.Reverse(backwards)
	require.Equal(t, forwards, backwards)
	treaty := domain.TreatyID(commits[0].Treaty())
	var of []eventstore.Position
	for _, c := range commits {
		if c.Treaty() == string(treaty) {
			of = append(of, c.Position)
		}
	}
	require.Equal(t, of, walk(projections.LedgerQuestion{Limit: 2, Treaty: treaty}))
	back := walk(projections.LedgerQuestion{Limit: 2, Treaty: treaty, Descending: true})
	slices.Reverse(back)
	require.Equal(t, of, back)

	var lines bytes.Buffer
	require.NoError(t, ledger.Export(t.Context(), &lines, last))
	require.Equal(t, commits[0].Raw(), lines.Bytes()[:len(commits[0].Raw())])
	gone, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, ledger.Export(gone, &lines, last), context.Canceled, "no one reads it any more")
}

// Moments of the ledger are written as positions, instants and days.
func TestMomentsAsTheyAreWritten(t *testing.T) {
	today := domain.MustDate("2026-11-29")
	views := new(projections.Views)
	views.State = domaintest.Migration(t)
	views.Position = eventstore.Position(views.State.Position())
	for text, field := range map[[3]string]string{
		{"2003-02-30", "", ""}: "asOf", {"", "soon", ""}: "receivedBy", {"", "", "now"}: "knownAt", {"", "", "99999999"}: "knownAt", {"", "", "2026-13-01"}: "knownAt",
	} {
		_, err := views.Ask(text[0], text[1], text[2], today)
		var input *projections.InputError
		require.ErrorAs(t, err, &input, "%v", text)
		require.Equal(t, field, input.Field)
		require.NotEmpty(t, input.Accepted)
	}
	query, err := views.Ask("", "2006-07-01", "3", today)
	require.NoError(t, err)
	require.Equal(t, today, query.AsOf)
	require.Equal(t, domain.MustDate("2006-07-01"), query.ReceivedBy)
	require.EqualValues(t, 3, query.KnownAt)
	for _, text := range []string{"2026-11-23T18:00:00Z", "2026-11-23"} {
		known, err := views.ParseKnownAt(text)
		require.NoError(t, err, text)
		require.False(t, known.Everything(), text)
	}
	require.Equal(t, domain.DateOf(time.Time{}), views.DayAt(0))
}
