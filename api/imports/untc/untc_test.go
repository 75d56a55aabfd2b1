package untc_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/reading/readingtest"
	"depositary/api/imports/untc"
	"depositary/domain"
)

var source = imports.Source{File: "status.xml", Name: "A collection"}

func TestSample(t *testing.T) {
	table, refused := readingtest.Read(t, untc.Read, source, readingtest.Sample(t, "status.xml"))
	require.Nil(t, refused)
	of := table.Treaties[0]
	require.Equal(t, domain.TreatyID("IV-99"), of.Treaty.ID)
	require.Equal(t, "Convention on the Rights of Lighthouse Keepers", of.Treaty.Title)
	require.Equal(t, "New York", of.Treaty.Place)
	require.Equal(t, "1990-12-18", of.Treaty.Adopted.String())
	require.Equal(t, "2003-07-01", of.Treaty.Stated.InForce.String())
	require.Equal(t, 7, table.Rows)
	require.Equal(t, 12, table.Cells)
	require.Equal(t, []string{
		"Albania | accession | 2007-06-05",
		"Côte d'Ivoire | signature | 2004-08-10 | footnotes 2, 3 of the source",
		"Côte d'Ivoire | ratification | 2007-02-23 | footnotes 2, 3 of the source",
		"Ruritania | signature | 1998-08-10",
		"Ruritania | ratification | 2001-02-23 | footnote 4 of the source",
		"Sylvania | succession | 2006-10-23 | footnote 5 of the source",
		"Freedonia | succession to signature | 1992-01-12",
	}, readingtest.Lines(of))
	require.Equal(t, "Ratification, Accession(a), Succession(d)", of.Claims[0].Column)
	require.Equal(t, 21, of.Claims[0].Line)
	require.Equal(t, []imports.Check{
		{What: "signatories", Says: 3, Found: 3},
		{What: "parties", Says: 5, Found: 3},
	}, of.Checks)
	require.Equal(t, []imports.Code{
		imports.FootnoteKept,
		imports.WithdrawnBrackets, imports.FootnoteKept,
		imports.FootnoteKept,
		imports.CodeUnknown,
		imports.DateUnreadable, imports.DateUnreadable, imports.ColumnUnknown,
		imports.NameUnknown, imports.NameUnknown,
		imports.TextKeptOut, imports.TextKeptOut, imports.TextKeptOut, imports.TextKeptOut, imports.TextKeptOut,
		imports.TextKeptOut, imports.TextKeptOut,
	}, readingtest.Codes(table))
	text := table.Findings[10]
	require.Equal(t, "Declaration: The lamp will be lit at a later time.", text.Text)
	require.Contains(t, text.Message, "Albania")
	require.Equal(t, "Declarations/Declaration[1]/Text[2]", text.Column)
}

// small is a document with one table.
func small(head, row string) string {
	return "<Treaty><Participants><Table><TGroup><Thead><Row>" + head + "</Row></Thead><Tbody><Rows><Row>" + row +
		"</Row></Rows></Tbody></TGroup></Table></Participants></Treaty>"
}

func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		label, entry string
		want         domain.ActionKind
		code         imports.Code
	}{
		{label: "Ratification, Acceptance(A), Accession(a)", entry: "1 Jan 2001", want: domain.Ratification},
		{label: "Ratification, Acceptance(A), Accession(a)", entry: "1 Jan 2001 A", want: domain.Acceptance},
		{label: "Ratification, Acceptance(A), Accession(a)", entry: "1 Jan 2001 a", want: domain.Accession},
		{label: "Ratification, Acceptance(A), Accession(a)", entry: "1 Jan 2001 d", code: imports.CodeUnknown},
		{label: "Ratification, Acceptance(A), Accession(a)", entry: "1 Jan 2001 a, 2 Jan 2001 a", code: imports.DateUnreadable},
		{label: "Acceptance(A), Accession(a)", entry: "1 Jan 2001", code: imports.CodeUnknown},
		{label: "Acceptance(A)", entry: "1 Jan 2001", want: domain.Acceptance, code: imports.ColumnAmbiguous},
		{label: "Ratification, Accession", entry: "1 Jan 2001", want: domain.ConsentOfUnknownKind, code: imports.ColumnAmbiguous},
		{label: "Signature, Accession", entry: "1 Jan 2001", code: imports.ColumnAmbiguous},
		{label: "Application", entry: "1 Jan 2001", code: imports.ColumnUnknown},
		{label: "", entry: "1 Jan 2001", code: imports.ColumnUnknown},
		{label: "Signature", entry: "=1+1", code: imports.DateUnreadable},
		{label: "Signature", entry: "1/2/2001", code: imports.DateUnreadable},
		{label: "Signature", entry: "1 Jan 2001" + strings.Repeat(" ", 1<<16) + "no", code: imports.TooLarge},
	} {
		t.Run(tt.label+" "+tt.entry[:min(len(tt.entry), 30)], func(t *testing.T) {
			file := small("<Entry>Participant</Entry><Entry>"+tt.label+"</Entry>", "<Entry>Albania</Entry><Entry>"+tt.entry+"</Entry>")
			table, refused := readingtest.Read(t, untc.Read, imports.Source{File: "4-13.xml"}, []byte(file))
			require.Nil(t, refused)
			if tt.want != "" {
				require.Equal(t, tt.want, table.Treaties[0].Claims[0].Action.Kind)
			} else {
				require.Empty(t, table.Treaties[0].Claims)
			}
			if tt.code != "" {
				require.Equal(t, []imports.Code{tt.code}, readingtest.Codes(table))
			} else {
				require.Empty(t, table.Findings)
			}
		})
	}
}

