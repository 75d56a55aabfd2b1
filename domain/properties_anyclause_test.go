package domain_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// These properties hold under clauses of every shape, with corrections and
// annulments among the acts, and of acts that the law would refuse as well.

func propertyHistories(t *testing.T, property func(t *testing.T, f *file)) {
	t.Helper()
	histories := 4_000
	if raceDetector || testing.Short() {
		histories = 400
	}
	var f *file
	defer func() {
		if t.Failed() {
			t.Logf("in the history of %s", f)
		}
	}()
	for seed := range histories {
		f = generate(uint64(1_000_000 + seed))
		property(t, f)
	}
}

// told is what a history says of the convention, without the names of records.
func told(h *domain.History, days []domain.Date) string {
	text := fmt.Sprintln(h.MetOn, h.InForce, h.Stated)
	for _, c := range h.Courses {
		var before domain.Status
		for _, s := range c.Standings {
			if s.Status != before {
				text += fmt.Sprintln(c.Participant, s.From, s.Status)
				before = s.Status
			}
		}
		for _, p := range c.Periods {
			text += fmt.Sprintln(c.Participant, p.Deposited, p.From, p.Bound, p.Until)
		}
	}
	for _, d := range days {
		text += fmt.Sprintln(d, h.CountsOn(d), h.Explain(d).Status)
	}
	return text
}

func toldNow(l *domaintest.Ledger, f *file) string { return told(l.History(convention), f.days) }

// The order of recording does not change the status as of a day, known now.
func TestPropertyOrderOfRecordingUnderAnyClause(t *testing.T) {
	propertyHistories(t, func(t *testing.T, f *file) {
		f = f.without(func(i int) bool { return f.deeds[i].act != nil && f.twins(i) })
		l, _ := f.commit(t)
		other := *f
		other.deeds = reordered(f.deeds, rand.New(rand.NewPCG(f.seed, 8)))
		again, _ := other.commit(t)
		require.Equal(t, toldNow(l, f), toldNow(again, f), "recorded as\n%s", &other)
	})
}

// twins reports whether a record says the same of a participant and a day as an
// older one, in other words: of two such acts the one recorded first is taken.
// A deed of a group or a treaty, and a correction, are no twins of anything.
func (f *file) twins(i int) bool {
	d := f.deeds[i]
	return slices.ContainsFunc(f.deeds[:i], func(o deed) bool {
		return o.act != nil && o.act.Participant == d.act.Participant && o.act.Kind == d.act.Kind && o.act.Date == d.act.Date && o.treaty == d.treaty
	})
}

// reordered draws another order in which what answers a deed follows it; what
// answers the same deed, and versions of the same definition, keep their order.
func reordered(deeds []deed, r *rand.Rand) []deed {
	waiting := slices.Clone(deeds)
	held := map[int]bool{0: true}
	var order []deed
	for len(waiting) > 0 {
		i := r.IntN(len(waiting))
		d := waiting[i]
		earlier := slices.ContainsFunc(waiting[:i], func(o deed) bool {
			return (d.target != 0 && o.target == d.target) || (d.again != nil && o.again != nil) || (d.group != nil && o.group != nil)
		})
		if !held[d.target] || earlier {
			continue
		}
		held[d.number] = true
		order = append(order, d)
		waiting = slices.Delete(waiting, i, i+1)
	}
	return order
}

// A correction undone is as if never made, and so is a record undone.
func TestPropertyAnnulledIsAsIfNeverMade(t *testing.T) {
	propertyHistories(t, func(t *testing.T, f *file) {
		m := &maker{Rand: rand.New(rand.NewPCG(f.seed, 9)), file: f, last: make(map[domain.ParticipantID]domain.Action)}
		l, begins := f.commit(t)
		want := toldNow(l, f)
		i := m.IntN(len(f.deeds))
		if d := f.deeds[i]; d.act != nil && d.target == 0 {
			record := domain.RecordID{Position: begins + uint64(i) + 1, N: 1}
			correction := l.Apply(d.treaty, &domain.ActionCorrected{Record: record, Action: *m.corrected(d.act)})[0]
			l.Apply(d.treaty, &domain.RecordAnnulled{Record: correction, Participant: d.act.Participant})
			require.Equal(t, want, toldNow(l, f), "a correction of #%d undone", d.number)
		}
		added := m.makeAct()
		record := l.Apply(convention, &domain.ActionRecorded{Action: *added})[0]
		with := toldNow(l, f)
		annulment := l.Apply(convention, &domain.RecordAnnulled{Record: record, Participant: added.Participant})[0]
		require.Equal(t, want, toldNow(l, f), "%s undone", deed{treaty: convention, act: added})
		l.Apply(convention, &domain.RecordAnnulled{Record: annulment, Participant: added.Participant})
		require.Equal(t, with, toldNow(l, f), "the annulment undone")
	})
}

