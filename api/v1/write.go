package v1

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

type WriteInput struct {
	Idempotency string `header:"Idempotency-Key" maxLength:"128" doc:"Id of the command: sent again it is recorded once and gets the first answer"`
	DryRun      bool   `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
}

type writeOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     commands.Receipt
}

func (s *API) routesWrite() {
	write(s, http.MethodPost, "/v1/treaties/{treaty}/actions", "recordActions", "Record acts in respect of a treaty", "Recording", auth.Record, s.recordActions)
	write(s, http.MethodPost, "/v1/actions/{record}/correction", "correctAction", "Correct the record of an act", "Recording", auth.Record, s.correctAction)
	write(s, http.MethodPost, "/v1/actions/{record}/annulment", "annulRecord", "Annul a record", "Recording", auth.Record, s.annulRecord)
	write(s, http.MethodPut, "/v1/treaties/{treaty}", "defineTreaty", "Add or correct a treaty", "Definitions", auth.Define, s.defineTreaty)
	write(s, http.MethodPut, "/v1/participants/{participant}", "defineParticipant", "Add or correct a participant", "Definitions", auth.Define, s.defineParticipant)
	write(s, http.MethodPut, "/v1/groups/{group}", "defineGroup", "Add or correct a group", "Definitions", auth.Define, s.defineGroup)
	write(s, http.MethodPut, "/v1/weights/{weights}/{edition}", "defineWeights", "Add or correct an edition of a weight table", "Definitions", auth.Define, s.defineWeights)
}

// order is a command with how it is to be carried out.
type order struct {
	WriteInput
	command domain.Command
}

// write registers a command. The handler makes it of the input.
func write[I any](s *API, method, path, id, summary, tag string, role auth.Role, handler func(*I) (order, error)) {
	huma.Register(s.api, huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{tag},
		Security:      []map[string][]string{{"token": {string(role)}}},
		Errors:        []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 503},
		MaxBodyBytes:  s.MaxBody,
		DefaultStatus: http.StatusCreated,
		Middlewares:   huma.Middlewares{s.require(role)},
	}, func(ctx context.Context, in *I) (*writeOutput, error) {
		o, err := handler(in)
		if err != nil {
			return nil, s.failed(id, err)
		}
		out, err := s.carryOut(ctx, o)
		if err != nil {
			return nil, s.failed(id, err)
		}
		return out, nil
	})
	item := s.api.OpenAPI().Paths[path]
	for _, o := range []*huma.Operation{item.Post, item.Put} {
		if o != nil && o.OperationID == id {
			alsoAnswers(o, "201", "200", "The answer to a dry run, or to a command that was recorded before")
			alsoAnswers(o, "201", "202", "Where it takes two persons: it was proposed, and another may approve it")
		}
	}
}

func (s *API) carryOut(ctx context.Context, o order) (out *writeOutput, err error) {
	w := commands.Writer{Identity: identityOf(ctx), ID: o.Idempotency}
	out = &writeOutput{Status: http.StatusOK}
	if o.DryRun {
		out.Body, err = s.Secretariat.Preview(w, o.command)
		return out, err
	}
	out.Body, err = s.Secretariat.Carry(ctx, w, o.command)
	switch {
	case err != nil:
	case out.Body.Proposal != "":
		out.Status, out.Location = http.StatusAccepted, "/v1/proposals/"+out.Body.Proposal
	default:
		out.Location = fmt.Sprintf("/v1/ledger/%d", out.Body.Position)
		if !out.Body.Repeated {
			out.Status = http.StatusCreated
		}
	}
	return out, err
}

func (s *API) recordActions(in *struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	WriteInput
	Body struct {
		Actions []model.Action `json:"actions" minItems:"1" maxItems:"10000" doc:"The acts, recorded all or none"`
		Reason  string         `json:"reason,omitempty" doc:"Why queries are to pass"`
		Seen    uint64         `json:"seen,omitempty" doc:"Revision of the treaty that the writer had seen; refused if it has changed since"`
	}
}) (order, error) {
	treaty, err := s.treaty(in.Treaty)
	return order{in.WriteInput, &domain.RecordActions{Treaty: treaty, Actions: model.ToActions(in.Body.Actions), Reason: in.Body.Reason, Seen: in.Body.Seen}}, err
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
	Participant domain.ParticipantID `path:"participant" example:"TUR"`
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
