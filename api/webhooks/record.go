package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"depositary/eventstore"
)

// record is a subscription as it is kept, under sub.<id>. Its Revision is that
// of the bucket.
type record struct {
	Subscription
	Asked     []asked  `json:"asked"`            // what was asked for since when; never empty
	Sealed    []sealed `json:"sealed"`           // secrets, the newest first
	Served    bool     `json:"served,omitempty"` // it was active once
	Probation bool     `json:"probation,omitempty"`
}

func recordKey(id string) string { return "sub." + id }

// shown returns the subscription without what is not shown.
func (r *record) shown(now time.Time) Subscription {
	sub := r.Subscription
	sub.PublicKeys = r.publicKeys(now)
	return sub
}

// enter moves the subscription to a state, in which it is since now.
func (r *record) enter(state State, reason string, now time.Time) {
	if r.State != state {
		r.Since = now.UTC()
	}
	r.State, r.Reason = state, reason
}

func readRecord(v eventstore.Value) (*record, error) {
	r := new(record)
	if err := json.Unmarshal(v.Data, r); err != nil || len(r.Asked) == 0 || recordKey(r.ID) != v.Key {
		return nil, fmt.Errorf("webhooks: %s is not a subscription", v.Key)
	}
	r.Revision = v.Revision
	return r, nil
}

// load returns a subscription, ErrUnknown where there is none.
func (s *Service) load(ctx context.Context, id string) (*record, error) {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return nil, ErrUnknown
	}
	v, err := s.Subscriptions.Get(ctx, recordKey(id))
	if errors.Is(err, eventstore.ErrNoValue) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	return readRecord(v)
}

// save writes a subscription, provided that it is as it was loaded.
func (s *Service) save(ctx context.Context, r *record) error {
	kept := *r
	kept.Revision, kept.PublicKeys = 0, nil
	data, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	revision, err := s.Subscriptions.Put(ctx, recordKey(r.ID), data, r.Revision)
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	r.Revision = revision
	return nil
}

// errAsItIs says that there is nothing to change.
var errAsItIs = errors.New("as it is")

// change lets fn change a subscription as it is now, again where somebody else
// was first. An error of fn is given, and nothing written.
func (s *Service) change(ctx context.Context, id string, fn func(*record) error) (*record, error) {
	for {
		r, err := s.load(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := fn(r); errors.Is(err, errAsItIs) {
			return r, nil
		} else if err != nil {
			return nil, err
		}
		err = s.save(ctx, r)
		if err == nil {
			return r, nil
		}
		if !errors.Is(err, eventstore.ErrRevision) {
			return nil, err
		}
	}
}

// disable stops a subscription for a reason, unless it is stopped already.
func (s *Service) disable(ctx context.Context, id, reason string) (*record, error) {
	was := State("")
	r, err := s.change(ctx, id, func(r *record) error {
		if was = r.State; was != Active {
			return errAsItIs
		}
		r.enter(Disabled, reason, s.Now())
		return nil
	})
	if err == nil && was == Active {
		s.metrics.disabled.Inc()
		s.Logger.Warn("webhooks: a subscription is disabled", "subscription", id, "reason", reason)
	}
	return r, err
}
