package v1

import (
	"context"

	"depositary/projections"
)

func (s *API) search(_ context.Context, in *struct {
	AxesInput
	Text  string `query:"text" required:"true" doc:"Words, each of which must occur; case and accents do not matter, and participants are found under their names in all languages; where nothing has them, what is nearly so is found" example:"migrant families"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many of each kind at most"`
}) (body projections.Found, err error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return body, err
	}
	return projections.Search(on, projections.SearchQuestion{Text: in.Text, Limit: in.Limit})
}
