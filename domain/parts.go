package domain

import (
	"fmt"
	"slices"
	"strings"
)

// This file tells which parts of a treaty a participant's consent covers: consent
// to a part is given where the treaty permits it (VCLT 17(1)), what was left out
// may be accepted later (ILO C97 14(3), CISG 97(4), European Social Charter
// 20(3)), and parts may be denounced where the treaty says so (VCLT 44(1)).

// PartsOn returns the articles or parts to which a participant's consent is
// limited on a day, none where it covers the whole, and those that it leaves out.
func (h *History) PartsOn(c *Course, day Date) (accepted, excluded []string) {
	p, ok := c.PeriodOn(day)
	if !ok {
		return nil, nil
	}
	consent := p.Consent.Action()
	accepted, excluded = slices.Clone(consent.Accepts), slices.Clone(consent.Excludes)
	without := func(list, names []string) []string {
		return slices.DeleteFunc(list, func(x string) bool { return hasPart(names, x) })
	}
	for _, a := range c.Acts {
		act := a.Action()
		if h.partsFrom(act).After(day) || act.Date.Before(p.Deposited) {
			continue
		}
		switch act.Kind {
		case AcceptanceOfParts:
			excluded = without(excluded, act.Accepts)
			if len(consent.Accepts) > 0 {
				accepted = append(without(accepted, act.Accepts), act.Accepts...)
			}
		case DenunciationOfParts:
			if len(consent.Accepts) > 0 {
				accepted = without(accepted, act.Excludes)
			} else {
				excluded = append(without(excluded, act.Excludes), act.Excludes...)
			}
		}
	}
	return accepted, excluded
}

// partsFrom returns the day from which an act on parts has its effect: the one
// stated, or the one that the clause makes of its receipt.
func (h *History) partsFrom(a *Action) Date {
	if !a.Effect.IsZero() {
		return a.Effect
	}
	switch clause, exclusions := h.Treaty.Provisions, h.Treaty.Exclusions; {
	case a.Kind == AcceptanceOfParts && exclusions != nil && !exclusions.Then.IsZero():
		return exclusions.Then.span().from(a.Date)
	case a.Kind == AcceptanceOfParts && clause != nil && !clause.Then.IsZero():
		return clause.Then.span().from(a.Date)
	case a.Kind == DenunciationOfParts && h.Treaty.Withdrawal != nil && !h.Treaty.Withdrawal.Then.IsZero():
		return h.Treaty.Withdrawal.Then.span().from(a.Date)
	}
	return a.Date
}

func hasPart(parts []string, part string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, part) })
}

// partsAccepted: consent covers some articles only where the treaty permits it,
// and as many as it asks for (VCLT 17(1); European Social Charter 20(1)).
func partsAccepted(r *ruling) []Finding {
	a, clause := r.act, r.treaty.Provisions
	if len(a.Accepts) == 0 {
		return nil
	}
	if !a.Kind.IsConsent() && a.Kind != AcceptanceOfParts {
		return one(reject(CodeFieldUnexpected, "accepts", a.Kind.WithArticle()+" accepts no articles").accepting("the consent, or an acceptance of further parts"))
	}
	if !r.treaty.ClausesKnown() || a.Kind == AcceptanceOfParts {
		return nil
	}
	if clause == nil {
		return one(reject(CodeExclusionNotAllowed, "accepts", fmt.Sprintf("%s does not let consent cover some articles only", r.treaty.Short)).
			citing("VCLT 17(1)").accepting("consent to the whole, or the clause (provisions) in the definition of the treaty first"))
	}
	for _, part := range a.Accepts {
		if len(clause.Of) > 0 && !hasPart(clause.Of, baseArticle(part)) && !hasPart(clause.Of, part) {
			return one(reject(CodeExclusionNotAllowed, "accepts", fmt.Sprintf("%s has no %q that could be chosen", r.treaty.Short, part)).
				citing(cite(clause.Article)).accepting(strings.Join(clause.Of, ", ")))
		}
	}
	core := 0
	for _, part := range clause.Core {
		if hasPart(a.Accepts, part) {
			core++
		}
	}
	if core < clause.CoreLeast {
		return one(query(CodePartsTooFew, "accepts", fmt.Sprintf("%d of the articles %s are accepted in whole, and %d have to be", core, strings.Join(clause.Core, ", "), clause.CoreLeast)).
			citing(cite(clause.Article)).accepting("more of them, or the instrument as the depositary accepted it, with a reason"))
	}
	if len(a.Accepts) < clause.Least {
		return one(query(CodePartsTooFew, "accepts", fmt.Sprintf("%d articles are accepted, and %d have to be", len(a.Accepts), clause.Least)).
			citing(cite(clause.Article)).accepting("more of them, or the instrument as the depositary accepted it, with a reason"))
	}
	return nil
}

// baseArticle returns the article of a paragraph: 7 of 7(1).
func baseArticle(part string) string {
	article, _, _ := strings.Cut(part, "(")
	return strings.TrimSpace(article)
}

// partsChanged: what is accepted later was left out before, and parts are
// denounced where the treaty lists them (VCLT 44(1)).
func partsChanged(r *ruling) []Finding {
	a := r.act
	switch a.Kind {
	case AcceptanceOfParts, DenunciationOfParts:
	default:
		return nil
	}
	if !r.consents() {
		return r.notBound("accept or denounce parts of it", "the act after its consent")
	}
	accepted, excluded := r.history().PartsOn(r.course, a.Date)
	limited := len(accepted) > 0
	if a.Kind == AcceptanceOfParts {
		for _, part := range a.Accepts {
			if !hasPart(excluded, part) && (!limited || hasPart(accepted, part)) {
				return one(reject(CodeNothingToAnswer, "accepts", fmt.Sprintf("the consent of %s covers %s on %s already", r.participant.CurrentName(), part, a.Date.Long())).
					citing("VCLT 17(1)").accepting(partsOr(excluded, "an article that it does not cover")))
			}
		}
		return nil
	}
	for _, part := range a.Excludes {
		switch {
		case limited && !hasPart(accepted, part) || hasPart(excluded, part):
			return one(reject(CodeNothingToAnswer, "excludes", fmt.Sprintf("the consent of %s does not cover %s on %s", r.participant.CurrentName(), part, a.Date.Long())).
				citing("VCLT 44(1)").accepting(partsOr(accepted, "a part that it covers")))
		case !r.severable(part):
			return one(reject(CodeExclusionNotAllowed, "excludes", fmt.Sprintf("%s does not let %q alone be denounced", r.treaty.Short, part)).
				citing("VCLT 44(1)").accepting("a withdrawal from the whole, or the clause (exclusions, provisions) in the definition of the treaty first"))
		}
	}
	return nil
}

// severable reports whether the treaty lets a part be left out, as far as its
// clauses are held.
func (r *ruling) severable(part string) bool {
	if !r.treaty.ClausesKnown() || r.treaty.Provisions != nil {
		return true
	}
	return r.treaty.Exclusions != nil && hasPart(r.treaty.Exclusions.Of, part)
}

func partsOr(parts []string, otherwise string) string {
	if len(parts) == 0 {
		return otherwise
	}
	return strings.Join(parts, ", ")
}
