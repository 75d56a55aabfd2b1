package notices

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/projections"
)

// Source returns the notices of commits. They are derived when they are asked
// for, from the law as it was known before and after a commit: so they are the
// same on every node and at any later time, and cost nothing unless asked for.
// What was derived last is kept. Safe for concurrent use.
type Source struct {
	projection *projections.Projection
	store      eventstore.Store
	links      Linker

	mu      sync.Mutex
	kept    map[eventstore.Position]*derivation
	age     []eventstore.Position        // of kept, the oldest first
	history map[eventstore.Position]bool // whether a commit records only history: it stays so
}

// derivation is the notices of one commit, derived once by who comes first.
type derivation struct {
	once    sync.Once
	notices []Notice
	err     error
}

// Bounds of what is kept, and of what one question looks at.
const (
	keptCommits  = 4096
	knownHistory = 64 << 10
	lookedAtMost = 20_000 // commits that one page passes over
	derivedMost  = 1_000  // commits that one page derives
)

// NewSource returns the notices of what the projection shows, with the links that
// a server makes for them; without links where links is nil.
func NewSource(p *projections.Projection, store eventstore.Store, links Linker) *Source {
	return &Source{projection: p, store: store, links: links, kept: make(map[eventstore.Position]*derivation), history: make(map[eventstore.Position]bool)}
}

// At returns all notices of the commit at a position, in their order; none beyond
// the end of the views.
func (n *Source) At(p eventstore.Position) ([]Notice, error) {
	views := n.projection.Current()
	if p == 0 || p > views.Position {
		return nil, nil
	}
	d := n.keep(p)
	d.once.Do(func() { d.notices, d.err = n.derive(views, p) })
	return d.notices, d.err
}

// Passing returns what At returns, for who passes once through the whole ledger:
// what is old is derived and not kept, so that it does not push out what others ask
// for.
func (n *Source) Passing(p eventstore.Position) ([]Notice, error) {
	views := n.projection.Current()
	if p > views.Position || views.Position-p < keptCommits/64 {
		return n.At(p)
	}
	return n.derive(views, p)
}

// Matching returns the notices of the commit at a position that the filter asks
// for, in their order. It does not look at the law where there can be none.
func (n *Source) Matching(f NoticeFilter, p eventstore.Position) (matching []Notice, err error) {
	if p == 0 || p > n.projection.Current().Position || !n.worthwhile(f, p) {
		return nil, nil
	}
	notices, err := n.At(p)
	for _, notice := range notices {
		if f.Matches(notice) {
			matching = append(matching, notice)
		}
	}
	return matching, err
}

func (n *Source) keep(p eventstore.Position) *derivation {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d, ok := n.kept[p]; ok {
		return d
	}
	if len(n.age) == keptCommits {
		delete(n.kept, n.age[0])
		n.age = n.age[1:]
	}
	d := new(derivation)
	n.kept[p], n.age = d, append(n.age, p)
	return d
}

func (n *Source) derive(views *projections.Views, p eventstore.Position) ([]Notice, error) {
	commit, err := n.store.Read(p)
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	entries, err := codec.NewDecoder().Commit(commit)
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return derive(views, commit.Header, entries, n.links), nil
}

// Foreseen returns the notices of a commit that is not made: of the entries, which
// would stand just behind the views and leave the law as after has it.
func (n *Source) Foreseen(views *projections.Views, after *domain.State, entries []domain.Entry, now time.Time) []Notice {
	return derive(views.Next(after, now), eventstore.Header{Position: views.Position + 1, Recorded: now}, entries, n.links)
}

