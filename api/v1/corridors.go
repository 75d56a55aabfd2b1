package v1

import (
	"context"
	"fmt"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections"
	"depositary/projections/corridors"
	"depositary/projections/find"
)

// CorridorsInput is how corridors of a treaty are asked for.
type CorridorsInput struct {
	TreatyInput
	Edition string   `query:"edition" doc:"Edition of the table of migrants by destination and origin; the newest where absent" example:"2024"`
	Year    int      `query:"year" minimum:"0" maximum:"9999" doc:"Year of the estimate; the latest on or before the as-of day where absent" example:"2020"`
	Ratify  []string `query:"ratify" names:"participants" maxItems:"200" doc:"Ids, codes or names of those that are supposed to consent on the as-of day; what would change is added" example:"DEU,USA"`
}

func (s *API) corridorsQuestion(in *CorridorsInput, limit int) (on projections.Query, q corridors.Question, err error) {
	on, id, err := s.onTreaty(&in.TreatyInput)
	if err != nil {
		return on, q, err
	}
	q = corridors.Question{Treaty: id, Edition: in.Edition, Year: in.Year, Limit: limit}
	for _, text := range in.Ratify {
		p, err := s.participant(strings.TrimSpace(text), on.AsOf)
		if err != nil {
			return on, q, inField(err, "ratify")
		}
		q.Ratify = append(q.Ratify, p)
	}
	return on, q, nil
}

func (s *API) corridors(_ context.Context, in *struct {
	CorridorsInput
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many of the largest corridors" example:"100"`
}) (body corridorsBody, err error) {
	on, q, err := s.corridorsQuestion(&in.CorridorsInput, in.Limit)
	if err != nil {
		return body, err
	}
	answer, ok, err := corridors.Of(on, q)
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return corridorsBody{answer}, err
}

func (s *API) originCorridors(_ context.Context, in *struct {
	CorridorsInput
	Origin string `path:"origin" names:"participants" doc:"Id, code or name of the country or area of origin" example:"MEX"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"How many destinations whose consent would cover most" example:"10"`
}) (body originBody, err error) {
	on, q, err := s.corridorsQuestion(&in.CorridorsInput, in.Limit)
	if err != nil {
		return body, err
	}
	origin, err := s.area("origin", in.Origin, in.Edition, on.AsOf)
	if err != nil {
		return body, err
	}
	answer, ok, err := corridors.OfOrigin(on, corridors.OriginQuestion{Question: q, Origin: origin})
	if !ok && err == nil {
		err = notKnownThen("treaty", in.Treaty, on)
	}
	return originBody{answer}, err
}

func (s *API) corridor(_ context.Context, in *struct {
	QuestionInput
	Origin      string   `path:"origin" names:"participants" doc:"Id, code or name of the country or area of origin" example:"BOL"`
	Destination string   `path:"destination" names:"participants" doc:"Id, code or name of the destination" example:"ARG"`
	Treaties    []string `query:"treaties" doc:"Ids, short names or aliases; all of which something is known where absent" example:"ICMW,C97"`
	Edition     string   `query:"edition" doc:"Edition of the table; the newest where absent" example:"2024"`
	Year        int      `query:"year" minimum:"0" maximum:"9999" doc:"Year of the estimate; the latest on or before the as-of day where absent" example:"2020"`
}) (body corridorBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	q := corridors.PairQuestion{Edition: in.Edition, Year: in.Year}
	if q.Origin, err = s.area("origin", in.Origin, in.Edition, on.AsOf); err != nil {
		return body, err
	}
	if q.Destination, err = s.area("destination", in.Destination, in.Edition, on.AsOf); err != nil {
		return body, err
	}
	for _, text := range in.Treaties {
		id, err := s.treaty(strings.TrimSpace(text))
		if err != nil {
			return body, inField(err, "treaties")
		}
		q.Treaties = append(q.Treaties, id)
	}
	answer, ok, err := corridors.OfPair(on, q)
	if !ok && err == nil {
		err = notKnownThen("treaty", strings.Join(in.Treaties, ","), on)
	}
	return corridorBody{answer}, err
}

// area finds a country or area of the table by id, code or name.
func (s *API) area(parameter, text, edition string, on domain.Date) (domain.ParticipantID, error) {
	table, ok, err := catalogue.CorridorsOf(edition)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", problem.Invalid("edition", fmt.Sprintf("no table of corridors of the edition %q is recorded", problem.Clip(edition)), fmt.Sprint(catalogue.CorridorEditions()))
	}
	id, err := find.Area(s.Projection.Current().State, table, text, on)
	if err != nil {
		return "", notCalled(parameter, "country or area", text, err, "an id, code or name of a country or area of the table")
	}
	return id, nil
}

// tableColumns end every table of corridors: what its figures are computed from.
var tableColumns = []string{"table_edition", "table_year", "known", "world", "source"}

func tableCells(t corridors.CorridorTable) []string {
	return []string{t.Edition, fmt.Sprint(t.Year), fmt.Sprint(t.Known), fmt.Sprint(t.World), t.Source}
}

func corridorTable(rows []corridors.CorridorRow, treaty projections.TreatyHead, used corridors.CorridorTable, axes projections.Axes) table {
	t := table{header: append(append([]string{"rank", "origin", "origin_name", "destination", "destination_name", "people", "share_percent", "force",
		"origin_status", "origin_since", "destination_status", "destination_since", "treaty", "coverage", "acts_as_at"}, tableColumns...), axesColumns...)}
	for _, r := range rows {
		t.rows = append(t.rows, append(append([]string{fmt.Sprint(r.Rank), string(r.Origin.ID), r.Origin.Name, string(r.Destination.ID), r.Destination.Name, fmt.Sprint(r.People), number(r.Share),
			string(r.Force), string(r.Origin.Status), r.Origin.Since.String(), string(r.Destination.Status), r.Destination.Since.String(), string(treaty.ID), string(treaty.Coverage.Extent), treaty.Coverage.AsAt.String()}, tableCells(used)...), axesCells(axes)...))
	}
	return t
}

type corridorsBody struct{ corridors.Corridors }

func (b corridorsBody) table() table { return corridorTable(b.Largest, b.Treaty, b.Table, b.Axes) }

type originBody struct{ corridors.OriginCorridors }

func (b originBody) table() table { return corridorTable(b.Rows, b.Treaty, b.Table, b.Axes) }

type corridorBody struct{ corridors.Pair }

func (b corridorBody) table() table {
	t := table{header: append(append([]string{"treaty", "treaty_short", "force", "origin", "origin_status", "origin_since", "destination", "destination_status", "destination_since",
		"in_force_between", "why", "people", "opposite", "coverage", "acts_as_at"}, tableColumns...), axesColumns...)}
	for _, r := range b.Treaties {
		between, why := "", ""
		if r.Relation != nil {
			between, why = yesOrNo(r.Relation.InForce), r.Relation.Why
		}
		t.rows = append(t.rows, append(append([]string{string(r.Treaty.ID), r.Treaty.Short, string(r.Force), string(b.Origin.ID), string(r.Origin.Status), r.Origin.Since.String(),
			string(b.Destination.ID), string(r.Destination.Status), r.Destination.Since.String(), between, why, fmt.Sprint(b.People), fmt.Sprint(b.Opposite), string(r.Treaty.Coverage.Extent), r.Treaty.Coverage.AsAt.String()}, tableCells(b.Table)...), axesCells(b.Axes)...))
	}
	return t
}
