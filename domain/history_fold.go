package domain

import (
	"cmp"
	"slices"
	"sort"
)

// History returns what follows in law from the acts of a treaty, of what was
// received and known on the axes. The day of the axes does not matter to it.
// It returns nil for a treaty that was not known.
func (s *State) History(id TreatyID, axes Axes) *History {
	d := s.dossier(id)
	if d == nil {
		return nil
	}
	if axes.ReceivedBy.IsZero() && axes.KnownAt.Has(s.unchangedSince(d)) {
		d.derived.once.Do(func() {
			d.derived.history = s.fold(d, Axes{})
			d.derived.computed.Store(true)
		})
		return d.derived.history
	}
	return s.fold(d, axes)
}

// unchangedSince returns the position of the last commit that what follows from a
// dossier depends on: its own, its parents' or the registry's.
func (s *State) unchangedSince(d *Dossier) uint64 {
	since := max(d.revision, s.registry.revision)
	for range maxParents {
		if d = s.dossier(d.treaty().Parent); d == nil {
			break
		}
		since = max(since, d.revision)
	}
	return since
}

// maxParents bounds how far parents are followed.
const maxParents = 16

func (s *State) fold(d *Dossier, axes Axes) *History {
	treaty, ok := knownAt(d.versions, axes.KnownAt)
	if !ok {
		return nil
	}
	seen := *s // a draft goes on changing; what a history answers does not
	h := &History{Treaty: treaty, axes: axes, state: &seen}
	if treaty.Parent != "" {
		h.parent = s.History(treaty.Parent, axes)
	}
	for _, p := range d.participations {
		acts := actsAsTheyStand(p.records, axes)
		if len(acts) == 0 {
			continue
		}
		h.Courses = append(h.Courses, h.course(p.Participant, acts))
	}
	h.coverage = coverageOf(treaty, statementsThatStand(d.coverage, axes.KnownAt), h.Courses)
	h.partiesOfParent()
	h.enterIntoForce()
	if !h.InForce.IsZero() {
		// Terms are counted from entry into force, and consent is taken back only
		// until it binds; neither can undo entry into force (VCLT 55).
		terms := treaty.Withdrawal != nil && treaty.Withdrawal.Periods != nil
		for i, c := range h.Courses {
			if terms || c.takesBack() {
				h.Courses[i] = h.course(c.Participant, c.Acts)
			}
		}
	}
	for _, c := range h.Courses {
		h.bind(c)
	}
	h.answersTo(RecordID{}) // while no other goroutine has the history
	for _, c := range h.Courses {
		h.settle(c)
	}
	return h
}

// settle evaluates statements and statuses of a course whose periods are bound.
func (h *History) settle(c *Course) {
	c.absent = h.absent(c.Participant)
	h.noteTerritories(c)
	c.Statements = h.statementsOf(c)
	c.Standings = h.standings(c)
}

// actsAsTheyStand applies corrections and annulments to the records known at
// the position, and drops what the depositary received later than the axis says.
func actsAsTheyStand(records []*Record, axes Axes) []Act {
	known := records
	if !axes.KnownAt.Everything() {
		known = recordsUpTo(records, axes.KnownAt)
	}
	annulled := annulledRecords(known)
	acts := make([]Act, 0, len(known))
	var notified []*Record
	for _, r := range known {
		switch {
		case annulled[r.ID] || r.Op == OpAnnulled:
		case r.Op == OpRecorded:
			acts = append(acts, Act{ID: r.ID, Version: r})
		case r.Op == OpContested:
			if j := slices.IndexFunc(acts, func(a Act) bool { return a.ID == r.Target }); j >= 0 {
				acts[j].Contested = append(acts[j].Contested, r)
			} else { // what it contradicted is annulled
				acts = append(acts, Act{ID: r.ID, Version: r})
			}
		case r.Op == OpCorrected:
			correctAct(acts, r)
		case r.Op == OpNotified:
			notified = append(notified, r)
		}
	}
	for i := range acts {
		acts[i].settle()
	}
	notify(acts, notified)
	acts = slices.DeleteFunc(acts, func(a Act) bool {
		return !axes.ReceivedBy.IsZero() && a.Action().ReceivedOn().After(axes.ReceivedBy)
	})
	slices.SortStableFunc(acts, func(a, b Act) int {
		return cmp.Or(a.Action().Date.Compare(b.Action().Date), rank(a)-rank(b), cmp.Compare(a.Action().Kind, b.Action().Kind), a.ID.Compare(b.ID))
	})
	return acts
}

// correctAct lets a correction take the place of the assertion it corrects.
func correctAct(acts []Act, r *Record) {
	for i := range acts {
		if acts[i].ID == r.Target {
			acts[i].Version = r
			return
		}
		for j, other := range acts[i].Contested {
			if other.root() == r.Target {
				acts[i].Contested[j] = r
				return
			}
		}
	}
}

// settle lets the assertion of the highest source hold, and of equal ones the
// one that was recorded first.
func (a *Act) settle() {
	for i, other := range a.Contested {
		if other.Action.SourceRank() < a.Version.Action.SourceRank() {
			a.Version, a.Contested[i] = other, a.Version
		}
	}
}

func recordsUpTo(records []*Record, known Moment) []*Record {
	n := sort.Search(len(records), func(i int) bool { return !known.Has(records[i].ID.Position) })
	return records[:n]
}

// rank orders acts of one day as they follow from each other, so that the
// order of recording does not matter: signature, consent, statements, leaving.
func rank(a Act) int {
	switch kind := a.Action().Kind; {
	case kind.IsSignature() && !kind.IsConsent():
		return 0
	case kind == ConfirmationOfSignature:
		return 1
	case kind.IsConsent():
		return 2
	case kind.IsStatement():
		return 3
	case kind == Withdrawal || kind == WithdrawalOfConsent:
		return 4
	}
	return 5
}

