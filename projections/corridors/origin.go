package corridors

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections"
)

// OriginQuestion is what the corridors of one origin ask beside the axes.
type OriginQuestion struct {
	Question
	Origin domain.ParticipantID // or the code of an area
}

// OriginCorridors are where the people of one country or area live, and whether
// a treaty is in force there.
type OriginCorridors struct {
	Axes     projections.Axes       `json:"axes"`
	Treaty   projections.TreatyHead `json:"treaty"`
	Table    CorridorTable          `json:"table"`
	Origin   CorridorEnd            `json:"origin"`
	People   uint64                 `json:"people" doc:"People from there who live abroad, as far as their destination is known"`
	Share    float64                `json:"share" doc:"Percent of all people whose destination and origin are both known"`
	Shares   CorridorShares         `json:"shares"`
	Rows     []CorridorRow          `json:"rows" doc:"The destinations, by people; shares are of the people from there"`
	Next     []NextDestination      `json:"next" doc:"Destinations whose consent would cover most of them: those that are not bound, and whose act the law would not refuse"`
	Unknown  string                 `json:"unknown,omitempty" doc:"Why it is not known who is bound, where the final clauses are not known"`
	Supposed *CorridorsHypothesis   `json:"supposed,omitempty" doc:"The same if those named in the question consented"`
}

// NextDestination is what the consent of one destination would change.
type NextDestination struct {
	Destination CorridorEnd `json:"destination"`
	People      uint64      `json:"people"`
	Gain        float64     `json:"gain" doc:"Percent of the people from the origin who live there"`
	Together    float64     `json:"together" doc:"Percent of the people from the origin for whom the treaty would be in force in the destination, if this one and those before it consented"`
	Signed      domain.Date `json:"signed,omitzero" format:"date" doc:"Day of its signature, if it is a signatory that has not consented"`
}

// mostNext is how many destinations are suggested where the question names no limit.
const mostNext = 10

// OfOrigin answers the question; its error is an *InputError or a
// *whatif.RefusedError, or nil with false where the treaty or the origin is not
// known.
func OfOrigin(on projections.Query, q OriginQuestion) (OriginCorridors, bool, error) {
	h := on.History(q.Treaty)
	if h == nil {
		return OriginCorridors{}, false, nil
	}
	if err := projections.RequireActs(on, h, "who is bound"); err != nil {
		return OriginCorridors{}, true, err
	}
	t, err := chooseTable(on.AsOf, q.Edition, q.Year)
	if err != nil {
		return OriginCorridors{}, true, err
	}
	at, ok := t.place(q.Origin)
	if !ok {
		return OriginCorridors{}, false, nil
	}
	ends := t.ends(on, h)
	from := func(p catalogue.Pair) bool { return int(p.Origin) == at }
	o := OriginCorridors{Axes: on.Axes, Treaty: on.Head(h), Table: t.used, Origin: ends[at].CorridorEnd, Unknown: h.Explain(on.AsOf).Unknown}
	o.Shares, _ = t.shares(ends, from)
	o.Rows = t.largest(ends, len(ends), from)
	for _, row := range o.Rows {
		o.People += row.People
	}
	o.Share = percent(o.People, t.used.Known)
	o.Next = o.next(on, h, cmp.Or(q.Limit, mostNext))
	o.Supposed, err = t.suppose(on, q.Treaty, q.Ratify, from)
	return o, true, err
}

// place returns where an area stands in the table.
func (t table) place(id domain.ParticipantID) (int, bool) {
	i := slices.IndexFunc(t.Areas, func(a catalogue.Area) bool { return a.Code == string(id) })
	return i, i >= 0
}

// next ranks the destinations that are not bound by the people who live there.
func (o *OriginCorridors) next(on projections.Query, h *domain.History, most int) []NextDestination {
	var ids []domain.ParticipantID
	for _, row := range o.Rows {
		s := row.Destination.Status
		if _, of := stateOf(on, row.Destination.ID); len(of) == 1 && of[0] == row.Destination.ID && s.ConsentKnown() && !s.Consenting() && len(ids) < 2*most {
			ids = append(ids, row.Destination.ID)
		}
	}
	could := couldConsent(on, h.Treaty.ID, ids)
	together := o.Shares.Both.People + o.Shares.Destination.People
	next := []NextDestination{}
	for _, row := range o.Rows {
		id := row.Destination.ID
		if len(next) == most || !slices.Contains(could, id) {
			continue
		}
		together += row.People
		n := NextDestination{Destination: row.Destination, People: row.People, Gain: row.Share, Together: percent(together, o.People)}
		if row.Destination.Status == domain.Signatory {
			n.Signed = h.SignedOn(h.Course(id))
		}
		next = append(next, n)
	}
	return next
}

// AbroadOf returns how many people from a country or area live abroad, as far
// as their destination is known; false where the newest table has none for the
// day.
func AbroadOf(on projections.Query, origin domain.ParticipantID) (people uint64, used CorridorTable, ok bool) {
	t, err := chooseTable(on.AsOf, "", 0)
	if err != nil {
		return 0, used, false // no table for the day is no fault of the question
	}
	at, ok := t.place(origin)
	if !ok {
		return 0, used, false
	}
	for _, p := range t.Pairs {
		if int(p.Origin) == at {
			people += uint64(p.People[t.column])
		}
	}
	return people, t.used, people > 0
}
