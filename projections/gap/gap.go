// Package gap measures a treaty against migration: which receiving countries are
// bound by it, what share of the world's migrants lives in States that are, and
// how that share has grown.
//
// Every figure names the edition and the year of the stock that it was measured
// with; two figures are compared only with one stock. Territories with a stock of
// their own stand in the ranking, as in the source, and are no participants.
package gap

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// The weight tables of migration.
const (
	MigrantStock domain.WeightsID = "migrant-stock"
	MigrantShare domain.WeightsID = "migrant-share"
)

// Question is a gap view's question beside the axes.
type Question struct {
	Treaty    domain.TreatyID
	Receiving string // top20, million, high-income, share10, or a group's id
	Edition   string // of the stock; the newest held where empty
	StockYear int    // the latest on or before the as-of day where 0
}

// Gap says which receiving countries are bound by a treaty, and what share of
// the world's migrants lives in States that are.
type Gap struct {
	Axes       projections.Axes       `json:"axes"`
	Treaty     projections.TreatyHead `json:"treaty"`
	Definition GapDefinition          `json:"definition"`
	Stock      StockUsed              `json:"stock"`
	Counts     model.Counts           `json:"counts,omitzero"`

	Receiving         int `json:"receiving" doc:"How many receiving countries the definition selects"`
	ReceivingBound    int `json:"receivingBound" required:"false" doc:"How many of them are bound; absent where it is not known"`
	ReceivingNotKnown int `json:"receivingNotKnown" doc:"Of how many of them it is not known whether they are bound, as not every act is recorded"`
	NotParticipants   int `json:"notParticipants" doc:"How many of them are territories with a stock of their own, which cannot be bound"`

	Covered       float64       `json:"covered" required:"false" doc:"Migrants who live in a State that is bound; absent where it is not known"`
	CoveredShare  float64       `json:"coveredShare" required:"false" doc:"The same in percent of the world total; absent where it is not known"`
	NotKnownShare float64       `json:"notKnownShare" doc:"Percent of the world total who live in a State of which it is not known whether it is bound; the covered share may be greater by as much"`
	Rows          []GapRow      `json:"rows" doc:"The receiving countries, by stock"`
	Awaiting      []AwaitingRow `json:"awaiting" doc:"Signatories that have not consented, longest first"`
	Regions       []RegionRow   `json:"regions" doc:"States of each United Nations regional group by status"`
	Unknown       string        `json:"unknown,omitempty" doc:"Why it is not known who is bound, where the final clauses are not known"`
	NotInTheTable []string      `json:"notInTheTable,omitempty" doc:"Members of the group for which the stock has no value"`
}

// MarshalJSON leaves out what is not known: where of some States it is not known
// whether they are bound, that none is counted is no zero.
func (g Gap) MarshalJSON() ([]byte, error) {
	type plain Gap
	if g.NotKnownShare == 0 && g.ReceivingNotKnown == 0 {
		return json.Marshal(plain(g))
	}
	return json.Marshal(struct {
		plain
		ReceivingBound int     `json:"receivingBound,omitempty"`
		Covered        float64 `json:"covered,omitempty"`
		CoveredShare   float64 `json:"coveredShare,omitempty"`
	}{plain(g), g.ReceivingBound, g.Covered, g.CoveredShare})
}

// GapDefinition says what a receiving country is in this answer.
type GapDefinition struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	Note    string `json:"note,omitempty"`
	model.Attestation
}

// GapRow is one receiving country.
type GapRow struct {
	Rank        int                  `json:"rank" doc:"Place among all countries and areas by stock"`
	Participant domain.ParticipantID `json:"participant" doc:"Id of the participant, or code of an area that is none"`
	Name        string               `json:"name"`
	Stock       float64              `json:"stock"`
	Share       float64              `json:"share" doc:"Percent of the world total"`
	Status      domain.Status        `json:"status"`
	Bound       bool                 `json:"bound"`
	Since       domain.Date          `json:"since,omitzero" format:"date"`
	Gain        float64              `json:"gain" doc:"Points that its being bound would add to the covered share"`

	Of          domain.ParticipantID `json:"of,omitempty" doc:"The State to which the area belonged on the day, where that is another: status and being bound are its own"`
	OfName      string               `json:"ofName,omitempty"`
	Responsible domain.ParticipantID `json:"responsible,omitempty" doc:"The State that is responsible for this territory on the day; the stock of a territory is not counted as covered"`
	TerritoryOf string               `json:"territoryOf,omitempty" doc:"Name of that State"`
	Scope       string               `json:"scope,omitempty" enum:"applied,excluded" doc:"Whether the consent of that State was extended to the territory, or excludes it"`
	LimitedTo   []string             `json:"limitedTo,omitempty" doc:"The only territories for which it is bound: its stock is not counted as covered, as the table has no figure for a part"`
	Excludes    []string             `json:"excludes,omitempty" doc:"Parts of the treaty that its consent excludes"`
	Provisional bool                 `json:"provisional,omitempty" doc:"The treaty is applied provisionally; that is not counted as being bound"`
}

