package notices

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/storetest"
	"depositary/projections"
)

const icmw = domain.TreatyID("IV-13")

// depositary records on days of its own choice, in a real store.
type depositary struct {
	t          *testing.T
	store      *boltstore.Store
	projection *projections.Projection
	notices    *Source
	now        time.Time
}

// openDepositary begins a ledger on a day, with the definitions of the
// catalogue but none of its acts.
func openDepositary(t *testing.T, day string) *depositary {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "store.bolt"), boltstore.Options{Participants: codec.Participants})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	d := &depositary{t: t, store: store, projection: projections.NewProjection()}
	d.notices = NewSource(d.projection, store, nil)
	d.on(day)
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	for _, command := range bundled.Commands() {
		if definition, ok := command.(*domain.Define); ok {
			d.do(definition)
		}
	}
	return d
}

// on moves the clock to the noon of a day, without beginning it.
func (d *depositary) on(day string) {
	noon, err := time.Parse("2006-01-02 15:04", day+" 12:00")
	require.NoError(d.t, err)
	d.now = noon
}

// begin moves to a day and begins it.
func (d *depositary) begin(day domain.Date) []Notice {
	d.on(day.String())
	return d.do(&domain.BeginDay{Day: day})
}

// do records a command and returns its notices.
func (d *depositary) do(c domain.Command) []Notice {
	d.t.Helper()
	state, position, previous, _ := d.projection.Head()
	decision := state.Decide(c, domain.DateOf(d.now))
	require.True(d.t, decision.Accepted(), "%v %v", decision.Refusals, decision.Queries)
	var lines []string
	for _, e := range decision.Events {
		line, err := codec.Encode(e)
		require.NoError(d.t, err)
		lines = append(lines, string(line))
	}
	treaty, participant := domain.Subject(c)
	orMany := func(id string) string {
		if id == "" {
			return eventstore.Many
		}
		return id
	}
	commit := storetest.SealForm1(eventstore.Header{Position: position + 1, Previous: previous, Recorded: d.now},
		eventstore.Command{ID: fmt.Sprint("c", position+1), Actor: "test", Treaty: orMany(string(treaty)), Participant: orMany(string(participant))}, lines...)
	require.NoError(d.t, d.store.Append([]eventstore.Commit{commit}))
	require.NoError(d.t, d.projection.Apply([]eventstore.Commit{commit}))
	notices, err := d.notices.At(position + 1)
	require.NoError(d.t, err)
	return notices
}

func (d *depositary) record(treaty domain.TreatyID, acts ...domain.Action) []Notice {
	d.t.Helper()
	return d.do(&domain.RecordActions{Treaty: treaty, Actions: acts, Reason: "as it was"})
}

// bundledActs returns the acts of a treaty by day of receipt, without reservations.
func bundledActs(t *testing.T, id domain.TreatyID) (days []domain.Date, acts map[domain.Date][]domain.Action) {
	t.Helper()
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	acts = make(map[domain.Date][]domain.Action)
	for _, of := range bundled.Actions {
		if of.Treaty != id {
			continue
		}
		for _, a := range of.Actions {
			if a.Kind == domain.Reservation {
				continue // tests of their own tell what follows from it
			}
			day := a.ReceivedOn()
			if acts[day] == nil {
				days = append(days, day)
			}
			acts[day] = append(acts[day], a)
		}
	}
	slices.SortFunc(days, domain.Date.Compare)
	return days, acts
}

