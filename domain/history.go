package domain

import (
	"cmp"
	"slices"
)

// Status is where a participant stands in respect of a treaty. It is always
// computed, never typed in.
type Status string

// The ladder of statuses.
const (
	NotKnown           Status = "not known" // no act of it is recorded, nor a source that would list one
	NoAction           Status = "no action"
	Signatory          Status = "signatory"
	SignedAtLeast      Status = "signed; whether ratified since is not known" // no source is recorded that would list its consent
	Contracting        Status = "contracting"                                 // consent deposited, treaty not yet in force for it (VCLT 2(1)(f))
	Party              Status = "party"                                       // VCLT 2(1)(g)
	WithdrawalNotified Status = "party, withdrawal notified"                  // party until the effect date
	FormerParty        Status = "former party"
	Extinct            Status = "extinct" // the participant has ceased to exist
)

// Bound reports whether the treaty is in force for a participant of this status.
func (s Status) Bound() bool { return s == Party || s == WithdrawalNotified }

// Signed reports whether it has signed, and its consent is not recorded.
func (s Status) Signed() bool { return s == Signatory || s == SignedAtLeast }

// ConsentKnown reports whether it is known if it has consented.
func (s Status) ConsentKnown() bool { return s != NotKnown && s != SignedAtLeast }

// Consenting reports whether its consent is deposited and stands: what the
// official pages count as "Parties".
func (s Status) Consenting() bool { return s == Contracting || s.Bound() }

// History is what follows in law from all acts of a treaty: its entry into
// force and the course of every participation. It is computed as the acts
// stand known at one position and received by one day, and answers for any
// legal day.
type History struct {
	Treaty  *Treaty
	InForce Date // entry into force, no date while it is unknown or has not come
	MetOn   Date // day on which the condition was met by the deposits held
	Stated  bool // InForce is the published day, which the recorded deposits do not lead to
	Courses []*Course

	computed Date // entry into force by the recorded deposits, or no date
	axes     Axes
	coverage coverage
	state    *State
	parent   *History
	answers  map[RecordID][]Answer // by the record that is answered; made while folding
}

// Course is the course of one participation.
type Course struct {
	Participant ParticipantID
	Acts        []Act // as they stand, by legal day
	Periods     []Period
	Standings   []Standing // by day; the status of a day is that of the last one before or on it
	Statements  []*StatementCourse

	absent Status // where no act counts: NoAction or NotKnown

	territories territories // what the register has of the territories that its acts name
}

// Act is an act as it stands: its latest version under its first record's id.
type Act struct {
	ID        RecordID  // first record of the act
	Version   *Record   // the record that holds now
	Contested []*Record // what other sources say instead, as it stands
}

// Action returns the act itself.
func (a Act) Action() *Action { return a.Version.Action }

// Period is one span of consent: from the deposit to the withdrawal's effect.
// A participant that comes back begins another one.
type Period struct {
	Consent     Act
	From        Date // the day on which consent stands: deposit, or succession of States
	Deposited   Date // the day that counts towards entry into force
	Bound       Date // in force for the participant from this day; no date: not yet, or never
	BoundBy     string
	Until       Date // end of consent, exclusive; no date: still
	Ending      Act  // the act that ended it, if one did
	Withdrawals []WithdrawalNotification
}

// leavesBy reports whether a withdrawal that ends the period was notified by the day.
func (p *Period) leavesBy(day Date) bool {
	return !p.Until.IsZero() && p.Ending.Version != nil && !p.Ending.Action().Date.After(day)
}

// WithdrawalNotification is a notification of withdrawal within a period.
type WithdrawalNotification struct {
	Act     Act
	Effect  Date // no date: none follows (no withdrawal clause), or it is not known
	Revoked Date // no date: it stands
}

// Standing is a status with what modifies it, from a day on.
type Standing struct {
	From             Date
	Status           Status
	WithReservations bool
	Provisional      bool // applied provisionally
	Suspended        bool // a party for which its operation is suspended (VCLT 57, 72)
	IntendsNot       bool // a signatory that does not intend to become a party (VCLT 18(a))
	Cause            RecordID
	Why              string
}

