package find

import (
	"errors"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/names"
)

// Area returns which country or area of a table of corridors is meant: a
// participant by any of its names, or an area that is none by its code or its
// name in any of the languages. Its error is an *UnknownError, or a
// *domain.AmbiguousNameError.
func Area(state *domain.State, table *catalogue.Corridors, text string, day domain.Date) (domain.ParticipantID, error) {
	has := func(code string) bool {
		return slices.ContainsFunc(table.Areas, func(a catalogue.Area) bool { return a.Code == code })
	}
	if code := strings.ToUpper(text); has(code) {
		return domain.ParticipantID(code), nil
	}
	p, err := Participant(state, text, day)
	if err == nil && has(string(p.ID)) {
		return p.ID, nil
	}
	areas := newIndex()
	for _, a := range table.Areas {
		areas.head(a.Code, a.Name)
		areas.add(a.Code, a.Name, domain.Interval{})
		for _, tag := range names.Languages() {
			for _, n := range names.In(tag)[domain.ParticipantID(a.Code)] {
				areas.add(a.Code, n.Name, domain.Interval{})
			}
		}
	}
	if ids := areas.called(text, day); len(ids) == 1 {
		return domain.ParticipantID(ids[0]), nil
	}
	var ambiguous *domain.AmbiguousNameError
	if errors.As(err, &ambiguous) {
		return "", err
	}
	return "", &UnknownError{"participant", text, areas.near(text)}
}
