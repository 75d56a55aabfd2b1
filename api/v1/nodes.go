package v1

import (
	"context"

	"depositary/domain"
)

// NodeView is a node of the depositary that may record, or might.
type NodeView struct {
	Key     domain.NodeKey  `json:"key" doc:"Public key (Ed25519) with which it signs, in hexadecimal"`
	Name    string          `json:"name"`
	Added   domain.RecordID `json:"added"`
	Revoked domain.RecordID `json:"revoked,omitzero" doc:"Absent while it may record"`
}

type nodesBody struct {
	Nodes []NodeView `json:"nodes"`
}

func (b nodesBody) table() table {
	t := table{header: []string{"key", "name", "added", "revoked"}}
	for _, n := range b.Nodes {
		revoked := ""
		if !n.Revoked.IsZero() {
			revoked = n.Revoked.String()
		}
		t.rows = append(t.rows, []string{string(n.Key), n.Name, n.Added.String(), revoked})
	}
	return t
}

func (s *API) listNodes(context.Context, *FormatInput) (nodesBody, error) {
	body := nodesBody{Nodes: []NodeView{}}
	for _, n := range s.Projection.Current().State.Nodes() {
		body.Nodes = append(body.Nodes, NodeView{n.Key, n.Name, n.Added, n.Revoked})
	}
	return body, nil
}

func (s *API) createNode(in *struct {
	WriteInput
	Body struct {
		Key    domain.NodeKey `json:"key" minLength:"64" maxLength:"64" doc:"Public key of the node, as depositary node key prints it"`
		Name   string         `json:"name" minLength:"1" maxLength:"100"`
		Reason string         `json:"reason,omitempty"`
	}
}) (order, error) {
	return order{in.WriteInput, &domain.AddNode{Key: in.Body.Key, Name: in.Body.Name, Reason: in.Body.Reason}}, nil
}

func (s *API) revokeNode(in *struct {
	Key domain.NodeKey `path:"key" minLength:"64" maxLength:"64" example:"fee5827115853012999da93c8f926fbd045f43f00528e487859a90e2bb074155"`
	WriteInput
	Body struct {
		Reason string `json:"reason" doc:"Why the node may record no more"`
	}
}) (order, error) {
	return order{in.WriteInput, &domain.RevokeNode{Key: in.Key, Reason: in.Body.Reason}}, nil
}
