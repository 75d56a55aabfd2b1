package domain

import (
	"fmt"
	"slices"
	"strings"
)

// The rules that an act runs into, each with its article. A rule refuses what
// cannot be, and queries what is unusual: the depositary is administrative, it
// examines form and reports differences (VCLT 77(1)(d), 77(2)).

// ruling is one act before the rules, with what they need to see.
type ruling struct {
	state       *State
	treaty      *Treaty
	participant *Participant
	act         *Action
	replaced    RecordID // the act that this one corrects
	following   []Action // what the same command records after it

	course *Course  // of the participant, without the act that is corrected; its days of being bound are settled when asked for
	whole  *History // of the treaty, when asked for
}

// rules are run in this order; each returns what it has against the act.
var rules = []func(*ruling) []Finding{
	participantExists,
	participantAdmitted,
	dayPossible,
	effectForeseen,
	stillInBeing,
	signatureOpen,
	signedOnce,
	boundOnce,
	consentForeseen,
	somethingToAnswer,
	signatureBeforeRatification,
	accessionOpen,
	parentBound,
	exclusionsAllowed,
	partsAccepted,
	partsChanged,
	territoriesAdmitted,
	territoriesOfTheState,
	withdrawalPossible,
	revocationInTime,
	consentWithdrawable,
	statementByWhom,
	reservationAllowed,
	reservationLate,
	reservationsConfirmed,
	answerTarget,
	objectionTarget,
	declarationArticle,
	accessionAccepted,
	suspensionByWhom,
	nonAcceptanceInTime,
	notificationForm,
	notificationUnique,
}

// read folds the participant's own acts, which is all that most rules need.
func (r *ruling) read() {
	var acts []Act
	if p := r.state.Participation(r.treaty.ID, r.participant.ID); p != nil {
		acts = actsAsTheyStand(p.records, Axes{})
	}
	acts = slices.DeleteFunc(acts, func(a Act) bool { return a.ID == r.replaced })
	own := &History{Treaty: r.treaty, state: r.state}
	terms := r.treaty.Withdrawal != nil && r.treaty.Withdrawal.Periods != nil
	if terms || (&Course{Acts: acts}).takesBack() {
		whole := r.state.History(r.treaty.ID, Axes{})
		own.InForce, own.MetOn, own.Stated = whole.InForce, whole.MetOn, whole.Stated
	}
	r.course = own.course(r.participant.ID, acts)
}

// history folds the whole treaty, and settles from when the participant is bound.
func (r *ruling) history() *History {
	if r.whole == nil {
		r.whole = r.state.History(r.treaty.ID, Axes{})
		r.whole.bind(r.course)
		r.whole.settle(r.course)
	}
	return r.whole
}

// status returns the participant's status on the day of the act.
func (r *ruling) status() Status {
	r.history()
	return r.course.On(r.act.Date).Status
}

// periods returns the participant's course with its periods of consent as they
// end. Its own acts tell them; the whole treaty is folded only where its
// termination may end them.
func (r *ruling) periods() *Course {
	if r.treaty.Terminated != nil {
		r.history()
	}
	return r.course
}

// consents reports whether the participant's consent stands on the day of the act.
func (r *ruling) consents() bool {
	_, stands := r.periods().PeriodOn(r.act.Date)
	return stands
}

func cite(article string) string {
	if article == "" {
		return ""
	}
	return "article " + article
}

func one(f Finding) []Finding { return []Finding{f} }

// participantExists: only a subject of international law that exists can act
// (VCLT 6; for the historical ones, ST/LEG/7/Rev.1, paras. 297-303).
func participantExists(r *ruling) []Finding {
	exists := r.participant.Exists
	switch {
	case r.act.Date.Before(exists.From):
		return one(reject(CodeParticipantNotExisting, "date", fmt.Sprintf("%s exists only from %s", r.participant.CurrentName(), exists.From.Long())).
			citing("VCLT 6").accepting("a day from " + exists.From.String() + " on, or the predecessor as participant"))
	case !exists.Until.IsZero() && !r.act.Date.Before(exists.Until):
		return one(reject(CodeParticipantNotExisting, "date", fmt.Sprintf("%s ceased to exist on %s", r.participant.CurrentName(), exists.Until.Long())).
			citing("VCLT 6").accepting("a day before " + exists.Until.String() + ", or a successor as participant"))
	}
	return nil
}

