package unts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/reading/readingtest"
	"depositary/api/imports/unts"
	"depositary/domain"
)

var source = imports.Source{File: "IV-13.txt", Name: "A series"}

func TestSample(t *testing.T) {
	table, refused := readingtest.Read(t, unts.Read, source, readingtest.Sample(t, "IV-13.txt"))
	require.Nil(t, refused)
	require.Equal(t, domain.TreatyID("IV-13"), table.Treaties[0].Treaty.ID)
	require.Equal(t, 10, table.Rows)
	require.Equal(t, []string{
		"Algeria | accession | 2005-04-21 | 2005-08-01",
		"Côte d'Ivoire | ratification | 2023-09-26 | 2024-01-01 | footnote 1 of the source",
		"Chile | signature | 1993-09-24",
		"Ruritania | accession | 2001-02-01 | 2003-07-01",
	}, readingtest.Lines(table.Treaties[0]))
	require.Equal(t, []imports.Code{
		imports.FootnoteKept, imports.TextKeptOut, imports.CodeUnknown, imports.DateUnreadable, imports.DateUnreadable,
		imports.WithdrawnBrackets, imports.NameUnknown,
		imports.ColumnUnknown, imports.ColumnUnknown, imports.ColumnUnknown, imports.ColumnUnknown, imports.ColumnUnknown,
	}, readingtest.Codes(table))
	require.Equal(t, imports.Place{File: "IV-13.txt", Line: 7, Column: "Date of deposit", Text: "31/06/2003"}, table.Findings[3].Place)
}

func TestSeparators(t *testing.T) {
	for name, separator := range map[string]string{"bars": " | ", "tabs": "\t", "commas": ","} {
		t.Run(name, func(t *testing.T) {
			row := strings.Join([]string{"Algeria", "Accession", "21/04/2005", "01/08/2005"}, separator)
			table, refused := readingtest.Read(t, unts.Read, source, []byte(row+"\r\n"))
			require.Nil(t, refused)
			require.Equal(t, []string{"Algeria | accession | 2005-04-21 | 2005-08-01"}, readingtest.Lines(table.Treaties[0]))
		})
	}
}

func TestWhichTreaty(t *testing.T) {
	row := []byte("Algeria | Accession | 21/04/2005 | 01/08/2005")
	for _, tt := range []struct {
		name   string
		source imports.Source
		want   domain.TreatyID
	}{
		{"by the file's name", imports.Source{File: "18-12-a.txt"}, "XVIII-12-a"},
		{"by the caller", imports.Source{File: "list.txt", Treaty: "IV-4"}, "IV-4"},
		{"by the caller and not by the file's name", imports.Source{File: "IV-13.txt", Treaty: "IV-4"}, "IV-4"},
		{"by nothing", imports.Source{File: "list.txt"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, refused := readingtest.Read(t, unts.Read, tt.source, row)
			if tt.want == "" {
				require.NotNil(t, refused)
				require.Equal(t, imports.NotThisFormat, refused.Code)
				return
			}
			require.Nil(t, refused)
			require.Equal(t, tt.want, table.Treaties[0].Treaty.ID)
		})
	}
}

func TestAnotherTableIsRefused(t *testing.T) {
	_, refused := readingtest.Read(t, unts.Read, source, []byte("Participant,Signature\nChile,24 Sep 1993\n"))
	require.NotNil(t, refused)
	require.Equal(t, imports.NotThisFormat, refused.Code)
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, unts.Read, source, readingtest.Sample(t, "IV-13.txt"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, unts.Read, source, readingtest.Sample(f, "IV-13.txt"))
}
