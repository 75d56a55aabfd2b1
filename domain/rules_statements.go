package domain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The rules on reservations, declarations and objections.

// statementByWhom: reservations are made on signing or consenting (VCLT 19), an
// optional procedure is accepted by one that consents (ICMW 76(1), 77(1)).
func statementByWhom(r *ruling) []Finding {
	switch r.act.Kind {
	case Reservation:
		if !r.consents() && !r.status().Signed() {
			return r.notBound("make a reservation", "a reservation together with signature or consent, after it in the same command")
		}
	case OptionalDeclaration:
		if !r.consents() {
			return r.notBound("accept an optional procedure", "a declaration together with consent, after it in the same command")
		}
	case Derogation:
		if status := r.status(); !status.Bound() && (r.treaty.ClausesKnown() || !status.Consenting()) {
			return r.notBound("derogate from it", "a party")
		}
	case TerritorialApplication, TerritorialExclusion:
		if !r.consents() {
			return r.notBound("apply it to single territories", "the act together with consent, after it in the same command")
		}
	case IntentionNotToBecomeParty:
		if status := r.status(); !status.Signed() {
			return one(reject(CodeNothingToAnswer, "action", fmt.Sprintf("%s is no signatory of %s on %s (%s)", r.participant.CurrentName(), r.treaty.Short, r.act.Date.Long(), status)).
				citing("VCLT 18(a)").accepting("a signatory that has not expressed consent"))
		}
	}
	return nil
}

// answerTarget: what is confirmed, accepted, narrowed or withdrawn has to be
// there, and to belong to the right one (VCLT 20(5), 22, 23).
func answerTarget(r *ruling) []Finding {
	if !r.act.Kind.Answers() || r.act.Kind == Objection || r.act.Kind == AcceptanceOfAccession {
		return nil
	}
	form := answerForms[r.act.Kind]
	refuse := func(message string) []Finding {
		whose := "its own "
		if form.ofAnother {
			whose = "another participant's "
		}
		return one(reject(CodeNothingToAnswer, "statement.target", message).citing(form.article).
			accepting("the id of the record of " + whose + joinKinds(form.of)))
	}
	author, target, found := r.history().statementOf(r.act.Statement.Target)
	if !found || !slices.Contains(form.of, target.Action().Kind) {
		return refuse(fmt.Sprintf("record %q is no such statement in respect of %s", r.act.Statement.Target, r.treaty.Short))
	}
	s, own := r.statement(target.ID, author.Participant)
	if modification := target.Action().Kind == ModificationOfReservation; own == form.ofAnother || s == nil && !modification {
		return refuse(fmt.Sprintf("record %s was made by %s", target.ID, author.Participant))
	}
	if r.act.Date.Before(target.Action().Date) {
		return refuse(fmt.Sprintf("record %s was made on %s only", target.ID, target.Action().Date.Long()))
	}
	if s == nil {
		return nil
	}
	standing, _ := s.On(r.act.Date)
	if standing.State == StatementWithdrawn || standing.State == StatementEnded {
		return refuse(fmt.Sprintf("record %s does not stand any more: %s", target.ID, standing.Why))
	}
	if r.act.Kind == PartialWithdrawal {
		return r.partOf(standing)
	}
	return nil
}

// answerForm says what an act answers, and whose it is.
type answerForm struct {
	of        []ActionKind
	ofAnother bool
	article   string
}

var answerForms = map[ActionKind]answerForm{
	ConfirmationOfReservation: {[]ActionKind{Reservation}, false, "VCLT 23(2)"},
	WithdrawalOfReservation:   {[]ActionKind{Reservation}, false, "VCLT 22(1)"},
	PartialWithdrawal:         {[]ActionKind{Reservation}, false, "VCLT 22(1)"},
	ModificationOfReservation: {[]ActionKind{Reservation}, false, "ST/LEG/7/Rev.1, 206"},
	AcceptanceOfReservation:   {[]ActionKind{Reservation, ModificationOfReservation}, true, "VCLT 20"},
	WithdrawalOfObjection:     {[]ActionKind{Objection}, false, "VCLT 22(2)"},
	WithdrawalOfDeclaration:   {[]ActionKind{OptionalDeclaration, InterpretativeDecl}, false, ""},
	EndOfDerogation:           {[]ActionKind{Derogation}, false, ""},
}

