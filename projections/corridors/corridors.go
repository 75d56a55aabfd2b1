// Package corridors measures a treaty against the ways of migrants: for how many
// people it is in force in the country where they live and in the one they come
// from, in one of the two, or in neither.
//
// Every figure names the edition and the year of the table that it is computed
// from, and is a share of the people whose destination and origin are both
// known; the answer says how many the table leaves out. An area that is no
// participant on the day stays its own: it cannot be bound. Where the status of
// an end is not known, nothing is said of the corridor.
package corridors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections"
	"depositary/projections/model"
)

// Force says at which ends of a corridor a treaty is in force.
type Force string

// The kinds of corridors.
const (
	Both        Force = "both"
	Destination Force = "destination"
	Origin      Force = "origin"
	Neither     Force = "neither"
	NotKnown    Force = "not known" // of one end at least
)

// Forces lists the kinds of corridors in the order in which answers show them.
func Forces() []Force { return []Force{Both, Destination, Origin, Neither, NotKnown} }

// Question is what the corridors of a treaty ask beside the axes.
type Question struct {
	Treaty  domain.TreatyID
	Edition string // of the table; the newest where empty
	Year    int    // of the estimate; the latest on or before the as-of day where 0
	Limit   int    // how many of the largest corridors; 100 where 0
	Ratify  []domain.ParticipantID
}

// Corridors are the corridors of the world under one treaty.
type Corridors struct {
	Axes          projections.Axes       `json:"axes"`
	Treaty        projections.TreatyHead `json:"treaty"`
	Table         CorridorTable          `json:"table"`
	Shares        CorridorShares         `json:"shares"`
	NoParticipant CorridorPart           `json:"noParticipant" doc:"Of them, people one end of whose way is an area that is not a participant and cannot be bound"`
	Largest       []CorridorRow          `json:"largest" doc:"The largest corridors"`
	Unknown       string                 `json:"unknown,omitempty" doc:"Why it is not known who is bound, where the final clauses are not known"`
	Supposed      *CorridorsHypothesis   `json:"supposed,omitempty" doc:"The same if those named in the question consented"`
}

// CorridorTable names the table that the figures are computed from.
type CorridorTable struct {
	Name         string  `json:"name"`
	Edition      string  `json:"edition"`
	Year         int     `json:"year"`
	Chosen       string  `json:"chosen" doc:"How the year was chosen"`
	Unit         string  `json:"unit"`
	World        uint64  `json:"world" doc:"The world total of that edition and year"`
	Known        uint64  `json:"known" doc:"People whose destination and origin are both known: what shares are of"`
	LeftOut      uint64  `json:"leftOut" doc:"World total less those: people whose origin is not known"`
	LeftOutShare float64 `json:"leftOutShare" doc:"The same in percent of the world total"`
	Licence      string  `json:"licence,omitempty"`
	Note         string  `json:"note,omitempty"`
	model.Attestation
}

// CorridorShares are people by the ends at which the treaty is in force for them.
// Where of some corridors it is not known, each part is a least one, and one that is
// absent is not known.
type CorridorShares struct {
	Both        CorridorPart `json:"both,omitzero" doc:"In force in destination and origin"`
	Destination CorridorPart `json:"destination,omitzero" doc:"In force in the destination only"`
	Origin      CorridorPart `json:"origin,omitzero" doc:"In force in the origin only"`
	Neither     CorridorPart `json:"neither,omitzero" doc:"In force in neither"`
	NotKnown    CorridorPart `json:"notKnown" doc:"Whether the treaty is in force at one end or the other is not known"`
}

// Part returns the part of a kind.
func (s *CorridorShares) Part(f Force) *CorridorPart {
	switch f {
	case Both:
		return &s.Both
	case Destination:
		return &s.Destination
	case Origin:
		return &s.Origin
	case Neither:
		return &s.Neither
	}
	return &s.NotKnown
}

// CorridorPart is a number of people, and of corridors.
type CorridorPart struct {
	People uint64  `json:"people"`
	Share  float64 `json:"share" doc:"Percent of the people whose destination and origin are both known"`
	Pairs  int     `json:"pairs" doc:"How many corridors"`

	unknown bool // of some corridors it is not known whether they belong to it, and of none that they do
}

// IsZero reports that the part is not known: an answer leaves it out.
func (p CorridorPart) IsZero() bool { return p.unknown }

// CorridorRow is one corridor.
type CorridorRow struct {
	Rank        int         `json:"rank"`
	Origin      CorridorEnd `json:"origin"`
	Destination CorridorEnd `json:"destination"`
	People      uint64      `json:"people"`
	Share       float64     `json:"share" doc:"Percent of the people whose destination and origin are both known"`
	Force       Force       `json:"force" enum:"both,destination,origin,neither,not known" doc:"At which ends the treaty is in force"`
}

