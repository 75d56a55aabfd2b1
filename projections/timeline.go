package projections

import (
	"cmp"
	"fmt"
	"slices"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Timeline is what happened in law, day by day: acts, and the effects that
// follow from them. Days after the day asked for are not part of it.
type Timeline struct {
	Axes    Axes            `json:"axes"`
	Treaty  *TreatyHead     `json:"treaty,omitempty" doc:"The treaty with its coverage, where it is the timeline of one"`
	Entries []TimelineEntry `json:"entries"`
}

// TimelineEntry is one fact or effect of one day.
type TimelineEntry struct {
	Date        domain.Date          `json:"date" format:"date"`
	Treaty      domain.TreatyID      `json:"treaty"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Name        string               `json:"name,omitempty" doc:"Its name on that day"`
	Kind        string               `json:"kind" enum:"act,effect" doc:"act: something was received; effect: something followed in law"`
	What        string               `json:"what"`
	Record      domain.RecordID      `json:"record,omitzero"`
	RowCoverage
	Counts model.Counts `json:"counts,omitzero" doc:"Signatories, consents and parties of the treaty on that day; absent where no act is recorded"`
}

// TreatyTimeline returns the timeline of a treaty, false where it is not known.
func TreatyTimeline(on Query, id domain.TreatyID) (Timeline, bool) {
	h := on.History(id)
	if h == nil {
		return Timeline{}, false
	}
	head := on.Head(h)
	t := Timeline{Axes: on.Axes, Treaty: &head, Entries: []TimelineEntry{}}
	t.Entries = append(t.Entries, on.treatyMoments(h)...)
	for _, c := range h.Courses {
		t.Entries = append(t.Entries, on.courseMoments(h, c)...)
	}
	sortMoments(t.Entries)
	on.countMoments(h, t.Entries)
	return t, true
}

// ParticipantTimeline returns the timeline of a participant over all treaties,
// false where it is not known.
func ParticipantTimeline(on Query, id domain.ParticipantID) (Timeline, bool) {
	if _, ok := on.State().Participant(id, on.Known()); !ok {
		return Timeline{}, false
	}
	t := Timeline{Axes: on.Axes, Entries: []TimelineEntry{}}
	for _, treaty := range on.State().Treaties(on.Known()) {
		if on.State().Participation(treaty.ID, id) == nil {
			continue
		}
		h := on.History(treaty.ID)
		moments := on.courseMoments(h, h.Course(id))
		sortMoments(moments)
		on.countMoments(h, moments)
		t.Entries = append(t.Entries, moments...)
	}
	sortMoments(t.Entries)
	return t, true
}

func (on Query) treatyMoments(h *domain.History) (moments []TimelineEntry) {
	add := func(day domain.Date, what string) {
		if !day.IsZero() && !day.After(on.AsOf) {
			moments = append(moments, TimelineEntry{Date: day, Treaty: h.Treaty.ID, Kind: "effect", What: what})
		}
	}
	add(h.Treaty.Adopted, "adopted")
	if s := h.Treaty.Signature; s != nil {
		add(s.Opens, "opened for signature")
	}
	e := h.Explain(on.AsOf)
	add(e.MetOn, "condition for entry into force met: "+e.Condition)
	what := "entered into force"
	if e.FromStated {
		what += " (published day; the recorded deposits do not lead to it)"
	}
	add(e.InForce, what)
	return moments
}

func (on Query) courseMoments(h *domain.History, c *domain.Course) (moments []TimelineEntry) {
	add := func(day domain.Date, kind, what string, record domain.RecordID) {
		if day.IsZero() || day.After(on.AsOf) {
			return
		}
		name := string(c.Participant)
		if p, ok := on.State().Participant(c.Participant, on.Known()); ok {
			name = p.Name(day)
		}
		moments = append(moments, TimelineEntry{Date: day, Treaty: h.Treaty.ID, Participant: c.Participant, Name: name, Kind: kind, What: what, Record: record})
	}
	for _, a := range c.Acts {
		what := string(a.Action().Kind)
		if effect := a.Action().Effect; !effect.IsZero() {
			what += ", effective " + effect.String()
		}
		add(a.Action().Date, "act", what, a.ID)
	}
	for i, s := range c.Standings {
		switch before := previousStatus(c, i); {
		case s.IntendsNot && (i == 0 || !c.Standings[i-1].IntendsNot):
			add(s.From, "effect", string(SignatoryOnly), s.Cause)
		case s.Status == before:
		case s.Status == domain.Party && before == domain.WithdrawalNotified:
			add(s.From, "effect", "withdrawal revoked: remains a party", s.Cause)
		case s.Status == domain.Party, s.Status == domain.FormerParty, s.Status == domain.Extinct:
			add(s.From, "effect", fmt.Sprintf("%s (before: %s)", s.Status, before), s.Cause)
		}
	}
	return moments
}

// previousStatus returns the status before a step of the course.
func previousStatus(c *domain.Course, i int) domain.Status {
	if i == 0 {
		return c.On(domain.Date{}).Status
	}
	return c.Standings[i-1].Status
}

func sortMoments(moments []TimelineEntry) {
	slices.SortStableFunc(moments, func(a, b TimelineEntry) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Kind, b.Kind), wording.CompareNames(a.Name, b.Name))
	})
}

// countMoments adds coverage and the counts of the day; equal days are counted once.
func (on Query) countMoments(h *domain.History, moments []TimelineEntry) {
	coverage := rowCoverage(h.Coverage(on.AsOf))
	for i := range moments {
		if i > 0 && moments[i-1].Date == moments[i].Date {
			moments[i].Counts = moments[i-1].Counts
		} else {
			moments[i].Counts = CountsOn(h, moments[i].Date)
		}
		moments[i].RowCoverage = coverage
	}
}
