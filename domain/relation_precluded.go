package domain

// Pair is two participants, the one of the lesser id first.
type Pair [2]ParticipantID

// PairOf puts two participants in the order of a pair.
func PairOf(a, b ParticipantID) Pair {
	if a > b {
		a, b = b, a
	}
	return Pair{a, b}
}

// Precluded returns the pairs of parties between which the treaty is not in
// force on the day: one of them objected to the other's reservation and
// precluded it (VCLT 20(4)(b)), or an accession that has to be accepted was not.
// Between all others that are bound it is.
func (h *History) Precluded(day Date) map[Pair]bool {
	var pairs map[Pair]bool
	for _, c := range h.Courses {
		paired := h.Treaty.Accessions != nil
		if !paired && !c.precludes(day) || !c.On(day).Status.Bound() {
			continue
		}
		for _, other := range h.Courses {
			if other == c || !other.On(day).Status.Bound() || !paired && !other.hasReservations(day) {
				continue
			}
			if inForce, _, _ := h.between(c, other, day); !inForce {
				if pairs == nil {
					pairs = make(map[Pair]bool)
				}
				pairs[PairOf(c.Participant, other.Participant)] = true
			}
		}
	}
	return pairs
}

// precludes reports whether an objection of the participant that precludes entry
// into force is active on the day.
func (c *Course) precludes(day Date) bool {
	for _, s := range c.Statements {
		if a := s.Act.Action(); a.Kind == Objection && a.Statement.Precluding && s.activeOn(day) {
			return true
		}
	}
	return false
}
