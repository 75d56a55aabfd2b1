package domain

import (
	"fmt"
	"slices"
	"strings"
)

// The rules on reservations, declarations and objections.

// statementByWhom: reservations are made on signing or consenting (VCLT 19), an
// optional procedure is accepted by one that consents (ICMW 76(1), 77(1)).
func statementByWhom(r *ruling) []Finding {
	switch r.act.Kind {
	case Reservation:
		if status := r.status(); !status.Consenting() && status != Signatory {
			return r.notBound("make a reservation", "a reservation together with signature or consent, after it in the same command")
		}
	case OptionalDeclaration:
		if !r.status().Consenting() {
			return r.notBound("accept an optional procedure", "a declaration together with consent, after it in the same command")
		}
	}
	return nil
}

// reservationAllowed: the treaty may prohibit reservations, or admit only some
// (VCLT 19(a), 19(b)).
func reservationAllowed(r *ruling) []Finding {
	clause := r.treaty.Reservations
	if r.act.Kind != Reservation || clause == nil {
		return nil
	}
	prohibited := func(message, rule, accepted string) []Finding {
		if clause.Article != "" {
			rule = cite(clause.Article) + "; " + rule
		}
		return one(reject(CodeReservationProhibited, "action", message).citing(rule).accepting(accepted))
	}
	if clause.Rule == "prohibited" {
		return prohibited(r.treaty.Short+" admits no reservations", "VCLT 19(a)", "an interpretative declaration")
	}
	if len(r.act.Statement.Articles) == 0 && (clause.Rule == "only" || len(clause.Never) > 0 || clause.Parts != "") {
		return one(reject(CodeFieldRequired, "statement.articles", fmt.Sprintf("%s admits reservations to some of its articles only", r.treaty.Short)).
			citing(cite(clause.Article)).accepting("the articles that the reservation concerns, such as 92(1)"))
	}
	for _, article := range r.act.Statement.Articles {
		if clause.Rule == "only" && !slices.Contains(clause.Only, article) {
			return prohibited(fmt.Sprintf("%s admits no reservation to article %s", r.treaty.Short, article), "VCLT 19(b)", "reservations to articles "+strings.Join(clause.Only, ", "))
		}
		if slices.Contains(clause.Never, article) {
			return prohibited(fmt.Sprintf("%s admits no reservation to article %s", r.treaty.Short, article), "VCLT 19(a)", "reservations to articles other than "+strings.Join(clause.Never, ", "))
		}
		if part, isPart := strings.CutPrefix(article, "Part "); isPart && clause.Parts != "" {
			return one(reject(CodeReservationExcludesPart, "statement.articles", fmt.Sprintf("no part of %s may be excluded, and this excludes Part %s", r.treaty.Short, part)).
				citing(cite(clause.Parts)).accepting("a reservation to single articles"))
		}
	}
	return nil
}

// reservationLate: after consent a reservation waits for silence (practice of
// the Secretary-General as depositary, ST/LEG/7/Rev.1, para. 206).
func reservationLate(r *ruling) []Finding {
	if r.act.Kind != Reservation {
		return nil
	}
	period, ok := r.course.PeriodOn(r.act.Date)
	if !ok || !r.act.Date.After(period.Deposited) {
		return nil
	}
	return one(query(CodeLateReservationPending, "date", fmt.Sprintf("made after the consent of %s: it is pending until %s, and any objection until then blocks it",
		period.Deposited.Long(), lateReservationEnds(r.act).Long())).citing("ST/LEG/7/Rev.1, 206"))
}

// reservationsConfirmed: a reservation made at signature is inert until it is
// confirmed with the consent (VCLT 23(2)).
func reservationsConfirmed(r *ruling) []Finding {
	if !r.act.Kind.IsConsent() {
		return nil
	}
	for _, a := range r.course.Acts {
		if a.Action().Kind == Reservation && a.Action().Date.Before(r.act.Date) && r.lastLeft().IsZero() {
			return one(query(CodeReservationUnconfirmed, "action", fmt.Sprintf("the reservation of %s (record %s) has to be confirmed with the consent, or it has no effect", a.Action().Date.Long(), a.ID)).
				citing("VCLT 23(2)").accepting("the reservation again, after the consent in the same command"))
		}
	}
	return nil
}

// objectionTarget: an objection answers a reservation, in time (VCLT 20(4), 20(5)).
func objectionTarget(r *ruling) []Finding {
	if r.act.Kind != Objection {
		return nil
	}
	target := r.act.Statement.Target
	var reservation *Action
	for _, c := range r.history().Courses {
		for _, a := range c.Acts {
			if a.ID == target && a.Action().Kind == Reservation && c.Participant != r.participant.ID {
				reservation = a.Action()
			}
		}
	}
	if reservation == nil {
		return one(reject(CodeObjectionWithoutTarget, "statement.target", "an objection names the record of another participant's reservation").
			citing("VCLT 20(4)").accepting("the id of a record of a reservation to " + r.treaty.Short))
	}
	last := reservation.Notified.Or(reservation.Date).AddMonths(12)
	if period, ok := r.course.PeriodOn(r.act.Date); ok {
		last = later(last, period.Deposited)
	}
	if r.act.Date.After(last) {
		return one(query(CodeObjectionLate, "date", fmt.Sprintf("objections were possible until %s: it is kept as a communication", last.Long())).citing("VCLT 20(5)"))
	}
	return nil
}

// declarationArticle: an optional declaration names a procedure that the treaty has.
func declarationArticle(r *ruling) []Finding {
	if r.act.Kind != OptionalDeclaration {
		return nil
	}
	var known []string
	for _, d := range r.treaty.Declarations {
		known = append(known, d.Article)
	}
	for _, article := range r.act.Statement.Articles {
		if !slices.Contains(known, article) {
			return one(reject(CodeDeclarationArticleUnknown, "statement.articles", fmt.Sprintf("%s has no optional procedure in article %s", r.treaty.Short, article)).
				accepting(strings.Join(known, ", ")))
		}
	}
	if len(r.act.Statement.Articles) == 0 {
		return one(reject(CodeDeclarationArticleUnknown, "statement.articles", "an optional declaration names the article of its procedure").accepting(strings.Join(known, ", ")))
	}
	return nil
}
