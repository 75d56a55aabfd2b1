package projections

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections/model"
)

// Ledger shows the ledger itself: commits as they were published.
type Ledger struct{ store eventstore.Store }

// NewLedger shows what a store holds.
func NewLedger(store eventstore.Store) Ledger { return Ledger{store} }

// Tip returns the last position with its hash, 0 and the zero hash where there
// is none.
func (l Ledger) Tip() (eventstore.Position, eventstore.Hash) { return l.store.Tip() }

// Export writes the bytes of all commits up to a position, as they were
// published, until the context ends. With an error a part of them may have been written.
func (l Ledger) Export(ctx context.Context, w io.Writer, upTo eventstore.Position) error {
	return eventstore.WriteLines(ctx, w, l.store, upTo)
}

// ID returns a name of the ledger that is unlike any other's and the same on
// every node, from the hash of its first commit; "empty" where there is none.
func (l Ledger) ID() (string, error) {
	first, err := l.store.Read(1)
	if errors.Is(err, eventstore.ErrNotFound) {
		return "empty", nil
	}
	if err != nil {
		return "", err
	}
	return first.Hash().String()[:16], nil
}

// CommitView is one commit with its hash and events.
type CommitView struct {
	Position    eventstore.Position `json:"position"`
	Hash        eventstore.Hash     `json:"hash" doc:"SHA-256 of the header line, in hexadecimal"`
	Previous    eventstore.Hash     `json:"previous" doc:"Hash of the commit before"`
	Form        int                 `json:"form" doc:"1: one command, not signed; 2: the commands that were decided together, signed"`
	Command     string              `json:"command" doc:"Id of its first command"`
	Actor       string              `json:"actor" doc:"Of its first command"`
	Approver    string              `json:"approver,omitempty" doc:"Who approved its first command, where it takes two persons"`
	Recorded    time.Time           `json:"recorded" doc:"Instant of recording (UTC)"`
	Treaty      string              `json:"treaty" doc:"Treaty id, or _ for several or the registry"`
	Participant string              `json:"participant" doc:"Participant id, or _ for several or none"`
	Digest      eventstore.Hash     `json:"digest" doc:"SHA-256 of all lines after the header"`
	Key         string              `json:"key,omitempty" doc:"Id of the key of the node that signed it"`
	Signature   string              `json:"signature,omitempty" doc:"Ed25519, of the header up to the signature, in hexadecimal"`
	Commands    []CommandView       `json:"commands" doc:"The commands that were decided together, in their order"`
	Events      []EventView         `json:"events" doc:"The events of all commands, in their order"`
}

// CommandView is one command of a commit.
type CommandView struct {
	ID          string `json:"id"`
	Actor       string `json:"actor"`
	Approver    string `json:"approver,omitempty" doc:"Who approved it, where it takes two persons"`
	Treaty      string `json:"treaty" doc:"Treaty id, or _ for the registry"`
	Participant string `json:"participant" doc:"Participant id, or _ for several or none"`
	Events      int    `json:"events" doc:"How many events it made"`
}

// Actors returns who gave the commands of the commit, and who approved them, each
// once.
func (v CommitView) Actors() (actors []string) {
	for _, c := range v.Commands {
		for _, who := range []string{c.Actor, c.Approver} {
			if who != "" && !slices.Contains(actors, who) {
				actors = append(actors, who)
			}
		}
	}
	return actors
}

// EventView is one event as it was published.
type EventView struct {
	ID    domain.RecordID `json:"id"`
	Event json.RawMessage `json:"event"`
}

// LedgerPage is a part of the ledger.
type LedgerPage struct {
	Commits []CommitView `json:"commits"`
	Last    uint64       `json:"last" doc:"Position of the ledger's last commit"`
	Next    string       `json:"next,omitempty" doc:"Cursor of the page that follows; absent on the last one"`
}

// LedgerQuestion chooses a part of the ledger.
type LedgerQuestion struct {
	After       eventstore.Position // ascending: commits after it; descending: before it, 0 from the end
	Limit       int
	Descending  bool
	Treaty      domain.TreatyID
	Participant domain.ParticipantID
}

