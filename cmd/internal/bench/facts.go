package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// world is participants and treaties made up by the bench. Every treaty has
// the clauses of a common one: signature, 20 consents, 90 days, withdrawal.
type world struct {
	participants []domain.Participant
	treaties     []domain.Treaty
}

var adopted = domain.MustDate("1970-01-01")

func newWorld(participants, treaties int) world {
	var w world
	for i := range participants {
		id := domain.ParticipantID(fmt.Sprintf("P%03d", i))
		w.participants = append(w.participants, domain.Participant{ID: id, Kind: domain.KindState,
			Names: []domain.DatedName{{Name: fmt.Sprintf("Participant %03d", i)}}})
	}
	for i := range treaties {
		w.treaties = append(w.treaties, newTreaty(i))
	}
	return w
}

func newTreaty(i int) domain.Treaty {
	then := domain.MustDelay("90 days")
	return domain.Treaty{
		ID: domain.TreatyID(fmt.Sprintf("BENCH-%d", i+1)), Short: fmt.Sprintf("B%d", i+1), Title: fmt.Sprintf("Convention of the bench, No. %d", i+1),
		Adopted: adopted, Admits: []string{"States"},
		Signature:      &domain.SignatureClause{Opens: adopted, Article: "20"},
		Consent:        &domain.ConsentClause{By: []domain.ActionKind{domain.Ratification, domain.Accession}, Article: "21"},
		EntryIntoForce: &domain.EntryClause{When: domain.MustCondition("20 consents"), Then: then, Article: "22(1)"},
		LaterParties:   &domain.EntryClause{Then: then, Article: "22(2)"},
		Withdrawal:     &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("12 months"), Article: "23"},
	}
}

// definitions returns the commands that a ledger of this world begins with.
func (w world) definitions() []domain.Command {
	commands := []domain.Command{&domain.Define{Participants: w.participants}}
	for i := range w.treaties {
		commands = append(commands, &domain.Define{Treaty: &w.treaties[i]})
	}
	return commands
}

// act is one act in respect of one treaty.
type act struct {
	treaty domain.TreatyID
	action domain.Action
}

func (a act) command() domain.Command {
	return &domain.RecordActions{Treaty: a.treaty, Actions: []domain.Action{a.action}}
}

// lifecycle is what each participant does in respect of each treaty, in
// order. Three in four of the acts carry provenance, as imported ones do; the
// others a date of receipt and a notification, as recorded ones do.
var lifecycle = []struct {
	kind  domain.ActionKind
	after int // days from adoption
}{
	{domain.Signature, 0}, {domain.Ratification, 2000}, {domain.Withdrawal, 8000}, {domain.Ratification, 12_000}, {domain.Withdrawal, 15_000},
}

// acts returns the first steps of every participation. Each step is done by all
// participations, in an order without a pattern, before the next one begins:
// any two acts of one participation lie far apart.
func (w world) acts(steps int) []act {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]act, 0, steps*len(w.participants)*len(w.treaties))
	for step := range steps {
		for _, pair := range random.Perm(len(w.participants) * len(w.treaties)) {
			treaty, participant := pair/len(w.participants), pair%len(w.participants)
			all = append(all, act{w.treaties[treaty].ID, w.action(participant, step, len(all), random)})
		}
	}
	return all
}

// action returns one act of a step; steps beyond the lifecycle are communications.
func (w world) action(participant, step, n int, random *rand.Rand) domain.Action {
	if step >= len(lifecycle) {
		return domain.Action{Participant: w.participants[participant].ID, Kind: domain.Communication,
			Date: adopted.AddDays(3000 + 100*step + random.IntN(100)), Statement: &domain.Statement{Text: "a communication"}}
	}
	l := lifecycle[step]
	a := domain.Action{Participant: w.participants[participant].ID, Kind: l.kind, Date: adopted.AddDays(l.after + random.IntN(1000))}
	if n%4 == 0 {
		a.Received = a.Date.AddDays(random.IntN(20))
		a.Notification = fmt.Sprintf("C.N.%d.%d.TREATIES-BENCH", n, a.Date.Year())
		return a
	}
	a.Provenance = &domain.Provenance{Attestation: domain.Attestation{Source: "Multilateral Treaties Deposited with the Secretary-General", Verification: "unverified"},
		Edition: "2026-01-01", File: "status.csv", Row: n + 1, Column: string(l.kind)}
	return a
}

// chain seals commits one after the other.
type chain struct {
	position eventstore.Position
	previous eventstore.Hash
}

var recordedFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// seal makes the next commit of these events.
func (c *chain) seal(treaty domain.TreatyID, participant domain.ParticipantID, events ...domain.Event) (eventstore.Commit, error) {
	recorded, err := encoded(fmt.Sprintf("bench-%012d", c.position+1), treaty, participant, events...)
	if err != nil {
		return eventstore.Commit{}, err
	}
	commands := []eventstore.Decided{recorded}
	if c.position == 0 {
		added, err := encoded("node", "", "", &domain.NodeAdded{Key: domain.NodeKey(signer.Key().String()), Name: "bench"})
		if err != nil {
			return eventstore.Commit{}, err
		}
		commands = append(commands, added)
	}
	commit, err := eventstore.Seal(c.position+1, c.previous, recordedFrom.Add(time.Duration(c.position)*time.Millisecond), commands, signer)
	if err == nil {
		c.position, c.previous = commit.Position, commit.Hash()
	}
	return commit, err
}

// encoded returns a command with its events, to be sealed.
func encoded(id string, treaty domain.TreatyID, participant domain.ParticipantID, events ...domain.Event) (eventstore.Decided, error) {
	d := eventstore.Decided{Command: eventstore.Command{ID: id, Actor: "bench", Treaty: orMany(string(treaty)), Participant: orMany(string(participant))}}
	for _, e := range events {
		line, err := codec.Encode(e)
		if err != nil {
			return d, err
		}
		d.Lines = append(d.Lines, line)
	}
	return d, nil
}

// seed is of the key with which every ledger of the benchmark is signed.
var seed = sha256.Sum256([]byte("bench"))

var signer = func() *eventstore.Signer {
	s, err := eventstore.NewSigner(seed[:])
	if err != nil {
		panic(err) // a seed has 32 bytes
	}
	return s
}()

// keyIn puts that key into a data folder, which it makes where there is none, so that a node there may record.
func keyIn(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "node.key"), []byte(hex.EncodeToString(seed[:])+"\n"), 0o600)
}

func orMany(id string) string {
	if id == "" {
		return eventstore.Many
	}
	return id
}

// each seals the whole ledger of a world, one act a commit, and hands the
// commits over in batches.
func (w world) each(steps, batch int, take func([]eventstore.Commit) error) error {
	var c chain
	var commits []eventstore.Commit
	add := func(treaty domain.TreatyID, p domain.ParticipantID, events ...domain.Event) error {
		commit, err := c.seal(treaty, p, events...)
		if err != nil {
			return err
		}
		if commits = append(commits, commit); len(commits) < batch {
			return nil
		}
		full := commits
		commits = nil
		return take(full)
	}
	if err := w.eachEvent(steps, add); err != nil {
		return err
	}
	if len(commits) == 0 {
		return nil
	}
	return take(commits)
}

func (w world) eachEvent(steps int, add func(domain.TreatyID, domain.ParticipantID, ...domain.Event) error) error {
	registry := make([]domain.Event, len(w.participants))
	for i, p := range w.participants {
		registry[i] = &domain.ParticipantDefined{Participant: p}
	}
	if err := add("", "", registry...); err != nil {
		return err
	}
	for _, t := range w.treaties {
		if err := add(t.ID, "", &domain.TreatyDefined{Treaty: t}); err != nil {
			return err
		}
	}
	for _, a := range w.acts(steps) {
		if err := add(a.treaty, a.action.Participant, &domain.ActionRecorded{Action: a.action}); err != nil {
			return err
		}
	}
	return nil
}

// decided returns the commits of commands, each decided after the ones before it.
func decided(commands []domain.Command) (commits []eventstore.Commit, err error) {
	var c chain
	p := projections.NewProjection()
	for _, command := range commands {
		d := p.Current().State.Decide(command, domain.DateOf(time.Now()))
		if !d.Accepted() {
			return nil, &recorder.DecisionError{Refusals: d.Refusals, Queries: d.Queries}
		}
		treaty, participant := domain.Subject(command)
		commit, err := c.seal(treaty, participant, d.Events...)
		if err != nil {
			return nil, err
		}
		if err := p.Apply([]eventstore.Commit{commit}); err != nil {
			return nil, err
		}
		commits = append(commits, commit)
	}
	return commits, nil
}

// ledgers returns the same acts twice: one a commit in an order without a
// pattern, and as commits of one step of a whole treaty.
func (w world) ledgers(steps int) (single, tables []eventstore.Commit, err error) {
	err = w.each(steps, 1000, func(commits []eventstore.Commit) error {
		single = append(single, commits...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	var c chain
	add := func(treaty domain.TreatyID, _ domain.ParticipantID, events ...domain.Event) error {
		commit, err := c.seal(treaty, "", events...)
		tables = append(tables, commit)
		return err
	}
	if err := w.eachEvent(0, add); err != nil {
		return nil, nil, err
	}
	for step := range slices.Chunk(w.acts(steps), len(w.participants)*len(w.treaties)) {
		byTreaty := make(map[domain.TreatyID][]domain.Event)
		for _, a := range step {
			byTreaty[a.treaty] = append(byTreaty[a.treaty], &domain.ActionRecorded{Action: a.action})
		}
		for _, t := range w.treaties {
			if err := add(t.ID, "", byTreaty[t.ID]...); err != nil {
				return nil, nil, err
			}
		}
	}
	return single, tables, nil
}