// participantAdmitted: the treaty says who may take part (VCLT 81-83).
func participantAdmitted(r *ruling) []Finding {
	if r.act.Kind == FormalConfirmation && r.participant.Kind == KindState {
		return one(reject(CodeNotEligible, "action", "formal confirmation is the act of an organization").
			citing("VCLT-IO 2(1)(b bis)").accepting("ratification or accession for a State"))
	}
	if !r.act.Kind.IsConsent() && !r.act.Kind.IsSignature() || r.state.Admits(r.treaty, r.participant, r.act.Date) {
		return nil
	}
	return one(reject(CodeNotEligible, "participant", fmt.Sprintf("%s, a %s, is not admitted to %s", r.participant.CurrentName(), r.participant.Kind, r.treaty.Short)).
		citing(cite(r.treaty.AdmitsArticle)).accepting(strings.Join(r.treaty.Admits, ", ")))
}

// dayPossible: an instrument cannot be deposited before the treaty exists, nor
// have effect before its deposit (VCLT 16, 28). Successions look back (VCST 22).
func dayPossible(r *ruling) (findings []Finding) {
	a := r.act
	if !r.treaty.Adopted.IsZero() && a.Date.Before(r.treaty.Adopted) {
		findings = append(findings, query(CodeDepositBeforeAdoption, "date", fmt.Sprintf("%s was adopted on %s", r.treaty.Short, r.treaty.Adopted.Long())).
			citing("VCLT 9, 16").accepting("a day from "+r.treaty.Adopted.String()+" on"))
	}
	looksBack := a.Kind == SuccessionOfState || a.Kind == SuccessionToSignature
	if looksBack && !a.Effect.IsZero() && a.Effect.Before(r.participant.Exists.From) {
		findings = append(findings, reject(CodeParticipantNotExisting, "effect", fmt.Sprintf("%s exists only from %s, and cannot have succeeded before", r.participant.CurrentName(), r.participant.Exists.From.Long())).
			citing("VCST 2(1)(d), 22").accepting("a day from "+r.participant.Exists.From.String()+" on"))
	}
	if !a.Effect.IsZero() && a.Effect.Before(a.Date) && !looksBack && r.replaced.IsZero() {
		findings = append(findings, reject(CodeEffectBeforeDeposit, "effect", fmt.Sprintf("%s of %s cannot have effect from %s", a.Kind.WithArticle(), a.Date.Long(), a.Effect.Long())).
			citing("VCLT 16, 28").accepting("a day from "+a.Date.String()+" on"))
	}
	return findings
}

// effectForeseen: the day from which consent binds follows from the treaty
// (VCLT 24(3)); one that lies far after it is more likely a slip.
func effectForeseen(r *ruling) []Finding {
	a := r.act
	if a.Effect.IsZero() || !a.Kind.IsConsent() || a.Kind == SuccessionOfState {
		return nil
	}
	day, why := a.Date.AddYears(9), "more than ten years after its deposit"
	if rule := r.treaty.LaterParties; rule != nil {
		if force := r.history().InForce; !force.IsZero() {
			day = later(rule.Then.span().from(a.Date), force)
			why = fmt.Sprintf("the clause leads to %s (%s)", day.Long(), rule.Then)
		}
	}
	if !a.Effect.After(day.AddYears(1)) {
		return nil
	}
	return one(query(CodeEffectNotForeseen, "effect", fmt.Sprintf("%s of %s would bind from %s only: %s", a.Kind.WithArticle(), a.Date.Long(), a.Effect.Long(), why)).
		citing("VCLT 24(3)").accepting("the day that follows from the treaty, or none"))
}

// signatureOpen: a treaty is signed while it is open for signature (VCLT 10, 12).
func signatureOpen(r *ruling) []Finding {
	kind := r.act.Kind
	if !kind.IsSignature() || kind == SuccessionToSignature || !r.treaty.ClausesKnown() {
		return nil
	}
	clause := r.treaty.Signature
	refuse := func(message, accepted string) []Finding {
		article := ""
		if clause != nil {
			article = cite(clause.Article)
		}
		return one(reject(CodeSignatureNotOpen, "date", message).citing(article).accepting(accepted))
	}
	switch {
	case clause == nil:
		return refuse(r.treaty.Short+" is not opened for signature", joinKinds(r.treaty.Consent.By))
	case r.act.Date.Before(clause.Opens):
		return refuse(fmt.Sprintf("%s was opened for signature on %s", r.treaty.Short, clause.Opens.Long()), "a day from "+clause.Opens.String()+" on")
	case !clause.Closes.IsZero() && r.act.Date.After(clause.Closes):
		return refuse(fmt.Sprintf("%s was closed for signature after %s", r.treaty.Short, clause.Closes.Long()), "a day up to "+clause.Closes.String()+", or accession")
	}
	return nil
}

