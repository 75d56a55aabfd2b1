package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/commands"
)

// Proposals wait for a second person, where it takes two to record.

const ProposalsPath = "/v1/proposals"

func (s *API) routesProposals() {
	asked(s, http.MethodGet, ProposalsPath, "proposals", "Proposals: those that wait first, then those that were decided", s.proposals)
	asked(s, http.MethodGet, ProposalsPath+"/{proposal}", "proposal", "One proposal", s.proposal)
	asked(s, http.MethodGet, ProposalsPath+"/{proposal}/preview", "previewProposal", "What approving a proposal would do now; nothing is recorded", s.previewProposal)
	asked(s, http.MethodPost, ProposalsPath+"/{proposal}/approval", "approveProposal", "Record what another has proposed, in the name of both", s.approveProposal)
	asked(s, http.MethodPost, ProposalsPath+"/{proposal}/rejection", "rejectProposal", "Decide that a proposal is not recorded, or take back one's own", s.rejectProposal)
}

// asked registers what needs a token and is answered to one person alone.
func asked[I, B any](s *API, method, path, id, summary string, handler func(context.Context, *I) (B, error)) {
	huma.Register(s.api, huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{"Recording"},
		Security:     []map[string][]string{{"token": {string(auth.Record)}}, {"token": {string(auth.Define)}}},
		Errors:       []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 503},
		MaxBodyBytes: s.MaxBody,
		Middlewares:  huma.Middlewares{s.require(auth.Record, auth.Define), boundedWork},
	}, func(ctx context.Context, in *I) (*output[B], error) {
		body, err := handler(ctx, in)
		if err != nil {
			return nil, s.failed(id, err)
		}
		return &output[B]{body}, nil
	})
}

type proposalsBody struct {
	FourEyes  bool                `json:"fourEyes" doc:"Whether it takes two persons to record"`
	Proposals []commands.Proposal `json:"proposals"`
}

func (s *API) proposals(ctx context.Context, _ *struct{}) (body proposalsBody, err error) {
	body.FourEyes = s.Secretariat.FourEyes
	body.Proposals, err = s.Secretariat.ListProposals(ctx)
	return body, err
}

type ProposalInput struct {
	Proposal string `path:"proposal" maxLength:"128" doc:"Id of the proposal" example:"01936f3e-0001-7001-8a5b-000000000001"`
}

func (s *API) proposal(ctx context.Context, in *ProposalInput) (commands.Proposal, error) {
	return s.Secretariat.Proposal(ctx, in.Proposal)
}

func (s *API) previewProposal(ctx context.Context, in *ProposalInput) (commands.Approval, error) {
	p, err := s.Secretariat.Proposal(ctx, in.Proposal)
	if err != nil {
		return commands.Approval{}, err
	}
	return s.Secretariat.PreviewProposal(ctx, p, 0)
}

func (s *API) approveProposal(ctx context.Context, in *struct {
	ProposalInput
	Seen uint64 `query:"seen" doc:"Revision of the treaty that the approver had seen, instead of the proposer's; refused if it has changed since"`
}) (commands.Approval, error) {
	return s.Secretariat.Approve(ctx, identityOf(ctx), in.Proposal, in.Seen)
}

func (s *API) rejectProposal(ctx context.Context, in *struct {
	ProposalInput
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"2000" doc:"Why it is not recorded"`
	}
}) (commands.Proposal, error) {
	return s.Secretariat.Reject(ctx, identityOf(ctx), in.Proposal, in.Body.Why)
}
