package reading_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"14 Mar 2003":          "2003-03-14",
		" 14\t March \n2003":   "2003-03-14",
		"5 Sept 2000":          "2000-09-05",
		"05 sep. 2000":         "2000-09-05",
		"1-Jan-1999":           "1999-01-01",
		"2003-07-01":           "2003-07-01",
		"29 Feb 2004":          "2004-02-29",
		"1\u00a0May\u00a02004": "2004-05-01",
		"29 Feb 2003":          "",
		"0 Jan 2003":           "",
		"14 Mar 03":            "",
		"14 Mai 2003":          "",
		"14 M 2003":            "",
		"03/04/2003":           "",
		"14 Mar 2003 a":        "",
		"14 Mar 20030":         "",
		"2003-13-01":           "",
		"March 2003":           "",
		"":                     "",
	} {
		t.Run(text, func(t *testing.T) {
			day, err := reading.Date(text)
			require.Equal(t, want == "", err != nil)
			require.Equal(t, want, day.String())
		})
	}
	day, rest, err := reading.LeadingDate("14 Mar 2003 a")
	require.NoError(t, err)
	require.Equal(t, []string{"2003-03-14", "a"}, []string{day.String(), rest})
	day, err = reading.DayMonthYear("03/04/2003")
	require.NoError(t, err)
	require.Equal(t, "2003-04-03", day.String())
	for _, bad := range []string{"2003/04/03", "31/04/2003", "3/13/2003", "3 Apr 2003", ""} {
		_, err = reading.DayMonthYear(bad)
		require.Error(t, err, bad)
	}
}

func TestConclusion(t *testing.T) {
	place, adopted, err := reading.Conclusion("Rio de Janeiro, Brazil, 5 June 1992.")
	require.NoError(t, err)
	require.Equal(t, "Rio de Janeiro, Brazil", place)
	require.Equal(t, "1992-06-05", adopted.String())
	_, _, err = reading.Conclusion("New York")
	require.Error(t, err)
}

func TestTreatyIDs(t *testing.T) {
	for text, want := range map[string]domain.TreatyID{
		"IV-13": "IV-13", "4-13": "IV-13", "iv-13": "IV-13", "18-12-A": "XVIII-12-a", "XXVII-7-d": "XXVII-7-d",
		"11-A-16": "XI-A-16", "XI-B-16-1": "XI-B-16-1", "C97": "C097", "c097": "C097", "P29": "P029",
		"30-1": "", "IIII-1": "", "0-1": "", "IV": "", "IV-": "", "C1000": "", "1990-12-18": "", "": "", "ETS185": "",
	} {
		id, ok := reading.TreatyID(text)
		require.Equal(t, want, id, text)
		require.Equal(t, want != "", ok, text)
	}
	id, ok := reading.TreatyOfFile(`C:\data\IV-13.en.xml`)
	require.True(t, ok)
	require.Equal(t, domain.TreatyID("IV-13"), id)
	id, ok = reading.ScopedTreatyID("ETS185")
	require.True(t, ok)
	require.Equal(t, domain.TreatyID("ETS185"), id)
}

func TestExclusions(t *testing.T) {
	for note, want := range map[string]reading.Exclusion{
		"Annex I excluded":                                 {Parts: []string{"Annex I"}},
		"Annexes I, III excluded":                          {Parts: []string{"Annex I", "Annex III"}},
		"Annexes I-III excluded; and more":                 {Parts: []string{"Annex I", "Annex II", "Annex III"}},
		"Has excluded the provisions of Annex II.":         {Parts: []string{"Annex II"}},
		"Has excluded the provisions of Annexes I and III": {Parts: []string{"Annex I", "Annex III"}},
		"Has excluded the provisions of Annexes I to III":  {Parts: []string{"Annex I", "Annex II", "Annex III"}},
		"Excluding Part II":                                {Parts: []string{"Part II"}},
		"The provisions of Part II are excluded":           {Parts: []string{"Part II"}},
		"Has excluded the provisions of Annexes III to I":  {Unclear: true},
		"Excluding Annex I and certain territories":        {Unclear: true},
		"Has not excluded anything":                        {Unclear: true},
		"Annex I excluded until 1960, Annex II excluded":   {Unclear: true},
		"No annex": {},
		"":         {},
	} {
		require.Equal(t, want, reading.Exclusions(note), note)
	}
}

