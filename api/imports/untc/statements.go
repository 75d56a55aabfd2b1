package untc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// stated is one statement of a State, as it is read.
type stated struct {
	kind     domain.ActionKind // empty where the heading leaves it open
	line     int
	title    string
	day      domain.Date // no day: with the signature or the consent of the State
	signing  bool        // made upon signature, and not confirmed
	articles []string    // that the heading names
	text     []string
}

// readStatements reads the texts of a page. Where kind, day and author of a
// statement are clear it becomes an act; every other text is a finding, which
// says whose it is and of which day.
func (r *reader) readStatements(p *page) {
	underArticle := r.procedures(p)
	for _, entry := range p.statements {
		name, _ := reading.Footnotes(entry.participant)
		name, _ = reading.WithdrawnName(name)
		if reading.NameProblem(name) != "" {
			if len(entry.blocks) > 0 {
				r.keptOut(entry, name, entry.blocks[0].line, excerptOf(entry.blocks), "the text stands without the name of a State")
			}
			continue
		}
		switch entry.section {
		case declarationsSection:
			for _, s := range r.takeApart(entry, name) {
				r.claimStatement(entry, name, s)
			}
		case underArticleSection:
			r.readUnderArticle(entry, name, underArticle)
		case objectionsSection:
			r.readObjections(entry, name)
		default:
			r.readOther(entry, name)
		}
	}
}

func excerptOf(blocks []block) string {
	if len(blocks) == 0 {
		return ""
	}
	return reading.Squeeze(blocks[0].text)
}

// place is where a text stands.
func (r *reader) textAt(entry *statementText, line int, text string) imports.Place {
	return r.At(line, sectionTitles[entry.section], text)
}

func (r *reader) keptOut(entry *statementText, name string, line int, text, why string) {
	message := why
	if name != "" {
		message = reading.Excerpt(name) + ": " + why
	}
	r.Find(r.treaty, r.textAt(entry, line, text), imports.TextKeptOut, message, "not recorded; what it says can be recorded as an act by hand")
}

// takeApart splits the text of a State in the section of declarations and
// reservations into its statements.
func (r *reader) takeApart(entry *statementText, name string) (all []*stated) {
	current := &stated{line: entry.line}
	begin := func(next *stated) {
		if len(current.text) > 0 || len(current.articles) > 0 {
			all = append(all, current)
		}
		current = next
	}
	for _, b := range entry.blocks {
		switch b.kind {
		case dated:
			day, err := reading.Date(b.text)
			if err != nil {
				r.keptOut(entry, name, b.line, reading.Squeeze(b.text), "this is no day by itself, so that the day of what follows is not known")
				begin(&stated{line: b.line})
				continue
			}
			begin(&stated{line: b.line, day: day})
		case heading:
			for _, line := range b.lines() {
				begin(under(current, line, b.line))
			}
		case words:
			if line := reading.Squeeze(b.text); line != "" {
				current.text = append(current.text, strings.TrimSpace(b.text))
			}
		}
	}
	begin(nil)
	return all
}

var (
	reSigning    = regexp.MustCompile(`(?i)\b(?:upon|on|at the time of)\s+signature|\bmade upon signature`)
	reConsenting = regexp.MustCompile(`(?i)\b(?:upon|on|at the time of|confirmed upon)\s+(?:ratifica|accession|acceptance|succession|approval|formal)`)
	reSaysWhen   = regexp.MustCompile(`(?i)^(?:made |confirmed )?(?:upon|on|at the time of)\s+(?:signature|ratification|accession|acceptance|succession|approval)(?: and confirmed upon \w+)?\s*:?$`)
	reOnlyPlace  = regexp.MustCompile(`(?i)^["“]?(?:\(?[a-z0-9]{1,2}[.)]\s*)?(?:in respect of |with respect to )?(?:sub-?paragraph .{1,20} of )?(?:paragraph .{1,12} of )?articles?\b`)
)

