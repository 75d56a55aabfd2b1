package webhooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"depositary/eventstore"
)

// Create makes a subscription for notices after the position, unverified.
func (s *Service) Create(ctx context.Context, actor string, spec Spec, after eventstore.Position) (Subscription, Secrets, error) {
	spec, err := s.checked(spec)
	if err != nil {
		return Subscription{}, Secrets{}, err
	}
	there, err := s.Subscriptions.List(ctx, "sub")
	if err != nil {
		return Subscription{}, Secrets{}, fmt.Errorf("webhooks: %w", err)
	}
	if len(there) >= s.Most {
		return Subscription{}, Secrets{}, &SpecError{Field: "url", Problem: fmt.Sprintf("there are %d subscriptions already", len(there)), Accepted: "another one when one is deleted"}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Subscription{}, Secrets{}, fmt.Errorf("webhooks: %w", err)
	}
	now := s.Now().UTC()
	r := &record{Subscription: Subscription{ID: id.String(), Spec: spec, After: after, Created: now, Creator: actor}, Asked: []asked{{after, spec.Filter}}}
	r.enter(Unverified, "", now)
	secrets, err := s.addSecrets(r, r.Schemes)
	if err == nil {
		err = s.save(ctx, r)
	}
	if err != nil {
		return Subscription{}, Secrets{}, err
	}
	return r.shown(s.Now()), secrets, nil
}

// List returns all subscriptions, oldest first.
func (s *Service) List(ctx context.Context) ([]Subscription, error) {
	values, err := s.Subscriptions.List(ctx, "sub")
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	all := make([]Subscription, 0, len(values))
	for _, v := range values {
		r, err := readRecord(v)
		if err != nil {
			return nil, err
		}
		all = append(all, r.shown(s.Now()))
	}
	slices.SortFunc(all, func(a, b Subscription) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// Get returns a subscription, ErrUnknown where there is none.
func (s *Service) Get(ctx context.Context, id string) (Subscription, error) {
	r, err := s.load(ctx, id)
	if err != nil {
		return Subscription{}, err
	}
	return r.shown(s.Now()), nil
}

// Update changes what is asked for, provided that the revision still is the
// one given (eventstore.ErrRevision). A new address is unverified anew. A new
// filter is for the commits after this moment. A scheme that is added has
// secrets at once; that of v1 is shown by Rotate.
func (s *Service) Update(ctx context.Context, id string, spec Spec, revision uint64) (Subscription, error) {
	spec, err := s.checked(spec)
	if err != nil {
		return Subscription{}, err
	}
	return s.shownOf(s.change(ctx, id, func(r *record) error {
		if r.Revision != revision {
			return eventstore.ErrRevision
		}
		if r.URL != spec.URL {
			r.enter(Unverified, "", s.Now())
			r.Probation = false
		}
		r.Spec = spec
		r.ask(spec.Filter, s.Views.Current().Position)
		return s.completeSecrets(r)
	}))
}

func (s *Service) shownOf(r *record, err error) (Subscription, error) {
	if err != nil {
		return Subscription{}, err
	}
	return r.shown(s.Now()), nil
}

// Delete forgets a subscription with all that is kept of it.
func (s *Service) Delete(ctx context.Context, id string) error {
	if _, err := s.load(ctx, id); err != nil {
		return err
	}
	if err := s.Subscriptions.Delete(ctx, recordKey(id)); err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	select { // what this node is about to write of it is written before the rest goes
	case <-s.forget(id):
	case <-ctx.Done():
		return ctx.Err()
	}
	errs := []error{s.Subscriptions.Delete(ctx, placeKey(id)), s.Cursors.Remove(ctx, cursorName(id)), s.Deliveries.Remove(ctx, id)}
	for _, prefix := range []string{"retry.", "parked."} {
		values, err := s.Subscriptions.List(ctx, prefix+id)
		errs = append(errs, err)
		for _, v := range values {
			errs = append(errs, s.Subscriptions.Delete(ctx, v.Key))
		}
	}
	return errors.Join(errs...)
}

// Rotate makes new secrets; the old ones sign beside them for a day. Where too
// many sign already it returns ErrState.
func (s *Service) Rotate(ctx context.Context, id string) (Subscription, Secrets, error) {
	var secrets Secrets
	sub, err := s.shownOf(s.change(ctx, id, func(r *record) (err error) {
		now := s.Now().UTC()
		if r.generations(now) >= mostSigning {
			return ErrState
		}
		secrets, err = s.renew(r, now)
		return err
	}))
	return sub, secrets, err
}

// Enable lets a disabled subscription go on from its cursor, all that waits
// being due at once. An active one stays as it is.
func (s *Service) Enable(ctx context.Context, id string) (Subscription, error) {
	r, err := s.load(ctx, id)
	if err != nil {
		return Subscription{}, err
	}
	if r.State == Disabled {
		if err := s.restartSchedules(ctx, id); err != nil {
			return Subscription{}, err
		}
	}
	return s.shownOf(s.change(ctx, id, func(r *record) error {
		switch r.State {
		case Unverified:
			return ErrUnverified
		case Active:
			return errAsItIs
		}
		r.enter(Active, "", s.Now())
		r.Probation = false
		return nil
	}))
}

// Disable stops an active subscription; its cursor stays. For one that is
// disabled the reason is changed; for an unverified one it returns ErrState.
func (s *Service) Disable(ctx context.Context, id, reason string) (Subscription, error) {
	return s.shownOf(s.change(ctx, id, func(r *record) error {
		if r.State == Unverified {
			return ErrState
		}
		if r.State == Disabled && r.Reason == reason {
			return errAsItIs
		}
		if r.State == Active {
			s.metrics.disabled.Inc()
		}
		r.enter(Disabled, reason, s.Now())
		return nil
	}))
}

// Lag says how far a subscription is behind the ledger.
func (s *Service) Lag(ctx context.Context, id string) (Lag, error) {
	r, err := s.load(ctx, id)
	if err != nil {
		return Lag{}, err
	}
	cursor, err := s.openCursor(ctx, r)
	if err != nil {
		return Lag{}, fmt.Errorf("webhooks: %w", err)
	}
	defer cursor.Close()
	var lag Lag
	if lag.Commits, err = cursor.Lag(ctx); err != nil {
		return Lag{}, fmt.Errorf("webhooks: %w", err)
	}
	parked, err := s.Subscriptions.List(ctx, "parked."+id)
	if err != nil {
		return Lag{}, fmt.Errorf("webhooks: %w", err)
	}
	lag.Parked = len(parked)
	if r.State == Active {
		lag.Next, err = s.nextDue(ctx, id)
	}
	return lag, err
}

// nextDue returns when the first of what waits is tried again.
func (s *Service) nextDue(ctx context.Context, id string) (first time.Time, err error) {
	values, err := s.Subscriptions.List(ctx, "retry."+id)
	if err != nil {
		return first, fmt.Errorf("webhooks: %w", err)
	}
	for _, v := range values {
		kept, err := readProgress(v)
		if err != nil {
			return first, err
		}
		for _, t := range kept.Notices {
			if !t.Done && !t.Next.IsZero() && (first.IsZero() || t.Next.Before(first)) {
				first = t.Next.UTC()
			}
		}
	}
	return first, nil
}