func TestFootnotes(t *testing.T) {
	for text, want := range map[string][]string{
		"China<superscript>2</superscript><SUP class=x> 3 </SUP>": {"China", "2", "3"},
		"China":             {"China"},
		"<i>China</i><br/>": {"China"},
		"less < more":       {"less < more"},
		"<sup></sup>China":  {"China"},
		"China<sup>2":       {"China 2"},
	} {
		plain, marks := reading.Footnotes(text)
		require.Equal(t, want, append([]string{plain}, marks...), text)
	}
}

func TestRecords(t *testing.T) {
	type row struct {
		line  int
		cells string
		code  imports.Code
	}
	for _, tt := range []struct {
		name, text string
		separator  rune
		want       []row
	}{
		{"commas", "a,\"b,c\"\r\n\r\nd,\"e\"\"f\"\n", ',', []row{{1, "a|b,c", ""}, {3, `d|e"f`, ""}}},
		{"a cell over lines", "a,\"b\nc\"\nd\n", ',', []row{{1, "a|b\nc", ""}, {3, "d", ""}}},
		{"a quote that is not closed", "a\n\"b\nc\n", ',', []row{{1, "a", ""}, {2, "", imports.Unreadable}, {3, "c", ""}}},
		{"a quote within a cell", "a\nb\"c\"d\ne\n", ',', []row{{1, "a", ""}, {2, "", imports.Unreadable}, {3, "e", ""}}},
		{"NUL", "a\nb\x00\nc", ',', []row{{1, "a", ""}, {2, "", imports.Unreadable}, {3, "c", ""}}},
		{"bars", "a|\"b\nc", '|', []row{{1, "a|\"b", ""}, {2, "c", ""}}},
		{"old line ends", "a\rb\rc", ',', []row{{1, "a", ""}, {2, "b", ""}, {3, "c", ""}}},
		{"many cells", strings.Repeat(",", 100) + "\n" + strings.Repeat("|", 100) + "\n", ',',
			[]row{{1, "", imports.TooLarge}, {2, strings.Repeat("|", 100), ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []row
			err := reading.EachRecord(imports.Source{}, tt.text, tt.separator, func(r *reading.Record) error {
				got = append(got, row{r.Line, strings.Join(r.Cells, "|"), r.Code})
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestTooManyFindingsRefuseTheFile(t *testing.T) {
	sheet := reading.NewSheet("test", imports.Source{File: "f"})
	for range reading.MaxFindings {
		sheet.Find("", sheet.At(1, "", ""), imports.NotAnAct, "m", "d")
	}
	table, err := sheet.Table()
	require.NoError(t, err)
	require.Len(t, table.Findings, reading.MaxFindings)
	sheet.Find("", sheet.At(1, "", ""), imports.NotAnAct, "m", "d")
	_, err = sheet.Table()
	require.Error(t, err)
}

func TestNames(t *testing.T) {
	for _, good := range []string{"Côte d'Ivoire", "CIV", "Türkiye", "Yugoslavia (SFRY)", "Lao People's Democratic Republic"} {
		require.Empty(t, reading.NameProblem(good), good)
	}
	for _, bad := range []string{"", "=1+1", "@SUM(A1)", "-2", "12", "a\x00b", "<script>", "'quoted", strings.Repeat("x", 151)} {
		require.NotEmpty(t, reading.NameProblem(bad), bad)
	}
	name, withdrawn := reading.WithdrawnName("[ Canada ]")
	require.Equal(t, "Canada", name)
	require.True(t, withdrawn)
}

// A slip in the year is no day, and is not taken for one.
func TestYearsBeforeEveryTreaty(t *testing.T) {
	for _, text := range []string{"23 Oct 0206", "0206-10-23", "1 January 1799"} {
		_, err := reading.Date(text)
		require.ErrorContains(t, err, "before every treaty", text)
	}
	_, err := reading.DayMonthYear("23/10/0206")
	require.ErrorContains(t, err, "before every treaty")
	_, err = reading.Date("22 Aug 1864")
	require.NoError(t, err)
}