// Marks says what a reader has to know of a row beside its status, or nothing.
func (r GapRow) Marks() string {
	var marks []string
	if r.Of != "" {
		marks = append(marks, "belonged to "+r.OfName+" on that day, whose status it has")
	}
	if r.Responsible != "" {
		mark := "a territory of " + r.TerritoryOf + ", whose stock is not counted as covered"
		switch r.Scope {
		case ScopeApplied:
			mark += "; the treaty was extended to it"
		case ScopeExcluded:
			mark += "; it is excluded from the consent"
		}
		marks = append(marks, mark)
	}
	if len(r.LimitedTo) > 0 {
		marks = append(marks, "bound for "+strings.Join(r.LimitedTo, ", ")+" only; its stock is not counted as covered, as the table has no figure for a part")
	}
	if len(r.Excludes) > 0 {
		marks = append(marks, "excludes "+strings.Join(r.Excludes, ", "))
	}
	return strings.Join(marks, "; ")
}

// AwaitingRow is a signatory that has not consented.
type AwaitingRow struct {
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Signed      domain.Date          `json:"signed" format:"date"`
	Years       int                  `json:"years" doc:"Full years since the signature"`
	Gain        float64              `json:"gain"`
	IntendsNot  bool                 `json:"intendsNot,omitempty" doc:"It has said that it does not intend to become a party (VCLT 18(a))"`
}

// RegionRow counts the States of a region by status.
type RegionRow struct {
	Group     domain.GroupID `json:"group"`
	Name      string         `json:"name"`
	Party     int            `json:"party" required:"false"`
	Consent   int            `json:"contracting" required:"false" doc:"Consent deposited, not yet in force for them"`
	Signatory int            `json:"signatory" required:"false"`
	None      int            `json:"none" required:"false"`
	NotKnown  int            `json:"notKnown" doc:"States of which it is not known whether they have consented"`
}

// MarshalJSON leaves out the counts of which nothing is known.
func (r RegionRow) MarshalJSON() ([]byte, error) {
	type plain RegionRow
	if r.NotKnown == 0 {
		return json.Marshal(plain(r))
	}
	return json.Marshal(struct {
		plain
		Party     int `json:"party,omitempty"`
		Consent   int `json:"contracting,omitempty"`
		Signatory int `json:"signatory,omitempty"`
		None      int `json:"none,omitempty"`
	}{plain(r), r.Party, r.Consent, r.Signatory, r.None})
}

// Reader gathers what the parts of a gap are computed from.
type Reader struct {
	on      projections.Query
	history *domain.History
	stock   *domain.Weights
	year    int
	values  map[string]float64
	world   float64
	areasOf map[domain.ParticipantID]float64 // the stock of all areas that belong to a participant on the day
}

// NewReader reads the gap of a treaty. Say which stock before asking for figures.
func NewReader(on projections.Query, h *domain.History) *Reader { return &Reader{on: on, history: h} }

// Of answers the question; its error is an *InputError, or nil with false
// where the treaty is not known.
func Of(on projections.Query, q Question) (Gap, bool, error) {
	h := on.History(q.Treaty)
	if h == nil {
		return Gap{}, false, nil
	}
	if err := projections.RequireActs(on, h, "which receiving countries are bound"); err != nil {
		return Gap{}, true, err
	}
	g := NewReader(on, h)
	used, err := g.UseStock(q)
	if err != nil {
		return Gap{}, true, err
	}
	gap := Gap{Axes: on.Axes, Treaty: on.Head(h), Stock: used, Counts: projections.CountsOn(h, on.AsOf)}
	if err := g.receiving(&gap, q.Receiving); err != nil {
		return Gap{}, true, err
	}
	gap.Covered = g.Covered()
	gap.CoveredShare = g.Percent(gap.Covered)
	gap.NotKnownShare = g.Percent(g.notKnown())
	gap.Awaiting = g.awaiting()
	gap.Regions = g.regions()
	gap.Unknown = h.Explain(on.AsOf).Unknown
	return gap, true, nil
}

// receiving finds the receiving countries of the definition and fills the rows.
func (g *Reader) receiving(gap *Gap, name string) error {
	byStock := g.areas(g.values)
	included, definition, err := g.define(name, byStock)
	if err != nil {
		return err
	}
	gap.Definition = definition
	gap.Rows = []GapRow{}
	for i, r := range byStock {
		if !included[r.participant] {
			continue
		}
		delete(included, r.participant)
		row := g.row(i+1, r)
		switch {
		case row.Bound:
			gap.ReceivingBound++
		case !row.Status.ConsentKnown():
			gap.ReceivingNotKnown++
		}
		if r.of == "" {
			gap.NotParticipants++
		}
		gap.Rows = append(gap.Rows, row)
	}
	gap.Receiving = len(gap.Rows)
	for id := range included {
		if p, ok := g.on.State().Participant(id, g.on.Known()); ok && p.Kind == domain.KindState {
			gap.NotInTheTable = append(gap.NotInTheTable, string(id))
		}
	}
	slices.Sort(gap.NotInTheTable)
	return nil
}

