package coe_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/coe"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
)

var source = imports.Source{File: "chart.html", Name: "Council of Europe, Treaty Office", Rank: domain.RankPublished}

func TestChart(t *testing.T) {
	table, refused := readingtest.Read(t, coe.Read, source, readingtest.Sample(t, "093.html"))
	require.Nil(t, refused)
	require.Equal(t, "2026-03-05", table.Source.Edition)
	of := table.Treaties[0]
	require.Equal(t, domain.TreatyID("ETS093"), of.Treaty.ID)
	var acts []string
	for _, c := range of.Claims {
		acts = append(acts, fmt.Sprintf("%s, %s %s %s (%s)", c.Participant, c.Action.Kind, c.Action.Date, c.Action.Effect, c.Action.Note))
	}
	require.Equal(t, []string{
		"Belgium, signature 1978-02-07  ()",
		"Netherlands, signature 1977-11-24  (the chart marks reservations, territorial application)",
		"Netherlands, ratification 1983-02-01 1983-05-01 (the chart marks reservations, territorial application)",
		"Spain, signature 1977-11-24  (footnote 1 of the source)",
		"Spain, definitive signature 1980-05-06 1983-05-01 (footnote 1 of the source)",
		"Kenya, accession 1990-02-03 1990-05-01 ()",
	}, acts)
	require.Equal(t, []imports.Check{{What: "signatures not followed by ratification", Says: 1, Found: 1}, {What: "ratifications and accessions", Says: 4, Found: 3}}, of.Checks)
	require.Equal(t, []imports.Code{imports.DateUnreadable, imports.TotalDiffers}, []imports.Code{table.Findings[0].Code, table.Findings[1].Code})
	require.Equal(t, "2026-03-05", of.Coverage.AsAt.String())
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, coe.Read, source, readingtest.Sample(t, "093.html"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, coe.Read, source, readingtest.Sample(f, "093.html"))
}
