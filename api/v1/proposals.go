package v1

import (
	"context"

	"depositary/api/commands"
)

// Proposals wait for a second person, where it takes two to record.

const ProposalsPath = "/v1/proposals"

type proposalsBody struct {
	FourEyes  bool                `json:"fourEyes" doc:"Whether it takes two persons to record"`
	Proposals []commands.Proposal `json:"proposals"`
	Following
}

func (s *API) proposals(ctx context.Context, in *PartInput) (body proposalsBody, err error) {
	body.FourEyes = s.Secretariat.FourEyes
	all, err := s.Secretariat.ListProposals(ctx)
	if err != nil {
		return body, err
	}
	body.Proposals, body.Following, err = paged(all, in.Cursor, in.Limit, func(p commands.Proposal) string { return p.ID })
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
	Digest string `query:"digest" maxLength:"64" doc:"Digest of the proposal as it was shown; required: what is approved is what was shown"`
	Seen   uint64 `query:"seen" doc:"Revision of the treaty that the approver had seen, instead of the proposer's; refused if it has changed since"`
}) (commands.Approval, error) {
	return s.Secretariat.Approve(ctx, identityOf(ctx), in.Proposal, commands.Shown{Digest: in.Digest, Revision: in.Seen})
}

func (s *API) rejectProposal(ctx context.Context, in *struct {
	ProposalInput
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"2000" doc:"Why it is not recorded"`
	}
}) (commands.Proposal, error) {
	return s.Secretariat.Reject(ctx, identityOf(ctx), in.Proposal, in.Body.Why)
}