// Page returns a page of commits.
func (l Ledger) Page(q LedgerQuestion) (LedgerPage, error) {
	last, _ := l.store.Tip()
	page := LedgerPage{Commits: []CommitView{}, Last: uint64(last)}
	positions := l.positions(q, last)
	if len(positions) > q.Limit {
		positions = positions[:q.Limit]
		page.Next = fmt.Sprint(positions[q.Limit-1])
	}
	for _, p := range positions {
		c, err := l.store.Read(p)
		if err != nil {
			return page, err
		}
		page.Commits = append(page.Commits, ViewCommit(c))
	}
	return page, nil
}

// positions returns the positions of the page and one more, if there is one.
func (l Ledger) positions(q LedgerQuestion, last eventstore.Position) []eventstore.Position {
	if q.Treaty == "" && q.Participant == "" {
		return span(q, last)
	}
	from, limit := q.After, q.Limit+1
	if q.Descending || (q.Treaty != "" && q.Participant != "") {
		from, limit = 0, int(last)
		if !q.Descending {
			from = q.After
		}
	}
	var chosen []eventstore.Position
	if q.Treaty != "" {
		chosen = l.store.ByTreaty(string(q.Treaty), from, limit)
	}
	if q.Participant != "" {
		of := l.store.ByParticipant(string(q.Participant), from, limit)
		if q.Treaty == "" {
			chosen = of
		} else {
			chosen = slices.DeleteFunc(slices.Clone(chosen), func(p eventstore.Position) bool {
				_, both := slices.BinarySearch(of, p)
				return !both
			})
		}
	}
	if q.Descending {
		chosen = slices.Clone(chosen)
		slices.Reverse(chosen)
		chosen = slices.DeleteFunc(chosen, func(p eventstore.Position) bool { return q.After > 0 && p >= q.After })
	}
	return chosen[:min(len(chosen), q.Limit+1)]
}

func span(q LedgerQuestion, last eventstore.Position) (positions []eventstore.Position) {
	if q.Descending {
		p := last
		if q.After > 0 {
			p = min(p, q.After-1)
		}
		for ; p > 0 && len(positions) <= q.Limit; p-- {
			positions = append(positions, p)
		}
		return positions
	}
	for p := q.After + 1; p <= last && len(positions) <= q.Limit; p++ {
		positions = append(positions, p)
	}
	return positions
}

// ViewCommit shows a commit.
func ViewCommit(c eventstore.Commit) CommitView {
	first := c.Commands[0]
	v := CommitView{Position: c.Position, Hash: c.Hash(), Previous: c.Previous, Form: c.Form, Command: first.ID, Actor: first.Actor, Approver: first.Approver, Recorded: c.Recorded,
		Treaty: c.Treaty(), Participant: c.Participant(), Digest: c.Digest}
	if c.Form > 1 {
		v.Key, v.Signature = c.Key.String(), c.Signature.String()
	}
	for _, command := range c.Commands {
		v.Commands = append(v.Commands, CommandView{command.ID, command.Actor, command.Approver, command.Treaty, command.Participant, command.Events})
		for line := range bytes.Lines(command.EventLines()) {
			v.Events = append(v.Events, EventView{domain.RecordID{Position: uint64(c.Position), N: uint32(len(v.Events) + 1)}, bytes.TrimSuffix(line, []byte("\n"))})
		}
	}
	return v
}

// Commit returns one commit, false where the ledger has none at the position.
func (l Ledger) Commit(p eventstore.Position) (CommitView, bool, error) {
	c, err := l.store.Read(p)
	if errors.Is(err, eventstore.ErrNotFound) {
		return CommitView{}, false, nil
	}
	if err != nil {
		return CommitView{}, false, err
	}
	return ViewCommit(c), true, nil
}

