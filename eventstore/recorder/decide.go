package recorder

import (
	"fmt"
	"runtime/debug"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
)

// decide answers what needs no commit, and seals the commits of the rest. A
// command whose id is in the batch twice waits for the first one's answer. An
// answer that was found behind commits of the batch rests on them and is held
// until they are in the ledger.
func (r *Recorder) decide(batch []*pending) (outgoing, held, again []*pending) {
	state, position, previous, last := r.o.Projection.Head()
	draft, recorded := state.Edit(), r.instant(last)
	today := domain.DateOf(recorded.In(r.o.Zone))
	inBatch := make(map[string]bool, len(batch))
	give := func(p *pending, a answer) {
		if len(outgoing) == 0 {
			p.answer <- a
			return
		}
		p.held, p.restsOn = a, len(outgoing)
		held = append(held, p)
	}
	for i, p := range batch {
		p.turn = i
		if p.ctx.Err() != nil {
			p.answer <- answer{err: p.ctx.Err()}
			continue
		}
		if inBatch[p.ID] {
			again = append(again, p)
			continue
		}
		if receipt, err := r.repeated(p.Request); err != nil || receipt.Repeated {
			p.answer <- r.shown(answer{receipt, err})
			continue
		}
		var err error
		if p.result, err = rule(&draft.State, p.Command, today); err != nil {
			give(p, answer{err: err})
			continue
		}
		if !p.result.Accepted() {
			give(p, answer{err: &DecisionError{p.result.Refusals, p.result.Queries}})
			continue
		}
		commit, err := seal(p.Request, p.result.Events, position+1, previous, recorded)
		if err == nil {
			err = r.checkSize(commit)
		}
		if err != nil {
			give(p, answer{err: err})
			continue
		}
		if err := fold(draft, place(p.Command, p.result.Events, position+1)); err != nil {
			// The draft is spoiled: what was decided before goes out, what comes
			// after begins anew.
			give(p, answer{err: err})
			for j, rest := range batch[i+1:] {
				rest.turn = i + 1 + j
			}
			return outgoing, held, append(again, batch[i+1:]...)
		}
		position, previous = position+1, commit.Hash()
		p.commit = commit
		inBatch[p.ID] = true
		outgoing = append(outgoing, p)
	}
	return outgoing, held, again
}

// rule decides one command. A defect in the law's code fails that command alone.
func rule(state *domain.State, c domain.Command, today domain.Date) (d domain.Decision, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("deciding a command: %v\n%s", cause, debug.Stack())
		}
	}()
	return state.Decide(c, today), nil
}

// fold applies what was decided. What Decide let pass and the fold refuses is a
// defect, which must not reach the ledger.
func fold(draft *domain.Draft, entries []domain.Entry) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("decided, but cannot be folded: %v\n%s", cause, debug.Stack())
		}
	}()
	for _, e := range entries {
		if err := draft.Apply(e); err != nil {
			return fmt.Errorf("decided, but cannot be folded: %w", err)
		}
	}
	return nil
}

// checkSize refuses alone what would make the whole batch fail.
func (r *Recorder) checkSize(c eventstore.Commit) error {
	if size := len(c.Raw()); r.o.MaxCommit > 0 && size > r.o.MaxCommit {
		return &DecisionError{Refusals: []domain.Finding{{Code: domain.CodeFieldTooLong, Kind: domain.Rejected,
			Message:  fmt.Sprintf("the command makes a commit of %d bytes, the ledger takes %d", size, r.o.MaxCommit),
			Accepted: "several smaller commands"}}}
	}
	return nil
}

// instant returns the time of recording, which never decreases along the ledger.
func (r *Recorder) instant(last time.Time) time.Time {
	now := r.o.Now().UTC().Truncate(time.Microsecond)
	if now.Before(last) {
		return last
	}
	return now
}

func seal(request Request, events []domain.Event, position eventstore.Position, previous eventstore.Hash, recorded time.Time) (eventstore.Commit, error) {
	lines := make([][]byte, len(events))
	for i, e := range events {
		line, err := codec.Encode(e)
		if err != nil {
			return eventstore.Commit{}, err
		}
		lines[i] = line
	}
	treaty, participant := domain.Subject(request.Command)
	return eventstore.Seal(eventstore.Header{
		Position: position, Previous: previous, Command: request.ID, Actor: request.Actor, Approver: request.Approver, Recorded: recorded,
		Treaty: orMany(string(treaty)), Participant: orMany(string(participant)),
	}, lines)
}

func orMany(id string) string {
	if id == "" {
		return eventstore.Many
	}
	return id
}

// repeated answers a command that the ledger holds already. A store that does
// not answer refuses the command: it may have been recorded.
func (r *Recorder) repeated(request Request) (Receipt, error) {
	position, ok, err := r.o.Store.ByCommand(request.ID)
	if err != nil {
		return Receipt{}, unavailable(err)
	}
	if !ok {
		return Receipt{}, nil
	}
	commit, err := r.o.Store.Read(position)
	if err != nil {
		return Receipt{}, unavailable(err)
	}
	entries, err := codec.NewDecoder().Commit(commit)
	if err != nil {
		return Receipt{}, err
	}
	if !domain.SameCommand(request.Command, entries) {
		return Receipt{}, &DecisionError{Refusals: []domain.Finding{{
			Code: domain.CodeCommandReused, Kind: domain.Rejected, Field: "id",
			Message:  fmt.Sprintf("the id %q was used at position %d for another command", request.ID, position),
			Accepted: "a new id for a new command",
		}}}
	}
	return Receipt{Commit: commit, Entries: entries, Repeated: true}, nil
}
