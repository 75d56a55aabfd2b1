package node

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/recorder"
	"depositary/projections/notices"
)

// onClock returns a node a clock.
func onClock(c *apitest.Clock) func(*Options) { return func(o *Options) { o.Now = c.Now } }

// daysOf lists the days that a node's store holds, as their commands name them.
func daysOf(t *testing.T, n *Node) (days []string) {
	t.Helper()
	require.NoError(t, n.store.Scan(0, func(c eventstore.Commit) error {
		command := c.Commands[0]
		if day, ok := strings.CutPrefix(command.ID, "day:"); ok {
			require.Equal(t, CalendarActor, command.Actor)
			require.Equal(t, 1, command.Events)
			days = append(days, day)
		}
		return nil
	}))
	return days
}

// toldOf lists the notices of a participant and the ICMW, with their kinds and days.
func toldOf(t *testing.T, n *Node, p domain.ParticipantID) (told []string) {
	t.Helper()
	f := notices.NoticeFilter{Treaties: []domain.TreatyID{"IV-13"}, Participants: []domain.ParticipantID{p}}
	page, _, more, err := n.notices.Page(context.Background(), f, notices.ID{}, 1000)
	require.NoError(t, err)
	require.False(t, more)
	for _, notice := range page {
		told = append(told, fmt.Sprint(notice.Kind, " ", notice.Date, ", told on ", notice.Day))
	}
	return told
}

func accede(t *testing.T, n *Node, p domain.ParticipantID, day string) {
	t.Helper()
	_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: "accession-" + string(p), Actor: "test",
		Command: &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{{Participant: p, Kind: domain.Accession, Date: domain.MustDate(day)}}}})
	require.NoError(t, err)
}

// A day begins once however often a node is started on it; a stop of months
// begins one day, which tells what took effect on the days between, once.
func TestADayBeginsOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	folder, now := begun(t), apitest.NewClock("2026-11-24")
	session := func(do func(*Node)) {
		n, err := Open(context.Background(), Options{Patience: patience, Data: folder, Now: now.Now, BeginDay: domain.MustDate("2027-03-24")})
		require.NoError(t, err)
		do(n)
		require.NoError(t, n.Close())
	}
	var told []string
	for range 2 {
		session(func(n *Node) {
			require.Equal(t, []string{"2026-11-24"}, daysOf(t, n))
			require.NoError(t, n.BeginDay(context.Background()))
			require.Equal(t, []string{"2026-11-24"}, daysOf(t, n))
		})
	}
	session(func(n *Node) { accede(t, n, "DEU", "2026-11-24"); accede(t, n, "FRA", "2026-11-20") })
	session(func(n *Node) { told = toldOf(t, n, "DEU") })
	require.Equal(t, []string{"action.recorded 2026-11-24, told on 2026-11-24", "participant.status-changed 2026-11-24, told on 2026-11-24"}, told)

	now.Advance(120 * 24 * time.Hour) // bound from 1 March, and the node starts on 24 March
	for range 2 {
		session(func(n *Node) {
			require.Equal(t, []string{"2026-11-24", "2027-03-24"}, daysOf(t, n))
			require.Equal(t, append(told, "participant.bound 2027-03-01, told on 2027-03-24"), toldOf(t, n, "DEU"))
			require.Contains(t, toldOf(t, n, "FRA"), "participant.bound 2027-03-01, told on 2027-03-24")
		})
	}
	// The same with the store made again from the stream: what is told stays.
	now.Advance(24 * time.Hour)
	session(func(n *Node) {
		require.Equal(t, []string{"2026-11-24", "2027-03-24", "2027-03-25"}, daysOf(t, n))
		require.Equal(t, append(told, "participant.bound 2027-03-01, told on 2027-03-24"), toldOf(t, n, "DEU"))
	})
}

// Two nodes on one ledger begin a day once, when both start on it and when both
// run into it; what it tells is the same on both.
func TestTwoNodesBeginADayOnce(t *testing.T) {
	t.Parallel()
	url, now := ledgertest.StartServer(t), apitest.NewClock("2026-11-24")
	nodes, folders := make([]*Node, 2), []string{begunOn(t, url, now), t.TempDir()}
	var starting sync.WaitGroup
	for i, folder := range folders {
		starting.Go(func() {
			nodes[i] = openNode(t, folder, onClock(now), func(o *Options) { o.NATS, o.BeginDay = url, domain.MustDate("2027-03-24") })
		})
	}
	starting.Wait()
	allMayRecord(t, nodes...)
	accede(t, nodes[0], "DEU", "2026-11-24")
	for _, days := range []int{1, 119} {
		now.Advance(time.Duration(days) * 24 * time.Hour)
		var beginning sync.WaitGroup
		for _, n := range append(nodes, nodes...) {
			beginning.Go(func() { require.NoError(t, n.BeginDay(context.Background())) })
		}
		beginning.Wait()
	}
	last, err := nodes[0].ledger.Last(context.Background())
	require.NoError(t, err)
	for _, n := range nodes {
		require.NoError(t, n.projection.Await(context.Background(), last))
		require.Equal(t, []string{"2026-11-24", "2026-11-25", "2027-03-24"}, daysOf(t, n))
	}
	require.Contains(t, toldOf(t, nodes[0], "DEU"), "participant.bound 2027-03-01, told on 2027-03-24")
	require.Equal(t, toldOf(t, nodes[0], "DEU"), toldOf(t, nodes[1], "DEU"))
	require.Equal(t, nodes[0].Views().Hash, nodes[1].Views().Hash)
}

