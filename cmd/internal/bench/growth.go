package main

import (
	"fmt"
	"time"

	"depositary/domain"
	"depositary/projections"
)

// contestedTreaty returns the state of a treaty in which some have made
// reservations with their consent, and others have objected: objection i is
// made by participant i to reservation i modulo their number, each fourth of
// them precluding entry into force between the two.
func contestedTreaty(d dataset, reservations, objections int) (*domain.State, error) {
	draft := d.views.State.Edit()
	position := uint64(d.views.Position)
	add := func(a domain.Action) (domain.RecordID, error) {
		position++
		id := domain.RecordID{Position: position, N: 1}
		return id, draft.Apply(domain.Entry{ID: id, Treaty: d.treaty, Event: &domain.ActionRecorded{Action: a}})
	}
	courses := d.views.State.History(d.treaty, domain.Axes{}).Courses
	var made []domain.RecordID
	for _, c := range courses[:min(reservations, len(courses))] {
		id, err := add(domain.Action{Participant: c.Participant, Kind: domain.Reservation, Date: c.Periods[0].Deposited,
			Statement: &domain.Statement{Text: "a reservation", Articles: []string{"22"}}})
		if err != nil {
			return nil, err
		}
		made = append(made, id)
	}
	for i := range objections {
		target := i % len(made)
		by := courses[(i+len(made)*(i/len(courses)+1))%len(courses)]
		author := courses[target]
		if by == author {
			by = courses[(i+1)%len(courses)]
		}
		day := author.Periods[0].Deposited.AddDays(100)
		if consented := by.Periods[0].Deposited; day.Before(consented) {
			day = consented
		}
		_, err := add(domain.Action{Participant: by.Participant, Kind: domain.Objection, Date: day,
			Statement: &domain.Statement{Text: "objects", Target: made[target], Precluding: i%4 == 0}})
		if err != nil {
			return nil, err
		}
	}
	return draft.Freeze(), nil
}

// made returns the views of a ledger made up by the bench.
func made(participants, treaties, steps int) (dataset, error) {
	p, w := projections.NewProjection(), newWorld(participants, treaties)
	err := w.each(steps, 1000, p.Apply)
	return dataset{fmt.Sprintf("%d × %d × %d", participants, treaties, steps), p.Current(), w.treaties[0].ID, adopted.AddDays(10_000)}, err
}

// timed measures what is asked again and again, once its history is kept.
func (b *bench) timed(ask func()) time.Duration {
	ask()
	var took []time.Duration
	span := pick(b, 150*time.Millisecond, time.Millisecond)
	for begun := time.Now(); len(took) < 5 || time.Since(begun) < span; {
		at := time.Now()
		ask()
		took = append(took, time.Since(at))
	}
	return median(took)
}

// relations measures what treaties are between participants, and how that and
// the matrix grow with participants, treaties and acts.
func (b *bench) relations() error {
	b.report.heading("Relations, and how answers grow")
	b.report.text("Time to compute an answer once the history of the treaty is kept; medians. In each treaty that is asked for relations a quarter of the participants have made a reservation with their consent, " +
		"and as many objections as there are participants have been made to them, a quarter of which preclude entry into force between the two. " +
		"The history of such a treaty is folded again after each commit about it, which is the third figure. Acts beyond the fifth of a participation are communications.")
	sizes := []struct{ participants, treaties, steps int }{
		{200, 200, 2}, {100, 200, 2}, {50, 200, 2}, {200, 100, 2}, {200, 50, 2}, {100, 50, 5}, {100, 50, 20}, {100, 50, 80},
	}
	if b.quick {
		sizes = sizes[:0]
		sizes = append(sizes, struct{ participants, treaties, steps int }{20, 5, 2}, struct{ participants, treaties, steps int }{20, 5, 20})
	}
	var rows [][]string
	for _, size := range sizes {
		b.progress("questions: relations of %d × %d × %d", size.participants, size.treaties, size.steps)
		d, err := made(size.participants, size.treaties, size.steps)
		if err != nil {
			return err
		}
		row, err := b.grown(d, size.participants)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	b.report.table([]string{"participants × treaties × acts", "relation of two", "relations of one with all", "fold with reservations", "matrix of all, kept", "matrix of all, by what was received"}, rows)
	return nil
}

func (b *bench) grown(d dataset, participants int) ([]string, error) {
	state, err := contestedTreaty(d, max(participants/4, 1), participants)
	if err != nil {
		return nil, err
	}
	h := state.History(d.treaty, domain.Axes{})
	of, with := h.Courses[0].Participant, h.Courses[len(h.Courses)-1].Participant
	now, err := d.views.Query(d.asOf, domain.Date{}, projections.Moment{})
	if err != nil {
		return nil, err
	}
	past, err := received(d)
	if err != nil {
		return nil, err
	}
	return []string{d.name,
		millis(b.timed(func() { h.Relation(of, with, d.asOf) })),
		millis(b.timed(func() { h.Relations(of, d.asOf) })),
		millis(b.timed(func() { state.History(d.treaty, domain.Axes{ReceivedBy: d.asOf}) })),
		millis(b.timed(func() { _, _ = projections.MatrixOf(now, projections.MatrixQuestion{}) })),
		millis(b.timed(func() { _, _ = projections.MatrixOf(past, projections.MatrixQuestion{}) })),
	}, nil
}