func TestWhichTreaty(t *testing.T) {
	const named = "<Titlesect MTDSG=\"IV-4\">4. Covenant</Titlesect>"
	for _, tt := range []struct {
		name   string
		source imports.Source
		inside string
		want   domain.TreatyID
	}{
		{"by the file's name", imports.Source{File: "4-13.xml"}, "", "IV-13"},
		{"by the file's name with its language", imports.Source{File: "x/IV-13.en.xml"}, "", "IV-13"},
		{"by an element", imports.Source{File: "x.xml"}, "<MTDSG> XVIII-12-A </MTDSG>", "XVIII-12-a"},
		{"by an attribute", imports.Source{File: "x.xml"}, named, "IV-4"},
		{"by the title", imports.Source{File: "x.xml"}, "<Titlesect>IV-4. Covenant</Titlesect>", "IV-4"},
		{"by the caller", imports.Source{File: "x.xml", Treaty: "IV-4"}, "", "IV-4"},
		{"contradicted", imports.Source{File: "x.xml", Treaty: "IV-5"}, named, ""},
		{"by nothing", imports.Source{File: "x.xml"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, refused := readingtest.Read(t, untc.Read, tt.source, []byte("<Treaty><ExternalData>"+tt.inside+"</ExternalData></Treaty>"))
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

func TestEncodings(t *testing.T) {
	const row = "<Entry>Côte d'Ivoire</Entry><Entry>1 Jan 2001</Entry>"
	body := small("<Entry>Participant</Entry><Entry>Signature</Entry>", row)
	wide := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(`<?xml version="1.0" encoding="UTF-16"?>` + body)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	latin := strings.ReplaceAll(body, "ô", "\xF4")
	for name, tt := range map[string]struct {
		content  string
		findings int
	}{
		"UTF-8":                           {body, 0},
		"UTF-8 with its mark":             {"\xEF\xBB\xBF" + body, 0},
		"UTF-16":                          {string(wide), 0},
		"ISO-8859-1":                      {`<?xml version="1.0" encoding="ISO-8859-1"?>` + latin, 0},
		"ISO-8859-1 declared as UTF-8":    {`<?xml version="1.0" encoding="UTF-8"?>` + latin, 1},
		"ISO-8859-1 without declaration":  {latin, 1},
		"UTF-8 declared as ISO-8859-1":    {`<?xml version="1.0" encoding="ISO-8859-1"?>` + body, 1},
		"plain text declared as anything": {`<?xml version="1.0" encoding="windows-1252"?>` + strings.ReplaceAll(body, "ô", "&ocirc;"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			table, refused := readingtest.Read(t, untc.Read, imports.Source{File: "4-13.xml"}, []byte(tt.content))
			require.Nil(t, refused)
			require.Equal(t, "Côte d'Ivoire", table.Treaties[0].Claims[0].Participant)
			require.Len(t, table.Findings, tt.findings)
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		code       imports.Code
		line       int
	}{
		{"a notice of maintenance", "\n<!doctype HTML><html><body>Back at noon</body></html>", imports.NotThisFormat, 1},
		{"a table with commas", "Participant,Signature\n", imports.NotThisFormat, 1},
		{"another document", "<catalogue><book/></catalogue>", imports.NotThisFormat, 1},
		{"entities", "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<Treaty>&b;</Treaty>", imports.Unreadable, 2},
		{"cut off", "<Treaty>\n<Participants>\n", imports.Unreadable, 3},
		{"NUL", "<Treaty>\n\x00</Treaty>", imports.Unreadable, 2},
		{"a long tag", "<Treaty>\n<a " + strings.Repeat("b='' ", 1<<12) + "/></Treaty>", imports.TooLarge, 2},
		{"depth", strings.Repeat("<Row>", 40) + strings.Repeat("</Row>", 40), imports.TooLarge, 1},
		{"depth of marks", "<Treaty>" + strings.Repeat("<i>", 40) + strings.Repeat("</i>", 40) + "</Treaty>", imports.TooLarge, 1},
		{"two encodings", "<Treaty>\nô\n\xF4</Treaty>", imports.Unreadable, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, refused := readingtest.Read(t, untc.Read, imports.Source{File: "4-13.xml"}, []byte(tt.file))
			require.NotNil(t, refused)
			require.Equal(t, tt.code, refused.Code)
			require.Equal(t, tt.line, refused.Line)
		})
	}
}

func TestHostileFiles(t *testing.T) {
	readingtest.Hostile(t, untc.Read, source, readingtest.Sample(t, "status.xml"))
}

func FuzzRead(f *testing.F) {
	readingtest.Fuzz(f, untc.Read, imports.Source{File: "4-13.xml"}, readingtest.Sample(f, "status.xml"),
		[]byte(small("<Entry>Participant</Entry><Entry>Signature</Entry>", "<Entry>Mali</Entry><Entry>1 Jan 2001</Entry>")))
}
