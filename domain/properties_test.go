package domain_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// The properties hold over histories that the law itself lets through: acts of
// a few States in respect of a convention that enters into force with three.

var states = []domain.ParticipantID{"DEU", "EGY", "FRA", "MEX", "MLI", "TUR"}

var firstDay = domain.MustDate("2000-01-01")

// smallTreaty returns a ledger with the convention and no act about it.
func smallTreaty(t *testing.T) *domaintest.Ledger {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Redefine(icmw, func(treaty *domain.Treaty) {
		treaty.Stated = nil
		treaty.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("3 consents"), Then: domain.MustDelay("first of the month after 3 months")}
		treaty.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year"), LaterDate: true}
	})
	return l
}

// generated returns a history: what was recorded, as it was recorded, and the
// ledger after each record.
func generated(t *rapid.T, from *domaintest.Ledger) (entries []domain.Entry, ledgers []domaintest.Ledger) {
	l := *from
	ledgers = append(ledgers, l)
	day := firstDay
	var statements []domain.RecordID
	kinds := []domain.ActionKind{domain.Signature, domain.Ratification, domain.Accession, domain.Accession, domain.Withdrawal, domain.RevocationOfWithdrawal,
		domain.WithdrawalOfConsent, domain.Reservation, domain.OptionalDeclaration, domain.Objection, domain.ProvisionalApplication,
		domain.EndOfProvisional, domain.Communication, domain.ConfirmationOfReservation, domain.WithdrawalOfReservation, domain.PartialWithdrawal,
		domain.ModificationOfReservation, domain.AcceptanceOfReservation, domain.WithdrawalOfObjection, domain.WithdrawalOfDeclaration,
		domain.IntentionNotToBecomeParty}
	for range rapid.IntRange(5, 40).Draw(t, "steps") {
		// Not always forward: what happened earlier may be recorded later.
		day = later(firstDay, day.AddDays(rapid.IntRange(-60, 200).Draw(t, "days")))
		a := domain.Action{Participant: rapid.SampledFrom(states).Draw(t, "who"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Date: day}
		if a.Kind.IsStatement() {
			a.Statement = &domain.Statement{Text: "states", Articles: []string{"77"}}
		}
		if a.Kind.Answers() && len(statements) > 0 {
			if a.Statement == nil {
				a.Statement = &domain.Statement{Articles: []string{"77"}}
			}
			a.Statement.Target = rapid.SampledFrom(statements).Draw(t, "target")
			a.Statement.Precluding = a.Kind == domain.Objection && rapid.Bool().Draw(t, "precluding")
		}
		d := l.Decide(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{a}, Reason: "generated"})
		if !d.Accepted() {
			continue
		}
		id := l.Apply(icmw, d.Events...)[0]
		if a.Statement != nil {
			statements = append(statements, id)
		}
		entries = append(entries, domain.Entry{ID: id, Treaty: icmw, Event: d.Events[0]})
		l.History(icmw) // what a state has answered is kept, and may not go stale
		ledgers = append(ledgers, l)
	}
	return entries, ledgers
}

func later(a, b domain.Date) domain.Date {
	if a.After(b) {
		return a
	}
	return b
}

// truth is what a history says, without the names of records.
type truth struct {
	MetOn, InForce domain.Date
	Ladders        map[domain.ParticipantID][]domain.Standing
	Procedure      []domain.ParticipantID
	Lives          []string          // of statements
	Relations      []domain.Relation // at the end
}

func truthOf(h *domain.History) truth {
	told := truth{MetOn: h.MetOn, InForce: h.InForce, Ladders: make(map[domain.ParticipantID][]domain.Standing)}
	for _, c := range h.Courses {
		var ladder []domain.Standing
		for _, s := range c.Standings {
			s.Cause, s.Why = domain.RecordID{}, ""
			if n := len(ladder); n > 0 {
				same := ladder[n-1]
				if same.From = s.From; same == s {
					continue
				}
			}
			ladder = append(ladder, s)
		}
		if len(ladder) > 0 {
			told.Ladders[c.Participant] = ladder
		}
	}
	for _, c := range h.Procedures(domain.LastDay)[1].Counted {
		told.Procedure = append(told.Procedure, c.Participant)
	}
	for _, c := range h.Courses {
		for i, s := range c.Statements {
			told.Lives = append(told.Lives, fmt.Sprintf("%s %s %s: %s", c.Participant, s.Act.Action().Kind, s.Act.Action().Date, life(h, c.Participant, i)))
		}
	}
	slices.Sort(told.Lives)
	for i, of := range states {
		for _, with := range states[i+1:] {
			r := h.Relation(of, with, domain.LastDay)
			told.Relations = append(told.Relations, domain.Relation{Of: of, With: with, InForce: r.InForce, Since: r.Since, Rule: r.Rule})
		}
	}
	return told
}

