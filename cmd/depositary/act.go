package main

import (
	"cmp"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"depositary/domain"
	"depositary/projections/model"
)

// actFlags are the flags that say what an act is.
type actFlags struct {
	date, effect, received, document, notified string
	notification, text, language, target, note string
	source, verification, until                string
	depositary, byLaw                          string
	excludes, accepts                          []string
	territories, articles, attached            []string
	precluding                                 bool
	reason                                     string
	seen                                       uint64
	dryRun                                     bool
	key                                        string
}

func (f *actFlags) flags(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.date, "date", "", "legal day: of signature, of deposit of the instrument, of receipt of the notification")
	s.StringVar(&f.effect, "effect", "", "day of effect, where the instrument or the source states one")
	s.StringVar(&f.received, "received", "", "day on which the depositary received it, where that is not the legal day")
	s.StringVar(&f.document, "document", "", "date of the document")
	s.StringVar(&f.notified, "notified", "", "date of the depositary notification")
	s.StringVar(&f.notification, "notification", "", "reference of the depositary notification")
	s.StringArrayVar(&f.excludes, "excludes", nil, "part of the treaty that is excluded, or denounced later, such as \"Annex I\" (may be repeated)")
	s.StringArrayVar(&f.accepts, "accepts", nil, "article or part that is accepted, where consent covers some only or further ones are accepted later (may be repeated)")
	s.StringArrayVar(&f.territories, "territory", nil, "territory to which the consent is limited, or which the act adds or takes out (may be repeated)")
	s.StringVar(&f.text, "text", "", "text of a statement; @FILE reads it from a file, @- from standard input")
	s.StringVar(&f.language, "language", "", "language of the text (BCP 47), such as en")
	s.StringArrayVar(&f.articles, "article", nil, "article that a statement concerns, or that a partial withdrawal gives up (may be repeated)")
	s.StringVar(&f.target, "target", "", "record that an act answers: the reservation objected to, accepted, confirmed, changed or withdrawn; the objection, declaration or derogation ended")
	s.StringVar(&f.until, "until", "", "last day of a derogation, of what is notified, or of a reservation or declaration made for a limited time")
	s.BoolVar(&f.precluding, "precluding", false, "the objection precludes entry into force between the two (VCLT 20(4)(b))")
	s.StringArrayVar(&f.attached, "attach", nil, "file of a document that proves the act, such as the instrument; its digest is recorded (may be repeated)")
	s.StringVar(&f.note, "note", "", "note")
	s.StringVar(&f.depositary, "depositary", "", "with which of several depositaries it was made, such as London")
	s.StringVar(&f.byLaw, "by-law", "", "of a withdrawal: what it follows from by law, without a notice: revising convention, parent treaty or membership")
	s.StringVar(&f.source, "source", "", "where the fact was taken from")
	s.StringVar(&f.verification, "verification", "", "how far it was checked, such as verified or unverified")
	s.Uint64Var(&f.seen, "seen", 0, "revision of the treaty that you had seen; refused if it has changed since")
	f.carryOut(c)
}

// carryOut adds the flags of every command that writes.
func (f *actFlags) carryOut(c *cobra.Command) {
	c.Flags().StringVar(&f.reason, "reason", "", "why it is recorded all the same, corrected or annulled")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would follow, and record nothing")
	c.Flags().StringVar(&f.key, "idempotency-key", "", "id of the command: sent again it is recorded once (default a new one)")
}

func (f *actFlags) order() order { return order{dryRun: f.dryRun, key: f.key} }