// statement finds the life of a statement: as the participant's own, which may
// be maintained from a predecessor, or else as its author's.
func (r *ruling) statement(id RecordID, author ParticipantID) (s *StatementCourse, own bool) {
	find := func(c *Course) *StatementCourse {
		i := slices.IndexFunc(c.Statements, func(s *StatementCourse) bool { return s.Act.ID == id })
		if i < 0 {
			return nil
		}
		return c.Statements[i]
	}
	if s := find(r.course); s != nil || author == r.participant.ID {
		return s, true
	}
	return find(r.history().Course(author)), false
}

// partOf checks what a partial withdrawal renounces.
func (r *ruling) partOf(standing StatementStanding) []Finding {
	if len(r.act.Statement.Articles) == 0 && r.act.Statement.Text == "" {
		return one(reject(CodeFieldRequired, "statement.articles", "a partial withdrawal says what is given up, or what remains").
			citing("VCLT 22(1)").accepting("articles of the reservation, or its new words"))
	}
	for _, article := range r.act.Statement.Articles {
		if !slices.Contains(standing.Articles, article) {
			return one(reject(CodeFieldInvalid, "statement.articles", fmt.Sprintf("the reservation does not concern article %s", article)).
				citing("VCLT 22(1)").accepting(strings.Join(standing.Articles, ", ")))
		}
	}
	return nil
}

// reservationAllowed: the treaty may prohibit reservations, or admit only some
// (VCLT 19(a), 19(b)).
func reservationAllowed(r *ruling) []Finding {
	clause := r.treaty.Reservations
	if (r.act.Kind != Reservation && r.act.Kind != ModificationOfReservation) || clause == nil {
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
	if part := r.excludedPart(clause); part != "" {
		return one(reject(CodeReservationExcludesPart, "statement.articles", fmt.Sprintf("no part of %s may be excluded, and this excludes %s", r.treaty.Short, part)).
			citing(cite(clause.Parts)).accepting("a reservation to single articles"))
	}
	if len(r.act.Statement.Articles) == 0 && clause.Rule != "only" && (len(clause.Never) > 0 || clause.Parts != "") {
		return one(query(CodeReservationGeneral, "statement.articles", fmt.Sprintf("the reservation names no article, and %s does not admit reservations to all of them; whether it is compatible is for the parties to judge", r.treaty.Short)).
			citing("VCLT 19(c), 77(2)").accepting("the articles that it concerns, such as 92(1)"))
	}
	if len(r.act.Statement.Articles) == 0 && clause.Rule == "only" {
		return one(query(CodeReservationGeneral, "statement.articles", fmt.Sprintf("the reservation names no article, and %s admits reservations to some of its articles only", r.treaty.Short)).
			citing(cite(clause.Article) + "; VCLT 19(b), 77(2)").accepting("the articles that it concerns, of " + strings.Join(clause.Only, ", ")))
	}
	for _, article := range r.act.Statement.Articles {
		if clause.Rule == "only" && !slices.Contains(clause.Only, article) {
			return prohibited(fmt.Sprintf("%s admits no reservation to article %s", r.treaty.Short, article), "VCLT 19(b)", "reservations to articles "+strings.Join(clause.Only, ", "))
		}
		if slices.Contains(clause.Never, article) {
			return prohibited(fmt.Sprintf("%s admits no reservation to article %s", r.treaty.Short, article), "VCLT 19(a)", "reservations to articles other than "+strings.Join(clause.Never, ", "))
		}
	}
	return nil
}

var (
	reNamedPart = regexp.MustCompile(`(?i)\bpart\s+([IVX]+|\d+)\b`)
	reLeavesOut = regexp.MustCompile(`(?i)\b(exclud\w*|exclusion|not (be )?(bound|apply|applicable|accept\w*)|does not (apply|accept|consider)|non-application|with the exception of)\b`)
)

// excludedPart returns the part that a reservation excludes where the treaty
// forbids that, as far as articles and parts named can tell: the part itself,
// the article that forbids it, or a part that its words leave out (ICMW 88).
func (r *ruling) excludedPart(clause *ReservationClause) string {
	if clause.Parts == "" {
		return ""
	}
	named := reNamedPart.FindString(r.act.Statement.Text)
	for _, article := range r.act.Statement.Articles {
		switch {
		case reNamedPart.MatchString(article):
			return reNamedPart.FindString(article)
		case article == clause.Parts || strings.HasPrefix(article, clause.Parts+"("):
			if named != "" {
				return named
			}
			return "the rule of article " + clause.Parts + " itself"
		}
	}
	if named != "" && reLeavesOut.MatchString(r.act.Statement.Text) {
		return named
	}
	return ""
}

// reservationLate: after consent a reservation waits for silence (practice of
// the Secretary-General as depositary, ST/LEG/7/Rev.1, para. 206).
func reservationLate(r *ruling) []Finding {
	if r.act.Kind == ModificationOfReservation {
		return one(query(CodeLateReservationPending, "date", fmt.Sprintf("a modification that may enlarge the reservation: it is pending until %s, and any objection until then blocks it",
			lateReservationEnds(r.act).Long())).citing("ST/LEG/7/Rev.1, 206").accepting("a partial withdrawal, which takes effect at once"))
	}
	if r.act.Kind != Reservation {
		return nil
	}
	period, ok := r.course.PeriodOf(r.act.Date)
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
		if a.Action().Kind == Reservation && a.Action().Date.Before(r.act.Date) && r.lastLeft().IsZero() && !r.withdrawn(a) {
			return one(query(CodeReservationUnconfirmed, "action", fmt.Sprintf("the reservation of %s (record %s) has to be confirmed with the consent, or it has no effect", a.Action().Date.Long(), a.ID)).
				citing("VCLT 23(2)").accepting("the reservation again, or its confirmation, after the consent in the same command"))
		}
	}
	return nil
}