// RecordDetail is one record of an act with everything that is known of it.
type RecordDetail struct {
	Record      domain.RecordID      `json:"record"`
	Treaty      domain.TreatyID      `json:"treaty"`
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Standing    bool                 `json:"standing" doc:"Whether the act stands: it was not annulled"`
	Current     *model.Action        `json:"current,omitempty" doc:"The act as it stands"`
	Envelope    []ActVersion         `json:"envelope,omitempty" doc:"The deposit that the act is part of, as it stands: the consent first, then the reservations, declarations and territories that came with it. Corrected in its day or annulled, it moves as a whole"`
	Versions    []RecordVersion      `json:"versions" doc:"The record with its corrections and annulments, in the order of the ledger"`
}

// RecordVersion is one record with the commit it stands in.
type RecordVersion struct {
	RecordView
	Position eventstore.Position `json:"position"`
	Hash     eventstore.Hash     `json:"hash"`
	Actor    string              `json:"actor"`
	Approver string              `json:"approver,omitempty"`
	Recorded time.Time           `json:"recorded"`
}

// Author is who gave the command of a record, who approved it, and when it was
// recorded.
type Author struct {
	Actor, Approver string
	Recorded        time.Time
}

// Who returns the author of a record.
func (l Ledger) Who(id domain.RecordID) (Author, error) {
	c, err := l.store.Read(eventstore.Position(id.Position))
	if err != nil {
		return Author{}, err
	}
	command, _, _ := c.CommandOf(int(id.N))
	return Author{command.Actor, command.Approver, c.Recorded}, nil
}

// TreatyOf finds the treaty that a record is about, false where the ledger has
// no such record.
func (l Ledger) TreatyOf(id domain.RecordID) (domain.TreatyID, bool, error) {
	c, err := l.store.Read(eventstore.Position(id.Position))
	if errors.Is(err, eventstore.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	command, _, ok := c.CommandOf(int(id.N))
	if !ok || command.Treaty == eventstore.Many {
		return "", false, nil
	}
	return domain.TreatyID(command.Treaty), true, nil
}

// Record returns a record with all versions of its act, false where none was
// known.
func (l Ledger) Record(on Query, id domain.RecordID) (RecordDetail, bool, error) {
	treaty, ok, err := l.TreatyOf(id)
	if err != nil || !ok || !on.Known().Has(id.Position) {
		return RecordDetail{}, false, err
	}
	part, record, ok := on.State().FindRecord(treaty, id)
	if !ok {
		return RecordDetail{}, false, nil
	}
	root := record.ID
	if record.Op != domain.OpRecorded {
		root = rootOf(part, record)
	}
	view, _ := OfParticipation(on, treaty, part.Participant)
	d := RecordDetail{Record: root, Treaty: treaty, Participant: part.Participant, Name: on.Name(part.Participant), Versions: []RecordVersion{}}
	for _, a := range view.Acts {
		if a.Record == root {
			action := a.Action
			d.Standing, d.Current = true, &action
		}
	}
	for _, a := range part.Envelope(root, domain.Axes{ReceivedBy: on.Axes.ReceivedBy, KnownAt: on.Known()}) {
		d.Envelope = append(d.Envelope, ActVersion{Record: a.ID, Action: model.FromAction(*a.Action())})
	}
	family := map[domain.RecordID]bool{root: true}
	for _, v := range view.Records {
		if v.ID != root && !family[v.Target] {
			continue
		}
		family[v.ID] = true
		version := RecordVersion{RecordView: v, Position: eventstore.Position(v.ID.Position)}
		c, err := l.store.Read(version.Position)
		if err != nil {
			return RecordDetail{}, false, err
		}
		command, _, _ := c.CommandOf(int(v.ID.N))
		version.Hash, version.Actor, version.Approver, version.Recorded = c.Hash(), command.Actor, command.Approver, c.Recorded
		d.Versions = append(d.Versions, version)
	}
	return d, true, nil
}

// rootOf follows targets to the record of the act itself.
func rootOf(part *domain.Participation, r *domain.Record) domain.RecordID {
	for r.Op != domain.OpRecorded {
		i := slices.IndexFunc(part.Records(), func(other *domain.Record) bool { return other.ID == r.Target })
		if i < 0 {
			return r.ID
		}
		r = part.Records()[i]
	}
	return r.ID
}
