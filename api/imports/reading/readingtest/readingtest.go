// Package readingtest holds what every reader of foreign tables has to pass:
// the promises of imports.Reader, on its own samples as on hostile files.
package readingtest

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/domain"
)

// Sample reads a file of testdata.
func Sample(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return content
}

// Read reads content and checks the promises. It returns the table or the error.
func Read(t testing.TB, read imports.Reader, source imports.Source, content []byte) (*imports.Table, *imports.FileError) {
	t.Helper()
	before := slices.Clone(content)
	table, err := read(source, content)
	require.Equal(t, before, content, "the content is left as it was")
	if err != nil {
		var refused *imports.FileError
		require.True(t, errors.As(err, &refused), "%T is not a *imports.FileError", err)
		require.Nil(t, table)
		require.NotEmpty(t, refused.Code)
		require.NotEmpty(t, refused.Message)
		require.NotEmpty(t, refused.Accepted)
		require.Equal(t, source.File, refused.File)
		return nil, refused
	}
	require.NotNil(t, table)
	Check(t, table)
	return table, nil
}

// Check checks what holds of every table that a reader returns.
func Check(t testing.TB, table *imports.Table) {
	t.Helper()
	require.NotEmpty(t, table.Format)
	require.NotEmpty(t, table.Limits)
	places := make(map[imports.Place]bool)
	type cell struct {
		line         int
		column, text string
		treaty       domain.TreatyID
		kind         domain.ActionKind
	}
	seen := make(map[cell]int)
	for _, of := range table.Treaties {
		_, err := domain.ParseTreatyID(string(of.Treaty.ID))
		require.NoError(t, err)
		for _, c := range of.Claims {
			places[c.Place] = true
			require.Positive(t, c.Line)
			require.NotEmpty(t, c.Column)
			require.NotEmpty(t, c.Participant)
			require.True(t, c.Action.Kind.Known(), "%q", c.Action.Kind)
			require.False(t, c.Action.Date.IsZero())
			require.Empty(t, c.Action.Participant, "who a name is, is not for a reader to say")
			seen[cell{c.Line, c.Column, c.Text, of.Treaty.ID, c.Action.Kind}]++
		}
		for _, w := range of.Weights {
			require.NotEmpty(t, w.Rows)
			for _, row := range w.Rows {
				require.GreaterOrEqual(t, row.Value, 0.0)
				require.LessOrEqual(t, row.Value, 100.0)
			}
		}
	}
	require.LessOrEqual(t, len(places), table.Cells, "each place that tells acts is a cell")
	require.LessOrEqual(t, table.Cells-len(places), len(table.Findings), "each cell that is no claim has a finding")
	for _, f := range table.Findings {
		require.NotEmpty(t, f.Code)
		require.NotEmpty(t, f.Message)
		require.NotEmpty(t, f.Done)
		require.Equal(t, table.Source.File, f.File)
		require.LessOrEqual(t, len(f.Text), 2000)
		require.LessOrEqual(t, len(f.Message), 4000)
	}
}

