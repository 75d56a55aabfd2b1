package v1

import (
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

type ReasonInput struct {
	Reason string `query:"reason" doc:"Why it is added or corrected"`
	Seen   uint64 `query:"seen" doc:"Revision that the writer had seen; refused if it has changed since"`
}

// sameID says that the id of a document is not the one in the path.
func sameID(inPath, inBody string) error {
	if inPath == inBody {
		return nil
	}
	return problem.Invalid("id", "the document is about "+inBody+", the path about "+inPath, inPath)
}

func (s *API) defineTreaty(in *struct {
	Treaty domain.TreatyID `path:"treaty" example:"IV-13"`
	WriteInput
	ReasonInput
	Body model.Treaty
}) (order, error) {
	treaty := in.Body.ToDomain()
	return order{in.WriteInput, &domain.Define{Treaty: &treaty, Reason: in.Reason, Seen: in.Seen}}, sameID(string(in.Treaty), string(in.Body.ID))
}

func (s *API) defineParticipant(in *struct {
	Participant domain.ParticipantID `path:"participant" names:"participants" example:"TUR"`
	WriteInput
	ReasonInput
	Body model.Participant
}) (order, error) {
	return order{in.WriteInput, &domain.Define{Participants: []domain.Participant{in.Body.ToDomain()}, Reason: in.Reason}}, sameID(string(in.Participant), string(in.Body.ID))
}

func (s *API) defineGroup(in *struct {
	Group domain.GroupID `path:"group" example:"OECD"`
	WriteInput
	ReasonInput
	Body model.Group
}) (order, error) {
	return order{in.WriteInput, &domain.Define{Groups: []domain.Group{in.Body.ToDomain()}, Reason: in.Reason}}, sameID(string(in.Group), string(in.Body.ID))
}

func (s *API) defineWeights(in *struct {
	Weights domain.WeightsID `path:"weights" example:"migrant-stock"`
	Edition string           `path:"edition" example:"2020"`
	WriteInput
	ReasonInput
	Body model.Weights
}) (order, error) {
	return order{in.WriteInput, &domain.Define{Weights: []domain.Weights{in.Body.ToDomain()}, Reason: in.Reason}},
		sameID(string(in.Weights)+"/"+in.Edition, string(in.Body.ID)+"/"+in.Body.Edition)
}
