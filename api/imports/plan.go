package imports

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"depositary/domain"
	v1 "depositary/eventstore/codec/v1"
)

// Plan holds what a file says against the state, and returns a report of every
// cell and the commands that would record what is to be recorded: first the
// definitions, then one table for each treaty. It changes nothing.
//
// Each claim is judged by the law on what the ones before it leave, in the
// order in which a table is decided: corrections, new acts by date, at last
// contradictions. So the commands are accepted as they are, as long as the
// state is the one that was planned on; they say so (Seen).
func Plan(state *domain.State, today domain.Date, table *Table, accept Accept) (*Report, []domain.Command) {
	report, commands, _ := PlanWhile(context.Background(), state, today, table, accept) // which does not end
	return report, commands
}

// PlanWhile plans as Plan does, for as long as somebody waits for it: when ctx ends
// it returns the context's error.
func PlanWhile(ctx context.Context, state *domain.State, today domain.Date, table *Table, accept Accept) (*Report, []domain.Command, error) {
	p := &planner{ledger: state, draft: state.Edit(), today: today, table: table, accept: accept, reason: reasonOf(table.Source), sources: map[string]bool{table.Source.Name: true}}
	report := &Report{
		File: table.Source.File, Format: table.Format, Source: table.Source.Name, Edition: table.Source.Edition, Rank: table.Source.Rank, Accept: accept.String(),
		Rows: table.Rows, Cells: table.Cells, Treaties: []TreatyReport{}, Findings: slices.Clone(table.Findings), Limits: table.Limits,
	}
	p.weights(report)
	var treaties []*treatyPlan
	for i := range table.Treaties {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		treaties = append(treaties, p.treaty(&table.Treaties[i]))
	}
	for _, t := range treaties {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		t.plan()
		report.Treaties = append(report.Treaties, t.report)
	}
	report.count()
	return report, append(p.definitions, p.tables...), nil
}

func reasonOf(s Source) string {
	reason := "import of " + s.File
	if s.Edition != "" {
		reason += ", edition " + s.Edition
	}
	return reason
}

// planner plans one file.
type planner struct {
	unknown map[string]error // by name: why it finds nobody
	ledger  *domain.State    // as it is
	draft   *domain.Draft    // with what is planned so far
	placed  uint32           // events in the draft
	today   domain.Date
	table   *Table
	accept  Accept
	reason  string

	sources map[string]bool // all that the file names

	definitions, tables []domain.Command
}

// decide asks the law about a command on what is planned so far. Where it is
// accepted, it is part of the plan from now on.
func (p *planner) decide(command domain.Command) domain.Decision {
	d := p.draft.Decide(command, p.today)
	if !d.Accepted() || slices.ContainsFunc(d.Queries, func(q domain.Finding) bool { return !p.accept.Passes(q.Code) }) {
		d.Events = nil
		return d
	}
	for _, entry := range domain.Place(command, d.Events, domain.RecordID{Position: p.ledger.Position() + 1, N: p.placed}) {
		p.placed++
		if err := p.draft.Apply(entry); err != nil {
			d.Events = nil
			d.Refusals = append(d.Refusals, domain.Finding{Code: domain.CodeUnknownTreaty, Kind: domain.Rejected, Message: err.Error()})
			break
		}
	}
	return d
}

// weights plans the weight tables of the file. What is held already is no news.
func (p *planner) weights(r *Report) {
	for _, t := range p.table.Treaties {
		for _, w := range t.Weights {
			command := &domain.Define{Weights: []domain.Weights{w}, Reason: p.reason}
			d := p.decide(command)
			switch {
			case d.Accepted():
				p.definitions = append(p.definitions, command)
			case len(d.Refusals) != 1 || d.Refusals[0].Code != domain.CodeNothingChanged:
				at := Place{File: p.table.Source.File, Text: fmt.Sprintf("weight table %s, edition %s", w.ID, w.Edition)}
				r.Findings = append(r.Findings, p.unaccepted(at, t.Treaty.ID, d)...)
			}
		}
	}
}