// CorridorEnd is a country or area at one end.
type CorridorEnd struct {
	ID       domain.ParticipantID `json:"id" doc:"Id of the participant, or ISO 3166-1 code of an area that is none"`
	Name     string               `json:"name"`
	Footnote bool                 `json:"footnote,omitempty" doc:"The source has a footnote on this country or area"`
	Status   domain.Status        `json:"status" doc:"Its status under the treaty, not a participant, or not known"`
	Since    domain.Date          `json:"since,omitzero" format:"date"`
}

// NotAParticipant is shown in the place of a status for an area that cannot
// have one.
const NotAParticipant domain.Status = "not a participant"

// CorridorsHypothesis compares the corridors without and with consents that
// nobody has expressed, on the day by which they have taken effect.
type CorridorsHypothesis struct {
	Participants []domain.ParticipantID `json:"participants" doc:"Who is supposed to consent"`
	Settled      domain.Date            `json:"settled" format:"date" doc:"Day by which their consents have taken effect"`
	Before       CorridorShares         `json:"before"`
	After        CorridorShares         `json:"after"`
}

// mostLargest bounds the corridors that an answer lists.
const mostLargest = 1000

// Of answers the question; its error is an *InputError or a
// *whatif.RefusedError, or nil with false where the treaty is not known.
func Of(on projections.Query, q Question) (Corridors, bool, error) {
	h := on.History(q.Treaty)
	if h == nil {
		return Corridors{}, false, nil
	}
	if err := projections.RequireActs(on, h, "who is bound"); err != nil {
		return Corridors{}, true, err
	}
	t, err := chooseTable(on.AsOf, q.Edition, q.Year)
	if err != nil {
		return Corridors{}, true, err
	}
	limit := cmp.Or(q.Limit, 100)
	if limit < 0 || limit > mostLargest {
		return Corridors{}, true, &projections.InputError{Field: "limit", Reason: fmt.Sprintf("%d corridors", limit), Accepted: fmt.Sprintf("1 to %d", mostLargest)}
	}
	ends := t.ends(on, h)
	c := Corridors{Axes: on.Axes, Treaty: on.Head(h), Table: t.used, Unknown: h.Explain(on.AsOf).Unknown}
	c.Shares, c.NoParticipant = t.shares(ends, nil)
	c.Largest = t.largest(ends, limit, nil)
	c.Supposed, err = t.suppose(on, q.Treaty, q.Ratify, nil)
	return c, true, err
}

// table is one year of an edition.
type table struct {
	*catalogue.Corridors
	column int // of the year
	used   CorridorTable
}

// chooseTable chooses edition and year: the latest estimate on or before the
// day in the newest edition, unless chosen otherwise.
func chooseTable(day domain.Date, edition string, year int) (t table, err error) {
	bundled, ok, err := catalogue.CorridorsOf(edition)
	if err != nil {
		return t, err
	}
	if !ok {
		return t, &projections.InputError{Field: "edition", Reason: fmt.Sprintf("no table of corridors of the edition %q is recorded", edition), Accepted: fmt.Sprint(catalogue.CorridorEditions())}
	}
	chosen := "chosen in the question"
	if year == 0 {
		chosen = "latest estimate on or before the as-of day"
		if year, ok = bundled.YearFor(day); !ok {
			return t, &projections.InputError{Field: "asOf", Reason: fmt.Sprintf("the table begins after %s", day), Accepted: fmt.Sprintf("a chosen year, one of %v", bundled.Years)}
		}
	}
	t = table{Corridors: bundled, column: slices.Index(bundled.Years, year)}
	if t.column < 0 {
		return t, &projections.InputError{Field: "year", Reason: fmt.Sprintf("the edition %s has no estimate for %d", bundled.Edition, year), Accepted: fmt.Sprint(bundled.Years)}
	}
	t.used = CorridorTable{Name: bundled.Name, Edition: bundled.Edition, Year: year, Chosen: chosen, Unit: bundled.Unit, World: uint64(bundled.World[t.column]),
		Licence: bundled.Licence, Note: bundled.Note, Attestation: model.Attestation(bundled.Attestation)}
	for _, p := range bundled.Pairs {
		t.used.Known += uint64(p.People[t.column])
	}
	t.used.LeftOut = t.used.World - t.used.Known
	t.used.LeftOutShare = percent(t.used.LeftOut, t.used.World)
	return t, nil
}

// percent returns a share to four places.
func percent(part, of uint64) float64 {
	if of == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(of)*1e6) / 1e4
}

// end is a country or area with its status on the day.
type end struct {
	CorridorEnd
	bound, known, participant bool
}

