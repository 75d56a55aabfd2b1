package mtdsg_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/reading/readingtest"
	"depositary/domain"
)

var source = imports.Source{File: "4-13.csv", Name: "Status tables", Title: "Convention on Migrant Workers. New York, 18 December 1990"}

func read(t *testing.T, text string) *imports.Table {
	t.Helper()
	table, refused := readingtest.Read(t, mtdsg.Read, source, []byte(text))
	require.Nil(t, refused)
	return table
}

func TestSample(t *testing.T) {
	table := read(t, string(readingtest.Sample(t, "4-13.csv")))
	require.Equal(t, mtdsg.Format, table.Format)
	require.Equal(t, "2015-03", table.Source.Edition)
	require.Equal(t, 10, table.Rows)
	require.Equal(t, 19, table.Cells)
	treaty := table.Treaties[0].Treaty
	require.Equal(t, domain.TreatyID("IV-13"), treaty.ID)
	require.Equal(t, "IV-13", treaty.Short)
	require.Equal(t, "Convention on Migrant Workers", treaty.Title)
	require.Equal(t, "New York", treaty.Place)
	require.Equal(t, domain.MustDate("1990-12-18"), treaty.Adopted)
	require.Equal(t, "Secretary-General of the United Nations", treaty.Depositary)
	require.Equal(t, []string{
		"Albania | accession | 2007-06-05 | footnote 5 of the source",
		"Côte d'Ivoire | signature | 2013-09-26",
		"Côte d'Ivoire | ratification | 2023-09-26 | footnote 3 of the source",
		"Côte d'Ivoire | notification | 1992-12-22 | Notification under article 21 (1)",
		"Canada | signature | 2004-08-10",
		"Canada | ratification | 2007-02-23",
		"Montenegro | succession to signature | 2006-10-23",
		"Montenegro | succession | 2006-10-23",
		"Niger | accession | 2009-03-18 | footnote 2 of the source",
		"Peru | ratification | 2005-09-14",
		"Türkiye | signature | 1999-01-13",
	}, readingtest.Lines(table.Treaties[0]))
	var findings []string
	for _, f := range table.Findings {
		findings = append(findings, strings.Join([]string{string(f.Code), f.Text, f.Done}, " | "))
	}
	require.Equal(t, []string{
		"FOOTNOTE_KEPT | Albania 5 | kept as a note of the acts of the row",
		"DATE_UNREADABLE | 1 Feb | this cell was left out, the rest of the file is read",
		"FOOTNOTE_KEPT | 26 Sept 2023 3 | its mark is kept as a note of the act",
		"NOT_AN_ACT | 2220 | this cell was left out, the rest of the file is read",
		"CODE_UNKNOWN | 14 July 2003 A | this cell was left out, the rest of the file is read",
		"NOT_AN_ACT | N/A | this cell was left out, the rest of the file is read",
		"WITHDRAWN_IN_BRACKETS | [Canada] | the acts of the row are read; a withdrawal is recorded only from a source that states its day",
		"NAME_UNKNOWN | 1 Jan 2000 | this cell was left out, the rest of the file is read",
		"FOOTNOTE_KEPT | 18 Mar 2009 a<superscript>2</superscript> | its mark is kept as a note of the act",
		"DATE_UNREADABLE | 22 Sep 2004, 14 Sep 2005 | this cell was left out, the rest of the file is read",
		"WITHDRAWN_IN_BRACKETS | [14 Sep 2005] | the act is recorded; a withdrawal is recorded only from a source that states its day",
		"COLUMN_UNKNOWN | 7 Jul 2007 | this cell was left out, the rest of the file is read",
		"NOT_AN_ACT | Sao Tome | nothing is recorded of it",
		"DATE_UNREADABLE | 31 Feb 2004 | this cell was left out, the rest of the file is read",
	}, findings)
	require.Equal(t, imports.Place{File: "4-13.csv", Line: 11, Column: "Ratification, Accession(a), Succession(d)", Text: "31 Feb 2004"}, table.Findings[13].Place)
	require.NotEmpty(t, table.Limits)
}