// unaccepted makes findings of what the law has against something.
func (p *planner) unaccepted(at Place, treaty domain.TreatyID, d domain.Decision) (findings []Finding) {
	for _, f := range d.Refusals {
		done := "not recorded"
		if f.Accepted != "" {
			done += "; accepted would be: " + f.Accepted
		}
		findings = append(findings, Finding{Place: at, Code: Code(f.Code), Message: f.Message, Article: f.Article, Done: done, Treaty: treaty})
	}
	if len(findings) > 0 {
		return findings
	}
	for _, f := range d.Queries {
		if !p.accept.Passes(f.Code) {
			done := fmt.Sprintf("not recorded, as it is unusual; if the table is right, it passes with accept=%s or accept=all", f.Code)
			findings = append(findings, Finding{Place: at, Code: Code(f.Code), Message: f.Message, Article: f.Article, Done: done, Treaty: treaty})
		}
	}
	return findings
}

// treatyPlan plans what a file says about one treaty.
type treatyPlan struct {
	*planner
	id         domain.TreatyID
	claims     []*planned // by the legal day
	objections []*planned // whose targets are found when all else is settled
	covers     *domain.CoverageStatement
	history    *domain.History
	report     TreatyReport
}

// planned is a claim on its way through the plan.
type planned struct {
	*Claim
	action  domain.Action   // with participant and provenance
	outcome Outcome         // empty until it is settled
	record  domain.RecordID // that it has on the draft, where the law accepts it
	answers *planned        // of an objection: the claim of the reservation that it answers
	target  domain.RecordID
}

func (p *planner) treaty(t *TreatyTable) *treatyPlan {
	plan := &treatyPlan{planner: p, id: t.Treaty.ID, covers: t.Coverage, report: TreatyReport{Treaty: t.Treaty.ID, Title: t.Treaty.Title, Checks: t.Checks, Acts: []ActReport{}}}
	for i := range t.Claims {
		claim := &t.Claims[i]
		c := &planned{Claim: claim, action: p.sourced(claim)}
		if claim.Answers != nil {
			plan.objections = append(plan.objections, c)
		} else {
			plan.claims = append(plan.claims, c)
		}
	}
	slices.SortStableFunc(plan.claims, func(a, b *planned) int {
		return cmp.Or(a.action.Date.Compare(b.action.Date), order(a.action.Kind)-order(b.action.Kind))
	})
	if id, ok := p.ledger.FindTreaty(string(plan.id)); ok {
		plan.id, plan.report.Treaty = id, id
	}
	if held, ok := p.ledger.Treaty(plan.id, domain.Everything()); ok {
		plan.report.Title = held.Title
		plan.history = p.ledger.History(plan.id, domain.Axes{})
	} else if t.Named {
		plan.unknownTreaty(string(t.Treaty.ID))
	} else if len(plan.claims) > 0 { // a treaty without claims is not added
		plan.define(t.Treaty)
	}
	return plan
}

// order sorts acts of one day as they follow from each other. Who consents on
// the day of his withdrawal has withdrawn first.
func order(kind domain.ActionKind) int {
	switch {
	case kind == domain.ConfirmationOfSignature, kind == domain.Withdrawal, kind == domain.WithdrawalOfConsent:
		return 1
	case kind.IsConsent():
		return 2
	case kind.IsSignature():
		return 0
	}
	return 3
}

// sourced returns the act of a claim with the place from which it was taken.
func (p *planner) sourced(c *Claim) domain.Action {
	s := p.table.Source
	a := c.Action
	var told domain.Attestation // of the act itself, in files that are compiled from several sources
	if a.Provenance != nil {
		told = a.Provenance.Attestation
	}
	a.Provenance = &domain.Provenance{
		Attestation: domain.Attestation{Source: cmp.Or(told.Source, s.Name), Verification: cmp.Or(told.Verification, s.Verification, "unverified")},
		Edition:     s.Edition, File: s.File, Row: c.Line, Column: c.Column, Rank: s.Rank,
	}
	p.sources[a.Provenance.Source] = true
	return a
}

