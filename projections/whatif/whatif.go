// Package whatif asks what would follow in law from actions that no one has
// taken, and whose consent would make a difference next.
//
// Nothing of it is recorded. Assumed actions are decided by the law itself, on
// what the depositary had received by the as-of day; what the law refuses is a
// *RefusedError. A set of participants is shown only after it was tried.
package whatif

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
	"depositary/projections/notices"
)

// WhatIf is what would follow in law from assumed actions. Nothing
// of it is recorded.
//
// A hypothesis is decided on what the depositary had received by the as-of
// day, or by the day that receivedBy names: what came later would stand in its
// way. For today that is everything.
type WhatIf struct {
	Hypothetical bool                  `json:"hypothetical" doc:"Always true: nothing of this was recorded"`
	Axes         projections.Axes      `json:"axes"`
	Settled      domain.Date           `json:"settled" doc:"Day by which all that is supposed has taken effect" format:"date"`
	Acts         []HypotheticalAct     `json:"acts" doc:"What is supposed, as it was decided"`
	Queries      []model.Finding       `json:"queries" doc:"What would be unusual; it does not stand in the way of a hypothesis"`
	Treaties     []WhatIfTreaty        `json:"treaties" doc:"The treaties concerned: those of the acts, and those that enter into force by them"`
	Changes      []notices.LegalChange `json:"changes" doc:"On the settled day, what would differ from what follows without the hypothesis"`
}

// HypotheticalAct is one act that is supposed.
type HypotheticalAct struct {
	Record      domain.RecordID      `json:"record" doc:"Under which the changes name it; no record of the ledger"`
	Treaty      domain.TreatyID      `json:"treaty"`
	TreatyShort string               `json:"treatyShort"`
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Action      domain.ActionKind    `json:"action"`
	Date        domain.Date          `json:"date" format:"date"`
}

// WhatIfTreaty is one treaty with and without the hypothesis.
type WhatIfTreaty struct {
	Treaty     projections.TreatyHead `json:"treaty"`
	Entry      EntryChange            `json:"entryIntoForce" doc:"As it follows on the settled day"`
	Procedures ProcedureChange        `json:"procedures" doc:"Optional procedures on the settled day"`
	AsOf       WhatIfDay              `json:"asOf" doc:"On the as-of day"`
	Settled    WhatIfDay              `json:"settled" doc:"On the settled day"`
	Relations  RelationsChange        `json:"relations,omitzero" doc:"On the settled day; absent where it is not known who else is bound"`
}

// EntryChange explains entry into force without and with the hypothesis.
type EntryChange struct {
	Before model.EntryExplanation `json:"before"`
	After  model.EntryExplanation `json:"after"`
}

// ProcedureChange is the optional procedures without and with the hypothesis.
type ProcedureChange struct {
	Before []model.Procedure `json:"before"`
	After  []model.Procedure `json:"after"`
}

// WhatIfDay is the figures of one day without and with the hypothesis.
type WhatIfDay struct {
	Day    domain.Date  `json:"day" format:"date"`
	Before model.Counts `json:"before,omitzero"`
	After  model.Counts `json:"after,omitzero"`
	Gap    *GapChange   `json:"gap,omitempty" doc:"Absent where no migrant stock is recorded for the day"`
}

// GapChange is what the hypothesis changes in the gap. Both days are measured
// with the stock of the as-of day.
type GapChange struct {
	Before     GapFigures        `json:"before"`
	After      GapFigures        `json:"after"`
	Points     float64           `json:"points" doc:"Points of the covered share that the hypothesis adds"`
	Definition gap.GapDefinition `json:"definition"`
	Stock      gap.StockUsed     `json:"stock"`
}

// GapFigures are the headline figures of a gap.
type GapFigures struct {
	CoveredShare   float64 `json:"coveredShare" doc:"Percent of the world's migrants who live in a State that is bound"`
	Receiving      int     `json:"receiving"`
	ReceivingBound int     `json:"receivingBound"`
}

// RelationsChange is the pairs of participants between which the treaty would
// come into force, or would no longer be in force.
type RelationsChange struct {
	Begun      int           `json:"begun" doc:"How many pairs"`
	Ended      int           `json:"ended" doc:"How many pairs"`
	BegunPairs []domain.Pair `json:"begunPairs" doc:"The first hundred of them"`
	EndedPairs []domain.Pair `json:"endedPairs" doc:"The first hundred of them"`

	unknown bool // it is not known who else is bound
}

// IsZero reports that the change is not known: an answer leaves it out.
func (r RelationsChange) IsZero() bool { return r.unknown }

// mostPairs bounds the pairs that are named.
const mostPairs = 100

