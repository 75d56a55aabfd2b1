package projections

import (
	"slices"

	"depositary/domain"
	"depositary/projections/wording"
)

// Matrix is the status of every participant in respect of every treaty.
type Matrix struct {
	Axes     Axes         `json:"axes"`
	Statuses []string     `json:"statuses" doc:"What the numbers in the rows stand for, from 0"`
	Treaties []MatrixHead `json:"treaties" doc:"The columns"`
	Rows     []MatrixRow  `json:"rows" doc:"Participants that have done something in respect of one of the treaties by then"`
}

// MatrixHead is one column.
type MatrixHead struct {
	ID      domain.TreatyID `json:"id"`
	Short   string          `json:"short"`
	RestsOn string          `json:"restsOn,omitempty" doc:"The column rests on the published day of entry into force, which the deposits held do not give: both, in a line"`
}

// MatrixRow is one participant; Cells has one number a treaty.
type MatrixRow struct {
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Cells       []int                `json:"cells"`
}

// SignatoryOnly is what a matrix calls a signatory that does not intend to
// become a party. It is the only modifier that has a number of its own.
const SignatoryOnly domain.Status = domain.Signatory + " (intends not to become a party)"

// MatrixStatuses are the statuses in the order of a matrix's numbers.
var MatrixStatuses = []domain.Status{domain.NoAction, domain.Signatory, domain.Contracting, domain.Party,
	domain.WithdrawalNotified, domain.FormerParty, domain.Extinct, SignatoryOnly}

// MatrixOf returns the matrix of the treaties chosen, of all where none is.
func MatrixOf(on Query, chosen []domain.TreatyID) Matrix {
	m := Matrix{Axes: on.Axes, Treaties: []MatrixHead{}, Rows: []MatrixRow{}}
	for _, s := range MatrixStatuses {
		m.Statuses = append(m.Statuses, string(s))
	}
	var histories []*domain.History
	for _, t := range on.State().Treaties(on.Known()) {
		if len(chosen) > 0 && !slices.Contains(chosen, t.ID) {
			continue
		}
		h := on.History(t.ID)
		histories = append(histories, h)
		m.Treaties = append(m.Treaties, MatrixHead{t.ID, t.Short, h.RestsOn(on.AsOf)})
	}
	rows := make(map[domain.ParticipantID]int)
	for column, h := range histories {
		for _, c := range h.Courses {
			standing := c.On(on.AsOf)
			status := standing.Status
			if status == domain.NoAction {
				continue
			}
			if standing.IntendsNot {
				status = SignatoryOnly
			}
			i, ok := rows[c.Participant]
			if !ok {
				i = len(m.Rows)
				rows[c.Participant] = i
				m.Rows = append(m.Rows, MatrixRow{c.Participant, on.Name(c.Participant), make([]int, len(histories))})
			}
			m.Rows[i].Cells[column] = slices.Index(MatrixStatuses, status)
		}
	}
	slices.SortFunc(m.Rows, func(a, b MatrixRow) int { return wording.CompareNames(a.Name, b.Name) })
	return m
}
