package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

// T is a message in the reader's language.
func (p *Page) T(key string, args ...any) string { return p.Lang.Text(key, args...) }

// Day writes a day in full, and nothing for no day.
func (p *Page) Day(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Lang.Day(d)
}

// ShortDay writes a day for a table.
func (p *Page) ShortDay(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Lang.ShortDay(d)
}

// Instant writes an instant, in UTC.
func (p *Page) Instant(t time.Time) string { return p.Lang.Instant(t) }

// Whole writes a whole number.
func (p *Page) Whole(n any) string {
	switch n := n.(type) {
	case int:
		return p.Lang.Whole(int64(n))
	case *int:
		if n == nil {
			return "–"
		}
		return p.Lang.Whole(int64(*n))
	case float64:
		return p.Lang.Whole(int64(n))
	}
	return fmt.Sprint(n)
}

// Percent writes a share that is in percent.
func (p *Page) Percent(v float64) string { return p.Lang.Percent(v, 2) }

// Portion writes the share that people are: one too small to be written is no zero.
func (p *Page) Portion(people uint64, v float64) string {
	const least = 0.01
	if people > 0 && v < least/2 {
		return "<" + p.Lang.Percent(least, 2)
	}
	return p.Percent(v)
}

// Name writes a participant's name on the day of the question.
func (p *Page) Name(id domain.ParticipantID, official string) string {
	return p.Lang.Participant(id, p.On.AsOf, official)
}

// Status writes a status.
func (p *Page) Status(s domain.Status) string { return p.T("status." + string(s)) }

// Modifiers writes what modifies the status of a participant on the day, beside its
// reservations.
func (p *Page) Modifiers(r projections.StatusRow) (words []string) {
	for key, holds := range map[string]bool{"intends-not": r.IntendsNot, "provisional": r.Provisional, "suspended": r.Suspended, "excludes": len(r.Excludes) > 0, "accepts": len(r.Accepts) > 0} {
		if holds {
			words = append(words, p.T("status.modifier."+key))
		}
	}
	slices.Sort(words)
	if limits := p.limits(r); limits != "" {
		words = append(words, limits)
	}
	return words
}

// limits says for which territories a participant is bound, or not; empty where for
// the whole.
func (p *Page) limits(r projections.StatusRow) string {
	switch {
	case !r.Status.Bound():
	case r.LimitedTo:
		return p.T("status.modifier.territories-only", "names", strings.Join(r.Territories, ", "))
	case len(r.TerritoriesNot) > 0:
		return p.T("status.modifier.territories-not", "names", strings.Join(r.TerritoriesNot, ", "))
	}
	return ""
}

// Law marks what the law engine says, which is English.
func (p *Page) Law(text string) template.HTML {
	if text == "" || p.Lang.Tag == "en" {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return template.HTML(`<span lang="en" dir="ltr">` + template.HTMLEscapeString(text) + `</span>`)
}

// Legend lists the statuses that charts and tables distinguish.
func (p *Page) Legend() []domain.Status {
	return []domain.Status{domain.Party, domain.Contracting, domain.Signatory, domain.FormerParty, domain.NoAction, domain.NotKnown}
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

// Area writes the name of a country or area that may be no participant: where it has
// none in the reader's language, the source's, marked as English.
func (p *Page) Area(id domain.ParticipantID, name string) template.HTML {
	if own := p.Name(id, name); own != name {
		return template.HTML(template.HTMLEscapeString(own))
	}
	return p.Law(name)
}

// titleOf is a treaty's title in the reader's language, and its own where there is none.
func (a *ask) titleOf(id domain.TreatyID, official string) string {
	if key := "treaty." + string(id) + ".title"; a.Lang.Has(key) {
		return a.Lang.Text(key)
	}
	return official
}

// Verified writes how far a fact was checked.
func (p *Page) Verified(text string) template.HTML {
	if word, other, ok := strings.Cut(text, ": also "); ok { // the second source, by its name
		return p.Verified(word) + ": " + p.Law(other)
	}
	if key := "verification." + text; p.Lang.Has(key) {
		return template.HTML(template.HTMLEscapeString(p.T(key)))
	}
	return p.Law(text)
}

// IsAct reports whether an event, as it was published, is about an act, which has
// a page of its own; a definition, a day and a statement of coverage have none.
func (p *Page) IsAct(event json.RawMessage) bool {
	var line struct {
		Type        string `json:"type"`
		Participant string `json:"participant"`
	}
	if err := json.Unmarshal(event, &line); err != nil {
		return false
	}
	return strings.HasPrefix(line.Type, "action.") || strings.HasPrefix(line.Type, "record.annulled/") && line.Participant != ""
}
