package main

import (
	"context"
	"fmt"
	"time"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/notices"
	"depositary/projections/whatif"
)

const (
	statusTarget = time.Millisecond
	matrixTarget = 50 * time.Millisecond
	tableTarget  = 50 * time.Millisecond // changes, what-if, who-next
)

// bundledName heads the column of the bundled data.
const bundledName = "bundled (ICMW)"

// dataset is a ledger that is asked, and one of its treaties.
type dataset struct {
	name   string
	views  *projections.Views
	treaty domain.TreatyID
	asOf   domain.Date
}

// question is measured on every dataset. fresh makes what it is asked on, and
// is not measured.
type question struct {
	name   string
	target time.Duration
	fresh  func(dataset) (projections.Query, error)
	ask    func(projections.Query, dataset)
}

func status(on projections.Query, d dataset) { projections.Status(on, d.treaty) }
func matrix(on projections.Query, _ dataset) {
	_, _ = projections.MatrixOf(on, projections.MatrixQuestion{})
}

func changes(on projections.Query, d dataset) {
	from, _ := d.views.Query(d.asOf.AddYears(-1), domain.Date{}, projections.Moment{})
	notices.ChangesOf(from, on, "", "")
}

// whatIf supposes the consent of one that has none on the day: Austria, or in
// a made-up ledger, where all have left by then, the first.
func whatIf(on projections.Query, d dataset) {
	id := domain.ParticipantID("AUT")
	if d.name != bundledName {
		id = d.views.State.Participants(domain.Everything())[0].ID
	}
	acts, _ := whatif.Consents(on, d.treaty, []domain.ParticipantID{id})
	if _, err := whatif.WhatIfOf(on, whatif.WhatIfQuestion{Acts: acts}); err != nil {
		panic(err) // the bench supposes what the law admits
	}
}

func whoNext(on projections.Query, d dataset) {
	_, _, _ = whatif.WhoNextOf(on, whatif.WhoNextQuestion{Treaty: d.treaty}) // no migrant stock in a made-up ledger
}

func asBefore(d dataset) (projections.Query, error) {
	return d.views.Query(d.asOf, domain.Date{}, projections.Moment{})
}
func received(d dataset) (projections.Query, error) {
	return d.views.Query(d.asOf, d.asOf.AddDays(-1), projections.Moment{})
}
func known(d dataset) (projections.Query, error) {
	return d.views.Query(d.asOf, domain.Date{}, projections.UpTo(d.views.Position-1))
}

var allQuestions = []question{
	{"status as of a day", statusTarget, asBefore, status},
	{"the same, the first after a commit about the treaty", statusTarget, afterAct, status},
	{"status as of a day, of what was received by a day", statusTarget, received, status},
	{"status as of a day, as known at a position", statusTarget, known, status},
	{"matrix of all as of a day", matrixTarget, asBefore, matrix},
	{"the same, the first after a commit about the treaty", matrixTarget, afterAct, matrix},
	{"the same, the first after a commit about participants", matrixTarget, afterRegistry, matrix},
	{"matrix of all, of what was received by a day", matrixTarget, received, matrix},
	{"matrix of all, as known at a position", matrixTarget, known, matrix},
	{"changes between two days, a year apart, for all", tableTarget, asBefore, changes},
	{"what if one more consented", tableTarget, asBefore, whatIf},
	{"who next", tableTarget, asBefore, whoNext},
}

// afterAct asks after one more act about the treaty.
func afterAct(d dataset) (projections.Query, error) {
	act := domain.Action{Participant: d.views.State.Participants(domain.Everything())[0].ID, Kind: domain.Communication, Date: d.asOf, Statement: &domain.Statement{Text: "a text"}}
	return d.after(d.treaty, &domain.ActionRecorded{Action: act})
}

// afterRegistry asks after a new version of a participant, on which every
// treaty's history may depend.
func afterRegistry(d dataset) (projections.Query, error) {
	return d.after("", &domain.ParticipantDefined{Participant: *d.views.State.Participants(domain.Everything())[0]})
}

func (d dataset) after(treaty domain.TreatyID, e domain.Event) (on projections.Query, err error) {
	draft := d.views.State.Edit()
	next := d.views.Position + 1
	if err := draft.Apply(domain.Entry{ID: domain.RecordID{Position: uint64(next), N: 1}, Treaty: treaty, Event: e}); err != nil {
		return on, err
	}
	return (&projections.Views{State: draft.Freeze(), Position: next}).Query(d.asOf, domain.Date{}, projections.Moment{})
}

// questions measures how long an answer takes to compute that is not kept.
func questions(_ context.Context, b *bench) error {
	sets, err := b.datasets()
	if err != nil {
		return err
	}
	b.report.heading("Questions as of a day")
	b.report.text("Time to compute an answer that is not kept, without its JSON; medians. The first two columns are judged, the others show how it grows (participants × treaties × acts). The history of a treaty is kept from the first question on until a commit changes it.")
	header := []string{"question"}
	for _, d := range sets {
		header = append(header, d.name)
	}
	var rows [][]string
	for _, q := range allQuestions {
		b.progress("questions: %s", q.name)
		row, met := []string{q.name}, true
		for i, d := range sets {
			took, err := b.ask(q, d)
			if err != nil {
				return err
			}
			row = append(row, millis(took))
			met = met && (i > 1 || took < q.target)
		}
		rows = append(rows, append(row, "< "+fmt.Sprint(q.target), b.verdict(met)))
	}
	b.report.table(append(header, "target", ""), rows)
	b.report.limits(limitsQuestions)
	return b.relations()
}

func (b *bench) ask(q question, d dataset) (time.Duration, error) {
	var took []time.Duration
	span := pick(b, 150*time.Millisecond, time.Millisecond)
	for begun := time.Now(); len(took) < 5 || time.Since(begun) < span; {
		on, err := q.fresh(d)
		if err != nil {
			return 0, err
		}
		at := time.Now()
		q.ask(on, d)
		took = append(took, time.Since(at))
	}
	return median(took), nil
}

func (b *bench) datasets() (sets []dataset, err error) {
	commits, err := bundledCommits()
	if err != nil {
		return nil, err
	}
	views, err := viewsOf(commits)
	if err != nil {
		return nil, err
	}
	sets = append(sets, dataset{bundledName, views, "IV-13", domain.MustDate("2020-01-01")})
	sizes := [][2]int{{200, 200}, {100, 200}, {200, 100}, {400, 200}}
	for _, size := range pick(b, sizes, [][2]int{{20, 20}}) {
		b.progress("questions: making %d × %d × 3", size[0], size[1])
		d, err := made(size[0], size[1], 3)
		if err != nil {
			return nil, err
		}
		sets = append(sets, d)
	}
	return sets, nil
}