// of chooses notices of a kind, of the ICMW.
func of(notices []Notice, kind Kind) (chosen []Notice) {
	for _, n := range notices {
		if n.Kind == kind && n.Treaty == icmw {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

// The Convention's history from its adoption, on its own clock: on 14 March 2003
// the 20th and the 21st instrument met the condition, on 1 July 2003 nobody
// deposited anything and it entered into force for twenty-one.
func TestNoticesOnTheClockOfHistory(t *testing.T) {
	d := openDepositary(t, "1990-12-18")
	days, acts := bundledActs(t, icmw)
	var all []Notice
	daily := domain.MustDate("2003-01-01")
	for i, day := range days {
		all = append(all, d.begin(day)...)
		all = append(all, d.record(icmw, acts[day]...)...)
		for next := day.AddDays(1); !day.Before(daily) && next.Year() == 2003 && i+1 < len(days) && next.Before(days[i+1]); next = next.AddDays(1) {
			all = append(all, d.begin(next)...)
		}
	}
	for i, n := range all {
		require.False(t, n.Backfill, "%s", n.Title)
		require.False(t, n.Date.After(n.Day), "%s is told before its day", n.Title)
		require.NotContains(t, n.Title, "{")
		if i > 0 {
			require.Negative(t, all[i-1].ID.Compare(n.ID), "in the ledger's order")
		}
	}

	near := of(all, KindThresholdApproaching)
	require.Len(t, near, 1)
	require.True(t, near[0].Day.Before(domain.MustDate("2003-03-14")), "the 19th came earlier")

	met := of(all, KindThresholdMet)
	require.Len(t, met, 1)
	require.Equal(t, domain.MustDate("2003-03-14"), met[0].Date)
	require.Equal(t, "87(1)", met[0].Article)

	inForce := of(all, KindInForce)
	require.Len(t, inForce, 1)
	require.Equal(t, domain.MustDate("2003-07-01"), inForce[0].Date)

	bound := map[domain.Date][]string{}
	for _, n := range of(all, KindBound) {
		bound[n.Date] = append(bound[n.Date], n.Name)
		if n.Day.Year() == 2003 { // when every day began
			require.Equal(t, n.Date, n.Day, "%s is told on its day", n.Title)
		}
	}
	require.Len(t, bound[domain.MustDate("2003-07-01")], 21)
	require.Equal(t, []string{"Mali"}, bound[domain.MustDate("2003-10-01")], "bound three months after its deposit of 5 June 2003")
	require.True(t, slices.IsSorted(bound[domain.MustDate("2003-07-01")]))

	gap := of(all, KindGapChanged)
	require.NotEmpty(t, gap)
	require.Equal(t, domain.MustDate("2003-07-01"), gap[0].Date, "nobody was bound before")

	// What is derived at the end is what was derived as it happened.
	afresh := NewSource(d.projection, d.store, nil)
	page, through, more, err := afresh.Page(context.Background(), NoticeFilter{Treaties: []domain.TreatyID{icmw}, Kinds: []string{"treaty.threshold-*", "participant.*"}}, ID{}, 10_000)
	require.NoError(t, err)
	require.False(t, more)
	require.Equal(t, d.projection.Current().Position, through.Position)
	var expected []Notice
	for _, n := range all {
		if n.Treaty == icmw && (strings.HasPrefix(string(n.Kind), "treaty.threshold-") || strings.HasPrefix(string(n.Kind), "participant.")) {
			expected = append(expected, n)
		}
	}
	require.Equal(t, expected, page)
}

// A stop of any length brings every effect once, each with its own day.
func TestDaysThatPassedUnseen(t *testing.T) {
	if testing.Short() {
		t.Skip("day by day through thirty years")
	}
	effects := func(days ...string) (told []string) {
		d := openDepositary(t, "2003-01-01")
		received, acts := bundledActs(t, icmw)
		for _, day := range received {
			if day.Before(domain.MustDate("2003-06-06")) {
				d.on("2003-06-06")
				d.record(icmw, acts[day]...)
			}
		}
		for _, day := range days {
			for _, n := range d.begin(domain.MustDate(day)) {
				require.False(t, n.Backfill)
				if n.Treaty == icmw {
					told = append(told, fmt.Sprint(n.Kind, n.Date, n.Participant, n.Before.Words, n.After.Words))
				}
			}
		}
		return told
	}
	daily := effects("2003-06-07", "2003-06-30", "2003-07-01", "2003-07-02", "2003-09-30", "2003-10-01", "2004-01-01")
	require.Equal(t, daily, effects("2004-01-01"))
	require.Equal(t, daily, effects("2003-07-01", "2004-01-01"))
	require.Equal(t, 22, len(slices.DeleteFunc(slices.Clone(daily), func(s string) bool { return !strings.HasPrefix(s, string(KindBound)) })))
}

// What was received long before and comes with the first acts of a treaty is
// history, told once as a whole; what came later, and every correction, is news.
func TestHistoryIsBackfill(t *testing.T) {
	d := openDepositary(t, "2026-11-24")
	d.begin(domain.MustDate("2026-11-24"))
	days, acts := bundledActs(t, icmw)
	var first Notice
	var history []domain.Action
	for _, day := range days {
		history = append(history, acts[day]...)
	}
	asAt := domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate("2024-04-30")}
	loaded := d.do(&domain.RecordTable{Treaty: icmw, Actions: history, Coverage: &asAt, Reason: "as the table has it"})
	for _, n := range loaded {
		require.Equal(t, n.Kind != KindTreatyLearned, n.Backfill, "%s", n.Title)
		if first.Record.IsZero() {
			first = n
		}
	}
	require.Equal(t, "ICMW: 60 parties now known", of(loaded, KindTreatyLearned)[0].Title)
	require.Equal(t, domain.MustDate("2024-04-30"), of(loaded, KindTreatyLearned)[0].AsAt)
	accession := domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-24")}
	told := d.record(icmw, accession)
	require.Equal(t, KindActionRecorded, told[0].Kind)
	require.Equal(t, "Germany: accession of 24 November 2026 (ICMW)", told[0].Title)
	require.Contains(t, told[0].Groups, domain.GroupID("EU"))
	require.Equal(t, KindStatusChanged, told[1].Kind)
	require.Equal(t, "contracting", told[1].After.Words)
	require.Len(t, told, 2, "the gap changes on the day on which it binds")

	later := d.begin(domain.MustDate("2027-03-01"))
	require.Equal(t, KindBound, of(later, KindBound)[0].Kind)
	require.Equal(t, domain.ParticipantID("DEU"), of(later, KindBound)[0].Participant)
	require.Len(t, of(later, KindGapChanged), 1)

	page, _, _, err := d.notices.Page(context.Background(), NoticeFilter{Groups: []domain.GroupID{"EU"}, Kinds: []string{"participant.bound"}}, ID{}, 10)
	require.NoError(t, err)
	require.Len(t, page, 1, "nobody is told of history who did not ask")

	before, found, err := d.notices.Before(context.Background(), NoticeFilter{Kinds: []string{"action.*"}}, page[0].ID, 0)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, told[0].ID, before.ID)

	// Backwards, page by page, everything is told once, and as it is forwards.
	everything := NoticeFilter{Treaties: []domain.TreatyID{icmw}, Backfill: true}
	forwards, _, _, err := d.notices.Page(context.Background(), everything, ID{}, 10_000)
	require.NoError(t, err)
	var backwards []Notice
	for through, more := endOf(d.projection.Current().Position), true; more; {
		var some []Notice
		some, through, more, err = d.notices.LatestBefore(context.Background(), everything, through, 7)
		require.NoError(t, err)
		require.LessOrEqual(t, len(some), 7)
		backwards = append(backwards, some...)
	}
	slices.Reverse(backwards)
	require.Equal(t, forwards, backwards)
	latest, err := d.notices.Latest(context.Background(), everything, 1)
	require.NoError(t, err)
	require.Equal(t, forwards[len(forwards)-1:], latest)

	corrected := accession
	corrected.Date = domain.MustDate("2026-11-23")
	told = d.do(&domain.CorrectAction{Treaty: icmw, Record: told[0].Record, Action: corrected, Reason: "misread"})
	require.Equal(t, KindActionCorrected, told[0].Kind)
	require.Equal(t, "accession of 24 November 2026", told[0].Before.Words)
	require.Equal(t, "accession of 23 November 2026", told[0].After.Words)
}

// The Convention's history told as it happened: what happened to the treaty
// itself, and how many were bound, each on its day and in the order of telling.
func TestTheConventionDayByDay(t *testing.T) {
	if testing.Short() {
		t.Skip("day by day through thirty years")
	}
	d := openDepositary(t, "1990-12-18")
	days, acts := bundledActs(t, icmw)
	var told []string
	bound := 0
	note := func(notices []Notice) {
		for _, n := range notices {
			switch {
			case n.Treaty != icmw || n.Kind == KindGapChanged:
			case n.Kind == KindBound:
				require.Equal(t, n.Day, n.Date, "%s is told on its day", n.Title)
				bound++
				if line := fmt.Sprintf("%s %s", n.Day, n.Kind); n.Day.Year() > 2003 {
					continue
				} else if last := len(told) - 1; strings.HasPrefix(told[last], line) {
					told[last] = line + strings.Repeat("+", len(told[last])-len(line)+1)
				} else {
					told = append(told, line+"+")
				}
			case n.Participant == "":
				require.Equal(t, n.Day, n.Date, "%s is told on its day", n.Title)
				told = append(told, fmt.Sprintf("%s %s: %s [%s]", n.Day, n.Kind, n.Title, n.Article))
			}
		}
	}
	// Under its final clauses it takes effect on the first of a month; on the
	// other days nothing is told but what is received.
	for day, end := domain.MustDate("1990-12-19"), days[len(days)-1].AddDays(200); !day.After(end); day = day.AddDays(1) {
		if day.Day() == 1 || day.Year() == 2003 || len(acts[day]) > 0 {
			note(d.begin(day))
		}
		if len(acts[day]) > 0 {
			note(d.record(icmw, acts[day]...))
		}
	}
	require.Equal(t, []string{
		"2002-02-05 treaty.threshold-approaching: ICMW: one short of entry into force [87(1)]",
		"2003-03-14 treaty.threshold-met: ICMW: the condition for entry into force is met [87(1)]",
		"2003-07-01 treaty.in-force: ICMW has entered into force [87(1)]",
		"2003-07-01 participant.bound+++++++++++++++++++++", // twenty-one
		"2003-10-01 participant.bound+",
		"2007-09-11 procedure.counter-changed: ICMW, article 76: 1 declaration, before: 0 [76]",
		"2007-09-11 procedure.counter-changed: ICMW, article 77: 1 declaration, before: 0 [77]",
		"2008-09-15 procedure.counter-changed: ICMW, article 77: 2 declarations, before: 1 [77]",
		"2012-04-13 procedure.counter-changed: ICMW, article 77: 3 declarations, before: 2 [77]",
		"2015-01-23 procedure.counter-changed: ICMW, article 76: 2 declarations, before: 1 [76]",
		"2015-01-23 procedure.counter-changed: ICMW, article 77: 4 declarations, before: 3 [77]",
		"2018-01-12 procedure.counter-changed: ICMW, article 76: 3 declarations, before: 2 [76]",
		"2018-01-12 procedure.counter-changed: ICMW, article 77: 5 declarations, before: 4 [77]",
		"2019-02-01 procedure.counter-changed: ICMW, article 76: 4 declarations, before: 3 [76]",
	}, told)
	require.Equal(t, 60, bound)
}

// Several statements of one kind and day are told once each: who makes another
// does not change those before it.
func TestStatementsOfOneDay(t *testing.T) {
	d := openDepositary(t, "2026-11-24")
	d.begin(domain.MustDate("2026-11-24"))
	communication := func(text string) domain.Action {
		return domain.Action{Participant: "CIV", Kind: domain.Communication, Date: domain.MustDate("2026-11-24"), Statement: &domain.Statement{Text: text}}
	}
	for _, text := range []string{"one", "two", "three"} {
		var kinds []Kind
		for _, n := range d.record(icmw, communication(text)) {
			kinds = append(kinds, n.Kind)
		}
		require.Equal(t, []Kind{KindActionRecorded, KindStatementMade}, kinds, text)
	}
}

// A newer table tells what the ledger has learned from it, with the legal day,
// the day of the table and the day on which it was learned: Zimbabwe acceded to
// the ICMW on 5 November 2024, and the table of April 2024 could not say so.
func TestANewerTableTellsWhatItBrings(t *testing.T) {
	d := openDepositary(t, "2026-02-04")
	_, acts := bundledActs(t, icmw)
	var older []domain.Action
	for day, of := range acts {
		if day.Before(domain.MustDate("2024-05-01")) {
			older = append(older, of...)
		}
	}
	slices.SortStableFunc(older, func(a, b domain.Action) int { return a.Date.Compare(b.Date) })
	table := func(asAt string) *domain.CoverageStatement {
		return &domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate(asAt)}
	}
	d.do(&domain.RecordTable{Treaty: icmw, Actions: older, Coverage: table("2024-04-30"), Reason: "as the table has it"})
	d.begin(domain.MustDate("2026-02-04"))
	zimbabwe := domain.Action{Participant: "ZWE", Kind: domain.Accession, Date: domain.MustDate("2024-11-05")}
	told := d.do(&domain.RecordTable{Treaty: icmw, Actions: []domain.Action{zimbabwe}, Coverage: table("2026-02-03")})
	var titles []string
	for _, n := range told {
		require.False(t, n.Backfill, n.Title)
		titles = append(titles, fmt.Sprint(n.Kind, " ", n.Date, " ", n.AsAt, " ", n.Title))
	}
	require.Equal(t, []string{
		"action.learned 2024-11-05 2026-02-03 Zimbabwe: accession of 5 November 2024, now known (ICMW)",
		"treaty.coverage 2026-02-04  ICMW: every act is recorded as at 3 February 2026",
		"participant.bound 2025-03-01  Zimbabwe is bound by ICMW",
	}, titles[:3])
	require.Equal(t, KindGapChanged, told[3].Kind)
	require.Len(t, told, 4)
	require.Equal(t, domain.MustDate("2026-02-04"), told[0].Day)
}

