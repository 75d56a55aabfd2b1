// Package domaintest helps tests of the law and of what stands on it: the
// catalogue as a state, a ledger in memory that decides and applies commands,
// and the facts that they rest on.
package domaintest

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
)

// Today is the day on which the tests decide, unless they set another.
var Today = domain.MustDate("2026-06-30")

// BundledReason lets the queries pass that the bundled acts raise.
const BundledReason = "bundled acts, taken over as their source gives them"

// Ledger decides and applies commands one after the other, each at the next
// position. The states that it went through stay as they were.
type Ledger struct {
	State *domain.State
	Today domain.Date

	t testing.TB
}

// NewLedger returns a ledger that begins from a state.
func NewLedger(t testing.TB, from *domain.State) *Ledger {
	return &Ledger{State: from, Today: Today, t: t}
}

// Decide asks the law, and applies nothing.
func (l *Ledger) Decide(c domain.Command) domain.Decision { return l.State.Decide(c, l.Today) }

// Do decides a command, requires that it is accepted, and applies its events.
// It returns the ids of their records.
func (l *Ledger) Do(c domain.Command) []domain.RecordID {
	l.t.Helper()
	draft := l.State.Edit()
	d, entries, err := draft.Do(c, l.Today, domain.RecordID{Position: l.State.Position() + 1})
	require.NoError(l.t, err)
	require.Empty(l.t, d.Refusals)
	require.True(l.t, d.Accepted(), "queries: %v", d.Queries)
	l.State = draft.Freeze()
	ids := make([]domain.RecordID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return ids
}

// Apply puts events into the next state as one commit, without asking the law.
func (l *Ledger) Apply(treaty domain.TreatyID, events ...domain.Event) []domain.RecordID {
	l.t.Helper()
	draft := l.State.Edit()
	position := l.State.Position() + 1
	ids := make([]domain.RecordID, len(events))
	for i, e := range events {
		ids[i] = domain.RecordID{Position: position, N: uint32(i + 1)}
		require.NoError(l.t, draft.Apply(domain.Entry{ID: ids[i], Treaty: treaty, Event: e}))
	}
	l.State = draft.Freeze()
	return ids
}

// Record records acts that run into no query.
func (l *Ledger) Record(treaty domain.TreatyID, acts ...domain.Action) []domain.RecordID {
	l.t.Helper()
	return l.Do(&domain.RecordActions{Treaty: treaty, Actions: acts})
}

// RecordBecause records acts with a reason that lets queries pass.
func (l *Ledger) RecordBecause(reason string, treaty domain.TreatyID, acts ...domain.Action) []domain.RecordID {
	l.t.Helper()
	return l.Do(&domain.RecordActions{Treaty: treaty, Actions: acts, Reason: reason})
}

// Put applies acts as they are, in one commit, without asking the law.
func (l *Ledger) Put(treaty domain.TreatyID, acts ...domain.Action) []domain.RecordID {
	l.t.Helper()
	events := make([]domain.Event, len(acts))
	for i, a := range acts {
		events[i] = &domain.ActionRecorded{Action: a}
	}
	return l.Apply(treaty, events...)
}

// Redefine applies a changed version of a treaty without asking the law.
func (l *Ledger) Redefine(id domain.TreatyID, change func(*domain.Treaty)) {
	l.t.Helper()
	held, ok := l.State.Treaty(id, domain.Everything())
	require.True(l.t, ok, "treaty %s", id)
	changed := *held
	change(&changed)
	l.Apply(id, &domain.TreatyDefined{Treaty: changed})
}

// Complete states that every act of the treaty is recorded, on whatever day one
// asks, so that a participant without acts has not acted.
func (l *Ledger) Complete(treaty domain.TreatyID) {
	l.t.Helper()
	l.Apply(treaty, &domain.CoverageStated{Coverage: domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.LastDay}})
}

// Annul takes a record back.
func (l *Ledger) Annul(treaty domain.TreatyID, record domain.RecordID) []domain.RecordID {
	l.t.Helper()
	return l.Do(&domain.AnnulRecord{Treaty: treaty, Record: record, Reason: "recorded by mistake"})
}

// History returns what follows from the acts of a treaty, of all that was
// received and is known.
func (l *Ledger) History(id domain.TreatyID) *domain.History {
	return l.State.History(id, domain.Axes{})
}

// Standing returns where a participant stands on a day.
func (l *Ledger) Standing(treaty domain.TreatyID, p domain.ParticipantID, day string) domain.Standing {
	return l.History(treaty).Course(p).On(domain.MustDate(day))
}

