package v1

import (
	"context"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

func (s *API) listTerritories(_ context.Context, in *struct {
	QuestionInput
	Of string `query:"of" names:"participants" doc:"Id, code or name of the State that is responsible on the day; all territories where absent" example:"GBR"`
	PageInput
}) (body territoriesBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var of domain.ParticipantID
	if in.Of != "" {
		if of, err = s.participant(in.Of, on.AsOf); err != nil {
			return body, err
		}
	}
	all := []territoryOnADay{}
	for _, p := range on.State().Territories(on.Known()) {
		who, _ := p.ResponsibleOn(on.AsOf)
		if of != "" && who != of {
			continue
		}
		row := territoryOnADay{Name: p.Name(on.AsOf), On: who, Participant: model.FromParticipant(*p)}
		if who != "" {
			row.OnName = on.Name(who)
		}
		all = append(all, row)
	}
	page, next, err := paged(all, in.Cursor, in.Limit, func(t territoryOnADay) string { return string(t.ID) })
	return territoriesBody{on.Axes, page, next}, err
}

type territoriesBody struct {
	Axes        projections.Axes  `json:"axes"`
	Territories []territoryOnADay `json:"territories"`
	Following
}

// territoryOnADay is a territory, or a State that was one, with who answers for
// it on the day.
type territoryOnADay struct {
	Name   string               `json:"name" doc:"Its name on the day"`
	On     domain.ParticipantID `json:"responsibleOnTheDay,omitempty" doc:"The State responsible for its international relations on the day; absent where the register gives none"`
	OnName string               `json:"responsibleName,omitempty" doc:"Name of that State"`
	model.Participant
}

func (b territoriesBody) table() table {
	t := table{header: append([]string{"id", "name", "responsible", "responsible_name", "before_and_after", "aliases", "exists_from", "exists_until", "note", "source", "verification"}, axesColumns...)}
	for _, r := range b.Territories {
		t.rows = append(t.rows, append([]string{string(r.ID), r.Name, string(r.On), r.OnName, responsibilities(r.Responsible), strings.Join(r.Aliases, "; "),
			r.Exists.From.String(), r.Exists.Until.String(), r.Note, r.Source, r.Verification}, axesCells(b.Axes)...))
	}
	return t
}

// responsibilities writes who answered for a territory and when: "GBR until
// 1997-07-01; CHN from 1997-07-01".
func responsibilities(all []model.Responsibility) string {
	parts := make([]string, len(all))
	for i, r := range all {
		parts[i] = string(r.Participant)
		if !r.From.IsZero() {
			parts[i] += " from " + r.From.String()
		}
		if !r.Until.IsZero() {
			parts[i] += " until " + r.Until.String()
		}
	}
	return strings.Join(parts, "; ")
}
