package projections

import (
	"encoding/json"
	"fmt"
	"slices"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Relation is what a treaty is between two participants on the day, and how it
// came to be so. It is the same from both sides.
type Relation struct {
	Axes       Axes            `json:"axes"`
	Treaty     TreatyHead      `json:"treaty"`
	Relation   RelationRow     `json:"relation"`
	Statements []StatementRow  `json:"statements" doc:"The reservations and objections concerned, with their words"`
	Course     []RelationPoint `json:"course" doc:"How the relation has changed up to the day"`
}

// RelationRow is one relation. Its effects say what reservations and
// exclusions have made of the provisions.
type RelationRow struct {
	Of       domain.ParticipantID `json:"of"`
	OfName   string               `json:"ofName"`
	With     domain.ParticipantID `json:"with"`
	WithName string               `json:"withName"`
	InForce  bool                 `json:"inForce"`
	Since    domain.Date          `json:"since,omitzero" doc:"Day from which it has been in force between them, or for the same reason has not" format:"date"`
	Why      string               `json:"why"`
	Rule     string               `json:"rule,omitempty"`
	Effects  []RelationEffect     `json:"effects"`
}

// RelationEffect is what one reservation, or one exclusion of a part, does
// between the two.
type RelationEffect struct {
	model.RelationEffect
	AuthorName string `json:"authorName"`
}

// RelationPoint is a relation from a day on.
type RelationPoint struct {
	From    domain.Date      `json:"from" format:"date"`
	InForce bool             `json:"inForce"`
	Why     string           `json:"why"`
	Rule    string           `json:"rule,omitempty"`
	Effects []RelationEffect `json:"effects"`
}

// Relations are a participant's relations under a treaty with every other that
// has consented by the day.
type Relations struct {
	Axes        Axes                 `json:"axes"`
	Treaty      TreatyHead           `json:"treaty"`
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Status      domain.Status        `json:"status"`
	InForce     int                  `json:"inForce" required:"false" doc:"With how many the treaty is in force; absent where it is not known"`
	Rows        []RelationRow        `json:"rows"`
}

// MarshalJSON leaves out with how many it is in force where only some acts are
// recorded, and none of them makes it so.
func (r Relations) MarshalJSON() ([]byte, error) {
	type plain Relations
	if r.InForce > 0 || r.Treaty.Coverage.Extent != domain.ExtentSome {
		return json.Marshal(plain(r))
	}
	return json.Marshal(struct {
		plain
		InForce int `json:"inForce,omitempty"`
	}{plain: plain(r)})
}

// RelationsOf returns a participant's relations under a treaty, false where
// either is not known.
func RelationsOf(on Query, id domain.TreatyID, of domain.ParticipantID) (Relations, bool, error) {
	h, known, err := on.bilateral(id, of)
	if !known || err != nil {
		return Relations{}, known, err
	}
	v := Relations{Axes: on.Axes, Treaty: on.Head(h), Participant: of, Name: on.Name(of), Status: h.Course(of).On(on.AsOf).Status, Rows: []RelationRow{}}
	for _, r := range h.Relations(of, on.AsOf) {
		v.Rows = append(v.Rows, on.relation(r))
		if r.InForce {
			v.InForce++
		}
	}
	slices.SortStableFunc(v.Rows, func(a, b RelationRow) int { return wording.CompareNames(a.WithName, b.WithName) })
	return v, true, nil
}

// RelationOf returns the relation of two participants under a treaty, false where
// one of the three is not known.
func RelationOf(on Query, id domain.TreatyID, of, with domain.ParticipantID) (Relation, bool, error) {
	if of == with {
		return Relation{}, true, &InputError{Field: "other", Reason: fmt.Sprintf("a relation is between two, and both are %s", on.Name(of)), Accepted: "another participant"}
	}
	h, known, err := on.bilateral(id, of, with)
	if !known || err != nil {
		return Relation{}, known, err
	}
	v := Relation{Axes: on.Axes, Treaty: on.Head(h), Relation: on.relation(h.Relation(of, with, on.AsOf)), Statements: []StatementRow{}, Course: []RelationPoint{}}
	for _, s := range h.RelationCourse(of, with, on.AsOf) {
		v.Course = append(v.Course, RelationPoint{s.From, s.InForce, s.Why, s.Rule, on.effects(s.Effects)})
	}
	reader := on.ReadStatements(h)
	for _, pair := range [][2]domain.ParticipantID{{of, with}, {with, of}} {
		v.Statements = append(v.Statements, reader.between(h.Course(pair[0]), pair[1])...)
	}
	return v, true, nil
}

// bilateral returns the history to ask for relations, false where the treaty or a
// participant is not known. Where the clauses that say from when a consent
// binds are not held, no relation can be told.
func (on Query) bilateral(id domain.TreatyID, participants ...domain.ParticipantID) (*domain.History, bool, error) {
	h := on.History(id)
	if h == nil {
		return nil, false, nil
	}
	for _, p := range participants {
		if _, ok := on.State().Participant(p, on.Known()); !ok {
			return nil, false, nil
		}
	}
	if err := RequireActs(on, h, "between whom it is in force"); err != nil {
		return nil, true, err
	}
	for _, p := range participants {
		if !h.Course(p).On(on.AsOf).Status.ConsentKnown() {
			return nil, true, &NotRecordedError{h.Treaty.ID, h.Treaty.Short, "whether it binds " + on.Name(p)}
		}
	}
	bound := slices.ContainsFunc(h.Courses, func(c *domain.Course) bool {
		return slices.ContainsFunc(c.Periods, func(p domain.Period) bool { return !p.Bound.IsZero() })
	})
	if t := h.Treaty; !bound && (t.EntryIntoForce == nil && t.Stated == nil || t.LaterParties == nil) {
		return nil, true, &InputError{Field: "treaty", Reason: fmt.Sprintf("the final clauses of %s on entry into force are not known: whether it binds anyone, and between whom, is not known", t.Short), Accepted: "a treaty whose clauses are held; PUT /v1/treaties/" + string(t.ID) + " adds them"}
	}
	return h, true, nil
}

func (on Query) relation(r domain.Relation) RelationRow {
	return RelationRow{r.Of, on.Name(r.Of), r.With, on.Name(r.With), r.InForce, r.Since, r.Why, r.Rule, on.effects(r.Effects)}
}

func (on Query) effects(all []domain.RelationEffect) []RelationEffect {
	named := make([]RelationEffect, len(all))
	for i, e := range all {
		named[i] = RelationEffect{model.RelationEffect(e), on.Name(e.Author)}
	}
	return named
}

// between returns the reservations of one, with only what the other answered, and
// the objections of the one to reservations of the other.
func (r StatementReader) between(c *domain.Course, other domain.ParticipantID) (rows []StatementRow) {
	theirs := make(map[domain.RecordID]bool)
	for _, s := range r.history.Course(other).Statements {
		theirs[s.Act.ID] = true
	}
	for _, s := range c.Statements {
		kind := s.Act.Action().Kind
		objects := kind == domain.Objection && theirs[r.reservation(s.Act.Action().Statement.Target)]
		if kind != domain.Reservation && !objects {
			continue
		}
		row, made := r.row(c, s)
		if !made {
			continue
		}
		row.Answers = slices.DeleteFunc(row.Answers, func(a StatementAnswer) bool { return a.By != other })
		rows = append(rows, row)
	}
	return rows
}
