package pages

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"depositary/domain"
	"depositary/projections/find"
)

// This file reads an act from a form and writes one into it. The fields have the
// names that the API has for them. Statements that are made together with an act
// stand in fields that begin with "with-", one of each for every statement.

// mostWith is how many statements one form may record with an act.
const mostWith = 20

// command makes of the form what it asks for; what it cannot read is a problem.
func (b *actForm) command(c *clerk) domain.Command {
	reason := strings.TrimSpace(b.Form.Get("reason"))
	seen, _ := strconv.ParseUint(b.Form.Get("seen"), 10, 64) // empty at first
	if b.Purpose == toAnnul {
		return &domain.AnnulRecord{Treaty: b.Treaty, Record: b.Standing.Record, Reason: reason, Seen: seen}
	}
	action := b.action(c)
	if b.Purpose == toCorrect {
		if b.Standing.Current != nil {
			action.Provenance = b.Standing.Current.ToDomain().Provenance
		}
		return &domain.CorrectAction{Treaty: b.Treaty, Record: b.Standing.Record, Action: action, Reason: reason, Seen: seen}
	}
	if b.Treaty == "" {
		_, err := find.Treaty(c.Views.State, strings.TrimSpace(b.Form.Get("treaty")))
		b.problem("treaty", clipped(fmt.Sprint(err)), "the id, short name or alias of a treaty that is recorded")
	}
	command := &domain.RecordActions{Treaty: b.Treaty, Actions: append([]domain.Action{action}, b.with(action)...), Reason: reason, Seen: seen}
	if b.Arrival != nil {
		command.Arrival = b.Arrival.ID
		b.Checks = c.Views.State.CheckArrival(b.Arrival, command.Actions)
	}
	return command
}

// action reads the act.
func (b *actForm) action(c *clerk) (a domain.Action) {
	get := func(name string) string { return strings.TrimSpace(b.Form.Get(name)) }
	b.day("date", &a.Date)
	b.day("document", &a.Document)
	b.day("received", &a.Received)
	b.day("effect", &a.Effect)
	b.day("notified", &a.Notified)
	on := a.Date
	if on.IsZero() {
		on = c.Today
	}
	if p, err := find.Participant(c.Views.State, get("participant"), on); err != nil {
		b.problem("participant", err.Error(), "the id, code or name of a participant that is recorded")
	} else {
		a.Participant = p.ID
	}
	a.Kind = domain.ActionKind(get("action"))
	a.Notification, a.Note = get("notification"), lines(get("note"))
	a.Excludes, a.Accepts, a.Territories, a.Documents = eachLine(get("excludes")), eachLine(get("accepts")), eachLine(get("territories")), b.Documents
	a.Depositary, a.ByLaw = get("depositary"), domain.Ground(get("byLaw"))
	a.Statement = b.statement()
	return a
}

// day reads a day; an empty one is none.
func (b *actForm) day(name string, to *domain.Date) {
	text := strings.TrimSpace(b.Form.Get(name))
	if text == "" {
		return
	}
	day, err := domain.ParseDate(text)
	if err != nil {
		b.problem(name, err.Error(), "2003-07-01")
		return
	}
	*to = day
}

// statement reads what the act itself states, nil where it states nothing.
func (b *actForm) statement() *domain.Statement {
	s := domain.Statement{Text: lines(strings.TrimSpace(b.Form.Get("text"))), Language: strings.TrimSpace(b.Form.Get("language")),
		Articles: separated(b.Form.Get("articles")), Precluding: b.Form.Get("precluding") != ""}
	if text := strings.TrimSpace(b.Form.Get("target")); text != "" {
		target, err := domain.ParseRecordID(text)
		if err != nil {
			b.problem("target", err.Error(), "812.1")
		}
		s.Target = target
	}
	b.day("until", &s.Until)
	if s.Text == "" && s.Language == "" && len(s.Articles) == 0 && s.Target.IsZero() && !s.Precluding && s.Until.IsZero() {
		return nil
	}
	return &s
}