// AssumedAction is an act of a hypothesis with its treaty.
type AssumedAction struct {
	Treaty domain.TreatyID
	Action domain.Action
}

// WhatIfQuestion asks of what would follow from acts.
type WhatIfQuestion struct {
	Acts      []AssumedAction
	Receiving string // definition of receiving countries; top20 where empty
	Edition   string // of the migrant stock; the newest recorded where empty
}

// RefusedError says that the assumed action is not permitted.
type RefusedError struct{ Findings []domain.Finding }

func (e *RefusedError) Error() string {
	texts := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		texts[i] = f.String()
	}
	return "the assumed action is not permitted: " + strings.Join(texts, "; ")
}

// assumed is a hypothesis that the law has let pass: the views without and
// with it. Both belong to states of their own, and stand at positions that
// differ by one.
type assumed struct {
	on            projections.Query // as asked
	before, after projections.Query
	acts          []AssumedAction
	records       []domain.RecordID
	queries       []domain.Finding
}

// assume lets the law decide acts one after the other, on what the ones before
// them leave. Its error is a *RefusedError or a defect.
func assume(on projections.Query, acts []AssumedAction) (s assumed, err error) {
	var treaties []domain.TreatyID
	for _, a := range acts {
		treaties = append(treaties, a.Treaty)
	}
	s = assumed{on: on, before: on.Past(treaties...), acts: acts}
	s.after, s.records, s.queries, err = with(s.before, acts)
	return s, err
}

// with adds acts to a view that hypotheses are decided on.
func with(on projections.Query, acts []AssumedAction) (after projections.Query, records []domain.RecordID, queries []domain.Finding, err error) {
	draft := on.State().Edit()
	position := on.State().Position() + 1
	for first := 0; first < len(acts); {
		next := first + 1
		for next < len(acts) && acts[next].Treaty == acts[first].Treaty {
			next++
		}
		command := &domain.RecordActions{Treaty: acts[first].Treaty, Reason: "hypothesis"}
		for _, a := range acts[first:next] {
			command.Actions = append(command.Actions, a.Action)
		}
		// What is supposed may lie ahead: no day is in the future of a hypothesis.
		decision, entries, err := draft.Do(command, domain.LastDay, domain.RecordID{Position: position, N: uint32(len(records))})
		if err != nil {
			return after, nil, nil, err
		}
		queries = append(queries, inBody(decision.Queries, first)...)
		if len(decision.Refusals) > 0 {
			return after, nil, nil, &RefusedError{append(inBody(decision.Refusals, first), queries...)}
		}
		for _, e := range entries {
			records = append(records, e.ID)
		}
		first = next
	}
	return on.With(draft.Freeze()), records, queries, nil
}

// inBody names the fields of findings as the question does, whose acts begin
// with the first of the command.
func inBody(findings []domain.Finding, first int) []domain.Finding {
	named := make([]domain.Finding, len(findings))
	for i, f := range findings {
		var n int
		rest, isAct := strings.CutPrefix(f.Field, "actions[")
		number, field, found := strings.Cut(rest, "].")
		if _, err := fmt.Sscanf(number, "%d", &n); isAct && found && err == nil {
			f.Field = fmt.Sprintf("actions[%d].action.%s", first+n, field)
		} else if f.Field == "treaty" {
			f.Field = fmt.Sprintf("actions[%d].treaty", first)
		}
		named[i] = f
	}
	return named
}

// WhatIfOf answers what would follow. Its error is a *RefusedError where the law
// refuses an act, or an *InputError.
func WhatIfOf(on projections.Query, q WhatIfQuestion) (WhatIf, error) {
	for i, a := range q.Acts {
		if _, held := on.State().Treaty(a.Treaty, on.Known()); !held {
			return WhatIf{}, &RefusedError{[]domain.Finding{{Code: domain.CodeUnknownTreaty, Kind: domain.Rejected, Field: fmt.Sprintf("actions[%d].treaty", i),
				Message: fmt.Sprintf("no treaty %q is recorded", a.Treaty), Accepted: "the id or short name of a treaty that is recorded"}}}
		}
	}
	s, err := assume(on, q.Acts)
	if err != nil {
		return WhatIf{}, err
	}
	if q.Receiving == "" {
		q.Receiving = "top20"
	}
	w := WhatIf{Hypothetical: true, Axes: on.Axes, Acts: []HypotheticalAct{}, Queries: projections.NonNil(model.FromFindings(s.queries)), Treaties: []WhatIfTreaty{}, Changes: []notices.LegalChange{}}
	w.Axes.ReceivedBy = s.before.ReceivedBy
	for i, a := range s.acts {
		t, _ := s.after.State().Treaty(a.Treaty, domain.Everything())
		w.Acts = append(w.Acts, HypotheticalAct{s.records[i], t.ID, t.Short, a.Action.Participant, on.Name(a.Action.Participant), a.Action.Kind, a.Action.Date})
	}
	concerned := s.concerned()
	w.Settled = s.settled(concerned)
	for _, id := range concerned {
		t, err := s.treaty(id, w.Settled, gap.Question{Treaty: id, Receiving: q.Receiving, Edition: q.Edition})
		if err != nil {
			return WhatIf{}, err
		}
		w.Treaties = append(w.Treaties, t)
		w.Changes = append(w.Changes, notices.ChangesOfTreaty(s.before.OnDay(w.Settled), s.after.OnDay(w.Settled), id, "")...)
	}
	return w, nil
}