// ends returns the areas of the table with their status, in its order.
func (t table) ends(on projections.Query, h *domain.History) []end {
	ends := make([]end, len(t.Areas))
	for i, a := range t.Areas {
		ends[i] = endOf(on, h, a)
	}
	return ends
}

// endOf finds the status of an area: that of the State that it was, or was a part
// of, on the day. Where it was a part of several, its status is not known.
func endOf(on projections.Query, h *domain.History, a catalogue.Area) end {
	e := end{CorridorEnd: CorridorEnd{ID: domain.ParticipantID(a.Code), Name: a.Name, Footnote: a.Footnote, Status: NotAParticipant}, known: true}
	p, of := stateOf(on, e.ID)
	if p != nil {
		e.Name = p.Name(on.AsOf)
	}
	switch {
	case len(of) == 0:
		return e
	case len(of) > 1:
		e.Status, e.known = domain.NotKnown, false
		return e
	}
	course := h.Course(of[0])
	e.Status, e.Since, e.participant = course.On(on.AsOf).Status, course.Since(on.AsOf), true
	e.bound, e.known = e.Status.Bound(), e.Status.ConsentKnown()
	return e
}

// stateOf returns the State that an area is today, and which State or States had
// its territory on the day: none where the area is not a State.
func stateOf(on projections.Query, id domain.ParticipantID) (p *domain.Participant, of []domain.ParticipantID) {
	p, ok := on.State().Participant(id, on.Known())
	if !ok {
		return nil, nil
	}
	if p.Kind != domain.KindState {
		return p, nil
	}
	if p.Exists.Contains(on.AsOf) {
		return p, []domain.ParticipantID{id}
	}
	for _, s := range p.Succeeds {
		before, ok := on.State().Participant(s.Participant, on.Known())
		if ok && before.Exists.Contains(on.AsOf) && !slices.Contains(of, s.Participant) {
			of = append(of, s.Participant)
		}
	}
	return p, of
}

// force tells at which ends the treaty is in force.
func force(destination, origin *end) Force {
	switch {
	case !destination.known || !origin.known:
		return NotKnown
	case destination.bound && origin.bound:
		return Both
	case destination.bound:
		return Destination
	case origin.bound:
		return Origin
	}
	return Neither
}

// only chooses pairs; nil chooses all.
type only func(catalogue.Pair) bool

// shares sums people by the ends at which the treaty is in force. Of some pairs
// only, shares are of their people.
func (t table) shares(ends []end, of only) (s CorridorShares, noParticipant CorridorPart) {
	total := uint64(0)
	for _, p := range t.Pairs {
		people := uint64(p.People[t.column])
		if people == 0 || of != nil && !of(p) {
			continue
		}
		total += people
		destination, origin := &ends[p.Destination], &ends[p.Origin]
		part := s.Part(force(destination, origin))
		part.People += people
		part.Pairs++
		if destination.known && !destination.participant || origin.known && !origin.participant {
			noParticipant.People += people
			noParticipant.Pairs++
		}
	}
	for _, f := range Forces() {
		part := s.Part(f)
		part.Share = percent(part.People, total)
		part.unknown = f != NotKnown && part.People == 0 && s.NotKnown.People > 0
	}
	noParticipant.Share = percent(noParticipant.People, total)
	return s, noParticipant
}

// largest returns the largest corridors, by people. Of some pairs only, shares
// are of their people.
func (t table) largest(ends []end, most int, of only) []CorridorRow {
	var chosen []catalogue.Pair
	total := uint64(0)
	for _, p := range t.bySize() {
		if p.People[t.column] > 0 && (of == nil || of(p)) {
			chosen = append(chosen, p)
			total += uint64(p.People[t.column])
		}
	}
	rows := []CorridorRow{}
	for i, p := range chosen[:min(most, len(chosen))] {
		people := uint64(p.People[t.column])
		destination, origin := &ends[p.Destination], &ends[p.Origin]
		rows = append(rows, CorridorRow{i + 1, origin.CorridorEnd, destination.CorridorEnd, people, percent(people, total), force(destination, origin)})
	}
	return rows
}

type yearOf struct {
	edition string
	column  int
}

var ordered sync.Map // yearOf → []catalogue.Pair, the largest first

// bySize returns the pairs of the year, the largest first. They are put in order
// once.
func (t table) bySize() []catalogue.Pair {
	key := yearOf{t.Edition, t.column}
	if pairs, ok := ordered.Load(key); ok {
		return pairs.([]catalogue.Pair)
	}
	pairs := slices.Clone(t.Pairs)
	slices.SortFunc(pairs, func(a, b catalogue.Pair) int {
		return cmp.Or(cmp.Compare(b.People[t.column], a.People[t.column]), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Origin, b.Origin))
	})
	ordered.Store(key, pairs)
	return pairs
}
