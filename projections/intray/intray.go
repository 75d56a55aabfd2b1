// Package intray says what waits at the depositary: what arrived and is not
// decided on, acts that were recorded and not notified, notifications that a
// correction has overtaken, and days until which others may object.
//
// Nothing of it is recorded as such: an item is there because of what is recorded,
// and goes with what is recorded next, so that nothing can be left in it or lost.
package intray

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
)

// Kind says why something waits.
type Kind string

// The kinds of items.
const (
	Arrived          Kind = "arrived"            // to be examined, and recorded, filed, held or returned (VCLT 77(1)(c), 77(1)(d))
	NotificationDue  Kind = "notification due"   // recorded here, and not notified (VCLT 77(1)(e))
	CorrigendumDue   Kind = "corrigendum due"    // corrected after it was notified
	SilencePending   Kind = "silence pending"    // a late reservation or modification, which silence accepts (ST/LEG/7/Rev.1, 206)
	ObjectionsUntil  Kind = "objections until"   // the last day for objections to a reservation (VCLT 20(5))
	FullPowersEnding Kind = "full powers ending" // their last day comes
)

// Kinds lists the kinds in the order of the in-tray.
func Kinds() []Kind {
	return []Kind{Arrived, NotificationDue, CorrigendumDue, SilencePending, ObjectionsUntil, FullPowersEnding}
}

// Item is one thing that waits.
type Item struct {
	Kind        Kind                 `json:"kind" enum:"arrived,notification due,corrigendum due,silence pending,objections until,full powers ending"`
	Record      domain.RecordID      `json:"record" doc:"The arrival, or the act"`
	Treaty      domain.TreatyID      `json:"treaty,omitempty"`
	TreatyShort string               `json:"treatyShort,omitempty"`
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Form        domain.ArrivalForm   `json:"form,omitempty" doc:"Of an arrival"`
	Action      domain.ActionKind    `json:"action,omitempty" doc:"The act, or what an arrival is meant as"`
	Sender      string               `json:"sender,omitempty" doc:"Of an arrival"`
	Outcome     domain.Outcome       `json:"outcome,omitempty" doc:"Of an arrival: held, where it is"`
	Why         string               `json:"why,omitempty" doc:"Why it is held, or what follows on the day"`
	Since       domain.Date          `json:"since" doc:"Day of receipt, of the act, or from which it waits" format:"date"`
	Age         int                  `json:"age" doc:"Days since then"`
	Due         domain.Date          `json:"due,omitzero" doc:"Last day, where there is one" format:"date"`
	With        []domain.RecordID    `json:"with,omitempty" doc:"Of an act: those that lay in one envelope with it"`
	Reference   string               `json:"reference,omitempty" doc:"Of a corrigendum: the notification that it would correct"`
}

// Intray is the in-tray on a day.
type Intray struct {
	Day   domain.Date `json:"day" format:"date"`
	Items []Item      `json:"items"`
}

// Of returns the in-tray: by kind, the oldest first, and by their last day what
// has one.
func Of(v *projections.Views, today domain.Date) Intray {
	r := reader{on: v.Now(today), state: v.State, today: today, items: []Item{}}
	r.issued = make(map[domain.RecordID]*domain.IssuedNotification)
	for _, n := range v.State.Notifications() {
		for _, act := range n.Notification.Records {
			r.issued[act] = n
		}
	}
	r.arrivals()
	r.acts()
	for _, d := range notices.UpcomingOf(v, today, notices.UpcomingQuestion{}) {
		r.deadline(d)
	}
	slices.SortStableFunc(r.items, func(a, b Item) int {
		return cmp.Or(slices.Index(Kinds(), a.Kind)-slices.Index(Kinds(), b.Kind), a.Due.Compare(b.Due), a.Since.Compare(b.Since), a.Record.Compare(b.Record))
	})
	return Intray{today, r.items}
}

