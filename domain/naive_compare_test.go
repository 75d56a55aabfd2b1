package domain_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// passedOver are the situations in which the engine reads the law in another
// way; a history that runs into one is not held against it. All of them are
// refused on recording, and can come about only by an annulment or a late
// record. Take a line away, and the engine has to agree there too.
var passedOver = map[doubt]bool{
	takenBackOnEntry: true,
}

// passedOverTogether are pairs of situations each of which the engine reads as
// the interpreter does, unless both come together: a consent waits for the one
// before it to end, and a further notice changes when that is.
var passedOverTogether = [][2]doubt{
	{secondNotice, boundBeforeConsent},
	{secondNotice, takenBackWhileWaiting},
	{revokedAndRenewed, revokedAfterJoining},
}

// The naive interpreter and the engine agree on what follows from generated
// histories, on all three axes.
func TestNaiveInterpreterAgrees(t *testing.T) {
	histories := 100_000
	switch {
	case raceDetector: // that goroutines share states shows in few
		histories = 500
	case testing.Short():
		histories = 5_000
	}
	workers := runtime.GOMAXPROCS(0)
	tallies := make([]tally, workers)
	started := time.Now()
	t.Run("all", func(t *testing.T) {
		for w := range workers {
			t.Run(fmt.Sprint(w), func(t *testing.T) {
				t.Parallel()
				// Those that are passed over do not count.
				for seed := w; tallies[w].histories-tallies[w].passed < histories/workers; seed += workers {
					tallies[w].compare(t, uint64(seed))
				}
			})
		}
	})
	var all tally
	for i := range tallies {
		all.add(&tallies[i])
	}
	t.Logf("%d histories agree, of %d with %d acts, in %d comparisons and %s; the law was asked in %d, %d were passed over", all.histories-all.passed, all.histories, all.acts, all.comparisons, time.Since(started).Round(time.Millisecond), all.asked, all.passed)
	t.Logf("met %d, in force %d, statuses %v", all.met, all.inForce, all.statuses)
	for d := range doubts {
		t.Logf("%s: %d readings run into it; of the disagreements looked at more closely %d have it", d, all.ranInto[d], all.disagreed[d])
	}
	require.NotZero(t, all.inForce)
}

// tally counts what the histories were.
type tally struct {
	histories, acts, comparisons, asked, met, inForce, passed int
	statuses                                                  map[domain.Status]int
	ranInto, disagreed                                        [doubts]int
}

func (c *tally) add(o *tally) {
	c.histories += o.histories
	c.acts += o.acts
	c.comparisons += o.comparisons
	c.asked += o.asked
	c.passed += o.passed
	c.met += o.met
	c.inForce += o.inForce
	if c.statuses == nil {
		c.statuses = make(map[domain.Status]int)
	}
	for s, n := range o.statuses {
		c.statuses[s] += n
	}
	for d := range doubts {
		c.ranInto[d] += o.ranInto[d]
		c.disagreed[d] += o.disagreed[d]
	}
}

// compare makes one history, and asks both about it.
func (c *tally) compare(t *testing.T, seed uint64) {
	c.histories++
	f := generate(seed)
	var l *domaintest.Ledger
	var begins uint64
	if seed%5 == 0 {
		c.asked++
		f, l, begins = f.decided(t)
		f.requireEdges(t, l)
	} else {
		l, begins = f.commit(t)
	}
	c.acts += len(f.deeds)
	for i, a := range f.axes() {
		r := interpret(f, convention, a)
		if i == 0 {
			c.noteReach(r, f)
		}
		c.comparisons++
		why := differs(f, l.State, begins, r)
		for d := range doubts {
			if r.runsInto[d] {
				c.ranInto[d]++
			}
		}
		if why == "" {
			continue
		}
		if r.passesOver() {
			c.passed++
			if c.passed > looksCloser {
				return
			}
		}
		// Of the whole history a doubt may be true that has nothing to do with it.
		f, r, why = smallest(t, f, a)
		if !r.passesOver() {
			t.Fatalf("%s\nas in the history of %s\n  runs into %s", why, f, r.doubtsText())
		}
		for d := range doubts {
			if r.runsInto[d] {
				c.disagreed[d]++
			}
		}
		return
	}
}

// looksCloser is how many histories with a doubt each worker makes smaller, to
// see that the two disagree for no other reason.
const looksCloser = 100

// passesOver reports whether a history runs into a situation that is passed over.
func (r *reading) passesOver() bool {
	for d := range doubts {
		if r.runsInto[d] && passedOver[d] {
			return true
		}
	}
	return slices.ContainsFunc(passedOverTogether, func(pair [2]doubt) bool { return r.runsInto[pair[0]] && r.runsInto[pair[1]] })
}