// signedOnce: a second signature adds nothing to the first (VCLT 18).
func signedOnce(r *ruling) []Finding {
	if !r.act.Kind.IsSignature() {
		return nil
	}
	for _, a := range r.course.Acts {
		elsewhere := r.act.Depositary != "" && a.Action().Depositary != "" && !strings.EqualFold(a.Action().Depositary, r.act.Depositary)
		if a.Action().Kind.IsSignature() && !elsewhere {
			return one(reject(CodeAlreadySigned, "action", fmt.Sprintf("%s has signed %s on %s (record %s)", r.participant.CurrentName(), r.treaty.Short, a.Action().Date.Long(), a.ID)).
				citing("VCLT 18").accepting("a correction of that record"))
		}
	}
	return nil
}

// boundOnce: consent is expressed once, until it ends (VCLT 2(1)(b), 11).
func boundOnce(r *ruling) []Finding {
	kind := r.act.Kind
	if !kind.IsConsent() && !kind.IsSignature() {
		return nil
	}
	for _, p := range r.course.Periods {
		if r.withAnotherDepositary(p) {
			continue
		}
		over := p.leavesBy(r.act.Date) || (!p.Until.IsZero() && !r.act.Date.Before(p.Until))
		signsBefore := !kind.IsConsent() && !r.act.Date.After(p.Deposited)
		if over || signsBefore || kind == SuccessionToSignature || r.leftBefore(p) {
			continue
		}
		return one(reject(CodeAlreadyBound, "action", fmt.Sprintf("%s has consented to be bound by %s on %s (%s, record %s), and has not withdrawn since",
			r.participant.CurrentName(), r.treaty.Short, p.Deposited.Long(), p.Consent.Action().Kind, p.Consent.ID)).
			citing("VCLT 11").accepting("a correction of that record, or its withdrawal first; where it is the later of two consents, the earlier one with its withdrawal in one command; where it was made with another of several depositaries, each with the name of its depositary"))
	}
	return nil
}

// withAnotherDepositary reports whether the act is one that the participant has
// done already with another of several depositaries (VCLT 76(1)): all are kept,
// and the earliest counts (NPT IX: London, Moscow and Washington).
func (r *ruling) withAnotherDepositary(p Period) bool {
	if r.act.Depositary == "" || r.act.Kind != p.Consent.Action().Kind {
		return false
	}
	return !slices.ContainsFunc(r.course.Acts, func(a Act) bool {
		held := a.Action()
		return held.Kind == r.act.Kind && (held.Depositary == "" || strings.EqualFold(held.Depositary, r.act.Depositary)) &&
			!held.Date.Before(p.Deposited) && (p.Until.IsZero() || held.Date.Before(p.Until))
	})
}

// leftBefore reports whether the command itself brings the withdrawal between this
// consent and a later one that is held: what a table of today has overwritten
// is recorded afterwards (Paris Agreement, USA, 2016 to 2020).
func (r *ruling) leftBefore(later Period) bool {
	return slices.ContainsFunc(r.following, func(a Action) bool {
		leaves := a.Kind == Withdrawal || a.Kind == WithdrawalOfConsent
		return leaves && a.Participant == r.act.Participant && !a.Date.Before(r.act.Date) && !a.Date.After(later.Deposited)
	})
}

// consentForeseen: consent is expressed by the means that the treaty provides
// (VCLT 11-16).
func consentForeseen(r *ruling) []Finding {
	kind := r.act.Kind
	if !kind.IsConsent() || kind == SuccessionOfState || r.treaty.Consent == nil || slices.Contains(r.treaty.Consent.By, kind) {
		return nil
	}
	return one(query(CodeConsentNotForeseen, "action", fmt.Sprintf("%s does not provide for %s", r.treaty.Short, kind)).
		citing(cite(r.treaty.Consent.Article)).accepting(joinKinds(r.treaty.Consent.By)))
}

// somethingToAnswer: a confirmation answers a signature ad referendum (VCLT
// 12(2)(b)), an end of provisional application or of a suspension its beginning
// (VCLT 25(2), 72(2)), a withdrawal of non-acceptance the non-acceptance.
func somethingToAnswer(r *ruling) []Finding {
	first, article := ActionKind(""), ""
	switch r.act.Kind {
	case ConfirmationOfSignature:
		first, article = SignatureAdReferendum, "VCLT 12(2)(b)"
	case EndOfProvisional:
		first, article = ProvisionalApplication, "VCLT 25(2)"
	case EndOfSuspension:
		first, article = Suspension, "VCLT 72(2)"
	case WithdrawalOfNonAcceptance:
		first, article = NonAcceptance, "VCLT 40(4)"
	default:
		return nil
	}
	if slices.ContainsFunc(r.course.Acts, func(a Act) bool { return a.Action().Kind == first && !a.Action().Date.After(r.act.Date) }) {
		return nil
	}
	return one(reject(CodeNothingToAnswer, "action", fmt.Sprintf("there is no %s of %s by %s", first, r.participant.CurrentName(), r.act.Date.Long())).
		citing(article).accepting("the " + string(first) + " first"))
}

