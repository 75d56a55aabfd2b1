package webhooks

import (
	"context"
	"errors"
	"fmt"

	"depositary/eventstore"
	"depositary/projections/notices"
)

const mostReplayed = 100 // of one call

// Replay sends notices again, in order, at most limit, until one fails, each
// with its first id and bytes. What is parked and taken now is not parked any
// more. Through is where the next call goes on; a notice that failed is behind
// it. It is for active and disabled subscriptions.
func (s *Service) Replay(ctx context.Context, id string, r ReplayRange, limit int) (Replayed, error) {
	sub, err := s.load(ctx, id)
	if err != nil {
		return Replayed{}, err
	}
	if sub.State == Unverified {
		return Replayed{}, ErrUnverified
	}
	limit = min(max(limit, 1), mostReplayed)
	chosen, through, more, err := s.chosen(ctx, sub, r, limit)
	if err != nil {
		return Replayed{}, err
	}
	done := Replayed{Through: r.After}
	for _, n := range chosen {
		taken, err := s.again(ctx, sub, n)
		if err != nil || !taken {
			done.More = true
			if err == nil {
				done.Failed++
			}
			return done, err
		}
		done.Sent++
		done.Through = n.ID
	}
	done.Through, done.More = through, more
	return done, nil
}

// again sends one notice and reports whether it was taken.
func (s *Service) again(ctx context.Context, r *record, n notices.Notice) (bool, error) {
	before, err := s.before(ctx, r, n.ID, 0)
	if err != nil {
		return false, err
	}
	m, err := s.tell(r.ID, n, before)
	if err != nil {
		return false, err
	}
	a, err := s.once(ctx, r, m, forReplay, n.ID.String(), judge)
	if err != nil || a.Outcome != outcomeTaken {
		return false, err
	}
	if err := s.Subscriptions.Delete(ctx, parkedKey(r.ID, n.ID)); err != nil && !errors.Is(err, eventstore.ErrNoValue) {
		return true, fmt.Errorf("webhooks: %w", err)
	}
	return true, nil
}

// chosen returns the notices of a replay, at most limit; everything up to
// through was looked at.
func (s *Service) chosen(ctx context.Context, r *record, of ReplayRange, limit int) (chosen []notices.Notice, through notices.ID, more bool, err error) {
	switch {
	case of.OnlyParked:
		return s.chosenParked(ctx, r, of, limit)
	case of.single():
		told, err := s.told(r, of.After.Position)
		for _, n := range told {
			if n.ID == of.After {
				chosen = append(chosen, n)
			}
		}
		return chosen, of.Through, false, err
	}
	return s.chosenRange(ctx, r, of, limit)
}

// single reports whether it is one notice that is asked for.
func (of ReplayRange) single() bool {
	return of.After == of.Through && of.After != (notices.ID{})
}

func (of ReplayRange) holds(id notices.ID) bool {
	if of.single() {
		return id == of.After
	}
	return id.Compare(of.After) > 0 && !of.endsBefore(id)
}

// endsBefore reports whether the id is behind the range; one without an end has
// nothing behind it.
func (of ReplayRange) endsBefore(id notices.ID) bool {
	return of.Through != (notices.ID{}) && id.Compare(of.Through) > 0
}

func (s *Service) chosenParked(ctx context.Context, r *record, of ReplayRange, limit int) (chosen []notices.Notice, through notices.ID, more bool, err error) {
	parked, err := s.parked(ctx, r.ID)
	if err != nil {
		return nil, of.After, false, err
	}
	through = of.After
	for _, p := range parked {
		if !of.holds(p.Notice) {
			continue
		}
		if len(chosen) == limit {
			return chosen, through, true, nil
		}
		notices, err := s.Notices.At(p.Notice.Position)
		if err != nil || int64(p.Notice.N) > int64(len(notices)) {
			return nil, of.After, false, errors.Join(err, fmt.Errorf("webhooks: notice %s is not there", p.Notice))
		}
		chosen, through = append(chosen, notices[p.Notice.N-1]), p.Notice
	}
	return chosen, through, false, nil
}

// chosenRange returns a page of what one filter of the subscription asked for;
// the next page goes on with the next filter.
func (s *Service) chosenRange(ctx context.Context, r *record, of ReplayRange, limit int) (chosen []notices.Notice, through notices.ID, more bool, err error) {
	after := of.After
	if start := endOf(r.Asked[0].After); after.Compare(start) < 0 {
		after = start
	}
	i := max(0, r.at(after.Position))
	if after == endOf(after.Position) {
		i = max(0, r.at(after.Position+1))
	}
	page, through, more, err := s.Notices.Page(ctx, r.Asked[i].Filter, after, limit)
	if err != nil {
		return nil, of.After, false, err
	}
	if i+1 < len(r.Asked) {
		if last := endOf(r.Asked[i+1].After); through.Compare(last) > 0 {
			page, through, more = upTo(page, last), last, true
		}
	}
	if of.endsBefore(through) {
		page, through, more = upTo(page, of.Through), of.Through, false
	}
	return page, through, more && through != of.Through, nil
}

func upTo(page []notices.Notice, last notices.ID) []notices.Notice {
	for i, n := range page {
		if n.ID.Compare(last) > 0 {
			return page[:i]
		}
	}
	return page
}
