package recorder

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
)

// round is one batch on its way: what goes out as one commit, and what waits.
type round struct {
	outgoing []*pending
	commit   eventstore.Commit   // of all that is outgoing, with their events in its order
	at       eventstore.Position // on the state of which it was decided
	held     []*pending          // their answers rest on that state, and on the outgoing before them
	again    []*pending          // to be decided in the next round
}

// reply holds the answer of a command that needs no commit, until it is certain that
// the ledger ended where it was decided, or that what goes out before it is there.
func (r *round) reply(p *pending, a answer) {
	p.held = a
	r.held = append(r.held, p)
}

// decide answers what needs no commit, and seals the commit of the rest. A
// command whose id is in the batch twice waits for the first one's answer. A
// day has a commit of its own, as its notices tell what took effect with it.
func (r *Recorder) decide(batch []*pending) (next round) {
	state, position, previous, last := r.o.Projection.Head()
	next.at = position
	draft, recorded := state.Edit(), r.instant(last)
	today := domain.DateOf(recorded.In(r.o.Zone))
	inBatch := make(map[string]bool, len(batch))
	mayNot := r.mayNot(state)
	var decided []eventstore.Decided
	events, size := 0, 0
	for i, p := range batch {
		p.turn = i
	}
	for i, p := range batch {
		if p.ctx.Err() != nil {
			p.answer <- answer{err: p.ctx.Err()}
			continue
		}
		if inBatch[p.ID] {
			next.again = append(next.again, p)
			continue
		}
		if receipt, err := r.repeated(p.Request); err != nil || receipt.Repeated {
			p.answer <- r.shown(answer{receipt, err})
			continue
		}
		if mayNot != nil {
			p.answer <- r.refusal(p.Request, mayNot)
			continue
		}
		_, day := p.Command.(*domain.BeginDay)
		if day && len(next.outgoing) > 0 {
			next.again = append(next.again, batch[i:]...)
			break
		}
		var err error
		if p.result, err = rule(&draft.State, p.Command, today); err != nil {
			next.reply(p, answer{err: err})
			continue
		}
		if !p.result.Accepted() {
			next.reply(p, answer{err: &DecisionError{p.result.Refusals, p.result.Queries}})
			continue
		}
		d, err := encode(p.Request, p.result.Events)
		if err == nil {
			err = r.checkSize(d)
		}
		if err != nil {
			next.reply(p, answer{err: err})
			continue
		}
		if len(next.outgoing) > 0 && r.o.MaxCommit > 0 && room+size+sizeOf(d) > r.o.MaxCommit {
			next.again = append(next.again, batch[i:]...)
			break
		}
		p.place = domain.RecordID{Position: uint64(position) + 1, N: uint32(events)}
		if err := fold(draft, domain.Place(p.Command, p.result.Events, p.place)); err != nil {
			// The draft is spoiled: what was decided before goes out, what comes
			// after begins anew.
			next.reply(p, answer{err: err})
			next.again = append(next.again, batch[i+1:]...)
			break
		}
		inBatch[p.ID] = true
		next.outgoing, decided = append(next.outgoing, p), append(decided, d)
		events, size = events+len(d.Lines), size+sizeOf(d)
		if day {
			next.again = append(next.again, batch[i+1:]...)
			break
		}
	}
	r.seal(&next, decided, state, position, previous, recorded)
	return next
}

// seal makes the commit of what was decided. The first that a node signs in a
// ledger without keys, or as one that only an operator trusts, adds its key,
// behind everything else.
func (r *Recorder) seal(next *round, decided []eventstore.Decided, state *domain.State, position eventstore.Position, previous eventstore.Hash, recorded time.Time) {
	if len(decided) == 0 {
		return
	}
	var err error
	if !state.MayRecord(domain.NodeKey(r.o.Signer.Key().String())) {
		var own eventstore.Decided
		if own, err = r.introduction(state); err == nil {
			decided = append(decided, own)
		}
	}
	if err == nil {
		next.commit, err = eventstore.Seal(position+1, previous, recorded, decided, r.o.Signer)
	}
	if err == nil {
		return
	}
	for _, p := range append(next.outgoing, next.held...) {
		p.answer <- answer{err: err}
	}
	next.outgoing, next.held = nil, nil
}

// NodeActor stands in the ledger beside the key of a ledger's first node, which
// adds itself; NodePrefix begins the id of that command.
const (
	NodeActor  = "node"
	NodePrefix = "node:"
)

func (r *Recorder) introduction(state *domain.State) (eventstore.Decided, error) {
	reason := "the first node of the ledger"
	if len(state.Nodes()) > 0 {
		reason = "trusted by an operator"
	}
	added := &domain.NodeAdded{Key: domain.NodeKey(r.o.Signer.Key().String()), Name: cmp.Or(r.o.Name, "node"), Reason: reason}
	id := fmt.Sprintf("%s%s", NodePrefix, r.o.Signer.ID())
	if len(state.Nodes()) > 0 { // it may have been added before, and revoked
		id = fmt.Sprintf("%s:%d", id, state.Position())
	}
	return encode(Request{ID: id, Actor: NodeActor, Command: &domain.AddNode{Key: added.Key}}, []domain.Event{added})
}

// mayNot says why this node may not record on the state, or nothing.
func (r *Recorder) mayNot(state *domain.State) *NotRecordedError {
	key := r.o.Signer.Key().String()
	if len(state.Nodes()) == 0 || r.o.Trusted || state.MayRecord(domain.NodeKey(key)) {
		return nil
	}
	return &NotRecordedError{Why: "this node is not among those that may record; on one that may, run: depositary node add " + key, Since: r.o.Now()}
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

// room is what a header and the introduction of a key take in a commit at most.
const room = 2 << 10

// sizeOf returns how many bytes a command takes in a commit at most.
func sizeOf(d eventstore.Decided) int {
	size := 128 + len(d.ID) + len(d.Actor) + len(d.Approver) + len(d.Treaty) + len(d.Participant)
	for _, line := range d.Lines {
		size += len(line) + 1
	}
	return size
}

// checkSize refuses alone what fits into no commit.
func (r *Recorder) checkSize(d eventstore.Decided) error {
	if size := room + sizeOf(d); r.o.MaxCommit > 0 && size > r.o.MaxCommit {
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

// encode writes what was decided as it stands in a commit.
func encode(request Request, events []domain.Event) (d eventstore.Decided, err error) {
	treaty, participant := domain.Subject(request.Command)
	d.Command = eventstore.Command{ID: request.ID, Actor: request.Actor, Approver: request.Approver,
		Treaty: orMany(string(treaty)), Participant: orMany(string(participant))}
	for _, e := range events {
		line, err := codec.Encode(e)
		if err != nil {
			return d, err
		}
		d.Lines = append(d.Lines, line)
	}
	return d, d.Check()
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
	command, before, ok := commit.ByID(request.ID)
	if !ok {
		return Receipt{}, fmt.Errorf("the commit at position %d does not have the command %s", position, request.ID)
	}
	entries, err := codec.NewDecoder().Command(command, position, before)
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
