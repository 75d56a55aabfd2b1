package v1

import (
	"context"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

func (s *API) getAction(_ context.Context, in *struct {
	Record domain.RecordID `path:"record" doc:"Id of any record of the act" example:"812.1"`
	AxesInput
}) (projections.RecordDetail, error) {
	on, err := s.on(in.AxesInput)
	if err != nil {
		return projections.RecordDetail{}, err
	}
	detail, ok, err := s.Ledger.Record(on, in.Record)
	if err != nil {
		return detail, err
	}
	if !ok {
		return detail, problem.NotFound("record", "record", in.Record.String(), "the id of a record of an act, as the ledger and the answers to writes show it")
	}
	return detail, nil
}

// treatyOf finds the treaty of a record, or says that there is no such record.
func (s *API) treatyOf(id domain.RecordID) (domain.TreatyID, error) {
	treaty, ok, err := s.Ledger.TreatyOf(id)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", problem.NotFound("record", "record", id.String(), "the id of a record of an act, as the ledger and the answers to writes show it")
	}
	return treaty, nil
}

func (s *API) recordActions(in *struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	WriteInput
	Body struct {
		Actions []model.Action  `json:"actions" minItems:"1" maxItems:"10000" doc:"The acts, recorded all or none"`
		Reason  string          `json:"reason,omitempty" doc:"Why queries are to pass"`
		Seen    uint64          `json:"seen,omitempty" doc:"Revision of the treaty that the writer had seen; refused if it has changed since"`
		Arrival domain.RecordID `json:"arrival,omitzero" doc:"The arrival that is recorded so: it is examined with the acts, and leaves the in-tray with them"`
	}
}) (order, error) {
	treaty, err := s.treaty(in.Treaty)
	return order{in.WriteInput, &domain.RecordActions{Treaty: treaty, Actions: model.ToActions(in.Body.Actions), Reason: in.Body.Reason, Seen: in.Body.Seen, Arrival: in.Body.Arrival}}, err
}

func (s *API) correctAction(in *struct {
	Record domain.RecordID `path:"record" doc:"Any record of the act" example:"812.1"`
	WriteInput
	Body struct {
		Action model.Action `json:"action" doc:"The act as it is right, whole"`
		Reason string       `json:"reason" doc:"Why the record is corrected"`
		Seen   uint64       `json:"seen,omitempty"`
	}
}) (order, error) {
	treaty, err := s.treatyOf(in.Record)
	return order{in.WriteInput, &domain.CorrectAction{Treaty: treaty, Record: in.Record, Action: in.Body.Action.ToDomain(), Reason: in.Body.Reason, Seen: in.Body.Seen}}, err
}

func (s *API) annulRecord(in *struct {
	Record domain.RecordID `path:"record" doc:"The record that should never have been made" example:"812.1"`
	WriteInput
	Body struct {
		Reason string `json:"reason" doc:"Why the record is annulled"`
		Seen   uint64 `json:"seen,omitempty"`
	}
}) (order, error) {
	treaty, err := s.treatyOf(in.Record)
	return order{in.WriteInput, &domain.AnnulRecord{Treaty: treaty, Record: in.Record, Reason: in.Body.Reason, Seen: in.Body.Seen}}, err
}
