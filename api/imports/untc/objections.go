package untc

import (
	"regexp"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// This file reads the objections of a page. One becomes an act where its
// heading names the one State whose reservations it answers, its day stands
// beside it, and its text objects; every other text is a finding.

var (
	reAnswers   = regexp.MustCompile(`(?i)^(?:with regards? to|objections? to|in respect of)\s+(?:the\s+|an?\s+)?(?:general\s+|interpretative\s+)?(?:reservations?|declarations?)\b`)
	reMadeBy    = regexp.MustCompile(`(?i)\b(?:made )?by (?:the )?(?:Government of (?:the )?)?(.+?)(?:\s+made)?(?:\s+(?:up)?on\s+(ratification|accession|acceptance|approval|succession|signature)|\s+concerning\b|\s+to article\b|\s+with respect\b|\s+in respect\b|\s*:|\s*$)`)
	reSeveral   = regexp.MustCompile(`(?i)\b(?:reservations|declarations)\b`)
	reNoAnswer  = regexp.MustCompile(`(?i)reservations?\b.*declaration|understanding|statement|modif|withdraw|\[`)
	reDeclared  = regexp.MustCompile(`(?i)\bdeclarations?\b`)
	reObjects   = regexp.MustCompile(`(?i)\bobject(?:s|ed|ing|ions?)?\b`)
	rePrecludes = regexp.MustCompile(`(?i)([^.]*)\b(?:preclud\w*|obstacle|prevent\w*)\b([^.]*)`)
	reNot       = regexp.MustCompile(`(?i)\b(?:not|nor|without|no)\b`)
)

// objection is one text of the section, with what stands above it.
type objection struct {
	day   string
	about string
	line  int
	text  []string
}

// takeObjectionsApart splits what a State wrote in the section by its days and
// headings.
func takeObjectionsApart(entry *statementText) (all []*objection) {
	current := &objection{line: entry.line}
	begin := func(next *objection) {
		if len(current.text) > 0 {
			all = append(all, current)
		}
		current = next
	}
	for _, b := range entry.blocks {
		switch b.kind {
		case dated:
			begin(&objection{day: reading.Squeeze(b.text), line: b.line})
		case heading:
			begin(&objection{day: current.day, about: reading.Squeeze(b.text), line: b.line})
		case words:
			if line := reading.Squeeze(b.text); line != "" {
				current.text = append(current.text, strings.TrimSpace(b.text))
			}
		}
	}
	begin(nil)
	return all
}

// answers returns what the heading of an objection says that it answers; false
// where that is more than the reservations of one State, or less.
func answers(about string) (to imports.Answered, ok bool) {
	if !reAnswers.MatchString(about) || reNoAnswer.MatchString(about) {
		return to, false
	}
	by := reMadeBy.FindStringSubmatch(about)
	if by == nil || strings.Contains(by[1], ",") || strings.Count(strings.ToLower(about), "made by") > 1 {
		return to, false
	}
	to = imports.Answered{Participant: strings.TrimSpace(by[1]), Articles: articlesIn(about), All: reSeveral.MatchString(about), Declared: reDeclared.MatchString(about)}
	switch word := strings.ToLower(by[2]); word {
	case "":
	case "succession":
		to.Upon = domain.SuccessionOfState
	default:
		to.Upon = domain.ActionKind(word)
	}
	return to, true
}

// precludes reports whether a text may preclude the entry into force of the
// treaty between the two States: the words for it stand without a "not".
func precludes(text string) bool {
	for _, m := range rePrecludes.FindAllStringSubmatch(strings.ReplaceAll(text, "\n", " "), -1) {
		if !reNot.MatchString(m[1] + m[2]) {
			return true
		}
	}
	return false
}

func (r *reader) readObjections(entry *statementText, name string) {
	for _, o := range takeObjectionsApart(entry) {
		text := strings.Join(o.text, "\n")
		at := r.textAt(entry, o.line, reading.Squeeze(o.about+" "+text))
		day, err := reading.Date(o.day)
		to, ok := answers(o.about)
		switch {
		case o.day == "" || err != nil:
			r.keptOut(entry, name, o.line, at.Text, "an objection or a communication"+told(o)+": its day does not stand beside it")
		case !ok:
			r.keptOut(entry, name, o.line, at.Text, "an objection or a communication"+told(o)+": which statements of which State it answers is not for the page to say")
		case !reObjects.MatchString(text):
			r.keptOut(entry, name, o.line, at.Text, "a communication"+told(o)+": it does not object")
		case precludes(text):
			r.keptOut(entry, name, o.line, at.Text, "an objection"+told(o)+": whether it precludes the entry into force between the two States is not clear")
		default:
			r.cellOf(at)
			r.ClaimAnswer(r.treaty, at, name, domain.Action{Kind: domain.Objection, Date: day, Statement: &domain.Statement{Text: text, Language: "en"}}, to)
		}
	}
}

// told says of which day an objection is, and what its heading says.
func told(o *objection) (words string) {
	if o.day != "" {
		words = " of " + o.day
	}
	if o.about != "" {
		words += ", " + strings.TrimSuffix(o.about, ":")
	}
	return words
}
