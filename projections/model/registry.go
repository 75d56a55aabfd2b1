package model

import (
	"encoding/json"
	"fmt"

	"depositary/domain"
)

// Participant is a State, a regional economic integration organization or an
// international organization. It exists for an interval and has names and
// codes for intervals. A State that continues the legal personality of another
// is the same participant under a new name (the Russian Federation was the
// USSR); one that succeeds to another is a participant of its own.
type Participant struct {
	ID          domain.ParticipantID   `json:"id" doc:"Identity of the participant, mostly its ISO 3166-1 alpha-3 code"`
	Kind        domain.ParticipantKind `json:"kind" enum:"state,REIO,organization,territory"`
	ISO3        string                 `json:"iso3,omitempty" doc:"ISO 3166-1 alpha-3 code in use today"`
	Exists      Interval               `json:"exists,omitzero" doc:"Days from (inclusive) until (exclusive) which it exists"`
	Names       []DatedName            `json:"names" doc:"Names as the depositary writes them, each for an interval"`
	Codes       []DatedCode            `json:"codes,omitempty" doc:"Codes of former times, such as SUN until 1991-12-24"`
	Aliases     []string               `json:"aliases,omitempty" doc:"Other spellings under which it is found"`
	Succeeds    []Succession           `json:"succeeds,omitempty" doc:"The participants it succeeded"`
	Responsible []Responsibility       `json:"responsible,omitempty" doc:"The States responsible for the international relations of a territory, each for an interval"`
	Note        string                 `json:"note,omitempty"`
	Attestation
}

// Interval is the days from From, inclusive, until Until, exclusive. A zero
// From means "always before", a zero Until "still".
type Interval struct {
	From  domain.Date `json:"from,omitzero" format:"date"`
	Until domain.Date `json:"until,omitzero" format:"date"`
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

// Succession says that a participant replaced another in the responsibility
// for the international relations of a territory (VCST 2(1)(b)).
type Succession struct {
	Participant domain.ParticipantID `json:"participant" doc:"The predecessor"`
	On          domain.Date          `json:"on,omitzero" doc:"Date of the succession of States" format:"date"`
	How         string               `json:"how,omitempty" doc:"dissolution, separation, unification or independence"`
}

// Responsibility says which State is responsible for the international relations
// of a territory, for an interval.
type Responsibility struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

// Group is a set of participants in which each membership holds for an
// interval. Edition names the version of a classification that is not a
// membership (an income class of one fiscal year).
type Group struct {
	ID      domain.GroupID `json:"id"`
	Name    string         `json:"name"`
	Kind    string         `json:"kind,omitempty" doc:"membership, region or income"`
	Edition string         `json:"edition,omitempty"`
	Members []Member       `json:"members"`
	Note    string         `json:"note,omitempty"`
	Attestation
}

// Member is one participant's membership for an interval.
type Member struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

// Weights is one edition of a table in which participants and other areas have a
// number: migrant stock, emissions, tonnage. The edition is part of its key.
type Weights struct {
	ID      domain.WeightsID  `json:"id"`
	Edition string            `json:"edition" doc:"Edition of the table, such as 2020; later editions sort later"`
	Name    string            `json:"name"`
	Unit    string            `json:"unit"`
	World   string            `json:"world,omitempty" doc:"The area whose value is the total, such as WLD; the sum of all rows where absent"`
	Licence string            `json:"licence,omitempty"`
	Note    string            `json:"note,omitempty"`
	Areas   map[string]string `json:"areas,omitempty" doc:"Names of the areas, by code"`
	Rows    []WeightRow       `json:"rows" doc:"Rows of area code, year (0 where the table has none) and value"`
	Attestation
}

// WeightRow is the value of one area in one year, written ["DEU",2020,15762457].
type WeightRow struct {
	Area  string
	Year  int
	Value float64
}

// Define adds or corrects definitions: of one treaty, or of any number of
// participants, groups and weight tables.
type Define struct {
	Treaty       *Treaty       `json:"treaty,omitempty"`
	Participants []Participant `json:"participants,omitempty"`
	Groups       []Group       `json:"groups,omitempty"`
	Weights      []Weights     `json:"weights,omitempty"`
	Reason       string        `json:"reason,omitempty"`
	Seen         uint64        `json:"seen,omitempty"`
}

// MarshalJSON writes the row as an array of three.
func (r WeightRow) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{r.Area, r.Year, r.Value})
}

// UnmarshalJSON reads an array of three.
func (r *WeightRow) UnmarshalJSON(data []byte) error {
	if string(data) == "null" { // what a document has there could not be read
		return nil
	}
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

// FromDefine converts a command that defines.
func FromDefine(c domain.Define) Define {
	d := Define{
		Participants: each(c.Participants, FromParticipant),
		Groups:       each(c.Groups, FromGroup),
		Weights:      each(c.Weights, FromWeights),
		Reason:       c.Reason,
		Seen:         c.Seen,
	}
	if c.Treaty != nil {
		t := FromTreaty(*c.Treaty)
		d.Treaty = &t
	}
	return d
}

// ToDomain converts the command to the domain's.
func (c Define) ToDomain() domain.Define {
	d := domain.Define{
		Participants: each(c.Participants, Participant.ToDomain),
		Groups:       each(c.Groups, Group.ToDomain),
		Weights:      each(c.Weights, Weights.ToDomain),
		Reason:       c.Reason,
		Seen:         c.Seen,
	}
	if c.Treaty != nil {
		t := c.Treaty.ToDomain()
		d.Treaty = &t
	}
	return d
}
