// Package notification drafts depositary notifications from recorded acts, in
// English and French, by templates that a secretariat can change.
//
// A draft leaves nothing behind: it is made of what is recorded, and what is
// issued is what somebody has read and sent.
package notification

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections"
)

//go:embed templates.toml
var bundledTemplates string

// other is under what a template of every other act stands in the bundled file.
const other = "other"

// bundled returns the bundled templates by language and kind.
var bundled = sync.OnceValue(func() map[string]map[string]domain.NotificationText {
	var all map[string]map[string]domain.NotificationText
	if _, err := toml.Decode(bundledTemplates, &all); err != nil {
		panic(fmt.Errorf("templates.toml: %w", err)) // it is embedded, and a test reads it
	}
	return all
})

// Languages lists the languages of a draft, as BCP 47 tags.
func Languages() []string { return []string{"en", "fr"} }

// Templates lists the templates that count: those of the secretariat, and the
// bundled ones that it has not replaced; by language, the one for every other
// act first.
func Templates(s *domain.State) (all []domain.NotificationTemplate) {
	for _, language := range Languages() {
		kinds := []string{"", string(domain.Withdrawal), domain.Corrigendum}
		for _, t := range s.Templates() {
			if t.Language == language && !slices.Contains(kinds, t.Of) {
				kinds = append(kinds, t.Of)
			}
		}
		for _, of := range kinds {
			all = append(all, template(s, of, language))
		}
	}
	return all
}

// template returns the template of a kind of act: of the secretariat, bundled, or
// of every other act.
func template(s *domain.State, of, language string) domain.NotificationTemplate {
	for _, kind := range []string{of, ""} {
		if t, ok := s.Template(kind, language); ok {
			return t
		}
		name := kind
		if name == "" {
			name = other
		}
		if t, ok := bundled()[language][name]; ok {
			return domain.NotificationTemplate{Of: kind, NotificationText: domain.NotificationText{Language: language, Title: t.Title, Text: strings.TrimSpace(t.Text)}}
		}
	}
	panic("no template in " + language) // Languages lists those that have one
}

// Draft drafts a notification about acts of one participant, as they stand. It
// returns a *projections.InputError for records that do not stand.
func Draft(on projections.Query, treaty domain.TreatyID, records []domain.RecordID, corrects domain.RecordID) (n domain.DepositaryNotification, err error) {
	n = domain.DepositaryNotification{Records: records, Corrects: corrects}
	h := on.History(treaty)
	if h == nil {
		return n, &projections.InputError{Field: "treaty", Reason: "nothing is recorded about it", Accepted: "the treaty of the acts"}
	}
	d := draft{on: on, history: h, state: on.State()}
	for _, id := range records {
		act, ok := standing(h, id)
		if !ok {
			return n, &projections.InputError{Field: "records", Reason: fmt.Sprintf("no act %s of %s stands", id, h.Treaty.Short), Accepted: "the first record of an act that stands"}
		}
		d.acts = append(d.acts, act)
	}
	if len(d.acts) == 0 {
		return n, &projections.InputError{Field: "records", Reason: "it names no act", Accepted: "the first record of an act that stands"}
	}
	for _, issued := range d.state.Notifications() {
		if issued.ID == corrects {
			d.corrected = issued.Reference
		}
	}
	for _, language := range Languages() {
		l, _ := lang.Find(language)
		n.Texts = append(n.Texts, d.in(l))
	}
	return n, nil
}

// standing finds an act as it stands by its first record.
func standing(h *domain.History, id domain.RecordID) (domain.Act, bool) {
	for _, c := range h.Courses {
		for _, a := range c.Acts {
			if a.ID == id {
				return a, true
			}
		}
	}
	return domain.Act{}, false
}

// draft is a notification in the making.
type draft struct {
	on        projections.Query
	state     *domain.State
	history   *domain.History
	acts      []domain.Act // the first is what it is about
	corrected string       // reference of the notification that it corrects
}

// in drafts the text in one language.
func (d *draft) in(l *lang.Language) domain.NotificationText {
	of := string(d.acts[0].Action().Kind)
	if d.corrected != "" {
		of = domain.Corrigendum
	}
	t, values := template(d.state, of, l.Tag), d.values(l)
	return domain.NotificationText{Language: l.Tag, Title: Fill(t.Title, values), Text: Fill(t.Text, values)}
}

// values returns what the fields of a template stand for.
func (d *draft) values(l *lang.Language) map[string]string {
	a, t := d.acts[0].Action(), d.history.Treaty
	values := map[string]string{
		"participant": l.Participant(a.Participant, a.Date, d.on.OnDay(a.Date).Name(a.Participant)),
		"treaty":      titleOf(l, t),
		"action":      l.Text("action." + string(a.Kind)),
		"date":        l.Day(a.Date),
		"effect":      l.Day(d.effect()),
		"statement":   d.statements(l),
		"corrected":   d.corrected,
	}
	if !t.Adopted.IsZero() {
		values["adopted"] = l.Day(t.Adopted)
		if t.Place != "" {
			values["adopted"] = t.Place + ", " + values["adopted"]
		}
	}
	if a.Received.After(a.Date) {
		values["received"] = l.Day(a.Received)
	}
	return values
}

func titleOf(l *lang.Language, t *domain.Treaty) string {
	if key := "treaty." + string(t.ID) + ".title"; l.Has(key) {
		return l.Text(key)
	}
	return t.Title
}

// effect returns the day from which the act works in law: the treaty binds by it,
// or ends for who withdraws; no date where none follows.
func (d *draft) effect() domain.Date {
	act := d.acts[0]
	for _, p := range d.history.Course(act.Action().Participant).Periods {
		if p.Consent.ID == act.ID {
			return p.Bound
		}
		for _, w := range p.Withdrawals {
			if w.Act.ID == act.ID {
				return w.Effect
			}
		}
	}
	return act.Action().Effect
}

// statements writes the texts of all acts, each with its kind and its articles,
// as they were received.
func (d *draft) statements(l *lang.Language) string {
	var texts []string
	for _, act := range d.acts {
		a := act.Action()
		s := a.Statement
		if s == nil || s.Text == "" {
			continue
		}
		head := l.Text("action." + string(a.Kind))
		if len(s.Articles) > 0 {
			head += " (" + strings.Join(s.Articles, ", ") + ")"
		}
		if s.Language != "" && s.Language != l.Tag {
			head += " [" + s.Language + "]"
		}
		texts = append(texts, head+":\n"+s.Text)
	}
	return strings.Join(texts, "\n\n")
}

// Fill puts values into a template. A line that names something which has no
// value is left out, and of blank lines that then follow one another, one stays.
func Fill(template string, values map[string]string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(template, "\r\n", "\n"), "\n") {
		filled, whole := fillLine(line, values)
		blank := strings.TrimSpace(filled) == ""
		if !whole || blank && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, strings.TrimRight(filled, " "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func fillLine(line string, values map[string]string) (filled string, whole bool) {
	whole = true
	for _, field := range domain.TemplateFields() {
		if name := "{" + field + "}"; strings.Contains(line, name) {
			whole = whole && values[field] != ""
		}
	}
	var pairs []string
	for _, field := range domain.TemplateFields() {
		pairs = append(pairs, "{"+field+"}", values[field])
	}
	return strings.NewReplacer(pairs...).Replace(line), whole
}
