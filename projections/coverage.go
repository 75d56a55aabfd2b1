package projections

import (
	"fmt"

	"depositary/domain"
)

// Coverage says which acts are recorded on which an answer rests. It stands
// beside every figure: absence of a record is not denial.
type Coverage struct {
	Extent   domain.Extent `json:"extent" enum:"none,some,table,continuous" doc:"Which acts are recorded: none; some; all up to a day, from a table; all from a day on"`
	AsAt     domain.Date   `json:"asAt,omitzero" doc:"The last day up to which every act is recorded, where a table says so" format:"date"`
	Since    domain.Date   `json:"since,omitzero" doc:"The day from which every act is recorded as it arrives" format:"date"`
	Newest   domain.Date   `json:"newest,omitzero" doc:"Legal day of the newest act that is recorded" format:"date"`
	Complete bool          `json:"complete" doc:"Whether every act on which the answer depends is recorded"`
	Missing  string        `json:"missing,omitempty" doc:"What the sources do not list"`
	Says     string        `json:"says" doc:"The same in one sentence"`
}

// RowCoverage says in a row until when the acts of its treaty are recorded, as
// rows travel alone.
type RowCoverage struct {
	Extent domain.Extent `json:"coverage" enum:"none,some,table,continuous" doc:"Which acts of the treaty are recorded"`
	AsAt   domain.Date   `json:"actsAsAt,omitzero" format:"date" doc:"The last day up to which every act of it is recorded, where a table says so"`
}

func rowCoverage(c domain.Coverage) RowCoverage { return RowCoverage{c.Extent, c.AsAt} }

// CoverageOn returns the coverage of an answer about everybody.
func (on Query) CoverageOn(h *domain.History) Coverage { return viewCoverage(h.Coverage(on.AsOf)) }

// CoverageOf returns the coverage of an answer about one participant.
func (on Query) CoverageOf(h *domain.History, p domain.ParticipantID) Coverage {
	return viewCoverage(h.CoverageOf(p, on.AsOf))
}

func viewCoverage(c domain.Coverage) Coverage {
	return Coverage{Extent: c.Extent, AsAt: c.AsAt, Since: c.Since, Newest: c.Newest, Complete: c.Complete, Missing: c.Missing, Says: coverageSentence(c)}
}

func coverageSentence(c domain.Coverage) string {
	switch {
	case c.Extent == domain.ExtentContinuous:
		return fmt.Sprintf("Every act is recorded since %s.", c.Since.Long())
	case c.Extent == domain.ExtentTable && c.Complete:
		return fmt.Sprintf("Acts recorded as at %s.", c.AsAt.Long())
	case c.Extent == domain.ExtentTable:
		return fmt.Sprintf("Acts recorded as at %s; what came later is not recorded.", c.AsAt.Long())
	case c.Extent == domain.ExtentSome && c.Newest.IsZero():
		return "Only some acts are recorded, and none of them here; what others did is not known."
	case c.Extent == domain.ExtentSome:
		return fmt.Sprintf("Only some acts are recorded, the newest of %s; what others did is not known.", c.Newest.Long())
	}
	return "No act is recorded; who has signed or consented is not known."
}

// NotRecordedError says that a question cannot be answered from what is
// recorded: the acts of the treaty on which the answer would rest are missing.
type NotRecordedError struct {
	Treaty domain.TreatyID
	Short  string
	What   string // what cannot be said
}

func (e *NotRecordedError) Error() string {
	return fmt.Sprintf("the acts of %s are not recorded: %s is not known", e.Short, e.What)
}

// Accepted says what would make the question answerable.
func (e *NotRecordedError) Accepted() string {
	return "a treaty whose acts are recorded (/v1/coverage lists them), or an import of its status table"
}

