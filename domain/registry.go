package domain

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
)

// version is a definition from a position of the ledger on.
type version[T any] struct {
	since uint64
	value T
}

// knownAt returns the version that was known at a moment.
func knownAt[T any](versions []version[T], known Moment) (value T, ok bool) {
	i := len(versions)
	if !known.Everything() {
		i = sort.Search(len(versions), func(i int) bool { return !known.Has(versions[i].since) })
	}
	if i == 0 {
		return value, false
	}
	return versions[i-1].value, true
}

// WeightsKey is what identifies an edition of a weight table.
type WeightsKey struct {
	ID      WeightsID
	Edition string
}

// registry holds participants, groups and weight tables with their versions.
// It is immutable once a state that holds it is published.
type registry struct {
	revision     uint64 // position of the last commit about it
	participants map[ParticipantID][]version[*Participant]
	groups       map[GroupID][]version[*Group]
	weights      map[WeightsKey][]version[*Weights]

	spellingsOnce sync.Once
	spellings     map[string][]ParticipantID
}

func newRegistry() *registry {
	return &registry{
		participants: make(map[ParticipantID][]version[*Participant]),
		groups:       make(map[GroupID][]version[*Group]),
		weights:      make(map[WeightsKey][]version[*Weights]),
	}
}

func (r *registry) clone() *registry {
	return &registry{
		revision:     r.revision,
		participants: maps.Clone(r.participants),
		groups:       maps.Clone(r.groups),
		weights:      maps.Clone(r.weights),
	}
}

// with appends a version without touching the slice of an older registry.
func with[T any](versions []version[T], since uint64, value T) []version[T] {
	return append(slices.Clip(versions), version[T]{since, value})
}

// foldSpelling makes spellings comparable: case, blanks and the kind of
// apostrophe do not matter; accents do.
func foldSpelling(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(plainMarks.Replace(text)), " "))
}

var plainMarks = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'", "\u00a0", " ")

func (r *registry) find(spelling string) []ParticipantID {
	r.spellingsOnce.Do(func() {
		r.spellings = make(map[string][]ParticipantID)
		for id, versions := range r.participants {
			for _, s := range versions[len(versions)-1].value.spellings() {
				key := foldSpelling(s)
				if !slices.Contains(r.spellings[key], id) {
					r.spellings[key] = append(r.spellings[key], id)
				}
			}
		}
		for _, ids := range r.spellings {
			slices.Sort(ids)
		}
	})
	return r.spellings[foldSpelling(spelling)]
}

// resolve finds the participant that has the spelling. An exact id wins; of
// several bearers the one whose name holds on the day.
func (r *registry) resolve(spelling string, on Date) (*Participant, error) {
	if versions, ok := r.participants[ParticipantID(spelling)]; ok {
		return versions[len(versions)-1].value, nil
	}
	ids := r.find(spelling)
	if named := r.beforeItsName(spelling, ids, on); len(named) > 1 {
		return nil, &AmbiguousNameError{spelling, named}
	}
	var bearing []*Participant
	for _, id := range ids {
		p, _ := knownAt(r.participants[id], Everything())
		if len(ids) == 1 || (p.Exists.Contains(on) && p.hasName(spelling, on)) {
			bearing = append(bearing, p)
		}
	}
	switch {
	case len(bearing) == 1:
		return bearing[0], nil
	case len(ids) == 0:
		return nil, &UnknownNameError{spelling}
	}
	return nil, &AmbiguousNameError{spelling, ids}
}

// beforeItsName finds who may be meant by a name that its owner took later, on
// a day before: the owner under its older name, and those that it united with.
// "Yemen" of 1986 is the Yemen Arab Republic or Democratic Yemen. Codes and
// aliases have no days.
func (r *registry) beforeItsName(spelling string, ids []ParticipantID, on Date) (all []ParticipantID) {
	if len(ids) != 1 || on.IsZero() {
		return nil
	}
	p, _ := knownAt(r.participants[ids[0]], Everything())
	named := p.namedDuring(spelling)
	if len(named) == 0 || !on.Before(named[0].From) || p.hasName(spelling, on) || len(p.Succeeds) == 0 {
		return nil
	}
	if p.Exists.Contains(on) {
		all = append(all, p.ID)
	}
	for _, s := range p.Succeeds {
		if predecessor, ok := knownAt(r.participants[s.Participant], Everything()); ok && s.How == "unification" && predecessor.Exists.Contains(on) {
			all = append(all, predecessor.ID)
		}
	}
	return all
}
