package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections/notices"
)

// What templates ask a page for beside words of the language: addresses of the
// page itself, and forms in which values are written.

// Under reports whether the page lies below a path, for the navigation.
func (p *Page) Under(path string) bool {
	return p.Path == path || strings.HasPrefix(p.Path, strings.TrimSuffix(path, "/")+"/")
}

// Bare returns the page's address without parameters, for forms.
func (p *Page) Bare() string { return p.link(p.Lang.Tag, p.Path, When{}) }

// Cited returns the page's address with the axes pinned, so that it shows the
// same for ever.
func (p *Page) Cited() string {
	pinned := When{p.On.AsOf.String(), p.When.ReceivedBy, fmt.Sprint(p.On.KnownAt)}
	return p.link(p.Lang.Tag, p.Path, pinned, p.own()...)
}

// Axes returns the axes as parameters, for forms that keep them.
func (p *Page) Axes() (axes []param) {
	values := p.When.values()
	for _, name := range []string{"asOf", "receivedBy", "knownAt"} {
		if text := values.Get(name); text != "" {
			axes = append(axes, param{name, text})
		}
	}
	return axes
}

// Hidden returns all parameters of the page but one, for forms that set this one.
func (p *Page) Hidden(but string) []param {
	own := slices.DeleteFunc(p.Own(), func(o param) bool { return o.Name == but })
	return append(p.Axes(), own...)
}

// Without returns the page's address without one of its parameters.
func (p *Page) Without(name string) string {
	var pairs []any
	for _, o := range p.Own() {
		if o.Name != name {
			pairs = append(pairs, o.Name, o.Value)
		}
	}
	return p.link(p.Lang.Tag, p.Path, p.When, pairs...)
}

// Legend lists the statuses that charts and tables distinguish.
func (p *Page) Legend() []domain.Status {
	return []domain.Status{domain.Party, domain.Contracting, domain.Signatory, domain.FormerParty, domain.NoAction}
}

// Code returns the letter by which status tables mark an act after its date;
// signature and ratification have none.
func (p *Page) Code(kind domain.ActionKind) string {
	switch kind {
	case domain.Accession:
		return "a"
	case domain.Acceptance:
		return "A"
	case domain.Approval:
		return "AA"
	case domain.SuccessionOfState, domain.SuccessionToSignature:
		return "d"
	case domain.FormalConfirmation:
		return "c"
	case domain.DefinitiveSignature:
		return "s"
	}
	return ""
}

// Official returns the name that the registry has for a participant.
func (p *Page) Official(id domain.ParticipantID) string { return p.official(id) }

// Group writes a group's name.
func (p *Page) Group(id domain.GroupID, name string) string { return p.groupName(id, name) }

// Years counts full years from a day to the day of the question.
func (p *Page) Years(since domain.Date) int { return since.YearsUntil(p.On.AsOf) }

// StatusShort writes a status in one word, for narrow columns.
func (p *Page) StatusShort(s domain.Status) string {
	if s == domain.NoAction {
		return "–"
	}
	return p.T("status.short." + statusClass(s))
}

// Value writes one side of a change.
func (p *Page) Value(v notices.ChangeValue) any {
	if !v.Day.IsZero() {
		return p.Day(v.Day)
	}
	return p.Law(v.Words)
}

// Clip shortens a hash to its first digits.
func (p *Page) Clip(v any, digits int) string { return fmt.Sprint(v)[:digits] }

// Pretty lays an event out, as it was published but for blanks.
func (p *Page) Pretty(event json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, event, "", "  "); err != nil {
		return string(event)
	}
	return out.String()
}

// JSON writes a value as programs read it.
func (p *Page) JSON(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error() // nothing that pages show is of such a kind
	}
	return string(text)
}

// Minus returns the position so many before.
func (p *Page) Minus(position any, n int64) string {
	var at int64
	_, _ = fmt.Sscan(fmt.Sprint(position), &at) // a position is digits
	return fmt.Sprint(at - n)
}

// TreatyTitle writes a treaty's title in the reader's language, where it is held.
func (p *Page) TreatyTitle(id domain.TreatyID, official string) template.HTML {
	if key := "treaty." + string(id) + ".title"; p.Lang.Has(key) {
		return template.HTML(template.HTMLEscapeString(p.T(key)))
	}
	return p.Law(official)
}

// Verified writes how far a fact was checked.
func (p *Page) Verified(text string) template.HTML {
	if key := "verification." + text; p.Lang.Has(key) {
		return template.HTML(template.HTMLEscapeString(p.T(key)))
	}
	return p.Law(text)
}