func TestCells(t *testing.T) {
	const label = `"Ratification, Acceptance(A), Approval(AA), Accession(a), Succession(d)"`
	for cell, want := range map[string]string{
		"19 July 2006":            "ratification | 2006-07-19",
		"5 Sept 2000 a":           "accession | 2000-09-05",
		"5 SEP 2000 A":            "acceptance | 2000-09-05",
		"05 Sep. 2000 AA":         "approval | 2000-09-05",
		"5\u00a0Sep\u202f2000\td": "succession | 2000-09-05",
		"5 Sep 2000 a 4":          "accession | 2000-09-05 | footnote 4 of the source",
		"5 Sep 2000 a4, 12":       "accession | 2000-09-05 | footnotes 4, 12 of the source",
		"5 Sep 2000 *":            "ratification | 2000-09-05 | footnote * of the source",
		"5 Sep 2000 d²":           "succession | 2000-09-05 | footnote ² of the source",
		"5 Sep 2000 [7]":          "ratification | 2000-09-05 | footnote 7 of the source",
		"5 Sep 2000 a (7)":        "accession | 2000-09-05 | footnote 7 of the source",
		"2000-09-05":              "ratification | 2000-09-05",
		"5 Sep 2000 D":            "CODE_UNKNOWN",
		"5 Sep 2000 aa":           "CODE_UNKNOWN",
		"5 Sep 2000 by note":      "DATE_UNREADABLE",
		"5 Sep 20001":             "DATE_UNREADABLE",
		"29 Feb 2001":             "DATE_UNREADABLE",
		"05/09/2000":              "DATE_UNREADABLE",
		"Sep 2000":                "DATE_UNREADABLE",
		"5 Sep 2000 6 Sep 2001 a": "DATE_UNREADABLE",
		"n/a":                     "NOT_AN_ACT",
		"–":                       "NOT_AN_ACT",
	} {
		t.Run(cell, func(t *testing.T) {
			table := read(t, "Participant,"+label+"\r\nMali,\""+cell+"\"\r\n")
			require.Equal(t, 1, table.Cells)
			got := ""
			for _, line := range readingtest.Lines(table.Treaties[0]) {
				got = strings.TrimPrefix(line, "Mali | ")
			}
			if got == "" {
				got = string(table.Findings[0].Code)
			}
			require.Equal(t, want, got)
		})
	}
}

func TestNames(t *testing.T) {
	for written, want := range map[string]string{
		"Germany 4":                              "Germany",
		"Germany4, 12":                           "Germany",
		"Serbia*":                                "Serbia",
		"Bahamas [1]":                            "Bahamas",
		"[Canada] 3":                             "Canada",
		"Bolivia (Plurinational State of)":       "Bolivia (Plurinational State of)",
		"Federal Republic of Germany (pre-1990)": "Federal Republic of Germany (pre-1990)",
		"Côte\u00a0d'Ivoire":                     "Côte d'Ivoire",
		"=1+1":                                   "",
		"5":                                      "",
	} {
		t.Run(written, func(t *testing.T) {
			table := read(t, "Participant,Ratification\n\""+written+"\",5 Sep 2000\n")
			if want == "" {
				require.Empty(t, table.Treaties[0].Claims)
				require.Equal(t, imports.NameUnknown, table.Findings[len(table.Findings)-1].Code)
				return
			}
			require.Equal(t, want, table.Treaties[0].Claims[0].Participant)
			changed := want != strings.ReplaceAll(written, "\u00a0", " ")
			require.Equal(t, changed, len(table.Findings) > 0, "what is taken off a name is told")
		})
	}
}

