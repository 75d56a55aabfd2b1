package commands

import "depositary/domain"

// Findings decides definitions one after the other, each on what the ones before
// it would leave, and records nothing. It returns what each runs into: none where
// it would be accepted, or is recorded already.
func (s *Secretariat) Findings(definitions []*domain.Define) ([][]domain.Finding, error) {
	views := s.Projection.Current()
	draft, found := views.State.Edit(), make([][]domain.Finding, len(definitions))
	for i, definition := range definitions {
		decision, _, err := draft.Do(definition, s.Recorder.Today(), domain.RecordID{Position: uint64(views.Position) + 1 + uint64(i)})
		if err != nil {
			return nil, err
		}
		if decision.Accepted() {
			continue
		}
		for _, f := range append(decision.Refusals, decision.Queries...) {
			if f.Code != domain.CodeNothingChanged {
				found[i] = append(found[i], f)
			}
		}
	}
	return found, nil
}

// Unchanged reports whether a definition is recorded already, in these words.
func (s *Secretariat) Unchanged(definition *domain.Define) bool {
	d := s.Projection.Current().State.Decide(definition, s.Recorder.Today())
	return len(d.Refusals) == 1 && d.Refusals[0].Code == domain.CodeNothingChanged
}
