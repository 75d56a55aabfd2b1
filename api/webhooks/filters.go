package webhooks

import (
	"context"
	"encoding/json"
	"slices"

	"depositary/eventstore"
	"depositary/projections/notices"
)

// asked is a filter and the commits that it is for: those after the position,
// up to the next one's. So what a commit tells a subscription, and which
// notice came before another, does not change when its filter does, and a
// message has the same bytes whenever it is sent.
type asked struct {
	After  eventstore.Position  `json:"after"`
	Filter notices.NoticeFilter `json:"filter"`
}

// mostAsked bounds how many filters are remembered; what is before the oldest
// of them counts as not told.
const mostAsked = 16

// ask changes the filter for the commits after the head of the ledger, or for
// all where nothing was told yet.
func (r *record) ask(f notices.NoticeFilter, head eventstore.Position) {
	if !r.Served {
		r.Asked = []asked{{r.After, f}}
		return
	}
	last := &r.Asked[len(r.Asked)-1]
	if sameFilter(last.Filter, f) {
		return
	}
	if head <= last.After {
		last.Filter = f
		return
	}
	r.Asked = append(r.Asked, asked{head, f})
	r.Asked = r.Asked[max(0, len(r.Asked)-mostAsked):]
}

func sameFilter(a, b notices.NoticeFilter) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && slices.Equal(x, y)
}

// at returns which of Asked is for the commit at a position, -1 for none.
func (r *record) at(p eventstore.Position) int {
	for i, a := range slices.Backward(r.Asked) {
		if p > a.After {
			return i
		}
	}
	return -1
}

// told returns the notices of a commit that the subscription asks for.
func (s *Service) told(r *record, p eventstore.Position) ([]notices.Notice, error) {
	i := r.at(p)
	if i < 0 {
		return nil, nil
	}
	return s.Notices.Matching(r.Asked[i].Filter, p)
}

// before returns the notice that the subscription was told before another, in
// commits after floor; the zero id where there is none.
func (s *Service) before(ctx context.Context, r *record, id notices.ID, floor eventstore.Position) (notices.ID, error) {
	for i := r.at(id.Position); i >= 0; i-- {
		a := r.Asked[i]
		n, found, err := s.Notices.Before(ctx, a.Filter, id, max(a.After, floor))
		if err != nil {
			return notices.ID{}, err
		}
		if found {
			return n.ID, nil
		}
		if a.After <= floor {
			break
		}
		id = endOf(a.After)
	}
	return notices.ID{}, nil
}

// endOf returns an id behind all notices of a commit.
func endOf(p eventstore.Position) notices.ID {
	return notices.ID{Position: p, N: 1<<32 - 1}
}

// memory of a worker: the last notice told at or before a position. It spares
// looking back over what was looked at already.
type memory struct {
	through eventstore.Position
	last    notices.ID
	known   bool
}

// before returns the notice before the first of a commit.
func (m *memory) before(ctx context.Context, s *Service, r *record, p eventstore.Position) (notices.ID, error) {
	id := notices.ID{Position: p}
	if !m.known || p <= m.through {
		return s.before(ctx, r, id, 0)
	}
	found, err := s.before(ctx, r, id, m.through)
	if err == nil && found == (notices.ID{}) {
		found = m.last
	}
	return found, err
}

// saw remembers the notices of a commit, and the one before its first.
func (m *memory) saw(p eventstore.Position, before notices.ID, notices []notices.Notice) {
	if m.known && p <= m.through {
		return
	}
	m.through, m.last, m.known = p, before, true
	if len(notices) > 0 {
		m.last = notices[len(notices)-1].ID
	}
}

// passed remembers that the next commit told nothing.
func (m *memory) passed(p eventstore.Position) {
	if m.known && p == m.through+1 {
		m.through = p
	}
}
