package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"depositary/api/imports/acts"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
)

// A workbook is read like the same table with commas; days that it keeps as
// numbers are days.
func TestWorkbook(t *testing.T) {
	book := excelize.NewFile()
	sheet := book.GetSheetName(0)
	iso := "dd/mm/yyyy"
	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &iso})
	require.NoError(t, err)
	for cell, value := range map[string]any{
		"A1": "treaty", "B1": "participant", "C1": "action", "D1": "date", "E1": "note",
		"A2": "IV-13", "B2": "Chile", "C2": "ratification", "D2": time.Date(2005, 3, 21, 0, 0, 0, 0, time.UTC), "E2": "with, a comma",
		"A4": "IV-13", "B4": "Mali", "C4": "accession", "D4": "5 Jun 2003",
	} {
		require.NoError(t, book.SetCellValue(sheet, cell, value))
	}
	require.NoError(t, book.SetCellStyle(sheet, "D2", "D2", style))
	file, err := book.WriteToBuffer()
	require.NoError(t, err)
	from := source
	from.File = "acts.xlsx"
	table, refused := readingtest.Read(t, acts.Read, from, file.Bytes())
	require.Nil(t, refused)
	claims := table.Treaties[0].Claims
	require.Len(t, claims, 2)
	require.Equal(t, domain.MustDate("2005-03-21"), claims[0].Action.Date)
	require.Equal(t, "with, a comma", claims[0].Action.Note)
	require.Equal(t, "2003-06-05", claims[1].Action.Date.String())
	require.Equal(t, 4, claims[1].Line, "lines are those of the sheet")

	_, refused = readingtest.Read(t, acts.Read, from, file.Bytes()[:file.Len()/2])
	require.NotNil(t, refused, "a workbook that is cut off")
}