// Page returns notices after an id that the filter asks for, at most limit. It
// looks at a bounded number of commits: through is the id up to which it has
// looked, from where the next page goes on, also where nothing was found. more
// reports whether the ledger goes on behind it.
func (n *Source) Page(ctx context.Context, f NoticeFilter, after ID, limit int) (page []Notice, through ID, more bool, err error) {
	last := n.projection.Current().Position
	through, first := after, after.Position
	if first == 0 {
		first = 1
	}
	looked, derived := 0, 0
	for p := range n.positions(f, first, last) {
		if looked++; looked > lookedAtMost || derived > derivedMost || ctx.Err() != nil {
			return page, through, true, ctx.Err()
		}
		if !n.worthwhile(f, p) {
			through = endOf(p)
			continue
		}
		notices, err := n.At(p)
		if err != nil {
			return page, through, true, err
		}
		derived++
		for _, notice := range notices {
			if notice.ID.Compare(after) <= 0 || !f.Matches(notice) {
				continue
			}
			if len(page) == limit {
				return page, page[limit-1].ID, true, nil
			}
			page = append(page, notice)
		}
		through = endOf(p)
	}
	if end := endOf(last); end.Compare(through) > 0 {
		through = end
	}
	return page, through, false, nil
}

// endOf returns the id behind which the notices of the next commit stand.
func endOf(p eventstore.Position) ID { return ID{p, afterAll} }

// Latest returns the last notices that the filter asks for, the newest first. It
// looks back at a bounded number of commits.
func (n *Source) Latest(ctx context.Context, f NoticeFilter, limit int) ([]Notice, error) {
	latest, _, _, err := n.LatestBefore(ctx, f, endOf(n.projection.Current().Position), limit)
	return latest, err
}

// LatestBefore returns the last notices before an id that the filter asks for,
// the newest first. It looks back at a bounded number of commits: through is
// the id down to which it has looked, before which the next page goes on, also
// where nothing was found. more reports whether there is anything before it.
func (n *Source) LatestBefore(ctx context.Context, f NoticeFilter, id ID, limit int) (latest []Notice, through ID, more bool, err error) {
	from := min(id.Position, n.projection.Current().Position)
	through, more, err = n.backwards(ctx, f, from, max(from, lookedAtMost)-lookedAtMost, derivedMost, func(notice Notice) bool {
		if notice.ID.Compare(id) < 0 {
			latest = append(latest, notice)
		}
		return len(latest) < limit
	})
	return latest, through, more, err
}

// Before returns the last notice before id that the filter asks for. It looks
// back to the commit after floor, and no further; false where there is none.
func (n *Source) Before(ctx context.Context, f NoticeFilter, id ID, floor eventstore.Position) (before Notice, found bool, err error) {
	_, _, err = n.backwards(ctx, f, id.Position, floor, math.MaxInt, func(notice Notice) bool {
		if notice.ID.Compare(id) < 0 {
			before, found = notice, true
		}
		return !found
	})
	return before, found, err
}

// backwards calls fn with matching notices from the commit at from down to the
// one after floor, until fn has enough or so many commits were derived. It returns
// the id down to which it has looked, and whether there is anything before it.
func (n *Source) backwards(ctx context.Context, f NoticeFilter, from, floor eventstore.Position, most int, fn func(Notice) bool) (through ID, more bool, err error) {
	derived := 0
	for p := range n.positionsBack(f, floor+1, from) {
		if err := ctx.Err(); err != nil || derived == most {
			return endOf(p), true, err
		}
		if !n.worthwhile(f, p) {
			continue
		}
		notices, err := n.At(p)
		if err != nil {
			return endOf(p), true, err
		}
		derived++
		for _, notice := range slices.Backward(notices) {
			if f.Matches(notice) && !fn(notice) {
				return notice.ID, notice.ID.N > 1 || p > 1, nil
			}
		}
	}
	return endOf(floor), floor > 0, nil
}

// positionsBack returns the positions of a span from the last to the first.
func (n *Source) positionsBack(f NoticeFilter, first, last eventstore.Position) func(yield func(eventstore.Position) bool) {
	if len(f.Treaties) == 0 || last >= first+lookedAtMost { // the index returns the first positions of a span, not the last
		return func(yield func(eventstore.Position) bool) {
			for p := last; p >= first && yield(p); p-- {
			}
		}
	}
	chosen := slices.Collect(n.positions(f, first, last))
	slices.Reverse(chosen)
	return slices.Values(chosen)
}

