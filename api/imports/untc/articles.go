package untc

import (
	"regexp"
	"slices"
	"strings"
)

// An article as statements write it: 22, 92 (1), 18, paragraph 6, 16, paragraph
// 1 (h), paragraph 1 of article 92.
var (
	reArticles = regexp.MustCompile(`(?i)\b(?:paragraphs? (\d+)(?: \(([a-z])\))? of )?articles?\s+(\d+[^.;:"“”]{0,120})`)
	reOne      = regexp.MustCompile(`^(\d{1,3})(?:\s*(?:,?\s*(?:paragraph|para\.?)\s*|\()(\d{1,2})\)?)?(?:\s*\(([a-z])\))?(?:\s*\(([ivx]+)\))?`)
	reBetween  = regexp.MustCompile(`^\s*(?:,\s*and\s+|,\s*|\s+and\s+|\s*&\s*)(?:(?:of\s+)?articles?\s+)?`)
	reOfOther  = regexp.MustCompile(`(?i)^\s*(?:[^,.;]{0,40}?\bof\s+)(?:its|the|our|that)\s+(?:\w+\s+){0,3}?(?:constitution|code|law|act|charter|vienna|statute|regulations?|decree|universal|family|criminal|civil|penal|general)\b`)
)

// articlesIn returns the articles of the treaty that a text names, in the form
// of the ledger: 22, 92(1), 16(1)(h). Articles of other instruments are left out
// where the text says so.
func articlesIn(text string) (articles []string) {
	for _, m := range reArticles.FindAllStringSubmatch(text, -1) {
		list, rest := articleList(m[3])
		if reOfOther.MatchString(rest) {
			continue
		}
		if m[1] != "" && len(list) == 1 && !strings.Contains(list[0], "(") {
			list[0] += "(" + m[1] + ")"
			if m[2] != "" {
				list[0] += "(" + m[2] + ")"
			}
		}
		for _, article := range list {
			if !slices.Contains(articles, article) {
				articles = append(articles, article)
			}
		}
	}
	return articles
}

// articleList reads one article after the other, as long as they follow each
// other, and returns what comes then.
func articleList(text string) (list []string, rest string) {
	for {
		m := reOne.FindStringSubmatch(text)
		if m == nil {
			return list, text
		}
		article := m[1]
		for _, part := range m[2:] {
			if part != "" {
				article += "(" + part + ")"
			}
		}
		list = append(list, article)
		text = text[len(m[0]):]
		between := reBetween.FindString(text)
		if between == "" || reOne.FindString(text[len(between):]) == "" {
			return list, text
		}
		text = text[len(between):]
	}
}
