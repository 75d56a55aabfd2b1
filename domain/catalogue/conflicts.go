package catalogue

import (
	"fmt"
	"slices"

	"depositary/domain"
)

// conflictsFile has what another source says of a bundled act: both assertions
// are kept, and the one of the higher source, or of equal ones the bundled one,
// holds (VCLT 77(1)(d)).
const conflictsFile = "conflicts.csv"

// Conflict is what another source says of an act, which it names by participant
// and day, as records have ids in a ledger only.
type Conflict struct {
	Action    domain.Action
	Contested domain.Date // the day of the act that the source contradicts
}

func readConflicts() (map[domain.TreatyID][]Conflict, error) {
	sources, err := readSources()
	if err != nil {
		return nil, err
	}
	conflicts := make(map[domain.TreatyID][]Conflict)
	err = eachRow(conflictsFile, func(line int, row map[string]string) error {
		c, err := conflict(row)
		if err != nil {
			return err
		}
		treaty := domain.TreatyID(row["treaty"])
		from, ok := sources[row["source"]]
		if !ok {
			return fmt.Errorf("source %q is not in %s", row["source"], sourcesFile)
		}
		c.Action.Provenance = from.provenance(treaty, row["verification"])
		c.Action.Provenance.File, c.Action.Provenance.Row = conflictsFile, line
		conflicts[treaty] = append(conflicts[treaty], c)
		return nil
	})
	return conflicts, err
}

func conflict(row map[string]string) (c Conflict, err error) {
	if c.Action, err = action(row); err != nil {
		return c, err
	}
	c.Contested, err = domain.ParseDate(row["contested"])
	return c, err
}

// contests reports whether the act is the one that the source contradicts.
func (c Conflict) contests(a *domain.Action) bool {
	return a.Participant == c.Action.Participant && a.Date == c.Contested &&
		(a.Kind == c.Action.Kind || a.Kind.IsConsent() && c.Action.Kind.IsConsent())
}

// Assertions returns the contradictions of a treaty, each about an act of All as
// one of the same command.
func (of TreatyActions) Assertions() (all []domain.Assertion) {
	for _, c := range of.Conflicts {
		n := slices.IndexFunc(of.All, func(a domain.Action) bool { return c.contests(&a) })
		all = append(all, domain.Assertion{Record: domain.InCommand(n + 1), Action: c.Action})
	}
	return all
}

// missingConflicts finds the bundled contradictions that no record of the ledger
// states.
func (d *difference) missingConflicts(of TreatyActions) (missing []domain.Assertion) {
	for _, c := range of.Conflicts {
		part := d.state.Participation(of.Treaty, c.Action.Participant)
		if part == nil {
			continue
		}
		var contested domain.RecordID
		stated := false
		for _, r := range part.Records() {
			switch {
			case r.Op == domain.OpRecorded && c.contests(r.Action):
				contested = r.ID
			case r.Op != domain.OpAnnulled && r.Action.Kind == c.Action.Kind && r.Action.Date == c.Action.Date:
				stated = true
			}
		}
		if stated || contested.IsZero() {
			continue
		}
		d.changes = append(d.changes, Change{"act", string(of.Treaty), "missing", fmt.Sprintf("%s %s %s, which contradicts record %s", c.Action.Participant, c.Action.Kind, c.Action.Date, contested)})
		missing = append(missing, domain.Assertion{Record: contested, Action: c.Action})
	}
	return missing
}
