package commands

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"depositary/api/auth"
	"depositary/api/imports"
	"depositary/api/imports/formats"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// Importing is one request for one file. It is idempotent by nature: what the
// ledger holds is not recorded again, whatever id a request has. A treaty
// that somebody else changes between plan and recording is planned anew.

const (
	importTries   = 5  // how often a treaty is planned anew
	refusedTries  = 5  // how often a command is sent that the ledger cannot take, a second apart
	importsAtOnce = 16 // commands of one file that go out together
)

// File says what a file of others is. What is empty is as the format has it.
type File struct {
	Format       string `json:"format"`
	Name         string `json:"file,omitempty"`
	Source       string `json:"source,omitempty"`
	Edition      string `json:"edition,omitempty"`
	Title        string `json:"title,omitempty"`
	Treaty       string `json:"treaty,omitempty"`
	Rank         int    `json:"rank,omitempty"`
	Verification string `json:"verification,omitempty"`
	Accept       string `json:"accept,omitempty"`
}

// FormatError says that no form of tables is called so.
type FormatError struct{ Format string }

func (e *FormatError) Error() string { return fmt.Sprintf("no form of tables is called %q", e.Format) }

// FormatNames lists the forms of tables that can be taken in.
func FormatNames() string {
	var names []string
	for _, f := range formats.All() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Import reads a file into the ledger, or only says what would become of it, or
// proposes it where it takes two persons. It returns *FormatError,
// *imports.FileError, *RoleError and *projections.InputError, and the errors of
// recorder.Record.
func (s *Secretariat) Import(ctx context.Context, who Actor, f File, data []byte, dryRun bool) (*imports.Report, error) {
	t, err := s.taking(ctx, who, f, data)
	if err != nil {
		return nil, err
	}
	if dryRun {
		return t.foresee()
	}
	return carry(ctx, s, who, task[*imports.Report]{
		perform: t.take,
		preview: t.foresee,
		propose: func(*imports.Report) (*Proposal, error) { return t.propose(f, data) },
		same: func(held *Proposal) bool {
			sum := sha256.Sum256(data)
			return held.Kind == ImportProposal && *held.File == f && held.Document == hex.EncodeToString(sum[:])
		},
		waiting: func(report *imports.Report, id string) *imports.Report {
			report.Proposal = id
			return report
		},
	})
}

// taking reads a file and checks what is asked of it.
func (s *Secretariat) taking(ctx context.Context, who Actor, f File, data []byte) (*taking, error) {
	accept, err := imports.ParseAccept(f.Accept)
	if err != nil {
		return nil, &projections.InputError{Field: "accept", Reason: err.Error(), Accepted: imports.AcceptForms}
	}
	if _, err := s.request(&who, nil); err != nil {
		return nil, err
	}
	table, err := f.read(data)
	return &taking{Secretariat: s, ctx: ctx, who: who, accept: accept, table: table}, err
}

// foresee returns the report of what would become of the file.
func (t *taking) foresee() (*imports.Report, error) {
	report, _, err := t.plan()
	if err != nil {
		return nil, err
	}
	report.DryRun = true
	return report, nil
}

// propose returns the file as a proposal, for somebody who may what its commands
// take; nil where it brings nothing new.
func (t *taking) propose(f File, data []byte) (*Proposal, error) {
	_, commands, err := t.plan()
	if err != nil || len(commands) == 0 {
		return nil, err
	}
	role := auth.Record
	if slices.ContainsFunc(commands, func(c domain.Command) bool { _, is := c.(*domain.Define); return is }) {
		if err := t.mayDefine(); err != nil {
			return nil, err
		}
		role = auth.Define
	}
	doc, err := t.Bring(t.ctx, f.Name, "application/octet-stream", bytes.NewReader(data))
	if err == nil {
		err = t.keep(t.ctx, "file", doc.Digest, doc.Size)
	}
	return &Proposal{Kind: ImportProposal, Role: role, File: &f, Document: doc.Digest}, err
}

// read takes a file apart in its form.
func (f *File) read(data []byte) (*imports.Table, error) {
	format, ok := formats.Find(f.Format)
	if !ok {
		return nil, &FormatError{f.Format}
	}
	source := imports.Source{File: cmp.Or(f.Name, "file"), Name: cmp.Or(f.Source, format.Title), Edition: f.Edition, Rank: f.Rank, Title: f.Title, Verification: f.Verification}
	if f.Source == "" {
		source.Also = format.Also
	}
	if f.Treaty != "" {
		id, err := domain.ParseTreatyID(f.Treaty)
		if err != nil {
			return nil, &projections.InputError{Field: "treaty", Reason: err.Error(), Accepted: "the id of a treaty"}
		}
		source.Treaty = id
	}
	return format.Read(source, data)
}

// taking is one file on its way into the ledger.
type taking struct {
	*Secretariat
	ctx    context.Context
	who    Actor // whose id begins the ids of its commands
	accept imports.Accept
	table  *imports.Table // what is still to be recorded
	tries  int            // how often somebody else was first
}

func (t *taking) plan() (*imports.Report, []domain.Command, error) {
	return imports.PlanWhile(t.ctx, t.Projection.Current().State, t.Recorder.Today(), t.table, t.accept)
}

// take plans and records until nothing is left to record. Definitions go first,
// and what stands on them is planned anew; so is a treaty that somebody else
// has changed since it was planned.
func (t *taking) take() (report *imports.Report, err error) {
	for t.tries < importTries {
		later, commands, stopped := t.plan()
		if stopped != nil {
			return nil, stopped
		}
		if report == nil {
			report = later
		} else {
			for _, treaty := range t.table.Treaties {
				report.Renew(later, treaty.Treaty.ID)
			}
		}
		if len(commands) == 0 {
			t.sayWhatRestsOn(report)
			return report, nil
		}
		defines := slices.DeleteFunc(slices.Clone(commands), func(c domain.Command) bool { _, is := c.(*domain.Define); return !is })
		if len(defines) > 0 {
			if err := t.mayDefine(); err != nil {
				return nil, err
			}
			commands = defines
		}
		var positions []uint64
		var changed map[domain.TreatyID]bool
		positions, changed, err = t.record(commands)
		report.Positions = append(report.Positions, positions...)
		if err != nil && len(changed) == 0 {
			return nil, err
		}
		if len(defines) == 0 {
			t.leave(changed)
		}
		if err != nil {
			t.tries++
		}
	}
	return nil, err
}

// sayWhatRestsOn tells of each treaty whether its entry into force is the
// published day, which the deposits held after the file do not state.
func (t *taking) sayWhatRestsOn(report *imports.Report) {
	state := t.Projection.Current().State
	for i := range report.Treaties {
		if h := state.History(report.Treaties[i].Treaty, domain.Axes{}); h != nil {
			report.Treaties[i].RestsOn = h.RestsOn(t.Recorder.Today())
		}
	}
}

// leave leaves the treaties that are still to be recorded.
func (t *taking) leave(changed map[domain.TreatyID]bool) {
	rest := *t.table
	rest.Treaties = slices.DeleteFunc(slices.Clone(rest.Treaties), func(of imports.TreatyTable) bool { return !changed[of.Treaty.ID] })
	t.table = &rest
}

func (t *taking) mayDefine() error {
	if !t.who.May(auth.Define) {
		return &RoleError{t.who.Actor, "the file adds treaties or weight tables", fmt.Sprintf("a token with the roles %s and %s, or a file about treaties that are held", auth.Record, auth.Define)}
	}
	return nil
}

// record sends commands, those of different treaties together. It returns the
// positions of those that were recorded, and the treaties that somebody else
// has changed meanwhile; with none of these, an error is one that stands.
func (t *taking) record(commands []domain.Command) (positions []uint64, changed map[domain.TreatyID]bool, err error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	var standing error
	changed = make(map[domain.TreatyID]bool)
	room := make(chan struct{}, importsAtOnce)
	for _, group := range byTreaty(commands) {
		room <- struct{}{}
		running.Go(func() {
			defer func() { <-room }()
			made, failure := t.recordInTurn(group)
			treaty, _ := domain.Subject(group[0])
			mu.Lock()
			defer mu.Unlock()
			positions = append(positions, made...)
			switch {
			case failure == nil:
			case overtaken(failure):
				changed[treaty], err = true, failure
			default:
				standing = failure
			}
		})
	}
	running.Wait()
	slices.Sort(positions)
	if standing != nil {
		return positions, nil, standing
	}
	return positions, changed, err
}

func (t *taking) recordInTurn(commands []domain.Command) (positions []uint64, err error) {
	for i, command := range commands {
		receipt, err := t.recordPatiently(recorder.Request{ID: t.id(command, i), Actor: t.who.Named(), Approver: t.who.approver, Command: command})
		if err != nil {
			return positions, err
		}
		positions = append(positions, uint64(receipt.Commit.Position))
	}
	return positions, nil
}

// recordPatiently sends a command again for a while where the ledger could not take
// it: one of the thousands of a file is not to fail the rest for a moment's silence.
func (t *taking) recordPatiently(request recorder.Request) (receipt recorder.Receipt, err error) {
	for range refusedTries {
		receipt, err = t.Recorder.Record(t.ctx, request)
		var refused *recorder.NotRecordedError
		if !errors.As(err, &refused) {
			return receipt, err
		}
		select {
		case <-t.ctx.Done():
			return receipt, t.ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return receipt, err
}

// overtaken reports whether a command was refused for what somebody else has
// recorded since it was planned: the plan knew of nothing against it.
func overtaken(err error) bool {
	var decision *recorder.DecisionError
	return errors.As(err, &decision) && !slices.ContainsFunc(decision.Refusals, func(f domain.Finding) bool { return f.Code == domain.CodeCommandReused })
}

// byTreaty groups commands by their treaty, in their order.
func byTreaty(commands []domain.Command) (groups [][]domain.Command) {
	index := make(map[domain.TreatyID]int)
	for _, c := range commands {
		treaty, _ := domain.Subject(c)
		i, ok := index[treaty]
		if !ok {
			i = len(groups)
			index[treaty] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// id returns the id of a command: the same for the same file under the same key.
func (t *taking) id(command domain.Command, n int) string {
	treaty, _ := domain.Subject(command)
	what := "table"
	if _, ok := command.(*domain.Define); ok {
		what = "define"
	}
	suffix := fmt.Sprintf("/%s/%s/%d.%d", what, cmp.Or(string(treaty), eventstore.Many), t.tries+1, n+1)
	if id := t.who.ID + suffix; eventstore.Plain(id) {
		return id
	}
	digest := sha256.Sum256([]byte(t.who.ID))
	return hex.EncodeToString(digest[:20]) + suffix
}
