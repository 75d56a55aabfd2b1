package v1

import (
	"context"

	"depositary/domain"
	"depositary/projections/brief"
)

func (s *API) participantBrief(_ context.Context, in *ParticipantInput) (body participantBriefBody, err error) {
	on, id, err := s.onParticipant(in)
	if err != nil {
		return body, err
	}
	b, ok := brief.Of(on, id)
	if !ok {
		return body, notKnownThen("participant", in.Participant, on)
	}
	return participantBriefBody{b}, nil
}

type participantBriefBody struct{ brief.Brief }

// table lists the treaties, with what the participant has done: joined, signed,
// left, not joined or not known.
func (b participantBriefBody) table() table {
	t := table{header: append([]string{"participant", "name", "treaty", "done", "date", "bound", "reservations", "region_parties", "region_states", "coverage", "acts_as_at"}, axesColumns...)}
	row := func(ref brief.TreatyRef, done string, cells ...string) {
		line := append([]string{string(b.Participant), b.Name, ref.Short, done}, cells...)
		t.rows = append(t.rows, append(append(line, coverageOf(ref.RowCoverage)...), axesCells(b.Axes)...))
	}
	for _, j := range b.Joined {
		row(j.TreatyRef, "joined", j.Consent.Date.String(), j.Bound.String(), number(float64(j.Reservations)), "", "")
	}
	for _, s := range b.Signed {
		row(s.TreatyRef, "signed", s.Signature.Date.String(), "", "", "", "")
	}
	for _, s := range b.AtLeast {
		row(s.TreatyRef, string(domain.SignedAtLeast), s.Signature.Date.String(), "", "", "", "")
	}
	for _, l := range b.Left {
		row(l.TreatyRef, "left", l.Until.String(), "", "", "", "")
	}
	for _, n := range b.NotJoined {
		states := ""
		if b.Region != nil {
			states = number(float64(b.Region.States))
		}
		row(n.TreatyRef, "not joined", "", "", "", number(float64(n.RegionParties)), states)
	}
	for _, n := range b.NotKnown {
		row(brief.TreatyRef{Treaty: n.ID, Short: n.Short}, "not known", "", "", "", "", "")
	}
	return t
}
