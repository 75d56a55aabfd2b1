package projections

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"depositary/domain"
	"depositary/eventstore"
)

// Rebuilt makes views again from the store, to compare them with those that
// are shown. It is an eventstore.Derived.
type Rebuilt struct {
	shown *Views
	again *Projection
}

// Rebuild begins to make the current views again.
func (p *Projection) Rebuild() *Rebuilt { return &Rebuilt{shown: p.Current(), again: NewProjection()} }

// Name implements eventstore.Derived.
func (r *Rebuilt) Name() string { return "views" }

// Tip implements eventstore.Derived.
func (r *Rebuilt) Tip() (eventstore.Position, eventstore.Hash) { return r.shown.Position, r.shown.Hash }

// Load implements eventstore.Derived.
func (r *Rebuilt) Load(c eventstore.Commit) error { return r.again.Load(c) }

// Compare implements eventstore.Derived.
func (r *Rebuilt) Compare() error {
	r.again.Loaded()
	if Fingerprint(r.again.Current().State) != Fingerprint(r.shown.State) {
		return fmt.Errorf("they differ from views rebuilt from the store at position %d", r.shown.Position)
	}
	return nil
}

// Fingerprint returns a digest of everything that a state holds. Equal states
// have equal fingerprints, however they were folded.
func Fingerprint(s *domain.State) [sha256.Size]byte {
	digest := sha256.New()
	encoder := json.NewEncoder(digest)
	for _, v := range []any{s.Position(), s.Participants(domain.Everything()), s.Groups(domain.Everything()), s.Weights(domain.Everything()), s.Nodes(), s.Arrivals(), s.Notifications(), s.Templates()} {
		_ = encoder.Encode(v) // writing to a digest cannot fail
	}
	for position, day := range s.Days() {
		_ = encoder.Encode(position)
		_ = encoder.Encode(day)
	}
	for _, t := range s.Treaties(domain.Everything()) {
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