// under begins a statement with a heading. What the heading does not say holds
// on from the one before: a heading that only names an article, or says when.
func under(before *stated, title string, line int) *stated {
	next := &stated{line: line, title: title, day: before.day, kind: before.kind, signing: before.signing, articles: articlesIn(title)}
	switch {
	case reConsenting.MatchString(title):
		next.signing = false
	case reSigning.MatchString(title):
		next.signing = true
	}
	if reSaysWhen.MatchString(title) {
		next.kind = ""
		return next
	}
	kind, says := kindOfHeading(title)
	if says || !reOnlyPlace.MatchString(title) {
		next.kind = kind
	}
	return next
}

// kindOfHeading returns the kind that a heading says, and whether it says any: a
// declaration and a reservation under one heading are neither for sure.
func kindOfHeading(title string) (kind domain.ActionKind, says bool) {
	lower := strings.ToLower(title)
	reserves := strings.Contains(lower, "reservation")
	declares := strings.Contains(lower, "declaration") || strings.Contains(lower, "statement") || strings.Contains(lower, "understanding")
	switch {
	case strings.Contains(lower, "withdraw") || strings.Contains(lower, "objection") || strings.Contains(lower, "communication"):
		return "", true
	case reserves && declares:
		return "", true
	case reserves:
		return domain.Reservation, true
	case declares:
		return domain.InterpretativeDecl, true
	}
	return "", false
}

var (
	reRecognises = regexp.MustCompile(`(?i)([^.]*?)\b(?:recogni[sz]es?|recogni[sz]ing|accepts?)\b([^.]{0,120}?)\bcompetence\b`)
	reNotNow     = regexp.MustCompile(`(?i)\b(?:not|never|will|would|shall|later|future|withdraws?)\b`)
	reNotBound   = regexp.MustCompile(`(?i)\b(?:does|do|shall|will) not consider (?:itself|themselves) (?:to be )?bound by\b(.*)`)
)

// recognises reports whether a text recognises the competence of a committee,
// now and without a "not" in that sentence.
func recognises(text string) bool {
	m := reRecognises.FindStringSubmatch(strings.ReplaceAll(text, "\n", " "))
	return m != nil && !reNotNow.MatchString(m[1]+m[2])
}

// excluded returns the articles by which a State does not consider itself bound:
// however it is named, such a statement is a reservation (VCLT 2(1)(d)).
func excluded(text string) []string {
	m := reNotBound.FindStringSubmatch(strings.ReplaceAll(text, "\n", " "))
	if m == nil {
		return nil
	}
	return articlesIn(m[1])
}

// claimStatement makes an act of a statement, or says why it cannot.
func (r *reader) claimStatement(entry *statementText, name string, s *stated) {
	text := strings.Join(s.text, "\n")
	at := reading.Squeeze(s.title + " " + text)
	if s.kind == "" {
		r.keptOut(entry, name, s.line, at, "the page does not say for sure whether this is a reservation or a declaration")
		return
	}
	if s.kind == domain.InterpretativeDecl && len(s.articles) > 0 && recognises(text) {
		for _, article := range s.articles {
			r.claim(entry, name, s, domain.OptionalDeclaration, text, []string{procedureArticle(article)})
		}
		return
	}
	if out := excluded(text); s.kind == domain.InterpretativeDecl && len(out) > 0 {
		if len(s.text) > 1 || strings.Count(text, "\n") > 0 {
			r.keptOut(entry, name, s.line, at, "it is named a declaration, and says among other things that the State is not bound by article "+strings.Join(out, ", "))
			return
		}
		r.claim(entry, name, s, domain.Reservation, text, out[:1])
		return
	}
	articles := s.articles
	if len(articles) == 0 {
		articles = articlesIn(text)
	}
	r.claim(entry, name, s, s.kind, text, articles)
}

// procedureArticle returns the article by which a procedure is known: 76 for 76(1).
func procedureArticle(article string) string {
	number, _, _ := strings.Cut(article, "(")
	return number
}

func (r *reader) claim(entry *statementText, name string, s *stated, kind domain.ActionKind, text string, articles []string) {
	at := r.textAt(entry, s.line, reading.Squeeze(s.title+" "+text))
	day, note := s.day, ""
	if day.IsZero() {
		var ok bool
		if day, note, ok = r.madeWith(name, s.signing); !ok {
			r.Find(r.treaty, at, imports.TextKeptOut, fmt.Sprintf("%s: the table has no act of this name with which the statement was made", name), "not recorded")
			return
		}
	}
	r.cellOf(at)
	r.Claim(r.treaty, at, name, domain.Action{Kind: kind, Date: day, Note: note,
		Statement: &domain.Statement{Text: cmpText(text, s.title), Language: "en", Articles: articles}})
}