// What a label leaves open is not guessed.
func TestAmbiguousLabels(t *testing.T) {
	for _, tt := range []struct{ label, cell, want, code string }{
		{"Definitive signature of the Protocol, Acceptance of the Protocol", "5 Sep 1950",
			"consent of unknown kind | 1950-09-05 | Definitive signature of the Protocol or Acceptance of the Protocol", "COLUMN_AMBIGUOUS"},
		{"Acceptance(A), Acceptance ipso facto by virtue of article 10 of the Convention(A)", "5 Sep 1950 A",
			"acceptance | 1950-09-05 | Acceptance or Acceptance ipso facto by virtue of article 10 of the Convention", "COLUMN_AMBIGUOUS"},
		{"Signature, Ratification", "5 Sep 1950", "", "COLUMN_AMBIGUOUS"},
		{"Ratification, Extension", "5 Sep 1950", "", "COLUMN_AMBIGUOUS"},
		{"Ratification, Extension(e)", "5 Sep 1950 e", "", "COLUMN_UNKNOWN"},
		{"Accession(a), Succession(d)", "5 Sep 1950", "", "CODE_UNKNOWN"},
		{"Accession(a)", "5 Sep 1950", "accession | 1950-09-05", "COLUMN_AMBIGUOUS"},
		{"Definitive acceptance", "5 Sep 1950", "acceptance | 1950-09-05 | Definitive acceptance", ""},
		{"", "5 Sep 1950", "", "COLUMN_UNKNOWN"},
	} {
		t.Run(tt.label+" "+tt.cell, func(t *testing.T) {
			table := read(t, "Participant,\""+tt.label+"\"\nMali,"+tt.cell+"\n")
			got := strings.TrimPrefix(strings.Join(readingtest.Lines(table.Treaties[0]), ""), "Mali | ")
			require.Equal(t, tt.want, got)
			code := ""
			if len(table.Findings) > 0 {
				code = string(table.Findings[0].Code)
			}
			require.Equal(t, tt.code, code)
		})
	}
}

func TestForms(t *testing.T) {
	t.Run("byte order mark, carriage returns, blank and empty lines", func(t *testing.T) {
		table := read(t, "\xEF\xBB\xBFParticipant,Ratification\r\n\r\nMali,5 Jun 2003\r\n,,\r\nPeru,14 Sep 2005")
		require.Equal(t, 2, table.Rows)
		require.Equal(t, 5, table.Treaties[0].Claims[1].Line)
		require.Empty(t, table.Findings)
	})
	t.Run("Windows-1252", func(t *testing.T) {
		table := read(t, "Participant,Ratification\nC\xF4te d'Ivoire,26 Sep 2023\n")
		require.Equal(t, "Côte d'Ivoire", table.Treaties[0].Claims[0].Participant)
		require.Equal(t, imports.Unreadable, table.Findings[0].Code)
	})
	t.Run("a label twice", func(t *testing.T) {
		table := read(t, "Participant,Ratification,Ratification\nMali,5 Jun 2003,6 Jun 2003\n")
		require.Len(t, table.Treaties[0].Claims, 2)
		require.Equal(t, imports.ColumnAmbiguous, table.Findings[0].Code)
	})
	t.Run("names only", func(t *testing.T) {
		table := read(t, "Participant\nMali\nPeru\n")
		require.Equal(t, 2, table.Rows)
		require.Equal(t, []imports.Code{imports.ColumnUnknown}, readingtest.Codes(table))
	})
	t.Run("labels only", func(t *testing.T) {
		require.Equal(t, []imports.Code{imports.NotAnAct}, readingtest.Codes(read(t, "Participant,Ratification\n")))
	})
	t.Run("a row with broken quotes does not swallow the next", func(t *testing.T) {
		table := read(t, "Participant,Ratification\nMa\"li,5 Jun 2003\nPeru,14 Sep 2005\n")
		require.Equal(t, []string{"Peru | ratification | 2005-09-14"}, readingtest.Lines(table.Treaties[0]))
		require.Equal(t, imports.Unreadable, table.Findings[0].Code)
		require.Equal(t, 2, table.Findings[0].Line)
	})
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, file, content string
		code                imports.Code
		says                string
	}{
		{"empty", "4-13.csv", "", imports.NotThisFormat, "empty"},
		{"page", "4-13.csv", "<!DOCTYPE html><html><body>Maintenance</body></html>", imports.NotThisFormat, "HTML"},
		{"another table", "4-13.csv", "Code,Name\nMLI,Mali\n", imports.NotThisFormat, "not Participant"},
		{"no treaty", "status.csv", "Participant,Ratification\n", imports.NotThisFormat, "which treaty"},
		{"no such chapter", "30-1.csv", "Participant,Ratification\n", imports.NotThisFormat, "which treaty"},
		{"too many columns", "4-13.csv", "Participant" + strings.Repeat(",Ratification", 1_000_000), imports.TooLarge, "line"},
		{"long label", "4-13.csv", "Participant,Ratification of the Convention" + strings.Repeat("x", 2_000), imports.TooLarge, "label"},
		{"too many cells", "4-13.csv", "Participant,Ratification\n" + strings.Repeat("Mali,5 Jun 2003\n", 60_000), imports.TooLarge, "cells"},
		{"too large", "4-13.csv", strings.Repeat("x", 32<<20+1), imports.TooLarge, "bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, refused := readingtest.Read(t, mtdsg.Read, imports.Source{File: tt.file}, []byte(tt.content))
			require.NotNil(t, refused)
			require.Equal(t, tt.code, refused.Code)
			require.Contains(t, refused.Error(), tt.says)
		})
	}
}

