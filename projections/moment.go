package projections

import "depositary/eventstore"

// Moment is how much of the ledger counts: everything, which is the zero Moment,
// or what it held up to a position.
type Moment struct {
	position eventstore.Position
	limited  bool
}

// UpTo returns the moment at which the ledger ended at a position; at position 0
// it held nothing.
func UpTo(p eventstore.Position) Moment { return Moment{position: p, limited: true} }

// Everything reports whether the moment leaves nothing out.
func (m Moment) Everything() bool { return !m.limited }

// In returns the last position of the moment in a ledger that ends at a
// position, which may be before it.
func (m Moment) In(end eventstore.Position) eventstore.Position {
	if m.limited {
		return m.position
	}
	return end
}
