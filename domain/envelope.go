package domain

import "slices"

// A deposit is an envelope: the consent, and what came with it: reservations,
// declarations, confirmations, territories. Each act has a record of its own;
// corrected in its day, annulled or restored, the envelope moves as a whole.

// goesWithConsent reports whether an act can lie in the envelope of a consent.
func (k ActionKind) goesWithConsent() bool {
	return k.begins() || k.IsTerritorial() || k == ConfirmationOfReservation
}

// envelope returns what the participant put into one command with a consent, on
// its day, as it stands.
func envelope(p *Participation, consent Act) (with []Act) {
	return enclosed(actsAsTheyStand(p.records, Axes{}), consent)
}

// Envelope returns the deposit that an act is part of, as it stands on the axes:
// the consent first, and then what was recorded with it. It returns nothing for
// an act that stands alone.
func (p *Participation) Envelope(id RecordID, axes Axes) []Act {
	acts := actsAsTheyStand(p.records, axes)
	for _, consent := range acts {
		with := enclosed(acts, consent)
		if len(with) > 0 && (consent.ID == id || slices.ContainsFunc(with, func(a Act) bool { return a.ID == id })) {
			return append([]Act{consent}, with...)
		}
	}
	return nil
}

// enclosed returns those of some acts that came with a consent.
func enclosed(acts []Act, consent Act) (with []Act) {
	if !consent.Action().Kind.IsConsent() {
		return nil
	}
	for _, a := range acts {
		if a.ID != consent.ID && a.ID.Position == consent.ID.Position && a.Action().Date == consent.Action().Date && a.Action().Kind.goesWithConsent() {
			with = append(with, a)
		}
	}
	return with
}

// moved returns an act of an envelope after the correction of its consent: the
// day of deposit, and the days and the reference that it shared with it.
func moved(a, was, is *Action) Action {
	follow := func(day, was, is Date) Date {
		if !day.IsZero() && day == was {
			return is
		}
		return day
	}
	to := *a
	to.Date = is.Date
	to.Received, to.Notified = follow(a.Received, was.Received, is.Received), follow(a.Notified, was.Notified, is.Notified)
	if a.Notification != "" && a.Notification == was.Notification {
		to.Notification = is.Notification
	}
	return to
}

// correctEnvelope lets what came with a consent follow the correction of its day.
func (d *decider) correctEnvelope(treaty TreatyID, with []Act, was, is *Action, prefix string) {
	if was.Date == is.Date {
		return
	}
	for _, a := range with {
		to := moved(a.Action(), was, is)
		answered := d.report(d.check(treaty, &to, a.ID, nil), prefix+"action.")
		d.decided(treaty, &ActionCorrected{Record: a.Version.root(), Action: to, Reason: d.reason, Answered: answered}, prefix)
	}
}

// annulledWith returns the records that are annulled together with one: what
// lay in the envelope of a consent, or the annulments that took it back.
func annulledWith(p *Participation, record *Record) (ids []RecordID) {
	if record.Op == OpAnnulled {
		target := p.record(record.Target)
		if target == nil || target.Action == nil || !target.Action.Kind.IsConsent() {
			return nil
		}
		for _, r := range p.records {
			if r.Op == OpAnnulled && r.ID.Position == record.ID.Position && r.ID != record.ID {
				ids = append(ids, r.ID)
			}
		}
		return ids
	}
	acts := actsAsTheyStand(p.records, Axes{})
	i := slices.IndexFunc(acts, func(a Act) bool { return a.ID == record.ID })
	if i < 0 {
		return nil
	}
	for _, a := range envelope(p, acts[i]) {
		ids = append(ids, a.ID)
	}
	return ids
}

func (p *Participation) record(id RecordID) *Record {
	for _, r := range p.records {
		if r.ID == id {
			return r
		}
	}
	return nil
}
