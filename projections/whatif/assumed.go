package whatif

import (
	"depositary/domain"
	"depositary/projections"
)

// Supposed is the views without and with acts that nobody has done.
type Supposed struct {
	Before, After projections.Query
	Settled       domain.Date // the day by which all that is supposed has taken effect
}

// Suppose lets the law decide acts that nobody has done, for questions of other
// packages. Its error is a *RefusedError or a defect.
func Suppose(on projections.Query, acts []AssumedAction) (Supposed, error) {
	s, err := assume(on, acts)
	if err != nil {
		return Supposed{}, err
	}
	return Supposed{s.before, s.after, s.settled(s.concerned())}, nil
}
