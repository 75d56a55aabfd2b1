package projections

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Selection chooses rows of the lists over all treaties. What is empty chooses all.
type Selection struct {
	Treaties     []domain.TreatyID
	Participants []domain.ParticipantID
	Groups       []domain.GroupID // who belongs to one of them on the day; where participants are named too, either is enough
	Kinds        []domain.ActionKind
	Statuses     []domain.Status
}

// chosen returns whom a selection is about on a day; nil: everybody.
func (on Query) chosen(q Selection) map[domain.ParticipantID]bool {
	if len(q.Participants) == 0 && len(q.Groups) == 0 {
		return nil
	}
	chosen := make(map[domain.ParticipantID]bool)
	for _, id := range q.Participants {
		chosen[id] = true
	}
	for _, id := range q.Groups {
		if group, ok := on.State().Group(id, on.Known()); ok {
			for _, member := range group.On(on.AsOf) {
				chosen[member] = true
			}
		}
	}
	return chosen
}

// eachCourse calls fn with the courses that a selection chooses, treaty by treaty.
func (on Query) eachCourse(q Selection, fn func(*domain.History, *domain.Course)) {
	who := on.chosen(q)
	for _, t := range on.State().Treaties(on.Known()) {
		if len(q.Treaties) > 0 && !slices.Contains(q.Treaties, t.ID) {
			continue
		}
		h := on.History(t.ID)
		for _, c := range h.Courses {
			if who == nil || who[c.Participant] {
				fn(h, c)
			}
		}
	}
}

// ActRow is an act as it stands, with what it is an act of.
type ActRow struct {
	Record      domain.RecordID `json:"record" doc:"First record of the act"`
	Treaty      domain.TreatyID `json:"treaty"`
	TreatyShort string          `json:"treatyShort"`
	Name        string          `json:"name" doc:"Name of the participant on the day"`
	Corrected   bool            `json:"corrected,omitempty" doc:"The record was corrected; its versions are at /v1/actions/{record}"`
	Contested   bool            `json:"contested,omitempty" doc:"Another source contradicts it; both are at /v1/actions/{record}"`
	model.Action
}

// Acts lists the acts that stand and were made by the day, by treaty, day and record.
func Acts(on Query, q Selection) []ActRow {
	rows := []ActRow{}
	on.eachCourse(q, func(h *domain.History, c *domain.Course) {
		for _, a := range c.Acts {
			action := a.Action()
			if action.Date.After(on.AsOf) || len(q.Kinds) > 0 && !slices.Contains(q.Kinds, action.Kind) {
				continue
			}
			rows = append(rows, ActRow{Record: a.ID, Treaty: h.Treaty.ID, TreatyShort: h.Treaty.Short, Name: on.Name(c.Participant),
				Corrected: a.Version.Op == domain.OpCorrected, Contested: len(a.Contested) > 0, Action: model.FromAction(*action)})
		}
	})
	slices.SortStableFunc(rows, func(a, b ActRow) int {
		return cmp.Or(cmp.Compare(a.Treaty, b.Treaty), a.Date.Compare(b.Date), a.Record.Compare(b.Record))
	})
	return rows
}

// Statuses lists where every participant stands that has done anything in respect of
// a treaty, by treaty and name.
func Statuses(on Query, q Selection) []StatusRow {
	rows := []StatusRow{}
	on.eachCourse(q, func(h *domain.History, c *domain.Course) {
		if row, acted := on.row(h, c); acted && q.admits(row.Status) {
			rows = append(rows, row)
		}
	})
	slices.SortStableFunc(rows, func(a, b StatusRow) int {
		return cmp.Or(cmp.Compare(a.Treaty, b.Treaty), wording.CompareNames(a.Name, b.Name))
	})
	return rows
}

func (q Selection) admits(s domain.Status) bool {
	return len(q.Statuses) == 0 || slices.Contains(q.Statuses, s)
}

// Select keeps the rows of one treaty or participant that a selection chooses.
func (on Query) Select(rows []StatusRow, q Selection) []StatusRow {
	who := on.chosen(q)
	return slices.DeleteFunc(rows, func(r StatusRow) bool {
		return !q.admits(r.Status) || who != nil && !who[r.Participant] || len(q.Treaties) > 0 && !slices.Contains(q.Treaties, r.Treaty)
	})
}
