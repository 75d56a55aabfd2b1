package domain

import "slices"

// NamesDocument reports whether an act that stands names a document by its digest.
// One that was annulled, or whose correction leaves the document out, does not.
func (s *State) NamesDocument(digest string) bool {
	names := func(a *Action) bool {
		return a != nil && slices.ContainsFunc(a.Documents, func(d Document) bool { return d.Digest == digest })
	}
	for _, d := range s.dossiers {
		for _, p := range d.participations {
			if !slices.ContainsFunc(p.records, func(r *Record) bool { return names(r.Action) }) {
				continue
			}
			if slices.ContainsFunc(actsAsTheyStand(p.records, Axes{}), func(a Act) bool { return names(a.Action()) }) {
				return true
			}
		}
	}
	return false
}
