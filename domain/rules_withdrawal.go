package domain

import (
	"fmt"
	"slices"
)

// The rules on leaving a treaty.

// notBound says what a participant that is not bound on that day could do instead.
func (r *ruling) notBound(what, accepted string) []Finding {
	status := r.status()
	return one(reject(CodeNotBound, "participant", fmt.Sprintf("%s is not bound by %s on %s (%s): it cannot %s", r.participant.CurrentName(), r.treaty.Short, r.act.Date.Long(), status, what)).
		citing("VCLT 2(1)(g), 54").accepting(accepted))
}

// withdrawalPossible: a party leaves as the treaty provides (VCLT 54, 56).
func withdrawalPossible(r *ruling) []Finding {
	if r.act.Kind != Withdrawal {
		return nil
	}
	r.history()
	period, ok := r.course.PeriodOn(r.act.Date)
	// Where no clauses are held, it is not known from when the treaty is in force
	// for anybody: the notice that the depositary received is believed.
	believed := ok && !r.treaty.ClausesKnown()
	if !ok || !r.status().Bound() && !believed {
		if ok {
			return r.notBound("denounce it", "withdrawal of consent, until it takes effect")
		}
		return r.notBound("denounce it", "a party")
	}
	if n := len(period.Withdrawals); n > 0 && period.Withdrawals[n-1].Revoked.IsZero() && !period.Withdrawals[n-1].Effect.IsZero() {
		return one(reject(CodeNotBound, "action", fmt.Sprintf("%s has notified its withdrawal on %s already", r.participant.CurrentName(), period.Withdrawals[n-1].Act.Action().Date.Long())).
			citing("VCLT 67").accepting("its revocation"))
	}
	clause := r.treaty.Withdrawal
	if r.act.ByLaw != "" || believed {
		return nil // no window and no period of notice is examined
	}
	if clause == nil {
		if r.act.Effect.IsZero() {
			return one(query(CodeNoWithdrawalClause, "action", fmt.Sprintf("the withdrawal clause of %s is not known: the day of effect cannot be computed", r.treaty.Short)).
				citing("VCLT 54, 56").accepting("the day of effect that the depositary notified"))
		}
		return nil
	}
	if clause.Rule == "none" {
		return one(query(CodeNoWithdrawalClause, "action", fmt.Sprintf("%s has no clause on withdrawal: the notification is kept, the status does not change", r.treaty.Short)).
			citing("VCLT 56"))
	}
	return r.withdrawalInTime(clause, period)
}

func (r *ruling) withdrawalInTime(clause *WithdrawalClause, period *Period) []Finding {
	if first, why := r.history().withdrawalNotBefore(period); r.act.Date.Before(first) {
		return one(reject(CodeWithdrawalTooEarly, "date", fmt.Sprintf("%s may be denounced only %s", r.treaty.Short, why)).
			citing(cite(clause.Article)).accepting("a day from " + first.String() + " on"))
	}
	if window, inside := r.history().withdrawalWindow(r.act.Date); !inside {
		return one(reject(CodeOutsideWindow, "date", fmt.Sprintf("%s may be denounced only within %s", r.treaty.Short, clause.Window)).
			citing(cite(clause.Article)).accepting(fmt.Sprintf("a day from %s to %s", window.From, window.Until.AddDays(-1))))
	}
	if clause.Periods != nil || r.act.Effect.IsZero() {
		return nil
	}
	earliest := clause.Then.span().from(r.act.Date)
	why := fmt.Sprintf("a notification of %s takes effect on %s (%s)", r.act.Date.Long(), earliest.Long(), clause.Then)
	switch {
	case r.act.Effect.Before(earliest) && clause.LaterDate:
		return one(reject(CodeWithdrawalTooEarly, "effect", why).citing(cite(clause.Article)).accepting(earliest.String() + " or a later day"))
	case r.act.Effect.Before(earliest):
		return one(reject(CodeWithdrawalTooEarly, "effect", why).citing(cite(clause.Article)).accepting(earliest.String()))
	case r.act.Effect.After(earliest) && !clause.LaterDate:
		return one(reject(CodeEffectNotForeseen, "effect", why+", and the treaty does not let it name a later day").citing(cite(clause.Article)).accepting(earliest.String()))
	}
	return nil
}

// revocationInTime: a notification may be revoked before it takes effect (VCLT 68).
func revocationInTime(r *ruling) []Finding {
	if r.act.Kind != RevocationOfWithdrawal {
		return nil
	}
	r.history()
	for _, p := range slices.Backward(r.course.Periods) { // a withdrawal from an earlier period is over
		for _, w := range slices.Backward(p.Withdrawals) {
			if w.Act.Action().Date.After(r.act.Date) || !w.Revoked.IsZero() {
				continue
			}
			if w.Effect.IsZero() || r.act.Date.Before(w.Effect) {
				return nil
			}
			return one(reject(CodeRevocationTooLate, "date", fmt.Sprintf("the withdrawal of %s took effect on %s", w.Act.Action().Date.Long(), w.Effect.Long())).
				citing("VCLT 68").accepting("a day before " + w.Effect.String() + ", or consent anew"))
		}
	}
	return one(reject(CodeNotBound, "action", fmt.Sprintf("%s has notified no withdrawal from %s that could be revoked", r.participant.CurrentName(), r.treaty.Short)).
		citing("VCLT 68"))
}

// consentWithdrawable: an instrument may be taken back until it takes effect
// (ST/LEG/7/Rev.1, paras. 157-158).
func consentWithdrawable(r *ruling) []Finding {
	if r.act.Kind != WithdrawalOfConsent {
		return nil
	}
	switch status := r.status(); {
	case status == Contracting:
		return nil
	case status.Bound():
		return one(reject(CodeRevocationTooLate, "date", fmt.Sprintf("%s is in force for %s already", r.treaty.Short, r.participant.CurrentName())).
			citing("ST/LEG/7/Rev.1, 157").accepting("withdrawal"))
	}
	return r.notBound("take back its consent", "a participant whose consent is deposited and not yet in force")
}
