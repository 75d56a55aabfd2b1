package reading_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

var file = imports.Source{File: "4-13.csv", Name: "UN Treaty Collection"}

func requireRefused(t *testing.T, err error, code imports.Code, line int, says string) {
	t.Helper()
	var refused *imports.FileError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, code, refused.Code)
	require.Equal(t, line, refused.Place.Line)
	require.Contains(t, refused.Message, says)
	require.NotEmpty(t, refused.Accepted)
}

// The encodings in which the tables are published and saved yield the same name.
func TestEncodings(t *testing.T) {
	const name = "Côte d’Ivoire"
	for what, content := range map[string][]byte{
		"UTF-8":                        []byte(name),
		"UTF-8 with a byte order mark": append([]byte{0xEF, 0xBB, 0xBF}, name...),
		"Windows-1252":                 []byte("C\xf4te d\x92Ivoire"),
		"UTF-16, little end first":     utf16(name, false),
		"UTF-16, big end first":        utf16(name, true),
	} {
		text, converted, err := reading.Text(file, content)
		require.NoError(t, err, what)
		require.Equal(t, name, text, what)
		require.Equal(t, what == "Windows-1252", converted, what)
	}
	_, _, err := reading.Text(file, []byte("Côte d’Ivoire\nCura\xe7ao"))
	requireRefused(t, err, imports.Unreadable, 2, "mixes UTF-8 with another encoding")
	_, _, err = reading.Text(file, []byte("\xef\xbb\xbfCura\xe7ao"))
	requireRefused(t, err, imports.Unreadable, 1, "mixes UTF-8")
	_, _, err = reading.Text(file, []byte(" \n\t"))
	requireRefused(t, err, imports.NotThisFormat, 0, "empty")
	_, _, err = reading.Text(file, bytes.Repeat([]byte("x"), reading.MaxFile+1))
	requireRefused(t, err, imports.TooLarge, 0, "a table of participants has at most")
}

func utf16(text string, bigEnd bool) []byte {
	content := []byte{0xFF, 0xFE}
	if bigEnd {
		content = []byte{0xFE, 0xFF}
	}
	for _, r := range text { // all of one unit
		if bigEnd {
			content = append(content, byte(r>>8), byte(r))
		} else {
			content = append(content, byte(r), byte(r>>8))
		}
	}
	return content
}

func TestAPageForPeopleIsNoTable(t *testing.T) {
	for _, page := range []string{"<!DOCTYPE html><p>Maintenance", "\n<!-- x --><HTML lang=en>", "<title>503</title>"} {
		_, _, err := reading.Plain(file, []byte(page), "a table")
		requireRefused(t, err, imports.NotThisFormat, 1, "HTML")
	}
	text, _, err := reading.Plain(file, []byte("Participant,Ratification\n"), "a table")
	require.NoError(t, err)
	require.Equal(t, "Participant,Ratification\n", text)
}

// A workbook keeps days as numbers: 37694 is 14 March 2003, whatever the country of
// the spreadsheet, and a number without the form of a day stays one.
func TestWorkbook(t *testing.T) {
	book := excelize.NewFile()
	day, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	require.NoError(t, err)
	own := "dd/mm/yyyy"
	ownDay, err := book.NewStyle(&excelize.Style{CustomNumFmt: &own})
	require.NoError(t, err)
	for cell, value := range map[string]any{"A1": "Participant", "B1": "Accession", "A3": "Guatemala", "B3": 37694, "C3": 37694, "D3": 21, "E3": "text"} {
		require.NoError(t, book.SetCellValue("Sheet1", cell, value))
	}
	require.NoError(t, book.SetCellStyle("Sheet1", "B3", "B3", day))
	require.NoError(t, book.SetCellStyle("Sheet1", "C3", "C3", ownDay))
	require.NoError(t, book.SetCellStyle("Sheet1", "E3", "E3", day))
	var content bytes.Buffer
	require.NoError(t, book.Write(&content))
	text, converted, err := reading.Text(file, content.Bytes())
	require.NoError(t, err)
	require.False(t, converted)
	require.Equal(t, "Participant,Accession\n\nGuatemala,2003-03-14,2003-03-14,21,text\n", text, "a blank row keeps the numbers of the lines")
	_, _, err = reading.Text(file, content.Bytes()[:200])
	requireRefused(t, err, imports.Unreadable, 0, "no workbook that can be opened")
}

func TestSeparators(t *testing.T) {
	for text, want := range map[string]rune{"a,b;c,d": ',', "a;b;c,d": ';', "\na\tb\tc,d": '\t', "a": ','} {
		require.Equal(t, string(want), string(reading.SeparatorOfHeader(text)), "%q", text)
	}
	for text, want := range map[string]rune{"title\na|b": '|', "a\tb|c": '|', "a\tb": '\t', "a,b": ','} {
		require.Equal(t, string(want), string(reading.Separator(text)), "%q", text)
	}
}

