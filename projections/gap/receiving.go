package gap

import (
	"slices"

	"depositary/domain"
	"depositary/projections"
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
