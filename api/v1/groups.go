package v1

import (
	"context"
	"strings"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

type groupsBody struct {
	Groups []model.Group `json:"groups"`
	Following
}

func (s *API) listGroups(_ context.Context, in *struct {
	QuestionInput
	PartInput
}) (body groupsBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	var all []model.Group
	for _, g := range s.Projection.Current().State.Groups(on.Known()) {
		all = append(all, model.FromGroup(*g))
	}
	body.Groups, body.Following, err = paged(all, in.Cursor, in.Limit, func(g model.Group) string { return string(g.ID) })
	return body, err
}

func (s *API) getGroup(_ context.Context, in *struct {
	Group string `path:"group" example:"OECD"`
	QuestionInput
}) (body groupBody, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	g, ok := s.Projection.Current().State.Group(domain.GroupID(strings.ToUpper(in.Group)), on.Known())
	if !ok {
		return body, problem.NotFound("group", "group", in.Group, "an id listed at /v1/groups")
	}
	return groupBody{model.FromGroup(*g)}, nil
}

type groupBody struct{ model.Group }

func (b groupBody) table() table {
	t := table{header: []string{"group", "participant", "from", "until", "source", "verification"}}
	for _, m := range b.Members {
		t.rows = append(t.rows, []string{string(b.ID), string(m.Participant), m.From.String(), m.Until.String(), b.Source, b.Verification})
	}
	return t
}
