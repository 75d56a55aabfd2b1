package v1

import "depositary/domain"

// CoverageStatement says which acts of a treaty a source lists.
type CoverageStatement struct {
	Extent       domain.Extent          `json:"extent"`
	AsAt         domain.Date            `json:"asAt,omitzero"`
	Participants []domain.ParticipantID `json:"participants,omitempty"`
	Published    *PublishedCounts       `json:"published,omitempty"`
	Missing      string                 `json:"missing,omitempty"`
	Provenance   *Provenance            `json:"provenance,omitempty"`
}

// PublishedCounts are the counts at the head of a table.
type PublishedCounts struct {
	Signatories int `json:"signatories"`
	Parties     int `json:"parties"`
}

// FromCoverage converts a statement of coverage of the domain.
func FromCoverage(c domain.CoverageStatement) CoverageStatement {
	return CoverageStatement{c.Extent, c.AsAt, c.Participants, (*PublishedCounts)(c.Published), c.Missing, fromProvenance(c.Provenance)}
}

// ToDomain converts the statement to the domain's.
func (c CoverageStatement) ToDomain() domain.CoverageStatement {
	return domain.CoverageStatement{Extent: c.Extent, AsAt: c.AsAt, Participants: c.Participants,
		Published: (*domain.PublishedCounts)(c.Published), Missing: c.Missing, Provenance: c.Provenance.toDomain()}
}
