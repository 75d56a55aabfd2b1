package gap

import (
	"fmt"
	"slices"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

// StockUsed names edition and year of the weight table; no figure is shown without.
type StockUsed struct {
	ID      domain.WeightsID `json:"id"`
	Name    string           `json:"name"`
	Edition string           `json:"edition"`
	Year    int              `json:"year"`
	Chosen  string           `json:"chosen" doc:"How the year was chosen"`
	World   float64          `json:"world" doc:"The world total of that edition and year"`
	Unit    string           `json:"unit"`
	Licence string           `json:"licence,omitempty"`
	Note    string           `json:"note,omitempty"`
	model.Attestation
}

// UseStock chooses edition and year: the latest estimate on or before the
// as-of day in the newest edition recorded, unless chosen otherwise.
func (g *Reader) UseStock(q Question) (StockUsed, error) {
	w, ok := g.on.State().WeightsEdition(MigrantStock, q.Edition, g.on.Known())
	if !ok {
		return StockUsed{}, &projections.InputError{Field: "edition", Reason: "no migrant stock of this edition is recorded", Accepted: "an edition listed at /v1/weights"}
	}
	year, chosen := q.StockYear, "chosen in the question"
	if year == 0 {
		chosen = "latest estimate on or before the as-of day, in the newest edition recorded"
		if q.Edition != "" {
			chosen = "latest estimate on or before the as-of day, in the edition that the question names"
		}
		if year, ok = w.YearFor(g.on.AsOf); !ok {
			return StockUsed{}, &projections.InputError{Field: "asOf", Reason: fmt.Sprintf("the edition %s of the stock begins after %s", w.Edition, g.on.AsOf), Accepted: "a chosen stock year, one of " + fmt.Sprint(w.Years())}
		}
	}
	if !slices.Contains(w.Years(), year) {
		return StockUsed{}, &projections.InputError{Field: "stockYear", Reason: fmt.Sprintf("the edition %s has no estimate for %d", w.Edition, year), Accepted: fmt.Sprint(w.Years())}
	}
	g.take(w, year)
	return StockUsed{w.ID, w.Name, w.Edition, year, chosen, g.world, w.Unit, w.Licence, w.Note, model.Attestation(w.Attestation)}, nil
}

// take reads one year of an edition, and to whom its areas belong on the day.
func (g *Reader) take(w *domain.Weights, year int) {
	g.stock, g.year, g.values, g.world = w, year, w.Of(year), w.Total(year)
	g.areasOf = make(map[domain.ParticipantID]float64)
	for area, value := range g.values {
		if p, ok := g.there(domain.ParticipantID(area)); ok && area != w.World {
			g.areasOf[p.ID] += value
		}
	}
}

// UseStockOf measures with the stock that another reader has chosen.
func (g *Reader) UseStockOf(other *Reader) {
	g.take(other.stock, other.year)
}

// StockOf returns the migrants who live in the areas that belong to a participant
// on the day, 0 where the stock has no value.
func (g *Reader) StockOf(id domain.ParticipantID) float64 { return g.areasOf[id] }

// HasStock reports whether a migrant stock is held for the day.
func HasStock(on projections.Query) bool {
	w, held := on.State().WeightsEdition(MigrantStock, "", on.Known())
	if !held {
		return false
	}
	_, covers := w.YearFor(on.AsOf)
	return covers
}

// ResidentsOf returns how many migrants live in a participant on the day, by
// the latest estimate of the newest edition; false where the table has no
// figure for it or begins later.
func ResidentsOf(on projections.Query, id domain.ParticipantID) (people, share float64, used StockUsed, ok bool) {
	g := NewReader(on, nil)
	used, err := g.UseStock(Question{})
	if err != nil {
		return 0, 0, used, false // no table for the day is no fault of the question
	}
	people, ok = g.areasOf[id]
	return people, g.Percent(people), used, ok
}
