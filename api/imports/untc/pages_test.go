package untc_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/reading/readingtest"
	"depositary/api/imports/untc"
	"depositary/domain"
	"depositary/domain/domaintest"
)

// The real pages as at 3 February 2026: each is read whole, and its table has
// as many signatories and parties as the page says at its head.
func TestRealPages(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(domaintest.Whole(t, "untc"), "*.html"))
	require.NoError(t, err)
	require.Len(t, files, 23)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		name := filepath.Base(file)
		table, refused := readingtest.Read(t, untc.Read, imports.Source{File: name, Name: "UN Treaty Collection", Rank: domain.RankPublished}, content)
		require.Nil(t, refused, "%v", refused)
		require.Equal(t, "2026-02-03", table.Source.Edition, name)
		require.Len(t, table.Treaties, 1)
		of := table.Treaties[0]
		require.Len(t, of.Checks, 2, name)
		for _, c := range of.Checks {
			require.Equal(t, c.Says, c.Found, "%s: %s", name, c.What)
		}
		kinds := map[domain.ActionKind]int{}
		for _, c := range of.Claims {
			kinds[c.Action.Kind]++
		}
		codes := map[imports.Code]int{}
		for _, f := range table.Findings {
			codes[f.Code]++
		}
		t.Log(name, of.Treaty.ID, of.Treaty.Title, of.Treaty.Adopted, of.Treaty.Stated, table.Rows, table.Cells, kinds, codes)
	}
}