// RequireActs returns a *NotRecordedError where nothing is recorded of a treaty
// on the query's axes. What is the figure that would be made of nothing.
func RequireActs(on Query, h *domain.History, what string) error {
	if h.Coverage(on.AsOf).Extent != domain.ExtentNone {
		return nil
	}
	return &NotRecordedError{h.Treaty.ID, h.Treaty.Short, what}
}

// TreatyCoverage is the coverage of one treaty with the sources that it rests on.
type TreatyCoverage struct {
	Treaty     TreatyHead       `json:"treaty"`
	Acts       int              `json:"acts" doc:"How many acts are recorded"`
	Statements int              `json:"statements" doc:"How many of them are reservations, declarations, objections and the like"`
	Recorded   *int             `json:"recorded,omitempty" doc:"How many consents stood as at the table's day, as computed from the acts that are recorded"`
	Published  *int             `json:"published,omitempty" doc:"How many parties the newest table says it has"`
	Sources    []CoverageSource `json:"sources" doc:"The statements of coverage that stand, in the order in which they were recorded"`
}

// CoverageSource is one statement of which acts a source lists.
type CoverageSource struct {
	Record       domain.RecordID        `json:"record"`
	Extent       domain.Extent          `json:"extent" enum:"some,table,continuous"`
	AsAt         domain.Date            `json:"asAt,omitzero" format:"date"`
	Participants []domain.ParticipantID `json:"participants,omitempty" doc:"Whose acts it lists; everybody's where absent"`
	Signatories  *int                   `json:"signatories,omitempty" doc:"As published by the source"`
	Parties      *int                   `json:"parties,omitempty" doc:"As published by the source"`
	Missing      string                 `json:"missing,omitempty"`
	Source       string                 `json:"source,omitempty" doc:"Where it was taken from; absent where the depositary itself states it"`
	Edition      string                 `json:"edition,omitempty"`
	Verification string                 `json:"verification,omitempty"`
}

// CoverageTable is the coverage of all treaties, those with the most first.
type CoverageTable struct {
	Axes Axes             `json:"axes"`
	Rows []TreatyCoverage `json:"rows"`
}

// CoverageOfAll returns the coverage of every treaty in the order of their ids.
func CoverageOfAll(on Query) CoverageTable {
	t := CoverageTable{Axes: on.Axes, Rows: []TreatyCoverage{}}
	for _, treaty := range on.State().Treaties(on.Known()) {
		t.Rows = append(t.Rows, on.coverageOf(on.History(treaty.ID)))
	}
	return t
}

// CoverageOfTreaty returns the coverage of one treaty, false where it is not known.
func CoverageOfTreaty(on Query, id domain.TreatyID) (TreatyCoverage, bool) {
	h := on.History(id)
	if h == nil {
		return TreatyCoverage{}, false
	}
	return on.coverageOf(h), true
}

func (on Query) coverageOf(h *domain.History) TreatyCoverage {
	c := h.Coverage(on.AsOf)
	row := TreatyCoverage{Treaty: on.Head(h), Sources: []CoverageSource{}}
	for _, course := range h.Courses {
		row.Acts += len(course.Acts)
		row.Statements += len(course.Statements)
	}
	for _, r := range c.Sources {
		row.Sources = append(row.Sources, viewSource(r))
		if s := r.Statement; s.Extent == domain.ExtentTable && s.AsAt == c.AsAt && s.Published != nil && len(s.Participants) == 0 {
			recorded := h.CountsOn(s.AsAt).Consents
			row.Published, row.Recorded = &s.Published.Parties, &recorded
		}
	}
	return row
}

func viewSource(r domain.CoverageRecord) CoverageSource {
	s := r.Statement
	v := CoverageSource{Record: r.ID, Extent: s.Extent, AsAt: s.AsAt, Participants: s.Participants, Missing: s.Missing}
	if n := s.Published; n != nil {
		v.Signatories, v.Parties = &n.Signatories, &n.Parties
	}
	if p := s.Provenance; p != nil {
		v.Source, v.Edition, v.Verification = p.Source, p.Edition, p.Verification
	}
	return v
}