// Hostile runs a reader over files that were made to break it, and over its own
// sample with damages. Each is refused, or returns findings; memory stays in
// proportion to the file.
func Hostile(t *testing.T, read imports.Reader, source imports.Source, sample []byte) {
	t.Helper()
	text := string(sample)
	lines := strings.SplitAfter(text, "\n")
	files := map[string]string{
		"empty":                   "",
		"blanks":                  " \r\n\t\r\n",
		"byte order mark alone":   "\xEF\xBB\xBF",
		"NUL alone":               strings.Repeat("\x00", 10_000),
		"NUL within":              strings.Replace(text, "a", "\x00", 3),
		"UTF-16 without its mark": strings.Join(strings.Split(text, ""), "\x00"),
		"odd UTF-16":              "\xFF\xFE<",
		"two encodings":           text + "\nC\xC3\xB4te d'Ivoire\nC\xF4te d'Ivoire",
		"HTML":                    "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon</body></html>",
		"HTML in XML":             "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>",
		"a program":               "\x7FELF\x02\x01\x01\x00" + strings.Repeat("\xFF\x00\x90", 5_000),
		"no line end":             strings.Repeat("x", 8<<20),
		"million columns":         lines[0] + strings.Repeat(",", 1<<20) + "\n" + text,
		"million bars":            lines[0] + strings.Repeat("|", 1<<20) + "\n" + text,
		"million rows":            lines[0] + strings.Repeat("a,b\n", 1<<20),
		"open quote":              lines[0] + "\"" + strings.Join(lines[1:], ""),
		"quote in each line":      strings.ReplaceAll(text, "\n", "\"\n"),
		"quotes only":             strings.Repeat("\"\n", 1<<16),
		"formula":                 lines[0] + "=HYPERLINK(\"http://example.org\"),1,2,3\n" + strings.Join(lines[1:], ""),
		"cut off":                 text[:len(text)*2/3],
		"twice":                   text + text,
		"backwards":               strings.Join(backwards(lines), ""),
		"deep":                    strings.Repeat("<a>", 1<<18),
		"deep within":             "<Treaty><Participants>" + strings.Repeat("<Entry>", 1<<16),
		"attributes":              "<Treaty " + strings.Repeat("a=\"\" ", 1<<18) + "/>",
		"attributes behind quote": "<Treaty b='>' " + strings.Repeat("a=\"\" ", 1<<18) + "/>",
		"billion laughs":          "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><Treaty>&c;</Treaty>",
		"outside entity":          "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><Treaty>&a;</Treaty>",
		"unknown entity":          "<Treaty><Participants>&nothing;</Participants></Treaty>",
		"unknown encoding":        "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><Treaty/>",
		"elements":                "<Treaty>" + strings.Repeat("<a/>", 1<<19) + "</Treaty>",
		"open comment":            "<Treaty><!-- " + strings.Repeat("<!", 1<<18),
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			table, refused := Read(t, read, source, []byte(file))
			if refused == nil {
				require.NotEmpty(t, table.Findings)
			}
		})
	}
	t.Run("line of 32 MiB", func(t *testing.T) {
		long := []byte(lines[0] + strings.Repeat("x", 32<<20-len(lines[0])-1) + "\n")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(source, long)
		runtime.ReadMemStats(&after)
		_ = err // refused or with a finding: either will do
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16*len(long)))
	})
	t.Run("beyond 32 MiB", func(t *testing.T) {
		_, refused := Read(t, read, source, make([]byte, 32<<20+1))
		require.NotNil(t, refused)
		require.Equal(t, imports.TooLarge, refused.Code)
	})
}

func backwards(lines []string) []string {
	reversed := slices.Clone(lines)
	slices.Reverse(reversed)
	return reversed
}

// Fuzz fuzzes a reader with its samples and pieces of other formats as seeds.
func Fuzz(f *testing.F, read imports.Reader, source imports.Source, samples ...[]byte) {
	f.Helper()
	for _, sample := range samples {
		f.Add(sample)
		f.Add(sample[:len(sample)/2])
	}
	for _, seed := range []string{"", "\x00", "\xFF\xFE", "\xEF\xBB\xBFa,b", "<html>", "\"", "a|b|c|d", "a\tb\tc\td", "=1+1,2"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, refused := Read(t, read, source, content)
		if refused != nil {
			return
		}
		again, err := read(source, content)
		require.NoError(t, err)
		require.Equal(t, table, again, "a reader gives the same for the same file")
	})
}

// Codes returns the codes of the findings, in order.
func Codes(table *imports.Table) (codes []imports.Code) {
	for _, f := range table.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// Lines returns each claim of a treaty as one line: participant, act, day, day of
// effect, what is excluded, note.
func Lines(of imports.TreatyTable) (lines []string) {
	for _, c := range of.Claims {
		parts := []string{c.Participant, string(c.Action.Kind), c.Action.Date.String()}
		for _, more := range []string{c.Action.Effect.String(), strings.Join(c.Action.Excludes, "+"), c.Action.Note} {
			if more != "" {
				parts = append(parts, more)
			}
		}
		lines = append(lines, strings.Join(parts, " | "))
	}
	return lines
}
