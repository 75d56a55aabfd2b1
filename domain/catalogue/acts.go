package catalogue

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"depositary/domain"
)

// The bundled acts stand in one table for each treaty, acts/IV-13.csv, in the
// order of their days. The column source names a line of acts/sources.csv,
// which says once what is the same for thousands of acts.
const (
	actsFolder  = "acts"
	sourcesFile = actsFolder + "/sources.csv"
)

// statementsFolder has the reservations, declarations and objections of each
// treaty, each with a summary in our own words and never its text.
const statementsFolder = "statements"

// readActs reads the acts of each treaty, statements included, in the order of
// their days, and what answers them.
func readActs() (acts map[domain.TreatyID][]domain.Action, answers map[domain.TreatyID][]Answer, err error) {
	sources, err := readSources()
	if err != nil {
		return nil, nil, err
	}
	acts, answers = make(map[domain.TreatyID][]domain.Action), make(map[domain.TreatyID][]Answer)
	for _, folder := range []string{actsFolder, statementsFolder} {
		names, err := fs.Glob(files, folder+"/*.csv")
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			if name == sourcesFile {
				continue
			}
			treaty := domain.TreatyID(strings.TrimSuffix(path.Base(name), ".csv"))
			of, answering, err := readActsOf(treaty, name, sources)
			if err != nil {
				return nil, nil, err
			}
			acts[treaty], answers[treaty] = append(acts[treaty], of...), append(answers[treaty], answering...)
		}
	}
	for _, of := range acts {
		slices.SortStableFunc(of, func(a, b domain.Action) int { return a.Date.Compare(b.Date) })
	}
	return acts, answers, nil
}

func readActsOf(treaty domain.TreatyID, name string, sources map[string]source) (acts []domain.Action, answers []Answer, err error) {
	err = eachRow(name, func(line int, row map[string]string) error {
		a, err := action(row)
		if err != nil {
			return err
		}
		from, ok := sources[row["source"]]
		if !ok {
			return fmt.Errorf("source %q is not in %s", row["source"], sourcesFile)
		}
		a.Provenance = from.provenance(treaty, row["verification"])
		a.Provenance.File, a.Provenance.Row = name, line
		if row["target"] == "" {
			acts = append(acts, a)
			return nil
		}
		to, err := answered(row["target"])
		answers = append(answers, Answer{a, to})
		return err
	})
	if !slices.IsSortedFunc(acts, func(a, b domain.Action) int { return a.Date.Compare(b.Date) }) {
		err = cmp.Or(err, fmt.Errorf("%s: the acts are not in the order of their days", name))
	}
	return acts, answers, err
}

// source is one line of sources.csv.
type source struct {
	name    string // {treaty} stands for the number of the treaty
	edition string
	rank    int
}

func readSources() (map[string]source, error) {
	sources := make(map[string]source)
	err := eachRow(sourcesFile, func(_ int, row map[string]string) error {
		rank, err := strconv.Atoi(row["rank"])
		sources[row["key"]] = source{row["source"], row["edition"], rank}
		return err
	})
	return sources, err
}

func (s source) provenance(treaty domain.TreatyID, verification string) *domain.Provenance {
	return &domain.Provenance{
		Attestation: domain.Attestation{Source: strings.ReplaceAll(s.name, "{treaty}", string(treaty)), Verification: verification},
		Edition:     s.edition, Rank: s.rank,
	}
}

// action reads a row of a table of acts. Lists of parts are separated by
// semicolons.
func action(row map[string]string) (a domain.Action, err error) {
	if a.Participant, err = domain.ParseParticipantID(row["participant"]); err != nil {
		return a, err
	}
	if a.Kind, err = domain.ParseActionKind(row["action"]); err != nil {
		return a, err
	}
	if a.Date, err = domain.ParseDate(row["date"]); err != nil {
		return a, err
	}
	if row["effect"] != "" {
		if a.Effect, err = domain.ParseDate(row["effect"]); err != nil {
			return a, err
		}
	}
	switch {
	case a.Kind.IsStatement():
		a.Statement = &domain.Statement{Text: row["summary"], Language: "en", Articles: listed(row["articles"])}
		a.Note = summaryNote
		return a, nil
	case a.Kind.Answers():
		a.Statement = &domain.Statement{}
		a.Note = row["summary"]
		return a, nil
	}
	a.Territories = listed(row["territory"])
	a.Excludes = listed(row["excludes"])
	a.Note = row["note"]
	return a, nil
}

// summaryNote stands beside every bundled statement.
const summaryNote = "summary of the statement, not its text"

func listed(text string) (list []string) {
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
