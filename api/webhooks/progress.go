package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"depositary/eventstore"
)

// progress of a commit's delivery, kept under retry.<subscription>.<position>
// while attempts fail, so that another node, or this one after a restart, goes
// on where it stands. What was taken since it was written last is sent again.
type progress struct {
	Notices  map[uint32]tries `json:"notices"` // by number in the commit
	revision uint64
}

// tries at one notice.
type tries struct {
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`
	Done     bool      `json:"done,omitempty"` // taken or parked
}

func progressKey(id string, p eventstore.Position) string { return fmt.Sprintf("retry.%s.%d", id, p) }

// loadProgress returns how far a commit's delivery has come; an empty one where
// nothing was kept.
func (s *Service) loadProgress(ctx context.Context, id string, p eventstore.Position) (progress, error) {
	v, err := s.Subscriptions.Get(ctx, progressKey(id, p))
	if errors.Is(err, eventstore.ErrNoValue) {
		return progress{}, nil
	}
	if err != nil {
		return progress{}, fmt.Errorf("webhooks: %w", err)
	}
	return readProgress(v)
}

func readProgress(v eventstore.Value) (progress, error) {
	var kept progress
	if err := json.Unmarshal(v.Data, &kept); err != nil {
		return kept, fmt.Errorf("webhooks: %s: %w", v.Key, err)
	}
	kept.revision = v.Revision
	return kept, nil
}

// saveProgress keeps it. Two nodes write only where one has lost its lease
// without knowing: then what either has done is done.
func (s *Service) saveProgress(ctx context.Context, id string, p eventstore.Position, now *progress) error {
	for {
		data, err := json.Marshal(now)
		if err != nil {
			return fmt.Errorf("webhooks: %w", err)
		}
		revision, err := s.Subscriptions.Put(ctx, progressKey(id, p), data, now.revision)
		if err == nil {
			now.revision = revision
			return nil
		}
		if !errors.Is(err, eventstore.ErrRevision) {
			return fmt.Errorf("webhooks: %w", err)
		}
		kept, err := s.loadProgress(ctx, id, p)
		if err != nil {
			return err
		}
		now.join(kept)
	}
}

func (p *progress) join(other progress) {
	for n, t := range other.Notices {
		mine, ok := p.Notices[n]
		switch {
		case mine.Done:
		case !ok, t.Done, t.Attempts > mine.Attempts:
			p.Notices[n] = t
		}
	}
	p.revision = other.revision
}

// restartSchedules makes all that waits due at once, as for the first time.
func (s *Service) restartSchedules(ctx context.Context, id string) error {
	values, err := s.Subscriptions.List(ctx, "retry."+id)
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	for _, v := range values {
		kept, err := readProgress(v)
		if err != nil {
			return err
		}
		for n, t := range kept.Notices {
			kept.Notices[n] = tries{Done: t.Done}
		}
		data, err := json.Marshal(kept)
		if err != nil {
			return fmt.Errorf("webhooks: %w", err)
		}
		if _, err := s.Subscriptions.Put(ctx, v.Key, data, v.Revision); err != nil {
			return fmt.Errorf("webhooks: %w", err)
		}
	}
	return nil
}
