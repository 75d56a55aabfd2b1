package webhooks

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"depositary/eventstore"
)

// Verify sends the challenge and makes the subscription active when it is
// answered; the attempt says what came of it, also where the error is
// ErrUnverified. The answer to a challenge is a status 2xx with the challenge
// as its body, alone or as {"challenge": …}. One that was disabled goes on
// from its cursor, as after Enable.
func (s *Service) Verify(ctx context.Context, id string) (Subscription, Attempt, error) {
	r, err := s.load(ctx, id)
	if err != nil {
		return Subscription{}, Attempt{}, err
	}
	challenge := rand.Text()
	m, err := s.aside(id, forChallenge, map[string]string{"challenge": challenge})
	if err != nil {
		return r.shown(s.Now()), Attempt{}, err
	}
	a, err := s.once(ctx, r, m, forChallenge, "", func(a answer) (verdict, string) { return judgeChallenge(a, challenge) })
	if err != nil {
		return r.shown(s.Now()), a, err
	}
	a = s.numbered(ctx, id, a)
	if a.Outcome != outcomeTaken {
		return r.shown(s.Now()), a, ErrUnverified
	}
	if err := s.openPlace(ctx, r); err != nil {
		return r.shown(s.Now()), a, err
	}
	if r.State != Active {
		if err := s.restartSchedules(ctx, id); err != nil {
			return r.shown(s.Now()), a, err
		}
	}
	sub, err := s.shownOf(s.change(ctx, id, func(now *record) error {
		if now.URL != r.URL {
			return eventstore.ErrRevision // another address than the one that answered
		}
		if now.State == Active {
			return errAsItIs
		}
		now.enter(Active, "", s.Now())
		now.Probation, now.Served = false, true
		return nil
	}))
	return sub, a, err
}

// openPlace makes the cursor: where there can be none, the subscription does not
// become active.
func (s *Service) openPlace(ctx context.Context, r *record) error {
	cursor, err := s.openCursor(ctx, r)
	if err != nil {
		return fmt.Errorf("webhooks: cursor: %w", err)
	}
	return cursor.Close()
}

// judgeChallenge reports whether the answer is the challenge.
func judgeChallenge(a answer, challenge string) (verdict, string) {
	if v, problem := judge(a); v != isTaken {
		return isFailed, problem
	}
	body := bytes.TrimSpace(a.body)
	var told struct {
		Challenge string `json:"challenge"`
	}
	if a.whole && (string(body) == challenge || json.Unmarshal(body, &told) == nil && told.Challenge == challenge) {
		return isTaken, ""
	}
	return isFailed, `the answer is not the challenge, neither alone nor as {"challenge": …}`
}

// Ping sends a signed ping that is no notice; to an address that has not
// answered the challenge it returns ErrUnverified and sends nothing.
func (s *Service) Ping(ctx context.Context, id string) (Attempt, error) {
	r, err := s.load(ctx, id)
	if err != nil {
		return Attempt{}, err
	}
	if r.State == Unverified {
		return Attempt{}, ErrUnverified
	}
	m, err := s.aside(id, forPing, struct{}{})
	if err != nil {
		return Attempt{}, err
	}
	a, err := s.once(ctx, r, m, forPing, "", judge)
	if err != nil {
		return a, err
	}
	return s.numbered(ctx, id, a), nil
}

// once makes one attempt outside of the schedule, a line in the journal before
// and after it. The error says why it could not be made, or not be noted.
func (s *Service) once(ctx context.Context, r *record, m message, purpose, notice string, judge func(answer) (verdict, string)) (Attempt, error) {
	if err := s.rate(r).Wait(ctx); err != nil {
		return Attempt{}, err
	}
	began := s.Now()
	header, err := s.headers(r, m, began)
	if err != nil {
		return Attempt{}, err
	}
	l, text := opening(m, purpose, notice, 1, began)
	if err := s.Deliveries.Append(ctx, r.ID, text); err != nil {
		return Attempt{}, err
	}
	a := s.sender.send(ctx, r.URL, header, m.body)
	v, problem := judge(a)
	l.close(a, v, problem, s.Now())
	s.metrics.attempt(purpose, l.Outcome, s.Now().Sub(l.Began))
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := s.Deliveries.Append(last, r.ID, l.bytes()); err != nil {
		return l.Attempt, err
	}
	if v == isGone {
		_, err = s.disable(last, r.ID, problem)
	}
	return l.Attempt, errors.Join(err, ctx.Err())
}

// numbered returns the attempt with its sequence in the journal, as far as that
// can be read.
func (s *Service) numbered(ctx context.Context, id string, one Attempt) Attempt {
	all, err := s.attempts(ctx, id)
	s.logged(err, "reading the journal", id)
	for _, a := range all {
		if a.ID == one.ID {
			return a
		}
	}
	return one
}