func (r *reading) doubtsText() string {
	var all []string
	for d := range doubts {
		if r.runsInto[d] {
			all = append(all, d.String())
		}
	}
	return strings.Join(all, ", ")
}

func (c *tally) noteReach(r *reading, f *file) {
	if c.statuses == nil {
		c.statuses = make(map[domain.Status]int)
	}
	if r.metOn != 0 {
		c.met++
	}
	if r.inForce != 0 {
		c.inForce++
	}
	for _, p := range r.people {
		c.statuses[r.status(p, leafOf(f.days[0]))]++
	}
}

// axes returns the axes on which a history is asked: all that is known, what was
// received by a day, what was recorded at a position, and both.
func (f *file) axes() []axes {
	received := leafOf(f.received)
	all := []axes{{}, {receivedBy: received}}
	if n := len(f.deeds); n > 1 {
		at := 1 + int(f.seed)%(n-1)
		all = append(all, axes{recorded: at})
		if f.seed%2 == 0 {
			all = append(all, axes{recorded: at, receivedBy: received})
		}
	}
	return all
}

// differs says where the engine answers otherwise than the reading.
func differs(f *file, s *domain.State, begins uint64, r *reading) string {
	engineAxes := domain.Axes{ReceivedBy: r.axes.receivedBy.date()}
	if r.axes.recorded > 0 {
		engineAxes.KnownAt = domain.UpTo(begins + uint64(r.axes.recorded))
	}
	h := s.History(convention, engineAxes)
	at := fmt.Sprintf("recorded %d, received by %s: ", r.axes.recorded, r.axes.receivedBy)
	if got := [2]domain.Date{h.MetOn, h.InForce}; got != [2]domain.Date{r.metOn.date(), r.inForce.date()} || h.Stated != r.published {
		return at + fmt.Sprintf("the engine has the condition met on %s, in force on %s (published %t), the interpreter %s, %s (%t)", h.MetOn, h.InForce, h.Stated, r.metOn, r.inForce, r.published)
	}
	for _, p := range r.people {
		if why := differsFor(f, h, r, p); why != "" {
			return at + why
		}
	}
	for _, d := range f.days {
		if got, want := h.CountsOn(d), r.counts(leafOf(d)); got != want {
			return at + fmt.Sprintf("on %s the engine counts %+v, the interpreter %+v", d, got, want)
		}
	}
	if got, want := h.Explain(f.days[0]).Status, r.entryStatus(leafOf(f.days[0])); got != want {
		return at + fmt.Sprintf("on %s the engine says %s, the interpreter %s", f.days[0], got, want)
	}
	return ""
}

func differsFor(f *file, h *domain.History, r *reading, p *person) string {
	course := h.Course(p.who.ID)
	var got []period
	for _, q := range course.Periods {
		bound := leafOf(q.Bound)
		if bound != 0 && passedOver[boundBeforeConsent] {
			bound = max(bound, leafOf(q.From))
		}
		got = append(got, period{leafOf(q.Deposited), leafOf(q.From), bound, leafOf(q.Until)})
	}
	if want := r.periods(p); fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Sprintf("%s: the engine has %v, the interpreter %v", p.who.ID, got, want)
	}
	if len(p.acts) == 0 && !r.wasBoundWithoutAct(p, day(len(calendar)-1)) {
		return "" // who has done nothing has no course, and no status but that
	}
	for _, d := range f.days {
		if got, want := course.On(d).Status, r.status(p, leafOf(d)); got != want {
			return fmt.Sprintf("%s on %s: the engine says %q, the interpreter %q", p.who.ID, d, got, want)
		}
		if got, want := course.On(d).Suspended, r.suspended(p, leafOf(d)); got != want {
			return fmt.Sprintf("%s on %s: the engine has its operation suspended %t, the interpreter %t", p.who.ID, d, got, want)
		}
		if got, want := course.On(d).Provisional, r.provisionally(p, leafOf(d)); got != want {
			return fmt.Sprintf("%s on %s: the engine has it applied provisionally %t, the interpreter %t", p.who.ID, d, got, want)
		}
		if got, want := course.On(d).IntendsNot, r.intendsNot(p, leafOf(d)); got != want {
			return fmt.Sprintf("%s on %s: the engine says that it does not intend to become a party %t, the interpreter %t", p.who.ID, d, got, want)
		}
	}
	return ""
}

