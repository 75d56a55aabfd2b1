package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"depositary/eventstore"
	"depositary/projections/notices"
)

func parkedKey(id string, n notices.ID) string {
	return fmt.Sprintf("parked.%s.%d-%d", id, n.Position, n.N)
}

// park keeps a notice that was not taken. Parked twice it is parked once.
func (s *Service) park(ctx context.Context, id string, p Parked) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	_, err = s.Subscriptions.Put(ctx, parkedKey(id, p.Notice), data, 0)
	if errors.Is(err, eventstore.ErrRevision) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	s.metrics.parked.Inc()
	return nil
}

// Parked returns the notices that were not taken, in their order.
func (s *Service) Parked(ctx context.Context, id string) ([]Parked, error) {
	if _, err := s.load(ctx, id); err != nil {
		return nil, err
	}
	return s.parked(ctx, id)
}

func (s *Service) parked(ctx context.Context, id string) ([]Parked, error) {
	values, err := s.Subscriptions.List(ctx, "parked."+id)
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	all := make([]Parked, len(values))
	for i, v := range values {
		if err := json.Unmarshal(v.Data, &all[i]); err != nil {
			return nil, fmt.Errorf("webhooks: %s: %w", v.Key, err)
		}
	}
	slices.SortFunc(all, func(a, b Parked) int { return a.Notice.Compare(b.Notice) })
	return all, nil
}
