package domain

import (
	"fmt"
	"slices"
	"strings"
)

// NodeKey is the public key with which a node signs what it records: 64
// hexadecimal digits in lower case.
type NodeKey string

// Node is a node of the depositary that may record, or might.
type Node struct {
	Key     NodeKey
	Name    string // for people
	Added   RecordID
	Revoked RecordID // zero while it may record
}

// AddNode lets a node record from the next commit on.
type AddNode struct {
	Key    NodeKey
	Name   string
	Reason string
}

// RevokeNode ends that: what the node signs afterwards is no part of the ledger.
// The reason is required.
type RevokeNode struct {
	Key    NodeKey
	Reason string
}

// NodeAdded says that a node may record.
type NodeAdded struct {
	Key    NodeKey
	Name   string
	Reason string
}

// NodeRevoked says that a node may record no more.
type NodeRevoked struct {
	Key    NodeKey
	Reason string
}

func (*AddNode) command()    {}
func (*RevokeNode) command() {}
func (*NodeAdded) event()    {}
func (*NodeRevoked) event()  {}

// About returns nothing: a node is no participant.
func (*NodeAdded) About() ParticipantID { return "" }

// About returns nothing: a node is no participant.
func (*NodeRevoked) About() ParticipantID { return "" }

// Nodes returns every node that was ever added, in the ledger's order.
func (s *State) Nodes() []Node { return slices.Clone(s.nodes) }

// MayRecord reports whether the node with the key may record.
func (s *State) MayRecord(key NodeKey) bool {
	i := s.nodeAt(key)
	return i >= 0 && s.nodes[i].Revoked.IsZero()
}

// nodeAt returns where the latest entry of a key is, -1 where there is none.
func (s *State) nodeAt(key NodeKey) int {
	for i, n := range slices.Backward(s.nodes) {
		if n.Key == key {
			return i
		}
	}
	return -1
}

const maxNodeName = 100 // characters

// addNode lets a node be added that may not record yet.
func (d *decider) addNode(c *AddNode) {
	d.reason = strings.TrimSpace(c.Reason)
	d.add(tooLong("reason", d.reason, maxReason)...)
	d.add(tooLong("name", c.Name, maxNodeName)...)
	switch {
	case !c.Key.valid():
		d.add(reject(CodeFieldInvalid, "key", fmt.Sprintf("%q is no public key of a node", c.Key)).
			accepting("64 hexadecimal digits in lower case, as depositary node key prints them"))
	case d.draft.MayRecord(c.Key):
		d.add(reject(CodeNothingChanged, "key", "the node may record already").accepting("the key of another node"))
	case strings.TrimSpace(c.Name) == "":
		d.add(reject(CodeFieldRequired, "name", "a node has a name, for people").accepting("a name such as the machine's"))
	case len(d.Refusals) == 0:
		d.accept("", &NodeAdded{c.Key, strings.TrimSpace(c.Name), d.reason}, "key")
	}
}

// revokeNode lets every node be revoked but the last.
func (d *decider) revokeNode(c *RevokeNode) {
	d.reason = strings.TrimSpace(c.Reason)
	d.add(tooLong("reason", d.reason, maxReason)...)
	d.requireReason()
	left := 0
	for _, n := range d.draft.nodes {
		if n.Revoked.IsZero() && n.Key != c.Key {
			left++
		}
	}
	switch {
	case !d.draft.MayRecord(c.Key):
		d.add(reject(CodeFieldInvalid, "key", "no node with this key may record").accepting("the key of a node that may, as depositary node list prints them"))
	case left == 0:
		d.add(reject(CodeFieldInvalid, "key", "it is the last node that may record: the ledger would take nothing more").accepting("the key of one of several nodes"))
	case len(d.Refusals) == 0:
		d.accept("", &NodeRevoked{c.Key, d.reason}, "key")
	}
}

func (k NodeKey) valid() bool {
	return len(k) == 64 && strings.Trim(string(k), "0123456789abcdef") == ""
}