// apply puts what was given into an act and leaves the rest. A field that was
// given empty is emptied.
func (f *actFlags) apply(a *app, given *pflag.FlagSet, act *model.Action) error {
	for _, d := range []struct {
		name, text string
		to         *domain.Date
	}{{"date", f.date, &act.Date}, {"effect", f.effect, &act.Effect}, {"received", f.received, &act.Received},
		{"document", f.document, &act.Document}, {"notified", f.notified, &act.Notified}} {
		if !given.Changed(d.name) {
			continue
		}
		day, err := parseDay("--"+d.name, d.text)
		if err != nil {
			return err
		}
		*d.to = day
	}
	for _, t := range []struct {
		name, text string
		to         *string
	}{{"notification", f.notification, &act.Notification}, {"note", f.note, &act.Note},
		{"depositary", f.depositary, &act.Depositary}} {
		if given.Changed(t.name) {
			*t.to = t.text
		}
	}
	if given.Changed("excludes") {
		act.Excludes = withoutEmpty(f.excludes)
	}
	if given.Changed("accepts") {
		act.Accepts = withoutEmpty(f.accepts)
	}
	if given.Changed("territory") {
		act.Territories = withoutEmpty(f.territories)
	}
	if given.Changed("by-law") {
		act.ByLaw = domain.Ground(f.byLaw)
	}
	f.applyProvenance(given, act)
	return f.applyStatement(a, given, act)
}

// attach brings the documents that were given and names them in the act; they
// stand instead of those that it named.
func (f *actFlags) attach(ctx context.Context, a *app, d *door, act *model.Action) error {
	if len(f.attached) == 0 {
		return nil
	}
	act.Documents = nil
	for _, name := range f.attached {
		data, err := a.readFile(name)
		if err != nil {
			return err
		}
		kind := cmp.Or(mime.TypeByExtension(filepath.Ext(name)), http.DetectContentType(data))
		response, err := d.do(ctx, http.MethodPost, "/v1/documents", url.Values{"name": {filepath.Base(name)}}, http.Header{"Content-Type": {kind}}, data)
		if err != nil {
			return naming(name, err)
		}
		raw, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			return naming(name, err)
		}
		doc, err := decoded[model.Document](raw)
		if err != nil {
			return err
		}
		act.Documents = append(act.Documents, doc)
	}
	return nil
}

func parseDay(field, text string) (domain.Date, error) {
	if text == "" {
		return domain.Date{}, nil
	}
	day, err := domain.ParseDate(text)
	if err != nil {
		return day, refusedInput(field, err.Error(), "a day such as 2003-07-01")
	}
	return day, nil
}

func withoutEmpty(texts []string) (kept []string) {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

func (f *actFlags) applyProvenance(given *pflag.FlagSet, act *model.Action) {
	if !given.Changed("source") && !given.Changed("verification") {
		return
	}
	var p model.Provenance
	if act.Provenance != nil {
		p = *act.Provenance
	}
	if given.Changed("source") {
		p = model.Provenance{Attestation: model.Attestation{Source: f.source, Verification: p.Verification}} // another source, another place in it
	}
	if given.Changed("verification") {
		p.Verification = f.verification
	}
	act.Provenance = &p
}

func (f *actFlags) applyStatement(a *app, given *pflag.FlagSet, act *model.Action) error {
	var s model.Statement
	if act.Statement != nil {
		s = *act.Statement
	}
	changed := false
	for _, name := range []string{"text", "language", "article", "target", "precluding", "until"} {
		changed = changed || given.Changed(name)
	}
	if !changed {
		return nil
	}
	if given.Changed("text") {
		text, err := a.textOf(f.text)
		if err != nil {
			return err
		}
		s.Text = text
	}
	if given.Changed("language") {
		s.Language = f.language
	}
	if given.Changed("article") {
		s.Articles = withoutEmpty(f.articles)
	}
	if given.Changed("precluding") {
		s.Precluding = f.precluding
	}
	if given.Changed("target") {
		if err := s.Target.UnmarshalText([]byte(f.target)); err != nil {
			return refusedInput("--target", err.Error(), "the id of a record, such as 812.1")
		}
	}
	if given.Changed("until") {
		day, err := parseDay("--until", f.until)
		if err != nil {
			return err
		}
		s.Until = day
	}
	act.Statement = &s
	return nil
}

// textOf reads a text that stands in a file where it begins with @.
func (a *app) textOf(text string) (string, error) {
	name, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		return text, nil
	}
	data, err := a.readFile(name)
	return strings.TrimRight(string(data), "\r\n"), err
}