// A first start records the bundled acts of a treaty, its statements and what
// answers them as one commit, which is told once, as a whole: nothing of it is
// news, and nothing is "now known" by itself.
func TestFirstStartIsToldOnceAsAWhole(t *testing.T) {
	d := openDepositary(t, "2026-11-29")
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	for _, id := range []domain.TreatyID{icmw, "IV-9", "XXVII-8", "V-2"} {
		var told []Notice
		commits := 0
		for _, command := range bundled.Commands() {
			if table, ok := command.(*domain.RecordTable); ok && table.Treaty == id {
				told = append(told, d.do(command)...)
				commits++
			}
			if stated, ok := command.(*domain.StateCoverage); ok && stated.Treaty == id { // a second source
				told = append(told, d.do(command)...)
			}
		}
		require.Equal(t, 1, commits, "%s", id)
		learned, objections := 0, 0
		for _, n := range told {
			require.True(t, n.Backfill, "%s: %s", n.Kind, n.Title)
			require.NotEqual(t, KindActionLearned, n.Kind, n.Title)
			switch {
			case n.Kind == KindTreatyLearned:
				learned++
			case n.Kind == KindActionRecorded && strings.Contains(n.Title, "objection"):
				objections++
			}
		}
		require.Equal(t, 1, learned, "%s", id)
		require.Equal(t, id == "XXVII-8" || id == "V-2", objections == 0, "%s", id)
	}
}
