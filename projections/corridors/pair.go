package corridors

import (
	"encoding/json"
	"fmt"

	"depositary/domain"

	"depositary/projections"
)

// PairQuestion is what one corridor asks beside the axes.
type PairQuestion struct {
	Origin, Destination domain.ParticipantID // or the codes of areas
	Treaties            []domain.TreatyID    // all of which anything is known where none
	Edition             string
	Year                int
}

// Pair is one corridor: how many people have gone it, and which treaties are in
// force at its ends.
type Pair struct {
	Axes        projections.Axes `json:"axes"`
	Table       CorridorTable    `json:"table"`
	Origin      PairEnd          `json:"origin"`
	Destination PairEnd          `json:"destination"`
	People      uint64           `json:"people" doc:"People from the origin who live in the destination"`
	Opposite    uint64           `json:"opposite" doc:"People from the destination who live in the origin"`
	Years       []PairYear       `json:"years" doc:"The same for each year of the edition"`
	Both        int              `json:"both" required:"false" doc:"How many treaties are in force at both ends: at least so many where of some it is not known, and absent where none of the others is"`
	NotKnown    int              `json:"notKnown" doc:"Of how many treaties it is not known at which ends they are in force"`
	Treaties    []PairTreaty     `json:"treaties"`
}

// MarshalJSON leaves out how many treaties are in force at both ends where none is
// known to be and of some it is not known.
func (p Pair) MarshalJSON() ([]byte, error) {
	type plain Pair
	if p.Both > 0 || p.NotKnown == 0 {
		return json.Marshal(plain(p))
	}
	return json.Marshal(struct {
		plain
		Both int `json:"both,omitempty"`
	}{plain: plain(p)})
}

// PairEnd is a country or area at one end of a corridor.
type PairEnd struct {
	ID          domain.ParticipantID `json:"id" doc:"Id of the participant, or ISO 3166-1 code of an area that is none"`
	Name        string               `json:"name"`
	Footnote    bool                 `json:"footnote,omitempty" doc:"The source has a footnote on this country or area"`
	Participant bool                 `json:"participant" doc:"Whether it is a participant on the day, and can be bound"`
}

// PairYear is a corridor in one year, both ways.
type PairYear struct {
	Year     int    `json:"year"`
	People   uint64 `json:"people"`
	Opposite uint64 `json:"opposite"`
}

// PairTreaty is one treaty at the two ends of a corridor.
type PairTreaty struct {
	Treaty      projections.TreatyHead   `json:"treaty"`
	Force       Force                    `json:"force" enum:"both,destination,origin,neither,not known" doc:"At which ends it is in force"`
	Origin      CorridorEnd              `json:"origin"`
	Destination CorridorEnd              `json:"destination"`
	Relation    *projections.RelationRow `json:"relation,omitempty" doc:"What it is between the two, where both are bound: in force or precluded, and what reservations have made of its provisions"`
}

// OfPair answers the question; its error is an *InputError, or nil with false
// where an end or a treaty is not known.
func OfPair(on projections.Query, q PairQuestion) (Pair, bool, error) {
	if q.Origin == q.Destination {
		return Pair{}, true, &projections.InputError{Field: "destination", Reason: fmt.Sprintf("a corridor has two ends, and both are %s", on.Name(q.Origin)), Accepted: "another country or area"}
	}
	t, err := chooseTable(on.AsOf, q.Edition, q.Year)
	if err != nil {
		return Pair{}, true, err
	}
	origin, ok1 := t.place(q.Origin)
	destination, ok2 := t.place(q.Destination)
	if !ok1 || !ok2 {
		return Pair{}, false, nil
	}
	p := Pair{Axes: on.Axes, Table: t.used, Origin: t.pairEnd(on, origin), Destination: t.pairEnd(on, destination), Years: t.years(origin, destination), Treaties: []PairTreaty{}}
	p.People, p.Opposite = p.Years[t.column].People, p.Years[t.column].Opposite
	ids := q.Treaties
	if len(ids) == 0 {
		for _, held := range on.State().Treaties(on.Known()) {
			ids = append(ids, held.ID)
		}
	}
	for _, id := range ids {
		h := on.History(id)
		if h == nil {
			return Pair{}, false, nil
		}
		row, err := t.pairTreaty(on, h, origin, destination)
		if err != nil {
			return Pair{}, true, err
		}
		if row.Force == NotKnown {
			p.NotKnown++
		}
		if row.Force == NotKnown && len(q.Treaties) == 0 {
			continue
		}
		if row.Force == Both {
			p.Both++
		}
		p.Treaties = append(p.Treaties, row)
	}
	return p, true, nil
}

func (t table) pairEnd(on projections.Query, at int) PairEnd {
	a := t.Areas[at]
	e := PairEnd{ID: domain.ParticipantID(a.Code), Name: a.Name, Footnote: a.Footnote}
	p, of := stateOf(on, e.ID)
	if p != nil {
		e.Name = p.Name(on.AsOf)
	}
	e.Participant = len(of) == 1
	return e
}

// years returns the people of a corridor, both ways, for each year.
func (t table) years(origin, destination int) []PairYear {
	years := make([]PairYear, len(t.Years))
	for i, year := range t.Years {
		years[i].Year = year
	}
	for _, p := range t.Pairs {
		forth := int(p.Origin) == origin && int(p.Destination) == destination
		back := int(p.Origin) == destination && int(p.Destination) == origin
		for i := range years {
			if forth {
				years[i].People = uint64(p.People[i])
			} else if back {
				years[i].Opposite = uint64(p.People[i])
			}
		}
	}
	return years
}

func (t table) pairTreaty(on projections.Query, h *domain.History, origin, destination int) (row PairTreaty, err error) {
	o, d := endOf(on, h, t.Areas[origin]), endOf(on, h, t.Areas[destination])
	row = PairTreaty{Treaty: on.Head(h), Force: force(&d, &o), Origin: o.CorridorEnd, Destination: d.CorridorEnd}
	_, ofOrigin := stateOf(on, o.ID)
	_, ofDestination := stateOf(on, d.ID)
	if row.Force != Both || ofOrigin[0] == ofDestination[0] {
		return row, nil
	}
	relation, _, err := projections.RelationOf(on, h.Treaty.ID, ofOrigin[0], ofDestination[0])
	if err != nil {
		return row, err
	}
	row.Relation = &relation.Relation
	return row, nil
}