// cellOf counts the place of a text once, however many acts it tells.
func (r *reader) cellOf(at imports.Place) {
	if !r.told[at] {
		r.told[at] = true
		r.Cell()
	}
}

func cmpText(text, title string) string {
	if text == "" {
		return title
	}
	return text
}

// madeWith returns the day of the act with which a statement without a day was
// made: that of the consent, as the page says, or of the signature.
func (r *reader) madeWith(name string, signing bool) (day domain.Date, note string, ok bool) {
	acts := r.acts[name]
	fits := func(a domain.Action) bool { return a.Kind.IsConsent() }
	if signing {
		fits = func(a domain.Action) bool { return a.Kind.IsSignature() }
	}
	i := slices.IndexFunc(acts, fits)
	if i < 0 {
		return domain.Date{}, "", false
	}
	return acts[i].Date, "made upon " + string(acts[i].Kind) + ", as the page says of statements without a day", true
}

var reProcedureTitle = regexp.MustCompile(`(?i)\barticles?\s+(\d+(?:\s*(?:,|and)\s*\d+)*)`)

// procedures returns the articles of the section of declarations under an article.
func (r *reader) procedures(p *page) (articles []string) {
	for _, key := range []string{"divMainDecArt/", "divMainDecArt/divMainDecArt"} {
		if e := p.fields[key]; e != nil {
			for _, m := range reProcedureTitle.FindAllStringSubmatch(e.words(), -1) {
				for number := range strings.FieldsFuncSeq(m[1], func(c rune) bool { return c < '0' || c > '9' }) {
					articles = append(articles, number)
				}
			}
		}
	}
	return articles
}

// readUnderArticle reads a declaration under an article: the competence of a
// committee that is recognised, where the text says so and nothing against it.
func (r *reader) readUnderArticle(entry *statementText, name string, articles []string) {
	s := &stated{line: entry.line}
	dates := 0
	for _, b := range entry.blocks {
		switch b.kind {
		case dated:
			if day, err := reading.Date(b.text); err == nil {
				s.day = day
				dates++
			}
		default:
			s.text = append(s.text, strings.TrimSpace(b.text))
		}
	}
	text := strings.Join(s.text, "\n")
	if reading.Squeeze(text) == "" {
		return
	}
	named := slices.DeleteFunc(slices.Clone(articles), func(a string) bool {
		return !slices.ContainsFunc(articlesIn(text), func(in string) bool { return procedureArticle(in) == a })
	})
	if len(named) == 0 && len(articles) == 1 {
		named = articles
	}
	switch {
	case dates > 1:
		r.keptOut(entry, name, s.line, reading.Squeeze(text), "several declarations of several days stand together")
	case len(named) == 0:
		r.keptOut(entry, name, s.line, reading.Squeeze(text), "the text does not name the article under which it was made")
	case !recognises(text):
		r.keptOut(entry, name, s.line, reading.Squeeze(text), "the text does not recognise the procedure for sure")
	default:
		for _, article := range named {
			r.claim(entry, name, s, domain.OptionalDeclaration, text, []string{article})
		}
	}
}

// readOther reports notifications with their author, their days and headings.
func (r *reader) readOther(entry *statementText, name string) {
	day, line, about := "", entry.line, ""
	say := func(b block) {
		what := "a notification"
		if day != "" {
			what += " of " + day
		}
		if about != "" {
			what += ", " + about
		}
		r.keptOut(entry, name, line, reading.Squeeze(b.text), what+": it is read by people only")
	}
	told := false
	for _, b := range entry.blocks {
		switch b.kind {
		case dated:
			day, line, about, told = reading.Squeeze(b.text), b.line, "", false
		case heading:
			about, line, told = strings.TrimSuffix(reading.Squeeze(b.text), ":"), b.line, false
		case words:
			if !told && reading.Squeeze(b.text) != "" {
				say(b)
				told = true
			}
		}
	}
}
