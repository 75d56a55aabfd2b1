// Package effects compares the law before and after the entries of one command:
// what a preview shows and a receipt states. The comparison is of one position
// with the one before it, whatever was recorded later.
package effects

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Effects is what follows in law from a command: each figure before and after.
type Effects struct {
	AsOf         domain.Date         `json:"asOf" doc:"The day for which status and counts are given" format:"date"`
	Participants []ParticipantEffect `json:"participants"`
	Treaty       *TreatyEffect       `json:"treaty,omitempty"`
	Statements   []StatementEffect   `json:"statements,omitempty" doc:"Statements whose life the command begins or changes, as far as they are the participants' or answered by them"`
	Relations    *RelationsEffect    `json:"relations,omitempty" doc:"Absent where no relation of the participants changes, and where the command is about more than 16 of them"`
	Gap          *GapEffect          `json:"gap,omitempty"`
}

// ParticipantEffect is what changes for one participant.
type ParticipantEffect struct {
	Participant domain.ParticipantID   `json:"participant"`
	Name        string                 `json:"name"`
	Before      domain.Status          `json:"before"`
	After       domain.Status          `json:"after"`
	Bound       domain.Date            `json:"bound,omitzero" doc:"Day from which the treaty is in force for it" format:"date"`
	Until       domain.Date            `json:"until,omitzero" doc:"Day on which its consent ends" format:"date"`
	Why         string                 `json:"why,omitempty"`
	Course      []projections.Standing `json:"course" doc:"Every status it has and, as far as follows, will have"`
}

// TreatyEffect is what changes for the treaty.
type TreatyEffect struct {
	Treaty        domain.TreatyID    `json:"treaty"`
	CountsBefore  model.Counts       `json:"countsBefore,omitzero"`
	CountsAfter   model.Counts       `json:"countsAfter,omitzero"`
	EntryBefore   domain.EntryStatus `json:"entryBefore"`
	EntryAfter    domain.EntryStatus `json:"entryAfter"`
	MetOn         domain.Date        `json:"metOn,omitzero" format:"date"`
	InForceBefore domain.Date        `json:"inForceBefore,omitzero" format:"date"`
	InForce       domain.Date        `json:"inForce,omitzero" format:"date"`
	Required      string             `json:"required,omitempty" doc:"What is still required after the command"`
}

// GapEffect is what changes in the share of the world's migrants who live in a
// State that is bound, on the day from which the last change of the command binds.
type GapEffect struct {
	On     domain.Date   `json:"on" doc:"The day for which the shares are given" format:"date"`
	Before float64       `json:"before" doc:"Percent of the world total"`
	After  float64       `json:"after"`
	Points float64       `json:"points"`
	Stock  gap.StockUsed `json:"stock"`
}

// StatementEffect is what becomes of one statement.
type StatementEffect struct {
	Record      domain.RecordID             `json:"record"`
	Participant domain.ParticipantID        `json:"participant"`
	Name        string                      `json:"name"`
	Kind        domain.ActionKind           `json:"kind"`
	Before      domain.StatementState       `json:"before,omitempty" doc:"Absent where it had not been made"`
	After       domain.StatementState       `json:"after,omitempty" doc:"Absent where it was taken off the record"`
	Until       domain.Date                 `json:"until,omitzero" doc:"Day on which silence accepts it, while it is pending" format:"date"`
	Articles    []string                    `json:"articles,omitempty"`
	Why         string                      `json:"why,omitempty"`
	Rule        string                      `json:"rule,omitempty"`
	Life        []projections.StatementStep `json:"life,omitempty" doc:"How it has stood and, as far as follows, will stand"`
}

// RelationsEffect is what becomes of the relations of the participants of the
// command with all others, up to the day from which its last change works.
type RelationsEffect struct {
	On      domain.Date  `json:"on" doc:"The day for which the pairs are given" format:"date"`
	Changed int          `json:"changed" doc:"How many relations have another course up to that day"`
	Begin   []PairEffect `json:"begin" doc:"Pairs between whom the treaty is in force on that day, and would not be without the command"`
	Stop    []PairEffect `json:"stop" doc:"Pairs between whom it is not in force on that day, and would be without the command"`
	Other   []PairEffect `json:"other" doc:"Pairs between whom only the provisions that apply, or the time before, are others"`
}

// PairEffect names a pair, and why the treaty is or is not in force between them.
type PairEffect struct {
	Of       domain.ParticipantID `json:"of"`
	OfName   string               `json:"ofName"`
	With     domain.ParticipantID `json:"with"`
	WithName string               `json:"withName"`
	Why      string               `json:"why"`
	Rule     string               `json:"rule,omitempty"`
}