// NotAParticipant is shown in the place of a status for an area that cannot
// have one.
const NotAParticipant domain.Status = "not a participant"

func (g *Reader) row(rank int, r ranked) GapRow {
	row := GapRow{Rank: rank, Participant: r.participant, Name: g.on.Name(r.participant), Stock: r.value, Share: g.Percent(r.value), Status: NotAParticipant}
	if r.of == "" {
		row.Name = g.areaName(r.participant)
		g.territory(&row)
		return row
	}
	if r.of != r.participant {
		row.Of, row.OfName = r.of, g.on.Name(r.of)
	}
	course := g.history.Course(r.of)
	standing := course.On(g.on.AsOf)
	row.Status, row.Since, row.Provisional = standing.Status, course.Since(g.on.AsOf), standing.Provisional
	_, row.Excludes = g.history.PartsOn(course, g.on.AsOf)
	row.LimitedTo = course.LimitedTo(g.on.AsOf)
	if row.Bound = row.Status.Bound(); !row.Bound || len(row.LimitedTo) > 0 {
		row.Gain = row.Share
	}
	return row
}

// How a territory stands to the consent of the State responsible for it.
const (
	ScopeApplied  = "applied"
	ScopeExcluded = "excluded"
)

// territory notes the State that is responsible for an area on the day, and
// whether its consent names the territory (VCLT 29).
func (g *Reader) territory(row *GapRow) {
	state := g.on.State()
	p, held := state.Participant(row.Participant, g.on.Known())
	if !held {
		return
	}
	who, known := p.ResponsibleOn(g.on.AsOf)
	if !known {
		return
	}
	row.Responsible, row.TerritoryOf = who, g.on.Name(who)
	applied, excluded := g.history.Course(who).TerritoriesOn(g.on.AsOf)
	is := func(name string) bool {
		named, found := state.Territory(name, g.on.AsOf, g.on.Known())
		return found && named.ID == p.ID
	}
	switch {
	case slices.ContainsFunc(excluded, is):
		row.Scope = ScopeExcluded
	case slices.ContainsFunc(applied, is):
		row.Scope = ScopeApplied
	}
}

// Covered sums the stock of all areas that belong on the day to a State that is
// bound. One that is bound for some of its territories only is not counted: the
// table has no figure for them.
func (g *Reader) Covered() float64 {
	sum := 0.0
	for _, c := range g.history.Courses {
		if c.On(g.on.AsOf).Status.Bound() && len(c.LimitedTo(g.on.AsOf)) == 0 {
			sum += g.areasOf[c.Participant]
		}
	}
	return sum
}

// notKnown sums the stock of all States of which it is not known whether they
// are bound.
func (g *Reader) notKnown() float64 {
	sum := 0.0
	for id, stock := range g.areasOf {
		if !g.history.Course(id).On(g.on.AsOf).Status.ConsentKnown() {
			sum += stock
		}
	}
	return sum
}

// Percent returns the share of the world total, to four places.
func (g *Reader) Percent(value float64) float64 {
	if g.world <= 0 {
		return 0
	}
	return math.Round(value/g.world*1e6) / 1e4
}

func (g *Reader) awaiting() []AwaitingRow {
	rows := []AwaitingRow{}
	for _, c := range g.history.Courses {
		standing := c.On(g.on.AsOf)
		if standing.Status != domain.Signatory {
			continue
		}
		signed := g.history.SignedOn(c)
		rows = append(rows, AwaitingRow{c.Participant, g.on.Name(c.Participant), signed, signed.YearsUntil(g.on.AsOf), g.Percent(g.areasOf[c.Participant]), standing.IntendsNot})
	}
	slices.SortFunc(rows, func(a, b AwaitingRow) int {
		return cmp.Or(a.Signed.Compare(b.Signed), wording.CompareNames(a.Name, b.Name))
	})
	return rows
}

func (g *Reader) regions() []RegionRow {
	rows := []RegionRow{}
	for _, group := range g.on.State().Groups(g.on.Known()) {
		if group.Kind != "region" {
			continue
		}
		row := RegionRow{Group: group.ID, Name: group.Name}
		for _, member := range group.On(g.on.AsOf) {
			p, ok := g.on.State().Participant(member, g.on.Known())
			if !ok || !p.Exists.Contains(g.on.AsOf) {
				continue
			}
			switch status := g.history.Course(member).On(g.on.AsOf).Status; {
			case status.Bound():
				row.Party++
			case status.Consenting():
				row.Consent++
			case status == domain.Signatory:
				row.Signatory++
			case !status.ConsentKnown():
				row.NotKnown++
			default:
				row.None++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// RoundPoints rounds percentage points to four places.
func RoundPoints(points float64) float64 { return math.Round(points*1e4) / 1e4 }
