package imports

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"depositary/domain"
	"depositary/projections/find"
)

// composed writes a name as the registry does: letters with their marks as one
// character (Unicode NFC), and plain apostrophes. Files from other systems and
// from word processors write the same name otherwise.
func composed(name string) string {
	return norm.NFC.String(apostrophes.Replace(name))
}

var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'")

// find finds the participant of a claim under its name of the day. A name of
// today is never taken for the participant that a predecessor was.
func (t *treatyPlan) find(c *planned) {
	day := c.action.Date
	found, err := t.participant(composed(c.Claim.Participant), day)
	if united := t.united(c, err); united != nil {
		found, err = united, nil
	}
	if err != nil {
		t.leave(c, t.notFound(c, err))
		return
	}
	c.action.Participant = found.ID
	looksBack := c.action.Kind == domain.SuccessionOfState || c.action.Kind == domain.SuccessionToSignature
	if day.Before(found.Exists.From) && len(found.Succeeds) > 0 && !looksBack {
		var before []string
		for _, s := range found.Succeeds {
			if predecessor, ok := t.ledger.Participant(s.Participant, domain.Everything()); ok {
				before = append(before, fmt.Sprintf("%s (%s)", predecessor.Name(day), predecessor.ID))
			}
		}
		t.leave(c, t.finding(c, NameOfAnotherTime, "not recorded; accepted would be the name of the participant that acted",
			"%s exists only from %s; an act of %s may be that of %s", found.CurrentName(), found.Exists.From.Long(), day.Long(), strings.Join(before, " or ")))
	}
}

// united returns the State that has had a name since it was united with another, for
// an act of one of the two before: a status table lists it as a party from the
// day on which the first of them became one, and does not say which. Where the
// ledger has the act of one of them, it is that one.
func (t *treatyPlan) united(c *planned, err error) *domain.Participant {
	var ambiguous *domain.AmbiguousNameError
	if !errors.As(err, &ambiguous) {
		return nil
	}
	var bearer *domain.Participant
	for _, id := range ambiguous.Of {
		p, _ := t.ledger.Participant(id, domain.Everything())
		if t.history != nil && slices.ContainsFunc(t.history.Course(id).Acts, func(a domain.Act) bool {
			return a.Action().Date == c.action.Date && a.Action().Kind == c.action.Kind
		}) {
			return p
		}
		if strings.EqualFold(p.CurrentName(), composed(strings.TrimSpace(c.Claim.Participant))) && p.Exists.Contains(c.action.Date) {
			bearer = p
		}
	}
	if bearer != nil {
		words := fmt.Sprintf("two States became %s later; which of them acted on %s the table does not say", bearer.CurrentName(), c.action.Date.Long())
		if c.action.Note != "" {
			c.action.Note += "; "
		}
		c.action.Note += words
		t.report.Findings = append(t.report.Findings, t.finding(c, NamedSince, "recorded as the act of the State that bears the name today, with this note", "%s", words))
	}
	return bearer
}

// participant finds who is called so on a day. A name that nobody has is looked
// for once.
func (p *planner) participant(name string, day domain.Date) (*domain.Participant, error) {
	if err, known := p.unknown[name]; known {
		return nil, err
	}
	found, err := find.Participant(p.ledger, name, day)
	var unknown *find.UnknownError
	if errors.As(err, &unknown) {
		if p.unknown == nil {
			p.unknown = make(map[string]error)
		}
		p.unknown[name] = err
	}
	return found, err
}

// notFound says why no participant is found under a name, with the nearest.
func (t *treatyPlan) notFound(c *planned, err error) Finding {
	code, done := NameUnknown, "not recorded; accepted would be a name, a code or an alias of a known participant"
	var unknown *find.UnknownError
	var ambiguous *domain.AmbiguousNameError
	if errors.As(err, &ambiguous) || t.isBorne(c.Claim.Participant) {
		code, done = NameAmbiguous, "not recorded; accepted would be the id of one of them"
	} else if errors.As(err, &unknown) && len(unknown.Near) > 0 {
		done += "; near is " + unknown.Suggestions()
		err = &domain.UnknownNameError{Name: unknown.Text}
	}
	return t.finding(c, code, done, "%v on %s", err, c.action.Date.Long())
}

// isBorne reports whether some participant has ever had the name.
func (t *treatyPlan) isBorne(text string) bool {
	text = composed(strings.TrimSpace(text))
	same := func(other string) bool { return strings.EqualFold(text, other) }
	return slices.ContainsFunc(t.ledger.Participants(domain.Everything()), func(p *domain.Participant) bool {
		return same(string(p.ID)) || same(p.ISO3) || slices.ContainsFunc(p.Aliases, same) ||
			slices.ContainsFunc(p.Names, func(n domain.DatedName) bool { return same(n.Name) }) ||
			slices.ContainsFunc(p.Codes, func(code domain.DatedCode) bool { return same(code.Code) })
	})
}
