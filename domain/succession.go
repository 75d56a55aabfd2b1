package domain

// countsUntil returns the day from which an instrument no longer counts towards
// entry into force. One that was withdrawn stops counting. That of a State
// that ceased to exist goes on counting where it has successors, until the
// first of them deposits its own and stands in its place: the ratification of
// Yugoslavia of 1986 is one of the sixty of UNCLOS 308 on 16 November 1993.
// Without a successor it lapses (the German Democratic Republic).
func (h *History) countsUntil(id ParticipantID, p *Period) Date {
	if p.Until.IsZero() || !p.Ending.ID.IsZero() {
		return p.Until
	}
	successors := h.successors(id)
	if len(successors) == 0 {
		return p.Until
	}
	var replaced Date
	for _, w := range p.Withdrawals {
		if w.Revoked.IsZero() {
			replaced = earlierOf(replaced, w.Effect) // its notice goes on running
		}
	}
	for _, c := range h.Courses {
		for _, own := range c.Periods {
			if successors[c.Participant] && own.Consent.Action().Kind == SuccessionOfState && !own.Deposited.Before(p.Until) {
				replaced = earlierOf(replaced, own.Deposited)
			}
		}
	}
	return replaced
}

// successors returns the participants that took the place of another.
func (h *History) successors(id ParticipantID) map[ParticipantID]bool {
	found := make(map[ParticipantID]bool)
	for _, p := range h.state.Participants(h.axes.KnownAt) {
		for _, s := range p.Succeeds {
			if s.Participant == id {
				found[p.ID] = true
			}
		}
	}
	return found
}
