package normlex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/normlex"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
)

var source = imports.Source{File: "list.txt", Name: "A list"}

func TestSample(t *testing.T) {
	table, refused := readingtest.Read(t, normlex.Read, source, readingtest.Sample(t, "C097.txt"))
	require.Nil(t, refused)
	of := table.Treaties[0]
	require.Equal(t, domain.TreatyID("C097"), of.Treaty.ID)
	require.Equal(t, "Migration for Employment Convention (Revised), 1949 (No. 97)", of.Treaty.Title)
	require.Equal(t, "1952-01-22", of.Treaty.Stated.InForce.String())
	require.Equal(t, 12, table.Rows)
	require.Equal(t, []string{
		"Albania | ratification | 2005-03-02",
		"Bahamas | ratification | 1976-05-25 | Annex I+Annex II+Annex III | Has excluded the provisions of Annexes I to III",
		"Kenya | ratification | 1965-11-30 | Annex I | Has excluded the provisions of Annex I; footnote 1 of the source",
		"Ruritania | ratification | 1953-03-30 | Denounced on 05 Aug 1999",
		"Ruritania | withdrawal | 1999-08-05",
		"Sylvania | ratification | 1953-03-30",
		"Freedonia | ratification | 1953-03-30 | Automatic Denunciation on 12 Jan 2010 by convention C181",
		"Grand Fenwick | ratification | 2023-10-26 | 2024-10-26 | The Convention will enter into force for Grand Fenwick on 26 Oct 2024.",
		"Spain | ratification | 1967-03-21 | Excludes whatever it likes",
		"Israel | ratification | 1953-03-30 | Denounced on 05 Aug 1999, which takes effect on 05 Aug 2000",
		"Israel | withdrawal | 1999-08-05 | 2000-08-05",
	}, readingtest.Lines(of))
	require.Equal(t, []imports.Code{
		imports.FootnoteKept, imports.DateUnreadable, imports.NotAnAct, imports.NameUnknown,
		imports.DateUnreadable, imports.TextKeptOut, imports.CodeUnknown, imports.TextKeptOut, imports.NotAnAct,
	}, readingtest.Codes(table))
	require.Equal(t, "Status", table.Findings[1].Column)
}

func TestWhichConvention(t *testing.T) {
	row := "Albania | 02 Mar 2005 | In Force |\n"
	for _, tt := range []struct {
		name   string
		source imports.Source
		file   string
		want   domain.TreatyID
	}{
		{"by the file's name", imports.Source{File: "C97.txt"}, row, "C097"},
		{"by the first line", imports.Source{File: "x.txt"}, "C189\n" + row, "C189"},
		{"a protocol", imports.Source{File: "x.txt"}, "P029 - Protocol of 2014\n" + row, "P029"},
		{"by the caller", imports.Source{File: "x.txt", Treaty: "C143"}, row, "C143"},
		{"by nothing", imports.Source{File: "x.txt"}, row, ""},
		{"contradicted", imports.Source{File: "x.txt", Treaty: "C143"}, "C189\n" + row, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, refused := readingtest.Read(t, normlex.Read, tt.source, []byte(tt.file))
			if tt.want == "" {
				require.NotNil(t, refused)
				return
			}
			require.Nil(t, refused)
			require.Equal(t, tt.want, table.Treaties[0].Treaty.ID)
			require.Len(t, table.Treaties[0].Claims, 1)
		})
	}
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, normlex.Read, source, readingtest.Sample(t, "C097.txt"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, normlex.Read, imports.Source{File: "C097.txt"}, readingtest.Sample(f, "C097.txt"))
}
