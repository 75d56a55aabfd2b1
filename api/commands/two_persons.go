package commands

import (
	"context"
	"encoding/json"
	"errors"

	"depositary/projections"
)

// This file is the one place that knows whether one person is enough. Whatever
// is asked for is a task; what approves a proposal carries its task out directly.

// task is one thing that an actor asks for, with an answer of type T.
type task[T any] struct {
	perform func() (T, error)           // carries it out
	preview func() (T, error)           // decides it and leaves nothing behind
	propose func(T) (*Proposal, error)  // returns what waits for an approver, given the preview; nil where there is nothing to do
	same    func(*Proposal) bool        // reports whether an earlier proposal is of the same; nil: never
	waiting func(answer T, id string) T // returns the answer that names the proposal
}

// mostAnswer bounds the answer that is kept with a proposal, in bytes.
const mostAnswer = 256 << 10

// carry carries a task out or, where it takes two persons, keeps it as a proposal
// until another approves it. What could not be carried out is not proposed. The
// same under the same id is one proposal, and has the same answer, also when it
// was decided.
func carry[T any](ctx context.Context, s *Secretariat, who Actor, t task[T]) (answer T, err error) {
	if !s.FourEyes {
		return t.perform()
	}
	if who.ID != "" {
		if answer, found, err := answered(ctx, s, who, t); found || err != nil {
			return answer, err
		}
	}
	if answer, err = t.preview(); err != nil {
		return answer, err
	}
	p, err := t.propose(answer)
	if err != nil || p == nil {
		return answer, err
	}
	p.ID = proposalID(who.ID)
	answer = t.waiting(answer, p.ID)
	if kept, err := json.Marshal(answer); err != nil {
		return answer, err
	} else if len(kept) <= mostAnswer {
		p.Answer = string(kept)
	}
	_, err = s.keepProposal(ctx, who, *p)
	return answer, err
}

// answered returns the answer to the same command under the same id; false where
// it was not given, or was too large to be kept.
func answered[T any](ctx context.Context, s *Secretariat, who Actor, t task[T]) (answer T, found bool, err error) {
	held, err := s.Proposal(ctx, who.ID)
	switch {
	case errors.Is(err, ErrNoProposal):
		return answer, false, nil
	case err != nil:
		return answer, false, err
	case held.Proposer != who.Actor || t.same == nil || !t.same(&held):
		return answer, true, &projections.InputError{Field: "Idempotency-Key", Reason: "another proposal has this id", Accepted: "a new key"}
	case len(held.Answer) > 0:
		return answer, true, json.Unmarshal([]byte(held.Answer), &answer)
	}
	answer, err = t.preview()
	return t.waiting(answer, held.ID), true, err
}

// sameContent reports whether two proposals ask for the same.
func sameContent(a, b *Proposal) bool {
	x, y := *a, *b
	y.ID, y.Proposer, y.ProposerAs, y.Proposed, y.Makers = x.ID, x.Proposer, x.ProposerAs, x.Proposed, x.Makers
	return x.digest() == y.digest()
}
