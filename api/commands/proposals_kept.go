package commands

import (
	"time"

	"depositary/api/auth"
	"depositary/domain"
	"depositary/eventstore/codec/v1"
	"depositary/projections/model"
)

// keptProposal is a proposal as the bucket keeps it. Acts and definitions are in
// the form of the ledger's bytes: a proposal may wait longer than a release
// lives, so members may be added to it and none is renamed or removed.
type keptProposal struct {
	ID          string               `json:"id"`
	Kind        ProposalKind         `json:"kind"`
	Role        auth.Role            `json:"role"`
	Treaty      domain.TreatyID      `json:"treaty,omitempty"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Proposer    string               `json:"proposer"`
	Proposed    time.Time            `json:"proposed"`
	State       ProposalState        `json:"state"`
	Decider     string               `json:"decider,omitempty"`
	ProposerAs  string               `json:"proposerAs,omitempty"`
	DeciderAs   string               `json:"deciderAs,omitempty"`
	Decided     time.Time            `json:"decided,omitzero"`
	Why         string               `json:"why,omitempty"`
	Positions   []uint64             `json:"positions,omitempty"`

	Actions      []v1.Action                `json:"actions,omitempty"`
	Record       domain.RecordID            `json:"record,omitzero"`
	Coverage     *v1.CoverageStatement      `json:"coverage,omitempty"`
	Definition   *v1.Define                 `json:"definition,omitempty"`
	File         *File                      `json:"file,omitempty"`
	Document     string                     `json:"document,omitempty"`
	Node         *NodeChange                `json:"node,omitempty"`
	Arrival      *v1.Arrival                `json:"arrival,omitempty"`
	Of           domain.RecordID            `json:"of,omitzero"`
	Outcome      domain.Outcome             `json:"outcome,omitempty"`
	Notification *v1.DepositaryNotification `json:"notification,omitempty"`
	Template     *v1.NotificationTemplate   `json:"template,omitempty"`
	Reason       string                     `json:"reason,omitempty"`
	Seen         uint64                     `json:"seen,omitempty"`

	Makers []auth.Maker `json:"makers,omitempty"`
	Token  *keptToken   `json:"token,omitempty"`
	Answer string       `json:"answer,omitempty"`
}

// keptToken is a token that waits to be valid.
type keptToken struct {
	TokenView
	Hash string `json:"hash"`
}

func (p *Proposal) kept() keptProposal {
	k := keptProposal{
		ID:          p.ID,
		Kind:        p.Kind,
		Role:        p.Role,
		Treaty:      p.Treaty,
		Participant: p.Participant,
		Proposer:    p.Proposer,
		Proposed:    p.Proposed,
		State:       p.State,
		Decider:     p.Decider,
		ProposerAs:  p.ProposerAs,
		DeciderAs:   p.DeciderAs,
		Decided:     p.Decided,
		Why:         p.Why,
		Positions:   p.Positions,
		Actions:     v1.FromActions(model.ToActions(p.Actions)),
		Record:      p.Record,
		File:        p.File,
		Document:    p.Document,
		Node:        p.Node,
		Of:          p.Of,
		Outcome:     p.Outcome,
		Reason:      p.Reason,
		Seen:        p.Seen,
		Makers:      p.Makers,
		Answer:      p.Answer,
	}
	if p.Token != nil {
		k.Token = &keptToken{*p.Token, p.tokenHash}
	}
	if p.Coverage != nil {
		coverage := v1.FromCoverage(p.Coverage.ToDomain())
		k.Coverage = &coverage
	}
	if p.Definition != nil {
		definition := v1.FromDefine(p.Definition.ToDomain())
		k.Definition = &definition
	}
	if p.Arrival != nil {
		arrival := v1.FromArrival(p.Arrival.ToDomain())
		k.Arrival = &arrival
	}
	if p.Notification != nil {
		notification := v1.FromNotification(p.Notification.ToDomain())
		k.Notification = &notification
	}
	if p.Template != nil {
		template := v1.FromTemplate(p.Template.ToDomain())
		k.Template = &template
	}
	return k
}

func (k *keptProposal) proposal() Proposal {
	p := Proposal{
		ID:          k.ID,
		Kind:        k.Kind,
		Role:        k.Role,
		Treaty:      k.Treaty,
		Participant: k.Participant,
		Proposer:    k.Proposer,
		Proposed:    k.Proposed,
		State:       k.State,
		Decider:     k.Decider,
		ProposerAs:  k.ProposerAs,
		DeciderAs:   k.DeciderAs,
		Decided:     k.Decided,
		Why:         k.Why,
		Positions:   k.Positions,
		Actions:     model.FromActions(v1.ToActions(k.Actions)),
		Record:      k.Record,
		File:        k.File,
		Document:    k.Document,
		Node:        k.Node,
		Of:          k.Of,
		Outcome:     k.Outcome,
		Reason:      k.Reason,
		Seen:        k.Seen,
		Makers:      k.Makers,
		Answer:      k.Answer,
	}
	if k.Token != nil {
		p.Token, p.tokenHash = &k.Token.TokenView, k.Token.Hash
	}
	if k.Coverage != nil {
		coverage := model.FromCoverage(k.Coverage.ToDomain())
		p.Coverage = &coverage
	}
	if k.Definition != nil {
		definition := model.FromDefine(k.Definition.ToDomain())
		p.Definition = &definition
	}
	if k.Arrival != nil {
		arrival := model.FromArrival(k.Arrival.ToDomain())
		p.Arrival = &arrival
	}
	if k.Notification != nil {
		notification := model.FromNotification(k.Notification.ToDomain())
		p.Notification = &notification
	}
	if k.Template != nil {
		template := model.FromTemplate(k.Template.ToDomain())
		p.Template = &template
	}
	return p
}
