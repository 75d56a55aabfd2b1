package domain

// Moment is how much of the ledger counts: everything, which is the zero Moment,
// or what it held up to a position. A position is no Moment: 0 is the position
// before the first commit, at which nothing was known.
type Moment struct {
	position uint64
	limited  bool
}

// Everything returns the moment that leaves nothing out.
func Everything() Moment { return Moment{} }

// UpTo returns the moment at which the ledger ended at a position; at position 0
// it held nothing.
func UpTo(position uint64) Moment { return Moment{position: position, limited: true} }

// Everything reports whether the moment leaves nothing out.
func (m Moment) Everything() bool { return !m.limited }

// In returns the last position of the moment in a ledger that ends at a
// position, which may be before it.
func (m Moment) In(end uint64) uint64 {
	if m.limited {
		return m.position
	}
	return end
}

// Has reports whether what was recorded at a position counts.
func (m Moment) Has(position uint64) bool { return !m.limited || position <= m.position }