func TestHostile(t *testing.T) {
	readingtest.Hostile(t, mtdsg.Read, source, readingtest.Sample(t, "4-13.csv"))
}

func TestWhichTreaty(t *testing.T) {
	for file, want := range map[string]domain.TreatyID{
		"4-13.csv": "IV-13", "data/18-12-a.csv": "XVIII-12-a", `C:\tables\3-2-12a.csv`: "III-2-12a", "1-5-a.csv": "I-5-a", "IV-13.csv": "IV-13", "3-2-7c.csv": "III-2-7c",
	} {
		table, err := mtdsg.Read(imports.Source{File: file}, []byte("Participant,Ratification\nMali,5 Jun 2003\n"))
		require.NoError(t, err)
		require.Equal(t, want, table.Treaties[0].Treaty.ID)
	}
	table, err := mtdsg.Read(imports.Source{File: "4-13.csv", Treaty: "XIX-40", Edition: "1999"}, []byte("Participant,Ratification\n"))
	require.NoError(t, err)
	require.Equal(t, domain.TreatyID("XIX-40"), table.Treaties[0].Treaty.ID)
	require.Equal(t, "1999", table.Source.Edition)
}

func TestTitles(t *testing.T) {
	for _, tt := range []struct {
		title, wantTitle, place, adopted, depositary string
		findings                                     []imports.Code
	}{
		{"Convention on the High Seas. Geneva, 29 April 1958", "Convention on the High Seas", "Geneva", "1958-04-29", "", nil},
		{"Jute Agreement, 1982*. Geneva, 1 October 1982", "Jute Agreement, 1982", "Geneva", "1982-10-01", "", []imports.Code{imports.FootnoteKept}},
		{"Punishment . New York, 8 September 1992", "Punishment", "New York", "1992-09-08", "", nil},
		{"Protocol. St. Petersburg, 8 September 1992", "Protocol", "St. Petersburg", "1992-09-08", "", nil},
		{"Protocol. Lake Success, New York, 11 December 1946", "Protocol", "Lake Success, New York", "1946-12-11", "", nil},
		{"Declarations under Article 36. 15 October 1946", "Declarations under Article 36", "", "1946-10-15", "", nil},
		{"Opium Convention. Geneva, 19 February 1925 and Lake Success, New York, 11 December 1946", "Opium Convention", "", "", "",
			[]imports.Code{imports.DateUnreadable}},
		{"Coffee Agreement, 1994*. London", "Coffee Agreement, 1994*. London", "", "", "", []imports.Code{imports.DateUnreadable}},
		{"Charter (deposited in the archives of the Government of the United States of America). San Francisco, 26 June 1945",
			"Charter", "San Francisco", "1945-06-26", "Government of the United States of America", nil},
		{"", "", "", "", "", nil},
	} {
		t.Run(tt.title, func(t *testing.T) {
			table, err := mtdsg.Read(imports.Source{File: "21-2.csv", Title: tt.title}, []byte("Participant,Ratification\nMali,5 Jun 2003\n"))
			require.NoError(t, err)
			treaty := table.Treaties[0].Treaty
			require.Equal(t, tt.wantTitle, treaty.Title)
			require.Equal(t, tt.place, treaty.Place)
			require.Equal(t, tt.adopted, treaty.Adopted.String())
			if tt.depositary == "" {
				tt.depositary = "Secretary-General of the United Nations"
			}
			require.Equal(t, tt.depositary, treaty.Depositary)
			require.Equal(t, tt.findings, readingtest.Codes(table))
		})
	}
}

