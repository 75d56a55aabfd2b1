package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/acts"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
	"depositary/domain/domaintest"
)

var source = imports.Source{File: "acts.csv", Name: "A register"}

func TestSample(t *testing.T) {
	table, refused := readingtest.Read(t, acts.Read, source, readingtest.Sample(t, "acts.csv"))
	require.Nil(t, refused)
	require.Equal(t, 12, table.Rows)
	require.Equal(t, 12, table.Cells)
	require.Len(t, table.Treaties, 2)
	require.Equal(t, domain.TreatyID("C097"), table.Treaties[0].Treaty.ID)
	require.Equal(t, []string{
		"GBR | ratification | 1951-01-22 | Annex I+Annex III | Annexes I, III excluded",
		"TZA | ratification | 1964-06-22 | Annex I+Annex II+Annex III | territorial: Zanzibar; Annexes I-III excluded",
	}, readingtest.Lines(table.Treaties[0]))
	require.Equal(t, domain.TreatyID("IV-13"), table.Treaties[1].Treaty.ID)
	require.Equal(t, []string{
		"Senegal | accession | 1999-06-09 | 2003-07-01",
		"CHL | ratification | 2005-03-21 | some of it excluded",
	}, readingtest.Lines(table.Treaties[1]))
	require.Equal(t, []string{"Zanzibar"}, table.Treaties[0].Claims[1].Action.Territories)
	require.Equal(t, "A gazette", table.Treaties[1].Claims[0].Action.Provenance.Source)
	require.Equal(t, []imports.Code{
		imports.CodeUnknown, imports.NameUnknown, imports.DateUnreadable, imports.NotAnAct, imports.TextKeptOut,
		imports.DateUnreadable, imports.TextKeptOut, imports.Unreadable, imports.ColumnUnknown,
	}, readingtest.Codes(table))
	require.Equal(t, imports.Place{File: "acts.csv", Line: 7, Column: "date", Text: "07/09/2000"}, table.Findings[2].Place)
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		refused    imports.Code
		claims     int
		found      []imports.Code
	}{
		{name: "of historical deposits", file: "treaty,participant,action,date,note\n4-3,Czechoslovakia,ratification,1975-12-23,36th\n", claims: 1},
		{name: "in another order", file: "date,Action,Participant,Treaty\n1975-12-23,Ratification,CSK,IV-3\n", claims: 1},
		{name: "with a column that is unknown", file: "treaty,participant,action,date,colour\nIV-3,CSK,ratification,1975-12-23,red\n", claims: 1,
			found: []imports.Code{imports.ColumnUnknown}},
		{name: "with a column twice", file: "treaty,participant,action,date,date\nIV-3,CSK,ratification,1975-12-23,1976-01-01\n", claims: 1,
			found: []imports.Code{imports.ColumnUnknown}},
		{name: "without days", file: "treaty,participant,action\nIV-3,CSK,ratification\n", refused: imports.NotThisFormat},
		{name: "missing", file: "IV-3,CSK,ratification,1975-12-23\n", refused: imports.NotThisFormat},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, refused := readingtest.Read(t, acts.Read, source, []byte(tt.file))
			if tt.refused != "" {
				require.NotNil(t, refused)
				require.Equal(t, tt.refused, refused.Code)
				return
			}
			require.Nil(t, refused)
			require.Len(t, table.Treaties[0].Claims, tt.claims)
			require.Equal(t, tt.found, readingtest.Codes(table))
		})
	}
}

func TestFacts(t *testing.T) {
	for file, content := range map[string][]byte{"historical_deposits.csv": domaintest.Facts(t, "historical_deposits.csv")} {
		t.Run(file, func(t *testing.T) {
			table, refused := readingtest.Read(t, acts.Read, imports.Source{File: file}, content)
			require.Nil(t, refused)
			require.Empty(t, table.Findings)
			found := 0
			for _, of := range table.Treaties {
				found += len(of.Claims)
			}
			require.Equal(t, 15, found)
		})
	}
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, acts.Read, source, readingtest.Sample(t, "acts.csv"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, acts.Read, source, readingtest.Sample(f, "acts.csv"))
}
