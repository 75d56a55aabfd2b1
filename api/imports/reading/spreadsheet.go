package reading

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"depositary/api/imports"
)

// mostUnzipped bounds what a spreadsheet may unpack to.
const mostUnzipped = 4 * MaxFile

// isSpreadsheet recognises a workbook (.xlsx), which is a ZIP archive.
func isSpreadsheet(content []byte) bool { return bytes.HasPrefix(content, []byte("PK\x03\x04")) }

// spreadsheet returns the first sheet of a workbook as a table with commas. A
// day that the workbook keeps as a number comes out as 2003-03-14: how a
// spreadsheet shows it depends on the country.
func spreadsheet(source imports.Source, content []byte) (string, error) {
	refuse := func(code imports.Code, message string) error {
		return Refuse(source, 0, code, message, "a workbook (.xlsx) whose first sheet is the table, or the same table as CSV")
	}
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: MaxFile})
	if err != nil {
		return "", refuse(imports.Unreadable, "the file is no workbook that can be opened, or is too large: "+Excerpt(err.Error()))
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return "", refuse(imports.NotThisFormat, "the workbook has no sheet")
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return "", refuse(imports.Unreadable, "its first sheet cannot be read: "+Excerpt(err.Error()))
	}
	defer rows.Close()
	var text strings.Builder
	w := csv.NewWriter(&text)
	dates := make(map[int]bool)
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		switch {
		case err != nil:
			return "", refuse(imports.Unreadable, "its first sheet cannot be read: "+Excerpt(err.Error()))
		case line > MaxRows || len(cells) > MaxColumns || text.Len() > MaxFile:
			return "", refuse(imports.TooLarge, "its first sheet has more rows or columns than any table of participants")
		case len(cells) == 0:
			cells = []string{""} // keeps the numbers of the lines
		}
		for i := range cells {
			cells[i] = dayOfCell(book, sheets[0], i+1, line, cells[i], dates)
		}
		if err := w.Write(cells); err != nil {
			return "", refuse(imports.Unreadable, "its first sheet cannot be read: "+Excerpt(err.Error()))
		}
	}
	w.Flush()
	return text.String(), nil
}

// dayOfCell writes a number that the workbook shows as a day as that day.
func dayOfCell(book *excelize.File, sheet string, column, line int, value string, dates map[int]bool) string {
	serial, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	name, err := excelize.CoordinatesToCellName(column, line)
	if err != nil {
		return value
	}
	style, err := book.GetCellStyle(sheet, name)
	if err != nil {
		return value
	}
	isDate, known := dates[style]
	if !known {
		isDate = showsDays(book, style)
		dates[style] = isDate
	}
	if !isDate {
		return value
	}
	day, err := excelize.ExcelDateToTime(serial, false)
	if err != nil {
		return value
	}
	return day.Format("2006-01-02")
}

// reDayFormat recognises a format that shows a year and a day or a month.
var reDayFormat = regexp.MustCompile(`(?i)y`)

// showsDays reports whether a style shows numbers as days: a built-in format, or
// one of the workbook's own.
func showsDays(book *excelize.File, style int) bool {
	s, err := book.GetStyle(style)
	if err != nil {
		return false
	}
	if s.CustomNumFmt != nil {
		return reDayFormat.MatchString(*s.CustomNumFmt)
	}
	return s.NumFmt >= 14 && s.NumFmt <= 17 || s.NumFmt == 22 || s.NumFmt >= 27 && s.NumFmt <= 36 || s.NumFmt >= 50 && s.NumFmt <= 58
}