// annulledRecords finds the records that a standing annulment takes back. The
// latest annulment stands; one that it takes back does not.
func annulledRecords(records []*Record) map[RecordID]bool {
	var annulled map[RecordID]bool
	for i := len(records) - 1; i >= 0; i-- {
		if r := records[i]; r.Op == OpAnnulled && !annulled[r.ID] {
			if annulled == nil {
				annulled = make(map[RecordID]bool)
			}
			annulled[r.Target] = true
		}
	}
	return annulled
}

// course folds the acts of one participant into periods of consent; when they
// bind is known only after the treaty's entry into force.
func (h *History) course(id ParticipantID, acts []Act) *Course {
	c := &Course{Participant: id, Acts: acts}
	var done []RecordID // acts that were carried out out of their turn
	end := h.participant(id).Exists.Until
	for i, a := range acts {
		switch kind := a.Action().Kind; {
		case slices.Contains(done, a.ID):
		case !h.capable(a):
		case kind.IsConsent():
			// One that consents anew on the day on which it withdraws, or takes
			// his consent back, has done so first, though consent comes first in
			// the day's order.
			if open := c.open(a.Action().Date); open != nil && open.Deposited.Before(a.Action().Date) {
				done = append(done, h.leaveOn(c, a.Action().Date, acts[i:], end)...)
			}
			h.openPeriod(c, a, end)
		case kind == Withdrawal:
			h.notifyWithdrawal(c, a, end)
		case kind == RevocationOfWithdrawal:
			revokeWithdrawal(c, a, end)
		case kind == WithdrawalOfConsent:
			h.takeBack(c, a)
		}
	}
	return c
}

// takesBack reports whether the participant has taken consent back, or tried to.
func (c *Course) takesBack() bool {
	return slices.ContainsFunc(c.Acts, func(a Act) bool { return a.Action().Kind == WithdrawalOfConsent })
}

// leaveOn carries out the withdrawals of a day, of the participation and of the
// consent alike, and returns their records.
func (h *History) leaveOn(c *Course, day Date, following []Act, end Date) (done []RecordID) {
	for _, a := range following {
		if a.Action().Date != day {
			break
		}
		switch a.Action().Kind {
		case Withdrawal:
			h.notifyWithdrawal(c, a, end)
			done = append(done, a.ID)
		case WithdrawalOfConsent:
			h.takeBack(c, a)
			done = append(done, a.ID)
		}
	}
	return done
}

// open returns the period that covers the day.
func (c *Course) open(day Date) *Period {
	p, _ := c.PeriodOn(day)
	return p
}

func (h *History) openPeriod(c *Course, a Act, end Date) {
	from := a.Action().Date
	if a.Action().Kind == SuccessionOfState {
		from = h.successionDate(a)
	}
	if n := len(c.Periods); n > 0 {
		switch last := &c.Periods[n-1]; {
		case last.leavesBy(a.Action().Date):
			// Consent given anew while a withdrawal is pending takes the place
			// of the old one when that ends (Trinidad and Tobago, ICCPR-OP1, 1998).
			from = later(from, last.Until)
		case last.Until.IsZero() || from.Before(last.Until):
			return // adds nothing, and is refused on recording
		}
	}
	if !end.IsZero() && !from.Before(end) {
		return
	}
	c.Periods = append(c.Periods, Period{Consent: a, From: from, Deposited: a.Action().Date, Until: end})
}

// successionDate returns the day from which a succession takes effect: the one
// stated, or the date of the succession of States (VCST 22, 23), or where none
// is known the deposit's.
func (h *History) successionDate(a Act) Date {
	if stated := a.Action().Effect; !stated.IsZero() {
		return earlierOf(stated, a.Action().Date)
	}
	if on := h.participant(a.Action().Participant).SuccessionDate(); !on.IsZero() && on.Before(a.Action().Date) {
		return on
	}
	return a.Action().Date
}

// revokeWithdrawal takes back the notices that were given before, or those of
// the same day where there are none. Consent that was given anew to follow the
// withdrawal adds nothing any more (VCLT 68).
func revokeWithdrawal(c *Course, a Act, end Date) {
	on := a.Action().Date
	open := c.open(on)
	if open == nil {
		return
	}
	earlier := slices.ContainsFunc(open.Withdrawals, func(w WithdrawalNotification) bool { return w.Revoked.IsZero() && w.Act.Action().Date.Before(on) })
	for i := range open.Withdrawals {
		if w := &open.Withdrawals[i]; w.Revoked.IsZero() && (!earlier || w.Act.Action().Date.Before(on)) {
			w.Revoked = on
		}
	}
	open.endByNotice(end)
	if open.Until == end {
		c.Periods = slices.DeleteFunc(c.Periods, func(p Period) bool { return p.From.After(on) })
	}
	c.waitAgain(on)
}

// takeBack ends consent that has not taken effect: the one that waits for an
// earlier one to end, or else the current one (ST/LEG/7/Rev.1, paras. 157-158).
func (h *History) takeBack(c *Course, a Act) {
	on := a.Action().Date
	if n := len(c.Periods); n > 0 && c.Periods[n-1].From.After(on) {
		c.Periods = c.Periods[:n-1]
		return
	}
	if open := c.open(on); open != nil {
		if bound, _ := h.boundFrom(open); !bound.IsZero() && !later(bound, open.From).After(on) {
			return // it has taken effect: it is left by withdrawal only
		}
		open.Until, open.Ending = on, a
	}
}
