package mtdsg

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

const (
	depositary  = "Secretary-General of the United Nations"
	lastChapter = 29
)

// reRevised finds the letter of a revised annex behind its number: 3-2-12a.
var reRevised = regexp.MustCompile(`^(.*\d)([a-z])$`)

// treatyOfFile reads the number of a treaty from the name of a file. Annexes
// that were revised have a letter right behind their number.
func treatyOfFile(file string) (domain.TreatyID, bool) {
	if id, ok := reading.TreatyOfFile(file); ok {
		return id, true
	}
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	m := reRevised.FindStringSubmatch(strings.TrimSuffix(name, path.Ext(name)))
	if m == nil {
		return "", false
	}
	id, ok := reading.TreatyID(m[1])
	return id + domain.TreatyID(m[2]), ok
}

// identify returns the treaty of a file.
func identify(source imports.Source) (domain.TreatyID, error) {
	if source.Treaty == "" {
		if id, ok := treatyOfFile(source.File); ok {
			return id, nil
		}
	}
	return reading.Identify(source, "")
}

// FileName returns the name under which the table of a treaty is filed, 4-13.csv
// for IV-13. Treaties of other depositaries keep their own number.
func FileName(id domain.TreatyID) string {
	numeral, rest, _ := strings.Cut(string(id), "-")
	if n := chapterOf(id); n != 0 && rest != "" {
		numeral = strconv.Itoa(n)
	}
	return strings.TrimSuffix(numeral+"-"+rest, "-") + ".csv"
}

// chapterOf returns the number of the chapter in which a treaty stands, or 0.
func chapterOf(id domain.TreatyID) int {
	numeral, _, _ := strings.Cut(string(id), "-")
	for n := 1; n <= lastChapter; n++ {
		if first, _ := reading.TreatyID(strconv.Itoa(n) + "-1"); string(first) == numeral+"-1" {
			return n
		}
	}
	return 0
}

// editionOf returns the day which a table of the known set is as at.
func editionOf(id domain.TreatyID) string {
	switch n := chapterOf(id); {
	case n == 0:
		return ""
	case n <= lastEarlyChapter:
		return editionEarlyChapters
	}
	return editionLateChapters
}

var (
	reConclusion = regexp.MustCompile(`^(.*\S)\s*\.\s+([^.]*\b\d{4})$`)
	reArchives   = regexp.MustCompile(`\s*\(deposited in the archives of the ([^()]+)\)`)
)

// describe takes a title apart as the index writes it: "Convention on the High
// Seas. Geneva, 29 April 1958". What cannot be told clearly is left open, with
// a reason.
func describe(treaty *domain.Treaty, title string) (footnotes []string, doubt string) {
	title, footnotes = reading.Footnotes(title)
	treaty.Depositary = depositary
	if m := reArchives.FindStringSubmatch(title); m != nil {
		treaty.Depositary, title = m[1], strings.Replace(title, m[0], "", 1)
	}
	conclusion := ""
	if m := reConclusion.FindStringSubmatch(title); m != nil {
		title, conclusion = m[1], m[2]
		if before, abbreviated := strings.CutSuffix(title, ". St"); abbreviated {
			title, conclusion = before, "St. "+conclusion
		}
	}
	if bare := strings.TrimRight(title, " *"); bare != title {
		footnotes, title = append(footnotes, strings.TrimSpace(title[len(bare):])), bare
	}
	treaty.Title = title
	return footnotes, conclude(treaty, conclusion)
}

// conclude reads place and day of adoption. A convention and the protocol that
// amended it can stand under one number, with two places and two days.
func conclude(treaty *domain.Treaty, conclusion string) (doubt string) {
	if conclusion == "" {
		return "the title does not name place and day of adoption"
	}
	days := reading.DatesIn(conclusion)
	if len(days) > 1 {
		treaty.Note = "Concluded, as the source gives it: " + conclusion
		return fmt.Sprintf("the title has %d days: which of them is that of adoption is not clear", len(days))
	}
	place, adopted, err := reading.Conclusion(conclusion)
	if err != nil {
		return "the title does not end with place and day of adoption: " + err.Error()
	}
	treaty.Place, treaty.Adopted = place, adopted
	return ""
}

// Index reads the index of a set of tables, and returns the title of the treaty,
// with place and day of adoption, by the name of its file. The index has the
// columns chapter_no, treaty_no and treaty_name; others are not looked at.
func Index(content []byte) (map[string]string, error) {
	source := imports.Source{File: "index.csv"}
	text, _, err := reading.Text(source, content)
	if err != nil {
		return nil, err
	}
	if err := reading.RefuseHTML(source, text, acceptedIndex); err != nil {
		return nil, err
	}
	titles := make(map[string]string)
	var header reading.Header
	err = reading.EachRecord(source, text, ',', func(record *reading.Record) error {
		if record.Problem != "" {
			return reading.Refuse(source, record.Line, record.Code, record.Problem, acceptedIndex)
		}
		if header == nil {
			header = reading.HeaderOf(record.Cells)
			if !header.Has("chapter_no", "treaty_no", "treaty_name") {
				return reading.Refuse(source, record.Line, imports.NotThisFormat, "the first line does not name the columns of an index", acceptedIndex)
			}
			return nil
		}
		return indexLine(source, header, record, titles)
	})
	if err != nil {
		return nil, err
	}
	return titles, nil
}

const acceptedIndex = "an index with the columns chapter_no, treaty_no and treaty_name"

func indexLine(source imports.Source, header reading.Header, record *reading.Record, titles map[string]string) error {
	chapter, number := header.Of(record, "chapter_no"), header.Of(record, "treaty_no")
	file := chapter + "-" + strings.ReplaceAll(number, ".", "-") + ".csv"
	if _, ok := treatyOfFile(file); !ok {
		return reading.Refuse(source, record.Line, imports.NotThisFormat,
			fmt.Sprintf("chapter %q with number %q names no treaty", reading.Excerpt(chapter), reading.Excerpt(number)),
			"a chapter from 1 to 29 and a number such as 13 or 12.a")
	}
	title := header.Of(record, "treaty_name")
	if title == "" {
		return reading.Refuse(source, record.Line, imports.NotThisFormat, "the treaty has no title", acceptedIndex)
	}
	if other, twice := titles[file]; twice && other != title {
		return reading.Refuse(source, record.Line, imports.NotThisFormat,
			"the treaty stands in the index twice, under two titles", "an index in which every treaty stands once")
	}
	titles[file] = title
	return nil
}