// entryStatus says where the treaty stands on its way into force.
func (r *reading) entryStatus(d day) domain.EntryStatus {
	entry := r.entryKnownOn(d)
	switch {
	case entry != 0 && entry <= d:
		return "in force"
	case r.metOn != 0 && r.metOn <= d:
		return "condition met"
	}
	return "condition not met"
}

// smallest drops deed after deed, and simplifies clause after clause, for as
// long as the two still disagree.
func smallest(t *testing.T, f *file, a axes) (*file, *reading, string) {
	attempt := func(g *file, b axes) bool {
		if b != a || len(g.deeds) < len(f.deeds) || g.String() != f.String() {
			if disagreement(t, g, b) != "" {
				f, a = g, b
				return true
			}
		}
		return false
	}
	if a.recorded > 0 {
		attempt(f.without(func(i int) bool { return i >= a.recorded }), axes{receivedBy: a.receivedBy})
	}
	attempt(f, axes{recorded: a.recorded})
	for dropped := true; dropped; {
		dropped = false
		for i := len(f.deeds) - 1; i >= 0 && a.recorded == 0 && !dropped; i-- {
			dropped = attempt(f.without(func(j int) bool { return j == i }), a)
		}
		for _, simplify := range simplifications {
			dropped = attempt(simplify(f), a) || dropped
		}
	}
	l, begins := f.commit(t)
	r := interpret(f, convention, a)
	return f, r, differs(f, l.State, begins, r)
}

var simplifications = []func(*file) *file{
	simplerTreaty(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("1 consents") }),
	simplerTreaty(func(c *domain.Treaty) { c.EntryIntoForce.Then = domain.MustDelay("the same day") }),
	simplerTreaty(func(c *domain.Treaty) { c.LaterParties = &domain.EntryClause{Then: domain.MustDelay("the same day")} }),
	simplerTreaty(func(c *domain.Treaty) {
		if !strings.Contains(c.EntryIntoForce.When.String()+c.EntryIntoForce.Then.String(), "parent") && c.Amendment == nil {
			c.Parent = ""
		}
	}),
	simplerTreaty(func(c *domain.Treaty) { c.Stated = nil }),
	simplerTreaty(func(c *domain.Treaty) { c.Amendment = nil }),
	simplerTreaty(func(c *domain.Treaty) { c.Signature = &domain.SignatureClause{} }),
	simplerTreaty(func(c *domain.Treaty) {
		c.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year")}
	}),
	func(f *file) *file {
		g := *f
		g.groups = nil
		for _, group := range f.groups {
			g.groups = append(g.groups, &domain.Group{ID: group.ID, Name: group.Name})
		}
		return &g
	},
	func(f *file) *file {
		g := *f
		g.weights = nil
		return &g
	},
	func(f *file) *file {
		g := *f
		g.participants = slices.DeleteFunc(slices.Clone(f.participants), func(p *domain.Participant) bool {
			acts := slices.ContainsFunc(f.deeds, func(d deed) bool { return d.act != nil && d.act.Participant == p.ID })
			return !acts && len(p.Succeeds) == 0 && p.ID != "OLD"
		})
		return &g
	},
}

// simplerTreaty returns the history with a change to the convention's clauses.
func simplerTreaty(change func(*domain.Treaty)) func(*file) *file {
	return func(f *file) *file {
		g := *f
		changed := *f.treaties[1]
		rule := *changed.EntryIntoForce
		changed.EntryIntoForce = &rule
		change(&changed)
		g.treaties = []*domain.Treaty{f.treaties[0], &changed}
		return &g
	}
}

func disagreement(t *testing.T, f *file, a axes) string {
	l, begins := f.commit(t)
	return differs(f, l.State, begins, interpret(f, convention, a))
}

// decided puts every deed before the law, and returns the history of those that
// it let through. The interpreter examines withdrawals beside it.
func (f *file) decided(t *testing.T) (accepted *file, l *domaintest.Ledger, begins uint64) {
	l = f.ledger(t)
	begins = l.State.Position()
	accepted = f.without(func(int) bool { return true })
	records := make(map[int]domain.RecordID)
	for _, d := range f.deeds {
		if d.target != 0 && records[d.target].IsZero() {
			continue
		}
		event := d.event(records, f)
		if d.again == nil && d.group == nil {
			decision := l.Decide(d.command(records))
			if why := accepted.misjudged(d, decision); why != "" {
				t.Fatalf("%s\nafter the history of %s", why, accepted)
			}
			if !decision.Accepted() {
				continue
			}
			event = decision.Events[0]
		}
		records[d.number] = l.Apply(d.treaty, event)[0]
		accepted.deeds = append(accepted.deeds, d)
	}
	return accepted, l, begins
}