// positions returns the commits from first to last that can have notices that the
// filter asks for.
func (n *Source) positions(f NoticeFilter, first, last eventstore.Position) func(yield func(eventstore.Position) bool) {
	if len(f.Treaties) == 0 {
		return func(yield func(eventstore.Position) bool) {
			for p := first; p <= last && yield(p); p++ {
			}
		}
	}
	// What is recorded of a protocol's parent can change the protocol, and days
	// and the registry concern all.
	const most = lookedAtMost + 1 // of each, so that a page that ends before the last of them knows it
	chosen := n.store.ByTreaty(eventstore.Many, first-1, most)
	for _, id := range n.projection.Current().State.Families(f.Treaties...) {
		chosen = append(chosen, n.store.ByTreaty(string(id), first-1, most)...)
	}
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	return func(yield func(eventstore.Position) bool) {
		for _, p := range chosen {
			if p > last || !yield(p) {
				return
			}
		}
	}
}

// worthwhile reports whether the commit can have notices that the filter asks
// for: whole imports of history are passed over without looking at the law, and
// however many ask, a commit is read for that once.
func (n *Source) worthwhile(f NoticeFilter, p eventstore.Position) bool {
	if f.Backfill {
		return true
	}
	n.mu.Lock()
	history, looked := n.history[p]
	n.mu.Unlock()
	if looked {
		return !history
	}
	commit, err := n.store.Read(p)
	if err != nil {
		return true // At will tell
	}
	entries, err := codec.NewDecoder().Commit(commit)
	if err != nil {
		return true
	}
	history = onlyHistory(n.projection.Current(), commit.Header, entries)
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.history) == knownHistory {
		clear(n.history)
	}
	n.history[p] = history
	return !history
}

// onlyHistory reports whether a commit has nothing to tell but the history that
// a ledger begins with: the first acts of a treaty, before the first day began.
// It may report false of such a commit, and never true of another.
func onlyHistory(views *projections.Views, h eventstore.Header, entries []domain.Entry) bool {
	if _, begun := views.State.DayAt(projections.UpTo(h.Position)); begun {
		return false
	}
	for treaty, of := range byTreaty(entries) {
		begin, held := beginOf(views, treaty)
		first, recorded := views.State.FirstRecord(treaty)
		if !held || !recorded || first != uint64(h.Position) || hasNews(begin, of) {
			return false
		}
	}
	return true
}

// isHistory reports whether the depositary had received an act before the day
// from which on what it receives is news.
func isHistory(begin domain.Date, a *domain.Action) bool {
	return !begin.IsZero() && a.ReceivedOn().Before(begin)
}

// hasHistory reports whether an act of the commit is history.
func hasHistory(begin domain.Date, entries []domain.Entry) bool {
	return slices.ContainsFunc(entries, func(e domain.Entry) bool {
		recorded, ok := e.Event.(*domain.ActionRecorded)
		return ok && isHistory(begin, &recorded.Action)
	})
}

// hasNews reports whether the commit has anything but history and what says until
// when it is recorded.
func hasNews(begin domain.Date, entries []domain.Entry) bool {
	return slices.ContainsFunc(entries, func(e domain.Entry) bool {
		switch event := e.Event.(type) {
		case *domain.ActionRecorded:
			return !isHistory(begin, &event.Action)
		case *domain.ActionContested:
			return !isHistory(begin, &event.Action)
		case *domain.CoverageStated:
			return false
		}
		return true
	})
}

// asAtOf returns the day of the table that a commit records, no date where it
// states none.
func asAtOf(entries []domain.Entry) domain.Date {
	for _, e := range entries {
		if stated, ok := e.Event.(*domain.CoverageStated); ok && stated.Coverage.Extent == domain.ExtentTable {
			return stated.Coverage.AsAt
		}
	}
	return domain.Date{}
}
