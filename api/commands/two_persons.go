package commands

import "context"

// This file is the one place that knows whether one person is enough. Whatever
// is asked for is a task; what approves a proposal carries its task out directly.

// task is one thing that an actor asks for, with an answer of type T.
type task[T any] struct {
	perform func() (T, error)           // carries it out
	preview func() (T, error)           // decides it and leaves nothing behind
	propose func(T) (*Proposal, error)  // returns what waits for an approver, given the preview; nil where there is nothing to do
	waiting func(answer T, id string) T // returns the answer that names the proposal
}

// carry carries a task out or, where it takes two persons, keeps it as a proposal
// until another approves it. What could not be carried out is not proposed.
func carry[T any](ctx context.Context, s *Secretariat, who Actor, t task[T]) (answer T, err error) {
	if !s.FourEyes {
		return t.perform()
	}
	if answer, err = t.preview(); err != nil {
		return answer, err
	}
	p, err := t.propose(answer)
	if err != nil || p == nil {
		return answer, err
	}
	id, err := s.keepProposal(ctx, who, *p)
	return t.waiting(answer, id), err
}