// A clock that is a year ahead for a minute begins no day: it could not be taken
// back. The node says so; an operator says that a clock is right.
func TestADayFarAheadDoesNotBeginByItself(t *testing.T) {
	t.Parallel()
	folder, now := begun(t), apitest.NewClock("2026-11-24")
	n := openNode(t, folder, onClock(now))
	now.Advance(36 * 24 * time.Hour)
	var ahead *DayAheadError
	require.ErrorAs(t, n.BeginDay(t.Context()), &ahead)
	require.Equal(t, []string{"2026-11-24"}, daysOf(t, n))
	faults := n.Faults()
	require.Len(t, faults, 1)
	require.Equal(t, partCalendar, faults[0].Part)
	require.Contains(t, faults[0].Action, "--begin-day 2026-12-30")
	require.False(t, faults[0].Reading || faults[0].Writing)

	now.Advance(-24 * time.Hour) // set right: 35 days after the last one
	require.NoError(t, n.BeginDay(t.Context()))
	require.Empty(t, n.Faults())
	now.Advance(300 * 24 * time.Hour)
	require.ErrorAs(t, n.BeginDay(t.Context()), &ahead)
	n.o.BeginDay = n.Today()
	require.NoError(t, n.BeginDay(t.Context()), "the operator says that it is right")
	require.Equal(t, []string{"2026-11-24", "2026-12-29", "2027-10-25"}, daysOf(t, n))
}

// A node whose clock is behind that of another begins no day that has passed.
func TestAClockThatIsBehindBeginsNoDay(t *testing.T) {
	t.Parallel()
	url, ahead, behind := ledgertest.StartServer(t), apitest.NewClock("2026-11-25"), apitest.NewClock("2026-11-24")
	first := openNode(t, begunOn(t, url, behind), onClock(ahead), func(o *Options) { o.NATS = url })
	second := openNode(t, t.TempDir(), onClock(behind), func(o *Options) { o.NATS = url })
	allMayRecord(t, first, second)
	require.NoError(t, second.BeginDay(context.Background()))
	require.Equal(t, []string{"2026-11-25"}, daysOf(t, first))
	require.Equal(t, []string{"2026-11-25"}, daysOf(t, second))
	accede(t, second, "DEU", "2026-11-24")
	require.Contains(t, toldOf(t, second, "DEU"), "action.recorded 2026-11-24, told on 2026-11-25")
}

// While a node runs, the day begins at midnight in the depositary's zone.
func TestADayBeginsAtMidnight(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 5*60*60+30*60)
	now := apitest.ClockAt(time.Date(2026, 11, 24, 23, 59, 59, 990_000_000, zone))
	n := openNode(t, begun(t), onClock(now), func(o *Options) { o.Zone = zone })
	before := n.Position()
	require.Equal(t, []string{"2026-11-24"}, daysOf(t, n))
	now.Advance(20 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	require.NoError(t, n.projection.Await(ctx, before+1))
	require.Equal(t, []string{"2026-11-24", "2026-11-25"}, daysOf(t, n))
}

// In an empty ledger no day begins; the first commit is what it begins with.
func TestAnEmptyLedgerHasNoDay(t *testing.T) {
	t.Parallel()
	now := apitest.NewClock("2026-11-24")
	n := openNode(t, t.TempDir(), onClock(now), func(o *Options) { o.Empty = true })
	require.NoError(t, n.BeginDay(context.Background()))
	require.Zero(t, n.Position())

	_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: "first", Actor: "test",
		Command: &domain.Define{Treaty: &domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty"}}})
	require.NoError(t, err)
	require.NoError(t, n.BeginDay(context.Background()))
	require.Equal(t, []string{"2026-11-24"}, daysOf(t, n))
	require.Equal(t, eventstore.Position(2), n.Position())
}

// Who only checks a ledger finds it as it was, on whichever day.
func TestAStillNodeBeginsNoDay(t *testing.T) {
	t.Parallel()
	folder, end := filled(t)
	n := openNode(t, folder, onClock(apitest.NewClock("2099-01-01")), func(o *Options) { o.Still = true })
	_, err := n.Verify(context.Background())
	require.NoError(t, err)
	require.Equal(t, end.Hash, n.Views().Hash)
}

// Another command under the id of a day is no day: it is not taken for one.
func TestADayWhoseIDIsTaken(t *testing.T) {
	t.Parallel()
	now := apitest.NewClock("2026-11-24")
	n := openNode(t, begun(t), onClock(now))
	_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: "day:2026-11-25", Actor: "test", Command: remark("in the way")})
	require.NoError(t, err)
	now.Advance(24 * time.Hour)
	require.ErrorContains(t, n.BeginDay(context.Background()), "beginning the day 2026-11-25")
	now.Advance(24 * time.Hour)
	require.NoError(t, n.BeginDay(context.Background()))
	day, _ := n.Views().State.DayAt(domain.Everything())
	require.Equal(t, "2026-11-26", day.String())
}

// Where clocks are put forward at midnight, 00:00 does not exist; the hour
// before it must not become one of incessant looking.
func TestAMidnightThatDoesNotExist(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	for hour := range 24 {
		n := &Node{o: Options{Zone: zone, Now: func() time.Time { return time.Date(2018, 11, 3, hour, 30, 0, 0, zone) }}}
		require.GreaterOrEqual(t, n.untilMidnight(), time.Second, "at %d:30", hour)
	}
}
