package domain

import "strings"

// Admits reports whether a participant may take part in the treaty on a day, as
// far as its clauses say (VCLT 81-83); a treaty without such a clause admits all.
func (s *State) Admits(t *Treaty, p *Participant, day Date) bool {
	for _, admitted := range t.Admits {
		group, ofGroup := strings.CutPrefix(admitted, "members of ")
		switch {
		case admitted == "States" && p.Kind == KindState,
			admitted == "REIO" && p.Kind == KindREIO,
			admitted == "organizations" && (p.Kind == KindOrganization || p.Kind == KindREIO):
			return true
		case ofGroup:
			if g, ok := s.Group(GroupID(group), Everything()); ok && g.Has(p.ID, day) {
				return true
			}
		}
	}
	return len(t.Admits) == 0
}
