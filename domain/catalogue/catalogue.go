// Package catalogue holds what the program brings along: treaties with their
// final clauses, participants, groups, weight tables and bundled acts, as
// tables that a lawyer can read and review. Nothing in it is used directly:
// on the first start of an empty ledger all of it is recorded as commits, by
// the same commands and rules as everything else, and from then on the ledger
// is the authority. Package docs: docs/catalogue.md.
//
// Invariants: every entry carries its source and what was verified; every file
// passes domain's checks (see the test).
package catalogue

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"depositary/domain"
)

//go:embed participants.json territories.json groups.json weights/*.json treaties/*.json acts/*.csv statements/*.csv coverage.csv conflicts.csv
var files embed.FS

// Catalogue is the bundled tables, read.
type Catalogue struct {
	Participants []domain.Participant
	Groups       []domain.Group
	Weights      []domain.Weights
	Treaties     []domain.Treaty // parents before their protocols
	Actions      []TreatyActions // in the order of the treaties
}

// TreatyActions are the bundled acts of one treaty in order of their dates, and
// which acts their sources list.
type TreatyActions struct {
	Treaty    domain.TreatyID
	Actions   []domain.Action
	Coverage  []domain.CoverageStatement
	Answers   []Answer        // what answers statements of Actions
	Conflicts []Conflict      // what other sources say of acts of Actions
	All       []domain.Action // Actions, and after them Answers, which name what they answer as acts of the same command
}

// Load reads the embedded tables. The values are shared: treat them as immutable.
var Load = sync.OnceValues(load)

func load() (*Catalogue, error) {
	var c Catalogue
	var err error
	if c.Participants, err = decodeFile[ParticipantDocument]("participants.json"); err != nil {
		return nil, err
	}
	territories, err := decodeFile[ParticipantDocument]("territories.json")
	if err != nil {
		return nil, err
	}
	c.Participants = predecessorsFirst(append(c.Participants, territories...))
	if c.Groups, err = decodeFile[GroupDocument]("groups.json"); err != nil {
		return nil, err
	}
	if c.Weights, err = decodeFolder[WeightsDocument]("weights"); err != nil {
		return nil, err
	}
	if c.Treaties, err = decodeFolder[TreatyDocument]("treaties"); err != nil {
		return nil, err
	}
	c.Treaties = parentsFirst(c.Treaties)
	acts, answers, err := readActs()
	if err != nil {
		return nil, err
	}
	coverage, err := readCoverage()
	if err != nil {
		return nil, err
	}
	conflicts, err := readConflicts()
	if err != nil {
		return nil, err
	}
	for _, t := range c.Treaties {
		if len(acts[t.ID])+len(coverage[t.ID]) > 0 {
			of := TreatyActions{Treaty: t.ID, Actions: acts[t.ID], Coverage: coverage[t.ID], Answers: answers[t.ID], Conflicts: conflicts[t.ID]}
			if of.All, err = of.all(); err != nil {
				return nil, err
			}
			c.Actions = append(c.Actions, of)
		}
	}
	return &c, nil
}

// document is a definition D in the form of the files.
type document[D any] interface{ ToDomain() D }

func decodeFile[T document[D], D any](name string) ([]D, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	documents, err := Decode[T](name, data)
	return each(documents, T.ToDomain), err
}

func decodeFolder[T document[D], D any](folder string) (all []D, err error) {
	names, err := fs.Glob(files, folder+"/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		values, err := decodeFile[T](name)
		if err != nil {
			return nil, err
		}
		all = append(all, values...)
	}
	return all, nil
}

// parentsFirst puts every treaty after its parent, and otherwise in the order
// in which lawyers list them.
func parentsFirst(treaties []domain.Treaty) []domain.Treaty {
	slices.SortFunc(treaties, func(a, b domain.Treaty) int { return domain.CompareTreatyIDs(a.ID, b.ID) })
	return dependenciesFirst(treaties,
		func(t domain.Treaty) domain.TreatyID { return t.ID },
		func(t domain.Treaty) []domain.TreatyID { return []domain.TreatyID{t.Parent} })
}

func predecessorsFirst(participants []domain.Participant) []domain.Participant {
	return dependenciesFirst(participants,
		func(p domain.Participant) domain.ParticipantID { return p.ID },
		func(p domain.Participant) (ids []domain.ParticipantID) {
			for _, s := range p.Succeeds {
				ids = append(ids, s.Participant)
			}
			for _, r := range p.Responsible {
				ids = append(ids, r.Participant)
			}
			return ids
		})
}

func dependenciesFirst[T any, K comparable](all []T, id func(T) K, needs func(T) []K) []T {
	byID := make(map[K]T, len(all))
	for _, v := range all {
		byID[id(v)] = v
	}
	placed := make(map[K]bool, len(all))
	ordered := make([]T, 0, len(all))
	var place func(v T)
	place = func(v T) {
		if placed[id(v)] {
			return
		}
		placed[id(v)] = true
		for _, need := range needs(v) {
			if dependency, ok := byID[need]; ok {
				place(dependency)
			}
		}
		ordered = append(ordered, v)
	}
	for _, v := range all {
		place(v)
	}
	return ordered
}

func eachRow(name string, f func(line int, row map[string]string) error) error {
	file, err := files.Open(path.Clean(name))
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, cells := range rows[1:] {
		row := make(map[string]string, len(cells))
		for j, cell := range cells {
			row[rows[0][j]] = cell
		}
		if err := f(i+2, row); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, i+2, err)
		}
	}
	return nil
}
