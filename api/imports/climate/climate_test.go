package climate_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/climate"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
	"depositary/domain/domaintest"
)

var source = imports.Source{File: "paris-agreement.csv", Name: "A data package"}

func TestSample(t *testing.T) {
	table, refused := readingtest.Read(t, climate.Read, source, readingtest.Sample(t, "paris.csv"))
	require.Nil(t, refused)
	of := table.Treaties[0]
	require.Equal(t, domain.TreatyID("XXVII-7-d"), of.Treaty.ID)
	require.Equal(t, 11, table.Rows)
	require.Equal(t, []string{
		"RUR | signature | 2016-04-22",
		"RUR | ratification | 2016-09-21 | 2016-11-04",
		"SYL | signature | 2016-04-22",
		"SYL | approval | 2016-10-05 | 2016-11-04",
		"EUU | signature | 2016-04-22",
		"EUU | ratification | 2016-10-05 | 2016-11-04",
		"FEN | accession | 2022-09-04 | 2022-10-04",
		"LBY | signature | 2016-04-22",
		"NOK | signature | 2016-04-22",
		"NOK | consent of unknown kind | 2017-01-01 | 2017-01-31",
		"USA | signature | 2016-04-22",
		"USA | acceptance | 2021-01-20 | 2021-02-19",
	}, readingtest.Lines(of))
	var once, ofRow int
	for _, f := range table.Findings {
		if f.Code == imports.OverwrittenByTable && f.Line == 1 {
			once++
		} else if f.Code == imports.OverwrittenByTable {
			ofRow++
			require.Equal(t, 11, f.Line)
			require.Contains(t, f.Message, "3 September 2016")
		}
	}
	require.Equal(t, []int{1, 1}, []int{once, ofRow})
	require.Len(t, of.Weights, 1)
	require.Equal(t, []domain.WeightRow{{Area: "WLD", Value: 100}, {Area: "RUR", Value: 0.02}, {Area: "SYL", Value: 0.3},
		{Area: "NOK", Value: 0.1}, {Area: "USA", Value: 17.89}}, of.Weights[0].Rows)
}

func TestOtherTables(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source imports.Source
		file   string
		want   []string
		treaty domain.TreatyID
		code   imports.Code
	}{
		{name: "of acceptances", source: imports.Source{File: "doha-amendment.csv"}, file: "Code,Name,Acceptance\nDZA,Algeria,2015-09-28\n",
			want: []string{"DZA | acceptance | 2015-09-28"}, treaty: "XXVII-7-c"},
		{name: "of days alone", source: imports.Source{File: "kigali-amendment.csv"}, file: "Code,Name,Date\nALB,Albania,2019-01-18\n",
			want: []string{"ALB | consent of unknown kind | 2019-01-18"}, treaty: "XXVII-2-f"},
		{name: "of the Kyoto Protocol", source: imports.Source{File: "x.csv", Treaty: "XXVII-7-a"},
			file: "Code,Name,Signature,Ratification,Kind\nALB,Albania,,2005-04-01,Accession\n",
			want: []string{"ALB | accession | 2005-04-01"}, treaty: "XXVII-7-a"},
		{name: "of an unnamed treaty", source: imports.Source{File: "x.csv"}, file: "Code,Name,Date\nALB,Albania,2019-01-18\n", code: imports.NotThisFormat},
		{name: "of two treaties", source: imports.Source{File: "paris-and-kyoto.csv"}, file: "Code,Name,Date\nALB,Albania,2019-01-18\n", code: imports.NotThisFormat},
		{name: "of another kind", source: source, file: "Participant,Signature\nAlbania,18 Jan 2019\n", code: imports.NotThisFormat},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, refused := readingtest.Read(t, climate.Read, tt.source, []byte(tt.file))
			if tt.code != "" {
				require.NotNil(t, refused)
				require.Equal(t, tt.code, refused.Code)
				return
			}
			require.Nil(t, refused)
			require.Equal(t, tt.treaty, table.Treaties[0].Treaty.ID)
			require.Equal(t, tt.want, readingtest.Lines(table.Treaties[0]))
		})
	}
}

// By the table 8 December 2016 as the day of entry into force; with the
// acceptance that it hides, it is 4 November 2016 (Paris Agreement, article 21(1)).
func TestParisAgreement(t *testing.T) {
	content, err := os.ReadFile(domaintest.Whole(t, "facts", "paris_agreement.csv"))
	require.NoError(t, err)
	table, refused := readingtest.Read(t, climate.Read, imports.Source{File: "paris_agreement.csv"}, content)
	require.Nil(t, refused)
	of := table.Treaties[0]
	signatures, consents := 0, []domain.Action{}
	for _, c := range of.Claims {
		if c.Action.Kind == domain.Signature {
			signatures++
			continue
		}
		act := c.Action
		act.Participant = domain.ParticipantID(c.Participant)
		consents = append(consents, act)
	}
	require.Equal(t, 195, signatures)
	require.Len(t, consents, 195)
	require.Equal(t, table.Cells, len(of.Claims))

	require.Len(t, of.Weights, 1)
	w := of.Weights[0]
	require.Equal(t, domain.WeightsID("PARIS-EMISSIONS"), w.ID)
	require.Equal(t, 100.0, w.Total(0))
	decision := domaintest.Migration(t).Edit().Decide(&domain.Define{Weights: of.Weights, Reason: "import"}, domain.MustDate("2026-01-01"))
	require.True(t, decision.Accepted(), "%v", decision.Refusals)
	share := func(hidden bool, on domain.Date) (sum float64) {
		values := w.Of(0)
		for _, act := range consents {
			if !act.Date.After(on) || hidden && act.Participant == "USA" {
				sum += values[string(act.Participant)]
			}
		}
		return sum
	}
	crossing := domain.MustDate("2016-10-05")
	require.Less(t, share(false, crossing), 55.0)
	require.Greater(t, share(true, crossing), 55.0)
	require.Equal(t, []imports.Code{imports.OverwrittenByTable, imports.NotAnAct, imports.OverwrittenByTable}, readingtest.Codes(table))
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, climate.Read, source, readingtest.Sample(t, "paris.csv"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, climate.Read, source, readingtest.Sample(f, "paris.csv"))
}