// with reads the statements that are made together with an act.
func (b *actForm) with(main domain.Action) (all []domain.Action) {
	texts := b.Form["with-text"]
	at := func(name string, i int) string {
		if values := b.Form[name]; i < len(values) {
			return strings.TrimSpace(values[i])
		}
		return ""
	}
	for i := range min(len(texts), mostWith) {
		kind := domain.ActionKind(at("with-action", i))
		text := lines(at("with-text", i))
		if kind == "" || text == "" && at("with-articles", i) == "" {
			continue
		}
		act := domain.Action{Participant: main.Participant, Kind: kind, Date: main.Date, Received: main.Received}
		if kind.IsTerritorial() {
			act.Territories = eachLine(text)
		} else {
			act.Statement = &domain.Statement{Text: text, Language: at("with-language", i), Articles: separated(at("with-articles", i))}
		}
		all = append(all, act)
	}
	return all
}

// formOf writes an act into a form.
func formOf(a *domain.Action) url.Values {
	f := url.Values{}
	set := func(name, value string) {
		if value != "" {
			f.Set(name, value)
		}
	}
	set("participant", string(a.Participant))
	set("action", string(a.Kind))
	for name, day := range map[string]domain.Date{"date": a.Date, "document": a.Document, "received": a.Received, "effect": a.Effect, "notified": a.Notified} {
		set(name, day.String())
	}
	set("notification", a.Notification)
	set("note", a.Note)
	set("excludes", strings.Join(a.Excludes, "\n"))
	set("accepts", strings.Join(a.Accepts, "\n"))
	set("depositary", a.Depositary)
	set("byLaw", string(a.ByLaw))
	set("territories", strings.Join(a.Territories, "\n"))
	if s := a.Statement; s != nil {
		set("text", s.Text)
		set("language", s.Language)
		set("articles", strings.Join(s.Articles, ", "))
		set("until", s.Until.String())
		if !s.Target.IsZero() {
			set("target", s.Target.String())
		}
		if s.Precluding {
			set("precluding", "yes")
		}
	}
	return f
}

// lines returns a text with the line ends that texts have outside of forms.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func eachLine(text string) (all []string) {
	for line := range strings.Lines(lines(text)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func separated(text string) (all []string) {
	for part := range names(text) {
		all = append(all, part)
	}
	return all
}

// field is one field of a form with what is wrong with it.
type field struct {
	Name, Label, Type, Value, Placeholder string
	Problems                              []domain.Finding
	Required                              bool
}

// Field returns a field of the form by its name.
func (b *actForm) Field(p *Page, name, kind string) field {
	return b.labelled(name, kind, p.T("desk.act.field."+name))
}

func (b *actForm) labelled(name, kind, label string) field {
	f := field{Name: name, Type: kind, Label: label, Value: b.Form.Get(name)}
	for _, problem := range append(append([]domain.Finding{}, b.Problems...), b.Queries...) {
		if problem.Field == name {
			f.Problems = append(f.Problems, problem)
		}
	}
	f.Required = name == "date" || name == "participant" || name == "treaty"
	return f
}

// Said reports whether any of the fields has been filled in, so that it is shown open.
func (b *actForm) Said(names ...string) bool {
	for _, name := range names {
		if b.Form.Get(name) != "" {
			return true
		}
		for _, problem := range b.Problems {
			if problem.Field == name {
				return true
			}
		}
	}
	return false
}

// withRow is a statement that is made together with an act.
type withRow struct {
	N                                int
	Action, Text, Articles, Language string
}

// With returns the rows of statements that go with the act: those that were filled
// in, and an empty one where another was asked for.
func (b *actForm) With() (rows []withRow) {
	at := func(name string, i int) string {
		if values := b.Form[name]; i < len(values) {
			return values[i]
		}
		return ""
	}
	for i := range min(len(b.Form["with-text"]), mostWith) {
		row := withRow{len(rows), at("with-action", i), at("with-text", i), at("with-articles", i), at("with-language", i)}
		if strings.TrimSpace(row.Text+row.Articles) != "" {
			rows = append(rows, row)
		}
	}
	if b.Form.Get("do") == "more" && len(rows) < mostWith {
		rows = append(rows, withRow{N: len(rows), Action: string(domain.Reservation)})
	}
	return rows
}

// Attached returns the documents as the form carries them on.
func (b *actForm) Attached() (texts []string) {
	for _, d := range b.Documents {
		texts = append(texts, attached(d))
	}
	return texts
}

// At names the field that a finding is about, for a link to it.
func (b *actForm) At(f domain.Finding) string { return cmp.Or(f.Field, "form") }