// What was known at a position does not change when more is recorded.
func TestPropertyKnownAtNeverChanges(t *testing.T) {
	propertyHistories(t, func(t *testing.T, f *file) {
		l := f.ledger(t)
		records := make(map[int]domain.RecordID)
		var then []string
		var positions []uint64
		for _, d := range f.deeds {
			records[d.number] = l.Apply(d.treaty, d.event(records, f))[0]
			then = append(then, toldNow(l, f))
			positions = append(positions, l.State.Position())
		}
		for i, position := range positions {
			h := l.State.History(convention, domain.Axes{KnownAt: domain.UpTo(position)})
			require.Equal(t, then[i], told(h, f.days), "known at %d", position)
		}
	})
}

// The view that grew with each record equals the one that is built in one go.
func TestPropertyGrownEqualsRebuilt(t *testing.T) {
	propertyHistories(t, func(t *testing.T, f *file) {
		grown := f.ledger(t)
		draft := f.ledger(t).State.Edit()
		records := make(map[int]domain.RecordID)
		for _, d := range f.deeds {
			event := d.event(records, f)
			records[d.number] = grown.Apply(d.treaty, event)[0]
			grown.History(convention) // what was computed must not go stale
			require.NoError(t, draft.Apply(domain.Entry{ID: records[d.number], Treaty: d.treaty, Event: event}))
		}
		rebuilt := draft.Freeze()
		require.Equal(t, toldNow(grown, f), told(rebuilt.History(convention, domain.Axes{}), f.days))
		axes := domain.Axes{ReceivedBy: f.received}
		require.Equal(t, told(grown.State.History(convention, axes), f.days), told(rebuilt.History(convention, axes), f.days))
	})
}

// explainedOtherwise are the units of terms whose explanation is known not to
// sum: of signatories it lists instruments of others too, and of the members of
// a named list it leaves out an organization that has consented. Take a line
// away, and it has to sum there too.
var explainedOtherwise = map[string]bool{"signatories": true, "members": true}

// The explanation of a count sums to the count: of a condition of one term
// those that counted are as many as the term says, every consent deposited by
// the day is in one of the two lists, and no participant has counted twice.
func TestPropertyExplanationsSum(t *testing.T) {
	propertyHistories(t, func(t *testing.T, f *file) {
		l, _ := f.commit(t)
		h := l.History(convention)
		if r := interpret(f, convention, axes{}); r.passesOver() {
			return // such as one that has two consents at once
		}
		for _, d := range f.days {
			e := h.Explain(d)
			requireAllListed(t, h, e, d)
			requireSum(t, e)
			if !h.Stated { // a published day may stand where the deposits fall short
				require.Equal(t, e.Status == domain.EntryNotMet, e.Required != "", "%s on %s: %v", e.Condition, d, e.Terms)
			}
		}
	})
}

func requireSum(t *testing.T, e domain.EntryExplanation) {
	t.Helper()
	seen := make(map[domain.ParticipantID]bool)
	for i, c := range e.Counted {
		require.Equal(t, i+1, c.Number)
		if c.Action == domain.Notification {
			continue // who has consented may have notified too
		}
		require.False(t, seen[c.Participant], "%s counts twice", c.Participant)
		seen[c.Participant] = true
	}
	if len(e.Terms) != 1 {
		return
	}
	if unit := e.Terms[0].Unit; unit == "consents" || (unit == "members" || unit == "signatories") && !explainedOtherwise[unit] {
		require.Equal(t, e.Terms[0].Have, float64(len(e.Counted)), "%s: %v, not %v", e.Condition, e.Counted, e.NotCounted)
	}
}

func requireAllListed(t *testing.T, h *domain.History, e domain.EntryExplanation, asOf domain.Date) {
	t.Helper()
	deposited := 0
	for _, c := range h.Courses {
		for _, p := range c.Periods {
			if !p.Deposited.After(asOf) {
				deposited++
			}
		}
	}
	listed := 0 // a condition on notifications lists them too
	for _, c := range e.Counted {
		if c.Action != domain.Notification {
			listed++
		}
	}
	for _, c := range e.NotCounted {
		if c.Action != domain.Notification {
			listed++
		}
	}
	require.Equal(t, deposited, listed, "on %s", asOf)
}