// relatedAtMost bounds of how many participants of one command the relations
// are compared: those of whole tables are asked for treaty by treaty.
const relatedAtMost = 16

// EffectsOf compares the law before and after the entries of one command about
// a treaty, which stand, or would stand, at one position of the state; what was
// recorded later does not matter.
func EffectsOf(state *domain.State, treaty domain.TreatyID, entries []domain.Entry, today domain.Date) Effects {
	position, participants := entries[0].ID.Position, participantsOf(entries)
	e := Effects{AsOf: today, Participants: []ParticipantEffect{}}
	before := projections.QueryOf(state, today, eventstore.Position(position-1))
	on := projections.QueryOf(state, today, eventstore.Position(position))
	was, is := before.History(treaty), on.History(treaty)
	if is == nil {
		return e
	}
	gapDay := today
	for _, id := range participants {
		c := is.Course(id)
		effect := ParticipantEffect{Participant: id, Name: on.Name(id), Before: domain.NotKnown, After: c.On(today).Status, Why: c.On(today).Why, Course: []projections.Standing{}}
		if was != nil {
			effect.Before = was.Course(id).On(today).Status
		}
		if n := len(c.Periods); n > 0 {
			effect.Bound, effect.Until = c.Periods[n-1].Bound, c.Periods[n-1].Until
		}
		for _, s := range c.Standings {
			effect.Course = append(effect.Course, projections.ViewStanding(s))
			if s.From.After(gapDay) && (s.Status == domain.Party || s.Status == domain.FormerParty) {
				gapDay = s.From
			}
		}
		e.Participants = append(e.Participants, effect)
	}
	slices.SortFunc(e.Participants, func(a, b ParticipantEffect) int { return wording.CompareNames(a.Name, b.Name) })
	e.Treaty = treatyEffect(was, is, treaty, today)
	e.Gap = gapEffect(before, on, treaty, gapDay)
	if was == nil {
		was = &domain.History{Treaty: is.Treaty}
	}
	e.Statements = statementEffects(before, on, was, is, participants)
	if len(participants) <= relatedAtMost {
		e.Relations = relationsEffect(on, was, is, participants, lastTurn(gapDay, e.Statements))
	}
	return e
}

