package corridors

import (
	"slices"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/whatif"
)

// suppose compares the corridors without and with consents that nobody has
// expressed; nil where nobody is named.
func (t table) suppose(on projections.Query, treaty domain.TreatyID, ratify []domain.ParticipantID, of only) (*CorridorsHypothesis, error) {
	if len(ratify) == 0 {
		return nil, nil
	}
	acts, _ := whatif.Consents(on, treaty, ratify)
	supposed, err := whatif.Suppose(on, acts)
	if err != nil {
		return nil, err
	}
	h := &CorridorsHypothesis{Participants: ratify, Settled: supposed.Settled}
	before, after := supposed.Before.OnDay(supposed.Settled), supposed.After.OnDay(supposed.Settled)
	h.Before, _ = t.shares(t.ends(before, before.History(treaty)), of)
	h.After, _ = t.shares(t.ends(after, after.History(treaty)), of)
	return h, nil
}

// couldConsent keeps those whose consent on the as-of day the law would not
// refuse.
func couldConsent(on projections.Query, treaty domain.TreatyID, ids []domain.ParticipantID) []domain.ParticipantID {
	acts, ok := whatif.Consents(on, treaty, ids)
	if !ok {
		return nil
	}
	base := on.Past(treaty)
	var could []domain.ParticipantID
	for _, a := range acts {
		d := base.State().Decide(&domain.RecordActions{Treaty: treaty, Actions: []domain.Action{a.Action}, Reason: "hypothesis"}, domain.LastDay)
		if len(d.Refusals) == 0 {
			could = append(could, a.Action.Participant)
		}
	}
	return slices.Clip(could)
}