// concerned returns the treaties of the acts, and those whose entry into force
// depends on them and changes.
func (s assumed) concerned() (ids []domain.TreatyID) {
	acted := func(id domain.TreatyID) bool {
		return slices.ContainsFunc(s.acts, func(a AssumedAction) bool { return a.Treaty == id })
	}
	for _, t := range s.after.State().Treaties(domain.Everything()) {
		before, after := s.before.History(t.ID), s.after.History(t.ID)
		if acted(t.ID) || before.InForce != after.InForce {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// settled returns the last day on which something happens that does not happen
// without the hypothesis, and no earlier day than the one asked for.
func (s assumed) settled(concerned []domain.TreatyID) domain.Date {
	last := s.on.AsOf
	reach := func(d domain.Date) {
		if d.After(last) {
			last = d
		}
	}
	for _, a := range s.acts {
		reach(a.Action.Date)
		reach(a.Action.Effect)
	}
	for _, id := range concerned {
		before, after := s.before.History(id), s.after.History(id)
		if before.InForce != after.InForce {
			reach(before.InForce)
			reach(after.InForce)
		}
		for _, c := range after.Courses {
			for _, d := range turnsOnlyIn(c, before.Course(c.Participant)) {
				reach(d)
			}
		}
		for _, p := range after.Procedures(domain.LastDay) {
			if !slices.ContainsFunc(before.Procedures(domain.LastDay), func(b domain.Procedure) bool { return b.Article == p.Article && b.InForce == p.InForce }) {
				reach(p.InForce)
			}
		}
	}
	return last
}

// turnsOnlyIn returns the days on which two courses of one participant turn
// differently.
func turnsOnlyIn(after, before *domain.Course) (days []domain.Date) {
	same := func(a, b domain.Standing) bool { return a.From == b.From && a.Status == b.Status }
	for _, pair := range [][2]*domain.Course{{after, before}, {before, after}} {
		for _, s := range pair[0].Standings {
			if !slices.ContainsFunc(pair[1].Standings, func(other domain.Standing) bool { return same(s, other) }) {
				days = append(days, s.From)
			}
		}
	}
	return days
}

func (s assumed) treaty(id domain.TreatyID, settled domain.Date, q gap.Question) (w WhatIfTreaty, err error) {
	before, after := s.before.History(id), s.after.History(id)
	w.Treaty = s.on.Head(s.on.History(id))
	w.Entry = EntryChange{projections.ExplainEntry(before, settled), projections.ExplainEntry(after, settled)}
	w.Procedures = ProcedureChange{projections.NonNil(projections.ProceduresOn(before, settled)), projections.NonNil(projections.ProceduresOn(after, settled))}
	w.AsOf = WhatIfDay{Day: s.on.AsOf, Before: projections.CountsOn(before, s.on.AsOf), After: projections.CountsOn(after, s.on.AsOf)}
	w.Settled = WhatIfDay{Day: settled, Before: projections.CountsOn(before, settled), After: projections.CountsOn(after, settled)}
	w.Relations = relationsChange(before, after, settled)
	w.Relations.unknown = w.Relations.Begun+w.Relations.Ended == 0 && !before.Coverage(settled).Known()
	if w.AsOf.Gap, err = s.gap(s.on.AsOf, q, nil); err != nil || w.AsOf.Gap == nil {
		return w, err
	}
	w.Settled.Gap, err = s.gap(settled, q, &w.AsOf.Gap.Stock)
	return w, err
}

// gap compares the gap on a day, with a stock that was chosen for another day
// where one is given. It returns nil where no stock is held for the day.
func (s assumed) gap(day domain.Date, q gap.Question, with *gap.StockUsed) (*GapChange, error) {
	if with != nil {
		q.Edition, q.StockYear = with.Edition, with.Year
	}
	var gaps [2]gap.Gap
	for i, on := range []projections.Query{s.before.OnDay(day), s.after.OnDay(day)} {
		if with == nil && !gap.HasStock(on) {
			return nil, nil
		}
		coverage := s.before.History(q.Treaty).Coverage(day)
		if coverage.Extent == domain.ExtentNone {
			return nil, nil // a share that is not known does not change
		}
		gap, _, err := gap.Of(on, q)
		if err != nil {
			return nil, err
		}
		if gap.Covered == 0 && !coverage.Known() {
			return nil, nil
		}
		gaps[i] = gap
	}
	figures := func(g gap.Gap) GapFigures { return GapFigures{g.CoveredShare, g.Receiving, g.ReceivingBound} }
	change := &GapChange{Before: figures(gaps[0]), After: figures(gaps[1]), Points: gap.RoundPoints(gaps[1].CoveredShare - gaps[0].CoveredShare),
		Definition: gaps[0].Definition, Stock: gaps[0].Stock}
	if with != nil {
		change.Stock.Chosen = with.Chosen
	}
	return change, nil
}

// relationsChange compares the pairs between which a treaty is in force.
func relationsChange(before, after *domain.History, day domain.Date) RelationsChange {
	r := RelationsChange{BegunPairs: []domain.Pair{}, EndedPairs: []domain.Pair{}}
	was, is := boundOn(before, day), boundOn(after, day)
	precludedBefore, precludedAfter := before.Precluded(day), after.Precluded(day)
	all := slices.Concat(was.ids, is.ids)
	slices.Sort(all)
	all = slices.Compact(all)
	for i, a := range all {
		for _, b := range all[i+1:] {
			pair := domain.PairOf(a, b)
			then := was.bound[a] && was.bound[b] && !precludedBefore[pair]
			now := is.bound[a] && is.bound[b] && !precludedAfter[pair]
			switch {
			case now && !then:
				r.Begun++
				r.BegunPairs = appendUpTo(r.BegunPairs, pair)
			case then && !now:
				r.Ended++
				r.EndedPairs = appendUpTo(r.EndedPairs, pair)
			}
		}
	}
	return r
}

func appendUpTo(pairs []domain.Pair, p domain.Pair) []domain.Pair {
	if len(pairs) < mostPairs {
		pairs = append(pairs, p)
	}
	return pairs
}

// parties is the participants for which a treaty is in force on a day.
type parties struct {
	ids   []domain.ParticipantID
	bound map[domain.ParticipantID]bool
}

func boundOn(h *domain.History, day domain.Date) parties {
	p := parties{bound: make(map[domain.ParticipantID]bool)}
	for _, c := range h.Courses {
		if c.On(day).Status.Bound() {
			p.ids, p.bound[c.Participant] = append(p.ids, c.Participant), true
		}
	}
	return p
}

// Consents supposes that participants consent to a treaty on the as-of day,
// each by the act that its clause foresees for it; false where the treaty is
// not known.
func Consents(on projections.Query, treaty domain.TreatyID, participants []domain.ParticipantID) ([]AssumedAction, bool) {
	base := on.Past(treaty)
	h := base.History(treaty)
	if h == nil {
		return nil, false
	}
	var acts []AssumedAction
	for _, id := range participants {
		acts = append(acts, AssumedAction{treaty, domain.Action{Participant: id, Kind: consentBy(base, h, id), Date: on.AsOf}})
	}
	return acts, true
}

// consentBy chooses how a participant would consent: who has signed ratifies,
// others accede (VCLT 14, 15), an organization confirms where the clause
// foresees it (VCLT-IO 14), and where only one form is foreseen it is that one.
func consentBy(on projections.Query, h *domain.History, id domain.ParticipantID) domain.ActionKind {
	foreseen := func(kind domain.ActionKind) bool {
		return h.Treaty.Consent != nil && slices.Contains(h.Treaty.Consent.By, kind)
	}
	p, held := on.State().Participant(id, on.Known())
	preferred := []domain.ActionKind{domain.Accession, domain.Ratification, domain.Acceptance}
	if h.Course(id).On(on.AsOf).Status.Signed() {
		preferred = []domain.ActionKind{domain.Ratification, domain.Acceptance, domain.Approval, domain.Accession}
	}
	usual := preferred[0]
	if held && p.Kind != domain.KindState {
		preferred = slices.Concat([]domain.ActionKind{domain.FormalConfirmation}, preferred)
	}
	for _, kind := range preferred {
		if foreseen(kind) {
			return kind
		}
	}
	if c := h.Treaty.Consent; c != nil && len(c.By) > 0 {
		return c.By[0]
	}
	return usual
}
