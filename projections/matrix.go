package projections

import (
	"fmt"
	"slices"

	"depositary/domain"
	"depositary/projections/wording"
)

// Matrix is the status of every participant in respect of every treaty.
type Matrix struct {
	Axes     Axes         `json:"axes"`
	Statuses []string     `json:"statuses" doc:"What the numbers in the rows stand for, from 0"`
	Treaties []MatrixHead `json:"treaties" doc:"The columns"`
	Rows     []MatrixRow  `json:"rows" doc:"The participants that the question asks for: those that have done something in respect of one of the treaties by then, the members of groups, or those with a gap"`
	Of       int          `json:"of,omitempty" doc:"Of how many participants the rows were chosen; absent where there are none"`

	NotKnown []MatrixHead `json:"notKnown,omitempty" doc:"Treaties of which no act is recorded: it is not known who has consented to them"`
}

// MatrixHead is one column.
type MatrixHead struct {
	ID      domain.TreatyID `json:"id"`
	Short   string          `json:"short"`
	RestsOn string          `json:"restsOn,omitempty" doc:"The column rests on the published day of entry into force, which the recorded deposits do not lead to: both, in a line"`

	Coverage Coverage `json:"coverage" doc:"Which acts of the treaty are recorded"`
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
	domain.WithdrawalNotified, domain.FormerParty, domain.Extinct, SignatoryOnly, domain.NotKnown, domain.SignedAtLeast}

// Matrix questions show all rows, or those that have not consented or await it.
const (
	ShowAll    = ""
	ShowGaps   = "gaps"   // who has not consented to one of the treaties, whether or not it has done anything
	ShowSigned = "signed" // who has signed one of the treaties and not consented to it
)

// MatrixQuestion is what a matrix asks beside the axes.
type MatrixQuestion struct {
	Treaties []domain.TreatyID      // all where none
	Groups   []domain.GroupID       // who belongs to one of them on the day; everybody where none
	Among    []domain.ParticipantID // only these participants, whatever they have done; nil: no such limit
	Show     string                 // ShowAll, ShowGaps or ShowSigned
}

// MatrixOf returns the matrix of the treaties chosen. The rows begin from the
// participants where the question names whose they are: members of groups, or
// all that have not consented. Its error is an *InputError.
func MatrixOf(on Query, q MatrixQuestion) (Matrix, error) {
	m := Matrix{Axes: on.Axes, Statuses: []string{}, Treaties: []MatrixHead{}, Rows: []MatrixRow{}}
	for _, s := range MatrixStatuses {
		m.Statuses = append(m.Statuses, string(s))
	}
	if !slices.Contains([]string{ShowAll, ShowGaps, ShowSigned}, q.Show) {
		return m, &InputError{"show", fmt.Sprintf("%q chooses no rows", q.Show), "gaps or signed, or nothing for all rows"}
	}
	r := matrixReader{on: on, show: q.Show}
	for _, t := range on.State().Treaties(on.Known()) {
		if len(q.Treaties) > 0 && !slices.Contains(q.Treaties, t.ID) {
			continue
		}
		h := on.History(t.ID)
		r.histories = append(r.histories, h)
		m.Treaties = append(m.Treaties, on.MatrixHead(h))
	}
	candidates, err := r.candidates(q)
	if err != nil {
		return m, err
	}
	m.Of = len(candidates)
	for _, id := range candidates {
		if row, shown := r.row(id); shown {
			m.Rows = append(m.Rows, row)
		}
	}
	slices.SortFunc(m.Rows, func(a, b MatrixRow) int { return wording.CompareNames(a.Name, b.Name) })
	if q.Show != ShowAll {
		m.NotKnown, err = r.notKnown()
	}
	return m, err
}

// MatrixHead names a treaty with its coverage.
func (on Query) MatrixHead(h *domain.History) MatrixHead {
	return MatrixHead{ID: h.Treaty.ID, Short: h.Treaty.Short, RestsOn: h.RestsOn(on.AsOf), Coverage: on.CoverageOn(h)}
}

// matrixReader gathers what the rows are made of.
type matrixReader struct {
	on        Query
	show      string
	histories []*domain.History
}

// candidates lists whose rows there may be.
func (r matrixReader) candidates(q MatrixQuestion) (ids []domain.ParticipantID, err error) {
	for _, id := range q.Groups {
		group, ok := r.on.State().Group(id, r.on.Known())
		if !ok {
			return nil, &InputError{"group", fmt.Sprintf("%q is not a group", id), "the id of a group, such as OECD, EU or WEOG"}
		}
		ids = append(ids, group.On(r.on.AsOf)...)
	}
	switch {
	case len(q.Groups) > 0:
	case q.Show == ShowGaps:
		for _, p := range r.on.State().Participants(r.on.Known()) {
			if p.Kind == domain.KindState {
				ids = append(ids, p.ID)
			}
		}
	default:
		for _, h := range r.histories {
			for _, c := range h.Courses {
				ids = append(ids, c.Participant)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if q.Among != nil {
		if len(q.Groups) > 0 {
			ids = slices.DeleteFunc(ids, func(id domain.ParticipantID) bool { return !slices.Contains(q.Among, id) })
		} else {
			ids = slices.Sorted(slices.Values(q.Among))
		}
	}
	if len(q.Groups) == 0 && q.Among == nil && q.Show != ShowGaps {
		return ids, nil
	}
	return slices.DeleteFunc(ids, func(id domain.ParticipantID) bool {
		p, ok := r.on.State().Participant(id, r.on.Known())
		return !ok || !p.Exists.Contains(r.on.AsOf)
	}), nil
}

// row returns the row of a participant, and whether the question shows it.
func (r matrixReader) row(id domain.ParticipantID) (row MatrixRow, shown bool) {
	row = MatrixRow{id, r.on.Name(id), make([]int, len(r.histories))}
	acted := r.show == ShowAll
	for i, h := range r.histories {
		standing := h.Course(id).On(r.on.AsOf)
		row.Cells[i] = max(0, slices.Index(MatrixStatuses, standing.Status))
		if standing.IntendsNot {
			row.Cells[i] = slices.Index(MatrixStatuses, SignatoryOnly)
		}
		switch r.show {
		case ShowGaps:
			shown = shown || r.lacks(h, id, standing.Status)
		case ShowSigned:
			shown = shown || standing.Status == domain.Signatory
		}
	}
	return row, shown || acted
}

// lacks reports whether a participant could have consented to the treaty and is
// known not to have.
func (r matrixReader) lacks(h *domain.History, id domain.ParticipantID, status domain.Status) bool {
	if !status.ConsentKnown() || status.Consenting() || status == domain.Extinct {
		return false
	}
	p, ok := r.on.State().Participant(id, r.on.Known())
	return ok && r.on.State().Admits(h.Treaty, p, r.on.AsOf)
}

// notKnown lists the treaties of which it is not known who has not consented,
// as no act of them is recorded. Where that is all of them, there is no answer.
func (r matrixReader) notKnown() (treaties []MatrixHead, err error) {
	for _, h := range r.histories {
		if !h.Coverage(r.on.AsOf).Known() {
			treaties = append(treaties, r.on.MatrixHead(h))
		}
	}
	if len(treaties) > 0 && len(treaties) == len(r.histories) {
		return treaties, &NotRecordedError{treaties[0].ID, treaties[0].Short, "who has not consented"}
	}
	return treaties, nil
}