func forHistories(t *testing.T, property func(t *rapid.T, empty *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger)) {
	t.Helper()
	empty := smallTreaty(t)
	rapid.Check(t, func(t *rapid.T) {
		entries, ledgers := generated(t, empty)
		property(t, empty, entries, ledgers)
	})
}

func end(ledgers []domaintest.Ledger) *domaintest.Ledger { return &ledgers[len(ledgers)-1] }

func TestOrderOfRecordingDoesNotMatter(t *testing.T) {
	forHistories(t, func(t *rapid.T, empty *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger) {
		order := rapid.Permutation(entries).Draw(t, "order")
		renamed := make(map[domain.RecordID]domain.RecordID)
		for i, e := range order {
			renamed[e.ID] = domain.RecordID{Position: empty.State.Position() + uint64(i) + 1, N: 1}
		}
		draft := empty.State.Edit()
		for _, e := range order {
			a := e.Event.(*domain.ActionRecorded).Action
			if a.Statement != nil {
				s := *a.Statement
				s.Target, a.Statement = renamed[s.Target], &s
			}
			require.NoError(t, draft.Apply(domain.Entry{ID: renamed[e.ID], Treaty: icmw, Event: &domain.ActionRecorded{Action: a}}))
		}
		require.Equal(t, truthOf(end(ledgers).History(icmw)), truthOf(draft.Freeze().History(icmw, domain.Axes{})))
	})
}

func TestWhatIsTakenBackIsAsIfNeverMade(t *testing.T) {
	forHistories(t, func(t *rapid.T, _ *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger) {
		if len(entries) == 0 {
			return
		}
		l := *end(ledgers)
		want := truthOf(l.History(icmw))
		e := rapid.SampledFrom(entries).Draw(t, "corrected")
		a := e.Event.(*domain.ActionRecorded).Action
		a.Date = a.Date.AddDays(rapid.IntRange(1, 500).Draw(t, "shift"))

		correction := l.Apply(icmw, &domain.ActionCorrected{Record: e.ID, Action: a, Reason: "misread"})[0]
		again := l.Apply(icmw, &domain.ActionCorrected{Record: e.ID, Action: a, Reason: "misread again"})[0]
		for _, id := range []domain.RecordID{again, correction} {
			l.Do(&domain.AnnulRecord{Treaty: icmw, Record: id, Reason: "it was right"})
		}
		require.Equal(t, want, truthOf(l.History(icmw)), "a correction undone")

		added := l.Put(icmw, domain.Action{Participant: a.Participant, Kind: domain.Accession, Date: firstDay.AddDays(-1)})[0]
		annulment := l.Do(&domain.AnnulRecord{Treaty: icmw, Record: added, Reason: "recorded by mistake"})[0]
		require.Equal(t, want, truthOf(l.History(icmw)), "a record undone")

		l.Do(&domain.AnnulRecord{Treaty: icmw, Record: annulment, Reason: "it was right"})
		l.Do(&domain.AnnulRecord{Treaty: icmw, Record: added, Reason: "it was wrong after all"})
		require.Equal(t, want, truthOf(l.History(icmw)), "an annulment undone, and made again")
	})
}

func TestWhatWasKnownStaysAsItWas(t *testing.T) {
	forHistories(t, func(t *rapid.T, _ *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger) {
		l := *end(ledgers)
		if len(entries) > 0 { // and corrections change what is known now only
			e := rapid.SampledFrom(entries).Draw(t, "annulled")
			l.Annul(icmw, e.ID)
		}
		for _, earlier := range ledgers {
			position := earlier.State.Position()
			want := truthOf(earlier.History(icmw))
			require.Equal(t, want, truthOf(l.State.History(icmw, domain.Axes{KnownAt: domain.UpTo(position)})), "known at %d", position)
		}
	})
}

