package model

import "depositary/domain"

// CoverageStatement says which acts of a treaty a source lists.
type CoverageStatement struct {
	Extent       domain.Extent          `json:"extent" enum:"some,table,continuous" doc:"table: every act up to a day; continuous: every act from a day on, as a depositary says of its own record; some: what is missing is not known"`
	AsAt         domain.Date            `json:"asAt,omitzero" doc:"That day" format:"date"`
	Participants []domain.ParticipantID `json:"participants,omitempty" doc:"Ids of those whose acts the source lists; everybody's where absent"`
	Published    *PublishedCounts       `json:"published,omitempty"`
	Missing      string                 `json:"missing,omitempty" doc:"What the source does not list"`
	Provenance   *Provenance            `json:"provenance,omitempty" doc:"The source; absent where the depositary itself states it"`
}

// PublishedCounts are the counts that a source publishes at its head.
type PublishedCounts struct {
	Signatories int `json:"signatories" minimum:"0"`
	Parties     int `json:"parties" minimum:"0" doc:"Consents deposited that stand, which tables of the United Nations call parties"`
}

// FromCoverage converts a statement of coverage.
func FromCoverage(c domain.CoverageStatement) CoverageStatement {
	return CoverageStatement{c.Extent, c.AsAt, c.Participants, (*PublishedCounts)(c.Published), c.Missing, FromProvenance(c.Provenance)}
}

// ToDomain converts the statement to the domain's.
func (c CoverageStatement) ToDomain() domain.CoverageStatement {
	return domain.CoverageStatement{Extent: c.Extent, AsAt: c.AsAt, Participants: c.Participants,
		Published: (*domain.PublishedCounts)(c.Published), Missing: c.Missing, Provenance: c.Provenance.toDomain()}
}