// participantsOf lists whose acts the entries record, each once. What is said of
// the in-tray changes nobody's status.
func participantsOf(entries []domain.Entry) (ids []domain.ParticipantID) {
	for _, e := range entries {
		switch e.Event.(type) {
		case *domain.ArrivalRegistered, *domain.ArrivalDecided:
			continue
		}
		if id := e.Event.About(); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// statementEffects returns the statements of the participants, and those that
// they answered, whose life is another than before.
func statementEffects(before, on projections.Query, was, is *domain.History, participants []domain.ParticipantID) (all []StatementEffect) {
	then, now := before.ReadStatements(was), on.ReadStatements(is)
	answered := func(s *domain.StatementCourse) bool {
		return s != nil && slices.ContainsFunc(s.Answers, func(a domain.Answer) bool { return slices.Contains(participants, a.By) })
	}
	for _, c := range is.Courses {
		for _, s := range c.Statements {
			earlier := projections.StatementIn(was, c.Participant, s.Act.ID)
			concerns := slices.Contains(participants, c.Participant) || answered(s) || answered(earlier) ||
				slices.Contains(participants, now.Author(s.Act.Action().Statement.Target))
			if !concerns || earlier != nil && projections.SameLife(earlier, s) {
				continue
			}
			effect := StatementEffect{Record: s.Act.ID, Participant: c.Participant, Name: on.Name(c.Participant), Kind: s.Act.Action().Kind, Life: now.Life(s)}
			if standing, made := s.On(on.AsOf); made {
				effect.After, effect.Until, effect.Articles, effect.Why, effect.Rule = standing.State, standing.Until, standing.Articles, standing.Why, standing.Rule
			}
			if earlier != nil {
				if standing, made := earlier.On(on.AsOf); made {
					effect.Before = standing.State
				}
			}
			all = append(all, effect)
		}
	}
	for _, c := range was.Courses {
		for _, s := range c.Statements {
			if slices.Contains(participants, c.Participant) && projections.StatementIn(is, c.Participant, s.Act.ID) == nil {
				standing, _ := s.On(on.AsOf)
				all = append(all, StatementEffect{Record: s.Act.ID, Participant: c.Participant, Name: on.Name(c.Participant), Kind: s.Act.Action().Kind,
					Before: standing.State, Why: "its record does not stand any more", Life: then.Life(s)})
			}
		}
	}
	return all
}

// lastTurn returns the last day on which one of the statements changes.
func lastTurn(day domain.Date, statements []StatementEffect) domain.Date {
	for _, s := range statements {
		for _, step := range s.Life {
			if s.After != "" && step.From.After(day) {
				day = step.From
			}
		}
	}
	return day
}

// relationsEffect compares the relations of the participants, nil where none
// is another than before.
func relationsEffect(on projections.Query, was, is *domain.History, participants []domain.ParticipantID, day domain.Date) *RelationsEffect {
	e := &RelationsEffect{On: day, Begin: []PairEffect{}, Stop: []PairEffect{}, Other: []PairEffect{}}
	for i, of := range participants {
		if len(was.Course(of).Periods) == 0 && len(is.Course(of).Periods) == 0 {
			continue
		}
		for _, with := range partnersIn(was, is) {
			if with == of || slices.Contains(participants[:i], with) {
				continue
			}
			before, after := was.RelationCourse(of, with, day), is.RelationCourse(of, with, day)
			if slices.EqualFunc(before, after, sameRelation) {
				continue
			}
			e.Changed++
			r := is.Relation(of, with, day)
			pair := PairEffect{of, on.Name(of), with, on.Name(with), r.Why, r.Rule}
			switch {
			case r.InForce && !endsInForce(before):
				e.Begin = append(e.Begin, pair)
			case !r.InForce && endsInForce(before):
				e.Stop = append(e.Stop, pair)
			default:
				e.Other = append(e.Other, pair)
			}
		}
	}
	if e.Changed == 0 {
		return nil
	}
	for _, pairs := range [][]PairEffect{e.Begin, e.Stop, e.Other} {
		slices.SortStableFunc(pairs, func(a, b PairEffect) int {
			return cmp.Or(wording.CompareNames(a.OfName, b.OfName), wording.CompareNames(a.WithName, b.WithName))
		})
	}
	return e
}

func endsInForce(course []domain.RelationStep) bool {
	return len(course) > 0 && course[len(course)-1].InForce
}

func sameRelation(a, b domain.RelationStep) bool {
	return a.From == b.From && a.InForce == b.InForce && a.Rule == b.Rule && slices.EqualFunc(a.Effects, b.Effects, func(x, y domain.RelationEffect) bool {
		return x.Author == y.Author && x.Record == y.Record && x.Effect == y.Effect && slices.Equal(x.Articles, y.Articles)
	})
}

// partnersIn returns those who have consented in one of two histories.
func partnersIn(histories ...*domain.History) (ids []domain.ParticipantID) {
	for _, h := range histories {
		for _, c := range h.Courses {
			if len(c.Periods) > 0 {
				ids = append(ids, c.Participant)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func treatyEffect(was, is *domain.History, treaty domain.TreatyID, today domain.Date) *TreatyEffect {
	now := is.Explain(today)
	effect := &TreatyEffect{Treaty: treaty, CountsAfter: projections.CountsOn(is, today), EntryBefore: domain.EntryUnknown, EntryAfter: now.Status,
		MetOn: now.MetOn, InForce: now.InForce, Required: now.Required}
	if was != nil {
		then := was.Explain(today)
		effect.CountsBefore, effect.EntryBefore, effect.InForceBefore = projections.CountsOn(was, today), then.Status, then.InForce
	}
	return effect
}

func gapEffect(before, after projections.Query, treaty domain.TreatyID, day domain.Date) *GapEffect {
	share := func(on projections.Query) (percent float64, used gap.StockUsed, ok bool) {
		on = on.OnDay(day)
		h := on.History(treaty)
		if h == nil || h.Coverage(day).Extent == domain.ExtentNone {
			return 0, gap.StockUsed{}, false
		}
		g := gap.NewReader(on, h)
		used, err := g.UseStock(gap.Question{})
		if err != nil || used.World <= 0 {
			return 0, gap.StockUsed{}, false
		}
		return g.Covered() / used.World * 100, used, true
	}
	was, _, ok1 := share(before)
	is, used, ok2 := share(after)
	if !ok1 || !ok2 {
		return nil
	}
	return &GapEffect{On: day, Before: gap.RoundPoints(was), After: gap.RoundPoints(is), Points: gap.RoundPoints(is - was), Stock: used}
}
