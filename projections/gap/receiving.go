package gap

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

// Receiving is who the receiving countries of a definition are on a day.
type Receiving struct {
	Definition   GapDefinition          `json:"definition"`
	Stock        StockUsed              `json:"stock"`
	Countries    int                    `json:"countries" doc:"How many countries and areas the definition has"`
	Participants []domain.ParticipantID `json:"participants" doc:"The participants among them, by stock; an area that belonged to another State on the day stands for that State"`
	LeftOut      []string               `json:"leftOut" doc:"Areas that are no participant and belong to none on the day"`
}

// ReceivingOf finds the receiving countries of a definition, by the stock that
// the question names; its treaty does not matter. Its error is an *InputError.
func ReceivingOf(on projections.Query, q Question) (r Receiving, err error) {
	g := NewReader(on, nil)
	if r.Stock, err = g.UseStock(q); err != nil {
		return r, err
	}
	byStock := g.areas(g.values)
	var included map[domain.ParticipantID]bool
	if included, r.Definition, err = g.define(q.Receiving, byStock); err != nil {
		return r, err
	}
	r.Participants, r.LeftOut = []domain.ParticipantID{}, []string{}
	for _, area := range byStock {
		switch {
		case !included[area.participant]:
			continue
		case area.of == "":
			r.LeftOut = append(r.LeftOut, g.areaName(area.participant))
		case !slices.Contains(r.Participants, area.of):
			r.Participants = append(r.Participants, area.of)
		}
		r.Countries++
	}
	return r, nil
}

// areaName names an area that is no participant as the table does.
func (g *Reader) areaName(area domain.ParticipantID) string {
	if name, ok := g.stock.Areas[string(area)]; ok {
		return name
	}
	return g.on.Name(area)
}

var (
	reTop   = regexp.MustCompile(`^top([1-9]\d{0,2})$`)
	reShare = regexp.MustCompile(`^share([1-9]\d?)$`)
)

// receivingForms is what a definition may be, for messages.
const receivingForms = "top20 (any number), million (at least one million migrants), share10 (at least 10 percent of the population), high-income, or the id of a group such as OECD, EU, GCC or G20"

// there returns the State to which an area belongs on the day.
func (g *Reader) there(area domain.ParticipantID) (*domain.Participant, bool) {
	p, ok := g.on.State().StateThere(area, g.on.AsOf, g.on.Known())
	return p, ok && p.Kind == domain.KindState
}

// areas returns every area of a table but the world, by value. Territories with a
// stock of their own stand in the ranking, as in the source, and are no
// participants: they cannot be bound.
func (g *Reader) areas(values map[string]float64) []ranked {
	var all []ranked
	for area, value := range values {
		if area == g.stock.World {
			continue
		}
		id := domain.ParticipantID(area)
		r := ranked{participant: id, value: value}
		if p, ok := g.there(id); ok {
			r.of = p.ID
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.participant, b.participant))
	})
	return all
}

type ranked struct {
	participant domain.ParticipantID // or the code of an area that is none
	value       float64
	of          domain.ParticipantID // the State it belongs to on the day; empty for an area that belongs to none
}

func (g *Reader) define(name string, byStock []ranked) (map[domain.ParticipantID]bool, GapDefinition, error) {
	included := make(map[domain.ParticipantID]bool)
	take := func(all []ranked) {
		for _, r := range all {
			included[r.participant] = true
		}
	}
	atLeast := func(all []ranked, least float64) []ranked {
		n := 0
		for n < len(all) && all[n].value >= least {
			n++
		}
		return all[:n]
	}
	own := model.Attestation{Source: g.stock.Source, Verification: g.stock.Verification}
	if m := reTop.FindStringSubmatch(name); m != nil {
		n, _ := strconv.Atoi(m[1])
		take(byStock[:min(n, len(byStock))])
		return included, GapDefinition{name, fmt.Sprintf("the %d countries and areas with the largest migrant stock in %d", n, g.year), "", own}, nil
	}
	if name == "million" {
		take(atLeast(byStock, 1_000_000))
		return included, GapDefinition{name, fmt.Sprintf("countries and areas with a migrant stock of at least one million in %d", g.year), "", own}, nil
	}
	if m := reShare.FindStringSubmatch(name); m != nil {
		least, _ := strconv.Atoi(m[1])
		shares, ok := g.on.State().WeightsEdition(MigrantShare, g.stock.Edition, g.on.Known())
		if !ok {
			return nil, GapDefinition{}, &projections.InputError{Field: "receiving", Reason: "no table of migrants' share of the population is recorded in edition " + g.stock.Edition, Accepted: receivingForms}
		}
		take(atLeast(g.areas(shares.Of(g.year)), float64(least)))
		return included, GapDefinition{name, fmt.Sprintf("countries and areas where migrants were at least %d percent of the population in %d", least, g.year), shares.Note, model.Attestation(shares.Attestation)}, nil
	}
	id := domain.GroupID(name)
	if name == "high-income" {
		id = "INCOME-HIGH"
	}
	group, ok := g.on.State().Group(id, g.on.Known())
	if !ok {
		return nil, GapDefinition{}, &projections.InputError{Field: "receiving", Reason: fmt.Sprintf("%q is no definition of receiving countries", name), Accepted: receivingForms}
	}
	for _, member := range group.On(g.on.AsOf) {
		included[member] = true
	}
	meaning := "members of " + group.Name + " on the as-of day"
	if group.Edition != "" {
		meaning = group.Name + ", edition " + group.Edition
	}
	return included, GapDefinition{name, meaning, group.Note, model.Attestation(group.Attestation)}, nil
}