// withdrawn reports whether the participant has taken its statement back by then.
func (r *ruling) withdrawn(a Act) bool {
	_, ended := r.history().endedBy(r.course, a, r.participant.ID, r.act.Date)
	return ended
}

// objectionTarget: an objection answers a reservation, in time (VCLT 20(4), 20(5)).
func objectionTarget(r *ruling) []Finding {
	if r.act.Kind != Objection {
		return nil
	}
	author, target := r.statementAct(r.act.Statement.Target)
	isReservation := target != nil && (target.Action().Kind == Reservation || target.Action().Kind == ModificationOfReservation)
	if !isReservation || author == r.participant.ID {
		return one(reject(CodeObjectionWithoutTarget, "statement.target", "an objection names the record of another participant's reservation").
			citing("VCLT 20(4)").accepting("the id of a record of a reservation to " + r.treaty.Short))
	}
	last := objectionUntil(r.periods(), *target)
	if r.act.Date.After(last) {
		return one(query(CodeObjectionLate, "date", fmt.Sprintf("objections were possible until %s: it is kept as a communication", last.Long())).citing("VCLT 20(5)"))
	}
	return nil
}

// statementAct finds the act of a statement by its record, and its author, in the
// author's own acts: a treaty has thousands of objections, and to fold it for
// each would take longer than everything else.
func (r *ruling) statementAct(id RecordID) (ParticipantID, *Act) {
	part, _, found := r.state.FindRecord(r.treaty.ID, id)
	if !found {
		return "", nil
	}
	acts := actsAsTheyStand(part.records, Axes{})
	i := slices.IndexFunc(acts, func(a Act) bool { return a.ID == id && a.Action().Statement != nil })
	if i < 0 {
		return "", nil
	}
	return part.Participant, &acts[i]
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
