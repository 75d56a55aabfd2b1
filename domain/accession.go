package domain

import (
	"fmt"
	"slices"
)

// This file tells between whom an accession has effect where the treaty asks for
// its acceptance: only between who accedes and those that declare that they
// accept it (Hague Convention of 25 October 1980 on child abduction, 38).

// acceptedPair reports whether the accessions of two participants have effect
// between them on a day, where the treaty asks for acceptance. The earlier
// participant accepts the accession of the later one; one that ratifies after an
// accession accepts it too. It returns from when, or why not.
func (h *History) acceptedPair(a, b *Course, day Date) (ok bool, why string) {
	clause := h.Treaty.Accessions
	if clause == nil {
		return true, ""
	}
	for _, pair := range [][2]*Course{{a, b}, {b, a}} {
		joined, other := pair[0], pair[1]
		p, consents := joined.PeriodOn(day)
		q, both := other.PeriodOn(day)
		if !consents || !both || p.Consent.Action().Kind != Accession {
			continue
		}
		if q.Consent.Action().Kind == Accession && (p.Deposited.Before(q.Deposited) || p.Deposited == q.Deposited && joined.Participant < other.Participant) {
			continue // the accession of the later one is what is accepted
		}
		from := h.accessionAcceptedFrom(other, joined.Participant, p.Consent.ID)
		if from.IsZero() || from.After(day) {
			return false, fmt.Sprintf("%s has not accepted the accession of %s%s", h.participant(other.Participant).Name(day), h.participant(joined.Participant).Name(day), acceptedFrom(from))
		}
	}
	return true, ""
}

func acceptedFrom(from Date) string {
	if from.IsZero() {
		return ""
	}
	return " with effect before " + from.Long()
}

// accessionAcceptedFrom returns the day from which a participant's acceptance of
// an accession has effect, or no date where it has accepted none.
func (h *History) accessionAcceptedFrom(c *Course, of ParticipantID, accession RecordID) (from Date) {
	for _, a := range c.Acts {
		act := a.Action()
		if act.Kind == AcceptanceOfAccession && act.Statement.Target == accession {
			from = earlierOf(from, act.Effect.Or(h.Treaty.Accessions.Then.span().from(act.Date)))
		}
	}
	return from
}

// acceptanceDays returns the days from which a participant has accepted accessions.
func (h *History) acceptanceDays(c *Course) (days []Date) {
	if h.Treaty.Accessions == nil {
		return nil
	}
	for _, a := range c.Acts {
		if act := a.Action(); act.Kind == AcceptanceOfAccession {
			days = append(days, act.Effect.Or(h.Treaty.Accessions.Then.span().from(act.Date)))
		}
	}
	return days
}

// accessionAccepted: what is accepted is the accession of another participant,
// to a treaty that asks for it.
func accessionAccepted(r *ruling) []Finding {
	if r.act.Kind != AcceptanceOfAccession {
		return nil
	}
	if r.treaty.Accessions == nil && r.treaty.ClausesKnown() {
		return one(reject(CodeFieldUnexpected, "action", fmt.Sprintf("an accession to %s has effect between all parties, and needs no acceptance", r.treaty.Short)).
			citing("VCLT 15, 16").accepting("a communication, or the clause (accessions) in the definition of the treaty first"))
	}
	if !r.consents() {
		return r.notBound("accept an accession", "the act after its consent")
	}
	for _, c := range r.history().Courses {
		i := slices.IndexFunc(c.Acts, func(a Act) bool { return a.ID == r.act.Statement.Target })
		if i < 0 || c.Participant == r.participant.ID || c.Acts[i].Action().Kind != Accession {
			continue
		}
		if on := c.Acts[i].Action().Date; r.act.Date.Before(on) {
			return one(reject(CodeNothingToAnswer, "statement.target", fmt.Sprintf("record %s was made on %s only", c.Acts[i].ID, on.Long())).
				citing(cite(accessionsArticle(r.treaty))).accepting("a day from " + on.String() + " on"))
		}
		return nil
	}
	return one(reject(CodeNothingToAnswer, "statement.target", fmt.Sprintf("record %q is no accession of another participant to %s", r.act.Statement.Target, r.treaty.Short)).
		citing(cite(accessionsArticle(r.treaty))).accepting("the id of the record of an accession"))
}

func accessionsArticle(t *Treaty) string {
	if t.Accessions == nil {
		return ""
	}
	return t.Accessions.Article
}