// unknownTreaty leaves the acts of a treaty that the file only names, and that
// the ledger does not have.
func (t *treatyPlan) unknownTreaty(name string) {
	for _, c := range append(t.claims, t.objections...) {
		t.leave(c, t.finding(c, TreatyUnknown, "not recorded; accepted would be the number of a treaty, such as IV-13 or C097, or the id or short name of one that is recorded",
			"there is no treaty %s", name))
	}
}

// define adds a treaty that is not held, as the file tells it. Its clauses are
// unknown: nothing is computed from them.
func (t *treatyPlan) define(told domain.Treaty) {
	told.Short = cmp.Or(told.Short, string(told.ID))
	told.Title = cmp.Or(told.Title, string(told.ID))
	if told.Source == "" {
		told.Attestation = domain.Attestation{Source: t.table.Source.Name, Verification: cmp.Or(t.table.Source.Verification, "unverified")}
	}
	t.report.Title = told.Title
	command := &domain.Define{Treaty: &told, Reason: t.reason, Seen: t.ledger.Position()}
	d := t.decide(command)
	if !d.Accepted() {
		at := Place{File: t.table.Source.File, Text: string(told.ID)}
		t.report.Findings = append(t.report.Findings, t.unaccepted(at, told.ID, d)...)
		for _, c := range append(t.claims, t.objections...) {
			c.outcome = NotRecorded
		}
		return
	}
	t.report.Defined = true
	t.definitions = append(t.definitions, command)
}

func (t *treatyPlan) plan() {
	for _, c := range t.claims {
		if c.outcome == "" {
			t.find(c)
		}
	}
	remaining := t.reconcile()
	t.judge()
	t.answer()
	t.disappeared(remaining)
	t.command()
	for _, c := range t.claims {
		t.report.Acts = append(t.report.Acts, ActReport{Place: c.Place, Written: c.Claim.Participant, Participant: c.action.Participant,
			Action: c.action.Kind, Date: c.action.Date, Effect: c.action.Effect, Outcome: c.outcome, Record: c.target})
	}
}

// leave settles that a claim is not recorded, and says why.
func (t *treatyPlan) leave(c *planned, findings ...Finding) {
	c.outcome = NotRecorded
	t.report.Findings = append(t.report.Findings, findings...)
}

func (t *treatyPlan) finding(c *planned, code Code, done, format string, args ...any) Finding {
	return Finding{Place: c.Place, Code: code, Message: fmt.Sprintf(format, args...), Done: done, Treaty: t.id}
}

// judge asks the law about every claim that would be recorded, in the order in
// which a table is decided.
func (t *treatyPlan) judge() {
	for _, outcome := range []Outcome{Corrected, Recorded, Contested} {
		for _, c := range t.claims {
			if c.outcome != outcome {
				continue
			}
			if t.implausible(c) {
				continue
			}
			command := &domain.RecordTable{Treaty: t.id, Reason: t.reason}
			add(command, c)
			if d := t.decide(command); !d.Accepted() {
				t.leave(c, t.unaccepted(c.Place, t.id, d)...)
				c.target = domain.RecordID{}
				continue
			}
			c.record = domain.RecordID{Position: t.ledger.Position() + 1, N: t.placed}
		}
	}
}

// mostYears is how long after an act its effect is plausible. The longest delay
// of a clause is two years; a slip in the year is a century.
const mostYears = 5

