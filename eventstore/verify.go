package eventstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Verification is what a check of everything found.
type Verification struct {
	Position Position `json:"position" doc:"The last position checked"`
	Hash     Hash     `json:"hash" doc:"The hash there, which stands for every byte before it"`
	Commits  int      `json:"commits"`
	Events   int      `json:"events"`
	Checked  []string `json:"checked"`
}

// Derived is something made of the commits up to a position, which Verify
// makes again to compare.
type Derived interface {
	// Name says what it is, for the list of what was checked.
	Name() string
	// Tip returns the position and the hash up to which it was made.
	Tip() (Position, Hash)
	// Load takes the commits from the first on, in order.
	Load(c Commit) error
	// Compare returns what differs, after Load took the last commit.
	Compare() error
}

// Verify checks every copy of the ledger and what is made of it, up to where
// that is: the chain in the store, its indexes, what is derived against what
// the store makes of it again, and the stream against the store byte by byte.
// The keyring, which has to be that of an empty ledger, admits each commit. It
// returns the first thing that is wrong. progress may be nil.
func Verify(ctx context.Context, ledger Ledger, store Store, keys *Keyring, derived Derived, progress func(done, total Position)) (Verification, error) {
	v := Verification{Checked: []string{}}
	v.Position, v.Hash = derived.Tip()
	var last Commit
	err := store.Scan(0, func(c Commit) error {
		if c.Position > v.Position {
			return errEnough
		}
		last = c
		v.Commits++
		v.Events += c.Events
		if err := checkIndexes(store, c); err != nil {
			return err
		}
		if err := keys.Admit(c); err != nil {
			return err
		}
		if progress != nil && c.Position%1000 == 0 {
			progress(c.Position, v.Position)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return derived.Load(c)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return v, err
	}
	v.Checked = append(v.Checked, "chain of the store", "signatures", "indexes")
	var end Hash
	if last.Position > 0 {
		end = last.Hash()
	}
	if end != v.Hash {
		return v, fmt.Errorf("%s: they stand at hash %s, the store's chain ends at %s", derived.Name(), v.Hash.Short(), end.Short())
	}
	if err := derived.Compare(); err != nil {
		return v, fmt.Errorf("%s: %w", derived.Name(), err)
	}
	v.Checked = append(v.Checked, derived.Name())
	if err := Audit(ctx, ledger, store, 1, v.Position, progress); err != nil {
		return v, err
	}
	v.Checked = append(v.Checked, "stream")
	return v, nil
}

// checkIndexes checks that each index of the store leads to a commit.
func checkIndexes(store Store, c Commit) error {
	for _, command := range c.Commands {
		p, ok, err := store.ByCommand(command.ID)
		if err != nil {
			return err
		}
		if !ok || p != c.Position {
			return fmt.Errorf("index: command %s of position %d is at %d", command.ID, c.Position, p)
		}
		if command.Treaty != Many && !slices.Equal(store.ByTreaty(command.Treaty, c.Position-1, 1), []Position{c.Position}) {
			return fmt.Errorf("index: treaty %s does not lead to position %d", command.Treaty, c.Position)
		}
		if command.Participant != Many && !slices.Equal(store.ByParticipant(command.Participant, c.Position-1, 1), []Position{c.Position}) {
			return fmt.Errorf("index: participant %s does not lead to position %d", command.Participant, c.Position)
		}
	}
	return nil
}