// lastLeft returns the end of the participant's last period before the act: what
// was signed or reserved before it is spent.
func (r *ruling) lastLeft() (left Date) {
	for _, p := range r.course.Periods {
		if p.leavesBy(r.act.Date) {
			left = p.Until
		}
	}
	return left
}

// signatureBeforeRatification: signatories ratify, others accede (VCLT 14, 15).
func signatureBeforeRatification(r *ruling) []Finding {
	if r.treaty.Signature == nil {
		return nil
	}
	signed := slices.ContainsFunc(r.course.Acts, func(a Act) bool {
		return a.Action().Kind.IsSignature() && (!a.Action().Date.After(r.act.Date) || a.Action().Kind == SuccessionToSignature)
	})
	switch {
	case r.act.Kind == Ratification && !signed:
		return one(query(CodeRatifyWithoutSignature, "action", fmt.Sprintf("%s has not signed %s by %s", r.participant.CurrentName(), r.treaty.Short, r.act.Date.Long())).
			citing("VCLT 14").accepting("accession, or the signature first"))
	case r.act.Kind == Accession && signed && r.lastLeft().IsZero():
		return one(query(CodeAccedeAfterSignature, "action", fmt.Sprintf("%s has signed %s, and signatories ratify", r.participant.CurrentName(), r.treaty.Short)).
			citing("VCLT 14, 15").accepting("ratification"))
	}
	return nil
}

// accessionOpen: some treaties are open for accession only from a day on (VCLT 15).
func accessionOpen(r *ruling) []Finding {
	if r.act.Kind != Accession || r.treaty.Consent == nil || r.treaty.Consent.AccessionOpens == "" {
		return nil
	}
	opens, err := ParseDate(r.treaty.Consent.AccessionOpens)
	if err != nil { // "entry into force"
		opens = r.history().InForce.Or(LastDay)
	}
	if !r.act.Date.Before(opens) {
		return nil
	}
	return one(query(CodeAccessionNotOpen, "date", fmt.Sprintf("%s is open for accession from %s on", r.treaty.Short, r.treaty.Consent.AccessionOpens)).
		citing(cite(r.treaty.Consent.Article)).accepting("signature and ratification before that day"))
}

// parentBound: a protocol may ask for being bound by its parent (UNTOC 37(2)).
func parentBound(r *ruling) []Finding {
	if r.treaty.ParentRule == "" || !r.act.Kind.IsConsent() {
		return nil
	}
	parent := r.state.History(r.treaty.Parent, Axes{})
	if parent == nil {
		return nil
	}
	status := parent.Course(r.participant.ID).On(r.act.Date).Status
	if status.Consenting() || (r.treaty.ParentRule == ParentPartyOrSignatory && status.Signed()) {
		return nil
	}
	return one(query(CodeParentNotBound, "participant", fmt.Sprintf("%s is not known to be %s to %s on %s", r.participant.CurrentName(), r.treaty.ParentRule, parent.Treaty.Short, r.act.Date.Long())).
		citing(cite(r.treaty.ParentArticle)).accepting("the act in respect of " + parent.Treaty.Short + " first"))
}

// exclusionsAllowed: parts may be left out only where the treaty allows it (VCLT 17(1)).
func exclusionsAllowed(r *ruling) []Finding {
	if len(r.act.Excludes) == 0 || !r.treaty.ClausesKnown() || r.act.Kind == DenunciationOfParts {
		return nil
	}
	clause := r.treaty.Exclusions
	if clause == nil || !r.act.Kind.IsConsent() {
		return one(reject(CodeExclusionNotAllowed, "excludes", fmt.Sprintf("%s of %s excludes no part", r.act.Kind, r.treaty.Short)).citing("VCLT 17(1)"))
	}
	for _, part := range r.act.Excludes {
		if !slices.Contains(clause.Of, part) {
			return one(reject(CodeExclusionNotAllowed, "excludes", fmt.Sprintf("%s does not allow %q to be excluded", r.treaty.Short, part)).
				citing(cite(clause.Article)).accepting(strings.Join(clause.Of, ", ")))
		}
	}
	if clause.Most > 0 && len(r.act.Excludes) > clause.Most {
		return one(reject(CodeExclusionNotAllowed, "excludes", fmt.Sprintf("%d parts excluded", len(r.act.Excludes))).
			citing(cite(clause.Article)).accepting(fmt.Sprintf("at most %d of %s", clause.Most, strings.Join(clause.Of, ", "))))
	}
	return nil
}
