package v1

import (
	"context"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/intray"
	"depositary/projections/model"
)

// The in-tray: what arrived at the depositary, and what waits there.

func (s *API) getIntray(context.Context, *struct{}) (intray.Intray, error) {
	return intray.Of(s.Projection.Current(), s.Today()), nil
}

type arrivalsBody struct {
	Arrivals []intray.ArrivalView `json:"arrivals" doc:"The newest first"`
	Following
}

func (s *API) listArrivals(_ context.Context, in *struct {
	Open bool `query:"open" doc:"Only what waits to be decided on"`
	PageInput
}) (body arrivalsBody, err error) {
	views := s.Projection.Current()
	body.Arrivals = []intray.ArrivalView{}
	var chosen []*domain.ArrivalCourse
	all := views.State.Arrivals()
	for i := range all {
		if c := all[len(all)-1-i]; !in.Open || c.Open() {
			chosen = append(chosen, c)
		}
	}
	page, next, err := paged(chosen, in.Cursor, in.Limit, func(c *domain.ArrivalCourse) string { return c.ID.String() })
	if err != nil {
		return body, err
	}
	body.Following = next
	for _, c := range page {
		view, err := intray.ViewArrival(s.Ledger, views.Now(s.Today()), c, nil)
		if err != nil {
			return body, err
		}
		body.Arrivals = append(body.Arrivals, view)
	}
	return body, nil
}

// ArrivalInput names an arrival.
type ArrivalInput struct {
	Arrival domain.RecordID `path:"arrival" doc:"Record of the arrival" example:"812.1"`
}

// arrival finds what arrived under a record.
func (s *API) arrival(id domain.RecordID) (*domain.ArrivalCourse, error) {
	c, ok := s.Projection.Current().State.Arrival(id)
	if !ok {
		return nil, problem.NotFound("arrival", "arrival", id.String(), "the record of an arrival listed at /v1/arrivals")
	}
	return c, nil
}

func (s *API) getArrival(_ context.Context, in *ArrivalInput) (intray.ArrivalView, error) {
	c, err := s.arrival(in.Arrival)
	if err != nil {
		return intray.ArrivalView{}, err
	}
	return intray.ViewArrival(s.Ledger, s.Projection.Current().Now(s.Today()), c, nil)
}

func (s *API) createArrival(in *struct {
	WriteInput
	Body struct {
		Treaty  string        `json:"treaty,omitempty" doc:"Id or short name of the treaty; absent of what is about no single one, such as general full powers" example:"ICMW"`
		Arrival model.Arrival `json:"arrival"`
	}
}) (order, error) {
	var treaty domain.TreatyID
	if in.Body.Treaty != "" {
		var err error
		if treaty, err = s.treaty(in.Body.Treaty); err != nil {
			return order{}, err
		}
	}
	return order{in.WriteInput, &domain.RegisterArrival{Treaty: treaty, Arrival: in.Body.Arrival.ToDomain()}}, nil
}

func (s *API) decideArrival(in *struct {
	ArrivalInput
	WriteInput
	Body struct {
		Outcome domain.Outcome `json:"outcome" doc:"What is decided. That it is recorded follows from its acts, which name it" enum:"held,returned,filed,registered in error"`
		Reason  string         `json:"reason,omitempty" doc:"Why; required but for filing"`
	}
}) (order, error) {
	c, err := s.arrival(in.Arrival)
	if err != nil {
		return order{}, err
	}
	return order{in.WriteInput, &domain.DecideArrival{Treaty: c.Treaty, Arrival: c.ID, Outcome: in.Body.Outcome, Reason: in.Body.Reason}}, nil
}