// The status of a day follows from the acts up to that day: none of these acts
// looks back.
func TestTheFutureDoesNotChangeThePast(t *testing.T) {
	forHistories(t, func(t *rapid.T, empty *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger) {
		day := firstDay.AddDays(rapid.IntRange(0, 3000).Draw(t, "as of"))
		draft := empty.State.Edit()
		for _, e := range entries {
			if !e.Event.(*domain.ActionRecorded).Action.Date.After(day) {
				require.NoError(t, draft.Apply(e))
			}
		}
		all, known := end(ledgers).History(icmw), draft.Freeze().History(icmw, domain.Axes{})
		require.Equal(t, known.CountsOn(day), all.CountsOn(day))
		for _, p := range states {
			want, got := known.Course(p).On(day), all.Course(p).On(day)
			want.Why, got.Why, want.From, got.From = "", "", domain.Date{}, domain.Date{}
			require.Equal(t, want, got, "%s on %s", p, day)
		}
		want, got := known.Explain(day), all.Explain(day)
		require.Equal(t, want, got)
	})
}

func TestExplanationsAddUp(t *testing.T) {
	forHistories(t, func(t *rapid.T, _ *domaintest.Ledger, _ []domain.Entry, ledgers []domaintest.Ledger) {
		h := end(ledgers).History(icmw)
		day := firstDay.AddDays(rapid.IntRange(0, 3000).Draw(t, "as of"))
		deposited := 0
		for _, c := range h.Courses {
			for _, p := range c.Periods {
				if !p.Deposited.After(day) {
					deposited++
				}
			}
		}
		e := h.Explain(day)
		require.Equal(t, deposited, len(e.Counted)+len(e.NotCounted), "every consent deposited is in one of the two lists")
		require.Equal(t, float64(len(e.Counted)), e.Terms[0].Have)
		require.Equal(t, e.Status == domain.EntryNotMet, e.Required != "")
		require.Equal(t, e.Terms[0].Met, e.Required == "")
		for i, c := range e.Counted {
			require.Equal(t, i+1, c.Number)
		}
		for _, n := range e.NotCounted {
			require.NotEmpty(t, n.Reason)
		}
		n := h.CountsOn(day)
		require.LessOrEqual(t, n.Parties, n.Consents)
	})
}

func TestFoldedInOneGoOrStepByStep(t *testing.T) {
	forHistories(t, func(t *rapid.T, empty *domaintest.Ledger, entries []domain.Entry, ledgers []domaintest.Ledger) {
		draft := empty.State.Edit()
		for _, e := range entries {
			require.NoError(t, draft.Apply(e))
		}
		whole, steps := draft.Freeze(), end(ledgers).State
		require.Equal(t, steps.Position(), whole.Position())
		require.Equal(t, truthOf(steps.History(icmw, domain.Axes{})), truthOf(whole.History(icmw, domain.Axes{})))
		for _, c := range whole.History(icmw, domain.Axes{}).Courses {
			require.Equal(t, whole.Participation(icmw, c.Participant).Records(), steps.Participation(icmw, c.Participant).Records())
		}
		// The states that were gone through have stayed as they were.
		n := rapid.IntRange(0, len(entries)).Draw(t, "n")
		again := empty.State.Edit()
		for _, e := range entries[:n] {
			require.NoError(t, again.Apply(e))
		}
		require.Equal(t, truthOf(again.Freeze().History(icmw, domain.Axes{})), truthOf(ledgers[n].History(icmw)))
	})
}

func TestGeneratedHistoriesGoEverywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("the few histories of a short run need not reach every status")
	}
	seen := make(map[domain.Status]bool)
	forHistories(t, func(_ *rapid.T, _ *domaintest.Ledger, _ []domain.Entry, ledgers []domaintest.Ledger) {
		for _, ladder := range truthOf(end(ledgers).History(icmw)).Ladders {
			for _, s := range ladder {
				seen[s.Status] = true
			}
		}
	})
	for _, s := range []domain.Status{domain.Signatory, domain.Contracting, domain.Party, domain.WithdrawalNotified, domain.FormerParty} {
		require.True(t, seen[s], "no generated history reaches %q", s)
	}
}
