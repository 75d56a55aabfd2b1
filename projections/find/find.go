// Package find answers which participant or treaty is meant by what somebody
// typed: by id, code, official, inverted or former name, by another spelling, or
// by a name in one of the official languages of the United Nations. A text that
// is a name of none is answered with the nearest names; nothing is guessed.
package find

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"depositary/domain"
	"depositary/domain/names"
)

// mostNear is how many names an answer to an unknown one suggests.
const mostNear = 3

// UnknownError says that nothing is called so, and what is called nearly so.
type UnknownError struct {
	What string // participant or treaty
	Text string
	Near []Near
}

// Near is a thing whose name is near to what was typed.
type Near struct {
	ID   string
	Name string
}

func (n Near) String() string {
	if n.Name == "" || n.Name == n.ID {
		return n.ID
	}
	return fmt.Sprintf("%s (%s)", n.Name, n.ID)
}

func (e *UnknownError) Error() string {
	text := fmt.Sprintf("no %s is called %q", e.What, e.Text)
	if len(e.Near) > 0 {
		text += "; did you mean " + e.Suggestions() + "?"
	}
	return text
}

// Suggestions lists the near names in words, nothing where none is near.
func (e *UnknownError) Suggestions() string {
	all := make([]string, len(e.Near))
	for i, n := range e.Near {
		all[i] = n.String()
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// Participant returns who is called so on the day. What the ledger has under
// exactly this name comes first. Its error is an *UnknownError, or a
// *domain.AmbiguousNameError.
func Participant(state *domain.State, text string, day domain.Date) (*domain.Participant, error) {
	p, err := state.FindParticipant(text, day)
	var unknown *domain.UnknownNameError
	if !errors.As(err, &unknown) {
		return p, err
	}
	index := participants(state)
	ids := index.called(text, day)
	switch len(ids) {
	case 1:
		p, _ = state.Participant(domain.ParticipantID(ids[0]), domain.Everything())
		return p, nil
	case 0:
		return nil, &UnknownError{"participant", text, index.near(text)}
	}
	ambiguous := &domain.AmbiguousNameError{Name: text}
	for _, id := range ids {
		ambiguous.Of = append(ambiguous.Of, domain.ParticipantID(id))
	}
	return nil, ambiguous
}

// Treaty returns which treaty is called so: by id, short name, alias or title.
// Its error is an *UnknownError.
func Treaty(state *domain.State, text string) (domain.TreatyID, error) {
	if id, ok := state.FindTreaty(text); ok {
		return id, nil
	}
	index := treaties(state)
	if ids := index.called(text, domain.Date{}); len(ids) == 1 {
		return domain.TreatyID(ids[0]), nil
	}
	return "", &UnknownError{"treaty", text, index.near(text)}
}

// cached keeps the last index made, with what it was made of: definitions
// change seldom, and are asked for with every word that somebody typed.
type cached[T any] struct {
	last atomic.Pointer[struct {
		of    []*T
		index *index
	}]
}

func (c *cached[T]) get(of []*T, fill func(*index, *T)) *index {
	if last := c.last.Load(); last != nil && slices.Equal(last.of, of) {
		return last.index
	}
	made := newIndex()
	for _, v := range of {
		fill(made, v)
	}
	c.last.Store(&struct {
		of    []*T
		index *index
	}{of, made})
	return made
}

var (
	lastParticipants cached[domain.Participant]
	lastTreaties     cached[domain.Treaty]
)

func participants(state *domain.State) *index {
	return lastParticipants.get(state.Participants(domain.Everything()), func(x *index, p *domain.Participant) {
		x.head(string(p.ID), p.CurrentName())
		for _, n := range p.Names {
			x.add(string(p.ID), n.Name, n.Interval)
		}
		for _, alias := range p.Aliases {
			x.add(string(p.ID), alias, p.Exists)
		}
		for _, name := range names.Also(p.ID) {
			x.add(string(p.ID), name, p.Exists)
		}
		for _, tag := range names.Languages() {
			for _, n := range names.In(tag)[p.ID] {
				x.add(string(p.ID), n.Name, n.Interval)
			}
		}
	})
}

func treaties(state *domain.State) *index {
	return lastTreaties.get(state.Treaties(domain.Everything()), func(x *index, t *domain.Treaty) {
		x.head(string(t.ID), t.Short)
		for _, name := range TreatyNames(t) {
			x.add(string(t.ID), name, domain.Interval{})
		}
	})
}

// TreatyNames lists the texts under which a treaty is found.
func TreatyNames(t *domain.Treaty) []string {
	return slices.Concat([]string{string(t.ID), t.Short, t.Title}, t.Aliases, namesByNumber(t.ID))
}

var reILO = regexp.MustCompile(`^([CP])0*(\d+)$`)

// namesByNumber lists how people name an instrument of the ILO by its number.
func namesByNumber(id domain.TreatyID) (all []string) {
	m := reILO.FindStringSubmatch(string(id))
	if m == nil {
		return nil
	}
	kind := map[string]string{"C": "Convention", "P": "Protocol"}[m[1]]
	for _, form := range []string{m[1] + "%[1]s", "%[2]s %[1]s", "%[2]s No. %[1]s", "ILO %[2]s %[1]s", "ILO %[2]s No. %[1]s", "ILO " + m[1] + "%[1]s"} {
		all = append(all, fmt.Sprintf(form, m[2], kind))
	}
	if kind == "Convention" {
		all = append(all, "ILO "+m[2])
	}
	return all
}

// inLanguages lists the names of a participant in the languages other than English.
func inLanguages(id domain.ParticipantID) (all []string) {
	for _, tag := range names.Languages() {
		for _, n := range names.In(tag)[id] {
			all = append(all, n.Name)
		}
	}
	return all
}