// Act makes an act of a day; change sets what else it says.
func Act(p domain.ParticipantID, kind domain.ActionKind, day string, change ...func(*domain.Action)) domain.Action {
	a := domain.Action{Participant: p, Kind: kind, Date: domain.MustDate(day)}
	for _, f := range change {
		f(&a)
	}
	return a
}

// Says returns an act a statement about articles.
func Says(text string, articles ...string) func(*domain.Action) {
	return func(a *domain.Action) {
		a.Statement = &domain.Statement{Text: text, Language: "en", Articles: articles}
	}
}

// Answers returns an act a statement about a record, with or without words.
func Answers(target domain.RecordID, text string, articles ...string) func(*domain.Action) {
	return func(a *domain.Action) {
		a.Statement = &domain.Statement{Text: text, Articles: articles, Target: target}
	}
}

// To directs the statement of an act at a record.
func To(target domain.RecordID) func(*domain.Action) {
	return func(a *domain.Action) {
		if a.Statement == nil {
			a.Statement = &domain.Statement{Text: "objects"}
		}
		a.Statement.Target = target
	}
}

// Effective states the day of effect of an act.
func Effective(day string) func(*domain.Action) {
	return func(a *domain.Action) { a.Effect = domain.MustDate(day) }
}

var catalogueOnce sync.Once
var definitions, migration, loaded *domain.State

// MigrationTreaties are the treaties on migrant workers and on their smuggling
// and trafficking.
var MigrationTreaties = []domain.TreatyID{"C097", "C143", "C189", "IV-13", "XVIII-12-a", "XVIII-12-b"}

// Definitions returns the state after the definitions of the catalogue:
// participants, groups, weight tables and treaties, and no act. It is that of a
// depositary which records everything: a participant without acts has not acted.
func Definitions(t testing.TB) *domain.State {
	t.Helper()
	fill(t)
	return definitions
}

// Migration returns the state after the definitions of the catalogue and the
// bundled acts of six treaties on migration. Every other treaty has no act, so
// that a test records the acts that it is about.
func Migration(t testing.TB) *domain.State {
	t.Helper()
	fill(t)
	return migration
}

// Catalogue returns the state after the whole catalogue, bundled acts included.
func Catalogue(t testing.TB) *domain.State {
	t.Helper()
	fill(t)
	return loaded
}

func fill(t testing.TB) {
	t.Helper()
	catalogueOnce.Do(func() {
		l := NewLedger(t, domain.NewState())
		LoadDefinitions(l)
		for _, treaty := range l.State.Treaties(domain.Everything()) {
			l.Complete(treaty.ID)
		}
		definitions = l.State
		LoadActions(l, MigrationTreaties...)
		migration = l.State
		l = NewLedger(t, definitions)
		LoadActions(l)
		loaded = l.State
	})
	require.NotNil(t, loaded, "the catalogue did not load")
}

// LoadDefinitions records the definitions of the catalogue in the order in
// which a ledger begins with them.
func LoadDefinitions(l *Ledger) {
	l.t.Helper()
	c, err := catalogue.Load()
	require.NoError(l.t, err)
	l.Do(&domain.Define{Participants: c.Participants})
	l.Do(&domain.Define{Groups: c.Groups})
	l.Do(&domain.Define{Weights: c.Weights})
	for i := range c.Treaties {
		l.Do(&domain.Define{Treaty: &c.Treaties[i], Reason: BundledReason})
	}
}

// LoadActions records the bundled acts of the treaties named, of all where none
// is, and returns the queries that the reason let pass, by treaty.
func LoadActions(l *Ledger, of ...domain.TreatyID) map[domain.TreatyID][]domain.Finding {
	l.t.Helper()
	c, err := catalogue.Load()
	require.NoError(l.t, err)
	queries := make(map[domain.TreatyID][]domain.Finding)
	for _, bundled := range c.Actions {
		if len(bundled.Actions) == 0 || len(of) > 0 && !slices.Contains(of, bundled.Treaty) {
			continue
		}
		d := l.Decide(&domain.RecordTable{Treaty: bundled.Treaty, Actions: bundled.All, Conflicts: bundled.Assertions(), Reason: BundledReason})
		require.Empty(l.t, d.Refusals, "treaty %s", bundled.Treaty)
		queries[bundled.Treaty] = d.Queries
		l.Apply(bundled.Treaty, d.Events...)
	}
	return queries
}
