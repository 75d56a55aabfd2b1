package projections

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"depositary/domain"
	"depositary/eventstore"
)

// Verification is what a check of everything found.
type Verification struct {
	Position eventstore.Position `json:"position" doc:"The last position checked"`
	Hash     eventstore.Hash     `json:"hash" doc:"The hash there, which stands for every byte before it"`
	Commits  int                 `json:"commits"`
	Events   int                 `json:"events"`
	Checked  []string            `json:"checked"`
}

// Verify checks every copy and what is made of them: the chain in the store,
// the stream against it byte by byte, the indexes, and the views against views
// rebuilt from the store. It returns the first thing that is wrong.
func Verify(ctx context.Context, ledger eventstore.Ledger, store eventstore.Store, current *Projection, progress func(done, total eventstore.Position)) (Verification, error) {
	views := current.Current()
	v := Verification{Position: views.Position, Hash: views.Hash, Checked: []string{}}
	rebuilt := NewProjection()
	err := store.Scan(0, func(c eventstore.Commit) error {
		if c.Position > views.Position {
			return nil
		}
		v.Commits++
		v.Events += c.Events
		if err := checkIndexes(store, c); err != nil {
			return err
		}
		if progress != nil && c.Position%1000 == 0 {
			progress(c.Position, views.Position)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return rebuilt.Load(c)
	})
	if err != nil {
		return v, err
	}
	rebuilt.Loaded()
	v.Checked = append(v.Checked, "chain of the store", "indexes")
	if rebuilt.Current().Hash != views.Hash {
		return v, fmt.Errorf("views: they stand at hash %s, the store's chain ends at %s", views.Hash.Short(), rebuilt.Current().Hash.Short())
	}
	if Fingerprint(rebuilt.Current().State) != Fingerprint(views.State) {
		return v, fmt.Errorf("views: they differ from views rebuilt from the store at position %d", views.Position)
	}
	v.Checked = append(v.Checked, "views")
	if views.Position > 0 {
		if err := eventstore.Audit(ctx, ledger, store, 1, views.Position, progress); err != nil {
			return v, err
		}
	}
	v.Checked = append(v.Checked, "stream")
	return v, nil
}

func checkIndexes(store eventstore.Store, c eventstore.Commit) error {
	p, ok, err := store.ByCommand(c.Command)
	if err != nil {
		return err
	}
	if !ok || p != c.Position {
		return fmt.Errorf("index: command %s of position %d is at %d", c.Command, c.Position, p)
	}
	if c.Treaty != eventstore.Many && !slices.Equal(store.ByTreaty(c.Treaty, c.Position-1, 1), []eventstore.Position{c.Position}) {
		return fmt.Errorf("index: treaty %s does not lead to position %d", c.Treaty, c.Position)
	}
	if c.Participant != eventstore.Many && !slices.Equal(store.ByParticipant(c.Participant, c.Position-1, 1), []eventstore.Position{c.Position}) {
		return fmt.Errorf("index: participant %s does not lead to position %d", c.Participant, c.Position)
	}
	return nil
}

// Fingerprint returns a digest of everything that a state holds. Equal states
// have equal fingerprints, however they were folded.
func Fingerprint(s *domain.State) [sha256.Size]byte {
	digest := sha256.New()
	encoder := json.NewEncoder(digest)
	for _, v := range []any{s.Position(), s.Participants(0), s.Groups(0), s.Weights(0)} {
		_ = encoder.Encode(v) // writing to a digest cannot fail
	}
	for position, day := range s.Days() {
		_ = encoder.Encode(position)
		_ = encoder.Encode(day)
	}
	for _, t := range s.Treaties(0) {
		_ = encoder.Encode(t)
		_ = encoder.Encode(s.Revision(t.ID))
		since, _ := s.HeldSince(t.ID)
		_ = encoder.Encode(since)
		for _, p := range s.Participations(t.ID) {
			_ = encoder.Encode(p.Participant)
			_ = encoder.Encode(p.Records())
		}
	}
	return [sha256.Size]byte(digest.Sum(nil))
}
