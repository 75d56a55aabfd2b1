package v1

import "depositary/domain"

// Define is a command that defines, as a proposal keeps it until it is decided.
type Define struct {
	Treaty       *Treaty       `json:"treaty,omitempty"`
	Participants []Participant `json:"participants,omitempty"`
	Groups       []Group       `json:"groups,omitempty"`
	Weights      []Weights     `json:"weights,omitempty"`
	Reason       string        `json:"reason,omitempty"`
	Seen         uint64        `json:"seen,omitempty"`
}

// FromDefine converts a command that defines.
func FromDefine(c domain.Define) Define {
	d := Define{
		Participants: each(c.Participants, FromParticipant),
		Groups:       each(c.Groups, FromGroup),
		Weights:      each(c.Weights, FromWeights),
		Reason:       c.Reason,
		Seen:         c.Seen,
	}
	if c.Treaty != nil {
		t := FromTreaty(*c.Treaty)
		d.Treaty = &t
	}
	return d
}

// ToDomain converts the command to the domain's.
func (c Define) ToDomain() domain.Define {
	d := domain.Define{
		Participants: each(c.Participants, Participant.ToDomain),
		Groups:       each(c.Groups, Group.ToDomain),
		Weights:      each(c.Weights, Weights.ToDomain),
		Reason:       c.Reason,
		Seen:         c.Seen,
	}
	if c.Treaty != nil {
		t := c.Treaty.ToDomain()
		d.Treaty = &t
	}
	return d
}