func TestIndex(t *testing.T) {
	titles, err := mtdsg.Index([]byte("chapter_no,treaty_no,treaty_name,chapter_name\n4,13,\"Convention. New York, 18 December 1990\",Human Rights\n3,2.12a,Annex,Privileges\n"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"4-13.csv": "Convention. New York, 18 December 1990", "3-2-12a.csv": "Annex"}, titles)

	const head = "chapter_no,treaty_no,treaty_name\n"
	for content, says := range map[string]string{
		"":                                 "empty",
		"<html></html>":                    "HTML",
		"a,b\n":                            "does not name the columns",
		head + "99,1,Treaty\n":             `chapter "99" with number "1" names no treaty`,
		head + "4,1,\n":                    "no title",
		head + "4,1,Treaty\n4,1,Another\n": "twice",
		head + "4,1,Trea\"ty\n":            "quotes",
	} {
		_, err := mtdsg.Index([]byte(content))
		var refused *imports.FileError
		require.ErrorAs(t, err, &refused)
		require.Contains(t, refused.Error(), says)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Participant,\"Definitive signature of the Protocol, Acceptance of the Protocol\",\"Accession(a), Succession(d)\"\nMali,5 Sep 1950,6 Sep 1950 a 4\n"))
	f.Add([]byte("Participant,\"Acceptance(A), Acceptance ipso facto(A)\"\n[Mali],5 Sep 1950 A\n"))
	readingtest.Fuzz(f, readWritten, source, readingtest.Sample(f, "4-13.csv"))
}

// readWritten is Read, which also requires that what is written again reads the
// same: no act is lost without a finding.
func readWritten(source imports.Source, content []byte) (*imports.Table, error) {
	table, err := mtdsg.Read(source, content)
	if err == nil {
		mustReadAgain(source, table)
	}
	return table, err
}

func mustReadAgain(source imports.Source, table *imports.Table) {
	rows := rowsOf(&table.Treaties[0])
	var written strings.Builder
	omitted, err := mtdsg.Write(&written, mtdsg.ColumnsFor(nil, rows), rows)
	if err != nil {
		panic(err)
	}
	again, err := mtdsg.Read(source, []byte(written.String()))
	if err != nil {
		panic(err)
	}
	lost := 0
	for _, f := range omitted {
		if f.Done == "left out of the table" {
			lost++
		}
	}
	if got, want := len(again.Treaties[0].Claims), len(table.Treaties[0].Claims)-lost; got != want {
		panic("of the acts that were written, some are not read again:\n" + written.String())
	}
}

// rowsOf returns the rows of a table that was read.
func rowsOf(table *imports.TreatyTable) (rows []mtdsg.Row) {
	line := 0
	for _, claim := range table.Claims {
		if claim.Line != line || len(rows) == 0 {
			line = claim.Line
			rows = append(rows, mtdsg.Row{Name: claim.Participant})
		}
		act := claim.Action
		act.Provenance = &domain.Provenance{File: claim.File, Row: claim.Line, Column: claim.Column}
		last := &rows[len(rows)-1]
		last.Acts = append(last.Acts, act)
	}
	return rows
}