func TestColumnsByTheirNames(t *testing.T) {
	h := reading.HeaderOf([]string{" Participant ", "RATIFICATION", "", "participant"})
	require.True(t, h.Has("participant", "ratification"))
	require.False(t, h.Has("participant", "signature"))
	r := &reading.Record{Cells: []string{"Guatemala ", " 14 Mar\u00a02003"}}
	require.Equal(t, "Guatemala", h.Of(r, "participant"), "the first of two")
	require.Equal(t, "14 Mar 2003", h.Of(r, "ratification"))
	require.Empty(t, h.Of(r, "signature"))
	require.Empty(t, r.Cell(5))
}

// What the caller says goes before the content, and that before the name of the file.
func TestWhichTreatyAFileIsAbout(t *testing.T) {
	for _, tt := range []struct {
		given, content domain.TreatyID
		name           string
		want           domain.TreatyID
	}{
		{"", "", "data/4-13.csv", "IV-13"}, {"", "C097", "IV-13.xml", "C097"}, {"C097", "", "IV-13.xml", "C097"}, {"C097", "C097", "x", "C097"},
	} {
		id, err := reading.Identify(imports.Source{File: tt.name, Treaty: tt.given}, tt.content)
		require.NoError(t, err)
		require.Equal(t, tt.want, id)
	}
	_, err := reading.Identify(imports.Source{File: "x", Treaty: "C097"}, "C143")
	requireRefused(t, err, imports.NotThisFormat, 0, "the file says that it is about C143")
	_, err = reading.Identify(imports.Source{File: "table.csv"}, "")
	requireRefused(t, err, imports.NotThisFormat, 0, "nothing says which treaty")
}

func TestNumberBeforeATitle(t *testing.T) {
	id, rest, ok := reading.LeadingTreatyID("C097 - Migration for Employment Convention")
	require.True(t, ok)
	require.EqualValues(t, "C097", id)
	require.Equal(t, "Migration for Employment Convention", rest)
	_, rest, ok = reading.LeadingTreatyID("Convention on the Rights of the Child")
	require.False(t, ok)
	require.Equal(t, "Convention on the Rights of the Child", rest)
}

func TestNotes(t *testing.T) {
	require.Empty(t, reading.FootnoteNote(nil))
	require.Equal(t, "footnote 3 of the source", reading.FootnoteNote([]string{"3"}))
	require.Equal(t, "footnotes 3, 4 of the source", reading.FootnoteNote([]string{"3", "4"}))
	require.Equal(t, "a; b", reading.JoinNotes("", "a", "", "b"))
	name, remark := reading.BracketedNote("Bahamas [1]")
	require.Equal(t, []string{"Bahamas", "1"}, []string{name, remark})
	name, remark = reading.BracketedNote("Bahamas")
	require.Equal(t, []string{"Bahamas", ""}, []string{name, remark})
	require.Equal(t, []domain.Date{domain.MustDate("2003-03-14"), domain.MustDate("2003-07-01")},
		reading.DatesIn("deposited on 14 March 2003, in force on 1 July 2003, not on 31 June 2003"))
}

// A sheet counts what it gathers and says where it stands.
func TestSheet(t *testing.T) {
	s := reading.NewSheet("mtdsg", file, "no withdrawals")
	s.Row()
	s.Cell()
	at := s.At(3, "Accession", "5 Jun 2003")
	s.Claim("IV-13", at, "Mali", domain.Action{Kind: domain.Accession, Date: domain.MustDate("2003-06-05")})
	s.ClaimBeside("IV-13", at, "Mali", domain.Action{Kind: domain.Signature, Date: domain.MustDate("2003-06-05")})
	s.Converted(false)
	s.Converted(true)
	s.FindInCells("IV-13", &reading.Record{Line: 7, Cells: []string{"x", "", "y"}}, []string{"Name"}, imports.Unreadable, "m", "d")
	s.FindInCells("IV-13", &reading.Record{Line: 8, Text: "z"}, nil, imports.Unreadable, "m", "d")
	table, err := s.Table()
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{table.Rows, table.Cells})
	require.Len(t, table.Treaties, 1)
	require.Len(t, table.Treaties[0].Claims, 2)
	require.False(t, table.Treaties[0].Claims[0].Beside)
	require.True(t, table.Treaties[0].Claims[1].Beside)
	require.Equal(t, "unverified", table.Treaties[0].Treaty.Verification)
	require.Equal(t, "UN Treaty Collection", table.Treaties[0].Treaty.Source)
	var columns []string
	for _, f := range table.Findings {
		columns = append(columns, f.Place.Column)
	}
	require.Equal(t, []string{"", "Name", "cell 3", ""}, columns)
	require.Equal(t, imports.Place{File: "4-13.csv", Line: 3, Column: "Accession", Text: "5 Jun 2003"}, at)
}
