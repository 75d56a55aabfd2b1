package v1

import (
	"encoding/json"
	"fmt"

	"depositary/domain"
)

// Participant is a State or an organization.
type Participant struct {
	ID          domain.ParticipantID   `json:"id"`
	Kind        domain.ParticipantKind `json:"kind"`
	ISO3        string                 `json:"iso3,omitempty"`
	Exists      Interval               `json:"exists,omitzero"`
	Names       []DatedName            `json:"names"`
	Codes       []DatedCode            `json:"codes,omitempty"`
	Aliases     []string               `json:"aliases,omitempty"`
	Succeeds    []Succession           `json:"succeeds,omitempty"`
	Responsible []Responsibility       `json:"responsible,omitempty"`
	Note        string                 `json:"note,omitempty"`
	Attestation
}

// Interval is the days from one day until before another.
type Interval struct {
	From  domain.Date `json:"from,omitzero"`
	Until domain.Date `json:"until,omitzero"`
}

// DatedName is a name for an interval.
type DatedName struct {
	Name string `json:"name"`
	Interval
}

// DatedCode is a code for an interval.
type DatedCode struct {
	Code string `json:"code"`
	Interval
}

// Succession names a predecessor.
type Succession struct {
	Participant domain.ParticipantID `json:"participant"`
	On          domain.Date          `json:"on,omitzero"`
	How         string               `json:"how,omitempty"`
}

// Responsibility says which State is responsible for the international relations
// of a territory, for an interval.
type Responsibility struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

// Group is a group of participants.
type Group struct {
	ID      domain.GroupID `json:"id"`
	Name    string         `json:"name"`
	Kind    string         `json:"kind,omitempty"`
	Edition string         `json:"edition,omitempty"`
	Members []Member       `json:"members"`
	Note    string         `json:"note,omitempty"`
	Attestation
}

// Member is a membership for an interval.
type Member struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

// Weights is an edition of a weight table.
type Weights struct {
	ID      domain.WeightsID  `json:"id"`
	Edition string            `json:"edition"`
	Name    string            `json:"name"`
	Unit    string            `json:"unit"`
	World   string            `json:"world,omitempty"`
	Licence string            `json:"licence,omitempty"`
	Note    string            `json:"note,omitempty"`
	Areas   map[string]string `json:"areas,omitempty"`
	Rows    []WeightRow       `json:"rows"`
	Attestation
}

// WeightRow is the value of an area in a year, written ["DEU",2020,15762457].
type WeightRow struct {
	Area  string
	Year  int
	Value float64
}

// MarshalJSON writes the row as an array of three.
func (r WeightRow) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{r.Area, r.Year, r.Value})
}

// UnmarshalJSON reads an array of three.
func (r *WeightRow) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) != 3 {
		return fmt.Errorf("a row of a weight table is an area, a year and a value, such as [\"DEU\",2020,15762457], not %s", data)
	}
	for i, target := range []any{&r.Area, &r.Year, &r.Value} {
		if err := json.Unmarshal(parts[i], target); err != nil {
			return fmt.Errorf("row %s: %w", data, err)
		}
	}
	return nil
}

// FromParticipant converts a participant of the domain.
func FromParticipant(p domain.Participant) Participant {
	return Participant{
		ID:     p.ID,
		Kind:   p.Kind,
		ISO3:   p.ISO3,
		Exists: Interval(p.Exists),
		Names: each(p.Names, func(n domain.DatedName) DatedName {
			return DatedName{n.Name, Interval(n.Interval)}
		}),
		Codes: each(p.Codes, func(c domain.DatedCode) DatedCode {
			return DatedCode{c.Code, Interval(c.Interval)}
		}),
		Aliases:  p.Aliases,
		Succeeds: each(p.Succeeds, func(s domain.Succession) Succession { return Succession(s) }),
		Responsible: each(p.Responsible, func(r domain.Responsibility) Responsibility {
			return Responsibility{r.Participant, Interval(r.Interval)}
		}),
		Note:        p.Note,
		Attestation: Attestation(p.Attestation),
	}
}

// ToDomain converts the participant to the domain's.
func (p Participant) ToDomain() domain.Participant {
	return domain.Participant{
		ID:     p.ID,
		Kind:   p.Kind,
		ISO3:   p.ISO3,
		Exists: domain.Interval(p.Exists),
		Names: each(p.Names, func(n DatedName) domain.DatedName {
			return domain.DatedName{Name: n.Name, Interval: domain.Interval(n.Interval)}
		}),
		Codes: each(p.Codes, func(c DatedCode) domain.DatedCode {
			return domain.DatedCode{Code: c.Code, Interval: domain.Interval(c.Interval)}
		}),
		Aliases:  p.Aliases,
		Succeeds: each(p.Succeeds, func(s Succession) domain.Succession { return domain.Succession(s) }),
		Responsible: each(p.Responsible, func(r Responsibility) domain.Responsibility {
			return domain.Responsibility{Participant: r.Participant, Interval: domain.Interval(r.Interval)}
		}),
		Note:        p.Note,
		Attestation: domain.Attestation(p.Attestation),
	}
}

// FromGroup converts a group of the domain.
func FromGroup(g domain.Group) Group {
	return Group{
		ID:      g.ID,
		Name:    g.Name,
		Kind:    g.Kind,
		Edition: g.Edition,
		Members: each(g.Members, func(m domain.Member) Member {
			return Member{m.Participant, Interval(m.Interval)}
		}),
		Note:        g.Note,
		Attestation: Attestation(g.Attestation),
	}
}

// ToDomain converts the group to the domain's.
func (g Group) ToDomain() domain.Group {
	return domain.Group{
		ID:      g.ID,
		Name:    g.Name,
		Kind:    g.Kind,
		Edition: g.Edition,
		Members: each(g.Members, func(m Member) domain.Member {
			return domain.Member{Participant: m.Participant, Interval: domain.Interval(m.Interval)}
		}),
		Note:        g.Note,
		Attestation: domain.Attestation(g.Attestation),
	}
}

// FromWeights converts a weight table of the domain.
func FromWeights(w domain.Weights) Weights {
	return Weights{
		ID:          w.ID,
		Edition:     w.Edition,
		Name:        w.Name,
		Unit:        w.Unit,
		World:       w.World,
		Licence:     w.Licence,
		Note:        w.Note,
		Areas:       w.Areas,
		Rows:        each(w.Rows, func(r domain.WeightRow) WeightRow { return WeightRow(r) }),
		Attestation: Attestation(w.Attestation),
	}
}

// ToDomain converts the weight table to the domain's.
func (w Weights) ToDomain() domain.Weights {
	return domain.Weights{
		ID:          w.ID,
		Edition:     w.Edition,
		Name:        w.Name,
		Unit:        w.Unit,
		World:       w.World,
		Licence:     w.Licence,
		Note:        w.Note,
		Areas:       w.Areas,
		Rows:        each(w.Rows, func(r WeightRow) domain.WeightRow { return domain.WeightRow(r) }),
		Attestation: domain.Attestation(w.Attestation),
	}
}