type reader struct {
	issued map[domain.RecordID]*domain.IssuedNotification // the last about each act
	on     projections.Query
	state  *domain.State
	today  domain.Date
	items  []Item
}

// add completes an item and keeps it.
func (r *reader) add(i Item) {
	i.Name = r.on.Name(i.Participant)
	if t, ok := r.state.Treaty(i.Treaty, domain.Everything()); ok {
		i.TreatyShort = t.Short
	}
	i.Age = max(0, i.Since.DaysUntil(r.today))
	r.items = append(r.items, i)
}

// powersWarning is how many days before their end full powers are shown.
const powersWarning = 30

// arrivals adds what was not decided on, and full powers that end soon.
func (r *reader) arrivals() {
	for _, c := range r.state.Arrivals() {
		a := &c.Arrival
		item := Item{Kind: Arrived, Record: c.ID, Treaty: c.Treaty, Participant: a.Participant, Form: a.Form, Action: a.Foreseen, Sender: a.Sender, Since: a.Received, Outcome: c.Outcome()}
		if c.Open() {
			if n := len(c.Steps); n > 0 {
				item.Why = c.Steps[n-1].Reason
			}
			r.add(item)
		}
		if p := a.Powers; p != nil && c.Outcome() == domain.ArrivalFiled && !p.Until.Before(r.today) && !p.Until.IsZero() && p.Until.Before(r.today.AddDays(powersWarning)) {
			item.Kind, item.Due, item.Why = FullPowersEnding, p.Until, p.Person
			r.add(item)
		}
	}
}

// acts adds what was recorded by the depositary itself and not notified, and what
// was corrected after its notification. What an import brought in was notified by
// others.
func (r *reader) acts() {
	for _, t := range r.state.Treaties(domain.Everything()) {
		for _, part := range r.state.Participations(t.ID) {
			if !slices.ContainsFunc(part.Records(), recordedHere) {
				continue
			}
			for _, act := range part.Acts() {
				if act.Action().Provenance == nil {
					r.act(t.ID, part, act)
				}
			}
		}
	}
}

func recordedHere(r *domain.Record) bool {
	return r.Op == domain.OpRecorded && r.Action.Provenance == nil
}

// act adds an act that has to be notified, with what lay in one envelope with it.
func (r *reader) act(treaty domain.TreatyID, part *domain.Participation, act domain.Act) {
	a := act.Action()
	item := Item{Kind: NotificationDue, Record: act.ID, Treaty: treaty, Participant: part.Participant, Action: a.Kind, Since: a.ReceivedOn()}
	if envelope := part.Envelope(act.ID, domain.Axes{}); len(envelope) > 0 {
		if envelope[0].ID != act.ID && r.issued[envelope[0].ID] == r.issued[act.ID] {
			return // its consent stands for it
		}
		for _, other := range envelope {
			if other.ID != act.ID {
				item.With = append(item.With, other.ID)
			}
		}
	}
	last, issued := r.issued[act.ID]
	switch {
	case issued:
		if act.Version.ID.Position < last.ID.Position || act.Version.Op != domain.OpCorrected {
			return
		}
		item.Kind, item.Reference, item.Why = CorrigendumDue, last.Reference, act.Version.Reason
	case a.Notification != "":
		return
	}
	r.add(item)
}

// deadline adds the days on which silence ends.
func (r *reader) deadline(d notices.UpcomingDate) {
	item := Item{Record: d.Record, Treaty: d.Treaty, Participant: d.Participant, Why: d.Title, Due: d.Date}
	switch d.What {
	case notices.UpcomingAccepted, notices.UpcomingModified:
		item.Kind = SilencePending
	case notices.UpcomingObjections:
		item.Kind = ObjectionsUntil
	default:
		return
	}
	if _, record, ok := r.state.FindRecord(d.Treaty, d.Record); ok && record.Action != nil {
		item.Action, item.Since = record.Action.Kind, record.Action.Date
	}
	r.add(item)
}
