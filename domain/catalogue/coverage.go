package catalogue

import (
	"fmt"
	"strconv"
	"strings"

	"depositary/domain"
)

// coverageFile says which acts of each treaty the bundled tables list, and as
// at which day. A source that tells no day lists some acts, whatever the day of
// its newest one.
const coverageFile = "coverage.csv"

// readCoverage reads the statements of coverage of each treaty, in the order of
// the file.
func readCoverage() (map[domain.TreatyID][]domain.CoverageStatement, error) {
	stated := make(map[domain.TreatyID][]domain.CoverageStatement)
	err := eachRow(coverageFile, func(line int, row map[string]string) error {
		c, err := coverageStatement(row)
		if err != nil {
			return err
		}
		c.Provenance = &domain.Provenance{File: coverageFile, Row: line, Edition: row["edition"],
			Attestation: domain.Attestation{Source: row["source"], Verification: row["verification"]}}
		treaty := domain.TreatyID(row["treaty"])
		stated[treaty] = append(stated[treaty], c)
		return nil
	})
	return stated, err
}

func coverageStatement(row map[string]string) (c domain.CoverageStatement, err error) {
	if c.Extent, err = domain.ParseExtent(row["extent"]); err != nil {
		return c, err
	}
	if row["as_at"] != "" {
		if c.AsAt, err = domain.ParseDate(row["as_at"]); err != nil {
			return c, err
		}
	}
	for p := range strings.FieldsSeq(row["participants"]) {
		id, err := domain.ParseParticipantID(p)
		if err != nil {
			return c, err
		}
		c.Participants = append(c.Participants, id)
	}
	c.Missing = row["missing"]
	c.Published, err = publishedCounts(row["signatories"], row["parties"])
	return c, err
}

// publishedCounts reads the counts at the head of a table; a source that
// publishes none leaves both empty.
func publishedCounts(signatories, parties string) (*domain.PublishedCounts, error) {
	if signatories == "" && parties == "" {
		return nil, nil
	}
	var n domain.PublishedCounts
	for _, count := range []struct {
		text string
		into *int
	}{{signatories, &n.Signatories}, {parties, &n.Parties}} {
		if count.text == "" {
			continue
		}
		number, err := strconv.Atoi(count.text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a count", count.text)
		}
		*count.into = number
	}
	return &n, nil
}