// misjudged says where the law lets a withdrawal pass that comes too early or
// outside its window, or holds it up as such although it does not.
func (f *file) misjudged(d deed, decision domain.Decision) string {
	if d.act == nil || d.target != 0 || d.act.Kind != domain.Withdrawal || d.treaty != convention {
		return ""
	}
	r := interpret(f, convention, axes{})
	want := r.objection(d.act.Participant, leafOf(d.act.Date))
	if r.passesOver() {
		return ""
	}
	var codes []domain.Code
	for _, refusal := range decision.Refusals {
		if refusal.Field == "actions[0].date" {
			codes = append(codes, refusal.Code)
		}
	}
	refused := len(codes) > 0 && (codes[0] == domain.CodeWithdrawalTooEarly || codes[0] == domain.CodeOutsideWindow)
	switch {
	case decision.Accepted() && want != "":
		return fmt.Sprintf("%s passes, although it is %s", d, want)
	case refused && codes[0] != want:
		return fmt.Sprintf("%s is refused as %s; the interpreter has %q against it", d, codes[0], want)
	}
	return ""
}

// requireEdges puts withdrawals before the law on the days on which the answer
// changes, and lets those in terms take effect.
func (f *file) requireEdges(t *testing.T, l *domaintest.Ledger) {
	r := interpret(f, convention, axes{})
	for _, p := range r.people {
		for _, edge := range r.edges(p) {
			for _, on := range []day{edge - 1, edge} {
				d := deed{number: 1000, treaty: convention, act: &domain.Action{Participant: p.who.ID, Kind: domain.Withdrawal, Date: on.date()}}
				if why := f.misjudged(d, l.Decide(d.command(nil))); why != "" {
					t.Fatalf("%s\nafter the history of %s", why, f)
				}
				if r.runsInTerms() {
					f.requireTerm(t, d)
				}
			}
		}
	}
}

func (f *file) requireTerm(t *testing.T, d deed) {
	left := *f
	left.deeds = append(slices.Clone(f.deeds), d)
	if why := disagreement(t, &left, axes{}); why != "" && !interpret(&left, convention, axes{}).passesOver() {
		t.Fatalf("%s\nas in the history of %s", why, &left)
	}
}

// edges returns the days on which a withdrawal by a participant begins, or
// ceases, to be possible, or to be in time for the end of the first term.
func (r *reading) edges(p *person) (edges []day) {
	clause := r.treaty.Withdrawal
	if clause == nil || r.inForce == 0 || len(p.stays) == 0 {
		return nil
	}
	if years, _, limited := strings.Cut(clause.NotBefore, " after "); limited {
		edges = append(edges, r.inForce.on(years))
		if bound := r.everBound(p, p.stays[0]); bound != 0 {
			edges = append(edges, bound.on(years))
		}
	}
	if open, every, limited := strings.Cut(clause.Window, " after each "); limited {
		opens := r.inForce
		if from := leafOf(clause.WindowFrom); from != 0 {
			opens = from
		}
		for range 3 {
			opens = opens.on(every)
			edges = append(edges, opens, opens.on(open))
		}
	}
	if clause.Periods != nil {
		end := r.inForce.on(clause.Periods.First.String())
		tooLate := end
		for (tooLate - 1).on(clause.Periods.Notice.String()) > end {
			tooLate--
		}
		edges = append(edges, tooLate)
	}
	return edges
}

// objection says what the clause has against a notice of withdrawal on a day.
func (r *reading) objection(id domain.ParticipantID, d day) domain.Code {
	clause := r.treaty.Withdrawal
	if clause == nil || clause.Rule == "none" {
		return ""
	}
	p := r.person(id)
	if years, forWhom, limited := strings.Cut(clause.NotBefore, " after entry into force"); limited {
		from := r.inForce
		if s := r.current(p, d); s != nil && forWhom == " for the party" {
			from = r.everBound(p, s)
		}
		if from != 0 && d < from.on(years) {
			return domain.CodeWithdrawalTooEarly
		}
	}
	if open, every, limited := strings.Cut(clause.Window, " after each "); limited && !r.inWindow(d, open, every) {
		return domain.CodeOutsideWindow
	}
	return ""
}

func (r *reading) inWindow(d day, open, every string) bool {
	opens := r.inForce
	if from := leafOf(r.treaty.Withdrawal.WindowFrom); from != 0 {
		opens = from
	}
	if opens == 0 {
		return true
	}
	for opens = opens.on(every); opens <= d; opens = opens.on(every) {
		if d < opens.on(open) {
			return true
		}
	}
	return false
}