// implausible leaves an act whose stated day of effect lies many years after it,
// unless the caller lets that pass.
func (t *treatyPlan) implausible(c *planned) bool {
	effect := c.action.Effect
	if effect.IsZero() || t.accept.Passes(domain.Code(EffectImplausible)) || !effect.After(c.action.Date.AddYears(mostYears)) {
		return false
	}
	t.leave(c, t.finding(c, EffectImplausible, fmt.Sprintf("not recorded, as it is unusual; if the table is right, it passes with accept=%s or accept=all", EffectImplausible),
		"the day of effect, %s, is more than %d years after the act of %s", effect.Long(), mostYears, c.action.Date.Long()))
	c.target = domain.RecordID{}
	return true
}

func add(command *domain.RecordTable, c *planned) {
	switch c.outcome {
	case Recorded:
		command.Actions = append(command.Actions, c.action)
	case Corrected:
		command.Corrections = append(command.Corrections, domain.Assertion{Record: c.target, Action: c.action})
	case Contested:
		command.Conflicts = append(command.Conflicts, domain.Assertion{Record: c.target, Action: c.action})
	}
}

// Bounds of one command, well below what the law and the ledger take.
const (
	mostActs  = 5_000
	mostBytes = 512 << 10
	extent    = 300 // bytes of an event beside its act
)

// command makes the command of what passed; a table that is too large for one
// goes on in another.
func (t *treatyPlan) command() {
	var command *domain.RecordTable
	at := make(map[*planned]placedIn)
	acts, size := 0, 0
	for _, outcome := range []Outcome{Corrected, Recorded, Contested} {
		for _, c := range t.claims {
			if c.outcome != outcome {
				continue
			}
			content, _ := json.Marshal(v1.FromAction(c.action)) // plain data cannot fail
			length := len(content) + len(t.reason) + extent
			full := command == nil || acts == mostActs || size+length > mostBytes
			if c.answers != nil && (full || at[c.answers].command != command) {
				t.leave(c, t.finding(c, TextKeptOut, "not recorded; it is recorded when the file is imported once more",
					"the reservation that it answers is recorded in a commit of its own, as the file is large"))
				continue
			}
			if full {
				seen := uint64(0)
				if command == nil && !t.report.Defined {
					seen = t.ledger.Position()
				}
				command, acts, size = &domain.RecordTable{Treaty: t.id, Reason: t.reason, Seen: seen}, 0, 0
				t.tables = append(t.tables, command)
			}
			if c.answers != nil {
				c.action = answering(c.action, domain.InCommand(at[c.answers].n))
			}
			add(command, c)
			at[c] = placedIn{command, len(command.Actions)}
			acts, size = acts+1, size+length
		}
	}
	t.cover(command)
}

// cover adds to the last command up to which day the table lists every act,
// where that is not recorded already, of this table or of a later one.
func (t *treatyPlan) cover(last *domain.RecordTable) {
	if t.covers == nil || slices.ContainsFunc(t.ledger.CoverageStatements(t.id), func(c domain.CoverageRecord) bool {
		return c.Statement.Extent == domain.ExtentTable && len(c.Statement.Participants) == 0 && !c.Statement.AsAt.Before(t.covers.AsAt)
	}) {
		return
	}
	if _, held := t.ledger.Treaty(t.id, domain.Everything()); !held && !t.report.Defined {
		return
	}
	statement := *t.covers
	statement.Provenance = &domain.Provenance{
		Attestation: domain.Attestation{Source: t.table.Source.Name, Verification: cmp.Or(t.table.Source.Verification, "unverified")},
		Edition:     t.table.Source.Edition, File: t.table.Source.File, Rank: t.table.Source.Rank,
	}
	if last == nil {
		last = &domain.RecordTable{Treaty: t.id, Reason: t.reason, Seen: t.ledger.Position()}
		t.tables = append(t.tables, last)
	}
	last.Coverage = &statement
	t.report.Coverage = &CoverageReport{Extent: string(statement.Extent), AsAt: statement.AsAt}
}
