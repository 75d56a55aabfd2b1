package projections

import (
	"depositary/domain"
	"depositary/eventstore"
)

// Moment is how much of the ledger counts.
type Moment = domain.Moment

// UpTo returns the moment at which the ledger ended at a position; at position 0
// it held nothing.
func UpTo(p eventstore.Position) Moment { return domain.UpTo(uint64(p)) }