// On returns the standing of a day.
func (c *Course) On(day Date) Standing {
	i, found := slices.BinarySearchFunc(c.Standings, day, func(s Standing, d Date) int { return s.From.Compare(d) })
	if !found {
		i--
	}
	if i < 0 {
		return Standing{Status: cmp.Or(c.absent, NotKnown)}
	}
	return c.Standings[i]
}

// Since returns the day from which the status of a day has held.
func (c *Course) Since(day Date) Date {
	standing := c.On(day)
	absent := standing.Status == NoAction || standing.Status == NotKnown
	if absent && !standing.Provisional {
		return Date{} // nothing holds since the end of a provisional application
	}
	var since Date
	for _, s := range c.Standings {
		switch {
		case s.From.After(day):
		case s.Status != standing.Status, absent && !s.Provisional:
			since = Date{}
		case since.IsZero():
			since = s.From
		}
	}
	return since
}

// PeriodOn returns the period of consent that covers the day.
func (c *Course) PeriodOn(day Date) (*Period, bool) {
	for i := range c.Periods {
		p := &c.Periods[i]
		if !day.Before(p.From) && (p.Until.IsZero() || day.Before(p.Until)) {
			return p, true
		}
	}
	return nil, false
}

// PeriodOf returns the period to which what was made on a day belongs: the one whose
// consent was deposited on that day, though it may wait for an earlier one to end, or
// else the one that covers the day. Guyana denounced ICCPR-OP1 and acceded anew with
// a reservation on 5 January 1999: it belongs to the new consent.
func (c *Course) PeriodOf(day Date) (*Period, bool) {
	for i := range c.Periods {
		if c.Periods[i].Deposited == day {
			return &c.Periods[i], true
		}
	}
	return c.PeriodOn(day)
}

// SignedOn returns the day of a participant's first signature, or no date.
func (h *History) SignedOn(c *Course) (first Date) {
	for _, a := range c.Acts {
		if h.signs(a, c.Acts) {
			first = earlierOf(first, h.SignatureDay(a))
		}
	}
	return first
}

// signs reports whether the act makes a signatory. A signature ad referendum does
// once it is confirmed, and then from the original day (VCLT 12(2)(b)).
func (h *History) signs(a Act, all []Act) bool {
	if !h.capable(a) {
		return false
	}
	kind := a.Action().Kind
	if kind != SignatureAdReferendum {
		return kind.IsSignature()
	}
	return slices.ContainsFunc(all, func(b Act) bool {
		return b.Action().Kind == ConfirmationOfSignature && h.capable(b) && !b.Action().Date.Before(a.Action().Date)
	})
}

// Course returns the course of a participation, or an empty one.
func (h *History) Course(p ParticipantID) *Course {
	i, ok := slices.BinarySearchFunc(h.Courses, p, byParticipant)
	if !ok {
		return &Course{Participant: p, absent: h.absent(p)}
	}
	return h.Courses[i]
}

func byParticipant(c *Course, id ParticipantID) int { return cmp.Compare(c.Participant, id) }

// Counts are the two counts of a day, kept apart: what official pages call
// "Parties" is the number of consents deposited.
type Counts struct {
	Signatories int
	Consents    int
	Parties     int
	Unknown     bool // no act is recorded: the numbers, all 0, say nothing
}

// CountsOn counts for a day.
func (h *History) CountsOn(day Date) (n Counts) {
	n.Unknown = h.Coverage(day).Extent == ExtentNone
	for _, c := range h.Courses {
		if signed := h.SignedOn(c); !signed.IsZero() && !signed.After(day) {
			n.Signatories++
		}
		status := c.On(day).Status
		// A status may look back, as a succession does; a deposit does not.
		if p, ok := c.PeriodOn(day); ok && status.Consenting() && !p.Deposited.After(day) {
			n.Consents++
		}
		if status.Bound() {
			n.Parties++
		}
	}
	n.Unknown = n.Unknown && n.Parties == 0
	return n
}

// participant returns the participant as known on the history's axes.
func (h *History) participant(id ParticipantID) *Participant {
	if p, ok := h.state.Participant(id, h.axes.KnownAt); ok {
		return p
	}
	return &Participant{ID: id, Kind: KindState}
}
