package domain

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkForm checks what can be said of an act without knowing the ledger.
func (d *decider) checkForm(a *Action) (findings []Finding) {
	if !a.Kind.Known() {
		findings = append(findings, reject(CodeUnknownAction, "action", fmt.Sprintf("%q is not an act", a.Kind)).
			accepting(expectedKinds(string(a.Kind))))
	}
	if a.Date.IsZero() {
		findings = append(findings, reject(CodeFieldRequired, "date", "an act has a day").accepting("a day such as 2003-07-01"))
	}
	for _, f := range []struct {
		field string
		date  Date
	}{{"date", a.Date}, {"document", a.Document}, {"received", a.Received}, {"notified", a.Notified}} {
		if f.date.After(d.today) {
			findings = append(findings, reject(CodeDateInFuture, f.field, fmt.Sprintf("%s has not come yet: today is %s at the depositary", f.date, d.today)).
				accepting("a day up to "+d.today.String()))
		}
	}
	if a.Kind.Known() {
		findings = append(append(append(findings, checkEffect(a)...), checkByLaw(a)...), checkStatement(a)...)
	}
	findings = append(findings, checkNotification(a)...)
	return append(append(findings, checkSizes(a)...), checkDocuments(a.Documents)...)
}

// checkStatement checks that an act has the statement, the target and the
// territories that its kind asks for, and no others.
func checkStatement(a *Action) (findings []Finding) {
	s, text, answers := a.Statement, a.Kind.IsStatement(), a.Kind.Answers()
	switch {
	case s == nil && text:
		findings = append(findings, reject(CodeFieldRequired, "statement", a.Kind.WithArticle()+" has a text").accepting("its text, and the articles it concerns"))
	case s == nil && answers:
		findings = append(findings, reject(CodeFieldRequired, "statement", a.Kind.WithArticle()+" names what it answers").accepting("a statement with the target, the id of a record"))
	case s != nil && !text && !answers:
		findings = append(findings, reject(CodeFieldUnexpected, "statement", a.Kind.WithArticle()+" carries no statement").
			accepting("the statement as an act of its own in the same command"))
	case s != nil && text && strings.TrimSpace(s.Text) == "":
		findings = append(findings, reject(CodeFieldRequired, "statement.text", "a statement has a text").accepting("its text as received"))
	}
	if s != nil && !answers && !s.Target.IsZero() {
		findings = append(findings, reject(CodeFieldUnexpected, "statement.target", a.Kind.WithArticle()+" answers no record").accepting("no target"))
	}
	if s != nil && s.Precluding && a.Kind != Objection {
		findings = append(findings, reject(CodeFieldUnexpected, "statement.precluding", "only an objection precludes entry into force between two").
			citing("VCLT 20(4)(b)").accepting("an objection"))
	}
	if s != nil && !s.Until.IsZero() {
		switch {
		case !a.Kind.forATime():
			findings = append(findings, reject(CodeFieldUnexpected, "statement.until", a.Kind.WithArticle()+" has no last day").accepting("the act that ends it"))
		case s.Until.Before(a.Effect.Or(a.Date)):
			findings = append(findings, reject(CodeFieldInvalid, "statement.until", fmt.Sprintf("it ends (%s) before it begins (%s)", s.Until, a.Effect.Or(a.Date))).
				accepting("a day from "+a.Effect.Or(a.Date).String()+" on"))
		}
	}
	if a.Kind == AcceptanceOfParts && len(a.Accepts) == 0 {
		findings = append(findings, reject(CodeFieldRequired, "accepts", a.Kind.WithArticle()+" names the parts").accepting("the articles or parts that are accepted, such as Annex I"))
	}
	if a.Kind == DenunciationOfParts && len(a.Excludes) == 0 {
		findings = append(findings, reject(CodeFieldRequired, "excludes", a.Kind.WithArticle()+" names the parts").accepting("the articles or parts that are denounced"))
	}
	if a.Kind.IsTerritorial() && len(a.Territories) == 0 {
		findings = append(findings, reject(CodeFieldRequired, "territories", a.Kind.WithArticle()+" names territories").accepting("the territories, by name"))
	}
	return findings
}

func checkSizes(a *Action) (findings []Finding) {
	findings = append(findings, tooLong("note", a.Note, maxNote)...)
	findings = append(findings, tooLong("notification", a.Notification, maxReason)...)
	findings = append(findings, tooLong("depositary", a.Depositary, maxDocumentName)...)
	type list struct {
		field   string
		entries []string
	}
	lists := []list{{"excludes", a.Excludes}, {"territories", a.Territories}}
	if s := a.Statement; s != nil {
		findings = append(findings, tooLong("statement.text", s.Text, maxStatement)...)
		lists = append(lists, list{"statement.articles", s.Articles})
	}
	for _, l := range lists {
		if len(l.entries) > maxList || slices.ContainsFunc(l.entries, func(x string) bool { return strings.TrimSpace(x) == "" || len(x) > 500 }) {
			findings = append(findings, reject(CodeFieldTooLong, l.field, fmt.Sprintf("up to %d entries of 1 to 500 characters", maxList)))
		}
	}
	return findings
}

func checkDocuments(documents []Document) (findings []Finding) {
	if len(documents) > maxDocuments {
		findings = append(findings, reject(CodeFieldTooLong, "documents", fmt.Sprintf("%d documents", len(documents))).accepting(fmt.Sprintf("up to %d", maxDocuments)))
	}
	for i, doc := range documents {
		field := fmt.Sprintf("documents[%d]", i)
		if !isDigest(doc.Digest) {
			findings = append(findings, reject(CodeFieldInvalid, field+".digest", "it is no digest").accepting("the SHA-256 of the document, 64 hexadecimal digits in lower case"))
		}
		if doc.Size < 1 {
			findings = append(findings, reject(CodeFieldInvalid, field+".size", "a document has bytes").accepting("its size in bytes, from 1"))
		}
		if strings.TrimSpace(doc.Name) == "" || strings.TrimSpace(doc.Type) == "" {
			findings = append(findings, reject(CodeFieldRequired, field, "a document has a name and a type").accepting("the name of its file and its media type, such as application/pdf"))
		}
		findings = append(findings, tooLong(field+".name", doc.Name, maxDocumentName)...)
		findings = append(findings, tooLong(field+".type", doc.Type, maxDocumentName)...)
	}
	return findings
}

// isDigest reports whether the text is a SHA-256 as it is written here.
func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

func tooLong(field, text string, limit int) []Finding {
	if n := utf8.RuneCountInString(text); n > limit {
		return []Finding{reject(CodeFieldTooLong, field, fmt.Sprintf("%d characters", n)).accepting(fmt.Sprintf("up to %d characters", limit))}
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return []Finding{reject(CodeFieldInvalid, field, "the text is not valid UTF-8, or holds a NUL").accepting("text in UTF-8")}
	}
	return nil
}
